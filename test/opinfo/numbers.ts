/** Rows of the op table: bits, division towards 0, parts of floating-point numbers, and reductions that ignore NaN. */
import type { Num } from '../reference/dual.js';
import * as d from '../reference/dual.js';
import { map, type NdArray, type ReduceOptions, reduce } from '../reference/ndarray.js';
import {
  binary,
  bool,
  EXACT,
  error,
  INEXACT,
  type Input,
  linear,
  NUMERIC,
  type OpInfo,
  ORDERED,
  REAL,
  REAL_OR_INT,
  real,
  sample,
  samples,
  unary,
} from './row.js';

const int =
  (f: (x: number, y: number) => number) =>
  (x: Num, y: Num): Num =>
    f(d.real0(x), d.real0(y));
const BITS: Partial<OpInfo> = { dtypes: ['int32', 'bool'], ulp: EXACT, order: 0 };
const SHIFTS: Partial<OpInfo> = { dtypes: ['int32'], ulp: EXACT, order: 0 };
const NONZERO = [
  [-9, 9],
  [1, 4],
] as const;
const zeroDivision = (name: 'fmod' | 'truncDiv') =>
  error((g) => g[name](new Int32Array([1]), new Int32Array([0])), 'TypeError', new RegExp(`^${name}: integer division by zero`));

/** C's fmod, of duals. */
const fmod = (x: Num, y: Num): Num => d.sub(x, d.mul(y, Math.trunc(d.real0(x) / d.real0(y))));

/** Mantissa and exponent of a number. */
function parts(x: number): [mantissa: number, exponent: number] {
  if (x === 0 || !Number.isFinite(x)) return [x, 0];
  let e = 0;
  let m = x;
  while (Math.abs(m) >= 1) [m, e] = [m / 2, e + 1];
  while (Math.abs(m) < 0.5) [m, e] = [m * 2, e - 1];
  return [m, e];
}

/** A line without its NaN. */
const present = (line: readonly Num[]): Num[] => line.filter((v) => !Number.isNaN(d.modulus(v)));
const GAPS: readonly Input[] = [{ shape: [2, 3], data: [1.5, Number.NaN, -2, 0.25, 3, 2] }];
const nanFold = (fold: (line: Num[]) => Num, rest: Partial<OpInfo> = {}): OpInfo => ({
  ...linear(
    (x: NdArray, options?: ReduceOptions | number) =>
      reduce(x, typeof options === 'object' ? options : options === undefined ? {} : { axis: options }, (line) => fold(present(line))),
    [...samples('', '2,3', '0,2'), sample('2,3', 1), sample(GAPS, { axis: 1, keepDims: true }), sample(GAPS, { axis: [0] }), sample(GAPS)],
  ),
  linear: false,
  dtypes: INEXACT,
  ulp: { float32: 8, float64: 8, complex64: 16, complex128: 16 },
  cancels: true,
  ...rest,
});
/** Reductions without a value for an empty line. */
const OF_SOME: Partial<OpInfo> = { samples: [...samples('', '2,3'), sample('2,3', 1), sample(GAPS, { axis: 1, keepDims: true }), sample(GAPS)] };
const squared = (x: Num): Num => d.re(d.mul(x, d.conj(x)));
const mean = (line: readonly Num[]): Num => d.div(d.sum(line), line.length);
const variance = (line: readonly Num[]): Num => mean(line.map((v) => squared(d.sub(v, mean(line)))));
const extreme = (f: (a: Num, b: Num) => Num): OpInfo =>
  nanFold((line) => (line.length ? line.reduce(f) : Number.NaN), {
    samples: [...samples('3', '2,3'), sample(GAPS, 1)],
    dtypes: ORDERED,
    ulp: EXACT,
    analytic: false,
    special: [
      {
        at: [
          [
            [Number.NaN, Number.NaN],
            [1, Number.NaN],
          ],
        ],
        args: [{ axis: 1 }],
        value: [Number.NaN, 1],
        gradient: [
          [
            [0, 0],
            [1, 0],
          ],
        ],
      },
    ],
  });

