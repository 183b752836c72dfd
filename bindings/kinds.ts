/**
 * The kinds of arguments: a kind checks and converts an argument, and has the words by which errors describe it. The form of a function names
 * the kinds of its arguments, see form.ts. Knows no op.
 */
import { DType, Record as Rec } from '../assembly/shared/abi.js';
import { scalar, whole } from './call.js';
import { isScalar, operand, type Scalar, type TensorLike, tensor } from './convert.js';
import { type DTypeName, dtypeNames, isWeak } from './dtype.js';
import { ArgumentError, CompileError, DTypeError, type ErrorClass, refused, ShapeError, shown } from './errors.js';
import { core, i32, views } from './module.js';
import { Tensor } from './tensor.js';

export interface Kind<T> {
  /** A description of the kind, which follows "is" in a sentence. */
  readonly words: string;
  /** The converted argument; undefined if it is of another kind. Errors call it `name`; numbers take the dtype of the operand `beside`. */
  read(v: unknown, name: string, beside?: unknown): T | undefined;
  /** The class of the error for an argument of another kind. */
  readonly Refusal: ErrorClass;
  /** Whether the argument is a tensor, which errors describe. */
  readonly isOperand: boolean;
  /** Whether every tensor is accepted unchanged. */
  readonly isAnyTensor: boolean;
}

export const kind = <T>(words: string, read: Kind<T>['read'], Refusal: ErrorClass = ArgumentError): Kind<T> => ({
  words,
  read,
  Refusal,
  isOperand: false,
  isAnyTensor: false,
});

/** The value of a tensor of rank 0 in place of a plain number. @throws when a gradient or a program would depend on it. */
function elementOf(t: Tensor, name: string): Scalar | undefined {
  if (t.rank !== 0) return undefined;
  if (t.wake() !== 0 && core.isWatched(t.at, t.generation))
    throw refused(
      ArgumentError,
      '',
      `${name} has no gradient, and the tensor given is being differentiated; leave it out of params, or pass stopGradient(${name}).item()`,
    );
  try {
    return t.item();
  } catch (error) {
    if (error instanceof CompileError)
      throw refused(
        CompileError,
        '',
        `${name} is a part of the program, and the tensor given is known only when it runs; name the argument in compile(f, { static: […] })`,
      );
    throw error;
  }
}

/** A number, which may be given as a tensor of rank 0. */
function numberOf(v: unknown, name: string): number | undefined {
  if (typeof v === 'number') return v;
  const value = v instanceof Tensor ? elementOf(v, name) : undefined;
  return typeof value === 'number' ? value : undefined;
}

/** A list whose items are converted by `read`; the list itself if no item changes. */
export function listOf<T>(v: unknown, name: string, read: (item: unknown, name: string) => T | undefined): readonly T[] | undefined {
  if (!Array.isArray(v)) return undefined;
  let list = v as T[];
  for (let i = 0; i < list.length; i++) {
    const item = read(v[i], name);
    if (item === undefined) return undefined;
    if (item === v[i]) continue;
    if (list === v) list = [...v];
    list[i] = item;
  }
  return list;
}

const INT32 = 2 ** 31;

const isWhole = (v: unknown, least: number, most: number): v is number => typeof v === 'number' && Number.isInteger(v) && v >= least && v <= most;

/** A whole number from `least`. */
export const wholeFrom = (least: number, most = INT32 - 1): Kind<number> =>
  kind(`a whole number${least === -INT32 && most < INT32 ? '' : ` from ${least} to ${most}`}`, (v, name) => {
    const n = typeof v === 'number' ? v : numberOf(v, name);
    return isWhole(n, least, most) ? n : undefined;
  });

/** A list of whole numbers from `least`, of which some may be given as tensors. */
function wholeList(v: unknown, name: string, one: Kind<number>, least: number): readonly number[] | undefined {
  if (!Array.isArray(v)) return undefined;
  for (let i = 0; i < v.length; i++) if (!isWhole(v[i], least, INT32 - 1)) return listOf(v, name, one.read);
  return v;
}

/** A whole number from `least`, or a list of them. */
export function wholesFrom(least: number): Kind<number | readonly number[]> {
  const one = wholeFrom(least);
  return kind(`${one.words} or a list of them`, (v, name) =>
    isWhole(v, least, INT32 - 1) ? v : Array.isArray(v) ? wholeList(v, name, one, least) : one.read(v, name),
  );
}

export const WHOLE = /* @__PURE__ */ wholeFrom(-INT32);
export const WHOLES = /* @__PURE__ */ wholesFrom(-INT32);
export const COUNT = /* @__PURE__ */ wholeFrom(1);
export const COUNTS = /* @__PURE__ */ wholesFrom(1);
export const SIZE = /* @__PURE__ */ wholeFrom(0);
export const SIZES = /* @__PURE__ */ wholesFrom(0);

