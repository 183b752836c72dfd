/** How a kernel that finishes its result from front to back lets others work on it while it is in the cache. Knows addresses only. */
import { helpers } from '../parallel/job';

/** Whether the kernel that ran last has told: it may be listened to when it runs again. How a trace learns it. */
export let told = false;

/** Whom to tell, an index of the function table; 0 for nobody. */
let listener: u32 = 0;

/**
 * Says that all of the result before `end` is final. A listener may overwrite what is final, and the call in progress. Where a call may be
 * divided nothing is said.
 */
export function tell(end: usize): void {
  if (isDefined(THREADS)) {
    if (helpers) return;
  }
  told = true;
  if (listener) call_indirect<void>(listener, end);
}

/** Forgets what was told. A kernel that calls one which tells, for parts of its result or in another order, does so at its end. */
export function forgetTold(): void {
  told = false;
}

/** Lets a kernel tell `to`, when it has told in an equal call. */
export function listen(to: u32): void {
  listener = to;
}
