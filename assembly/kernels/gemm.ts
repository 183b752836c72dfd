/**
 * The matrix product: the choice of a path and the blocking around the micro-kernel.
 * Knows pointers and strides, no tensors and no batches.
 */
import { roundUp } from '../memory/heap';
import { DType } from '../shared/abi';
import { isComplex, sizeShift } from '../tensor/dtype';
import { fromEnd, MOST } from './direction';
import { combineRows, dotColumns, dotSpace, layVector } from './gemv';
import { emit, fold, InPlace, microkernel, Packed, ROW, TILE } from './microkernel';
import { PAIR, packA, packB } from './pack';
import { tell } from './progress';

/** Nanoseconds for a multiplication and an addition. */
export const COST = 0.05;

export const KC: i32 = 256; // depth of a block: a panel of B (KC × 64 bytes) and one of A stay in the first-level cache
export const MC: i32 = 32; // pairs of real rows in a block of A: MC × KC × 32 bytes stay in the second-level cache
export const NC: i32 = 64; // panels in a block of B: NC × KC × 64 bytes
export const FEW_ROWS: i32 = 32; // up to so many rows of A, B is not worth packing
export const FEW_PANELS: i32 = 2; // up to so many panels of B, A is not worth packing

/** One call's operands, at the head of its workspace; strides in bytes. */
@unmanaged @final
class Product {
  m: i32;
  n: i32;
  k: i32;
  a: usize;
  rsa: i32;
  csa: i32;
  b: usize;
  rsb: i32;
  csb: i32;
  c: usize;
  ldc: i32;
  shift: u32; // log₂ of the bytes of an element
  complex: bool;
  conjA: bool;
  conjB: bool;
  accumulate: bool;

  /** The register tile on its way to C. */
  @inline get tile(): usize { return changetype<usize>(this) + 64; }
  /** Packed panels, or the scratch of a vector product. */
  @inline get panels(): usize { return this.tile + TILE; }
}

/** Bytes of scratch, 16-byte aligned, that `gemm` needs for these sizes, whatever the strides. */
export function gemmWorkspace(dtype: i32, m: i32, n: i32, k: i32): usize {
  const block = n == 1 ? max(panelSpace(dtype, m, 1, k), panelSpace(dtype, 1, m, k)) : panelSpace(dtype, m, n, k);
  return 64 + TILE + max(block, vectorSpace(max(m, n), k, sizeShift(dtype)));
}

/** Bytes for a vector product of n sums over k terms: the sums of one block, of all blocks if it reads from the end, or the scratch of dot products. */
function vectorSpace(n: i32, k: i32, shift: u32): usize {
  const sums = <i32>min<f64>(<f64>n * k, MOST) / KC;
  return max(((n + sums) << shift) + 16 * (k / KC) + 32, dotSpace(k, shift));
}

function panelSpace(dtype: i32, m: i32, n: i32, k: i32): usize {
  const pairs = isComplex(dtype) ? m : (m + 1) >> 1;
  const row = ((n << sizeShift(dtype)) + ROW - 1) & -ROW;
  return min(k, KC) * (min(pairs, MC) * PAIR + min(row, NC * ROW));
}

/**
 * C ← A·B, or C + A·B to accumulate:  (m, k) × (k, n) → (m, n).  float32, float64, complex64, complex128, int32 (mod 2³²).
 * `a`, `b`, `c` point at element (0, 0). Strides count elements: those of A and B are any, 0 and negative included; rows of
 * C are contiguous, `ldc` apart. A complex operand is conjugated on demand. An empty sum is 0. C overlaps no operand.
 *
 * Each element of C is a sum over blocks of 256 terms, blocks and terms in the order of p:
 * |err| ≤ min(k, 255 + ⌈k/256⌉)·u·|A||B|, for complex √2 of that with k + 1; one more u·|C| when accumulating. The order
 * depends on nothing but k: any range of rows or columns of C, wherever it lies, gets the same bits on its own.
 * A real product with m = 1 or n = 1 where the matrix is contiguous along p is summed by lanes instead, in `dotColumns`:
 * |err| ≤ min(k, 130)·u·|A||B|, whatever k.
 * After Goto & van de Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008.
 */
