/** Rows of gradtape/special. */
import { digamma, lgamma } from '../reference/gamma.js';
import { erfcinv, erfinv, logNdtr, ndtr, ndtri } from '../reference/special.js';
import { FOUR_ULPS, type OpInfo, REAL, unary } from './row.js';

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
};
