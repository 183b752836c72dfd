/** Rows of the op table: elements taken by index. Index arguments are int32 tensors, or arrays of whole numbers. */

import { DType } from '../../assembly/shared/abi.js';
import { Op } from '../../assembly/shared/opcode.js';
import { oneHotWords } from '../attributes.js';
import { dtypeNumber, refuseLoss, type TensorLike } from '../convert.js';
import { type DTypeName, standardName } from '../dtype.js';
import { DTypeError, refused, ShapeError } from '../errors.js';
import { ALONE, DTYPE, INDICES, MASK, REAL, SIZE, WHOLE } from '../kinds.js';
import type { Tensor } from '../tensor.js';
import { type AxisOption, axisOf, checkRank, sizeOf } from './axes.js';
import { broadcast, type Filled, reshaped, row, withAttributes } from './define.js';
import { moveaxis } from './shape.js';
import { raveled, taken } from './taking.js';

export interface TakeOptions {
  /** The axis that is indexed; `batchDims` when absent. */
  readonly axis?: number;
  /** Leading axes that x and indices share; a negative number counts from the rank of the indices. */
  readonly batchDims?: number;
}

type Take = (x: TensorLike, indices: TensorLike, options?: number | TakeOptions) => Tensor;
const TAKE = { axis: [WHOLE], batchDims: [WHOLE, 0] } as const;

function takenAt(x: Tensor, indices: Tensor, { axis, batchDims }: Filled<TakeOptions, typeof TAKE>): Tensor {
  const shared = batchDims < 0 ? batchDims + indices.rank : batchDims;
  if (shared < 0 || shared > Math.min(x.rank - 1, indices.rank)) throw refused(ShapeError, 'take', `x and indices have no ${batchDims} batch dimensions`);
  checkRank(x.rank - 1 + indices.rank - shared);
  return taken(x, indices, axisOf(axis ?? shared, x.rank), shared);
}

/**
 * The slices of x at `indices` along `axis`: y[…, i, …] = x[…, indices[i], …]; negative indices count from the end. Shape of x with
 * the axis replaced by the shape of the indices (without their batch dimensions). Any dtype. x̄ = ȳ added at the indices, so repeated ones
 * accumulate. An x that is not contiguous is copied first.
 * @throws IndexError when an index is out of range. @throws DTypeError unless indices are whole numbers.
 */
export const take: Take = row('take', { x: ALONE, indices: INDICES }, TAKE, takenAt);

/** `take` under TensorFlow's name. */
export const gather: Take = row('gather', { x: ALONE, indices: INDICES }, TAKE, takenAt);

/** x and indices, broadcast against each other except along `axis`, which is moved last. */
function aligned(x: Tensor, indices: Tensor, axis: number): [x: Tensor, indices: Tensor] {
  if (x.rank !== indices.rank) throw refused(ShapeError, 'takeAlongAxis', 'x and indices have one rank');
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
export const takeAlongAxis: (x: TensorLike, indices: TensorLike, options?: AxisOption) => Tensor = row(
  'takeAlongAxis',
  { x: ALONE, indices: INDICES },
  { axis: [WHOLE, 0] },
  (x, indices, { axis: given }) => {
    const axis = axisOf(given, x.rank);
    const [rows, at] = aligned(x, indices, axis);
    return moveaxis(taken(rows, at, x.rank - 1, x.rank - 1), -1, axis);
  },
);

/**
 * The slices of x at points: y[…] = x[indices[…, 0], …, indices[…, k−1]], indices (…, k) → (…) + x.shape[k:]. Any dtype.
 * x̄ = ȳ added at the points.
 * @throws IndexError when a point is out of range.
 */
export const gatherNd: (x: TensorLike, indices: TensorLike) => Tensor = row('gatherNd', { x: ALONE, indices: INDICES }, (x, indices) => {
  const { shape } = x;
  const positions = raveled(indices, shape);
  const k = indices.shape.at(-1) as number;
  return taken(reshaped(x, [sizeOf(shape.slice(0, k)), ...shape.slice(k)]), positions, 0);
});

/**
 * The slices of x along the axes of `mask`, from `axis` (0) on, at which the mask is true; their number depends on the data. Any dtype.
 * x̄ = zeros with ȳ in these slices.
 * @throws ShapeError when the mask's dimensions differ from those of x from `axis` on.
 */
export const booleanMask: (x: TensorLike, mask: TensorLike, options?: AxisOption) => Tensor = row(
  'booleanMask',
  { x: ALONE, mask: MASK },
  { axis: [WHOLE, 0] },
  (x, mask, { axis: given }) => {
    const { shape } = x;
    if (mask.dtypeNumber !== DType.bool) throw refused(DTypeError, 'booleanMask', 'a mask is bool');
    const axis = axisOf(given, shape.length);
    const dims = mask.shape;
    if (!dims.length || dims.some((dim, i) => dim !== shape[axis + i]))
      throw refused(ShapeError, 'booleanMask', `the mask's dimensions are those of x from axis ${axis} on`);
    const rows = reshaped(x, [...shape.slice(0, axis), sizeOf(dims), ...shape.slice(axis + dims.length)]);
    return taken(rows, withAttributes(Op.positionsSet, mask, []), axis);
  },
);

export interface OneHotOptions {
  /** The value at the index. */
  readonly on?: number;
  /** The value elsewhere. */
  readonly off?: number;
  readonly dtype?: DTypeName;
  /** The new axis in the result: the last when absent. */
  readonly axis?: number;
}

/**
 * y[…, j] = on where j is the index, off elsewhere; an index outside of 0 … depth − 1 gives off only. Any dtype: float32, or what
 * `init` chose, when none is given. No gradient.
 */
export const oneHot: (indices: TensorLike, depth: number, options?: number | OneHotOptions) => Tensor = row(
  'oneHot',
  { indices: INDICES, depth: SIZE },
  { axis: [WHOLE, -1], on: [REAL, 1], off: [REAL, 0], dtype: [DTYPE] },
  (indices, depth, { axis, on, off, dtype }) => {
    checkRank(indices.rank + 1);
    const number = dtypeNumber(dtype ?? standardName(), 'oneHot');
    refuseLoss(on, number, 'oneHot');
    refuseLoss(off, number, 'oneHot');
    const y = withAttributes(Op.oneHot, indices, oneHotWords(on, off, depth, number));
    return moveaxis(y, -1, axisOf(axis, indices.rank + 1));
  },
);