export function gemm(
  dtype: i32, m: i32, n: i32, k: i32,
  a: usize, rsa: i32, csa: i32, conjA: bool,
  b: usize, rsb: i32, csb: i32, conjB: bool,
  c: usize, ldc: i32, accumulate: bool, work: usize,
): void {
  // A column is computed as a row, Cᵀ = Bᵀ·Aᵀ.
  if (n == 1 && ldc == 1) multiply(dtype, 1, m, k, b, csb, rsb, conjB, a, csa, rsa, conjA, c, m, accumulate, work);
  else multiply(dtype, m, n, k, a, rsa, csa, conjA, b, rsb, csb, conjB, c, ldc, accumulate, work);
}

function multiply(
  dtype: i32, m: i32, n: i32, k: i32,
  a: usize, rsa: i32, csa: i32, conjA: bool,
  b: usize, rsb: i32, csb: i32, conjB: bool,
  c: usize, ldc: i32, accumulate: bool, work: usize,
): void {
  const g = changetype<Product>(work);
  const shift = sizeShift(dtype);
  g.m = m;
  g.n = n;
  g.k = k;
  g.a = a;
  g.rsa = rsa << shift;
  g.csa = csa << shift;
  g.b = b;
  g.rsb = rsb << shift;
  g.csb = csb << shift;
  g.c = c;
  g.ldc = ldc << shift;
  g.shift = shift;
  g.complex = isComplex(dtype);
  g.conjA = conjA;
  g.conjB = conjB;
  g.accumulate = accumulate;
  if (dtype == DType.int32) integerProduct(g);
  else if (k == 0) clear(g);
  else if (dtype == DType.float32 || dtype == DType.complex64) product<f32>(g);
  else product<f64>(g);
}

/** C ← 0, unless the product is added to it. */
function clear(g: Product): void {
  if (g.accumulate) return;
  for (let i = 0; i < g.m; ++i) memory.fill(g.c + i * g.ldc, 0, g.n << g.shift);
}

function product<T>(g: Product): void {
  if (g.m == 1 && !g.complex && (g.rsb == sizeof<T>() || g.csb == sizeof<T>())) return vectorProduct<T>(g);
  const nc = (NC * ROW) >> g.shift;
  for (let j = 0; j < g.n; j += nc) {
    for (let p = 0; p < g.k; p += KC) block<T>(g, j, min(nc, g.n - j), p, min(KC, g.k - p));
  }
}

/**
 * Multiplies a vector by a matrix of contiguous columns or rows, in blocks of 256 of them. Where that is faster it reads the blocks from the last
 * to the first (see `fromEnd`); it then keeps each block's sums over rows until all are computed, and adds them in the order of p.
 */
function vectorProduct<T>(g: Product): void {
  const dots = g.rsb == sizeof<T>();
  const bytes = g.n << g.shift;
  const lines = dots ? g.n : g.k;
  const step = dots ? g.csb : g.rsb;
  const last = (lines - 1) & -KC;
  const backwards = fromEnd(g.n, g.k);
  const piece = backwards && !dots ? <i32>roundUp(bytes) : 0;
  let accumulate = g.accumulate;
  let sum = g.panels;
  if (dots) layVector<T>(g.k, g.a, g.csa, sum);
  for (let i = 0; i <= last; i += KC) {
    const at = backwards ? last - i : i;
    const count = min(KC, lines - at);
    const b = g.b + at * step;
    if (dots) {
      dotColumns<T>(count, g.k, b, step, g.c + (at << g.shift), accumulate, sum);
      continue;
    }
    combineRows<T>(g.n, count, g.a + at * g.csa, g.csa, b, step, sum);
    if (!piece) {
      emit<T>(sum, 1, bytes, g.c, 0, accumulate);
      accumulate = true;
    }
    sum += piece;
  }
  while (sum > g.panels) {
    sum -= piece;
    emit<T>(sum, 1, bytes, g.c, 0, accumulate);
    accumulate = true;
  }
}

