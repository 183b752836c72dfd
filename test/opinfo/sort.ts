/** Rows of gradtape/sort. */
import { publics } from '../publics.js';
import type { Num } from '../reference/dual.js';
import * as d from '../reference/dual.js';
import type { NdArray, ReduceOptions } from '../reference/ndarray.js';
import * as nd from '../reference/ndarray.js';
import { type AnyOp, type DTypeName, error, INEXACT, type Input, linear, NUMERIC, type OpInfo, ORDERED, REAL, sample, samples } from './row.js';

interface Order extends ReduceOptions {
  readonly axis?: number;
  readonly descending?: boolean;
  readonly largest?: boolean;
}

const optionsOf = <O extends object>(option: unknown): O => (typeof option === 'number' || Array.isArray(option) ? { axis: option } : (option ?? {})) as O;

const parts = (x: Num): readonly [number, number] => {
  const p = d.primal(x);
  return typeof p === 'number' ? [p, 0] : [p.re, p.im];
};
/** Numbers in front of those with a NaN, by their parts. */
function compare(a: Num, b: Num, descending: boolean): number {
  const [x, y] = [parts(a), parts(b)];
  const rank = ([re, im]: readonly [number, number]): number => (Number.isNaN(re) ? 2 : 0) + (Number.isNaN(im) ? 1 : 0);
  if (rank(x) !== rank(y)) return rank(x) - rank(y);
  const order = x[0] < y[0] ? -1 : x[0] > y[0] ? 1 : x[1] < y[1] ? -1 : x[1] > y[1] ? 1 : 0;
  return descending ? -order : order;
}
const placesOf = (line: readonly Num[], descending = false): number[] =>
  line.map((_, i) => i).sort((a, b) => compare(line[a] as Num, line[b] as Num, descending) || a - b);
const inOrder = (line: readonly Num[], descending = false): Num[] => placesOf(line, descending).map((i) => line[i] as Num);

/** f of each line along an axis, the last by default; a scalar is a line. */
function along(x: NdArray, axis: number | undefined, f: (line: Num[]) => Num[]): NdArray {
  return x.shape.length ? nd.along(x, axis ?? -1, f) : nd.array([], f([...x.data]));
}

const GAPS: Input = { shape: [2, 4], data: [1.5, Number.NaN, -2, 0.25, 3, 2, 1, Number.NaN] };
const TIES: Input = { shape: [6], data: [2, 0, 3, -0, 2, 0] };
const ORDERS = [...samples('', '7', '2,3', '0', '2,0', '33', '1,2,1,2,1,2,1,3'), sample('3,4,2', 0), sample('3,4,2', { axis: -2, descending: true })];
const TIED = [...ORDERS, sample([GAPS]), sample([TIES], { descending: true })];
const moved = (ref: OpInfo['ref'], rest: Partial<OpInfo>): OpInfo => ({ ...linear(ref, ORDERS), linear: false, ...rest });

const first = (x: NdArray, k: number, option?: unknown): never => {
  const { axis, largest = true } = optionsOf<Order>(option);
  return { values: along(x, axis, (line) => inOrder(line, largest).slice(0, k)) } as never;
};
const values = (f: AnyOp, inputs: readonly unknown[], args: readonly unknown[]): unknown => (f(...inputs, ...args) as { values: unknown }).values;
const of =
  (name: string) =>
  (f: AnyOp, inputs: readonly unknown[], args: readonly unknown[]): unknown =>
    (f(...inputs, ...args) as Record<string, unknown>)[name];

const LINES = [sample(''), sample('7'), sample('2,4', -1), sample('2,3,4', [0, -1]), sample('2,4', { axis: 0, keepDims: true }), sample('0,2', 1)];
const GAPPED = [...LINES, sample([GAPS], 1)];

