/**
 * log |Γ(x)|, its derivative digamma, and digamma's derivatives. No gradients.
 *
 * Below 8 the recurrence leads to an interval around the function's zeros. There the result is the product of an exact factor for each zero
 * and a quotient of polynomials. From 8 on it is Stirling's series. Negative arguments are reflected, with sin πr of the distance r from the
 * nearest whole number. float32 is computed in float64. Tables from scripts/coefficients_special.py.
 */
import { madd, select } from '../simd/lanes';
import { half, infinity, one, two, zero } from './constant';
import { Log } from './logarithm';
import { at, poly5, poly6, poly7, poly8, poly9 } from './polynomial';

/** lgamma(t)/((t − 1)(t − 2)) in t − 1½ for 0.7 ≤ t ≤ 2.3, a quotient of relative error 2^-58, which cancels below 0.9. */
const LGAMMA_P = memory.data<f64>([0.4831289505409809, 1.1643229106085455, 1.1156602193028602, 0.5389075219350382,
  0.13676594488662752, 0.017082556018047552, 0.0008319895876328552, 4.996236954744725e-06, -5.061966713914916e-08], 8);
const LGAMMA_Q = memory.data<f64>([1.0, 2.7120767758911364, 2.998378094558207, 1.7329502057347337, 0.5571782286438417,
  0.09755406136166365, 0.00833454169496053, 0.0002536726396282005], 8);
/** digamma(t)/(t − root) in t − 1½ for 1 ≤ t ≤ 2, a quotient of 2^-59; the root in three parts. */
const PSI_P = memory.data<f64>([0.9510558760318328, 1.0802605260873082, 0.42026156194348957, 0.06598799915665943,
  0.0035803411767704233, 1.964448044886737e-05, -2.2099296690088673e-07], 8);
const PSI_Q = memory.data<f64>([1.0, 1.5812824306848947, 0.8933162577957592, 0.22339442516523145, 0.02420173951369301,
  0.0008695363640378088], 8);
const ROOT = memory.data<f64>([1.4616321325302124, 1.2438149843418955e-08, 9.549995429965697e-17], 8);
/** sin(πr)/r in r² for r ≤ ½, 2^-61; 1/π. */
const SINPI = memory.data<f64>([3.141592653589793, -5.167712780049969, 2.550164039877294, -0.5992645293187383, 0.08214588656989308,
  -0.0073704304787659556, 0.00046629968878854545, -2.1903185458051863e-05, 7.694727708387926e-07], 8);
const PI = memory.data<f64>([3.141592653589793, 0.3183098861837907], 8);
/** B(2k)/(2k(2k − 1)) and B(2k)/2k for k = 1 … 10, Stirling's series and its derivative's; log(2π)/2 − ½. */
const STIRLING = memory.data<f64>([0.08333333333333333, -0.002777777777777778, 0.0007936507936507937, -0.0005952380952380953,
  0.0008417508417508417, -0.0019175269175269176, 0.00641025641025641, -0.029550653594771242, 0.17964437236883057,
  -1.3924322169059011], 8);
const ASYMPTOTE = memory.data<f64>([0.08333333333333333, -0.008333333333333333, 0.003968253968253968, -0.004166666666666667,
  0.007575757575757576, -0.021092796092796094, 0.08333333333333333, -0.4432598039215686, 3.0539543302701198,
  -26.456212121212122], 8);
const CONSTANT = memory.data<f64>([0.4189385332046727], 8);
/** B(2k)/(2k)! for k = 1 … 11. */
const EULER = memory.data<f64>([0.08333333333333333, -0.001388888888888889, 3.306878306878307e-05, -8.267195767195768e-07,
  2.08767569878681e-08, -5.284190138687493e-10, 1.3382536530684679e-11, -3.3896802963225827e-13, 8.586062056277845e-15,
  -2.174868698558062e-16, 5.5090028283602295e-18], 8);
/** 1½; the ends of LGAMMA_P's interval; the least argument of the series; the terms summed before the Euler–Maclaurin formula. */
const MIDDLE = memory.data<f64>([1.5], 8), LOW = memory.data<f64>([0.9], 8), HIGH = memory.data<f64>([2.3], 8);
const FAR = memory.data<f64>([8], 8), TERMS = 10;

function log(x: v128): v128 { return changetype<Log>(0).f64x2(x); }

/** sin πr for |r| ≤ ½. */
// @ts-ignore: decorator
@inline
function sinpi(r: v128): v128 { return f64x2.mul(r, poly8<f64>(f64x2.mul(r, r), SINPI)); }

