/** Rows of the op table: arithmetic. */

import type { Num } from '../reference/dual.js';
import * as d from '../reference/dual.js';
import { map, type NdArray } from '../reference/ndarray.js';
import {
  ANY,
  binary,
  broadcastError,
  ELEMENTARY,
  EXACT,
  error,
  FOUR_ULPS,
  inexact,
  NUMERIC,
  ORDERED,
  REAL,
  REAL_OR_INT,
  real,
  sample,
  samples,
  TWO_ULPS,
  unary,
} from './row.js';

/** Products of complex numbers round their parts. */
const ROUNDED = { ...EXACT, complex64: 2, complex128: 2 };
const QUOTIENT = { ...EXACT, complex64: 8, complex128: 8 };

const isZero = (x: Num): boolean => d.modulus(x) === 0;
const unlessZero = (test: Num, f: () => Num): Num => (isZero(test) ? 0 : f());

/** x − y·⌊x/y⌋ without rounding. */
const remainder = d.binary(
  (x, y) => {
    const r = x % y;
    return r !== 0 && r < 0 !== y < 0 ? r + y : r;
  },
  d.realOnly,
  (x, dx, y, dy) => d.sub(dx, d.mul(dy, Math.floor(d.real0(x) / d.real0(y)))),
);

const sign = (x: Num): Num => (isZero(x) ? x : d.isComplex(x) ? d.div(x, d.abs(x)) : Math.sign(d.real0(x)));
const copysign = (x: Num, y: Num): Num => (d.isNegative(x) === d.isNegative(y) ? x : d.neg(x));
const logaddexp = (x: Num, y: Num): Num => (d.less(x, y) ? logaddexp(y, x) : d.add(x, d.log1p(d.exp(d.sub(y, x)))));
const lerp = (x: Num, y: Num, t: Num): Num => d.add(x, d.mul(t, d.sub(y, x)));
const squaredDifference = (x: Num, y: Num): Num => d.mul(d.sub(x, y), d.conj(d.sub(x, y)));

const bounded = (x: NdArray, low: NdArray | number | null, high: NdArray | number | null): NdArray => {
  const array = (v: NdArray | number): NdArray => (typeof v === 'number' ? { shape: [], data: [v] } : v);
  const above = low === null ? x : map(d.maximum, x, array(low));
  return high === null ? above : map(d.minimum, above, array(high));
};

const zeroDivision = (name: 'floorDiv' | 'remainder') =>
  error((g) => g[name](g.tensor([1, 2], { dtype: 'int32' }), g.tensor(0, { dtype: 'int32' })), 'TypeError', new RegExp(`^${name}: integer division by zero`));

