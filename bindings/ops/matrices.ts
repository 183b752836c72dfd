/** Reshapes tensors to matrices, for products that are computed as matrix products. Multiplies nothing. */
import type { Tensor } from '../tensor.js';
import { sizeOf } from './axes.js';
import { reshaped } from './define.js';
import { transpose } from './shape.js';

/** x with its axes in the order of `perm`; x itself if they have that order. */
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
