/**
 * Elementary functions of one complex number in two f64 lanes, (re, im). No gradients, no loops; complex64 is promoted.
 *
 * Branch cuts, signs of zero and infinities are those of C99, Annex G. Inverse functions after Kahan, "Branch Cuts for
 * Complex Elementary Functions, or Much Ado About Nothing's Sign Bit", 1987: no difference of nearly equal numbers
 * unless both are exact. |err| ≤ 8 eps·|result| (measured 2.1), except for pow, whose docstring says.
 */
import { swap128 } from '../simd/lanes';
import { atan264 } from './arc';
import { exp64, expm164 } from './exponential';
import { asinh64, coshSinh64, hypot64, sinh64, tanh64 } from './hyperbolic';
import { log1p64, log64 } from './logarithm';
import { cis64, tan64 } from './trig';

const LN2: f64 = 0.6931471805599453, HALF_PI: f64 = 1.5707963267948966;
const OVER_LN2: f64 = 1.4426950408889634, OVER_LN10: f64 = 0.4342944819032518;
/** LN2 in its upper 26 and lower 27 bits, and ln 2 − LN2. */
const LN2_HIGH: f64 = 0.6931471675634384, LN2_REST: f64 = 1.299650687069942e-08, LN2_LOST: f64 = 2.3190468138462996e-17;
const EPSILON: f64 = 2.220446049250313e-16, SMALLEST: f64 = 2.2250738585072014e-308, LARGEST: f64 = 1.7976931348623157e308;

@inline
function re(z: v128): f64 {
  return f64x2.extract_lane(z, 0);
}

@inline
function im(z: v128): f64 {
  return f64x2.extract_lane(z, 1);
}

/** i·z and −i·z. */
@inline
function turnLeft(z: v128): v128 {
  return v128.xor(swap128(z), i64x2(i64.MIN_VALUE, 0));
}
@inline
function turnRight(z: v128): v128 {
  return v128.xor(swap128(z), i64x2(0, i64.MIN_VALUE));
}

/** The product of two finite numbers. */
@inline
export function times(z: v128, w: v128): v128 {
  const a = v128.shuffle<f64>(z, z, 0, 0), b = v128.shuffle<f64>(z, z, 1, 1);
  return f64x2.add(f64x2.mul(a, w), turnLeft(f64x2.mul(b, w)));
}

@inline
function scaled(z: v128, factor: f64): v128 {
  return f64x2.mul(z, f64x2.splat(factor));
}

@inline
function isFinite64(x: f64): bool {
  return abs(x) < Infinity;
}

/** e^(x + iy) = e^x·(cos y + i sin y). */
function exponential(x: f64, y: f64): v128 {
  if (y == 0) return f64x2(exp64(x), y);
  if (!isFinite64(y)) {
    if (x == -Infinity) return f64x2.splat(0);
    if (x == Infinity) return f64x2(Infinity, NaN);
  }
  const e = exp64(x * 0.5); // its square may overflow where the product does not
  return abs(x) < 700 ? scaled(cis64(y), exp64(x)) : scaled(scaled(cis64(y), e), e);
}

/** e^z − 1 = (expm1 x·cos y − 2 sin²(y/2)) + i e^x sin y. */
function exponentialMinus1(x: f64, y: f64): v128 {
  if (!(abs(x) < 700) || !isFinite64(y) || y == 0) {
    return y == 0 ? f64x2(expm164(x), y) : f64x2.sub(exponential(x, y), f64x2(1, 0));
  }
  const c = cis64(y), s = im(cis64(y * 0.5));
  return f64x2(expm164(x) * re(c) - 2 * s * s, exp64(x) * im(c));
}

/** 2^z = e^p·e^lost, where p is z·ln 2 rounded and lost its rounding error. */
function exponential2(x: f64, y: f64): v128 {
  const z = f64x2(x, y), p = scaled(z, LN2), e = exponential(re(p), im(p));
  if (!(abs(x) < 1100) || !(abs(y) < 1e300)) return e;
  const a = v128.and(z, i64x2.splat(-134217728)), b = f64x2.sub(z, a); // a has 26 bits, so the products are exact
  const head = f64x2.add(f64x2.sub(scaled(a, LN2_HIGH), p), scaled(a, LN2_REST));
  const lost = f64x2.add(f64x2.add(head, scaled(b, LN2_HIGH)), f64x2.add(scaled(b, LN2_REST), scaled(z, LN2_LOST)));
  return abs(im(lost)) < 1e-9 ? f64x2.add(e, times(e, lost)) : times(e, exponential(re(lost), im(lost)));
}

