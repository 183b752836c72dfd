/** Rows of the op table: elements by index. Index arguments are int32 tensors, or arrays of whole numbers. */
import { Op } from '../../assembly/shared/opcode.js';
import { DType } from '../../assembly/shared/abi.js';
import { applyMany, doubleWords } from '../call.js';
import { checkShape, dtypeNumber, isTypedArray, operand, refuseLoss, tensor, type TensorLike } from '../convert.js';
import { type DTypeName, dtypeNames, isComplex } from '../dtype.js';
import { ArgumentError, DTypeError, IndexError, ShapeError } from '../errors.js';
import { Tensor } from '../tensor.js';
import { add, div, maximum } from './arithmetic.js';
import { type AxisOption, axisIn, axisOf, sizeOf } from './axes.js';
import { concat } from './concat.js';
import { full } from './creation.js';
import { one, withAttributes } from './define.js';
import { moveaxis } from './movement.js';

/** An index argument as an int32 tensor. @throws DTypeError when it holds something else. */
export function indicesOf(indices: TensorLike, op: string): Tensor {
  if (indices instanceof Tensor) {
    if (indices.dtypeNumber !== DType.int32) throw new DTypeError(`${op}: indices are int32; got ${indices.dtype}, convert it with cast(x, 'int32')`, op);
    return indices;
  }
  if (isTypedArray(indices) && (indices instanceof Float32Array || indices instanceof Float64Array)) throw new DTypeError(`${op}: indices are int32; got a ${indices.constructor.name}`, op);
  return tensor(indices, { dtype: 'int32' });
}

const reshaped = (x: Tensor, shape: readonly number[]): Tensor => withAttributes(Op.reshape, x, [shape.length, ...shape]);
const broadcast = (x: Tensor, shape: readonly number[]): Tensor => withAttributes(Op.broadcastTo, x, [shape.length, ...shape]);

/** The core's take; with `drop`, a negative index gives 0. */
const taken = (x: Tensor, indices: Tensor, axis: number, batch = 0, drop = false): Tensor => applyMany(Op.take, [x, indices], [axis, batch, Number(drop)])[0] as Tensor;

/** The core's sums (or maxima) at indices of an axis of size n; with `drop`, a negative index adds nothing. */
const scattered = (op: Op, x: Tensor, indices: Tensor, axis: number, n: number, batch = 0, drop = false): Tensor =>
  applyMany(op, [x, indices], [axis, batch, Number(drop), n])[0] as Tensor;

/** Runs a composite whose parts would be named in an error: the error names `op`. */
function named<T>(op: string, composite: () => T): T {
  try {
    return composite();
  } catch (error) {
    if (error instanceof IndexError) throw new IndexError(error.message.replace(/^\w+(: [^;]*).*$/, `${op}$1`), op);
    throw error;
  }
}

export interface TakeOptions {
  /** The axis that is indexed; `batchDims` when absent. */
  readonly axis?: number;
  /** Leading axes that x and indices share. */
  readonly batchDims?: number;
}

/**
 * The slices of x at `indices` along `axis`: y[…, i, …] = x[…, indices[i], …]; negative indices count from the end. Shape of x with
 * the axis replaced by the shape of the indices (without their batch dimensions). Any dtype. x̄ = ȳ added at the indices, so repeated ones
 * accumulate. An x that is not contiguous is copied first.
 * @throws IndexError when an index is out of range. @throws DTypeError unless indices are whole numbers.
 */
export function take(x: TensorLike, indices: TensorLike, options: TakeOptions = {}): Tensor {
  const t = one(x, Op.take);
  const at = indicesOf(indices, 'take');
  const { batchDims = 0, axis = batchDims } = options;
  if (!Number.isInteger(batchDims) || batchDims < 0 || batchDims > Math.min(t.rank - 1, at.rank)) throw new ShapeError(`take: x and indices have no ${batchDims} batch dimensions; x is [${t.shape.join(', ')}], indices are [${at.shape.join(', ')}]`, 'take');
  return taken(t, at, axisOf(axis, t.rank, 'take'), batchDims);
}

/** `take` under TensorFlow's name. */
export const gather = take;

