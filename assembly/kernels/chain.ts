/**
 * Chains: sums, differences and products of float32 or float64 that feed one another, computed in one pass. Eight vectors stay in registers
 * from the first operand to the result; each link combines them with one more operand. A link rounds as the op alone does, so the bits are
 * the same. Knows pointers, no tensors.
 *
 * For each vector a link costs a load and an operation, and a jump for every eight; an op of its own loads two operands and stores a result.
 */

import { Link } from '../shared/abi';

/** Bytes that stay in registers at a time. */
const BLOCK: usize = 128;

/**
 * y ← (x₀ ∘ x₁) ∘ x₂ … on `bytes` bytes of type T. At `links` lie `count` operations, a byte each; at `operands` the addresses of x₀, x₁, …,
 * of which y may be one.
 */
export function chain<T>(bytes: usize, count: i32, links: usize, operands: usize, y: usize): void {
  for (let at: usize = 0; at < bytes; at += BLOCK) {
    const x = load<usize>(operands) + at;
    let a = v128.load(x);
    let b = v128.load(x, 16);
    let c = v128.load(x, 32);
    let d = v128.load(x, 48);
    let e = v128.load(x, 64);
    let f = v128.load(x, 80);
    let g = v128.load(x, 96);
    let h = v128.load(x, 112);
    for (let i = 0; i < count; i++) {
      const z = load<usize>(operands + (i << 2), 4) + at;
      switch (<i32>load<u8>(links + i)) {
        case Link.add:
          a = v128.add<T>(a, v128.load(z));
          b = v128.add<T>(b, v128.load(z, 16));
          c = v128.add<T>(c, v128.load(z, 32));
          d = v128.add<T>(d, v128.load(z, 48));
          e = v128.add<T>(e, v128.load(z, 64));
          f = v128.add<T>(f, v128.load(z, 80));
          g = v128.add<T>(g, v128.load(z, 96));
          h = v128.add<T>(h, v128.load(z, 112));
          break;
        case Link.sub:
          a = v128.sub<T>(a, v128.load(z));
          b = v128.sub<T>(b, v128.load(z, 16));
          c = v128.sub<T>(c, v128.load(z, 32));
          d = v128.sub<T>(d, v128.load(z, 48));
          e = v128.sub<T>(e, v128.load(z, 64));
          f = v128.sub<T>(f, v128.load(z, 80));
          g = v128.sub<T>(g, v128.load(z, 96));
          h = v128.sub<T>(h, v128.load(z, 112));
          break;
        case Link.subFrom:
          a = v128.sub<T>(v128.load(z), a);
          b = v128.sub<T>(v128.load(z, 16), b);
          c = v128.sub<T>(v128.load(z, 32), c);
          d = v128.sub<T>(v128.load(z, 48), d);
          e = v128.sub<T>(v128.load(z, 64), e);
          f = v128.sub<T>(v128.load(z, 80), f);
          g = v128.sub<T>(v128.load(z, 96), g);
          h = v128.sub<T>(v128.load(z, 112), h);
          break;
        default:
          a = v128.mul<T>(a, v128.load(z));
          b = v128.mul<T>(b, v128.load(z, 16));
          c = v128.mul<T>(c, v128.load(z, 32));
          d = v128.mul<T>(d, v128.load(z, 48));
          e = v128.mul<T>(e, v128.load(z, 64));
          f = v128.mul<T>(f, v128.load(z, 80));
          g = v128.mul<T>(g, v128.load(z, 96));
          h = v128.mul<T>(h, v128.load(z, 112));
      }
    }
    const to = y + at;
    const left = bytes - at;
    v128.store(to, a);
    if (left > 16) v128.store(to, b, 16);
    if (left > 32) v128.store(to, c, 32);
    if (left > 48) v128.store(to, d, 48);
    if (left > 64) v128.store(to, e, 64);
    if (left > 80) v128.store(to, f, 80);
    if (left > 96) v128.store(to, g, 96);
    if (left > 112) v128.store(to, h, 112);
  }
}
