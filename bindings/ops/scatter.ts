/** Rows of the op table: values put, added or compared at indices. Index arguments are int32 tensors, or arrays of whole numbers. */
import { DType } from '../../assembly/shared/abi.js';
import { Op } from '../../assembly/shared/opcode.js';
import { operand, type TensorLike, tensor } from '../convert.js';
import { type DTypeName, dtypeNames, isComplex } from '../dtype.js';
import { refused, ShapeError } from '../errors.js';
import { Tensor } from '../tensor.js';
import { add, div, maximum, sub } from './arithmetic.js';
import { type AxisOption, axesOf, axisIn, axisOf, checkWhole, sizeOf, upTo } from './axes.js';
import { where } from './comparison.js';
import { concat, stack } from './concat.js';
import { arange, full } from './creation.js';
import { cut } from './cuts.js';
import { broadcast, counted, namedRow, one, reshaped, row, withAttributes } from './define.js';
import { indicesOf, named, raveled, scattered, taken } from './indices.js';
import { moveaxis } from './movement.js';
import { cumsum } from './scan.js';

/**
 * Zeros of `shape` with the updates added at points: the adjoint of `gatherNd`. (…, k), (…) + shape[k:] → shape; indices of one dimension are
 * places along the first axis. f32 f64 c64 c128 i32.
 * Gradient for the updates: ȳ at the points.
 * @throws IndexError when a point is out of range.
 */
