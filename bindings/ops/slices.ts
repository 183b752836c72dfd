/** Rows of the op table: slices and parts of a tensor, which are views, and padding. */
import { DType } from '../../assembly/shared/abi.js';
import { Op } from '../../assembly/shared/opcode.js';
import { apply1, applyMany, create, whole } from '../call.js';
import { isSize, type Scalar, type TensorLike } from '../convert.js';
import { ArgumentError, IndexError, refused, ShapeError, shown } from '../errors.js';
import { ALONE, CUTS, oneOf, PAIRS, PLACES, POSITIONS, SCALAR, WHOLE, WHOLES } from '../kinds.js';
import { Tensor } from '../tensor.js';
import { add } from './arithmetic.js';
import { type AxisOption, axesOf, axisOf, chunks, listOf, upTo } from './axes.js';
import { concat } from './concat.js';
import { cut, placed, type Range, sliced } from './cuts.js';
import { reshaped, row } from './define.js';
import { squeeze } from './shape.js';
import { taken } from './taking.js';

type Whole = number | readonly number[];
type Position = number | null | readonly (number | null)[];
type Mirror = 'reflect' | 'symmetric';

/** A position, or a list of positions along the first axes of x, as a list. */
function along<T extends number | Tensor | null>(given: T | readonly T[], x: Tensor): readonly T[] {
  const list = Array.isArray(given) ? (given as readonly T[]) : [given as T];
  if (list.length > x.rank) throw refused(ShapeError, 'slice', `${list.length} axes are named`);
  return list;
}

type Place = number | Tensor | readonly (number | Tensor)[];

/**
 * The block of `size` elements an axis from `begin`: a negative begin counts from the end, a size of −1 reaches to it; axes that are
 * not named are whole. Any dtype; a view. x̄ = ȳ in zeros. In a compiled function `begin` may be an argument; then the block is a copy.
 * @throws IndexError when the block is not inside x.
 */
export const slice: (x: TensorLike, begin: Place, size?: Whole) => Tensor = row(
  'slice',
  { x: ALONE, begin: PLACES, size: [WHOLES, []] },
  (x, begin: Place, size: Whole) => {
    const [starts, sizes] = [along(begin, x), along(size, x)];
    const block = starts.reduce<Tensor>((y, start, axis) => (start instanceof Tensor ? blockAt(y, axis, start, sizes[axis]) : y), x);
    return sliced(block, (dim, axis) => {
      const start = starts[axis] ?? 0;
      return start instanceof Tensor ? [0, 1, dim] : blockOf(dim, axis, start, sizes[axis] ?? -1);
    });
  },
);

/** The elements of an axis from a place on that only the program knows. */
function blockAt(x: Tensor, axis: number, start: Tensor, size = -1): Tensor {
  if (size < 0) throw refused(ShapeError, 'slice', `begin is known only when the program runs, so the size along axis ${axis} is needed`);
  const dim = x.shape[axis] as number;
  const offsets = create(DType.int32, [size], upTo(size));
  return taken(x, add(offsets, whole(start, -dim, dim, dim)), axis);
}

function blockOf(dim: number, axis: number, from: number, size: number): Range {
  const start = from < 0 ? from + dim : from;
  const count = size === -1 ? dim - start : size;
  if (!isSize(start) || !isSize(count) || start + count > dim)
    throw refused(IndexError, 'slice', `${count} elements from index ${from} are not inside axis ${axis} of size ${dim}`);
  return [start, 1, count];
}

/**
 * x[begin : end : stride] along each axis, as Python slices: negative positions count from the end, `null` stands for the axis's own end in
 * the stride's direction, positions beyond are cut off, strides may be negative; axes that are not named are whole. Any dtype; a view.
 * x̄ = ȳ in zeros.
 */
export const stridedSlice: (x: TensorLike, begin: Position, end: Position, strides?: Whole) => Tensor = row(
  'stridedSlice',
  { x: ALONE, begin: POSITIONS, end: POSITIONS, strides: [WHOLES, []] },
  (x: Tensor, begin: Position, end: Position, strides: Whole) => {
    const [from, to, by] = [along(begin, x), along(end, x), along(strides, x)];
    return sliced(x, (dim, axis) => rangeOf(from[axis] ?? null, to[axis] ?? null, by[axis] ?? 1, dim));
  },
);

