/** Rows of the op table: elements by index. */
import { add, div, maximum, type Num, real0 } from '../reference/dual.js';
import type { NdArray } from '../reference/ndarray.js';
import * as nd from '../reference/ndarray.js';
import { error, inexact, linear, NUMERIC, type OpInfo, REAL, sample, truths, whole } from './row.js';

interface Axis {
  readonly axis?: number;
}

const wrap = (i: Num, dim: number): number => (real0(i) < 0 ? real0(i) + dim : real0(i));
const axisOf = (option: number | Axis | undefined, rank: number): number =>
  nd.axesOf((typeof option === 'number' ? option : option?.axis) ?? 0, rank)[0] as number;

function take(x: NdArray, indices: NdArray, options: { axis?: number; batchDims?: number } = {}): NdArray {
  const { batchDims: given = 0 } = options;
  const batchDims = given < 0 ? given + indices.shape.length : given;
  const i = axisOf(options.axis ?? batchDims, x.shape.length);
  const inner = indices.shape.slice(batchDims);
  return nd.build([...x.shape.slice(0, i), ...inner, ...x.shape.slice(i + 1)], (index) => {
    const place = nd.at(indices, [...index.slice(0, batchDims), ...index.slice(i, i + inner.length)]);
    return nd.at(x, [...index.slice(0, i), wrap(place, x.shape[i] as number), ...index.slice(i + inner.length)]);
  });
}

function takeAlongAxis(x: NdArray, indices: NdArray, option?: number | Axis): NdArray {
  const axis = axisOf(option, x.shape.length);
  const shape = x.shape.map((dim, i) => (i === axis ? (indices.shape[i] as number) : Math.max(dim, indices.shape[i] as number)));
  const within = (t: NdArray, index: readonly number[]): number[] => index.map((v, i) => (t.shape[i] === 1 && i !== axis ? 0 : v));
  return nd.build(shape, (index) => {
    const place = wrap(nd.at(indices, within(indices, index)), x.shape[axis] as number);
    return nd.at(
      x,
      within(
        x,
        index.map((v, i) => (i === axis ? place : v)),
      ),
    );
  });
}

/** The points that an array (…, k) lists, wrapped. */
const point = (indices: NdArray, outer: readonly number[], shape: readonly number[]): number[] =>
  Array.from({ length: indices.shape.at(-1) as number }, (_, k) => wrap(nd.at(indices, [...outer, k]), shape[k] as number));

function gatherNd(x: NdArray, indices: NdArray): NdArray {
  const outer = indices.shape.slice(0, -1);
  const k = indices.shape.at(-1) as number;
  return nd.build([...outer, ...x.shape.slice(k)], (index) =>
    nd.at(x, [...point(indices, index.slice(0, outer.length), x.shape), ...index.slice(outer.length)]),
  );
}

/** An array whose elements are sums, or maxima, of the updates at their index. */
function pooled(
  shape: readonly number[],
  from: readonly (readonly [place: readonly number[], value: Num])[],
  start: readonly Num[],
  fold: (a: Num, b: Num) => Num,
): NdArray {
  const data = [...start];
  const places = new Map(nd.indices(shape).map((index, i) => [index.join(), i]));
  for (const [place, value] of from) {
    const i = places.get(place.join());
    if (i !== undefined) data[i] = fold(data[i] as Num, value);
  }
  return nd.array(shape, data);
}

const zeros = (shape: readonly number[]): Num[] => new Array<Num>(nd.sizeOf(shape)).fill(0);

function scatterNd(given: NdArray, updates: NdArray, shape: readonly number[]): NdArray {
  const indices = given.shape.length === 1 ? nd.reshape(given, [...given.shape, 1]) : given;
  const outer = indices.shape.length - 1;
  const from = nd
    .indices(updates.shape)
    .map((index) => [[...point(indices, index.slice(0, outer), shape), ...index.slice(outer)], nd.at(updates, index)] as const);
  return pooled(shape, from, zeros(shape), add);
}

