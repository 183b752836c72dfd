/** Rows of the op table: grids, integrals and slopes of samples, distances, and values stored at indices. */
import type { Num } from '../reference/dual.js';
import * as d from '../reference/dual.js';
import type { NdArray } from '../reference/ndarray.js';
import * as nd from '../reference/ndarray.js';
import { scattered, segmented } from './indexing.js';
import { ANY, EXACT, error, INEXACT, linear, NUMERIC, type OpInfo, REAL, REAL_OR_INT, real, sample, samples, whole } from './row.js';

type Axis = number | { readonly axis?: number };
const SUMS: Partial<OpInfo> = { dtypes: INEXACT, ulp: { float32: 8, float64: 8, complex64: 16, complex128: 16 }, cancels: true };

/** The axis of the result along which tensor i of a list runs, for 'xy' or 'ij'. */
const placeOf = (i: number, count: number, indexing: string): number => (indexing === 'xy' && count > 1 && i < 2 ? 1 - i : i);

function meshgrid(xs: readonly NdArray[], { indexing = 'xy' } = {}): NdArray[] {
  const shape: number[] = [];
  xs.forEach((x, i) => {
    shape[placeOf(i, xs.length, indexing)] = x.data.length;
  });
  return xs.map((x, i) => nd.build(shape, (index) => x.data[index[placeOf(i, xs.length, indexing)] as number] as Num));
}

function blockDiag(xs: readonly NdArray[]): NdArray {
  const sizes = xs.map((x) => (x.shape.length === 2 ? x.shape : [1, x.data.length])) as [number, number][];
  const begin = (k: number, axis: 0 | 1): number => sizes.slice(0, k).reduce((sum, size) => sum + size[axis], 0);
  return nd.build([begin(xs.length, 0), begin(xs.length, 1)], ([i, j]) => {
    const k = sizes.findIndex((size, n) => (i as number) < begin(n, 0) + size[0]);
    const [row, column] = [(i as number) - begin(k, 0), (j as number) - begin(k, 1)];
    const [, n] = sizes[k] as [number, number];
    return column >= 0 && column < n ? ((xs[k] as NdArray).data[row * n + column] as Num) : 0;
  });
}

function cumulativeTrapezoid(
  y: NdArray,
  { axis = -1, x, dx = 1, initial }: { axis?: number; x?: readonly number[]; dx?: number; initial?: number } = {},
): NdArray {
  return nd.along(y, axis, (line) => {
    let total: Num = 0;
    const sums = line.slice(1).map((v, i) => {
      total = d.add(total, d.mul(x ? (x[i + 1] as number) - (x[i] as number) : dx, d.div(d.add(v, line[i] as Num), 2)));
      return total;
    });
    return initial === undefined ? sums : [initial, ...sums];
  });
}

/** The slope at place k of the parabola through three points, or of the line through two. */
function slopeAt(points: readonly (readonly [x: number, y: Num])[], at: number): Num {
  return d.sum(
    points.map(([xi, yi], i) => {
      const others = points.flatMap(([xj], j) => (j === i ? [] : [xj]));
      const below = others.reduce((product, xj) => product * (xi - xj), 1);
      const above = others.length === 1 ? 1 : 2 * at - (others[0] as number) - (others[1] as number);
      return d.mul(above / below, yi);
    }),
  );
}

function slopes(y: NdArray, { axis = -1, x, dx = 1, edgeOrder = 1 }: { axis?: number; x?: readonly number[]; dx?: number; edgeOrder?: number } = {}): NdArray {
  return nd.along(y, axis, (line) => {
    const points = line.map((v, i): readonly [number, Num] => [x?.[i] ?? i * dx, v]);
    return line.map((_, i) => {
      const isEnd = i === 0 || i === line.length - 1;
      const count = isEnd ? edgeOrder + 1 : 3;
      const from = Math.max(0, Math.min(line.length - count, i === 0 ? 0 : i - (isEnd ? edgeOrder : 1)));
      return slopeAt(points.slice(from, from + count), (points[i] as readonly [number, Num])[0]);
    });
  });
}

function logcumsumexp(x: NdArray, option?: Axis & { readonly reverse?: boolean }): NdArray {
  const { axis, reverse } = typeof option === 'object' ? option : { axis: option as number | undefined, reverse: false };
  const run = (line: Num[]): Num[] => {
    const ordered = reverse ? [...line].reverse() : line;
    const sums = ordered.map((_, k) => {
      const most = Math.max(...ordered.slice(0, k + 1).map(d.real0));
      return d.add(most, d.log(d.sum(ordered.slice(0, k + 1).map((v) => d.exp(d.sub(v, most))))));
    });
    return reverse ? sums.reverse() : sums;
  };
  return axis === undefined ? nd.reshape(nd.along(nd.reshape(x, [x.data.length]), 0, run), x.shape) : nd.along(x, axis, run);
}

