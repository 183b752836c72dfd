/** Losses made of ops: `loss(labels, predictions)`, broadcast, then their mean unless `reduction` says otherwise. No opcodes. */
import { isComplex } from '../dtype.js';
import { ArgumentError, DTypeError, refused, shown } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { relu, softplus } from './activation.js';
import { abs, add, div, divNoNan, minimum, mul, mulNoNan, neg, square, sub } from './arithmetic.js';
import { inexactBeside, pairedRow } from './define.js';
import { sum } from './reduction.js';
import { mean, norm } from './statistics.js';
import { log } from './transcendental.js';

export interface LossOptions {
  /** What becomes of the losses: their mean, the default, their sum, or nothing. */
  readonly reduction?: 'mean' | 'sum' | 'none';
}

export interface AxisLossOptions extends LossOptions {
  /** The axis that holds one example; the last by default. */
  readonly axis?: number;
}

/** A loss of labels and predictions, which are real, reduced as its options say. */
const loss = <Options extends LossOptions>(op: string, of: (labels: Tensor, predictions: Tensor, options: Options) => Tensor, takesComplex = false) =>
  pairedRow(op, (_, labels: Tensor, predictions: Tensor, options: Options = {} as Options): Tensor => {
    if (!takesComplex && (isComplex(labels.dtypeNumber) || isComplex(predictions.dtypeNumber)))
      throw refused(DTypeError, op, 'takes float32 or float64; convert it with cast', { labels, predictions });
    return reduced(of(inexactBeside(labels, predictions), inexactBeside(predictions, labels), options), options.reduction, op);
  });

function reduced(losses: Tensor, reduction: LossOptions['reduction'] = 'mean', op: string): Tensor {
  if (reduction === 'none') return losses;
  if (reduction === 'mean') return mean(losses);
  if (reduction === 'sum') return sum(losses);
  throw refused(ArgumentError, op, `reduction is 'mean', 'sum' or 'none'; got ${shown(reduction)}`);
}

/** Mean squared error: (predictions − labels)². f32 f64. */
export const mse = loss('mse', (labels, predictions) => square(sub(predictions, labels)));

/** Mean absolute error: |predictions − labels|, of gradient 0 where they are equal. f32 f64 c64 c128. */
export const mae = loss('mae', (labels, predictions) => abs(sub(predictions, labels)), true);

export interface HuberOptions extends LossOptions {
  /** Up to which difference the loss is quadratic; 1 by default. */
  readonly delta?: number;
}

/** Huber's loss: d²/2 for |d| ≤ δ, δ·|d| − δ²/2 beyond, d = predictions − labels. f32 f64. */
export const huber = loss<HuberOptions>('huber', (labels, predictions, { delta = 1 }) => {
  const size = abs(sub(predictions, labels));
  const inner = minimum(size, delta);
  return add(mul(square(inner), 0.5), mul(sub(size, inner), delta));
});

/** log cosh d, d = predictions − labels, as d + softplus(−2d) − log 2: it does not overflow. f32 f64. Gradient ȳ·tanh d. */
export const logCosh = loss('logCosh', (labels, predictions) => {
  const d = sub(predictions, labels);
  return sub(add(d, softplus(mul(d, -2))), Math.LN2);
});

/** Hinge loss max(0, 1 − labels·predictions) for labels of ±1. f32 f64. */
export const hinge = loss('hinge', (labels, predictions) => relu(sub(1, mul(labels, predictions))));

/** Kullback and Leibler's divergence Σ p·log(p/q) along `axis` (−1), of distributions p (labels) and q; 0·log 0 is 0. f32 f64. */
export const klDiv = loss<AxisLossOptions>('klDiv', (p, q, { axis = -1 }) => sum(mulNoNan(log(div(p, q)), p), { axis }));

/** Cross entropy −Σ p·log q along `axis` (−1), of distributions p (labels) and q; 0·log 0 is 0. f32 f64. */
export const crossEntropy = loss<AxisLossOptions>('crossEntropy', (p, q, { axis = -1 }) => neg(sum(mulNoNan(log(q), p), { axis })));

/** 1 − Σ ab/(‖a‖·‖b‖) along `axis` (−1); 1 where a norm is 0. f32 f64. */
export const cosineDistance = loss<AxisLossOptions>('cosineDistance', (a, b, { axis = -1 }) =>
  sub(1, divNoNan(sum(mul(a, b), { axis }), mul(norm(a, { axis }), norm(b, { axis })))),
);