/** A list of whole numbers: an order of axes, a shape with a −1. */
export const WHOLE_LIST: Kind<readonly number[]> = /* @__PURE__ */ kind('a list of whole numbers', (v, name) => wholeList(v, name, WHOLE, -INT32));

/** A list of at most eight sizes. */
export const SHAPE: Kind<readonly number[]> = /* @__PURE__ */ kind(
  'a list of whole numbers from 0 to 2147483647',
  (v, name) => {
    const list = wholeList(v, name, SIZE, 0);
    if (list && list.length > 8) throw refused(ShapeError, '', `takes at most 8 dimensions; got ${list.length}`);
    return list;
  },
  ShapeError,
);

/** A list of whole numbers and nulls, or one of them: positions of a slice. */
export const POSITIONS: Kind<number | null | readonly (number | null)[]> = /* @__PURE__ */ kind('a whole number or null, or a list of them', (v, name) => {
  const one = (item: unknown): number | null | undefined => (item === null ? item : WHOLE.read(item, name));
  const single = one(v);
  return single === undefined ? listOf(v, name, one) : single;
});

const isReal = (n: number | undefined): n is number => n !== undefined && !Number.isNaN(n);

export const REAL: Kind<number> = /* @__PURE__ */ kind('a number', (v, name) => {
  const n = numberOf(v, name);
  return isReal(n) ? n : undefined;
});

/** A number not below 0, such as one that is added under a root. */
export const NOT_NEGATIVE: Kind<number> = /* @__PURE__ */ kind('a number from 0', (v, name) => {
  const n = numberOf(v, name);
  return isReal(n) && n >= 0 ? n : undefined;
});

export const POSITIVE: Kind<number> = /* @__PURE__ */ kind('a number above 0', (v, name) => {
  const n = numberOf(v, name);
  return isReal(n) && n > 0 ? n : undefined;
});

export const FLAG: Kind<boolean> = /* @__PURE__ */ kind('true or false', (v) => (typeof v === 'boolean' ? v : undefined));

/** A number, boolean or {re, im} that fills a tensor. */
export const SCALAR: Kind<Scalar> = /* @__PURE__ */ kind('a number, a boolean or {re, im}', (v, name) =>
  v instanceof Tensor ? elementOf(v, name) : isScalar(v) ? v : undefined,
);

/** Likewise, or a tensor of rank 0, which stays one. */
export const FILL: Kind<Scalar | Tensor> = /* @__PURE__ */ kind(SCALAR.words, (v, name) =>
  SCALAR.read(v, name) === undefined ? undefined : (v as Scalar | Tensor),
);

/** A number, or a tensor of rank 0, which may be differentiated. */
export const END: Kind<number | Tensor> = /* @__PURE__ */ kind('a number or a tensor of rank 0', (v) => {
  if (v instanceof Tensor) return v.rank === 0 ? v : undefined;
  return typeof v === 'number' && !Number.isNaN(v) ? v : undefined;
});

/** A number, which stays one, or an operand. */
export const NUMBER_OR_TENSOR: Kind<number | Tensor> = /* @__PURE__ */ kind('a number, or a tensor or nested arrays of numbers', (v, name) =>
  typeof v === 'number' ? (Number.isNaN(v) ? undefined : v) : operand(v as TensorLike, undefined, name),
);

/** A key of random numbers. */
export const KEY: Kind<Tensor> = /* @__PURE__ */ kind('a key, made by random.key(seed) or random.split(key)', (v) =>
  v instanceof Tensor && v.dtypeNumber === DType.int32 ? v : undefined,
);

export const TEXT: Kind<string> = /* @__PURE__ */ kind('a text', (v) => (typeof v === 'string' ? v : undefined));

/** One of some words. */
export const oneOf = <Word extends string>(...words: readonly Word[]): Kind<Word> =>
  kind(`${words.map((word) => `'${word}'`).join(', ')}`.replace(/, ([^,]*)$/, ' or $1'), (v) => words.find((word) => word === v));

export const DTYPE: Kind<DTypeName> = { ...oneOf(...dtypeNames), Refusal: DTypeError };

const OPERAND = 'a tensor, or numbers, booleans, {re, im} and nested arrays of them';

const operandKind = <T = Tensor>(read: Kind<T>['read'], isAnyTensor = true): Kind<T> => ({
  words: OPERAND,
  read,
  Refusal: ArgumentError,
  isOperand: true,
  isAnyTensor,
});

/** An operand that is broadcast with others; a value that is not a tensor takes the dtype of the tensor beside it. */
export const TENSOR = /* @__PURE__ */ operandKind((v, name, beside) => operand(v as TensorLike, beside, name));

