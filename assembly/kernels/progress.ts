/**
 * A kernel that finishes its result from front to back reports how far it has come, so that a listener can work on the finished elements
 * while they are in the cache. Knows addresses only.
 */
import { helpers } from '../parallel/job';

/** Whether the kernel that ran last reported its progress. A trace reads this to learn which steps another step can follow. */
export let told = false;

/** The listener, as an index of the function table; 0 for none. */
let listener: u32 = 0;

/**
 * Reports that every byte of the result before `end` is final. The listener may overwrite the final bytes, and the call area. While there
 * are helper threads a kernel reports nothing, for they finish parts of the result in any order.
 */
export function tell(end: usize): void {
  if (isDefined(THREADS)) {
    if (helpers) return;
  }
  told = true;
  if (listener) call_indirect<void>(listener, end);
}

/** Withdraws the report. A kernel calls this at its end if it calls a reporting kernel for a part of its result, or for parts in another order. */
export function forgetTold(): void {
  told = false;
}

/** Sets the listener for the next call of a kernel that has reported its progress in an equal call. */
export function listen(to: u32): void {
  listener = to;
}
