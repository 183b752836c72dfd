/**
 * How an op of one example becomes the op of a batch: from a step that was noted and operands of which some have a batch axis in front, to the
 * same in one call. Elementwise ops need no rule; an op without one runs once for each example. Knows opcodes and attributes, no tapes.
 */
import { AxesWord, PadWord, Product, ProductField, SliceWord, TakeWord } from '../../assembly/shared/attributes.js';
import { Op } from '../../assembly/shared/opcode.js';
import { sliceWords, takeWords, transposeWords } from '../attributes.js';
import { applyMany } from '../call.js';
import { broadcast, reshaped, withAttributes } from '../ops/define.js';
import type { Tensor } from '../tensor.js';
import { aligned, exampleOf, full, type Geometry, type Lane, type Step, stacked } from './lanes.js';

/** The results of a step, some of whose operands are batched, on a batch of n: each with a batch axis in front. Null where it has no way for these operands. */
type Rule = (step: Step, operands: readonly Lane[], n: number) => readonly Tensor[] | null;

const one = (op: Op, t: Tensor, attributes: readonly number[]): Tensor => withAttributes(op, t, attributes);
const call = ({ op, results }: Step, operands: readonly Tensor[], attributes: readonly number[]): Tensor[] =>
  applyMany(op, operands, attributes, results.length);

const shifted = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis) + 1;

/** Words with the count and axes at `at`, one place further. A scalar has no axes, whatever it was asked for. */
function shiftedAxes(words: readonly number[], at: number, rank: number): number[] {
  const count = words[at] as number;
  const given = count < 0 ? Array.from({ length: rank }, (_, i) => i) : words.slice(at + 1, at + 1 + count);
  const axes = rank === 0 ? [] : given.map((axis) => shifted(axis, rank));
  return [...words.slice(0, at), axes.length, ...axes, ...words.slice(at + 1 + Math.max(0, count))];
}

/** Operands, all of them batched, and axes. */
const along =
  (at: number): Rule =>
  (step, operands, n) =>
    call(
      step,
      operands.map((x) => full(x, n)),
      step.attributes.length > at ? shiftedAxes(step.attributes, at, (operands[0] as Lane).shape.length) : step.attributes,
    );

/** One operand whose leading axes the op does not look at; others, if any, are not batched. */
const leading: Rule = (step, [x, ...others], n) =>
  others.some(({ isBatched }) => isBatched) ? null : call(step, [full(x as Lane, n), ...others.map(({ t }) => t)], step.attributes);

/** One operand; the others say only what the op waits for. */
const first: Rule = (step, [x, ...others], n) => call(step, [full(x as Lane, n), ...others.map(({ t }) => t)], step.attributes);

/** All operands batched, and the op takes any number of leading axes. */
const allLeading: Rule = (step, operands, n) =>
  call(
    step,
    operands.map((x) => full(x, n)),
    step.attributes,
  );

/** All operands, whose first axes are one and the same: the batch becomes part of it. */
const merged: Rule = (step, operands, n) => {
  const results = call(
    step,
    operands.map((x) => reshaped(full(x, n), [n * (x.shape[0] as number), ...x.shape.slice(1)])),
    step.attributes,
  );
  return results.map((t, i) => reshaped(t, [n, ...(step.results[i] as Geometry).shape]));
};

const mergedFirst: Rule = (step, operands, n) => {
  const [x, w] = operands as [Lane, Lane];
  if (w.isBatched) return null;
  const [y] = call(step, [reshaped(x.t, [n * (x.shape[0] as number), ...x.shape.slice(1)]), w.t], step.attributes) as [Tensor];
  return [reshaped(y, [n, ...(step.results[0] as Geometry).shape])];
};

/** Three lists of a slice, with the whole batch in front. */
function batchedSlice(words: readonly number[], n: number): number[] {
  const rank = words[SliceWord.rank] as number;
  const list = (k: number): readonly number[] => words.slice(SliceWord.lists + k * rank, SliceWord.lists + (k + 1) * rank);
  return sliceWords([0, ...list(0)], [1, ...list(1)], [n, ...list(2)]);
}

