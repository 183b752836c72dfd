/**
 * Logarithms: log, log2, log10, log1p. No gradients.
 *
 * All split x = 2^k·(1 + f) with √½ ≤ 1 + f < √2 and add k·ln2 + log(1 + f). A vector with a lane that is not a positive normal number
 * takes two further steps: subnormal inputs are scaled up first, and lanes whose logarithm is infinite or NaN are set at the end.
 * log(1 + f) = f − f²/2 + rest, by the odd series in s = f/(2 + f), which converges fast, as in fdlibm's e_log.c (Ng, 1993).
 * Tables from scripts/coefficients.py.
 */
import { madd, nmadd, select } from '../simd/lanes';
import { half, infinity, one, pick, sign, two, zero } from './constant';
import { sumTail } from './exact';
import { at, poly2, poly3, poly6, poly9 } from './polynomial';

/** The least normal number; the power of two by which a subnormal is scaled; its exponent. */
const LIFT32 = memory.data<f32>([1.1754943508222875e-38, 16777216, 24], 4);
const LIFT64 = memory.data<f64>([2.2250738585072014e-308, 18014398509481984, 54], 8);
/** The bits of 1 minus those of √½, the least 1 + f; the bits of √½; the fraction's mask. */
const SPLIT32 = memory.data<u32>([0x004afb0d, 0x3f3504f3, 0x007fffff], 4);
const SPLIT64 = memory.data<u64>([0x00095f619980c433, 0x3fe6a09e667f3bcd, 0x000fffffffffffff], 8);
/** 2^23 and 2^52, in whose fraction an exponent field becomes an integer, and the same plus the bias. */
const EXPONENT32 = memory.data<f32>([8388608, 8388735], 4);
const EXPONENT64 = memory.data<f64>([4503599627370496, 4503599627371519], 8);
/** ln 2 in two parts; the first is short enough that k times it is exact. */
const LN2_32 = memory.data<f32>([0.693359375, -0.000212194442], 4);
const LN2_64 = memory.data<f64>([0.6931471806019545, -4.2009150726810846e-11], 8);
/** (log((1 + s)/(1 − s)) − 2s)/s³ in s² ≤ 0.02945, relative error of the logarithm 2^-30.2 and 2^-59.5. */
const LOG32 = memory.data<f32>([0.666667759, 0.399775207, 0.298723072], 4);
const LOG64 = memory.data<f64>([0.6666666666666735, 0.3999999999941315, 0.2857142874276227, 0.22222198531487858,
  0.18183566651664032, 0.15313987211666186, 0.14796620148210202], 8);
/** To base 2, for f64 lanes whose result will be rounded to f32: the same over ln 2, relative error 2^-37.6; 2/ln 2; ln 2. */
const BRIEF = memory.data<f64>([0.9617966791670486, 0.577082858536422, 0.41170589901059534, 0.3402273224598809,
  2.8853900817779268, 0.6931471805599453], 8);
/** The same for s ≤ 1/3, where f may be 1: 2^-27.7 and 2^-59.4. */
const UNIT32 = memory.data<f32>([0.666664124, 0.400217026, 0.279990703, 0.280248463], 4);
const UNIT64 = memory.data<f64>([0.6666666666666631, 0.4000000000015735, 0.28571428547839595,
  0.22222223970689664, 0.1818174388888503, 0.15386560734774854, 0.13300962402675046, 0.12106178547615594,
  0.0833968274678933, 0.17019378268541743], 8);