export const arithmetic = {
  add: binary(d.add, [[-3, 3]], {
    dtypes: NUMERIC,
    ulp: EXACT,
    linear: true,
    analytic: true,
    errors: [
      broadcastError('add'),
      error(
        (g) => g.add(g.tensor([1, 2]), g.tensor([1, 2], { dtype: 'float64' })),
        'DTypeError',
        /^add: float32 and float64 do not mix; convert one with cast\(x, 'float64'\); x is \[2\] float32, y is \[2\] float64$/,
      ),
      error((g) => g.add(g.tensor([1, 2]), g.tensor([1, 2], { dtype: 'int32' })), 'DTypeError', /^add: float32 and int32 do not mix/),
      error((g) => g.tensor(1, { dtype: 'int32' }).add(2.5), 'DTypeError', /^add: int32 and float32 do not mix/),
    ],
  }),
  sub: binary(d.sub, [[-3, 3]], { dtypes: NUMERIC, ulp: EXACT, linear: true, analytic: true }),
  mul: binary(d.mul, [[-3, 3]], { dtypes: NUMERIC, ulp: ROUNDED, linear: true, analytic: true }),
  neg: unary(d.neg, [-3, 3], { dtypes: NUMERIC, ulp: EXACT, linear: true, analytic: true }),
  square: unary(d.square, [-3, 3], { dtypes: NUMERIC, ulp: ROUNDED, analytic: true }),
  div: binary(
    d.div,
    [
      [-3, 3],
      [0.5, 3],
    ],
    { dtypes: ANY, result: inexact, ulp: QUOTIENT, analytic: true },
  ),
  reciprocal: unary((x) => d.div(1, x), [0.5, 3], { ulp: QUOTIENT, analytic: true }),
  divNoNan: binary(
    (x, y) => unlessZero(y, () => d.div(x, y)),
    [
      [-3, 3],
      [0.5, 3],
    ],
    {
      ulp: QUOTIENT,
      analytic: true,
      special: [
        { at: [1, 0], value: 0, gradient: [0, 0] },
        { at: [0, 0], value: 0, gradient: [0, 0] },
      ],
    },
  ),
  mulNoNan: binary(d.mul, [[-3, 3]], {
    ulp: ROUNDED,
    linear: true,
    analytic: true,
    special: [
      { at: [Infinity, 0], value: 0 },
      { at: [Number.NaN, 0], value: 0 },
    ],
  }),
  xdivy: binary(
    (x, y) => unlessZero(x, () => d.div(x, y)),
    [
      [-3, 3],
      [0.5, 3],
    ],
    {
      ulp: QUOTIENT,
      analytic: true,
      special: [
        { at: [0, 0], value: 0 },
        { at: [0, Number.NaN], value: 0 },
      ],
    },
  ),
  xlogy: binary(
    (x, y) => unlessZero(x, () => d.mul(x, d.log(y))),
    [
      [-2, 2],
      [1.2, 3],
    ],
    {
      dtypes: REAL,
      ulp: TWO_ULPS,
      special: [
        { at: [0, 0], value: 0, gradient: [0, 0] },
        { at: [0, -1], value: 0, gradient: [0, 0] },
        { at: [0, 2], value: 0, gradient: [Math.LN2, 0] },
      ],
    },
  ),
  floorDiv: binary(
    (x, y) => Math.floor(d.real0(x) / d.real0(y)),
    [
      [-9, 9],
      [1, 4],
    ],
    { dtypes: REAL_OR_INT, ulp: EXACT, order: 0, errors: [zeroDivision('floorDiv')] },
  ),
  remainder: binary(
    remainder,
    [
      [-9, 9],
      [1, 4],
    ],
    {
      dtypes: REAL_OR_INT,
      ulp: EXACT,
      errors: [zeroDivision('remainder')],
      special: [
        { at: [-7, 3], value: 2, gradient: [1, 3] },
        { at: [7, -3], value: -2, gradient: [1, 3] },
      ],
    },
  ),
  pow: binary(
    d.pow,
    [
      [0.3, 3],
      [-2, 2],
    ],
    {
      dtypes: NUMERIC,
      whole: [
        [-3, 3],
        [0, 4],
      ],
      ulp: { ...FOUR_ULPS, complex64: 48, complex128: 48, int32: 0 },
      order: 3,
      errors: [error((g) => g.pow(new Int32Array([2]), new Int32Array([-1])), 'TypeError', /^pow: a negative power of a whole number/)],
      special: [
        { at: [0, 2], value: 0, gradient: [0, 0] },
        { at: [0, 1], value: 0, gradient: [1, 0] },
        { at: [0, 0], value: 1, gradient: [0, 0] },
        { at: [-2, 3], value: -8, gradient: [12, 0] },
        { at: [2, 0], value: 1, gradient: [0, Math.LN2] },
        { at: [-8, 1 / 3], value: Number.NaN },
        { at: [Number.NaN, 0], value: 1 },
        { at: [1, Number.NaN], value: 1 },
      ],
    },
  ),
  sqrt: unary(d.sqrt, [0.2, 4], {
    ulp: QUOTIENT,
    analytic: true,
    special: [
      { at: [0], value: 0, gradient: [Infinity] },
      { at: [-0], value: -0 },
      { at: [-1], value: Number.NaN },
    ],
  }),
  rsqrt: unary((x) => d.div(1, d.sqrt(x)), [0.2, 4], { ulp: TWO_ULPS, analytic: true, special: [{ at: [0], value: Infinity, gradient: [-Infinity] }] }),
  cbrt: unary(d.cbrt, [0.2, 4], {
    ulp: TWO_ULPS,
    analytic: true,
    special: [
      { at: [-8], value: -2, gradient: [1 / 12] },
      { at: [0], value: 0, gradient: [Infinity] },
    ],
  }),
  abs: unary(d.abs, [-3, 3], {
    dtypes: NUMERIC,
    result: real,
    ulp: { ...EXACT, complex64: 2, complex128: 2 },
    special: [
      { at: [0], value: 0, gradient: [0] },
      { at: [-0], value: 0, gradient: [0] },
    ],
  }),
  sign: unary(sign, [-3, 3], {
    dtypes: NUMERIC,
    ulp: QUOTIENT,
    special: [
      { at: [0], value: 0, gradient: [0] },
      { at: [-2], value: -1, gradient: [0] },
    ],
  }),
  copysign: binary(copysign, [[-3, 3]], { dtypes: REAL, ulp: EXACT, constant: [1], special: [{ at: [3, -0], value: -3 }] }),
  maximum: binary(d.maximum, [[-3, 3]], {
    dtypes: ORDERED,
    ulp: EXACT,
    special: [
      { at: [2, 2], value: 2, gradient: [1, 0] },
      { at: [Number.NaN, 1], value: Number.NaN },
      { at: [1, Number.NaN], value: Number.NaN },
      { at: [0, -0], value: 0 },
      { at: [-0, 0], value: 0 },
    ],
  }),
  minimum: binary(d.minimum, [[-3, 3]], {
    dtypes: ORDERED,
    ulp: EXACT,
    special: [
      { at: [2, 2], value: 2, gradient: [1, 0] },
      { at: [Number.NaN, 1], value: Number.NaN },
      { at: [1, Number.NaN], value: Number.NaN },
      { at: [0, -0], value: -0 },
      { at: [-0, 0], value: -0 },
    ],
  }),
  clip: {
    ref: bounded,
    domain: [
      [-3, 3],
      [-1, 0],
      [0, 1],
    ] as const,
    dtypes: REAL_OR_INT,
    ulp: EXACT,
    order: 2 as const,
    elementwise: true,
    samples: [sample('7', -1, 1), sample('2,3', null, 1), sample('3', -1, null), sample('', null, null), ...samples('7 · 7 · 7', '2,3 · 3 · ')],
    special: [
      { at: [1], args: [-1, 1], value: 1, gradient: [1] },
      { at: [-1], args: [-1, 1], value: -1, gradient: [1] },
      { at: [2], args: [-1, 1], value: 1, gradient: [0] },
    ],
  },
  hypot: binary((x, y) => d.sqrt(d.add(d.square(x), d.square(y))), [[-3, 3]], {
    dtypes: REAL,
    ulp: TWO_ULPS,
    special: [
      { at: [0, 0], value: 0, gradient: [0, 0] },
      { at: [3, 4], value: 5, gradient: [0.6, 0.8] },
      { at: [3e38, 4e38], value: Infinity, dtypes: ['float32'] },
      { at: [Infinity, Number.NaN], value: Infinity },
    ],
  }),
  atan2: binary(d.atan2, [[-3, 3]], {
    dtypes: REAL,
    ulp: TWO_ULPS,
    special: [
      { at: [0, 0], value: 0, gradient: [0, 0] },
      { at: [0, -1], value: Math.PI, gradient: [-1, -0] },
      { at: [-0, -1], value: -Math.PI },
    ],
  }),
  logaddexp: binary(logaddexp, [[0, 3]], {
    dtypes: REAL,
    ulp: TWO_ULPS,
    special: [
      { at: [1000, 1000], value: 1000 + Math.LN2, gradient: [0.5, 0.5] },
      { at: [-Infinity, 2], value: 2, gradient: [0, 1] },
      { at: [-Infinity, -Infinity], value: -Infinity },
    ],
  }),
  lerp: {
    ref: (x: NdArray, y: NdArray, t: NdArray) => map(lerp, x, y, t),
    domain: [
      [1, 2],
      [1, 2],
      [0, 1],
    ] as const,
    dtypes: NUMERIC,
    ulp: { float32: 4, float64: 4, complex64: 8, complex128: 8, int32: 0 },
    order: 2 as const,
    linear: true,
    analytic: true,
    elementwise: true,
    samples: samples('7 · 7 · 7', '2,3 · 3 · ', ' · 2 · 3,1', '0 ·  · 1'),
  },
  squaredDifference: binary(squaredDifference, [[-3, 3]], { dtypes: NUMERIC, ulp: { ...ELEMENTARY, int32: 0 } }),
};
