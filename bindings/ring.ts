/**
 * The ring: a bounded queue of the tensors that belong to no scope. It keeps linear memory small where nobody disposes. Knows no ops.
 *
 * Note [Ring]. Few users dispose of tensors, and FinalizationRegistry never runs in a synchronous loop. So a tensor that belongs to no scope
 * waits in a queue. If the queue exceeds its bounds, the tensor at its head is spilled, unless it is in use: its elements move to a typed array
 * that its JavaScript object owns, and garbage collection frees both together. To detect use, a hand advances through the queue. A tensor that
 * it passes rests: its `at` becomes 0. An op, which checks `at` for 0 in any case, restores it. A tensor that reaches the head with its `at`
 * restored was used since the hand passed it, and goes to the tail of the queue. So detection costs an op nothing, and a tensor that every
 * training step uses is never moved.
 *
 *   spilled ←── head ── resting ── hand ── young ──← made, used
 *
 * The bounds follow the working set. A spilled tensor that is used again raises them, by twice its own share; each spill lowers them, by a
 * sixteenth of the spilled tensor's share. So a working set larger than the bounds is moved once, not at every step, and after it is gone the
 * bounds return to their initial values.
 */
import { core } from './module.js';

/** A tensor or another object that can free its bytes of linear memory. */
export interface Spillable {
  /** From now on `isUsed` is false, until the next use. */
  rest(): void;
  /** Whether it was used since the last `rest`. */
  isUsed(): boolean;
  /** Frees its bytes of linear memory and returns their number; a negative number if it must stay for now. */
  spill(): number;
}

const COUNT = 1024;
const BYTES = 16 * 2 ** 20;
const RAISE = 2;
const LOWER = 1 / 16;
/** Tensors in use that one call of `enqueue` moves to the tail at most. */
const CHANCES = 8;

let queue: Spillable[] = [];
let head = 0;
let hand = 0;
let instance = core;
let count = COUNT;
let bytes = BYTES;
/** The number of spills so far. */
export let spills = 0;

/** Appends a tensor that no scope owns, and spills tensors from the head while the queue exceeds its bounds. */
export function enqueue(t: Spillable): void {
  if (instance !== core) reset();
  queue.push(t);
  for (let chances = CHANCES; head < hand && chances > 0 && isFull(); ) if (!spillOldest()) chances--;
  while (hand - head < 0.75 * (queue.length - head - 1)) (queue[hand++] as Spillable).rest();
  if (head > COUNT && head * 2 > queue.length) compact();
}

/** Appends a spilled tensor of `size` bytes that has returned to linear memory, and raises the bounds. */
export function requeue(t: Spillable, size: number): void {
  queue.push(t);
  count += RAISE;
  bytes += RAISE * size;
}

/** Spills all tensors except the `needed` ones, for a call that found no memory; false if none was spilled. */
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

/** Spills the tensor at the head; false if it is in use, and moves it to the tail. */
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

/** Empties the queue, when the core has a new instance and all tensors are lost. */
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
