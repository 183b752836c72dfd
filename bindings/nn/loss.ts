/** Rows of gradtape/nn: losses composed of ops. `loss(labels, predictions)` broadcasts both, and returns the mean unless `reduction` says otherwise. */
import type { TensorLike } from '../convert.js';
import {
  ANY,
  broadcast,
  completed,
  functionRow,
  inexactBeside,
  isComplex,
  operand,
  POSITIVE,
  reducedLosses,
  reductionsOf,
  refused,
  SMOOTHING,
  smoothed,
  TENSOR,
  WHOLE,
} from '../extend.js';
import type { SlotsOf } from '../ops/define.js';
import type { SmoothingOptions, WeightOptions } from '../ops/losses.js';
import {
  abs,
  add,
  DTypeError,
  div,
  less,
  log,
  log1p,
  mean,
  minimum,
  mul,
  mulNoNan,
  neg,
  relu,
  round,
  sinh,
  softplus,
  square,
  sub,
  sum,
  where,
} from '../public.js';
import type { Tensor } from '../tensor.js';
import { rmsNorm } from './normalization.js';

/** By default the mean. */
export type LossOptions = WeightOptions;

export interface AxisLossOptions extends LossOptions {
  /** The axis along which one example lies; the last by default. */
  readonly axis?: number;
}

type Loss<Options> = (labels: TensorLike, predictions: TensorLike, options?: Options) => Tensor;

const PAIR = { labels: TENSOR, predictions: TENSOR };
const REDUCTION = /* @__PURE__ */ reductionsOf('mean');
const ALONG = { axis: [WHOLE, -1], ...REDUCTION } as const;

/** A row for a loss of real labels and predictions. */
const loss = <Options extends LossOptions>(
  name: string,
  options: SlotsOf<Loss<Options>>,
  of: (labels: Tensor, predictions: Tensor, options: Required<Options>) => Tensor,
  takesComplex = false,
) =>
  functionRow<Loss<Options>>(
    name,
    PAIR,
    options as never,
    ((labels: Tensor, predictions: Tensor, given: Required<Options>): Tensor => {
      if (!takesComplex && (isComplex(labels.dtypeNumber) || isComplex(predictions.dtypeNumber)))
        throw refused(DTypeError, name, 'takes float32 or float64; convert it with cast');
      const losses = of(inexactBeside(labels, predictions), inexactBeside(predictions, labels), given);
      return reducedLosses(losses, given.reduction, given.weights);
    }) as never,
  );

/** Mean squared error: (predictions − labels)². f32 f64. */
export const mse = /* @__PURE__ */ loss('mse', REDUCTION, (labels, predictions) => square(sub(predictions, labels)));

/** Mean absolute error: |predictions − labels|, of gradient 0 where they are equal. f32 f64 c64 c128. */
export const mae = /* @__PURE__ */ loss('mae', REDUCTION, (labels, predictions) => abs(sub(predictions, labels)), true);

export interface HuberOptions extends LossOptions {
  /** The difference up to which the loss is quadratic; 1 by default. */
  readonly delta?: number;
}

/** Huber's loss: d²/2 for |d| ≤ δ, δ·|d| − δ²/2 beyond, d = predictions − labels. f32 f64. */
export const huber = /* @__PURE__ */ loss<HuberOptions>('huber', { ...REDUCTION, delta: [POSITIVE, 1] }, (labels, predictions, { delta }) => {
  const size = abs(sub(predictions, labels));
  const inner = minimum(size, delta);
  return add(mul(square(inner), 0.5), mul(sub(size, inner), delta));
});

/**
 * log cosh d, d = predictions − labels: log1p(2 sinh²(d/2)) for |d| < 1, |d| + softplus(−2|d|) − log 2 beyond. f32 f64. It neither overflows nor
 * cancels; relative error ≤ 8u. Gradient ȳ·tanh d.
 */
export const logCosh = /* @__PURE__ */ loss('logCosh', REDUCTION, (labels, predictions) => {
  const d = sub(predictions, labels);
  const size = abs(d);
  const isNear = less(size, 1);
  const near = log1p(mul(square(sinh(where(isNear, mul(d, 0.5), 0))), 2));
  return where(isNear, near, sub(add(size, softplus(mul(size, -2))), Math.LN2));
});

