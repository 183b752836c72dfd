/**
 * A call divided among threads: its parts, which thread takes which part, and which thread waits for which. A job names its function by an
 * index of the function table, which is the same in every instance, and the call by its address. Knows no kernel.
 *
 * Note [Tickets]. Threads take a job's parts by counting down. The caller stores the number of untaken parts last. A thread that decrements
 * this number from above 0 owns a part, and reads the job only afterwards. So a thread that arrives late finds no ticket, or a ticket of the
 * job that now stands in the same block; it then computes a part of that job. The caller takes tickets too, so a helper that sleeps, or has
 * died, costs time and nothing else.
 *
 * Note [Lost threads]. A thread that took a part and does not finish it may still write to memory at any later time. So past the deadline
 * the caller gives up the job's block and every block that the thread may write to, computes the whole call again into other blocks, and
 * divides no call until the facade has seen the thread end.
 *
 *   control  ┌───────┬─────┬──────┬─ 64 ─────┐    job  ┌─────────┬───────┬──────┬─ 64 ────┬─ 128 ───┬────────┬─ 192 ┐
 *            │ epoch │ job │ stop │ sleepers │         │ perform │ parts │ room │ tickets │ pending │ failed │ call │
 *            └───────┴─────┴──────┴──────────┘         └─────────┴───────┴──────┴─────────┴─────────┴────────┴──────┘
 */
import { alloc, free } from '../memory/heap';
import { OWN } from '../memory/scratch';

const CONTROL = memory.data(128, 64);
const JOB: usize = 4;
const STOP: usize = 8;
const SLEEPERS: usize = 64;

const PARTS: usize = 4;
const ROOM: usize = 8;
const TICKETS: usize = 64;
const PENDING: usize = 128;
const FAILED: usize = 132;
const CALL: usize = 192;
/** Bytes of a job, its call included. */
const JOB_BYTES: usize = 8192;
/** Bytes that a call and its operands' records may take. */
export const CALL_BYTES: usize = JOB_BYTES - CALL;

/** The job that this thread works on. */
const BUSY = memory.data(16, 16) + OWN;

/** How often a thread reads a word before it sleeps on it: about 200 µs. The next job of a training step comes within that time, and waking a thread is slow. */
const SPINS = 1 << 17;
/** The caller waits for a thread at least this many nanoseconds, and this many times the estimate of the job's time. */
const PATIENCE: f64 = 2e9;
const SLOWNESS: f64 = 30;

/** The number of this thread's part (the caller's is 0), and the number of parts: 0 outside jobs. */
export let part = 0;
export let parts = 0;
/** The job that this part belongs to. */
let current: usize = 0;

// What follows belongs to the caller's thread.

/** Threads beside the caller; 0 when there is no pool, or while a thread is lost. */
export let helpers = 0;
/** The job that `fork` will start; 0 when the call in progress stays whole. */
let armed: usize = 0;
/** A block for jobs, and the one that was lost. */
let block: usize = 0;
let lost: usize = 0;
/** Whether this thread may sleep; where it may not, it reads a word this many times in a nanosecond. */
let sleeps = true;
let looks: f64 = 1;
let patience: f64 = 0;
/** A list of the blocks that a lost thread may still write to. The head of a block, 16 bytes, holds its length and the next block; the thread writes behind the head. */
const HEAD: usize = 16;
const BYTES: usize = 4;
const NEXT: usize = 8;
let quarantined: usize = 0;

/** Sets the number of helpers. Where the caller may not sleep, it reads a word `looksPerNanosecond` times in a nanosecond; where it may, this is 0. */
export function setHelpers(count: i32, looksPerNanosecond: f64): bool {
  if (!block) block = alloc(JOB_BYTES);
  helpers = block && !lost ? count : 0;
  sleeps = looksPerNanosecond == 0;
  looks = looksPerNanosecond;
  return block != 0;
}

/** Address to which the caller writes the call of the next job. */
export function callOfJob(): usize {
  return block + CALL;
}

/** Lets `fork` divide the call at `callOfJob`. The function `perform` computes this thread's part of the call and returns whether it succeeded. */
export function arm(perform: u32): void {
  store<u32>(block, perform);
  store<usize>(block, 0, ROOM);
  armed = block;
}

/** Ends what `arm` began; returns whether the call was divided. */
export function disarm(): bool {
  armed = 0;
  return parts != 0;
}

export function isArmed(): bool {
  return armed != 0;
}

/** Sets the number of parts and returns the previous number. A part sets 0 around the kernels that it calls, so that these compute their whole result. */
export function setParts(count: i32): i32 {
  const were = parts;
  parts = count;
  return were;
}

/** Starts the job in `count` parts, of which the caller has the first; `estimate` is its time on one thread in nanoseconds. */
export function fork(count: i32, estimate: f64): void {
  const job = armed;
  current = job;
  part = 0;
  parts = count;
  patience = PATIENCE + SLOWNESS * estimate;
  store<i32>(job, count, PARTS);
  atomic.store<i32>(job, 0, FAILED);
  atomic.store<i32>(job, count - 1, PENDING);
  atomic.store<i32>(job, count - 1, TICKETS);
  atomic.store<usize>(CONTROL, job, JOB);
  atomic.add<i32>(CONTROL, 1);
  if (atomic.load<i32>(CONTROL, SLEEPERS)) atomic.notify(CONTROL, count - 1);
}

