/**
 * Hyperbolic functions, their inverses and hypot, lane by lane. No gradients, no loops.
 *
 * float32 is computed in two pairs of f64 lanes with shorter polynomials, except for tanh, which stays in four lanes.
 * Tables: scripts/coefficients_trig.py.
 */
import { madd, nmadd, select } from '../simd/lanes';
import { bump } from './activation';
import { half, infinity, one, sign, zero } from './constant';
import { briefLog } from './logarithm';
import { at, horner2, poly2, poly3, poly6, poly10 } from './polynomial';
import { lower, narrow, storeNarrow, upper } from './widen';

/** tanh f32: 10, from which on it is 1; 2/ln 2; ln 2/2, of relative error 2^-30; 1.5·2^23 + 126, a shift that makes 2^(k−1). */
const FLAT32 = memory.data<f32>([10], 4), OVER_HALF_LN2 = memory.data<f32>([2.88539], 4);
const HALF_LN2 = memory.data<f32>([0.34657359], 4), BIAS32 = memory.data<f32>([12583038], 4);
/** (r·coth r − 1)/r² in r², 0 ≤ r ≤ ln 2/2, relative error of r·coth r 2^-27. */
const COTH32 = memory.data<f32>([0.33333326809146685, -0.02221890460371552, 0.0020684047508698787], 4);

/** ln 2/2 as a sum of two, for slopes; k times the first is exact. */
const HALVES_LN2 = memory.data<f32>([0.3466796875, -0.000106097221], 4), FOUR32 = memory.data<f32>([4], 4);

/** For f64: 711, from which on sinh is ∞; 1/ln 2; ln 2 in 42 bits and a double; 1.5·2^52 + 1022, a shift that makes 2^(k−1). */
const STEEP = memory.data<f64>([711], 8), LOG2E = memory.data<f64>([1.4426950408889634], 8);
const LN2 = memory.data<f64>([0.6931471805598903, 5.497923018708371e-14], 8);
const BIAS = memory.data<f64>([6755399441056766.0], 8), DEEP = memory.data<f64>([1000], 8);
const ONE = memory.data<f64>([1], 8), HALF = memory.data<f64>([0.5], 8), TWO = memory.data<f64>([2], 8);
/** (sinh r − r)/r³ and (cosh r − 1)/r² in r², |r| ≤ ln 2, to 2^-71 and 2^-67; shorter ones to 2^-29 and 2^-36. */
const SINH = memory.data<f64>([0.16666666666666666, 0.008333333333333331, 0.00019841269841274043,
  2.755731922039142e-06, 2.5052110028268875e-08, 1.6058631551190944e-10, 7.700730209411337e-13], 8);
const COSH = memory.data<f64>([0.5, 0.04166666666666663, 0.0013888888888895815, 2.480158729561182e-05,
  2.755732197473243e-07, 2.087606249252252e-09, 1.1561436100103716e-11], 8);
const SINH32 = memory.data<f64>([0.1666667221287518, 0.008332626832425522, 0.00020096011473061477], 8);
const COSH32 = memory.data<f64>([0.4999999990350885, 0.04166668669165493, 0.001388760772588084,
  2.512275159928019e-05], 8);
/** (artanh s − s)/s³ in s², 0 ≤ s ≤ 1/3, relative error 2^-64. */
const ATANH = memory.data<f64>([0.33333333333333337, 0.19999999999997028, 0.14285714286249082, 0.11111111063177496,
  0.09090911582521521, 0.07692226467697427, 0.06668394417723822, 0.05858067399350192, 0.05485664887148755,
  0.03499468419594171, 0.0822998242370264], 8);
/** ∞; the mask of the exponent's bits; 2046·2^52, minus which they are those of the inverse power; 2^52, in whose fraction they become a number. */
const INFINITE = memory.data<f64>([Infinity], 8), EXPONENT = memory.data<u64>([0x7ff0000000000000], 8);
const MIRROR = memory.data<u64>([0x7fe0000000000000], 8);
const TO_NUMBER = memory.data<f64>([4503599627370496.0, 4503599627371519.0], 8);
/** From 1/3 on artanh reduces its argument; from 2^28 on x² + 1 rounds to x². */
const THIRD = memory.data<f64>([0.3333333333333333], 8), FAR = memory.data<f64>([268435456], 8);
/** For hypot: the range of magnitudes whose squares neither overflow nor underflow, and the powers that scale other magnitudes into it. */
const SAFE = memory.data<f64>([3.273390607896142e150, 3.054936363499605e-151], 8);
const DOWN = memory.data<f64>([2.409919865102884e-181, 4.149515568880993e180], 8);

