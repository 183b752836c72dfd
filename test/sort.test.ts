/** gradtape/sort against NumPy, SciPy and PyTorch (test/data/sort.json), and where care shows: long lines, ties, NaN, nothing, traces. */
import { readFileSync } from 'node:fs';
import { compile, gradientsFunction, type Tensor, tensor } from 'gradtape';
import * as s from 'gradtape/sort';
import { describe, expect, test } from 'vitest';
import { random } from './random.js';

type Plain = number | string | { re: Plain; im: Plain } | readonly Plain[];
// biome-ignore lint/suspicious/noExplicitAny: rows of a JSON file, each of another form.
const data: any = JSON.parse(readFileSync(new URL('data/sort.json', import.meta.url), 'utf8'));

const parsed = (v: Plain): unknown =>
  Array.isArray(v)
    ? v.map(parsed)
    : typeof v === 'string'
      ? { nan: Number.NaN, inf: Infinity, '-inf': -Infinity }[v]
      : typeof v === 'object'
        ? pair(v as never)
        : v;
const pair = ({ re, im }: { re: Plain; im: Plain }): unknown => ({ re: parsed(re), im: parsed(im) });
const isComplex = (v: unknown): boolean => (Array.isArray(v) ? v.some(isComplex) : typeof v === 'object');
const wide = (v: Plain): Tensor => {
  const value = parsed(v) as number[];
  return tensor(value, { dtype: isComplex(value) ? 'complex128' : 'float64' });
};
/** All numbers, of complex ones both parts. */
const flat = (v: unknown): number[] => {
  if (Array.isArray(v)) return v.flatMap(flat);
  return typeof v === 'object' ? flat(Object.values(v as object)) : [Number(v)];
};
function close(got: Tensor, expected: Plain, tolerance = 4e-15): void {
  const [a, b] = [flat(got.array()), flat(parsed(expected))];
  expect(a.length).toBe(b.length);
  a.forEach((v, i) => {
    const w = b[i] as number;
    if (!Object.is(v, w) && !(v === w) && !(Math.abs(v - w) <= tolerance * Math.max(1, Math.abs(w)))) throw new Error(`element ${i}: ${v} against ${w}`);
  });
}
const ints = (t: Tensor): unknown => t.array();

describe('as NumPy and SciPy', () => {
  test('quantile, by twelve methods', () => {
    for (const { x, q, method, y } of data.quantile) close(s.quantile(wide(x), q, { method }), y);
    for (const { x, q, method, y } of data.nanQuantile) close(s.nanQuantile(wide(x), q, { axis: 1, method }), y);
    close(s.nanMedian(wide(data.nanMedian.x), 1), data.nanMedian.y);
  });

  test('the closest observation is the nearer one, of two the even one', () => {
    const x = tensor([10, 20, 30, 40]);
    // n·q = 0, ½, 1, 1½, 2, 2½, 3½: ranks 1, 0 → 1, 1, 2, 2, 2, 4.
    expect(s.quantile(x, [0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.875], { method: 'closestObservation' }).array()).toEqual([10, 10, 10, 20, 20, 20, 40]);
  });

  test('argsort, also of complex numbers and NaN in either part', () => {
    for (const { x, y } of data.argsort) expect(ints(s.argsort(wide(x)))).toEqual(y);
  });

  test('searchsorted', () => {
    for (const { line, v, side, y } of data.searchsorted) expect(ints(s.searchsorted(wide(line), wide(v), { side }))).toEqual(y);
  });

  test('unique, of elements and of rows', () => {
    for (const [name, options] of [
      ['unique', {}],
      ['uniqueRows', { axis: 0 }],
    ] as const) {
      const { x, values, indices, inverse, counts } = data[name];
      const found = s.unique(wide(x), options);
      close(found.values, values);
      expect([found.indices, found.inverse, found.counts].map(ints)).toEqual([indices, inverse, counts]);
    }
  });

  test('histogram and bincount', () => {
    for (const { x, options, counts, edges } of data.histogram) {
      const found = s.histogram(wide(x), options.weights ? { ...options, weights: wide(options.weights) } : options);
      close(found.counts, counts);
      close(found.edges, edges);
    }
    for (const { x, weights, minLength, y } of data.bincount)
      close(s.bincount(tensor(x, { dtype: 'int32' }), weights ? { weights: wide(weights), minLength } : { minLength }), y);
  });

  test('cov and corrcoef', () => {
    for (const { x, options, y } of data.cov) close(s.cov(wide(x), options), y, 1e-14);
    for (const { x, y } of data.corrcoef) close(s.corrcoef(wide(x)), y, 1e-14);
    const [a, b] = [
      [1, 2, 4],
      [3, 1, 2],
    ];
    expect(s.cov(a, { y: b }).array()).toEqual(s.cov([a, b]).array());
  });

  test('interp, cubicSpline and polyval', () => {
    for (const { x, xp, fp, options, y } of data.interp) close(s.interp(wide(x), wide(xp), wide(fp), options), y, 1e-14);
    for (const { x, xp, fp, bcType, nu, y } of data.cubicSpline) close(s.cubicSpline(wide(x), wide(xp), wide(fp), { bcType, nu }), y, 1e-12);
    for (const { p, x, y } of data.polyval) close(s.polyval(wide(p), wide(x)), y, 1e-14);
  });
});

