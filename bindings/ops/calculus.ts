/** Derivatives, integrals and logarithms of sums along an axis, from samples. No methods. */

import { DType } from '../../assembly/shared/abi.js';
import { Op } from '../../assembly/shared/opcode.js';
import { axesWords } from '../attributes.js';
import { applyMany } from '../call.js';
import { operand, type TensorLike } from '../convert.js';
import { refused, ShapeError } from '../errors.js';
import { ALONE, ANY, REAL, WHOLE, WHOLES, wholeFrom } from '../kinds.js';
import type { Tensor } from '../tensor.js';
import { add, div, mul, sub } from './arithmetic.js';
import { axisOf, upTo } from './axes.js';
import { equal, isFinite as isFiniteNumber, where } from './comparison.js';
import { concat } from './concat.js';
import { full } from './creation.js';
import { cut } from './cuts.js';
import { converted, functionRow, inexact, reshaped, withAttributes } from './define.js';
import { stopGradient } from './identity.js';
import { cumsum, EXCLUSIVE, REVERSE, RUNNING, type RunningOptions } from './scan.js';
import { mean, neighbours, SPREAD, type SpreadOptions, steps, type TrapzOptions, variance } from './statistics.js';
import { exp, log } from './transcendental.js';

export interface CumulativeTrapezoidOptions extends TrapzOptions {
  /** The integral up to the first point, which is put in front of the results, so that their number is that of y's elements. */
  readonly initial?: number;
}

/**
 * ∫ y dx along `axis` from the first point to each of the others, by the trapezoidal rule. f32 f64 c64 c128. One element fewer than y has,
 * unless `initial` is given.
 * @throws IndexError when the axis is out of range.
 */
export const cumulativeTrapezoid: (y: TensorLike, options?: number | CumulativeTrapezoidOptions) => Tensor = /* @__PURE__ */ functionRow(
  'cumulativeTrapezoid',
  { y: ALONE },
  { axis: [WHOLE, -1], x: [ANY], dx: [REAL, 1], initial: [REAL] },
  (y, { axis, x, dx, initial }) => {
    const i = axisOf(axis, y.rank, 'cumulativeTrapezoid');
    const t = inexact(y);
    const heights = div(add(...neighbours(t, i)), 2);
    const sums = cumsum(mul(heights, x === undefined ? dx : steps(inexact(operand(x, t, 'x')), i, t.rank)), { axis: i });
    if (initial === undefined) return sums;
    const first = sums.shape.map((dim, k) => (k === i ? 1 : dim));
    return concat([full(first, initial, { dtype: sums.dtype }), sums], i);
  },
);

export interface GradientOptions {
  /** The axis, the last by default; or several, which give a list. */
  readonly axis?: number | readonly number[];
  /** Sample points along the axis, of one dimension. */
  readonly x?: TensorLike;
  /** Distance of the sample points when there is no `x`; 1 by default. */
  readonly dx?: number;
  /** 1, the default, or 2: the order of the differences at the ends. */
  readonly edgeOrder?: number;
}

interface NumericalGradient {
  (y: TensorLike, options?: number | (GradientOptions & { readonly axis?: number })): Tensor;
  (y: TensorLike, options: GradientOptions & { readonly axis: readonly number[] }): Tensor[];
}

const numericalGradient: (y: TensorLike, options?: number | readonly number[] | GradientOptions) => Tensor | Tensor[] = /* @__PURE__ */ functionRow(
  'gradient',
  { y: ALONE },
  { axis: [WHOLES, -1], x: [ANY], dx: [REAL, 1], edgeOrder: [/* @__PURE__ */ wholeFrom(1, 2), 1] },
  (y, { axis, x, dx, edgeOrder }) => {
    const t = inexact(y);
    const points = x === undefined ? undefined : inexact(operand(x, t, 'x'));
    const along = (a: number): Tensor => slopes(t, axisOf(a, t.rank, 'gradient'), points, dx, edgeOrder);
    return typeof axis === 'number' ? along(axis) : axis.map(along);
  },
);

/**
 * dy/dx along `axis` from samples, in the shape of y, as NumPy's `gradient`: central differences of second order, at the ends one-sided ones of
 * `edgeOrder`. Not the gradient of a function: that is `gradientsFunction`'s. f32 f64 c64 c128. Linear in y.
 * @throws ShapeError when an axis has not more elements than `edgeOrder`, or x not as many.
 */
export const gradient = numericalGradient as NumericalGradient;

