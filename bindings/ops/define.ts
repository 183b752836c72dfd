/** The forms that rows of the op table take: from TensorLike arguments to one call. Knows no op. */
import type { Op } from '../../assembly/shared/opcode.js';
import { apply1, apply2, revive, writeAttributes } from '../call.js';
import { operand, type TensorLike } from '../convert.js';
import { Tensor } from '../tensor.js';

export type Unary = (x: TensorLike) => Tensor;
export type Binary = (x: TensorLike, y: TensorLike) => Tensor;

/** The operand as a tensor, which is the common case. */
export const one = (x: TensorLike, op: Op): Tensor => (x instanceof Tensor ? x : operand(x, undefined, op));

export const unary =
  (op: Op): Unary =>
  (x) =>
    apply1(op, one(x, op));

export const binary =
  (op: Op): Binary =>
  (x, y) => {
    const a = x instanceof Tensor ? x : operand(x, y, op);
    return apply2(op, a, y instanceof Tensor ? y : operand(y, a, op));
  };

/** A call of one operand with attributes, which are written once the operand is in linear memory. */
export function withAttributes(op: Op, x: Tensor, attributes: readonly number[]): Tensor {
  if (x.at === 0) revive(x);
  return apply1(op, x, writeAttributes(attributes));
}
