/**
 * Activations: the sigmoid and rectifier families, logaddexp. No gradients.
 *
 * The smooth ones start from z = e^−|x| in (0, 1], which neither overflows nor cancels. Where a product with z may be
 * normal although z is subnormal, the product is formed before the scaling by 2^n, so that it is rounded once.
 */
import { madd, nmadd, select } from '../simd/lanes';
import { one, pick, sign, two, zero } from './constant';
import { sumTail } from './exact';
import { brief, coarse, Expm1, fine, head, reduced, scale, shifted, tail } from './exponential';
import { log1pUnit } from './logarithm';
import { at } from './polynomial';

const THREE32 = memory.data<f32>([3], 4), THREE64 = memory.data<f64>([3], 8);
const SIX32 = memory.data<f32>([6], 4), SIX64 = memory.data<f64>([6], 8);
/** Below it e^x and x·e^x are 0; above the other, tanh(log(1 + e^x)) is 1. */
const LEAST32 = memory.data<f32>([-112], 4), LEAST64 = memory.data<f64>([-760], 8);
const FORTY = memory.data<f64>([40], 8);
const GREATEST32 = memory.data<f32>([3.4028234663852886e38], 4), GREATEST64 = memory.data<f64>([1.7976931348623157e308], 8);
/** λ and λ·α of selu (Klambauer et al., "Self-Normalizing Neural Networks", 2017). */
const SELU32 = memory.data<f32>([1.0507009873554805, 1.7580993408473766], 4);
const SELU64 = memory.data<f64>([1.0507009873554805, 1.7580993408473766], 8);

/** −|x|, not below the least argument of interest. */
@inline
function negative<T>(x: v128): v128 {
  return v128.pmax<T>(v128.or(x, sign<T>()), at<T>(pick<T>(LEAST32, LEAST64)));
}

/** e^a for a ≤ 0 in range. */
@inline
function decay<T>(a: v128): v128 {
  const t = shifted<T>(a);
  return scale<T>(reduced<T>(coarse<T>(a, t), fine<T>(t)), t);
}

/**
 * 1/(1 + e^−x), which is z/(1 + z) below 0. |err| ≤ 2 ulp (measured 1.46 f64, 1.75 f32).
 * What rounding takes from 1 + z is given back to the numerator's tail, where it costs no rounding of its own.
 */
@unmanaged @final export class Sigmoid {
  @inline of<T>(x: v128): v128 {
    const c = negative<T>(x), t = shifted<T>(c), a = coarse<T>(c, t), b = fine<T>(t);
    const h = head<T>(a, b), l = tail<T>(a, b), z = scale<T>(v128.add<T>(h, l), t);
    const sum = v128.add<T>(one<T>(), z), lost = sumTail<T>(one<T>(), z, sum);
    const below = scale<T>(v128.add<T>(h, nmadd<T>(h, lost, l)), t);
    return v128.div<T>(select(v128.lt<T>(x, zero<T>()), below, one<T>()), sum);
  }
  @inline f32x4(x: v128): v128 { return this.of<f32>(x); }
  @inline f64x2(x: v128): v128 { return this.of<f64>(x); }
}

/** log(1 + e^x) = max(x, 0) + log(1 + e^−|x|). |err| ≤ 2 ulp (measured 1.68 f64, 1.93 f32). */
@unmanaged @final export class Softplus {
  @inline of<T>(x: v128): v128 {
    const y = log1pUnit<T>(decay<T>(negative<T>(x)));
    return v128.add<T>(v128.pmax<T>(x, zero<T>()), y);
  }
  @inline f32x4(x: v128): v128 { return this.of<f32>(x); }
  @inline f64x2(x: v128): v128 { return this.of<f64>(x); }
}

/**
 * log(e^x + e^y) = max(x, y) + log(1 + e^−|x − y|). |err| ≤ 2 ulp of the larger of |result| and |max(x, y)| in f64,
 * which differ in size only near the curve where the result is 0; 1 ulp in f32, computed in f64 for that curve's sake.
 * Equal infinities give themselves.
 */
@unmanaged @final export class Logaddexp {
  @inline f32x2(x: v128, y: v128): v128 { return this.f64x2(x, y); }
  @inline f64x2(x: v128, y: v128): v128 {
    const distance = v128.and(f64x2.sub(x, y), f64x2.ne(x, y));
    return f64x2.add(f64x2.pmax(x, y), log1pUnit<f64>(decay<f64>(negative<f64>(distance))));
  }
}

/** x/(1 + e^(a − b)·2^n), as x times Sigmoid, for c = −|x| in range and t = n + shift. */
@inline
export function gated(x: v128, c: v128, a: v128, b: v128, t: v128): v128 {
  const h = head<f64>(a, b), l = tail<f64>(a, b), z = scale<f64>(f64x2.add(h, l), t);
  const sum = f64x2.add(one<f64>(), z), lost = sumTail<f64>(one<f64>(), z, sum), below = f64x2.lt(x, zero<f64>());
  const y = f64x2.div(select(below, f64x2.mul(c, f64x2.add(h, nmadd<f64>(h, lost, l))), x), sum);
  return select(below, scale<f64>(y, t), y);
}

