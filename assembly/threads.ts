/**
 * What builds with shared memory export besides the module's own: the pool, as the facade drives it; a worker's life; and what tests need
 * to make it fail.
 */
import { alloc, free } from './memory/heap';
import { workspaceBytes } from './memory/scratch';
import * as job from './parallel/job';
import { setWorthwhile } from './parallel/share';
import { Place } from './shared/wings';
import { setLarge } from './tape/compute';

export { help, perform, takeOne } from './parallel/job';

/** Where a worker's scratch goes: what its instance imports as `displacement`; 0 when memory is out. From now on workers stay. */
export function poolEnter(): usize {
  job.go();
  const at = alloc(workspaceBytes());
  if (at) memory.fill(at, 0, Place.heap);
  return at;
}

/** A worker has ended. */
export function poolLeave(displacement: usize): void {
  free(displacement, workspaceBytes());
}

/** Sets the number of workers that are at work; `looks` is 0 where the caller may sleep, else as many looks as it takes in a nanosecond. */
export function poolSet(workers: i32, looks: f64): bool {
  return job.setHelpers(workers, looks);
}

/** Looks at a word `times` times. */
export function poolLook(times: i32): i32 {
  return job.look(times);
}

/** Whether a worker past its deadline still has a part of what was left to it. */
export function poolIsLost(displacement: usize): bool {
  return job.lostJob() != 0 && job.busyWith(displacement) == job.lostJob();
}

/** Whether the pool is off for a lost worker. */
export function poolIsOff(): bool {
  return job.lostJob() != 0;
}

/** The lost workers have ended. */
export function poolResume(): void {
  job.endQuarantine();
}

/** Lets all workers end. */
export function poolStop(): void {
  job.stop();
}

/** What is worth dividing, for tests: nanoseconds of work, elements of the largest operand. */
export function poolThreshold(nanoseconds: f64, elements: i32): void {
  setWorthwhile(nanoseconds);
  setLarge(elements);
}