/** log |x + iy|: by log1p near the unit circle, where |z|² − 1 = (a − 1)(a + 1) + b². */
function logarithmOfModulus(x: f64, y: f64): f64 {
  const a = max(abs(x), abs(y)), b = min(abs(x), abs(y)), h = hypot64(x, y);
  if (h > 0.5 && h < 2) return 0.5 * log1p64((a - 1) * (a + 1) + b * b);
  if (h == Infinity && a < Infinity) return log64(hypot64(x * 0.5, y * 0.5)) + LN2;
  if (h < SMALLEST && h > 0) return log64(hypot64(x * 18014398509481984, y * 18014398509481984)) - 54 * LN2;
  return log64(h);
}

/** log z = log |z| + i arg z, cut along the negative reals. */
@inline
function logarithm(x: f64, y: f64): v128 {
  return f64x2(logarithmOfModulus(x, y), atan264(y, x));
}

/** log(1 + z), where |1 + z|² − 1 = x(2 + x) + y². */
function logarithm1p(x: f64, y: f64): v128 {
  const h = hypot64(1 + x, y);
  const modulus = h > 0.5 && h < 2 ? 0.5 * log1p64(x * (2 + x) + y * y) : logarithmOfModulus(1 + x, y);
  return f64x2(modulus, y == 0 && x >= -1 ? y : atan264(y, 1 + x));
}

/** √z with Re ≥ 0: one part is √((|z| + |x|)/2), the other y over twice that; the sign of x decides which of them is the real part. */
function squareRoot(x: f64, y: f64): v128 {
  if (x == 0 && y == 0) return f64x2(0, y);
  if (abs(y) == Infinity) return f64x2(Infinity, y);
  if (x == Infinity) return f64x2(x, y == y ? copysign<f64>(0, y) : y);
  if (x == -Infinity) return f64x2(y == y ? 0 : y, copysign<f64>(Infinity, y));
  const largest = max(abs(x), abs(y));
  let unscale: f64 = 1;
  if (largest > 1e300) {
    x *= 0.0625;
    y *= 0.0625;
    unscale = 4;
  } else if (largest < 1e-280) {
    x *= 3.2451855365842673e32; // 2^108
    y *= 3.2451855365842673e32;
    unscale = 5.551115123125783e-17; // 2^-54
  }
  const t = sqrt((abs(x) + hypot64(x, y)) * 0.5), u = abs(y) / (t + t);
  return scaled(x >= 0 ? f64x2(t, copysign<f64>(u, y)) : f64x2(u, copysign<f64>(t, y)), unscale);
}

/** One part of a quotient, (a + b·r)·t with r = d/c and t = 1/(c + d·r), in the order that does not underflow. */
@inline
function quotientPart(a: f64, b: f64, c: f64, d: f64, r: f64, t: f64): f64 {
  if (r == 0) return (a + d * (b / c)) * t;
  const br = b * r;
  return br != 0 ? (a + br) * t : a * t + b * t * r;
}

/** (a + ib)/(c + id) for |d| ≤ |c|. */
@inline
function quotient(a: f64, b: f64, c: f64, d: f64): v128 {
  const r = d / c, t = 1 / (c + d * r);
  return f64x2(quotientPart(a, b, c, d, r, t), quotientPart(b, -a, c, d, r, t));
}

/** (a + ib)/(c + id) where the plain formula gave NaN: zero and infinite operands. C99 G.5.1. */
function quotientOfExtremes(a: f64, b: f64, c: f64, d: f64): v128 {
  if (c == 0 && d == 0 && (a == a || b == b)) return scaled(f64x2(a, b), copysign<f64>(Infinity, c));
  if ((abs(a) == Infinity || abs(b) == Infinity) && isFinite64(c) && isFinite64(d)) {
    const e = unit(a), f = unit(b);
    return scaled(f64x2(e * c + f * d, f * c - e * d), Infinity);
  }
  if ((abs(c) == Infinity || abs(d) == Infinity) && isFinite64(a) && isFinite64(b)) {
    const e = unit(c), f = unit(d);
    return scaled(f64x2(a * e + b * f, b * e - a * f), 0);
  }
  return f64x2.splat(NaN);
}