/** For f32: the factor of log(1 + f); the factor minus a power of two, whose product with f is exact; that power; k's factor in two parts. */
const BASE2_32 = memory.data<f32>([1.44269502, 0.442695051], 4);
const BASE10_32 = memory.data<f32>([0.434294492, -0.0657055154, 0.5, 0.301025391, 4.60503907e-06], 4);
/** Factors of k and of log(1 + f), each in two parts. */
const BASE2_64 = memory.data<f64>([1, 0, 1.4426950407214463, 1.6751713164886512e-10], 8);
const BASE10_64 = memory.data<f64>([0.3010299956658855, -1.9043128467164274e-12, 0.4342944818781689, 2.5082946711645275e-11], 8);
/** The upper half of a fraction. */
const HEAD = memory.data<u64>([0xffffffff00000000], 8);
/** Two integers, so that x is a positive normal number exactly if its bits plus the first, as signed integers, don't exceed the second. */
const NORMAL32 = memory.data<u32>([0x7f800000, 0xfeffffff], 4), NORMAL64 = memory.data<u64>([0x7ff0000000000000, 0xffdfffffffffffff], 8);
/** Twice the bias, in the exponent's field: this minus the field of 2^k is the field of 2^−k. */
const TURN32 = memory.data<u32>([0x7f000000], 4), TURN64 = memory.data<u64>([0x7fe0000000000000], 8);

/** y where 0 < x < ∞; −∞ at ±0, NaN where x < 0, x where it is ∞ or NaN. */
@inline
function specials<T>(x: v128, y: v128): v128 {
  y = v128.sub<T>(y, v128.and(v128.eq<T>(x, zero<T>()), infinity<T>()));
  y = v128.or(y, v128.lt<T>(x, zero<T>()));
  return select(v128.lt<T>(x, infinity<T>()), y, x);
}

/** The bits of x moved so that their exponent field is k plus its bias. */
@inline
export function moved<T>(x: v128): v128 {
  return sizeof<T>() == 4 ? i32x4.add(x, at<f32>(SPLIT32)) : i64x2.add(x, at<f64>(SPLIT64));
}

/** k, as a floating-point number. */
@inline
export function exponent<T>(u: v128): v128 {
  if (sizeof<T>() == 4) return f32x4.sub(v128.or(i32x4.shr_u(u, 23), at<f32>(EXPONENT32)), at<f32>(EXPONENT32 + 4));
  return f64x2.sub(v128.or(i64x2.shr_u(u, 52), at<f64>(EXPONENT64)), at<f64>(EXPONENT64 + 8));
}

/** f. */
@inline
export function fraction<T>(u: v128): v128 {
  if (sizeof<T>() == 4) {
    return f32x4.sub(i32x4.add(v128.and(u, at<f32>(SPLIT32 + 8)), at<f32>(SPLIT32 + 4)), one<f32>());
  }
  return f64x2.sub(i64x2.add(v128.and(u, at<f64>(SPLIT64 + 16)), at<f64>(SPLIT64 + 8)), one<f64>());
}

/** 2^−k; 0 where that is subnormal, hence the saturation. */
@inline
function reciprocal<T>(u: v128): v128 {
  return i16x8.sub_sat_u(at<T>(pick<T>(TURN32, TURN64)), v128.and(u, infinity<T>()));
}

/** h = f²/2. */
@inline
function halfSquare<T>(f: v128): v128 {
  return v128.mul<T>(v128.mul<T>(f, f), half<T>());
}

/** log(1 + f) − f + h. */
@inline
function rest<T>(f: v128, h: v128): v128 {
  const s = v128.div<T>(f, v128.add<T>(two<T>(), f)), z = v128.mul<T>(s, s);
  const p = sizeof<T>() == 4 ? poly2<f32>(z, LOG32) : poly6<f64>(z, LOG64);
  return v128.mul<T>(s, v128.add<T>(h, v128.mul<T>(z, p)));
}

/** log(1 + z) for 0 ≤ z ≤ 1, by the series alone. |err| ≤ 1 ulp f64, 1.5 ulp f32. */
@inline
export function log1pUnit<T>(z: v128): v128 {
  const h = halfSquare<T>(z), s = v128.div<T>(z, v128.add<T>(two<T>(), z)), w = v128.mul<T>(s, s);
  const p = sizeof<T>() == 4 ? poly3<f32>(w, UNIT32) : poly9<f64>(w, UNIT64);
  return v128.sub<T>(z, v128.sub<T>(h, v128.mul<T>(s, v128.add<T>(h, v128.mul<T>(w, p)))));
}

