/**
 * Rules in JavaScript as the facade drives them: a region in which the function runs, a node for its results, and at that node the sweep
 * waits until the facade has given cotangents and resumes it. Knows no ops but the identity.
 */
import { Status } from '../shared/abi';
import { Op } from '../shared/opcode';
import { call1 } from '../tape/apply';
import { pendingOf, resume } from '../tape/backward';
import { fail } from '../tape/fault';
import { takeSpentRule } from '../tape/node';
import { captured, capturedCount, closeRegion, hidden, isInRegion, noteCaptured, openRegion } from '../tape/region';
import { appendArgument, appendRule, appendWatch, innermost, nextValue, Tape, watching } from '../tape/tape';
import { tracing } from '../tape/trace';
import { enter, leave, leaveAside, own, setAside } from '../tensor/scope';
import { NONE, release, Tensor } from '../tensor/tensor';
import { aliasOf } from '../tensor/view';
import { live } from './calls';
import { expectOpen, expectPending, expectScope } from './contract';
import { handleAt, pairs } from './programs';
import { noteIdentity } from './tapes';

/** Opens a scope and in it a region, which no open tape records, or all but the innermost; 0 when memory is out. */
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
  closeRegion();
  leave(changetype<Tensor>(scope));
}

/** Tensors that the innermost region took from outside and that a tape watches. */
export function regionCaptured(): i32 {
  return capturedCount();
}

/** A fresh identity of x, an argument of the innermost region: to the tapes that record in it, x; to others a constant. */
export function regionArgument(x: usize, generation: u32, serial: u32): usize {
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
 * Ends the innermost region. The handles begin with its `inputs` arguments, then comes room for what it captured, then its results. Instead of
 * these there are fresh identities, with generations from `serial` on: the first `outputs` are results of the rule `id`, which gives gradients of
 * all before them. 2 when that was recorded, and then the scope lasts as long; 1 when nothing needs it; 0 after a failure.
 */
export function ruleRecord(scope: usize, id: i32, inputs: i32, outputs: i32, results: i32, serial: u32): i32 {
  expectScope(scope);
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

/** Bits of the tapes that record what depends on the tensors of the pairs at `from`, which a region around notes; −1 when memory is out. */
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

/** Puts a fresh identity, which nobody owns yet, in the place of handle k; false after a failure. */
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

/** The cotangent of output i of the node where the sweep waits, zeros when nothing depends on it; 0 after a failure. */
export function ruleCotangent(at: usize, i: i32, serial: u32): usize {
  expectPending(at);
  const t = call1(Op.identity, pendingOf(changetype<Tape>(at)).cotangentAt(i));
  if (t) t.generation = serial;
  return changetype<usize>(t);
}

/** Lets the run `inner` watch input i of the node where the sweep of `at` waits, as the tensor that it is; false when memory is out. */
export function ruleWatch(inner: usize, at: usize, i: i32): bool {
  expectPending(at);
  expectOpen(inner);
  const t = pendingOf(changetype<Tape>(at)).input(i);
  return appendWatch(t.value ? t : NONE, t, changetype<Tape>(inner)) || fail(Status.memory, Op.custom);
}

/** Whether input i of that node wants a gradient. */
export function ruleNeeds(at: usize, i: i32): bool {
  expectPending(at);
  return pendingOf(changetype<Tape>(at)).needs(i);
}

/** Adds x to the cotangent of input i of that node; false after a failure. */
export function ruleGive(at: usize, i: i32, x: usize, generation: u32): bool {
  expectPending(at);
  const t = live(Op.custom, i, x, generation);
  if (!t) return false;
  pendingOf(changetype<Tape>(at)).give(i, t);
  return true;
}

/** Goes on with the sweep, as `runSweep`. */
export function ruleResume(at: usize): i32 {
  expectPending(at);
  return resume(changetype<Tape>(at));
}

/** The number of a rule that no sweep will ask for any more, each once; 0 when there is none. */
export function ruleSpent(): i32 {
  return takeSpentRule();
}
