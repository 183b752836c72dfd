/**
 * Powers and roots: pow, sqrt, rsqrt, cbrt. No gradients.
 *
 * pow is e^(y·log x). Logarithm and product have two parts each, since an exponent near 700 multiplies their relative rounding errors by 700.
 * float32 pow and cbrt are computed in pairs of f64 lanes. Tables from scripts/coefficients.py.
 */
import { madd, select } from '../simd/lanes';
import { half, infinity, one, sign, two, zero } from './constant';
import { productTail, sumTail } from './exact';
import { briefExp2, clamped, coarse, fine, reduced, scale, shifted } from './exponential';
import { areNormal, briefLog2, exponent, fraction, lifted, moved, power } from './logarithm';
import { at, horner6, poly6 } from './polynomial';
import { lower, narrow, upper } from './widen';

/** The coefficients after 2/3 of (log((1 + s)/(1 − s)) − 2s)/s³ in s² ≤ 0.02945, relative error of the logarithm 2^-66.3. */
const LOG_POW = memory.data<f64>([0.4000000000000226, 0.285714285700966, 0.22222222520473725, 0.18181784317275557,
  0.15386759698709113, 0.1325676105438042, 0.1319686861280269], 8);
/** 2/3 and ln 2, heads and tails; n times the head of ln 2 is exact. */
const TWO_THIRDS = memory.data<f64>([0.6666666666666666, 3.700743415417188e-17], 8);
const LN2 = memory.data<f64>([0.6931471806019545, -4.2009150726810846e-11], 8);
/** Outside this range of y any power of x ≠ 1 is 0 or ∞; outside this range of x so is e^x. */
const STEEP = memory.data<f64>([-1e20, 1e20], 8);
const WIDE = memory.data<f64>([-800, 800], 8);
/** ρ^(−2/3) for |log ρ| ≤ 0.1, relative error 2^-30. */
const CBRT = memory.data<f64>([3.991878651316142, -9.579065251999623, 14.951316523076398, -14.469510738867774,
  8.501994485048106, -2.79000177296636, 0.3933881046386305], 8);
/** 1/3; 2^52; a number plus 4/3·2^52, where the number minus a third of the upper word of x is the upper word of about x^(−1/3). */
const THIRD = memory.data<f64>([0.3333333333333333], 8), WORD = memory.data<f64>([4503599627370496], 8);
const INVERSE = memory.data<f64>([6004800933349325], 8);
/** Least normal number, 2^54, and 2^-18, its cube root's inverse. */
const LIFT = memory.data<f64>([2.2250738585072014e-308, 18014398509481984, 3.814697265625e-06], 8);

/** y where 0 < x < ∞; −∞ at 0 and ∞ at ∞. */
@inline
function infinite(x: v128, y: v128): v128 {
  y = f64x2.sub(y, v128.and(f64x2.eq(x, zero<f64>()), infinity<f64>()));
  return f64x2.add(y, v128.and(f64x2.eq(x, infinity<f64>()), infinity<f64>()));
}

/** Mask of the lanes that are not even whole numbers. */
@inline
function isNotEven(y: v128): v128 {
  const h = f64x2.mul(y, half<f64>());
  return f64x2.ne(f64x2.trunc(h), h);
}

/** x^(y − m) from |x|^(y − m): adds the sign of odd powers, and sets the special cases of C99 F.9.4.4 that the formula misses. */
function powered(x: v128, y: v128, m: v128, magnitude: v128): v128 {
  const isBroken = f64x2.ne(f64x2.trunc(y), y), isOdd = v128.xor(isNotEven(y), isNotEven(m));
  const finiteBelow = v128.and(f64x2.lt(x, zero<f64>()), f64x2.ne(f64x2.abs(x), infinity<f64>()));
  const undefined = v128.or(v128.and(isBroken, finiteBelow), v128.or(f64x2.ne(x, x), f64x2.ne(y, y)));
  const signed = v128.or(magnitude, v128.and(v128.andnot(isOdd, isBroken), v128.and(x, sign<f64>())));
  const isOne = v128.or(f64x2.eq(y, m), f64x2.eq(x, one<f64>()));
  return select(isOne, one<f64>(), v128.or(signed, undefined));
}

