/** Ops that change only identity, dtype or layout; and constants. Knows no arithmetic. */
import * as map from '../kernels/map';
import { nextTile } from '../kernels/tile';
import { copyDenseShare } from '../kernels/copy';
import { splat } from '../kernels/strided';
import { DType } from '../shared/abi';
import { ArangeWord, CastWord, FillWord } from '../shared/attributes';
import { Op } from '../shared/opcode';
import { Call } from '../tape/call';
import { define, defineView, IN0, NOTHING, zeroGradient } from '../tape/define';
import { ANY, isComplex, realOf, sizeShift } from '../tensor/dtype';
import { element, storeElement } from '../tensor/constant';
import { copyGeometry, shareElements } from '../tensor/view';
import { tiles } from './elementwise';
import { giveLike, inferSame } from './infer';
import { dtypeOf, storedDtype } from '../tensor/weak';
import { cast } from './prim';

/** y views x, its first and only operand. */
function inferAlias(c: Call): bool {
  const x = c.input(0);
  const y = c.give(x.dtype, x.rank);
  if (!y) return false;
  copyGeometry(y, x);
  shareElements(y, x, 0);
  return true;
}

export function defineStructure(): void {
  /** y = x, as a value of its own.  x̄ = ȳ. */
  defineView(Op.identity, ANY, inferAlias, (v) => { v.give(0, v.cotangent); });

  /** y = x, a constant to every tape. */
  zeroGradient(Op.stopGradient, ANY, inferAlias, (c) => {});

  /** y = x in row-major order.  x̄ = ȳ. */
  define(Op.contiguous, ANY, inferSame, (c) => { copyStrided(c); }, NOTHING, (v) => { v.give(0, v.cotangent); }, IN0);

  /** y = x, computed when the second operand is there: to a program, y is another value than x, so what is made of it is computed anew.  x̄ = ȳ. */
  define(Op.barrier, ANY, inferSame, (c) => { copyStrided(c); }, NOTHING, (v) => { v.give(0, v.cotangent); });

  /** y = x converted: complex to real keeps the real part, to int32 truncates, to bool is x ≠ 0.  x̄ = ȳ converted back. */
  define(Op.cast, ANY, (c) => giveLike(c, c.input(0), storedDtype(c.attribute(CastWord.dtype))), (c) => { convert(c); }, NOTHING,
    (v) => { v.give(0, cast(v.cotangent, dtypeOf(v.input(0)))); }, IN0);

  /** A tensor of one value (re, im). */
  zeroGradient(Op.fill, ANY, inferFill, (c) => { fill(c); });

  /** y[i] = start + i·step, rounded once; the last element is an attribute of its own. */
  zeroGradient(Op.arange, ANY, inferArange, (c) => { arange(c); });
}

export function copyStrided(c: Call): void {
  const x = c.input(0);
  const y = c.output(0);
  if (x.isContiguous) memory.copy(y.data, x.data, x.bytes);
  else copyDenseShare(sizeShift(x.dtype), x.size, x.rank, x.shapeAt, y.data, x.data, x.stridesAt);
}

export function inferFill(c: Call): bool {
  const rank = c.attribute(FillWord.rank);
  const y = c.give(c.attribute(FillWord.dtype), rank);
  if (!y) return false;
  for (let i = 0; i < rank; i++) y.setDim(i, c.attribute(FillWord.dims + i));
  return true;
}

function fill(c: Call): void {
  const y = c.output(0);
  splat(sizeShift(y.dtype), y.data, element(y.dtype, c.attributeF64(FillWord.first), c.attributeF64(FillWord.second)), y.size);
}

function convert(c: Call): void {
  const from = c.input(0).dtype;
  const to = c.output(0).dtype;
  const parts: u32 = isComplex(from) ? 2 : 1;
  for (let n = tiles(c); n; n = nextTile()) {
    switch (realOf(from)) {
      case DType.float32:
        convertFrom<f32>(to, n, parts);
        break;
      case DType.float64:
        convertFrom<f64>(to, n, parts);
        break;
      case DType.int32:
        convertFrom<i32>(to, n, parts);
        break;
      default:
        convertFrom<u8>(to, n, parts);
    }
  }
}

function convertFrom<From>(to: i32, n: i32, parts: u32): void {
  const out: u32 = isComplex(to) ? 2 : 1;
  switch (realOf(to)) {
    case DType.float32:
      return map.convertMap<From, f32>(n, parts, out);
    case DType.float64:
      return map.convertMap<From, f64>(n, parts, out);
    case DType.int32:
      return map.convertMap<From, i32>(n, parts, out);
    default:
      return map.convertMap<From, u8>(n, parts, out);
  }
}

function inferArange(c: Call): bool {
  const y = c.give(c.attribute(ArangeWord.dtype), 1);
  if (!y) return false;
  y.setDim(0, c.attribute(ArangeWord.count));
  return true;
}

function arange(c: Call): void {
  const y = c.output(0);
  const start = c.attributeF64(ArangeWord.start);
  const step = c.attributeF64(ArangeWord.step);
  const bytes = <usize>1 << sizeShift(y.dtype);
  let to = y.data;
  for (let i = 0, last = y.size - 1; i <= last; i++) {
    storeElement(to, y.dtype, i == last ? c.attributeF64(ArangeWord.last) : start + <f64>i * step, 0);
    to += bytes;
  }
}
