/**
 * The calls by which the facade drives a GradientTape: a tape without a scope, which watches tensors themselves, pauses, is left and continued, and
 * is swept for any of its values. A value is named by its place among the tape's values, plus 1. Knows no ops.
 */
import { Status } from '../shared/abi';
import { Op } from '../shared/opcode';
import { keep, seed } from '../tape/backward';
import { fail } from '../tape/fault';
import * as tapes from '../tape/tape';
import { Tape } from '../tape/tape';
import { emptyTape, enterTape, firstValueOf, handOver, watchItself } from '../tape/watch';
import { isInexact } from '../tensor/dtype';
import { NONE } from '../tensor/tensor';
import { live } from './calls';
import { expectSweep, expectTape } from './contract';

/**
 * Opens a tape: a continuation of `past`, one that was left, or a new one where that is 0. One that is `persistent` records its own sweeps too.
 * 0 when memory is out or tapes nest too deeply.
 */
export function tapeEnter(past: usize, persistent: bool): usize {
  const tape = enterTape(changetype<Tape>(past), persistent);
  return tape ? changetype<usize>(tape) : fail(tapes.isDeepest() ? Status.depth : Status.memory, Op.none);
}

/** Ends recording; nothing if it has ended. Tapes that opened in it go on. */
export function tapeLeave(at: usize): void {
  expectTape(at);
  tapes.leaveTape(changetype<Tape>(at));
}

export function tapeIsOpen(at: usize): bool {
  expectTape(at);
  return changetype<Tape>(at).isOpen;
}

/** Whether the tape is open around the function that vmap runs. */
export function tapeIsAside(at: usize): bool {
  expectTape(at);
  return tapes.isAside(changetype<Tape>(at));
}

/** Has an open tape pause, or record again. Returns whether it recorded before. */
export function tapePause(at: usize, pauses: bool): bool {
  expectTape(at);
  const tape = changetype<Tape>(at);
  const recorded = (tapes.watching & tape.bit) != 0;
  if (tape.isOpen) tapes.pauseTape(tape, pauses);
  return recorded;
}

/** Has an open tape forget what it has recorded. */
export function tapeEmpty(at: usize): void {
  expectTape(at);
  emptyTape(changetype<Tape>(at));
}

/** Makes an open tape watch x. Returns the value; 0 without a failure when x's dtype has no gradients. */
export function tapeWatch(at: usize, x: usize, generation: u32): u32 {
  expectTape(at);
  const tape = changetype<Tape>(at);
  const t = live(Op.none, 0, x, generation);
  if (!t || !isInexact(t.dtype)) return 0;
  const value = watchItself(tape, t, 0);
  return value ? value - tape.firstValue + 1 : fail(Status.memory, Op.none);
}

/** The first value of x on the tape; 0 when it has none. */
export function tapeFind(at: usize, x: usize, generation: u32): u32 {
  expectTape(at);
  const t = live(Op.none, 0, x, generation);
  const value = t ? firstValueOf(changetype<Tape>(at), t) : 0;
  return value ? value - changetype<Tape>(at).firstValue + 1 : 0;
}

/** Has the sweep that has begun keep the gradient of a value. They are named from the last to the first, the k-th of n. False when memory is out. */
export function tapeKeep(at: usize, value: u32, k: i32, n: i32): bool {
  expectTape(at);
  expectSweep(at, true);
  const tape = changetype<Tape>(at);
  if (!k && !keep(tape, n)) return fail(Status.memory, Op.none);
  store<u32>(tape.kept + (<usize>k << 2), tape.firstValue + value - 1);
  return true;
}

/** Adds dy, or ones like x if that `isTarget`, to the gradient of a value of the sweep that has begun; false after a failure. */
export function tapeSeed(at: usize, value: u32, x: usize, generation: u32, isTarget: bool): bool {
  expectTape(at);
  expectSweep(at, true);
  const tape = changetype<Tape>(at);
  const t = live(Op.none, 0, x, generation);
  if (!t) return false;
  seed(tape, t, tape.firstValue + value - 1, isTarget ? NONE : t);
  return true;
}

/** Adds the gradients of what a swept tape has from `past` to the sweep of that. */
export function tapeHandOver(at: usize, past: usize): void {
  expectSweep(at, true);
  expectSweep(past, true);
  handOver(changetype<Tape>(at), changetype<Tape>(past));
}
