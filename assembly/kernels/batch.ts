/**
 * Matrix products over batch axes: which axes become rows or terms of one larger product, and the loop over the others.
 * Knows pointers and strides, no tensors and no blocking.
 */
import { alloc, free } from '../memory/heap';
import { ARENA, OWN } from '../memory/scratch';
import { closeRoom, Meeting, meet, room, share, sharePieces, start } from '../parallel/share';
import { DType } from '../shared/abi';
import { isComplex, realOf, sizeShift } from '../tensor/dtype';
import { COST, gemm, gemmWorkspace, KC } from './gemm';
import { emit } from './microkernel';
import { forgetTold } from './progress';

const AXES = 16;
/** At least so many matrices are divided among threads as wholes. */
const MANY = 8;
/** A share has a multiple of so many rows or columns: those of a panel, and never one, for which another kernel computes other bits. */
const GRAIN = 16;
/** As GRAIN, for dot products, of which the kernel computes four at a time. */
const DOTS = 4;
/** At least so many terms are divided among threads: four blocks, of which the last is at least half full. */
const TERMS = (7 * KC) / 2;
/** Terms are divided where C has at most so many elements: in products with a vector, and with a matrix. */
const LONG = 1 << 14;
const SMALL = 1 << 11;
/** As COST, for products with a vector, which read each element of the matrix for one multiplication. */
const VECTOR_COST = 0.13;

/** C ← Σ A·B: the matrices at the first index of every axis. Strides count elements. */
@unmanaged @final
export class Batch {
  dtype: i32;
  m: i32;
  n: i32;
  k: i32;
  a: usize;
  rsa: i32;
  csa: i32;
  conjA: bool;
  b: usize;
  rsb: i32;
  csb: i32;
  conjB: bool;
  c: usize;
  ldc: i32;
  /** Axes that the loop runs over. */
  axes: i32;

  @inline axis(i: i32): Axis { return changetype<Axis>(changetype<usize>(this) + offsetof<Batch>() + i * offsetof<Axis>()); }
}

/** An axis of the loop: its size, the strides of the operands and of the result along it, and the current index. */
@unmanaged @final
class Axis {
  size: i32;
  a: i32;
  b: i32;
  c: i32;
  index: i32;
}

/** The product in progress. */
export const BATCH = changetype<Batch>(memory.data(offsetof<Batch>() + AXES * offsetof<Axis>(), 16) + OWN);

/**
 * Adds a batch axis, innermost first, with the strides of A, B and C along it; that of C is 0 where the axis is summed over.
 * An axis along which B repeats, and which continues the rows of A and C, becomes more rows; a summed axis that continues the terms of both
 * operands becomes more terms: one large product packs B once and writes C once.
 */
export function addBatchAxis(g: Batch, size: i32, a: i32, b: i32, c: i32): void {
  if (size == 1) return;
  if (c == 0 && (g.k == 1 || (a == g.csa * g.k && b == g.rsb * g.k))) {
    if (g.k == 1) {
      g.csa = a;
      g.rsb = b;
    }
    g.k *= size;
  } else if (c != 0 && b == 0 && (g.m == 1 || (a == g.rsa * g.m && c == g.ldc * g.m))) {
    if (g.m == 1) {
      g.rsa = a;
      g.ldc = c;
    }
    g.m *= size;
  } else {
    const axis = g.axis(g.axes++);
    axis.size = size;
    axis.a = a;
    axis.b = b;
    axis.c = c;
    axis.index = 0;
  }
}

/** Computes the product; returns 0, or the bytes of scratch that could not be allocated. */
export function multiplyBatch(g: Batch): usize {
  lengthenTerms(g);
  const bytes = gemmWorkspace(g.dtype, g.m, g.n, g.k);
  const work = alloc(bytes);
  if (!work) return bytes;
  if (isDefined(THREADS)) {
    if (bytes <= ARENA && multiplyTogether(g, work)) {
      free(work, bytes);
      return 0;
    }
  }
  if (bytes <= ARENA) shareBatch(g);
  do {
    gemm(g.dtype, g.m, g.n, g.k, g.a, g.rsa, g.csa, g.conjA, g.b, g.rsb, g.csb, g.conjB, g.c, g.ldc, isAdding(g), work);
  } while (advance(g));
  if (!isInOrder(g)) forgetTold();
  free(work, bytes);
  return 0;
}

/** Exchanges few terms for a longer summed axis, so that fewer blocks, and so fewer roundings, are added to C. */
function lengthenTerms(g: Batch): void {
  for (let i = 0; i < g.axes; i++) {
    const axis = g.axis(i);
    if (axis.c || g.k >= KC || axis.size <= g.k) continue;
    const k = g.k, csa = g.csa, rsb = g.rsb;
    g.k = axis.size;
    g.csa = axis.a;
    g.rsb = axis.b;
    axis.size = k;
    axis.a = csa;
    axis.b = rsb;
  }
}

