/** Distances between points, and a limit of norms. No methods. */
import type { TensorLike } from '../convert.js';
import { refused, ShapeError } from '../errors.js';
import { ALONE, POSITIVE, TENSOR, WHOLE } from '../kinds.js';
import type { Tensor } from '../tensor.js';
import { div, mul, sub } from './arithmetic.js';
import { axisOf, upTo } from './axes.js';
import { greater, where } from './comparison.js';
import { functionRow, inexact, inexactBeside } from './define.js';
import { expandDims } from './shape.js';
import { norm } from './statistics.js';

export interface DistanceOptions {
  /** The order of the norm: 2 by default, Euclid's; see `norm`. */
  readonly ord?: number;
}

/**
 * ‖xᵢ − yⱼ‖ for all pairs of points: […, m, d] × […, n, d] → […, m, n]; leading axes broadcast. f32 f64. Computed as the norm of the differences, with
 * its accuracy, so it needs memory for m·n·d numbers. Gradient as of `norm`, 0 where points coincide.
 * @throws ShapeError when the last dimensions differ.
 */
export const cdist: (x: TensorLike, y: TensorLike, options?: number | DistanceOptions) => Tensor = /* @__PURE__ */ functionRow(
  'cdist',
  { x: TENSOR, y: TENSOR },
  { ord: [POSITIVE, 2] },
  (x, y, { ord }) => {
    if (x.rank < 2 || y.rank < 2 || x.shape.at(-1) !== y.shape.at(-1))
      throw refused(ShapeError, 'cdist', 'takes points of one length, along the last axis', { x, y });
    return norm(sub(expandDims(inexactBeside(x, y), -2), expandDims(inexactBeside(y, x), -3)), { axis: -1, ord });
  },
);

export interface RenormOptions extends DistanceOptions {
  /** The axis whose slices are measured; 0 by default. */
  readonly axis?: number;
}

/**
 * x with each slice along `axis` whose norm is above `most` shrunk to it. f32 f64 c64 c128. Gradient ȳ to a slice that stays, else that of
 * x·most/‖x‖.
 * @throws IndexError when the axis is out of range.
 */
export const renorm: (x: TensorLike, most: number, options?: number | RenormOptions) => Tensor = /* @__PURE__ */ functionRow(
  'renorm',
  { x: ALONE, most: POSITIVE },
  { axis: [WHOLE, 0], ord: [POSITIVE, 2] },
  (x, most, { axis, ord }) => {
    const t = inexact(x);
    const kept = axisOf(axis, t.rank, 'renorm');
    const size = norm(t, { axis: upTo(t.rank).filter((i) => i !== kept), ord, keepDims: true });
    const isLarge = greater(size, most);
    return mul(t, where(isLarge, div(most, where(isLarge, size, 1)), 1));
  },
);
