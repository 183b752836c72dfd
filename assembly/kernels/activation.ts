/**
 * Activations: the sigmoid and rectifier families, logaddexp. No gradients.
 *
 * The smooth ones are computed from e^−|x| or e^−x. For |x| < 64 no intermediate leaves the range. A vector with a lane outside ±64 is
 * computed twice, and such lanes take the second result: the function's limit form, which is 0, 1, x or a product with e^x. The product is
 * formed before it is scaled by 2^n, so it is rounded once even when it is subnormal.
 */
import { madd, nmadd, select } from '../simd/lanes';
import { one, pick, sign, two, zero } from './constant';
import { areInside, brief, Expm1, faded, grown, inner, inside, raised, turned } from './exponential';
import { log1pUnit } from './logarithm';
import { at } from './polynomial';
import { storeNarrow } from './widen';

const THREE32 = memory.data<f32>([3], 4), THREE64 = memory.data<f64>([3], 8);
const SIX32 = memory.data<f32>([6], 4), SIX64 = memory.data<f64>([6], 8);
/** 64; and the x above whose negative 1 + 2^n is exact, 2^n being the power of two in e^−x. */
const DEEP32 = memory.data<f32>([64], 4), DEEP64 = memory.data<f64>([64], 8);
const SHALLOW32 = memory.data<f32>([16], 4), SHALLOW64 = memory.data<f64>([20], 8);
/** Below LEAST e^x and x·e^x are 0; above FORTY tanh(log(1 + e^x)) is 1. */
const LEAST32 = memory.data<f32>([-112], 4), LEAST64 = memory.data<f64>([-760], 8);
const FORTY = memory.data<f64>([40], 8), FOUR64 = memory.data<f64>([4], 8);
const GREATEST32 = memory.data<f32>([3.4028234663852886e38], 4), GREATEST64 = memory.data<f64>([1.7976931348623157e308], 8);
/** λ and λ·α of selu (Klambauer et al., "Self-Normalizing Neural Networks", 2017). */
const SELU32 = memory.data<f32>([1.0507009873554805, 1.7580993408473766], 4);
const SELU64 = memory.data<f64>([1.0507009873554805, 1.7580993408473766], 8);

/** −|x|. */
@inline
export function negative<T>(x: v128): v128 { return v128.or(x, sign<T>()); }

/** max(x, LEAST). */
@inline
export function bounded<T>(x: v128): v128 { return v128.pmax<T>(x, at<T>(pick<T>(LEAST32, LEAST64))); }

/** 1 + e^−x for x > −64. It is rounded once as long as 1 + 2^n is exact. */
@inline
function risen<T>(x: v128): v128 {
  const a = fallen<T>(x), t = turned<T>(a), power = raised<T>(t);
  return madd<T>(grown<T>(a, t), power, v128.add<T>(power, one<T>()));
}

/** Whether 1 + 2^n is exact in all lanes, and the mask of lanes where it is. */
@inline
function areShallow<T>(x: v128): bool {
  const rest = v128.add<T>(x, at<T>(pick<T>(SHALLOW32, SHALLOW64)));
  return !(sizeof<T>() == 4 ? i32x4.bitmask(rest) : i64x2.bitmask(rest));
}
@inline
function shallow<T>(x: v128): v128 { return v128.ge<T>(x, v128.neg<T>(at<T>(pick<T>(SHALLOW32, SHALLOW64)))); }

/** m·σ(x) = m·e^x·(1 − e^x) for the lanes below, where e^2x is less than an ulp of 1. Not inlined. */
function faint<T>(m: v128, x: v128): v128 {
  const z = inner<T>(v128.pmax<T>(x, v128.neg<T>(at<T>(pick<T>(DEEP32, DEEP64)))));
  return faded<T>(nmadd<T>(m, z, m), bounded<T>(v128.pmin<T>(x, zero<T>())));
}

/** σ(x)σ(−x) = e^−|x|/(1 + e^−|x|)² over the whole range. Not inlined. */
export function bump<T>(x: v128): v128 {
  const a = negative<T>(x), t = turned<T>(a), s = grown<T>(a, t), power = raised<T>(t);
  const q = madd<T>(s, power, v128.add<T>(power, one<T>())), d = v128.div<T>(madd<T>(s, power, power), v128.mul<T>(q, q));
  return areInside<T>(x) ? d : select(inside<T>(x), d, faded<T>(one<T>(), bounded<T>(a)));
}

/** 1 where x > 0, else (1 + x)·e^x: the derivatives of silu and mish far out. Not inlined. */
function rampSlope<T>(x: v128): v128 {
  const c = bounded<T>(v128.pmin<T>(x, zero<T>()));
  return select(v128.gt<T>(x, zero<T>()), one<T>(), faded<T>(v128.add<T>(one<T>(), c), c));
}

