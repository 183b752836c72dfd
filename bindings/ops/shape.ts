/** Rows of the op table: shape and order of elements. Most results are views, which share their operand's elements. */

import { Op } from '../../assembly/shared/opcode.js';
import { transposeWords } from '../attributes.js';
import { checkShape, type TensorLike } from '../convert.js';
import { refused, ShapeError } from '../errors.js';
import { ALONE, SHAPE, WHOLE, WHOLE_LIST, WHOLES } from '../kinds.js';
import type { Tensor } from '../tensor.js';
import { type AxisOption, axesOf, axisOf, checkRank, listOf, sizeOf, upTo } from './axes.js';
import { broadcast, reshaped, row, type Unary, withAttributes } from './define.js';

type Axes = number | readonly number[];

/**
 * The elements of x, in row-major order, in another shape; one dimension may be −1, and is computed from the others. Any dtype. A view
 * where strides allow, else a copy. x̄ = ȳ reshaped.
 * @throws ShapeError when the number of elements differs.
 */
export const reshape: (x: TensorLike, shape: readonly number[]) => Tensor = row('reshape', { x: ALONE, shape: WHOLE_LIST }, (x, shape) => {
  const at = shape.indexOf(-1);
  if (at < 0) return reshaped(x, checked(shape));
  const others = shape.filter((_, i) => i !== at);
  const left = x.size / sizeOf(checked(others));
  if (!Number.isInteger(left)) throw refused(ShapeError, 'reshape', `the −1 of [${shape.join(', ')}] has no size for ${x.size} elements`);
  return reshaped(x, checked(shape.map((dim, i) => (i === at ? left : dim))));
});

function checked(shape: readonly number[]): readonly number[] {
  checkShape(shape, 'reshape');
  return shape;
}

/** x in one dimension, in row-major order. x̄ = ȳ reshaped. */
export const flatten: Unary = row('flatten', { x: ALONE }, (x) => reshaped(x, [x.size]));

/**
 * x with axis perm[k] as axis k; without `perm`, axes in reversed order. Any dtype; a view. x̄ = ȳ with the inverse permutation.
 * @throws ShapeError, IndexError unless `perm` names each axis once.
 */
export const transpose: (x: TensorLike, perm?: readonly number[]) => Tensor = row(
  'transpose',
  { x: ALONE, perm: [WHOLE_LIST] },
  (x, perm: readonly number[] | undefined) => {
    if (perm && perm.length !== x.rank) throw refused(ShapeError, 'transpose', `perm is [${perm.join(', ')}], and x has ${x.rank} axes`);
    return withAttributes(Op.transpose, x, transposeWords(perm));
  },
);

/** x with axes a and b exchanged. A view. */
export const swapaxes: (x: TensorLike, a: number, b: number) => Tensor = row('swapaxes', { x: ALONE, a: WHOLE, b: WHOLE }, (x, a, b) => {
  const perm = upTo(x.rank);
  const i = axisOf(a, perm.length);
  const j = axisOf(b, perm.length);
  perm[i] = j;
  perm[j] = i;
  return transpose(x, perm);
});

/** x with the axes `from` moved to the places `to`, the others in their order. A view. */
export const moveaxis: (x: TensorLike, from: Axes, to: Axes) => Tensor = row('moveaxis', { x: ALONE, from: WHOLES, to: WHOLES }, (x, from, to) => {
  const { rank } = x;
  const sources = axesOf(from, rank);
  const targets = axesOf(to, rank);
  if (sources.length !== targets.length) throw refused(ShapeError, 'moveaxis', `${sources.length} axes can't move to ${targets.length} places`);
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
export const broadcastTo: (x: TensorLike, shape: readonly number[]) => Tensor = row('broadcastTo', { x: ALONE, shape: SHAPE }, broadcast);

/** x with a dimension of size 1 at each of the `axis` places of the result. A view. */
export const expandDims: (x: TensorLike, options?: AxisOption<Axes>) => Tensor = row('expandDims', { x: ALONE }, { axis: [WHOLES, 0] }, (x, { axis }) => {
  const rank = x.rank + listOf(axis).length;
  checkRank(rank);
  const added = axesOf(axis, rank);
  const dims = [...x.shape];
  return reshaped(
    x,
    upTo(rank).map((i) => (added.includes(i) ? 1 : (dims.shift() as number))),
  );
});

/** x without its dimensions of size 1, or without those of `axis` only. A view. @throws ShapeError when one of these has another size. */
export const squeeze: (x: TensorLike, options?: AxisOption<Axes>) => Tensor = row('squeeze', { x: ALONE }, { axis: [WHOLES] }, (x, { axis }) => {
  const { shape } = x;
  const dropped = axis === undefined ? upTo(shape.length).filter((i) => shape[i] === 1) : axesOf(axis, shape.length);
  const wide = dropped.find((i) => shape[i] !== 1);
  if (wide !== undefined) throw refused(ShapeError, 'squeeze', `axis ${wide} has size ${shape[wide]}, expected 1`);
  return reshaped(
    x,
    shape.filter((_, i) => !dropped.includes(i)),
  );
});