const sumTo: Rule = (step, [x], n) => {
  const { t, shape } = x as Lane;
  const to = (step.results[0] as Geometry).shape;
  const missing = shape.length - to.length;
  const axes = shape.flatMap((dim, i) => (i < missing || (to[i - missing] === 1 && dim !== 1) ? [i + 1] : []));
  return [reshaped(one(Op.sum, t, [1, axes.length, ...axes]), [n, ...to])];
};

const matmul: Rule = (step, [x, y], n) => {
  const word = step.attributes[0] ?? 0;
  const [a, b] = [x as Lane, y as Lane];
  const { shape } = step.results[0] as Geometry;
  const isPlain = a.shape.length === 2 && b.shape.length === 2 && word >>> ProductField.dropped === 0;
  if (isPlain && !b.isBatched && !(word & Product.transposeX)) {
    const rows = reshaped(a.t, [n * (a.shape[0] as number), a.shape[1] as number]);
    return [reshaped(call(step, [rows, b.t], step.attributes)[0] as Tensor, [n, ...shape])];
  }
  const rank = Math.max(a.shape.length, b.shape.length);
  const kept = word & ~(15 << ProductField.dropped);
  const [z] = call(step, [aligned(a, rank, n), aligned(b, rank, n)], kept ? [kept] : []) as [Tensor];
  return [kept === word ? z : reshaped(z, [n, ...shape])];
};

const take: Rule = (step, [x, i], n) => {
  const [axis, batch, drop] = [step.attributes[TakeWord.axis] as number, step.attributes[TakeWord.batch] as number, step.attributes[TakeWord.drop] !== 0];
  const [from, at] = [x as Lane, i as Lane];
  if (batch === 0 && !at.isBatched) return call(step, [from.t, at.t], takeWords(axis + 1, 0, drop));
  if (batch === 0 && !from.isBatched && axis === 0) return call(step, [from.t, at.t], takeWords(0, 0, drop));
  return call(step, [full(from, n), full(at, n)], takeWords(axis + 1, batch + 1, drop));
};

const scatter: Rule = (step, [x, i], n) => {
  const [axis, batch, drop, size] = step.attributes as [number, number, number, number];
  const [from, at] = [x as Lane, i as Lane];
  if (batch === 0 && !at.isBatched) return call(step, [from.t, at.t], takeWords(axis + 1, 0, drop !== 0, size));
  return call(step, [full(from, n), full(at, n)], takeWords(axis + 1, batch + 1, drop !== 0, size));
};

const searchsorted: Rule = (step, [lines, values], n) => {
  const [sorted, v] = [lines as Lane, values as Lane];
  if (sorted.shape.length > 1) return allLeading(step, [sorted, v], n);
  if (!sorted.isBatched) return call(step, [sorted.t, v.t], step.attributes);
  const flat = reshaped(full(v, n), [n, v.shape.reduce((a, b) => a * b, 1)]);
  return [reshaped(call(step, [sorted.t, flat], step.attributes)[0] as Tensor, [n, ...v.shape])];
};

/** Words of normalize in front of the count of axes: ε, whether the mean is taken off. */
const CENTRED = 2;

const normalize: Rule = (step, operands, n) => {
  const [x, ...lines] = operands as [Lane, ...Lane[]];
  const rank = x.shape.length;
  const words = shiftedAxes(step.attributes, CENTRED + 1, rank);
  const whole = full(x, n);
  if (!lines.some(({ isBatched }) => isBatched)) return call(step, [whole, ...lines.map(({ t }) => t)], words);
  const axes = words.slice(CENTRED + 2);
  const across = ({ t, isBatched }: Lane): Tensor => reshaped(t, [isBatched ? n : 1, ...x.shape.map((dim, i) => (axes.includes(i + 1) ? dim : 1))]);
  const [gamma, beta] = lines.map(across) as [Tensor, Tensor];
  return applyMany(Op.add, [applyMany(Op.mul, [one(Op.normalize, whole, words), gamma])[0] as Tensor, beta]);
};

