/** Rows of the op table: values stored, added or compared at indices. Index arguments are int32 tensors, or arrays of whole numbers. */
import { DType } from '../../assembly/shared/abi.js';
import { Op } from '../../assembly/shared/opcode.js';
import type { TensorLike } from '../convert.js';
import { type DTypeName, dtypeNames, isComplex } from '../dtype.js';
import { refused, ShapeError } from '../errors.js';
import { ALONE, INDICES, INDICES_OR_MASK, SHAPE, SIZE, TENSOR, WHOLE, WHOLES } from '../kinds.js';
import type { Tensor } from '../tensor.js';
import { add, div, maximum, sub } from './arithmetic.js';
import { type AxisOption, axesOf, axisOf, sizeOf, upTo } from './axes.js';
import { where } from './comparison.js';
import { concat, stack } from './concat.js';
import { arange, full } from './creation.js';
import { cut } from './cuts.js';
import { broadcast, counted, reshaped, row, withAttributes } from './define.js';
import { cumsum } from './scan.js';
import { moveaxis } from './shape.js';
import { raveled, scattered, taken } from './taking.js';

const AXIS = { axis: [WHOLE, 0] } as const;
const UPDATES = { x: ALONE, indices: INDICES, updates: TENSOR };
type AtIndices = (x: TensorLike, indices: TensorLike, updates: TensorLike, options?: AxisOption) => Tensor;

/**
 * Zeros of `shape` with the updates added at points: the adjoint of `gatherNd`. (…, k), (…) + shape[k:] → shape; indices of one dimension are
 * places along the first axis. f32 f64 c64 c128 i32.
 * Gradient for the updates: ȳ at the points.
 * @throws IndexError when a point is out of range.
 */
export const scatterNd: (indices: TensorLike, updates: TensorLike, shape: readonly number[]) => Tensor = row(
  'scatterNd',
  { indices: INDICES, updates: ALONE, shape: SHAPE },
  (given, updates, shape) => {
    const at = given.rank === 1 ? reshaped(given, [given.size, 1]) : given;
    const positions = raveled(at, shape);
    const k = at.shape.at(-1) as number;
    const rows = broadcast(updates, [...at.shape.slice(0, -1), ...shape.slice(k)]);
    return reshaped(scattered(Op.scatterAdd, rows, positions, 0, sizeOf(shape.slice(0, k))), shape);
  },
);

/** `values`, broadcast to the shape of the slices of x at `indices` along `axis`. */
function valuesFor(x: Tensor, indices: Tensor, values: Tensor, axis: number): Tensor {
  const { shape } = x;
  return broadcast(values, [...shape.slice(0, axis), ...indices.shape, ...shape.slice(axis + 1)]);
}

/**
 * x with `values` added at `indices` along `axis` (0); repeated indices accumulate, negative ones count from the end. f32 f64 c64 c128 i32.
 * The values broadcast to the shape of `take(x, indices, { axis })`. |err| as `scatterAdd`'s. x̄ = ȳ;
 * gradient for the values: ȳ at the indices.
 * @throws IndexError when an index is out of range.
 */
export const indexAdd: AtIndices = row('indexAdd', { x: ALONE, indices: INDICES, values: TENSOR }, AXIS, (x, indices, values, { axis: given }) => {
  const axis = axisOf(given, x.rank);
  return add(x, scattered(Op.scatterAdd, valuesFor(x, indices, values, axis), indices, axis, x.shape[axis] as number));
});

/**
 * x with `values` in place of its slices at `indices` along `axis` (0); of repeated indices the last counts. With a list of axes, the last
 * dimension of the indices names a position on each of them, as for `gatherNd`. Indices may be a bool mask with x's dimensions from `axis` on: then the
 * values replace the slices at which it is true, in order, and further values are ignored. Any dtype. x̄ = ȳ where x stays, 0 elsewhere; gradient for the
 * values: ȳ where they are stored.
 * @throws IndexError when an index is out of range; ShapeError when values or mask don't fit.
 */
export const indexPut: (x: TensorLike, indices: TensorLike, values: TensorLike, options?: AxisOption<number | readonly number[]>) => Tensor = row(
  'indexPut',
  { x: ALONE, indices: INDICES_OR_MASK, values: TENSOR },
  { axis: [WHOLES, 0] },
  (x, at, values, { axis }) => {
    if (typeof axis !== 'number') return putAtPoints(x, at, values, axesOf(axis, x.rank));
    const first = axisOf(axis, x.rank);
    return at.dtypeNumber === DType.bool ? putWhere(x, at, values, first) : put(x, at, values, first);
  },
);