describe("gradients as PyTorch's", () => {
  const weights = tensor([1, 2, 3, 4], { dtype: 'float64' });
  const functions: Record<string, (x: Tensor) => Tensor> = {
    median: (x) => s.median(x),
    quantile: (x) => s.quantile(x, 0.3),
    sort: (x) => s.sort(x).mul(weights).sum(),
    corrcoef: (x) =>
      s
        .corrcoef(x.reshape([2, 3]))
        .slice([0, 1], [1, 1])
        .reshape([]),
    cov: (x) =>
      s
        .cov(x.reshape([2, 3]))
        .slice([0, 1], [1, 1])
        .reshape([]),
  };
  test.each(Object.entries(functions))('%s', (name, f) => {
    const { x, y, gradient } = data.gradients[name];
    close(f(wide(x)), y);
    close(gradientsFunction(f)(wide(x))[0] as Tensor, gradient);
  });
});

/** Numbers of all sizes, with NaN, zeros of both signs and repeats. */
function drawn(Class: typeof Float32Array | typeof Float64Array | typeof Int32Array, n: number, next: () => number): Float32Array | Float64Array | Int32Array {
  const numbers = Array.from({ length: n }, () => {
    const kind = next();
    if (Class === Int32Array) return (next() - 0.5) * (kind < 0.5 ? 2 ** 32 : 20);
    if (kind < 0.1) return Number.NaN;
    if (kind < 0.25) return kind < 0.17 ? -0 : 0;
    return kind < 0.4 ? Math.round(next() * 10) : (next() - 0.5) * 10 ** (next() * 60 - 30);
  });
  return Class.from(numbers);
}

describe('lines of any length', () => {
  const compared = (x: ArrayLike<number>, descending: boolean) => (a: number, b: number) => {
    const [p, q] = [x[a] as number, x[b] as number];
    if (Number.isNaN(p) || Number.isNaN(q)) return Number(Number.isNaN(p)) - Number(Number.isNaN(q)) || a - b;
    return (descending ? q - p : p - q) || a - b;
  };

  test.each([Float32Array, Float64Array, Int32Array])('of %o: sorted, stable, the first, the k-th', (Class) => {
    const next = random(7);
    for (const n of [1, 2, 5, 23, 24, 25, 100, 1000, 5000, 32767, 32768, 60001]) {
      const x = drawn(Class, n, next);
      const t = tensor(x);
      for (const descending of [false, true]) {
        const places = Array.from({ length: n }, (_, i) => i).sort(compared(x, descending));
        expect(Array.from(s.argsort(t, { descending }).data())).toEqual(places);
        expect(Array.from(s.sort(t, { descending }).data())).toEqual(places.map((i) => x[i]));
        for (const k of [1, 3, 100, 3000].filter((k) => k <= n)) {
          const { values, indices } = s.topk(t, k, { largest: descending });
          expect(Array.from(indices.data())).toEqual(places.slice(0, k));
          expect(Array.from(values.data())).toEqual(places.slice(0, k).map((i) => x[i]));
          if (!descending) expect(s.kthValue(t, k).indices.item()).toBe(places[k - 1]);
        }
      }
    }
  });

  test('many lines, each for itself', () => {
    const next = random(9);
    const x = tensor(drawn(Float32Array, 300 * 700, next), { shape: [300, 700] });
    const all = s.argsort(x).array() as number[][];
    for (const i of [0, 1, 150, 299]) expect(s.argsort(x.slice([i], [1]).flatten()).array()).toEqual(all[i]);
    expect(s.sort(x.transpose(), 0).transpose().data()).toEqual(s.sort(x).data());
  });

  test('of few numbers in front of much NaN the numbers are the top', () => {
    const x = new Float32Array(20000).fill(Number.NaN);
    x.set([3, 5, 4], 9000);
    const { values, indices } = s.topk(tensor(x), 5);
    expect(indices.array()).toEqual([9001, 9002, 9000, 0, 1]);
    expect(values.array()).toEqual([5, 4, 3, Number.NaN, Number.NaN]);
  });
});

