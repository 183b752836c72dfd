/** What follows from a dtype alone: element size, kind, promotion. Knows no tensors. */
import { DType } from '../shared/abi';

/** Sets of dtypes, as bits. */
export const FLOATS: u32 = (1 << DType.float32) | (1 << DType.float64);
export const COMPLEX: u32 = (1 << DType.complex64) | (1 << DType.complex128);
export const INEXACT: u32 = FLOATS | COMPLEX;
export const INTEGER: u32 = 1 << DType.int32;
export const BOOLEAN: u32 = 1 << DType.bool;
export const REAL: u32 = FLOATS | INTEGER;
export const NUMERIC: u32 = INEXACT | INTEGER;
export const ANY: u32 = NUMERIC | BOOLEAN;

/** log₂ of the bytes of an element. */
// @ts-ignore: decorator
@inline
export function sizeShift(dtype: i32): u32 {
  return (0x024332 >> (dtype << 2)) & 15; // f32 2, f64 3, c64 3, c128 4, i32 2, bool 0
}

// @ts-ignore: decorator
@inline
export function isComplex(dtype: i32): bool {
  return ((COMPLEX >> dtype) & 1) != 0;
}

// @ts-ignore: decorator
@inline
export function isInexact(dtype: i32): bool {
  return ((INEXACT >> dtype) & 1) != 0;
}

/** Whether elements are doubles, or pairs of them. */
// @ts-ignore: decorator
@inline
export function isWide(dtype: i32): bool {
  return dtype == DType.float64 || dtype == DType.complex128;
}

/** The real dtype of the same precision. */
// @ts-ignore: decorator
@inline
export function realOf(dtype: i32): i32 {
  return isComplex(dtype) ? dtype - 2 : dtype;
}

/** The complex dtype of the same precision. */
// @ts-ignore: decorator
@inline
export function complexOf(dtype: i32): i32 {
  return dtype < DType.complex64 ? dtype + 2 : dtype;
}