/** Kinds of functions. They are compile-time constants, so that the compiler drops the code of other kinds. */
const SINE: u32 = 0, COSINE: u32 = 1, TANGENT: u32 = 2, BOTH: u32 = 3;

/** Stores slopes in double precision, or rounded to float32. */
@inline
function put(slope: usize, d: v128, isShort: bool): void {
  if (isShort) storeNarrow(slope, d);
  else v128.store(slope, d);
}

/**
 * sinh a, cosh a or tanh a for a ≥ 0.  a = k·ln 2 + r, 0 ≤ r < ln 2; with S = sinh r, C = cosh r − 1 and the exact
 * s, c = (2^k ∓ 2^-k)/2:  sinh a = s + (S·c + C·s),  cosh a = c + (C·c + S·s): no term cancels.
 * tanh a = 1 − 2^-k·(1 + C − S)/cosh a; for k = 0, where that cancels, a + (S − a·cosh a)/cosh a.
 * BOTH returns (cosh a, sinh a), where both lanes hold the same a. If `isSloped`, it stores the derivative at `slope`, with the sign bits `flip`.
 */
@inline
function hyperbolic(a: v128, kind: u32, isShort: bool, isSloped: bool, slope: usize, flip: v128): v128 {
  a = f64x2.pmin(a, at<f64>(STEEP));
  const k = f64x2.floor(f64x2.mul(a, at<f64>(LOG2E)));
  const b = f64x2.sub(a, f64x2.mul(k, at<f64>(LN2))), low = f64x2.mul(k, at<f64>(LN2 + 8));
  const r = f64x2.sub(b, low), lost = f64x2.sub(f64x2.sub(b, r), low), z = f64x2.mul(r, r);
  const p = isShort ? poly2<f64>(z, SINH32) : poly6<f64>(z, SINH);
  const q = isShort ? poly3<f64>(z, COSH32) : poly6<f64>(z, COSH);
  const S = f64x2.add(r, isShort ? f64x2.mul(f64x2.mul(r, z), p) : madd<f64>(f64x2.mul(r, z), p, lost));
  const C = f64x2.mul(z, q);
  const up = i64x2.shl(f64x2.add(k, at<f64>(BIAS)), 52);
  const down = i64x2.shl(f64x2.sub(at<f64>(BIAS), f64x2.pmin(k, at<f64>(DEEP))), 52);
  const s = f64x2.sub(up, down), c = f64x2.add(up, down);
  if (kind == BOTH) {
    const p = v128.shuffle<f64>(c, s, 0, 2), q = v128.shuffle<f64>(s, c, 0, 2);
    return f64x2.add(p, madd<f64>(S, q, f64x2.mul(C, p)));
  }
  const sinh = f64x2.add(s, madd<f64>(S, c, f64x2.mul(C, s))), cosh = f64x2.add(c, madd<f64>(S, s, f64x2.mul(C, c)));
  if (kind == SINE) {
    if (isSloped) put(slope, cosh, isShort);
    return sinh;
  }
  if (kind == COSINE) {
    if (isSloped) put(slope, v128.xor(sinh, flip), isShort);
    return cosh;
  }
  if (isSloped) {
    const inverse = f64x2.div(at<f64>(ONE), cosh);
    put(slope, f64x2.mul(inverse, inverse), isShort);
  }
  const isSmall = f64x2.eq(k, f64x2.splat(0)), decay = f64x2.add(down, down);
  const n = select(isSmall, f64x2.mul(f64x2.mul(a, z), f64x2.sub(p, q)),
    f64x2.mul(f64x2.sub(S, f64x2.add(C, at<f64>(ONE))), decay));
  return f64x2.add(select(isSmall, a, at<f64>(ONE)), f64x2.div(n, cosh));
}

/** sinh x or tanh x for x of either sign; then cosh x. */
@inline
function odd(x: v128, kind: u32, isShort: bool, isSloped: bool, slope: usize): v128 {
  const a = f64x2.abs(x), flip = v128.xor(x, a);
  return v128.xor(hyperbolic(a, kind, isShort, isSloped, slope, flip), flip);
}
@inline
function even(x: v128, isShort: bool, isSloped: bool, slope: usize): v128 {
  const a = f64x2.abs(x);
  return hyperbolic(a, COSINE, isShort, isSloped, slope, v128.xor(x, a));
}

