/**
 * Reverse sweep over a tape. Knows opcodes, not operations: a rule is found in the registry, reads its node through a `View` and
 * gives cotangents to the node's inputs by calling the same recorded ops as everybody else, so outer tapes differentiate it again.
 */
import { setTileDtype, wholeTile } from '../kernels/tile';
import { alloc, free } from '../memory/heap';
import { Status } from '../shared/abi';
import { Op } from '../shared/opcode';
import { newScalar } from '../tensor/constant';
import { clear, enter, leave, own } from '../tensor/scope';
import { hold, isSole, release, Tensor } from '../tensor/tensor';
import { apply } from './apply';
import { begin } from './call';
import { fail, hasFailed } from './fault';
import { indexOf, kernelOf, vjpOf } from './registry';
import { Node, spend } from './node';
import { Tape, watching } from './tape';
import { tracing } from './trace';

let sweeping: Tape = changetype<Tape>(0);

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
  /** The cotangent of output i; zeros when nothing depends on it. */
  cotangentAt(i: i32): Tensor {
    return cotangentOf(this, i);
  }
  /** Whether anything depends on output i. */
  reaches(i: i32): bool {
    return load<usize>(slotOf(this.first + i)) != 0;
  }
  /** Whether input i wants a cotangent. Rules ask before costly work. */
  // @ts-ignore: decorator
  @inline
  needs(i: i32): bool {
    const value = this.valueOf(i);
    return value >= sweeping.firstValue && (this.input(i).watchers == 0 || (this.input(i).watchers & sweeping.bit) != 0);
  }
  /** Adds `t`, summed over the axes that input i was broadcast along, to the cotangent of input i. */
  give(i: i32, t: Tensor): void {
    if (t && this.needs(i)) accumulate(this.valueOf(i), sumTo(t, this.input(i)));
  }
}

// @ts-ignore: decorator
@inline
function slotOf(value: u32): usize {
  return sweeping.cotangents + ((value - sweeping.firstValue) << 2);
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

/** A tensor of the shape and dtype of `t`, all `value`, that takes the room of one element. */
export function fillLike(t: Tensor, value: f64): Tensor {
  const one = scalar(t.dtype, value, 0);
  return t.rank ? shaped(Op.broadcastTo, one, t) : one;
}

/** A constant of rank 0, owned by the innermost scope. */
export function scalar(dtype: i32, re: f64, im: f64): Tensor {
  const t = newScalar(dtype, re, im);
  if (t) own(t);
  else fail(Status.memory, Op.fill);
  return t;
}

/** `op` (broadcastTo, sumTo, reshape) of x with the shape of `like`. */
export function shaped(op: Op, x: Tensor, like: Tensor): Tensor {
  const rank = like.rank;
  const c = begin(op, 1);
  c.setInput(0, x);
  c.words = rank + 1;
  c.setAttribute(0, rank);
  for (let i = 0; i < rank; i++) c.setAttribute(i + 1, like.dim(i));
  return apply();
}

// @ts-ignore: decorator
@inline
function sumTo(t: Tensor, like: Tensor): Tensor {
  let same = t.rank == like.rank;
  for (let i = 0, rank = t.rank; same && i < rank; i++) same = t.dim(i) == like.dim(i);
  return same ? t : shaped(Op.sumTo, t, like);
}

function accumulate(value: u32, t: Tensor): void {
  if (!t) return;
  const slot = slotOf(value);
  const held = load<Tensor>(slot);
  if (!held) {
    hold(t);
    store<Tensor>(slot, t);
  } else if (!watching && !tracing && isSole(held) && t.isContiguous) {
    addTo(held, t);
  } else {
    const c = begin(Op.add, 2);
    c.setInput(0, held);
    c.setInput(1, t);
    const total = apply();
    if (!total) return;
    hold(total);
    release(held);
    store<Tensor>(slot, total);
  }
}

/** x ← x + y in place, of one shape and contiguous. */
function addTo(x: Tensor, y: Tensor): void {
  wholeTile(x.data, y.data, 0, x.data);
  setTileDtype(x.dtype);
  if (x.size) call_indirect<void>(indexOf(kernelOf(Op.add, x.dtype)), x.size);
}

/** Adds a seed for `target`: ones, or `dy` of its shape and dtype. A target that the tape doesn't watch contributes nothing. */
export function seed(tape: Tape, target: Tensor, value: u32, dy: Tensor): void {
  sweeping = tape;
  if (value < tape.firstValue || value >= tape.endValue) return;
  accumulate(value, dy ? dy : fillLike(target, 1));
}

/** Room for the cotangents of a closed tape's values; false when memory is out. */
export function beginSweep(tape: Tape): bool {
  const bytes = <usize>(tape.endValue - tape.firstValue) << 2;
  tape.cotangents = alloc(bytes);
  if (!tape.cotangents) return fail(Status.memory, Op.none, <i32>bytes, 0);
  for (let at = tape.cotangents, end = at + bytes; at < end; at += 4) store<u32>(at, 0);
  return true;
}

/** Carries the seeds back to the watched values. With `consume`, each node gives up what it holds as the sweep passes. */
export function sweep(tape: Tape, consume: bool): bool {
  sweeping = tape;
  const scope = enter();
  if (!scope) return fail(Status.memory, Op.none);
  for (let node = tape.last; node != tape.before; node = changetype<Node>(node.prev)) {
    if (node.watchers & tape.bit && hasCotangent(node)) {
      call_indirect<void>(vjpOf(node.op), changetype<View>(node));
      drop(node);
      clear(scope);
      if (hasFailed()) break;
    }
    if (consume) spend(node);
  }
  leave(scope);
  return !hasFailed();
}

function hasCotangent(node: Node): bool {
  for (let i: u32 = 0, n = <u32>node.outputs; i < n; i++) if (load<usize>(slotOf(node.first + i))) return true;
  return false;
}

function drop(node: Node): void {
  for (let i: u32 = 0, n = <u32>node.outputs; i < n; i++) {
    const slot = slotOf(node.first + i);
    const t = load<Tensor>(slot);
    if (!t) continue;
    store<usize>(slot, 0);
    release(t);
  }
}

/** The cotangent of a watched value, still held by the sweep; NONE when nothing reached it. */
export function cotangentOfValue(tape: Tape, value: u32): Tensor {
  sweeping = tape;
  return load<Tensor>(slotOf(value));
}

/** Gives up the cotangents of a sweep; nothing to do when it never began. */
export function endSweep(tape: Tape): void {
  if (!tape.cotangents) return;
  const n = tape.endValue - tape.firstValue;
  for (let i: u32 = 0; i < n; i++) {
    const t = load<Tensor>(tape.cotangents + (i << 2));
    if (t) release(t);
  }
  free(tape.cotangents, <usize>n << 2);
  tape.cotangents = 0;
}