const isNoNumber = (x: Num): boolean => Number.isNaN(d.real0(x));
/** Quantiles by their definitions, of a line in order. */
function estimate(line: readonly Num[], q: number, method: string): Num {
  const n = line.length;
  const at = (i: number): Num => line[Math.min(Math.max(i, 0), n - 1)] as Num;
  const between = (v: number): Num => d.add(d.mul(1 - (v - Math.floor(v)), at(Math.floor(v))), d.mul(v - Math.floor(v), at(Math.floor(v) + 1)));
  if (n === 0) return Number.NaN;
  if (method === 'lower') return at(Math.floor((n - 1) * q));
  if (method === 'higher') return at(Math.ceil((n - 1) * q));
  if (method === 'hazen') return between(Math.min(Math.max(n * q - 0.5, 0), n - 1));
  return between((n - 1) * q);
}
const quantileOf = (line: readonly Num[], q: number, method: string): Num => (line.some(isNoNumber) ? Number.NaN : estimate(inOrder(line), q, method));
const nanQuantileOf = (line: readonly Num[], q: number, method: string): Num => estimate(inOrder(line.filter((v) => !isNoNumber(v))), q, method);
type Estimate = typeof quantileOf;

function quantiles(f: Estimate): OpInfo['ref'] {
  return (x: NdArray, q: number | readonly number[], option?: unknown) => {
    const { method = 'linear', ...options } = optionsOf<ReduceOptions & { method?: string }>(option);
    const one = (share: number): NdArray => nd.reduce(x, options, (line) => f(line, share, method));
    if (typeof q === 'number') return one(q);
    const all = q.map(one);
    return nd.array(
      [q.length, ...(all[0] as NdArray).shape],
      all.flatMap(({ data }) => data),
    );
  };
}
const SHARES = [
  sample('', 0.3),
  sample('7', 0.3),
  sample('2,4', [0, 0.5, 1], { axis: 1 }),
  sample('2,3,4', 0.25, { axis: [0, 2], keepDims: true, method: 'hazen' }),
  sample('2,4', [0.4], { axis: 0, keepDims: true, method: 'lower' }),
  sample('9', 0.9, { method: 'higher' }),
  sample('0,2', 0.5, { axis: 1 }),
];
const GAPPED_SHARES = [...SHARES, sample([GAPS], 0.5, 1)];
const ESTIMATE: Partial<OpInfo> = { linear: false, dtypes: REAL, ulp: { float32: 4, float64: 4 }, cancels: true, analytic: false };

function modeOf(line: readonly Num[]): Num {
  if (line.some(isNoNumber)) return Number.NaN;
  const sorted = inOrder(line);
  const count = (v: Num): number => sorted.filter((w) => d.real0(w) === d.real0(v)).length;
  const most = Math.max(...sorted.map(count));
  const found = sorted.find((v) => count(v) === most) as Num;
  return sorted.filter((v) => d.real0(v) === d.real0(found)).at(-1) as Num;
}

/** The different slices along the first axis, in order; NaN equals NaN. */
function uniqueOf(x: NdArray, axis?: number): NdArray {
  const i = axis === undefined ? 0 : axis < 0 ? axis + x.shape.length : axis;
  const front = axis === undefined ? nd.reshape(x, [x.data.length]) : nd.transpose(x, [i, ...x.shape.flatMap((_, k) => (k === i ? [] : [k]))]);
  const [n = 0, ...inner] = front.shape;
  const width = nd.sizeOf(inner);
  const rows = Array.from({ length: n }, (_, r) => front.data.slice(r * width, (r + 1) * width));
  const order = (a: readonly Num[], b: readonly Num[]): number => a.reduce<number>((found, v, k) => found || compare(v, b[k] as Num, false), 0);
  const kept = rows
    .map((row, r) => ({ row, r }))
    .sort((a, b) => order(a.row, b.row) || a.r - b.r)
    .filter(({ row }, k, all) => k === 0 || order((all[k - 1] as { row: Num[] }).row, row) !== 0);
  const y = nd.array(
    [kept.length, ...inner],
    kept.flatMap(({ row }) => row),
  );
  const back = x.shape.map((_, k) => (k < i ? k + 1 : k === i ? 0 : k));
  return axis === undefined ? y : nd.transpose(y, back);
}