/** 2^-k for the exponent k of v > 0. */
@inline
function inversePower(v: v128): v128 {
  return i64x2.sub(at<u64>(MIRROR), v128.and(v, at<u64>(EXPONENT)));
}

/** The exponent k of v > 0 as a number: biased, it is the low bits of 2^52 + 1023 + k. */
@inline
function exponent(v: v128): v128 {
  return f64x2.sub(v128.or(i64x2.shr_u(v, 52), at<f64>(TO_NUMBER)), at<f64>(TO_NUMBER + 8));
}

/**
 * log(v + l) for v ≥ 1, |l| ≤ ulp(v)/2, plus n·ln 2.  v = 2^k(1 + f), 0 ≤ f < 1, s = f/(2 + f):
 * log(1 + f) = 2 artanh s = f − s·(f − 2(artanh s − s)/s).
 */
@inline
function logarithm(v: v128, l: v128, n: v128): v128 {
  const scale = inversePower(v), g = f64x2.sub(f64x2.mul(v, scale), at<f64>(ONE)), h = f64x2.mul(l, scale);
  const k = f64x2.add(exponent(v), n), f = f64x2.add(g, h), s = f64x2.div(f, f64x2.add(f, at<f64>(TWO)));
  const z = f64x2.mul(s, s);
  const R = f64x2.mul(f64x2.add(z, z), poly10<f64>(z, ATANH)), slope = f64x2.sub(at<f64>(ONE), s); // its square is 1/(1 + f), nearly
  const low = madd<f64>(f64x2.add(f64x2.sub(g, f), h), f64x2.mul(slope, slope), f64x2.mul(k, at<f64>(LN2 + 8)));
  const rest = f64x2.sub(f, f64x2.sub(f64x2.mul(s, f64x2.sub(f, R)), low));
  return madd<f64>(k, at<f64>(LN2), rest);
}

/** arsinh a = log(1 + u), u = a + a²/(1 + √(1 + a²)), for a ≥ 0; log 2a from 2^28 on. */
@inline
function inverseSine(a: v128): v128 {
  const square = f64x2.mul(a, a), root = f64x2.sqrt(f64x2.add(square, at<f64>(ONE)));
  const w = f64x2.div(square, f64x2.add(root, at<f64>(ONE)));
  return logarithmNear(a, f64x2.add(a, w), f64x2.sub(w, f64x2.sub(f64x2.add(a, w), a)));
}

/** arcosh x = log(1 + u), u = t + √(2t + t²), t = x − 1; log 2x from 2^28 on; NaN below 1. */
@inline
function inverseCosine(x: v128): v128 {
  const t = f64x2.sub(x, at<f64>(ONE)), dt = f64x2.sub(f64x2.sub(x, t), at<f64>(ONE));
  const w = f64x2.sqrt(madd<f64>(t, t, f64x2.add(t, t))), u = f64x2.add(w, t);
  const y = logarithmNear(x, u, f64x2.add(f64x2.sub(t, f64x2.sub(u, w)), dt));
  return v128.or(y, f64x2.lt(x, at<f64>(ONE)));
}

/** log(1 + u + l), or log 2x if x ≥ 2^28. */
@inline
function logarithmNear(x: v128, u: v128, l: v128): v128 {
  const v = f64x2.add(u, at<f64>(ONE)), rest = f64x2.sub(v, u);
  const lost = f64x2.add(f64x2.sub(u, f64x2.sub(v, rest)), f64x2.sub(at<f64>(ONE), rest));
  const isFar = f64x2.ge(x, at<f64>(FAR));
  const halved = select(isFar, f64x2.mul(x, at<f64>(HALF)), v); // whose exponent is never the largest
  const y = logarithm(halved, v128.andnot(f64x2.add(lost, l), isFar), v128.and(isFar, at<f64>(TWO)));
  return select(f64x2.eq(x, at<f64>(INFINITE)), x, y);
}

/**
 * artanh a = k·ln 2/2 + artanh s for 0 ≤ a < 1, with (1 + a)/(1 − a) = 2^k(1 + s)/(1 − s), 0 ≤ s ≤ 1/3, nearly:
 * p − q and p + q for p = 1 + a, q = 2^k(1 − a) with their rounding errors; ∞ at 1, NaN beyond.
 */
