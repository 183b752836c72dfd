/**
 * Functions of the normal distribution: erf, erfc, gelu and its tanh approximation. No gradients.
 *
 * The tail is e^(−a²) times a smooth factor. In f64 a² is squared in two parts, since an exponent near −700 magnifies
 * its rounding by as much, and the factor is p(q)/(a + c) for q = a/(a + k) − ½, which keeps p nearly flat (after
 * Shepherd and Laframboise, "Chebyshev Approximation of (1 + 2x) exp(x²) erfc x", 1981).
 * For f32 see `tail32`; erf and the approximation are computed in pairs of f64 lanes. Tables from scripts/coefficients.py.
 */
import { madd, nmadd, select } from '../simd/lanes';
import { half, one, pick, sign, two, zero } from './constant';
import { productTail, sumTail, upperHalf } from './exact';
import { areInside, brief, clamped, coarse, curve, faded, fine, grownBy, inner, inside, raised, reduced, scale, shifted, turned } from './exponential';
import { at, horner5, horner6, poly12, poly21, poly4, poly8 } from './polynomial';
import { lower, narrow, storeNarrow, upper } from './widen';

/** erf(x)/x in x² for x ≤ 3.93, a quotient of relative error 2^-29; erf(x)/x − 1 for x ≤ 1, a polynomial of 2^-62.7. */
const ERF32_P = memory.data<f64>([1.1283791692002179, 0.18515550806832254, 0.05426198113741871, 0.003841407564537832,
  0.00037744521316721393, 4.627417300754039e-06, -1.2897415948367527e-08], 8);
const ERF32_Q = memory.data<f64>([1.0, 0.4974232046731603, 0.11389567332264712, 0.015438052635206562,
  0.0013030067214106675, 6.257004411966958e-05], 8);
const ERF64 = memory.data<f64>([0.1283791670955126, -0.3761263890318375, 0.11283791670954857, -0.026866170645072893,
  0.005223977624780861, -0.0008548326978741813, 0.00012055331036883028, -1.4925593506438943e-05,
  1.6460972809061091e-06, -1.6350025132056657e-07, 1.465787920138264e-08, -1.1365663397825679e-09,
  5.94525731475973e-11], 8);
/** For `tail32`. Near: −d, −e, the middle and the end of the range, p (error 2^-26). Far: the end, −e, k, 1/m roughly, 2^-63·m (2^-27). */
const ERFC_NEAR = memory.data<f32>([-1.15625, -0.75, 1, 2, 0.0582795218, 0.0182897188, -0.0983760357, -0.0456855744,
  0.0144349644, 0.00225890544, 6.05253663e-05, -0.000408016465, 5.60432309e-05], 4);
const ERFC_FAR = memory.data<f32>([10.5, -1, 1.75, 1.7e19, 6.11695539e-20, -3.05839886e-20, -7.69633318e-21, -4.62760475e-20,
  3.15704564e-20, -1.45635577e-19], 4);
const GELU_NEAR = memory.data<f32>([-0.8125, -0.375, 1.5, 3, 0.050958693, -0.0012371781, -0.0527857654, -0.0145025877,
  0.00382591737, 0.000375600997, -1.52758512e-05, -3.34266042e-05, 3.65422852e-06], 4);
const GELU_FAR = memory.data<f32>([15, -0.5, 3.625, 2.4e19, 4.32534067e-20, -4.32528251e-20, -2.712227e-20, -2.7023104e-19,
  3.08672062e-19, -3.66715263e-18], 4);
/** A mask of 10 bits of the fraction's 24, so that squares are exact; shifts that make 2^(n−1) and 2^(n+63); log2 e, ln 2, ln 2 in two parts. */
const SHORT = memory.data<u32>([0xffffc000], 4);
const SHIFTS = memory.data<f32>([12583038, 12583102], 4), BASE = memory.data<f32>([1.44269502, 0.693147182, 0.693359375, -0.000212194442], 4);
/** e^(a²)·erfc a times a + ½, in q for k = 3½ and a ≤ 27.3, 2^-57.1; k and the ½. */
const ERFC64 = memory.data<f64>([0.6211746224355772, -0.1400091801376193, -0.02111119266443139, 0.3900763806129647,
  -0.9207167852827892, 1.4077304612077217, -1.5623464263720852, 1.2223571796818515, -0.5395225542914587,
  -0.07738055463970787, 0.2889650045701949, -0.12442917485691875, -0.0876214727915822, 0.09937866233928332,
  0.019116070767295136, -0.06254280957836977, -0.001787599206738692, 0.03957149968711971, 0.0006337238410869226,
  -0.025056009127418292, -0.0043923747746456715, 0.011711913530989375, 0.005695836089720182], 8);
