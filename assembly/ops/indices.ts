/** Checks indices and makes them contiguous for kernels; and the ops whose operands or results are indices only, which have no gradient. */
import { splat } from '../kernels/strided';
import * as k from '../kernels/rows';
import { DType, Status } from '../shared/abi';
import { OneHotWord, WholeWord, WritersWord } from '../shared/attributes';
import { Op } from '../shared/opcode';
import { Call } from '../tape/call';
import { CHECKS, zeroGradient } from '../tape/define';
import { fail } from '../tape/fault';
import { tracing } from '../tape/trace';
import { element } from '../tensor/constant';
import { BOOLEAN, INTEGER, REAL, sizeShift } from '../tensor/dtype';
import { countElements, NONE, Tensor } from '../tensor/tensor';
import { copied, dense, freeDense } from './dense';
import { fitsRank } from './infer';

export function defineIndices(): void {
  /** Row-major positions of points in an array of the dimensions in the attributes: (…, rank) → (…). */
  zeroGradient(Op.ravelIndex, INTEGER, inferRavel, (c) => { ravel(c); });

  /** y[r] = n + the last k whose index is r, or r if there is none: the row that row r of [x; values] becomes when values are stored at the indices. */
  zeroGradient(Op.lastWriters, INTEGER, inferLastWriters, (c) => { lastWriters(c); }, CHECKS);

  /** Row-major positions of the true elements. */
  zeroGradient(Op.positionsSet, BOOLEAN, inferPositions, (c) => { positionsSet(c); });

  /** y[…, j] = on where j is the index, off elsewhere. */
  zeroGradient(Op.oneHot, INTEGER, inferOneHot, (c) => { oneHot(c); });

  /** A scalar as int32, modulo 2³², if it is a whole number from `least` to `most`; `wrap` is added where it is negative. */
  zeroGradient(Op.whole, REAL, inferWhole, (c) => { whole(c); }, CHECKS);
}

/** Address of the indices t, resolved for an axis of size n: in place if none needs a change, or in a copy that `freeDense` frees; 0 after a failure. */
export function resolved(c: Call, t: Tensor, axis: i32, n: i32, drop: bool): usize {
  if (t.isContiguous && k.areInRange(t.data, t.size, n)) return t.data;
  const indices = copied(c, t, t.shapeAt, t.stridesAt);
  if (!indices) return 0;
  const wrong = k.resolve(indices, t.size, n, drop);
  if (wrong < 0) return indices;
  fail(Status.index, c.op, load<i32>(indices + (<usize>wrong << 2)), axis, n);
  freeDense(t, indices);
  return 0;
}

/** Checks the indices of an empty result, for which no kernel runs. A shape rule returns this call; for other results it is true. */
export function areChecked(c: Call, t: Tensor, axis: i32, n: i32, drop: bool): bool {
  if (countElements(c.output(0))) return true;
  const indices = resolved(c, t, axis, n, drop);
  freeDense(t, indices);
  return indices != 0;
}

// The attributes of ravelIndex are dimensions.

function inferRavel(c: Call): bool {
  const x = c.input(0);
  const rank = x.rank - 1;
  if (rank < 0) return fail(Status.rank, c.op, 0, 1, 1);
  if (x.dim(rank) != c.words) return fail(Status.dimension, c.op, rank, x.dim(rank), c.words);
  const y = c.give(DType.int32, rank);
  if (!y) return false;
  for (let i = 0; i < rank; i++) y.setDim(i, x.dim(i));
  return true;
}

function ravel(c: Call): void {
  const x = c.input(0);
  const y = c.output(0);
  const points = dense(c, x);
  if (!points) return;
  const wrong = k.ravel(y.data, points, y.size, c.words, c.attributes);
  if (wrong >= 0) fail(Status.index, c.op, load<i32>(points + (<usize>wrong << 2)), wrong % c.words, c.attribute(wrong % c.words));
  freeDense(x, points);
}

function inferLastWriters(c: Call): bool {
  const y = c.give(DType.int32, 1);
  if (!y) return false;
  const n = c.attribute(WritersWord.size);
  y.setDim(0, n);
  return areChecked(c, c.input(0), 0, n, false);
}

function lastWriters(c: Call): void {
  const t = c.input(0);
  const n = c.attribute(WritersWord.size);
  const indices = resolved(c, t, 0, n, false);
  if (!indices) return;
  k.lastWriters(c.output(0).data, n, indices, t.size);
  freeDense(t, indices);
}

function inferPositions(c: Call): bool {
  const x = c.input(0);
  if (tracing) return fail(Status.traced, c.op);
  const y = c.give(DType.int32, 1);
  if (!y) return false;
  const mask = dense(c, x);
  if (!mask) return false;
  y.setDim(0, k.countSet(mask, x.size));
  freeDense(x, mask);
  return true;
}

function positionsSet(c: Call): void {
  const x = c.input(0);
  const mask = dense(c, x);
  if (!mask) return;
  k.positionsSet(c.output(0).data, mask, x.size);
  freeDense(x, mask);
}

function inferOneHot(c: Call): bool {
  const x = c.input(0);
  const rank = x.rank;
  if (!fitsRank(c, rank + 1)) return false;
  const y = c.give(c.attribute(OneHotWord.dtype), rank + 1);
  if (!y) return false;
  for (let i = 0; i < rank; i++) y.setDim(i, x.dim(i));
  y.setDim(rank, c.attribute(OneHotWord.depth));
  return true;
}

function oneHot(c: Call): void {
  const x = c.input(0);
  const y = c.output(0);
  const shift = sizeShift(y.dtype);
  const indices = dense(c, x);
  if (!indices) return;
  splat(shift, y.data, element(y.dtype, c.attributeF64(OneHotWord.off), 0), y.size);
  const on = element(y.dtype, c.attributeF64(OneHotWord.on), 0);
  const depth = c.attribute(OneHotWord.depth);
  if (shift == 0) k.setOnes<u8>(y.data, indices, x.size, depth, on);
  else if (shift == 2) k.setOnes<u32>(y.data, indices, x.size, depth, on);
  else if (shift == 3) k.setOnes<u64>(y.data, indices, x.size, depth, on);
  else k.setOnes<v128>(y.data, indices, x.size, depth, on);
  freeDense(x, indices);
}

function inferWhole(c: Call): bool {
  const rank = c.input(0).rank;
  return rank ? fail(Status.rank, c.op, rank, 0, 2) : c.give(DType.int32, 0) != NONE;
}

function whole(c: Call): void {
  const x = c.input(0);
  const v: f64 = x.dtype == DType.int32 ? load<i32>(x.data) : x.dtype == DType.float32 ? load<f32>(x.data) : load<f64>(x.data);
  if (floor(v) == v && v >= c.attribute(WholeWord.least) && v <= <u32>c.attribute(WholeWord.most))
    store<i32>(c.output(0).data, <i32><i64>(v < 0 ? v + c.attribute(WholeWord.wrap) : v));
  else {
    const bits = reinterpret<i64>(v);
    fail(Status.whole, c.op, <i32>bits, <i32>(bits >> 32));
  }
}