/** C[:, j … j+n−1] ← or += A[:, p … p+k−1] · B[p … p+k−1, j … j+n−1]. */
function block<T>(g: Product, j: i32, n: i32, p: i32, k: i32): void {
  const row = n << g.shift;
  const b = g.b + p * g.rsb + j * g.csb;
  const inPlace = g.csb == 1 << g.shift && g.m <= FEW_ROWS ? row & -ROW : 0; // bytes of B's rows read where they lie
  const pb = g.panels;
  if (inPlace < row) packB(g.shift, k, (row - inPlace) >> g.shift, b + inPlace, g.rsb, g.csb, pb);
  const pa = row > FEW_PANELS * ROW ? pb + ((row - inPlace + ROW - 1) & -ROW) * k : 0;
  const mc = g.complex ? MC : 2 * MC;
  const isLast = p + k == g.k && j + n == g.n;
  for (let i = 0; i < g.m; i += mc) {
    const m = min(mc, g.m - i);
    const a = g.a + i * g.rsa + p * g.csa;
    const c = g.c + i * g.ldc + (j << g.shift);
    if (pa) packA<T>(k, m, g.complex, a, g.rsa, g.csa, pa);
    for (let at = 0; at < row; at += ROW) {
      const bytes = min(ROW, row - at);
      if (at < inPlace) column<T>(g, m, k, p, a, pa, b + at, g.rsb, c + at, bytes);
      else column<T>(g, m, k, p, a, pa, pb + (at - inPlace) * k, ROW, c + at, bytes);
    }
    if (isLast) tell(g.c + (i + m) * g.ldc);
  }
}

/** Computes m rows of C under one panel of B, `bytes` bytes wide, 64 at most. A is read from its panels at `pa` unless that is 0. */
function column<T>(
  g: Product, m: i32, k: i32, p: i32, a: usize, pa: usize, b: usize, rsb: i32, c: usize, bytes: i32,
): void {
  const tile = g.tile;
  const accumulate = g.accumulate || p > 0;
  const height = g.complex ? 1 : 2;
  const gap = g.complex ? <i32>sizeof<T>() : g.rsa;
  if (accumulate) touch(m, c, g.ldc, tile);
  for (; m > 0; m -= height) {
    if (pa) {
      microkernel<T, Packed>(k, pa, PAIR / 2, PAIR, b, rsb, tile);
      pa += k * PAIR;
    } else {
      microkernel<T, InPlace>(k, a, m < height ? 0 : gap, g.csa, b, rsb, tile);
      a += height * g.rsa;
    }
    if (g.complex) fold<T>(tile, g.conjA, g.conjB);
    emit<T>(tile, min(m, height), bytes, c, g.ldc, accumulate);
    c += height * g.ldc;
  }
}

/**
 * Loads a word of each row of C, so that these loads overlap; `to` gets their xor. Without this, where C is larger than the second-level
 * cache, each tile waits for its own rows of C, a fifth of the time.
 */
function touch(rows: i32, c: usize, ldc: i32, to: usize): void {
  let x: u32 = 0;
  for (; rows > 0; --rows) {
    x ^= load<u32>(c);
    c += ldc;
  }
  store<u32>(to, x);
}

/** int32, row by row, without a micro-kernel. */
function integerProduct(g: Product): void {
  clear(g);
  for (let i = 0; i < g.m; ++i) {
    const c = g.c + i * g.ldc;
    for (let p = 0; p < g.k; ++p) {
      const x = load<i32>(g.a + i * g.rsa + p * g.csa);
      let b = g.b + p * g.rsb;
      for (let at = c, end = c + (g.n << 2); at < end; at += 4) {
        store<i32>(at, load<i32>(at) + x * load<i32>(b));
        b += g.csb;
      }
    }
  }
}
