/** Rows of the op table: the shape and order of elements. Most results are views, which share their operand's elements. */
import { Op } from '../../assembly/shared/opcode.js';
import { checkShape } from '../convert.js';
import { refused, ShapeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { axesOf, axisOf, sizeOf, upTo } from './axes.js';
import { broadcast, namedRow, reshaped, withAttributes } from './define.js';

/**
 * The elements of x, in row-major order, under another shape; one dimension may be −1, which stands for what is left. Any dtype. A view
 * where strides allow, else a copy. x̄ = ȳ reshaped.
 * @throws ShapeError when the number of elements differs.
 */
export const reshape = namedRow('reshape', (op, x: Tensor, shape: readonly number[]) =>
  reshaped(x, Array.isArray(shape) && shape.includes(-1) ? inferred(x, shape) : checked(shape, op)),
);

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
export const flatten = namedRow('flatten', (_, x: Tensor) => reshaped(x, [x.size]));

/**
 * x with axis perm[k] as axis k; without `perm`, axes in reversed order. Any dtype; a view. x̄ = ȳ with the inverse permutation.
 * @throws ShapeError, IndexError unless `perm` names each axis once.
 */
export const transpose = namedRow('transpose', (_, x: Tensor, perm?: readonly number[]) =>
  withAttributes(Op.transpose, x, perm === undefined ? [-1] : [perm.length, ...perm]),
);

/** x with axes a and b exchanged. A view. */
export const swapaxes = namedRow('swapaxes', (op, x: Tensor, a: number, b: number): Tensor => {
  const perm = upTo(x.rank);
  const i = axisOf(a, perm.length, op);
  const j = axisOf(b, perm.length, op);
  perm[i] = j;
  perm[j] = i;
  return transpose(x, perm);
});

/** x with the axes `from` moved to the places `to`, the others in their order. A view. */
export const moveaxis = namedRow('moveaxis', (op, x: Tensor, from: number | readonly number[], to: number | readonly number[]): Tensor => {
  const { rank } = x;
  const sources = axesOf(from, rank, op);
  const targets = axesOf(to, rank, op);
  if (sources.length !== targets.length) throw refused(ShapeError, op, `${sources.length} axes can't move to ${targets.length} places`);
  const others = upTo(rank).filter((axis) => !sources.includes(axis));
  const perm = upTo(rank).map((i) => {
    const k = targets.indexOf(i);
    return k < 0 ? (others.shift() as number) : (sources[k] as number);
  });
  return transpose(x, perm);
});

/**
 * x repeated along dimensions of size 1, or missing in front, up to `shape`. Any dtype; a view. x̄ = ȳ summed over them.
 * @throws ShapeError when a dimension is neither 1 nor the wanted one.
 */
export const broadcastTo = namedRow('broadcastTo', (op, x: Tensor, shape: readonly number[]): Tensor => {
  checkShape(shape, op);
  return broadcast(x, shape);
});

/** x with a dimension of size 1 at each of the `axis` places of the result. A view. */
export const expandDims = namedRow('expandDims', (op, x: Tensor, axis: number | readonly number[] = 0): Tensor => {
  const rank = x.rank + (typeof axis === 'number' ? 1 : axis.length);
  const added = axesOf(axis, rank, op);
  const dims = [...x.shape];
  return reshape(
    x,
    upTo(rank).map((i) => (added.includes(i) ? 1 : (dims.shift() as number))),
  );
});

/** x without its dimensions of size 1, or without those of `axis` only. A view. @throws ShapeError when one of these has another size. */
export const squeeze = namedRow('squeeze', (op, x: Tensor, axis?: number | readonly number[]): Tensor => {
  const { shape } = x;
  if (axis === undefined)
    return reshape(
      x,
      shape.filter((dim) => dim !== 1),
    );
  const dropped = axesOf(axis, shape.length, op);
  const wide = dropped.find((i) => shape[i] !== 1);
  if (wide !== undefined) throw refused(ShapeError, op, `axis ${wide} has size ${shape[wide]}, expected 1`, { x });
  return reshape(
    x,
    shape.filter((_, i) => !dropped.includes(i)),
  );
});
