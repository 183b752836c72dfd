/**
 * Elementwise ops. An op is defined by a kernel for each dtype that it accepts: a contiguous pass over the current tile. This file cuts
 * tensors of any strides into tiles. Knows no operation.
 */
import { DType } from '../shared/abi';
import { Op } from '../shared/opcode';
import { Call } from '../tape/call';
import { define, Vjp, zeroGradient } from '../tape/define';
import { dtypesOf, enrollKernel, enrollSloped, indexOf, kernelOf, resultOf } from '../tape/registry';
import { BOOLEAN, COMPLEX, complexOf, FLOATS, INEXACT, INTEGER, realOf, sizeShift } from '../tensor/dtype';
import { Tensor } from '../tensor/tensor';
import * as map from '../kernels/map';
import { f32x2Sloped1, f32x4Sloped1, f64x2Sloped1 } from '../kernels/sloped';
import {
  addTileDim, addTileOperand, beginTiles, firstTile, nextTile, setTileDtype, setTileSlope, setTileStride, shareOfTiles, tileDtype, wholeTile,
} from '../kernels/tile';
import { start } from '../parallel/share';
import { giveBroadcast, sameDtype } from './infer';

/** Points the tile iterator at the call's operands; returns the number of elements in the first tile. */
export function tiles(c: Call): i32 {
  const y = c.output(0);
  const n = c.inputs;
  let whole = true;
  if (y.rank) {
    for (let k = 0; k < n; k++) {
      const x = c.input(k);
      if (!x.isContiguous || x.size != y.size) whole = false;
    }
  }
  if (whole) {
    const count = shareOfTiles(y.size);
    if (c.outputs > 1) setTileSlope(firstOf(c.output(1)));
    wholeTile(firstOf(c.input(0)), n > 1 ? firstOf(c.input(1)) : 0, n > 2 ? firstOf(c.input(2)) : 0, firstOf(y));
    return count;
  }
  if (c.outputs > 1) setTileSlope(c.output(1).data);
  beginTiles(y.size, y.data, sizeShift(y.dtype));
  const rank = y.rank;
  for (let i = 0; i < rank; i++) addTileDim(y.dim(i));
  for (let k = 0; k < n; k++) addOperand(c.input(k), rank);
  return firstTile();
}

/** Address at which this thread's share of a contiguous tensor begins. */
// @ts-ignore: decorator
@inline
function firstOf(t: Tensor): usize {
  return t.data + (start() << sizeShift(t.dtype));
}

/** Adds an operand, broadcast to `rank` dimensions: it has stride 0 along an axis of size 1, or that it lacks. */
function addOperand(x: Tensor, rank: i32): void {
  addTileOperand(x.data, sizeShift(x.dtype));
  const missing = rank - x.rank;
  for (let i = 0; i < rank; i++) {
    const axis = i - missing;
    setTileStride(i, axis < 0 || x.dim(axis) == 1 ? 0 : x.stride(axis));
  }
}

export { nextTile };

/** Runs the kernel of an elementwise op, tile by tile. */
export function mapTiles(c: Call): void {
  const dtype = c.input(c.inputs - 1).dtype;
  const pass = indexOf(kernelOf(c.op, dtype));
  setTileDtype(dtype);
  for (let n = tiles(c); n; n = nextTile()) call_indirect<void>(pass, n);
}

/** The shape rule: operands of one dtype, whose shapes broadcast as NumPy's; the result's dtype is the kernel's. */
export function inferMap(c: Call): bool {
  for (let i = 1; i < c.inputs; i++) if (!sameDtype(c, 0, i)) return false;
  return giveBroadcast(c, 0, c.inputs, resultOf(kernelOf(c.op, c.input(0).dtype)));
}

/** Enrolls the kernels of an op, by the functions below. */
type Kernels = (op: Op) => void;

