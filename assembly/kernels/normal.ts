/**
 * The normal distribution: Φ, its logarithm, and the inverses of Φ, erf and erfc, each with its derivative. No gradients.
 *
 * An inverse is a quotient of relative error 1.2e-7 (Wichura, "Algorithm AS 241", 1988, PPND7), improved by one step of Halley's method: on
 * erf w − y up to w = 1, above that on w² − log(e^(w²)·erfc w) + log q, which has no cancellation that costs digits. float32 is computed in
 * float64.
 */
import { madd, nmadd, select } from '../simd/lanes';
import { half, infinity, one, sign, two, zero } from './constant';
import { upperHalf } from './exact';
import { coarse, Exp, fine, reduced, scale, shifted } from './exponential';
import { erfcScaled, erfRest, tailScaled } from './gaussian';
import { Log, Log1p } from './logarithm';
import { at, poly21, poly3, poly6, poly7 } from './polynomial';

/** −½; 1/√(2π); √½; the a from which on Φ(−a) is 0, where the scaled tail's table ends too. */
const MINUS_HALF = memory.data<f64>([-0.5], 8), DENSITY = memory.data<f64>([0.3989422804014327], 8);
const ROOT_HALF = memory.data<f64>([0.7071067811865476], 8), LAST = memory.data<f64>([39], 8);
/** log 2; the interval in which log Φ is computed from erf. */
const LN2 = memory.data<f64>([0.6931471805599453], 8), CENTRE = memory.data<f64>([-1, 0.5], 8);
/** (−1)^k·(2k − 1)!! for k = 0 … 7. */
const MILLS = memory.data<f64>([1, -1, 3, -15, 105, -945, 10395, -135135], 8);

function log(x: v128): v128 { return changetype<Log>(0).f64x2(x); }

/** (a + 1¼)² times e^(a²/2)·∫ Φ(−t) dt over t ≥ a, in q = a/(a + 4½) − ½, 2^-53; the 4½ and the 1¼. */
const EXCESS = memory.data<f64>([0.5728744637336974, -0.4790948710446447, 0.14734632810948017, 0.7187068391412503,
  -1.6426100257882916, 1.6537629336046187, -0.2360966750357393, -1.6774196231142124, 2.229096522743404,
  -0.761439042680066, -1.0214430917769053, 1.0310849108871234, 0.3346690452727765, -0.8290275650991326,
  -0.10807724759783618, 0.6359556278531342, 0.07989754885745254, -0.4920447194647398, -0.12441991888417106,
  0.3460657888147872, 0.16318119696074226, -0.15663085757084697, -0.11364415227863439], 8);
const EXCESS_FOLD = memory.data<f64>([4.5, 1.25], 8);

/** e^(−a²/2) as e·2^n: e, of a, its upper half h, −h²/2 and t = shifted(−h²/2). */
function bell(a: v128, h: v128, square: v128, t: v128): v128 {
  const rest = f64x2.mul(half<f64>(), f64x2.mul(f64x2.sub(a, h), f64x2.add(a, h)));
  return reduced<f64>(coarse<f64>(square, t), f64x2.add(fine<f64>(t), rest));
}

/** −h²/2. */
// @ts-ignore: decorator
@inline
function minusHalfSquare(h: v128): v128 { return f64x2.mul(f64x2.mul(h, h), at<f64>(MINUS_HALF)); }

/** Φ(−a) for 0 ≤ a ≤ 39. */
function lower(a: v128): v128 {
  const h = upperHalf<f64>(a), square = minusHalfSquare(h), t = shifted<f64>(square);
  return scale<f64>(tailScaled(bell(a, h, square, t), a), t);
}

/** e^(−a²/2)/√(2π), likewise. */
function density(a: v128): v128 {
  const h = upperHalf<f64>(a), square = minusHalfSquare(h), t = shifted<f64>(square);
  return scale<f64>(f64x2.mul(bell(a, h, square, t), at<f64>(DENSITY)), t);
}

