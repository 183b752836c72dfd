/** `gradtape/special`: special functions, of float32 and float64. ȳ is the cotangent. */

import { DType } from '../assembly/shared/abi.js';
import { Op } from '../assembly/shared/opcode.js';
import { Wing } from '../assembly/shared/wings.js';
import type { TensorLike } from './convert.js';
import { ALONE, applyMany, converted, functionRow, inexact, isComplex, namesOf, refused, register, unaryFunction, wholeFrom } from './extend.js';
import { abs, atanh, DTypeError, full, less, lessEqual, log, log1p, mul, sub, where, xlogy } from './public.js';
import type { Tensor } from './tensor.js';

register({ name: 'special', number: Wing.special, first: Op.erfinv, ops: namesOf(Op.erfinv, Op.polygamma) });

/**
 * The inverse of erf: w with erf w = x. ±∞ at ±1, NaN beyond. |err| ≤ 4 ulp, f32 1. Gradient ȳ·√π/2·e^(w²).
 * By Wichura's algorithm AS 241 (1988) and one step of Halley's.
 */
export const erfinv = unaryFunction(Op.erfinv);
/** The inverse of erfc: w with erfc w = x, to full accuracy near 0. ∞ at 0, −∞ at 2, NaN beyond. |err| ≤ 4 ulp, f32 1. Gradient −ȳ·√π/2·e^(w²). */
export const erfcinv = unaryFunction(Op.erfcinv);

/** Φ(x), the probability that a normal variable is at most x, to full accuracy in the lower tail. |err| ≤ 4 ulp, f32 1. Gradient ȳ·e^(−x²/2)/√(2π). */
export const ndtr = unaryFunction(Op.ndtr);
/** The inverse of Φ: w with Φ(w) = x, to full accuracy near 0. −∞ at 0, ∞ at 1, NaN beyond. |err| ≤ 4 ulp, f32 1. Gradient ȳ·√(2π)·e^(w²/2). */
export const ndtri = unaryFunction(Op.ndtri);
/** log Φ(x), to full accuracy everywhere. |err| ≤ 4 ulp, f32 1. Gradient ȳ·Φ′(x)/Φ(x). */
export const logNdtr = unaryFunction(Op.logNdtr);

/**
 * log |Γ(x)|. ∞ at 0, at negative whole numbers, at ±∞. |err| ≤ 4 ulp, f32 1; for x < 0, where it crosses zero between poles, of the greater
 * of |y| and 1. Gradient ȳ·digamma(x).
 */
export const lgamma = unaryFunction(Op.lgamma);
/**
 * Γ′(x)/Γ(x), the derivative of lgamma. ∓∞ at ±0, NaN at negative whole numbers. |err| ≤ 4 ulp, f32 1; for x < 0, where it crosses zero
 * between poles, of the greatest of |y|, 1 and log |x|. Gradient ȳ·polygamma(1, x), and so on.
 */
export const digamma = unaryFunction(Op.digamma);

/**
 * The derivative of order n of digamma, n from 0 to 100: (−1)ⁿ⁺¹·n!·Σ (x + k)⁻ⁿ⁻¹ over k ≥ 0 from n = 1 on. f32 f64; int32 and bool become float32.
 * |err| ≤ 4 + 2n ulp for x > 0, f32 1. Gradient ȳ·polygamma(n + 1, x). By Euler's and Maclaurin's formula.
 */
export const polygamma: (n: number, x: TensorLike) => Tensor = /* @__PURE__ */ functionRow(
  'polygamma',
  { n: /* @__PURE__ */ wholeFrom(0, 100), x: ALONE },
  (n, given) => {
    const x = inexact(given);
    return n === 0 ? digamma(x) : (applyMany(Op.polygamma, [full([], n, { dtype: x.dtype }), x])[0] as Tensor);
  },
);

/** f of x in float64, in the precision of x. */
function widely(given: Tensor, f: (x: Tensor) => Tensor): Tensor {
  const x = inexact(given);
  if (isComplex(x.dtypeNumber)) throw refused(DTypeError, '', `does not take ${x.dtype}; it is of real numbers`, { x });
  return converted(f(converted(x, DType.float64)), x.dtypeNumber);
}

/**
 * log x/(1 − x), the inverse of sigmoid, to full accuracy near 0 and ½. −∞ at 0, ∞ at 1, NaN beyond. f32 f64; int32 and bool become float32.
 * |err| ≤ 4 ulp, f32 1. Gradient ȳ/(x(1 − x)).
 */
export const logit: (x: TensorLike) => Tensor = /* @__PURE__ */ functionRow('logit', { x: ALONE }, (given) =>
  widely(given, (x) => where(lessEqual(abs(sub(x, 0.5)), 0.25), mul(atanh(sub(mul(x, 2), 1)), 2), sub(log(x), log1p(mul(x, -1))))),
);

/**
 * −x log x; 0 at 0, −∞ below: SciPy's `entr`, whose sum over a distribution is its entropy. f32 f64; int32 and bool become float32. |err| ≤ 4 ulp,
 * f32 1. Gradient −ȳ·(log x + 1), ∞ at 0.
 */
export const entropy: (x: TensorLike) => Tensor = /* @__PURE__ */ functionRow('entropy', { x: ALONE }, (given) =>
  widely(given, (x) => where(less(x, 0), Number.NEGATIVE_INFINITY, sub(0, xlogy(x, x)))),
);