/** max(−x, −64), the exponent in `risen`. */
@inline
function fallen<T>(x: v128): v128 { return v128.xor(v128.pmin<T>(x, at<T>(pick<T>(DEEP32, DEEP64))), sign<T>()); }

/** Whether in all lanes the slope, a quotient by (1 + e^−x)², can be computed from what the value needs; the mask of lanes where it can. */
@inline
function areCentral<T>(x: v128): bool {
  const low = v128.add<T>(x, at<T>(pick<T>(SHALLOW32, SHALLOW64))), high = v128.sub<T>(at<T>(pick<T>(DEEP32, DEEP64)), x);
  return !(sizeof<T>() == 4 ? i32x4.bitmask(v128.or(low, high)) : i64x2.bitmask(v128.or(low, high)));
}
@inline
function central<T>(x: v128): v128 { return v128.and(shallow<T>(x), v128.le<T>(x, at<T>(pick<T>(DEEP32, DEEP64)))); }

/** 1/(1 + e^−x). |err| ≤ 2 ulp. */
@unmanaged @final export class Sigmoid {
  @inline of<T>(x: v128): v128 {
    const y = v128.div<T>(one<T>(), risen<T>(x));
    return areShallow<T>(x) ? y : select(shallow<T>(x), y, faint<T>(one<T>(), x));
  }
  /** Stores the slope e^−x/(1 + e^−x)² too. */
  @inline sloped<T>(x: v128, slope: usize): v128 {
    const a = fallen<T>(x), t = turned<T>(a), power = raised<T>(t), s = grown<T>(a, t);
    const q = madd<T>(s, power, v128.add<T>(power, one<T>())), e = madd<T>(s, power, power);
    const y = v128.div<T>(one<T>(), q), d = v128.div<T>(e, v128.mul<T>(q, q)), isCentral = areCentral<T>(x);
    v128.store(slope, isCentral ? d : select(central<T>(x), d, bump<T>(x)));
    return isCentral ? y : select(shallow<T>(x), y, faint<T>(one<T>(), x));
  }
  @inline f32x4(x: v128): v128 { return this.of<f32>(x); }
  @inline f64x2(x: v128): v128 { return this.of<f64>(x); }
  @inline f32x4Sloped(x: v128, slope: usize): v128 { return this.sloped<f32>(x, slope); }
  @inline f64x2Sloped(x: v128, slope: usize): v128 { return this.sloped<f64>(x, slope); }
}

/** log(1 + e^−|x|), which is e^−|x| outside ±64. */
@inline
function bend<T>(x: v128): v128 {
  const a = negative<T>(x), y = log1pUnit<T>(inner<T>(a));
  return areInside<T>(x) ? y : select(inside<T>(x), y, faded<T>(one<T>(), bounded<T>(a)));
}

/** σ(x) far out: 1, or e^x. Not inlined. */
function step<T>(x: v128): v128 {
  return select(v128.gt<T>(x, zero<T>()), one<T>(), faded<T>(one<T>(), bounded<T>(v128.pmin<T>(x, zero<T>()))));
}

/** `bend`, which also stores a slope: σ(x), or σ(−x) if `isFalling`. */
@inline
function bendSloped<T>(x: v128, isFalling: bool, slope: usize): v128 {
  const z = inner<T>(negative<T>(x)), y = log1pUnit<T>(z), isInside = areInside<T>(x);
  const top = isFalling ? select(v128.gt<T>(x, zero<T>()), z, one<T>()) : select(v128.lt<T>(x, zero<T>()), z, one<T>());
  const d = v128.div<T>(top, v128.add<T>(one<T>(), z));
  v128.store(slope, isInside ? d : select(inside<T>(x), d, step<T>(isFalling ? v128.neg<T>(x) : x)));
  return isInside ? y : select(inside<T>(x), y, faded<T>(one<T>(), bounded<T>(negative<T>(x))));
}

/** log(1 + e^x) = max(x, 0) + log(1 + e^−|x|). |err| ≤ 2 ulp. */
@unmanaged @final export class Softplus {
  @inline of<T>(x: v128): v128 { return v128.add<T>(v128.pmax<T>(x, zero<T>()), bend<T>(x)); }
  @inline sloped<T>(x: v128, slope: usize): v128 { return v128.add<T>(v128.pmax<T>(x, zero<T>()), bendSloped<T>(x, false, slope)); }
  @inline f32x4(x: v128): v128 { return this.of<f32>(x); }
  @inline f64x2(x: v128): v128 { return this.of<f64>(x); }
  @inline f32x4Sloped(x: v128, slope: usize): v128 { return this.sloped<f32>(x, slope); }
  @inline f64x2Sloped(x: v128, slope: usize): v128 { return this.sloped<f64>(x, slope); }
}

