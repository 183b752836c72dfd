/**
 * Matrix products whose left operand is never laid out as a matrix: its element (i, p) is read at the sum of row i's offset and column p's.
 * So a convolution reads the patches under its window where they lie in the image. Knows offsets, no windows and no tensors.
 *
 *     by matrix     C[i, j] = Σₚ A[row i + column p]     · B[p, j]
 *     by lane       C[i, j] = Σₚ A[row i + column p + j] · B[p, j]
 */
import { alloc, free } from '../memory/heap';
import { OWN } from '../memory/scratch';
import { isComplex, realOf, sizeShift } from '../tensor/dtype';
import { DType } from '../shared/abi';
import { FEW_PANELS, FEW_ROWS, gemmWorkspace, KC, MC, NC } from './gemm';
import { emit, fold, Indexed, lanewise, microkernel, Packed, ROW, TILE } from './microkernel';
import { packB, packPair, PAIR } from './pack';
import { tell } from './progress';

const AXES = 4;

/** One of the axes that make up the rows or the columns, innermost last: its size, and the bytes of a step along it in A and in C. */
@unmanaged @final
class Axis {
  size: i32;
  a: i32;
  c: i32;
}

/** The rows, or the columns: up to four axes and the product of their sizes. */
@unmanaged @final
class Places {
  count: i32;
  axes: i32;

  @inline axis(i: i32): Axis { return changetype<Axis>(changetype<usize>(this) + offsetof<Places>() + i * offsetof<Axis>()); }
}

const PLACES = offsetof<Places>() + AXES * offsetof<Axis>();

/** The product in progress. */
@unmanaged @final
export class Gathered {
  dtype: i32;
  byLane: bool;
  accumulate: bool;
  /** The first row that is computed, and the number of rows. */
  from: i32;
  m: i32;
  n: i32;
  a: usize;
  b: usize;
  ldb: i32;
  c: usize;

  @inline get rows(): Places { return changetype<Places>(changetype<usize>(this) + offsetof<Gathered>()); }
  @inline get columns(): Places { return changetype<Places>(changetype<usize>(this) + offsetof<Gathered>() + PLACES); }
}

export const GATHERED = changetype<Gathered>(memory.data(offsetof<Gathered>() + 2 * PLACES, 16) + OWN);

const ROWS = memory.data((2 * MC + 1) << 2, 16) + OWN;
const TARGETS = memory.data((2 * MC + 1) << 2, 16) + OWN;
const COLUMNS = memory.data(KC << 2, 16) + OWN;
const TILE_AT = memory.data(TILE, 16) + OWN;

/** Removes the axes of the product before. */
export function clearPlaces(g: Gathered): void {
  g.rows.count = 1;
  g.rows.axes = 0;
  g.columns.count = 1;
  g.columns.axes = 0;
}

/** Adds an axis inside the others; `a` and `c` are its steps in bytes. */
export function addPlaces(places: Places, size: i32, a: i32, c: i32): void {
  places.count *= size;
  if (size == 1) return;
  const axis = places.axis(places.axes++);
  axis.size = size;
  axis.a = a;
  axis.c = c;
}

/**
 * C ← or += the product. Rows of B are contiguous, and so is each row of C. float32, float64, complex64, complex128; by lane float32 and
 * float64 only, and A is then read for up to 48 bytes behind its last element. An element of C is summed as in `gemm`: blocks of 256 terms
 * in the order of p. Returns 0, or the bytes of scratch that could not be allocated.
 */
export function multiplyGathered(g: Gathered): usize {
  const bytes = gemmWorkspace(g.dtype, g.m, g.n, g.columns.count);
  const work = alloc(bytes);
  if (!work) return bytes;
  if (realOf(g.dtype) == DType.float32) product<f32>(g, work);
  else product<f64>(g, work);
  free(work, bytes);
  return 0;
}

function product<T>(g: Gathered, work: usize): void {
  const nc = (NC * ROW) >> sizeShift(g.dtype);
  const k = g.columns.count;
  for (let j = 0; j < g.n; j += nc) {
    for (let p = 0; p < k; p += KC) block<T>(g, j, min(nc, g.n - j), p, min(KC, k - p), work);
  }
}