/** A differentiable elementwise op of the dtypes that `kernels` names. */
export function defineMap(op: Op, kernels: Kernels, saves: u32, vjp: Vjp, linear: u32 = 0): void {
  call_indirect<void>(changetype<u32>(kernels), op);
  define(op, dtypesOf(op), (c) => inferMap(c), (c) => { mapTiles(c); }, saves, vjp, linear);
}

/**
 * Defines a second op for an elementwise op of one operand. It computes value and slope, and runs instead of the first one if a tape watches
 * the operand and `kernels` has one for its dtype. The facade doesn't see the slope. See Note [Slopes] in tape/apply.ts
 */
export function defineSloped(op: Op, sloped: Op, kernels: Kernels, saves: u32, vjp: Vjp): void {
  defineMap(sloped, kernels, saves, vjp);
  enrollSloped(op, sloped);
}

/** An elementwise op that needs no gradient rule, because a tape holds only the op that `defineSloped` adds. */
export function defineUnsloped(op: Op, kernels: Kernels): void {
  zeroGradientMap(op, kernels);
}

/** An elementwise op without a gradient, on purpose. */
export function zeroGradientMap(op: Op, kernels: Kernels): void {
  call_indirect<void>(changetype<u32>(kernels), op);
  zeroGradient(op, dtypesOf(op), (c) => inferMap(c), (c) => { mapTiles(c); });
}

/** A pass over `n` elements of the current tile, of dtype `tileDtype`. */
type Pass = (n: i32) => void;

/** The dtype of a kernel's results. */
enum Gives {
  same,
  real,
  complex,
  bool,
}

/** Enrolls a kernel for operands of the dtypes in the set. */
function kernel(op: Op, dtypes: u32, gives: Gives, pass: Pass): void {
  for (let dtype = 0; dtype <= DType.bool; dtype++) {
    if (!((dtypes >> dtype) & 1)) continue;
    let result = dtype;
    if (gives == Gives.real) result = realOf(dtype);
    else if (gives == Gives.complex) result = complexOf(dtype);
    else if (gives == Gives.bool) result = DType.bool;
    enrollKernel(op, dtype, changetype<u32>(pass), result);
  }
}

/** A kernel whose results have the operands' dtype. */
export function same(op: Op, dtypes: u32, pass: Pass): void {
  kernel(op, dtypes, Gives.same, pass);
}

/** A kernel whose results are bools. */
export function test(op: Op, dtypes: u32, pass: Pass): void {
  kernel(op, dtypes, Gives.bool, pass);
}

/** Whether the tile holds float32 or complex64. */
// @ts-ignore: decorator
@inline
export function isSingle(): bool {
  return (tileDtype & 1) == 0;
}

/** Float32 and float64. */
export function real1<F>(op: Op): void {
  same(op, FLOATS, (n) => { if (isSingle()) map.f32x4Map1<F>(n); else map.f64x2Map1<F>(n); });
}

/** Functors that compute float32 in pairs of float64. */
export function widened1<F>(op: Op): void {
  same(op, FLOATS, (n) => { if (isSingle()) map.f32x2Map1<F>(n); else map.f64x2Map1<F>(n); });
}

/** Kernels of functors that store slopes too. */
export function sloped1<F>(op: Op): void {
  same(op, FLOATS, (n) => { if (isSingle()) f32x4Sloped1<F>(n); else f64x2Sloped1<F>(n); });
}

export function widenedSloped1<F>(op: Op): void {
  same(op, FLOATS, (n) => { if (isSingle()) f32x2Sloped1<F>(n); else f64x2Sloped1<F>(n); });
}

export function real2<F>(op: Op): void {
  same(op, FLOATS, (n) => { if (isSingle()) map.f32x4Map2<F>(n); else map.f64x2Map2<F>(n); });
}

export function widened2<F>(op: Op): void {
  same(op, FLOATS, (n) => { if (isSingle()) map.f32x2Map2<F>(n); else map.f64x2Map2<F>(n); });
}

