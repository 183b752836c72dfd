/**
 * Inverse circular functions, lane by lane. No gradients, no loops. Tables: scripts/coefficients_trig.py.
 *
 * Each result is a multiple of π/2 plus or minus a series in an argument t ≤ 1. The small terms are added first: the rounding error of the
 * multiple and the series beyond t. Their sum is then added to multiple ± t.
 */
import { madd, select } from '../simd/lanes';
import { half, infinity, one, pick, sign, two, zero } from './constant';
import { at, poly4, poly7, poly12 } from './polynomial';

/** (atan t − t)/t³ in t², |t| ≤ 1/2, and for f32 |t| ≤ 1 (2^-25.8); (asin s − s)/s³ in s², |s| ≤ 1/2, and for f32 (2^-27.6). */
const ATAN = memory.data<f64>([-0.33333333333333315, 0.19999999999993268, -0.14285714284960954, 0.11111111068563549,
  -0.09090907669741399, 0.0769227707982018, -0.06666219003559426, 0.05877771384192511, -0.052298201371972226,
  0.04588750141047668, -0.03710248312157866, 0.02363301658317519, -0.008352523620044223], 8);
const ATAN32 = memory.data<f32>([-0.333331525, 0.199937671, -0.14211008, 0.106658235, -0.0755178779, 0.0432055369,
  -0.0163627882, 0.00291900127], 4);
const ASIN = memory.data<f64>([0.1666666666666676, 0.07499999999970801, 0.04464285717461033, 0.030381942707864852,
  0.022372214985214536, 0.017351612059318868, 0.013980819982439061, 0.011398916930426663, 0.010780226262882888,
  0.003706508763813122, 0.021707204842444545, -0.020998721527936953, 0.032628411631113886], 8);
const ASIN32 = memory.data<f32>([0.166667521, 0.0749530941, 0.0454691388, 0.0241848789, 0.0421580859], 4);
const FOUR = memory.data<f64>([4], 8);
/** π/4 in 48 bits and a double: three times the first part is exact. */
const QUARTER_PI = memory.data<f64>([0.7853981633974492, -8.575622497214414e-16], 8);
/** The number nearest to π; its half; and the relative error of both. */
const PI32 = memory.data<f32>([3.14159274, 1.57079637, -2.78275342e-08], 4);
const PI64 = memory.data<f64>([3.141592653589793, 1.5707963267948966, 3.8981718325193755e-17], 8);
/** atan2: 2^1000 and 2^-100; for f32 the bits with which all but positive finite numbers become negative. */
const HUGE = memory.data<f64>([1.0715086071862673e301], 8), DOWN = memory.data<f64>([7.888609052210118e-31], 8);
const UNUSUAL = memory.data<u32>([0x00800000], 4);

/** All bits of a lane whose sign bit is set, −0 included. */
@inline
function isLeft<T>(x: v128): v128 {
  return sizeof<T>() == 4 ? i32x4.shr_s(x, 31) : i64x2.shr_s(x, 63);
}

/** The sign's bit where the mask is set. */
@inline
function flipped<T>(mask: v128): v128 {
  return v128.and(mask, sign<T>());
}

/**
 * The angle of (x, y), both ≥ 0, in [0, π/2]; reflected at the y axis where isLeft.  With t = min/max, shifted by π/4
 * to (min − max)/(min + max) where t > 1/2, it is j·π/4 ± atan t: one sum of a multiple in two parts and a series.
 */
@inline
function angle64(y: v128, x: v128, isLeft: v128, isHalf: bool): v128 {
  const isSteep = f64x2.gt(y, x), small = select(isSteep, x, y), large = select(isSteep, y, x);
  const isMiddle = f64x2.gt(small, f64x2.mul(large, half<f64>()));
  const n = f64x2.sub(small, v128.and(isMiddle, large)), d = f64x2.add(large, v128.and(isMiddle, small));
  const t = f64x2.div(n, d), z = f64x2.mul(t, t);
  let j = v128.and(isMiddle, one<f64>());
  j = select(isSteep, f64x2.sub(two<f64>(), j), j);
  if (!isHalf) j = select(isLeft, f64x2.sub(at<f64>(FOUR), j), j);
  const flip = flipped<f64>(isHalf ? isSteep : v128.xor(isSteep, isLeft));
  const rest = madd<f64>(j, at<f64>(QUARTER_PI + 8), v128.xor(f64x2.mul(f64x2.mul(t, z), poly12<f64>(z, ATAN)), flip));
  return madd<f64>(j, at<f64>(QUARTER_PI), f64x2.add(v128.xor(t, flip), rest));
}