/** x and indices broadcast against each other but on `axis`, which comes last. */
function aligned(x: Tensor, indices: Tensor, axis: number, op: string): [x: Tensor, indices: Tensor] {
  if (x.rank !== indices.rank) throw new ShapeError(`${op}: x and indices have one rank; x is [${x.shape.join(', ')}], indices are [${indices.shape.join(', ')}]`, op);
  const others = x.shape.map((dim, i) => (dim === 1 ? (indices.shape[i] as number) : dim));
  const like = (t: Tensor): Tensor => moveaxis(broadcast(t, others.map((dim, i) => (i === axis ? (t.shape[i] as number) : dim))), axis, -1);
  return [like(x), like(indices)];
}

/**
 * y[i, j, …] = x[indices[i, j, …], j, …] for axis 0, and so on for other axes; x and indices have one rank and broadcast along the other axes.
 * Any dtype. x̄ = ȳ added at the indices.
 * @throws IndexError when an index is out of range.
 */
export function takeAlongAxis(x: TensorLike, indices: TensorLike, options?: AxisOption): Tensor {
  const t = one(x, Op.take);
  const axis = axisOf(axisIn(options, 0), t.rank, 'takeAlongAxis');
  const [rows, at] = aligned(t, indicesOf(indices, 'takeAlongAxis'), axis, 'takeAlongAxis');
  return moveaxis(named('takeAlongAxis', () => taken(rows, at, t.rank - 1, t.rank - 1)), -1, axis);
}

/** Positions of points (…, k) in the first k dimensions, as one. */
function raveled(indices: Tensor, shape: readonly number[], op: string): Tensor {
  const k = indices.shape.at(-1) ?? 0;
  if (k < 1 || k > shape.length) throw new ShapeError(`${op}: the last dimension of indices names 1 to ${shape.length} axes; indices are [${indices.shape.join(', ')}]`, op);
  return named(op, () => withAttributes(Op.ravelIndex, indices, shape.slice(0, k)));
}

/**
 * The slices of x at points: y[…] = x[indices[…, 0], …, indices[…, k−1]], indices (…, k) → (…) + x.shape[k:]. Any dtype.
 * x̄ = ȳ added at the points.
 * @throws IndexError when a point is out of range.
 */
export function gatherNd(x: TensorLike, indices: TensorLike): Tensor {
  const t = one(x, Op.take);
  const { shape } = t;
  const at = indicesOf(indices, 'gatherNd');
  const positions = raveled(at, shape, 'gatherNd');
  const k = at.shape.at(-1) as number;
  return taken(reshaped(t, [sizeOf(shape.slice(0, k)), ...shape.slice(k)]), positions, 0);
}

/**
 * Zeros of `shape` with the updates added at points: the adjoint of `gatherNd`. (…, k), (…) + shape[k:] → shape. f32 f64 c64 c128 i32.
 * Gradient for the updates: ȳ at the points.
 * @throws IndexError when a point is out of range.
 */
export function scatterNd(indices: TensorLike, updates: TensorLike, shape: readonly number[]): Tensor {
  const at = indicesOf(indices, 'scatterNd');
  const positions = raveled(at, shape, 'scatterNd');
  const k = at.shape.at(-1) as number;
  const rows = broadcast(one(updates, Op.scatterAdd), [...at.shape.slice(0, -1), ...shape.slice(k)]);
  return reshaped(scattered(Op.scatterAdd, rows, positions, 0, sizeOf(shape.slice(0, k))), shape);
}

/**
 * The slices of x along the axes of `mask`, from `axis` (0) on, where it is true: their number depends on the data. Any dtype.
 * x̄ = ȳ in zeros.
 * @throws ShapeError when the mask has other dimensions than x there.
 */
