/** Exports that builds with shared memory add to the module's own: the facade starts, measures and ends workers with them; tests make workers fail. */
import { alloc, free } from './memory/heap';
import { workspaceBytes } from './memory/scratch';
import * as job from './parallel/job';
import { setWorthwhile } from './parallel/share';
import { Place } from './shared/wings';
import { setLarge } from './tape/compute';

export { help, perform, drawOne } from './parallel/job';

/** Allocates a worker's scratch and arena, and returns what the worker's instance imports as `displacement`; 0 when memory is out. Withdraws `poolStop`. */
export function poolEnter(): usize {
  job.go();
  const at = alloc(workspaceBytes());
  if (at) memory.fill(at, 0, Place.heap);
  return at;
}

/** Frees the scratch and arena of a worker that has ended. */
export function poolLeave(displacement: usize): void {
  free(displacement, workspaceBytes());
}

/** Sets the number of workers that are ready. `looks` is 0 where the caller may sleep, else the number of reads of a word that it does in a nanosecond. */
export function poolSet(workers: i32, looks: f64): bool {
  return job.setHelpers(workers, looks);
}

/** Reads a word `times` times. */
export function poolLook(times: i32): i32 {
  return job.look(times);
}

/** Whether the worker with this displacement still computes a part of the job that was given up to it. See Note [Lost threads] in `parallel/job.ts` */
export function poolIsLost(displacement: usize): bool {
  return job.lostJob() != 0 && job.busyWith(displacement) == job.lostJob();
}

/** Whether the pool is off because a worker is lost. */
export function poolIsOff(): bool {
  return job.lostJob() != 0;
}

/** Frees the blocks that were given up to lost workers, all of which have ended. */
export function poolResume(): void {
  job.endQuarantine();
}

/** Tells all workers to end. */
export function poolStop(): void {
  job.stop();
}

/** Sets the least work that is divided, in nanoseconds and in elements of the largest operand, for tests. */
export function poolThreshold(nanoseconds: f64, elements: i32): void {
  setWorthwhile(nanoseconds);
  setLarge(elements);
}