/** Allocates a room: a block of so many bytes in which the threads leave pieces of the next job's result. False when memory is out. */
export function openRoom(bytes: u64): bool {
  const whole = <usize>min<u64>(HEAD + bytes, u32.MAX_VALUE);
  const at = alloc(whole);
  if (at) store<usize>(at, whole, BYTES);
  store<usize>(armed, at, ROOM);
  return at != 0;
}

/** Whether the job in progress has a room. */
export function hasRoom(): bool {
  return load<usize>(current, ROOM) != 0;
}

/** The room of the job in progress. */
export function room(): usize {
  return load<usize>(current, ROOM) + HEAD;
}

/** Frees the room, after the caller has joined the job. */
export function closeRoom(): void {
  const at = load<usize>(current, ROOM);
  if (lost) leaveBlock(at);
  else free(at, load<usize>(at, BYTES));
}

export const enum Outcome {
  done,
  /** A part failed; all parts have ended. */
  failed,
  /** A part has not ended. */
  lost,
}

/** Computes the parts that nobody has taken and waits for the others; `well` says whether the caller's first part succeeded. */
export function join(well: bool): Outcome {
  const job = block;
  computeParts(job);
  parts = 0;
  if (!ends(job)) {
    lost = job;
    block = 0;
    helpers = 0;
    return Outcome.lost;
  }
  return well && !atomic.load<i32>(job, FAILED) ? Outcome.done : Outcome.failed;
}

function computeParts(job: usize): void {
  while (drawTicket(job)) perform(job);
}

/** Takes a part; false when none is left. See Note [Tickets] */
export function drawTicket(job: usize): bool {
  const ticket = atomic.sub<i32>(job, 1, TICKETS);
  if (ticket <= 0) return false;
  part = ticket;
  parts = load<i32>(job, PARTS);
  return true;
}

/** Computes the part that was taken. */
export function perform(job: usize): void {
  current = job;
  if (!call_indirect<bool>(load<u32>(job), job + CALL)) atomic.store<i32>(job, 1, FAILED);
  if (atomic.sub<i32>(job, 1, PENDING) == 1) atomic.notify(job + PENDING, 1);
}

/** Waits until all parts have ended; false past the deadline. */
function ends(job: usize): bool {
  for (let i = SPINS; i > 0; i--) if (!atomic.load<i32>(job, PENDING)) return true;
  if (!sleeps) {
    for (let i = <i64>(patience * looks); i > 0; i--) if (!atomic.load<i32>(job, PENDING)) return true;
    return false;
  }
  for (let left = atomic.load<i32>(job, PENDING); left; left = atomic.load<i32>(job, PENDING)) {
    if (atomic.wait<i32>(job + PENDING, left, <i64>patience) == 2) return !atomic.load<i32>(job, PENDING);
  }
  return true;
}

/** The job whose thread was lost, 0 for none. */
export function lostJob(): usize {
  return lost;
}

/** Gives a block up to a lost thread. The second word of the block's head holds its length. */
export function leaveBlock(at: usize): void {
  store<usize>(at, quarantined, NEXT);
  quarantined = at;
}

/**
 * Frees the blocks that were given up to a lost thread, which has ended. The job's own block is never freed: a helper that arrives late may
 * still look for a ticket in it.
 */
export function endQuarantine(): void {
  lost = 0;
  while (quarantined) {
    const next = load<usize>(quarantined, NEXT);
    free(quarantined, load<usize>(quarantined, BYTES));
    quarantined = next;
  }
}

/** Reads a word so many times, so that the facade can measure how long one read takes. */
export function look(times: i32): i32 {
  let seen = 0;
  for (; times > 0; times--) seen |= atomic.load<i32>(CONTROL, STOP);
  return seen;
}

/** Tells all helpers to end. */
export function stop(): void {
  helpers = 0;
  atomic.store<i32>(CONTROL, 1, STOP);
  atomic.add<i32>(CONTROL, 1);
  atomic.notify(CONTROL, -1);
}

/** Withdraws `stop`, for helpers that start later. */
export function go(): void {
  atomic.store<i32>(CONTROL, 0, STOP);
}

/** The job on which the thread works whose scratch is displaced by `own` bytes; 0 for none. */
export function busyWith(own: usize): usize {
  return atomic.load<usize>(BUSY + own);
}

/** Runs a helper: it computes parts of each new job until `stop`. */
export function help(): void {
  let seen = 0;
  while (!atomic.load<i32>(CONTROL, STOP)) {
    seen = nextEpoch(seen);
    const job = atomic.load<usize>(CONTROL, JOB);
    atomic.store<usize>(BUSY, job);
    computeParts(job);
    atomic.store<usize>(BUSY, 0);
  }
}

/** Waits for another epoch than `seen`. */
function nextEpoch(seen: i32): i32 {
  for (let i = SPINS; i > 0; i--) if (atomic.load<i32>(CONTROL) != seen) return atomic.load<i32>(CONTROL);
  atomic.add<i32>(CONTROL, 1, SLEEPERS);
  while (atomic.load<i32>(CONTROL) == seen) atomic.wait<i32>(CONTROL, seen, -1);
  atomic.sub<i32>(CONTROL, 1, SLEEPERS);
  return atomic.load<i32>(CONTROL);
}

/** Waits for a part, takes it and returns its job: for tests, whose helper then ends without computing it. */
export function drawOne(): usize {
  let seen = 0;
  let job: usize = 0;
  do {
    seen = nextEpoch(seen);
    job = atomic.load<usize>(CONTROL, JOB);
    atomic.store<usize>(BUSY, job);
  } while (!drawTicket(job));
  return job;
}
