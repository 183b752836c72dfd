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
/** So many matrices are shared as wholes. */
const MANY = 8;
/** Rows or columns that a share is a multiple of: a panel's, and never one, which is another kernel's. */
const GRAIN = 16;
/** Rows or columns of dot products, of which four are computed at a time. */
const DOTS = 4;
/** Terms from which on they are divided: four blocks, the last at least half. */
const TERMS = (7 * KC) / 2;
/** Elements of C up to which they are: by a vector, and by a matrix. */
const LONG = 1 << 14;
const SMALL = 1 << 11;
/** As COST, by a vector: the matrix is read for these products alone. */
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

/** An axis of the loop: its size, the steps of the operands and the result along it, where it stands. */
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
 * Adds a batch axis, innermost first, with the steps of A, B and C along it; C stands still where the axis is summed over.
 * An axis that continues the rows of A and C under one B makes them longer, a summed one that continues the terms of both
 * operands makes sums longer: one large product packs B once and takes C to memory once.
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

/** Computes the product; returns the bytes of scratch that were asked for in vain, 0 when all is well. */
export function runBatch(g: Batch): usize {
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

/** Lets a longer summed axis take the place of few terms, so that C is rounded for as few blocks as can be. */
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
 * Leaves of the product this thread's share: of matrices where there are many, else of rows or columns, of which the others' packing is
 * repeated: a row of A takes as many stores as four columns of B.
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

/** Nanoseconds for one of the products; longer elements than float32 take so much longer. */
// @ts-ignore: decorator
@inline
function timeOf(g: Batch): f64 {
  return (g.m == 1 || g.n == 1 ? VECTOR_COST : COST) * <f64>((<i32>1 << sizeShift(g.dtype)) >> 2) * g.m * g.n * g.k;
}

/**
 * One small product of many terms, block by block of them, by all threads; false where one thread has to do it, or rows or columns are
 * divided. So a matrix that meets a vector is read by whole rows: halves of a row whose length is a power of two would lie in half of a
 * cache's sets.
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

/** Whether the product is one for which `gemm` sums lanes apart, not blocks. */
function sumsLanes(g: Batch): bool {
  return g.dtype != DType.int32 && !isComplex(g.dtype) && (g.n == 1 ? g.csa == 1 : g.m == 1 && g.rsb == 1);
}

/** C ← piece, or C + piece. */
function addPiece(dtype: i32, piece: usize, bytes: i32, c: usize, accumulate: bool): void {
  if (dtype == DType.int32) emit<i32>(piece, 1, bytes, c, 0, accumulate);
  else if (realOf(dtype) == DType.float32) emit<f32>(piece, 1, bytes, c, 0, accumulate);
  else emit<f64>(piece, 1, bytes, c, 0, accumulate);
}

/** Whether matrices and their rows are finished in the order in which they lie, and lie without gaps. */
function isInOrder(g: Batch): bool {
  for (let i = 0, n = g.axes; i < n; i++) if (g.axis(i).c == 0) return false;
  return g.ldc == g.n;
}

/** Whether C holds terms already: some summed axis is past its start. */
function isAdding(g: Batch): bool {
  for (let i = 0, n = g.axes; i < n; i++) if (g.axis(i).index && g.axis(i).c == 0) return true;
  return false;
}

/** Moves the pointers on to the next matrices; false after the last. */
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
