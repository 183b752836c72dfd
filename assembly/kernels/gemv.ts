/**
 * Vector × matrix. Memory bounds its speed, so each element of the matrix is read once and nothing is packed. The matrix has contiguous rows
 * or contiguous columns; strides are in bytes. Knows real scalars only.
 */
import { roundUp } from '../memory/heap';
import { madd } from '../simd/lanes';
import { emit } from './microkernel';
import { carry, lanesTotal, Plus, reset } from './total';

/**
 * sum ← Σₚ xₚ · B[p, :], the rows of B contiguous; `sum` has room for n scalars rounded up to whole vectors.
 * Four rows are added at a time, but each sum adds its terms in the order of p, from 0.
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

/** Terms that a lane sums before the sum is added to a total of twice the precision: see Note [Sums] in kernels/total. */
const DEPTH = 128;

/** The scratch of `dotColumns`: a tile, the mask of the last vector, totals of four columns, a contiguous x of whole vectors. */
const MASK: usize = 32;
const SUMS: usize = 48;
const X: usize = 176;

/** Bytes of scratch for k terms of 2^shift bytes. */
export function dotSpace(k: i32, shift: u32): usize {
  return X + (k << shift) + 16;
}

/** Copies the k scalars of x to `work`, contiguous, for `dotColumns`. */
export function layVector<T>(k: i32, x: usize, sx: i32, work: usize): void {
  const size = <i32>sizeof<T>();
  for (let p = 0; p < k; ++p) store<T>(work + p * size, load<T>(x + p * sx), X);
  memory.fill(work + MASK, 0, 16);
  memory.fill(work + MASK, 0xff, (k * size) & 15);
}

/**
 * y ← x·B or y + x·B, where `layVector` has copied x and the columns of B are contiguous. Lane l sums the products with p ≡ l modulo the
 * lanes; in the end the upper half of the lanes is added to the lower, then neighbours. After every 128 terms the lanes are added to a total of
 * twice the precision, so |err| ≤ min(k, 130)·u·|x||B|.
 */
export function dotColumns<T>(n: i32, k: i32, b: usize, csb: i32, y: usize, accumulate: bool, work: usize): void {
  const size = <i32>sizeof<T>();
  const mask = v128.load(work, MASK);
  const sums = work + SUMS;
  const isLong = k * size > DEPTH * 16;
  for (; n > 0; n -= 4) {
    const b1 = min(1, n - 1) * csb, b2 = min(2, n - 1) * csb, b3 = min(3, n - 1) * csb;
    if (isLong) reset<T, Plus>(sums, 64);
    let copy = work + X;
    let at = b;
    let s0: v128, s1: v128, s2: v128, s3: v128;
    for (let bytes = k * size; ; bytes -= DEPTH * 16) {
      s0 = v128.splat<T>(0), s1 = s0, s2 = s0, s3 = s0;
      const tail = bytes & 15;
      for (const end = copy + min(bytes - tail, DEPTH * 16); copy < end; copy += 16) {
        const v = v128.load(copy);
        s0 = madd<T>(v, v128.load(at), s0);
        s1 = madd<T>(v, v128.load(at + b1), s1);
        s2 = madd<T>(v, v128.load(at + b2), s2);
        s3 = madd<T>(v, v128.load(at + b3), s3);
        at += 16;
      }
      if (tail && bytes < DEPTH * 16) {
        const v = v128.and(mask, v128.load(copy));
        s0 = madd<T>(v, v128.and(mask, v128.load(at)), s0);
        s1 = madd<T>(v, v128.and(mask, v128.load(at + b1)), s1);
        s2 = madd<T>(v, v128.and(mask, v128.load(at + b2)), s2);
        s3 = madd<T>(v, v128.and(mask, v128.load(at + b3)), s3);
      }
      if (!isLong) break;
      carry<T, Plus>(sums, s0);
      carry<T, Plus>(sums + 32, s1);
      carry<T, Plus>(sums + 64, s2);
      carry<T, Plus>(sums + 96, s3);
      if (bytes <= DEPTH * 16) break;
    }
    if (isLong) {
      for (let i = 0; i < 4; i++) store<T>(work + i * size, v128.extract_lane<T>(lanesTotal<T, Plus>(sums + 32 * i, size), 0));
    } else {
      const lo = v128.add<T>(v128.shuffle<f64>(s0, s1, 0, 2), v128.shuffle<f64>(s0, s1, 1, 3));
      const hi = v128.add<T>(v128.shuffle<f64>(s2, s3, 0, 2), v128.shuffle<f64>(s2, s3, 1, 3));
      if (size == 8) {
        v128.store(work, lo);
        v128.store(work, hi, 16);
      } else {
        v128.store(work, v128.add<f32>(v128.shuffle<f32>(lo, hi, 0, 2, 4, 6), v128.shuffle<f32>(lo, hi, 1, 3, 5, 7)));
      }
    }
    emit<T>(work, 1, min(n, 4) * size, y, 0, accumulate);
    b += 4 * csb;
    y += 4 * size;
  }
}