function put(x: Tensor, at: Tensor, values: Tensor, axis: number): Tensor {
  const { shape } = x;
  const rows = reshaped(valuesFor(x, at, values, axis), [...shape.slice(0, axis), at.size, ...shape.slice(axis + 1)]);
  return taken(concat([x, rows], axis), withAttributes(Op.lastWriters, at, [shape[axis] as number]), axis);
}

/** As `put`, at points on several axes, which are moved to the front and merged to one meanwhile. */
function putAtPoints(x: Tensor, points: Tensor, values: Tensor, axes: readonly number[]): Tensor {
  const k = axes.length;
  if (points.shape.at(-1) !== k) throw refused(ShapeError, 'indexPut', `the last dimension of indices names a place on each of ${k} axes`);
  const front = moveaxis(x, axes, upTo(k));
  const dims = front.shape.slice(0, k);
  const rows = reshaped(front, [sizeOf(dims), ...front.shape.slice(k)]);
  return moveaxis(reshaped(put(rows, raveled(points, dims), values, 0), front.shape), upTo(k), axes);
}

function putWhere(x: Tensor, mask: Tensor, given: Tensor, axis: number): Tensor {
  const { shape } = x;
  const dims = mask.shape;
  if (!dims.length || dims.some((dim, i) => dim !== shape[axis + i]))
    throw refused(ShapeError, 'indexPut', `the mask's dimensions are those of x from axis ${axis} on`);
  const inner = shape.slice(axis + dims.length);
  const flat = reshaped(mask, [mask.size]);
  const rows = reshaped(x, [...shape.slice(0, axis), mask.size, ...inner]);
  const count = given.shape[given.rank - 1 - inner.length] ?? 1;
  const chosen = (): Tensor => {
    const all = broadcast(given, [...shape.slice(0, axis), count, ...inner]);
    return taken(all, maximum(sub(cumsum(flat), 1), 0), axis); // the next value for each true element
  };
  return reshaped(where(reshaped(flat, [mask.size, ...inner.map(() => 1)]), count === 1 ? given : chosen(), rows), shape);
}

/** The row-major positions in x of the elements that `indices` name along an axis, where an index's position along the other axes counts; in their shape. */
export function placesAlong(x: Tensor, indices: Tensor, axis: number): Tensor {
  const { shape } = indices;
  const grid = (dim: number, i: number): Tensor => {
    const along = shape.map((_, k) => (k === i ? dim : 1));
    return i === axis ? indices : broadcast(reshaped(arange(dim, { dtype: 'int32' }), along), shape);
  };
  return raveled(stack(shape.map(grid), -1), x.shape);
}

/** `values`, broadcast to a shape; along axes in which they have more elements, cut to it. */
export function fitted(values: Tensor, shape: readonly number[]): Tensor {
  const isLarger = values.rank === shape.length && values.shape.every((dim, i) => dim >= (shape[i] as number));
  return isLarger ? shape.reduce((t, dim, i) => cut(t, i, 0, 1, dim), values) : broadcast(values, shape);
}

/** Refuses indices that are not of x's rank, or do not fit it. */
export function alongIndices(x: Tensor, at: Tensor, axis: number): Tensor {
  if (at.rank !== x.rank || at.shape.some((dim, i) => i !== axis && dim > (x.shape[i] as number)))
    throw refused(ShapeError, 'scatterAdd', `indices have the dimensions of x, or smaller ones, but along axis ${axis}`);
  return at;
}

/** The sums or maxima of `updates` at `indices` along an axis of x, in the shape of x: the adjoint of `takeAlongAxis`. */
function alongAxis(op: Op, x: Tensor, at: Tensor, updates: Tensor, given: number): Tensor {
  const axis = axisOf(given, x.rank);
  alongIndices(x, at, axis);
  const from = fitted(updates, at.shape);
  const last = x.rank - 1;
  if (at.shape.some((dim, i) => i !== axis && dim !== x.shape[i])) {
    const [values, places] = [from, placesAlong(x, at, axis)].map((t) => reshaped(t, [at.size])) as [Tensor, Tensor];
    return reshaped(scattered(op, values, places, 0, x.size), x.shape);
  }
  return moveaxis(scattered(op, moveaxis(from, axis, -1), moveaxis(at, axis, -1), last, x.shape[axis] as number, last), -1, axis);
}

