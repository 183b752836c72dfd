/** Reductions: folds over some of the axes. In comments x is the input, ȳ the cotangent; sums run over the reduced axes. */
import { findLines } from '../kernels/extreme';
import { foldLines } from '../kernels/reduce';
import { Larger, PairTimes, Plus, Smaller, Times } from '../kernels/total';
import { DType, Status } from '../shared/abi';
import { ShapeWord } from '../shared/attributes';
import { Op } from '../shared/opcode';
import { View } from '../tape/backward';
import { Call } from '../tape/call';
import { define, IN0, NOTHING, X, Y, zeroGradient } from '../tape/define';
import { fail } from '../tape/fault';
import { BOOLEAN, isComplex, NUMERIC, REAL, realOf, sizeShift } from '../tensor/dtype';
import { Tensor } from '../tensor/tensor';
import { axesOf, expanded, expandedCotangent, inferReduced, layFold, layLines, reducedAxes, sumOver } from './axes';
import { broadcastTo, cast, chain, chainDiv, conj, equal, mul } from './prim';
import { productsOfOthers } from './scan';

export function defineReduction(): void {
  /** y = Σ x over the axes along which the shape in the attributes would broadcast to that of x.  x̄ = ȳ broadcast. */
  define(Op.sumTo, NUMERIC, inferSumTo, (c) => { fold<Plus>(c, maskTo(c.input(0), c.output(0))); }, NOTHING,
    (v) => { v.give(0, broadcastTo(v.cotangent, v.input(0))); }, IN0);

  /** y = Σ x; 0 over nothing.  x̄ = ȳ broadcast. */
  define(Op.sum, NUMERIC, inferFold, (c) => { fold<Plus>(c, axesIn(c)); }, NOTHING,
    (v) => { v.give(0, broadcastTo(expandedCotangent(v), v.input(0))); }, IN0);

  /** y = Π x; 1 over nothing.  x̄ₖ = ȳ·conj Π xⱼ over j ≠ k. */
  define(Op.prod, NUMERIC, inferFold, (c) => { if (isComplex(c.input(0).dtype)) foldPairs(c, axesIn(c)); else fold<Times>(c, axesIn(c)); }, X,
    (v) => { v.give(0, chain(conj(productsOfOthers(v.input(0), axesOf(v))), expandedCotangent(v))); });

  /** y = max x, NaN if any is.  ȳ goes to the largest elements in equal shares. */
  define(Op.max, REAL | BOOLEAN, inferExtreme, (c) => { extreme<Larger>(c); }, X | Y, (v) => { share(v); });

  /** y = min x, NaN if any is.  ȳ goes to the smallest elements in equal shares. */
  define(Op.min, REAL | BOOLEAN, inferExtreme, (c) => { extreme<Smaller>(c); }, X | Y, (v) => { share(v); });

  /** Whether all are true; true over nothing. */
  zeroGradient(Op.all, BOOLEAN, inferFold, (c) => { foldBytes<Smaller>(c); });

  /** Whether any is true; false over nothing. */
  zeroGradient(Op.any, BOOLEAN, inferFold, (c) => { foldBytes<Larger>(c); });

  /** The place of the first largest element, or of the first NaN, along the axes. */
  zeroGradient(Op.argmax, REAL, inferPlace, (c) => { find<Larger>(c); });

  /** The place of the first smallest element, or of the first NaN, along the axes. */
  zeroGradient(Op.argmin, REAL, inferPlace, (c) => { find<Smaller>(c); });
}

function inferFold(c: Call): bool {
  return inferReduced(c, c.input(0).dtype);
}

function inferExtreme(c: Call): bool {
  return inferReduced(c, c.input(0).dtype) && hasElements(c);
}

function inferPlace(c: Call): bool {
  return inferReduced(c, DType.int32) && hasElements(c);
}

/** Whether every element of the result is the extreme of at least one element. */
function hasElements(c: Call): bool {
  const x = c.input(0);
  const mask = axesIn(c);
  let empty = -1;
  for (let i = 0; i < x.rank; i++) {
    if (x.dim(i)) continue;
    if (!((mask >> i) & 1)) return true;
    empty = i;
  }
  return empty < 0 || fail(Status.empty, c.op, empty);
}

// @ts-ignore: decorator
@inline
function axesIn(c: Call): i32 {
  return reducedAxes(c.attributes, c.input(0).rank);
}

function fold<F>(c: Call, mask: i32): void {
  const x = c.input(0);
  const width = 1 << sizeShift(x.dtype);
  layFold(x, mask, c.output(0).data);
  switch (realOf(x.dtype)) {
    case DType.float32:
      return foldLines<f32, F>(width);
    case DType.float64:
      return foldLines<f64, F>(width);
    default:
      return foldLines<i32, F>(width);
  }
}

function foldPairs(c: Call, mask: i32): void {
  const x = c.input(0);
  layFold(x, mask, c.output(0).data);
  if (x.dtype == DType.complex64) foldLines<f32, PairTimes>(8);
  else foldLines<f64, PairTimes>(16);
}

function extreme<F>(c: Call): void {
  if (c.input(0).dtype == DType.bool) foldBytes<F>(c);
  else fold<F>(c, axesIn(c));
}

function foldBytes<F>(c: Call): void {
  layFold(c.input(0), axesIn(c), c.output(0).data);
  foldLines<u8, F>(1);
}

function find<F>(c: Call): void {
  const x = c.input(0);
  const out = c.output(0).data;
  layLines(x, x, axesIn(c));
  let done: bool;
  if (x.dtype == DType.float32) done = findLines<f32, F>(out);
  else if (x.dtype == DType.float64) done = findLines<f64, F>(out);
  else done = findLines<i32, F>(out);
  if (!done) fail(Status.memory, c.op);
}

/** Gives the cotangent of an extreme, in equal shares, to the elements that are equal to it. */
function share(v: View): void {
  const x = v.input(0);
  const mask = axesOf(v);
  const chosen = cast(equal(x, expanded(v.output(0), x, mask)), x.dtype);
  v.give(0, mul(chosen, chainDiv(expandedCotangent(v), sumOver(chosen, mask))));
}

function inferSumTo(c: Call): bool {
  const x = c.input(0);
  const rank = c.attribute(ShapeWord.rank);
  if (rank > x.rank) return fail(Status.rank, c.op, rank, x.rank);
  const y = c.give(x.dtype, rank);
  if (!y) return false;
  const missing = x.rank - rank;
  for (let i = 0; i < rank; i++) {
    const dim = c.attribute(ShapeWord.dims + i);
    const held = x.dim(missing + i);
    if (dim != held && dim != 1) return fail(Status.shape, c.op, held, dim);
    y.setDim(i, dim);
  }
  return true;
}

/** The axes of x that y lacks, or that have size 1 in y. */
function maskTo(x: Tensor, y: Tensor): i32 {
  const missing = x.rank - y.rank;
  let mask = (1 << missing) - 1;
  for (let i = missing; i < x.rank; i++) if (y.dim(i - missing) == 1) mask |= 1 << i;
  return mask;
}
