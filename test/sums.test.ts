/** Products and sums of any length within the bounds that they state, against sums of twice the precision; eager and compiled, in any layout. */
import {
  compile,
  concat,
  cumsum,
  dot,
  einsum,
  flip,
  gatherNd,
  gradientsFunction,
  indexAdd,
  inner,
  matmul,
  mean,
  prod,
  scatterAdd,
  scatterNd,
  scope,
  segmentSum,
  sum,
  type Tensor,
  take,
  tensor,
  tensordot,
  transpose,
  vdot,
  zeros,
} from 'gradtape';
import { describe, expect, test } from 'vitest';
import { collect } from './found.js';
import { distance, product, sumOf, type Twofold, times } from './reference/twofold.js';

const note = collect('sums');
/** |error| as a fraction of its bound. */
function keep(op: string, dtype: string, bound: string, part: number, where: string, isLong = true): void {
  if (isLong) note({ op, dtype, order: 'value', bound, part, where });
  expect(part, `part of ${bound}: ${where}`).toBeLessThanOrEqual(1);
}

const REALS = ['float32', 'float64'] as const;
const COMPLEX = ['complex64', 'complex128'] as const;
type DType = (typeof REALS)[number] | (typeof COMPLEX)[number];

const isComplex = (dtype: DType): boolean => dtype.startsWith('complex');
const isDouble = (dtype: DType): boolean => dtype === 'float64' || dtype === 'complex128';
const unit = (dtype: DType): number => (isDouble(dtype) ? 2 ** -53 : 2 ** -24);

let state = 1;
const random = (): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};

/** Kinds of terms: equal ones, whose roundings all have one sign; a random walk, whose roundings don't; cancelling ones, whose sum is all rounding. */
const kinds: Record<string, (i: number) => number> = {
  'all 0.1': () => 0.1,
  positive: () => random(),
  'of both signs': () => 2 * random() - 1,
  ones: () => 1,
  cancelling: (i) => (i % 2 ? -1 : 1) * (1 + (i >> 1) * 1e-3),
};

/** A vector of one kind of numbers, rounded to the dtype. */
function vector(kind: string, n: number, dtype: DType): Tensor {
  const values = Float64Array.from({ length: isComplex(dtype) ? 2 * n : n }, (_, i) => (kinds[kind] as (i: number) => number)(i));
  return tensor(isDouble(dtype) ? values : Float32Array.from(values), { shape: [n], dtype });
}

/** Layouts of a vector, each with the same elements in the same order. */
const layouts: Record<string, (x: Tensor) => Tensor> = {
  'as it lies': (x) => x,
  'with gaps': (x) => take(concat([x.reshape([x.size, 1]), x.reshape([x.size, 1])], 1), 1, { axis: 1 }).reshape([x.size]),
  'a column': (x) => transpose(concat([x.reshape([x.size, 1]), x.reshape([x.size, 1])], 1)).unstack()[0] as Tensor,
  backwards: (x) => flip(flip(x, 0).identity(), 0),
};

const partsOf = (x: Tensor): Float32Array | Float64Array => x.data() as Float32Array | Float64Array;

interface Exact {
  /** Real and imaginary part. */
  readonly value: readonly Twofold[];
  /** Σ|a||b|. */
  readonly size: number;
}

/** Σ aₚbₚ, or with conj aₚ. */
function exactDot(x: Tensor, y: Tensor, conjugated = false): Exact {
  const [a, b] = [partsOf(x), partsOf(y)];
  const at = (list: typeof a, i: number): number => list[i] as number;
  if (!isComplex(x.dtype as DType)) {
    return { value: [sumOf(a.length, (i) => product(at(a, i), at(b, i)))], size: sumOf(a.length, (i) => Math.abs(at(a, i) * at(b, i)))[0] };
  }
  const s = conjugated ? -1 : 1;
  const n = a.length / 2;
  const re = sumOf(2 * n, (i) => (i % 2 ? product(-s * at(a, i), at(b, i)) : product(at(a, i), at(b, i))));
  const im = sumOf(2 * n, (i) => (i % 2 ? product(s * at(a, i), at(b, i - 1)) : product(at(a, i), at(b, i + 1))));
  return { value: [re, im], size: sumOf(n, (i) => Math.hypot(at(a, 2 * i), at(a, 2 * i + 1)) * Math.hypot(at(b, 2 * i), at(b, 2 * i + 1)))[0] };
}

