/**
 * Chains: up to three sums, differences and products of float32 or float64 in one pass, the number so far staying in registers. Every
 * link rounds as the op alone does, so the bits are the same. Knows pointers, no tensors.
 *
 * Two links take 3 loads and a store a vector where two passes take 4 loads and 2 stores, three links 4 loads and a store instead of
 * 6 and 3: in the first-level cache, loads and stores are what such passes cost.
 */
import { Add, Mul, Sub } from './arithmetic';

/** What becomes of the number so far and an operand. Three bits of a chain's word, the first link lowest. */
export enum Link {
  none,
  add,
  sub,
  /** The operand minus the number. */
  subFrom,
  mul,
}

@unmanaged
@final
class SubFrom {
  // @ts-ignore: decorator
  @inline f32x4(x: v128, y: v128): v128 { return f32x4.sub(y, x); }
  // @ts-ignore: decorator
  @inline f64x2(x: v128, y: v128): v128 { return f64x2.sub(y, x); }
}

// @ts-ignore: decorator
@inline
function linked<T, F>(x: v128, y: v128): v128 {
  return sizeof<T>() == 4 ? changetype<F>(0).f32x4(x, y) : changetype<F>(0).f64x2(x, y);
}

function pass2<T, F, G>(end: usize, x0: usize, x1: usize, x2: usize, y: usize): void {
  for (; y < end; y += 16) {
    const first = linked<T, F>(v128.load(x0), v128.load(x1));
    v128.store(y, linked<T, G>(first, v128.load(x2)));
    x0 += 16;
    x1 += 16;
    x2 += 16;
  }
}

function pass3<T, F, G, H>(end: usize, x0: usize, x1: usize, x2: usize, x3: usize, y: usize): void {
  for (; y < end; y += 16) {
    const second = linked<T, G>(linked<T, F>(v128.load(x0), v128.load(x1)), v128.load(x2));
    v128.store(y, linked<T, H>(second, v128.load(x3)));
    x0 += 16;
    x1 += 16;
    x2 += 16;
    x3 += 16;
  }
}

function third<T, F, G>(links: u32, end: usize, x0: usize, x1: usize, x2: usize, x3: usize, y: usize): void {
  switch (links) {
    case Link.none:
      return pass2<T, F, G>(end, x0, x1, x2, y);
    case Link.add:
      return pass3<T, F, G, Add>(end, x0, x1, x2, x3, y);
    case Link.sub:
      return pass3<T, F, G, Sub>(end, x0, x1, x2, x3, y);
    case Link.subFrom:
      return pass3<T, F, G, SubFrom>(end, x0, x1, x2, x3, y);
    default:
      return pass3<T, F, G, Mul>(end, x0, x1, x2, x3, y);
  }
}

function second<T, F>(links: u32, end: usize, x0: usize, x1: usize, x2: usize, x3: usize, y: usize): void {
  const rest = links >> 3;
  switch (links & 7) {
    case Link.add:
      return third<T, F, Add>(rest, end, x0, x1, x2, x3, y);
    case Link.sub:
      return third<T, F, Sub>(rest, end, x0, x1, x2, x3, y);
    case Link.subFrom:
      return third<T, F, SubFrom>(rest, end, x0, x1, x2, x3, y);
    default:
      return third<T, F, Mul>(rest, end, x0, x1, x2, x3, y);
  }
}

/** y ← ((x₀ ∘ x₁) ∘ x₂) ∘ x₃ for `n` numbers of type T; without a third link, x₃ is nothing. */
export function chain<T>(links: u32, n: i32, x0: usize, x1: usize, x2: usize, x3: usize, y: usize): void {
  const end = y + <usize>n * sizeof<T>();
  const rest = links >> 3;
  switch (links & 7) {
    case Link.add:
      return second<T, Add>(rest, end, x0, x1, x2, x3, y);
    case Link.sub:
      return second<T, Sub>(rest, end, x0, x1, x2, x3, y);
    default:
      return second<T, Mul>(rest, end, x0, x1, x2, x3, y);
  }
}
