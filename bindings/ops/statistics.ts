/** Rows of the op table: means, variances, norms, differences. */

import { Op } from '../../assembly/shared/opcode.js';
import { axesWords, doubleWords } from '../attributes.js';
import { operand, type TensorLike } from '../convert.js';
import { isComplex } from '../dtype.js';
import { ALONE, ANY, REAL, SIZE, WHOLE } from '../kinds.js';
import type { Tensor } from '../tensor.js';
import { abs, add, div, hypot, mul, pow, sub } from './arithmetic.js';
import { axesOf, axisOf, REDUCE, upTo } from './axes.js';
import { greater, less, logicalAnd, notEqual, where } from './comparison.js';
import { imag, real, viewAsReal } from './complex.js';
import { concat } from './concat.js';
import { cut } from './cuts.js';
import { broadcast, counted, type Filled, inexact, reduced, reshaped, row, withAttributes } from './define.js';
import { cast, stopGradient } from './identity.js';
import { max, min, type ReduceOptions, type Reduction, sum } from './reduction.js';

/** The number of elements that a reduction combines to one result. */
function terms(x: Tensor, axis: ReduceOptions['axis']): number {
  const { shape } = x;
  return axis === undefined || shape.length === 0 ? x.size : axesOf(axis, shape.length, 'mean').reduce((n, i) => n * (shape[i] as number), 1);
}

/**
 * Σ x/n over the n elements along `axis`; NaN over nothing. f32 f64 c64 c128; int32 and bool become float32. Gradient ȳ/n, repeated.
 * @throws IndexError when an axis is out of range or named twice.
 */
export const mean: Reduction = row('mean', { x: ALONE }, REDUCE, (x, { axis, keepDims }) => {
  const n = terms(x, axis);
  return div(reduced(Op.sum, inexact(x), axis, keepDims), n);
});

export interface SpreadOptions extends ReduceOptions {
  /** The number subtracted from the number of elements: 0 by default, 1 for the unbiased estimate. */
  readonly correction?: number;
}

/** Options, or the axis alone. */
export type SpreadOption = number | readonly number[] | SpreadOptions;

export type Spread = (x: TensorLike, options?: SpreadOption) => Tensor;
export const SPREAD = { ...REDUCE, correction: [REAL, 0] } as const;

function varianceOf(x: Tensor, { axis, keepDims, correction }: Filled<SpreadOptions, typeof SPREAD>): Tensor {
  const t = inexact(x);
  const words = [...axesWords(keepDims ? 1 : 0, axis), ...doubleWords(correction)];
  const ofReal = (part: Tensor): Tensor => withAttributes(Op.variance, part, words);
  return isComplex(t.dtypeNumber) ? add(ofReal(real(t)), ofReal(imag(t))) : ofReal(t);
}

/**
 * Σ |x − mean|²/(n − correction) over `axis`; real. f32 f64 c64 c128; int32 and bool become float32.
 * Gradient 2ȳ(x − mean)/(n − correction).
 * @throws IndexError when an axis is out of range or named twice.
 */
export const variance: Spread = row('variance', { x: ALONE }, SPREAD, varianceOf);

/** `variance` under NumPy's name. */
const alias: Spread = row('var', { x: ALONE }, SPREAD, varianceOf);

export { alias as var };

/** √ of Σ (x − mean)²/divisor over axes, or of Σ x²/divisor, of a real x; no square leaves the range. */
function deviation(x: Tensor, { axis, keepDims }: ReduceOptions, divisor: number, centred: 0 | 1): Tensor {
  return withAttributes(Op.deviation, x, [...axesWords(keepDims ? 1 : 0, axis), ...doubleWords(divisor), 0, 0, centred]);
}

/**
 * √ of the variance; real. f32 f64 c64 c128; int32 and bool become float32. Finite whenever the root is, whatever the squares; relative error
 * ≤ 20u. Gradient ȳ(x − mean)/((n − correction)·std), 0 where all elements are equal, as are all further derivatives there.
 * @throws IndexError when an axis is out of range or named twice.
 */
export const std: Spread = row('std', { x: ALONE }, SPREAD, (x, options) => {
  const t = inexact(x);
  const divisor = Math.max(0, terms(t, options.axis) - options.correction);
  const ofReal = (part: Tensor): Tensor => deviation(part, options, divisor, 1);
  return isComplex(t.dtypeNumber) ? hypot(ofReal(real(t)), ofReal(imag(t))) : ofReal(t);
});

export interface NormOptions extends ReduceOptions {
  /** 2 by default: Euclid's; any other number; Infinity: the largest size; −Infinity: the smallest. */
  readonly ord?: number;
}

/** √Σ|x|² over axes. */
function euclidean(x: Tensor, options: ReduceOptions): Tensor {
  if (!isComplex(x.dtypeNumber)) return deviation(x, options, 1, 0);
  const axes = options.axis === undefined ? upTo(x.rank) : axesOf(options.axis, x.rank, 'norm');
  const sizes = deviation(viewAsReal(x), { ...options, axis: [...axes, x.rank] }, 1, 0);
  return options.keepDims ? reshaped(sizes, sizes.shape.slice(0, -1)) : sizes;
}

/** xᵖ for x ≥ 0, constant at 0. */
function powered(x: Tensor, p: number): Tensor {
  const isSome = greater(x, 0);
  return where(isSome, pow(where(isSome, x, 1), p), p > 0 ? 0 : Number.POSITIVE_INFINITY);
}

