/** Rows of gradtape/sort: lines in order, and places in them. NaN comes last in either order. */
import { DType } from '../../assembly/shared/abi.js';
import { Op } from '../../assembly/shared/opcode.js';
import type { TensorLike } from '../convert.js';
import {
  ALONE,
  applyMany,
  axesOf,
  axisOf,
  COUNT,
  converted,
  counted,
  cut,
  FLAG,
  functionRow,
  isComplex,
  oneOf,
  refused,
  reshaped,
  searchWords,
  sizeOf,
  sortWords,
  TENSOR,
  upTo,
  WHOLE,
  withAttributes,
} from '../extend.js';
import type { ReduceOptions } from '../ops/reduction.js';
import { imag, isNaN as isNoNumber, moveaxis, real, ShapeError, squeeze, takeAlongAxis, where } from '../public.js';
import type { Tensor } from '../tensor.js';

export interface SortOptions {
  /** The last by default. */
  readonly axis?: number;
  /** Whether the greatest comes first. NaN comes last all the same. */
  readonly descending?: boolean;
}

const ORDER = { axis: [WHOLE, -1], descending: [FLAG, false] } as const;

/** Real numbers of the last axis in order. */
export const inOrder = (x: Tensor, descending = false): Tensor => withAttributes(Op.sort, x, sortWords(descending, 0));

/** The places of the first `count` of the last axis in order, of all by default. */
export function placesOf(x: Tensor, descending: boolean, count = x.shape.at(-1) as number): Tensor {
  if (!isComplex(x.dtypeNumber)) return withAttributes(Op.argsort, x, sortWords(descending, count));
  // By imaginary parts, then by real ones, then numbers in front of those with a NaN.
  const [re, im] = [real(x), imag(x)];
  const rank = where(isNoNumber(re), 2, converted(isNoNumber(im), DType.int32));
  let places = placesOf(im, descending);
  for (const key of [re, rank]) places = taken(places, placesOf(taken(key, places), descending && key === re));
  return takeFirst(places, count);
}

/** Elements of each line of the last axis. */
const taken = (x: Tensor, places: Tensor): Tensor => takeAlongAxis(x, places, -1);

const takeFirst = (x: Tensor, count: number): Tensor => (x.shape.at(-1) === count ? x : cut(x, x.rank - 1, 0, 1, count));

/** A function of lines as one of x along an axis; a scalar is a line of one. */
function along(x: Tensor, axis: number, f: (lines: Tensor) => Tensor): Tensor {
  const flat = x.rank ? x : reshaped(x, [1]);
  const i = axisOf(axis, flat.rank);
  const y = moveaxis(f(moveaxis(counted(flat), i, -1)), -1, i);
  return x.rank ? y : reshaped(y, []);
}

/** The places in order along an axis. */
export const ordered = (x: Tensor, axis = -1, descending = false): Tensor => along(x, axis, (lines) => placesOf(lines, descending));

/**
 * x in ascending order along `axis`, or in descending order; NaN last. Complex numbers by their real parts, then by their imaginary parts, as
 * NumPy's. Any dtype. x̄ = ȳ at the places that the elements come from, of equal ones in their order.
 * By digits of their bits: about 10 ns an element of float32.
 * @throws IndexError when the axis is out of range.
 */
export const sort: (x: TensorLike, options?: number | SortOptions) => Tensor = /* @__PURE__ */ functionRow(
  'sort',
  { x: ALONE },
  ORDER,
  (x, { axis, descending }) => {
    const y = along(x, axis, (lines) => (isComplex(x.dtypeNumber) ? taken(lines, placesOf(lines, descending)) : inOrder(lines, descending)));
    return x.dtypeNumber === DType.bool ? converted(y, DType.bool) : y;
  },
);

/**
 * The places that the elements of x have in order along `axis`: `takeAlongAxis(x, argsort(x, axis), axis)` is `sort(x, axis)`. Stable: equal
 * ones stay in their order, also in descending order; NaN last. Any dtype → int32. No gradient.
 * @throws IndexError when the axis is out of range.
 */
export const argsort: (x: TensorLike, options?: number | SortOptions) => Tensor = /* @__PURE__ */ functionRow(
  'argsort',
  { x: ALONE },
  ORDER,
  (x, { axis, descending }) => ordered(x, axis, descending),
);

export interface TopkOptions {
  /** The last by default. */
  readonly axis?: number;
  /** Whether the greatest are wanted, as by default, or the smallest. */
  readonly largest?: boolean;
}

