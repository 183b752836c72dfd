/** Converts JavaScript values to tensors, and says which values can be converted. Knows no ops. */
import { DType, Weak } from '../assembly/shared/abi.js';
import { create, scalar } from './call.js';
import { arrayOf, type ComplexNumber, complexOf, type DTypeName, dtypeNames, isComplex, isInexact, partsOf, standard, type TypedArray } from './dtype.js';
import { ArgumentError, BRAND, DTypeError, refused, ShapeError, shown } from './errors.js';
import { isTensorJSON, itemFromJSON, type TensorJSON } from './json.js';
import { ready } from './module.js';
import { Tensor } from './tensor.js';

export type Scalar = number | boolean | ComplexNumber;
export type Nested = Scalar | readonly Nested[];
/** What an op accepts in place of a tensor. */
export type TensorLike = Tensor | Nested | TypedArray;

export interface TensorOptions {
  readonly dtype?: DTypeName | undefined;
  readonly shape?: readonly number[] | undefined;
}

/** The number of a dtype's name. @throws DTypeError for any other word. */
export function dtypeNumber(name: string, op: string): DType {
  const number = (dtypeNames as readonly string[]).indexOf(name);
  if (number < 0) throw refused(DTypeError, op, `no dtype is called ${shown(name)}; there are ${dtypeNames.join(', ')}`);
  return number;
}

export const isComplexNumber = (v: unknown): v is ComplexNumber =>
  typeof v === 'object' &&
  v !== null &&
  typeof (v as ComplexNumber).re === 'number' &&
  typeof (v as ComplexNumber).im === 'number' &&
  Object.keys(v).length === 2;

export const isScalar = (v: unknown): v is Scalar => typeof v === 'number' || typeof v === 'boolean' || isComplexNumber(v);

/** A view of numbers; of BigInts it is none. */
export const isTypedArray = (v: unknown): v is TypedArray =>
  ArrayBuffer.isView(v) && !(v instanceof DataView || v instanceof BigInt64Array || v instanceof BigUint64Array);

/** Refuses a tensor of another copy of the library. */
export function refuseForeign(v: unknown, op: string): void {
  if (typeof v === 'object' && v !== null && BRAND in v && !(v instanceof Tensor))
    throw refused(ArgumentError, op, 'got a tensor of another copy of gradtape; two copies are loaded, and their tensors do not mix');
}

/** As the public `tensor`; errors call the value `name`. */
export function tensor(value: TensorLike | TensorJSON, options?: TensorOptions, name = 'value'): Tensor {
  ready();
  if (options === undefined && typeof value === 'number') return scalar(standard, value);
  const dtype = options?.dtype === undefined ? undefined : dtypeNumber(options.dtype, 'tensor');
  if (value instanceof Tensor) return fromTensor(value, dtype, options?.shape);
  if (isTensorJSON(value)) return tensor(value.data.map(itemFromJSON), { dtype: value.dtype, shape: value.shape, ...options });
  return fromValue(value, dtype, options?.shape, name);
}

function fromValue(value: Exclude<TensorLike, Tensor>, dtype: DType | undefined, shape: readonly number[] | undefined, name: string): Tensor {
  refuseForeign(value, 'tensor');
  if (isTypedArray(value)) return fromTyped(value, dtype, shape);
  if (isScalar(value) && (shape === undefined || shape.length === 0)) return fromScalar(value, dtype ?? dtypeOf(value));
  return fromNested(value, dtype, shape, name);
}

function fromTensor(t: Tensor, dtype: DType | undefined, shape: readonly number[] | undefined): Tensor {
  const kept = t.dtypeNumber;
  if (dtype !== undefined && dtype !== kept)
    throw refused(DTypeError, 'tensor', `got a ${dtypeNames[kept]} tensor for dtype ${dtypeNames[dtype]}; convert it with cast(x, '${dtypeNames[dtype]}')`);
  const data = t.data();
  return create(kept, shapeOf(shape, t.size, t.shape), data);
}

/** The dtype of a scalar whose dtype is not stated. */
export const dtypeOf = (v: Scalar): DType => (typeof v === 'number' ? standard : typeof v === 'boolean' ? DType.bool : complexOf(standard));

