/**
 * Computes a call's results, here or by all threads. Knows opcodes, not operations, and no kernel: which of its steps a thread does, a
 * kernel asks itself. See Note [Shares]
 */
import { clearArena, OWN } from '../memory/scratch';
import { arm, CALL_BYTES, callOfJob, disarm, helpers, join, leaveBlock, Outcome } from '../parallel/job';
import { Status } from '../shared/abi';
import { allocateElements, takeStorage } from '../tensor/tensor';
import { Call, copyCall } from './call';
import { clearFault, fail, hasFailed } from './fault';
import { forwardOf } from './registry';

/** Elements of the largest operand from which on a call may be worth dividing. */
let large = 4096;

/** Whether a call's part was lost whose results lie in a block of the caller's. */
let interrupted = false;

/** Computes the outputs' elements, which are not those of an input. */
// @ts-ignore: decorator
@inline
export function compute(c: Call): void {
  if (isDefined(THREADS)) {
    if (helpers) return computeTogether(c);
  }
  computeWhole(c);
}

/** Computes the outputs' elements on this thread, or its part of them. */
// @ts-ignore: decorator
@inline
export function computeWhole(c: Call): void {
  call_indirect<void>(forwardOf(c.op), c);
}

function computeTogether(c: Call): void {
  const copy = changetype<Call>(callOfJob());
  const isDivisible = canDivide(c) && copyCall(copy, c, CALL_BYTES);
  if (isDivisible) arm(changetype<u32>(computePart));
  computeWhole(isDivisible ? copy : c);
  if (!disarm()) return;
  const outcome = join(endPart());
  if (outcome == Outcome.done) return;
  // As on one thread: a part is missing, or the failure wants the words it has there.
  if (outcome == Outcome.failed || leaveOutputs(c)) computeWhole(c);
}

/** Whether this thread's part went well; how it did not is forgotten, for the caller computes the call again. */
export function endPart(): bool {
  const isWell = !hasFailed();
  clearFault();
  return isWell;
}

/** This thread's part of a divided call; false when it failed. */
function computePart(c: Call): bool {
  if (OWN) clearArena();
  computeWhole(c);
  return endPart();
}

/** Whether so many elements may be worth dividing. */
export function isLarge(size: i32): bool {
  return size >= large;
}

/** Whether an operand is large. A scalar's one step is its caller's: no other thread writes to its record. */
function canDivide(c: Call): bool {
  let size = 0;
  for (let i = 0, n = c.inputs; i < n; i++) size = max(size, c.input(i).size);
  for (let i = 0, n = c.outputs; i < n; i++) size = max(size, c.output(i).size);
  return isLarge(size);
}

export function isInterrupted(): bool {
  return interrupted;
}

/** Whether a part was lost of a call whose results lie in a block of the caller's, who leaves it and starts anew. Says so once. */
export function takeInterruption(): bool {
  const was = interrupted;
  interrupted = false;
  return was;
}

/** Ends what the caller does with a failure, for it is to be done anew; false. */
export function interrupt(op: i32): bool {
  interrupted = true;
  return fail(Status.memory, op);
}

/** Fresh elements for the outputs; false when memory is out, or when they have no storage of their own. */
function leaveOutputs(c: Call): bool {
  if (!c.output(0).storage) return interrupt(c.op);
  for (let i = 0, n = c.outputs; i < n; i++) {
    const t = c.output(i);
    leaveBlock(takeStorage(t));
    if (!allocateElements(t)) return fail(Status.memory, c.op, <i32>(t.bytes >> 10), 1);
  }
  return true;
}

/** Considers calls for division from so many elements on, for tests. */
export function setLarge(elements: i32): void {
  large = elements;
}
