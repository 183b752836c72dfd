/**
 * Numbers whose dtype is not settled. Knows no ops.
 *
 * Note [Weak numbers]. A JavaScript number is a double, and must not cost a float64 user its digits, nor make float64 of a float32 user's
 * tensors. So where numbers become tensors unasked, the tensor is weak: float64 or complex128 in memory, with a flag, and the default dtype
 * by name. What is made of weak operands alone is weak. Beside one of a settled dtype a weak operand is cast to its precision, by an op that is
 * recorded like any other; float64 needs no cast, and settles the result. Cotangents follow the same rule, so the gradient by a number is
 * weak until something of float64 reaches it. A rule's own constants are weak, and settle nothing.
 */
import { DType, Flag, Weak } from '../shared/abi';
import { isInexact } from './dtype';
import { Tensor } from './record';

/** The dtype that elements of a dtype, or of a weak one, are stored in. */
// @ts-ignore: decorator
@inline
export function storedDtype(dtype: i32): i32 {
  return dtype == Weak.real ? DType.float64 : dtype == Weak.complex ? DType.complex128 : dtype;
}

/** Flag.weak for a weak dtype, else 0. */
// @ts-ignore: decorator
@inline
export function weaknessOf(dtype: i32): i32 {
  return dtype > DType.bool ? Flag.weak : 0;
}

// @ts-ignore: decorator
@inline
export function isWeak(t: Tensor): bool {
  return (t.flags & Flag.weak) != 0;
}

/** The weak dtype that is stored in this one. */
// @ts-ignore: decorator
@inline
export function weakDtype(dtype: i32): i32 {
  return dtype == DType.float64 ? Weak.real : Weak.complex;
}

/** The dtype, or weak dtype, of t. */
// @ts-ignore: decorator
@inline
export function dtypeOf(t: Tensor): i32 {
  return isWeak(t) ? weakDtype(t.dtype) : t.dtype;
}

/** Whether t settles the dtype of what it meets. */
// @ts-ignore: decorator
@inline
export function settles(t: Tensor): bool {
  return isInexact(t.dtype) && !isWeak(t);
}
