/**
 * Vector × matrix, bound by memory: each element of the matrix is read once, nothing is packed. One of the matrix'
 * strides is one scalar; strides are in bytes. Knows real scalars only.
 */
import { roundUp } from '../memory/heap';
import { madd } from '../simd/lanes';
import { emit } from './microkernel';

/**
 * sum ← Σₚ xₚ · B[p, :], the rows of B contiguous; `sum` has room for n scalars rounded up to whole vectors.
 * Four rows pass at a time; every output adds in the order of p, from 0.
 */
export function combineRows<T>(n: i32, k: i32, x: usize, sx: i32, b: usize, rsb: i32, sum: usize): void {
  const bytes = n * <i32>sizeof<T>();
  memory.fill(sum, 0, roundUp(bytes));
  for (; k >= 4; k -= 4) {
    const x0 = v128.load_splat<T>(x), x1 = v128.load_splat<T>(x + sx);
    const x2 = v128.load_splat<T>(x + 2 * sx), x3 = v128.load_splat<T>(x + 3 * sx);
    const b1 = b + rsb, b2 = b + 2 * rsb, b3 = b + 3 * rsb;
    for (let j = 0; j < bytes; j += 16) {
      let s = v128.load(sum + j);
      s = madd<T>(x0, v128.load(b + j), s);
      s = madd<T>(x1, v128.load(b1 + j), s);
      s = madd<T>(x2, v128.load(b2 + j), s);
      s = madd<T>(x3, v128.load(b3 + j), s);
      v128.store(sum + j, s);
    }
    b += 4 * rsb;
    x += 4 * sx;
  }
  for (; k > 0; --k) {
    const x0 = v128.load_splat<T>(x);
    for (let j = 0; j < bytes; j += 16) v128.store(sum + j, madd<T>(x0, v128.load(b + j), v128.load(sum + j)));
    b += rsb;
    x += sx;
  }
}

/** Room for a tile of `dotColumns`, before the mask of the last vector and a contiguous x of whole vectors. */
const MASK: usize = 32;
const X: usize = 48;

/** Lays the k scalars of x out in `work`, which has room for 48 bytes and whole vectors of them, for `dotColumns`. */
export function layVector<T>(k: i32, x: usize, sx: i32, work: usize): void {
  const size = <i32>sizeof<T>();
  for (let p = 0; p < k; ++p) store<T>(work + p * size, load<T>(x + p * sx), X);
  memory.fill(work + MASK, 0, 16);
  memory.fill(work + MASK, 0xff, (k * size) & 15);
}

/**
 * y ← x·B or y + x·B, where `layVector` has laid x out and the columns of B are contiguous. Lane l sums the products with p ≡ l modulo the
 * lanes; in the end the upper half of the lanes is added to the lower, then neighbours.
 */
export function dotColumns<T>(n: i32, k: i32, b: usize, csb: i32, y: usize, accumulate: bool, work: usize): void {
  const size = <i32>sizeof<T>();
  const copy = work + X;
  const tail = (k * size) & 15;
  const whole = k * size - tail;
  const mask = v128.load(work, MASK);
  for (; n > 0; n -= 4) {
    const b1 = b + min(1, n - 1) * csb, b2 = b + min(2, n - 1) * csb, b3 = b + min(3, n - 1) * csb;
    let s0 = v128.splat<T>(0), s1 = s0, s2 = s0, s3 = s0;
    for (let at = 0; at < whole; at += 16) {
      const v = v128.load(copy + at);
      s0 = madd<T>(v, v128.load(b + at), s0);
      s1 = madd<T>(v, v128.load(b1 + at), s1);
      s2 = madd<T>(v, v128.load(b2 + at), s2);
      s3 = madd<T>(v, v128.load(b3 + at), s3);
    }
    if (tail) {
      const v = v128.and(mask, v128.load(copy + whole));
      s0 = madd<T>(v, v128.and(mask, v128.load(b + whole)), s0);
      s1 = madd<T>(v, v128.and(mask, v128.load(b1 + whole)), s1);
      s2 = madd<T>(v, v128.and(mask, v128.load(b2 + whole)), s2);
      s3 = madd<T>(v, v128.and(mask, v128.load(b3 + whole)), s3);
    }
    const lo = v128.add<T>(v128.shuffle<f64>(s0, s1, 0, 2), v128.shuffle<f64>(s0, s1, 1, 3));
    const hi = v128.add<T>(v128.shuffle<f64>(s2, s3, 0, 2), v128.shuffle<f64>(s2, s3, 1, 3));
    if (size == 8) {
      v128.store(work, lo);
      v128.store(work, hi, 16);
    } else {
      v128.store(work, v128.add<f32>(v128.shuffle<f32>(lo, hi, 0, 2, 4, 6), v128.shuffle<f32>(lo, hi, 1, 3, 5, 7)));
    }
    emit<T>(work, 1, min(n, 4) * size, y, 0, accumulate);
    b += 4 * csb;
    y += 4 * size;
  }
}
