/**
 * The cotangents of a sweep: a slot for each value, to which contributions are added in the order of the sweep. Knows the three ops that add
 * and scale contributions.
 */
import { MulNoNan } from '../kernels/arithmetic';
import { DType, Flag } from '../shared/abi';
import { Op } from '../shared/opcode';
import { isComplex } from '../tensor/dtype';
import { transfer } from '../tensor/scope';
import { hold, isSole, newScalarRecord, release, releaseLast, Tensor } from '../tensor/tensor';
import { haveSameShape } from '../tensor/view';
import { isWeak } from '../tensor/weak';
import { call2, call3, pass } from './apply';
import { kernelOf } from './registry';
import { isRecorded } from './tape';
import { tracing } from './trace';

/** Whether x·t is x: t has ones of x's shape, and is real, for a complex product with 1 changes the signs of zeros. */
export function isNeutral(t: Tensor, x: Tensor): bool {
  return t && x && (t.flags & Flag.ones) != 0 && t.dtype == x.dtype && !isComplex(t.dtype) && (isWeak(t) || !isWeak(x)) && haveSameShape(t, x);
}

/** Adds t to the slot's cotangent. If t is `fresh`, it was made last and has no other use, and the slot may take it over. */
export function accumulate(slot: usize, t: Tensor, fresh: bool): void {
  if (!t) return;
  const held = load<Tensor>(slot);
  if (!held) {
    if (fresh) transfer(t);
    else hold(t);
    store<Tensor>(slot, t);
  } else if (!tracing && !isRecorded(held, t) && isSole(held) && t.isContiguous) {
    held.flags &= t.flags | ~Flag.weak;
    addTo(held, t.data);
  } else {
    replace(slot, held, call2(Op.add, held, t));
  }
}

/** Replaces the slot's cotangent by `total`, which was made last and has no other use. */
// @ts-ignore: decorator
@inline
function replace(slot: usize, held: Tensor, total: Tensor): void {
  if (!total) return;
  transfer(total);
  release(held);
  store<Tensor>(slot, total);
}

/** x ← x + y in place, for contiguous elements of one shape and dtype. */
function addTo(x: Tensor, y: usize): void {
  x.flags &= ~Flag.ones;
  if (x.size) pass(kernelOf(Op.add, x.dtype), x.dtype, x.data, y, 0, x.data, x.size);
}

/**
 * Adds the product of two real scalars to the slot's cotangent, in registers. The first product makes a record that only the slot has, so that
 * further products are added in place. Returns false where it can't.
 */
// @ts-ignore: decorator
@inline
export function accumulateProduct(slot: usize, x: Tensor, y: Tensor): bool {
  let held = load<Tensor>(slot);
  if (held && (isRecorded(held, held) || !isSole(held))) return false;
  const isFirst = !held;
  if (isFirst) {
    held = newScalarRecord(y.dtype);
    if (!held) return false;
    store<Tensor>(slot, held);
  }
  held.flags = isFirst ? held.flags | (x.flags & y.flags & Flag.weak) : held.flags & ~Flag.ones & (x.flags & y.flags | ~Flag.weak);
  if (y.dtype == DType.float32) addProduct<f32>(held.data, x.data, y.data, isFirst);
  else addProduct<f64>(held.data, x.data, y.data, isFirst);
  return true;
}

/** Adds x·y to the slot's cotangent as one recorded op; false where the slot has none yet, or where the product is x. */
export function recordProduct(slot: usize, x: Tensor, y: Tensor): bool {
  const held = load<Tensor>(slot);
  if (!held || isNeutral(y, x)) return false;
  replace(slot, held, call3(Op.addProduct, held, x, y));
  return true;
}

/** Adds the product of the elements at x and y to the element at `to`, or stores it there if it `isFirst`. */
// @ts-ignore: decorator
@inline
function addProduct<T>(to: usize, x: usize, y: usize, isFirst: bool): void {
  const f = changetype<MulNoNan>(0);
  const a = v128.load(x);
  const b = v128.load(y);
  const product = sizeof<T>() == 4 ? f.f32x4(a, b) : f.f64x2(a, b);
  v128.store(to, isFirst ? product : v128.add<T>(v128.load(to), product));
}

/** Releases the slot's cotangent, if it has one. */
// @ts-ignore: decorator
@inline
export function drop(slot: usize): void {
  const t = load<Tensor>(slot);
  if (!t) return;
  store<usize>(slot, 0);
  releaseLast(t);
}

/** Releases the n cotangents from `slot` on. */
// @ts-ignore: decorator
@inline
export function dropAll(slot: usize, n: u32): void {
  for (const end = slot + (<usize>n << 2); slot < end; slot += 4) drop(slot);
}