/** A function, so that a bundle without vmap has none of it. */
const byOp = (): ReadonlyMap<Op, Rule> =>
  new Map<Op, Rule>([
    ...[
      Op.identity,
      Op.stopGradient,
      Op.cast,
      Op.contiguous,
      Op.viewAsReal,
      Op.viewAsComplex,
      Op.bandPart,
      Op.ravelIndex,
      Op.oneHot,
      Op.threefry,
      Op.sort,
      Op.argsort,
    ].map((op) => [op, leading] as const),
    ...[
      Op.sum,
      Op.prod,
      Op.max,
      Op.min,
      Op.all,
      Op.any,
      Op.argmax,
      Op.argmin,
      Op.cumsum,
      Op.cummax,
      Op.cummin,
      Op.recurrence,
      Op.logsumexp,
      Op.softmax,
      Op.logSoftmax,
      Op.variance,
      Op.deviation,
      Op.crossEntropyGrad,
    ].map((op) => [op, along(AxesWord.count)] as const),
    [Op.barrier, first],
    [Op.normalize, normalize],
    [Op.normalizeGrad, along(CENTRED + 1)],
    [Op.softmaxCrossEntropy, allLeading],
    [Op.sparseSoftmaxCrossEntropy, allLeading],
    [Op.sumTo, sumTo],
    [Op.reshape, (step, [x], n) => [reshaped((x as Lane).t, [n, ...(step.results[0] as Geometry).shape])]],
    [
      Op.broadcastTo,
      (step, [x], n) => {
        const { shape } = step.results[0] as Geometry;
        return [broadcast(aligned(x as Lane, shape.length, n), [n, ...shape])];
      },
    ],
    [
      Op.transpose,
      (step, [x]) => {
        const { t, shape } = x as Lane;
        const count = step.attributes[0] as number;
        const axes = count < 0 ? shape.map((_, i) => shape.length - i) : step.attributes.slice(1).map((axis) => shifted(axis, shape.length));
        return [one(Op.transpose, t, transposeWords([0, ...axes]))];
      },
    ],
    [Op.stridedSlice, (step, [x], n) => [one(Op.stridedSlice, (x as Lane).t, batchedSlice(step.attributes, n))]],
    [
      Op.pad,
      (step, [x], n) => [one(Op.pad, (x as Lane).t, [...step.attributes.slice(0, PadWord.slice), ...batchedSlice(step.attributes.slice(PadWord.slice), n)])],
    ],
    [
      Op.concat,
      (step, operands, n) =>
        call(
          step,
          operands.map((x) => full(x, n)),
          [shifted(step.attributes[0] as number, (operands[0] as Lane).shape.length)],
        ),
    ],
    [
      Op.split,
      (step, [x]) => {
        const [axis, ...sizes] = step.attributes as [number, ...number[]];
        return call(step, [(x as Lane).t], [shifted(axis, (x as Lane).shape.length), ...sizes]);
      },
    ],
    [Op.take, take],
    [Op.scatterAdd, scatter],
    [Op.scatterMax, scatter],
    [Op.searchsorted, searchsorted],
    [Op.matmul, matmul],
    [Op.conv, mergedFirst],
    [Op.convInput, mergedFirst],
    [Op.maxPool, merged],
    [Op.maxPoolAdd, merged],
    [Op.maxPoolTake, merged],
  ]);

/** Of ops that are not elementwise. */
export const rules = /* @__PURE__ */ byOp();

/** Elementwise ops with an operand that is one number for all elements. */
const numbers: ReadonlyMap<Op, number> = new Map([
  [Op.sincGrad, 1],
  [Op.polygamma, 0],
]);

const elementwise: Rule = (step, operands, n) => {
  const number = numbers.get(step.op);
  if (number !== undefined && (operands[number] as Lane).isBatched) return null;
  const rank = Math.max(...operands.map(({ shape }) => shape.length));
  return call(
    step,
    operands.map((x) => aligned(x, rank, n)),
    step.attributes,
  );
};

/** A step's results on a batch of n, some of its operands being batched; `looped` hears of an op that runs once for each example. */
export function batched(step: Step, operands: readonly Lane[], n: number, looped: (op: Op) => void): readonly Tensor[] {
  const rule = step.isElementwise ? elementwise : rules.get(step.op);
  const results = rule?.(step, operands, n);
  if (results) return results;
  looped(step.op);
  const each = Array.from({ length: n }, (_, k) =>
    call(
      step,
      operands.map((x) => (x.isBatched ? exampleOf(x, k) : x.t)),
      step.attributes,
    ),
  );
  return step.results.map((geometry, i) =>
    stacked(
      each.map((results) => results[i] as Tensor),
      geometry,
    ),
  );
}
