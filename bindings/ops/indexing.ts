/** Rows of the op table: elements by index. Index arguments are int32 tensors, or arrays of whole numbers. */
import { DType } from '../../assembly/shared/abi.js';
import { Op } from '../../assembly/shared/opcode.js';
import { doubleWords } from '../call.js';
import { checkShape, dtypeNumber, refuseLoss, type TensorLike, tensor } from '../convert.js';
import type { DTypeName } from '../dtype.js';
import { DTypeError, refused, ShapeError } from '../errors.js';
import { Tensor } from '../tensor.js';
import { type AxisOption, axisIn, axisOf, checkRank, sizeOf } from './axes.js';
import { broadcast, namedRow, reshaped, row, withAttributes } from './define.js';
import { indicesOf, named, raveled, taken } from './indices.js';
import { moveaxis } from './movement.js';

export interface TakeOptions {
  /** The axis that is indexed; `batchDims` when absent. */
  readonly axis?: number;
  /** Leading axes that x and indices share; a negative number counts from the rank of the indices. */
  readonly batchDims?: number;
}

/**
 * The slices of x at `indices` along `axis`: y[…, i, …] = x[…, indices[i], …]; negative indices count from the end. Shape of x with
 * the axis replaced by the shape of the indices (without their batch dimensions). Any dtype. x̄ = ȳ added at the indices, so repeated ones
 * accumulate. An x that is not contiguous is copied first.
 * @throws IndexError when an index is out of range. @throws DTypeError unless indices are whole numbers.
 */
export const take = namedRow('take', (op, x: Tensor, indices: TensorLike, options: TakeOptions = {}): Tensor => {
  const at = indicesOf(indices, op);
  const { batchDims = 0 } = options;
  const shared = batchDims < 0 ? batchDims + at.rank : batchDims;
  if (!Number.isInteger(shared) || shared < 0 || shared > Math.min(x.rank - 1, at.rank))
    throw refused(ShapeError, op, `x and indices have no ${batchDims} batch dimensions`, { x, indices: at });
  checkRank(x.rank - 1 + at.rank - shared, op);
  return taken(x, at, axisOf(options.axis ?? shared, x.rank, op), shared);
});

/** `take` under TensorFlow's name. */
export const gather = row('gather', take);

/** x and indices broadcast against each other but on `axis`, which comes last. */
function aligned(x: Tensor, indices: Tensor, axis: number, op: string): [x: Tensor, indices: Tensor] {
  if (x.rank !== indices.rank) throw refused(ShapeError, op, 'x and indices have one rank', { x, indices });
  const others = x.shape.map((dim, i) => (dim === 1 ? (indices.shape[i] as number) : dim));
  const like = (t: Tensor): Tensor =>
    moveaxis(
      broadcast(
        t,
        others.map((dim, i) => (i === axis ? (t.shape[i] as number) : dim)),
      ),
      axis,
      -1,
    );
  return [like(x), like(indices)];
}

/**
 * y[i, j, …] = x[indices[i, j, …], j, …] for axis 0, and so on for other axes; x and indices have one rank and broadcast along the other axes.
 * Any dtype. x̄ = ȳ added at the indices.
 * @throws IndexError when an index is out of range.
 */
export const takeAlongAxis = namedRow('takeAlongAxis', (op, x: Tensor, indices: TensorLike, options?: AxisOption): Tensor => {
  const axis = axisOf(axisIn(options, 0), x.rank, op);
  const [rows, at] = aligned(x, indicesOf(indices, op), axis, op);
  return moveaxis(
    named(op, () => taken(rows, at, x.rank - 1, x.rank - 1)),
    -1,
    axis,
  );
});

/**
 * The slices of x at points: y[…] = x[indices[…, 0], …, indices[…, k−1]], indices (…, k) → (…) + x.shape[k:]. Any dtype.
 * x̄ = ȳ added at the points.
 * @throws IndexError when a point is out of range.
 */
export const gatherNd = namedRow('gatherNd', (op, x: Tensor, indices: TensorLike): Tensor => {
  const { shape } = x;
  const at = indicesOf(indices, op);
  const positions = raveled(at, shape, op);
  const k = at.shape.at(-1) as number;
  return taken(reshaped(x, [sizeOf(shape.slice(0, k)), ...shape.slice(k)]), positions, 0);
});

/**
 * The slices of x along the axes of `mask`, from `axis` (0) on, where it is true: their number depends on the data. Any dtype.
 * x̄ = ȳ in zeros.
 * @throws ShapeError when the mask has other dimensions than x there.
 */
export const booleanMask = namedRow('booleanMask', (op, x: Tensor, mask: TensorLike, options?: AxisOption): Tensor => {
  const { shape } = x;
  const keep = mask instanceof Tensor ? mask : tensor(mask, { dtype: 'bool' });
  if (keep.dtypeNumber !== DType.bool) throw refused(DTypeError, op, `a mask is bool; got ${keep.dtype}`);
  const axis = axisOf(axisIn(options, 0), shape.length, op);
  const dims = keep.shape;
  if (!dims.length || dims.some((dim, i) => dim !== shape[axis + i]))
    throw refused(ShapeError, op, `the mask's dimensions are those of x from axis ${axis} on`, { x, mask: keep });
  const rows = reshaped(x, [...shape.slice(0, axis), sizeOf(dims), ...shape.slice(axis + dims.length)]);
  return taken(rows, withAttributes(Op.positionsSet, keep, []), axis);
});

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
export const oneHot = row('oneHot', (indices: TensorLike, depth: number, { on = 1, off = 0, dtype = 'float32', axis = -1 }: OneHotOptions = {}): Tensor => {
  const op = 'oneHot';
  const at = indicesOf(indices, op);
  checkShape([depth], op);
  checkRank(at.rank + 1, op);
  const number = dtypeNumber(dtype, op);
  refuseLoss(on, number, op);
  refuseLoss(off, number, op);
  const y = withAttributes(Op.oneHot, at, [...doubleWords(on), ...doubleWords(off), depth, number]);
  return moveaxis(y, -1, axisOf(axis, at.rank + 1, op));
});