/**
 * Reduces the product to this thread's share: of the matrices where these are many, else of rows or columns. Where rows are divided each
 * thread packs B, where columns are divided each packs A, and packing a row of A takes as many stores as four columns of B.
 */
function shareBatch(g: Batch): void {
  let time = timeOf(g);
  for (let i = 0; i < g.axes; i++) time *= g.axis(i).size;
  const shift = sizeShift(g.dtype);
  const grain = sumsLanes(g) ? DOTS : GRAIN;
  const outer = g.axis(g.axes - 1);
  if (g.axes && outer.c && outer.size >= MANY) {
    outer.size = share(outer.size, 1, time / outer.size);
    g.a += (start() * outer.a) << shift;
    g.b += (start() * outer.b) << shift;
    g.c += (start() * outer.c) << shift;
  } else if (g.m >= g.n >> 2) {
    g.m = share(g.m, grain, time / g.m, 1);
    g.a += (start() * g.rsa) << shift;
    g.c += (start() * g.ldc) << shift;
  } else {
    g.n = share(g.n, grain, time / g.n, 1);
    g.b += (start() * g.csb) << shift;
    g.c += start() << shift;
  }
}

/** Nanoseconds for one of the matrix products, in proportion to the bytes of an element. */
// @ts-ignore: decorator
@inline
function timeOf(g: Batch): f64 {
  return (g.m == 1 || g.n == 1 ? VECTOR_COST : COST) * <f64>((<i32>1 << sizeShift(g.dtype)) >> 2) * g.m * g.n * g.k;
}

/**
 * Divides the blocks of terms of one small product among the threads. Returns false where it has computed nothing: one thread has to do all,
 * or rows or columns are to be divided. So each thread reads whole rows of a matrix in a product with a vector: half a row, if the
 * row's length is a power of two, would fall into half of a cache's sets.
 */
function multiplyTogether(g: Batch, work: usize): bool {
  const size = g.m * g.n;
  const isVector = g.m == 1 || g.n == 1;
  if (g.axes || g.k < TERMS || size > (isVector ? LONG : SMALL) || sumsLanes(g)) return false;
  const blocks = (g.k + KC - 1) / KC;
  const shift = sizeShift(g.dtype);
  const bytes = size << shift;
  const own = sharePieces(blocks, timeOf(g) / blocks, bytes, max(g.m, g.n) / GRAIN);
  if (!own) return false;
  const pieces = room();
  for (let first = start(), i = first; i < first + own; i++) {
    const p = i * KC;
    const a = g.a + ((p * g.csa) << shift);
    const b = g.b + ((p * g.rsb) << shift);
    gemm(g.dtype, g.m, g.n, min(KC, g.k - p), a, g.rsa, g.csa, g.conjA, b, g.rsb, g.csb, g.conjB, pieces + i * bytes, g.n, false, work);
  }
  const meeting = meet();
  if (meeting == Meeting.caller) {
    for (let i = 0; i < blocks; i++) addPiece(g.dtype, pieces + i * bytes, bytes, g.c, i > 0);
    closeRoom();
  }
  return meeting != Meeting.alone;
}

/** Whether `gemm` computes the product as dot products, with a sum in each lane instead of a sum for each block. */
function sumsLanes(g: Batch): bool {
  return g.dtype != DType.int32 && !isComplex(g.dtype) && (g.n == 1 ? g.csa == 1 : g.m == 1 && g.rsb == 1);
}

/** C ← piece, or C + piece. */
function addPiece(dtype: i32, piece: usize, bytes: i32, c: usize, accumulate: bool): void {
  if (dtype == DType.int32) emit<i32>(piece, 1, bytes, c, 0, accumulate);
  else if (realOf(dtype) == DType.float32) emit<f32>(piece, 1, bytes, c, 0, accumulate);
  else emit<f64>(piece, 1, bytes, c, 0, accumulate);
}

/** Whether the product finishes matrices and their rows in the order of their addresses, without gaps between them. */
function isInOrder(g: Batch): bool {
  for (let i = 0, n = g.axes; i < n; i++) if (g.axis(i).c == 0) return false;
  return g.ldc == g.n;
}

/** Whether C holds terms already, because a summed axis is past its first index. */
function isAdding(g: Batch): bool {
  for (let i = 0, n = g.axes; i < n; i++) if (g.axis(i).index && g.axis(i).c == 0) return true;
  return false;
}

/** Moves the pointers to the next matrices; false after the last ones. */
function advance(g: Batch): bool {
  const shift = sizeShift(g.dtype);
  for (let i = 0, n = g.axes; i < n; i++) {
    const axis = g.axis(i);
    const steps = axis.index + 1 < axis.size ? 1 : -axis.index; // on, or back to the start and on with the next axis
    axis.index += steps;
    g.a += (steps * axis.a) << shift;
    g.b += (steps * axis.b) << shift;
    g.c += (steps * axis.c) << shift;
    if (steps == 1) return true;
  }
  return false;
}
