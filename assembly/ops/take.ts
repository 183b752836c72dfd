/** Takes elements by index; adds elements at indices, or keeps the greatest at each. Knows no other arithmetic. */
import { splat } from '../kernels/strided';
import * as k from '../kernels/rows';
import { DType, Status } from '../shared/abi';
import { TakeWord } from '../shared/attributes';
import { Op } from '../shared/opcode';
import { apply } from '../tape/apply';
import { View } from '../tape/backward';
import { begin, Call } from '../tape/call';
import { CHECKS, define, IN0, X0, X1, Y } from '../tape/define';
import { fail } from '../tape/fault';
import { element } from '../tensor/constant';
import { ANY, isComplex, NUMERIC, REAL, realOf, sizeShift } from '../tensor/dtype';
import { Tensor } from '../tensor/tensor';
import { dense, freeDense } from './dense';
import { areChecked, resolved } from './indices';
import { fitsRank } from './infer';
import { cast, chain, chainDiv, equal } from './prim';

export function defineIndexing(): void {
  /** y = x with one axis replaced by the axes of the indices i: y[b, o, k, …] = x[b, o, i[b, k], …].  x̄ = zeros with ȳ added at the indices. */
  define(Op.take, ANY, inferTake, (c) => { take(c); }, X1 | CHECKS,
    (v) => { v.give(0, scatter(Op.scatterAdd, v.cotangent, v.input(1), v.attributes, v.input(0))); }, IN0);

  /** y = zeros with x added at the indices i: y[b, o, i[b, k], …] += x[b, o, k, …].  x̄ = ȳ taken at the indices. */
  define(Op.scatterAdd, NUMERIC, inferScatter, (c) => { scatterAdd(c); }, X1 | CHECKS, (v) => { v.give(0, taken(v.cotangent, v)); }, IN0);

  /** y = the greatest of the x at each index, −∞ or the least integer for none.  x̄ = ȳ, in equal shares to the greatest elements. */
  define(Op.scatterMax, REAL, inferScatter, (c) => { scatterMax(c); }, X0 | X1 | Y | CHECKS, (v) => { if (v.needs(0)) v.give(0, sharedByGreatest(v)); });
}

function isIndex(c: Call, i: i32): bool {
  return c.input(i).dtype == DType.int32 || fail(Status.dtype, c.op, i, c.input(i).dtype);
}

/** Whether axis `i` of operand 0 and `j` of the indices agree. */
function agree(c: Call, i: i32, j: i32): bool {
  const size = c.input(0).dim(i);
  const wanted = c.input(1).dim(j);
  return size == wanted || fail(Status.dimension, c.op, i, size, wanted);
}

function inferTake(c: Call): bool {
  const x = c.input(0);
  const t = c.input(1);
  const axis = c.attribute(TakeWord.axis);
  const batch = c.attribute(TakeWord.batch);
  const rank = x.rank - 1 + t.rank - batch;
  if (!isIndex(c, 1)) return false;
  if (axis < batch || axis >= x.rank || batch < 0 || batch > t.rank) return fail(Status.axis, c.op, axis, x.rank);
  if (!fitsRank(c, rank)) return false;
  for (let i = 0; i < batch; i++) if (!agree(c, i, i)) return false;
  const y = c.give(x.dtype, rank);
  if (!y) return false;
  const last = axis + t.rank - batch;
  for (let i = 0; i < rank; i++) y.setDim(i, i < axis ? x.dim(i) : i < last ? t.dim(batch + i - axis) : x.dim(i - last + axis + 1));
  return areChecked(c, t, axis, x.dim(axis), c.attribute(TakeWord.drop) != 0);
}

function inferScatter(c: Call): bool {
  const x = c.input(0);
  const t = c.input(1);
  const axis = c.attribute(TakeWord.axis);
  const batch = c.attribute(TakeWord.batch);
  const width = t.rank - batch;
  const rank = x.rank - width + 1;
  if (!isIndex(c, 1)) return false;
  if (axis < batch || axis + width > x.rank || batch < 0 || width < 0) return fail(Status.axis, c.op, axis, x.rank);
  if (!fitsRank(c, rank)) return false;
  for (let i = 0; i < batch; i++) if (!agree(c, i, i)) return false;
  for (let i = 0; i < width; i++) if (!agree(c, axis + i, batch + i)) return false;
  const y = c.give(x.dtype, rank);
  if (!y) return false;
  for (let i = 0; i < rank; i++) y.setDim(i, i < axis ? x.dim(i) : i == axis ? c.attribute(TakeWord.size) : x.dim(i + width - 1));
  return areChecked(c, t, axis, c.attribute(TakeWord.size), c.attribute(TakeWord.drop) != 0);
}

