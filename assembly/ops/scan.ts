/**
 * Scans: results along lines. In comments x is the input, ȳ the cotangent, k runs along the axes.
 * The option is a set of flags (1 exclusive, 2 reverse); several axes are walked as one, in row-major order.
 */
import { liesAcross, scanAcross } from '../kernels/across';
import { gather } from '../kernels/strided';
import { cumextremeLines, cumsumLines, EXCLUSIVE, recurrenceLines, REVERSE } from '../kernels/scan';
import { Larger, Plus, Smaller } from '../kernels/total';
import { isShared } from '../parallel/share';
import { DType, Status } from '../shared/abi';
import { AxesWord } from '../shared/attributes';
import { Op } from '../shared/opcode';
import { apply } from '../tape/apply';
import { View } from '../tape/backward';
import { begin, Call } from '../tape/call';
import { define, IN0, IN1, NOTHING, X0, Y } from '../tape/define';
import { fail } from '../tape/fault';
import { isComplex, NUMERIC, REAL, realOf, sizeShift } from '../tensor/dtype';
import { Tensor } from '../tensor/tensor';
import { axesOf, layLines, over, reducedAxes, setAxes } from './axes';
import { axesMask, inferSame } from './infer';
import { add, cast, chain, conj, greater, less, logicalNot, mul, whereElse0 } from './prim';

export function defineScan(): void {
  /** yₖ = Σ xⱼ over j ≤ k; exclusive j < k, reversed j ≥ k.  x̄ = Σ ȳ the other way. */
  define(Op.cumsum, NUMERIC, inferScan, (c) => { cumsum(c); }, NOTHING,
    (v) => { v.give(0, over(Op.cumsum, v.cotangent, axesOf(v), v.attribute(AxesWord.option) ^ REVERSE)); }, IN0);

  /** yₖ = max xⱼ over j ≤ k, or from the end j ≥ k.  ȳₖ goes to the first xⱼ that is yₖ. */
  define(Op.cummax, REAL, inferScan, (c) => { cumextreme(c, 1); }, X0,
    (v) => { giveToRecords(v, greater(v.input(0), before(v))); });

  /** yₖ = min xⱼ over j ≤ k, or from the end j ≥ k.  ȳₖ goes to the first xⱼ that is yₖ. */
  define(Op.cummin, REAL, inferScan, (c) => { cumextreme(c, -1); }, X0,
    (v) => { giveToRecords(v, less(v.input(0), before(v))); });

  /**
   * yₖ₊₁ = aₖ·yₖ + bₖ from y₀ = 0; without b from y₀ = 1, which makes yₖ the product of the aⱼ before k.
   * b̄ is the recurrence of conj a and ȳ in the other direction, and āₖ = b̄ₖ·conj yₖ. Nothing is divided, so zeros need no special case.
   */
  define(Op.recurrence, NUMERIC, inferRecurrence, (c) => { recurrence(c); }, X0 | Y,
    (v) => {
      const b = recurrenceOf(conj(v.input(0)), v.cotangent, axesOf(v), v.attribute(AxesWord.option) ^ REVERSE);
      if (v.needs(0)) v.give(0, chain(conj(v.output(0)), b));
      if (v.inputs > 1) v.give(1, b);
    }, IN1);
}

function inferScan(c: Call): bool {
  return axesMask(c, AxesWord.count, c.input(0).rank) >= 0 && inferSame(c);
}

function inferRecurrence(c: Call): bool {
  const a = c.input(0);
  if (c.inputs > 1) {
    const b = c.input(1);
    if (a.dtype != b.dtype) return fail(Status.dtypes, c.op, a.dtype, b.dtype);
    if (a.rank != b.rank) return fail(Status.rank, c.op, b.rank, a.rank, 2);
    for (let i = 0; i < a.rank; i++) if (a.dim(i) != b.dim(i)) return fail(Status.shape, c.op, a.dim(i), b.dim(i));
  }
  return inferScan(c);
}

function layScan(c: Call): void {
  const x = c.input(0);
  layLines(x, c.output(0), reducedAxes(c.attributes, x.rank));
}

