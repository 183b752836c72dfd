/** Rows of the op table: activations. */

import type { Num } from '../reference/dual.js';
import * as d from '../reference/dual.js';
import { along, map, type NdArray } from '../reference/ndarray.js';
import { erfc } from '../reference/special.js';
import { binary, EXACT, error, FOUR_ULPS, INEXACT, type Interval, type OpInfo, REAL, REAL_OR_INT, sample, TWO_ULPS, UNARY, unary } from './row.js';

const positive = (x: Num, then: Num, otherwise: Num): Num => (d.real0(x) > 0 ? then : otherwise);
const sigmoid = (x: Num): Num => d.div(1, d.add(1, d.exp(d.neg(x))));
const softplus = (x: Num): Num => d.add(d.maximum(x, 0), d.log1p(d.exp(d.neg(d.abs(x)))));
const elu = (x: Num, alpha: Num = 1): Num => positive(x, x, d.mul(alpha, d.expm1(x)));
const celu = (x: Num, alpha: number): Num => positive(x, x, d.mul(alpha, d.expm1(d.div(x, alpha))));
const relu6 = (x: Num): Num => d.minimum(d.maximum(x, 0), 6);
const hardSigmoid = (x: Num): Num => d.div(relu6(d.add(x, 3)), 6);
const gelu = (x: Num): Num => d.mul(d.mul(0.5, x), erfc(d.mul(-Math.SQRT1_2, x)));
const geluTanh = (x: Num): Num => d.mul(x, sigmoid(d.mul(2 * Math.sqrt(2 / Math.PI), d.add(x, d.mul(0.044715, d.mul(x, d.square(x)))))));

/** a·σ(b) for the halves of each line. */
const halves = (x: NdArray, axis: number): NdArray =>
  along(x, axis, (line) => line.slice(0, line.length / 2).map((a, i) => d.mul(a, sigmoid(line[i + line.length / 2] as Num))));

const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;
const COMPOSITE = { float32: 8, float64: 8 };

/** Where a derivative is 0 its terms cancel, which are about ⅛. */
const zeros = (first: number, second: readonly number[]): Partial<OpInfo> => ({
  slopeSize: (order, x) => ((order === 1 ? [first] : second).some((zero) => Math.abs((x as number) - zero) < 0.75) ? 0.125 : 0),
});

/** An activation of its domain. */
const activation = (f: (x: Num) => Num, rest: Partial<OpInfo> = {}, domain: Interval = [-4, 4]): OpInfo =>
  unary(f, domain, { dtypes: REAL, ulp: TWO_ULPS, ...rest });

/** One whose `alpha` is an option. */
const withAlpha = (f: (x: Num, alpha: number) => Num, fallback: number, rest: Partial<OpInfo> = {}): OpInfo => ({
  ...activation((x) => f(x, fallback), rest),
  ref: (x: NdArray, { alpha = fallback }: { alpha?: number } = {}) => map((v) => f(v, alpha), x),
  samples: [...UNARY, sample('7', { alpha: 0.3 })],
});

