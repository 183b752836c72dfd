/** Pooling over windows. In comments x is the input, ȳ the cotangent. Knows no loops over elements. */
import { closeWindows, openWindows, POOL, poolArgmax, poolMax, poolMean, poolSpread } from '../kernels/pool';
import { DType, Status } from '../shared/abi';
import { Op } from '../shared/opcode';
import { apply } from '../tape/apply';
import { begin, Call } from '../tape/call';
import { define, NOTHING, X0, zeroGradient } from '../tape/define';
import { fail } from '../tape/fault';
import { FLOATS, INEXACT, realOf, sizeShift } from '../tensor/dtype';
import { Tensor } from '../tensor/tensor';
import { pack, unpack } from './indices';
import { reshape } from './prim';
import { fit, fitCells, fitPlaces, hasDenseWindows, layWindows, windowed } from './window';

export function definePool(): void {
  /** y = the greatest of each window.  x̄ = ȳ added at the first greatest. Splits along the first axis. */
  define(Op.maxPool, FLOATS, inferPool, (c) => { pool(c); }, X0,
    (v) => { v.give(0, addedAt(v.cotangent, windowed(v, Op.argmaxPool, v.input(0)), v.input(0))); });

  /** y = where in x, in row-major order, the first greatest of each window is. int32. */
  zeroGradient(Op.argmaxPool, FLOATS, inferPool, (c) => { pool(c); });

  /** y = the mean of each window, of the cells in x.  x̄ = ȳ spread. Splits along the first axis. */
  define(Op.avgPool, INEXACT, inferPool, (c) => { pool(c); }, NOTHING, (v) => { v.give(0, windowed(v, Op.avgPoolSpread, v.cotangent)); });

  /** x = each y in equal parts to the cells of its window.  ȳ = the means of x̄. Splits along the first axis. */
  define(Op.avgPoolSpread, INEXACT, inferPool, (c) => { pool(c); }, NOTHING, (v) => { v.give(0, windowed(v, Op.avgPool, v.cotangent)); });
}

function inferPool(c: Call): bool {
  if (!hasDenseWindows(c)) return false;
  const input = c.input(0);
  const last = input.rank - 1;
  const result = c.give(c.op == Op.argmaxPool ? DType.int32 : input.dtype, input.rank);
  if (!result) return false;
  const spreads = c.op == Op.avgPoolSpread;
  return fit(c, result, 0, input.dim(0)) && fit(c, result, last, input.dim(last))
    && fitCells(c, spreads ? result : input) && fitPlaces(c, spreads ? input : result);
}

function pool(c: Call): void {
  const input = c.input(0);
  const result = c.output(0);
  if (!input.size) {
    memory.fill(result.data, 0, result.bytes);
    return;
  }
  const from = pack(c, input);
  if (!from) return;
  const spreads = c.op == Op.avgPoolSpread;
  const p = POOL;
  p.images = input.dim(0);
  p.width = input.dim(input.rank - 1) << sizeShift(input.dtype);
  p.x = spreads ? result.data : from;
  p.y = spreads ? from : result.data;
  layWindows(c);
  const refused = openWindows(p);
  if (refused) fail(Status.memory, c.op, <i32>(refused >> 10), 1);
  else {
    if (realOf(input.dtype) == DType.float32) reduce<f32>(c.op);
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
