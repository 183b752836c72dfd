/** Rows of the op table: products that sum over axes, in fixed forms. The general product is in einsum.ts. */
import { Product } from '../../assembly/shared/attributes.js';
import { Op } from '../../assembly/shared/opcode.js';
import { apply2 } from '../call.js';
import type { TensorLike } from '../convert.js';
import { ArgumentError, refused, ShapeError } from '../errors.js';
import { FLAG, type Kind, kind, listOf, SIZE, TENSOR, WHOLES } from '../kinds.js';
import type { Tensor } from '../tensor.js';
import { mul } from './arithmetic.js';
import { axesOf, completed, upTo } from './axes.js';
import { type Binary, promoted, reshaped, row } from './define.js';
import { matrices, sizesOf } from './matrices.js';
import { reshape } from './shape.js';

export interface MatmulOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  /** Transposed and conjugated. */
  readonly adjointA?: boolean;
  readonly adjointB?: boolean;
}

/**
 * C = A·B over the last two axes; leading axes broadcast.  (…, m, k) × (…, k, n) → (…, m, n).  f32 f64 c64 c128 i32.
 * A vector is a row on the left and a column on the right, and its axis is missing from C; transposing it changes nothing.
 * Ā = C̄·Bᴴ, B̄ = Aᴴ·C̄, summed over broadcast axes.  |err| ≤ min(k, 255 + ⌈k/256⌉)·u·|A||B| per element, for complex √2 of that
 * with k + 1; min(k, 130)·u·|A||B| for a real vector by a matrix or vector where both lie contiguously along k. Strided operands are read
 * where they lie.
 * @throws ShapeError when the inner dimensions differ, leading axes do not broadcast, or an operand is a scalar.
 */
export const matmul: (a: TensorLike, b: TensorLike, options?: boolean | MatmulOptions) => Tensor = row(
  'matmul',
  { a: TENSOR, b: TENSOR },
  { transposeA: [FLAG], transposeB: [FLAG], adjointA: [FLAG], adjointB: [FLAG] },
  (a, b, options) => {
    const flags = flagsOf(options as MatmulOptions);
    return a.rank > 1 && b.rank > 1 ? product(a, b, flags) : vectorProduct(a, b, flags);
  },
);

function flagsOf({ transposeA, transposeB, adjointA, adjointB }: MatmulOptions): number {
  if ((transposeA && adjointA) || (transposeB && adjointB))
    throw refused(ArgumentError, 'matmul', 'an operand is transposed or its adjoint is taken, not both');
  return (
    (transposeA || adjointA ? Product.transposeX : 0) |
    (transposeB || adjointB ? Product.transposeY : 0) |
    (adjointA ? Product.conjX : 0) |
    (adjointB ? Product.conjY : 0)
  );
}

const product = (a: Tensor, b: Tensor, flags = 0): Tensor => (flags ? promoted(Op.matmul, a, b, [flags]) : apply2(Op.matmul, a, b));

/** A product with a vector, as a product of matrices of which one has a single row or column. */
function vectorProduct(a: Tensor, b: Tensor, flags: number): Tensor {
  const p = a.shape;
  const q = b.shape;
  if (!p.length || !q.length) throw refused(ShapeError, 'matmul', 'takes no scalars, use mul', { x: a, y: b });
  const isRow = p.length === 1;
  const isColumn = q.length === 1;
  const kept = flags & ~((isRow ? Product.transposeX : 0) | (isColumn ? Product.transposeY : 0));
  requireInner(
    'matmul',
    a,
    b,
    [kept & Product.transposeX ? p.length - 2 : p.length - 1],
    [isColumn || kept & Product.transposeY ? q.length - 1 : q.length - 2],
  );
  const c = product(isRow ? reshaped(a, [1, ...p]) : a, isColumn ? reshaped(b, [...q, 1]) : b, kept);
  const shape = [...c.shape];
  if (isColumn) shape.pop();
  if (isRow) shape.splice(isColumn ? -1 : -2, 1);
  return reshaped(c, shape);
}

const PAIR = { x: TENSOR, y: TENSOR };

function requireInner(op: string, x: Tensor, y: Tensor, axes: readonly number[], others: readonly number[]): void {
  const p = sizesOf(x.shape, axes);
  const q = sizesOf(y.shape, others);
  const i = p.findIndex((size, at) => size !== q[at]);
  if (i >= 0) throw refused(ShapeError, op, `inner dimensions differ (${p[i]} ≠ ${q[i]})`, { x, y });
}