const mean = (line: readonly Num[]): Num => d.div(d.sum(line), line.length);

function covariances(x: NdArray, { y, rowvar = true, correction = 1 }: { y?: NdArray; rowvar?: boolean; correction?: number } = {}): Num[][] {
  const rowsOf = (t: NdArray): Num[][] => {
    const [n = 1, m = 1] = t.shape.length < 2 ? [1, t.data.length] : (rowvar ? t : nd.transpose(t)).shape;
    const { data } = t.shape.length < 2 || rowvar ? t : nd.transpose(t);
    return Array.from({ length: n }, (_, i) => data.slice(i * m, (i + 1) * m));
  };
  const rows = [...rowsOf(x), ...(y ? rowsOf(y) : [])].map((row) => row.map((v) => d.sub(v, mean(row))));
  return rows.map((a) => rows.map((b) => d.div(d.sum(a.map((v, k) => d.mul(v, d.conj(b[k] as Num)))), Math.max((a.length || 0) - correction, 0))));
}
const matrix = (m: Num[][]): NdArray => nd.array(m.length === 1 ? [] : [m.length, m.length], m.flat());

/** Knots in ascending order, whatever is drawn. */
const knots = (xp: NdArray): NdArray => {
  let total: Num = 0;
  return nd.map((v) => {
    total = d.add(total, d.add(d.square(v), 1));
    return total;
  }, xp);
};
/** The op with the same knots. */
const atKnots = (name: string): AnyOp => {
  const { add, cast, cumsum, square } = publics as unknown as Record<string, (...args: unknown[]) => { dtype: string }>;
  return (x, xp, ...rest) => {
    const t = xp as { dtype: string };
    const real = t.dtype === 'int32' || t.dtype === 'bool' ? cast?.(t, 'float32') : t;
    return (publics[name] as AnyOp)(x, cumsum?.(add?.(square?.(real), 1)), ...rest);
  };
};

const pieceOf = (x: number, xp: readonly Num[]): number => Math.min(Math.max(xp.filter((p) => d.real0(p) <= x).length - 1, 0), xp.length - 2);

function interp(x: NdArray, given: NdArray, fp: NdArray, { left, right }: { left?: number; right?: number } = {}): NdArray {
  const xp = knots(given).data;
  const n = xp.length;
  return nd.map((v) => {
    if (d.less(v, xp[0] as Num)) return left ?? (fp.data[0] as Num);
    if (d.less(xp[n - 1] as Num, v)) return right ?? (fp.data[n - 1] as Num);
    if (n === 1) return fp.data[0] as Num;
    const i = pieceOf(d.real0(v), xp);
    const [a, b, p, q] = [xp[i], xp[i + 1], fp.data[i], fp.data[i + 1]] as [Num, Num, Num, Num];
    return d.add(p, d.mul(d.div(d.sub(q, p), d.sub(b, a)), d.sub(v, a)));
  }, x);
}

/** The solution of a dense system, by elimination with the greatest pivot. */
function solve(a: Num[][], b: Num[]): Num[] {
  const n = b.length;
  for (let k = 0; k < n; k++) {
    let p = k;
    for (let i = k; i < n; i++) if (d.modulus(a[i]?.[k] as Num) > d.modulus(a[p]?.[k] as Num)) p = i;
    [a[k], a[p], b[k], b[p]] = [a[p], a[k], b[p], b[k]] as [Num[], Num[], Num, Num];
    for (let i = k + 1; i < n; i++) {
      const f = d.div(a[i]?.[k] as Num, a[k]?.[k] as Num);
      a[i] = (a[i] as Num[]).map((v, j) => d.sub(v, d.mul(f, a[k]?.[j] as Num)));
      b[i] = d.sub(b[i] as Num, d.mul(f, b[k] as Num));
    }
  }
  const x: Num[] = new Array<Num>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    const rest = d.sum(x.map((v, j) => (j > i ? d.mul(a[i]?.[j] as Num, v) : 0)));
    x[i] = d.div(d.sub(b[i] as Num, rest), a[i]?.[i] as Num);
  }
  return x;
}

