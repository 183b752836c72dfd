/**
 * Circular functions and their inverses, lane by lane, over the whole range of arguments. No gradients, no loops.
 *
 * float32 is computed in two pairs of f64 lanes. The few lanes with a huge argument, or one that is all but a multiple
 * of π/2, are replaced one by one, so that no result depends on its neighbours. Tables: scripts/coefficients_trig.py.
 */
import { madd, nmadd, select } from '../simd/lanes';
import { exactHigh, exactLow, isReduced, quadrant, reduceExactly, remainder, tail, turns } from './argument';
import { at, poly2, poly4, poly5, poly12 } from './polynomial';
import { lower, narrow, upper } from './widen';

const HIGH_BITS = memory.data<u64>([0xfffffffff8000000], 8);
const ONE = memory.data<f64>([1], 8), HALF = memory.data<f64>([0.5], 8), TWO_BIT = memory.data<u64>([2], 8);

/** (sin x − x)/x³ in z = x², |x| ≤ π/4, relative error of sin 2^-57.9. */
const SIN = memory.data<f64>([-0.1666666666666663, 0.008333333333322108, -0.00019841269829580258,
  2.7557313618031523e-06, -2.5050747218343312e-08, 1.5896197557681126e-10], 8);
/** (cos x − 1 + z/2)/z², relative error of cos 2^-64. */
const COS = memory.data<f64>([0.041666666666666595, -0.001388888888887304, 2.480158728884204e-05,
  -2.7557314176403937e-07, 2.087570043551881e-09, -1.1358514819191615e-11], 8);
/** The same for f32: sin with |x| ≤ π/2 (2^-35), and sin (2^-28) and cos (2^-33) with |x| ≤ π/4. */
const SIN32 = memory.data<f64>([-0.1666666662611259, 0.00833333110693523, -0.00019840867978551059,
  2.752537197830943e-06, -2.3888681486253147e-08], 8);
const SIN_TAN32 = memory.data<f64>([-0.16666654603057385, 0.008332160316991476, -0.00019515219730301665], 8);
const COS_TAN32 = memory.data<f64>([0.04166664566581295, -0.001388731545324446, 2.443306731082597e-05], 8);

/** For f32: 1/π; 1.5·2^52, and plus 1 for the cosine; π and π/2 in 33 bits and a double; 2^20·π and 2^20·π/2. */
const OVER_PI = memory.data<f64>([0.3183098861837907], 8);
const MAGIC = memory.data<f64>([6755399441055744.0, 6755399441055745.0], 8);
const PI = memory.data<f64>([3.1415926534682512, 1.2154201013012384e-10], 8);
const HALF_PI32 = memory.data<f64>([1.5707963267341256, 6.077100506303966e-11], 8);
const LIMIT32 = memory.data<f32>([3294198.0, 1647099.0], 4);

/** (atan t − t)/t³ in t², |t| ≤ 1/2, and (asin s − s)/s³ in s², |s| ≤ 1/2; the shorter ones to 2^-30. */
const ATAN = memory.data<f64>([-0.33333333333333315, 0.19999999999993268, -0.14285714284960954, 0.11111111068563549,
  -0.09090907669741399, 0.0769227707982018, -0.06666219003559426, 0.05877771384192511, -0.052298201371972226,
  0.04588750141047668, -0.03710248312157866, 0.02363301658317519, -0.008352523620044223], 8);
const ATAN32 = memory.data<f64>([-0.33333326925238466, 0.19999489858945854, -0.14272079030883042, 0.10940986814291533,
  -0.07984081745946915, 0.03872353089734841], 8);
const ASIN = memory.data<f64>([0.1666666666666676, 0.07499999999970801, 0.04464285717461033, 0.030381942707864852,
  0.022372214985214536, 0.017351612059318868, 0.013980819982439061, 0.011398916930426663, 0.010780226262882888,
  0.003706508763813122, 0.021707204842444545, -0.020998721527936953, 0.032628411631113886], 8);
