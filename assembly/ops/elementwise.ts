/** From tensors to tiles: the drivers that an elementwise op's block names with its functor. Knows no operation. */
import { DType } from '../shared/abi';
import { Call } from '../tape/call';
import { isComplex, sizeShift } from '../tensor/dtype';
import { Tensor } from '../tensor/tensor';
import * as map from '../kernels/map';
import { addTileDim, addTileOperand, beginTiles, firstTile, nextTile, setTileStride, shareOfTiles, wholeTile } from '../kernels/tile';
import { start } from '../parallel/share';

/** Points the tile iterator at the call's operands; returns the first tile's elements. */
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
    wholeTile(firstOf(c.input(0)), n > 1 ? firstOf(c.input(1)) : 0, n > 2 ? firstOf(c.input(2)) : 0, firstOf(y));
    return count;
  }
  beginTiles(y.size, y.data, sizeShift(y.dtype));
  const rank = y.rank;
  for (let i = 0; i < rank; i++) addTileDim(y.dim(i));
  for (let k = 0; k < n; k++) addOperand(c.input(k), rank);
  return firstTile();
}

/** Where this thread's share of a contiguous tensor begins. */
// @ts-ignore: decorator
@inline
function firstOf(t: Tensor): usize {
  return t.data + (start() << sizeShift(t.dtype));
}

/** An operand broadcast to `rank` dimensions: stride 0 where it has size 1 or nothing. */
function addOperand(x: Tensor, rank: i32): void {
  addTileOperand(x.data, sizeShift(x.dtype));
  const missing = rank - x.rank;
  for (let i = 0; i < rank; i++) {
    const axis = i - missing;
    setTileStride(i, axis < 0 || x.dim(axis) == 1 ? 0 : x.stride(axis));
  }
}

export { nextTile };

export function real1<F>(c: Call): void {
  const single = c.input(0).dtype == DType.float32;
  for (let n = tiles(c); n; n = nextTile()) {
    if (single) map.f32x4Map1<F>(n);
    else map.f64x2Map1<F>(n);
  }
}

export function real2<F>(c: Call): void {
  const single = c.input(0).dtype == DType.float32;
  for (let n = tiles(c); n; n = nextTile()) {
    if (single) map.f32x4Map2<F>(n);
    else map.f64x2Map2<F>(n);
  }
}

export function real3<F>(c: Call): void {
  const single = c.input(0).dtype == DType.float32;
  for (let n = tiles(c); n; n = nextTile()) {
    if (single) map.f32x4Map3<F>(n);
    else map.f64x2Map3<F>(n);
  }
}

/** Real functors with an int32 form. */
export function number1<F>(c: Call): void {
  if (c.input(0).dtype == DType.int32) int1<F>(c);
  else real1<F>(c);
}

export function number2<F>(c: Call): void {
  if (c.input(0).dtype == DType.int32) int2<F>(c);
  else real2<F>(c);
}

/** Real dtypes through R, complex ones through the complex128 functor C. */
export function inexact1<R, C>(c: Call): void {
  if (isComplex(c.input(0).dtype)) wide1<C>(c);
  else real1<R>(c);
}

export function inexact2<R, C>(c: Call): void {
  if (isComplex(c.input(0).dtype)) wide2<C>(c);
  else real2<R>(c);
}

/** Functors that treat real and imaginary parts alike: every dtype but bool, complex as twice as many reals. */
export function linear1<F>(c: Call): void {
  const dtype = c.input(0).dtype;
  for (let n = tiles(c); n; n = nextTile()) {
    if (dtype == DType.int32) map.i32x4Map1<F>(n);
    else if (dtype == DType.float32) map.f32x4Map1<F>(n);
    else if (dtype == DType.complex64) map.f32x4Map1<F>(n << 1);
    else map.f64x2Map1<F>(dtype == DType.float64 ? n : n << 1);
  }
}

export function linear2<F>(c: Call): void {
  const dtype = c.input(0).dtype;
  for (let n = tiles(c); n; n = nextTile()) {
    if (dtype == DType.int32) map.i32x4Map2<F>(n);
    else if (dtype == DType.float32) map.f32x4Map2<F>(n);
    else if (dtype == DType.complex64) map.f32x4Map2<F>(n << 1);
    else map.f64x2Map2<F>(dtype == DType.float64 ? n : n << 1);
  }
}

export function int1<F>(c: Call): void {
  for (let n = tiles(c); n; n = nextTile()) map.i32x4Map1<F>(n);
}

export function int2<F>(c: Call): void {
  for (let n = tiles(c); n; n = nextTile()) map.i32x4Map2<F>(n);
}

/** Complex functors with their own two-at-a-time complex64 form. */
export function pairs1<F>(c: Call): void {
  const single = c.input(0).dtype == DType.complex64;
  for (let n = tiles(c); n; n = nextTile()) {
    if (single) map.c64Map1<F>(n);
    else map.c128Map1<F>(n);
  }
}

export function pairs2<F>(c: Call): void {
  const single = c.input(0).dtype == DType.complex64;
  for (let n = tiles(c); n; n = nextTile()) {
    if (single) map.c64Map2<F>(n);
    else map.c128Map2<F>(n);
  }
}

/** Complex functors that work in complex128 only. */
export function wide1<F>(c: Call): void {
  const single = c.input(0).dtype == DType.complex64;
  for (let n = tiles(c); n; n = nextTile()) {
    if (single) map.wideMap1<F>(n);
    else map.c128Map1<F>(n);
  }
}

export function wide2<F>(c: Call): void {
  const single = c.input(0).dtype == DType.complex64;
  for (let n = tiles(c); n; n = nextTile()) {
    if (single) map.wideMap2<F>(n);
    else map.c128Map2<F>(n);
  }
}

/** Complex to real, through a functor of (real lanes, imaginary lanes). */
export function parts<F>(c: Call): void {
  const single = c.input(0).dtype == DType.complex64;
  for (let n = tiles(c); n; n = nextTile()) {
    if (single) map.c64Parts<F>(n);
    else map.c128Parts<F>(n);
  }
}

/** Two real operands, the parts of complex results. */
export function join(c: Call): void {
  const single = c.input(0).dtype == DType.float32;
  for (let n = tiles(c); n; n = nextTile()) {
    if (single) map.f32x4Join(n);
    else map.f64x2Join(n);
  }
}

/** Predicates of one real operand. */
export function test1<F>(c: Call): void {
  const single = c.input(0).dtype == DType.float32;
  for (let n = tiles(c); n; n = nextTile()) {
    if (single) map.f32x4Test1<F>(n);
    else map.f64x2Test1<F>(n);
  }
}

/** Comparisons of all dtypes that have an order. */
export function test2<F>(c: Call): void {
  const dtype = c.input(0).dtype;
  for (let n = tiles(c); n; n = nextTile()) {
    if (dtype == DType.float32) map.f32x4Test2<F>(n);
    else if (dtype == DType.float64) map.f64x2Test2<F>(n);
    else if (dtype == DType.int32) map.i32x4Test2<F>(n);
    else map.i8x16Map2<F>(n);
  }
}

/** Logic on bytes of 0 and 1. */
export function logic1<F>(c: Call): void {
  for (let n = tiles(c); n; n = nextTile()) map.i8x16Map1<F>(n);
}

export function logic2<F>(c: Call): void {
  for (let n = tiles(c); n; n = nextTile()) map.i8x16Map2<F>(n);
}