/** The same for f32: t ≤ 1 without a shift, and multiples of π/2. */
@inline
function angle32(y: v128, x: v128, isLeft: v128, isHalf: bool): v128 {
  const isSteep = f32x4.gt(y, x), t = f32x4.div(f32x4.pmin(y, x), f32x4.pmax(y, x)), z = f32x4.mul(t, t);
  const bend = f32x4.mul(f32x4.mul(t, z), poly7<f32>(z, ATAN32));
  const flip = flipped<f32>(isHalf ? isSteep : v128.xor(isSteep, isLeft)), halfPi = at<f32>(PI32 + 4);
  const j = isHalf ? v128.and(isSteep, halfPi) : select(isSteep, halfPi, v128.and(isLeft, at<f32>(PI32)));
  return f32x4.add(f32x4.add(j, v128.xor(t, flip)), madd<f32>(j, at<f32>(PI32 + 8), v128.xor(bend, flip)));
}

/** atan x. |err| ≤ 2 ulp (measured 1.46 f64, 1.44 f32); ±0 at ±0, ±π/2 at ±∞. */
@unmanaged @final export class Atan {
  @inline f32x4(x: v128): v128 {
    const s = flipped<f32>(x);
    return v128.or(angle32(v128.xor(x, s), one<f32>(), s, true), s);
  }
  @inline f64x2(x: v128): v128 {
    const s = flipped<f64>(x);
    return v128.or(angle64(v128.xor(x, s), one<f64>(), s, true), s);
  }
}

/** atan2(y, x), the angle of the point (x, y) in [−π, π], with C99's special values. |err| ≤ 2 ulp (measured 1.46 f64, 1.44 f32). */
@unmanaged @final export class Atan2 {
  @inline f32x4(y: v128, x: v128): v128 {
    const a = f32x4.abs(y), b = f32x4.abs(x), sum = f32x4.add(a, b);
    const isUnusual = v128.or(i32x4.sub(sum, i32x4.splat(1)), i32x4.add(sum, at<f32>(UNUSUAL)));
    const angle = i32x4.bitmask(isUnusual) ? unusualAngle(a, b, x) : angle32(a, b, isLeft<f32>(x), false);
    return v128.or(angle, flipped<f32>(y));
  }
  @inline f64x2(y: v128, x: v128): v128 {
    const a = f64x2.abs(y), b = f64x2.abs(x), largest = f64x2.max(a, b);
    // Huge numbers are scaled down, so that their sum is finite.
    const scale = select(f64x2.gt(largest, at<f64>(HUGE)), at<f64>(DOWN), one<f64>());
    const v = upright<f64>(a, largest, f64x2.mul(a, scale)), u = upright<f64>(b, largest, f64x2.mul(b, scale));
    const isNone = f64x2.eq(largest, zero<f64>());
    return v128.or(angle64(v, v128.or(u, v128.and(isNone, one<f64>())), isLeft<f64>(x), false), flipped<f64>(y));
  }
}

/** One leg of an angle. Where the longer leg is infinite, an infinite leg counts as 1 and a finite one as 0. */
@inline
function upright<T>(a: v128, largest: v128, leg: v128): v128 {
  return select(v128.eq<T>(largest, infinity<T>()), v128.and(v128.eq<T>(a, largest), one<T>()), leg);
}

/** The angle of (x, y), a = |y|, b = |x|, for vectors with a lane in which both are 0, or one is infinite or NaN. */
function unusualAngle(a: v128, b: v128, x: v128): v128 {
  const largest = f32x4.max(a, b), u = upright<f32>(b, largest, b), isNone = f32x4.eq(largest, zero<f32>());
  const angle = angle32(upright<f32>(a, largest, a), v128.or(u, v128.and(isNone, one<f32>())), isLeft<f32>(x), false);
  return v128.or(angle, f32x4.ne(largest, largest));
}

/**
 * asin a or acos x.  For a = |x| ≤ 1/2 by the series of asin; beyond, asin a = π/2 − 2 asin √((1 − a)/2), with the
 * rounding error of the root.  All are a multiple of π/2 ± (1 or 2)·asin s.
 */
