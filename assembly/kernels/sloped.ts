/**
 * Elementwise loops that write slopes beside values: a functor's method `f32x4Sloped`, or the like, returns the value and stores the slope. Knows
 * no operation.
 */
import { tile0, tileOut, tileSlope } from './tile';
import { storeNarrow } from './widen';

export function f32x4Sloped1<F>(n: i32): void {
  const f = changetype<F>(0), slopes = tileSlope - tileOut;
  let x = tile0;
  let y = tileOut;
  for (const end = y + (n << 2); y < end; y += 16) {
    v128.store(y, f.f32x4Sloped(v128.load(x), y + slopes));
    x += 16;
  }
}

/** Two float32 as float64: a functor stores the slopes by `storeNarrow`. */
export function f32x2Sloped1<F>(n: i32): void {
  const f = changetype<F>(0), slopes = tileSlope - tileOut;
  let x = tile0;
  let y = tileOut;
  for (const end = y + (n << 2); y < end; y += 8) {
    storeNarrow(y, f.f32x2Sloped(f64x2.promote_low_f32x4(v128.load64_zero(x)), y + slopes));
    x += 8;
  }
}

export function f64x2Sloped1<F>(n: i32): void {
  const f = changetype<F>(0), slopes = tileSlope - tileOut;
  let x = tile0;
  let y = tileOut;
  for (const end = y + (n << 3); y < end; y += 16) {
    v128.store(y, f.f64x2Sloped(v128.load(x), y + slopes));
    x += 16;
  }
}