export const numbers = {
  bitwiseAnd: binary(
    int((x, y) => x & y),
    [[-99, 99]],
    BITS,
  ),
  bitwiseOr: binary(
    int((x, y) => x | y),
    [[-99, 99]],
    BITS,
  ),
  bitwiseXor: binary(
    int((x, y) => x ^ y),
    [[-99, 99]],
    BITS,
  ),
  leftShift: binary(
    int((x, y) => (y >>> 0 < 32 ? x << y : 0)),
    [
      [-99, 99],
      [-2, 34],
    ],
    SHIFTS,
  ),
  rightShift: binary(
    int((x, y) => x >> Math.min(y >>> 0, 31)),
    [
      [-99, 99],
      [-2, 34],
    ],
    SHIFTS,
  ),
  fmod: binary(fmod, NONZERO, {
    dtypes: REAL_OR_INT,
    ulp: EXACT,
    atLeast: 4,
    errors: [zeroDivision('fmod')],
    special: [
      { at: [-7, 3], value: -1, gradient: [1, 2] },
      { at: [7, -3], value: 1, gradient: [1, 2] },
      { at: [0, 3], value: 0, gradient: [1, 0] },
      { at: [2, 0], value: Number.NaN },
      { at: [5, Infinity], value: 5, gradient: [1, 0] },
    ],
  }),
  truncDiv: binary((x, y) => Math.trunc(d.real0(x) / d.real0(y)), NONZERO, {
    dtypes: REAL_OR_INT,
    ulp: EXACT,
    order: 0,
    errors: [zeroDivision('truncDiv')],
    special: [
      { at: [-7, 2], value: -3 },
      { at: [7, -2], value: -3 },
      { at: [1, -0], value: -Infinity },
    ],
  }),
  signbit: unary((x) => Number(d.isNegative(x)), [-3, 3], {
    dtypes: REAL,
    result: bool,
    ulp: EXACT,
    order: 0,
    special: [
      { at: [-0], value: true },
      { at: [0], value: false },
      { at: [-Infinity], value: true },
    ],
  }),
  frexp: <OpInfo>{
    ...unary((x) => x, [-99, 99]),
    ref: (x: NdArray) => map((v) => d.mul(v, 2 ** -parts(d.real0(v))[1]), x),
    call: (f: (x: unknown) => unknown, [x]: readonly unknown[]) => {
      const y = f(x) as { mantissa?: unknown };
      return y.mantissa ?? y;
    },
    dtypes: REAL,
    ulp: EXACT,
    special: [
      { at: [0], value: 0 },
      { at: [-0], value: -0 },
      { at: [1], value: 0.5, gradient: [0.5] },
      { at: [-5], value: -0.625, gradient: [0.125] },
      { at: [Infinity], value: Infinity },
      { at: [Number.NaN], value: Number.NaN },
      { at: [2 ** -1074], value: 0.5, dtypes: ['float64'] },
      { at: [Number.MAX_VALUE], value: 1 - 2 ** -53, dtypes: ['float64'] },
      { at: [3 * 2 ** -149], value: 0.75, dtypes: ['float32'] },
    ],
  },
  nextAfter: <OpInfo>{
    ...binary((x) => x, [[-3, 3]]),
    samples: [1, 8].map((n) => sample([1, 2].map(() => ({ shape: [n], data: [1.5, -3, 0, 7, 2, 4, -1, 5].slice(0, n) })))),
    dtypes: REAL,
    ulp: EXACT,
    order: 0,
    special: [
      { at: [1, 2], value: 1 + 2 ** -52, dtypes: ['float64'] },
      { at: [1, 0], value: 1 - 2 ** -53, dtypes: ['float64'] },
      { at: [1, 2], value: 1 + 2 ** -23, dtypes: ['float32'] },
      { at: [-1, 0], value: -1 + 2 ** -24, dtypes: ['float32'] },
      { at: [0, -1], value: -(2 ** -149), dtypes: ['float32'] },
      { at: [-(2 ** -1074), 1], value: -0, dtypes: ['float64'] },
      { at: [2 ** -1022, 0], value: 2 ** -1022 - 2 ** -1074, dtypes: ['float64'] },
      { at: [2 ** -1021, 0], value: 2 ** -1021 - 2 ** -1074, dtypes: ['float64'] },
      { at: [2 ** -1021, 1], value: 2 ** -1021 + 2 ** -1073, dtypes: ['float64'] },
      { at: [2 ** -970, 0], value: 2 ** -970 - 2 ** -1023, dtypes: ['float64'] },
      { at: [Number.MAX_VALUE, Infinity], value: Infinity, dtypes: ['float64'] },
      { at: [-Infinity, 0], value: -Number.MAX_VALUE, dtypes: ['float64'] },
      { at: [-0, 0], value: 0 },
      { at: [3, 3], value: 3 },
      { at: [Number.NaN, 0], value: Number.NaN },
      { at: [0, Number.NaN], value: Number.NaN },
    ],
  },
  nanToNum: unary((x) => x, [-3, 3], {
    dtypes: [...NUMERIC, 'bool'],
    ulp: EXACT,
    linear: true,
    special: [
      { at: [[Number.NaN, Infinity, -Infinity, 1]], value: [0, 2 ** 128 - 2 ** 104, -(2 ** 128) + 2 ** 104, 1], gradient: [[0, 0, 0, 1]], dtypes: ['float32'] },
      { at: [[Number.NaN, Infinity, -Infinity]], args: [{ nan: 1, posInf: 2, negInf: 3 }], value: [1, 2, 3] },
    ],
  }),
  isClose: binary((x, y) => Number(Math.abs(d.modulus(d.sub(x, y))) <= 1e-8 + 1e-5 * d.modulus(y)), [[-3, 3]], {
    dtypes: INEXACT,
    result: bool,
    ulp: EXACT,
    order: 0,
    special: [
      { at: [1, 1.000009], value: true },
      { at: [1, 1.1], value: false },
      { at: [1, 1.1], args: [{ rtol: 0.1 }], value: true },
      { at: [Infinity, Infinity], value: true },
      { at: [1, Infinity], value: false },
      { at: [-Infinity, Infinity], value: false },
      { at: [Number.NaN, Number.NaN], value: false },
      { at: [Number.NaN, Number.NaN], args: [{ equalNan: true }], value: true },
    ],
  }),
  nanSum: nanFold(d.sum, { dtypes: NUMERIC, ulp: { float32: 8, float64: 8, complex64: 16, complex128: 16, int32: 0 } }),
  nanProd: nanFold((line) => line.reduce(d.mul, 1), {
    dtypes: NUMERIC,
    cancels: false,
    ulp: { float32: 8, float64: 8, complex64: 16, complex128: 16, int32: 0 },
  }),
  nanMean: nanFold(mean, OF_SOME),
  nanVar: nanFold(variance, {
    ...OF_SOME,
    result: real,
    cancels: false,
    atLeast: 1,
    analytic: false,
  }),
  nanStd: nanFold((line) => d.sqrt(variance(line)), {
    result: real,
    cancels: false,
    atLeast: 1,
    analytic: false,
    samples: [sample('2,3', 1), sample(GAPS, { axis: 1 })],
  }),
  nanMax: extreme((a, b) => (d.real0(a) >= d.real0(b) ? a : b)),
  nanMin: extreme((a, b) => (d.real0(a) <= d.real0(b) ? a : b)),
};
