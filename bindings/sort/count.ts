/** Rows of gradtape/sort: which numbers there are, and how many in which bin. */
import { DType } from '../../assembly/shared/abi.js';
import { Op } from '../../assembly/shared/opcode.js';
import type { TensorLike } from '../convert.js';
import {
  ALONE,
  ANY,
  axisOf,
  COUNT,
  converted,
  counted,
  cut,
  FLAG,
  functionRow,
  INDICES,
  inexact,
  isInexact,
  kind,
  listOf,
  neighbours,
  operand,
  REAL,
  refused,
  reshaped,
  SIZE,
  scattered,
  sizeOf,
  WHOLE,
} from '../extend.js';
import type { AxisOption } from '../ops/axes.js';
import {
  add,
  any,
  arange,
  booleanMask,
  concat,
  cumsum,
  diff,
  div,
  equal,
  expandDims,
  full,
  greaterEqual,
  isNaN as isNoNumber,
  less,
  lessEqual,
  logicalAnd,
  logicalNot,
  max,
  min,
  minimum,
  moveaxis,
  mul,
  notEqual,
  ShapeError,
  segmentSum,
  sub,
  sum,
  take,
  tensor,
  where,
} from '../public.js';
import type { Tensor } from '../tensor.js';
import { ordered, placesIn } from './order.js';

/** The different elements of a tensor, in order. */
export interface Unique {
  readonly values: Tensor;
  /** Where each stands first. */
  readonly indices: Tensor;
  /** Of each element of the tensor its place among the values. */
  readonly inverse: Tensor;
  /** How often each is there. */
  readonly counts: Tensor;
}

/**
 * The different elements of x in ascending order, with their places: as NumPy's `unique_all`, all NaN as one. x is taken as flat, and `inverse` has
 * its shape; with `axis` its slices along that axis are told apart instead, in the order of their first elements that differ. Any dtype.
 * Gradient for x: ȳ of the values, where each stands first.
 * @throws CompileError in a trace, for how many there are depends on values.
 */
export const unique: (x: TensorLike, options?: AxisOption) => Unique = /* @__PURE__ */ functionRow('unique', { x: ALONE }, { axis: [WHOLE] }, (x, { axis }) => {
  const front = axis === undefined ? reshaped(x, [x.size]) : moveaxis(x, axisOf(axis, x.rank), 0);
  const n = front.shape[0] as number;
  const width = sizeOf(front.shape.slice(1));
  const rows = counted(reshaped(front, [n, width]));
  let order = arange(n, { dtype: 'int32' });
  for (let k = width - 1; k >= 0; k--) order = take(order, ordered(reshaped(cut(take(rows, order), 1, k, 1, 1), [n])));
  const isFirst = concat([full([Math.min(1, n)], true), differ(...neighbours(take(rows, order), 0))]);
  const begins = booleanMask(arange(n, { dtype: 'int32' }), isFirst);
  const indices = take(order, begins);
  const inverse = take(sub(cumsum(converted(isFirst, DType.int32)), 1), ordered(order));
  const values = take(front, indices);
  return {
    values: axis === undefined ? values : moveaxis(values, 0, axisOf(axis, x.rank)),
    indices,
    inverse: axis === undefined ? reshaped(inverse, x.shape) : inverse,
    counts: diff(begins, { append: [n] }),
  };
});

/** Which rows differ, NaN being equal to NaN. */
function differ(a: Tensor, b: Tensor): Tensor {
  const isOther = notEqual(a, b);
  return any(isInexact(a.dtypeNumber) ? logicalAnd(isOther, logicalNot(logicalAnd(isNoNumber(a), isNoNumber(b)))) : isOther, -1);
}

export interface BincountOptions {
  /** What each element counts, 1 by default; of the shape of x. */
  readonly weights?: TensorLike;
  /** How many bins there are at least. */
  readonly minLength?: number;
  /** How many bins there are, whatever is in x, which a program must be told: one more than the greatest number in x when absent. */
  readonly length?: number;
}

/**
 * How often each whole number from 0 on is in x, or the sum of its weights: x[i] = k adds weights[i] to y[k]. int32 → int32 [length], or the weights'
 * dtype. Gradient for the weights: ȳ at x.
 * @throws IndexError when a number is negative or not below `length`; CompileError in a trace without `length`.
 */