const ERFC_FOLD = memory.data<f64>([3.5, 0.5], 8);
/** e^(a²/2)·Φ(−a) times a + ¾, in q for k = 5½ and a ≤ 39, 2^-57.8; k and the ¾. */
const GELU64 = memory.data<f64>([0.4396418376570493, -0.11036193014121473, 0.03376611233181384, 0.18183757451761423,
  -0.5553168796837532, 1.0159992547883248, -1.3918824564824661, 1.4800473347919254, -1.183837870627647,
  0.6185515153086854, -0.06959917273646937, -0.2038951042847101, 0.16429414902986106, 0.0013228988124321084,
  -0.08158225828189898, 0.033947122806602885, 0.032007201936788576, -0.028414708629977584, -0.01258186900672741,
  0.01833642441527245, 0.007020202299033063, -0.008392216133688603, -0.0048080362668223905], 8);
const GELU_FOLD = memory.data<f64>([5.5, 0.75], 8);
/** −½; the |x| from which on erf is 1, in f32 and in f64; erfc is 0; gelu's tail is 0; the approximation's gate is 0 or 1. */
const MINUS_HALF = memory.data<f64>([-0.5], 8);
const FLAT32 = memory.data<f64>([3.93], 8), FLAT64 = memory.data<f64>([6], 8);
const LAST64 = memory.data<f64>([27.5], 8), LAST_GELU64 = memory.data<f64>([39], 8);
const LAST_TANH = memory.data<f64>([-25, 25], 8);
/** 2·√(2/π) and 2·√(2/π)·0.044715, heads, then tails (Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016). */
const TANH = memory.data<f64>([1.5957691216057308, 0.07135481627260025, -9.96930880911092e-17, -6.175149918155315e-19], 8);

/** 2·√(2/π) and three times 2·√(2/π)·0.044715, of the derivative of the approximation's argument. */
const CUBE = memory.data<f64>([1.5957691216057308, 0.21406444881780076], 8);
/** The arguments from which on e^(−x²), and e^(−x²/2), are 0. */
const BELL32 = memory.data<f32>([10.5, 15], 4), BELL64 = memory.data<f64>([27.5, 39], 8);
/** 2/√π. Then 1/√(2π), an |x| at which the normal density has become 0, and the |x| below which Φ is ½. */
const SLOPE32 = memory.data<f32>([1.1283791670955126], 4), SLOPE64 = memory.data<f64>([1.1283791670955126], 8);
const NORMAL32 = memory.data<f32>([0.3989422804014327, 40, 1e-9], 4), NORMAL64 = memory.data<f64>([0.3989422804014327, 40, 1e-18], 8);
const HALVES32 = memory.data<f32>([-1, -0.5], 4), HALVES64 = memory.data<f64>([-1, -0.5], 8);

/** x + x·p(x²) for |x| ≤ 1. |err| ≤ 1 ulp. */
@inline
function erfCentre(x: v128): v128 {
  return madd<f64>(x, poly12<f64>(f64x2.mul(x, x), ERF64), x);
}

/** e·p(q)/(a + c). */
@inline
function smooth(e: v128, a: v128, table: usize, fold: usize): v128 {
  const q = f64x2.sub(f64x2.div(a, f64x2.add(a, at<f64>(fold))), half<f64>());
  const p = madd<f64>(q, poly21<f64>(q, table + 8), at<f64>(table));
  return f64x2.div(f64x2.mul(e, p), f64x2.add(a, at<f64>(fold + 8)));
}