/** e^(a²/2)·Φ(−a) for a ≥ 0; by its series in 1/a² from 39 on. */
function tail(a: v128): v128 {
  const y = tailScaled(one<f64>(), f64x2.pmin(a, at<f64>(LAST))), isFar = f64x2.gt(a, at<f64>(LAST));
  if (!v128.any_true(isFar)) return y;
  const z = f64x2.div(one<f64>(), a), far = f64x2.mul(f64x2.mul(z, at<f64>(DENSITY)), poly7<f64>(f64x2.mul(z, z), MILLS));
  return select(isFar, far, y);
}

/** Φ(x), the probability that a normal variable is at most x. |err| ≤ 4 ulp f64 (measured 3), 1 ulp f32, in the tail too. */
@unmanaged @final export class Ndtr {
  @inline f32x2(x: v128): v128 { return this.f64x2(x); }
  f64x2(x: v128): v128 {
    const y = lower(f64x2.pmin(f64x2.abs(x), at<f64>(LAST)));
    return select(f64x2.lt(x, zero<f64>()), y, f64x2.sub(one<f64>(), y));
  }
}

/** Φ′(x) = e^(−x²/2)/√(2π). |err| ≤ 2 ulp. */
@unmanaged @final export class NdtrSlope {
  @inline f32x2(x: v128): v128 { return this.f64x2(x); }
  f64x2(x: v128): v128 { return density(f64x2.pmin(f64x2.abs(x), at<f64>(LAST))); }
}

/** log Φ(x). |err| ≤ 4 ulp f64 (measured 3), 1 ulp f32, over the whole range. */
@unmanaged @final export class LogNdtr {
  @inline f32x2(x: v128): v128 { return this.f64x2(x); }
  f64x2(x: v128): v128 {
    const a = f64x2.abs(x), h = upperHalf<f64>(a), isCentral = v128.and(f64x2.gt(x, at<f64>(CENTRE)), f64x2.lt(x, at<f64>(CENTRE + 8)));
    const w = f64x2.mul(x, at<f64>(ROOT_HALF)), c = v128.and(isCentral, w);
    const above = v128.bitselect(f64x2.add(c, erfRest(c)), f64x2.neg(lower(f64x2.pmin(a, at<f64>(LAST)))), isCentral);
    const l = changetype<Log1p>(0).f64x2(above), y = select(isCentral, f64x2.sub(l, at<f64>(LN2)), l);
    const isBelow = f64x2.le(x, at<f64>(CENTRE));
    if (!v128.any_true(isBelow)) return y;
    const rest = f64x2.mul(half<f64>(), f64x2.mul(f64x2.sub(a, h), f64x2.add(a, h)));
    const far = f64x2.add(minusHalfSquare(h), f64x2.sub(log(tail(a)), rest));
    return select(isBelow, select(f64x2.eq(a, infinity<f64>()), x, far), y);
  }
}

/** Φ′(x)/Φ(x). |err| ≤ 6 ulp. */
@unmanaged @final export class LogNdtrSlope {
  @inline f32x2(x: v128): v128 { return this.f64x2(x); }
  f64x2(x: v128): v128 {
    const a = f64x2.abs(x), isBelow = f64x2.lt(x, zero<f64>()), c = f64x2.pmin(a, at<f64>(LAST));
    const y = f64x2.div(density(c), f64x2.sub(one<f64>(), lower(c)));
    return v128.any_true(isBelow) ? select(isBelow, f64x2.div(at<f64>(DENSITY), tail(a)), y) : y;
  }
}

