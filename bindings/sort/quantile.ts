/** Rows of gradtape/sort: quantiles, medians, modes. */
import { DType } from '../../assembly/shared/abi.js';
import type { TensorLike } from '../convert.js';
import { ALONE, converted, functionRow, inexact, isInexact, kind, listOf, neighbours, oneOf, REAL, REDUCE, reshaped } from '../extend.js';
import type { ReduceOption, ReduceOptions, Reduction } from '../ops/reduction.js';
import {
  add,
  arange,
  argmax,
  concat,
  cummax,
  equal,
  expandDims,
  full,
  isInf,
  isNaN as isNoNumber,
  logicalNot,
  logicalOr,
  max,
  mean,
  mul,
  notEqual,
  squeeze,
  stack,
  sub,
  sum,
  take,
  takeAlongAxis,
  tensor,
  where,
} from '../public.js';
import type { Tensor } from '../tensor.js';
import { inOrder, type Lines, linesOf } from './order.js';

/** How a quantile between two elements is estimated: NumPy's names. The first nine are those of Hyndman and Fan (1996). */
export type QuantileMethod =
  | 'invertedCdf'
  | 'averagedInvertedCdf'
  | 'closestObservation'
  | 'interpolatedInvertedCdf'
  | 'hazen'
  | 'weibull'
  | 'linear'
  | 'medianUnbiased'
  | 'normalUnbiased'
  | 'lower'
  | 'higher'
  | 'midpoint'
  | 'nearest';

/** Where a quantile stands among n elements in order: between `place` and the next one, `weight` of the way. */
interface Standing {
  readonly place: number;
  readonly weight: number;
}

const between = (virtual: number, weightOf = (weight: number): number => weight): Standing => {
  const place = Math.floor(virtual);
  return { place, weight: weightOf(virtual - place) };
};
const at = (place: number): Standing => ({ place, weight: 0 });

/** With Hyndman's and Fan's parameters. */
const continuous =
  (alpha: number, beta: number) =>
  (n: number, q: number): Standing =>
    between(n * q + (alpha + q * (1 - alpha - beta)) - 1);

/** To the nearest whole number, halves to even ones. */
const even = (v: number): number => (v % 1 === 0.5 ? 2 * Math.round(v / 2) : Math.round(v));

const METHODS: Readonly<Record<QuantileMethod, (n: number, q: number) => Standing>> = {
  invertedCdf: (n, q) => at(Math.ceil(n * q) - 1),
  averagedInvertedCdf: (n, q) => between(n * q - 1, (weight) => (weight === 0 ? 0.5 : 1)),
  closestObservation: (n, q) => at(even(n * q) - 1),
  interpolatedInvertedCdf: continuous(0, 1),
  hazen: continuous(0.5, 0.5),
  weibull: continuous(0, 0),
  linear: (n, q) => between((n - 1) * q),
  medianUnbiased: continuous(1 / 3, 1 / 3),
  normalUnbiased: continuous(3 / 8, 3 / 8),
  lower: (n, q) => at(Math.floor((n - 1) * q)),
  higher: (n, q) => at(Math.ceil((n - 1) * q)),
  midpoint: (n, q) => between((n - 1) * q, (weight) => (weight === 0 ? 0 : 0.5)),
  nearest: (n, q) => at(even((n - 1) * q)),
};

/** The same among the places that there are. */
function standing(method: QuantileMethod, n: number, q: number): Standing {
  const { place: before, weight: part } = METHODS[method](n, q);
  const [place, weight] = part === 1 ? [before + 1, 0] : [before, part];
  return place < 0 ? at(0) : place >= n - 1 ? at(Math.max(n - 1, 0)) : { place, weight };
}

/** a + w·(b − a), where w may be a tensor; where one of them is infinite (1 − w)·a + w·b. */
function mixed(a: Tensor, b: Tensor, w: Tensor | number): Tensor {
  const isWild = logicalOr(isInf(a), isInf(b));
  return where(isWild, add(mul(sub(1, w), a), mul(w, b)), add(a, mul(w, sub(b, a))));
}

const elementOf = (lines: Tensor, place: number): Tensor => take(lines, place, { axis: -1 });

/** An element of each line, at a place of its own. */
const oneOfEach = (lines: Tensor, places: Tensor): Tensor => squeeze(takeAlongAxis(lines, expandDims(places, -1), -1), -1);

/** The quantile q of lines in order; NaN where a line has one, or nothing. */
function ofSorted(lines: Tensor, q: number, method: QuantileMethod): Tensor {
  const n = lines.shape.at(-1) as number;
  if (n === 0) return mean(lines, -1);
  const { place, weight } = standing(method, n, q);
  const a = elementOf(lines, place);
  const y = weight === 0 ? a : mixed(a, elementOf(lines, place + 1), weight);
  return where(isNoNumber(elementOf(lines, n - 1)), Number.NaN, y);
}

/** The quantile q of the numbers in lines in order, NaN where there are none: their standing is looked up by how many they are. */
function ofNumbers(lines: Tensor, q: number, method: QuantileMethod): Tensor {
  const n = lines.shape.at(-1) as number;
  if (n === 0) return ofSorted(lines, q, method);
  const count = sum(logicalNot(isNoNumber(lines)), -1);
  const all = Array.from({ length: n + 1 }, (_, k) => standing(method, k, q));
  const place = take(tensor(Int32Array.from(all, (s) => s.place)), count);
  const weight = take(
    tensor(
      Float64Array.from(all, (s) => s.weight),
      { dtype: lines.dtype },
    ),
    count,
  );
  const next = take(tensor(Int32Array.from(all, (s, k) => Math.min(s.place + 1, Math.max(k - 1, 0)))), count);
  const from = (places: Tensor): Tensor => oneOfEach(lines, places);
  const a = from(place);
  return where(equal(weight, 0), a, mixed(a, from(next), weight));
}

