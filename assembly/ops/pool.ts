/** Pooling over windows. In comments x is the input, ȳ the cotangent. Knows no loops over elements. */
import { closeWindows, openWindows, POOL, poolArgmax, poolMax, poolMean, poolSpread } from '../kernels/pool';
import { DType, Status } from '../shared/abi';
import { Op } from '../shared/opcode';
import { apply } from '../tape/apply';
import { View } from '../tape/backward';
import { begin, Call } from '../tape/call';
import { define, NOTHING, X0, zeroGradient } from '../tape/define';
import { fail } from '../tape/fault';
import { FLOATS, INEXACT, realOf, sizeShift } from '../tensor/dtype';
import { Tensor } from '../tensor/tensor';
import { pack, unpack } from './indices';
import { reshape } from './prim';

export function definePool(): void {
  /** y = the greatest of each window.  x̄ = ȳ added at the first greatest. Splits along the first axis. */
  define(Op.maxPool, FLOATS, (c) => inferPool(c, c.input(0).dtype), (c) => { pool(c); }, X0,
    (v) => { v.give(0, addedAt(v.cotangent, positions(v), v.input(0))); });

  /** y = where in x, in row-major order, the first greatest of each window is. int32. */
  zeroGradient(Op.argmaxPool, FLOATS, (c) => inferPool(c, DType.int32), (c) => { pool(c); });

  /** y = the mean of each window, of the cells in x.  x̄ = ȳ spread. Splits along the first axis. */
  define(Op.avgPool, INEXACT, (c) => inferPool(c, c.input(0).dtype), (c) => { pool(c); }, NOTHING,
    (v) => { if (v.needs(0)) v.give(0, spread(v)); });

  /** x = each y in equal parts to the cells of its window.  ȳ̄ = the means of x̄. Splits along the first axis. */
  define(Op.avgPoolSpread, INEXACT, inferSpread, (c) => { pool(c); }, NOTHING,
    (v) => { if (v.needs(0)) v.give(0, like(v, Op.avgPool, v.cotangent)); });
}

// Attributes: window, stride, low, high of each spatial axis; for the spread the sizes of the spatial axes of x.

/** Places of windows along spatial axis i of size `dim`, each with a cell in x; −1 after `fail`. */
function placesOf(c: Call, i: i32, dim: i32): i32 {
  const at = 4 * i;
  const window = c.attribute(at);
  const low = c.attribute(at + 2);
  const high = c.attribute(at + 3);
  if (window < 1 || c.attribute(at + 1) < 1) return failAxis(c, i + 1, min(window, c.attribute(at + 1)), 1);
  if (low < 0 || high < 0 || max(low, high) >= window) return failAxis(c, i + 1, low < 0 ? low : max(low, high), window - 1);
  const span = <i64>dim + low + high - window;
  if (dim && span >= 0) return <i32>(span / c.attribute(at + 1)) + 1;
  return 0;
}

function failAxis(c: Call, axis: i32, size: i32, wanted: i32): i32 {
  fail(Status.dimension, c.op, axis, size, wanted);
  return -1;
}

/** Spatial axes of the operand, for which there are `words` attributes each; −1 after `fail`. */
function spatialOf(c: Call, words: i32): i32 {
  const rank = c.input(0).rank;
  if (rank >= 3 && rank <= 5 && c.words == words * (rank - 2)) return rank - 2;
  fail(Status.rank, c.op, rank, c.words / words + 2, 2);
  return -1;
}

function inferPool(c: Call, dtype: i32): bool {
  const spatial = spatialOf(c, 4);
  if (spatial < 0) return false;
  const x = c.input(0);
  const y = c.give(dtype, x.rank);
  if (!y) return false;
  y.setDim(0, x.dim(0));
  for (let i = 0; i < spatial; i++) {
    const places = placesOf(c, i, x.dim(i + 1));
    if (places < 0) return false;
    y.setDim(i + 1, places);
  }
  y.setDim(spatial + 1, x.dim(spatial + 1));
  return true;
}

