/** Einstein sums: parses the equation and computes it by products, sums and views. Has no primitive of its own. */
import { Op } from '../../assembly/shared/opcode.js';
import { checkShape, type TensorLike } from '../convert.js';
import { ArgumentError, refused, ShapeError } from '../errors.js';
import { called } from '../form.js';
import { TENSORS, TEXT } from '../kinds.js';
import type { Tensor } from '../tensor.js';
import { mul } from './arithmetic.js';
import { diagPart } from './bands.js';
import { matmul } from './contraction.js';
import { counted, described, reshaped, withAttributes } from './define.js';
import { matrices, permuted, sizesOf } from './matrices.js';
import { sum } from './reduction.js';

/** A label names an axis: a letter, or for an axis under `...` its position from the end, so that such axes align on the right. */
type Labels = readonly string[];

/** A tensor and its axes' labels. */
interface Term {
  readonly tensor: Tensor;
  readonly labels: Labels;
}

/**
 * The sum that `equation` describes, e.g. 'bij,bjk->bik'. Each letter is an axis: the same letter has the same size in all operands; letters that are
 * missing after the arrow are summed over; a letter that occurs twice in an operand takes its diagonal; `...` stands for further axes, summed over if
 * missing after the arrow. Without an arrow the result has the axes under `...`, then the letters that occur once, in alphabetical order. Sizes of 1
 * broadcast. Operands are combined from left to right, by matrix products where a letter is summed over. Not conjugated. f32 f64 c64 c128 i32;
 * gradients follow from those of the products.
 * @throws ArgumentError when the equation can't be read or names another number of operands, ShapeError when sizes differ.
 */
export function einsum(equation: string, ...operands: readonly TensorLike[]): Tensor {
  return called(EINSUM, summedBy, equation, operands);
}

const EINSUM = /* @__PURE__ */ described('einsum', { equation: TEXT, operands: TENSORS });

function summedBy(equation: string, operands: readonly Tensor[]): Tensor {
  const tensors = operands.map(counted);
  const { inputs, output } = read(equation, tensors);
  const sizes = sizesByLabel(inputs, tensors);
  checkShape(
    output.map((label) => sizes.get(label) as number),
    'einsum',
  );
  const [first, ...others] = inputs.map((labels, i) => withoutDiagonals(withoutOnes({ tensor: tensors[i] as Tensor, labels }, sizes)));
  const product = others.reduce((x, y, i) => multiply(x, y, new Set([...output, ...others.slice(i + 1).flatMap(({ labels }) => labels)])), first as Term);
  const { tensor, labels } = summed(product, new Set(output));
  const result = permuted(
    tensor,
    output.map((label) => labels.indexOf(label)),
  );
  return result === tensors[0] ? withAttributes(Op.identity, result, []) : result;
}

/** x, summed over the axes whose labels are not in `keep`. */
function summed({ tensor, labels }: Term, keep: ReadonlySet<string>): Term {
  const axis = labels.flatMap((label, i) => (keep.has(label) ? [] : [i]));
  return axis.length ? { tensor: sum(tensor, { axis }), labels: labels.filter((label) => keep.has(label)) } : { tensor, labels };
}

/** x·y, summed over the labels that are not in `keep`. */
function multiply(x: Term, y: Term, keep: ReadonlySet<string>): Term {
  const a = summed(x, new Set([...keep, ...y.labels]));
  const b = summed(y, new Set([...keep, ...x.labels]));
  const shared = a.labels.filter((label) => b.labels.includes(label));
  const batch = shared.filter((label) => keep.has(label));
  const inner = shared.filter((label) => !keep.has(label));
  const rows = a.labels.filter((label) => !shared.includes(label));
  const columns = b.labels.filter((label) => !shared.includes(label));
  // As a batch of matrices of one element it would be a loop over these.
  if (!inner.length || (batch.length && !rows.length && !columns.length)) return elementwise(a, b, [...batch, ...rows, ...columns, ...inner], keep);
  const axesOf = (term: Term, group: Labels): number[] => group.map((label) => term.labels.indexOf(label));
  const left = matrices(a.tensor, axesOf(a, batch), axesOf(a, rows), axesOf(a, inner));
  const right = matrices(b.tensor, axesOf(b, batch), axesOf(b, inner), axesOf(b, columns));
  const dims = [...sizesOf(a.tensor.shape, axesOf(a, [...batch, ...rows])), ...sizesOf(b.tensor.shape, axesOf(b, columns))];
  return { tensor: reshaped(matmul(left, right), dims), labels: [...batch, ...rows, ...columns] };
}

function elementwise(x: Term, y: Term, labels: Labels, keep: ReadonlySet<string>): Term {
  return summed({ tensor: mul(aligned(x, labels), aligned(y, labels)), labels }, keep);
}

