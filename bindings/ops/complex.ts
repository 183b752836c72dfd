/** Rows of the op table: complex numbers and their parts. ȳ is the cotangent, ∂L/∂Re + i·∂L/∂Im. */
import { Op } from '../../assembly/shared/opcode.js';
import { apply1, apply2 } from '../call.js';
import type { TensorLike } from '../convert.js';
import { complexOf, isComplex } from '../dtype.js';
import { ALONE, TENSOR } from '../kinds.js';
import type { Tensor } from '../tensor.js';
import { binary, converted, inexact, onlyComplex, row, type Unary, unary } from './define.js';

/** re + i·im, elementwise with broadcasting. f32 → c64, f64 → c128. Gradient Re ȳ for re, Im ȳ for im. */
export const complex: (re: TensorLike, im: TensorLike) => Tensor = binary(Op.complex, { re: TENSOR, im: TENSOR });
/** Re x. Complex → real; a real x stays. Gradient ȳ. */
export const real = onlyComplex(Op.real);
/** Im x. Complex → real; of a real x zeros. Gradient iȳ. */
export const imag: Unary = row('imag', { x: ALONE }, (x) => (isComplex(x.dtypeNumber) ? apply1(Op.imag, x) : apply2(Op.sub, x, x)));
/** conj x; a real x stays. Gradient conj ȳ. */
export const conj = onlyComplex(Op.conj);

/** arg x in [−π, π], cut along the negative reals, 0 at 0. Complex → real; of a real x 0 or π. Gradient iȳ·x/|x|², 0 at 0. */
export const angle: Unary = row('angle', { x: ALONE }, (x) => {
  const z = inexact(x);
  return apply1(Op.angle, isComplex(z.dtypeNumber) ? z : converted(z, complexOf(z.dtypeFor('angle'))));
});

/** (Re x, Im x) along a new last axis. (…) complex → (…, 2) real; shares storage. Gradient ȳ as complex numbers. */
export const viewAsReal = unary(Op.viewAsReal);
/**
 * x₀ + i·x₁ along the last axis. (…, 2) real → (…) complex; shares storage where strides allow. Gradient ȳ as pairs.
 * @throws ShapeError when the last axis has another size.
 */
export const viewAsComplex = unary(Op.viewAsComplex);