/** erf x − x for |x| ≤ 1. */
@inline
export function erfRest(x: v128): v128 { return f64x2.mul(x, poly12<f64>(f64x2.mul(x, x), ERF64)); }
/** e·e^(a²)·erfc a for 0 ≤ a ≤ 27.3, and e·e^(a²/2)·Φ(−a) for 0 ≤ a ≤ 39. */
@inline
export function erfcScaled(e: v128, a: v128): v128 { return smooth(e, a, ERFC64, ERFC_FOLD); }
@inline
export function tailScaled(e: v128, a: v128): v128 { return smooth(e, a, GELU64, GELU_FOLD); }

/** erfc a for 0 ≤ a ≤ 27.5. */
@inline
function erfcTail(a: v128): v128 {
  const h = upperHalf<f64>(a), square = f64x2.neg(f64x2.mul(h, h)), t = shifted<f64>(square);
  const rest = f64x2.mul(f64x2.sub(a, h), f64x2.add(a, h));
  const e = reduced<f64>(coarse<f64>(square, t), f64x2.add(fine<f64>(t), rest));
  return scale<f64>(smooth(e, a, ERFC64, ERFC_FOLD), t);
}

/**
 * erfc a, or a·Φ(−a) if `weighted`, for a ≥ 0 in f32 lanes, as m·(1 + p)·e^(−q)/2. Near 0 m is 2, or a; q = d·a + e·a², chosen such that
 * p, a polynomial in a, stays below 0.1. Far from 0 q = e·a²; m is a polynomial in 1/(a² + k), for erfc divided by a; and p is m's rounding
 * error. q has an exact head, computed from a truncated a, and a tail, `rest`. e^(−q) = 2^n·e^r, where the head alone decides n, so that n
 * doesn't wait for the polynomial. The result is (m + m·w)·2^(n−1) with w = (1 + p)·e^r − 1: the errors of all other products and sums
 * lie in w, which is less than 0.6, and whose terms are added from the smallest to the largest.
 */
@inline
function tail32(a: v128, near: usize, far: usize, weighted: bool): v128 {
  const h = v128.and(a, at<u32>(SHORT)), slope = madd<f32>(h, at<f32>(near + 4), at<f32>(near)), head = f32x4.mul(h, slope);
  const log2e = at<f32>(BASE), shift = at<f32>(SHIFTS);
  let t = madd<f32>(head, log2e, shift), top = nmadd<f32>(f32x4.sub(t, shift), at<f32>(BASE + 4), head);
  let rest = f32x4.mul(f32x4.sub(a, h), madd<f32>(a, at<f32>(near + 4), slope));
  let m = weighted ? a : two<f32>(), p = poly8<f32>(f32x4.sub(a, at<f32>(near + 8)), near + 16);
  const isFar = f32x4.gt(a, at<f32>(near + 12));
  if (i32x4.bitmask(isFar)) {
    const c = f32x4.pmin(a, at<f32>(far)), u = upperHalf<f32>(c), e = at<f32>(far + 4), shift = at<f32>(SHIFTS + 4);
    const square = f32x4.mul(u, f32x4.mul(u, e)), below = f32x4.mul(f32x4.sub(c, u), f32x4.mul(e, f32x4.add(c, u)));
    const whole = madd<f32>(f32x4.add(square, below), log2e, shift), n = f32x4.sub(whole, shift);
    t = select(isFar, whole, t);
    top = select(isFar, nmadd<f32>(n, at<f32>(BASE + 8), square), top);
    rest = select(isFar, nmadd<f32>(n, at<f32>(BASE + 12), below), rest);
    const v = f32x4.div(one<f32>(), madd<f32>(c, c, at<f32>(far + 8))), first = at<f32>(far + 16);
    const others = f32x4.mul(v, poly4<f32>(v, far + 20)), sum = f32x4.add(first, others);
    const quotient = weighted ? sum : f32x4.div(sum, c);
    let lost = sumTail<f32>(first, others, sum);
    if (!weighted) lost = f32x4.sub(lost, productTail<f32>(quotient, c, sum));
    m = select(isFar, quotient, m);
    p = select(isFar, f32x4.mul(lost, at<f32>(far + 12)), p);
  }
  const r = f32x4.add(top, rest), bend = curve<f32>(r), small = madd<f32>(f32x4.add(bend, r), p, p);
  return f32x4.mul(madd<f32>(m, f32x4.add(f32x4.add(bend, small), r), m), i32x4.shl(t, 23));
}