/** The tensor with its axes in the order of `all`, and axes of size 1 for labels that it lacks. */
function aligned({ tensor, labels }: Term, all: Labels): Tensor {
  const { shape } = tensor;
  const perm = all.flatMap((label) => (labels.includes(label) ? [labels.indexOf(label)] : []));
  return reshaped(
    permuted(tensor, perm),
    all.map((label) => shape[labels.indexOf(label)] ?? 1),
  );
}

/** The term without axes of size 1 whose label has another size in another operand, so that they broadcast. */
function withoutOnes({ tensor, labels }: Term, sizes: ReadonlyMap<string, number>): Term {
  const { shape } = tensor;
  const kept = labels.flatMap((label, axis) => (shape[axis] === sizes.get(label) ? [axis] : []));
  if (kept.length === labels.length) return { tensor, labels };
  return { tensor: reshaped(tensor, sizesOf(shape, kept)), labels: kept.map((axis) => labels[axis] as string) };
}

/** The term with each label once: axes of the same label become their diagonal, which is the last axis. */
function withoutDiagonals(x: Term): Term {
  const { tensor, labels } = x;
  const first = labels.findIndex((label, axis) => labels.indexOf(label, axis + 1) >= 0);
  if (first < 0) return x;
  const label = labels[first] as string;
  const second = labels.indexOf(label, first + 1);
  const others = labels.map((_, axis) => axis).filter((axis) => axis !== first && axis !== second);
  const diagonal = diagPart(permuted(tensor, [...others, first, second]));
  return withoutDiagonals({ tensor: diagonal, labels: [...others.map((axis) => labels[axis] as string), label] });
}

/** Letters with `...` at most once between them. */
const TERM = /^([A-Za-z]*)(\.\.\.)?([A-Za-z]*)$/;
type Parsed = RegExpExecArray & { readonly 1: string; readonly 3: string };

/** Labels of the `count` axes under dots, the outermost first. */
const places = (count: number): string[] => Array.from({ length: count }, (_, i) => String(count - 1 - i));

const labelsOf = ([, before, dots, after]: Parsed, hidden: number): string[] => [...before, ...(dots ? places(hidden) : []), ...after];

function read(equation: string, tensors: readonly Tensor[]): { inputs: Labels[]; output: Labels } {
  const refuse = (reason: string): never => {
    throw refused(ArgumentError, 'einsum', `"${equation}" ${reason}`);
  };
  const parsed = (term: string): Parsed =>
    (TERM.exec(term) as Parsed | null) ?? refuse(`can't be read at "${term}": operands are letters with at most one "..."`);
  const [left = '', right, ...more] = equation.replaceAll(' ', '').split('->');
  if (more.length) refuse('has more than one arrow');
  const terms = left.split(',').map(parsed);
  if (terms.length !== tensors.length) refuse(`names ${terms.length} operands; got ${tensors.length}`);
  const hidden = terms.map(([, before, dots, after], i) => {
    const { shape } = tensors[i] as Tensor;
    const count = shape.length - before.length - after.length;
    if (count < 0 || (count > 0 && !dots)) throw refused(ShapeError, 'einsum', `"${equation}" does not label operand ${i} of shape [${shape.join(', ')}]`);
    return count;
  });
  const most = Math.max(...hidden);
  const inputs = terms.map((term, i) => labelsOf(term, hidden[i] as number));
  if (right === undefined) return { inputs, output: implied(inputs.flat(), places(most)) };
  const result = parsed(right);
  const output = labelsOf(result, most);
  const unknown = output.find((label) => !inputs.some((labels) => labels.includes(label)));
  if (unknown !== undefined) refuse(`has ${unknown} in the result and in no operand`);
  const twice = output.find((label, i) => output.indexOf(label) !== i);
  if (twice !== undefined) refuse(`has ${twice} twice in the result`);
  return { inputs, output };
}

/** The result's labels in an equation without an arrow. */
function implied(labels: Labels, hidden: Labels): Labels {
  const once = labels.filter((label) => !hidden.includes(label) && labels.indexOf(label) === labels.lastIndexOf(label));
  return [...hidden, ...once.sort()];
}

/** The size of each label, which is 1 only where all sizes are. */
function sizesByLabel(inputs: readonly Labels[], tensors: readonly Tensor[]): Map<string, number> {
  const sizes = new Map<string, number>();
  inputs.forEach((labels, k) => {
    const { shape } = tensors[k] as Tensor;
    labels.forEach((label, axis) => {
      const size = shape[axis] as number;
      const known = sizes.get(label) ?? 1;
      if (size !== 1 && known !== 1 && size !== known) {
        throw refused(ShapeError, 'einsum', `axes labelled ${/\d/.test(label) ? '...' : label} have sizes ${known} and ${size}`);
      }
      sizes.set(label, size === 1 ? known : size);
    });
  });
  return sizes;
}
