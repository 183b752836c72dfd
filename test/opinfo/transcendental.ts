/** Rows of the op table: exponentials, logarithms, trigonometric and hyperbolic functions. */
import * as d from '../reference/dual.js';
import { erf, erfc } from '../reference/special.js';
import { FOUR_ULPS, REAL, TWO_ULPS, unary } from './row.js';

const sinc = (x: d.Num): d.Num => {
  if (d.modulus(x) === 0) return 1;
  return Number.isInteger(x) ? 0 : d.div(d.sin(d.mul(Math.PI, x)), d.mul(Math.PI, x));
};
const shut = [
  { at: [Infinity], value: Number.NaN },
  { at: [Number.NaN], value: Number.NaN },
];

export const transcendental = {
  exp: unary(d.exp, [-3, 3], {
    analytic: true,
    special: [
      { at: [0], value: 1, gradient: [1] },
      { at: [-Infinity], value: 0, gradient: [0] },
      { at: [1000], value: Infinity },
    ],
  }),
  expm1: unary(d.expm1, [-2, 2], {
    analytic: true,
    special: [
      { at: [-0], value: -0, gradient: [1] },
      { at: [-Infinity], value: -1 },
    ],
  }),
  exp2: unary(d.exp2, [-3, 3], { analytic: true, ulp: { ...TWO_ULPS, complex64: 16, complex128: 16 }, special: [{ at: [10], value: 1024 }] }),
  log: unary(d.log, [0.2, 4], {
    analytic: true,
    special: [
      { at: [0], value: -Infinity, gradient: [Infinity] },
      { at: [1], value: 0, gradient: [1] },
      { at: [-1], value: Number.NaN },
    ],
  }),
  log2: unary(d.log2, [0.2, 4], {
    analytic: true,
    ulp: TWO_ULPS,
    special: [
      { at: [8], value: 3 },
      { at: [0], value: -Infinity },
    ],
  }),
  log10: unary(d.log10, [0.2, 4], { analytic: true, ulp: TWO_ULPS, special: [{ at: [1000], value: 3 }] }),
  log1p: unary(d.log1p, [-0.7, 3], {
    analytic: true,
    special: [
      { at: [-0], value: -0, gradient: [1] },
      { at: [-1], value: -Infinity, gradient: [Infinity] },
    ],
  }),
  sin: unary(d.sin, [-3, 3], { analytic: true, order: 3, special: [{ at: [-0], value: -0, gradient: [1] }, ...shut] }),
  cos: unary(d.cos, [-3, 3], { analytic: true, special: [{ at: [0], value: 1, gradient: [0] }, ...shut] }),
  tan: unary(d.tan, [-1.2, 1.2], { analytic: true, special: [{ at: [-0], value: -0, gradient: [1] }, ...shut] }),
  asin: unary(d.asin, [-0.9, 0.9], {
    analytic: true,
    ulp: TWO_ULPS,
    special: [
      { at: [1], value: Math.PI / 2, gradient: [Infinity] },
      { at: [2], value: Number.NaN },
    ],
  }),
  acos: unary(d.acos, [-0.9, 0.9], {
    analytic: true,
    ulp: TWO_ULPS,
    special: [
      { at: [1], value: 0, gradient: [-Infinity] },
      { at: [-1], value: Math.PI },
    ],
  }),
  atan: unary(d.atan, [-3, 3], { analytic: true, ulp: TWO_ULPS, imaginary: [-0.8, 0.8], special: [{ at: [Infinity], value: Math.PI / 2, gradient: [0] }] }),
  sinh: unary(d.sinh, [-3, 3], { analytic: true, ulp: TWO_ULPS }),
  cosh: unary(d.cosh, [-3, 3], { analytic: true, ulp: TWO_ULPS }),
  tanh: unary(d.tanh, [-2, 2], {
    analytic: true,
    order: 3,
    ulp: TWO_ULPS,
    special: [
      { at: [Infinity], value: 1, gradient: [0] },
      { at: [-0], value: -0, gradient: [1] },
    ],
  }),
  asinh: unary(d.asinh, [-3, 3], { analytic: true, ulp: TWO_ULPS, imaginary: [-0.8, 0.8] }),
  acosh: unary(d.acosh, [1.2, 4], {
    analytic: true,
    ulp: TWO_ULPS,
    special: [
      { at: [1], value: 0, gradient: [Infinity] },
      { at: [0.5], value: Number.NaN },
    ],
  }),
  atanh: unary(d.atanh, [-0.9, 0.9], {
    analytic: true,
    ulp: TWO_ULPS,
    special: [
      { at: [1], value: Infinity },
      { at: [-0], value: -0, gradient: [1] },
    ],
  }),
  erf: unary(erf, [-2, 2], {
    dtypes: REAL,
    ulp: TWO_ULPS,
    referenceUlp: 8,
    special: [
      { at: [Infinity], value: 1, gradient: [0] },
      { at: [-0], value: -0 },
    ],
  }),
  erfc: unary(erfc, [-2, 4], {
    dtypes: REAL,
    ulp: FOUR_ULPS,
    referenceUlp: 16,
    special: [
      { at: [0], value: 1 },
      { at: [30], value: 0, dtypes: ['float32'] },
      { at: [-Infinity], value: 2, gradient: [0] },
      { at: [Infinity], value: 0, gradient: [0] },
    ],
  }),
  sinc: unary(sinc, [0.2, 0.8], {
    analytic: true,
    ulp: TWO_ULPS,
    referenceUlp: 4,
    slopeSize: (order, x, y = 0) => (Math.hypot(x, y) < 0.5 ? 0 : (Math.cosh(Math.PI * y) * Math.PI ** (order - 1)) / Math.hypot(x, y)),
    special: [
      { at: [0], value: 1, gradient: [0] },
      { at: [-3], value: 0, gradient: [1 / 3] },
      { at: [Infinity], value: 0, gradient: [0] },
    ],
  }),
};
