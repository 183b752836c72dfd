/** Makes rows of the op table: functions, and methods of tensors, that read their arguments by a form and call the core. Knows no op but the conversions. */

import { DType } from '../../assembly/shared/abi.js';
import { Op } from '../../assembly/shared/opcode.js';
import { axesWords, shapeWords } from '../attributes.js';
import { apply1, apply2, applyMany, revive, writeAttributes } from '../call.js';
import { operand, type TensorLike } from '../convert.js';
import { complexOf, isComplex, isInexact, isWeak } from '../dtype.js';
import { blamed, called, calledOne, calledTwo, type Form, form, refuseExtra, type Slot, type Slots } from '../form.js';
import { ALONE, type Kind, TENSOR } from '../kinds.js';
import { opName } from '../opnames.js';
import { Tensor } from '../tensor.js';

export type Unary = (x: TensorLike) => Tensor;
export type Binary = (x: TensorLike, y: TensorLike) => Tensor;

/** The operand as a tensor; errors call it `name`. */
export const one = (x: TensorLike, name = 'x'): Tensor => (x instanceof Tensor ? x : operand(x, undefined, name));

/** Both operands as tensors; a value that is not a tensor takes the other's dtype. */
export const two = (x: TensorLike, y: TensorLike): readonly [Tensor, Tensor] => {
  const a = x instanceof Tensor ? x : operand(x, y, 'x');
  return [a, y instanceof Tensor ? y : operand(y, a, 'y')];
};

/**
 * The object from which `Tensor.prototype` inherits the methods. Made without a prototype it is a dictionary from the start. A property added to a
 * class's prototype costs ten times as much: for all methods, a tenth of the time to a process's first gradient.
 */
export const methods = Object.create(null) as object;

export function install(name: PropertyKey, value: (this: Tensor, ...args: never) => unknown): void {
  Object.defineProperty(methods, name, { value, configurable: true, writable: true });
}

/** Every row's form by the name of its function. */
export const forms: Record<string, Form> = Object.create(null);

function entered(name: string, operands: Slots, options: Slots | Reading | undefined, f?: Reading): [Form, Reading] {
  const of = typeof options === 'object' ? form(name, operands, options) : form(name, operands);
  forms[name] = of;
  return [of, f ?? (options as Reading)];
}

const named = <F>(name: string, f: F): F => Object.defineProperty(f, 'name', { value: name });

/**
 * Makes a row whose function may call several ops. Operands and options are converted before `f` is called with tensors and all options. An error
 * inside `f` is reported as an error of `name` with its operands.
 */
interface Row {
  <F extends AnyFunction>(name: string, operands: Slots, f: Inner<Parameters<F>, never, ReturnType<F>>): F;
  <F extends AnyFunction, const S extends SlotsOf<F> = SlotsOf<F>>(name: string, operands: Slots, options: S, f: Inner<Parameters<F>, S, ReturnType<F>>): F;
}

type Reading = (...values: never[]) => unknown;

/** Enters the form of a function that reads its arguments itself, because it has any number of operands. */
export const described = (name: string, operands: Slots): Form => entered(name, operands, undefined)[0];

/** Whether v is a tensor; false for an object that throws at the question, as a proxy may. */
function isTensor(v: unknown): v is Tensor {
  try {
    return v instanceof Tensor;
  } catch {
    return false;
  }
}

/** A row that is no method, because its first operand is not its subject. */
export const functionRow: Row = (name: string, operands: Slots, options: Slots | Reading, f?: Reading) => functionOf(...entered(name, operands, options, f));

// Parameters are written out and further arguments read from `arguments`, as a rest parameter would make an array at each call.
function functionOf(of: Form, f: Reading): never {
  return named<unknown>(of.name, function (a: unknown, b: unknown, c: unknown, d: unknown, e: unknown): unknown {
    for (let i = of.most; i < arguments.length; i++) refuseExtra(of, arguments[i]);
    return called(of, f, a, b, c, d, e);
  }) as never;
}