/** 2/√π·∫₀ˣ e^(−t²) dt. |err| ≤ 2 ulp f64 (measured 1.02), 1 ulp f32 (0.54); keeps −0. */
@unmanaged @final export class Erf {
  @inline f32x2(x: v128): v128 {
    const c = f64x2.pmin(f64x2.pmax(x, f64x2.neg(at<f64>(FLAT32))), at<f64>(FLAT32)), z = f64x2.mul(c, c);
    return f64x2.div(f64x2.mul(c, horner6<f64>(z, ERF32_P)), horner5<f64>(z, ERF32_Q));
  }
  @inline f32x4Sloped(x: v128, slope: usize): v128 {
    v128.store(slope, f32x4.mul(changetype<Bell>(0).f32x4(x), at<f32>(SLOPE32)));
    return narrow(this.f32x2(lower(x)), this.f32x2(upper(x)));
  }
  @inline f64x2Sloped(x: v128, slope: usize): v128 {
    v128.store(slope, f64x2.mul(changetype<Bell>(0).f64x2(x), at<f64>(SLOPE64)));
    return this.f64x2(x);
  }
  @inline f64x2(x: v128): v128 {
    const a = f64x2.pmin(f64x2.abs(x), at<f64>(FLAT64)), far = f64x2.sub(one<f64>(), erfcTail(a));
    return select(f64x2.lt(a, one<f64>()), erfCentre(x), v128.or(far, v128.and(x, sign<f64>())));
  }
}

/** 1 − erf x, of full relative accuracy for large x too. |err| ≤ 2 ulp f64 for x < ½, 4 above (measured 2.6), 2 ulp f32 (1.74). */
@unmanaged @final export class Erfc {
  @inline f32x4(x: v128): v128 {
    const y = tail32(v128.andnot(x, sign<f32>()), ERFC_NEAR, ERFC_FAR, false);
    return select(f32x4.lt(x, zero<f32>()), f32x4.sub(two<f32>(), y), y);
  }
  @inline f32x4Sloped(x: v128, slope: usize): v128 {
    v128.store(slope, f32x4.mul(changetype<Bell>(0).f32x4(x), f32x4.neg(at<f32>(SLOPE32))));
    return this.f32x4(x);
  }
  @inline f64x2Sloped(x: v128, slope: usize): v128 {
    v128.store(slope, f64x2.mul(changetype<Bell>(0).f64x2(x), f64x2.neg(at<f64>(SLOPE64))));
    return this.f64x2(x);
  }
  @inline f64x2(x: v128): v128 {
    const a = f64x2.pmin(f64x2.abs(x), at<f64>(LAST64)), y = erfcTail(a);
    const far = select(f64x2.lt(x, zero<f64>()), f64x2.sub(two<f64>(), y), y);
    return select(f64x2.lt(a, half<f64>()), f64x2.sub(one<f64>(), erfCentre(x)), far);
  }
}

/**
 * x·Φ(x) = x·erfc(−x/√2)/2, as max(x, 0) − |x|·Φ(−|x|). |err| ≤ 4 ulp f64 (measured 3.6), 2 ulp f32 (1.75), in the tail
 * too; keeps −0, −0 at −∞. Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016.
 */
