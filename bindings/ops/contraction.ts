/** Rows of the op table: products that sum over axes. Those of fixed form; the general one is in einsum.ts. */
import { Product } from '../../assembly/shared/abi.js';
import { Op } from '../../assembly/shared/opcode.js';
import { apply2, revive, writeAttributes } from '../call.js';
import { operand, type TensorLike } from '../convert.js';
import { isComplex } from '../dtype.js';
import { ArgumentError, ShapeError } from '../errors.js';
import { Tensor } from '../tensor.js';
import { withAttributes } from './define.js';
import { reshape } from './movement.js';

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
 * with k + 1. Strided operands are read where they lie. Blocking after Goto & van de Geijn, "Anatomy of High-Performance Matrix
 * Multiplication", 2008.
 * @throws ShapeError when the inner dimensions differ, leading axes do not broadcast, or an operand is a scalar.
 */
export function matmul(a: TensorLike, b: TensorLike, options?: MatmulOptions): Tensor {
  const x = a instanceof Tensor ? a : operand(a, b, Op.matmul);
  const y = b instanceof Tensor ? b : operand(b, x, Op.matmul);
  const flags = options === undefined ? 0 : flagsOf(options);
  return x.rank > 1 && y.rank > 1 ? product(x, y, flags) : vectorProduct(x, y, flags);
}

function flagsOf({ transposeA, transposeB, adjointA, adjointB }: MatmulOptions): number {
  if ((transposeA && adjointA) || (transposeB && adjointB)) throw new ArgumentError('matmul: an operand is transposed or its adjoint is taken, not both', 'matmul');
  return (
    (transposeA || adjointA ? Product.transposeX : 0) |
    (transposeB || adjointB ? Product.transposeY : 0) |
    (adjointA ? Product.conjX : 0) |
    (adjointB ? Product.conjY : 0)
  );
}

function product(a: Tensor, b: Tensor, flags: number): Tensor {
  if (flags === 0) return apply2(Op.matmul, a, b);
  const [x, y] = promoted(a, b);
  if (x.at === 0) revive(x);
  if (y.at === 0) revive(y);
  return apply2(Op.matmul, x, y, writeAttributes([flags]));
}

/** A real operand beside a complex one of its precision as complex: the core promotes only where there are no attributes. */
function promoted(a: Tensor, b: Tensor): [Tensor, Tensor] {
  const i = a.dtypeNumber;
  const j = b.dtypeNumber;
  if (isComplex(j) && i === j - 2) return [withAttributes(Op.cast, a, [j]), b];
  if (isComplex(i) && j === i - 2) return [a, withAttributes(Op.cast, b, [i])];
  return [a, b];
}

/** A product with a vector, as that of matrices with one row or column. */
function vectorProduct(a: Tensor, b: Tensor, flags: number): Tensor {
  const p = a.shape;
  const q = b.shape;
  if (!p.length || !q.length) throw new ShapeError(`matmul: takes no scalars, use mul; x is [${p.join(', ')}], y is [${q.join(', ')}]`, 'matmul');
  const x = p.length > 1 ? a : reshape(a, [1, ...p]);
  const y = q.length > 1 ? b : reshape(b, [...q, 1]);
  const kept = ~((p.length > 1 ? 0 : Product.transposeX) | (q.length > 1 ? 0 : Product.transposeY));
  const k = p.at(flags & kept & Product.transposeX ? -2 : -1);
  const terms = q.at(q.length > 1 && !(flags & Product.transposeY) ? -2 : -1);
  if (k !== terms) throw new ShapeError(`matmul: inner dimensions differ (${k} ≠ ${terms}); x is [${p.join(', ')}] ${a.dtype}, y is [${q.join(', ')}] ${b.dtype}`, 'matmul');
  const c = product(x, y, flags & kept);
  const shape = [...c.shape];
  if (q.length === 1) shape.pop();
  if (p.length === 1) shape.splice(q.length === 1 ? -1 : -2, 1);
  return reshape(c, shape);
}