/** ±1 for an infinity, ±0 for any other number. */
@inline
function unit(x: f64): f64 {
  return copysign<f64>(abs(x) == Infinity ? 1 : 0, x);
}

/**
 * (a + ib)/(c + id), scaled away from overflow and underflow. Baudin & Smith, "A Robust Complex Division in Scilab",
 * 2012, figure 5.
 */
export function divide(a: f64, b: f64, c: f64, d: f64): v128 {
  const ab = max(abs(a), abs(b)), cd = max(abs(c), abs(d)), least = SMALLEST * 2 / EPSILON, lift = 2 / (EPSILON * EPSILON);
  let up: f64 = 1, down: f64 = 1, unscale: f64 = 1;
  if (ab >= LARGEST / 2) { up = 0.5; unscale *= 2; }
  if (cd >= LARGEST / 2) { down = 0.5; unscale *= 0.5; }
  if (ab <= least) { up = lift; unscale /= lift; }
  if (cd <= least) { down = lift; unscale *= lift; }
  const p = a * up, q = b * up, r = c * down, s = d * down;
  const z = abs(d) <= abs(c) ? quotient(p, q, r, s) : v128.xor(quotient(q, p, s, r), i64x2(0, i64.MIN_VALUE));
  const isLost = re(z) != re(z) && im(z) != im(z) || !(cd < Infinity) || cd == 0;
  return isLost ? quotientOfExtremes(a, b, c, d) : scaled(z, unscale);
}

/** sinh z = sinh x cos y + i cosh x sin y. */
function hyperbolicSine(x: f64, y: f64): v128 {
  if (y == 0) return f64x2(sinh64(x), y);
  if ((x == 0 || abs(x) == Infinity) && !isFinite64(y)) return f64x2(x, NaN);
  if (abs(x) < 700) return f64x2.mul(swap128(coshSinh64(x)), cis64(y));
  return f64x2.mul(halfExponential(x, y), f64x2(copysign<f64>(1, x), 1));
}

/** cosh z = cosh x cos y + i sinh x sin y. */
function hyperbolicCosine(x: f64, y: f64): v128 {
  if (y == 0) return f64x2(re(coshSinh64(x)), copysign<f64>(1, x) * y);
  if (x == 0 && !isFinite64(y)) return f64x2(NaN, x);
  if (abs(x) == Infinity && !isFinite64(y)) return f64x2(Infinity, NaN);
  if (abs(x) < 700) return f64x2.mul(coshSinh64(x), cis64(y));
  return f64x2.mul(halfExponential(x, y), f64x2(1, copysign<f64>(1, x)));
}

/** e^|x|/2·(cos y + i sin y). Finite for |x| up to 711, and for larger |x| where cosine or sine is small enough. */
function halfExponential(x: f64, y: f64): v128 {
  const e = exp64(abs(x) * 0.5);
  return scaled(scaled(cis64(y), e * 0.5), e);
}

/** tanh z = (βρs + it)/(1 + βs²), t = tan y, β = 1 + t², s = sinh x, ρ = cosh x. Kahan, 1987. */
function hyperbolicTangent(x: f64, y: f64): v128 {
  if (y == 0) return f64x2(tanh64(x), y);
  if (abs(x) == Infinity && !isFinite64(y)) return f64x2(copysign<f64>(1, x), copysign<f64>(0, y));
  if (abs(x) > 200 && isFinite64(y)) {
    const c = cis64(y), e = exp64(-abs(x));
    return f64x2(copysign<f64>(1, x), 4 * re(c) * im(c) * e * e);
  }
  const t = tan64(y), beta = 1 + t * t, p = coshSinh64(x), s = im(p), d = 1 + beta * s * s;
  return f64x2(x == 0 ? x : beta * re(p) * s / d, t / d);
}

/** From this |z| on 1 is less than half an ulp of z², so arsinh z = log 2z. */
const FAR: f64 = 1e9;

/** log 2z in the first quadrant. */
@inline
function logarithmOfTwice(x: f64, y: f64): v128 {
  return f64x2(logarithmOfModulus(x, y) + LN2, atan264(y, x));
}

