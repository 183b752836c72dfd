/**
 * The reverse sweep over a tape. Knows opcodes, not operations: the registry has a rule for each opcode, which reads its node through a `View`
 * and gives cotangents to the node's inputs. Rules call the same recorded ops as users do, so outer tapes differentiate them again.
 */
import { MulNoNan } from '../kernels/arithmetic';
import { alloc, free } from '../memory/heap';
import { DType, Flag, Status } from '../shared/abi';
import { ShapeWord } from '../shared/attributes';
import { Op } from '../shared/opcode';
import { newScalar } from '../tensor/constant';
import { isComplex, isWide } from '../tensor/dtype';
import { clear, takeOver, mark, own } from '../tensor/scope';
import { hold, isSole, newScalarRecord, release, releaseLast, Tensor } from '../tensor/tensor';
import { haveSameShape } from '../tensor/view';
import { isWeak } from '../tensor/weak';
import { apply, call2, call3, pass } from './apply';
import { begin } from './call';
import { fail, hasFailed } from './fault';
import { kernelOf, vjpOf } from './registry';
import { Node, spend } from './node';
import { cutAfter, isRecorded, Tape } from './tape';
import { tracing } from './trace';

/** The tape that is being swept: its bit, its first value, and the address at which the cotangent of value 0 would stand. */
export let bit: u32 = 0;
export let firstValue: u32 = 0;
export let slots: usize = 0;
/** Whether rules give tangents of the result, which aren't reduced to the shape of the input. */
export let expands: bool = false;

function look(tape: Tape): void {
  bit = tape.bit;
  firstValue = tape.firstValue;
  slots = tape.cotangents - (<usize>firstValue << 2);
}

/** Makes rules give to the slots of one copied node, whose values are numbered from 1: `at` is the address of the slot of value 0. */
export function aim(at: usize, isForward: bool): void {
  bit = u32.MAX_VALUE;
  firstValue = 1;
  slots = at;
  expands = isForward;
}

/** A node as its gradient rule sees it. */
@unmanaged
@final
export class View extends Node {
  /** The cotangent of output 0. */
  // @ts-ignore: decorator
  @inline
  get cotangent(): Tensor {
    return cotangentOf(this, 0);
  }
  /** The cotangent of output i; zeros when no target depends on it. */
  cotangentAt(i: i32): Tensor {
    return cotangentOf(this, i);
  }
  /** Whether a target depends on output i. */
  reaches(i: i32): bool {
    return load<usize>(slotOf(this.first + i)) != 0;
  }
  /** Whether input i needs a cotangent. Rules ask before costly work. */
  // @ts-ignore: decorator
  @inline
  needs(i: i32): bool {
    if (this.valueOf(i) < firstValue) return false;
    const watchers = this.input(i).watchers;
    return !watchers || (watchers & bit) != 0;
  }
  /** Adds `t`, summed over the axes that input i was broadcast along, to the cotangent of input i. */
  give(i: i32, t: Tensor): void {
    if (t && this.needs(i)) accumulate(slotOf(this.valueOf(i)), sumTo(t, this.input(i)), false);
  }
  /** As `give`, for an input that needs a cotangent and a tensor `t` that was made last and has no other holder. */
  giveAway(i: i32, t: Tensor): void {
    if (t) accumulate(slotOf(this.valueOf(i)), sumTo(t, this.input(i)), true);
  }
  /**
   * Adds x·ȳ to the cotangent of input i of an elementwise op, if x and ȳ are real scalars: in registers, or by one op where an outer tape
   * records. Returns false where it has added nothing, and the caller must.
   */
  // @ts-ignore: decorator
  @inline
  giveProduct(i: i32, x: Tensor, y: Tensor): bool {
    if (!x || x.rank | y.rank || x.dtype != y.dtype || isComplex(y.dtype) || tracing) return false;
    const slot = slotOf(this.valueOf(i));
    return isRecorded(x, y) ? recordProduct(slot, x, y) : accumulateProduct(slot, x, y);
  }
}

// @ts-ignore: decorator
@inline
function slotOf(value: u32): usize {
  return slots + (<usize>value << 2);
}

// @ts-ignore: decorator
@inline
function cotangentOf(node: Node, i: i32): Tensor {
  const t = load<Tensor>(slotOf(node.first + i));
  return t ? t : zerosLike(node.output(i));
}

function zerosLike(t: Tensor): Tensor {
  return fillLike(t, 0);
}

/** A tensor of the shape and dtype of `t` whose elements are all `value`; only one is stored. */
export function fillLike(t: Tensor, value: f64): Tensor {
  const one = scalar(t.dtype, value, 0);
  if (one && !isWeak(t)) one.flags &= ~Flag.weak;
  const all = t.rank ? shaped(Op.broadcastTo, one, t) : one;
  if (all && value == 1) all.flags |= Flag.ones;
  return all;
}

