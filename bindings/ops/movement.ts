/** Rows of the op table: the shape and order of elements. Most results are views, which share their operand's elements. */
import { Op } from '../../assembly/shared/opcode.js';
import { checkShape, type TensorLike } from '../convert.js';
import { refused, ShapeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { axesOf, axisOf, sizeOf, upTo } from './axes.js';
import { broadcast, namedRow, one, reshaped, withAttributes } from './define.js';

/**
 * The elements of x, in row-major order, under another shape; one dimension may be −1, which stands for what is left. Any dtype. A view
 * where strides allow, else a copy. x̄ = ȳ reshaped.
 * @throws ShapeError when the number of elements differs.
 */
export const reshape = namedRow('reshape', (op, x: TensorLike, shape: readonly number[]): Tensor => {
  const t = one(x, op);
  return reshaped(t, Array.isArray(shape) && shape.includes(-1) ? inferred(t, shape) : checked(shape, op));
});

function checked(shape: readonly number[], op: string): readonly number[] {
  checkShape(shape, op);
  return shape;
}

function inferred(x: Tensor, shape: readonly number[]): readonly number[] {
  const at = shape.indexOf(-1);
  const others = checked(
    shape.filter((_, i) => i !== at),
    'reshape',
  );
  const left = x.size / sizeOf(others);
  if (!Number.isInteger(left)) throw refused(ShapeError, 'reshape', `the −1 of [${shape.join(', ')}] has no size for ${x.size} elements`, { x });
  return shape.map((dim, i) => (i === at ? left : dim));
}

/** x in one dimension, in row-major order. x̄ = ȳ reshaped. */
export const flatten = namedRow('flatten', (op, x: TensorLike): Tensor => {
  const t = one(x, op);
  return reshaped(t, [t.size]);
});

/**
 * x with axis perm[k] as axis k; without `perm`, axes in reversed order. Any dtype; a view. x̄ = ȳ with the inverse permutation.
 * @throws ShapeError, IndexError unless `perm` names each axis once.
 */
export const transpose = namedRow('transpose', (op, x: TensorLike, perm?: readonly number[]): Tensor => {
  const t = one(x, op);
  return withAttributes(Op.transpose, t, perm === undefined ? [-1] : [perm.length, ...perm]);
});

/** x with axes a and b exchanged. A view. */
export const swapaxes = namedRow('swapaxes', (op, x: TensorLike, a: number, b: number): Tensor => {
  const t = one(x, op);
  const perm = upTo(t.rank);
  const i = axisOf(a, perm.length, op);
  const j = axisOf(b, perm.length, op);
  perm[i] = j;
  perm[j] = i;
  return transpose(t, perm);
});

/** x with the axes `from` moved to the places `to`, the others in their order. A view. */
export const moveaxis = namedRow('moveaxis', (op, x: TensorLike, from: number | readonly number[], to: number | readonly number[]): Tensor => {
  const t = one(x, op);
  const { rank } = t;
  const sources = axesOf(from, rank, op);
  const targets = axesOf(to, rank, op);
  if (sources.length !== targets.length) throw refused(ShapeError, op, `${sources.length} axes can't move to ${targets.length} places`);
  const others = upTo(rank).filter((axis) => !sources.includes(axis));
  const perm = upTo(rank).map((i) => {
    const k = targets.indexOf(i);
    return k < 0 ? (others.shift() as number) : (sources[k] as number);
  });
  return transpose(t, perm);
});

/**
 * x repeated along dimensions of size 1, or missing in front, up to `shape`. Any dtype; a view. x̄ = ȳ summed over them.
 * @throws ShapeError when a dimension is neither 1 nor the wanted one.
 */
export const broadcastTo = namedRow('broadcastTo', (op, x: TensorLike, shape: readonly number[]): Tensor => {
  checkShape(shape, op);
  return broadcast(one(x, op), shape);
});

/** x with a dimension of size 1 at each of the `axis` places of the result. A view. */
export const expandDims = namedRow('expandDims', (op, x: TensorLike, axis: number | readonly number[] = 0): Tensor => {
  const t = one(x, op);
  const rank = t.rank + (typeof axis === 'number' ? 1 : axis.length);
  const added = axesOf(axis, rank, op);
  const dims = [...t.shape];
  return reshape(
    t,
    upTo(rank).map((i) => (added.includes(i) ? 1 : (dims.shift() as number))),
  );
});

/** x without its dimensions of size 1, or without those of `axis` only. A view. @throws ShapeError when one of these has another size. */
export const squeeze = namedRow('squeeze', (op, x: TensorLike, axis?: number | readonly number[]): Tensor => {
  const t = one(x, op);
  const { shape } = t;
  if (axis === undefined)
    return reshape(
      t,
      shape.filter((dim) => dim !== 1),
    );
  const dropped = axesOf(axis, shape.length, op);
  const wide = dropped.find((i) => shape[i] !== 1);
  if (wide !== undefined) throw refused(ShapeError, op, `axis ${wide} has size ${shape[wide]}, expected 1`, { x: t });
  return reshape(
    t,
    shape.filter((_, i) => !dropped.includes(i)),
  );
});