const ASIN32 = memory.data<f64>([0.16666659992265997, 0.07500504155988302, 0.044516958444436615, 0.03180770077480697,
  0.014438647438323174, 0.037516416555557576], 8);
const TWO = memory.data<f64>([2], 8), FOUR = memory.data<f64>([4], 8);
/** π/4 in 48 bits and a double: three times the first part is exact; π/2 in two doubles. */
const QUARTER_PI = memory.data<f64>([0.7853981633974492, -8.575622497214414e-16], 8);
const HALF_PI64 = memory.data<f64>([1.5707963267948966, 6.123233995736766e-17], 8);
const INFINITE = memory.data<f64>([Infinity], 8), SIGN = memory.data<u64>([0x8000000000000000], 8);
/** atan2: 2^1000 and 2^-100; for f32 the largest and smallest magnitudes. */
const HUGE = memory.data<f64>([1.0715086071862673e301], 8), DOWN = memory.data<f64>([7.888609052210118e-31], 8);
const BOUND = memory.data<f64>([1e200, 1e-200], 8);

/** sin(r + l), |r| ≤ π/4, |l| ≤ ulp(r)/2. |err| ≤ 0.8 ulp. */
@inline
function sine(r: v128, l: v128): v128 {
  const z = f64x2.mul(r, r);
  const c = f64x2.mul(l, f64x2.sub(at<f64>(ONE), f64x2.mul(z, at<f64>(HALF))));
  return f64x2.add(r, madd<f64>(f64x2.mul(z, r), poly5<f64>(z, SIN), c));
}

/** cos(r + l), |r| ≤ π/4, |l| ≤ ulp(r)/2. |err| ≤ 0.6 ulp. */
@inline
function cosine(r: v128, l: v128): v128 {
  const z = f64x2.mul(r, r), half = f64x2.mul(z, at<f64>(HALF));
  const w = f64x2.sub(at<f64>(ONE), half);
  const lost = f64x2.sub(f64x2.sub(f64x2.sub(at<f64>(ONE), w), half), f64x2.mul(r, l));
  return f64x2.add(w, madd<f64>(f64x2.mul(z, z), poly5<f64>(z, COS), lost));
}

/** All bits where the integer in the low bits of t is odd. */
@inline
function isOdd(t: v128): v128 {
  return i64x2.neg(v128.and(t, i64x2.splat(1)));
}

/** sin(r + l + n·π/2), n in the low bits of t. */
@inline
function turned(t: v128, r: v128, l: v128): v128 {
  const y = select(isOdd(t), cosine(r, l), sine(r, l));
  return v128.xor(y, i64x2.shl(v128.and(t, at<u64>(TWO_BIT)), 62));
}

/** tan(r + l + n·π/2), n in the low bits of t: sine over cosine, or minus its inverse, both to about 2^-58. */
@inline
function slope(t: v128, r: v128, l: v128): v128 {
  const z = f64x2.mul(r, r), half = f64x2.mul(z, at<f64>(HALF)), odd = isOdd(t);
  // dz = r² − z, by Dekker's product: the rounding of z alone would spoil 1 − z/2.
  const a = v128.and(r, at<u64>(HIGH_BITS)), b = f64x2.sub(r, a), ab = f64x2.mul(a, b);
  const dz = f64x2.add(f64x2.add(f64x2.sub(f64x2.mul(a, a), z), f64x2.add(ab, ab)), f64x2.mul(b, b));
  const w = f64x2.sub(at<f64>(ONE), half);
  const cube = f64x2.mul(z, r), low = madd<f64>(f64x2.mul(dz, r), at<f64>(SIN), f64x2.mul(l, w));
  const s0 = madd<f64>(cube, at<f64>(SIN), madd<f64>(cube, f64x2.mul(z, poly4<f64>(z, SIN + 8)), low));
  const lost = f64x2.sub(f64x2.sub(at<f64>(ONE), w), half);
  const c0 = madd<f64>(f64x2.mul(z, z), poly5<f64>(z, COS),
    f64x2.sub(lost, madd<f64>(dz, at<f64>(HALF), f64x2.mul(r, l))));
  const s = f64x2.add(r, s0), ds = f64x2.add(f64x2.sub(r, s), s0);
  const c = f64x2.add(w, c0), dc = f64x2.add(f64x2.sub(w, c), c0);
  const y = quotient(select(odd, c, s), select(odd, dc, ds), select(odd, s, c), select(odd, ds, dc));
  return v128.xor(y, i64x2.shl(t, 63));
}