/** An operand whose dtype doesn't depend on others. */
export const ALONE = /* @__PURE__ */ operandKind((v, name) => operand(v as TensorLike, undefined, name));

/** An operand that the op itself converts. */
export const ANY: Kind<TensorLike> = /* @__PURE__ */ operandKind((v) => v as TensorLike | undefined);

/** An operand, or null for none. */
export const OPTIONAL: Kind<Tensor | null> = /* @__PURE__ */ operandKind((v, name, beside) => (v === null ? v : operand(v as TensorLike, beside, name)));

/** Whether t is known only when the program that is being traced runs. */
export function isTraced(t: Tensor): boolean {
  if (t.wake() === 0) return false;
  views();
  return (i32[(t.at + Rec.traced) >>> 2] as number) < 0;
}

/** A whole number, or a scalar of one that only the program knows. */
const placeOf = (v: unknown, name: string): number | Tensor | undefined =>
  v instanceof Tensor && isTraced(v) && v.rank === 0 && !core.isWatched(v.at, v.generation) ? v : WHOLE.read(v, name);

/** Places in axes, one or several, which a program may know only when it runs. */
export const PLACES: Kind<number | Tensor | readonly (number | Tensor)[]> = /* @__PURE__ */ kind(WHOLES.words, (v, name) =>
  Array.isArray(v) ? listOf(v, name, placeOf) : placeOf(v, name),
);

const WORD = /* @__PURE__ */ wholeFrom(0, 2 ** 32 - 1);

/** A whole number from 0 to 2³² − 1, likewise. */
export const DATA: Kind<number | Tensor> = /* @__PURE__ */ kind(WORD.words, (v, name) =>
  v instanceof Tensor && isTraced(v) ? (placeOf(v, name) as Tensor) : WORD.read(v, name),
);

/** Truth values. */
export const MASK = /* @__PURE__ */ operandKind((v, name) => (v instanceof Tensor ? v : tensor(v as TensorLike, { dtype: 'bool' }, name)));

/** Places in an axis: int32. */
export const INDICES = /* @__PURE__ */ operandKind((v, name) => {
  if (v instanceof Tensor && isWeak(v.dtypeFor(name)) && v.rank === 0) {
    const place = placeOf(v, name);
    if (place !== undefined) return place instanceof Tensor ? whole(place) : scalar(DType.int32, place);
  }
  const isWrong = v instanceof Tensor ? v.dtypeNumber !== DType.int32 : v instanceof Float32Array || v instanceof Float64Array;
  if (isWrong) throw refused(DTypeError, '', `${name} are int32; got ${shown(v)}, make them of whole numbers by tensor(…, { dtype: 'int32' })`);
  return v instanceof Tensor ? v : tensor(v as TensorLike, { dtype: 'int32' }, name);
}, false);

/** A list of operands; numbers and arrays take the dtype of the first tensor among them. */
export const TENSORS: Kind<readonly Tensor[]> = {
  ...operandKind<readonly Tensor[]>((v, name) => {
    if (!Array.isArray(v) || v.length === 0) return undefined;
    let beside: unknown;
    for (let i = 0; i < v.length && !beside; i++) {
      if (v[i] === undefined) return undefined;
      if (v[i] instanceof Tensor) beside = v[i];
    }
    return listOf(v, name, (item) => operand(item as TensorLike, beside, name));
  }, false),
  words: 'a list of at least one tensor',
};

/** A pair of numbers of the kind `one`. */
const pairKind =
  (one: Kind<number>) =>
  (v: unknown, name: string): readonly [number, number] | undefined => {
    const pair = listOf(v, name, one.read);
    return pair?.length === 2 ? (pair as readonly [number, number]) : undefined;
  };

export const pairOf = /* @__PURE__ */ pairKind(SIZE);

/** Pairs, one for each axis, or a number for all of them. */
const pairsOf = (one: Kind<number>): Kind<number | readonly (readonly [number, number])[]> =>
  kind(`${one.words}, or a pair [before, after] for each axis`, (v, name) => (Array.isArray(v) ? listOf(v, name, pairKind(one)) : one.read(v, name)));

export const PAIRS = /* @__PURE__ */ pairsOf(SIZE);
/** Numbers of elements to add at each end of an axis; a negative number removes elements. */
export const CUTS = /* @__PURE__ */ pairsOf(WHOLE);

/** Places in an axis, or truth values that choose some. */
export const INDICES_OR_MASK = /* @__PURE__ */ operandKind((v, name) => {
  let first = v;
  for (let depth = 0; Array.isArray(first) && depth < 9; depth++) [first] = first as unknown[];
  const isMask = v instanceof Tensor ? v.dtypeNumber === DType.bool : typeof first === 'boolean';
  return isMask ? operand(v as TensorLike, undefined, name) : INDICES.read(v, name);
}, false);
