/** dtypes by name, and how JavaScript holds their elements. Knows no tensors. */
import { DType } from '../assembly/shared/abi.js';

export type DTypeName = keyof typeof DType;

/** Names by number. */
export const dtypeNames: readonly DTypeName[] = ['float32', 'float64', 'complex64', 'complex128', 'int32', 'bool'];

export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

/** A complex number as users write it. */
export interface ComplexNumber {
  readonly re: number;
  readonly im: number;
}

export type ArrayClass = Float32ArrayConstructor | Float64ArrayConstructor | Int32ArrayConstructor | Uint8ArrayConstructor;

const arrays: readonly ArrayClass[] = [Float32Array, Float64Array, Float32Array, Float64Array, Int32Array, Uint8Array];

/** The typed array of a dtype; complex elements are pairs (re, im) of its reals. */
export const arrayOf = (dtype: DType): ArrayClass => arrays[dtype] as ArrayClass;

/** Typed-array elements per tensor element. */
export const partsOf = (dtype: DType): 1 | 2 => (dtype === DType.complex64 || dtype === DType.complex128 ? 2 : 1);

export const isComplex = (dtype: DType): boolean => partsOf(dtype) === 2;

/** Whether gradients can flow through the dtype. */
export const isInexact = (dtype: DType): boolean => dtype <= DType.complex128;

/** log₂ of the bytes of a typed-array element. */
export const shiftOf = (dtype: DType): number => [2, 3, 2, 3, 2, 0][dtype] as number;
