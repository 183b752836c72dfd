/** Constants that many functions share, as vectors of lanes of type T. Knows no function. */
import { at } from './polynomial';

const ONE32 = memory.data<f32>([1], 4), ONE64 = memory.data<f64>([1], 8);
const TWO32 = memory.data<f32>([2], 4), TWO64 = memory.data<f64>([2], 8);
const HALF32 = memory.data<f32>([0.5], 4), HALF64 = memory.data<f64>([0.5], 8);
const INFINITY32 = memory.data<f32>([Infinity], 4), INFINITY64 = memory.data<f64>([Infinity], 8);
const SIGN32 = memory.data<u32>([0x80000000], 4), SIGN64 = memory.data<u64>([0x8000000000000000], 8);

/** `single` where T is f32, `double` where it is f64. */
@inline
export function pick<T>(single: usize, double: usize): usize {
  return sizeof<T>() == 4 ? single : double;
}

@inline
export function zero<T>(): v128 { return v128.splat<T>(0); }
@inline
export function one<T>(): v128 { return at<T>(pick<T>(ONE32, ONE64)); }
@inline
export function two<T>(): v128 { return at<T>(pick<T>(TWO32, TWO64)); }
@inline
export function half<T>(): v128 { return at<T>(pick<T>(HALF32, HALF64)); }
/** ∞, whose bits are the exponent's mask. */
@inline
export function infinity<T>(): v128 { return at<T>(pick<T>(INFINITY32, INFINITY64)); }
/** −0, whose bits are the sign's mask. */
@inline
export function sign<T>(): v128 { return at<T>(pick<T>(SIGN32, SIGN64)); }
