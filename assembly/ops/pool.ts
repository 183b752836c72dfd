/** The greatest of windows. In comments x is the input, ȳ the cotangent. Knows no loops over elements. */
import { closeWindows, openWindows, POOL, poolArgmax, poolMax } from '../kernels/pool';
import { keepWhole } from '../parallel/share';
import { DType, Status } from '../shared/abi';
import { Op } from '../shared/opcode';
import { apply } from '../tape/apply';
import { begin, Call } from '../tape/call';
import { define, X0, zeroGradient } from '../tape/define';
import { fail } from '../tape/fault';
import { FLOATS, sizeShift } from '../tensor/dtype';
import { NONE, Tensor } from '../tensor/tensor';
import { pack, unpack } from './indices';
import { reshape } from './prim';
import { fit, fitCells, fitPlaces, hasDenseWindows, layWindows, windowed } from './window';

export function definePool(): void {
  /** y = the greatest of each window.  x̄ = ȳ added at the first greatest. Splits along the first axis. */
  define(Op.maxPool, FLOATS, inferPool, (c) => { pool(c); }, X0,
    (v) => { v.give(0, addedAt(v.cotangent, windowed(v, Op.argmaxPool, v.input(0)), v.input(0))); });

  /** y = where in x, in row-major order, the first greatest of each window is. int32. */
  zeroGradient(Op.argmaxPool, FLOATS, inferPool, (c) => { pool(c); });
}

function inferPool(c: Call): bool {
  if (!hasDenseWindows(c)) return false;
  const x = c.input(0);
  const last = x.rank - 1;
  const y = c.give(c.op == Op.maxPool ? x.dtype : DType.int32, x.rank);
  return y != NONE && fitCells(c, x) && fit(c, y, 0, x.dim(0)) && fitPlaces(c, y) && fit(c, y, last, x.dim(last));
}

function pool(c: Call): void {
  const x = c.input(0);
  const from = pack(c, x);
  if (!from) return;
  const p = POOL;
  p.images = x.dim(0);
  p.width = x.dim(x.rank - 1) << sizeShift(x.dtype);
  p.x = from;
  p.y = c.output(0).data;
  layWindows(c);
  if (x.dtype == DType.float64 && c.op == Op.argmaxPool) keepWhole(); // vectors of results are stored twice as wide as they are
  const refused = openWindows(p);
  if (refused) fail(Status.memory, c.op, <i32>(refused >> 10), 1);
  else {
    if (x.dtype == DType.float32) run<f32>(c.op == Op.maxPool);
    else run<f64>(c.op == Op.maxPool);
    closeWindows(p);
  }
  unpack(x, from);
}

function run<T>(values: bool): void {
  if (values) poolMax<T>(POOL);
  else poolArgmax<T>(POOL);
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
