/** Losses made of ops: `loss(labels, predictions)`, broadcast, then their mean unless `reduction` says otherwise. No opcodes. */
import { DType } from '../../assembly/shared/abi.js';
import { Op } from '../../assembly/shared/opcode.js';
import type { TensorLike } from '../convert.js';
import { ArgumentError, DTypeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { relu, softplus } from './activation.js';
import { abs, add, div, divNoNan, minimum, mul, mulNoNan, neg, square, sub } from './arithmetic.js';
import { row, two } from './define.js';
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

function reduced(losses: Tensor, { reduction = 'mean' }: LossOptions, op: string): Tensor {
  if (reduction === 'none') return losses;
  if (reduction === 'mean') return mean(losses);
  if (reduction === 'sum') return sum(losses);
  throw new ArgumentError(`${op}: reduction is 'mean', 'sum' or 'none'; got ${JSON.stringify(reduction)}`, op);
}

/** Labels and predictions as tensors of a float dtype. */
function floats(labels: TensorLike, predictions: TensorLike, op: string): readonly [Tensor, Tensor] {
  const pair = two(labels, predictions, Op.sub);
  for (const t of pair)
    if (t.dtypeNumber > DType.float64)
      throw new DTypeError(`${op}: takes float32 or float64; got ${t.dtype} of shape [${t.shape.join(', ')}]; convert it with cast`, op);
  return pair;
}

function difference(labels: TensorLike, predictions: TensorLike, op: string): Tensor {
  const [a, b] = floats(labels, predictions, op);
  return sub(b, a);
}

/** Mean squared error: (predictions − labels)². f32 f64. */
export const mse = row(
  'mse',
  (labels: TensorLike, predictions: TensorLike, options: LossOptions = {}): Tensor => reduced(square(difference(labels, predictions, 'mse')), options, 'mse'),
);

/** Mean absolute error: |predictions − labels|, of gradient 0 where they are equal. f32 f64. */
export const mae = row(
  'mae',
  (labels: TensorLike, predictions: TensorLike, options: LossOptions = {}): Tensor => reduced(abs(difference(labels, predictions, 'mae')), options, 'mae'),
);

export interface HuberOptions extends LossOptions {
  /** Up to which difference the loss is quadratic; 1 by default. */
  readonly delta?: number;
}

/** Huber's loss: d²/2 for |d| ≤ δ, δ·|d| − δ²/2 beyond, d = predictions − labels. f32 f64. */
export const huber = row('huber', (labels: TensorLike, predictions: TensorLike, options: HuberOptions = {}): Tensor => {
  const { delta = 1 } = options;
  const size = abs(difference(labels, predictions, 'huber'));
  const inner = minimum(size, delta);
  return reduced(add(mul(square(inner), 0.5), mul(sub(size, inner), delta)), options, 'huber');
});

/** log cosh d, d = predictions − labels, as d + softplus(−2d) − log 2: it does not overflow. f32 f64. Gradient ȳ·tanh d. */
export const logCosh = row('logCosh', (labels: TensorLike, predictions: TensorLike, options: LossOptions = {}): Tensor => {
  const d = difference(labels, predictions, 'logCosh');
  return reduced(sub(add(d, softplus(mul(d, -2))), Math.LN2), options, 'logCosh');
});

/** Hinge loss max(0, 1 − labels·predictions) for labels of ±1. f32 f64. */
export const hinge = row(
  'hinge',
  (labels: TensorLike, predictions: TensorLike, options: LossOptions = {}): Tensor =>
    reduced(relu(sub(1, mul(...floats(labels, predictions, 'hinge')))), options, 'hinge'),
);

/** Kullback and Leibler's divergence Σ p·log(p/q) along `axis` (−1), of distributions p (labels) and q; 0·log 0 is 0. f32 f64. */
export const klDiv = row('klDiv', (labels: TensorLike, predictions: TensorLike, options: AxisLossOptions = {}): Tensor => {
  const [p, q] = floats(labels, predictions, 'klDiv');
  return reduced(sum(mulNoNan(log(div(p, q)), p), { axis: options.axis ?? -1 }), options, 'klDiv');
});

/** Cross entropy −Σ p·log q along `axis` (−1), of distributions p (labels) and q; 0·log 0 is 0. f32 f64. */
export const crossEntropy = row('crossEntropy', (labels: TensorLike, predictions: TensorLike, options: AxisLossOptions = {}): Tensor => {
  const [p, q] = floats(labels, predictions, 'crossEntropy');
  return reduced(neg(sum(mulNoNan(log(q), p), { axis: options.axis ?? -1 })), options, 'crossEntropy');
});

/** 1 − Σ ab/(‖a‖·‖b‖) along `axis` (−1); 1 where a norm is 0. f32 f64. */
export const cosineDistance = row('cosineDistance', (labels: TensorLike, predictions: TensorLike, options: AxisLossOptions = {}): Tensor => {
  const [a, b] = floats(labels, predictions, 'cosineDistance');
  const axis = options.axis ?? -1;
  return reduced(sub(1, divNoNan(sum(mul(a, b), { axis }), mul(norm(a, { axis }), norm(b, { axis })))), options, 'cosineDistance');
});