/** A weak scalar, for a number whose dtype is not stated. See Note [Weak numbers] in `assembly/tensor/weak.ts` */
export function weak(v: number | ComplexNumber): Tensor {
  ready();
  return typeof v === 'number' ? scalar(Weak.real, v) : scalar(Weak.complex, v.re, v.im);
}

/** A scalar of `dtype`, which must be able to hold it. */
export function fromScalar(v: Scalar, dtype: DType, op = 'tensor'): Tensor {
  refuseLoss(v, dtype, op);
  return typeof v === 'object' ? scalar(dtype, v.re, v.im) : scalar(dtype, Number(v));
}

/** Real and imaginary part. */
export const complexParts = (v: Scalar): [re: number, im: number] => (typeof v === 'object' ? [v.re, v.im] : [Number(v), 0]);

/** Whether a scalar beside a tensor of this dtype can be converted to it: int32 and bool take only the numbers that they represent. */
const isHeldBy = (v: Scalar, dtype: DType): boolean =>
  typeof v !== 'number' || isInexact(dtype) || (dtype === DType.int32 ? (v | 0) === v : v === 0 || v === 1);

/** Refuses a value that `dtype` can't hold. */
export function refuseLoss(v: Scalar, dtype: DType, op: string): void {
  if (typeof v === 'object' && !isComplex(dtype))
    throw refused(DTypeError, op, `a ${dtypeNames[dtype]} tensor can't hold the complex number {re: ${v.re}, im: ${v.im}}`);
  if (dtype === DType.int32 && !isHeldBy(v, dtype))
    throw refused(DTypeError, op, `an int32 tensor can't hold ${v}; cast the tensor to ${Math.fround(v as number) === v ? 'float32' : 'float64'} first`);
}

function fromTyped(value: TypedArray, dtype: DType | undefined, shape: readonly number[] | undefined): Tensor {
  const chosen = dtype ?? [DType.float32, DType.float64, DType.int32].find((natural) => value instanceof arrayOf(natural));
  if (chosen === undefined)
    throw refused(DTypeError, 'tensor', `${(value as object).constructor.name} has no dtype of its own; say which, e.g. { dtype: 'int32' }`);
  if (value.length === 0) refuseDetached(value);
  const size = value.length / partsOf(chosen);
  if (!Number.isInteger(size)) throw refused(ShapeError, 'tensor', `a ${dtypeNames[chosen]} tensor takes pairs (re, im); got ${value.length} numbers`);
  if (chosen === DType.int32 && !(value instanceof Int32Array)) for (const v of value) refuseLoss(v, chosen, 'tensor');
  return create(chosen, shapeOf(shape, size, [size]), chosen === DType.bool ? Array.from(value, (v) => Number(v !== 0)) : value);
}

/** Refuses a typed array whose buffer was transferred: it has length 0, and no view of its buffer can be made. */
function refuseDetached({ buffer }: TypedArray): void {
  try {
    new Uint8Array(buffer);
  } catch {
    throw refused(ArgumentError, 'tensor', 'the buffer of a typed array is detached: its elements were transferred');
  }
}

function fromNested(value: Nested, dtype: DType | undefined, shape: readonly number[] | undefined, name: string, isBeside = false): Tensor {
  const natural = firstShape(value);
  const numbers = dtype === undefined || dtype <= DType.float64 ? allNumbers(value, natural) : null;
  if (numbers) return create(dtype ?? standard, shapeOf(shape, numbers.length, natural), numbers);
  const flat: Scalar[] = [];
  const nested: number[] = [];
  flatten(value, 0, nested, flat, name);
  const chosen = dtype === undefined ? widest(flat) : isBeside && isInexact(dtype) && flat.some(isObject) ? complexOf(dtype) : dtype;
  if (!isInexact(chosen) || flat.some(isObject)) for (const v of flat) refuseLoss(v, chosen, 'tensor');
  const elements = isComplex(chosen) ? flat.flatMap(complexParts) : chosen === DType.bool ? flat.map((v) => Number(Number(v) !== 0)) : (flat as number[]);
  return create(chosen, shapeOf(shape, flat.length, nested), elements); // booleans become 0 and 1
}

/** The shape of nested arrays that are all as long as the first of their depth. */
function firstShape(value: Nested): number[] {
  const shape: number[] = [];
  for (let list = value; Array.isArray(list) && shape.length < 8; list = list[0]) shape.push(list.length);
  return shape;
}