@inline
function inverseTangent(a: v128): v128 {
  const one = at<f64>(ONE), p = f64x2.add(one, a), m = f64x2.sub(one, a), isSmall = f64x2.lt(a, at<f64>(THIRD));
  const scale = select(isSmall, one, inversePower(m)), q = f64x2.mul(m, scale);
  const dp = f64x2.sub(a, f64x2.sub(p, one)), dq = f64x2.mul(f64x2.sub(f64x2.sub(one, m), a), scale);
  const s = f64x2.div(f64x2.add(f64x2.sub(p, q), f64x2.sub(dp, dq)), f64x2.add(p, q)), z = f64x2.mul(s, s);
  const k = f64x2.mul(exponent(scale), at<f64>(HALF));
  const low = madd<f64>(k, at<f64>(LN2 + 8), f64x2.mul(f64x2.mul(s, z), poly10<f64>(z, ATANH)));
  const y = madd<f64>(k, at<f64>(LN2), f64x2.add(s, low));
  return select(f64x2.lt(a, one), y, f64x2.div(one, f64x2.sqrt(m)));
}

/**
 * tanh x in f32 lanes.  |x| = k·ln 2/2 + r, 0 ≤ r < ln 2/2; with r·coth r = 1 + c, e^2r = (1 + c + r)/(1 + c − r), so tanh |x| is
 * n/(n + 1 + c − r) for n = s − ½ + c·(s − ½) + r·(s + ½), s = 2^(k−1). For k = 0 it is r/(1 + c): n is r, and c − r is added to it
 * exactly. If `isSloped`, it stores the derivative 1/cosh² x = m·(2n + m)/(n + m)² for m = 1 + c − r. That falls as e^−2r does, so its
 * factor 1 − 2·lost makes up for `lost`, the rounding error of r.
 */
@inline
function tanh32(x: v128, isSloped: bool, slope: usize): v128 {
  const b = f32x4.pmin(v128.andnot(x, sign<f32>()), at<f32>(FLAT32));
  const k = f32x4.floor(f32x4.mul(b, at<f32>(OVER_HALF_LN2)));
  const r = nmadd<f32>(k, at<f32>(HALF_LN2), b), z = f32x4.mul(r, r), c = f32x4.mul(z, horner2<f32>(z, COTH32));
  const s = i32x4.shl(f32x4.add(k, at<f32>(BIAS32)), 23), less = f32x4.sub(s, half<f32>()), more = f32x4.add(s, half<f32>());
  const n = madd<f32>(less, c, madd<f32>(more, r, less));
  const rest = f32x4.sub(c, r), q = f32x4.add(f32x4.add(n, rest), one<f32>());
  if (isSloped) {
    const m = f32x4.add(rest, one<f32>()), isFar = f32x4.gt(v128.andnot(x, sign<f32>()), at<f32>(FLAT32));
    const lost = nmadd<f32>(k, at<f32>(HALVES_LN2 + 4), f32x4.sub(nmadd<f32>(k, at<f32>(HALVES_LN2), b), r));
    const e = f32x4.div(f32x4.mul(m, f32x4.add(n, q)), f32x4.mul(q, q)), d = nmadd<f32>(f32x4.add(lost, lost), e, e);
    v128.store(slope, i32x4.bitmask(isFar) ? select(isFar, farSlope(x), d) : d);
  }
  return v128.or(f32x4.div(n, q), v128.and(x, sign<f32>()));
}

/** 1/cosh² x = 4·σ(2x)σ(−2x). Not inlined. */
function farSlope(x: v128): v128 { return f32x4.mul(at<f32>(FOUR32), bump<f32>(f32x4.add(x, x))); }

/** tanh x. |err| ≤ 2 ulp (measured 1.53 f64, 1.99 f32); tanh ±0 = ±0, tanh ±∞ = ±1. */
@unmanaged @final export class Tanh {
  @inline f32x4(x: v128): v128 { return tanh32(x, false, 0); }
  @inline f64x2(x: v128): v128 { return odd(x, TANGENT, false, false, 0); }
  @inline f32x4Sloped(x: v128, slope: usize): v128 { return tanh32(x, true, slope); }
  @inline f64x2Sloped(x: v128, slope: usize): v128 { return odd(x, TANGENT, false, true, slope); }
}

