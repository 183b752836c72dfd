/**
 * Tensors of no scope: a bounded queue in front of JavaScript's own garbage collection. Knows no ops.
 *
 * Note [Ring]. Nobody disposes, and FinalizationRegistry never runs in a synchronous loop. So the elements of a tensor of no scope
 * stay in linear memory only while it is among the youngest; then they move to a typed array that the wrapper owns, and ordinary
 * collection frees them with it. A tensor that comes back was alive after all: it proves the bounds too tight and raises them by
 * itself, so that a working set larger than the bounds moves once and not for ever.
 */
import { core } from './module.js';

/** What can give its room in linear memory back: true when it has, false when it must stay for now. */
export interface Spillable {
  spill(): boolean;
}

const COUNT = 1024;
const BYTES = 64 * 2 ** 20;
const MOST_BYTES = 2 ** 30;

let queue: Spillable[] = [];
let head = 0;
let instance = core;
let count = COUNT;
let bytes = BYTES;
/** How often something was moved out so far. */
export let spills = 0;

/** Puts a tensor that no scope owns at the queue's end, and spills from its front whatever is beyond the bounds. */
export function enqueue(t: Spillable): void {
  if (instance !== core) reset();
  queue.push(t);
  if (queue.length - head > count) spillOldest();
  if (core.memoryBytes() > bytes) while (head < queue.length - 1 && core.memoryBytes() > bytes) spillOldest();
  if (head > COUNT && head * 2 > queue.length) compact();
}

/** A spilled tensor is back in linear memory. */
export function requeue(t: Spillable, size: number): void {
  queue.push(t);
  count++;
  bytes = Math.min(bytes + size, MOST_BYTES);
}

/** Spills everything but `needed`, for a call that found no memory; false when there was nothing to spill. */
export function spillAll(needed: readonly Spillable[]): boolean {
  const before = spills;
  const all = queue.slice(head);
  queue = [];
  head = 0;
  for (const t of all) {
    if (needed.includes(t) || !t.spill()) queue.push(t);
    else spills++;
  }
  return spills > before;
}

/** Forgets all tensors: their instance is gone. */
function reset(): void {
  instance = core;
  queue = [];
  head = 0;
}

function compact(): void {
  queue = queue.slice(head);
  head = 0;
}

function spillOldest(): void {
  const t = queue[head] as Spillable;
  queue[head++] = undefined as unknown as Spillable;
  if (!t.spill()) queue.push(t);
  else spills++;
}
