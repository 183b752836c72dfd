/** Rows of gradtape/special. */

import { publics } from '../publics.js';
import { div, log, mul, type Num, neg, sub } from '../reference/dual.js';
import { digamma, lgamma, polygamma } from '../reference/gamma.js';
import { map, type NdArray } from '../reference/ndarray.js';
import { erfcinv, erfinv, logNdtr, ndtr, ndtri } from '../reference/special.js';
import { error, FOUR_ULPS, type OpInfo, REAL, sample, unary } from './row.js';

const f = (g: Parameters<typeof unary>[0], domain: readonly [number, number], rest: Partial<OpInfo>): OpInfo =>
  unary(g, domain, { dtypes: REAL, ulp: FOUR_ULPS, referenceUlp: 128, order: 3, ...rest });

export const special = {
  erfinv: f(erfinv, [-0.9, 0.9], {
    slopeUlp: { float32: [4, 8], float64: [8, 16] },
    special: [
      { at: [-0], value: -0 },
      { at: [1], value: Infinity, gradient: [Infinity] },
      { at: [-1], value: -Infinity, gradient: [Infinity] },
      { at: [1.5], value: Number.NaN },
    ],
  }),
  erfcinv: f(erfcinv, [0.1, 0.9], {
    slopeUlp: { float32: [4, 8], float64: [8, 16] },
    special: [
      { at: [0], value: Infinity, gradient: [-Infinity] },
      { at: [1], value: 0 },
      { at: [2], value: -Infinity, gradient: [-Infinity] },
      { at: [-1], value: Number.NaN },
    ],
  }),
  ndtr: f(ndtr, [-3, 3], {
    slopeUlp: { float32: [4, 8], float64: [4, 8] },
    slopeSize: (order, x = 0) => (order === 2 && Math.abs(x) > 37 ? 1e-305 : 0),
    special: [
      { at: [0], value: 0.5 },
      { at: [-Infinity], value: 0, gradient: [0] },
      { at: [Infinity], value: 1, gradient: [0] },
    ],
  }),
  ndtri: f(ndtri, [0.05, 0.95], {
    slopeUlp: { float32: [4, 8], float64: [8, 16] },
    special: [
      { at: [0], value: -Infinity, gradient: [Infinity] },
      { at: [0.5], value: 0 },
      { at: [1], value: Infinity, gradient: [Infinity] },
      { at: [-1], value: Number.NaN },
    ],
  }),
  logNdtr: f(logNdtr, [-3, 1], {
    slopeUlp: { float32: [4, 8], float64: [8, 16] },
    special: [
      { at: [-Infinity], value: -Infinity },
      { at: [Infinity], value: -0, gradient: [0] },
    ],
  }),
  lgamma: f(lgamma, [0.2, 6], {
    atLeast: 1,
    slopeUlp: { float32: [4, 8], float64: [4, 8] },
    special: [
      { at: [1], value: 0 },
      { at: [2], value: 0 },
      { at: [0], value: Infinity },
      { at: [-1], value: Infinity },
      { at: [-Infinity], value: Infinity },
    ],
  }),
  digamma: f(digamma, [0.2, 6], {
    atLeast: 1,
    slopeUlp: { float32: [4, 8], float64: [8, 8] },
    special: [
      { at: [0], value: -Infinity },
      { at: [-0], value: Infinity },
      { at: [-1], value: Number.NaN },
      { at: [-Infinity], value: Number.NaN },
    ],
  }),
  polygamma: f(digamma, [0.5, 6], {
    ref: (x: NdArray, n: number) => map(polygamma(n), x),
    call: (of, [x], [n]) => (of.length === 2 && of.name !== 'polygamma' ? of(x, n) : of(n, x)),
    samples: [sample('7', 1), sample('2,3', 2), sample('', 3), sample('0', 1), sample('3', 0)],
    ulp: { float32: 2, float64: 12 },
    atLeast: 1,
    elementwise: false,
    special: [
      { at: [1], args: [1], value: Math.PI ** 2 / 6 },
      { at: [0.5], args: [1], value: Math.PI ** 2 / 2 },
      { at: [Infinity], args: [2], value: -0 },
    ],
    errors: [error(() => publics.polygamma?.(-1, 2), 'TypeError', /^polygamma: n is a whole number from 0 to 100; got -1/)],
  }),
  logit: f((x: Num) => log(div(x, sub(1, x))), [0.05, 0.95], {
    atLeast: 0.25,
    slopeUlp: { float32: [4, 8], float64: [4, 8] },
    special: [
      { at: [0], value: -Infinity, gradient: [Infinity] },
      { at: [0.5], value: 0, gradient: [4] },
      { at: [1], value: Infinity, gradient: [Infinity] },
      { at: [2], value: Number.NaN },
    ],
  }),
  entropy: f((x: Num) => neg(mul(x, log(x))), [0.05, 3], {
    atLeast: 0.25,
    slopeUlp: { float32: [4, 8], float64: [4, 8] },
    slopeSize: (order) => (order === 1 ? 1 : 0),
    special: [
      { at: [0], value: 0, gradient: [Infinity] },
      { at: [1], value: 0, gradient: [-1] },
      { at: [-1], value: -Infinity },
      { at: [Infinity], value: -Infinity },
    ],
  }),
};
