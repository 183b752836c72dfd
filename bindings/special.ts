/** `gradtape/special`: special functions, of float32 and float64. ȳ is the cotangent. */
import { Op } from '../assembly/shared/opcode.js';
import { Wing } from '../assembly/shared/wings.js';
import { namesOf, register, unaryFunction } from './extend.js';

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
