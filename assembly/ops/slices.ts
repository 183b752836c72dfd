/** Ops that cut tensors and put them together: slice and split are views, pad and concat copy. Knows no arithmetic. */
import { copy } from '../kernels/copy';
import { splat } from '../kernels/strided';
import { OWN } from '../memory/scratch';
import { Limit, Status } from '../shared/abi';
import { ConcatWord, PadWord, SliceWord, SplitWord } from '../shared/attributes';
import { Op } from '../shared/opcode';
import { apply } from '../tape/apply';
import { View } from '../tape/backward';
import { begin, Call } from '../tape/call';
import { define, defineView, JOINT, NOTHING } from '../tape/define';
import { fail } from '../tape/fault';
import { element } from '../tensor/constant';
import { ANY, sizeShift } from '../tensor/dtype';
import { countElements, Tensor } from '../tensor/tensor';
import { shareElements } from '../tensor/view';
import { normalizeAxis } from './infer';

export function definePieces(): void {
  /** y[k] = x[begin + step·k] along each axis.  x̄ = ȳ padded back into zeros. */
  defineView(Op.stridedSlice, ANY, inferSlice, (v) => { if (v.needs(0)) v.give(0, padInto(v.cotangent, v.attributes, v.input(0))); });

  /** y[begin + step·k] = x[k] along each axis, the value elsewhere.  x̄ = those elements of ȳ. */
  define(Op.pad, ANY, inferPad, (c) => { pad(c); }, NOTHING,
    (v) => { if (v.needs(0)) v.give(0, sliceOf(v.cotangent, v.attributes + (PadWord.slice << 2), v.input(0))); });

  /** y = x₀, x₁, … one after the other along an axis.  x̄ᵢ = the elements of ȳ at the position of xᵢ. */
  define(Op.concat, ANY, inferConcat, (c) => { concat(c); }, NOTHING, (v) => { givePieces(v); }, JOINT);

  /** y₀, y₁, … = consecutive parts of x along an axis.  x̄ = ȳ₀, ȳ₁, … concatenated. */
  defineView(Op.split, ANY, inferSplit, (v) => { if (v.needs(0)) v.give(0, joined(v)); });
}

/** Words of a pad's attributes. */
const PAD_RANK = PadWord.slice + SliceWord.rank;
const PAD_LISTS = PadWord.slice + SliceWord.lists;

/** Whether positions begin, begin + step, … (`count` of them) lie in an axis of size `dim`. */
function fits(c: Call, axis: i32, start: i32, step: i32, count: i32, dim: i32): bool {
  if (count <= 0) return count == 0 || fail(Status.dimension, c.op, axis, count, 0);
  const last = <i64>start + <i64>step * (count - 1);
  if (start < 0 || start >= dim) return fail(Status.index, c.op, start, axis, dim);
  return (last >= 0 && last < dim) || fail(Status.index, c.op, <i32>last, axis, dim);
}

function inferSlice(c: Call): bool {
  const x = c.input(0);
  const rank = x.rank;
  if (c.attribute(SliceWord.rank) != rank) return fail(Status.rank, c.op, c.attribute(SliceWord.rank), rank, 2);
  const y = c.give(x.dtype, rank);
  if (!y) return false;
  let offset = 0;
  for (let i = 0; i < rank; i++) {
    const start = c.attribute(SliceWord.lists + i);
    const step = c.attribute(SliceWord.lists + rank + i);
    const size = c.attribute(SliceWord.lists + 2 * rank + i);
    if (!fits(c, i, start, step, size, x.dim(i))) return false;
    y.setDim(i, size);
    y.setStride(i, step * x.stride(i));
    if (size) offset += start * x.stride(i);
  }
  y.size = countElements(y);
  shareElements(y, x, y.size ? offset : 0);
  return true;
}

function inferPad(c: Call): bool {
  const x = c.input(0);
  const rank = x.rank;
  if (c.attribute(PAD_RANK) != rank) return fail(Status.rank, c.op, c.attribute(PAD_RANK), rank, 2);
  const y = c.give(x.dtype, rank);
  if (!y) return false;
  for (let i = 0; i < rank; i++) {
    const dim = c.attribute(PAD_LISTS + 2 * rank + i);
    if (!fits(c, i, c.attribute(PAD_LISTS + i), c.attribute(PAD_LISTS + rank + i), x.dim(i), dim)) return false;
    y.setDim(i, dim);
  }
  return true;
}

const STRIDES = memory.data(Limit.innerRank << 2, 16) + OWN;

function pad(c: Call): void {
  const x = c.input(0);
  const y = c.output(0);
  const shift = sizeShift(x.dtype);
  splat(shift, y.data, element(y.dtype, c.attributeF64(PadWord.re), c.attributeF64(PadWord.im)), y.size);
  if (!x.size) return;
  let offset = 0;
  for (let i = 0, rank = x.rank; i < rank; i++) {
    offset += c.attribute(PAD_LISTS + i) * y.stride(i);
    store<i32>(STRIDES + (i << 2), c.attribute(PAD_LISTS + rank + i) * y.stride(i));
  }
  copyInto(x, y.data + (offset << shift), STRIDES);
}

/** Copies x to the address `to`, with the strides at `strides`. */
function copyInto(x: Tensor, to: usize, strides: usize): void {
  copy(sizeShift(x.dtype), x.rank, x.shapeAt, to, strides, x.data, x.stridesAt);
}

