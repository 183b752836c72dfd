/**
 * Circular functions, lane by lane, over the whole range of arguments. No gradients, no loops.
 *
 * sin and cos of f32 are computed in four f32 lanes up to |x| = 400, and in two pairs of f64 lanes for larger |x|, as tan is for all x. Lanes
 * with a huge argument, or one very near a multiple of π/2, are computed again one by one, so that no result depends on its neighbours.
 * Tables: scripts/coefficients_trig.py.
 */
import { madd, nmadd, select } from '../simd/lanes';
import { exactHigh, exactLow, isReduced, quadrant, reduceExactly, remainder, tail, turns } from './argument';
import { half, one, sign } from './constant';
import { at, poly2, poly4, poly5 } from './polynomial';
import { lower, narrow, upper } from './widen';

const HIGH_BITS = memory.data<u64>([0xfffffffff8000000], 8);
const ONE = memory.data<f64>([1], 8), HALF = memory.data<f64>([0.5], 8), TWO_BIT = memory.data<u64>([2], 8);

/** (sin x − x)/x³ in z = x², |x| ≤ π/4, relative error of sin 2^-57.9. */
const SIN = memory.data<f64>([-0.1666666666666663, 0.008333333333322108, -0.00019841269829580258,
  2.7557313618031523e-06, -2.5050747218343312e-08, 1.5896197557681126e-10], 8);
/** (cos x − 1 + z/2)/z², relative error of cos 2^-64. */
const COS = memory.data<f64>([0.041666666666666595, -0.001388888888887304, 2.480158728884204e-05,
  -2.7557314176403937e-07, 2.087570043551881e-09, -1.1358514819191615e-11], 8);
/** The same for f32: sin with |x| ≤ π/2, in f32 lanes (2^-27.3) and in f64 lanes (2^-35), and sin (2^-28) and cos (2^-33) with |x| ≤ π/4. */
const SIN_SINGLE = memory.data<f32>([-0.125, -0.0416665971, 0.00833306927, -0.000198097769, 2.6060959e-06], 4);
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
/** In f32 lanes: 400², 1/π, the two shifts, (2/π)²; π in 16 bits, 16 bits and a float: n times the first two is exact. */
const NEAR = memory.data<f32>([160000, 0.318309886, 12582912, 12582913, 0.405284735], 4);
const PI_SINGLE = memory.data<f32>([3.14160156, -8.90879892e-06, -1.11288631e-10], 4);

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

/** Kinds of functions: the quarter turns by which the sine is shifted, or the tangent. */
const SINE: u32 = 0, COSINE: u32 = 1, TANGENT: u32 = 2;

/** The function `kind` at x ≥ 0 after Cody & Waite; lanes for which that reduction doesn't serve are computed one by one. */
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

/** sin x or cos x for f32, 0 ≤ x ≤ 400, as `wave`: sin(r + l) = r + (r³·p(r²) + l·cos r), cos r ≈ 1 − (2r/π)². */
@inline
function nearWave(x: v128, kind: u32): v128 {
  let t = f32x4.mul(x, at<f32>(NEAR + 4));
  if (kind == COSINE) t = f32x4.sub(t, half<f32>());
  t = f32x4.add(t, at<f32>(NEAR + 8 + (kind << 2)));
  let n = f32x4.sub(t, at<f32>(NEAR + 8 + (kind << 2)));
  if (kind == COSINE) n = f32x4.add(n, half<f32>());
  const c = f32x4.mul(n, at<f32>(PI_SINGLE)), a = f32x4.sub(x, c), b = f32x4.mul(n, at<f32>(PI_SINGLE + 4)), r = f32x4.sub(a, b);
  let l = nmadd<f32>(n, at<f32>(PI_SINGLE + 8), f32x4.sub(f32x4.sub(a, r), b));
  if (kind == COSINE) l = f32x4.add(l, f32x4.sub(x, f32x4.add(a, c))); // the rounding error of x − c where |x| < |c|; the sine has none
  const z = f32x4.mul(r, r);
  const low = madd<f32>(f32x4.mul(z, z), poly2<f32>(z, SIN_SINGLE + 8), f32x4.mul(z, at<f32>(SIN_SINGLE + 4)));
  const bend = f32x4.mul(r, madd<f32>(z, at<f32>(SIN_SINGLE), low)); // an eighth of z is exact
  const y = f32x4.add(r, madd<f32>(l, nmadd<f32>(z, at<f32>(NEAR + 16), one<f32>()), bend));
  return v128.xor(y, i32x4.shl(t, 31));
}

/** The same for any x: the sign of `isFar` is set beyond 400. */
@inline
function wave32(x: v128, kind: u32): v128 {
  const isFar = nmadd<f32>(x, x, at<f32>(NEAR)), y = nearWave(x, kind);
  return i32x4.bitmask(isFar) ? select(i32x4.shr_s(isFar, 31), farWave(x, kind), y) : y;
}

function farWave(x: v128, kind: u32): v128 {
  const isGood = f32x4.le(x, at<f32>(LIMIT32)), low = lower(x), high = upper(x);
  const y = kind == SINE ? narrow(wave(low, SINE), wave(high, SINE)) : narrow(wave(low, COSINE), wave(high, COSINE));
  return v128.all_true<i32>(isGood) ? y : mended32(x, isGood, y, kind);
}

/** sin x, radians. |err| ≤ 1 ulp f64, 2 ulp f32 (measured 0.86, 1.71); sin ±0 = ±0, sin ±∞ = NaN. */
@unmanaged @final export class Sin {
  @inline f32x4(x: v128): v128 {
    const a = v128.andnot(x, sign<f32>());
    return v128.xor(wave32(a, SINE), v128.xor(x, a));
  }
  @inline f64x2(x: v128): v128 {
    const a = f64x2.abs(x);
    return v128.xor(circular(a, SINE), v128.xor(x, a));
  }
}

/** cos x, radians. |err| ≤ 1 ulp f64, 2 ulp f32 (measured 0.84, 1.82); cos ±∞ = NaN. */
@unmanaged @final export class Cos {
  @inline f32x4(x: v128): v128 { return wave32(v128.andnot(x, sign<f32>()), COSINE); }
  @inline f64x2(x: v128): v128 { return circular(f64x2.abs(x), COSINE); }
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

export function tan64(x: f64): f64 { return f64x2.extract_lane(changetype<Tan>(0).f64x2(f64x2.splat(x)), 0); }