/** The error in units of u·Σ|a||b|. */
function errorOf(result: Tensor, { value, size }: Exact): number {
  const parts = result.data();
  return Math.hypot(...value.map((exact, i) => distance(parts[i] as number, exact))) / (unit(result.dtype as DType) * size);
}

/** The bound of the documentation. */
const bound = (k: number, dtype: DType): number =>
  isComplex(dtype) ? Math.SQRT2 * Math.min(k + 1, 256 + Math.ceil(k / 256)) : Math.min(k, 255 + Math.ceil(k / 256));

const row = (x: Tensor): Tensor => x.reshape([1, -1]);
const column = (x: Tensor): Tensor => x.reshape([-1, 1]);
const halves = (x: Tensor): Tensor => (x.size % 2 ? x.reshape([1, 1, -1]) : x.reshape([2, 1, -1]));

/** Functions that compute Σ xₚyₚ; each element of their result is that sum. */
const dots: Record<string, (x: Tensor, y: Tensor) => Tensor> = {
  dot: (x, y) => dot(x, y),
  inner: (x, y) => inner(x, y),
  tensordot: (x, y) => tensordot(x, y, 1),
  'tensordot of two axes': (x, y) =>
    tensordot(x.reshape([1, -1]), y.reshape([-1, 1]), [
      [0, 1],
      [1, 0],
    ]),
  einsum: (x, y) => einsum('i,i->', x, y),
  'matmul, vector by vector': (x, y) => matmul(x, y),
  'matrix by vector': (x, y) => matmul(concat([row(x), row(x), row(x)], 0), y),
  'transposed matrix by vector': (x, y) => matmul(concat([column(x), column(x)], 1), y, { transposeA: true }),
  'vector by matrix': (x, y) => matmul(x, concat([column(y), column(y), column(y), column(y), column(y)], 1)),
  'one row, transposeB': (x, y) => matmul(row(x), concat([row(y), row(y)], 0), { transposeB: true }),
  'rows, transposeB of one row': (x, y) => matmul(concat([row(x), row(x)], 0), row(y), { transposeB: true }),
  'matrix by matrix': (x, y) => matmul(concat([row(x), row(x), row(x)], 0), concat([column(y), column(y)], 1)),
  'a batch': (x, y) => matmul(concat([row(x), row(x)], 0).reshape([2, 1, -1]), y.reshape([1, -1, 1])),
  'sums over batches': (x, y) => einsum('bij,bij->', halves(x), halves(y)),
  'sums over batches that lie apart': (x, y) => einsum('bij,jbi->', halves(x), halves(y).transpose([2, 0, 1]).identity()),
};

const PRODUCT = ['min(k, 255 + ⌈k/256⌉)·u·Σ|a||b|', '√2·min(k + 1, 256 + ⌈k/256⌉)·u·Σ|a||b|'] as const;

interface Case {
  readonly where: string;
  readonly n: number;
  readonly x: Tensor;
  readonly y: Tensor;
  readonly exact: Exact;
}

/** Vectors of all kinds and their products, made once. */
const cases = (dtype: DType): readonly Case[] =>
  [1, 3, 17, 129, 513, 1030, 40_000].flatMap((n) =>
    Object.keys(kinds)
      .slice(0, n > 2000 ? 2 : undefined)
      .map((kind) => {
        const [x, y] = [vector(kind, n, dtype), vector(kind === 'all 0.1' ? 'ones' : 'positive', n, dtype)];
        return { where: `${kind}, ${n} terms`, n, x, y, exact: exactDot(x, y) };
      }),
  );