/** Σ over `axes` of x and as many `others` of y; the free axes of x come first. */
function contract(op: string, x: Tensor, y: Tensor, axes: readonly number[], others: readonly number[]): Tensor {
  requireInner(op, x, y, axes, others);
  const rows = upTo(x.rank).filter((axis) => !axes.includes(axis));
  const columns = upTo(y.rank).filter((axis) => !others.includes(axis));
  const c = product(matrices(x, [], rows, axes), matrices(y, [], others, columns));
  return rows.length === 1 && columns.length === 1 ? c : reshape(c, [...sizesOf(x.shape, rows), ...sizesOf(y.shape, columns)]);
}

/**
 * Σₚ xₚ·yₚ over the last axis of x and the last but one of y, or its only one: vectors give their product, matrices theirs; a scalar
 * scales. Not conjugated, see `vdot`. dtypes and gradient as matmul's.
 * @throws ShapeError when the inner dimensions differ.
 */
export const dot: Binary = row('dot', PAIR, (x, y) => (x.rank && y.rank ? contract('dot', x, y, [x.rank - 1], [Math.max(y.rank - 2, 0)]) : mul(x, y)));

/** Σₚ xₚ·yₚ over the last axes; a scalar scales. Not conjugated. dtypes and gradient as matmul's. @throws ShapeError when they differ. */
export const inner: Binary = row('inner', PAIR, (x, y) => (x.rank && y.rank ? contract('inner', x, y, [x.rank - 1], [y.rank - 1]) : mul(x, y)));

/** Σ conj(xᵢ)·yᵢ over all elements. dtypes and gradient as matmul's. @throws ShapeError when the numbers of elements differ. */
export const vdot: Binary = row('vdot', PAIR, (x, y) => {
  if (x.size !== y.size) throw refused(ShapeError, 'vdot', `${x.size} elements do not meet ${y.size}`);
  return reshaped(product(reshaped(x, [x.size, 1]), reshaped(y, [y.size, 1]), Product.transposeX | Product.conjX), []);
});

/** zᵢⱼ = xᵢ·yⱼ over all elements of x and y: (…) × (…) → (size of x, size of y). Not conjugated. dtypes and gradient as matmul's. */
export const outer: Binary = row('outer', PAIR, (x, y) => product(reshaped(x, [x.size, 1]), reshaped(y, [1, y.size])));

type Axes = number | readonly [number | readonly number[], number | readonly number[]];
const AXES: Kind<Axes> = kind('a whole number from 0, or two lists of axes', (v, name) => {
  const lists = Array.isArray(v) ? listOf(v, name, WHOLES.read) : undefined;
  return lists ? (lists.length === 2 ? (lists as Axes) : undefined) : SIZE.read(v, name);
});

/**
 * Σ over several axes: `axes` lists the axes of x and, in the same order, those of y that are summed over, or is the number of last axes of x and
 * first axes of y. The result has the other axes of x, then those of y. dtypes and gradient as matmul's.
 * @throws ShapeError when sizes differ, IndexError when an axis is out of range or named twice.
 */
export const tensordot: (x: TensorLike, y: TensorLike, axes?: Axes) => Tensor = row('tensordot', { ...PAIR, axes: [AXES, 2] }, (x, y, axes: Axes) => {
  const op = 'tensordot';
  if (typeof axes !== 'number') {
    const p = axesOf(axes[0], x.rank, op);
    const q = axesOf(axes[1], y.rank, op);
    if (p.length !== q.length) throw refused(ShapeError, op, `${p.length} axes do not meet ${q.length}`, { x, y });
    return contract(op, x, y, p, q);
  }
  if (axes > Math.min(x.rank, y.rank)) throw refused(ShapeError, op, `${axes} axes can't meet`, { x, y });
  const counted = upTo(axes);
  return contract(
    op,
    x,
    y,
    counted.map((i) => x.rank - axes + i),
    counted,
  );
});

/**
 * Kronecker's product: a copy of y for each element of x, scaled by it; of the shapes the shorter is completed with ones in front.
 * (…, m, n) × (…, p, q) → (…, mp, nq).  f32 f64 c64 c128 i32. Not conjugated. Gradient as mul's.
 */
export const kron: Binary = row('kron', PAIR, (x, y) => {
  const rank = Math.max(x.rank, y.rank);
  const p = completed(x.shape, rank);
  const q = completed(y.shape, rank);
  const blocks = mul(
    reshaped(
      x,
      p.flatMap((size) => [size, 1]),
    ),
    reshaped(
      y,
      q.flatMap((size) => [1, size]),
    ),
  );
  return reshaped(
    blocks,
    p.map((size, i) => size * (q[i] as number)),
  );
});
