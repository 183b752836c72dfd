/** Functions that store values at indices of an axis, and reductions of segments other than sums. No methods. */
import { DType } from '../../assembly/shared/abi.js';
import { Op } from '../../assembly/shared/opcode.js';
import { operand, type TensorLike } from '../convert.js';
import { refused, ShapeError } from '../errors.js';
import { ALONE, ANY, INDICES, SIZE, WHOLE } from '../kinds.js';
import type { Tensor } from '../tensor.js';
import { neg, sub } from './arithmetic.js';
import { type AxisOption, axisOf, upTo } from './axes.js';
import { equal, where } from './comparison.js';
import { concat, stack } from './concat.js';
import { full } from './creation.js';
import { counted, functionRow, reshaped, withAttributes } from './define.js';
import { prod } from './reduction.js';
import { alongIndices, countOf, fitted, placesAlong, type SegmentOptions, segmentMax } from './scatter.js';
import { taken } from './taking.js';

type Segmented = (x: TensorLike, ids: TensorLike, options?: SegmentOptions) => Tensor;
const SEGMENTS = { axis: [WHOLE, 0], numSegments: [SIZE] } as const;

/**
 * x with updates in place of its elements: y[indices[i, j, …], j, …] = updates[i, j, …] for axis 0, and so on; of repeated indices the last
 * counts. Indices may have fewer elements than x along the other axes, and updates more than the indices. Any dtype. x̄ = ȳ where x stays, 0
 * elsewhere; gradient for the updates: ȳ where they stay.
 * @throws IndexError when an index is out of range.
 */
export const scatter: (x: TensorLike, indices: TensorLike, updates: TensorLike, options?: AxisOption) => Tensor = /* @__PURE__ */ functionRow(
  'scatter',
  { x: ALONE, indices: INDICES, updates: ANY },
  { axis: [WHOLE, 0] },
  (x, indices, updates, { axis }) => {
    const along = axisOf(axis, x.rank, 'scatter');
    const places = placesAlong(x, alongIndices(x, indices, along), along);
    const values = fitted(operand(updates, x, 'updates'), indices.shape);
    const all = concat([reshaped(x, [x.size]), reshaped(values, [values.size])], 0);
    return reshaped(taken(all, withAttributes(Op.lastWriters, places, [x.size]), 0), x.shape);
  },
);

/** A map that reverses the order of numbers, without overflow. */
const reversed = (x: Tensor): Tensor => (x.dtypeNumber === DType.int32 ? sub(-1, x) : neg(x));

/** y[s] = smallest of the x[i] with ids[i] = s, ∞ (int32: the greatest) for none; otherwise as `segmentSum`. f32 f64 i32. x̄ = ȳ shared by the smallest. */
export const segmentMin: Segmented = /* @__PURE__ */ functionRow('segmentMin', { x: ALONE, ids: INDICES }, SEGMENTS, (x, ids, options) =>
  reversed(segmentMax(reversed(counted(x)), ids, options)),
);

/**
 * y[s] = Π of the x[i] with ids[i] = s, 1 for none; otherwise as `segmentSum`. f32 f64 c64 c128 i32. Gradient ȳ times the conjugate product of the
 * others, without division. As many products as segments go through all of x.
 */
export const segmentProd: Segmented = /* @__PURE__ */ functionRow('segmentProd', { x: ALONE, ids: INDICES }, SEGMENTS, (x, ids, options) => {
  const axis = axisOf(options.axis, x.rank, 'segmentProd');
  const count = options.numSegments ?? countOf(ids);
  if (ids.shape.some((dim, i) => dim !== x.shape[axis + i])) throw refused(ShapeError, 'segmentProd', `ids have x's dimensions from axis ${axis} on`);
  const t = counted(x);
  const dims = upTo(t.rank).map((i) => (i < axis || i >= axis + ids.rank ? 1 : (t.shape[i] as number)));
  const of = (segment: number): Tensor => where(equal(reshaped(ids, dims), segment), t, 1);
  const folded = upTo(ids.rank).map((i) => axis + i);
  const rest = t.shape.filter((_, i) => i < axis || i >= axis + ids.rank);
  if (count === 0) return full([...rest.slice(0, axis), 0, ...rest.slice(axis)], 1, { dtype: t.dtype });
  return stack(
    upTo(count).map((segment) => prod(of(segment), { axis: folded })),
    axis,
  );
});
