/** Rows of the op table: softmax, its logarithm and its normaliser, and the cross entropies of softmax. */

import { Op } from '../../assembly/shared/opcode.js';
import { axesWords } from '../attributes.js';
import { applyMany } from '../call.js';
import type { TensorLike } from '../convert.js';
import { ALONE, INDICES, TENSOR, WHOLES } from '../kinds.js';
import { opName } from '../opnames.js';
import type { Tensor } from '../tensor.js';
import { type AxisOption, axesOf, completed, REDUCE, sizeOf, upTo } from './axes.js';
import { broadcast, functionRow, inexact, reduced, reshaped, row, withAttributes } from './define.js';
import { permuted, sizesOf } from './matrices.js';
import type { Reduction } from './reduction.js';

/** The axis, or several that count as one; the last when absent. */
export type SoftmaxOption = AxisOption<number | readonly number[]>;

const along = (op: Op): ((x: TensorLike, options?: SoftmaxOption) => Tensor) =>
  row(opName(op), { x: ALONE }, { axis: [WHOLES] }, (x, { axis = x.rank === 0 ? [] : -1 }) => withAttributes(op, x, axesWords(0, axis)));

/**
 * eˣ/Σ eˣ along `axis` (−1), whatever the size of x. f32 f64. Gradient y·(ȳ − Σ ȳ·y). |err| ≤ 4 ulp + |x − max x|·u·y.
 * @throws IndexError when an axis is out of range.
 */
export const softmax = along(Op.softmax);

/**
 * x − log Σ eˣ along `axis` (−1), whatever the size of x. f32 f64. Gradient ȳ − e^y·Σ ȳ.
 * @throws IndexError when an axis is out of range.
 */
export const logSoftmax = along(Op.logSoftmax);

/**
 * log Σ eˣ over `axis`, all when absent, whatever the size of x; −∞ over nothing. f32 f64. Gradient ȳ·softmax x.
 * @throws IndexError when an axis is out of range or named twice.
 */
export const logsumexp: Reduction = row('logsumexp', { x: ALONE }, REDUCE, (x, { axis, keepDims }) => reduced(Op.logsumexp, x, axis, keepDims));

type Entropy<Options = never> = (labels: TensorLike, logits: TensorLike, ...options: [Options] extends [never] ? [] : [options?: Options]) => Tensor;
const LABELS = { labels: TENSOR, logits: TENSOR };

/** The cross entropy of labels and logits whose shapes are checked. */
function entropy(op: Op, labels: Tensor, logits: Tensor): Tensor {
  const [loss, p] = applyMany(op, [labels, logits], [], 2) as [Tensor, Tensor];
  p.dispose(); // The tape keeps what its gradient reads.
  return loss;
}

/**
 * −Σ labels·logSoftmax(logits) along `axis` (−1), without it in the shape; labels and logits are broadcast first. `labels` are weights of
 * the classes, 0 counting as 0 whatever the logit. f32 f64. Gradient (softmax·Σ labels − labels)·ȳ for the logits, −logSoftmax·ȳ for the
 * labels, of any order.
 * @throws IndexError when an axis is out of range; ShapeError when the shapes don't broadcast.
 */
export const softmaxCrossEntropy: Entropy<SoftmaxOption> = /* @__PURE__ */ functionRow(
  'softmaxCrossEntropy',
  LABELS,
  { axis: [WHOLES, -1] },
  (labels, logits, { axis }) => {
    const rank = Math.max(labels.rank, logits.rank);
    const [p, q] = [completed(labels.shape, rank), completed(logits.shape, rank)];
    const axes = axesOf(axis, rank, 'softmaxCrossEntropy');
    const others = upTo(rank).filter((i) => !axes.includes(i));
    const order = [...others, ...axes];
    /** x, of shape `from`, broadcast against the shape `beside`, with the axes merged to one at the end. */
    const lines = (x: Tensor, from: readonly number[], beside: readonly number[]): Tensor => {
      const shape = from.map((dim, i) => (dim === 1 ? (beside[i] as number) : dim));
      const t = permuted(x.rank === rank && shape.every((dim, i) => dim === from[i]) ? x : broadcast(x, shape), order);
      return axes.length === 1 ? t : reshaped(t, [...sizesOf(shape, others), sizeOf(sizesOf(shape, axes))]);
    };
    return entropy(Op.softmaxCrossEntropy, lines(labels, p, q), lines(logits, q, p));
  },
);

/**
 * −logSoftmax(logits) at the labels, int32 class indices along the last axis: […] × […, classes] → […]. f32 f64.
 * Gradient for the logits (softmax − [label])·ȳ.
 * @throws IndexError when a label is not in [0, classes); ShapeError when the leading shapes differ.
 */
export const sparseSoftmaxCrossEntropy: Entropy = /* @__PURE__ */ functionRow(
  'sparseSoftmaxCrossEntropy',
  { labels: INDICES, logits: ALONE },
  (labels, logits) => entropy(Op.sparseSoftmaxCrossEntropy, labels, inexact(logits)),
);