function booleanMask(x: NdArray, mask: NdArray, option?: number | Axis): NdArray {
  const axis = axisOf(option, x.shape.length);
  const kept = nd.indices(mask.shape).filter((index) => nd.at(mask, index) === 1);
  return nd.build([...x.shape.slice(0, axis), kept.length, ...x.shape.slice(axis + mask.shape.length)], (index) =>
    nd.at(x, [...index.slice(0, axis), ...(kept[index[axis] as number] as number[]), ...index.slice(axis + 1)]),
  );
}

/** Values put at indices of an axis, at points on several, or where a mask holds. */
function indexPut(x: NdArray, at: NdArray, values: NdArray, option?: number | { readonly axis?: number | readonly number[] }): NdArray {
  const axis = (typeof option === 'object' ? option.axis : option) ?? 0;
  const last = (_: Num, b: Num): Num => b;
  if (typeof axis === 'number') {
    if (!isMask(x, at, axis)) return pooled(x.shape, updates(x, at, values, axis), x.data, last);
    const chosen = nd.indices(at.shape).filter((index) => nd.at(at, index) === 1);
    const shape = [...x.shape.slice(0, axis), chosen.length, ...x.shape.slice(axis + at.shape.length)];
    const own = values.shape.length - (shape.length - axis); // where the values have an element for each that is true
    const all = own < 0 || values.shape[own] === 1 ? nd.broadcastTo(values, shape) : values;
    const from = nd
      .indices(shape)
      .map(
        (index) =>
          [
            [...index.slice(0, axis), ...(chosen[index[axis] as number] as number[]), ...index.slice(axis + 1)],
            nd.at(all, all === values ? index.slice(axis - Math.max(own, 0)) : index),
          ] as const,
      );
    return pooled(x.shape, from, x.data, last);
  }
  const others = x.shape.flatMap((_, i) => (axis.includes(i) ? [] : [i]));
  const order = [...axis, ...others];
  const front = nd.transpose(x, order);
  const outer = at.shape.slice(0, -1);
  const rest = others.map((i) => x.shape[i] as number);
  const all = nd.broadcastTo(values, [...outer, ...rest]);
  const from = nd
    .indices(all.shape)
    .map((index) => [[...point(at, index.slice(0, outer.length), front.shape), ...index.slice(outer.length)], nd.at(all, index)] as const);
  const y = pooled(front.shape, from, front.data, last);
  return nd.transpose(
    y,
    order.map((_, i) => order.indexOf(i)),
  );
}

/** Samples have masks of 0 and 1 in the shape of x, and indices of one dimension. */
const isMask = (x: NdArray, at: NdArray, axis: number): boolean =>
  at.shape.every((dim, i) => dim === x.shape[axis + i]) && at.data.every((v) => v === 0 || v === 1) && at.data.length !== 0;

/** The positions of take(x, indices, axis) in x, and the values to store there. */
function updates(x: NdArray, indices: NdArray, values: NdArray, option?: number | Axis): (readonly [readonly number[], Num])[] {
  const axis = axisOf(option, x.shape.length);
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  const whole = nd.broadcastTo(values, shape);
  return nd.indices(shape).map((index) => {
    const place = wrap(nd.at(indices, index.slice(axis, axis + indices.shape.length)), x.shape[axis] as number);
    return [[...index.slice(0, axis), place, ...index.slice(axis + indices.shape.length)], nd.at(whole, index)];
  });
}