/** More numbers than so many are not taken at their first lists' word: room for them is made as they come. */
const MANY = 2 ** 22;

/** The numbers in nested arrays of the shape; null where they have another one, or hold something else, or are many. */
function allNumbers(value: Nested, shape: readonly number[]): Float64Array | null {
  const size = shape.reduce((a, b) => a * b, 1);
  if (size > MANY) return null;
  const numbers = new Float64Array(size);
  let next = 0;
  const read = (list: Nested, axis: number): boolean => {
    if (!Array.isArray(list) || list.length !== shape[axis]) return false;
    if (axis + 1 < shape.length) return list.every((item: Nested) => read(item, axis + 1));
    for (let i = 0; i < list.length; i++) {
      const v = list[i];
      if (typeof v !== 'number') return false;
      numbers[next++] = v;
    }
    return true;
  };
  return shape.length > 0 && read(value, 0) ? numbers : null;
}

const isObject = (v: Scalar): boolean => typeof v === 'object';

/** The dtype of nested arrays: bool if all elements are booleans; complex if one is complex; else real. Precision is the default that `init` may set. */
function widest(flat: readonly Scalar[]): DType {
  if (flat.some(isObject)) return complexOf(standard);
  return flat.length > 0 && flat.every((v) => typeof v === 'boolean') ? DType.bool : standard;
}

function flatten(value: Nested, axis: number, shape: number[], flat: Scalar[], name: string): void {
  if (!Array.isArray(value)) {
    if (!isScalar(value))
      throw refused(ArgumentError, 'tensor', `${name} takes a tensor, or numbers, booleans, {re, im} and nested arrays of them; got ${shown(value)}`);
    if (axis !== shape.length) throw ragged(name);
    flat.push(value);
    return;
  }
  if (axis === 8) throw refused(ShapeError, 'tensor', `takes at most 8 dimensions; the arrays of ${name} are nested deeper`);
  if (axis === shape.length) {
    if (flat.length) throw ragged(name);
    shape.push(value.length);
  } else if (shape[axis] !== value.length) throw ragged(name);
  for (const item of value as readonly Nested[]) flatten(item, axis + 1, shape, flat, name);
}

const ragged = (name: string): ShapeError => refused(ShapeError, 'tensor', `the nested arrays of ${name} differ in length or depth`);

/** The given shape, which must have `size` elements; without it the `natural` one. */
function shapeOf(shape: readonly number[] | undefined, size: number, natural: readonly number[]): readonly number[] {
  if (shape === undefined) return natural;
  checkShape(shape, 'tensor');
  const elements = shape.reduce((a, b) => a * b, 1);
  if (elements !== size) throw refused(ShapeError, 'tensor', `shape [${shape.join(', ')}] has ${elements} elements; got ${size}`);
  return shape;
}

/** Dimensions are whole numbers from 0 to 2³¹ − 1. */
export const isSize = (n: number): boolean => Number.isInteger(n) && n >= 0 && n < 2 ** 31;

/** Refuses a value that is not a shape. */
export function checkShape(shape: readonly number[], op: string): void {
  if (!Array.isArray(shape) || !shape.every(isSize))
    throw refused(ShapeError, op, `a shape is a list of whole numbers from 0 to 2147483647; got ${shown(shape)}`);
  if (shape.length > 8) throw refused(ShapeError, op, `takes at most 8 dimensions; got ${shape.length}`);
}

/** Converts an operand to a tensor. Numbers and nested arrays take the dtype of the tensor `beside`; without one a number is weak. Errors call it `name`. */
export function operand(value: TensorLike, beside: unknown, name: string): Tensor {
  if (value instanceof Tensor) return value;
  if (typeof value === 'number' && !(beside instanceof Tensor)) return weak(value);
  if (!(beside instanceof Tensor) || isTypedArray(value)) return isComplexNumber(value) ? weak(value) : tensor(value, undefined, name);
  const dtype = beside.dtypeFor(name);
  if (typeof value === 'number' && dtype < DType.int32) return scalar(dtype, value); // the common case, in few calls
  refuseForeign(value, name);
  if (isComplexNumber(value) && isInexact(dtype)) return fromScalar(value, complexOf(dtype));
  if (isScalar(value)) return fromScalar(value, isHeldBy(value, dtype) ? dtype : standard);
  return fromNested(value, dtype, undefined, name, true);
}