describe.each([...REALS, ...COMPLEX])('a product of %s keeps its bound', (dtype) => {
  const all = cases(dtype);
  test.each(Object.keys(dots))('%s', (name) => {
    const f = dots[name] as (typeof dots)[string];
    const compiled = compile(f);
    for (const { where, n, x, y, exact } of all) {
      scope(() => {
        const check = (result: Tensor, how: string): void => {
          for (const element of result.reshape([-1]).unstack())
            keep(name, dtype, PRODUCT[isComplex(dtype) ? 1 : 0], errorOf(element, exact) / bound(n, dtype), `${where}, ${how}`, n > 1000);
        };
        for (const [layout, lay] of Object.entries(layouts).slice(0, n < 600 ? undefined : 1)) check(f(lay(x), lay(y)), layout);
        check(compiled(x, y), 'compiled');
      });
    }
  });
});

describe('a product keeps its bound', () => {
  test.each(COMPLEX)('vdot, %s', (dtype) => {
    for (const { where, n, x, y } of cases(dtype))
      keep('vdot', dtype, PRODUCT[1], errorOf(vdot(x, y), exactDot(x, y, true)) / bound(n, dtype), where, n > 1000);
  });
  test('dots of a million terms keep 130u', () => {
    for (const dtype of REALS) {
      const [x, y] = [vector('all 0.1', 1e6, dtype), vector('ones', 1e6, dtype)];
      for (const name of ['dot', 'matrix by vector', 'one row, transposeB']) {
        const [first] = (dots[name] as typeof vdot)(x, y).reshape([-1]).unstack() as [Tensor];
        keep(`${name}, contiguous along k`, dtype, 'min(k, 130)·u·Σ|a||b|', errorOf(first, exactDot(x, y)) / 130, 'all 0.1, 1000000 terms');
      }
    }
  });
  test('and so does its gradient, a sum over rows', () => {
    for (const dtype of REALS) {
      const [x, y] = [vector('all 0.1', 1e5, dtype), vector('ones', 1e5, dtype)];
      const [gradient] = gradientsFunction((w: Tensor) => matmul(column(x), w).mul(column(y)), [0])(tensor([[2]], { dtype }));
      expect(errorOf(gradient as Tensor, exactDot(x, y))).toBeLessThanOrEqual(bound(1e5, dtype) + 1);
    }
  });
});

interface Sum {
  readonly name: string;
  readonly f: (x: Tensor) => Tensor;
  /** In units of u·Σ|x|. */
  readonly bound: number;
  /** Whether it is divided by n. */
  readonly isMean?: boolean;
}

const sums: readonly Sum[] = [
  { name: 'sum', bound: 26, f: (x) => sum(x) },
  { name: 'sum along lines', bound: 26, f: (x) => sum(concat([row(x), row(x), row(x)], 0), { axis: 1 }) },
  { name: 'sum across lines', bound: 26, f: (x) => sum(concat([column(x), column(x), column(x)], 1), { axis: 0 }) },
  { name: 'mean', bound: 27, f: (x) => mean(x), isMean: true },
  { name: 'the last of cumsum', bound: 27, f: (x) => cumsum(x).slice([x.size - 1]) },
  { name: 'einsum of one operand', bound: 26, f: (x) => einsum('i->', x) },
];

describe('a sum keeps its bound', () => {
  test.each(sums)('$name, $bound u', ({ name, f, bound: most, isMean = false }) => {
    for (const dtype of [...REALS, ...COMPLEX]) {
      const compiled = compile(f);
      for (const n of [1, 7, 33, 513, 5000, 100_000]) {
        for (const kind of Object.keys(kinds)) {
          scope(() => {
            const x = vector(kind, n, dtype);
            const parts = partsOf(x);
            const step = isComplex(dtype) ? 2 : 1;
            const exact = Array.from({ length: step }, (_, part) => sumOf(n, (i) => parts[step * i + part] as number));
            for (let part = 0; part < step; part++) {
              const size = sumOf(n, (i) => Math.abs(parts[step * i + part] as number))[0];
              for (const result of [f(x), compiled(x), ...(n < 6000 ? [f((layouts['with gaps'] as (x: Tensor) => Tensor)(x))] : [])]) {
                const got = (result.data()[part] as number) * (isMean ? n : 1);
                const slack = isMean ? 2 ** -53 * size : 0; // of the product that undoes the division
                const found = distance(got, exact[part] as Twofold) / (most * unit(dtype) * size + slack);
                keep(name, dtype, isMean ? `${most}u·Σ|x|/n` : `${most}u·Σ|x|`, found, `${kind}, ${n} terms`);
              }
            }
          });
        }
      }
    }
  });
});