export function scattered(x: NdArray, indices: NdArray, values: NdArray, option: number | Axis | undefined, fold: (a: Num, b: Num) => Num): NdArray {
  const axis = axisOf(option, x.shape.length);
  const isLarger = values.shape.length === x.shape.length && values.shape.every((dim, i) => dim >= (indices.shape[i] as number));
  const whole = isLarger ? nd.build(indices.shape, (index) => nd.at(values, index)) : nd.broadcastTo(values, indices.shape);
  const from = nd
    .indices(indices.shape)
    .map((index) => [index.map((v, i) => (i === axis ? wrap(nd.at(indices, index), x.shape[axis] as number) : v)), nd.at(whole, index)] as const);
  return pooled(x.shape, from, x.data, fold);
}

interface Segments {
  readonly numSegments?: number;
  readonly axis?: number;
}

/** The option `axis`: the axis of x with which the axes of the ids begin. */
const fromAxis =
  (f: (x: NdArray, ids: NdArray, numSegments?: number) => NdArray) =>
  (x: NdArray, ids: NdArray, { numSegments, axis = 0 }: Segments = {}): NdArray => {
    const rank = x.shape.length;
    const own = axis < 0 ? axis + rank : axis;
    const outer = Array.from({ length: own }, (_, i) => i);
    const rest = Array.from({ length: rank - own }, (_, i) => i + own);
    const y = f(nd.transpose(x, [...rest.slice(0, ids.shape.length), ...outer, ...rest.slice(ids.shape.length)]), ids, numSegments);
    return nd.transpose(y, [...outer.map((i) => i + 1), 0, ...Array.from({ length: y.shape.length - own - 1 }, (_, i) => i + own + 1)]);
  };

export const segmented = (start: Num, fold: (a: Num, b: Num) => Num) => fromAxis((x, ids, numSegments) => segments(x, ids, numSegments, start, fold));

function segments(x: NdArray, ids: NdArray, numSegments: number | undefined, start: Num, fold: (a: Num, b: Num) => Num): NdArray {
  const count = numSegments ?? 1 + Math.max(-1, ...ids.data.map(real0));
  const shape = [count, ...x.shape.slice(ids.shape.length)];
  const from = nd
    .indices(x.shape)
    .map((index) => [[real0(nd.at(ids, index.slice(0, ids.shape.length))), ...index.slice(ids.shape.length)], nd.at(x, index)] as const);
  return pooled(
    shape,
    from,
    zeros(shape).map(() => start),
    fold,
  );
}

function segmentMean(x: NdArray, ids: NdArray, numSegments?: number): NdArray {
  const sums = segments(x, ids, numSegments, 0, add);
  const counts = segments(
    nd.map(() => 1, ids),
    ids,
    numSegments,
    0,
    add,
  );
  return nd.map(
    (sum, count) => div(sum, Math.max(1, real0(count))),
    sums,
    nd.reshape(
      counts,
      sums.shape.map((dim, i) => (i ? 1 : dim)),
    ),
  );
}

interface OneHot {
  readonly on?: number;
  readonly off?: number;
  readonly axis?: number;
}

function oneHot(indices: NdArray, depth: number, { on = 1, off = 0, axis = -1 }: OneHot = {}): NdArray {
  const rank = indices.shape.length + 1;
  const i = axisOf(axis, rank);
  const shape = [...indices.shape.slice(0, i), depth, ...indices.shape.slice(i)];
  return nd.build(shape, (index) =>
    nd.at(
      indices,
      index.filter((_, k) => k !== i),
    ) === index[i]
      ? on
      : off,
  );
}

/** The first of several equal maxima has them all in forward mode: samples have no ties. */
const greatest = (a: Num, b: Num): Num => maximum(b, a);

const outOfRange = (call: Parameters<typeof error>[0], name: string, index: number, axis: number, size: number) =>
  error(call, 'IndexError', new RegExp(`^${name}: index ${index} is out of range for axis ${axis} of size ${size}`));