/** (n + dn)/(d + dd), nearly correctly rounded: a quotient and one correction by its exact remainder. */
@inline
function quotient(n: v128, dn: v128, d: v128, dd: v128): v128 {
  const inverse = f64x2.div(at<f64>(ONE), d), q = f64x2.mul(n, inverse), p = f64x2.mul(q, d);
  const q1 = v128.and(q, at<u64>(HIGH_BITS)), d1 = v128.and(d, at<u64>(HIGH_BITS));
  const q2 = f64x2.sub(q, q1), d2 = f64x2.sub(d, d1);
  const crossed = f64x2.add(f64x2.mul(q1, d2), f64x2.mul(q2, d1));
  const error = f64x2.add(f64x2.add(f64x2.sub(f64x2.mul(q1, d1), p), crossed), f64x2.mul(q2, d2));
  const rest = f64x2.add(f64x2.sub(f64x2.sub(n, p), error), f64x2.sub(dn, f64x2.mul(q, dd)));
  return madd<f64>(rest, inverse, q);
}

/** Which function: how many quarter turns ahead of the sine, or the tangent. */
const SINE: u32 = 0, COSINE: u32 = 1, TANGENT: u32 = 2;

/** The function `kind` at x ≥ 0 after Cody & Waite; lanes beyond their reach one by one. */
@inline
function circular(x: v128, kind: u32): v128 {
  const t = quadrant(x), n = turns(t), r = remainder(x, n), e = tail(x, n, r);
  const h = f64x2.add(r, e), l = f64x2.add(f64x2.sub(r, h), e);
  const isGood = isReduced(x, n, r);
  const y = kind == TANGENT ? slope(t, h, l) : turned(kind == COSINE ? i64x2.add(t, i64x2.splat(1)) : t, h, l);
  return v128.all_true<i64>(isGood) ? y : mended64(x, isGood, y, kind);
}

/** The function `kind` at one number x ≥ 0 of any size. */
function exactly(x: f64, kind: u32): f64 {
  if (!(x < Infinity)) return NaN;
  const t = i64x2.splat(reduceExactly(x) + (kind & COSINE));
  const r = f64x2.splat(exactHigh), l = f64x2.splat(exactLow);
  return f64x2.extract_lane(kind == TANGENT ? slope(t, r, l) : turned(t, r, l), 0);
}

/** y with the lanes that are not good computed again from x; each turn of the loop rotates the vectors by a lane. */
function mended64(x: v128, isGood: v128, y: v128, kind: u32): v128 {
  for (let i = 0; i < 2; i++) {
    if (!i64x2.extract_lane(isGood, 0)) y = f64x2.replace_lane(y, 0, exactly(f64x2.extract_lane(x, 0), kind));
    x = v128.shuffle<f64>(x, x, 1, 0);
    y = v128.shuffle<f64>(y, y, 1, 0);
    isGood = v128.shuffle<f64>(isGood, isGood, 1, 0);
  }
  return y;
}

/** The same for float32. */
function mended32(x: v128, isGood: v128, y: v128, kind: u32): v128 {
  for (let i = 0; i < 4; i++) {
    if (!i32x4.extract_lane(isGood, 0)) y = f32x4.replace_lane(y, 0, <f32>exactly(f32x4.extract_lane(x, 0), kind));
    x = v128.shuffle<f32>(x, x, 1, 2, 3, 0);
    y = v128.shuffle<f32>(y, y, 1, 2, 3, 0);
    isGood = v128.shuffle<f32>(isGood, isGood, 1, 2, 3, 0);
  }
  return y;
}

