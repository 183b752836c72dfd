/** Elementwise functions made of ops; their gradients follow from the parts. ȳ is the cotangent. */
import { Op } from '../../assembly/shared/opcode.js';
import { apply1 } from '../call.js';
import { operand, type TensorLike } from '../convert.js';
import { isComplex } from '../dtype.js';
import type { Tensor } from '../tensor.js';
import { abs, add, maximum, minimum, mul, square, sub } from './arithmetic.js';
import { less, where } from './comparison.js';
import { complex, conj } from './complex.js';
import { counted, inexact, namedRow, one, row } from './define.js';
import { cos, sin } from './transcendental.js';

/** x, or the bound it lies beyond; null for no bound. f32 f64 i32. Gradient ȳ inside and at the bounds, to the bound outside. */
export const clip = row('clip', (x: TensorLike, low: TensorLike | null, high: TensorLike | null): Tensor => {
  const t = counted(one(x, 'clip'));
  const bound = (v: TensorLike): Tensor => counted(operand(v, t, 'clip'));
  const above = low === null ? apply1(Op.identity, t) : maximum(t, bound(low));
  return high === null ? above : minimum(above, bound(high));
});

/**
 * x + t·(y − x), from the nearer end, so that t = 0 gives x and t = 1 gives y. f32 f64 c64 c128. Gradient ȳ·(1 − t) for x, ȳ·t for y,
 * ȳ·(y − x) for t, conjugated.
 */
export const lerp = row('lerp', (x: TensorLike, y: TensorLike, t: TensorLike): Tensor => {
  const d = sub(y, x);
  const rest = sub(1, t);
  return where(less(abs(t), abs(rest)), add(x, mul(d, t)), sub(y, mul(d, rest)));
});

/** |x − y|², of the operands' dtype. f32 f64 c64 c128 i32. Gradient 2ȳ·(x − y) for x, its negative for y (complex: of Re ȳ). */
export const squaredDifference = row('squaredDifference', (x: TensorLike, y: TensorLike): Tensor => {
  const d = sub(x, y);
  return isComplex(d.dtypeNumber) ? mul(d, conj(d)) : square(d);
});

/** r·(cos θ + i sin θ). f32 → c64, f64 → c128. */
export const polar = namedRow('polar', (_, r: Tensor, theta: TensorLike): Tensor => complex(mul(inexact(r), cos(theta)), mul(inexact(r), sin(theta))));