function failUnless(c: Call, done: bool): void {
  if (!done) fail(Status.memory, c.op);
}

function cumsum(c: Call): void {
  const x = c.input(0);
  const flags = c.attribute(AxesWord.option);
  layScan(c);
  switch (realOf(x.dtype)) {
    case DType.float32:
      return computeSums<f32>(c, x.dtype, flags);
    case DType.float64:
      return computeSums<f64>(c, x.dtype, flags);
    default:
      return computeSums<i32>(c, x.dtype, flags);
  }
}

function computeSums<T>(c: Call, dtype: i32, flags: i32): void {
  const width = 1 << sizeShift(dtype);
  if (liesAcross(width)) scanAcross<T, Plus>(width, flags);
  else failUnless(c, cumsumLines<T>(width / sizeof<T>(), flags));
}

function cumextreme(c: Call, order: i32): void {
  const flags = c.attribute(AxesWord.option);
  layScan(c);
  switch (c.input(0).dtype) {
    case DType.float32:
      return computeExtremes<f32>(c, order, flags);
    case DType.float64:
      return computeExtremes<f64>(c, order, flags);
    default:
      return computeExtremes<i32>(c, order, flags);
  }
}

function computeExtremes<T>(c: Call, order: i32, flags: i32): void {
  if (!liesAcross(sizeof<T>())) failUnless(c, cumextremeLines<T>(order, flags));
  else if (order > 0) scanAcross<T, Larger>(sizeof<T>(), flags);
  else scanAcross<T, Smaller>(sizeof<T>(), flags);
}

function recurrence(c: Call): void {
  const a = c.input(0);
  const y = c.output(0);
  const parts = isComplex(a.dtype) ? 2 : 1;
  const withB = c.inputs > 1;
  if (withB && !isShared()) copyTo(y, c.input(1));
  layScan(c);
  if (a.dtype == DType.int32) failUnless(c, recurrenceLines<i32>(parts, withB, c.attribute(AxesWord.option)));
  else if (realOf(a.dtype) == DType.float32) failUnless(c, recurrenceLines<f32>(parts, withB, c.attribute(AxesWord.option)));
  else failUnless(c, recurrenceLines<f64>(parts, withB, c.attribute(AxesWord.option)));
}

/** Copies x to y, contiguous and of its shape. */
function copyTo(y: Tensor, x: Tensor): void {
  if (x.isContiguous) memory.copy(y.data, x.data, x.bytes);
  else gather(sizeShift(x.dtype), y.data, x.data, 0, x.size, x.rank, x.shapeAt, x.stridesAt);
}

/** The recurrence of a and b, as a recorded op. */
function recurrenceOf(a: Tensor, b: Tensor, mask: i32, flags: i32): Tensor {
  if (!a || !b) return changetype<Tensor>(0);
  const c = begin(Op.recurrence, 2);
  c.setInput(0, a);
  c.setInput(1, b);
  setAxes(c, a.rank, mask, flags);
  return apply();
}

/** The product of all xⱼ except the k-th, along the axes in `mask`: the product before it times the product after it. */
export function productsOfOthers(x: Tensor, mask: i32): Tensor {
  return mul(over(Op.recurrence, x, mask, 0), over(Op.recurrence, x, mask, REVERSE));
}

/** The running extreme before each element. */
function before(v: View): Tensor {
  return over(v.op, v.input(0), axesOf(v), v.attribute(AxesWord.option) | EXCLUSIVE);
}

/**
 * Gives the cotangent of a running extreme to the elements that set a new extreme: such an xₖ gets Sₖ = ȳₖ + [xₖ₊₁ sets none]·Sₖ₊₁.
 */
function giveToRecords(v: View, sets: Tensor): void {
  const dy = v.cotangent;
  const others = cast(logicalNot(sets), dy.dtype);
  const later = recurrenceOf(others, mul(others, dy), axesOf(v), v.attribute(AxesWord.option) ^ REVERSE);
  v.give(0, whereElse0(sets, add(dy, later)));
}
