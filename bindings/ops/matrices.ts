/** Axes gathered into matrices, for products that are matrix products at heart. Multiplies nothing. */
import { Op } from '../../assembly/shared/opcode.js';
import { operand, type TensorLike } from '../convert.js';
import { Tensor } from '../tensor.js';
import { sizeOf } from './axes.js';
import { withAttributes } from './define.js';
import { transpose } from './movement.js';

/** Both operands of `op` as tensors. */
export function both(a: TensorLike, b: TensorLike, op: Op): [Tensor, Tensor] {
  const x = a instanceof Tensor ? a : operand(a, b, op);
  return [x, b instanceof Tensor ? b : operand(b, x, op)];
}

/** x under another shape, which may have more dimensions than users' tensors. */
export const reshaped = (x: Tensor, shape: readonly number[]): Tensor => withAttributes(Op.reshape, x, [shape.length, ...shape]);

/** x with its axes in the order of `perm`; x itself when that is their order. */
export const permuted = (x: Tensor, perm: readonly number[]): Tensor => (perm.every((axis, i) => axis === i) ? x : transpose(x, perm));

/** Sizes of some axes of a shape. */
export const sizesOf = (shape: readonly number[], axes: readonly number[]): number[] => axes.map((axis) => shape[axis] as number);

/** x as (batch…, Π rows, Π columns), the axes of each group in the order given. A view where strides allow. */
export function matrices(x: Tensor, batch: readonly number[], rows: readonly number[], columns: readonly number[]): Tensor {
  const t = permuted(x, [...batch, ...rows, ...columns]);
  if (rows.length === 1 && columns.length === 1) return t;
  const { shape } = x;
  return reshaped(t, [...sizesOf(shape, batch), sizeOf(sizesOf(shape, rows)), sizeOf(sizesOf(shape, columns))]);
}
