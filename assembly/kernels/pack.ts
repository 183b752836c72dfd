/**
 * Packing for the matrix product: copies blocks with any strides to panels, which the micro-kernel reads from front to back.
 * Only moves scalars; `fold` conjugates after the sums. All strides are in bytes.
 *
 *     A   a panel is a pair of real rows:   p = 0 [ x x x x | y y y y ]  p = 1 [ x x x x | y y y y ] …     32 bytes each
 *     B   a panel is 64 bytes of columns:   p = 0 [ b₀ b₁ b₂ …        ]  p = 1 [ b₀ b₁ b₂ …        ] …     64 bytes each
 */
import { InPlace, ROW } from './microkernel';

/** Bytes of a packed pair of rows of A, for one p. */
export const PAIR: i32 = 32;

/**
 * Packs m rows of A, each scalar as a vector of copies. An odd last real row is paired with itself; the second result of that pair is never
 * stored to C.
 */
export function packA<T>(k: i32, m: i32, complex: bool, a: usize, rsa: i32, csa: i32, dst: usize): void {
  const height = complex ? 1 : 2;
  const gap = complex ? <i32>sizeof<T>() : rsa;
  for (; m > 0; m -= height) {
    packPair<T, InPlace>(k, a, m < height ? 0 : gap, csa, dst);
    a += height * rsa;
    dst += k * PAIR;
  }
}

/** Packs a pair of real rows that lie `gap` bytes apart. A advances from one p to the next as in the micro-kernel. */
export function packPair<T, A>(k: i32, a: usize, gap: i32, csa: i32, dst: usize): void {
  for (; k > 0; --k) {
    const at = changetype<A>(0).at(a, csa);
    v128.store(dst, v128.load_splat<T>(at));
    v128.store(dst, v128.load_splat<T>(at + gap), 16);
    a = changetype<A>(0).next(a, csa);
    dst += PAIR;
  }
}

/** Packs n columns of B, elements of 1 << shift bytes. */
export function packB(shift: u32, k: i32, n: i32, b: usize, rsb: i32, csb: i32, dst: usize): void {
  if (shift == 2) packColumns<f32>(k, n, b, rsb, csb, dst);
  else if (shift == 3) packColumns<f64>(k, n, b, rsb, csb, dst);
  else packColumns<v128>(k, n, b, rsb, csb, dst);
}

/** Packs panel by panel and, in a panel, vector by vector. A vector beyond the last column repeats the one before it. */
function packColumns<E>(k: i32, n: i32, b: usize, rsb: i32, csb: i32, dst: usize): void {
  const lanes = 16 / <i32>sizeof<E>();
  while (n > 0) {
    for (let v = 0; v < ROW; v += 16) {
      packVector<E>(k, n, b, rsb, csb, dst + v);
      if (n > lanes || v == ROW - 16) {
        n -= lanes;
        b += lanes * csb;
      }
    }
    dst += k * ROW;
  }
}

/** dst[p][w] = b[p·rsb + w·csb] for one vector of columns; lanes beyond the `n` columns are undefined. */
function packVector<E>(k: i32, n: i32, b: usize, rsb: i32, csb: i32, dst: usize): void {
  const size = <i32>sizeof<E>();
  if (size == 16 || csb == size) {
    for (; k > 0; --k) {
      v128.store(dst, v128.load(b));
      b += rsb;
      dst += ROW;
    }
    return;
  }
  const b1 = b + min(1, n - 1) * csb;
  const b2 = b + min(2, n - 1) * csb;
  const b3 = b + min(3, n - 1) * csb;
  let at = 0;
  if (rsb == size) {
    const run = 16 / size;
    for (; k >= run; k -= run) {
      if (size == 4) transpose4(b + at, b1 + at, b2 + at, b3 + at, dst);
      else transpose2(b + at, b1 + at, dst);
      at += 16;
      dst += run * ROW;
    }
  }
  for (; k > 0; --k) {
    store<E>(dst, load<E>(b + at));
    store<E>(dst, load<E>(b1 + at), sizeof<E>());
    if (size == 4) {
      store<E>(dst, load<E>(b2 + at), 8);
      store<E>(dst, load<E>(b3 + at), 12);
    }
    at += rsb;
    dst += ROW;
  }
}

/** Four vectors of four 4-byte elements, rows to columns. */
@inline
function transpose4(s0: usize, s1: usize, s2: usize, s3: usize, dst: usize): void {
  const x0 = v128.load(s0), x1 = v128.load(s1), x2 = v128.load(s2), x3 = v128.load(s3);
  const lo01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5), hi01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
  const lo23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5), hi23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
  v128.store(dst, v128.shuffle<f64>(lo01, lo23, 0, 2));
  v128.store(dst, v128.shuffle<f64>(lo01, lo23, 1, 3), ROW);
  v128.store(dst, v128.shuffle<f64>(hi01, hi23, 0, 2), 2 * ROW);
  v128.store(dst, v128.shuffle<f64>(hi01, hi23, 1, 3), 3 * ROW);
}

/** Two vectors of two 8-byte elements, rows to columns. */
@inline
function transpose2(s0: usize, s1: usize, dst: usize): void {
  const x0 = v128.load(s0), x1 = v128.load(s1);
  v128.store(dst, v128.shuffle<f64>(x0, x1, 0, 2));
  v128.store(dst, v128.shuffle<f64>(x0, x1, 1, 3), ROW);
}