/** Python's slice.indices. */
function rangeOf(begin: number | null, end: number | null, step: number, dim: number): Range {
  if (step === 0) throw refused(ArgumentError, 'stridedSlice', 'a stride is not 0');
  const [low, high] = step > 0 ? [0, dim] : [-1, dim - 1];
  const position = (v: number): number => Math.min(Math.max(v < 0 ? v + dim : v, low), high);
  const from = position(begin ?? (step > 0 ? 0 : dim - 1));
  const to = end === null ? (step > 0 ? high : low) : position(end);
  const size = Math.max(0, Math.ceil((to - from) / step));
  return [size ? from : 0, size > 1 ? step : 1, size];
}

type Flip = (x: TensorLike, options?: AxisOption<Whole>) => Tensor;

function flipped(x: Tensor, { axis }: { readonly axis: Whole | undefined }): Tensor {
  const axes = axesOf(axis ?? upTo(x.rank), x.rank);
  return sliced(x, (dim, i) => (axes.includes(i) && dim ? [dim - 1, -1, dim] : [0, 1, dim]));
}

/** x in reversed order along `axis`, one or several; along all without it. Any dtype; a view. x̄ = ȳ reversed. */
export const flip: Flip = row('flip', { x: ALONE }, { axis: [WHOLES] }, flipped);

/** `flip` under TensorFlow's name. */
export const reverse: Flip = row('reverse', { x: ALONE }, { axis: [WHOLES] }, flipped);

const total = (sizes: readonly number[]): number => sizes.reduce((a, b) => a + b, 0);

/** The parts of one split at most: so many sizes fit the attributes of a call. */
const MOST_PARTS = 63;

function splitSizes(x: Tensor, sizes: readonly number[], axis: number): Tensor[] {
  if (sizes.length <= MOST_PARTS) return applyMany(Op.split, [x], [axis, ...sizes], sizes.length);
  const groups = chunks(sizes, MOST_PARTS);
  return splitSizes(x, groups.map(total), axis).flatMap((part, i) => splitSizes(part, groups[i] as number[], axis));
}

/** A tuple of as many tensors as a literal count, or as the items of a literal list; else a list. */
export type Pieces<P> = P extends readonly unknown[] ? { -readonly [I in keyof P]: Tensor } : number extends P ? Tensor[] : Counted<P>;
type Counted<N, T extends Tensor[] = []> = T['length'] extends N ? T : T['length'] extends 64 ? Tensor[] : Counted<N, [...T, Tensor]>;

type Split = <const P extends number | readonly number[]>(x: TensorLike, parts: P, options?: AxisOption) => Pieces<P>;

/**
 * x in `parts` equal parts along `axis` (0), or in parts of the sizes listed, one of which may be −1 for what is left. Any dtype; views.
 * x̄ = ȳ₀, ȳ₁, … concatenated.
 * @throws ShapeError when the parts don't make up the axis.
 */
export const split = row<(x: TensorLike, parts: Whole, options?: AxisOption) => Tensor[]>(
  'split',
  { x: ALONE, parts: WHOLES },
  { axis: [WHOLE, 0] },
  (x, parts, { axis: given }) => {
    const axis = axisOf(given as number, x.rank);
    const dim = x.shape[axis] as number;
    const named = typeof parts === 'number' ? 0 : total(parts.filter((size) => size !== -1));
    const sizes = typeof parts === 'number' ? equalPieces(dim, parts) : parts.map((size) => (size === -1 ? dim - named : size));
    if (sizes.length === 0 || !sizes.every(isSize) || total(sizes) !== dim)
      throw refused(
        ShapeError,
        'split',
        `axis ${axis} of size ${dim} has no ${typeof parts === 'number' ? `${parts} equal parts` : `parts of sizes ${shown(parts)}`}`,
      );
    return splitSizes(x, sizes, axis);
  },
) as Split;

const equalPieces = (dim: number, parts: number): number[] =>
  parts > 0 && parts <= Math.max(dim, 1) && dim % parts === 0 ? new Array<number>(parts).fill(dim / parts) : [];

/** The parts x[…, i, …] along `axis` (0), which they lack. Any dtype; views. x̄ = ȳ₀, ȳ₁, … stacked. */
export const unstack: (x: TensorLike, options?: AxisOption) => Tensor[] = row('unstack', { x: ALONE }, { axis: [WHOLE, 0] }, (x, { axis: given }) => {
  const axis = axisOf(given, x.rank);
  const dim = x.shape[axis] as number;
  return dim ? splitSizes(x, new Array<number>(dim).fill(1), axis).map((part) => squeeze(part, axis)) : [];
});

/** The elements to add before and after each axis, or one number for all of them. A negative number removes elements. */
export type Paddings = number | readonly (readonly [before: number, after: number])[];

