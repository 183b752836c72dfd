/** Max pooling and its gradients. In comments x is the input, ȳ the cotangent. Knows no loops over elements. */
import { closeWindows, openWindows, POOL, poolAdd, poolMax, poolTake } from '../kernels/pool';
import { DType, Status } from '../shared/abi';
import { Op } from '../shared/opcode';
import { Call } from '../tape/call';
import { define, IN2, X0, X1, Y } from '../tape/define';
import { fail } from '../tape/fault';
import { FLOATS, sizeShift } from '../tensor/dtype';
import { Tensor } from '../tensor/tensor';
import { dense, freeDense } from './dense';
import { sameDtype } from './infer';
import { areFull, fit, fitCells, fitPlaces, hasWindows, layWindows, windowed } from './window';

export function definePool(): void {
  /** y = the greatest element of each window.  x̄ = maxPoolAdd(x, y, ȳ). */
  define(Op.maxPool, FLOATS, inferPool, (c) => { pool(c); }, X0 | Y,
    (v) => { v.give(0, windowed(v, Op.maxPoolAdd, v.input(0), v.output(0), v.cotangent)); });

  /** z = zeros with w added at the cell where x first has each window's greatest element y; inputs are x, y, w.  w̄ = maxPoolTake(x, y, z̄). */
  define(Op.maxPoolAdd, FLOATS, inferPool, (c) => { pool(c); }, X0 | X1,
    (v) => { if (v.needs(2)) v.give(2, windowed(v, Op.maxPoolTake, v.input(0), v.input(1), v.cotangent)); }, IN2);

  /** w = the element of z at that cell; inputs are x, y, z.  z̄ = maxPoolAdd(x, y, w̄). */
  define(Op.maxPoolTake, FLOATS, inferPool, (c) => { pool(c); }, X0 | X1,
    (v) => { if (v.needs(2)) v.give(2, windowed(v, Op.maxPoolAdd, v.input(0), v.input(1), v.cotangent)); }, IN2);
}

function inferPool(c: Call): bool {
  if (!hasWindows(c)) return false;
  const x = c.input(0);
  const result = c.give(x.dtype, x.rank);
  const adds = c.op == Op.maxPoolAdd;
  if (!result || !fits(c, x, false) || !areFull(c) || !fits(c, result, !adds)) return false;
  return c.inputs == 1 || (sameDtype(c, 0, 1) && sameDtype(c, 0, 2) && fits(c, c.input(1), true) && fits(c, c.input(2), adds));
}

/** Whether t has the shape of the places, or of the cells. */
function fits(c: Call, t: Tensor, places: bool): bool {
  const x = c.input(0);
  const last = x.rank - 1;
  return fit(c, t, 0, x.dim(0)) && (places ? fitPlaces(c, t) : fitCells(c, t)) && fit(c, t, last, x.dim(last));
}

function pool(c: Call): void {
  const x = c.input(0);
  const p = POOL;
  p.x = dense(c, x);
  p.y = p.z = p.w = c.output(0).data;
  if (c.inputs == 1) {
    if (p.x) compute(c);
  } else {
    const y = c.input(1);
    const other = c.input(2);
    const from = dense(c, other);
    p.y = dense(c, y);
    if (c.op == Op.maxPoolAdd) p.w = from;
    else p.z = from;
    if (p.x && p.y && from) compute(c);
    freeDense(y, p.y);
    freeDense(other, from);
  }
  freeDense(x, p.x);
}

function compute(c: Call): void {
  const x = c.input(0);
  const p = POOL;
  p.images = x.dim(0);
  p.width = x.dim(x.rank - 1) << sizeShift(x.dtype);
  layWindows(c);
  const refused = openWindows(p, c.op == Op.maxPoolAdd);
  if (refused) {
    fail(Status.memory, c.op, <i32>(refused >> 10), 1);
    return;
  }
  if (x.dtype == DType.float32) walk<f32>(c.op);
  else walk<f64>(c.op);
  closeWindows(p);
}

function walk<T>(op: i32): void {
  if (op == Op.maxPool) poolMax<T>(POOL);
  else if (op == Op.maxPoolAdd) poolAdd<T>(POOL);
  else poolTake<T>(POOL);
}
