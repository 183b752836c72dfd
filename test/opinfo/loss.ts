/** Rows of the op table: losses of labels and predictions. */

import type { Num } from '../reference/dual.js';
import * as d from '../reference/dual.js';
import type { NdArray } from '../reference/ndarray.js';
import * as nd from '../reference/ndarray.js';
import { smooth, total, ULPS } from './nn.js';
import { INEXACT, type Interval, type OpInfo, type Reference, real, sample, samples } from './row.js';

const logCosh = (x: Num): Num => d.log(d.cosh(x));

interface LossOptions {
  readonly reduction?: 'mean' | 'sum' | 'none';
  readonly axis?: number;
  readonly delta?: number;
  readonly weights?: readonly number[];
}

function reduced(losses: NdArray, { weights, ...options }: LossOptions): NdArray {
  if (!weights) return folded(losses, options);
  const w = nd.broadcastTo(nd.array([weights.length], weights), losses.shape);
  const all = nd.map(d.mul, losses, w);
  if (options.reduction === 'none') return all;
  const total = folded(all, { reduction: 'sum' });
  return options.reduction === 'sum' ? total : nd.map((v) => d.div(v, d.real0(d.sum(w.data))), total);
}

const folded = (losses: NdArray, { reduction = 'mean' }: LossOptions): NdArray =>
  reduction === 'none' ? losses : nd.reduce(losses, {}, (all) => (reduction === 'sum' ? d.sum(all) : d.div(d.sum(all), all.length)));
/** A loss of corresponding elements. */
const each =
  (f: (label: Num, prediction: Num, options: LossOptions) => Num): Reference =>
  (labels: NdArray, predictions: NdArray, options: LossOptions = {}) =>
    reduced(
      nd.map((y, p) => f(y, p, options), labels, predictions),
      options,
    );
/** A loss of corresponding lines. */
const perLine =
  (f: (p: NdArray, q: NdArray, axis: number) => NdArray): Reference =>
  (p: NdArray, q: NdArray, options: LossOptions = {}) =>
    reduced(f(p, q, options.axis ?? -1), options);

function huber(label: Num, prediction: Num, { delta = 1 }: LossOptions): Num {
  const size = d.abs(d.sub(prediction, label));
  return d.less(size, delta) ? d.mul(0.5, d.square(size)) : d.mul(delta, d.sub(size, delta / 2));
}

function cosine(a: NdArray, b: NdArray, axis: number): NdArray {
  const length = (x: NdArray): NdArray => nd.map(d.sqrt, total(nd.map(d.square, x), axis));
  return nd.map((dot, p, q) => d.sub(1, d.real0(d.mul(p, q)) === 0 ? 0 : d.div(dot, d.mul(p, q))), total(nd.map(d.mul, a, b), axis), length(a), length(b));
}

const PAIRS = [...samples('3 · 3', '2,3 · 3'), sample('4 · 4', { reduction: 'sum' }), sample('2,3 · 2,3', { reduction: 'none' })];

const loss = (ref: Reference, domain: readonly Interval[] = [[-3, 3]], rest: Partial<OpInfo> = {}): OpInfo =>
  smooth(ref, PAIRS, { domain, referenceUlp: 16, ...rest });

export const losses = {
  mse: {
    ...loss(each((y, p) => d.square(d.sub(p, y)))),
    samples: [
      ...PAIRS,
      sample('2,3 · 3', { weights: [0.5, 2, 1] }),
      sample('2,3 · 2,3', { weights: [0.5, 2, 1], reduction: 'none' }),
      sample('3 · 3', { weights: [2], reduction: 'sum' }),
    ],
    special: [
      {
        at: [
          [1, 2],
          [Infinity, 4],
        ],
        args: [{ weights: [0, 1] }],
        value: 4,
        gradient: [
          [0, -4],
          [0, 4],
        ],
      },
    ],
  },
  mae: loss(
    each((y, p) => d.abs(d.sub(p, y))),
    [[-3, 3]],
    { dtypes: INEXACT, result: real, ulp: { ...ULPS, complex64: 16, complex128: 16 }, special: [{ at: [2, 2], value: 0, gradient: [0, 0] }] },
  ),
  huber: smooth(each(huber), [...PAIRS, sample('7 · 7', { delta: 0.5 })]),
  logCosh: loss(
    each((y, p) => logCosh(d.sub(p, y))),
    [
      [-3, -1],
      [1, 3],
    ],
    { special: [{ at: [0, 1000], value: 1000 - Math.LN2, gradient: [-1, 1] }] },
  ),
  hinge: loss(
    each((y, p) => d.maximum(d.sub(1, d.mul(y, p)), 0)),
    [
      [-1, 1],
      [-3, 3],
    ],
    { atLeast: 1 },
  ),
  klDiv: loss(
    perLine((p, q, axis) =>
      total(
        nd.map((u, v) => d.mul(u, d.log(d.div(u, v))), p, q),
        axis,
      ),
    ),
    [
      [1, 2],
      [0.1, 0.9],
    ],
    {
      special: [
        {
          at: [
            [0, 1],
            [0.5, 0.5],
          ],
          value: Math.LN2,
        },
      ],
    },
  ),
  crossEntropy: loss(
    perLine((p, q, axis) =>
      nd.map(
        d.neg,
        total(
          nd.map((u, v) => d.mul(u, d.log(v)), p, q),
          axis,
        ),
      ),
    ),
    [
      [0.1, 1],
      [0.1, 0.9],
    ],
    {
      special: [
        {
          at: [
            [0, 1],
            [0, 1],
          ],
          value: 0,
        },
      ],
    },
  ),
  cosineDistance: loss(perLine(cosine), [[-3, 3]], { atLeast: 1 }),
};