/**
 * x^y. |err| ≤ 4 ulp f64 (measured 1.2), 1 ulp f32 (0.53), over the whole range. Special cases as C99 F.9.4.4:
 * x^0 = 1^y = 1 even for NaN, (−1)^±∞ = 1, odd integers keep the sign, other powers of negative numbers are NaN.
 */
@unmanaged @final export class Pow {
  @inline f32x4(x: v128, y: v128): v128 {
    if (!areNormal<f32>(x) || isAnyInfinite<f32>(y)) return anyPower(x, y, zero<f32>());
    const u = moved<f32>(x), k = exponent<f32>(u), f = fraction<f32>(u);
    return narrow(briefPower(lower(k), lower(f), lower(y)), briefPower(upper(k), upper(f), upper(y)));
  }
  @inline f64x2(x: v128, y: v128): v128 { return power64(x, y, zero<f64>()); }
}

/** x^(y − m) for a whole m, without rounding y − m: a factor in the derivatives of x^y. |err| as for Pow. */
@unmanaged @final export class PowMinus {
  @inline f32x4(x: v128, y: v128, m: v128): v128 { return anyPower(x, y, m); }
  @inline f64x2(x: v128, y: v128, m: v128): v128 { return power64(x, y, m); }
}

/** Whether a lane is ±∞ or NaN. */
@inline
function isAnyInfinite<T>(y: v128): bool {
  const isInfinite = v128.eq<T>(v128.and(y, infinity<T>()), infinity<T>());
  return i8x16.bitmask(isInfinite) != 0;
}

/** 2^(y·(k + log₂(1 + f))) in f64 lanes. */
@inline
function briefPower(k: v128, f: v128, y: v128): v128 {
  return briefExp2(f64x2.mul(y, briefLog2(k, f)));
}

/** x^(y − m) of any f32. */
function anyPower(x: v128, y: v128, m: v128): v128 {
  const a = f32x4.abs(x), u = moved<f32>(lifted<f32>(a)), k = power<f32>(a, u), f = fraction<f32>(u);
  return narrow(anyHalf(lower(x), lower(y), lower(m), lower(k), lower(f)), anyHalf(upper(x), upper(y), upper(m), upper(k), upper(f)));
}

function anyHalf(x: v128, y: v128, m: v128, k: v128, f: v128): v128 {
  const b = clamped<f64>(f64x2.sub(y, m), STEEP);
  return powered(x, y, m, briefExp2(f64x2.mul(b, infinite(f64x2.abs(x), briefLog2(k, f)))));
}

/** x^(y − m) of any f64. */
function power64(x: v128, y: v128, m: v128): v128 {
  const isPlain = areNormal<f64>(x) && !isAnyInfinite<f64>(y);
  const a = f64x2.abs(x), u = moved<f64>(isPlain ? a : lifted<f64>(a)), f = fraction<f64>(u);
  // s = f/(2 + f) = sh + sl.
  const d = f64x2.add(two<f64>(), f), dl = sumTail<f64>(two<f64>(), f, d), sh = f64x2.div(f, d), back = f64x2.mul(sh, d);
  const short = f64x2.sub(f64x2.sub(f64x2.sub(f, back), productTail<f64>(sh, d, back)), f64x2.mul(sh, dl));
  const sl = f64x2.div(short, d);
  // v = 2 + 2/3·s² + …, = vh + vl; only the first two terms need two parts.
  const z = f64x2.mul(sh, sh), zl = madd<f64>(f64x2.add(sh, sh), sl, productTail<f64>(sh, sh, z));
  const p = f64x2.mul(z, at<f64>(TWO_THIRDS)), vh = f64x2.add(two<f64>(), p);
  const pl = madd<f64>(z, at<f64>(TWO_THIRDS + 8), madd<f64>(zl, at<f64>(TWO_THIRDS), productTail<f64>(z, at<f64>(TWO_THIRDS), p)));
  const vl = f64x2.add(sumTail<f64>(two<f64>(), p, vh), madd<f64>(f64x2.mul(z, z), poly6<f64>(z, LOG_POW), pl));
  // log x = k·ln2 + s·v = h + l.
  const q = f64x2.mul(sh, vh), ql = madd<f64>(sh, vl, madd<f64>(sl, vh, productTail<f64>(sh, vh, q)));
  const k = isPlain ? exponent<f64>(u) : power<f64>(a, u), big = f64x2.mul(k, at<f64>(LN2)), sum = f64x2.add(big, q);
  const low = f64x2.add(sumTail<f64>(big, q, sum), madd<f64>(k, at<f64>(LN2 + 8), ql));
  const h = f64x2.add(sum, low), l = sumTail<f64>(sum, low, h);
  // y − m = b + bl, (b + bl)·log x = e + el.
  const n = f64x2.sub(y, m), turn = f64x2.sub(n, y), b = clamped<f64>(n, STEEP);
  const lost = f64x2.sub(f64x2.sub(y, f64x2.sub(n, turn)), f64x2.add(m, turn)), bl = v128.and(lost, f64x2.eq(b, n));
  const e = f64x2.mul(b, isPlain ? h : infinite(a, h));
  const el = madd<f64>(b, l, madd<f64>(bl, h, productTail<f64>(b, h, e))), c = clamped<f64>(e, WIDE), t = shifted<f64>(c);
  const tail = v128.and(el, f64x2.eq(c, e));
  const magnitude = scale<f64>(reduced<f64>(coarse<f64>(c, t), f64x2.sub(fine<f64>(t), tail)), t);
  return isPlain ? magnitude : powered(x, y, m, magnitude);
}

