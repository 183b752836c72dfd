/** Ops that change shape or order; most of them are views. Knows no arithmetic. */
import { clearOutsideBand } from '../kernels/copy';
import { Status } from '../shared/abi';
import { BandWord, ShapeWord, TransposeWord } from '../shared/attributes';
import { Op } from '../shared/opcode';
import { apply } from '../tape/apply';
import { begin, Call } from '../tape/call';
import { define, defineView, IN0, NOTHING } from '../tape/define';
import { fail } from '../tape/fault';
import { ANY, sizeShift } from '../tensor/dtype';
import { countElements, Tensor } from '../tensor/tensor';
import { shareElements } from '../tensor/view';
import { axesMask, fitsRank, inferSame } from './infer';
import { reshape } from './prim';
import { copyStrided } from './identity';

export function defineMovement(): void {
  /** y = x with dimensions of size 1, or missing in front, repeated to the shape in the attributes.  x̄ = ȳ summed over them. */
  defineView(Op.broadcastTo, ANY, inferBroadcastTo, (v) => { v.give(0, v.cotangent); });

  /** y = x, its elements in row-major order under another shape: a view when one set of strides reaches them, else a copy.  x̄ = ȳ reshaped. */
  define(Op.reshape, ANY, inferReshape, (c) => { copyStrided(c); }, NOTHING, (v) => { v.give(0, reshape(v.cotangent, v.input(0))); }, IN0);

  /** y[…, iₖ, …] = x with axis perm[k] as axis k.  x̄ = ȳ with the inverse permutation. */
  defineView(Op.transpose, ANY, inferTranspose, (v) => { v.give(0, permuteBack(v.cotangent, v.attributes)); });

  /** y = x inside low ≤ column − row ≤ high, 0 outside, over the last two axes.  x̄ = ȳ inside, 0 outside. */
  define(Op.bandPart, ANY, inferBand, (c) => { band(c); }, NOTHING,
    (v) => { if (v.needs(0)) v.give(0, bandOf(v.cotangent, v.attribute(BandWord.low), v.attribute(BandWord.high))); }, IN0);
}

function inferBroadcastTo(c: Call): bool {
  const x = c.input(0);
  const rank = c.attribute(ShapeWord.rank);
  if (!fitsRank(c, rank)) return false;
  if (rank < x.rank) return fail(Status.rank, c.op, x.rank, rank);
  const y = c.give(x.dtype, rank);
  if (!y) return false;
  const missing = rank - x.rank;
  for (let i = 0; i < rank; i++) {
    const dim = c.attribute(ShapeWord.dims + i);
    const axis = i - missing;
    const held = axis < 0 ? 1 : x.dim(axis);
    if (held != dim && held != 1) return fail(Status.shape, c.op, held, dim);
    y.setDim(i, dim);
    y.setStride(i, held == 1 ? 0 : x.stride(axis));
  }
  y.size = countElements(y);
  if (y.size < 0) return fail(Status.tooLarge, c.op);
  shareElements(y, x, 0);
  return true;
}

function inferReshape(c: Call): bool {
  const x = c.input(0);
  const rank = c.attribute(ShapeWord.rank);
  if (!fitsRank(c, rank)) return false;
  const y = c.give(x.dtype, rank);
  if (!y) return false;
  for (let i = 0; i < rank; i++) y.setDim(i, c.attribute(ShapeWord.dims + i));
  y.size = countElements(y);
  if (y.size != x.size) return fail(Status.elements, c.op, x.size, y.size);
  if (setReshapedStrides(y, x)) shareElements(y, x, 0);
  return true;
}

/**
 * Sets strides with which y views x's elements; false where no strides do. From the innermost axis outwards, neighbouring axes of x that one
 * stride can walk form a run; the dimensions of y must tile each run exactly.
 */
function setReshapedStrides(y: Tensor, x: Tensor): bool {
  const whole = x.isContiguous || x.size == 0;
  let left = y.rank - 1; // axes of y without a stride yet
  let stride = 1;
  let span = 1;
  for (let i = x.rank - 1; i >= 0 && !whole; i--) {
    const dim = x.dim(i);
    if (dim == 1) continue;
    if (span == 1) stride = x.stride(i);
    else if (x.stride(i) != stride * span) {
      left = tileSpan(y, left, span, stride);
      if (left < -1) return false;
      stride = x.stride(i);
      span = 1;
    }
    span *= dim;
  }
  return tileSpan(y, left, whole ? i32.MAX_VALUE : span, stride) == -1;
}

/** Sets the strides of y's axes from `axis` outwards that tile a run of elements; returns the next axis, −2 if they don't tile it. */
function tileSpan(y: Tensor, axis: i32, span: i32, stride: i32): i32 {
  let walked = 1;
  for (; axis >= 0; axis--) {
    const dim = y.dim(axis);
    if (walked == span && dim != 1) break;
    y.setStride(axis, stride * walked);
    walked *= dim;
    if (walked > span) return -2;
  }
  return walked == span || span == i32.MAX_VALUE ? axis : -2;
}

function inferTranspose(c: Call): bool {
  const x = c.input(0);
  const rank = x.rank;
  const count = c.attribute(TransposeWord.count);
  if (count >= 0 && count != rank) return fail(Status.rank, c.op, count, rank, 2);
  if (count >= 0 && axesMask(c, TransposeWord.count, rank) < 0) return false;
  const y = c.give(x.dtype, rank);
  if (!y) return false;
  for (let i = 0; i < rank; i++) {
    const axis = sourceAxis(c.attributes, i, rank);
    y.setDim(i, x.dim(axis));
    y.setStride(i, x.stride(axis));
  }
  y.size = x.size;
  shareElements(y, x, 0);
  return true;
}

/** The operand's axis that becomes axis i. */
function sourceAxis(attributes: usize, i: i32, rank: i32): i32 {
  if (load<i32>(attributes, TransposeWord.count << 2) < 0) return rank - 1 - i;
  const axis = load<i32>(attributes + (i << 2), TransposeWord.axes << 2);
  return axis < 0 ? axis + rank : axis;
}

/** y transposed by the inverse of the permutation in a node's attributes. */
function permuteBack(y: Tensor, attributes: usize): Tensor {
  if (!y) return y;
  const rank = y.rank;
  const c = begin(Op.transpose, 1);
  c.setInput(0, y);
  c.words = rank + 1;
  c.setAttribute(TransposeWord.count, rank);
  for (let i = 0; i < rank; i++) c.setAttribute(TransposeWord.axes + sourceAxis(attributes, i, rank), i);
  return apply();
}

function inferBand(c: Call): bool {
  const rank = c.input(0).rank;
  return rank >= 2 ? inferSame(c) : fail(Status.rank, c.op, rank, 2, 1);
}

function band(c: Call): void {
  const y = c.output(0);
  const m = y.dim(y.rank - 2);
  const n = y.dim(y.rank - 1);
  copyStrided(c);
  clearOutsideBand(sizeShift(y.dtype), y.data, y.size / (m * n), m, n, c.attribute(BandWord.low), c.attribute(BandWord.high));
}

function bandOf(x: Tensor, low: i32, high: i32): Tensor {
  const c = begin(Op.bandPart, 1);
  c.setInput(0, x);
  c.words = 2;
  c.setAttribute(BandWord.low, low);
  c.setAttribute(BandWord.high, high);
  return apply();
}