/** log Γ(x) for 0 < x < 8. */
function lgammaNear(x: v128): v128 {
  const isLow = f64x2.lt(x, at<f64>(LOW));
  let t = f64x2.add(x, v128.and(isLow, one<f64>())), product = select(isLow, x, one<f64>());
  for (let above = f64x2.gt(t, at<f64>(HIGH)); v128.any_true(above); above = f64x2.gt(t, at<f64>(HIGH))) {
    t = f64x2.sub(t, v128.and(above, one<f64>()));
    product = f64x2.mul(product, select(above, t, one<f64>()));
  }
  const s = f64x2.sub(t, at<f64>(MIDDLE)), zeros = f64x2.mul(f64x2.sub(t, one<f64>()), f64x2.sub(t, two<f64>()));
  const y = f64x2.mul(zeros, f64x2.div(poly8<f64>(s, LGAMMA_P), poly7<f64>(s, LGAMMA_Q))), l = log(product);
  return f64x2.add(y, select(isLow, f64x2.neg(l), l));
}

/** (x − ½)(log x − 1) + (log 2π − 1)/2 + …, for x ≥ 8. */
function lgammaFar(x: v128): v128 {
  const z = f64x2.div(one<f64>(), x), series = f64x2.mul(z, poly9<f64>(f64x2.mul(z, z), STIRLING));
  return madd<f64>(f64x2.sub(x, half<f64>()), f64x2.sub(log(x), one<f64>()), f64x2.add(at<f64>(CONSTANT), series));
}

/** log Γ(x) for x > 0. */
function lgamma(x: v128): v128 {
  const isFar = f64x2.ge(x, at<f64>(FAR));
  if (i64x2.all_true(isFar)) return lgammaFar(x);
  const y = lgammaNear(f64x2.pmin(x, at<f64>(FAR)));
  return v128.any_true(isFar) ? select(isFar, lgammaFar(x), y) : y;
}

/**
 * log |Γ(x)|; ∞ at 0, at negative whole numbers and at ±∞. |err| ≤ 4 ulp f64 (measured 2.6), 1 ulp f32; for x < 0, where there are zeros
 * between the poles, ≤ 4 ulp of the greater of |y| and 1.
 */
@unmanaged @final export class LogGamma {
  @inline f32x2(x: v128): v128 { return this.f64x2(x); }
  f64x2(x: v128): v128 {
    const below = f64x2.lt(x, zero<f64>()), a = f64x2.abs(x);
    const y = lgamma(f64x2.add(a, v128.and(below, one<f64>())));
    const isInfinite = f64x2.eq(a, infinity<f64>());
    if (!v128.any_true(below)) return select(isInfinite, a, y);
    const s = f64x2.mul(f64x2.abs(sinpi(f64x2.sub(x, f64x2.nearest(x)))), at<f64>(PI + 8));
    return select(isInfinite, a, select(below, f64x2.neg(f64x2.add(y, log(s))), y));
  }
}

/** digamma(x) for 0 < x < 8. */
function digammaNear(x: v128): v128 {
  const isLow = f64x2.lt(x, one<f64>());
  let t = f64x2.add(x, v128.and(isLow, one<f64>())), sum = v128.and(isLow, f64x2.neg(f64x2.div(one<f64>(), x)));
  for (let above = f64x2.gt(t, two<f64>()); v128.any_true(above); above = f64x2.gt(t, two<f64>())) {
    t = f64x2.sub(t, v128.and(above, one<f64>()));
    sum = f64x2.add(sum, v128.and(above, f64x2.div(one<f64>(), t)));
  }
  const d = f64x2.sub(f64x2.sub(f64x2.sub(t, at<f64>(ROOT)), at<f64>(ROOT + 8)), at<f64>(ROOT + 16));
  const s = f64x2.sub(t, at<f64>(MIDDLE));
  return f64x2.add(f64x2.mul(d, f64x2.div(poly6<f64>(s, PSI_P), poly5<f64>(s, PSI_Q))), sum);
}

/** log x − 1/2x − …, for x ≥ 8. */
function digammaFar(x: v128): v128 {
  const z = f64x2.div(one<f64>(), x), w = f64x2.mul(z, z);
  return f64x2.sub(log(x), madd<f64>(w, poly9<f64>(w, ASYMPTOTE), f64x2.mul(z, half<f64>())));
}

