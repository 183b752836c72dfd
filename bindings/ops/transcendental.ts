/**
 * Rows of the op table: exponentials, logarithms, trigonometric and hyperbolic functions. f32 f64 c64 c128, except for erf and erfc.
 * |err| ≤ 2 ulp (f64: 1 for exp, expm1, log, log1p, sin, cos, tan), complex 8 eps of the modulus; branch cuts as C99. ȳ is the cotangent.
 */
import { Op } from '../../assembly/shared/opcode.js';
import { unary } from './define.js';

/** eˣ. Gradient ȳ·conj eˣ. */
export const exp = unary(Op.exp);
/** eˣ − 1, accurate near 0. Gradient ȳ·conj eˣ. */
export const expm1 = unary(Op.expm1);
/** 2ˣ. Gradient ln 2·ȳ·conj 2ˣ. */
export const exp2 = unary(Op.exp2);
/** log x. Gradient ȳ/conj x. */
export const log = unary(Op.log);
/** log₂ x. Gradient ȳ/(ln 2·conj x). */
export const log2 = unary(Op.log2);
/** log₁₀ x. Gradient ȳ/(ln 10·conj x). */
export const log10 = unary(Op.log10);
/** log(1 + x), accurate near 0. Gradient ȳ/conj(1 + x). */
export const log1p = unary(Op.log1p);

/** sin x, x in radians. Gradient ȳ·conj cos x. */
export const sin = unary(Op.sin);
/** cos x, x in radians. Gradient −ȳ·conj sin x. */
export const cos = unary(Op.cos);
/** tan x, x in radians. Gradient ȳ·conj(1 + tan² x). */
export const tan = unary(Op.tan);
/** sin(πx)/(πx), 1 at 0, exactly 0 at other whole numbers and at ±∞. Gradient ȳ·(cos πx − sinc x)/x, 0 at 0. */
export const sinc = unary(Op.sinc);
/** The angle whose sine is x. Gradient ȳ/conj √(1 − x²). */
export const asin = unary(Op.asin);
/** The angle whose cosine is x. Gradient −ȳ/conj √(1 − x²). */
export const acos = unary(Op.acos);
/** The angle whose tangent is x. Gradient ȳ/conj(1 + x²). */
export const atan = unary(Op.atan);

/** sinh x. Gradient ȳ·conj cosh x. */
export const sinh = unary(Op.sinh);
/** cosh x. Gradient ȳ·conj sinh x. */
export const cosh = unary(Op.cosh);
/** tanh x. Gradient ȳ·conj(1 − tanh² x). */
export const tanh = unary(Op.tanh);
/** The inverse of sinh. Gradient ȳ/conj √(1 + x²). */
export const asinh = unary(Op.asinh);
/** The inverse of cosh. Gradient ȳ/conj(√(x − 1)·√(x + 1)). */
export const acosh = unary(Op.acosh);
/** The inverse of tanh. Gradient ȳ/conj(1 − x²). */
export const atanh = unary(Op.atanh);

/** 2/√π·∫₀ˣ e^(−t²) dt. f32 f64. Gradient 2/√π·ȳ·e^(−x²). */
export const erf = unary(Op.erf);
/** 1 − erf x, accurate where erf x is near 1. f32 f64; |err| ≤ 4 ulp in the tail. Gradient −2/√π·ȳ·e^(−x²). */
export const erfc = unary(Op.erfc);
