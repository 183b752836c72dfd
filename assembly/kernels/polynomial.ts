/**
 * Evaluates polynomials whose coefficients stand in memory, lowest first. Knows no function that they approximate.
 *
 * `poly` is Estrin's scheme: c₀ + c₁x, c₂ + c₃x, … are independent, and combining them with x², x⁴, … makes the chain of
 * dependent operations logarithmic. A single vector's time is that chain, not the number of operations.
 */
import { madd } from '../simd/lanes';

/**
 * The number at c in every lane. Constants live in memory because engines rebuild an inline vector
 * constant on every use, while a broadcasting load is one instruction.
 */
@inline
export function at<T>(c: usize): v128 {
  return sizeof<T>() == 4 ? v128.load32_splat(c) : v128.load64_splat(c);
}

/** c₀ + c₁x; the number in a name is the degree. */
@inline
export function poly1<T>(x: v128, c: usize): v128 {
  return madd<T>(at<T>(c + sizeof<T>()), x, at<T>(c));
}

@inline
export function poly2<T>(x: v128, c: usize): v128 {
  const x2 = v128.mul<T>(x, x);
  return madd<T>(at<T>(c + 2 * sizeof<T>()), x2, poly1<T>(x, c));
}

@inline
export function poly3<T>(x: v128, c: usize): v128 {
  const x2 = v128.mul<T>(x, x);
  return madd<T>(poly1<T>(x, c + 2 * sizeof<T>()), x2, poly1<T>(x, c));
}

@inline
export function poly4<T>(x: v128, c: usize): v128 {
  const x2 = v128.mul<T>(x, x);
  return madd<T>(poly2<T>(x, c + 2 * sizeof<T>()), x2, poly1<T>(x, c));
}

@inline
export function poly5<T>(x: v128, c: usize): v128 {
  const x2 = v128.mul<T>(x, x), x4 = v128.mul<T>(x2, x2);
  return madd<T>(poly1<T>(x, c + 4 * sizeof<T>()), x4, poly3<T>(x, c));
}

@inline
export function poly6<T>(x: v128, c: usize): v128 {
  const x2 = v128.mul<T>(x, x), x4 = v128.mul<T>(x2, x2);
  return madd<T>(poly2<T>(x, c + 4 * sizeof<T>()), x4, poly3<T>(x, c));
}

@inline
export function poly7<T>(x: v128, c: usize): v128 {
  const x2 = v128.mul<T>(x, x), x4 = v128.mul<T>(x2, x2);
  return madd<T>(poly3<T>(x, c + 4 * sizeof<T>()), x4, poly3<T>(x, c));
}

@inline
export function poly8<T>(x: v128, c: usize): v128 {
  const x2 = v128.mul<T>(x, x);
  return madd<T>(madd<T>(poly4<T>(x, c + 4 * sizeof<T>()), x2, poly1<T>(x, c + 2 * sizeof<T>())), x2, poly1<T>(x, c));
}

@inline
export function poly9<T>(x: v128, c: usize): v128 {
  const x2 = v128.mul<T>(x, x), x4 = v128.mul<T>(x2, x2), x8 = v128.mul<T>(x4, x4);
  return madd<T>(poly1<T>(x, c + 8 * sizeof<T>()), x8, poly7<T>(x, c));
}

@inline
export function poly10<T>(x: v128, c: usize): v128 {
  const x2 = v128.mul<T>(x, x), x4 = v128.mul<T>(x2, x2), x8 = v128.mul<T>(x4, x4);
  return madd<T>(poly2<T>(x, c + 8 * sizeof<T>()), x8, poly7<T>(x, c));
}

@inline
export function poly12<T>(x: v128, c: usize): v128 {
  const x2 = v128.mul<T>(x, x), x4 = v128.mul<T>(x2, x2), x8 = v128.mul<T>(x4, x4);
  return madd<T>(poly4<T>(x, c + 8 * sizeof<T>()), x8, poly7<T>(x, c));
}

@inline
export function poly15<T>(x: v128, c: usize): v128 {
  const x2 = v128.mul<T>(x, x), x4 = v128.mul<T>(x2, x2), x8 = v128.mul<T>(x4, x4);
  return madd<T>(poly7<T>(x, c + 8 * sizeof<T>()), x8, poly7<T>(x, c));
}

@inline
export function poly21<T>(x: v128, c: usize): v128 {
  const x2 = v128.mul<T>(x, x), x4 = v128.mul<T>(x2, x2), x8 = v128.mul<T>(x4, x4), x16 = v128.mul<T>(x8, x8);
  return madd<T>(poly5<T>(x, c + 16 * sizeof<T>()), x16, poly15<T>(x, c));
}

/** p·x + the coefficient at c. */
@inline
function step<T>(p: v128, x: v128, c: usize): v128 { return madd<T>(p, x, at<T>(c)); }

/**
 * Horner's rule, for functors that run several chains side by side anyway: a coefficient is loaded when its turn comes,
 * whereas Estrin's scheme wants all at once, more than there are registers.
 */
@inline
export function horner2<T>(x: v128, c: usize): v128 { return step<T>(poly1<T>(x, c + sizeof<T>()), x, c); }
@inline
function horner3<T>(x: v128, c: usize): v128 { return step<T>(horner2<T>(x, c + sizeof<T>()), x, c); }
@inline
function horner4<T>(x: v128, c: usize): v128 { return step<T>(horner3<T>(x, c + sizeof<T>()), x, c); }
@inline
export function horner5<T>(x: v128, c: usize): v128 { return step<T>(horner4<T>(x, c + sizeof<T>()), x, c); }
@inline
export function horner6<T>(x: v128, c: usize): v128 { return step<T>(horner5<T>(x, c + sizeof<T>()), x, c); }
