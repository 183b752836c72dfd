/**
 * A kernel's outermost loop, whole or this thread's share of it. Without threads everything here folds away. Knows no kernel.
 *
 * Note [Shares]. A kernel says how many independent steps it has, `share(n, …)`, and does as many as it is told, from `start()`. Where the
 * work is worth it the first such question starts the job: the other threads call the same kernel, come to the same question and get
 * another answer. Each element belongs to one step, and its bits don't depend on where a share ends. Further questions divide further
 * steps, if the first did. What comes before and between is done by every thread and writes to scratch only; what must be done once
 * before all is done where `!isShared()`.
 *
 * One result of many steps, as a total, is the caller's: `sharePieces` opens a room where every thread leaves what it makes of its steps.
 * There `meet` parts them: the caller waits and puts the pieces together in their order, which is that of one thread; the others leave.
 */
import { closeRoom, disarm, fork, hasRoom, helpers, isArmed, join, openRoom, Outcome, part, parts, setParts } from './job';

export { closeRoom, room } from './job';

/** Nanoseconds from which on work is divided; waking a thread takes 7 to 12 µs. */
let worthwhile: f64 = 60000;

let from = 0;

/**
 * Steps that are this thread's, of n. Shares begin at multiples of `grain`; a step takes about `cost` nanoseconds. There are
 * `split` parts for each thread, so that one which comes late takes fewer; 1 where parts repeat work, such as packing.
 */
// @ts-ignore: decorator
@inline
export function share(n: i32, grain: i32, cost: f64, split: i32 = 2): i32 {
  return isDefined(THREADS) ? divide(n, grain, cost, split) : n;
}

/** The first of the steps that `share` has counted. */
// @ts-ignore: decorator
@inline
export function start(): i32 {
  return isDefined(THREADS) ? from : 0;
}

/** Whether the call is divided already: nothing may be written beyond this thread's share. */
// @ts-ignore: decorator
@inline
export function isShared(): bool {
  return isDefined(THREADS) ? parts != 0 : false;
}

/**
 * As `share`, for n steps that each leave a piece of `bytes` bytes in `room()`. 0 where there is no room: the work stays on one thread, or
 * is better shared as `others` steps without pieces, for there are more of them and n is less than one for each thread.
 */
export function sharePieces(n: i32, cost: f64, bytes: i32, others: i32 = 0): i32 {
  if (isArmed()) {
    if (!isWorthwhile(n, n * cost) || n < min(others, helpers + 1) || !openRoom(<u64>n * bytes)) return 0;
  } else if (!parts || !hasRoom()) return 0;
  return divide(n, 1, cost, 2);
}

export const enum Meeting {
  /** All pieces are in the room, which the caller closes. */
  caller,
  /** Pieces are missing: the caller works alone. */
  alone,
  /** The thread has left its pieces, and has no more to do. */
  helper,
}

/** Ends this thread's part of the pieces. */
export function meet(): Meeting {
  if (part) return Meeting.helper;
  if (join(true) == Outcome.done) return Meeting.caller;
  closeRoom();
  return Meeting.alone;
}

function divide(n: i32, grain: i32, cost: f64, split: i32): i32 {
  const units = n / grain;
  if (isArmed()) {
    if (isWorthwhile(units, n * cost)) fork(min(units, split * (helpers + 1)), n * cost);
    disarm();
  }
  from = 0;
  if (!parts) return n;
  from = startOf(part, n, units, grain);
  return startOf(part + 1, n, units, grain) - from;
}

function isWorthwhile(units: i32, nanoseconds: f64): bool {
  return units > 1 && nanoseconds >= worthwhile;
}

function startOf(i: i32, n: i32, units: i32, grain: i32): i32 {
  return i == parts ? n : <i32>((<i64>units * i) / parts) * grain;
}

/** What this share calls from now on is whole, until `resume`. */
// @ts-ignore: decorator
@inline
export function suspend(): i32 {
  return isDefined(THREADS) ? setParts(0) : 0;
}

// @ts-ignore: decorator
@inline
export function resume(suspended: i32): void {
  if (isDefined(THREADS)) setParts(suspended);
}

/** Keeps the call in progress on one thread. */
// @ts-ignore: decorator
@inline
export function keepWhole(): void {
  if (isDefined(THREADS)) disarm();
}

/** Divides what takes so many nanoseconds, for tests. */
export function setWorthwhile(nanoseconds: f64): void {
  worthwhile = nanoseconds;
}