/** Whether x·t is x: t has ones of x's shape, and is real, for a complex product with 1 changes the signs of zeros. */
export function isNeutral(t: Tensor, x: Tensor): bool {
  return t && x && (t.flags & Flag.ones) != 0 && t.dtype == x.dtype && !isComplex(t.dtype) && (isWeak(t) || !isWeak(x)) && haveSameShape(t, x);
}

/** A constant of rank 0, owned by the innermost scope, and weak where its dtype can be; see Note [Weak numbers] */
export function scalar(dtype: i32, re: f64, im: f64): Tensor {
  const t = newScalar(dtype, re, im);
  if (t) {
    if (isWide(dtype)) t.flags |= Flag.weak;
    own(t);
  } else fail(Status.memory, Op.fill);
  return t;
}

/** `op` (broadcastTo, sumTo, reshape) of x with the shape of `like`. */
export function shaped(op: Op, x: Tensor, like: Tensor): Tensor {
  const rank = like.rank;
  const c = begin(op, 1);
  c.setInput(0, x);
  c.words = rank + 1;
  c.setAttribute(ShapeWord.rank, rank);
  for (let i = 0; i < rank; i++) c.setAttribute(ShapeWord.dims + i, like.dim(i));
  return apply();
}

// @ts-ignore: decorator
@inline
function sumTo(t: Tensor, like: Tensor): Tensor {
  return haveSameShape(t, like) || expands ? t : shaped(t.size == like.size ? Op.reshape : Op.sumTo, t, like);
}

/** Adds t to the slot's cotangent. If t is `fresh`, it was made last and has no other use, and the slot may take it over. */
export function accumulate(slot: usize, t: Tensor, fresh: bool): void {
  if (!t) return;
  const held = load<Tensor>(slot);
  if (!held) {
    if (fresh) takeOver(t);
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
  takeOver(total);
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
function accumulateProduct(slot: usize, x: Tensor, y: Tensor): bool {
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
function recordProduct(slot: usize, x: Tensor, y: Tensor): bool {
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

/** Adds a seed for `target`: ones, or `dy`, which has its shape and dtype. A target without a value on the tape contributes nothing. */
export function seed(tape: Tape, target: Tensor, value: u32, dy: Tensor): void {
  look(tape);
  if (value < tape.firstValue || value >= tape.endValue) return;
  const before = mark();
  accumulate(slotOf(value), dy ? dy : fillLike(target, 1), false);
  clear(before);
}

/** Allocates the cotangents of a closed tape's values; false when memory is out. */
export function beginSweep(tape: Tape): bool {
  const bytes = <usize>(tape.endValue - tape.firstValue) << 2;
  tape.cotangents = alloc(bytes);
  if (!tape.cotangents) return fail(Status.memory, Op.none, <i32>bytes, 0);
  for (let at = tape.cotangents, end = at + bytes; at < end; at += 16) v128.store(at, i64x2.splat(0)); // blocks are whole vectors
  return true;
}

/** Propagates the seeds to the watched values. With `consume`, each node releases its tensors as the sweep passes it. */
export function sweep(tape: Tape, consume: bool): bool {
  look(tape);
  const scope = mark();
  const before = tape.before;
  let node = tape.last;
  for (; node != before; node = changetype<Node>(node.prev)) {
    const slot = slotOf(node.first);
    if (node.watchers & bit && hasCotangent(slot, node.outputs)) {
      call_indirect<void>(vjpOf(node.op), changetype<View>(node));
      for (let at = slot, end = slot + (<usize>node.outputs << 2); at < end; at += 4) drop(at);
      if (mark() != scope) clear(scope);
      if (hasFailed()) break;
    }
    if (consume) spend(node);
  }
  if (consume) cutAfter(tape, node);
  return !hasFailed();
}

/** Whether one of a node's n outputs, whose slots begin at `slot`, has a cotangent. */
// @ts-ignore: decorator
@inline
function hasCotangent(slot: usize, n: u32): bool {
  if (load<usize>(slot)) return true;
  for (let i: u32 = 1; i < n; i++) if (load<usize>(slot + (i << 2))) return true;
  return false;
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

/** The cotangent of the tape's k-th value, which the sweep holds; NONE when no target depends on that value. */
export function cotangentOfValue(tape: Tape, k: u32): Tensor {
  return load<Tensor>(tape.cotangents + (<usize>k << 2));
}

/** Releases the cotangents of a sweep, if one has begun. */
export function endSweep(tape: Tape): void {
  if (!tape.cotangents) return;
  const bytes = <usize>(tape.endValue - tape.firstValue) << 2;
  for (let at = tape.cotangents, end = at + bytes; at < end; at += 16) {
    if (v128.any_true(v128.load(at))) for (let k = 0; k < 16; k += 4) drop(at + k);
  }
  free(tape.cotangents, bytes);
  tape.cotangents = 0;
}

