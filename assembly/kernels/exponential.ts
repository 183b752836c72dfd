/**
 * Exponentials: exp, expm1, exp2, and the steps that the functions built on them share. No gradients.
 *
 * All reduce x = n·ln2 + r with |r| ≤ ln2/2, approximate e^r by a polynomial and multiply by 2^n. Rounding adds a shift
 * so large that the sum t = n + shift is an integer whose low bits are n, biased for building powers of two; 2^n enters
 * as two factors, since 2^1024 and 2^-1074 are no normal numbers and a subnormal result must be rounded once only.
 * Tables from scripts/coefficients.py.
 */
import { madd, nmadd, select } from '../simd/lanes';
import { half, one, pick, sign } from './constant';
import { sumTail } from './exact';
import { at, horner6, poly4, poly9, poly10 } from './polynomial';

/** 1.5·2^23 + 2·127 and 1.5·2^52 + 2·1023: the shifts, carrying twice the exponent's bias. */
const SHIFT32 = memory.data<f32>([12583166], 4), SHIFT64 = memory.data<f64>([6755399441057790], 8);
/** 1.5·2^23 + 126 and 1.5·2^52 + 1022: shifts that make 2^(n−1) in one step. */
const HALVED32 = memory.data<f32>([12583038], 4), HALVED64 = memory.data<f64>([6755399441056766], 8);
const LOG2E32 = memory.data<f32>([1.44269502], 4), LOG2E64 = memory.data<f64>([1.4426950408889634], 8);
/** ln 2 in two parts; the first is short enough that n times it is exact. */
const LN2_32 = memory.data<f32>([0.693359375, -0.000212194442], 4);
const LN2_64 = memory.data<f64>([0.6931471806019545, -4.2009150726810846e-11], 8);
/** (e^r − 1 − r)/r² for |r| ≤ ln2/2, relative error 2^-28.3 of e^r and 2^-61.7 of e^r − 1. */
const EXP32 = memory.data<f32>([0.49999994, 0.166665211, 0.041668389, 0.00836873427, 0.00138145708], 4);
const EXP64 = memory.data<f64>([0.5, 0.16666666666666677, 0.04166666666666651, 0.008333333333321667,
  0.0013888888888962485, 0.0001984126988603652, 2.4801587172408706e-05, 2.755724429526974e-06, 2.75574026725158e-07,
  2.5109008890358854e-08, 2.0875345844894056e-09], 8);
/** (2^r − 1 − r·ln2)/r² for |r| ≤ ½, relative error of 2^r 2^-28.3 and 2^-57.9; ln 2 in one piece. */
const EXP2_32 = memory.data<f32>([0.240226477, 0.0555036217, 0.00961852632, 0.00133901602, 0.000153211673], 4);
const EXP2_64 = memory.data<f64>([0.24022650695910122, 0.05550410866482074, 0.00961812910759699, 0.0013333558146686004,
  0.00015403530454057235, 1.5252733546972994e-05, 1.3215436614120937e-06, 1.0178184617548069e-07, 7.0735784170978636e-09,
  4.4363077627071717e-10], 8);
const LN2_WHOLE32 = memory.data<f32>([0.693147182], 4), LN2_WHOLE64 = memory.data<f64>([0.6931471805599453], 8);
/** 2^r for |r| ≤ ½, relative error 2^-29; 1.5·2^52; the range of `briefExp2`. */
const BRIEF = memory.data<f64>([1.0000000005541148, 0.6931472057356526, 0.24022646890833838, 0.05550328778669543,
  0.009618488932977412, 0.0013399930718639055, 0.00015345818501800632], 8);
