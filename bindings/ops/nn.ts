/** Rows of the op table: softmax, its logarithm and its normaliser, and the cross entropies of softmax. */
import { Op } from '../../assembly/shared/opcode.js';
import { axesWords } from '../attributes.js';
import { applyMany } from '../call.js';
import { operand, type TensorLike } from '../convert.js';
import { refused, ShapeError } from '../errors.js';
import { ALONE, ANY, INDICES, TENSOR, WHOLE, WHOLES } from '../kinds.js';
import { opName } from '../opnames.js';
import type { Tensor } from '../tensor.js';
import { add, mul, mulNoNan } from './arithmetic.js';
import { type AxisOption, axesOf, completed, REDUCE, sizeOf, upTo } from './axes.js';
import { notEqual, where } from './comparison.js';
import { full } from './creation.js';
import { broadcast, converted, functionRow, inexact, inexactBeside, reduced, reshaped, row, withAttributes } from './define.js';
import { type ClassOptions, reducedLosses, reductionsOf, SMOOTHING, smoothed } from './losses.js';
import { permuted, sizesOf } from './matrices.js';
import type { Reduction } from './reduction.js';
import { expandDims } from './shape.js';
import { taken } from './taking.js';

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

type Entropy<Options> = (labels: TensorLike, logits: TensorLike, options?: Options) => Tensor;
const LABELS = { labels: TENSOR, logits: TENSOR };
const CLASSES = { ...SMOOTHING, classWeights: [ANY], ...reductionsOf('none') } as const;

export interface SoftmaxEntropyOptions extends ClassOptions {
  /** The axis of the classes, or several that count as one; the last by default. */
  readonly axis?: number | readonly number[];
}

export interface SparseEntropyOptions extends ClassOptions {
  /** The label of examples that don't count: their loss and gradient are 0, and the mean is that of the others. */
  readonly ignoreIndex?: number;
}

/** The cross entropy of labels and logits whose shapes are checked. */
function entropy(op: Op, labels: Tensor, logits: Tensor): Tensor {
  const [loss, p] = applyMany(op, [labels, logits], [], 2) as [Tensor, Tensor];
  p.dispose(); // The tape keeps what its gradient reads.
  return loss;
}

/**
 * −Σ labels·logSoftmax(logits) along `axis` (−1), without it in the shape; labels and logits are broadcast first. `labels` are weights of
 * the classes, 0 counting as 0 whatever the logit. f32 f64. Gradient (softmax·Σ labels − labels)·ȳ for the logits, −logSoftmax·ȳ for the
 * labels, of any order. Options smooth the labels, weigh classes and examples, and reduce the losses, which stay as they are by default.
 * @throws IndexError when an axis is out of range; ShapeError when the shapes don't broadcast.
 */
export const softmaxCrossEntropy: Entropy<number | readonly number[] | SoftmaxEntropyOptions> = /* @__PURE__ */ functionRow(
  'softmaxCrossEntropy',
  LABELS,
  { axis: [WHOLES, -1], ...CLASSES },
  (labels, logits, { axis, labelSmoothing, classWeights, reduction, weights }) => {
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
    const distribution = lines(labels, p, q);
    const isPlain = labelSmoothing === 0 && classWeights === undefined;
    const targets = isPlain
      ? distribution
      : weighed(smoothed(inexactBeside(distribution, logits), labelSmoothing, distribution.shape.at(-1) as number), classWeights);
    return reducedLosses(entropy(Op.softmaxCrossEntropy, targets, lines(logits, q, p)), reduction, weights);
  },
);

/** x, whose last axis counts classes, times their weights. */
function weighed(x: Tensor, classWeights: TensorLike | undefined): Tensor {
  if (classWeights === undefined) return x;
  const w = inexactBeside(operand(classWeights, x, 'classWeights'), x);
  const classes = x.shape.at(-1) as number;
  if (w.size !== classes) throw refused(ShapeError, '', `classWeights has a weight for each of ${classes} classes; got ${w.size}`);
  return mulNoNan(x, reshaped(w, [classes]));
}

/**
 * −logSoftmax(logits) at the labels, int32 class indices along the last axis: […] × […, classes] → […]. f32 f64. With smoothing ε and class
 * weights w: −(1 − ε)·w[label]·logSoftmax(logits)[label] − ε/classes·Σ w·logSoftmax(logits); a mean is divided by the sum of w[label].
 * Gradient for the logits (softmax − [label])·ȳ.
 * @throws IndexError when a label is not in [0, classes), unless it is `ignoreIndex`; ShapeError when the leading shapes differ.
 */
export const sparseSoftmaxCrossEntropy: Entropy<SparseEntropyOptions> = /* @__PURE__ */ functionRow(
  'sparseSoftmaxCrossEntropy',
  { labels: INDICES, logits: ALONE },
  { ...CLASSES, ignoreIndex: [WHOLE] },
  (given, x, { labelSmoothing, classWeights, ignoreIndex, reduction, weights }) => {
    const isIn = ignoreIndex === undefined ? undefined : notEqual(given, ignoreIndex);
    const labels = isIn ? where(isIn, given, 0) : given;
    const logits = isIn ? where(expandDims(isIn, -1), inexact(x), 0) : inexact(x);
    const likelihood = entropy(Op.sparseSoftmaxCrossEntropy, labels, logits);
    if (!isIn && labelSmoothing === 0 && classWeights === undefined) return reducedLosses(likelihood, reduction, weights);
    const classes = weighed(full([logits.shape.at(-1) as number], 1, { dtype: logits.dtype }), classWeights);
    const at = classWeights === undefined ? full(labels.shape, 1, { dtype: logits.dtype }) : taken(classes, labels, 0);
    const counted = isIn ? mul(at, converted(isIn, logits.dtypeNumber)) : at;
    const own = mulNoNan(likelihood, mul(counted, 1 - labelSmoothing));
    if (labelSmoothing === 0) return reducedLosses(own, reduction, weights, counted);
    const even = entropy(Op.softmaxCrossEntropy, broadcast(mul(classes, labelSmoothing / classes.size), logits.shape), logits);
    return reducedLosses(add(own, isIn ? mul(even, converted(isIn, even.dtypeNumber)) : even), reduction, weights, counted);
  },
);
