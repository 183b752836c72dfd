/**
 * Axes in attributes, for reductions, scans and normalisations: the shapes, lines and cotangents that follow from them. Knows no kernel that
 * computes.
 */
import { addLineAxis, beginInner, beginLines, endLines, denseOuts } from '../kernels/lines';
import { AxesWord, ShapeWord } from '../shared/attributes';
import { Op } from '../shared/opcode';
import { apply } from '../tape/apply';
import { View } from '../tape/backward';
import { begin, Call } from '../tape/call';
import { sizeShift } from '../tensor/dtype';
import { Tensor } from '../tensor/tensor';
import { axesMask } from './infer';

/** Gives an output of the shape of x without the axes that the attributes name, or with size 1 in their place. */
export function inferReduced(c: Call, dtype: i32): bool {
  const x = c.input(0);
  const rank = x.rank;
  const mask = axesMask(c, AxesWord.count, rank);
  if (mask < 0) return false;
  const keep = c.attribute(AxesWord.option) != 0;
  const y = c.give(dtype, keep ? rank : rank - popcnt(mask));
  if (!y) return false;
  for (let i = 0, at = 0; i < rank; i++) {
    const reduced = ((mask >> i) & 1) != 0;
    if (keep || !reduced) y.setDim(at++, reduced ? 1 : x.dim(i));
  }
  return true;
}

/** Bit set of the reduced axes, for attributes that `inferReduced` has accepted. */
export function reducedAxes(attributes: usize, rank: i32): i32 {
  const count = load<i32>(attributes, AxesWord.count << 2);
  if (count < 0 || !rank) return (1 << rank) - 1;
  let mask = 0;
  for (let i = 0; i < count; i++) {
    const axis = load<i32>(attributes + (i << 2), AxesWord.axes << 2);
    mask |= 1 << (axis < 0 ? axis + rank : axis);
  }
  return mask;
}

/** Describes to the kernel the lines of x along the axes in `mask`, with those of y, which has the same shape, as result. */
export function layLines(x: Tensor, y: Tensor, mask: i32): void {
  beginLines(x.data, y.data, sizeShift(x.dtype));
  const rank = x.rank;
  for (let i = 0; i < rank; i++) if (!((mask >> i) & 1)) addLineAxis(x.dim(i), x.stride(i), y.stride(i));
  beginInner();
  for (let i = 0; i < rank; i++) if ((mask >> i) & 1) addLineAxis(x.dim(i), x.stride(i), y.stride(i));
  endLines();
}

/**
 * As `layLines`, for a fold of each line to one element; the results lie at `out`, one after the other. A fold may visit a line's elements in any
 * order, so the axis with the widest stride comes first, and a transposed array is read in the order of its addresses.
 */
export function layFold(x: Tensor, mask: i32, out: usize): void {
  beginLines(x.data, out, sizeShift(x.dtype));
  for (let i = 0; i < x.rank; i++) if (!((mask >> i) & 1)) addLineAxis(x.dim(i), x.stride(i), 0);
  beginInner();
  while (mask) {
    const axis = widest(x, mask);
    mask ^= 1 << axis;
    addLineAxis(x.dim(axis), x.stride(axis), 0);
  }
  endLines();
  denseOuts();
}

function widest(x: Tensor, mask: i32): i32 {
  let best = ctz(mask);
  for (let i = best + 1; i < x.rank; i++) if ((mask >> i) & 1 && abs(x.stride(i)) > abs(x.stride(best))) best = i;
  return best;
}

/** A reduction's result t with the reduced axes, those in `mask`, added with size 1, so that it broadcasts to x. */
export function expanded(t: Tensor, x: Tensor, mask: i32): Tensor {
  const rank = x.rank;
  if (!t || t.rank == rank) return t;
  const c = begin(Op.reshape, 1);
  c.setInput(0, t);
  c.words = rank + 1;
  c.setAttribute(ShapeWord.rank, rank);
  for (let i = 0; i < rank; i++) c.setAttribute(ShapeWord.dims + i, (mask >> i) & 1 ? 1 : x.dim(i));
  return apply();
}

/** Writes the attributes of a reduction or scan: behind `before` words the option, then the axes in `mask`. */
export function setAxes(c: Call, rank: i32, mask: i32, option: i32, before: i32 = 0): void {
  const first = before + AxesWord.axes;
  let end = first;
  for (let i = 0; i < rank; i++) if ((mask >> i) & 1) c.setAttribute(end++, i);
  c.setAttribute(before + AxesWord.option, option);
  c.setAttribute(before + AxesWord.count, end - first);
  c.words = end;
}

/** The reduction or scan `op` of x over the axes in `mask`. */
export function over(op: i32, x: Tensor, mask: i32, option: i32): Tensor {
  if (!x) return x;
  const c = begin(op, 1);
  c.setInput(0, x);
  setAxes(c, x.rank, mask, option);
  return apply();
}

/** The axes that a node reduces. */
export function axesOf(v: View): i32 {
  return reducedAxes(v.attributes, v.input(0).rank);
}

/** The cotangent of a reduction, in a shape that broadcasts to its input's shape; a scalar stays one. */
export function expandedCotangent(v: View): Tensor {
  const t = v.cotangent;
  return t && t.rank ? expanded(t, v.input(0), axesOf(v)) : t;
}

/** Σ x over the axes in `mask`, which stay with size 1. */
export function sumOver(x: Tensor, mask: i32): Tensor {
  return over(Op.sum, x, mask, 1);
}
