/**
 * What sets threads apart that share one memory: scratch and room of their own. Knows addresses only.
 *
 * Note [Scratch]. The compiler gives reserved memory the same address in every instance. A kernel that writes there says
 * `memory.data(…) + OWN`: the main thread's instance has its scratch where it was compiled to be, a worker's in a block that the main
 * thread has allocated for it. Without threads OWN is 0 and folds away. Tables that are only read need none.
 */
import { Place } from '../shared/wings';

// @ts-ignore: decorator
@external('env', 'displacement')
declare const displacement: usize;

/** Bytes from the main thread's scratch to this thread's. */
export const OWN: usize = isDefined(THREADS) ? displacement : 0;

// A worker leaves the main thread's heap alone: what its kernels allocate for themselves comes from an arena behind its scratch.

/** Bytes that they may hold at a time: a matrix product's workspace and a filter. */
export const ARENA: usize = 1 << 22;

let top: usize = 0;

/** Bytes of a worker's scratch and arena. */
export function workspaceBytes(): usize {
  return <usize>Place.heap + ARENA;
}

/** Empties the arena. */
export function clearArena(): void {
  top = OWN + Place.heap;
}

/** A block of the arena, 16-byte aligned; 0 when it is full. */
export function takeFromArena(bytes: usize): usize {
  const at = top;
  if (bytes > OWN + workspaceBytes() - at) return 0;
  top = at + ((bytes + 15) & ~15);
  return at;
}

/** Gives back the block that was taken last; others go when the arena is emptied. */
export function giveToArena(block: usize, bytes: usize): void {
  if (block + ((bytes + 15) & ~15) == top) top = block;
}
