/** Rows of the op table: arithmetic. */
import { Op } from '../../assembly/shared/opcode.js';
import { binary, unary } from './define.js';

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