@inline
function arc<T>(x: v128, a: v128, isSine: bool): v128 {
  const isBig = v128.gt<T>(a, half<T>());
  const z = select(isBig, v128.mul<T>(v128.sub<T>(one<T>(), a), half<T>()), v128.mul<T>(a, a));
  const root = select(isBig, v128.sqrt<T>(z), a), s = v128.add<T>(root, v128.and(root, isBig));
  const p = sizeof<T>() == 4 ? poly4<f32>(z, ASIN32) : poly12<f64>(z, ASIN), bend = v128.mul<T>(v128.mul<T>(s, z), p);
  const flip = isSine ? flipped<T>(isBig) : v128.xor(v128.xor(x, a), v128.andnot(sign<T>(), isBig));
  const size = sizeof<T>(), halfPi = at<T>(pick<T>(PI32, PI64) + size), pi = at<T>(pick<T>(PI32, PI64));
  const j = isSine ? v128.and(isBig, halfPi) : select(isBig, v128.and(isLeft<T>(x), pi), halfPi);
  const rest = madd<T>(j, at<T>(pick<T>(PI32, PI64) + 2 * size), v128.xor(bend, flip));
  return v128.add<T>(v128.add<T>(j, v128.xor(s, flip)), rest);
}

/** asin x. |err| ≤ 2 ulp (measured 1.65 f64, 1.96 f32); ±0 at ±0, NaN beyond ±1. */
@unmanaged @final export class Asin {
  @inline of<T>(x: v128): v128 {
    const a = v128.andnot(x, sign<T>());
    return v128.or(arc<T>(a, a, true), v128.xor(x, a));
  }
  @inline f32x4(x: v128): v128 { return this.of<f32>(x); }
  @inline f64x2(x: v128): v128 { return this.of<f64>(x); }
}

/** acos x. |err| ≤ 2 ulp (measured 1.08 f64, 1.14 f32); +0 at 1, NaN beyond ±1. */
@unmanaged @final export class Acos {
  @inline f32x4(x: v128): v128 { return arc<f32>(x, v128.andnot(x, sign<f32>()), false); }
  @inline f64x2(x: v128): v128 { return arc<f64>(x, v128.andnot(x, sign<f64>()), false); }
}

/** Numbers up to this have finite squares. */
const LARGE32 = memory.data<f32>([1.15292150e18], 4), LARGE64 = memory.data<f64>([1e150], 8);

// Derivatives times cotangents g, 0 where g is 0.

/** g/√(1 − x²). */
@unmanaged @final export class AsinGrad {
  @inline of<T>(x: v128, g: v128): v128 { return over<T>(g, v128.sqrt<T>(oneMinusSquare<T>(x))); }
  @inline f32x4(x: v128, g: v128): v128 { return this.of<f32>(x, g); }
  @inline f64x2(x: v128, g: v128): v128 { return this.of<f64>(x, g); }
}

/** g/(1 + x²). */
@unmanaged @final export class AtanGrad {
  @inline of<T>(x: v128, g: v128): v128 {
    const y = over<T>(g, madd<T>(x, x, one<T>())), isLarge = v128.gt<T>(v128.andnot(x, sign<T>()), at<T>(pick<T>(LARGE32, LARGE64)));
    return i8x16.bitmask(isLarge) ? select(isLarge, over<T>(over<T>(g, x), x), y) : y;
  }
  @inline f32x4(x: v128, g: v128): v128 { return this.of<f32>(x, g); }
  @inline f64x2(x: v128, g: v128): v128 { return this.of<f64>(x, g); }
}

/** g/(1 − x²). */
@unmanaged @final export class AtanhGrad {
  @inline of<T>(x: v128, g: v128): v128 { return over<T>(g, oneMinusSquare<T>(x)); }
  @inline f32x4(x: v128, g: v128): v128 { return this.of<f32>(x, g); }
  @inline f64x2(x: v128, g: v128): v128 { return this.of<f64>(x, g); }
}

/** (1 − x)(1 + x), which doesn't cancel near ±1. */
@inline
function oneMinusSquare<T>(x: v128): v128 {
  return v128.mul<T>(v128.sub<T>(one<T>(), x), v128.add<T>(one<T>(), x));
}

@inline
function over<T>(g: v128, d: v128): v128 {
  return v128.and(v128.div<T>(g, d), v128.ne<T>(g, zero<T>()));
}

/** atan2 of one pair of numbers. */
export function atan264(y: f64, x: f64): f64 {
  return f64x2.extract_lane(changetype<Atan2>(0).f64x2(f64x2.splat(y), f64x2.splat(x)), 0);
}