describe('nothing, scalars and ends', () => {
  test('of nothing', () => {
    for (const f of [s.sort, s.argsort, s.nanCumsum]) expect(f(tensor([])).shape).toEqual([0]);
    expect([s.median(tensor([])).item(), s.nanMedian(tensor([])).item(), s.quantile(tensor([]), 0.5).item()]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(s.unique(tensor([])).counts.array()).toEqual([]);
    expect(s.quantile([1, 2], []).shape).toEqual([0]);
    expect(() => s.topk(tensor([]), 1)).toThrow(/^topk: k is at most the number of elements along the axis, 0; got 1/);
    expect(() => s.nanArgmax(tensor([]))).toThrow(/^nanArgmax: there is no place in nothing/);
    expect(s.polyval([], [1, 2]).array()).toEqual([0, 0]);
    expect(s.searchsorted(tensor([]), [1, 2]).array()).toEqual([0, 0]);
  });

  test('of scalars', () => {
    expect([s.sort(3).array(), s.argsort(3, 0).array(), s.topk(3, 1).indices.array(), s.kthValue(3, 1).values.array(), s.median(3).array()]).toEqual([
      3, 0, 0, 3, 3,
    ]);
    expect(() => s.sort(3, 1)).toThrow(/^sort: axis 1 is out of range for rank 1/);
  });

  test('one infinity twice is its own median', () => {
    expect(s.median([Infinity, Infinity]).item()).toBe(Infinity);
    expect(s.quantile([-Infinity, 1], 0.5).item()).toBe(-Infinity);
  });

  test('where derivatives are constant or nothing', () => {
    const [x, xp, fp] = [tensor([0.5, 1.5]), tensor([0, 1, 2]), tensor([0, 1, 4])];
    expect(s.cubicSpline(x, xp, fp, { nu: 2 }).array()).toEqual([2, 2]);
    expect(s.cubicSpline(x, xp, fp, { nu: 3 }).array()).toEqual([0, 0]);
    expect(s.cubicSpline(x, xp, fp, { nu: 4 }).array()).toEqual([0, 0]);
    expect(s.interp([0, 1, 2], [1], [5], { left: -1, right: 7 }).array()).toEqual([-1, 5, 7]);
  });
});

describe('refusals', () => {
  test.each<readonly [() => unknown, RegExp]>([
    [() => s.quantile([1, 2], 1.5), /^quantile: q is a number from 0 to 1 or a list of them; got 1\.5/],
    [() => s.quantile(tensor({ re: 1, im: 2 }), 0.5), /^quantile: does not take complex64/],
    [() => s.histogram([1], { bins: [2, 1] }), /^histogram: bins is a whole number from 1 .*ascending order; got \[2, 1\]/],
    [() => s.histogram([1, 2], { weights: [1] }), /^histogram: weights have the shape of x/],
    [() => s.bincount(tensor([0.5])), /^bincount: x are int32/],
    [() => s.searchsorted(1, [1]), /^searchsorted: sorted has at least one dimension/],
    [() => s.searchsorted([[1, 2]], [1]), /^searchsorted: /],
    [() => s.cov([[[1]]]), /^cov: x has at most two dimensions/],
    [() => s.cov([1, 2], { fweights: [1] }), /^cov: weights are one for each of 2 observations/],
    [() => s.interp([1], [1, 2], [1]), /^interp: xp is a line of at least 1 points, and fp has a value for each/],
    [() => s.cubicSpline([1], [1], [1]), /^cubicSpline: xp is a line of at least 2 points/],
    [() => s.topk([1, 2], 3), /^topk: k is at most the number of elements along the axis, 2; got 3/],
  ])('%s', (call, message) => {
    expect(call).toThrow(message);
    expect(s.sort([2, 1]).array()).toEqual([1, 2]);
  });

  test('in a trace of what depends on values, in words; what has a static size compiles', () => {
    const x = tensor([1, 3, 1], { dtype: 'int32' });
    expect(() => compile((t: Tensor) => s.unique(t).values)(x)).toThrow(/^unique: the shape of its result depends on values, so it can't be compiled/);
    expect(() => compile((t: Tensor) => s.bincount(t))(x)).toThrow(expect.objectContaining({ name: 'CompileError' }));
    expect(compile((t: Tensor) => s.bincount(t, { length: 4 }))(x).array()).toEqual([0, 2, 0, 1]);
    expect(compile((t: Tensor) => s.histogram(t, { bins: 2 }).counts)(tensor([0, 1, 4])).array()).toEqual([2, 1]);
    expect(compile((t: Tensor) => s.mode(t).values)(x).item()).toBe(1);
  });
});

test('weights of bins have gradients, any order of them', () => {
  const x = tensor([0.1, 0.6, 0.7, 3], { dtype: 'float64' });
  const energy = (w: Tensor): Tensor =>
    s
      .histogram(x, { bins: 2, range: [0, 1], weights: w })
      .counts.square()
      .sum();
  const w = tensor([1, 2, 3, 4], { dtype: 'float64' });
  expect(gradientsFunction(energy)(w)[0]?.array()).toEqual([2, 10, 10, 0]);
  expect(gradientsFunction((v: Tensor) => (gradientsFunction(energy)(v)[0] as Tensor).sum())(w)[0]?.array()).toEqual([2, 4, 4, 0]);
});
