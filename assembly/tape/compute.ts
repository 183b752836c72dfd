/**
 * Computes a call's results, on one thread or on all. Knows opcodes, not operations, and no kernel: a kernel finds the share of its steps that a
 * thread computes itself. See Note [Shares]
 */
import { clearArena, OWN } from '../memory/scratch';
import { arm, CALL_BYTES, callOfJob, disarm, helpers, join, leaveBlock, Outcome } from '../parallel/job';
import { Status } from '../shared/abi';
import { allocateElements, detachStorage } from '../tensor/tensor';
import { Call, copyCall } from './call';
import { clearFault, fail, hasFailed } from './fault';
import { forwardOf } from './registry';

/** A call may be worth dividing if its largest operand has at least so many elements. */
let large = 4096;

/** Whether a part was lost of a call whose results lie in a block that the caller has allocated, such as an arena. */
let interrupted = false;

/** Computes the outputs' elements; no output views an input. */
// @ts-ignore: decorator
@inline
export function compute(c: Call): void {
  if (isDefined(THREADS)) {
    if (helpers) return computeTogether(c);
  }
  computeWhole(c);
}

/** Computes the outputs' elements on this thread; in a divided call, this thread's share of them. */
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
  // Computed again on one thread: a part is missing, or a part failed, and only this thread's failure reaches the facade.
  if (outcome == Outcome.failed || leaveOutputs(c)) computeWhole(c);
}

/** Whether this thread's part succeeded. Clears a failure, for the caller computes the call again, and notes it then. */
export function endPart(): bool {
  const isWell = !hasFailed();
  clearFault();
  return isWell;
}

/** Computes this thread's part of a divided call; false when it failed. */
function computePart(c: Call): bool {
  if (OWN) clearArena();
  computeWhole(c);
  return endPart();
}

/** Whether a call with an operand of so many elements may be worth dividing. */
export function isLarge(size: i32): bool {
  return size >= large;
}

/** Whether an operand or result is large. Scalar results are no hindrance: their only step is the caller's, so no helper writes to their record's block. */
function canDivide(c: Call): bool {
  let size = 0;
  for (let i = 0, n = c.inputs; i < n; i++) size = max(size, c.input(i).size);
  for (let i = 0, n = c.outputs; i < n; i++) size = max(size, c.output(i).size);
  return isLarge(size);
}

export function isInterrupted(): bool {
  return interrupted;
}

/** Whether a part was lost of a call whose results lie in a block of the caller's; the caller gives the block up and starts again. Resets the answer. */
export function endInterruption(): bool {
  const was = interrupted;
  interrupted = false;
  return was;
}

/** Fails, so that the caller's work ends here and is done again. Returns false. */
export function interrupt(op: i32): bool {
  interrupted = true;
  return fail(Status.memory, op);
}

/** Gives the outputs' storages up to a lost thread and allocates new ones; false when memory is out, or when an output has no storage of its own. */
function leaveOutputs(c: Call): bool {
  if (!c.output(0).storage) return interrupt(c.op);
  for (let i = 0, n = c.outputs; i < n; i++) {
    const t = c.output(i);
    leaveBlock(detachStorage(t));
    if (!allocateElements(t)) return fail(Status.memory, c.op, <i32>(t.bytes >> 10), 1);
  }
  return true;
}

/** Sets the least number of elements for which a call may be divided, for tests. */
export function setLarge(elements: i32): void {
  large = elements;
}
