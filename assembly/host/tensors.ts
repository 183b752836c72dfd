/** The calls by which the facade makes and releases tensors and opens scopes. Knows no ops but the constant. */
import { Limit, Status } from '../shared/abi';
import { Op } from '../shared/opcode';
import { CALL } from '../tape/call';
import { fail } from '../tape/fault';
import { watching } from '../tape/tape';
import { newScalar } from '../tensor/constant';
import * as scope from '../tensor/scope';
import { allocateElements, countElements, newRecord, release, Tensor } from '../tensor/tensor';
import * as tensors from '../tensor/tensor';
import { storedDtype, weaknessOf } from '../tensor/weak';
import { live } from './calls';
import { expectScope } from './contract';

/** A tensor of `dtype`, which may be weak, and of the shape in the attributes; the caller writes its elements. */
export function create(dtype: i32, rank: i32, serial: u32): usize {
  if (rank > Limit.rank) return fail(Status.rank, Op.none, rank, Limit.rank);
  const t = newRecord(storedDtype(dtype), rank);
  if (!t) return fail(Status.memory, Op.none);
  for (let i = 0; i < rank; i++) t.setDim(i, CALL.attribute(i));
  t.size = countElements(t);
  if (t.size < 0) {
    release(t);
    return fail(Status.tooLarge, Op.none);
  }
  if (!allocateElements(t)) {
    const asked = <i32>(t.bytes >> 10);
    release(t);
    return fail(Status.memory, Op.none, asked, 1);
  }
  t.flags |= weaknessOf(dtype);
  t.generation = serial;
  scope.own(t);
  return changetype<usize>(t);
}

/** A scalar of `dtype`, which may be weak. */
export function scalar(dtype: i32, re: f64, im: f64, serial: u32): usize {
  const t = newScalar(dtype, re, im);
  if (!t) return fail(Status.memory, Op.fill);
  scope.own(t);
  t.generation = serial;
  return changetype<usize>(t);
}

/** Releases a tensor; false when the handle is stale. */
export function dispose(x: usize, generation: u32): bool {
  if (!tensors.isLive(x, generation)) return false;
  scope.disown(changetype<Tensor>(x));
  return true;
}

/** Whether the handle is not stale. */
export function isLive(x: usize, generation: u32): bool {
  return tensors.isLive(x, generation);
}

/** Whether something besides its handle refers to the tensor's record. */
export function isHeld(x: usize, generation: u32): bool {
  return tensors.isLive(x, generation) && tensors.isHeld(changetype<Tensor>(x));
}

/** Whether an open tape depends on the tensor's value. */
export function isWatched(x: usize, generation: u32): bool {
  return tensors.isLive(x, generation) && (changetype<Tensor>(x).watchers & watching) != 0;
}

export function keep(x: usize, generation: u32): bool {
  const t = live(Op.none, 0, x, generation);
  if (!t) return false;
  scope.keep(t);
  return true;
}

/** Opens a scope; 0 when memory is out. */
export function scopeEnter(): usize {
  const sentinel = scope.enter();
  if (!sentinel) fail(Status.memory, Op.none);
  return changetype<usize>(sentinel);
}

/** Moves a tensor to the scope around the one in which it was made. Returns 1; 0 when it comes from outside the scope; −1 when it was released. */
export function scopeLift(x: usize, generation: u32, sentinel: usize): i32 {
  expectScope(sentinel);
  const t = live(Op.none, 0, x, generation);
  return t ? <i32>scope.lift(t, changetype<Tensor>(sentinel)) : -1;
}

export function scopeLeave(sentinel: usize): void {
  expectScope(sentinel);
  scope.leave(changetype<Tensor>(sentinel));
}
