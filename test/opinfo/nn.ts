/** Rows of the op table: softmax, normalisation and cross-entropies of logits. */

import type { Num } from '../reference/dual.js';
import * as d from '../reference/dual.js';
import type { NdArray, ReduceOptions } from '../reference/ndarray.js';
import * as nd from '../reference/ndarray.js';
import { error, type OpInfo, REAL, type Reference, type Sample, sample, samples, whole } from './row.js';

type Axes = number | readonly number[];
type AxisOption = Axes | { readonly axis?: Axes } | undefined;
const axisIn = (option: AxisOption, fallback: Axes): Axes =>
  typeof option === 'object' && 'axis' in option ? (option.axis ?? fallback) : ((option as Axes | undefined) ?? fallback);

const logsumexp = (line: readonly Num[]): Num => {
  const most = Math.max(...line.map(d.real0));
  return line.length ? d.add(most, d.log(d.sum(line.map((v) => d.exp(d.sub(v, most)))))) : -Infinity;
};
const softplus = (x: Num): Num => d.add(d.maximum(x, 0), d.log1p(d.exp(d.neg(d.abs(x)))));

/** f of each element and Σ exp(xⱼ − xᵢ) over the others of its line. */
const normalised = (x: NdArray, axes: Axes, f: (others: Num) => Num): NdArray =>
  nd.inLines(x, nd.axesOf(axes, x.shape.length), (v, line) => f(d.sum(line.filter((_, i) => i !== line.indexOf(v)).map((w) => d.exp(d.sub(w, v))))));

const lastOf = (x: NdArray): Axes => (x.shape.length ? -1 : []);
const logSoftmax = (x: NdArray, option?: AxisOption): NdArray => normalised(x, axisIn(option, lastOf(x)), (others) => d.neg(d.log1p(others)));
export const total = (x: NdArray, axis: Axes): NdArray => nd.reduce(x, { axis }, d.sum);
const weighed = (p: NdArray, f: NdArray): NdArray => nd.map((u, v) => (d.modulus(u) === 0 ? 0 : d.mul(u, v)), p, f);

const crossEntropy = (labels: NdArray, logits: NdArray, option?: AxisOption): NdArray => {
  const wide = nd.map((x) => x, logits, labels);
  return nd.map(d.neg, total(weighed(labels, logSoftmax(wide, option)), axisIn(option, -1)));
};

function sparseCrossEntropy(labels: NdArray, logits: NdArray): NdArray {
  const logs = logSoftmax(logits, -1);
  return nd.build(labels.shape, (index) => d.neg(nd.at(logs, [...index, d.real0(nd.at(labels, index))])));
}

interface NormalizationOptions {
  readonly axis?: Axes;
  readonly epsilon?: number;
}

/** Lines divided by the root of their mean square, once their mean is taken off or not, times gamma plus beta. */
const normalization =
  (centred: boolean) =>
  (x: NdArray, ...rest: (NdArray | NormalizationOptions | null | undefined)[]): NdArray => {
    const given = rest.filter((r): r is NdArray => r !== null && r !== undefined && 'data' in r);
    const { axis = lastOf(x), epsilon = 1e-5 } = (rest.find((r) => r && !('data' in r)) ?? {}) as NormalizationOptions;
    const axes = nd.axesOf(axis, x.shape.length);
    const mean = (line: readonly Num[]): Num => d.div(d.sum([...line]), line.length);
    const unit = nd.inLines(x, axes, (v, line) => {
      const middle = centred ? mean(line) : 0;
      return d.div(d.sub(v, middle), d.sqrt(d.add(mean(line.map((w) => d.square(d.sub(w, middle)))), epsilon)));
    });
    const spread = (p: NdArray): NdArray =>
      nd.reshape(
        p,
        x.shape.map((dim, i) => (axes.includes(i) ? dim : 1)),
      );
    const [gamma, beta] = given.map(spread);
    return nd.map((v, g, b) => d.add(d.mul(v, g), b), unit, gamma ?? nd.array([], [1]), beta ?? nd.array([], [0]));
  };