/** log σ(x) = −(max(−x, 0) + log(1 + e^−|x|)). |err| ≤ 2 ulp. */
@unmanaged @final export class LogSigmoid {
  @inline of<T>(x: v128): v128 { return v128.neg<T>(v128.add<T>(v128.pmax<T>(v128.neg<T>(x), zero<T>()), bend<T>(x))); }
  @inline sloped<T>(x: v128, slope: usize): v128 {
    return v128.neg<T>(v128.add<T>(v128.pmax<T>(v128.neg<T>(x), zero<T>()), bendSloped<T>(x, true, slope)));
  }
  @inline f32x4(x: v128): v128 { return this.of<f32>(x); }
  @inline f64x2(x: v128): v128 { return this.of<f64>(x); }
  @inline f32x4Sloped(x: v128, slope: usize): v128 { return this.sloped<f32>(x, slope); }
  @inline f64x2Sloped(x: v128, slope: usize): v128 { return this.sloped<f64>(x, slope); }
}

/**
 * log(e^x + e^y) = max(x, y) + log(1 + e^−|x − y|). |err| ≤ 2 ulp of the larger of |result| and |max(x, y)|, which differ in size
 * only near the curve where the result is 0. Of two equal infinities the result is that infinity.
 */
@unmanaged @final export class Logaddexp {
  @inline of<T>(x: v128, y: v128): v128 {
    return v128.add<T>(v128.pmax<T>(x, y), bend<T>(v128.and(v128.sub<T>(x, y), v128.ne<T>(x, y))));
  }
  @inline f32x4(x: v128, y: v128): v128 { return this.of<f32>(x, y); }
  @inline f64x2(x: v128, y: v128): v128 { return this.of<f64>(x, y); }
}

/** x/(1 + e^−x). |err| ≤ 2 ulp; keeps −0, −0 at −∞. */
@unmanaged @final export class Silu {
  @inline of<T>(x: v128): v128 {
    const y = v128.div<T>(x, risen<T>(x));
    return areShallow<T>(x) ? y : select(shallow<T>(x), y, faint<T>(bounded<T>(x), x));
  }
  /** Stores the slope σ(x)(1 + x·σ(−x)) = (1 + e + x·e)/(1 + e)² too, for e = e^−x. */
  @inline sloped<T>(x: v128, slope: usize): v128 {
    const a = fallen<T>(x), t = turned<T>(a), power = raised<T>(t), s = grown<T>(a, t);
    const q = madd<T>(s, power, v128.add<T>(power, one<T>())), e = madd<T>(s, power, power);
    const y = v128.div<T>(x, q), d = v128.div<T>(madd<T>(x, e, q), v128.mul<T>(q, q)), isCentral = areCentral<T>(x);
    v128.store(slope, isCentral ? d : select(central<T>(x), d, siluSlope<T>(x)));
    return isCentral ? y : select(shallow<T>(x), y, faint<T>(bounded<T>(x), x));
  }
  @inline f32x4(x: v128): v128 { return this.of<f32>(x); }
  @inline f64x2(x: v128): v128 { return this.of<f64>(x); }
  @inline f32x4Sloped(x: v128, slope: usize): v128 { return this.sloped<f32>(x, slope); }
  @inline f64x2Sloped(x: v128, slope: usize): v128 { return this.sloped<f64>(x, slope); }
}

/** The slope of silu in lanes that aren't central: e^x·(1 + e^x + x)/(1 + e^x)², or `rampSlope` outside ±64. Not inlined. */
function siluSlope<T>(x: v128): v128 {
  const z = inner<T>(v128.pmin<T>(x, zero<T>())), q = v128.add<T>(one<T>(), z);
  const d = v128.div<T>(v128.mul<T>(z, v128.add<T>(q, x)), v128.mul<T>(q, q));
  return select(inside<T>(x), d, rampSlope<T>(x));
}

