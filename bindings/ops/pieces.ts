/** Rows of the op table: parts of a tensor, which are views, and padding. */
import { Op } from '../../assembly/shared/opcode.js';
import { apply1, applyMany } from '../call.js';
import { isSize, type Scalar, type TensorLike } from '../convert.js';
import { ArgumentError, IndexError, refused, ShapeError, shown } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { type AxisOption, arePairs, axesOf, axisIn, axisOf, checkWhole, chunks, listOf, upTo } from './axes.js';
import { concat } from './concat.js';
import { cut, placed, type Range, sliced } from './cuts.js';
import { namedRow, reshaped, row } from './define.js';
import { squeeze } from './movement.js';

function atMost(given: readonly unknown[], x: Tensor, op: string): void {
  if (given.length > x.rank) throw refused(ShapeError, op, `${given.length} axes are named`, { x });
}

/**
 * The block of `size` elements an axis from `begin`: a negative begin counts from the end, a size of −1 reaches to it; axes that are
 * not named are whole. Any dtype; a view. x̄ = ȳ in zeros.
 * @throws IndexError when the block is not inside x.
 */
export const slice = namedRow('slice', (op, x: Tensor, begin: readonly number[], size: readonly number[] = []): Tensor => {
  for (const given of [begin, size]) atMost(given, x, op);
  return sliced(x, (dim, axis) => {
    const from = begin[axis] ?? 0;
    const start = from < 0 ? from + dim : from;
    const count = (size[axis] ?? -1) === -1 ? dim - start : (size[axis] as number);
    if (!isSize(start) || !isSize(count) || start + count > dim)
      throw refused(IndexError, op, `${count} elements from index ${from} are not inside axis ${axis} of size ${dim}`, { x });
    return [start, 1, count];
  });
});

/**
 * x[begin : end : stride] along each axis, as Python slices: negative positions count from the end, `null` stands for the axis's own end in
 * the stride's direction, positions beyond are cut off, strides may be negative; axes that are not named are whole. Any dtype; a view.
 * x̄ = ȳ in zeros.
 */
export const stridedSlice = namedRow(
  'stridedSlice',
  (op, x: Tensor, begin: readonly (number | null)[], end: readonly (number | null)[], strides: readonly number[] = []): Tensor => {
    for (const given of [begin, end, strides]) atMost(given, x, op);
    return sliced(x, (dim, axis) => rangeOf(begin[axis] ?? null, end[axis] ?? null, strides[axis] ?? 1, dim));
  },
);

/** Python's slice.indices. */
function rangeOf(begin: number | null, end: number | null, step: number, dim: number): Range {
  checkWhole([begin ?? 0, end ?? 0, step], 'each axis', 'stridedSlice');
  if (step === 0) throw refused(ArgumentError, 'stridedSlice', 'a stride is not 0');
  const [low, high] = step > 0 ? [0, dim] : [-1, dim - 1];
  const position = (v: number): number => Math.min(Math.max(v < 0 ? v + dim : v, low), high);
  const from = position(begin ?? (step > 0 ? 0 : dim - 1));
  const to = end === null ? (step > 0 ? high : low) : position(end);
  const size = Math.max(0, Math.ceil((to - from) / step));
  return [size ? from : 0, size > 1 ? step : 1, size];
}

/** x in reversed order along `axis`, one or several; along all without it. Any dtype; a view. x̄ = ȳ reversed. */
export const flip = namedRow('flip', (op, x: Tensor, axis?: AxisOption<number | readonly number[]>): Tensor => {
  const flipped = axesOf(axisIn(axis, upTo(x.rank)), x.rank, op);
  return sliced(x, (dim, i) => (flipped.includes(i) && dim ? [dim - 1, -1, dim] : [0, 1, dim]));
});

/** `flip` under TensorFlow's name. */
export const reverse = row('reverse', flip);

const total = (sizes: readonly number[]): number => sizes.reduce((a, b) => a + b, 0);

