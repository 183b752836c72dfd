/** Rows of the op table: copies along axes, and the diagonals and triangles of matrices. */

import { Op } from '../../assembly/shared/opcode.js';
import { bandWords } from '../attributes.js';
import type { TensorLike } from '../convert.js';
import { ArgumentError, refused, ShapeError } from '../errors.js';
import { ALONE, SIZES, WHOLE, WHOLE_LIST } from '../kinds.js';
import type { Tensor } from '../tensor.js';
import { type AxisOption, axesOf, axisOf, checkRank, completed, listOf, requireRank } from './axes.js';
import { cut, placed } from './cuts.js';
import { broadcast, reshaped, row, withAttributes } from './define.js';
import { sum } from './reduction.js';
import { swapaxes } from './shape.js';
import { flip } from './slices.js';
import { take } from './take.js';

/**
 * x as a block, `counts[k]` times along axis k; of counts and axes the fewer are completed with ones in front. Any dtype.
 * x̄ = ȳ summed over the copies.
 */
export const tile: (x: TensorLike, counts: number | readonly number[]) => Tensor = row('tile', { x: ALONE, counts: SIZES }, (x, counts) => {
  const list = listOf(counts);
  const rank = Math.max(x.rank, list.length);
  checkRank(rank);
  const dims = completed(x.shape, rank);
  const times = completed(list, rank);
  const blocks = broadcast(
    reshaped(
      x,
      dims.flatMap((dim) => [1, dim]),
    ),
    dims.flatMap((dim, i) => [times[i] as number, dim]),
  );
  return reshaped(
    blocks,
    dims.map((dim, i) => dim * (times[i] as number)),
  );
});

/** A shape with the dimension at `axis` replaced by `dims`. */
const replaced = (shape: readonly number[], axis: number, dims: readonly number[]): number[] => [...shape.slice(0, axis), ...dims, ...shape.slice(axis + 1)];

type Repeat = (x: TensorLike, counts: number | readonly number[], options?: AxisOption) => Tensor;

/**
 * Each slice of x along `axis` repeated next to itself, `counts` times or as often as its own count says; without an axis, x is flattened
 * first. Any dtype. x̄ = ȳ summed over the copies.
 */
export const repeat: Repeat = row('repeat', { x: ALONE, counts: SIZES }, { axis: [WHOLE] }, (x, counts, { axis: given }) => {
  const t = given === undefined ? reshaped(x, [x.size]) : x;
  const axis = axisOf(given ?? 0, t.rank);
  const { shape } = t;
  const dim = shape[axis] as number;
  const list = listOf(counts);
  if (typeof counts === 'number') {
    const copies = broadcast(reshaped(t, replaced(shape, axis, [dim, 1])), replaced(shape, axis, [dim, counts]));
    return reshaped(copies, replaced(shape, axis, [dim * counts]));
  }
  if (list.length !== dim) throw refused(ShapeError, 'repeat', `axis ${axis} of size ${dim} takes as many counts; got ${list.length}`);
  return take(t, Int32Array.from(list.flatMap((n, i) => new Array<number>(n).fill(i))), { axis });
});

/** The band low ≤ column − row ≤ high of matrices. */
function banded(x: Tensor, low: number, high: number): Tensor {
  requireRank(x, 2);
  const [m, n] = x.shape.slice(-2) as [number, number];
  const within = (v: number): number => Math.max(-m, Math.min(n, v));
  return withAttributes(Op.bandPart, x, bandWords(within(low), within(high)));
}

type Diagonal = (x: TensorLike, k?: number) => Tensor;

/** The last two axes' entries on and below diagonal k, 0 above. Any dtype. x̄ = ȳ there, 0 elsewhere. */
export const tril: Diagonal = row('tril', { x: ALONE, k: [WHOLE, 0] }, (x, k) => banded(x, -Infinity, k));

/** The last two axes' entries on and above diagonal k, 0 below. Any dtype. x̄ = ȳ there, 0 elsewhere. */
export const triu: Diagonal = row('triu', { x: ALONE, k: [WHOLE, 0] }, (x, k) => banded(x, k, Infinity));

/** `lower` diagonals below the main one and `upper` above, 0 elsewhere; a negative number keeps all of that side. Any dtype. */
export const bandPart: (x: TensorLike, lower: number, upper: number) => Tensor = row('bandPart', { x: ALONE, lower: WHOLE, upper: WHOLE }, (x, lower, upper) =>
  banded(x, lower < 0 ? -Infinity : -lower, upper < 0 ? Infinity : upper),
);

/**
 * Square matrices with x's last axis on diagonal k, 0 elsewhere: (…, n) → (…, n + |k|, n + |k|). Any dtype. x̄ = that diagonal of ȳ.
 * NumPy's `diag` of a matrix is `diagPart`.
 */
export const diag: Diagonal = row('diag', { x: ALONE, k: [WHOLE, 0] }, (x, k) => {
  const { shape } = x;
  requireRank(x, 1);
  checkRank(shape.length + 1);
  const batch = shape.slice(0, -1);
  const n = (shape.at(-1) as number) + Math.abs(k);
  const zeros = batch.map(() => 0);
  const ones = batch.map(() => 1);
  const rows = placed(x, [...zeros, k >= 0 ? k : -k * n], [...ones, n + 1], [...batch, n * n]);
  return reshaped(rows, [...batch, n, n]);
});

/** Diagonal k of the last two axes: (…, m, n) → (…, length). Any dtype. x̄ = ȳ on that diagonal, 0 elsewhere. */
export const diagPart: Diagonal = row('diagPart', { x: ALONE, k: [WHOLE, 0] }, (x, k) => {
  const { shape } = x;
  requireRank(x, 2);
  const batch = shape.slice(0, -2);
  const [m, n] = shape.slice(-2) as [number, number];
  const length = Math.max(0, k >= 0 ? Math.min(m, n - k) : Math.min(m + k, n));
  const begin = k >= 0 ? k : -k * n;
  return cut(reshaped(x, [...batch, m * n]), batch.length, length ? begin : 0, length > 1 ? n + 1 : 1, length);
});

/** Σ of diagonal k of the last two axes: (…, m, n) → (…). f32 f64 c64 c128 i32. x̄ = ȳ on that diagonal, 0 elsewhere. */
export const trace: Diagonal = row('trace', { x: ALONE, k: [WHOLE, 0] }, (x, k) => sum(diagPart(x, k), { axis: -1 }));

/** x turned k times by 90° in the plane of two axes, from the first towards the second. Any dtype; a view. x̄ = ȳ turned back. */
export const rot90: (x: TensorLike, k?: number, options?: { readonly axes?: readonly number[] }) => Tensor = row(
  'rot90',
  { x: ALONE, k: [WHOLE, 1] },
  { axes: [WHOLE_LIST, [0, 1]] },
  (x, k, { axes }) => {
    if (axes.length !== 2) throw refused(ArgumentError, 'rot90', `a plane has two axes; got [${axes.join(', ')}]`);
    const [a, b] = axesOf(axes, x.rank) as [number, number];
    return flip(k & 1 ? swapaxes(x, a, b) : x, [[], [a], [a, b], [b]][k & 3] as number[]);
  },
);