export const activations = {
  relu: activation((x) => d.maximum(x, 0), {
    dtypes: REAL_OR_INT,
    ulp: EXACT,
    special: [
      { at: [0], value: 0, gradient: [0] },
      { at: [-1], value: 0, gradient: [0] },
      { at: [Number.NaN], value: Number.NaN },
    ],
  }),
  relu6: activation(
    relu6,
    {
      dtypes: REAL_OR_INT,
      ulp: EXACT,
      special: [
        { at: [0], value: 0, gradient: [0] },
        { at: [6], value: 6, gradient: [0] },
        { at: [7], value: 6, gradient: [0] },
      ],
    },
    [-3, 9],
  ),
  prelu: binary(
    (x, alpha) => positive(x, x, d.mul(alpha, x)),
    [
      [-3, 3],
      [0.1, 0.5],
    ],
    { dtypes: REAL, ulp: EXACT, special: [{ at: [0, 0.5], value: 0, gradient: [0.5, 0] }] },
  ),
  leakyRelu: withAlpha((x, alpha) => positive(x, x, d.mul(alpha, x)), 0.2, {
    ulp: { float32: 1.5, float64: 0.5 },
    special: [{ at: [0], value: 0, args: [{ alpha: 0.5 }], gradient: [0.5] }],
  }),
  elu: withAlpha(elu, 1, {
    special: [
      { at: [0], value: 0, gradient: [1] },
      { at: [-Infinity], value: -1, gradient: [0] },
    ],
  }),
  selu: activation((x) => d.mul(SELU_SCALE, elu(x, SELU_ALPHA)), { ulp: COMPOSITE }),
  celu: withAlpha(celu, 1, { ulp: COMPOSITE }),
  sigmoid: activation(sigmoid, {
    dtypes: INEXACT,
    analytic: true,
    special: [
      { at: [0], value: 0.5, gradient: [0.25] },
      { at: [-Infinity], value: 0, gradient: [0] },
      { at: [Infinity], value: 1, gradient: [0] },
    ],
  }),
  softplus: activation(softplus, {
    special: [
      { at: [0], value: Math.LN2, gradient: [0.5] },
      { at: [1000], value: 1000, gradient: [1] },
      { at: [-Infinity], value: 0, gradient: [0] },
    ],
  }),
  logSigmoid: activation((x) => d.neg(softplus(d.neg(x))), {
    special: [
      { at: [0], value: -Math.LN2, gradient: [0.5] },
      { at: [-1000], value: -1000, gradient: [1] },
    ],
  }),
  softsign: activation((x) => d.div(x, d.add(1, d.abs(x))), {
    dtypes: INEXACT,
    special: [{ at: [0], value: 0, gradient: [1] }],
  }),
  silu: activation((x) => d.mul(x, sigmoid(x)), {
    ...zeros(-1.3, [-2.4, 2.4]),
    dtypes: INEXACT,
    ulp: { ...TWO_ULPS, complex64: 16, complex128: 16 },
    analytic: true,
    special: [
      { at: [0], value: 0, gradient: [0.5] },
      { at: [-Infinity], value: -0, gradient: [0] },
      { at: [Infinity], value: Infinity, gradient: [1] },
    ],
  }),
  gelu: {
    ...activation(gelu, { ulp: FOUR_ULPS, referenceUlp: 32, ...zeros(-0.75, [-1.4, 1.4]) }),
    ref: (x: NdArray, { approximate = false } = {}) => map(approximate ? geluTanh : gelu, x),
    samples: [...UNARY, sample('7', { approximate: true })],
    special: [
      { at: [0], value: 0, gradient: [0.5] },
      { at: [0], args: [{ approximate: true }], value: 0, gradient: [0.5] },
    ],
  },
  glu: {
    ref: (x: NdArray, axis: number | { axis?: number } = -1) => halves(x, typeof axis === 'number' ? axis : (axis.axis ?? -1)),
    samples: [sample('4'), sample('2,3', 0), sample('3,2,2', { axis: 1 })],
    domain: [[-4, 4] as const],
    dtypes: INEXACT,
    ulp: { ...COMPOSITE, complex64: 16, complex128: 16 },
    order: 2 as const,
    errors: [error((g) => g.glu([1, 2, 3]), 'ShapeError', /axis 0 of size 3 has no 2 equal parts/)],
  },
  mish: activation((x) => d.mul(x, d.tanh(softplus(x))), { ulp: { float32: 2, float64: 4 }, ...zeros(-1.2, [-2.25, 1.5]) }),
  hardSigmoid: activation(hardSigmoid, {
    ulp: COMPOSITE,
    special: [
      { at: [3], value: 1, gradient: [0] },
      { at: [-3], value: 0, gradient: [0] },
    ],
  }),
  hardSwish: activation((x) => d.mul(x, hardSigmoid(x)), { ulp: COMPOSITE, special: [{ at: [-4], value: -0, gradient: [0] }] }),
};
