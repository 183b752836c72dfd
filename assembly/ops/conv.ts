/**
 * Convolution and its gradients. In comments x is the input, w the filter, y the result; T(x, w, y) is the sum of the products of all
 * x, w and y that meet, and each op the derivative of T by the operand that it lacks. Knows no loops over elements.
 */
import { CONV, Conv, convolve, convolveFilter, convolveInput } from '../kernels/conv';
import { Status } from '../shared/abi';
import { Op } from '../shared/opcode';
import { apply } from '../tape/apply';
import { View } from '../tape/backward';
import { begin, Call } from '../tape/call';
import { define, X0, X1 } from '../tape/define';
import { fail } from '../tape/fault';
import { INEXACT } from '../tensor/dtype';
import { Tensor } from '../tensor/tensor';
import { pack, unpack } from './indices';
import { sameDtype } from './infer';
import { conj } from './prim';

export function defineConv(): void {
  /**
   * y[o, j] = Σ x[o·stride + t·dilation − low, c]·w[t, c, j], images in front.  (n, spatial…, c) × (taps…, c/groups, j) → (n, spatial…, j).
   * x̄ = ∂T(·, w̄…)/∂x of conj w and ȳ, w̄ = ∂T/∂w of conj x and ȳ. Image by image: splits along the first axis.
   */
  define(Op.conv, INEXACT, inferConv, (c) => { run(c, c.input(0), c.input(1), c.output(0)); }, X0 | X1, (v) => {
    if (v.needs(0)) v.give(0, convInput(v, v.cotangent, conj(v.input(1)), v.input(0)));
    if (v.needs(1)) v.give(1, convFilter(v, conj(v.input(0)), v.cotangent, v.input(1)));
  });

  /** ∂T/∂x of y and w. Splits along the first axis. */
  define(Op.convInput, INEXACT, inferInput, (c) => { run(c, c.output(0), c.input(1), c.input(0)); }, X0 | X1, (v) => {
    if (v.needs(0)) v.give(0, conv(v, v.cotangent, conj(v.input(1))));
    if (v.needs(1)) v.give(1, convFilter(v, v.cotangent, conj(v.input(0)), v.input(1)));
  });

  /** ∂T/∂w of x and y. A sum over images, which splits along no axis of theirs. */
  define(Op.convFilter, INEXACT, inferFilter, (c) => { run(c, c.input(0), c.output(0), c.input(1)); }, X0 | X1, (v) => {
    if (v.needs(0)) v.give(0, convInput(v, conj(v.input(1)), v.cotangent, v.input(0)));
    if (v.needs(1)) v.give(1, conv(v, conj(v.input(0)), v.cotangent));
  });
}

// Attributes: groups; stride, dilation, low, high of each spatial axis; for a gradient the result's sizes of the spatial axes.

/** Words of spatial axis i. */
// @ts-ignore: decorator
@inline
function wordsOf(i: i32): i32 {
  return 1 + 4 * i;
}

/** Places of windows of `taps` along spatial axis i of size `dim`; −1 after `fail`. */
function placesOf(c: Call, i: i32, dim: i32, taps: i32): i32 {
  const at = wordsOf(i);
  for (let k = 0; k < 4; k++) {
    const least = k < 2 ? 1 : 0;
    if (c.attribute(at + k) >= least) continue;
    fail(Status.dimension, c.op, i + 1, c.attribute(at + k), least);
    return -1;
  }
  if (taps < 1) {
    fail(Status.dimension, c.op, i, taps, 1);
    return -1;
  }
  const span = <i64>dim + c.attribute(at + 2) + c.attribute(at + 3) - (<i64>c.attribute(at + 1) * (taps - 1) + 1);
  const places = span < 0 ? 0 : span / c.attribute(at) + 1;
  if (places <= <i64>i32.MAX_VALUE) return <i32>places;
  fail(Status.tooLarge, c.op);
  return -1;
}

/** Spatial axes of both operands, which agree in dtype and rank; −1 after `fail`. */
function spatialOf(c: Call, words: i32): i32 {
  if (!sameDtype(c, 0, 1)) return -1;
  const rank = c.input(0).rank;
  if (rank < 3) return failRank(c, rank, 3, 1);
  if (rank > 5) return failRank(c, rank, 5, 0);
  if (c.input(1).rank != rank) return failRank(c, c.input(1).rank, rank, 2);
  if (c.words != 1 + words * (rank - 2)) return failRank(c, c.words, rank, 2);
  return rank - 2;
}

function failRank(c: Call, rank: i32, wanted: i32, how: i32): i32 {
  fail(Status.rank, c.op, rank, wanted, how);
  return -1;
}

/** Whether axis `i` of operand k has the size that it must have. */
function agrees(c: Call, k: i32, i: i32, size: i32): bool {
  return c.input(k).dim(i) == size || fail(Status.dimension, c.op, i, c.input(k).dim(i), size);
}

/** Whether the groups divide `channels`. */
function divides(c: Call, axis: i32, channels: i32): bool {
  const groups = c.attribute(0);
  return (groups > 0 && channels % groups == 0) || fail(Status.dimension, c.op, axis, channels, groups);
}