function inferSpread(c: Call): bool {
  const spatial = spatialOf(c, 5);
  if (spatial < 0) return false;
  const y = c.input(0);
  const x = c.give(y.dtype, y.rank);
  if (!x) return false;
  x.setDim(0, y.dim(0));
  for (let i = 0; i < spatial; i++) {
    const size = c.attribute(4 * spatial + i);
    const places = placesOf(c, i, size);
    if (places < 0) return false;
    if (size < 0 || places != y.dim(i + 1)) return fail(Status.dimension, c.op, i + 1, y.dim(i + 1), places);
    x.setDim(i + 1, size);
  }
  x.setDim(spatial + 1, y.dim(spatial + 1));
  return true;
}

function pool(c: Call): void {
  const input = c.input(0);
  const result = c.output(0);
  const spreads = c.op == Op.avgPoolSpread;
  if (!input.size) {
    memory.fill(result.data, 0, result.bytes);
    return;
  }
  const from = pack(c, input);
  if (!from) return;
  const p = POOL;
  const x = spreads ? result : input;
  const y = spreads ? input : result;
  const spatial = x.rank - 2;
  p.images = x.dim(0);
  p.width = x.dim(spatial + 1) << sizeShift(x.dtype);
  p.x = spreads ? result.data : from;
  p.y = spreads ? from : result.data;
  for (let i = 0; i < 3; i++) {
    const axis = p.axis(i);
    const k = i - (3 - spatial); // missing axes come first
    axis.x = k < 0 ? 1 : x.dim(k + 1);
    axis.y = k < 0 ? 1 : y.dim(k + 1);
    axis.window = k < 0 ? 1 : c.attribute(4 * k);
    axis.stride = k < 0 ? 1 : c.attribute(4 * k + 1);
    axis.low = k < 0 ? 0 : c.attribute(4 * k + 2);
  }
  const refused = openWindows(p);
  if (refused) fail(Status.memory, c.op, <i32>(refused >> 10), 1);
  else {
    if (realOf(x.dtype) == DType.float32) reduce<f32>(c.op);
    else reduce<f64>(c.op);
    closeWindows(p);
  }
  unpack(input, from);
}

function reduce<T>(op: i32): void {
  switch (op) {
    case Op.maxPool:
      return poolMax<T>(POOL);
    case Op.argmaxPool:
      return poolArgmax<T>(POOL);
    case Op.avgPool:
      return poolMean<T>(POOL);
    default:
      return poolSpread<T>(POOL);
  }
}

/** The recorded `op` of x with the windows of the node. */
function like(v: View, op: Op, x: Tensor): Tensor {
  setWindows(v, begin(op, 1), x);
  return apply();
}

function setWindows(v: View, c: Call, x: Tensor): void {
  c.setInput(0, x);
  c.words = 4 * (v.input(0).rank - 2);
  memory.copy(c.attributes, v.attributes, c.words << 2);
}

function positions(v: View): Tensor {
  return like(v, Op.argmaxPool, v.input(0));
}

/** Zeros in the shape of x, with y added at row-major positions. */
function addedAt(y: Tensor, positions: Tensor, x: Tensor): Tensor {
  const c = begin(Op.scatterAdd, 2);
  c.setInput(0, y);
  c.setInput(1, positions);
  c.words = 4;
  c.setAttribute(0, 0);
  c.setAttribute(1, 0);
  c.setAttribute(2, 0);
  c.setAttribute(3, x.size);
  const sums = apply();
  return sums ? reshape(sums, x) : sums;
}

/** The cotangent of means, spread over what they were of. */
function spread(v: View): Tensor {
  const x = v.input(0);
  const dy = v.cotangent;
  const c = begin(Op.avgPoolSpread, 1);
  setWindows(v, c, dy);
  for (let i = 1; i < x.rank - 1; i++) c.setAttribute(c.words++, x.dim(i));
  return apply();
}