export function booleanMask(x: TensorLike, mask: TensorLike, options?: AxisOption): Tensor {
  const t = one(x, Op.take);
  const { shape } = t;
  const keep = mask instanceof Tensor ? mask : tensor(mask, { dtype: 'bool' });
  if (keep.dtypeNumber !== DType.bool) throw new DTypeError(`booleanMask: a mask is bool; got ${keep.dtype}`, 'booleanMask');
  const axis = axisOf(axisIn(options, 0), shape.length, 'booleanMask');
  const dims = keep.shape;
  if (!dims.length || dims.some((dim, i) => dim !== shape[axis + i])) throw new ShapeError(`booleanMask: the mask's dimensions are those of x from axis ${axis} on; x is [${shape.join(', ')}], mask is [${dims.join(', ')}]`, 'booleanMask');
  const rows = reshaped(t, [...shape.slice(0, axis), sizeOf(dims), ...shape.slice(axis + dims.length)]);
  return taken(rows, withAttributes(Op.positionsSet, keep, []), axis);
}

/** Values for the places that `indices` name along `axis` of x. */
function valuesFor(x: Tensor, indices: Tensor, values: TensorLike, axis: number): Tensor {
  const { shape } = x;
  return broadcast(operand(values, x, Op.scatterAdd), [...shape.slice(0, axis), ...indices.shape, ...shape.slice(axis + 1)]);
}

/**
 * x with `values` added at `indices` along `axis` (0); repeated indices accumulate, negative ones count from the end. f32 f64 c64 c128 i32.
 * The values broadcast to the shape of `take(x, indices, { axis })`. x̄ = ȳ; gradient for the values: ȳ at the indices.
 * @throws IndexError when an index is out of range.
 */
export function indexAdd(x: TensorLike, indices: TensorLike, values: TensorLike, options?: AxisOption): Tensor {
  const t = one(x, Op.scatterAdd);
  const axis = axisOf(axisIn(options, 0), t.rank, 'indexAdd');
  const at = indicesOf(indices, 'indexAdd');
  return add(t, named('indexAdd', () => scattered(Op.scatterAdd, valuesFor(t, at, values, axis), at, axis, t.shape[axis] as number)));
}

/**
 * x with `values` in place of its slices at `indices` along `axis` (0); of repeated indices the last counts. Any dtype.
 * x̄ = ȳ where x stays, 0 elsewhere; gradient for the values: ȳ where they stay.
 * @throws IndexError when an index is out of range.
 */
export function indexPut(x: TensorLike, indices: TensorLike, values: TensorLike, options?: AxisOption): Tensor {
  const t = one(x, Op.take);
  const { shape } = t;
  const axis = axisOf(axisIn(options, 0), shape.length, 'indexPut');
  const at = indicesOf(indices, 'indexPut');
  const rows = reshaped(valuesFor(t, at, values, axis), [...shape.slice(0, axis), at.size, ...shape.slice(axis + 1)]);
  return taken(concat([t, rows], axis), named('indexPut', () => withAttributes(Op.lastWriters, at, [shape[axis] as number])), axis);
}

/** The sums or maxima of `updates` at `indices` along an axis of x, in the shape of x: the adjoint of `takeAlongAxis`. */
function alongAxis(op: Op, name: string, x: Tensor, indices: TensorLike, updates: TensorLike, option: AxisOption | undefined): Tensor {
  const axis = axisOf(axisIn(option, 0), x.rank, name);
  const at = indicesOf(indices, name);
  const from = broadcast(operand(updates, x, op), at.shape);
  const last = x.rank - 1;
  if (at.rank !== x.rank || at.shape.some((dim, i) => i !== axis && dim !== x.shape[i])) throw new ShapeError(`${name}: indices have the dimensions of x but along axis ${axis}; x is [${x.shape.join(', ')}], indices are [${at.shape.join(', ')}]`, name);
  return moveaxis(scattered(op, moveaxis(from, axis, -1), moveaxis(at, axis, -1), last, x.shape[axis] as number, last), -1, axis);
}

/**
 * x with updates added: y[indices[i, j, …], j, …] += updates[i, j, …] for axis 0, and so on. f32 f64 c64 c128 i32.
 * x̄ = ȳ; gradient for the updates: `takeAlongAxis` of ȳ.
 * @throws IndexError when an index is out of range.
 */
export function scatterAdd(x: TensorLike, indices: TensorLike, updates: TensorLike, options?: AxisOption): Tensor {
  const t = one(x, Op.scatterAdd);
  return add(t, alongAxis(Op.scatterAdd, 'scatterAdd', t, indices, updates, options));
}

