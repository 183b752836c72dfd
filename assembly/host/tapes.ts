/** Tapes, as the facade drives them: open, watch, close, seed, sweep, take, end. */
import { Status } from '../shared/abi';
import { Op } from '../shared/opcode';
import { apply } from '../tape/apply';
import { beginSweep, cotangentOfValue, endSweep, seed, sweep } from '../tape/backward';
import { begin } from '../tape/call';
import { fail } from '../tape/fault';
import * as tapes from '../tape/tape';
import { Tape } from '../tape/tape';
import { own } from '../tensor/scope';
import { aliasOf, hold, NONE, release, Tensor } from '../tensor/tensor';
import { live } from './calls';

/** Starts recording; 0 when memory is out or tapes nest too deeply. */
export function tapeOpen(): usize {
  const tape = tapes.openTape();
  if (!tape) fail(tapes.isDeepest() ? Status.depth : Status.memory, Op.none);
  return changetype<usize>(tape);
}

/** A fresh identity of x that the tape watches; x itself, which nobody else has seen, when `serial` is 0. The k-th watched is the k-th that `take` gives the gradient of. */
export function watch(tape: usize, x: usize, generation: u32, serial: u32): usize {
  const source = live(Op.identity, 0, x, generation);
  if (!source) return 0;
  if (!serial) return watchItself(tape, source);
  const t = aliasOf(source);
  if (!t) return fail(Status.memory, Op.identity);
  const c = begin(Op.identity, 1);
  c.outputs = 1;
  c.setInput(0, source);
  c.setOutput(0, t);
  if (!tapes.appendWatch(c, changetype<Tape>(tape), source.watchers)) {
    release(t);
    return fail(Status.memory, Op.identity);
  }
  tapes.startSpan(changetype<Tape>(tape));
  own(t);
  t.generation = serial;
  return changetype<usize>(t);
}

function watchItself(tape: usize, t: Tensor): usize {
  const c = begin(Op.identity, 0);
  c.outputs = 1;
  c.setOutput(0, t);
  if (!tapes.appendWatch(c, changetype<Tape>(tape), 0)) return fail(Status.memory, Op.identity);
  tapes.startSpan(changetype<Tape>(tape));
  return changetype<usize>(t);
}

export function tapeClose(tape: usize): void {
  tapes.closeTape(changetype<Tape>(tape));
}

/** Lets a closed tape be swept again and again, until `tapeFree`. */
export function tapeDetach(tape: usize): void {
  tapes.detachTape(changetype<Tape>(tape));
}

export function tapeFree(tape: usize): void {
  tapes.freeTape(changetype<Tape>(tape));
}

/** The number by which `seedValue` finds x again once its marks are gone; 0 when nothing watches it. */
export function valueOf(x: usize, generation: u32): u32 {
  const t = live(Op.none, 0, x, generation);
  return t ? t.value : 0;
}

export function sweepBegin(tape: usize): bool {
  return beginSweep(changetype<Tape>(tape));
}

/** Seeds the value numbered `value`, or x's own when that is 0, with dy, or with ones when dy is 0. */
export function sweepSeed(tape: usize, x: usize, xGeneration: u32, value: u32, dy: usize, dyGeneration: u32): bool {
  const target = live(Op.none, 0, x, xGeneration);
  if (!target) return false;
  let weight = NONE;
  if (dy) {
    weight = live(Op.none, 1, dy, dyGeneration);
    if (!weight) return false;
  }
  seed(changetype<Tape>(tape), target, value ? value : target.value, weight);
  return true;
}

/** Carries the seeds back; a tape that is swept `once` gives up what it holds on the way. */
export function sweepRun(tape: usize, once: bool): bool {
  return sweep(changetype<Tape>(tape), once && tapes.isLastOfList(changetype<Tape>(tape)));
}

/** The gradient of the k-th watched value, contiguous and of its own identity; 0 when nothing reached it. */
export function sweepTake(tape: usize, k: u32, serial: u32): usize {
  const held = cotangentOfValue(changetype<Tape>(tape), changetype<Tape>(tape).firstValue + k);
  if (!held) return 0;
  let t = held;
  if (held.isContiguous && held.refs == 1) {
    hold(t);
    own(t);
  } else {
    begin(held.isContiguous ? Op.identity : Op.contiguous, 1).setInput(0, held);
    t = apply();
    if (!t) return 0;
  }
  t.generation = serial;
  return changetype<usize>(t);
}

export function sweepEnd(tape: usize): void {
  endSweep(changetype<Tape>(tape));
}

export function pause(): u32 {
  return tapes.pause();
}

export function resume(was: u32): void {
  tapes.resume(was);
}