/** (cos x, sin x) of one number, in one evaluation: the lanes differ by a quarter turn. |err| ≤ 1 ulp each. */
export function cis64(x: f64): v128 {
  const a = f64x2.splat(abs(x)), t = quadrant(a), n = turns(t), r = remainder(a, n), e = tail(a, n, r);
  const h = f64x2.add(r, e), l = f64x2.add(f64x2.sub(r, h), e);
  const y = i64x2.extract_lane(isReduced(a, n, r), 0)
    ? turned(i64x2.add(t, i64x2(1, 0)), h, l)
    : f64x2(exactly(abs(x), COSINE), exactly(abs(x), SINE));
  return v128.xor(y, v128.and(f64x2.splat(x), i64x2(0, i64.MIN_VALUE)));
}

/** sin x or cos x for f32 in f64 lanes: reduction by π to |r| ≤ π/2, for the cosine around the odd multiples of π/2. */
@inline
function wave(x: v128, kind: u32): v128 {
  let t = f64x2.mul(x, at<f64>(OVER_PI));
  if (kind == COSINE) t = f64x2.sub(t, at<f64>(HALF));
  t = f64x2.add(t, at<f64>(MAGIC + (kind << 3)));
  let n = f64x2.sub(t, at<f64>(MAGIC + (kind << 3)));
  if (kind == COSINE) n = f64x2.add(n, at<f64>(HALF));
  const r = nmadd<f64>(n, at<f64>(PI + 8), nmadd<f64>(n, at<f64>(PI), x)), z = f64x2.mul(r, r);
  const y = f64x2.mul(r, madd<f64>(z, poly4<f64>(z, SIN32), at<f64>(ONE)));
  return v128.xor(y, i64x2.shl(t, 63));
}

/** tan x for f32 in f64 lanes. */
@inline
function slope32(x: v128): v128 {
  const t = quadrant(x), n = turns(t), odd = isOdd(t);
  const r = nmadd<f64>(n, at<f64>(HALF_PI32 + 8), nmadd<f64>(n, at<f64>(HALF_PI32), x)), z = f64x2.mul(r, r);
  const s = f64x2.mul(r, madd<f64>(z, poly2<f64>(z, SIN_TAN32), at<f64>(ONE)));
  const w = nmadd<f64>(z, at<f64>(HALF), at<f64>(ONE));
  const c = madd<f64>(f64x2.mul(z, z), poly2<f64>(z, COS_TAN32), w);
  return v128.xor(f64x2.div(select(odd, c, s), select(odd, s, c)), i64x2.shl(t, 63));
}

/** sin x, radians. |err| ≤ 1 ulp f64, 2 ulp f32 (measured 0.86, 0.51); sin ±0 = ±0, sin ±∞ = NaN. */
@unmanaged @final export class Sin {
  @inline f32x4(x: v128): v128 {
    const y = narrow(wave(lower(x), SINE), wave(upper(x), SINE)), a = f32x4.abs(x), sign = v128.xor(x, a);
    const isGood = f32x4.le(a, at<f32>(LIMIT32));
    return v128.all_true<i32>(isGood) ? y : v128.xor(mended32(a, isGood, v128.xor(y, sign), SINE), sign);
  }
  @inline f64x2(x: v128): v128 {
    const a = f64x2.abs(x);
    return v128.xor(circular(a, SINE), v128.xor(x, a));
  }
}

/** cos x, radians. |err| ≤ 1 ulp f64, 2 ulp f32 (measured 0.84, 0.51); cos ±∞ = NaN. */
@unmanaged @final export class Cos {
  @inline f32x4(x: v128): v128 {
    const a = f32x4.abs(x), isGood = f32x4.le(a, at<f32>(LIMIT32));
    const y = narrow(wave(lower(a), COSINE), wave(upper(a), COSINE));
    return v128.all_true<i32>(isGood) ? y : mended32(a, isGood, y, COSINE);
  }
  @inline f64x2(x: v128): v128 {
    return circular(f64x2.abs(x), COSINE);
  }
}

