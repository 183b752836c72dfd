/** The dtypes: their names, and the typed arrays of their elements. Knows no tensors. */
import { DType, Weak } from '../assembly/shared/abi.js';

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

// The functions below accept weak dtypes too, which are stored as float64 and complex128. See Note [Weak numbers] in `assembly/tensor/weak.ts`

const arrays: readonly ArrayClass[] = [Float32Array, Float64Array, Float32Array, Float64Array, Int32Array, Uint8Array, Float64Array, Float64Array];

/** The typed array of a dtype; complex elements are pairs (re, im) of its reals. */
export const arrayOf = (dtype: DType): ArrayClass => arrays[dtype] as ArrayClass;

/** Typed-array elements per tensor element. */
export const partsOf = (dtype: DType): 1 | 2 => ((dtype & ~1) === DType.complex64 || (dtype as number) === Weak.complex ? 2 : 1);

export const isComplex = (dtype: DType): boolean => partsOf(dtype) === 2;

/** Whether gradients can flow through the dtype. */
export const isInexact = (dtype: DType): boolean => dtype < DType.int32 || isWeak(dtype);

/** log₂ of the bytes of a typed-array element. */
export const shiftOf = (dtype: DType): number => [2, 3, 2, 3, 2, 0, 3, 3][dtype] as number;

export const isWeak = (dtype: number): boolean => dtype > DType.bool;

/** The complex dtype of a dtype's precision; weak if the dtype is weak. */
export const complexOf = (dtype: DType): DType => (isComplex(dtype) ? dtype : isWeak(dtype) ? (Weak.complex as number) : dtype + 2);

/** The default dtype: that of numbers without a stated one, and the reported dtype of weak tensors. `init` may set float64. */
export let standard: DType.float32 | DType.float64 = DType.float32;

export const standardName = (): DTypeName => dtypeNames[standard] as DTypeName;

export function setStandard(dtype: DType.float32 | DType.float64): void {
  standard = dtype;
}

/** The dtype that is reported for a dtype, which may be weak. */
export const calledDtype = (dtype: number): DType => (isWeak(dtype) ? (isComplex(dtype) ? complexOf(standard) : standard) : dtype);