/** Zeros of the shape of x with y at the begins and steps of a slice's `attributes`. */
function padInto(y: Tensor, attributes: usize, x: Tensor): Tensor {
  const c = begin(Op.pad, 1);
  c.setInput(0, y);
  c.setAttributeF64(PadWord.re, 0);
  c.setAttributeF64(PadWord.im, 0);
  setGeometry(c, PadWord.slice, attributes, x);
  return apply();
}

/** The elements of y at the begins and steps of a pad's `attributes`, as many as x has. */
function sliceOf(y: Tensor, attributes: usize, x: Tensor): Tensor {
  const c = begin(Op.stridedSlice, 1);
  c.setInput(0, y);
  setGeometry(c, 0, attributes, x);
  return apply();
}

/** Writes, from word `at`, a slice's words: rank, begins and steps of `attributes`, and the dimensions of x. */
function setGeometry(c: Call, at: i32, attributes: usize, x: Tensor): void {
  const rank = x.rank;
  const sizes = SliceWord.lists + 2 * rank;
  memory.copy(c.attributes + (at << 2), attributes, <usize>sizes << 2);
  for (let i = 0; i < rank; i++) c.setAttribute(at + sizes + i, x.dim(i));
  c.words = at + sizes + rank;
}

function inferConcat(c: Call): bool {
  const x = c.input(0);
  const rank = x.rank;
  if (!rank) return fail(Status.rank, c.op, 0, 1, 1);
  const axis = normalizeAxis(c, c.attribute(ConcatWord.axis), rank);
  if (axis < 0) return false;
  const y = c.give(x.dtype, rank);
  if (!y) return false;
  for (let i = 0; i < rank; i++) y.setDim(i, x.dim(i));
  let total: i64 = x.dim(axis);
  for (let k = 1, n = c.inputs; k < n; k++) {
    const t = c.input(k);
    if (t.dtype != x.dtype) return fail(Status.dtypes, c.op, x.dtype, t.dtype);
    if (t.rank != rank) return fail(Status.rank, c.op, t.rank, rank, 2);
    for (let i = 0; i < rank; i++) {
      if (i != axis && t.dim(i) != x.dim(i)) return fail(Status.dimension, c.op, i, t.dim(i), x.dim(i));
    }
    total += t.dim(axis);
  }
  if (total > <i64>i32.MAX_VALUE) return fail(Status.tooLarge, c.op);
  y.setDim(axis, <i32>total);
  return true;
}

function concat(c: Call): void {
  const y = c.output(0);
  const axis = normalizeAxis(c, c.attribute(ConcatWord.axis), y.rank);
  const pitch = <usize>y.stride(axis) << sizeShift(y.dtype);
  let to = y.data;
  for (let k = 0, n = c.inputs; k < n; k++) {
    const x = c.input(k);
    if (x.size) copyInto(x, to, y.stridesAt);
    to += <usize>x.dim(axis) * pitch;
  }
}

function givePieces(v: View): void {
  const rank = v.input(0).rank;
  const given = v.attribute(ConcatWord.axis);
  const axis = given < 0 ? given + rank : given;
  let at = 0;
  for (let k = 0, n = <i32>v.inputs; k < n; k++) {
    if (v.needs(k)) v.give(k, pieceOf(v.cotangent, axis, at, v.input(k)));
    at += v.input(k).dim(axis);
  }
}

/** The elements of y from `at` along `axis`, in the shape of x. */
function pieceOf(y: Tensor, axis: i32, at: i32, x: Tensor): Tensor {
  if (!y) return y;
  const rank = x.rank;
  const c = begin(Op.stridedSlice, 1);
  c.setInput(0, y);
  c.setAttribute(SliceWord.rank, rank);
  for (let i = 0; i < rank; i++) {
    c.setAttribute(SliceWord.lists + i, i == axis ? at : 0);
    c.setAttribute(SliceWord.lists + rank + i, 1);
    c.setAttribute(SliceWord.lists + 2 * rank + i, x.dim(i));
  }
  c.words = SliceWord.lists + 3 * rank;
  return apply();
}

function inferSplit(c: Call): bool {
  const x = c.input(0);
  const rank = x.rank;
  const axis = normalizeAxis(c, c.attribute(SplitWord.axis), rank);
  if (axis < 0) return false;
  let at = 0;
  for (let k: i32 = SplitWord.sizes, n = c.words; k < n; k++) {
    const size = c.attribute(k);
    if (size < 0 || size > x.dim(axis) - at) return fail(Status.dimension, c.op, axis, x.dim(axis), at + size);
    const y = c.give(x.dtype, rank);
    if (!y) return false;
    for (let i = 0; i < rank; i++) {
      y.setDim(i, i == axis ? size : x.dim(i));
      y.setStride(i, x.stride(i));
    }
    y.size = countElements(y);
    shareElements(y, x, y.size ? at * x.stride(axis) : 0);
    at += size;
  }
  return at == x.dim(axis) || fail(Status.dimension, c.op, axis, x.dim(axis), at);
}

/** The cotangents, until all are collected: zeros for an absent one are made by a call, which overwrites the call area. */
const PIECES = memory.data(Limit.attributes << 2, 16) + OWN;

function joined(v: View): Tensor {
  const n = <i32>v.outputs;
  for (let k = 0; k < n; k++) {
    const piece = v.cotangentAt(k);
    if (!piece) return piece;
    store<Tensor>(PIECES + (k << 2), piece);
  }
  const c = begin(Op.concat, n);
  for (let k = 0; k < n; k++) c.setInput(k, load<Tensor>(PIECES + (k << 2)));
  c.words = 1;
  c.setAttribute(ConcatWord.axis, v.attribute(SplitWord.axis));
  return apply();
}