/** Sizes that fit one call's attributes. */
const MOST_PARTS = 63;

function splitSizes(x: Tensor, sizes: readonly number[], axis: number): Tensor[] {
  if (sizes.length <= MOST_PARTS) return applyMany(Op.split, [x], [axis, ...sizes], sizes.length);
  const groups = chunks(sizes, MOST_PARTS);
  return splitSizes(x, groups.map(total), axis).flatMap((part, i) => splitSizes(part, groups[i] as number[], axis));
}

/** As many tensors as a literal count says, or as a literal list has items; for any other a list. */
export type Parts<P> = P extends readonly unknown[] ? { -readonly [I in keyof P]: Tensor } : number extends P ? Tensor[] : Counted<P>;
type Counted<N, T extends Tensor[] = []> = T['length'] extends N ? T : T['length'] extends 64 ? Tensor[] : Counted<N, [...T, Tensor]>;

type Split = <const P extends number | readonly number[]>(x: TensorLike, parts: P, options?: AxisOption) => Parts<P>;

/**
 * x in `parts` equal parts along `axis` (0), or in parts of the sizes listed, one of which may be −1 for what is left. Any dtype; views.
 * x̄ = ȳ₀, ȳ₁, … concatenated.
 * @throws ShapeError when the parts don't make up the axis.
 */
export const split: Split = namedRow('split', (op, x: Tensor, parts: number | readonly number[], options?: AxisOption): Tensor[] => {
  const axis = axisOf(axisIn(options, 0), x.rank, op);
  const dim = x.shape[axis] as number;
  const refuse = (): ShapeError =>
    refused(
      ShapeError,
      op,
      `axis ${axis} of size ${dim} has no ${typeof parts === 'number' ? `${parts} equal parts` : `parts of sizes [${parts.join(', ')}]`}`,
    );
  if (typeof parts === 'number') {
    if (!Number.isInteger(parts) || parts < 1 || dim % parts) throw refuse();
    return splitSizes(x, new Array<number>(parts).fill(dim / parts), axis);
  }
  const named = parts.reduce((sum, size) => sum + (size === -1 ? 0 : size), 0);
  const sizes = parts.map((size) => (size === -1 ? dim - named : size));
  const isWhole = sizes.every(isSize) && total(sizes) === dim;
  if (!isWhole || parts.length === 0) throw refuse();
  return splitSizes(x, sizes, axis);
}) as Split;

/** The parts x[…, i, …] along `axis` (0), which they lack. Any dtype; views. x̄ = ȳ₀, ȳ₁, … stacked. */
export const unstack = namedRow('unstack', (op, x: Tensor, options?: AxisOption): Tensor[] => {
  const axis = axisOf(axisIn(options, 0), x.rank, op);
  const dim = x.shape[axis] as number;
  return dim ? splitSizes(x, new Array<number>(dim).fill(1), axis).map((part) => squeeze(part, axis)) : [];
});

/** Room before and after each axis; a number for all of them. Where it is negative, that much is cut off. */
export type Paddings = number | readonly (readonly [before: number, after: number])[];

function paddingsOf(paddings: Paddings, rank: number, op: string, isRoom = isSize): readonly (readonly [number, number])[] {
  const pairs = typeof paddings === 'number' ? new Array<readonly [number, number]>(rank).fill([paddings, paddings]) : paddings;
  if (!arePairs(pairs, rank, isRoom))
    throw refused(ShapeError, op, `takes a number or a pair [before, after] for each of ${rank} axes; got ${JSON.stringify(paddings)}`);
  return pairs;
}

/**
 * x with room before and after each axis, filled with `value` (0); negative room is cut off. Any dtype. x̄ = the inner part of ȳ; the value is a
 * constant.
 * @throws ShapeError unless there is a pair for each axis, and more than is cut off.
 */