function inferConv(c: Call): bool {
  const spatial = spatialOf(c, 4);
  if (spatial < 0) return false;
  const x = c.input(0);
  const w = c.input(1);
  const last = spatial + 1;
  if (!divides(c, last, w.dim(last)) || !divides(c, last, x.dim(last))) return false;
  if (!agrees(c, 1, spatial, x.dim(last) / c.attribute(0))) return false;
  const y = c.give(x.dtype, x.rank);
  if (!y) return false;
  y.setDim(0, x.dim(0));
  for (let i = 0; i < spatial; i++) {
    const places = placesOf(c, i, x.dim(i + 1), w.dim(i));
    if (places < 0) return false;
    y.setDim(i + 1, places);
  }
  y.setDim(last, w.dim(last));
  return true;
}

function inferInput(c: Call): bool {
  const spatial = spatialOf(c, 5);
  if (spatial < 0) return false;
  const y = c.input(0);
  const w = c.input(1);
  const last = spatial + 1;
  if (!divides(c, last, y.dim(last)) || !agrees(c, 1, last, y.dim(last))) return false;
  const x = c.give(y.dtype, y.rank);
  if (!x) return false;
  x.setDim(0, y.dim(0));
  for (let i = 0; i < spatial; i++) {
    const size = c.attribute(wordsOf(spatial) + i);
    const places = placesOf(c, i, size, w.dim(i));
    if (places < 0 || size < 0 || !agrees(c, 0, i + 1, places)) return false;
    x.setDim(i + 1, size);
  }
  x.setDim(last, w.dim(spatial) * c.attribute(0));
  return true;
}

function inferFilter(c: Call): bool {
  const spatial = spatialOf(c, 5);
  if (spatial < 0) return false;
  const x = c.input(0);
  const y = c.input(1);
  const last = spatial + 1;
  if (!divides(c, last, x.dim(last)) || !divides(c, last, y.dim(last)) || !agrees(c, 1, 0, x.dim(0))) return false;
  const w = c.give(x.dtype, x.rank);
  if (!w) return false;
  for (let i = 0; i < spatial; i++) {
    const taps = c.attribute(wordsOf(spatial) + i);
    const places = placesOf(c, i, x.dim(i + 1), taps);
    if (places < 0 || !agrees(c, 1, i + 1, places)) return false;
    w.setDim(i, taps);
  }
  w.setDim(spatial, x.dim(last) / c.attribute(0));
  w.setDim(last, y.dim(last));
  return true;
}

/** Computes whichever of x, w and y is the result. */
function run(c: Call, x: Tensor, w: Tensor, y: Tensor): void {
  const result = c.output(0);
  if (!x.size || !w.size || !y.size) {
    memory.fill(result.data, 0, result.bytes);
    return;
  }
  const v = CONV;
  const spatial = x.rank - 2;
  v.dtype = x.dtype;
  v.images = x.dim(0);
  v.groups = c.attribute(0);
  v.ci = w.dim(spatial);
  v.co = w.dim(spatial + 1) / v.groups;
  for (let i = 0; i < 3; i++) {
    const axis = v.axis(i);
    const k = i - (3 - spatial); // missing axes come first
    axis.x = k < 0 ? 1 : x.dim(k + 1);
    axis.k = k < 0 ? 1 : w.dim(k);
    axis.y = k < 0 ? 1 : y.dim(k + 1);
    axis.stride = k < 0 ? 1 : c.attribute(wordsOf(k));
    axis.dilation = k < 0 ? 1 : c.attribute(wordsOf(k) + 1);
    axis.low = k < 0 ? 0 : c.attribute(wordsOf(k) + 2);
  }
  v.x = pack(c, x);
  v.w = pack(c, w);
  v.y = pack(c, y);
  if (v.x && v.w && v.y) {
    const refused = result == y ? convolve(v) : result == x ? convolveInput(v) : convolveFilter(v);
    if (refused) fail(Status.memory, c.op, <i32>(refused >> 10), 1);
  }
  unpack(x, v.x);
  unpack(w, v.w);
  unpack(y, v.y);
}

/** Starts a recorded call with the geometry of the node's, for a result whose spatial sizes are those of `like` from axis `from` on. */
function beginLike(v: View, op: Op, a: Tensor, b: Tensor, like: Tensor, from: i32): void {
  const c = begin(op, 2);
  c.setInput(0, a);
  c.setInput(1, b);
  const spatial = v.input(0).rank - 2;
  const words = wordsOf(spatial);
  memory.copy(c.attributes, v.attributes, words << 2);
  if (like) for (let i = 0; i < spatial; i++) c.setAttribute(words + i, like.dim(from + i));
  c.words = like ? words + spatial : words;
}

function conv(v: View, x: Tensor, w: Tensor): Tensor {
  beginLike(v, Op.conv, x, w, changetype<Tensor>(0), 0);
  return apply();
}

function convInput(v: View, y: Tensor, w: Tensor, like: Tensor): Tensor {
  beginLike(v, Op.convInput, y, w, like, 1);
  return apply();
}

function convFilter(v: View, x: Tensor, y: Tensor, like: Tensor): Tensor {
  beginLike(v, Op.convFilter, x, y, like, 0);
  return apply();
}