export const ULPS = { float32: 8, float64: 12 };
const LINES = [sample('7'), sample('2,3'), sample('2,3', 0), sample('2,3,2', { axis: [0, 2] }), sample(''), sample('3,0'), sample('33')];

/** A row of a differentiable op of floats. */
export const smooth = (ref: Reference, list: readonly Sample[], rest: Partial<OpInfo> = {}): OpInfo => ({
  ref,
  samples: list,
  domain: [[-3, 3]],
  dtypes: REAL,
  ulp: ULPS,
  order: 2,
  ...rest,
});
export const networks = {
  softmax: smooth((x: NdArray, option?: AxisOption) => normalised(x, axisIn(option, lastOf(x)), (others) => d.div(1, d.add(1, others))), LINES, {
    special: [
      { at: [[1000, 1000]], value: [0.5, 0.5], gradient: [[0, 0]] },
      { at: [[-1000, 0]], value: [0, 1], gradient: [[0, 0]] },
      { at: [[1000, -1000, 0]], value: [1, 0, 0] },
    ],
    errors: [error((g) => g.softmax([1, 2], 1), 'IndexError', /^softmax: axis 1 is out of range for rank 1/)],
  }),
  logSoftmax: smooth(logSoftmax, LINES, {
    atLeast: 1,
    special: [
      { at: [[1000, 1000]], value: [-Math.LN2, -Math.LN2], gradient: [[0, 0]] },
      { at: [[-1000, 0]], value: [-1000, 0], gradient: [[1, -1]] },
    ],
  }),
  logsumexp: smooth(
    (x: NdArray, option?: AxisOption & ReduceOptions) =>
      nd.reduce(x, typeof option === 'object' && !Array.isArray(option) ? option : { axis: option as Axes }, logsumexp),
    [sample('7'), sample('2,3', 0), sample('2,3', { axis: 1, keepDims: true }), sample('2,3,2', [0, 2]), sample('33')],
    {
      special: [
        { at: [[1000, 1000]], value: 1000 + Math.LN2, gradient: [[0.5, 0.5]] },
        { at: [[-1000, -1000]], value: -1000 + Math.LN2 },
        { at: [[-Infinity, 2]], value: 2, gradient: [[0, 1]] },
        { at: [[-Infinity, -Infinity]], value: -Infinity },
      ],
    },
  ),
  layerNorm: smooth(
    normalization(true),
    [
      sample('7'),
      sample('2,3 · 3 · 3'),
      sample('2,3 · 3', null, { epsilon: 0.1 }),
      sample('3,2 · 3 · 3', { axis: 0 }),
      sample('2,3,2 · 2,2 · 2,2', { axis: [0, 2] }),
      sample('3,33 · 33 · 33'),
      sample('600'),
      sample(''),
      sample('3,0'),
      sample('0,3 · 3 · 3'),
    ],
    {
      atLeast: 1,
      special: [
        {
          at: [
            [5, 5, 5],
            [1, 2, 3],
            [4, 5, 6],
          ],
          value: [4, 5, 6],
          gradient: [[-1, 0, 1].map((v) => v * Math.sqrt(1e5)), [0, 0, 0], [1, 1, 1]],
        },
        { at: [[1e4 + 1, 1e4 - 1]], args: [null, null, { epsilon: 0 }], value: [1, -1] },
      ],
      errors: [
        error(
          (g) => g.layerNorm([1, 2], [1]),
          'ShapeError',
          /^layerNorm: gamma has the shape of x along its axes, \[2\]; x is \[2\] float32, gamma is \[1\] float32$/,
        ),
        error((g) => g.layerNorm([1, 2], null, null, { axis: 1 }), 'IndexError', /^layerNorm: axis 1 is out of range for rank 1/),
      ],
    },
  ),
  rmsNorm: smooth(
    normalization(false),
    [sample('7'), sample('2,3 · 3'), sample('2,3', null, { axis: 0 }), sample('3,33 · 33'), sample('', null, { epsilon: 1 })],
    {
      special: [{ at: [[3, 4]], args: [null, { epsilon: 0 }], value: [3 / Math.sqrt(12.5), 4 / Math.sqrt(12.5)] }],
      errors: [
        error(
          (g) => g.rmsNorm([1, 2], 1),
          'ShapeError',
          /^rmsNorm: gamma has the shape of x along its axes, \[2\]; x is \[2\] float32, gamma is \[\] float32$/,
        ),
      ],
    },
  ),
  softmaxCrossEntropy: smooth(
    crossEntropy,
    [
      ...samples('3 · 3', '2,3 · 2,3', '2,3 · 3', '3 · 2,3', '2,1 · 1,3', '2,259 · 2,259', '3,0 · 3,0', '0,3 · 0,3'),
      sample('3,2 · 3,2', 0),
      sample('2,3,2 · 3,2', { axis: 1 }),
      sample('2,3,2 · 2,3,2', { axis: [2, 0] }),
      sample('2,2 · 2,2', [0, 1]),
      sample('2,2 · 2,2', []),
    ],
    {
      domain: [
        [0.1, 1],
        [-3, 3],
      ],
      special: [
        {
          at: [
            [0, 1],
            [-Infinity, 2],
          ],
          value: -0,
          gradient: [
            [Infinity, 0],
            [0, 0],
          ],
        },
        {
          at: [
            [1, 0],
            [1000, -1000],
          ],
          value: -0,
          gradient: [
            [0, 2000],
            [0, 0],
          ],
        },
        {
          at: [
            [0.5, 0.5],
            [1e4, -1e4],
          ],
          value: 1e4,
          gradient: [
            [0, 2e4],
            [0.5, -0.5],
          ],
        },
        {
          at: [
            [2, 1],
            [0, 0],
          ],
          value: 3 * Math.LN2,
          gradient: [
            [Math.LN2, Math.LN2],
            [-0.5, 0.5],
          ],
        },
        { at: [[1, 1, 1], [2]], value: 3 * Math.log(3) },
        {
          at: [
            [0, 0],
            [Number.NaN, 1],
          ],
          value: -0,
          gradient: [
            [Number.NaN, Number.NaN],
            [0, 0],
          ],
        },
        {
          at: [
            [0, 1],
            [Number.NaN, 1],
          ],
          value: Number.NaN,
          gradient: [
            [Number.NaN, Number.NaN],
            [Number.NaN, Number.NaN],
          ],
        },
      ],
      errors: [
        error((g) => g.softmaxCrossEntropy([1, 2], [1, 2], 1), 'IndexError', /^softmaxCrossEntropy: axis 1 is out of range for rank 1/),
        error((g) => g.softmaxCrossEntropy(1, 2), 'IndexError', /^softmaxCrossEntropy: axis -1 is out of range for rank 0/),
        error(
          (g) => g.softmaxCrossEntropy([1, 2], [1, 2, 3]),
          'ShapeError',
          /^softmaxCrossEntropy: dimension 0 has size 3, expected 2; labels are \[2\] float32, logits are \[3\] float32$/,
        ),
      ],
    },
  ),
  sparseSoftmaxCrossEntropy: smooth(
    sparseCrossEntropy,
    [sample([whole([2], 2, 0), [2, 3]]), sample([whole([], 1), [4]]), sample([whole([2, 2], 0, 1, 1, 0), [2, 2, 2]])],
    {
      errors: [
        error((g) => g.sparseSoftmaxCrossEntropy([3], [[1, 2, 3]]), 'IndexError', /^sparseSoftmaxCrossEntropy: index 3 is out of range for axis 1 of size 3/),
      ],
    },
  ),
  sigmoidCrossEntropy: smooth((z: NdArray, x: NdArray) => nd.map((u, v) => d.sub(softplus(v), d.mul(u, v)), z, x), samples('3 · 3', '2,3 · 3'), {
    domain: [
      [0, 1],
      [-3, 3],
    ],
    atLeast: 1,
    special: [
      { at: [1, 1000], value: 0 },
      { at: [0, -1000], value: 0 },
    ],
  }),
};