/** Whether z is too far from the origin for the root formulas; false for NaN. */
@inline
function isFar(x: f64, y: f64): bool {
  return abs(x) > FAR || abs(y) > FAR;
}

/** asin z from ξ = √(1 − z), η = √(1 + z): atan(x/Re ξη) + i arsinh(Im ξ̄η). */
function inverseSine(x: f64, y: f64): v128 {
  if (isFar(x, y)) {
    const z = logarithmOfTwice(abs(y), abs(x));
    return f64x2(copysign<f64>(im(z), x), copysign<f64>(re(z), y));
  }
  if (x == 0) return f64x2(x, asinh64(y));
  const p = squareRoot(1 - x, -y), q = squareRoot(1 + x, y);
  return f64x2(atan264(x, re(p) * re(q) - im(p) * im(q)), copysign<f64>(asinh64(re(p) * im(q) - im(p) * re(q)), y));
}

/** acos z: 2 atan(Re ξ/Re η) + i arsinh(Im η̄ξ), ξ and η as for asin. */
function inverseCosine(x: f64, y: f64): v128 {
  if (isFar(x, y)) return f64x2(atan264(abs(y), x), copysign<f64>(re(logarithmOfTwice(abs(x), abs(y))), -y));
  const p = squareRoot(1 - x, -y), q = squareRoot(1 + x, y);
  return f64x2(2 * atan264(re(p), re(q)), copysign<f64>(asinh64(re(q) * im(p) - im(q) * re(p)), -y));
}

/** arcosh z from ξ = √(z − 1), η = √(z + 1): arsinh(Re ξ̄η) + 2i atan(Im ξ/Re η). */
function inverseHyperbolicCosine(x: f64, y: f64): v128 {
  if (isFar(x, y)) return f64x2(re(logarithmOfTwice(abs(x), abs(y))), atan264(y, x));
  const p = squareRoot(x - 1, y), q = squareRoot(x + 1, y);
  return f64x2(asinh64(re(p) * re(q) + im(p) * im(q)), 2 * atan264(im(p), re(q)));
}

/** artanh z = log1p(4x/((1 − x)² + y²))/4 + i arg((1 − x)(1 + x) − y² + 2iy)/2 for x ≥ 0; odd. */
function inverseHyperbolicTangent(x: f64, y: f64): v128 {
  const a = abs(x), b = abs(y);
  let p: f64 = 0, q: f64 = HALF_PI;
  if (a > 1e150 || b > 1e150) {
    if (a != Infinity && b != Infinity) p = re(divide(1, 0, a, b));
    if (b != b || a != a && b != Infinity) q = NaN;
  } else if (a == 1 && b < 1e-100) {
    p = (LN2 - log64(b)) * 0.5; // b² underflows
    q = b == 0 ? 0 : (HALF_PI + b * 0.5) * 0.5;
  } else {
    if (a != 0) p = log1p64(4 * a / ((1 - a) * (1 - a) + b * b)) * 0.25;
    q = atan264(2 * b, (1 - a) * (1 + a) - b * b) * 0.5;
  }
  return f64x2(copysign<f64>(p, x), copysign<f64>(q, y));
}

/** 1/(1 + e^−z) = e^(z/2)/(2 cosh(z/2)), whose denominator keeps its last bits also near its zeros. */
function logistic(x: f64, y: f64): v128 {
  if (x < -80) return exponential(x, y);
  if (x > 80) return f64x2.sub(f64x2(1, 0), exponential(-x, -y));
  const n = exponential(x * 0.5, y * 0.5), d = hyperbolicCosine(x * 0.5, y * 0.5);
  return divide(re(n), im(n), 2 * re(d), 2 * im(d));
}

/** z/|z|, 0 at 0; the direction of an infinity. */
function direction(x: f64, y: f64): v128 {
  const largest = max(abs(x), abs(y));
  if (largest == 0) return f64x2(x, y);
  if (largest == Infinity) {
    x = unit(x);
    y = unit(y);
  } else if (largest < 1e-290) {
    x *= 18014398509481984; // 2^54
    y *= 18014398509481984;
  } else if (largest > 1e300) {
    x *= 0.25;
    y *= 0.25;
  }
  return f64x2.div(f64x2(x, y), f64x2.splat(hypot64(x, y)));
}

