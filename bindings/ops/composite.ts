/** Elementwise functions composed of ops, whose gradients follow from those of the ops. ȳ is the cotangent. */
import { Op } from '../../assembly/shared/opcode.js';
import { apply1 } from '../call.js';
import { operand, type TensorLike } from '../convert.js';
import { isComplex } from '../dtype.js';
import { ALONE, ANY, TENSOR } from '../kinds.js';
import type { Tensor } from '../tensor.js';
import { abs, add, maximum, minimum, mul, square, sub } from './arithmetic.js';
import { less, where } from './comparison.js';
import { complex, conj } from './complex.js';
import { type Binary, counted, inexact, row } from './define.js';
import { cos, sin } from './transcendental.js';

/** x, or the bound that it exceeds; null for no bound. f32 f64 i32. Gradient ȳ to x inside and at the bounds, to the bound outside. */
export const clip: (x: TensorLike, low: TensorLike | null, high: TensorLike | null) => Tensor = row(
  'clip',
  { x: ALONE, low: ANY, high: ANY },
  (x, low: TensorLike | null, high: TensorLike | null) => {
    const t = counted(x);
    const above = low === null ? apply1(Op.identity, t) : maximum(t, counted(operand(low, t, 'low')));
    return high === null ? above : minimum(above, counted(operand(high, t, 'high')));
  },
);

/**
 * x + t·(y − x), from the nearer end, so that t = 0 gives x and t = 1 gives y. f32 f64 c64 c128. Gradient ȳ·(1 − t) for x, ȳ·t for y,
 * ȳ·(y − x) for t, conjugated.
 */
export const lerp: (x: TensorLike, y: TensorLike, t: TensorLike) => Tensor = row('lerp', { x: TENSOR, y: TENSOR, t: TENSOR }, (x, y, t) => {
  const d = sub(y, x);
  const rest = sub(1, t);
  return where(less(abs(t), abs(rest)), add(x, mul(d, t)), sub(y, mul(d, rest)));
});

/** |x − y|², of the operands' dtype. f32 f64 c64 c128 i32. Gradient 2ȳ·(x − y) for x, its negative for y (complex: of Re ȳ). */
export const squaredDifference: Binary = row('squaredDifference', { x: TENSOR, y: TENSOR }, (x, y) => {
  const d = sub(x, y);
  return isComplex(d.dtypeNumber) ? mul(d, conj(d)) : square(d);
});

/** r·(cos θ + i sin θ). f32 → c64, f64 → c128. */
export const polar: (r: TensorLike, theta: TensorLike) => Tensor = row('polar', { r: TENSOR, theta: TENSOR }, (r, theta) =>
  complex(mul(inexact(r), cos(theta)), mul(inexact(r), sin(theta))),
);