/** x/(1 + e^−x). |err| ≤ 2 ulp f64 (measured 1.71), 1 ulp f32 (0.53); keeps −0, −0 at −∞. */
@unmanaged @final export class Silu {
  @inline f32x2(x: v128): v128 {
    const c = f64x2.pmax(x, at<f64>(LEAST64));
    return f64x2.div(c, f64x2.add(one<f64>(), brief(f64x2.neg(c))));
  }
  @inline f64x2(x: v128): v128 {
    const c = negative<f64>(x), t = shifted<f64>(c);
    return gated(x, c, coarse<f64>(c, t), fine<f64>(t), t);
  }
}

/**
 * x·tanh(log(1 + e^x)) = x·w/(w + 2) for w = e^x·(e^x + 2). |err| ≤ 4 ulp f64 (measured 3.3), 1 ulp f32 (0.53); keeps
 * −0, −0 at −∞. After Misra, "Mish: A Self Regularized Non-Monotonic Activation Function", 2019.
 */
@unmanaged @final export class Mish {
  @inline f32x2(x: v128): v128 {
    const c = f64x2.pmax(x, at<f64>(LEAST64)), z = brief(f64x2.pmin(c, at<f64>(FORTY)));
    const w = f64x2.mul(z, f64x2.add(z, two<f64>()));
    return f64x2.div(f64x2.mul(c, w), f64x2.add(w, two<f64>()));
  }
  @inline f64x2(x: v128): v128 {
    const below = f64x2.lt(x, zero<f64>()), c = negative<f64>(x), t = shifted<f64>(c);
    const p = reduced<f64>(coarse<f64>(c, t), fine<f64>(t)), z = scale<f64>(p, t), s = f64x2.add(z, two<f64>());
    // Above 0, in z = e^−x: w/(w + 2) = (1 + 2z)/(1 + 2z + 2z²).
    const u = f64x2.add(one<f64>(), f64x2.add(z, z));
    const top = select(below, f64x2.mul(f64x2.mul(c, p), s), f64x2.mul(x, u));
    const bottom = select(below, madd<f64>(z, s, two<f64>()), madd<f64>(z, f64x2.add(z, z), u));
    const y = f64x2.div(top, bottom);
    return select(below, scale<f64>(y, t), y);
  }
}

/** x/(1 + |x|). |err| ≤ 1.5 ulp; ±1 at ±∞. */
@unmanaged @final export class Softsign {
  @inline of<T>(x: v128): v128 {
    const a = v128.pmin<T>(v128.abs<T>(x), at<T>(pick<T>(GREATEST32, GREATEST64)));
    const y = v128.div<T>(a, v128.add<T>(one<T>(), a));
    return v128.or(y, v128.and(x, sign<T>()));
  }
  @inline f32x4(x: v128): v128 { return this.of<f32>(x); }
  @inline f64x2(x: v128): v128 { return this.of<f64>(x); }
}

/** max(x, 0), exact; +0 at −0, NaN stays. */
@unmanaged @final export class Relu {
  @inline of<T>(x: v128): v128 { return v128.andnot(x, v128.le<T>(x, zero<T>())); }
  @inline f32x4(x: v128): v128 { return this.of<f32>(x); }
  @inline f64x2(x: v128): v128 { return this.of<f64>(x); }
  @inline i32x4(x: v128): v128 { return i32x4.max_s(x, i32x4.splat(0)); }
}

/** min(max(x, 0), 6), exact. */
@unmanaged @final export class Relu6 {
  @inline of<T>(x: v128): v128 { return v128.pmin<T>(changetype<Relu>(0).of<T>(x), at<T>(pick<T>(SIX32, SIX64))); }
  @inline f32x4(x: v128): v128 { return this.of<f32>(x); }
  @inline f64x2(x: v128): v128 { return this.of<f64>(x); }
  @inline i32x4(x: v128): v128 { return i32x4.min_s(i32x4.max_s(x, i32x4.splat(0)), i32x4.splat(6)); }
}

/** x above 0, alpha·x elsewhere; prelu when alpha is a tensor. */
@unmanaged @final export class LeakyRelu {
  @inline of<T>(x: v128, alpha: v128): v128 {
    return select(v128.gt<T>(x, zero<T>()), x, v128.mul<T>(alpha, x));
  }
  @inline f32x4(x: v128, alpha: v128): v128 { return this.of<f32>(x, alpha); }
  @inline f64x2(x: v128, alpha: v128): v128 { return this.of<f64>(x, alpha); }
}

/** x above 0, alpha·(e^x − 1) elsewhere. |err| ≤ 2 ulp (measured 1.56 f32). */
@unmanaged @final export class Elu {
  @inline of<T>(x: v128, alpha: v128, y: v128): v128 {
    return select(v128.gt<T>(x, zero<T>()), x, v128.mul<T>(alpha, y));
  }
  @inline f32x4(x: v128, alpha: v128): v128 { return this.of<f32>(x, alpha, changetype<Expm1>(0).f32x4(x)); }
  @inline f64x2(x: v128, alpha: v128): v128 { return this.of<f64>(x, alpha, changetype<Expm1>(0).f64x2(x)); }
}