/** √x, correctly rounded; keeps −0, NaN below. */
@unmanaged @final export class Sqrt {
  @inline f32x4(x: v128): v128 { return f32x4.sqrt(x); }
  @inline f64x2(x: v128): v128 { return f64x2.sqrt(x); }
}

/** 1/√x. |err| ≤ 1.5 ulp (measured 1.49); ±∞ at ±0, 0 at ∞, NaN below. */
@unmanaged @final export class Rsqrt {
  @inline of<T>(x: v128): v128 { return v128.div<T>(one<T>(), v128.sqrt<T>(x)); }
  @inline f32x4(x: v128): v128 { return this.of<f32>(x); }
  @inline f64x2(x: v128): v128 { return this.of<f64>(x); }
}

/**
 * ∛x. |err| ≤ 2 ulp f64 (measured 1.0), 1 ulp f32 (0.52); keeps −0, ±∞.
 * g ≈ a^(−1/3), of relative error 4 %, from a third of the exponent; a·g²·ρ^(−2/3) for ρ = a·g³, of 2^-30; in f64 then one step of Newton's.
 */
@unmanaged @final export class Cbrt {
  /** y with the sign of x; x itself where it is 0, ±∞ or NaN. */
  @inline signed(x: v128, y: v128): v128 {
    const a = f64x2.abs(x), isOwn = v128.or(f64x2.eq(a, zero<f64>()), f64x2.eq(a, infinity<f64>()));
    return select(v128.or(isOwn, f64x2.ne(x, x)), x, v128.or(y, v128.and(x, sign<f64>())));
  }
  @inline brief(a: v128): v128 {
    const word = v128.or(i64x2.shr_u(a, 32), at<f64>(WORD));
    const g = i64x2.shl(f64x2.sub(at<f64>(INVERSE), f64x2.mul(word, at<f64>(THIRD))), 32), ag2 = f64x2.mul(f64x2.mul(a, g), g);
    return f64x2.mul(ag2, horner6<f64>(f64x2.mul(ag2, g), CBRT));
  }
  @inline f32x2(x: v128): v128 { return this.signed(x, this.brief(f64x2.abs(x))); }
  @inline f64x2(x: v128): v128 {
    const a = f64x2.abs(x), isTiny = f64x2.lt(a, at<f64>(LIFT)), b = select(isTiny, f64x2.mul(a, at<f64>(LIFT + 8)), a);
    const c = this.brief(b), step = f64x2.sub(f64x2.div(b, f64x2.mul(c, c)), c), y = madd<f64>(step, at<f64>(THIRD), c);
    return this.signed(x, select(isTiny, f64x2.mul(y, at<f64>(LIFT + 16)), y));
  }
}