/** Weights of three neighbours in the slope at the first, the second and the third of them; p and q are their distances. */
const WEIGHTS: readonly ((p: Tensor, q: Tensor) => readonly Tensor[])[] = [
  (p, q) => [div(sub(mul(p, -2), q), mul(p, add(p, q))), div(add(p, q), mul(p, q)), div(mul(p, -1), mul(q, add(p, q)))],
  (p, q) => [div(mul(q, -1), mul(p, add(p, q))), div(sub(q, p), mul(p, q)), div(p, mul(q, add(p, q)))],
  (p, q) => [div(q, mul(p, add(p, q))), div(mul(add(p, q), -1), mul(p, q)), div(add(p, mul(q, 2)), mul(q, add(p, q)))],
];

/** Slopes of y along axis i. */
function slopes(y: Tensor, i: number, x: Tensor | undefined, dx: number, edgeOrder: number): Tensor {
  const n = y.shape[i] as number;
  if (n <= edgeOrder) throw refused(ShapeError, 'gradient', `axis ${i} has ${n} elements; edgeOrder ${edgeOrder} takes more`);
  if (x && (x.rank !== 1 || x.size !== n)) throw refused(ShapeError, 'gradient', `x has one dimension and an element for each of ${n} along axis ${i}`);
  const part = (from: number, size: number): Tensor => cut(y, i, from, 1, size);
  /** `size` distances of neighbours along axis i, from position `from` on. */
  const steps = (from: number, size: number): Tensor => {
    if (!x) return full([], dx, { dtype: y.dtype });
    const distances = sub(cut(x, 0, from + 1, 1, size), cut(x, 0, from, 1, size));
    return reshaped(
      distances,
      upTo(y.rank).map((k) => (k === i ? size : 1)),
    );
  };
  const pair = (from: number): Tensor => div(sub(part(from + 1, 1), part(from, 1)), steps(from, 1));
  /** The slopes of `size` triples from position `from` on, at their element number `place`. */
  const triple = (from: number, size: number, place: number): Tensor => {
    const weights = (WEIGHTS[place] as (typeof WEIGHTS)[0])(steps(from, size), steps(from + 1, size));
    return weights.map((w, k) => mul(part(from + k, size), w)).reduce((a, b) => add(a, b));
  };
  const inner = (): Tensor => (x ? triple(0, n - 2, 1) : div(sub(part(2, n - 2), part(0, n - 2)), 2 * dx));
  const ends = edgeOrder === 1 ? [pair(0), pair(n - 2)] : [triple(0, 1, 0), triple(n - 3, 1, 2)];
  return concat(n > 2 ? [ends[0] as Tensor, inner(), ends[1] as Tensor] : ends, i);
}

/**
 * yₖ = log Σ e^xⱼ over j ≤ k along `axis`; over j ≥ k when `reverse`; whatever the size of x. f32 f64. Gradient Σ ȳₖ·e^(xⱼ − yₖ) over k ≥ j.
 * float32 is computed in float64; float64 to (k + 8)·u in the sum.
 * @throws IndexError when the axis is out of range.
 */
export const logcumsumexp: (x: TensorLike, options?: number | RunningOptions) => Tensor = /* @__PURE__ */ functionRow(
  'logcumsumexp',
  { x: ALONE },
  RUNNING,
  (given, { axis, reverse }) => {
    const like = inexact(given);
    const x = like.dtypeNumber === DType.float32 ? converted(like, DType.float64) : like;
    const flags = reverse ? REVERSE : 0;
    const greatest = (more: number): Tensor => withAttributes(Op.cummax, stopGradient(x), axesWords(flags | more, axis));
    const finite = (m: Tensor): Tensor => where(isFiniteNumber(m), m, 0);
    // The sum up to each element in units of e^m, m the greatest so far: sₖ = sₖ₋₁·e^(mₖ₋₁ − mₖ) + e^(xₖ − mₖ).
    const before = greatest(EXCLUSIVE);
    const m = finite(greatest(0));
    const decay = where(equal(before, Number.NEGATIVE_INFINITY), 0, exp(sub(finite(before), m)));
    const term = exp(sub(x, m));
    const earlier = applyMany(Op.recurrence, [decay, term], axesWords(flags, axis))[0] as Tensor;
    const s = add(mul(decay, earlier), term);
    const isNothing = equal(s, 0);
    const y = where(isNothing, Number.NEGATIVE_INFINITY, add(m, log(where(isNothing, 1, s))));
    return converted(y, like.dtypeNumber);
  },
);

/** The mean and the variance of x over `axis`. f32 f64 c64 c128. Gradients as of `mean` and `variance`. */
export const moments: (x: TensorLike, options?: number | readonly number[] | SpreadOptions) => { readonly mean: Tensor; readonly variance: Tensor } =
  /* @__PURE__ */ functionRow('moments', { x: ALONE }, SPREAD, (x, { correction, ...options }) => ({
    mean: mean(x, options),
    variance: variance(x, { ...options, correction }),
  }));
