/**
 * The calls by which the facade records and differentiates: begin, watch, end, sweep, take the gradients, free. Here a run is a tape with a
 * scope of its own, which ends with the run; gradients belong to the scope around. Knows no ops but the identity.
 */
import { Sweep, Status, Weak } from '../shared/abi';
import { Op } from '../shared/opcode';
import { appendWatch } from '../tape/append';
import { call1 } from '../tape/apply';
import { beginSweep, cotangentOfValue, endSweep, seed, sweep } from '../tape/backward';
import { begin } from '../tape/call';
import { fail } from '../tape/fault';
import { push } from '../tape/forward';
import * as tapes from '../tape/tape';
import { Tape } from '../tape/tape';
import { note, tracing } from '../tape/trace';
import { newScalar } from '../tensor/constant';
import { isInexact } from '../tensor/dtype';
import { adopt, enter, isOwned, leave, lift, own } from '../tensor/scope';
import { hold, NONE, release, Tensor } from '../tensor/tensor';
import { aliasOf } from '../tensor/view';
import { live } from './calls';
import { expectClosed, expectOpen, expectScope, expectSweep, expectTape, expectWatched } from './contract';

/** Opens a scope and a tape in it; 0 when memory is out or tapes nest too deeply. */
export function tapeBegin(): usize {
  const scope = enter();
  if (!scope) return fail(Status.memory, Op.none);
  const tape = tapes.openTape();
  if (!tape) {
    leave(scope);
    return fail(tapes.isDeepest() ? Status.depth : Status.memory, Op.none);
  }
  tape.scope = changetype<usize>(scope);
  return changetype<usize>(tape);
}

/**
 * Makes an alias of x that the tape watches; 0 without a failure when x's dtype has no gradients. `runTake(k)` returns the gradient of the
 * k-th watched value.
 */
export function watch(at: usize, x: usize, generation: u32, serial: u32): usize {
  expectOpen(at);
  const source = live(Op.identity, 0, x, generation);
  if (!source || !isInexact(source.dtype)) return 0;
  return begun(at, aliasOf(source), source, serial);
}

/** Makes a weak scalar that the tape watches. */
export function watchNumber(at: usize, value: f64, serial: u32): usize {
  expectOpen(at);
  return begun(at, newScalar(Weak.real, value, 0), NONE, serial);
}

/** Makes the tape watch `t`: an alias of `source`, or a new number where that is NONE. */
function begun(at: usize, t: Tensor, source: Tensor, serial: u32): usize {
  if (!t) return fail(Status.memory, Op.identity);
  if ((source && tracing && !noteIdentity(source, t)) || !appendWatch(source, t, changetype<Tape>(at))) {
    release(t);
    return fail(Status.memory, Op.identity);
  }
  own(t);
  t.generation = serial;
  return changetype<usize>(t);
}

/** Records in the open trace that t is an identity of `source`; false when memory is out. */
export function noteIdentity(source: Tensor, t: Tensor): bool {
  const c = begin(Op.identity, 1);
  c.setInput(0, source);
  c.outputs = 1;
  c.setOutput(0, t);
  return note(c);
}

/** Ends recording. */
export function tapeEnd(at: usize): void {
  expectTape(at);
  tapes.closeTape(changetype<Tape>(at));
}

/** Ends the scope of an ended run, which the facade keeps for further sweeps. */
export function tapeDetach(at: usize): void {
  expectClosed(at);
  const tape = changetype<Tape>(at);
  expectScope(tape.scope);
  tapes.detachTape(tape);
  leave(changetype<Tensor>(tape.scope));
  tape.scope = 0;
}

/** Releases the run at any stage. */
export function tapeFree(at: usize): void {
  expectTape(at);
  const tape = changetype<Tape>(at);
  endSweep(tape);
  const scope = changetype<Tensor>(tape.scope);
  if (tape.isOpen && scope) tapes.closeTape(tape);
  else tapes.leaveTape(tape);
  if (tape.isOpen) {
    tape.isFreed = true;
    return;
  }
  if (scope) expectScope(tape.scope);
  tapes.freeTape(tape);
  if (scope) leave(scope);
}

/** Moves a result out of the run's scope. Returns 1; 0 when it comes from outside the scope; −1 when it was released. */
export function tapeLift(at: usize, x: usize, generation: u32): i32 {
  expectTape(at);
  expectScope(changetype<Tape>(at).scope);
  const t = live(Op.none, 0, x, generation);
  return t ? <i32>lift(t, changetype<Tensor>(changetype<Tape>(at).scope)) : -1;
}

/** The value number by which `tapeSweep` finds x after the marks are wiped; 0 when no tape watches x. */
export function valueOf(x: usize, generation: u32): u32 {
  const t = live(Op.none, 0, x, generation);
  return t ? t.value : 0;
}

/**
 * Adds one target x to a sweep: seeds the value numbered `value` (x's own number when that is 0) with dy, or with ones when dy is 0; x = 0
 * seeds nothing. `stage` is a set of bits: at the first target the recording ends and the sweep begins, at the last the sweep runs; a run
 * that is swept only once releases its nodes as the sweep passes them. Returns 0 when done, −1 after a failure, else the number of a rule in
 * JavaScript, for which the sweep waits.
 * In a forward sweep the targets are watched values, the seeds are their tangents, and `tapeGradient` gives the tangents of results.
 */
export function tapeSweep(at: usize, x: usize, xGeneration: u32, value: u32, dy: usize, dyGeneration: u32, stage: i32): i32 {
  expectTape(at);
  expectSweep(at, !(stage & Sweep.first));
  const tape = changetype<Tape>(at);
  if (stage & Sweep.first) {
    if (tape.isOpen && !(stage & Sweep.open)) tapeEnd(at);
    if (!beginSweep(tape)) return -1;
  }
  if (x) {
    const target = live(Op.none, 0, x, xGeneration);
    const weight = dy ? live(Op.none, 1, dy, dyGeneration) : NONE;
    if (!target || (dy && !weight)) return -1;
    seed(tape, target, value ? value : target.value, weight);
  }
  if (!(stage & Sweep.last)) return 0;
  if (stage & Sweep.forward) return push(tape) ? 0 : -1;
  return sweep(tape, (stage & Sweep.once) != 0 && tapes.isLastOfList(tape));
}

/** The gradient of the k-th watched value: a contiguous tensor that belongs to the scope around the run's; 0 when the target doesn't depend on the value. */
export function tapeGradient(at: usize, k: u32, serial: u32): usize {
  expectTape(at);
  expectSweep(at, true);
  const tape = changetype<Tape>(at);
  expectWatched(k, tape);
  const held = cotangentOfValue(tape, k);
  if (!held) return 0;
  const scope = changetype<Tensor>(tape.scope);
  let t = held;
  if (held.isContiguous && !isOwned(held)) {
    hold(t);
    if (scope) adopt(t, scope);
    else own(t);
  } else {
    t = call1(held.isContiguous ? Op.identity : Op.contiguous, held);
    if (!t) return 0;
    if (scope) lift(t, scope);
  }
  t.generation = serial;
  return changetype<usize>(t);
}

/** Ends a sweep, after which the run can begin another. */
export function tapeEndSweep(at: usize): void {
  expectTape(at);
  endSweep(changetype<Tape>(at));
}