test('a product of all elements keeps (n − 1)u', () => {
  for (const dtype of REALS) {
    for (const n of [1, 2, 9, 130, 1000]) {
      const x = vector('positive', n, dtype).add(0.6); // of a size that stays in the range
      const exact = Array.from(partsOf(x)).reduce<Twofold>(times, [1, 0]);
      keep(
        'prod',
        dtype,
        '(n − 1)u·|Π x|',
        distance(prod(x).item() as number, exact) / (Math.max(n - 1, 0.5) * unit(dtype) * Math.abs(exact[0])),
        `${n} factors`,
      );
    }
  }
});

/** Functions that add the rows of x to three targets in turns. */
const scatters: Record<string, (x: Tensor, ids: Tensor) => Tensor> = {
  segmentSum: (x, ids) => segmentSum(x, ids, { numSegments: 3 }),
  'segmentSum of rows': (x, ids) => segmentSum(concat([column(x), column(x), column(x)], 1), ids, { numSegments: 3 }).slice([0, 2], [3, 1]),
  indexAdd: (x, ids) => indexAdd(zeros([3], { dtype: x.dtype }), ids, x),
  scatterAdd: (x, ids) => scatterAdd(zeros([3], { dtype: x.dtype }), ids, x),
  'scatterAdd along the last axis': (x, ids) =>
    scatterAdd(zeros([2, 3], { dtype: x.dtype }), concat([row(ids), row(ids)], 0), concat([row(x), row(x)], 0), { axis: 1 }).slice([1, 0], [1, 3]),
  scatterNd: (x, ids) => scatterNd(ids.reshape([-1, 1]), x, [3]),
  'the gradient of take': (x, ids) => gradientsFunction((v: Tensor) => take(v, ids).mul(x.conj()), [0])(zeros([3], { dtype: x.dtype }))[0] as Tensor,
  'the gradient of gatherNd': (x, ids) =>
    gradientsFunction((v: Tensor) => gatherNd(v, ids.reshape([-1, 1])).mul(x.conj()), [0])(zeros([3], { dtype: x.dtype }))[0] as Tensor,
};

describe.each([...REALS, ...COMPLEX])('%s: many rows for one target keep 34u', (dtype) => {
  test.each(Object.keys(scatters))('%s', (name) => {
    const f = scatters[name] as (typeof scatters)[string];
    const compiled = compile(f);
    for (const n of [1, 5, 95, 97, 3 * 64 + 1, 100_000]) {
      const ids = tensor(Int32Array.from({ length: n }, (_, i) => i % 3));
      for (const kind of ['all 0.1', 'of both signs', 'cancelling']) {
        scope(() => {
          const x = vector(kind, n, dtype);
          const parts = partsOf(x);
          const step = isComplex(dtype) ? 2 : 1;
          for (const result of [f(x, ids), compiled(x, ids)]) {
            const got = result.reshape([-1]).data();
            for (let k = 0; k < 3 * step; k++) {
              const count = Math.floor((n - Math.floor(k / step) + 2) / 3);
              const term = (i: number): number => parts[step * (3 * i + Math.floor(k / step)) + (k % step)] as number;
              const size = sumOf(count, (i) => Math.abs(term(i)))[0];
              const found = distance(got[k] as number, sumOf(count, term)) / (Math.min(count, 34) * unit(dtype) * size || 1);
              keep(name, dtype, 'min(rows, 34)·u·Σ|x|', found, `${kind}, ${count} rows`, count > 32);
            }
          }
        });
      }
    }
  });
});