export function real3<F>(op: Op): void {
  same(op, FLOATS, (n) => { if (isSingle()) map.f32x4Map3<F>(n); else map.f64x2Map3<F>(n); });
}

/** Real functors with an int32 form. */
export function number1<F>(op: Op): void {
  real1<F>(op);
  same(op, INTEGER, (n) => { map.i32x4Map1<F>(n); });
}

export function number2<F>(op: Op): void {
  real2<F>(op);
  whole2<F>(op);
}

/** Int32 only. */
export function whole2<F>(op: Op): void {
  same(op, INTEGER, (n) => { map.i32x4Map2<F>(n); });
}

/** Functors that treat real and imaginary parts alike, for every dtype but bool: a complex number is two reals. */
export function linear1<F>(op: Op): void {
  same(op, INEXACT, (n) => { if (isSingle()) map.f32x4Map1<F>(reals(n)); else map.f64x2Map1<F>(reals(n)); });
  same(op, INTEGER, (n) => { map.i32x4Map1<F>(n); });
}

export function linear2<F>(op: Op): void {
  same(op, INEXACT, (n) => { if (isSingle()) map.f32x4Map2<F>(reals(n)); else map.f64x2Map2<F>(reals(n)); });
  whole2<F>(op);
}

// @ts-ignore: decorator
@inline
function reals(n: i32): i32 {
  return tileDtype < DType.complex64 ? n : n << 1;
}

/** Complex functors with a form of their own for two complex64 at a time. */
export function pairs1<F>(op: Op): void {
  same(op, COMPLEX, (n) => { if (isSingle()) map.c64Map1<F>(n); else map.c128Map1<F>(n); });
}

export function pairs2<F>(op: Op): void {
  same(op, COMPLEX, (n) => { if (isSingle()) map.c64Map2<F>(n); else map.c128Map2<F>(n); });
}

/** Complex functors that work in complex128 only. */
export function wide1<F>(op: Op): void {
  same(op, COMPLEX, (n) => { if (isSingle()) map.wideMap1<F>(n); else map.c128Map1<F>(n); });
}

export function wide2<F>(op: Op): void {
  same(op, COMPLEX, (n) => { if (isSingle()) map.wideMap2<F>(n); else map.c128Map2<F>(n); });
}

/** Real dtypes through R, complex ones through the complex128 functor C. */
export function inexact1<R, C>(op: Op): void {
  real1<R>(op);
  wide1<C>(op);
}

export function inexact2<R, C>(op: Op): void {
  real2<R>(op);
  wide2<C>(op);
}

/** Complex to real, through a functor of (real lanes, imaginary lanes). */
export function parts<F>(op: Op): void {
  kernel(op, COMPLEX, Gives.real, (n) => { if (isSingle()) map.c64Parts<F>(n); else map.c128Parts<F>(n); });
}

/** Two real operands, the parts of complex results. */
export function join(op: Op): void {
  kernel(op, FLOATS, Gives.complex, (n) => { if (isSingle()) map.f32x4Join(n); else map.f64x2Join(n); });
}

/** Predicates of one real operand. */
export function test1<F>(op: Op): void {
  test(op, FLOATS, (n) => { if (isSingle()) map.f32x4Test1<F>(n); else map.f64x2Test1<F>(n); });
}

/** Comparisons of all dtypes that have an order. */
export function test2<F>(op: Op): void {
  test(op, FLOATS, (n) => { if (isSingle()) map.f32x4Test2<F>(n); else map.f64x2Test2<F>(n); });
  test(op, INTEGER, (n) => { map.i32x4Test2<F>(n); });
  logic2<F>(op);
}

/** Logic on bytes of 0 and 1. */
export function logic1<F>(op: Op): void {
  same(op, BOOLEAN, (n) => { map.i8x16Map1<F>(n); });
}

export function logic2<F>(op: Op): void {
  same(op, BOOLEAN, (n) => { map.i8x16Map2<F>(n); });
}