/** d′ = −d·(x + d) for d = Φ′(x)/Φ(x); below 0 as −e^(−x²)/2π·∫Φ/Φ³, for x + d cancels. |err| ≤ 16 ulp. */
@unmanaged @final export class LogNdtrBend {
  @inline f32x2(x: v128): v128 { return this.f64x2(x); }
  f64x2(x: v128): v128 {
    const a = f64x2.pmin(f64x2.abs(x), at<f64>(LAST)), isBelow = f64x2.lt(x, zero<f64>());
    const d = changetype<LogNdtrSlope>(0).f64x2(a), y = f64x2.neg(f64x2.mul(d, f64x2.add(a, d)));
    if (!v128.any_true(isBelow)) return y;
    const q = f64x2.sub(f64x2.div(a, f64x2.add(a, at<f64>(EXCESS_FOLD))), half<f64>()), root = f64x2.add(a, at<f64>(EXCESS_FOLD + 8));
    const excess = f64x2.div(madd<f64>(q, poly21<f64>(q, EXCESS + 8), at<f64>(EXCESS)), f64x2.mul(root, root));
    const t = tail(a), near = f64x2.neg(f64x2.mul(f64x2.div(at<f64>(DENSITY), t), f64x2.div(excess, t)));
    const z = f64x2.div(one<f64>(), x), w = f64x2.mul(z, z), far = poly7<f64>(w, MILLS);
    const isFar = f64x2.ge(f64x2.abs(x), at<f64>(LAST));
    return select(isBelow, select(isFar, f64x2.div(poly6<f64>(w, MILLS + 8), f64x2.mul(far, far)), near), y);
  }
}

/** Quotients of PPND7: MIDDLE in 0.180625 − (y/2)²; with r = √(−log(q/2)), NEAR in r − 1.6 for r ≤ 5 and FAR in r − 5 for r > 5. */
const MIDDLE = memory.data<f64>([3.3871327179, 50.434271938, 159.29113202, 59.10937472, 1, 17.895169469, 78.757757664, 67.1875636], 8);
const NEAR = memory.data<f64>([1.4234372777, 2.75681539, 1.3067284816, 0.17023821103, 1, 0.7370016425, 0.12021132975, 0], 8);
const FAR = memory.data<f64>([6.657905115, 3.081226386, 0.42868294337, 0.017337203997, 1, 0.24197894225, 0.012258202635, 0], 8);
const SPLIT = memory.data<f64>([0.180625, 1.6, 5], 8);
/** Up to this |y| the step uses erf; the least q; √π/2; 2/√π; √2. */
const CENTRAL = memory.data<f64>([0.84], 8), LEAST = memory.data<f64>([5e-324], 8);
const HALF_ROOT_PI = memory.data<f64>([0.886226925452758, 1.1283791670955126], 8), ROOT_TWO = memory.data<f64>([1.4142135623730951], 8);

function ratio(x: v128, table: usize): v128 { return f64x2.div(poly3<f64>(x, table), poly3<f64>(x, table + 32)); }

/** w > 0 with erf w = y, for 0 ≤ y ≤ 0.84. */
function central(y: v128): v128 {
  const p = f64x2.mul(y, half<f64>()), guess = f64x2.mul(p, ratio(nmadd<f64>(p, p, at<f64>(SPLIT)), MIDDLE));
  const w = f64x2.mul(guess, at<f64>(ROOT_HALF)), slope = changetype<Exp>(0).f64x2(f64x2.mul(w, w));
  const u = f64x2.mul(f64x2.add(f64x2.sub(w, y), erfRest(w)), f64x2.mul(slope, at<f64>(HALF_ROOT_PI)));
  return f64x2.sub(w, f64x2.div(u, madd<f64>(u, w, one<f64>())));
}

/** w with erfc w = q, for 0 < q ≤ 0.16. */
function outer(q: v128): v128 {
  const l = log(q), r = f64x2.sqrt(f64x2.sub(at<f64>(LN2), l)), isFar = f64x2.gt(r, at<f64>(SPLIT + 16));
  let w = ratio(f64x2.sub(r, at<f64>(SPLIT + 8)), NEAR);
  if (v128.any_true(isFar)) w = select(isFar, ratio(f64x2.sub(r, at<f64>(SPLIT + 16)), FAR), w);
  w = f64x2.mul(w, at<f64>(ROOT_HALF));
  const scaled = erfcScaled(one<f64>(), w), d = f64x2.div(at<f64>(HALF_ROOT_PI + 8), scaled);
  const rest = f64x2.add(f64x2.mul(w, w), f64x2.sub(l, log(scaled))), u = f64x2.div(rest, d);
  const bend = f64x2.mul(f64x2.mul(u, half<f64>()), f64x2.sub(d, f64x2.add(w, w)));
  return f64x2.sub(w, f64x2.div(u, f64x2.sub(one<f64>(), bend)));
}