const ROUND64 = memory.data<f64>([6755399441055744], 8), WIDE = memory.data<f64>([-996, 996], 8);
/** Outside this range e^x is 0 or ∞. Clamping x to it keeps n small, and keeps NaN. */
const RANGE32 = memory.data<f32>([-104, 89], 4), RANGE64 = memory.data<f64>([-746, 710], 8);
/** 1.5·2^23 + 127 and 1.5·2^52 + 1023: shifts that make 2^n in one step. 64: for |x| up to it 2^n·(e^r − 1) is exact. */
const POWER32 = memory.data<f32>([12583039], 4), POWER64 = memory.data<f64>([6755399441056767], 8);
const INSIDE32 = memory.data<f32>([64], 4), INSIDE64 = memory.data<f64>([64], 8);
/** Outside this range e^x − 1 is −1 or ∞. */
const RANGEM1_32 = memory.data<f32>([-20, 89], 4), RANGEM1_64 = memory.data<f64>([-40, 710], 8);
/** Outside this range 2^x is 0 or ∞. */
const POWERS32 = memory.data<f32>([-151, 129], 4), POWERS64 = memory.data<f64>([-1076, 1025], 8);
/** For |x| below this e^x − 1 rounds to x. */
const TINY32 = memory.data<f32>([2.98023224e-08], 4), TINY64 = memory.data<f64>([5.551115123125783e-17], 8);

/** x/ln2 rounded to the integer n, as t = n + shift. */
@inline
export function shifted<T>(x: v128): v128 {
  return madd<T>(x, at<T>(pick<T>(LOG2E32, LOG2E64)), at<T>(pick<T>(SHIFT32, SHIFT64)));
}

/** For x = n·ln2 + r: r = a − b, where a = x − n·(head of ln2) is exact and b = n·(tail of ln2) is small. */
@inline
export function coarse<T>(x: v128, t: v128): v128 {
  return v128.sub<T>(x, v128.mul<T>(turns<T>(t), at<T>(pick<T>(LN2_32, LN2_64))));
}
@inline
export function fine<T>(t: v128): v128 {
  return v128.mul<T>(turns<T>(t), at<T>(pick<T>(LN2_32, LN2_64) + sizeof<T>()));
}
@inline
function turns<T>(t: v128): v128 {
  return v128.sub<T>(t, at<T>(pick<T>(SHIFT32, SHIFT64)));
}

/** e^r − 1 − r. */
@inline
export function curve<T>(r: v128): v128 {
  return v128.mul<T>(v128.mul<T>(r, r), sizeof<T>() == 4 ? poly4<f32>(r, EXP32) : poly10<f64>(r, EXP64));
}

/**
 * e^(a − b) as a head and a tail. |err| ≤ 0.1 ulp in f64; in f32 the head is 1 and the tail a rounded number,
 * |err| ≤ 0.5 ulp: a third of the time for a third of an ulp.
 */
@inline
export function head<T>(a: v128, b: v128): v128 {
  return sizeof<T>() == 4 ? one<T>() : v128.add<T>(one<T>(), v128.sub<T>(a, b));
}
@inline
export function tail<T>(a: v128, b: v128): v128 {
  const r = v128.sub<T>(a, b);
  if (sizeof<T>() == 4) return v128.add<T>(r, curve<T>(r));
  const lost = sumTail<T>(one<T>(), r, head<T>(a, b));
  return v128.add<T>(lost, v128.add<T>(curve<T>(r), v128.sub<T>(v128.sub<T>(a, r), b)));
}

/** e^(a − b), rounded: e^x = scale(reduced(coarse(x, t), fine(t)), t) for t = shifted(x). */
@inline
export function reduced<T>(a: v128, b: v128): v128 {
  return v128.add<T>(head<T>(a, b), tail<T>(a, b));
}

/** v·2^n for t = n + shift and |n| ≤ 252 (f32), 2044 (f64); rounded once, even when subnormal. */
@inline
export function scale<T>(v: v128, t: v128): v128 {
  if (sizeof<T>() == 4) {
    const k = i32x4.shr_u(t, 1);
    return f32x4.mul(f32x4.mul(v, i32x4.shl(k, 23)), i32x4.shl(i32x4.sub(t, k), 23));
  }
  const k = i64x2.shr_u(t, 1);
  return f64x2.mul(f64x2.mul(v, i64x2.shl(k, 52)), i64x2.shl(i64x2.sub(t, k), 52));
}

/** x, limited to the range between the two numbers at `range`; NaN stays. */
@inline
export function clamped<T>(x: v128, range: usize): v128 {
  return v128.pmin<T>(v128.pmax<T>(x, at<T>(range)), at<T>(range + sizeof<T>()));
}