/** tan x, radians. |err| ≤ 1 ulp f64, 2 ulp f32 (measured 0.83, 0.57); tan ±0 = ±0, tan ±∞ = NaN. */
@unmanaged @final export class Tan {
  @inline f32x4(x: v128): v128 {
    const a = f32x4.abs(x), isGood = f32x4.le(a, at<f32>(LIMIT32 + 4));
    let y = narrow(slope32(lower(a)), slope32(upper(a)));
    if (!v128.all_true<i32>(isGood)) y = mended32(a, isGood, y, TANGENT);
    return v128.xor(y, v128.xor(x, a));
  }
  @inline f64x2(x: v128): v128 {
    const a = f64x2.abs(x);
    return v128.xor(circular(a, TANGENT), v128.xor(x, a));
  }
}

/**
 * The angle of (x, y), both ≥ 0, in [0, π/2]; reflected at the y axis where isLeft.  With t = min/max, shifted by π/4
 * to (min − max)/(min + max) where t > 1/2, it is j·π/4 ± atan t: one sum of a multiple in two parts and a series.
 */
@inline
function angle(y: v128, x: v128, isLeft: v128, isHalf: bool, isShort: bool): v128 {
  const one = at<f64>(ONE), isSteep = f64x2.gt(y, x);
  const small = select(isSteep, x, y), large = select(isSteep, y, x);
  const isMiddle = f64x2.gt(small, f64x2.mul(large, at<f64>(HALF)));
  const n = f64x2.sub(small, v128.and(isMiddle, large)), d = f64x2.add(large, v128.and(isMiddle, small));
  const t = f64x2.div(n, d), z = f64x2.mul(t, t);
  const p = isShort ? poly5<f64>(z, ATAN32) : poly12<f64>(z, ATAN);
  let j = v128.and(isMiddle, one);
  j = select(isSteep, f64x2.sub(at<f64>(TWO), j), j);
  if (!isHalf) j = select(isLeft, f64x2.sub(at<f64>(FOUR), j), j);
  const flip = i64x2.shl(isHalf ? isSteep : v128.xor(isSteep, isLeft), 63);
  const rest = madd<f64>(j, at<f64>(QUARTER_PI + 8), v128.xor(f64x2.mul(f64x2.mul(t, z), p), flip));
  return madd<f64>(j, at<f64>(QUARTER_PI), f64x2.add(v128.xor(t, flip), rest));
}

/** atan x. |err| ≤ 2 ulp (measured 1.46 f64, 0.51 f32); ±0 at ±0, ±π/2 at ±∞. */
@unmanaged @final export class Atan {
  @inline of(x: v128, isShort: bool): v128 {
    const a = f64x2.abs(x);
    return v128.xor(angle(a, at<f64>(ONE), f64x2.splat(0), true, isShort), v128.xor(x, a));
  }
  @inline f32x2(x: v128): v128 { return this.of(x, true); }
  @inline f64x2(x: v128): v128 { return this.of(x, false); }
}

/** atan2(y, x), the angle of the point (x, y) in [−π, π], with C99's special values. |err| ≤ 2 ulp (measured 1.46 f64, 0.51 f32). */
@unmanaged @final export class Atan2 {
  @inline f32x4(y: v128, x: v128): v128 {
    const a = f32x4.abs(y);
    return v128.xor(narrow(direction32(lower(a), lower(x)), direction32(upper(a), upper(x))), v128.xor(y, a));
  }
  @inline f64x2(y: v128, x: v128): v128 {
    const a = f64x2.abs(y), b = f64x2.abs(x), one = at<f64>(ONE), largest = f64x2.max(a, b);
    // Halves of huge numbers can be added; the ratio of infinities counts as 1, of zeros as 0.
    const isInfinite = f64x2.eq(largest, at<f64>(INFINITE));
    const scale = select(f64x2.gt(largest, at<f64>(HUGE)), at<f64>(DOWN), one);
    const v = select(isInfinite, v128.and(f64x2.eq(a, largest), one), f64x2.mul(a, scale));
    const u = select(isInfinite, v128.and(f64x2.eq(b, largest), one), f64x2.mul(b, scale));
    const isNone = f64x2.eq(largest, f64x2.splat(0));
    return v128.xor(angle(v, v128.or(u, v128.and(isNone, one)), isLeft(x), false, false), v128.xor(y, a));
  }
}

