/** Rows of the op table: comparison, logic, rounding and choice. Only `where` has a gradient. */
import { DType } from '../../assembly/shared/abi.js';
import { Op } from '../../assembly/shared/opcode.js';
import { apply1 } from '../call.js';
import type { TensorLike } from '../convert.js';
import { isComplex } from '../dtype.js';
import { ALONE, ANY, WHOLE } from '../kinds.js';
import { opName } from '../opnames.js';
import type { Tensor } from '../tensor.js';
import { div, mul } from './arithmetic.js';
import { imag, real } from './complex.js';
import { binary, converted, functionRow, logical, many, row, together, two, type Unary, unary } from './define.js';

/** The largest whole number ≤ x. f32 f64 i32. */
export const floor = unary(Op.floor);
/** The smallest whole number ≥ x. f32 f64 i32. */
export const ceil = unary(Op.ceil);
export interface RoundOptions {
  /** The number of digits after the point, 0 by default; a negative number counts digits before the point. */
  readonly decimals?: number;
}

/**
 * The nearest whole number, of two the even one; or the nearest multiple of 10⁻ᵈ for `decimals` d, as x·10ᵈ rounded, which leaves x as it is
 * where x·10ᵈ is too large. f32 f64 i32.
 */
export const round: (x: TensorLike, options?: number | RoundOptions) => Tensor = row('round', { x: ALONE }, { decimals: [WHOLE, 0] }, (x, { decimals }) => {
  const isWhole = x.dtypeNumber >= DType.int32;
  if (decimals === 0 || (isWhole && decimals > 0)) return apply1(Op.round, x);
  const unit = 10 ** Math.abs(decimals);
  const [there, back] = decimals > 0 ? [mul, div] : [div, mul];
  const t = isWhole ? converted(x, DType.float64) : x;
  const y = back(apply1(Op.round, there(t, unit)), unit);
  return isWhole ? converted(y, DType.int32) : where(isFinite(y), y, apply1(Op.round, t));
});
/** x without its fraction. f32 f64 i32. */
export const trunc = unary(Op.trunc);
/** Heaviside's step: 1 where x > 0, else 0. f32 f64 i32. */
export const step = unary(Op.step);

const test = (op: Op, join: (x: TensorLike, y: TensorLike) => Tensor): Unary =>
  row(opName(op), { x: ALONE }, (x) => {
    return isComplex(x.dtypeNumber) ? join(apply1(op, real(x)), apply1(op, imag(x))) : apply1(op, x);
  });

/** x = y. Any dtype → bool. */
export const equal = binary(Op.equal);
/** x ≠ y. Any dtype → bool. */
export const notEqual = binary(Op.notEqual);
/** x < y. f32 f64 i32 bool → bool. */
export const less = binary(Op.less);
/** x ≤ y. f32 f64 i32 bool → bool. */
export const lessEqual = binary(Op.lessEqual);
/** x > y. f32 f64 i32 bool → bool. */
export const greater = binary(Op.greater);
/** x ≥ y. f32 f64 i32 bool → bool. */
export const greaterEqual = binary(Op.greaterEqual);

/** x ∧ y; a number is true unless 0. Any dtype → bool. */
export const logicalAnd = logical(Op.logicalAnd);
/** x ∨ y; a number is true unless 0. Any dtype → bool. */
export const logicalOr = logical(Op.logicalOr);
/** x ≠ y as truth values; a number is true unless 0. Any dtype → bool. */
export const logicalXor = logical(Op.logicalXor);
/** ¬x; a number is true unless 0. Any dtype → bool. */
export const logicalNot: Unary = row('logicalNot', { x: ALONE }, (x) => apply1(Op.logicalNot, converted(x, DType.bool)));

/** Whether x, or a part of it, is NaN. Any dtype → bool. */
// biome-ignore lint/suspicious/noShadowRestrictedNames: the op's name; the global one is not used here.
export const isNaN = test(Op.isNaN, logicalOr);
/** Whether x, and each part of it, is neither infinite nor NaN. Any dtype → bool. */
// biome-ignore lint/suspicious/noShadowRestrictedNames: the op's name; the global one is not used here.
export const isFinite = test(Op.isFinite, logicalAnd);
/** Whether x, or a part of it, is ∞ or −∞. Any dtype → bool. */
export const isInf = test(Op.isInf, logicalOr);

/**
 * x where the condition holds, else y; the three broadcast together. x and y of one dtype, or real and complex of one precision;
 * a number in the condition is true unless 0. Gradient ȳ to the chosen one, 0 to the other whatever it is.
 */
export const where: (condition: TensorLike, x: TensorLike, y: TensorLike) => Tensor = functionRow(
  'where',
  { condition: ALONE, x: ANY, y: ANY },
  (condition: Tensor, x: TensorLike, y: TensorLike) => {
    const [a, b] = two(x, y);
    const operands = together(a, b, 'where');
    return many(Op.where, [converted(condition, DType.bool), ...operands]);
  },
);