/** A row that is a function, and a method of its first operand. */
export const row: Row = (name: string, operands: Slots, options: Slots | Reading, f?: Reading) => {
  const [of, reading] = entered(name, operands, options, f);
  const [first, ...others] = Object.values(operands) as Kind<unknown>[];
  const isShort = first?.isAnyTensor && others.length < 2;
  if (isShort) {
    const short = others.length ? calledTwo : calledOne;
    install(name, function (b: unknown, c: unknown) {
      for (let i = of.most - 1; i < arguments.length; i++) refuseExtra(of, arguments[i]);
      return short(of, reading, this, b, c);
    });
    return named<unknown>(name, function (a: unknown, b: unknown, c: unknown) {
      for (let i = of.most; i < arguments.length; i++) refuseExtra(of, arguments[i]);
      return isTensor(a) ? short(of, reading, a, b, c) : called(of, reading, a, b, c);
    }) as never;
  }
  install(name, function (b: unknown, c: unknown, d: unknown, e: unknown) {
    for (let i = of.most - 1; i < arguments.length; i++) refuseExtra(of, arguments[i]);
    return called(of, reading, this, b, c, d, e);
  });
  return functionOf(of, reading);
};

type AnyFunction = (...args: never[]) => unknown;

/** The part of an argument's type that is an object of options. */
type OptionsIn<T> = T extends number | string | boolean | null | undefined | readonly unknown[] | Tensor | { readonly re: number } ? never : T;

type LastOf<A> = A extends readonly [unknown?, (infer O)?]
  ? O
  : A extends readonly [unknown?, unknown?, (infer O)?]
    ? O
    : A extends readonly [unknown?, unknown?, unknown?, (infer O)?]
      ? O
      : never;

/** A slot for each option, of its type. */
export type SlotsOf<F extends AnyFunction> = {
  readonly [K in keyof OptionsIn<LastOf<Parameters<F>>>]-?: Slot<Exclude<OptionsIn<LastOf<Parameters<F>>>[K], undefined>>;
};

/** An operand as `f` receives it. */
type Read<T> = TensorLike extends T ? Tensor | Extract<T, null> : Exclude<T, undefined>;

/** Options as `f` receives them: an option with a default is never undefined. */
export type Filled<O, S> = {
  readonly [K in keyof O]-?: K extends keyof S ? (S[K] extends readonly [unknown, infer D] ? Exclude<O[K], undefined> | D : O[K] | undefined) : never;
};

type Inner<A, S, R> = [S] extends [never]
  ? (...values: { [I in keyof A]-?: Read<A[I]> } extends infer V extends readonly unknown[] ? V : never) => R
  : A extends readonly [(infer X)?, (infer O)?]
    ? (x: Read<X>, options: Filled<OptionsIn<O>, S>) => R
    : A extends readonly [(infer X)?, (infer Y)?, (infer O)?]
      ? (x: Read<X>, y: Read<Y>, options: Filled<OptionsIn<O>, S>) => R
      : A extends readonly [(infer X)?, (infer Y)?, (infer Z)?, (infer O)?]
        ? (x: Read<X>, y: Read<Y>, z: Read<Z>, options: Filled<OptionsIn<O>, S>) => R
        : never;

const X: Slots = { x: ALONE };
const XY: Slots = { x: TENSOR, y: TENSOR };

/** A row of a primitive with one operand. Its method calls the core without checking that operand, which is a tensor. */
export function unary(op: Op, operands = X): Unary {
  const [of] = entered(opName(op), operands, undefined);
  install(of.name, function () {
    for (let i = 0; i < arguments.length; i++) refuseExtra(of, arguments[i]);
    try {
      return apply1(op, this);
    } catch (error) {
      throw blamed(error, of, [this]);
    }
  });
  return unaryOf(op, of);
}

/** The same without the method. */
export const unaryFunction = (op: Op, operands = X): Unary => unaryOf(op, entered(opName(op), operands, undefined)[0]);

function unaryOf(op: Op, of: Form): Unary {
  const apply = (x: Tensor): Tensor => apply1(op, x);
  return named(of.name, function (x: TensorLike): Tensor {
    for (let i = 1; i < arguments.length; i++) refuseExtra(of, arguments[i]);
    if (!isTensor(x)) return called(of, apply, x, undefined);
    try {
      return apply1(op, x);
    } catch (error) {
      throw blamed(error, of, [x]);
    }
  });
}