/** Product of the dimensions of t from axis `from` up to `to`. */
function extent(t: Tensor, from: i32, to: i32): i32 {
  let n = 1;
  for (let i = from; i < to; i++) n *= t.dim(i);
  return n;
}

function take(c: Call): void {
  const x = c.input(0);
  const t = c.input(1);
  const axis = c.attribute(TakeWord.axis);
  const batch = c.attribute(TakeWord.batch);
  const n = x.dim(axis);
  const indices = resolved(c, t, axis, n, c.attribute(TakeWord.drop) != 0);
  if (!indices) return;
  const from = c.output(0).size ? dense(c, x) : 0;
  const bytes = <usize>extent(x, axis + 1, x.rank) << sizeShift(x.dtype);
  if (from) k.take(c.output(0).data, from, indices, extent(x, 0, batch), extent(x, batch, axis), n, extent(t, batch, t.rank), bytes);
  if (from) freeDense(x, from);
  freeDense(t, indices);
}

function scatterAdd(c: Call): void {
  const y = c.output(0);
  memory.fill(y.data, 0, y.bytes);
  switch (realOf(y.dtype)) {
    case DType.float32:
      return scatterRows<f32>(c, false);
    case DType.float64:
      return scatterRows<f64>(c, false);
    default:
      return scatterRows<i32>(c, false);
  }
}

function scatterMax(c: Call): void {
  const y = c.output(0);
  splat(sizeShift(y.dtype), y.data, element(y.dtype, y.dtype == DType.int32 ? <f64>i32.MIN_VALUE : -Infinity, 0), y.size);
  switch (y.dtype) {
    case DType.float32:
      return scatterRows<f32>(c, true);
    case DType.float64:
      return scatterRows<f64>(c, true);
    default:
      return scatterRows<i32>(c, true);
  }
}

/** Adds the rows of x, numbers of type T, to those of y, or keeps the `greatest` of each. */
function scatterRows<T>(c: Call, greatest: bool): void {
  const x = c.input(0);
  const t = c.input(1);
  const axis = c.attribute(TakeWord.axis);
  const batch = c.attribute(TakeWord.batch);
  const n = c.attribute(TakeWord.size);
  const indices = resolved(c, t, axis, n, c.attribute(TakeWord.drop) != 0);
  if (!indices) return;
  const y = c.output(0);
  const from = y.size ? dense(c, x) : 0;
  const count = extent(t, batch, t.rank);
  const inner = extent(x, axis + t.rank - batch, x.rank) * (isComplex(x.dtype) ? 2 : 1);
  if (!from) return freeDense(t, indices);
  if (greatest) k.scatterMax<T>(y.data, from, indices, extent(x, 0, batch), extent(x, batch, axis), n, count, inner);
  else if (!k.scatterAdd<T>(y.data, from, indices, extent(x, 0, batch), extent(x, batch, axis), n, count, inner)) fail(Status.memory, c.op);
  freeDense(x, from);
  freeDense(t, indices);
}

/** The scatter `op` of t at the indices, with the attributes of a take, to an axis of the size of x's. */
function scatter(op: Op, t: Tensor, indices: Tensor, attributes: usize, x: Tensor): Tensor {
  if (!t) return t;
  const c = begin(op, 2);
  c.setInput(0, t);
  c.setInput(1, indices);
  memory.copy(c.attributes, attributes, TakeWord.size << 2);
  c.setAttribute(TakeWord.size, x.dim(c.attribute(TakeWord.axis)));
  c.words = TakeWord.size + 1;
  return apply();
}

/** t, taken at the indices of a scatter's node. */
function taken(t: Tensor, v: View): Tensor {
  if (!t) return t;
  const c = begin(Op.take, 2);
  c.setInput(0, t);
  c.setInput(1, v.input(1));
  memory.copy(c.attributes, v.attributes, TakeWord.size << 2);
  c.words = TakeWord.size;
  return apply();
}

function sharedByGreatest(v: View): Tensor {
  const isGreatest = cast(equal(v.input(0), taken(v.output(0), v)), v.input(0).dtype);
  const many = taken(scatter(Op.scatterAdd, isGreatest, v.input(1), v.attributes, v.output(0)), v);
  return chain(isGreatest, chainDiv(taken(v.cotangent, v), many));
}
