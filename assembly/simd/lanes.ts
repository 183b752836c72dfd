/**
 * Operations on vectors that the compiler's builtins lack, with one meaning for every build. Knows vectors only: no loops, no tensors.
 */

/** a·b + c per lane: two roundings on the baseline build, the host's choice of one or two on the relaxed one. */
@inline
export function madd<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(a, b, c);
  return v128.add<T>(v128.mul<T>(a, b), c);
}

/** c − a·b per lane, rounded like `madd`. */
@inline
export function nmadd<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_nmadd<T>(a, b, c);
  return v128.sub<T>(c, v128.mul<T>(a, b));
}

/** mask ? x : y, bit by bit; a comparison's mask selects whole lanes. */
@inline
export function select(mask: v128, x: v128, y: v128): v128 {
  return v128.bitselect(x, y, mask);
}

/** (re, im) pairs with re and im exchanged; two complex64 per vector. */
@inline
export function swap64(z: v128): v128 {
  return v128.shuffle<f32>(z, z, 1, 0, 3, 2);
}

/** (re, im) with re and im exchanged; one complex128 per vector. */
@inline
export function swap128(z: v128): v128 {
  return v128.shuffle<f64>(z, z, 1, 0);
}