/**
 * x with updates added: y[indices[i, j, …], j, …] += updates[i, j, …] for axis 0, and so on. Indices may have fewer elements than x along the
 * other axes, and updates more than the indices. f32 f64 c64 c128 i32.
 * |err| ≤ min(rows + 1, 34)·u·Σ of all sizes at an index. x̄ = ȳ; gradient for the updates: `takeAlongAxis` of ȳ.
 * @throws IndexError when an index is out of range.
 */
export const scatterAdd: AtIndices = row('scatterAdd', UPDATES, AXIS, (x, indices, updates, { axis }) =>
  add(x, alongAxis(Op.scatterAdd, x, indices, updates, axis)),
);

/**
 * x raised to the greatest of the updates for each element, placed as in `scatterAdd`. f32 f64 i32. ȳ goes to x where no update is greater,
 * else to the greatest updates, in equal shares.
 * @throws IndexError when an index is out of range.
 */
export const scatterMax: AtIndices = row('scatterMax', UPDATES, AXIS, (x, indices, updates, { axis }) =>
  maximum(counted(x), alongAxis(Op.scatterMax, counted(x), indices, updates, axis)),
);

/** The number of segments when it is not given: the greatest id plus 1. */
export function countOf(ids: Tensor): number {
  return (ids.data() as Int32Array).reduce((most, id) => Math.max(most, id + 1), 0);
}

export interface SegmentOptions {
  /** The number of segments; one more than the greatest id when absent. */
  readonly numSegments?: number | undefined;
  /** The axis of x with which the axes of the ids begin: 0 by default. */
  readonly axis?: number | undefined;
}

type Segments = (x: TensorLike, ids: TensorLike, options?: number | SegmentOptions) => Tensor;

/** A row that reduces segments of x. */
const segments = (name: string, of: (x: Tensor, ids: Tensor, numSegments: number, axis: number) => Tensor): Segments =>
  row(name, { x: ALONE, ids: INDICES }, { axis: [WHOLE, 0], numSegments: [SIZE] }, (x, ids, { axis: given, numSegments = countOf(ids) }) => {
    const axis = axisOf(given, x.rank);
    if (ids.shape.some((dim, i) => dim !== x.shape[axis + i])) throw refused(ShapeError, name, `ids have x's dimensions from axis ${axis} on`);
    return of(x, ids, numSegments, axis);
  });

/**
 * y[s] = Σ of the x[i] with ids[i] = s, in any order; negative ids are dropped, empty segments are 0. ids.shape + rest → [segments] + rest, or from
 * `axis` on.
 * f32 f64 c64 c128 i32. |err| ≤ min(rows, 33)·u·Σ|x| of a segment, however long. x̄ᵢ = ȳ[ids[i]].
 * @throws IndexError when an id is not below `numSegments`.
 */
export const segmentSum: Segments = segments('segmentSum', (x, ids, count, axis) => scattered(Op.scatterAdd, x, ids, axis, count, 0, true));

/** y[s] = mean of the x[i] with ids[i] = s; otherwise as `segmentSum`. f32 f64 c64 c128. x̄ᵢ = ȳ[ids[i]]/count. */
export const segmentMean: Segments = segments('segmentMean', (x, ids, numSegments, axis) => {
  const sums = segmentSum(x, ids, { numSegments, axis });
  const dtype = sums.dtypeNumber;
  const ones = full(ids.shape, 1, { dtype: dtypeNames[isComplex(dtype) ? dtype - 2 : dtype] as DTypeName });
  const counts = maximum(segmentSum(ones, ids, { numSegments }), 1);
  return div(
    sums,
    reshaped(
      counts,
      sums.shape.map((_, i) => (i === axis ? numSegments : 1)),
    ),
  );
});

/** y[s] = greatest of the x[i] with ids[i] = s, −∞ (int32: the least) for none; otherwise as `segmentSum`. f32 f64 i32. x̄ = ȳ shared by the greatest. */
export const segmentMax: Segments = segments('segmentMax', (x, ids, count, axis) => scattered(Op.scatterMax, x, ids, axis, count, 0, true));