export const pad = namedRow('pad', (op, x: Tensor, paddings: Paddings, options: { readonly value?: Scalar } = {}): Tensor => {
  const { shape } = x;
  const pairs = paddingsOf(paddings, shape.length, op, Number.isInteger);
  const dims = pairs.map(([before, after], i) => before + (shape[i] as number) + after);
  const short = pairs.findIndex(([before, after], i) => Math.min(0, before) + Math.min(0, after) + (shape[i] as number) < 0);
  if (short >= 0) throw refused(ShapeError, op, `axis ${short} of size ${shape[short]} is shorter than what [${pairs[short]?.join(', ')}] cuts off`, { x });
  const isCut = pairs.some((pair) => Math.min(...pair) < 0);
  const inner = isCut ? sliced(x, (dim, i) => innerRange(dim, ...(pairs[i] as readonly [number, number]))) : x;
  return placed(
    inner,
    pairs.map(([before]) => Math.max(0, before)),
    shape.map(() => 1),
    dims,
    options.value,
  );
});

/** What negative room leaves of an axis. */
function innerRange(dim: number, before: number, after: number): Range {
  const size = dim + Math.min(0, before) + Math.min(0, after);
  return [size ? Math.max(0, -before) : 0, 1, size];
}

/**
 * x continued beyond its ends by its mirror image: 'reflect' doesn't repeat the element at the end, 'symmetric' does. Any dtype.
 * x̄ = ȳ folded back.
 * @throws ShapeError when the room is wider than the image.
 */
export const mirrorPad = namedRow('mirrorPad', (op, x: Tensor, paddings: Paddings, options: { readonly mode?: 'reflect' | 'symmetric' } = {}): Tensor => {
  const { mode = 'reflect' } = options;
  if (mode !== 'reflect' && mode !== 'symmetric') throw refused(ArgumentError, op, `mode is 'reflect' or 'symmetric'; got ${shown(mode)}`);
  const pairs = paddingsOf(paddings, x.rank, op);
  return pairs.reduce((y, [before, after], axis) => (before + after ? mirrored(y, axis, before, after, mode === 'reflect' ? 1 : 0) : y), x);
});

function mirrored(x: Tensor, axis: number, before: number, after: number, skip: 0 | 1): Tensor {
  const dim = x.shape[axis] as number;
  if (Math.max(before, after) > dim - skip)
    throw refused(ShapeError, 'mirrorPad', `axis ${axis} of size ${dim} mirrors at most ${Math.max(0, dim - skip)} elements; got [${before}, ${after}]`);
  const image = (begin: number, size: number): Tensor[] => (size ? [cut(x, axis, begin, -1, size)] : []);
  return concat([...image(skip + before - 1, before), x, ...image(dim - 1 - skip, after)], axis);
}

/** x with what leaves one end coming in at the other: y[i + shift] = x[i] along `axis`, one or several; of the flattened x without it. */
export const roll = namedRow('roll', (op, x: Tensor, shift: number | readonly number[], options?: AxisOption<number | readonly number[]>): Tensor => {
  const axes = axisIn(options, undefined);
  if (axes === undefined) return reshaped(rolled(reshaped(x, [x.size]), Number(shift), 0), x.shape);
  const list = listOf(axes);
  if (typeof shift !== 'number' && shift.length !== list.length) throw refused(ShapeError, op, `${shift.length} shifts for ${list.length} axes`);
  return list.reduce((y, axis, i) => rolled(y, typeof shift === 'number' ? shift : (shift[i] as number), axisOf(axis, x.rank, op)), x);
});

function rolled(x: Tensor, shift: number, axis: number): Tensor {
  checkWhole(shift, 'shift', 'roll');
  const dim = x.shape[axis] as number;
  const from = dim && ((-shift % dim) + dim) % dim;
  if (from === 0) return apply1(Op.identity, x);
  return concat([cut(x, axis, from, 1, dim - from), cut(x, axis, 0, 1, from)], axis);
}
