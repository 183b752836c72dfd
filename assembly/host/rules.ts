/**
 * Gradient rules in JavaScript, as the facade drives them: the function runs in a region, its results become one node, and a sweep waits at
 * that node until the facade has given cotangents to the node's inputs and resumes the sweep. Knows no ops but the identity.
 */
import { Status } from '../shared/abi';
import { Op } from '../shared/opcode';
import { appendArgument, appendRenaming, appendRule } from '../tape/append';
import { call1 } from '../tape/apply';
import { pendingOf, resume } from '../tape/backward';
import { fail } from '../tape/fault';
import { takeSpentRule } from '../tape/node';
import { captured, capturedCount, closeRegion, hidden, isInRegion, noteCaptured, openRegion } from '../tape/region';
import { innermost, nextValue, Tape, watching } from '../tape/tape';
import { tracing } from '../tape/trace';
import { enter, leave, leaveAside, own, setAside } from '../tensor/scope';
import { NONE, release, Tensor } from '../tensor/tensor';
import { aliasOf } from '../tensor/view';
import { live } from './calls';
import { expectBelow, expectHandles, expectOpen, expectPending, expectRegion, expectScope } from './contract';
import { handleAt, handleRoom, pairs } from './programs';
import { noteIdentity } from './tapes';

/** Opens a scope and in it a region. If it `isWhole`, no open tape records the region, else all but the innermost do. 0 when memory is out. */
export function regionOpen(isWhole: bool): usize {
  const scope = enter();
  if (!scope) return fail(Status.memory, Op.none);
  if (openRegion(isWhole ? watching : innermost(), nextValue())) return changetype<usize>(scope);
  leave(scope);
  return fail(Status.memory, Op.none);
}

/** Ends the region and its scope. */
export function regionClose(scope: usize): void {
  expectScope(scope);
  expectRegion();
  closeRegion();
  leave(changetype<Tensor>(scope));
}

/** The number of watched tensors from outside that ops in the innermost region have read. */
export function regionCaptured(): i32 {
  expectRegion();
  return capturedCount();
}

/** A fresh identity of x, an argument of the innermost region: tapes that record the region see x, others a constant. */
export function regionArgument(x: usize, generation: u32, serial: u32): usize {
  expectRegion();
  const source = live(Op.custom, 0, x, generation);
  if (!source) return 0;
  const t = aliasOf(source);
  if (!t || (tracing && !noteIdentity(source, t)) || !appendArgument(source, t)) return refuse(t);
  own(t);
  t.generation = serial;
  return changetype<usize>(t);
}

function refuse(t: Tensor): usize {
  if (t) release(t);
  return fail(Status.memory, Op.custom);
}

/**
 * Ends the innermost region. The handles are its `inputs` arguments, room for the tensors that it captured, and its results. Fresh identities,
 * with generations from `serial` on, replace the results. The first `outputs` of them are results of a node with the rule `id`, whose inputs
 * are the arguments and the captured tensors. Returns 2 when the node was recorded, and then the scope lasts as long as the node; 1 when no
 * tape needs the node; 0 after a failure.
 */
export function ruleRecord(scope: usize, id: i32, inputs: i32, outputs: i32, results: i32, serial: u32): i32 {
  expectScope(scope);
  expectRegion();
  expectHandles(inputs + capturedCount(), outputs, results, handleRoom());
  const sentinel = changetype<Tensor>(scope);
  for (let i = 0, n = capturedCount(); i < n; i++, inputs++) {
    store<Tensor>(pairs + (<usize>inputs << 3), captured(i));
    store<u32>(pairs + (<usize>inputs << 3), captured(i).generation, 4);
  }
  closeRegion();
  let made = 0;
  let watchers: u32 = 0;
  let done = areLive(inputs);
  if (done) {
    watchers = watchersOf(pairs, inputs);
    done = watchers != -1;
  }
  for (; done && made < results; made += i32(done)) done = identify(inputs + made);
  if (done && watchers) {
    setAside(sentinel);
    done = appendRule(id, pairs, inputs, outputs, sentinel, watchers);
    if (!done) leaveAside(sentinel);
  } else leave(sentinel);
  if (!done) {
    for (let k = 0; k < made; k++) release(madeAt(inputs + k));
    return fail(Status.memory, Op.custom);
  }
  for (let k = 0; k < results; k++) {
    own(madeAt(inputs + k));
    madeAt(inputs + k).generation = serial + k;
  }
  return watchers ? 2 : 1;
}

/** Bits of the tapes that record ops on the tensors of the pairs at `from`. An outer region notes these tensors. −1 when memory is out. */
function watchersOf(from: usize, inputs: i32): u32 {
  let watchers: u32 = 0;
  for (let i = 0; i < inputs; i++) {
    const t = load<Tensor>(from + (i << 3));
    if (isInRegion() && !noteCaptured(t, watching)) return -1;
    watchers |= t.watchers;
  }
  return watchers & watching & ~hidden;
}

function areLive(count: i32): bool {
  for (let k = 0; k < count; k++) if (!handleAt(k)) return false;
  return true;
}

// @ts-ignore: decorator
@inline
function madeAt(k: i32): Tensor {
  return load<Tensor>(pairs + (<usize>k << 3));
}

/** Replaces handle k by a fresh identity of it, which no scope owns yet; false after a failure. */
function identify(k: i32): bool {
  const source = handleAt(k);
  const t = source ? aliasOf(source) : NONE;
  if (!t) return false;
  if (tracing && !noteIdentity(source, t)) {
    release(t);
    return false;
  }
  store<Tensor>(pairs + (<usize>k << 3), t);
  return true;
}

/** The cotangent of output i of the node where the sweep waits, zeros when no target depends on it; 0 after a failure. */
export function ruleCotangent(at: usize, i: i32, serial: u32): usize {
  expectPending(at);
  expectBelow(i, pendingOf(changetype<Tape>(at)).outputs);
  const t = call1(Op.identity, pendingOf(changetype<Tape>(at)).cotangentAt(i));
  if (t) t.generation = serial;
  return changetype<usize>(t);
}

/** Lets the run `inner` watch input i, without an identity, of the node where the sweep of `at` waits; false when memory is out. */
export function ruleWatch(inner: usize, at: usize, i: i32): bool {
  expectPending(at);
  expectOpen(inner);
  expectBelow(i, pendingOf(changetype<Tape>(at)).inputs);
  const tape = changetype<Tape>(inner);
  if (!appendRenaming(pendingOf(changetype<Tape>(at)).input(i), tape, 0)) return fail(Status.memory, Op.custom);
  tape.before = tape.list.last;
  return true;
}

/** Whether input i of that node needs a gradient. */
export function ruleNeeds(at: usize, i: i32): bool {
  expectPending(at);
  expectBelow(i, pendingOf(changetype<Tape>(at)).inputs);
  return pendingOf(changetype<Tape>(at)).needs(i);
}

/** Adds x to the cotangent of input i of that node; false after a failure. */
export function ruleGive(at: usize, i: i32, x: usize, generation: u32): bool {
  expectPending(at);
  expectBelow(i, pendingOf(changetype<Tape>(at)).inputs);
  const t = live(Op.custom, i, x, generation);
  if (!t) return false;
  pendingOf(changetype<Tape>(at)).give(i, t);
  return true;
}

/** Resumes the sweep; returns what `tapeSweep` returns. */
export function ruleResume(at: usize): i32 {
  expectPending(at);
  return resume(changetype<Tape>(at));
}

/** The number of a rule whose node was released, each number once; 0 when there is none. */
export function ruleSpent(): i32 {
  return takeSpentRule();
}