/** ∛z of the principal argument: a root of the modulus, by one step of Newton, and a third of the angle. */
function cubeRoot(x: f64, y: f64): v128 {
  const largest = max(abs(x), abs(y));
  if (largest == 0) return f64x2(x, y);
  let unscale: f64 = 1;
  if (largest > 1e300) {
    x *= 0.125;
    y *= 0.125;
    unscale = 2;
  } else if (largest < 1e-290) {
    x *= 18014398509481984;
    y *= 18014398509481984;
    unscale = 3.814697265625e-6; // 2^-18
  }
  const h = hypot64(x, y), t = exp64(log64(h) * (1.0 / 3)), root = t - (t - h / (t * t)) * (1.0 / 3);
  return scaled(cis64(atan264(y, x) * (1.0 / 3)), (h < Infinity ? root : h) * unscale);
}

/** z^n for n = 1 … 8 by squaring. */
function powerOfInteger(z: v128, n: u32): v128 {
  let y = z, bit: u32 = 1 << (30 - clz(n)); // the bit below the leading one
  if (n == 1) return z;
  for (; bit; bit >>= 1) {
    y = times(y, y);
    if (n & bit) y = times(y, z);
  }
  return y;
}

/** z^w = e^(w log z); a small integer w by multiplication; 0^w is 0 for Re w > 0 and 1 for w = 0, else NaN. */
function power(z: v128, w: v128): v128 {
  const n = re(w), k = abs(n);
  if (im(w) == 0) {
    if (n == 0) return f64x2(1, 0);
    if (k <= 8 && k == nearest(k)) {
      const y = powerOfInteger(z, <u32>k), size = max(abs(re(y)), abs(im(y)));
      if (size > 1e-290 && size < 1e300) return n > 0 ? y : divide(1, 0, re(y), im(y));
    }
  }
  if (re(z) == 0 && im(z) == 0) return n > 0 ? f64x2.splat(0) : f64x2.splat(NaN);
  const e = times(logarithm(re(z), im(z)), w);
  return exponential(re(e), im(e));
}

/** From this |z| on 1 is less than half an ulp of z², and z² may overflow. */
const VAST: f64 = 1e150;

/** 1 − z². Its real part cancels only where the imaginary part is as large as the terms. */
@inline
function oneMinusSquare(x: f64, y: f64): v128 {
  return f64x2((1 - x) * (1 + x) + y * y, -2 * x * y);
}

/** ±iz, √(1 − z²) for a vast z. */
@inline
function vastRoot(z: v128): v128 {
  return i64x2.extract_lane(z, 1) < 0 ? turnLeft(z) : turnRight(z);
}

@inline
function isVast(z: v128): bool {
  return max(abs(re(z)), abs(im(z))) > VAST;
}

/** g/w, 0 where g is 0. */
function over(g: v128, w: v128): v128 {
  return v128.any_true(f64x2.ne(g, f64x2.splat(0))) ? divide(re(g), im(g), re(w), im(w)) : f64x2.splat(0);
}

/** g/(1 − z²). */
function overOneMinusSquare(z: v128, g: v128): v128 {
  return isVast(z) ? over(over(g, z), f64x2.neg(z)) : over(g, oneMinusSquare(re(z), im(z)));
}

/** Derivatives of the inverse functions times cotangents: g/√(1 − z²), g/(1 + z²), g/(1 − z²). */
@unmanaged @final export class CAsinGrad {
  c128(z: v128, g: v128): v128 {
    if (isVast(z)) return over(g, vastRoot(z));
    const w = oneMinusSquare(re(z), im(z));
    return over(g, squareRoot(re(w), im(w)));
  }
}
@unmanaged @final export class CAtanGrad { c128(z: v128, g: v128): v128 { return overOneMinusSquare(turnLeft(z), g); } }
@unmanaged @final export class CAtanhGrad { c128(z: v128, g: v128): v128 { return overOneMinusSquare(z, g); } }