/** Mask of the lanes whose step uses erf and y; the others use erfc and q. */
// @ts-ignore: decorator
@inline
function isCentral(y: v128): v128 { return f64x2.le(f64x2.abs(y), at<f64>(CENTRAL)); }

/** w with erf w = y and erfc |w| = q. Both are arguments, for near 0 and near ±1 only one of them is exact. ±∞ at q = 0, NaN at q < 0. */
function quantile(y: v128, q: v128): v128 {
  const middle = isCentral(y), a = f64x2.abs(y);
  let w = central(v128.and(a, middle));
  if (!i64x2.all_true(middle)) {
    const far = select(f64x2.eq(q, zero<f64>()), infinity<f64>(), outer(f64x2.pmax(q, at<f64>(LEAST))));
    w = select(middle, w, v128.or(far, v128.not(f64x2.ge(q, zero<f64>()))));
  }
  return v128.or(v128.andnot(w, sign<f64>()), v128.and(y, sign<f64>()));
}

/** dw/dy = √π/2·e^(w²) for w = |quantile|; outside the middle computed as √π/2·(e^(w²)·erfc w)/q. */
function slope(y: v128, q: v128): v128 {
  const w = f64x2.abs(quantile(y, q)), middle = isCentral(y), c = v128.and(w, middle);
  const inner = changetype<Exp>(0).f64x2(f64x2.mul(c, c));
  const outer = select(f64x2.eq(w, infinity<f64>()), w, f64x2.div(erfcScaled(one<f64>(), w), q));
  return f64x2.mul(at<f64>(HALF_ROOT_PI), select(middle, inner, outer));
}

/** The smaller of x and 2 − x. */
// @ts-ignore: decorator
@inline
function folded(x: v128): v128 { return f64x2.pmin(x, f64x2.sub(two<f64>(), x)); }

/** The inverse of erf; ±∞ at ±1, NaN beyond; keeps −0. |err| ≤ 4 ulp f64 (measured 2), 1 ulp f32. */
@unmanaged @final export class ErfInv {
  @inline f32x2(x: v128): v128 { return this.f64x2(x); }
  f64x2(x: v128): v128 { return quantile(x, f64x2.sub(one<f64>(), f64x2.abs(x))); }
}

/** The inverse of erfc; ∞ at 0, −∞ at 2, NaN beyond. |err| ≤ 4 ulp f64 (measured 2), 1 ulp f32. */
@unmanaged @final export class ErfcInv {
  @inline f32x2(x: v128): v128 { return this.f64x2(x); }
  f64x2(x: v128): v128 { return quantile(f64x2.sub(one<f64>(), x), folded(x)); }
}

/** The inverse of Φ; −∞ at 0, ∞ at 1, NaN beyond. |err| ≤ 4 ulp f64 (measured 3), 1 ulp f32. */
@unmanaged @final export class Ndtri {
  @inline f32x2(x: v128): v128 { return this.f64x2(x); }
  f64x2(x: v128): v128 {
    const twice = f64x2.add(x, x);
    return f64x2.mul(at<f64>(ROOT_TWO), quantile(f64x2.sub(twice, one<f64>()), folded(twice)));
  }
}

/** The derivatives of ErfInv, ErfcInv and Ndtri. |err| ≤ 8 ulp. */
@unmanaged @final export class ErfInvSlope {
  @inline f32x2(x: v128): v128 { return this.f64x2(x); }
  f64x2(x: v128): v128 { return slope(x, f64x2.sub(one<f64>(), f64x2.abs(x))); }
}
@unmanaged @final export class ErfcInvSlope {
  @inline f32x2(x: v128): v128 { return this.f64x2(x); }
  f64x2(x: v128): v128 { return f64x2.neg(slope(f64x2.sub(one<f64>(), x), folded(x))); }
}
@unmanaged @final export class NdtriSlope {
  @inline f32x2(x: v128): v128 { return this.f64x2(x); }
  f64x2(x: v128): v128 {
    const twice = f64x2.add(x, x);
    return f64x2.mul(at<f64>(ROOT_TWO), f64x2.mul(two<f64>(), slope(f64x2.sub(twice, one<f64>()), folded(twice))));
  }
}