/** k·ln2 + f − h + tail, smallest terms first. */
@inline
function natural<T>(k: v128, f: v128, h: v128, tail: v128): v128 {
  const ln2 = pick<T>(LN2_32, LN2_64);
  tail = v128.add<T>(tail, v128.mul<T>(k, at<T>(ln2 + sizeof<T>())));
  return v128.sub<T>(v128.mul<T>(k, at<T>(ln2)), v128.sub<T>(v128.sub<T>(h, tail), f));
}

/**
 * k·kFactor + log(1 + f)·fFactor for a base's two factors, each in two parts. The head of log(1 + f) has so few bits
 * that its product with the first part is exact, and the rounding error of the sum of the heads is kept.
 */
@inline
function based64(k: v128, f: v128, base: usize): v128 {
  const h = halfSquare<f64>(f);
  const head = v128.and(f64x2.sub(f, h), at<f64>(HEAD));
  const tail = f64x2.add(f64x2.sub(f64x2.sub(f, head), h), rest<f64>(f, h));
  const big = f64x2.mul(k, at<f64>(base)), small = f64x2.mul(head, at<f64>(base + 16));
  const sum = f64x2.add(big, small), lost = sumTail<f64>(big, small, sum);
  const low = madd<f64>(f64x2.add(head, tail), at<f64>(base + 24), f64x2.mul(k, at<f64>(base + 8)));
  return f64x2.add(sum, f64x2.add(lost, madd<f64>(tail, at<f64>(base + 16), low)));
}

/** The same for f32: the largest term is f times a power of two, which is exact. */
@inline
function based32(k: v128, f: v128, base: usize): v128 {
  const h = halfSquare<f32>(f), tail = f32x4.sub(rest<f32>(f, h), h);
  const low = madd<f32>(tail, at<f32>(base), f32x4.mul(f, at<f32>(base + 4)));
  if (base == BASE2_32) return f32x4.add(k, f32x4.add(f, low));
  const small = madd<f32>(k, at<f32>(base + 16), madd<f32>(f, at<f32>(base + 8), low));
  return madd<f32>(k, at<f32>(base + 12), small);
}

/** Whether all lanes are positive normal numbers: those that need neither `lifted` nor `specials`. */
@inline
export function areNormal<T>(x: v128): bool {
  if (sizeof<T>() == 4) return !i32x4.bitmask(i32x4.gt_s(i32x4.add(x, at<f32>(NORMAL32)), at<f32>(NORMAL32 + 4)));
  return !i64x2.bitmask(i64x2.gt_s(i64x2.add(x, at<f64>(NORMAL64)), at<f64>(NORMAL64 + 8)));
}

/** x, with subnormals lifted into the normal range. */
@inline
export function lifted<T>(x: v128): v128 {
  const lift = pick<T>(LIFT32, LIFT64);
  return select(v128.lt<T>(x, at<T>(lift)), v128.mul<T>(x, at<T>(lift + sizeof<T>())), x);
}

/** k of x, for u = moved(lifted(x)). */
@inline
export function power<T>(x: v128, u: v128): v128 {
  const lift = pick<T>(LIFT32, LIFT64);
  return v128.sub<T>(exponent<T>(u), v128.and(v128.lt<T>(x, at<T>(lift)), at<T>(lift + 2 * sizeof<T>())));
}

/** Kinds of logarithms, by base. */
const NATURAL: u32 = 0, BINARY: u32 = 1, DECIMAL: u32 = 2;