function paddingsOf(paddings: Paddings, rank: number): readonly (readonly [number, number])[] {
  const pairs = typeof paddings === 'number' ? new Array<readonly [number, number]>(rank).fill([paddings, paddings]) : paddings;
  if (pairs.length !== rank) throw refused(ShapeError, 'pad', `takes a number or a pair [before, after] for each of ${rank} axes; got ${pairs.length} pairs`);
  return pairs;
}

/**
 * x with elements of `value` (0) added before and after each axis; a negative number removes elements. Any dtype. x̄ = the inner part of ȳ; the value
 * is a constant.
 * @throws ShapeError unless there is a pair for each axis, and an axis has as many elements as are removed.
 */
export const pad: (x: TensorLike, paddings: Paddings, options?: Scalar | { readonly value?: Scalar | Tensor }) => Tensor = row(
  'pad',
  { x: ALONE, paddings: CUTS },
  { value: [SCALAR, 0] },
  (x, paddings, { value }) => {
    const { shape } = x;
    const pairs = paddingsOf(paddings, shape.length);
    const dims = pairs.map(([before, after], i) => before + (shape[i] as number) + after);
    const short = pairs.findIndex(([before, after], i) => Math.min(0, before) + Math.min(0, after) + (shape[i] as number) < 0);
    if (short >= 0) throw refused(ShapeError, 'pad', `axis ${short} of size ${shape[short]} is shorter than what [${pairs[short]?.join(', ')}] cuts off`);
    const isCut = pairs.some((pair) => Math.min(...pair) < 0);
    const inner = isCut ? sliced(x, (dim, i) => innerRange(dim, ...(pairs[i] as readonly [number, number]))) : x;
    return placed(
      inner,
      pairs.map(([before]) => Math.max(0, before)),
      shape.map(() => 1),
      dims,
      value as Scalar,
    );
  },
);

/** The range of an axis that negative paddings leave. */
function innerRange(dim: number, before: number, after: number): Range {
  const size = dim + Math.min(0, before) + Math.min(0, after);
  return [size ? Math.max(0, -before) : 0, 1, size];
}

/**
 * x continued beyond its ends by its mirror image: 'reflect' doesn't repeat the element at the end, 'symmetric' does. Any dtype.
 * x̄ = ȳ folded back.
 * @throws ShapeError when a padding is wider than the mirror image.
 */
export const mirrorPad: (x: TensorLike, paddings: Paddings, options?: Mirror | { readonly mode?: Mirror }) => Tensor = row(
  'mirrorPad',
  { x: ALONE, paddings: PAIRS },
  { mode: [oneOf('reflect', 'symmetric'), 'reflect'] },
  (x, paddings, { mode }) =>
    paddingsOf(paddings, x.rank).reduce((y, [before, after], axis) => (before + after ? mirrored(y, axis, before, after, mode === 'reflect' ? 1 : 0) : y), x),
);

function mirrored(x: Tensor, axis: number, before: number, after: number, skip: 0 | 1): Tensor {
  const dim = x.shape[axis] as number;
  if (Math.max(before, after) > dim - skip)
    throw refused(ShapeError, 'mirrorPad', `axis ${axis} of size ${dim} mirrors at most ${Math.max(0, dim - skip)} elements; got [${before}, ${after}]`);
  const image = (begin: number, size: number): Tensor[] => (size ? [cut(x, axis, begin, -1, size)] : []);
  return concat([...image(skip + before - 1, before), x, ...image(dim - 1 - skip, after)], axis);
}

/** x shifted cyclically: y[i + shift] = x[i] along `axis`, one or several; the flattened x without an axis. */
export const roll: (x: TensorLike, shift: Whole, options?: AxisOption<Whole>) => Tensor = row(
  'roll',
  { x: ALONE, shift: WHOLES },
  { axis: [WHOLES] },
  (x, shift, { axis: axes }) => {
    const list = axes === undefined ? [0] : listOf(axes);
    const shifts = typeof shift === 'number' ? new Array<number>(list.length).fill(shift) : shift;
    if (shifts.length !== list.length) throw refused(ShapeError, 'roll', `${shifts.length} shifts for ${list.length} axes`);
    if (axes === undefined) return reshaped(rolled(reshaped(x, [x.size]), shifts[0] as number, 0), x.shape);
    return list.reduce((y, axis, i) => rolled(y, shifts[i] as number, axisOf(axis, x.rank)), x);
  },
);

function rolled(x: Tensor, shift: number, axis: number): Tensor {
  const dim = x.shape[axis] as number;
  const from = dim && ((-shift % dim) + dim) % dim;
  if (from === 0) return apply1(Op.identity, x);
  return concat([cut(x, axis, from, 1, dim - from), cut(x, axis, 0, 1, from)], axis);
}