/** Whether all lanes are within ±64, where `inner` is right, and the mask of those lanes. `areInside` may be true or false for NaN. */
@inline
export function areInside<T>(x: v128): bool {
  const rest = v128.add<T>(v128.or(x, sign<T>()), at<T>(pick<T>(INSIDE32, INSIDE64)));
  return !(sizeof<T>() == 4 ? i32x4.bitmask(rest) : i64x2.bitmask(rest));
}
@inline
export function inside<T>(x: v128): v128 {
  return v128.lt<T>(v128.abs<T>(x), at<T>(pick<T>(INSIDE32, INSIDE64)));
}

/** For |x| ≤ 64: x/ln 2 rounded to n, with a shift; `raised` makes 2^n of it, `grown` e^r − 1. */
@inline
export function turned<T>(x: v128): v128 {
  return madd<T>(x, at<T>(pick<T>(LOG2E32, LOG2E64)), at<T>(pick<T>(POWER32, POWER64)));
}
@inline
export function raised<T>(t: v128): v128 {
  return sizeof<T>() == 4 ? i32x4.shl(t, 23) : i64x2.shl(t, 52);
}
@inline
export function grown<T>(x: v128, t: v128): v128 { return bent<T>(turnRest<T>(x, t)); }
/** The same of x + l, for an l that is small beside x. */
@inline
export function grownBy<T>(x: v128, l: v128, t: v128): v128 { return bent<T>(v128.add<T>(turnRest<T>(x, t), l)); }
@inline
function turnRest<T>(x: v128, t: v128): v128 {
  const n = v128.sub<T>(t, at<T>(pick<T>(POWER32, POWER64))), ln2 = pick<T>(LN2_32, LN2_64);
  return nmadd<T>(n, at<T>(ln2 + sizeof<T>()), nmadd<T>(n, at<T>(ln2), x));
}
@inline
function bent<T>(r: v128): v128 { return v128.add<T>(curve<T>(r), r); }

/** e^x for |x| ≤ 64, as 2^n + 2^n·(e^r − 1). |err| ≤ 1 ulp. */
@inline
export function inner<T>(x: v128): v128 {
  const t = turned<T>(x), power = raised<T>(t);
  return madd<T>(grown<T>(x, t), power, power);
}

/** m·e^x for x ≤ 0 in the range of n, rounded once where the result is subnormal. Not inlined, for few vectors have a lane outside ±64. */
export function faded<T>(m: v128, x: v128): v128 {
  const t = shifted<T>(x);
  return scale<T>(v128.mul<T>(m, reduced<T>(coarse<T>(x, t), fine<T>(t))), t);
}

/**
 * e^x. |err| ≤ 1 ulp f64, 2 ulp f32 (measured 0.66, 0.99), over the whole range; e^−∞ = 0. In f32 only vectors with a lane outside ±64 need
 * the clamp and the second factor of 2^n; the others are 2^n + 2^n·(e^r − 1), which rounds in the same way.
 */
@unmanaged @final export class Exp {
  @inline f32x4(x: v128): v128 {
    const isInside = areInside<f32>(x);
    const c = isInside ? x : clamped<f32>(x, RANGE32), t = madd<f32>(c, at<f32>(LOG2E32), at<f32>(POWER32));
    const n = f32x4.sub(t, at<f32>(POWER32)), r = nmadd<f32>(n, at<f32>(LN2_32 + 4), nmadd<f32>(n, at<f32>(LN2_32), c));
    const s = madd<f32>(f32x4.mul(r, r), poly4<f32>(r, EXP32), r), power = i32x4.shl(t, 23);
    return isInside ? madd<f32>(s, power, power) : scale<f32>(f32x4.add(one<f32>(), s), i32x4.add(t, i32x4.splat(127)));
  }
  @inline f64x2(x: v128): v128 {
    const c = clamped<f64>(x, RANGE64), t = shifted<f64>(c);
    return scale<f64>(reduced<f64>(coarse<f64>(c, t), fine<f64>(t)), t);
  }
}

