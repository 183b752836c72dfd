/** Sums and products in two parts: the head is the rounded result, the tail its rounding error. No build contracts them. Knows no function. */
import { at } from './polynomial';
import { pick } from './constant';

/** The upper half of a number's fraction: 12 of 24 bits, 26 of 53. */
const UPPER32 = memory.data<u32>([0xfffff000], 4), UPPER64 = memory.data<u64>([0xfffffffff8000000], 8);

/** x truncated to half its bits, so that the product of two such numbers is exact. */
@inline
export function upperHalf<T>(x: v128): v128 {
  return v128.and(x, at<T>(pick<T>(UPPER32, UPPER64)));
}

/** a + b − sum for sum = a + b rounded, where |a| ≥ |b| or a = 0 (Dekker, 1971). */
@inline
export function sumTail<T>(a: v128, b: v128, sum: v128): v128 {
  return v128.add<T>(v128.sub<T>(a, sum), b);
}

/** a·b − product for product = a·b rounded (Dekker, 1971), but for one bit in the last place of the tail. */
@inline
export function productTail<T>(a: v128, b: v128, product: v128): v128 {
  const ah = upperHalf<T>(a), bh = upperHalf<T>(b), al = v128.sub<T>(a, ah), bl = v128.sub<T>(b, bh);
  const head = v128.sub<T>(v128.mul<T>(ah, bh), product);
  return v128.add<T>(v128.add<T>(v128.add<T>(head, v128.mul<T>(ah, bl)), v128.mul<T>(al, bh)), v128.mul<T>(al, bl));
}
