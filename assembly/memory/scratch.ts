/**
 * The memory that belongs to one thread, where threads share one memory: its scratch, and an arena for workers. Knows addresses only.
 *
 * Note [Scratch]. The compiler gives reserved memory the same address in every instance. So a kernel adds an offset to the address of
 * memory that it writes, `memory.data(…) + OWN`. OWN is 0 in the main thread's instance; in a worker's it leads into a block that the main
 * thread has allocated for this worker. Without threads OWN is the constant 0. Tables that are only read need no offset.
 */
import { Place } from '../shared/wings';

// @ts-ignore: decorator
@external('env', 'displacement')
declare const displacement: usize;

/** Bytes from the main thread's scratch to this thread's. */
export const OWN: usize = isDefined(THREADS) ? displacement : 0;

// The heap belongs to the main thread. A worker's kernels allocate from an arena that lies behind the worker's scratch.

/** Bytes of the arena: enough for a matrix product's workspace and a filter. */
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

/** Allocates a block of the arena, 16-byte aligned; 0 when the arena is full. */
export function allocInArena(bytes: usize): usize {
  const at = top;
  if (bytes > OWN + workspaceBytes() - at) return 0;
  top = at + ((bytes + 15) & ~15);
  return at;
}

/** Frees the block that was allocated last. Other blocks stay until the arena is emptied. */
export function freeInArena(block: usize, bytes: usize): void {
  if (block + ((bytes + 15) & ~15) == top) top = block;
}