/**
 * A spline as one dense system for the coefficients of all pieces, each its value and three derivatives at its left end: values at both ends, first and
 * second derivatives that go on, and two conditions of the ends.
 */
function spline(x: NdArray, given: NdArray, values: NdArray, { bcType = 'notAKnot', nu = 0 }: { bcType?: string; nu?: number } = {}): NdArray {
  const xp = knots(given).data;
  const n = xp.length;
  const width = values.data.length / n;
  const columns = Array.from({ length: width }, (_, c) =>
    Array.from({ length: n }, (_, i) => values.data[(bcType === 'periodic' && i === n - 1 ? 0 : i) * width + c] as Num),
  );
  const pieces = n - 1;
  const powers = (t: Num, nu: number): Num[] =>
    [0, 1, 2, 3].map((k) => {
      if (k < nu) return 0;
      let y: Num = 1;
      for (let j = k; j > nu; j--) y = d.mul(y, t);
      for (let j = k; j > k - nu; j--) y = d.mul(y, j);
      return y;
    });
  const row = (...terms: readonly (readonly [piece: number, t: Num, nu: number, factor: number])[]): Num[] => {
    const y: Num[] = new Array<Num>(4 * pieces).fill(0);
    for (const [piece, t, nu, factor] of terms)
      for (const [k, p] of powers(t, nu).entries()) y[4 * piece + k] = d.add(y[4 * piece + k] as Num, d.mul(p, factor));
    return y;
  };
  const h = Array.from({ length: pieces }, (_, i) => d.sub(xp[i + 1] as Num, xp[i] as Num));
  const last = pieces - 1;
  const coefficients = columns.map((f) => {
    const rows: Num[][] = [];
    const right: Num[] = [];
    const say = (left: Num[], value: Num): void => {
      rows.push(left);
      right.push(value);
    };
    for (let i = 0; i < pieces; i++) {
      say(row([i, 0, 0, 1]), f[i] as Num);
      say(row([i, h[i] as Num, 0, 1]), f[i + 1] as Num);
      if (i < last) for (const nu of [1, 2]) say(row([i, h[i] as Num, nu, 1], [i + 1, 0, nu, -1]), 0);
    }
    if (bcType === 'natural') for (const end of [row([0, 0, 2, 1]), row([last, h[last] as Num, 2, 1])]) say(end, 0);
    else if (bcType === 'clamped') for (const end of [row([0, 0, 1, 1]), row([last, h[last] as Num, 1, 1])]) say(end, 0);
    else if (bcType === 'periodic') for (const nu of [1, 2]) say(row([0, 0, nu, 1], [last, h[last] as Num, nu, -1]), 0);
    else if (pieces > 2) for (const i of [0, last - 1]) say(row([i, 0, 3, 1], [i + 1, 0, 3, -1]), 0);
    else for (const i of [0, last]) say(row([i, 0, 3, 1]), 0);
    if (pieces === 1 && bcType === 'notAKnot') rows.splice(-2, 2, row([0, 0, 2, 1]), row([0, 0, 3, 1]));
    if (pieces === 1 && bcType === 'periodic') rows.splice(-2, 2, row([0, 0, 1, 1]), row([0, h[0] as Num, 1, 1]));
    return solve(rows, right);
  });
  const wrapped = (v: Num): Num => {
    if (bcType !== 'periodic') return v;
    const period = d.sub(xp[n - 1] as Num, xp[0] as Num);
    const s = d.sub(v, xp[0] as Num);
    return d.add(d.sub(s, d.mul(period, Math.floor(d.real0(s) / d.real0(period)))), xp[0] as Num);
  };
  const data = x.data.flatMap((given) => {
    const v = wrapped(given);
    const i = pieceOf(d.real0(v), xp);
    const p = powers(d.sub(v, xp[i] as Num), nu);
    return coefficients.map((c) => d.sum(p.map((w, k) => d.mul(w, c[4 * i + k] as Num))));
  });
  return nd.array([...x.shape, ...values.shape.slice(1)], data);
}