/** Values and the places in x that they come from. */
export interface Found {
  readonly values: Tensor;
  readonly indices: Tensor;
}

function first(x: Tensor, k: number, given: number, descending: boolean): Found {
  const size = x.rank ? (x.shape[axisOf(given, x.rank)] as number) : 1;
  if (k > size) throw refused(ShapeError, '', `k is at most the number of elements along the axis, ${size}; got ${k}`);
  const indices = along(x, x.rank ? given : axisOf(given, 1), (lines) => placesOf(lines, descending, k));
  return { values: x.rank ? takeAlongAxis(x, indices, given) : x, indices };
}

/**
 * The k greatest elements of x along `axis` in descending order, or with `largest: false` the k smallest in ascending order, and their places;
 * of equal ones the first; NaN only where numbers are fewer. Any dtype. x̄ = ȳ at the places.
 * A small k takes one pass over x.
 * @throws ShapeError when there are fewer than k; IndexError when the axis is out of range.
 */
export const topk: (x: TensorLike, k: number, options?: number | TopkOptions) => Found = /* @__PURE__ */ functionRow(
  'topk',
  { x: ALONE, k: COUNT },
  { axis: [WHOLE, -1], largest: [FLAG, true] },
  (x, k, { axis, largest }) => first(x, k, axis, largest),
);

export interface KthOptions {
  /** The last by default. */
  readonly axis?: number;
  /** Whether the axis stays, in size 1. */
  readonly keepDims?: boolean;
}

/**
 * The k-th smallest element of x along `axis`, counted from 1, and its place; NaN last. Any dtype. x̄ = ȳ at the place.
 * @throws ShapeError when there are fewer than k; IndexError when the axis is out of range.
 */
export const kthValue: (x: TensorLike, k: number, options?: number | KthOptions) => Found = /* @__PURE__ */ functionRow(
  'kthValue',
  { x: ALONE, k: COUNT },
  { axis: [WHOLE, -1], keepDims: [FLAG, false] },
  (x, k, { axis, keepDims }) => {
    const i = axisOf(axis, Math.max(1, x.rank));
    const { values, indices } = first(x, k, axis, false);
    const last = (t: Tensor): Tensor => {
      if (!t.rank) return t;
      const y = cut(t, i, k - 1, 1, 1);
      return keepDims ? y : squeeze(y, i);
    };
    return { values: last(values), indices: last(indices) };
  },
);

/**
 * For each of `values` the place in `sorted`, a line in ascending order, where it would be inserted: in front of equal ones, or behind them with
 * `side: 'right'`. `sorted` may have a line for each of the leading places of `values`: (…, n), (…, m) → (…, m). f32 f64 i32 bool → int32.
 * No gradient.
 * @throws ShapeError when leading dimensions differ; DTypeError when dtypes do.
 */
export const searchsorted: (sorted: TensorLike, values: TensorLike, options?: 'left' | 'right' | { readonly side?: 'left' | 'right' }) => Tensor =
  /* @__PURE__ */ functionRow(
    'searchsorted',
    { sorted: TENSOR, values: TENSOR },
    { side: [/* @__PURE__ */ oneOf('left', 'right'), 'left'] },
    (sorted, values, { side }) => {
      if (!sorted.rank) throw refused(ShapeError, '', 'sorted has at least one dimension');
      return placesIn(counted(sorted), counted(values), side === 'right');
    },
  );

export const placesIn = (sorted: Tensor, values: Tensor, right: boolean): Tensor =>
  applyMany(Op.searchsorted, [sorted, values], searchWords(right))[0] as Tensor;

/** The axes of a reduction as one, the last: `shape` is that of the others, `kept` the same with ones. */
export interface Lines {
  readonly lines: Tensor;
  readonly shape: readonly number[];
  readonly kept: readonly number[];
}

export function linesOf(x: Tensor, axis: ReduceOptions['axis']): Lines {
  const axes = axis === undefined || x.rank === 0 ? upTo(x.rank) : axesOf(axis, x.rank);
  const others = upTo(x.rank).filter((i) => !axes.includes(i));
  const shape = others.map((i) => x.shape[i] as number);
  const size = sizeOf(axes.map((i) => x.shape[i] as number));
  return {
    lines: reshaped(moveaxis(x, others, upTo(others.length)), [...shape, size]),
    shape,
    kept: x.shape.map((dim, i) => (axes.includes(i) ? 1 : dim)),
  };
}
