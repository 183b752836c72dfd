/** Calls of stridedSlice and pad, of which slices and paddings are composed. */

import { Op } from '../../assembly/shared/opcode.js';
import { padWords, sliceWords } from '../attributes.js';
import { complexParts, isSize, refuseLoss, type Scalar } from '../convert.js';
import { refused, ShapeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { withAttributes } from './define.js';

/** `size` elements of an axis from `begin`, `step` apart. */
export type Range = readonly [begin: number, step: number, size: number];

/** The elements of x in the range that `rangeOf` gives for each axis. */
export function sliced(x: Tensor, rangeOf: (dim: number, axis: number) => Range): Tensor {
  const ranges = x.shape.map(rangeOf);
  return withAttributes(
    Op.stridedSlice,
    x,
    sliceWords(
      ranges.map((r) => r[0]),
      ranges.map((r) => r[1]),
      ranges.map((r) => r[2]),
    ),
  );
}

/** x cut to a range along one axis. */
export const cut = (x: Tensor, axis: number, ...range: Range): Tensor => sliced(x, (dim, i) => (i === axis ? range : [0, 1, dim]));

/** A tensor of the shape `dims` that has x at `begin`, `begin + step`, … of each axis, and `value` elsewhere. */
export function placed(x: Tensor, begin: readonly number[], step: readonly number[], dims: readonly number[], value: Scalar = 0): Tensor {
  refuseLoss(value, x.dtypeNumber, 'pad');
  if (!dims.every(isSize)) throw refused(ShapeError, 'pad', `dimensions are at most 2147483647; got [${dims.join(', ')}]`);
  return withAttributes(Op.pad, x, padWords(...complexParts(value), begin, step, dims));
}
