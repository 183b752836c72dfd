/** Four f32 lanes as two vectors of two f64 lanes, and back. Knows no function. */

/** Lanes 0 and 1 of `x` in double precision. */
@inline
export function lower(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

/** Lanes 2 and 3 of `x` in double precision. */
@inline
export function upper(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 2, 3));
}

/** Four f32 lanes from two vectors of two f64 lanes, each rounded once. */
@inline
export function narrow(low: v128, high: v128): v128 {
  return v128.shuffle<f32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
}

/** Stores two f64 lanes as f32, rounded once. */
@inline
export function storeNarrow(to: usize, x: v128): void {
  v128.store64_lane(to, f32x4.demote_f64x2_zero(x), 0);
}