const taking = linear(
  take,
  [
    sample([[5], whole([3], 4, 0, 4)]),
    sample([[2, 3], whole([2, 2], 0, -1, 2, 0)], { axis: 1 }),
    sample([[3, 2], whole([], 1)]),
    sample([[2, 3], whole([0])]),
    sample([[2, 3, 2], whole([2, 2], 0, 2, 1, 1)], { batchDims: 1 }),
  ],
  {
    errors: [
      outOfRange((g) => g.take([1, 2, 3], [0, 3]), 'take', 3, 0, 3),
      error((g) => g.take([1, 2], g.tensor([0, 1])), 'DTypeError', /^take: indices are int32; got a tensor \[2\] float32, make them of whole numbers/),
    ],
  },
);

const SUMS: Partial<OpInfo> = { dtypes: NUMERIC, ulp: { float32: 2, float64: 2, complex64: 3, complex128: 3, int32: 0 }, cancels: true, linear: true };

export const indexing = {
  take: taking,
  gather: { ...taking, errors: [] },
  takeAlongAxis: linear(
    takeAlongAxis,
    [sample([[3, 2], whole([2, 2], 2, 0, -1, 1)]), sample([[2, 3], whole([2, 2], 2, 0, 1, 1)], 1), sample([[2, 3], whole([1, 2], 2, 0)], { axis: -1 })],
    {
      errors: [outOfRange((g) => g.takeAlongAxis([[1, 2]], [[2]], 1), 'takeAlongAxis', 2, 1, 2)],
    },
  ),
  gatherNd: linear(gatherNd, [sample([[3, 2], whole([2, 2], 2, 1, -3, 0)]), sample([[3, 2], whole([2, 1], 2, 2)]), sample([[4], whole([1], 2)])]),
  scatterNd: linear(
    scatterNd,
    [
      sample([whole([3, 1], 0, 2, 0), [3]], [4]),
      sample([whole([2, 2], 1, 1, 0, -1), [2]], [2, 3]),
      sample([whole([2, 1], 1, 1), [2, 3]], [3, 3]),
      sample([whole([3], 3, 0, 3), [3]], [4]),
    ],
    SUMS,
  ),
  booleanMask: linear(
    booleanMask,
    [
      sample([[4], truths([4], 1, 0, 1, 1)]),
      sample([[2, 3], truths([2, 3], 1, 0, 1, 0, 0, 1)]),
      sample([[2, 3], truths([3], 0, 1, 1)], 1),
      sample([[2], truths([2], 0, 0)]),
    ],
    {
      errors: [
        error(
          (g) => g.booleanMask([1, 2, 3], [true, false]),
          'ShapeError',
          /^booleanMask: the mask's dimensions are those of x from axis 0 on; x is \[3\] float32, mask is \[2\] bool$/,
        ),
      ],
    },
  ),
  indexAdd: linear(
    (x: NdArray, i: NdArray, v: NdArray, axis?: number) => pooled(x.shape, updates(x, i, v, axis), x.data, add),
    [sample([[4], whole([3], 1, -1, 1), [3]]), sample([[2, 3], whole([2], 0, 0), [2, 2]], 1), sample([[3, 2], whole([2], 2, 0), []])],
    {
      ...SUMS,
      errors: [outOfRange((g) => g.indexAdd([1, 2], [2], [1]), 'indexAdd', 2, 0, 2)],
    },
  ),
  indexPut: linear(
    indexPut,
    [
      sample([[4], whole([3], 1, -1, 1), [3]]),
      sample([[2, 3], whole([2], 0, 2), [2, 2]], 1),
      sample([[3, 2], whole([2], 2, 0), []]),
      sample([[3, 4, 2], whole([2, 2], 2, -1, 0, 1), [2, 2]], { axis: [0, 1] }),
      sample([[3, 2, 4], whole([3, 2], 1, 2, 3, 0, 1, 2), []], { axis: [2, 0] }),
      sample([[2, 3], truths([2, 3], 1, 0, 1, 0, 0, 1), [4]]),
      sample([[2, 3, 2], truths([3], 0, 1, 1), [2, 2, 2]], 1),
      sample([[2, 3], truths([2], 0, 1), []]),
    ],
    {
      errors: [
        outOfRange((g) => g.indexPut([1, 2], [2], [1]), 'indexPut', 2, 0, 2),
        error(
          (g) => g.indexPut([[1, 2]], [[0, 0, 0]], 1, { axis: [0, 1] }),
          'ShapeError',
          /^indexPut: the last dimension of indices names a place on each of 2 axes/,
        ),
        error((g) => g.indexPut([1, 2], [true], 1), 'ShapeError', /^indexPut: the mask's dimensions are those of x from axis 0 on/),
      ],
    },
  ),
  scatterAdd: linear(
    (x: NdArray, i: NdArray, v: NdArray, option?: number | Axis) => scattered(x, i, v, option, add),
    [
      sample([[3, 2], whole([2, 2], 2, 0, 2, 1), [2, 2]]),
      sample([[2, 3], whole([2, 2], 2, 0, 1, 1), [2, 1]], 1),
      sample([[3, 4], whole([2, 2], 2, 0, -1, 1), [3, 3]]),
      sample([[3, 2, 2], whole([1, 3, 1], 1, 1, 0), []], 1),
    ],
    SUMS,
  ),
  scatterMax: linear(
    (x: NdArray, i: NdArray, v: NdArray, option?: number | Axis) => scattered(x, i, v, option, greatest),
    [
      sample([[3, 2], whole([2, 2], 2, 0, 2, 1), [2, 2]]),
      sample([[2, 3], whole([2, 2], 2, 0, 1, 1), [2, 2]], 1),
      sample([[3, 4], whole([2, 2], 2, 0, 0, 1), [2, 2]]),
    ],
    {
      dtypes: [...REAL, 'int32'],
      linear: false,
      analytic: false,
    },
  ),
  segmentMean: linear(
    fromAxis(segmentMean),
    [
      sample([[2, 4], whole([4], 0, 2, 0, 2)], { axis: 1 }),
      sample([[4], whole([4], 0, 2, 0, 2)]),
      sample([[3, 2], whole([3], 1, -1, 1)], { numSegments: 4 }),
      sample([[2, 2], whole([2, 2], 0, 1, 1, 1)]),
    ],
    { ...SUMS, result: inexact, ulp: { ...SUMS.ulp, int32: 0.5 } },
  ),
  segmentSum: linear(
    segmented(0, add),
    [
      sample([[3, 4, 2], whole([4], 0, 2, 0, 2)], { axis: -2, numSegments: 3 }),
      sample([[2, 2, 2], whole([2, 2], 0, 1, 1, 1)], { axis: 1 }),
      sample([[4], whole([4], 0, 2, 0, 2)]),
      sample([[3, 2], whole([3], 1, -1, 1)], { numSegments: 4 }),
      sample([[2, 2], whole([2, 2], 0, 1, 1, 1)]),
    ],
    {
      ...SUMS,
      errors: [error((g) => g.segmentSum([1, 2], [0, 5], { numSegments: 2 }), 'IndexError', /index 5 is out of range for axis 0 of size 2/)],
    },
  ),
  segmentMax: linear(
    segmented(-Infinity, greatest),
    [
      sample([[2, 4], whole([4], 0, 1, 0, 1)], { axis: 1 }),
      sample([[4], whole([4], 0, 1, 0, 1)]),
      sample([[3, 2], whole([3], 1, 0, 1)]),
      sample([[3, 2], whole([3], 1, -1, 0)]),
    ],
    {
      dtypes: [...REAL, 'int32'],
      linear: false,
      analytic: false,
    },
  ),
  oneHot: linear(oneHot, [sample('3', 4), sample('2,2', 3, { on: 5, off: -1, axis: 0 }), sample('', 2)], {
    dtypes: ['int32'],
    isStrict: true,
    result: () => 'float32',
    order: 0,
  }),
};