@unmanaged @final export class Gelu {
  @inline f32x4(x: v128): v128 {
    return f32x4.sub(f32x4.pmax(x, sign<f32>()), tail32(v128.andnot(x, sign<f32>()), GELU_NEAR, GELU_FAR, true));
  }
  @inline f64x2(x: v128): v128 {
    const a = f64x2.pmin(f64x2.abs(x), at<f64>(LAST_GELU64)), h = upperHalf<f64>(a);
    const square = f64x2.mul(f64x2.mul(h, h), at<f64>(MINUS_HALF)), t = shifted<f64>(square);
    const rest = f64x2.mul(half<f64>(), f64x2.mul(f64x2.sub(a, h), f64x2.add(a, h)));
    const e = f64x2.mul(a, reduced<f64>(coarse<f64>(square, t), f64x2.add(fine<f64>(t), rest)));
    const y = scale<f64>(smooth(e, a, GELU64, GELU_FOLD), t);
    return v128.or(f64x2.sub(f64x2.pmax(x, zero<f64>()), y), v128.and(x, sign<f64>()));
  }
  /** Returns y and stores the slope Φ(x) + x·φ(x): the normal distribution Φ, which is y/x, and its density φ. */
  @inline sloped<T>(x: v128, y: v128, slope: usize): v128 {
    const normal = pick<T>(NORMAL32, NORMAL64), last = at<T>(normal + sizeof<T>());
    const c = v128.pmin<T>(v128.pmax<T>(x, v128.neg<T>(last)), last);
    const below = select(v128.lt<T>(v128.abs<T>(x), at<T>(normal + 2 * sizeof<T>())), half<T>(), v128.div<T>(v128.pmin<T>(y, last), c));
    v128.store(slope, madd<T>(v128.mul<T>(c, at<T>(normal)), halfBell<T>(c), below));
    return y;
  }
  @inline f32x4Sloped(x: v128, slope: usize): v128 { return this.sloped<f32>(x, this.f32x4(x), slope); }
  @inline f64x2Sloped(x: v128, slope: usize): v128 { return this.sloped<f64>(x, this.f64x2(x), slope); }
}

/**
 * x/2·(1 + tanh(√(2/π)·(x + 0.044715x³))) = x/(1 + e^(−x·(A + B·x²))). |err| ≤ 2 ulp f64 (measured 1.8), 1 ulp f32
 * (0.54); keeps −0, −0 at −∞.
 */
@unmanaged @final export class GeluTanh {
  @inline f32x2(x: v128): v128 {
    const c = gateRange(x);
    return f64x2.div(f64x2.pmax(x, c), f64x2.add(one<f64>(), brief(f64x2.neg(cubic(c)))));
  }
  /** Stores the slope (1 + e + v·e)/(1 + e)² too, for e = e^−u and v = x·u′ = x(A + 3B·x²). */
  @inline f32x2Sloped(x: v128, slope: usize): v128 {
    const c = gateRange(x), e = brief(f64x2.neg(cubic(c))), q = f64x2.add(one<f64>(), e);
    storeNarrow(slope, f64x2.div(madd<f64>(f64x2.mul(c, steepness(c)), e, q), f64x2.mul(q, q)));
    return f64x2.div(f64x2.pmax(x, c), q);
  }
  @inline f64x2Sloped(x: v128, slope: usize): v128 {
    const c = gateRange(x), u = cubic(c), ul = cubicTail(c, u), e = inner<f64>(f64x2.neg(u)), w = nmadd<f64>(e, ul, e);
    const q = f64x2.add(one<f64>(), w), v = f64x2.mul(c, steepness(c)), y = f64x2.div(x, q);
    const d = f64x2.div(madd<f64>(v, w, q), f64x2.mul(q, q));
    if (areInside<f64>(u)) {
      v128.store(slope, d);
      return y;
    }
    const isRising = f64x2.gt(x, zero<f64>()), low = f64x2.pmin(u, zero<f64>()), m = f64x2.add(one<f64>(), v), isInside = inside<f64>(u);
    v128.store(slope, select(isInside, d, select(isRising, one<f64>(), faded<f64>(madd<f64>(m, ul, m), low))));
    return select(isInside, y, select(isRising, x, faded<f64>(madd<f64>(c, ul, c), low)));
  }
  @inline f64x2(x: v128): v128 {
    const c = gateRange(x), u = cubic(c), ul = cubicTail(c, u), e = inner<f64>(f64x2.neg(u));
    const y = f64x2.div(x, f64x2.add(one<f64>(), nmadd<f64>(e, ul, e)));
    if (areInside<f64>(u)) return y;
    const far = select(f64x2.gt(x, zero<f64>()), x, faded<f64>(madd<f64>(c, ul, c), f64x2.pmin(u, zero<f64>())));
    return select(inside<f64>(u), y, far);
  }
}

