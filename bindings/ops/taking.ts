/** Calls of the core's ops with indices, for the rows of indexing.ts and scatter.ts. */

import { Op } from '../../assembly/shared/opcode.js';
import { takeWords } from '../attributes.js';
import { applyMany } from '../call.js';
import { refused, ShapeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { withAttributes } from './define.js';

/** The core's take; with `drop`, a negative index gives 0. */
export const taken = (x: Tensor, indices: Tensor, axis: number, batch = 0, drop = false): Tensor =>
  applyMany(Op.take, [x, indices], takeWords(axis, batch, drop))[0] as Tensor;

/** The core's sums (or maxima) at indices of an axis of size n; with `drop`, a negative index adds nothing. */
export const scattered = (op: Op, x: Tensor, indices: Tensor, axis: number, n: number, batch = 0, drop = false): Tensor =>
  applyMany(op, [x, indices], takeWords(axis, batch, drop, n))[0] as Tensor;

/** The row-major positions of points (…, k) in the first k dimensions of a shape. */
export function raveled(indices: Tensor, shape: readonly number[]): Tensor {
  const k = indices.shape.at(-1) ?? 0;
  if (k < 1 || k > shape.length)
    throw refused(ShapeError, 'gatherNd', `the last dimension of indices counts the axes that a point names, 1 to ${shape.length}`);
  return withAttributes(Op.ravelIndex, indices, shape.slice(0, k));
}