/** How many numbers of a line in order come before v, or with `right` not behind it. */
const countBefore = (line: readonly Num[], v: Num, right: boolean): number =>
  line.filter((p) => (right ? compare(p, v, false) <= 0 : compare(p, v, false) < 0)).length;

const int = (): DTypeName => 'int32';
const FEW = { float32: 8, float64: 8, complex64: 16, complex128: 16, int32: 0, bool: 0 };
/** Whole numbers become floats. */
const without = (value: number) => (x: NdArray) => nd.map((v) => (Number.isNaN(d.modulus(v)) ? value : v), x);
const running = (fold: (a: Num, b: Num) => Num, start: number): OpInfo => ({
  ...linear(
    (x: NdArray, axis: number) => nd.along(without(start)(x), axis, (line) => line.map((_, i) => line.slice(0, i + 1).reduce(fold))),
    [sample('7', 0), sample('2,3', 1), sample([GAPS], 1)],
  ),
  linear: false,
  dtypes: NUMERIC,
  ulp: FEW,
  cancels: start === 0,
});
const places = (descending: boolean): OpInfo => ({
  ...linear(
    (x: NdArray, option?: unknown) => nd.reduce(x, optionsOf<ReduceOptions>(option), (line) => placesOf(line, descending)[0] as number),
    [
      sample(''),
      sample('7'),
      sample('2,3', 1),
      sample('2,3,2', { axis: [0, 2], keepDims: true }),
      sample([GAPS], 1),
      sample([{ shape: [3], data: [Number.NaN, -9, Number.NaN] }]),
    ],
  ),
  order: 0,
  result: int,
});

const EDGES: Input = { shape: [5], data: [0, 0, 1, 2, 3] };