/**
 * x raised to the greatest of the updates for each element, placed as in `scatterAdd`. f32 f64 i32. ȳ goes to x where no update is greater,
 * else to the greatest updates, in equal shares.
 * @throws IndexError when an index is out of range.
 */
export function scatterMax(x: TensorLike, indices: TensorLike, updates: TensorLike, options?: AxisOption): Tensor {
  const t = one(x, Op.scatterMax);
  return maximum(t, alongAxis(Op.scatterMax, 'scatterMax', t, indices, updates, options));
}

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
  if (!Number.isInteger(numSegments) || numSegments < 0) throw new ArgumentError(`${op}: numSegments is a whole number from 0; got ${numSegments}`, op);
  if (at.shape.some((dim, i) => dim !== x.shape[i])) throw new ShapeError(`${op}: ids have x's first dimensions; x is [${x.shape.join(', ')}], ids are [${at.shape.join(', ')}]`, op);
  return [at, numSegments];
}

/**
 * y[s] = Σ of the x[i] with ids[i] = s, in any order; negative ids are dropped, empty segments are 0. ids.shape + rest → [segments] + rest.
 * f32 f64 c64 c128 i32. x̄ᵢ = ȳ[ids[i]].
 * @throws IndexError when an id is not below `numSegments`.
 */
export function segmentSum(x: TensorLike, ids: TensorLike, options: SegmentOptions = {}): Tensor {
  const t = one(x, Op.scatterAdd);
  const [at, count] = segmentsOf(t, ids, options, 'segmentSum');
  return named('segmentSum', () => scattered(Op.scatterAdd, t, at, 0, count, 0, true));
}

/** y[s] = mean of the x[i] with ids[i] = s; otherwise as `segmentSum`. f32 f64 c64 c128. x̄ᵢ = ȳ[ids[i]]/count. */
export function segmentMean(x: TensorLike, ids: TensorLike, options: SegmentOptions = {}): Tensor {
  const t = one(x, Op.scatterAdd);
  const [at, numSegments] = segmentsOf(t, ids, options, 'segmentMean');
  const sums = segmentSum(t, at, { numSegments });
  const dtype = sums.dtypeNumber;
  const ones = full(at.shape, 1, { dtype: dtypeNames[isComplex(dtype) ? dtype - 2 : dtype] as DTypeName });
  const counts = maximum(segmentSum(ones, at, { numSegments }), 1);
  return div(sums, reshaped(counts, sums.shape.map((_, i) => (i ? 1 : numSegments))));
}

/** y[s] = greatest of the x[i] with ids[i] = s, −∞ (int32: the least) for none; otherwise as `segmentSum`. f32 f64 i32. x̄ = ȳ shared by the greatest. */
export function segmentMax(x: TensorLike, ids: TensorLike, options: SegmentOptions = {}): Tensor {
  const t = one(x, Op.scatterMax);
  const [at, count] = segmentsOf(t, ids, options, 'segmentMax');
  return named('segmentMax', () => scattered(Op.scatterMax, t, at, 0, count, 0, true));
}

export interface OneHotOptions {
  /** The value at the index. */
  readonly on?: number;
  /** The value elsewhere. */
  readonly off?: number;
  readonly dtype?: DTypeName;
  /** The new axis in the result: the last when absent. */
  readonly axis?: number;
}

/** y[…, j] = on where j is the index, off elsewhere; an index outside of 0 … depth − 1 gives off only. Any dtype. No gradient. */
export function oneHot(indices: TensorLike, depth: number, { on = 1, off = 0, dtype = 'float32', axis = -1 }: OneHotOptions = {}): Tensor {
  const at = indicesOf(indices, 'oneHot');
  checkShape([depth], 'oneHot');
  const number = dtypeNumber(dtype, 'oneHot');
  refuseLoss(on, number, 'oneHot');
  refuseLoss(off, number, 'oneHot');
  const y = withAttributes(Op.oneHot, at, [...doubleWords(on), ...doubleWords(off), depth, number]);
  return moveaxis(y, -1, axisOf(axis, at.rank + 1, 'oneHot'));
}