/**
 * e^x − 1, to full relative accuracy near 0. |err| ≤ 1 ulp f64, 2 ulp f32 (measured 0.79, 1.26); keeps −0.
 * With s = 2^(n−1) it is 2·((s − ½) + s·r + s·(e^r − 1 − r)), the sum kept in a head and a tail; 2^1024 is not needed.
 */
@unmanaged @final export class Expm1 {
  @inline of<T>(x: v128): v128 {
    const c = clamped<T>(x, pick<T>(RANGEM1_32, RANGEM1_64)), halved = at<T>(pick<T>(HALVED32, HALVED64));
    const t = madd<T>(c, at<T>(pick<T>(LOG2E32, LOG2E64)), halved), n = v128.sub<T>(t, halved);
    const s = sizeof<T>() == 4 ? i32x4.shl(t, 23) : i64x2.shl(t, 52);
    const ln2 = pick<T>(LN2_32, LN2_64);
    const a = v128.sub<T>(c, v128.mul<T>(n, at<T>(ln2))), b = v128.mul<T>(n, at<T>(ln2 + sizeof<T>()));
    const r = v128.sub<T>(a, b), q = v128.add<T>(curve<T>(r), v128.sub<T>(v128.sub<T>(a, r), b));
    const u = v128.sub<T>(s, half<T>()), v = v128.mul<T>(s, r), head = v128.add<T>(u, v);
    const tail = v128.add<T>(v128.sub<T>(v128.sub<T>(s, u), half<T>()), sumTail<T>(u, v, head));
    const y = v128.add<T>(head, madd<T>(s, q, tail));
    return select(v128.lt<T>(v128.abs<T>(x), at<T>(pick<T>(TINY32, TINY64))), x, v128.add<T>(y, y));
  }
  @inline f32x4(x: v128): v128 { return this.of<f32>(x); }
  @inline f64x2(x: v128): v128 { return this.of<f64>(x); }
}

/** 2^x, exact at integers. |err| ≤ 2 ulp (measured 0.91 f64, 0.89 f32), over the whole range. */
@unmanaged @final export class Exp2 {
  @inline of<T>(x: v128): v128 {
    const c = clamped<T>(x, pick<T>(POWERS32, POWERS64)), shift = at<T>(pick<T>(SHIFT32, SHIFT64));
    const t = v128.add<T>(c, shift), r = v128.sub<T>(c, v128.sub<T>(t, shift));
    const z = v128.mul<T>(r, at<T>(pick<T>(LN2_WHOLE32, LN2_WHOLE64)));
    const h = v128.add<T>(one<T>(), z), l = sumTail<T>(one<T>(), z, h);
    const p = sizeof<T>() == 4 ? poly4<f32>(r, EXP2_32) : poly9<f64>(r, EXP2_64);
    return scale<T>(v128.add<T>(h, madd<T>(v128.mul<T>(r, r), p, l)), t);
  }
  @inline f32x4(x: v128): v128 { return this.of<f32>(x); }
  @inline f64x2(x: v128): v128 { return this.of<f64>(x); }
}

/** e^x in f64 lanes for a result that will be rounded to f32: relative error 2^-29; x is limited to ±690. */
@inline
export function brief(x: v128): v128 {
  return briefExp2(f64x2.mul(x, at<f64>(LOG2E64)));
}

/**
 * 2^x, likewise; x is limited to ±996. In this range the reduction needs one step and the scaling one addition of integers, which makes two
 * pairs of f64 lanes nearly as fast as four f32 lanes.
 */
@inline
export function briefExp2(x: v128): v128 {
  const y = clamped<f64>(x, WIDE), t = f64x2.add(y, at<f64>(ROUND64));
  const p = horner6<f64>(f64x2.sub(y, f64x2.sub(t, at<f64>(ROUND64))), BRIEF);
  return i64x2.add(p, i64x2.shl(t, 52));
}

/** e^x and e^x − 1 of one number. */
export function exp64(x: f64): f64 {
  return f64x2.extract_lane(changetype<Exp>(0).f64x2(f64x2.splat(x)), 0);
}
export function expm164(x: f64): f64 {
  return f64x2.extract_lane(changetype<Expm1>(0).f64x2(f64x2.splat(x)), 0);
}
