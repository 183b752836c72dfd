/** Constants: one element of any dtype, and scalars. Knows no ops. */
import { OWN } from '../memory/scratch';
import { DType } from '../shared/abi';
import { newScalarRecord, Tensor } from './tensor';
import { storedDtype, weaknessOf } from './weak';

/** Stores the value (re, im) at `to` as an element of `dtype`: int32 truncated, bool whether re ≠ 0. */
export function storeElement(to: usize, dtype: i32, re: f64, im: f64): void {
  switch (dtype) {
    case DType.float32:
      store<f32>(to, <f32>re);
      break;
    case DType.float64:
      store<f64>(to, re);
      break;
    case DType.complex64:
      store<f32>(to, <f32>re);
      store<f32>(to, <f32>im, 4);
      break;
    case DType.complex128:
      store<f64>(to, re);
      store<f64>(to, im, 8);
      break;
    case DType.int32:
      store<i32>(to, <i32>re);
      break;
    default:
      store<u8>(to, <u8>(re != 0));
  }
}

/** A scalar of `dtype`, which may be weak. No scope owns it yet. NONE when memory is out. */
export function newScalar(dtype: i32, re: f64, im: f64): Tensor {
  const t = newScalarRecord(storedDtype(dtype));
  if (!t) return t;
  t.flags |= weaknessOf(dtype);
  storeElement(t.data, t.dtype, re, im);
  return t;
}

const ELEMENT = memory.data(16, 16) + OWN;

/** Address of an element of `dtype` with the value (re, im), valid until the next call. */
export function element(dtype: i32, re: f64, im: f64): usize {
  storeElement(ELEMENT, dtype, re, im);
  return ELEMENT;
}