export const sort: Record<keyof typeof import('../../bindings/sort.js'), OpInfo> = {
  sort: moved(
    (x: NdArray, option?: unknown) => {
      const { axis, descending } = optionsOf<Order>(option);
      return along(x, axis, (line) => inOrder(line, descending));
    },
    {
      special: [
        { at: [[2, 1, 2, -Infinity]], value: [-Infinity, 1, 2, 2], gradient: [[1, 1, 1, 1]] },
        { at: [[Number.NaN, 1, -0, Number.NaN, 0, -0]], value: [-0, 0, -0, 1, Number.NaN, Number.NaN], gradient: [[1, 1, 1, 1, 1, 1]] },
        { at: [[Number.NaN, 1, -0, 2, 0]], args: [{ descending: true }], value: [2, 1, -0, 0, Number.NaN] },
      ],
    },
  ),
  argsort: moved(
    (x: NdArray, option?: unknown) => {
      const { axis, descending } = optionsOf<Order>(option);
      return along(x, axis, (line) => placesOf(line, descending));
    },
    { samples: TIED, order: 0, result: int },
  ),
  topk: moved(first, {
    call: values,
    samples: [sample('', 1), sample('7', 3), sample('2,3', 3, 1), sample('4,3,2', 2, { axis: 0, largest: false }), sample('0,2', 2)],
  }),
  kthValue: moved(
    (x: NdArray, k: number, option?: unknown) => {
      const { axis = -1, ...rest } = optionsOf<ReduceOptions>(option);
      return { values: nd.reduce(x, { axis: x.shape.length ? axis : [], ...rest }, (line) => inOrder(line)[k - 1] as Num) } as never;
    },
    { call: values, samples: [sample('', 1), sample('7', 3), sample('2,3', 1, 1), sample('4,3,2', 2, { axis: 0, keepDims: true })] },
  ),
  searchsorted: {
    ...linear(
      (line: NdArray, v: NdArray, option?: unknown) => {
        const side = typeof option === 'string' ? option : optionsOf<{ side?: string }>(option).side;
        if (line.shape.length === 1) return nd.map((w) => countBefore(line.data, w, side === 'right'), v);
        const [n, m] = [line.shape.at(-1), v.shape.at(-1)] as [number, number];
        return nd.array(
          v.shape,
          v.data.map((w, i) => countBefore(line.data.slice(Math.floor(i / m) * n, (Math.floor(i / m) + 1) * n), w, side === 'right')),
        );
      },
      [
        sample([EDGES, [7]]),
        sample([EDGES, [2, 3]], 'right'),
        sample([EDGES, []], { side: 'right' }),
        sample('0 · 4'),
        sample([EDGES, [0]]),
        sample([{ shape: [2, 2], data: [0, 1, 2, 3] }, [2, 3]]),
      ],
    ),
    dtypes: ORDERED,
    order: 0,
    result: int,
    skip: [{ test: 'layout', reason: 'reversed lines are in no order' }],
  },
  unique: {
    ...moved((x: NdArray, option?: unknown) => ({ values: uniqueOf(x, optionsOf<Order>(option).axis) }) as never, {
      call: values,
      samples: [sample(''), sample('5'), sample('2,3'), sample('0'), sample('3,2', 0), sample('3,2,2', { axis: -1 })],
    }),
  },
  bincount: {
    ...linear(
      (x: NdArray, { length, minLength = 0 }: { length?: number; minLength?: number } = {}) => {
        const bins = length ?? Math.max(minLength, ...x.data.map((v) => d.real0(v) + 1));
        return nd.build([bins], ([k]) => x.data.filter((v) => v === k).length);
      },
      [sample('7'), sample('2,3', { length: 5 }), sample('0', { minLength: 2 }), sample('', { minLength: 9 })],
    ),
    whole: [[0, 4]],
    dtypes: ['int32'],
    isStrict: true,
    order: 0,
    errors: [
      error(() => publics.bincount?.(new Int32Array([1, -2]), { length: 3 }), 'IndexError', /^bincount: index -5 is out of range for axis 0 of size 3/),
      error(() => publics.bincount?.(new Int32Array([1, 3]), { length: 3 }), 'IndexError', /^bincount: index 3 is out of range/),
    ],
  },
  histogram: {
    ...linear(
      (x: NdArray, { bins = 10, range }: { bins?: number | readonly number[]; range?: readonly [number, number] } = {}) => {
        const [low, high] = range ?? [Math.min(...x.data.map(d.real0)), Math.max(...x.data.map(d.real0))];
        const [from, to] = low === high ? [low - 0.5, high + 0.5] : [low, high];
        const edges = typeof bins === 'number' ? Array.from({ length: bins + 1 }, (_, i) => (i === bins ? to : from + (i * (to - from)) / bins)) : bins;
        const last = edges.length - 1;
        return {
          counts: nd.build(
            [last],
            ([k = 0]) =>
              x.data.filter((v) => {
                const w = d.real0(v);
                return w >= (edges[k] as number) && (w < (edges[k + 1] as number) || (k === last - 1 && w === edges[last]));
              }).length,
          ),
        } as never;
      },
      [sample('33', { range: [-4, 4] }), sample('2,3', { bins: [-1, 0.25, 1] }), sample('7', { bins: 3, range: [-2, 2.5] }), sample('', { bins: 2 })],
    ),
    call: of('counts'),
    dtypes: REAL,
    order: 0,
    result: int,
  },
  median: {
    ...linear((x: NdArray, option?: unknown) => nd.reduce(x, optionsOf<ReduceOptions>(option), (line) => quantileOf(line, 0.5, 'linear')), LINES),
    ...ESTIMATE,
  },
  nanMedian: {
    ...linear((x: NdArray, option?: unknown) => nd.reduce(x, optionsOf<ReduceOptions>(option), (line) => nanQuantileOf(line, 0.5, 'linear')), GAPPED),
    ...ESTIMATE,
  },
  quantile: { ...linear(quantiles(quantileOf), SHARES), ...ESTIMATE },
  nanQuantile: { ...linear(quantiles(nanQuantileOf), GAPPED_SHARES), ...ESTIMATE },
  mode: {
    ...linear(
      (x: NdArray, option?: unknown) => ({ values: nd.reduce(x, optionsOf<ReduceOptions>(option), modeOf) }) as never,
      [sample('7'), sample('2,4', { axis: 1, keepDims: true }), sample('')],
    ),
    linear: false,
    call: values,
    dtypes: ORDERED,
    analytic: false,
    special: [
      { at: [[2, 1, 3, 2, 1, 0, 0]], value: 0, gradient: [[0, 0, 0, 0, 0, 0, 1]] },
      { at: [[3, 2, 3, 2, 1, 3]], value: 3 },
      { at: [[1, Number.NaN, 1]], value: Number.NaN },
    ],
  },
  cov: {
    ...linear((x: NdArray, option?: object) => matrix(covariances(x, option)), [sample('3,4'), sample('5'), sample('4,2', { rowvar: false, correction: 0 })]),
    linear: false,
    analytic: false,
    dtypes: INEXACT,
    ulp: { float32: 8, float64: 8, complex64: 32, complex128: 32 },
    cancels: false,
    atLeast: 4,
  },
  corrcoef: {
    ...linear(
      (x: NdArray, option?: object) => {
        const c = covariances(x, option);
        return matrix(c.map((r, i) => r.map((v, j) => d.div(v, d.mul(d.sqrt(d.re(c[i]?.[i] as Num)), d.sqrt(d.re(c[j]?.[j] as Num)))))));
      },
      [sample('3,5'), sample('5,2', { rowvar: false })],
    ),
    linear: false,
    analytic: false,
    dtypes: INEXACT,
    ulp: { float32: 32, float64: 32, complex64: 64, complex128: 64 },
    atLeast: 1,
    skip: [{ test: 'layout', reason: 'constant variables have no correlation' }],
  },
  nanArgmax: places(true),
  nanArgmin: places(false),
  nanCumsum: running(d.add, 0),
  nanCumprod: running(d.mul, 1),
  interp: {
    ...linear(interp, [sample('7 · 5 · 5'), sample('2,3 · 4 · 4', { left: -1, right: 2 }), sample('0 · 3 · 3')]),
    f: atKnots('interp'),
    linear: false,
    domain: [
      [0, 9],
      [-1, 1],
      [-3, 3],
    ],
    dtypes: REAL,
    analytic: false,
    ulp: { float32: 16, float64: 16 },
    atLeast: 1,
  },
  polyval: {
    ...linear(
      (p: NdArray, x: NdArray) => nd.map((v) => p.data.reduce((y, c) => d.add(d.mul(y, v), c), 0), x),
      [sample('4 · 7'), sample('1 · 2,3'), sample('3 · '), sample('2 · 0')],
    ),
    linear: false,
    dtypes: NUMERIC,
    ulp: { float32: 12, float64: 12, complex64: 24, complex128: 24, int32: 0 },
    cancels: true,
  },
  cubicSpline: {
    ...linear(spline, [
      sample('7 · 6 · 6'),
      sample('2,3 · 5 · 5,2', { bcType: 'natural' }),
      sample('5 · 4 · 4', { bcType: 'clamped', nu: 1 }),
      sample('5 · 9 · 9', { bcType: 'periodic' }),
      sample(' · 2 · 2'),
      sample('3 · 3 · 3', { nu: 2 }),
      sample('3 · 2 · 2', { bcType: 'natural' }),
      sample('3 · 3 · 3', { bcType: 'periodic', nu: 1 }),
    ]),
    f: atKnots('cubicSpline'),
    linear: false,
    domain: [
      [1, 8],
      [-1, 1],
      [-3, 3],
    ],
    dtypes: REAL,
    analytic: false,
    ulp: { float32: 256, float64: 256 },
    referenceUlp: 256,
    atLeast: 4,
  },
};