/** x limited to ±25, outside which 1/(1 + e^(−u)) is 0 or 1. */
@inline
export function gateRange(x: v128): v128 { return clamped<f64>(x, LAST_TANH); }

/** u = c·(A + B·c²), the approximation's argument. */
@inline
export function cubic(c: v128): v128 {
  return f64x2.mul(c, f64x2.add(f64x2.mul(f64x2.mul(c, c), at<f64>(TANH + 8)), at<f64>(TANH)));
}

/** u′ = A + 3B·c². */
@inline
export function steepness(c: v128): v128 { return madd<f64>(f64x2.mul(c, c), at<f64>(CUBE + 8), at<f64>(CUBE)); }

/** The rounding error of u: every product and sum is computed with its tail. */
@inline
export function cubicTail(c: v128, u: v128): v128 {
  const z = f64x2.mul(c, c), p = f64x2.mul(z, at<f64>(TANH + 8)), s = f64x2.add(p, at<f64>(TANH)), back = f64x2.sub(s, p);
  const sl = f64x2.add(f64x2.sub(p, f64x2.sub(s, back)), f64x2.sub(at<f64>(TANH), back));
  const zl = productTail<f64>(c, c, z), pl = f64x2.add(productTail<f64>(z, at<f64>(TANH + 8), p), f64x2.add(
    f64x2.mul(zl, at<f64>(TANH + 8)), f64x2.mul(z, at<f64>(TANH + 24))));
  const low = f64x2.add(f64x2.add(sl, pl), at<f64>(TANH + 16));
  return f64x2.add(productTail<f64>(c, s, u), f64x2.mul(c, low));
}

/**
 * e^(k·x²) for k = −1 or −½. The square has two parts, because the exponential multiplies the rounding error of an exponent near −700 by as much.
 * |err| ≤ 2 ulp.
 */
@inline
function bell<T>(x: v128, k: v128, last: usize): v128 {
  const c = v128.andnot(x, sign<T>()), h = sizeof<T>() == 4 ? v128.and(c, at<u32>(SHORT)) : upperHalf<T>(c);
  const square = v128.mul<T>(k, v128.mul<T>(h, h)), rest = v128.mul<T>(k, v128.mul<T>(v128.sub<T>(c, h), v128.add<T>(c, h)));
  const t = turned<T>(square), power = raised<T>(t), y = madd<T>(grownBy<T>(square, rest, t), power, power);
  return areInside<T>(square) ? y : select(inside<T>(square), y, farBell<T>(c, k, last));
}

/** The same for any x ≥ 0. Not inlined. */
function farBell<T>(x: v128, k: v128, last: usize): v128 {
  const c = v128.pmin<T>(x, at<T>(last)), h = sizeof<T>() == 4 ? v128.and(c, at<u32>(SHORT)) : upperHalf<T>(c);
  const square = v128.mul<T>(k, v128.mul<T>(h, h)), t = shifted<T>(square);
  const rest = v128.mul<T>(k, v128.mul<T>(v128.sub<T>(c, h), v128.add<T>(c, h)));
  return scale<T>(reduced<T>(coarse<T>(square, t), v128.sub<T>(fine<T>(t), rest)), t);
}
@inline
export function halfBell<T>(x: v128): v128 {
  return bell<T>(x, at<T>(pick<T>(HALVES32, HALVES64) + sizeof<T>()), pick<T>(BELL32, BELL64) + sizeof<T>());
}

/** e^(−x²), a factor of erf′. */
@unmanaged @final export class Bell {
  @inline of<T>(x: v128): v128 { return bell<T>(x, at<T>(pick<T>(HALVES32, HALVES64)), pick<T>(BELL32, BELL64)); }
  @inline f32x4(x: v128): v128 { return this.of<f32>(x); }
  @inline f64x2(x: v128): v128 { return this.of<f64>(x); }
}

/** e^(−x²/2), a factor of the normal density. */
@unmanaged @final export class HalfBell {
  @inline f32x4(x: v128): v128 { return halfBell<f32>(x); }
  @inline f64x2(x: v128): v128 { return halfBell<f64>(x); }
}
