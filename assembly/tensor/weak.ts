/**
 * Weak tensors: numbers whose dtype another operand will decide. Knows no ops.
 *
 * Note [Weak numbers]. A JavaScript number is a double. As a tensor it must not lose its digits beside float64 operands, nor turn float32
 * operands into float64. So a number that becomes a tensor without a stated dtype is weak: stored as float64 or complex128, with a flag, and
 * reported as the default dtype. An op whose inexact operands are all weak has a weak result. Beside an operand that is not weak, a weak
 * operand is cast to that operand's precision, by an op that is recorded like any other; to float64 it needs no cast. Cotangents follow the
 * same rule, so the gradient with respect to a number is weak until a float64 cotangent is added to it. Constants that gradient rules make are
 * weak, so they decide no dtype. Beside int32 a weak scalar that nothing differentiates is int32, and must be a whole number: the facade sees
 * that such a call fails, and calls once more.
 */
import { DType, Flag, Weak } from '../shared/abi';
import { isInexact } from './dtype';
import { Tensor } from './record';

/** The dtype in which elements of `dtype`, which may be a weak one, are stored. */
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

/** The weak dtype whose elements are stored as `dtype`. */
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

/** Whether t decides the precision of weak operands beside it. */
// @ts-ignore: decorator
@inline
export function decidesDtype(t: Tensor): bool {
  return isInexact(t.dtype) && !isWeak(t);
}