export const bincount: (x: TensorLike, options?: BincountOptions) => Tensor = /* @__PURE__ */ functionRow(
  'bincount',
  { x: INDICES },
  { weights: [ANY], minLength: [SIZE, 0], length: [SIZE] },
  (x, { weights, minLength, length }) => {
    const bins =
      length ??
      Math.max(
        minLength,
        (x.data() as Int32Array).reduce((most, v) => Math.max(most, v + 1), 0),
      );
    const ones = weights === undefined ? full(x.shape, 1, { dtype: 'int32' }) : weighing(weights, x);
    // A negative number would count from the end: it is sent beyond it.
    const at = where(less(x, 0), sub(x, bins), x);
    return scattered(Op.scatterAdd, reshaped(ones, [x.size]), reshaped(at, [x.size]), 0, bins);
  },
);

/** Weights of the shape of x. */
function weighing(weights: TensorLike, x: Tensor): Tensor {
  const t = counted(operand(weights, undefined, 'weights'));
  if (t.rank !== x.rank || t.shape.some((dim, i) => dim !== x.shape[i])) throw refused(ShapeError, '', 'weights have the shape of x', { x, weights: t });
  return t;
}

export interface HistogramOptions {
  /** How many bins of one width, 10 by default, or their edges in ascending order. */
  readonly bins?: number | readonly number[];
  /** Where the first bin begins and the last ends: at the least and greatest x by default. */
  readonly range?: readonly [number, number];
  /** What each element counts, 1 by default; of the shape of x. */
  readonly weights?: TensorLike;
  /** Whether counts are divided by their sum and by the widths of the bins. */
  readonly density?: boolean;
}

/** Numbers of elements in bins, and where the bins begin and end: one edge more than bins. */
export interface Histogram {
  readonly counts: Tensor;
  readonly edges: Tensor;
}

const BINS = /* @__PURE__ */ kind<number | readonly number[]>('a whole number from 1 or a list of at least two numbers in ascending order', (v, name) => {
  if (!Array.isArray(v)) return COUNT.read(v, name);
  const edges = listOf(v, name, REAL.read);
  return edges && edges.length > 1 && edges.every((edge, i) => i === 0 || edge >= (edges[i - 1] as number)) ? edges : undefined;
});
const RANGE = /* @__PURE__ */ kind<readonly [number, number]>('a pair of numbers, the second not below the first', (v, name) => {
  const pair = listOf(v, name, REAL.read);
  return pair?.length === 2 && (pair[1] as number) >= (pair[0] as number) && pair.every(Number.isFinite) ? (pair as [number, number]) : undefined;
});

/**
 * How many x are in each bin: from its edge up to below the next one, in the last bin up to and with its end; as NumPy's `histogram`. What is outside of
 * all bins, and NaN, counts nowhere; where x has NaN or ∞ and no `range` is given, there are no bins to count in and their edges are NaN. f32 f64 i32 bool →
 * counts int32, or of the weights' dtype, or floating where `density`. Gradient for the weights: ȳ of the bin.
 * @throws ShapeError when weights have another shape, or the range is wanted of nothing.
 */
export const histogram: (x: TensorLike, options?: HistogramOptions) => Histogram = /* @__PURE__ */ functionRow(
  'histogram',
  { x: ALONE },
  { bins: [BINS, 10], range: [RANGE], weights: [ANY], density: [FLAG, false] },
  (given, { bins, range, weights, density }) => {
    const x = inexact(given);
    const edges = typeof bins === 'number' ? evenEdges(x, bins, range) : tensor(bins, { dtype: x.dtype });
    const size = edges.size - 1;
    const isInside = logicalAnd(greaterEqual(x, cut(edges, 0, 0, 1, 1)), lessEqual(x, cut(edges, 0, size, 1, 1)));
    const bin = where(isInside, minimum(sub(placesIn(edges, x, true), 1), size - 1), -1);
    const ones = weights === undefined ? full(x.shape, 1, { dtype: 'int32' }) : weighing(weights, x);
    const counts = segmentSum(reshaped(ones, [x.size]), reshaped(bin, [x.size]), { numSegments: size });
    if (!density) return { counts, edges };
    const each = isInexact(counts.dtypeNumber) ? counts : converted(counts, x.dtypeNumber);
    return { counts: div(div(each, diff(edges)), sum(each)), edges };
  },
);

/** The edges of `bins` bins of one width. */
function evenEdges(x: Tensor, bins: number, range: readonly [number, number] | undefined): Tensor {
  const least = range ? full([], range[0], { dtype: x.dtype }) : min(x);
  const most = range ? full([], range[1], { dtype: x.dtype }) : max(x);
  const isOne = equal(least, most);
  const from = where(isOne, sub(least, 0.5), least);
  const to = where(isOne, add(most, 0.5), most);
  const places = arange(bins, { dtype: x.dtype });
  const width = sub(to, from); // NaN where an end is ∞
  return concat([add(mul(places, div(width, bins)), from), expandDims(add(to, mul(width, 0)), 0)]);
}