const distance = (a: readonly Num[], b: readonly Num[], ord: number): Num => {
  const sizes = a.map((v, i) => d.abs(d.sub(v, b[i] as Num)));
  return ord === 1 ? d.sum(sizes) : ord === Infinity ? sizes.reduce(d.maximum) : d.sqrt(d.sum(sizes.map(d.square)));
};

function cdist(x: NdArray, y: NdArray, option: number | { ord?: number } = 2): NdArray {
  const ord = typeof option === 'object' ? (option.ord ?? 2) : option;
  const rank = Math.max(x.shape.length, y.shape.length);
  const batch = nd.map(
    d.add,
    nd.build(x.shape.slice(0, -2), () => 0),
    nd.build(y.shape.slice(0, -2), () => 0),
  ).shape;
  const row = (t: NdArray, index: readonly number[], i: number): Num[] => {
    const own = index.slice(rank - t.shape.length, rank - 2).map((v, k) => ((t.shape[k] as number) === 1 ? 0 : v));
    return Array.from({ length: t.shape.at(-1) as number }, (_, k) => nd.at(t, [...own, i, k]));
  };
  return nd.build([...batch, x.shape.at(-2) as number, y.shape.at(-2) as number], (index) =>
    distance(row(x, index, index.at(-2) as number), row(y, index, index.at(-1) as number), ord),
  );
}

function renorm(x: NdArray, most: number, { axis = 0 }: { axis?: number } = {}): NdArray {
  const kept = axis < 0 ? axis + x.shape.length : axis;
  const others = x.shape.flatMap((_, i) => (i === kept ? [] : [i]));
  return nd.inLines(x, others, (v, line) => {
    const size = d.sqrt(d.sum(line.map((w) => d.re(d.mul(w, d.conj(w))))));
    return d.real0(size) > most ? d.mul(v, d.div(most, size)) : v;
  });
}

const SEGMENTED = [
  sample([[2, 4], whole([4], 0, 1, 0, 1)], { axis: 1 }),
  sample([[4], whole([4], 0, 1, 0, 1)]),
  sample([[3, 2], whole([3], 1, 0, 1)]),
  sample([[2, 2], whole([2, 2], 0, 1, 1, 1)]),
];