/** The terms p … p + k − 1 of columns j … j + n − 1. */
function block<T>(g: Gathered, j: i32, n: i32, p: i32, k: i32, work: usize): void {
  const m = g.m;
  const shift = sizeShift(g.dtype);
  const row = n << shift;
  const start = j << shift;
  const isPacked = m > FEW_ROWS || (row & (ROW - 1)) != 0;
  const b = isPacked ? work : g.b + p * g.ldb + start;
  if (isPacked) packB(shift, k, n, g.b + p * g.ldb + start, g.ldb, 1 << shift, b);
  const pa = g.byLane || row <= FEW_PANELS * ROW ? 0 : work + ((row + ROW - 1) & -ROW) * k;
  place(g.columns, p, k, COLUMNS, 0);
  const mc = isComplex(g.dtype) ? MC : 2 * MC;
  const isLast = p + k == g.columns.count && j + n == g.n;
  for (let i = 0; i < m; i += mc) {
    const height = min(mc, m - i);
    place(g.rows, g.from + i, height, ROWS, TARGETS);
    if (pa) packRows<T>(g, height, k, pa);
    for (let at = 0; at < row; at += ROW) {
      const a = g.byLane ? g.a + start + at : g.a;
      const panel = isPacked ? b + at * k : b + at;
      column<T>(g, height, k, a, pa, panel, isPacked ? ROW : g.ldb, g.c + start + at, min(ROW, row - at), g.accumulate || p > 0);
    }
    if (isLast) tell(g.c + load<i32>(TARGETS + ((height - 1) << 2)) + start + row);
  }
}

/** Writes the offsets of rows or columns from … from + count − 1 in A to `a` and, if `c` is not 0, in C to `c`; with `c` the last twice, for an odd row. */
function place(places: Places, from: i32, count: i32, a: usize, c: usize): void {
  const last = places.axes - 1;
  const inner = places.axis(last);
  const size = last < 0 ? 1 : inner.size;
  const end = from + count;
  while (from < end) {
    let rest = from / size;
    const column = from - rest * size;
    let inA = last < 0 ? 0 : column * inner.a;
    let inC = last < 0 ? 0 : column * inner.c;
    for (let i = last - 1; i >= 0; i--) {
      const axis = places.axis(i);
      const next = rest / axis.size;
      inA += (rest - next * axis.size) * axis.a;
      inC += (rest - next * axis.size) * axis.c;
      rest = next;
    }
    const stop = min(end, from + size - column);
    for (; from < stop; ++from) {
      store<i32>(a, inA);
      inA += inner.a;
      a += 4;
      if (c) {
        store<i32>(c, inC);
        inC += inner.c;
        c += 4;
      }
    }
  }
  if (!c) return;
  store<i32>(a, load<i32>(a - 4));
  store<i32>(c, load<i32>(c - 4));
}

// @ts-ignore: decorator
@inline
function gapOf<T>(g: Gathered, row: usize): i32 {
  return isComplex(g.dtype) ? <i32>sizeof<T>() : load<i32>(row, 4) - load<i32>(row);
}

function packRows<T>(g: Gathered, m: i32, k: i32, pa: usize): void {
  const step = isComplex(g.dtype) ? 4 : 8;
  for (let row = ROWS, end = ROWS + (m << 2); row < end; row += step) {
    packPair<T, Indexed>(k, COLUMNS, gapOf<T>(g, row), <i32>(g.a + load<i32>(row)), pa);
    pa += k * PAIR;
  }
}

/** Computes m rows of C under one panel of B, `bytes` bytes wide, 64 at most. A is read from its panels at `pa` unless that is 0. */
function column<T>(
  g: Gathered, m: i32, k: i32, a: usize, pa: usize, b: usize, rsb: i32, c: usize, bytes: i32, accumulate: bool,
): void {
  const complex = isComplex(g.dtype);
  const height = complex ? 1 : 2;
  const isDirect = g.byLane && bytes == ROW && !accumulate; // whole panels are stored to C directly
  for (let i = 0; i < m; i += height) {
    const row = ROWS + (i << 2);
    const at = a + load<i32>(row);
    const to = load<i32>(TARGETS + (i << 2));
    const next = load<i32>(TARGETS + (i << 2), 4);
    if (isDirect) {
      lanewise<T>(k, COLUMNS, gapOf<T>(g, row), at, b, rsb, c + to, c + next);
      continue;
    }
    if (pa) {
      microkernel<T, Packed>(k, pa, PAIR / 2, PAIR, b, rsb, TILE_AT);
      pa += k * PAIR;
    } else if (g.byLane) lanewise<T>(k, COLUMNS, gapOf<T>(g, row), at, b, rsb, TILE_AT, TILE_AT + ROW);
    else microkernel<T, Indexed>(k, COLUMNS, gapOf<T>(g, row), <i32>at, b, rsb, TILE_AT);
    if (complex) fold<T>(TILE_AT, false, false);
    emit<T>(TILE_AT, min(m - i, height), bytes, c + to, next - to, accumulate);
  }
}