export interface QuantileOptions extends ReduceOptions {
  /** 'linear' by default. */
  readonly method?: QuantileMethod;
}

type Quantile = (x: TensorLike, q: number | readonly number[], options?: number | readonly number[] | QuantileOptions) => Tensor;

const share = (v: unknown, name: string): number | undefined => {
  const q = REAL.read(v, name);
  return q !== undefined && q >= 0 && q <= 1 ? q : undefined;
};
const SHARES = /* @__PURE__ */ kind<number | readonly number[]>('a number from 0 to 1 or a list of them', (v, name) =>
  Array.isArray(v) ? listOf(v, name, share) : share(v, name),
);
const METHOD = /* @__PURE__ */ oneOf<QuantileMethod>(...(Object.keys(METHODS) as QuantileMethod[]));

type OfLines = (lines: Tensor, q: number, method: QuantileMethod) => Tensor;

const reducedTo = (y: Tensor, { kept }: Lines, keepDims: boolean | undefined, front: readonly number[] = []): Tensor =>
  keepDims ? reshaped(y, [...front, ...kept]) : y;

const quantiles = (name: string, of: OfLines): Quantile =>
  functionRow(name, { x: ALONE, q: SHARES }, { ...REDUCE, method: [METHOD, 'linear'] }, (x, q, { axis, keepDims, method }) => {
    const found = linesOf(inexact(x), axis);
    const lines = inOrder(found.lines);
    if (typeof q === 'number') return reducedTo(of(lines, q, method), found, keepDims);
    const all = q.length ? stack(q.map((each) => of(lines, each, method))) : full([0, ...found.shape], 0, { dtype: lines.dtype });
    return reducedTo(all, found, keepDims, [q.length]);
  });

const medians = (name: string, of: OfLines): Reduction =>
  functionRow(name, { x: ALONE }, REDUCE, (x, { axis, keepDims }) => {
    const found = linesOf(inexact(x), axis);
    return reducedTo(of(inOrder(found.lines), 0.5, 'linear'), found, keepDims);
  });

/**
 * The number that a share q of the x over `axis` lies below, from 0 to 1; for a list of shares a leading axis of results. Between two elements
 * by `method`, one of NumPy's thirteen. NaN where any x is, or over nothing. f32 f64; int32 and bool become float32.
 * Gradient ȳ to the one or two elements in order that decide, by their weights; of equal ones in their order.
 * @throws IndexError when an axis is out of range or named twice.
 */
export const quantile: Quantile = /* @__PURE__ */ quantiles('quantile', ofSorted);

/** `quantile` of the x that are no NaN; NaN where all are. */
export const nanQuantile: Quantile = /* @__PURE__ */ quantiles('nanQuantile', ofNumbers);

/**
 * The middle one of the x over `axis` in order, the mean of the two middle ones where their number is even; NaN where any is, or over nothing.
 * f32 f64; int32 and bool become float32. Gradient ȳ, or half of it, to the middle ones; of equal ones in their order.
 * @throws IndexError when an axis is out of range or named twice.
 */
export const median: Reduction = /* @__PURE__ */ medians('median', ofSorted);

/** `median` of the x that are no NaN; NaN where all are. */
export const nanMedian: Reduction = /* @__PURE__ */ medians('nanMedian', ofNumbers);

/**
 * The most frequent of the x over `axis`, the smallest of several, and how often it is there; NaN and 0 where any is NaN. f32 f64 i32 bool.
 * Gradient ȳ to the last of the equal elements.
 * @throws ShapeError over nothing; IndexError when an axis is out of range or named twice.
 */
export const mode: (x: TensorLike, options?: ReduceOption) => { readonly values: Tensor; readonly counts: Tensor } = /* @__PURE__ */ functionRow(
  'mode',
  { x: ALONE },
  REDUCE,
  (x, { axis, keepDims }) => {
    const isTruth = x.dtypeNumber === DType.bool;
    const found = linesOf(isTruth ? converted(x, DType.int32) : x, axis);
    const lines = inOrder(found.lines);
    const n = lines.shape.at(-1) as number;
    const places = arange(n, { dtype: 'int32' });
    // The place where the run of equal elements began that each belongs to; so the length of the run up to each.
    const begins = concat([full([...found.shape, Math.min(1, n)], true), notEqual(...neighbours(lines, lines.rank - 1))], -1);
    const lengths = sub(add(places, 1), cummax(where(begins, places, 0), -1));
    const at = argmax(lengths, -1);
    const value = oneOfEach(lines, at);
    const count = max(lengths, -1);
    const isWrong = isInexact(lines.dtypeNumber) ? isNoNumber(elementOf(lines, n - 1)) : undefined;
    const values = isWrong ? where(isWrong, Number.NaN, value) : isTruth ? converted(value, DType.bool) : value;
    return { values: reducedTo(values, found, keepDims), counts: reducedTo(isWrong ? where(isWrong, 0, count) : count, found, keepDims) };
  },
);
