/** Rows of the op table: arithmetic. ȳ is the cotangent; gradients are summed over axes along which an operand was broadcast. */
import { Op } from '../../assembly/shared/opcode.js';
import { apply2 } from '../call.js';
import type { TensorLike } from '../convert.js';
import { ANY, TENSOR } from '../kinds.js';
import type { Tensor } from '../tensor.js';
import { type Binary, binary, row, two, unary } from './define.js';

/** x + y, elementwise with broadcasting. f32 f64 c64 c128 i32. x̄ = ȳ. */
export const add = binary(Op.add);
/** x − y, elementwise with broadcasting. f32 f64 c64 c128 i32. Gradient ȳ for x, −ȳ for y. */
export const sub = binary(Op.sub);
/** x·y, elementwise with broadcasting. f32 f64 c64 c128 i32. Gradient ȳ·conj y for x, ȳ·conj x for y. */
export const mul = binary(Op.mul);
/** −x. f32 f64 c64 c128 i32. Gradient −ȳ. */
export const neg = unary(Op.neg);
/** x². f32 f64 c64 c128 i32. Gradient 2ȳ·conj x. */
export const square = unary(Op.square);

/** x/y, elementwise with broadcasting. f32 f64 c64 c128; i32 and bool give f32. Gradient ȳ/conj y for x, −ȳ·conj(x/y²) for y. */
export const div = binary(Op.div);

/** 1/x. f32 f64 c64 c128. Gradient −ȳ·conj(1/x²). */
export const reciprocal = unary(Op.reciprocal);
/** x/y, 0 where y is 0, and so is the gradient there. f32 f64 c64 c128. */
export const divNoNan = binary(Op.divNoNan);
/** x·y, 0 where y is 0 even if x is infinite or NaN. f32 f64 c64 c128. Gradient as of x·y. */
export const mulNoNan = binary(Op.mulNoNan);
/** x/y, 0 where x is 0 even if y is 0 or NaN. f32 f64 c64 c128. Gradient ȳ/conj y for x; for y −ȳ·conj(x/y²), 0 where x is 0. */
export const xdivy = binary(Op.xdivy);
/** x·log y, 0 where x is 0. f32 f64. Gradient ȳ·log y for x, 0 where also y ≤ 0; ȳ·x/y for y, 0 where x is 0. */
export const xlogy = binary(Op.xlogy);
/** ⌊x/y⌋. f32 f64 i32. No gradient. @throws TypeError when an int32 divisor is 0. */
export const floorDiv = binary(Op.floorDiv);
/** x − y·⌊x/y⌋, of the sign of y; at most one rounding. f32 f64 i32. Gradient ȳ for x, −ȳ·⌊x/y⌋ for y. @throws TypeError when an int32 divisor is 0. */
export const remainder = binary(Op.remainder);

/**
 * x^y, principal. f32 f64 c64 c128 i32. |err| ≤ 4 ulp, complex 8 eps·(1 + |y log x|). Gradient ȳ·conj(y·x^(y−1)) for x, 0 where y is 0;
 * ȳ·conj(x^y·log x) for y, 0 where x ≤ 0 (complex: where x = 0). `pow(x, 2)` is `square(x)`.
 * @throws TypeError when an int32 exponent is negative.
 */
export const pow: Binary = row('pow', { x: ANY, y: ANY }, (x: TensorLike, y: TensorLike) => (y === 2 ? square(x) : apply2(Op.pow, ...two(x, y))));

/** √x. f32 f64 c64 c128; complex with Re ≥ 0. Gradient ȳ/(2·conj √x), ∞ at 0. */
export const sqrt = unary(Op.sqrt);
/** 1/√x. f32 f64 c64 c128. Gradient −ȳ·conj(1/√x)³/2, −∞ at 0. */
export const rsqrt = unary(Op.rsqrt);
/** ∛x, for real x of its sign, for complex x principal. f32 f64 c64 c128. Gradient ȳ/(3·conj ∛x²), ∞ at 0. */
export const cbrt = unary(Op.cbrt);

/** |x|, real. f32 f64 c64 c128 i32. Gradient ȳ·x/|x|, 0 at 0. */
export const abs = unary(Op.abs);
/** x/|x|, 0 at 0. f32 f64 c64 c128 i32. Gradient 0 for real x, the component of ȳ across x over |x| for complex x. */
export const sign = unary(Op.sign);
/** |x| with the sign of y, of −0 too. f32 f64. Gradient ȳ for x where the signs agree, −ȳ where not, 0 at 0; none for y. */
export const copysign = binary(Op.copysign);

/** The larger of x and y; NaN if either is. f32 f64 i32 bool. The gradient goes to the larger, to x where they are equal. */
export const maximum = binary(Op.maximum);
/** The smaller of x and y; NaN if either is. f32 f64 i32 bool. The gradient goes to the smaller, to x where they are equal. */
export const minimum = binary(Op.minimum);

/** √(x² + y²) without overflow. f32 f64. Gradient ȳ·x/hypot for x, ȳ·y/hypot for y, 0 at the origin. */
export const hypot = binary(Op.hypot);
/** The angle of the point (x, y) in [−π, π]. f32 f64. Gradient ȳ·x/(x² + y²) for y, −ȳ·y/(x² + y²) for x, 0 at the origin. */
export const atan2: (y: TensorLike, x: TensorLike) => Tensor = binary(Op.atan2, { y: TENSOR, x: TENSOR });
/** log(eˣ + eʸ) without overflow. f32 f64. Gradient ȳ·σ(x − y) for x, ȳ·σ(y − x) for y. */
export const logaddexp = binary(Op.logaddexp);