/** The logarithm of any x. Only a vector with a lane that is not a positive normal number takes the branches for these. */
@inline
function logarithm<T>(x: v128, kind: u32): v128 {
  const isNormal = areNormal<T>(x), u = moved<T>(isNormal ? x : lifted<T>(x)), f = fraction<T>(u);
  const k = isNormal ? exponent<T>(u) : power<T>(x, u);
  let y: v128;
  if (kind == NATURAL) {
    const h = halfSquare<T>(f);
    y = natural<T>(k, f, h, rest<T>(f, h));
  } else if (sizeof<T>() == 4) y = based32(k, f, kind == BINARY ? BASE2_32 : BASE10_32);
  else y = based64(k, f, kind == BINARY ? BASE2_64 : BASE10_64);
  return isNormal ? y : specials<T>(x, y);
}

/** log x. |err| ≤ 1 ulp f64, 2 ulp f32 (measured 0.79, 0.83), over the whole range; log 0 = −∞. */
@unmanaged @final export class Log {
  @inline f32x4(x: v128): v128 { return logarithm<f32>(x, NATURAL); }
  @inline f64x2(x: v128): v128 { return logarithm<f64>(x, NATURAL); }
}

/** log x/log 2, exact at powers of two. |err| ≤ 2 ulp (measured 0.66 f64, 1.17 f32). */
@unmanaged @final export class Log2 {
  @inline f32x4(x: v128): v128 { return logarithm<f32>(x, BINARY); }
  @inline f64x2(x: v128): v128 { return logarithm<f64>(x, BINARY); }
}

/** log x/log 10. |err| ≤ 2 ulp (measured 0.64 f64, 1.1 f32). */
@unmanaged @final export class Log10 {
  @inline f32x4(x: v128): v128 { return logarithm<f32>(x, DECIMAL); }
  @inline f64x2(x: v128): v128 { return logarithm<f64>(x, DECIMAL); }
}

/** k + log₂(1 + f) in f64 lanes for a result that will be rounded to f32: relative error 2^-37. */
@inline
export function briefLog2(k: v128, f: v128): v128 {
  const s = f64x2.div(f, f64x2.add(two<f64>(), f)), z = f64x2.mul(s, s);
  return f64x2.add(k, f64x2.mul(s, madd<f64>(z, poly3<f64>(z, BRIEF), at<f64>(BRIEF + 32))));
}

/** log x of positive normal doubles, likewise. */
@inline
export function briefLog(x: v128): v128 {
  const u = moved<f64>(x);
  return f64x2.mul(briefLog2(exponent<f64>(u), fraction<f64>(u)), at<f64>(BRIEF + 40));
}

/**
 * log(1 + x). |err| ≤ 1 ulp f64, 2 ulp f32 (measured 0.76, 0.84); keeps −0; log1p(−1) = −∞.
 * 1 + x = v + lost exactly, and the logarithm is log v + lost/v, where 1/v = 2^−k/(1 + f) ≈ 2^−k·(1 − f + f²).
 */
@unmanaged @final export class Log1p {
  @inline of<T>(x: v128): v128 {
    const v = v128.add<T>(x, one<T>()), u = moved<T>(v), f = fraction<T>(u), h = halfSquare<T>(f);
    const b = v128.sub<T>(v, one<T>()), a = v128.sub<T>(v, b);
    const lost = v128.mul<T>(v128.add<T>(v128.sub<T>(one<T>(), a), v128.sub<T>(x, b)), reciprocal<T>(u));
    const low = nmadd<T>(lost, v128.sub<T>(f, v128.add<T>(h, h)), lost);
    const y = natural<T>(exponent<T>(u), f, h, v128.add<T>(rest<T>(f, h), low));
    return v128.or(areNormal<T>(v) ? y : specials<T>(v, y), v128.and(x, sign<T>()));
  }
  @inline f32x4(x: v128): v128 { return this.of<f32>(x); }
  @inline f64x2(x: v128): v128 { return this.of<f64>(x); }
}

/** log x and log(1 + x) of one number. */
export function log64(x: f64): f64 {
  return f64x2.extract_lane(changetype<Log>(0).f64x2(f64x2.splat(x)), 0);
}
export function log1p64(x: f64): f64 {
  return f64x2.extract_lane(changetype<Log1p>(0).f64x2(f64x2.splat(x)), 0);
}
