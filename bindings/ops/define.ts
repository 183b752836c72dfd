/** The forms that rows of the op table take: from TensorLike arguments to one call. Knows no op but the conversions. */
import { DType } from '../../assembly/shared/abi.js';
import { Op } from '../../assembly/shared/opcode.js';
import { apply1, apply2, applyMany, revive, writeAttributes } from '../call.js';
import { operand, type TensorLike } from '../convert.js';
import { isComplex } from '../dtype.js';
import { opName } from '../opnames.js';
import { Tensor } from '../tensor.js';

export type Unary = (x: TensorLike) => Tensor;
export type Binary = (x: TensorLike, y: TensorLike) => Tensor;

/** The operand as a tensor, which is the common case; `op` is what errors say. */
export const one = (x: TensorLike, op: string): Tensor => (x instanceof Tensor ? x : operand(x, undefined, op));

/** Both operands as tensors; what isn't one takes the other's dtype. */
export const two = (x: TensorLike, y: TensorLike, op: string): readonly [Tensor, Tensor] => {
  const a = x instanceof Tensor ? x : operand(x, y, op);
  return [a, y instanceof Tensor ? y : operand(y, a, op)];
};

/**
 * What `Tensor.prototype` inherits from. Made without a prototype it is a dictionary from the start, while a property of a class's prototype
 * costs ten times as much: a tenth of what a process pays up to its first gradient.
 */
export const methods = Object.create(null) as object;

export function install(name: PropertyKey, value: (this: Tensor, ...args: never) => unknown): void {
  Object.defineProperty(methods, name, { value, configurable: true, writable: true });
}

/** A row that is more than one call: a function, and the method `name`, which stack traces show. */
export function row<F extends (x: TensorLike, ...rest: never[]) => unknown>(name: string, f: F): F {
  // Fixed arguments: a rest parameter would allocate an array at each call.
  install(name, function (a: never, b: never, c: never) {
    return f(this, a, b, c);
  });
  return f.name ? f : Object.defineProperty(f, 'name', { value: name });
}

/** A row whose first operand is a tensor when it arrives, behind the name that errors say. */
export function namedRow<F extends (op: string, x: Tensor, ...rest: never[]) => unknown>(name: string, f: F): Lenient<F> {
  return row(name, ((x: TensorLike, a: never, b: never, c: never) => f(name, one(x, name), a, b, c)) as Lenient<F>);
}

/** Likewise, of two operands. */
export function pairedRow<F extends (op: string, x: Tensor, y: Tensor, ...rest: never[]) => unknown>(name: string, f: F): Lenient<F> {
  return row(name, ((x: TensorLike, y: TensorLike, a: never) => f(name, ...two(x, y, name), a)) as Lenient<F>);
}

/** What users call: without the name, and with anything that becomes a tensor in place of one. */
type Lenient<F> = F extends (op: string, ...operands: infer Operands) => infer Result
  ? (...operands: { [I in keyof Operands]: Operands[I] extends Tensor ? TensorLike : Operands[I] }) => Result
  : never;

/** One primitive of one operand, which its method calls without a look at what it is. */
export function unary(op: Op): Unary {
  const name = opName(op);
  install(name, function () {
    return apply1(op, this);
  });
  return (x) => apply1(op, one(x, name));
}

export function binary(op: Op): Binary {
  const name = opName(op);
  install(name, function (y: TensorLike) {
    return apply2(op, this, y instanceof Tensor ? y : operand(y, this, name));
  });
  return (x, y) => {
    const a = x instanceof Tensor ? x : operand(x, y, name);
    return apply2(op, a, y instanceof Tensor ? y : operand(y, a, name));
  };
}

/** A call of one operand with attributes, which are written once the operand is in linear memory. */
export function withAttributes(op: Op, x: Tensor, attributes: readonly number[]): Tensor {
  if (x.at === 0) revive(x);
  return apply1(op, x, writeAttributes(attributes));
}

/** x in another dtype; itself when it has it already. */
export function converted(x: Tensor, dtype: DType): Tensor {
  return x.dtypeNumber === dtype ? x : withAttributes(Op.cast, x, [dtype]);
}

/** Whole numbers and booleans as float32. */
export function inexact(x: Tensor): Tensor {
  return x.dtypeNumber >= DType.int32 ? converted(x, DType.float32) : x;
}

/** Truth values as 0 and 1. */
export const counted = (x: Tensor): Tensor => (x.dtypeNumber === DType.bool ? converted(x, DType.int32) : x);

/** x beside y: whole numbers and booleans in the dtype of y, or as float32. */
export function inexactBeside(x: Tensor, y: Tensor): Tensor {
  return x.dtypeNumber >= DType.int32 ? converted(x, y.dtypeNumber >= DType.int32 ? DType.float32 : y.dtypeNumber) : x;
}

/** A complex op that leaves real operands as they are. */
export const onlyComplex = (op: Op): Unary => namedRow(opName(op), (_, x: Tensor) => apply1(isComplex(x.dtypeNumber) ? op : Op.identity, x));

/** An op on truth values: of numbers, whether they differ from 0. */
export const logical = (op: Op): Binary => namedRow(opName(op), (name, x: Tensor, y: TensorLike) => apply2(op, truth(x, name), truth(y, name)));

export const truth = (x: TensorLike, op: string): Tensor => converted(one(x, op), DType.bool);

/** An op of three operands or more. */
export const many = (op: Op, operands: readonly Tensor[]): Tensor => applyMany(op, operands)[0] as Tensor;

/** x under another shape, which may have more dimensions than users' tensors. */
export const reshaped = (x: Tensor, shape: readonly number[]): Tensor => withAttributes(Op.reshape, x, [shape.length, ...shape]);

/** x repeated up to a shape, likewise. */
export const broadcast = (x: Tensor, shape: readonly number[]): Tensor => withAttributes(Op.broadcastTo, x, [shape.length, ...shape]);

/** A call with attributes, a real operand beside a complex one of its precision as complex: the core promotes only where there are none. */
export function promoted(op: Op, a: Tensor, b: Tensor, attributes: readonly number[]): Tensor {
  const i = a.dtypeNumber;
  const j = b.dtypeNumber;
  const x = isComplex(j) && i === j - 2 ? converted(a, j) : a;
  const y = isComplex(i) && j === i - 2 ? converted(b, i) : b;
  if (x.at === 0) revive(x);
  if (y.at === 0) revive(y, [x]);
  return apply2(op, x, y, writeAttributes(attributes));
}