export function binary(op: Op, operands = XY): Binary {
  const [of] = entered(opName(op), operands, undefined);
  const second = Object.keys(operands)[1] as string;
  const apply = (x: Tensor, y: Tensor): Tensor => apply2(op, x, y);
  install(of.name, function (y: TensorLike) {
    for (let i = 1; i < arguments.length; i++) refuseExtra(of, arguments[i]);
    try {
      return apply2(op, this, y instanceof Tensor ? y : operand(y, this, second));
    } catch (error) {
      throw blamed(error, of, [this, y]);
    }
  });
  return named(of.name, function (x: TensorLike, y: TensorLike): Tensor {
    for (let i = 2; i < arguments.length; i++) refuseExtra(of, arguments[i]);
    if (!isTensor(x) || !isTensor(y)) return called(of, apply, x, y);
    try {
      return apply2(op, x, y);
    } catch (error) {
      throw blamed(error, of, [x, y]);
    }
  });
}

/** Calls an op of one operand with attributes, which it writes after the operand is in linear memory. */
export function withAttributes(op: Op, x: Tensor, attributes: readonly number[]): Tensor {
  if (x.at === 0) revive(x);
  return apply1(op, x, writeAttributes(attributes));
}

/** The core's reduction of x over `axis`. */
export const reduced = (op: Op, x: Tensor, axis: number | readonly number[] | undefined, keepDims: boolean | undefined): Tensor =>
  withAttributes(op, x, axesWords(keepDims ? 1 : 0, axis));

/** x converted to `dtype`; x itself if it has that dtype. */
export function converted(x: Tensor, dtype: DType): Tensor {
  return x.dtypeFor('cast') === dtype ? x : withAttributes(Op.cast, x, [dtype]);
}

/** Two operands; a real one beside a complex one of its precision is converted to complex. */
export function together(a: Tensor, b: Tensor, op: string): readonly [Tensor, Tensor] {
  const x = a.dtypeFor(op);
  const y = b.dtypeFor(op);
  if (isComplex(x) === isComplex(y)) return [a, b];
  const [real, complex] = isComplex(x) ? [y, x] : [x, y];
  const to = isWeak(complex) ? complexOf(real) : complex;
  const isOne = isInexact(real) && (isWeak(real) || complexOf(real) === to);
  return isOne ? [converted(a, to), converted(b, to)] : [a, b];
}

/** x, converted to float32 if it is int32 or bool. */
export function inexact(x: Tensor): Tensor {
  return x.dtypeNumber >= DType.int32 ? converted(x, DType.float32) : x;
}

/** x, with bools converted to 0 and 1. */
export const counted = (x: Tensor): Tensor => (x.dtypeNumber === DType.bool ? converted(x, DType.int32) : x);

/** x, converted to the dtype of y, or to float32, if it is int32 or bool. */
export function inexactBeside(x: Tensor, y: Tensor): Tensor {
  return x.dtypeNumber >= DType.int32 ? converted(x, y.dtypeNumber >= DType.int32 ? DType.float32 : y.dtypeNumber) : x;
}

/** A complex op that leaves real operands as they are. */
export const onlyComplex = (op: Op): Unary => row(opName(op), X, (x) => apply1(isComplex(x.dtypeNumber) ? op : Op.identity, x));

/** A row of a logical op, for which a number is true if it differs from 0. */
export const logical = (op: Op): Binary => row(opName(op), { x: ALONE, y: ALONE }, (x, y) => apply2(op, converted(x, DType.bool), converted(y, DType.bool)));

/** Calls an op of three operands or more. */
export const many = (op: Op, operands: readonly Tensor[]): Tensor => applyMany(op, operands)[0] as Tensor;

/** x in another shape, which may have more dimensions than the tensors of users. */
export const reshaped = (x: Tensor, shape: readonly number[]): Tensor => withAttributes(Op.reshape, x, shapeWords(shape));

/** x repeated up to a shape, likewise. */
export const broadcast = (x: Tensor, shape: readonly number[]): Tensor => withAttributes(Op.broadcastTo, x, shapeWords(shape));

/** Calls an op with attributes, after converting a real operand beside a complex one to complex; the core does so only for ops without attributes. */
export function promoted(op: Op, a: Tensor, b: Tensor, attributes: readonly number[]): Tensor {
  const [x, y] = together(a, b, opName(op));
  if (x.at === 0) revive(x);
  if (y.at === 0) revive(y, [x]);
  return apply2(op, x, y, writeAttributes(attributes));
}
