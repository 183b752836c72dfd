/**
 * Divides a kernel's outermost loop among threads. In a build without threads every function here folds to a constant. Knows no kernel.
 *
 * Note [Shares]. A kernel whose outermost loop has n independent steps calls `share(n, …)`, which returns how many of them this thread
 * computes, from `start()` on. If the work is worth dividing, the first such call starts the job: the helpers then call the same kernel, reach
 * the same `share` and get shares of their own. Each element of the result belongs to one step, and its bits don't depend on where a share
 * ends. Further calls of `share` divide further loops, if the first call divided one. Every thread executes the code before and between these
 * loops, which therefore writes to scratch only; what must happen once, before the job starts, stands under `!isShared()`.
 *
 * Where many steps have one result, such as a total, `sharePieces` opens a room: a block in which each thread leaves the pieces that it
 * computes. At the end each thread calls `meet`: a helper then leaves the kernel; the caller waits for the helpers and combines the pieces in
 * the order of the steps, as one thread does.
 */
import { closeRoom, disarm, fork, hasRoom, helpers, isArmed, join, openRoom, Outcome, part, parts, setParts } from './job';

export { closeRoom, room } from './job';

/** Work of at least so many nanoseconds is divided; waking a thread takes 7 to 12 µs. */
let worthwhile: f64 = 60000;

let from = 0;

/**
 * How many of n steps this thread computes. Shares begin at multiples of `grain`; a step takes about `cost` nanoseconds. The job has
 * `split` parts for each thread, so that a thread which comes late computes fewer; 1 where every part repeats some work, such as packing.
 */
// @ts-ignore: decorator
@inline
export function share(n: i32, grain: i32, cost: f64, split: i32 = 2): i32 {
  return isDefined(THREADS) ? divide(n, grain, cost, split) : n;
}

/** The first step of this thread's share. */
// @ts-ignore: decorator
@inline
export function start(): i32 {
  return isDefined(THREADS) ? from : 0;
}

/** Whether the call is divided already, so that this thread may write its own share only. */
// @ts-ignore: decorator
@inline
export function isShared(): bool {
  return isDefined(THREADS) ? parts != 0 : false;
}

/**
 * As `share`, for n steps each of which leaves a piece of `bytes` bytes in `room()`. Returns 0 where no room was opened: one thread should do
 * all the work; or n is smaller than the number of threads and than `others`, and the kernel should divide its `others` steps without pieces.
 */
export function sharePieces(n: i32, cost: f64, bytes: i32, others: i32 = 0): i32 {
  if (isArmed()) {
    if (!isWorthwhile(n, n * cost) || n < min(others, helpers + 1) || !openRoom(<u64>n * bytes)) return 0;
  } else if (!parts || !hasRoom()) return 0;
  return divide(n, 1, cost, 2);
}

export const enum Meeting {
  /** This thread is the caller, all pieces are in the room, and it combines them and closes the room. */
  caller,
  /** Pieces are missing: the caller computes the whole result alone. */
  alone,
  /** This thread has left its pieces, and leaves the kernel. */
  helper,
}

/** Ends a loop that `sharePieces` has divided; says what this thread has to do next. */
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

/** Until `resume`, kernels that this thread calls compute their whole result. */
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

/** Prevents the call in progress from being divided. */
// @ts-ignore: decorator
@inline
export function keepWhole(): void {
  if (isDefined(THREADS)) disarm();
}

/** Sets the least work that is divided, for tests. */
export function setWorthwhile(nanoseconds: f64): void {
  worthwhile = nanoseconds;
}