export const sampled = {
  meshgrid: linear(meshgrid, [...samples('2 · 3', '3', '2 · 3 · 4', ' · 2'), sample('2 · 3', { indexing: 'ij' }), sample('2 · 0')], {
    dtypes: ANY,
    ulp: EXACT,
    call: (f, tensors, args) => f(tensors, ...args),
    errors: [error((g) => g.meshgrid([[1], [[2]]]), 'ShapeError', /^meshgrid: takes tensors of one dimension; that at 1 is \[1, 1\]/)],
  }),
  nonzero: linear(
    (x: NdArray) => {
      const places = nd.indices(x.shape).filter((index) => d.modulus(nd.at(x, index)) !== 0);
      return nd.array([places.length, x.shape.length], places.flat());
    },
    [sample([{ shape: [4], data: [0, 2, 0, -1] }]), sample([{ shape: [2, 3], data: [1, 0, 0, 0, 1, 1] }]), sample('0,3'), sample([{ shape: [], data: [1] }])],
    { dtypes: ANY, result: () => 'int32', ulp: EXACT, order: 0 },
  ),
  isIn: linear(
    (x: NdArray, values: NdArray) => nd.map((v) => Number(values.data.some((w) => d.modulus(d.sub(v, w)) === 0)), x),
    [
      sample([
        { shape: [4], data: [0, 1, 2, 3] },
        { shape: [2], data: [1, 3] },
      ]),
      sample([
        { shape: [2, 1], data: [0, 1] },
        { shape: [], data: [1] },
      ]),
      sample([[3], { shape: [0], data: [] }]),
    ],
    { dtypes: ANY, result: () => 'bool', ulp: EXACT, order: 0 },
  ),
  blockDiag: linear(blockDiag, samples('2,3 · 1,2', '2 · 3,1 · ', '2,2', '0,2 · 2,1'), {
    dtypes: ANY,
    call: (f, tensors) => f(tensors),
    errors: [error((g) => g.blockDiag([[[[1]]]]), 'ShapeError', /^blockDiag: takes matrices; that at 0 is \[1, 1, 1\]/)],
  }),
  cumulativeTrapezoid: linear(
    cumulativeTrapezoid,
    [sample('5'), sample('2,3', { dx: 0.5 }), sample('3,2', { axis: 0, initial: 0 }), sample('3', { x: [0, 1, 3], initial: 2 }), sample('1'), sample('2,0')],
    SUMS,
  ),
  gradient: linear(
    slopes,
    [
      sample('5'),
      sample('2,3', { dx: 0.5 }),
      sample('4,2', { axis: 0, edgeOrder: 2 }),
      sample('4', { x: [0, 1, 3, 3.5] }),
      sample('2,5', { x: [-1, 0, 0.5, 2, 4], edgeOrder: 2 }),
      sample('2'),
    ],
    {
      ...SUMS,
      atLeast: 3,
      errors: [
        error((g) => g.gradient([1]), 'ShapeError', /^gradient: axis 0 has 1 elements; edgeOrder 1 takes more/),
        error((g) => g.gradient([1, 2, 3], { x: [1, 2] }), 'ShapeError', /^gradient: x has one dimension and an element for each of 3 along axis 0/),
      ],
    },
  ),
  logcumsumexp: {
    ...linear(logcumsumexp, [sample('5'), sample('2,3'), sample('2,3', 1), sample('3,2', { axis: 0, reverse: true }), sample(''), sample('0,2', 1)]),
    linear: false,
    analytic: false,
    dtypes: REAL,
    ulp: { float32: 1, float64: 12 },
    atLeast: 1,
    special: [
      { at: [[1000, 1000]], value: [1000, 1000 + Math.LN2], gradient: [[1.5, 0.5]] },
      { at: [[-1000, 0]], value: [-1000, 0] },
      { at: [[-Infinity, -Infinity, 2]], value: [-Infinity, -Infinity, 2], gradient: [[0, 0, 1]] },
      { at: [[1, Infinity, 2]], value: [1, Infinity, Infinity] },
      { at: [[1, Number.NaN]], value: [1, Number.NaN] },
    ],
  },
  moments: {
    ...linear(
      (x: NdArray, options?: nd.ReduceOptions) => {
        const mean = (line: readonly Num[]): Num => d.div(d.sum(line), line.length);
        return nd.reduce(x, options, (line) => mean(line.map((v) => d.re(d.mul(d.sub(v, mean(line)), d.conj(d.sub(v, mean(line))))))));
      },
      [sample('5'), sample('2,3', { axis: 1 }), sample('2,3', { axis: [0], keepDims: true })],
    ),
    call: (f: (...args: readonly unknown[]) => unknown, tensors: readonly unknown[], args: readonly unknown[] = []) => {
      const y = f(...tensors, ...args) as { variance?: unknown };
      return y.variance ?? y;
    },
    linear: false,
    analytic: false,
    dtypes: INEXACT,
    result: real,
    ulp: { float32: 8, float64: 8, complex64: 16, complex128: 16 },
    atLeast: 3,
  } as OpInfo,
  cdist: {
    ...linear(cdist, [sample('3,2 · 4,2'), sample('2,3,2 · 1,2'), sample('3,2 · 2,2', 1), sample('2,3 · 2,3', { ord: Infinity }), sample('0,2 · 3,2')]),
    linear: false,
    analytic: false,
    dtypes: INEXACT,
    result: real,
    ulp: { float32: 6, float64: 6, complex64: 12, complex128: 12 },
    special: [{ at: [[[1, 2]], [[1, 2]]], value: [[0]], gradient: [[[0, 0]], [[0, 0]]] }],
    errors: [
      error(
        (g) => g.cdist([[1, 2]], [[1]]),
        'ShapeError',
        /^cdist: takes points of one length, along the last axis; x is \[1, 2\] float32, y is \[1, 1\] float32/,
      ),
    ],
  },
  renorm: {
    ...linear(renorm, [sample('3,2', 1.5), sample('2,3,2', 2, { axis: 1 }), sample('3', 0.5), sample('2,0', 1)]),
    linear: false,
    analytic: false,
    dtypes: INEXACT,
    ulp: { float32: 8, float64: 8, complex64: 16, complex128: 16 },
  },
  scatter: linear(
    (x: NdArray, i: NdArray, v: NdArray, option?: Axis) => scattered(x, i, v, option, (_, b) => b),
    [
      sample([[3, 2], whole([2, 2], 2, 0, 2, 1), [2, 2]]),
      sample([[2, 3], whole([2, 2], 2, 0, 1, -1), [2, 1]], 1),
      sample([[3, 4], whole([2, 2], 2, 0, 0, 1), [3, 3]]),
      sample([[4], whole([2], 1, 1), []]),
      sample([[2, 3], { shape: [0, 3], data: [], dtype: 'int32' }, [0, 3]]),
    ],
    {
      dtypes: ANY,
      errors: [
        error((g) => g.scatter([1, 2], [2], [1]), 'IndexError', /^scatter: index 2 is out of range for axis 0 of size 2/),
        error((g) => g.scatter([1, 2], [[0]], [1]), 'ShapeError', /^scatter: indices have the dimensions of x, or smaller ones, but along axis 0/),
      ],
    },
  ),
  segmentMin: linear(
    segmented(Infinity, (a, b) => (d.real0(a) <= d.real0(b) ? a : b)),
    SEGMENTED,
    { dtypes: REAL_OR_INT, linear: false, analytic: false },
  ),
  segmentProd: linear(segmented(1, d.mul), [...SEGMENTED, sample([[3, 2], whole([3], 1, -1, 1)], { numSegments: 3 })], {
    dtypes: NUMERIC,
    linear: false,
    ulp: { float32: 2, float64: 2, complex64: 8, complex128: 8, int32: 0 },
  }),
};