/** (Σ sizeᵖ)^(1/p), computed from sizes that are divided by the dominant one, so that no power leaves the range; 0, and constant, at 0. */
function powerMean(size: Tensor, options: ReduceOptions, p: number): Tensor {
  const deciding = stopGradient((p > 0 ? max : min)(size, { ...options, keepDims: true }));
  const scale = where(logicalAnd(greater(deciding, 0), less(deciding, Number.POSITIVE_INFINITY)), deciding, 1);
  const total = sum(powered(div(size, scale), p), options);
  const root = powered(total, 1 / p);
  return mul(root, options.keepDims ? scale : reshaped(scale, root.shape));
}

/**
 * ‖x‖ over `axis`, all its elements taken as one vector: √Σ|x|² for ord 2, (Σ|x|ᵖ)^(1/p) for another p, max |x| for ∞, min |x| for −∞, how
 * many are not 0 for 0; real. f32 f64 c64 c128; int32 and bool become float32. Finite whenever the norm is; relative error ≤ 20u for ord 2.
 * Gradient ȳ·x/‖x‖ for ord 2; it and all further derivatives are 0 at 0, where the norm has none, also inside what would be smooth there:
 * the square of a norm that is to be differentiated twice is sum(square(x)).
 * @throws IndexError when an axis is out of range or named twice; ShapeError when a largest or smallest size of nothing is asked for.
 */
export const norm: (x: TensorLike, options?: number | readonly number[] | NormOptions) => Tensor = row(
  'norm',
  { x: ALONE },
  { ...REDUCE, ord: [REAL, 2] },
  (x, { axis, keepDims, ord }) => {
    const options = { axis, keepDims };
    const t = inexact(x);
    if (ord === 2) return euclidean(t, options);
    if (ord === 1) return sum(abs(t), options);
    if (ord === 0) return cast(sum(notEqual(t, 0), options), t.dtype === 'float64' || t.dtype === 'complex128' ? 'float64' : 'float32');
    if (ord === Number.POSITIVE_INFINITY) return max(abs(t), options);
    if (ord === Number.NEGATIVE_INFINITY) return min(abs(t), options);
    return powerMean(abs(t), options, ord);
  },
);

/** The neighbours along one axis: all but the first, all but the last. */
export function neighbours(x: Tensor, axis: number): readonly [Tensor, Tensor] {
  const dim = x.shape[axis] as number;
  const size = Math.max(0, dim - 1);
  return [cut(x, axis, Math.min(1, dim), 1, size), cut(x, axis, 0, 1, size)];
}

export interface DiffOptions {
  /** The number of times that differences are taken; 1 by default. */
  readonly n?: number;
  /** The last by default. */
  readonly axis?: number;
  /** Values in front of x along the axis, and behind it: a number, or a tensor as `concat` takes it. */
  readonly prepend?: TensorLike;
  readonly append?: TensorLike;
}

/**
 * xₖ₊₁ − xₖ along `axis`, taken `n` times, of x with `prepend` in front and `append` behind. f32 f64 c64 c128 i32. x̄ₖ = ȳₖ₋₁ − ȳₖ.
 * @throws IndexError when the axis is out of range; ShapeError when `prepend` or `append` differs from x in another dimension.
 */
export const diff: (x: TensorLike, options?: number | DiffOptions) => Tensor = row(
  'diff',
  { x: ALONE },
  { axis: [WHOLE, -1], n: [SIZE, 1], prepend: [ANY], append: [ANY] },
  (x, { axis, n, prepend, append }) => {
    let t = counted(x);
    const i = axisOf(axis, t.rank, 'diff');
    if (prepend !== undefined || append !== undefined) t = concat([...atEnd(prepend, t, i, 'prepend'), t, ...atEnd(append, t, i, 'append')], i);
    for (let k = Math.min(n, t.shape[i] as number); k > 0; k--) t = sub(...neighbours(t, i));
    return t;
  },
);

/** A list of the tensor to join to an end of t along axis i, or of none; a scalar is broadcast. */
function atEnd(v: TensorLike | undefined, t: Tensor, i: number, name: string): readonly Tensor[] {
  if (v === undefined) return [];
  const end = operand(v, t, name);
  const single = t.shape.map((dim, axis) => (axis === i ? 1 : dim));
  return [end.rank === 0 ? broadcast(end, single) : end];
}

export interface TrapzOptions {
  /** Sample points, of one dimension or of the shape of y. */
  readonly x?: TensorLike;
  /** Distance of the sample points when there is no `x`; 1 by default. */
  readonly dx?: number;
  /** The last by default. */
  readonly axis?: number;
}

/**
 * ∫ y dx along `axis` by the trapezoidal rule: Σ (xₖ₊₁ − xₖ)·(yₖ₊₁ + yₖ)/2. f32 f64 c64 c128.
 * @throws IndexError when the axis is out of range.
 */
export const trapz: (y: TensorLike, options?: number | TrapzOptions) => Tensor = row(
  'trapz',
  { y: ALONE },
  { axis: [WHOLE, -1], x: [ANY], dx: [REAL, 1] },
  (y, { axis, x, dx }) => {
    const t = inexact(y);
    const i = axisOf(axis, t.rank, 'trapz');
    const heights = div(add(...neighbours(t, i)), 2);
    return sum(mul(heights, x === undefined ? dx : steps(inexact(operand(x, t, 'x')), i, t.rank)), { axis: i });
  },
);

/** Distances of neighbouring sample points, along axis i of `rank`. */
export function steps(x: Tensor, i: number, rank: number): Tensor {
  if (x.rank !== 1) return diff(x, { axis: i });
  const distances = diff(x);
  return reshaped(
    distances,
    upTo(rank).map((k) => (k === i ? distances.size : 1)),
  );
}
