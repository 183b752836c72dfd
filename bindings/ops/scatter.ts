/** Rows of the op table: values put, added or compared at indices. Index arguments are int32 tensors, or arrays of whole numbers. */
import { Op } from '../../assembly/shared/opcode.js';
import { operand, type TensorLike } from '../convert.js';
import { type DTypeName, dtypeNames, isComplex } from '../dtype.js';
import { refused, ShapeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { add, div, maximum } from './arithmetic.js';
import { type AxisOption, axisIn, axisOf, checkWhole, sizeOf } from './axes.js';
import { concat } from './concat.js';
import { full } from './creation.js';
import { broadcast, counted, namedRow, one, reshaped, row, withAttributes } from './define.js';
import { indicesOf, named, raveled, scattered, taken } from './indices.js';
import { moveaxis } from './movement.js';

/**
 * Zeros of `shape` with the updates added at points: the adjoint of `gatherNd`. (…, k), (…) + shape[k:] → shape. f32 f64 c64 c128 i32.
 * Gradient for the updates: ȳ at the points.
 * @throws IndexError when a point is out of range.
 */
export const scatterNd = row('scatterNd', (indices: TensorLike, updates: TensorLike, shape: readonly number[]): Tensor => {
  const op = 'scatterNd';
  const at = indicesOf(indices, op);
  const positions = raveled(at, shape, op);
  const k = at.shape.at(-1) as number;
  const rows = broadcast(one(updates, op), [...at.shape.slice(0, -1), ...shape.slice(k)]);
  return reshaped(scattered(Op.scatterAdd, rows, positions, 0, sizeOf(shape.slice(0, k))), shape);
});

/** Values for the places that `indices` name along `axis` of x. */
function valuesFor(x: Tensor, indices: Tensor, values: TensorLike, axis: number, op: string): Tensor {
  const { shape } = x;
  return broadcast(operand(values, x, op), [...shape.slice(0, axis), ...indices.shape, ...shape.slice(axis + 1)]);
}

/**
 * x with `values` added at `indices` along `axis` (0); repeated indices accumulate, negative ones count from the end. f32 f64 c64 c128 i32.
 * The values broadcast to the shape of `take(x, indices, { axis })`. x̄ = ȳ; gradient for the values: ȳ at the indices.
 * @throws IndexError when an index is out of range.
 */
export const indexAdd = namedRow('indexAdd', (op, x: Tensor, indices: TensorLike, values: TensorLike, options?: AxisOption): Tensor => {
  const axis = axisOf(axisIn(options, 0), x.rank, op);
  const at = indicesOf(indices, op);
  return add(
    x,
    named(op, () => scattered(Op.scatterAdd, valuesFor(x, at, values, axis, op), at, axis, x.shape[axis] as number)),
  );
});

/**
 * x with `values` in place of its slices at `indices` along `axis` (0); of repeated indices the last counts. Any dtype.
 * x̄ = ȳ where x stays, 0 elsewhere; gradient for the values: ȳ where they stay.
 * @throws IndexError when an index is out of range.
 */
export const indexPut = namedRow('indexPut', (op, x: Tensor, indices: TensorLike, values: TensorLike, options?: AxisOption): Tensor => {
  const { shape } = x;
  const axis = axisOf(axisIn(options, 0), shape.length, op);
  const at = indicesOf(indices, op);
  const rows = reshaped(valuesFor(x, at, values, axis, op), [...shape.slice(0, axis), at.size, ...shape.slice(axis + 1)]);
  return taken(
    concat([x, rows], axis),
    named(op, () => withAttributes(Op.lastWriters, at, [shape[axis] as number])),
    axis,
  );
});

/** The sums or maxima of `updates` at `indices` along an axis of x, in the shape of x: the adjoint of `takeAlongAxis`. */
function alongAxis(op: Op, name: string, x: Tensor, indices: TensorLike, updates: TensorLike, option: AxisOption | undefined): Tensor {
  const axis = axisOf(axisIn(option, 0), x.rank, name);
  const at = indicesOf(indices, name);
  const from = broadcast(operand(updates, x, name), at.shape);
  const last = x.rank - 1;
  if (at.rank !== x.rank || at.shape.some((dim, i) => i !== axis && dim !== x.shape[i]))
    throw refused(ShapeError, name, `indices have the dimensions of x but along axis ${axis}`, { x, indices: at });
  return moveaxis(scattered(op, moveaxis(from, axis, -1), moveaxis(at, axis, -1), last, x.shape[axis] as number, last), -1, axis);
}

/**
 * x with updates added: y[indices[i, j, …], j, …] += updates[i, j, …] for axis 0, and so on. f32 f64 c64 c128 i32.
 * x̄ = ȳ; gradient for the updates: `takeAlongAxis` of ȳ.
 * @throws IndexError when an index is out of range.
 */
export const scatterAdd = namedRow('scatterAdd', (op, x: Tensor, indices: TensorLike, updates: TensorLike, options?: AxisOption) =>
  add(x, alongAxis(Op.scatterAdd, op, x, indices, updates, options)),
);

/**
 * x raised to the greatest of the updates for each element, placed as in `scatterAdd`. f32 f64 i32. ȳ goes to x where no update is greater,
 * else to the greatest updates, in equal shares.
 * @throws IndexError when an index is out of range.
 */
export const scatterMax = namedRow('scatterMax', (op, x: Tensor, indices: TensorLike, updates: TensorLike, options?: AxisOption) =>
  maximum(counted(x), alongAxis(Op.scatterMax, op, counted(x), indices, updates, options)),
);

/** How many segments ids name, when nobody says. */
function countOf(ids: Tensor): number {
  return (ids.data() as Int32Array).reduce((most, id) => Math.max(most, id + 1), 0);
}

export interface SegmentOptions {
  /** How many segments there are; one more than the greatest id when absent. */
  readonly numSegments?: number;
}

function segmentsOf(x: Tensor, ids: TensorLike, options: SegmentOptions, op: string): [ids: Tensor, count: number] {
  const at = indicesOf(ids, op);
  const { numSegments = countOf(at) } = options;
  checkWhole(numSegments, 'numSegments', op, 0);
  if (at.shape.some((dim, i) => dim !== x.shape[i])) throw refused(ShapeError, op, "ids have x's first dimensions", { x, ids: at });
  return [at, numSegments];
}

/**
 * y[s] = Σ of the x[i] with ids[i] = s, in any order; negative ids are dropped, empty segments are 0. ids.shape + rest → [segments] + rest.
 * f32 f64 c64 c128 i32. x̄ᵢ = ȳ[ids[i]].
 * @throws IndexError when an id is not below `numSegments`.
 */
export const segmentSum = namedRow('segmentSum', (op, x: Tensor, ids: TensorLike, options: SegmentOptions = {}): Tensor => {
  const [at, count] = segmentsOf(x, ids, options, op);
  return named(op, () => scattered(Op.scatterAdd, x, at, 0, count, 0, true));
});

/** y[s] = mean of the x[i] with ids[i] = s; otherwise as `segmentSum`. f32 f64 c64 c128. x̄ᵢ = ȳ[ids[i]]/count. */
export const segmentMean = namedRow('segmentMean', (op, x: Tensor, ids: TensorLike, options: SegmentOptions = {}): Tensor => {
  const [at, numSegments] = segmentsOf(x, ids, options, op);
  const sums = segmentSum(x, at, { numSegments });
  const dtype = sums.dtypeNumber;
  const ones = full(at.shape, 1, { dtype: dtypeNames[isComplex(dtype) ? dtype - 2 : dtype] as DTypeName });
  const counts = maximum(segmentSum(ones, at, { numSegments }), 1);
  return div(
    sums,
    reshaped(
      counts,
      sums.shape.map((_, i) => (i ? 1 : numSegments)),
    ),
  );
});

/** y[s] = greatest of the x[i] with ids[i] = s, −∞ (int32: the least) for none; otherwise as `segmentSum`. f32 f64 i32. x̄ = ȳ shared by the greatest. */
export const segmentMax = namedRow('segmentMax', (op, x: Tensor, ids: TensorLike, options: SegmentOptions = {}): Tensor => {
  const [at, count] = segmentsOf(x, ids, options, op);
  return named(op, () => scattered(Op.scatterMax, x, at, 0, count, 0, true));
});