/** Hinge loss max(0, 1 − labels·predictions) for labels of ±1. f32 f64. */
export const hinge = /* @__PURE__ */ loss('hinge', REDUCTION, (labels, predictions) => relu(sub(1, mul(labels, predictions))));

/**
 * Kullback and Leibler's divergence Σ p·log(p/q) along `axis` (−1), of distributions p (labels) and q; 0·log 0 is 0. f32 f64. Where p is near
 * q the logarithm is log1p((p − q)/q): |err| ≤ 30u·Σ p·|log(p/q)|.
 */
export const klDiv = /* @__PURE__ */ loss<AxisLossOptions>('klDiv', ALONG, (p, q, { axis }) => {
  const ratio = div(p, q);
  const excess = log1p(div(sub(p, q), q));
  return sum(mulNoNan(where(less(abs(sub(ratio, 1)), 0.5), excess, log(ratio)), p), { axis });
});

/** Cross entropy −Σ p·log q along `axis` (−1), of distributions p (labels) and q; 0·log 0 is 0. f32 f64. */
export const crossEntropy = /* @__PURE__ */ loss<AxisLossOptions>('crossEntropy', ALONG, (p, q, { axis }) => neg(sum(mulNoNan(log(q), p), { axis })));

/** x broadcast against a shape. */
function alongside(x: Tensor, other: readonly number[]): Tensor {
  const rank = Math.max(x.rank, other.length);
  const beside = completed(other, rank);
  return broadcast(
    x,
    completed(x.shape, rank).map((dim, i) => (dim === 1 ? (beside[i] as number) : dim)),
  );
}

/** 1 where x is the zero vector along `axis`, else 0, for an x whose mean square along the axis is 0 or 1. */
const missing = (x: Tensor, axis: number): Tensor => round(sub(1, mean(square(x), { axis })));

/**
 * 1 − Σ ab/(‖a‖·‖b‖) along `axis` (−1), a and b broadcast; 1 where a norm is 0. As half of |a/‖a‖ − b/‖b‖|², which doesn't cancel:
 * |err| ≤ c·u·√distance, whatever the norms. Gradient −ȳ·(b/‖b‖ − cos·a/‖a‖)/‖a‖ for a, likewise for b, 0 where a norm is 0.
 */
export const cosineDistance = /* @__PURE__ */ loss<AxisLossOptions>('cosineDistance', ALONG, (a, b, { axis }) => {
  const unit = (t: Tensor, beside: Tensor): Tensor => rmsNorm(alongside(t, beside.shape), null, { axis, epsilon: 0 });
  const [x, y] = [unit(a, b), unit(b, a)];
  return mul(add(mean(square(sub(x, y)), { axis }), add(missing(x, axis), missing(y, axis))), 0.5);
});

export interface SigmoidEntropyOptions extends SmoothingOptions {
  /** Weights q of the labels' term, which broadcast to the logits: above 1 they favour recall. */
  readonly positiveWeights?: TensorLike;
}

/**
 * −q·z·log σ(x) − (1 − z)·log(1 − σ(x)) for labels z, logits x and `positiveWeights` q (1), elementwise with broadcasting, as
 * softplus(x) − x·z where q is 1, and (1 − z)·x + (1 + (q − 1)·z)·softplus(−x) else: finite whatever the size of x. f32 f64. Smoothing ε makes
 * labels z·(1 − ε) + ε/2. The losses stay as they are unless `reduction` reduces them. Gradient (σ(x) − z)·ȳ for the logits, −x·ȳ for the labels.
 */
export const sigmoidCrossEntropy: (labels: TensorLike, logits: TensorLike, options?: SigmoidEntropyOptions) => Tensor = /* @__PURE__ */ functionRow(
  'sigmoidCrossEntropy',
  { labels: TENSOR, logits: TENSOR },
  { positiveWeights: [ANY], ...SMOOTHING, ...reductionsOf('none') },
  (labels, logits, { positiveWeights, labelSmoothing, reduction, weights }) => {
    const z = smoothed(inexactBeside(labels, logits), labelSmoothing, 2);
    const x = inexactBeside(logits, labels);
    if (positiveWeights === undefined) return reducedLosses(sub(softplus(x), mul(x, z)), reduction, weights);
    const q = inexactBeside(operand(positiveWeights, x, 'positiveWeights'), x);
    const losses = add(mul(sub(1, z), x), mul(add(mul(sub(q, 1), z), 1), softplus(neg(x))));
    return reducedLosses(losses, reduction, weights);
  },
);