/** e^z. */
@unmanaged @final export class CExp { c128(z: v128): v128 { return exponential(re(z), im(z)); } }
/** e^z − 1. */
@unmanaged @final export class CExpm1 { c128(z: v128): v128 { return exponentialMinus1(re(z), im(z)); } }
/** 2^z. */
@unmanaged @final export class CExp2 { c128(z: v128): v128 { return exponential2(re(z), im(z)); } }
/** log z, −π ≤ Im ≤ π. */
@unmanaged @final export class CLog { c128(z: v128): v128 { return logarithm(re(z), im(z)); } }
/** log(1 + z). */
@unmanaged @final export class CLog1p { c128(z: v128): v128 { return logarithm1p(re(z), im(z)); } }
/** log z/log 2. */
@unmanaged @final export class CLog2 { c128(z: v128): v128 { return scaled(logarithm(re(z), im(z)), OVER_LN2); } }
/** log z/log 10. */
@unmanaged @final export class CLog10 { c128(z: v128): v128 { return scaled(logarithm(re(z), im(z)), OVER_LN10); } }
/** √z, Re ≥ 0, cut along the negative reals. */
@unmanaged @final export class CSqrt { c128(z: v128): v128 { return squareRoot(re(z), im(z)); } }
/** 1/√z. */
@unmanaged @final export class CRsqrt {
  c128(z: v128): v128 {
    const y = squareRoot(re(z), im(z));
    return divide(1, 0, re(y), im(y));
  }
}
/** ∛z, |arg| ≤ π/3. */
@unmanaged @final export class CCbrt { c128(z: v128): v128 { return cubeRoot(re(z), im(z)); } }
/** z^w, principal. |err| ≤ 2 eps·(1 + |w log z|)·|z^w| (measured 1.1), for the rounding of log z grows with w; ≤ 8 eps for w = ±1, …, ±8. */
@unmanaged @final export class CPow { c128(z: v128, w: v128): v128 { return power(z, w); } }
/** 1/z. */
@unmanaged @final export class CReciprocal { c128(z: v128): v128 { return divide(1, 0, re(z), im(z)); } }
/** z/w. */
@unmanaged @final export class CDiv { c128(z: v128, w: v128): v128 { return divide(re(z), im(z), re(w), im(w)); } }
/** z/|z|, 0 at 0. */
@unmanaged @final export class CSign { c128(z: v128): v128 { return direction(re(z), im(z)); } }
/** 1/(1 + e^−z). */
@unmanaged @final export class CSigmoid { c128(z: v128): v128 { return logistic(re(z), im(z)); } }

/** sinh z, cosh z, tanh z; sin z = −i sinh iz, cos z = cosh iz, tan z = −i tanh iz. */
@unmanaged @final export class CSinh { c128(z: v128): v128 { return hyperbolicSine(re(z), im(z)); } }
@unmanaged @final export class CCosh { c128(z: v128): v128 { return hyperbolicCosine(re(z), im(z)); } }
@unmanaged @final export class CTanh { c128(z: v128): v128 { return hyperbolicTangent(re(z), im(z)); } }
@unmanaged @final export class CSin { c128(z: v128): v128 { return turnRight(hyperbolicSine(-im(z), re(z))); } }
@unmanaged @final export class CCos { c128(z: v128): v128 { return hyperbolicCosine(-im(z), re(z)); } }
@unmanaged @final export class CTan { c128(z: v128): v128 { return turnRight(hyperbolicTangent(-im(z), re(z))); } }

/** asin z and acos z, cut along the reals beyond ±1; atan z = −i artanh iz. */
@unmanaged @final export class CAsin { c128(z: v128): v128 { return inverseSine(re(z), im(z)); } }
@unmanaged @final export class CAcos { c128(z: v128): v128 { return inverseCosine(re(z), im(z)); } }
@unmanaged @final export class CAtan { c128(z: v128): v128 { return turnRight(inverseHyperbolicTangent(-im(z), re(z))); } }
/** arsinh z = i asin(−iz), arcosh z cut along the reals below 1, artanh z along those beyond ±1. */
@unmanaged @final export class CAsinh { c128(z: v128): v128 { return turnLeft(inverseSine(im(z), -re(z))); } }
@unmanaged @final export class CAcosh { c128(z: v128): v128 { return inverseHyperbolicCosine(re(z), im(z)); } }
@unmanaged @final export class CAtanh { c128(z: v128): v128 { return inverseHyperbolicTangent(re(z), im(z)); } }