export const scatterNd = row('scatterNd', (indices: TensorLike, updates: TensorLike, shape: readonly number[]): Tensor => {
  const op = 'scatterNd';
  const given = indicesOf(indices, op);
  const at = given.rank === 1 ? reshaped(given, [given.size, 1]) : given;
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
 * The values broadcast to the shape of `take(x, indices, { axis })`. |err| as `scatterAdd`'s. x̄ = ȳ;
 * gradient for the values: ȳ at the indices.
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
 * x with `values` in place of its slices at `indices` along `axis` (0); of repeated indices the last counts. With a list of axes, the last
 * dimension of the indices names a place on each of them, as for `gatherNd`. In place of indices a mask, bool, of x's dimensions from `axis` on:
 * the values go where it is true, in order, those left over nowhere. Any dtype. x̄ = ȳ where x stays, 0 elsewhere; gradient for the values: ȳ where they stay.
 * @throws IndexError when an index is out of range; ShapeError when values or mask don't fit.
 */
export const indexPut = namedRow(
  'indexPut',
  (op, x: Tensor, indices: TensorLike, values: TensorLike, options?: AxisOption<number | readonly number[]>): Tensor => {
    const at = indices instanceof Tensor || !isBooleans(indices) ? indicesOrMask(indices, op) : tensor(indices);
    const axis = axisIn(options, 0);
    if (typeof axis !== 'number') return putAtPoints(x, at, values, axesOf(axis, x.rank, op), op);
    const first = axisOf(axis, x.rank, op);
    return at.dtypeNumber === DType.bool ? putWhere(x, at, values, first, op) : put(x, at, values, first, op);
  },
);

const isBooleans = (v: TensorLike): boolean => typeof v === 'boolean' || (Array.isArray(v) && v.length > 0 && isBooleans(v[0] as TensorLike));

const indicesOrMask = (v: TensorLike, op: string): Tensor => (v instanceof Tensor && v.dtypeNumber === DType.bool ? v : indicesOf(v, op));

function put(x: Tensor, at: Tensor, values: TensorLike, axis: number, op: string): Tensor {
  const { shape } = x;
  const rows = reshaped(valuesFor(x, at, values, axis, op), [...shape.slice(0, axis), at.size, ...shape.slice(axis + 1)]);
  return taken(
    concat([x, rows], axis),
    named(op, () => withAttributes(Op.lastWriters, at, [shape[axis] as number])),
    axis,
  );
}

/** `put` at places on several axes, which come first for the time being, as one. */
function putAtPoints(x: Tensor, points: Tensor, values: TensorLike, axes: readonly number[], op: string): Tensor {
  const k = axes.length;
  if (points.shape.at(-1) !== k) throw refused(ShapeError, op, `the last dimension of indices names a place on each of ${k} axes`, { x, indices: points });
  const front = moveaxis(x, axes, upTo(k));
  const dims = front.shape.slice(0, k);
  const rows = reshaped(front, [sizeOf(dims), ...front.shape.slice(k)]);
  return moveaxis(reshaped(put(rows, raveled(points, dims, op), values, 0, op), front.shape), upTo(k), axes);
}

function putWhere(x: Tensor, mask: Tensor, values: TensorLike, axis: number, op: string): Tensor {
  const { shape } = x;
  const dims = mask.shape;
  if (!dims.length || dims.some((dim, i) => dim !== shape[axis + i]))
    throw refused(ShapeError, op, `the mask's dimensions are those of x from axis ${axis} on`, { x, mask });
  const inner = shape.slice(axis + dims.length);
  const flat = reshaped(mask, [mask.size]);
  const rows = reshaped(x, [...shape.slice(0, axis), mask.size, ...inner]);
  const given = operand(values, x, op);
  const count = given.shape[given.rank - 1 - inner.length] ?? 1;
  const chosen = (): Tensor => {
    const all = broadcast(given, [...shape.slice(0, axis), count, ...inner]);
    return named(op, () => taken(all, maximum(sub(cumsum(flat), 1), 0), axis)); // each true takes the next
  };
  return reshaped(where(reshaped(flat, [mask.size, ...inner.map(() => 1)]), count === 1 ? given : chosen(), rows), shape);
}

/** The places in row-major order of x that `indices` name along an axis, each in its own place along the others; of the shape of the indices. */
export function placesAlong(x: Tensor, indices: Tensor, axis: number, op: string): Tensor {
  const { shape } = indices;
  const grid = (dim: number, i: number): Tensor => {
    const along = shape.map((_, k) => (k === i ? dim : 1));
    return i === axis ? indices : broadcast(reshaped(arange(dim, { dtype: 'int32' }), along), shape);
  };
  return raveled(stack(shape.map(grid), -1), x.shape, op);
}

/** `values` repeated up to a shape, or cut to it where they have more. */
export function fitted(values: Tensor, shape: readonly number[]): Tensor {
  const isLarger = values.rank === shape.length && values.shape.every((dim, i) => dim >= (shape[i] as number));
  return isLarger ? shape.reduce((t, dim, i) => cut(t, i, 0, 1, dim), values) : broadcast(values, shape);
}

/** Index arguments of x's rank that fit it. */
export function alongIndices(x: Tensor, indices: TensorLike, axis: number, op: string): Tensor {
  const at = indicesOf(indices, op);
  if (at.rank !== x.rank || at.shape.some((dim, i) => i !== axis && dim > (x.shape[i] as number)))
    throw refused(ShapeError, op, `indices have the dimensions of x, or smaller ones, but along axis ${axis}`, { x, indices: at });
  return at;
}

/** The sums or maxima of `updates` at `indices` along an axis of x, in the shape of x: the adjoint of `takeAlongAxis`. */
function alongAxis(op: Op, name: string, x: Tensor, indices: TensorLike, updates: TensorLike, option: AxisOption | undefined): Tensor {
  const axis = axisOf(axisIn(option, 0), x.rank, name);
  const at = alongIndices(x, indices, axis, name);
  const from = fitted(operand(updates, x, name), at.shape);
  const last = x.rank - 1;
  if (at.shape.some((dim, i) => i !== axis && dim !== x.shape[i])) {
    const [values, places] = [from, placesAlong(x, at, axis, name)].map((t) => reshaped(t, [at.size])) as [Tensor, Tensor];
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
export function countOf(ids: Tensor): number {
  return (ids.data() as Int32Array).reduce((most, id) => Math.max(most, id + 1), 0);
}

export interface SegmentOptions {
  /** How many segments there are; one more than the greatest id when absent. */
  readonly numSegments?: number | undefined;
  /** The axis of x where those of the ids begin: 0 by default. */
  readonly axis?: number | undefined;
}

function segmentsOf(x: Tensor, ids: TensorLike, options: SegmentOptions, op: string): [ids: Tensor, count: number, axis: number] {
  const at = indicesOf(ids, op);
  const { numSegments = countOf(at) } = options;
  const axis = axisOf(options.axis ?? 0, x.rank, op);
  checkWhole(numSegments, 'numSegments', op, 0);
  if (at.shape.some((dim, i) => dim !== x.shape[axis + i])) throw refused(ShapeError, op, `ids have x's dimensions from axis ${axis} on`, { x, ids: at });
  return [at, numSegments, axis];
}

/**
 * y[s] = Σ of the x[i] with ids[i] = s, in any order; negative ids are dropped, empty segments are 0. ids.shape + rest → [segments] + rest, or from
 * `axis` on.
 * f32 f64 c64 c128 i32. |err| ≤ min(rows, 33)·u·Σ|x| of a segment, however long. x̄ᵢ = ȳ[ids[i]].
 * @throws IndexError when an id is not below `numSegments`.
 */
export const segmentSum = namedRow('segmentSum', (op, x: Tensor, ids: TensorLike, options: SegmentOptions = {}): Tensor => {
  const [at, count, axis] = segmentsOf(x, ids, options, op);
  return named(op, () => scattered(Op.scatterAdd, x, at, axis, count, 0, true));
});

/** y[s] = mean of the x[i] with ids[i] = s; otherwise as `segmentSum`. f32 f64 c64 c128. x̄ᵢ = ȳ[ids[i]]/count. */
export const segmentMean = namedRow('segmentMean', (op, x: Tensor, ids: TensorLike, options: SegmentOptions = {}): Tensor => {
  const [at, numSegments, axis] = segmentsOf(x, ids, options, op);
  const sums = segmentSum(x, at, { numSegments, axis });
  const dtype = sums.dtypeNumber;
  const ones = full(at.shape, 1, { dtype: dtypeNames[isComplex(dtype) ? dtype - 2 : dtype] as DTypeName });
  const counts = maximum(segmentSum(ones, at, { numSegments }), 1);
  return div(
    sums,
    reshaped(
      counts,
      sums.shape.map((_, i) => (i === axis ? numSegments : 1)),
    ),
  );
});

/** y[s] = greatest of the x[i] with ids[i] = s, −∞ (int32: the least) for none; otherwise as `segmentSum`. f32 f64 i32. x̄ = ȳ shared by the greatest. */
export const segmentMax = namedRow('segmentMax', (op, x: Tensor, ids: TensorLike, options: SegmentOptions = {}): Tensor => {
  const [at, count, axis] = segmentsOf(x, ids, options, op);
  return named(op, () => scattered(Op.scatterMax, x, at, axis, count, 0, true));
});