/** sinh x. |err| ≤ 2 ulp (measured 1.60 f64, 0.53 f32); sinh ±0 = ±0, sinh ±∞ = ±∞. */
@unmanaged @final export class Sinh {
  @inline f32x2(x: v128): v128 { return odd(x, SINE, true, false, 0); }
  @inline f64x2(x: v128): v128 { return odd(x, SINE, false, false, 0); }
  @inline f32x2Sloped(x: v128, slope: usize): v128 { return odd(x, SINE, true, true, slope); }
  @inline f64x2Sloped(x: v128, slope: usize): v128 { return odd(x, SINE, false, true, slope); }
}

/** cosh x. |err| ≤ 2 ulp (measured 1.67 f64, 0.51 f32); cosh ±∞ = ∞. */
@unmanaged @final export class Cosh {
  @inline f32x2(x: v128): v128 { return even(x, true, false, 0); }
  @inline f64x2(x: v128): v128 { return even(x, false, false, 0); }
  @inline f32x2Sloped(x: v128, slope: usize): v128 { return even(x, true, true, slope); }
  @inline f64x2Sloped(x: v128, slope: usize): v128 { return even(x, false, true, slope); }
}

/** 2^-13; and two integers, so that 2^-13 ≤ a < ∞ exactly if the bits of a plus the first, as signed integers, don't exceed the second. */
const TINY = memory.data<f32>([0.0001220703125], 4), WITHIN = memory.data<u32>([0x47000000, 0xc67fffff], 4);

/** arsinh x. |err| ≤ 2 ulp (measured 1.61 f64, 0.51 f32); ±0 at ±0, ±∞ at ±∞. */
@unmanaged @final export class Asinh {
  @inline brief(a: v128): v128 { return briefLog(f64x2.add(a, f64x2.sqrt(madd<f64>(a, a, at<f64>(ONE))))); }
  @inline f32x4(x: v128): v128 {
    const a = v128.andnot(x, sign<f32>()), isOwn = i32x4.gt_s(i32x4.add(a, at<f32>(WITHIN)), at<f32>(WITHIN + 4));
    return v128.or(select(isOwn, a, narrow(this.brief(lower(a)), this.brief(upper(a)))), v128.xor(x, a));
  }
  @inline f64x2(x: v128): v128 {
    const a = f64x2.abs(x);
    return v128.xor(inverseSine(a), v128.xor(x, a));
  }
}

/** arcosh x. |err| ≤ 2 ulp (measured 1.82 f64, 0.51 f32); 0 at 1, NaN below, ∞ at ∞. */
@unmanaged @final export class Acosh {
  @inline brief(x: v128): v128 { return briefLog(f64x2.add(x, f64x2.sqrt(f64x2.sub(f64x2.mul(x, x), at<f64>(ONE))))); }
  @inline f32x4(x: v128): v128 {
    const y = v128.or(narrow(this.brief(lower(x)), this.brief(upper(x))), f32x4.lt(x, one<f32>()));
    return select(f32x4.lt(x, infinity<f32>()), y, x);
  }
  @inline f64x2(x: v128): v128 { return inverseCosine(x); }
}

/** artanh x. |err| ≤ 2 ulp (measured 1.36 f64, 0.51 f32); ±0 at ±0, ±∞ at ±1, NaN beyond. */
@unmanaged @final export class Atanh {
  @inline brief(a: v128): v128 {
    const q = f64x2.div(f64x2.add(at<f64>(ONE), a), f64x2.sub(at<f64>(ONE), a));
    return f64x2.mul(briefLog(q), at<f64>(HALF));
  }
  @inline f32x4(x: v128): v128 {
    const a = v128.andnot(x, sign<f32>()), y = narrow(this.brief(lower(a)), this.brief(upper(a))), isInside = f32x4.lt(a, one<f32>());
    const z = v128.all_true<i32>(isInside) ? y : select(isInside, y, f32x4.div(one<f32>(), f32x4.sqrt(f32x4.sub(one<f32>(), a))));
    return v128.or(select(f32x4.lt(a, at<f32>(TINY)), a, z), v128.xor(x, a));
  }
  @inline f64x2(x: v128): v128 {
    const a = f64x2.abs(x);
    return v128.xor(inverseTangent(a), v128.xor(x, a));
  }
}