/** All bits where the sign of x is set, zeros included. */
@inline
function isLeft(x: v128): v128 {
  return i64x2.neg(i64x2.shr_u(x, 63));
}

/** The angle of two f32 in f64 lanes, y ≥ 0, where neither sum nor ratio overflows once infinity is 1e200. */
@inline
function direction32(y: v128, x: v128): v128 {
  const v = f64x2.pmin(y, at<f64>(BOUND)), u = f64x2.pmin(f64x2.abs(x), at<f64>(BOUND));
  return angle(v, f64x2.pmax(u, at<f64>(BOUND + 8)), isLeft(x), false, true);
}

/**
 * asin a or acos x.  For a = |x| ≤ 1/2 by the series of asin; beyond, asin a = π/2 − 2 asin √((1 − a)/2), with the
 * rounding error of the root.  All are j·π/2 ± (1 or 2)·asin s.
 */
@inline
function arc(x: v128, a: v128, kind: u32, isShort: bool): v128 {
  const half = at<f64>(HALF), isBig = f64x2.gt(a, half);
  const z = select(isBig, f64x2.mul(f64x2.sub(at<f64>(ONE), a), half), f64x2.mul(a, a));
  let s = select(isBig, f64x2.sqrt(z), a);
  const p = isShort ? poly5<f64>(z, ASIN32) : poly12<f64>(z, ASIN);
  const factor = select(isBig, at<f64>(TWO), at<f64>(ONE));
  s = f64x2.mul(s, factor);
  const bend = f64x2.mul(f64x2.mul(s, z), p);
  const sign = kind == SINE ? i64x2.shl(isBig, 63) : v128.xor(v128.xor(x, a), v128.andnot(at<u64>(SIGN), isBig));
  const j = kind == SINE ? v128.and(isBig, at<f64>(ONE)) : select(isBig, v128.and(isLeft(x), at<f64>(TWO)), at<f64>(ONE));
  const rest = madd<f64>(j, at<f64>(HALF_PI64 + 8), v128.xor(bend, sign));
  return madd<f64>(j, at<f64>(HALF_PI64), f64x2.add(v128.xor(s, sign), rest));
}

/** asin x. |err| ≤ 2 ulp (measured 1.65 f64, 0.51 f32); ±0 at ±0, NaN beyond ±1. */
@unmanaged @final export class Asin {
  @inline of(x: v128, isShort: bool): v128 {
    const a = f64x2.abs(x);
    return v128.xor(arc(a, a, SINE, isShort), v128.xor(x, a));
  }
  @inline f32x2(x: v128): v128 { return this.of(x, true); }
  @inline f64x2(x: v128): v128 { return this.of(x, false); }
}

/** acos x. |err| ≤ 2 ulp (measured 1.08 f64, 0.51 f32); +0 at 1, NaN beyond ±1. */
@unmanaged @final export class Acos {
  @inline f32x2(x: v128): v128 { return arc(x, f64x2.abs(x), COSINE, true); }
  @inline f64x2(x: v128): v128 { return arc(x, f64x2.abs(x), COSINE, false); }
}

export function tan64(x: f64): f64 { return f64x2.extract_lane(changetype<Tan>(0).f64x2(f64x2.splat(x)), 0); }
export function atan264(y: f64, x: f64): f64 {
  return f64x2.extract_lane(changetype<Atan2>(0).f64x2(f64x2.splat(y), f64x2.splat(x)), 0);
}