/** x where x > 0, else x·e^x: mish outside ±64. */
function ramp<T>(x: v128): v128 {
  const c = bounded<T>(v128.pmin<T>(x, zero<T>()));
  return select(v128.gt<T>(x, zero<T>()), x, faded<T>(c, c));
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
  /** Stores the slope (w·(w + 2) + 4x·e^x·(1 + e^x))/(w + 2)² too. */
  @inline f32x2Sloped(x: v128, slope: usize): v128 {
    const c = f64x2.pmax(x, at<f64>(LEAST64)), m = f64x2.pmin(c, at<f64>(FORTY)), z = brief(m);
    const w = f64x2.mul(z, f64x2.add(z, two<f64>())), q = f64x2.add(w, two<f64>());
    const bent = f64x2.mul(f64x2.mul(at<f64>(FOUR64), m), madd<f64>(z, z, z));
    storeNarrow(slope, f64x2.div(madd<f64>(w, q, bent), f64x2.mul(q, q)));
    return f64x2.div(f64x2.mul(c, w), q);
  }
  /** The slope in z = e^−|x|: z·((z + 2)·D + 4x·(1 + z))/D², D = w + 2, below 0; ((1 + 2z)·D + 4x·z²(1 + z))/D², D = z²·(w + 2), above. */
  @inline f64x2Sloped(x: v128, slope: usize): v128 {
    const below = f64x2.lt(x, zero<f64>()), z = inner<f64>(negative<f64>(x)), q = f64x2.add(one<f64>(), z), s = f64x2.add(z, two<f64>());
    const twice = f64x2.add(z, z), u = f64x2.add(one<f64>(), twice);
    const D = select(below, madd<f64>(z, s, two<f64>()), madd<f64>(z, twice, u));
    const bent = f64x2.mul(f64x2.mul(at<f64>(FOUR64), x), f64x2.mul(q, select(below, one<f64>(), f64x2.mul(z, z))));
    const d = f64x2.div(f64x2.mul(select(below, z, one<f64>()), madd<f64>(select(below, s, u), D, bent)), f64x2.mul(D, D));
    const y = f64x2.div(f64x2.mul(x, select(below, f64x2.mul(z, s), u)), D), isInside = areInside<f64>(x);
    v128.store(slope, isInside ? d : select(inside<f64>(x), d, rampSlope<f64>(x)));
    return isInside ? y : select(inside<f64>(x), y, ramp<f64>(x));
  }
  @inline f64x2(x: v128): v128 {
    const below = f64x2.lt(x, zero<f64>()), z = inner<f64>(negative<f64>(x)), s = f64x2.add(z, two<f64>());
    // Above 0, in z = e^−x: w/(w + 2) = (1 + 2z)/(1 + 2z + 2z²).
    const u = f64x2.add(one<f64>(), f64x2.add(z, z));
    const top = f64x2.mul(x, select(below, f64x2.mul(z, s), u));
    const bottom = select(below, madd<f64>(z, s, two<f64>()), madd<f64>(z, f64x2.add(z, z), u));
    const y = f64x2.div(top, bottom);
    return areInside<f64>(x) ? y : select(inside<f64>(x), y, ramp<f64>(x));
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

/** min(max(x, −3), 3). */
@inline
function ramped<T>(x: v128): v128 {
  const three = at<T>(pick<T>(THREE32, THREE64));
  return v128.pmin<T>(v128.pmax<T>(x, v128.neg<T>(three)), three);
}

/** min(max(x + 3, 0), 6)/6. |err| ≤ 1.5 ulp. */
@unmanaged @final export class HardSigmoid {
  @inline of<T>(x: v128): v128 {
    return v128.div<T>(v128.add<T>(ramped<T>(x), at<T>(pick<T>(THREE32, THREE64))), at<T>(pick<T>(SIX32, SIX64)));
  }
  @inline f32x4(x: v128): v128 { return this.of<f32>(x); }
  @inline f64x2(x: v128): v128 { return this.of<f64>(x); }
}

/** x·min(max(x + 3, 0), 6)/6, 0 up to −3. |err| ≤ 2 ulp. */
@unmanaged @final export class HardSwish {
  @inline of<T>(x: v128): v128 {
    const c = v128.pmax<T>(x, v128.neg<T>(at<T>(pick<T>(THREE32, THREE64))));
    return v128.mul<T>(c, changetype<HardSigmoid>(0).of<T>(x));
  }
  @inline f32x4(x: v128): v128 { return this.of<f32>(x); }
  @inline f64x2(x: v128): v128 { return this.of<f64>(x); }
}

/** x above 0, alpha·(e^x − 1) elsewhere. |err| ≤ 2 ulp (measured 1.56 f32). */
@unmanaged @final export class Elu {
  @inline of<T>(x: v128, alpha: v128, y: v128): v128 {
    return select(v128.gt<T>(x, zero<T>()), x, v128.mul<T>(alpha, y));
  }
  @inline f32x4(x: v128, alpha: v128): v128 { return this.of<f32>(x, alpha, changetype<Expm1>(0).f32x4(x)); }
  @inline f64x2(x: v128, alpha: v128): v128 { return this.of<f64>(x, alpha, changetype<Expm1>(0).f64x2(x)); }
}