/** √(x² + y²); no intermediate overflows. |err| ≤ 2 ulp (measured 1.19 f64, 0.50 f32); ∞ if either is infinite, even beside a NaN. */
@unmanaged @final export class Hypot {
  @inline f32x4(x: v128, y: v128): v128 {
    return narrow(length32(lower(x), lower(y)), length32(upper(x), upper(y)));
  }
  @inline f64x2(x: v128, y: v128): v128 {
    x = f64x2.abs(x);
    y = f64x2.abs(y);
    const largest = f64x2.pmax(x, y);
    const isHuge = f64x2.gt(largest, at<f64>(SAFE)), isTiny = f64x2.lt(largest, at<f64>(SAFE + 8));
    const one = at<f64>(ONE), down = at<f64>(DOWN), up = at<f64>(DOWN + 8);
    const scale = select(isHuge, down, select(isTiny, up, one));
    const inverse = select(isHuge, up, select(isTiny, down, one));
    const a = f64x2.mul(x, scale), b = f64x2.mul(y, scale);
    const r = f64x2.mul(f64x2.sqrt(madd<f64>(a, a, f64x2.mul(b, b))), inverse);
    const infinite = at<f64>(INFINITE);
    return select(v128.or(f64x2.eq(x, infinite), f64x2.eq(y, infinite)), infinite, r);
  }
}

/** y, but 0 at the origin. */
@inline
function zeroed<T>(x0: v128, x1: v128, y: v128): v128 {
  return v128.and(y, v128.or(v128.ne<T>(x0, v128.splat<T>(0)), v128.ne<T>(x1, v128.splat<T>(0))));
}

/** x/√(x² + y²), 0 at the origin. |err| ≤ 3 ulp f64, 1 ulp f32. */
@unmanaged @final export class HypotGrad {
  @inline brief(x: v128, y: v128): v128 { return f64x2.div(x, f64x2.sqrt(madd<f64>(x, x, f64x2.mul(y, y)))); }
  @inline f32x4(x: v128, y: v128): v128 {
    return zeroed<f32>(x, y, narrow(this.brief(lower(x), lower(y)), this.brief(upper(x), upper(y))));
  }
  @inline f64x2(x: v128, y: v128): v128 {
    const isTiny = f64x2.lt(f64x2.pmax(f64x2.abs(x), f64x2.abs(y)), at<f64>(SAFE + 8)), k = select(isTiny, at<f64>(DOWN + 8), at<f64>(ONE));
    const a = f64x2.mul(x, k);
    return zeroed<f64>(x, y, f64x2.div(a, changetype<Hypot>(0).f64x2(a, f64x2.mul(y, k))));
  }
}

/** x/(x² + y²), 0 at the origin. |err| ≤ 4 ulp f64, 1 ulp f32. */
@unmanaged @final export class Atan2Grad {
  @inline brief(x: v128, y: v128): v128 { return f64x2.div(x, madd<f64>(x, x, f64x2.mul(y, y))); }
  @inline f32x4(x: v128, y: v128): v128 {
    return zeroed<f32>(x, y, narrow(this.brief(lower(x), lower(y)), this.brief(upper(x), upper(y))));
  }
  @inline f64x2(x: v128, y: v128): v128 {
    const r = changetype<Hypot>(0).f64x2(x, y);
    return zeroed<f64>(x, y, f64x2.div(f64x2.div(x, r), r));
  }
}

/** √(x² + y²) of two f32 in f64 lanes, in which no square overflows. */
@inline
function length32(x: v128, y: v128): v128 {
  const infinite = at<f64>(INFINITE), r = f64x2.sqrt(madd<f64>(x, x, f64x2.mul(y, y)));
  return select(v128.or(f64x2.eq(f64x2.abs(x), infinite), f64x2.eq(f64x2.abs(y), infinite)), infinite, r);
}

/** (cosh x, sinh x) of one number, in one evaluation. */
export function coshSinh64(x: f64): v128 {
  const y = hyperbolic(f64x2.splat(abs(x)), BOTH, false, false, 0, zero<f64>());
  return v128.or(y, v128.and(f64x2.splat(x), i64x2(0, i64.MIN_VALUE)));
}

/** The functions of one number. */
export function sinh64(x: f64): f64 { return f64x2.extract_lane(changetype<Sinh>(0).f64x2(f64x2.splat(x)), 0); }
export function tanh64(x: f64): f64 { return f64x2.extract_lane(changetype<Tanh>(0).f64x2(f64x2.splat(x)), 0); }
export function asinh64(x: f64): f64 { return f64x2.extract_lane(changetype<Asinh>(0).f64x2(f64x2.splat(x)), 0); }
export function hypot64(x: f64, y: f64): f64 {
  return f64x2.extract_lane(changetype<Hypot>(0).f64x2(f64x2.splat(x), f64x2.splat(y)), 0);
}