/** digamma(x) for x > 0. */
function digamma(x: v128): v128 {
  const isFar = f64x2.ge(x, at<f64>(FAR));
  if (i64x2.all_true(isFar)) return digammaFar(x);
  const y = digammaNear(f64x2.pmin(x, at<f64>(FAR)));
  return v128.any_true(isFar) ? select(isFar, digammaFar(x), y) : y;
}

/**
 * Γ′(x)/Γ(x); ∓∞ at ±0, NaN at negative whole numbers and at −∞. |err| ≤ 4 ulp f64 (measured 3), 1 ulp f32; for x < 0, where
 * there are zeros between the poles, ≤ 4 ulp of the greatest of |y|, 1 and log |x|.
 */
@unmanaged @final export class Digamma {
  @inline f32x2(x: v128): v128 { return this.f64x2(x); }
  f64x2(x: v128): v128 {
    const below = f64x2.lt(x, zero<f64>()), a = f64x2.abs(x);
    const y = digamma(select(below, f64x2.add(a, one<f64>()), x));
    if (!v128.any_true(below)) return y;
    // π·cot πr, where cos πr = sin π(½ − |r|).
    const r = f64x2.sub(a, f64x2.nearest(a)), cosine = sinpi(f64x2.sub(half<f64>(), f64x2.abs(r)));
    const cot = f64x2.mul(at<f64>(PI), f64x2.div(cosine, sinpi(r)));
    const isPole = f64x2.eq(r, zero<f64>());
    return select(below, v128.or(f64x2.add(y, cot), isPole), y);
  }
}

/** x^−s for whole s ≥ 1. */
function inverse(x: v128, s: i32): v128 {
  let square = f64x2.div(one<f64>(), x), y = s & 1 ? square : one<f64>();
  for (let n = s >> 1; n; n >>= 1) {
    square = f64x2.mul(square, square);
    if (n & 1) y = f64x2.mul(y, square);
  }
  return y;
}

/** Σ (q + k)^−s over k ≥ 0, for q > 0 and whole s ≥ 2: ten terms, then the Euler–Maclaurin formula. */
function zeta(s: i32, q: v128): v128 {
  const b = f64x2.add(q, f64x2.splat(TERMS)), z = f64x2.div(one<f64>(), b), w = f64x2.mul(z, z);
  const integral = inverse(b, s - 1), last = f64x2.mul(integral, z);
  let sum = zero<f64>(), factor = f64x2.mul(last, f64x2.mul(z, f64x2.splat(s)));
  for (let k = 0; k < 11; k++) {
    sum = madd<f64>(factor, at<f64>(EULER + (k << 3)), sum);
    const n = s + 2 * k + 1;
    factor = f64x2.mul(factor, f64x2.mul(w, f64x2.splat(<f64>n * (n + 1))));
  }
  sum = f64x2.add(f64x2.mul(last, half<f64>()), sum);
  sum = madd<f64>(integral, f64x2.splat(1 / <f64>(s - 1)), sum);
  for (let k = TERMS - 1; k >= 0; k--) sum = f64x2.add(sum, inverse(f64x2.add(q, f64x2.splat(k)), s));
  return sum;
}

/** Σ (x + k)^−s over k ≥ 0, for any x. For x < 0 it is the sum over all whole k, minus the sum over k < 0. */
function sumOfInverses(s: i32, x: v128): v128 {
  const below = f64x2.lt(x, zero<f64>());
  const y = zeta(s, select(below, f64x2.sub(one<f64>(), x), x));
  if (!v128.any_true(below)) return y;
  const r = f64x2.sub(x, f64x2.nearest(x)), odd = f64x2.splat(s & 1 ? -1 : 1);
  const others = madd<f64>(odd, zeta(s, f64x2.sub(one<f64>(), r)), zeta(s, f64x2.add(one<f64>(), r)));
  return select(below, f64x2.add(inverse(r, s), f64x2.sub(others, f64x2.mul(odd, y))), y);
}

/** The derivative of order n of digamma, n ≥ 1 one whole number for all lanes: (−1)^(n+1)·n!·Σ (x + k)^−(n+1). |err| ≤ 4 + 2n ulp for x > 0. */
@unmanaged @final export class Polygamma {
  @inline f32x2(n: v128, x: v128): v128 { return this.f64x2(n, x); }
  f64x2(n: v128, x: v128): v128 {
    const order = <i32>f64x2.extract_lane(n, 0);
    let factor: f64 = order & 1 ? 1 : -1;
    for (let k = 2; k <= order; k++) factor *= k;
    return f64x2.mul(f64x2.splat(factor), sumOfInverses(order + 1, x));
  }
}
