/**
 * The reverse sweep over a tape. Knows opcodes, not operations: the registry has a rule for each opcode, which reads its node through a `View`
 * and gives cotangents to the node's inputs. Rules call the same recorded ops as users do, so outer tapes differentiate them again.
 */
import { alloc, free } from '../memory/heap';
import { Flag, Status } from '../shared/abi';
import { ShapeWord } from '../shared/attributes';
import { Op } from '../shared/opcode';
import { newScalar } from '../tensor/constant';
import { isComplex, isWide } from '../tensor/dtype';
import { clear, mark, own } from '../tensor/scope';
import { Tensor } from '../tensor/tensor';
import { haveSameShape } from '../tensor/view';
import { isWeak } from '../tensor/weak';
import { apply } from './apply';
import { begin } from './call';
import { accumulate, accumulateProduct, drop, dropAll, recordProduct } from './cotangent';
import { fail, hasFailed } from './fault';
import { vjpOf } from './registry';
import { Node, spend } from './node';
import { cutAfter, detachTape, isRecorded, Tape } from './tape';
import { tracing } from './trace';

/** The tape that is being swept: its bit, its first value, and the address at which the cotangent of value 0 would stand. */
export let bit: u32 = 0;
export let firstValue: u32 = 0;
export let slots: usize = 0;
/** Whether rules give tangents of the result, which aren't reduced to the shape of the input. */
export let expands: bool = false;

function look(tape: Tape): void {
  bit = tape.isMarked ? tape.bit : u32.MAX_VALUE; // without marks, the numbers alone say what depends on the tape
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

/** Adds a seed for `target`: ones, or `dy`, which has its shape and dtype. A target without a value on the tape contributes nothing. */
export function seed(tape: Tape, target: Tensor, value: u32, dy: Tensor): void {
  look(tape);
  if (value < tape.firstValue || value >= tape.endValue) return;
  const before = mark();
  accumulate(slotOf(value), dy ? dy : fillLike(target, 1), false);
  clear(before);
}

/** Allocates the cotangents of a tape's values; false when memory is out. An open tape is swept from here. */
export function beginSweep(tape: Tape): bool {
  if (tape.isOpen) {
    tape.last = tape.list.last;
    tape.endValue = tape.list.values;
  }
  const bytes = <usize>(tape.endValue - tape.firstValue) << 2;
  tape.cotangents = alloc(bytes);
  tape.hasWaited = false;
  if (!tape.cotangents) return fail(Status.memory, Op.none, <i32>bytes, 0);
  for (let at = tape.cotangents, end = at + bytes; at < end; at += 16) v128.store(at, i64x2.splat(0)); // blocks are whole vectors
  return true;
}

/**
 * Propagates the seeds to the watched values. With `consume`, each node releases its tensors as the sweep passes it. Returns 0 when done, −1
 * after a failure, else the number of a rule in JavaScript: the sweep waits at its node.
 */
export function sweep(tape: Tape, consume: bool): i32 {
  tape.consumes = consume;
  return sweepFrom(tape, tape.last);
}

function sweepFrom(tape: Tape, node: Node): i32 {
  look(tape);
  const scope = mark();
  const before = tape.before;
  const consume = tape.consumes;
  const own = tape.bit;
  let kept = tape.kept;
  for (; node != before; node = changetype<Node>(node.prev)) {
    const slot = slotOf(node.first);
    if (node.watchers & own && hasCotangent(slot, node.outputs)) {
      const rule = vjpOf(node.op);
      if (!rule) return waitAt(node, tape);
      call_indirect<void>(rule, changetype<View>(node));
      if (kept) kept = keptBefore(kept, node.first + node.outputs);
      if (!kept || load<u32>(kept) < node.first) dropAll(slot, node.outputs);
      if (mark() != scope) clear(scope);
      if (hasFailed()) break;
    }
    if (consume) spend(node);
  }
  if (consume) cutAfter(tape, node);
  return hasFailed() ? -1 : 0;
}

/** Stops the sweep at a node for its rule, which may open tapes and record. */
function waitAt(node: Node, tape: Tape): i32 {
  tape.pending = node;
  if (tape.consumes) cutAfter(tape, node);
  if (!tape.hasWaited) detachTape(tape);
  tape.hasWaited = true;
  return node.attribute(0);
}

/** The node where the tape's sweep waits, as rules see it. */
export function pendingOf(tape: Tape): View {
  look(tape);
  return changetype<View>(tape.pending);
}

/** Continues the sweep behind the node where it waits; returns what `sweep` returns. */
export function resume(tape: Tape): i32 {
  const node = pendingOf(tape);
  tape.pending = changetype<Node>(0);
  if (!tape.kept || load<u32>(keptBefore(tape.kept, node.first + node.outputs)) < node.first) dropAll(slotOf(node.first), node.outputs);
  const next = changetype<Node>(node.prev);
  if (tape.consumes) spend(node);
  return sweepFrom(tape, next);
}

/** The place of the first kept number below `end`, at `kept` or behind it. */
function keptBefore(kept: usize, end: u32): usize {
  while (load<u32>(kept) >= end) kept += 4;
  return kept;
}

/** Whether one of a node's n outputs, whose slots begin at `slot`, has a cotangent. */
// @ts-ignore: decorator
@inline
function hasCotangent(slot: usize, n: u32): bool {
  if (load<usize>(slot)) return true;
  for (let i: u32 = 1; i < n; i++) if (load<usize>(slot + (i << 2))) return true;
  return false;
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
  tape.pending = changetype<Node>(0);
  if (tape.kept) free(tape.kept, keptBytes(tape.keeps));
  tape.kept = 0;
}

function keptBytes(n: i32): usize {
  return <usize>(n + 1) << 2;
}

/** Room for `n` numbers of values, counted from the tape's first, falling; the sweep leaves their cotangents in their slots. 0 when memory is out. */
export function keep(tape: Tape, n: i32): usize {
  tape.kept = alloc(keptBytes(n));
  tape.keeps = n;
  if (tape.kept) store<u32>(tape.kept + (<usize>n << 2), 0);
  return tape.kept;
}

