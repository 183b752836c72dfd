/**
 * Tensors of no scope: a bounded queue in front of JavaScript's own garbage collection. Knows no ops.
 *
 * Note [Ring]. Nobody disposes, and FinalizationRegistry never runs in a synchronous loop. So what belongs to no scope waits in a queue. It
 * stays in linear memory while it is young or in use; else its elements move to a typed array that the wrapper owns, and ordinary
 * collection frees them with it. In use is what was used since the hand passed: there a tensor's address is taken away, and an op, which
 * looks whether there is one anyway, puts it back. So a use costs nothing, and what every step uses is never moved.
 *
 *   spilled ←── head ── resting ── hand ── young ──← made, used
 *
 * Bounds follow what is alive. What comes back from JavaScript was in use after all, and raises them by twice its share; whatever
 * is moved out lowers them by a sixteenth of its own. So a working set larger than the bounds moves once and not for ever, for a few
 * per cent of the copies, and when it is gone the bounds are what they were.
 */
import { core } from './module.js';

/** What can give its room in linear memory back. */
export interface Spillable {
  /** From now on it matters whether it is used. */
  rest(): void;
  /** Whether it was used since. */
  isUsed(): boolean;
  /** Gives its room back: the bytes moved out, negative when it must stay for now. */
  spill(): number;
}

const COUNT = 1024;
const BYTES = 16 * 2 ** 20;
const RAISE = 2;
const LOWER = 1 / 16;
/** Tensors in use that are passed over at a time. */
const CHANCES = 8;

let queue: Spillable[] = [];
let head = 0;
let hand = 0;
let instance = core;
let count = COUNT;
let bytes = BYTES;
/** How often something was moved out so far. */
export let spills = 0;

/** Puts a tensor that no scope owns at the queue's end, and spills from its front what is beyond the bounds. */
export function enqueue(t: Spillable): void {
  if (instance !== core) reset();
  queue.push(t);
  for (let chances = CHANCES; head < hand && chances > 0 && isFull(); ) if (!spillOldest()) chances--;
  while (hand - head < 0.75 * (queue.length - head - 1)) (queue[hand++] as Spillable).rest();
  if (head > COUNT && head * 2 > queue.length) compact();
}

/** A spilled tensor of `size` bytes is back in linear memory. */
export function requeue(t: Spillable, size: number): void {
  queue.push(t);
  count += RAISE;
  bytes += RAISE * size;
}

/** Spills everything but `needed`, for a call that found no memory; false when there was nothing to spill. */
export function spillAll(needed: readonly Spillable[]): boolean {
  const before = spills;
  const all = queue.slice(head);
  queue = [];
  head = 0;
  hand = 0;
  for (const t of all) if (needed.includes(t) || !moveOut(t)) queue.push(t);
  return spills > before;
}

const isFull = (): boolean => queue.length - head > count || core.memoryBytes() > bytes;

/** Takes the oldest from the queue; false when it is in use, and now the youngest. */
function spillOldest(): boolean {
  const t = queue[head] as Spillable;
  queue[head++] = undefined as unknown as Spillable;
  if (!t.isUsed() && moveOut(t)) return true;
  queue.push(t);
  return false;
}

function moveOut(t: Spillable): boolean {
  const moved = t.spill();
  if (moved < 0) return false;
  spills++;
  count = Math.max(COUNT, count - LOWER);
  bytes = Math.max(BYTES, bytes - LOWER * moved);
  return true;
}

/** Forgets all tensors: their instance is gone. */
function reset(): void {
  instance = core;
  queue = [];
  head = 0;
  hand = 0;
}

function compact(): void {
  queue = queue.slice(head);
  hand -= head;
  head = 0;
}
