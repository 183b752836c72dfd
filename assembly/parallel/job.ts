/**
 * A call divided among threads: its parts, who takes which, and who waits for whom. Knows what is done as an index of the function table,
 * which is the same in every instance, and what it is done to as an address.
 *
 * Note [Tickets]. A job's parts are handed out by counting down. The number of parts not yet taken is stored last; whoever decrements it
 * from above 0 owns a part, and only then reads the job. So a thread that comes late finds no ticket, or one of the job that has taken the
 * old one's place, which is as good. The caller takes tickets like everybody: a thread that sleeps, or is gone, costs time only.
 *
 * Note [Lost threads]. A thread that took a part and doesn't end it may still write, at any later time. So past the deadline its job's block
 * and what it may write to are left to it, the caller computes anew elsewhere, and nothing is divided until the facade has seen the
 * thread's end.
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

/** Looks at a word before a thread sleeps on it: some 200 µs, for the next job of a training step comes as soon and waking takes its time. */
const SPINS = 1 << 17;
/** Nanoseconds that the caller waits for a thread at least, and how much slower than estimated it may be. */
const PATIENCE: f64 = 2e9;
const SLOWNESS: f64 = 30;

/** This thread's part, of which the caller has number 0, and their number: 0 outside jobs. */
export let part = 0;
export let parts = 0;
/** The job that they are of. */
let current: usize = 0;

// The caller's.

/** Threads beside the caller; 0 when there is no pool, or while a thread is lost. */
export let helpers = 0;
/** The job that `fork` will start; 0 when the call in progress stays whole. */
let armed: usize = 0;
/** A block for jobs, and the one that was lost. */
let block: usize = 0;
let lost: usize = 0;
/** May this thread sleep? If not, looks at a word in a nanosecond. */
let sleeps = true;
let looks: f64 = 1;
let patience: f64 = 0;
/** First of the blocks that a lost thread may still write to. Behind a block's head of 16 bytes; there are its bytes and the next block. */
const HEAD: usize = 16;
const BYTES: usize = 4;
const NEXT: usize = 8;
let quarantined: usize = 0;

/** Sets the number of helpers; as many looks at a word take a nanosecond where the caller may not sleep, else 0. */
export function setHelpers(count: i32, looksPerNanosecond: f64): bool {
  if (!block) block = alloc(JOB_BYTES);
  helpers = block && !lost ? count : 0;
  sleeps = looksPerNanosecond == 0;
  looks = looksPerNanosecond;
  return block != 0;
}

/** Where the call of the next job goes. */
export function callOfJob(): usize {
  return block + CALL;
}

/** Lets `fork` divide the call at `callOfJob`; `perform` computes this thread's part of it, or says that it failed. */
export function arm(perform: u32): void {
  store<u32>(block, perform);
  store<usize>(block, 0, ROOM);
  armed = block;
}

/** Whether the call was divided; none is from now on. */
export function disarm(): bool {
  armed = 0;
  return parts != 0;
}

export function isArmed(): bool {
  return armed != 0;
}

/** Sets aside that the call is divided, or takes it up again: what a part calls in turn is whole. Returns what was. */
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

/** Room of so many bytes for what all threads make of the next job's parts; false when memory is out. */
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

/** The caller is done with the room, once it has joined the job. */
export function closeRoom(): void {
  const at = load<usize>(current, ROOM);
  if (lost) leaveBlock(at);
  else free(at, load<usize>(at, BYTES));
}

export const enum Outcome {
  done,
  /** A part failed; all have ended. */
  failed,
  /** A part has not ended. */
  lost,
}

/** Takes what parts are left and waits for the others; `well` says whether the caller's first part went well. */
export function join(well: bool): Outcome {
  const job = block;
  runParts(job);
  parts = 0;
  if (!settles(job)) {
    lost = job;
    block = 0;
    helpers = 0;
    return Outcome.lost;
  }
  return well && !atomic.load<i32>(job, FAILED) ? Outcome.done : Outcome.failed;
}

function runParts(job: usize): void {
  while (take(job)) perform(job);
}

/** Takes a part; false when none is left. See Note [Tickets] */
export function take(job: usize): bool {
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
function settles(job: usize): bool {
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

/** Leaves a block to a lost thread: bytes in its second word, 16 bytes of head that no thread writes to. */
export function leaveBlock(at: usize): void {
  store<usize>(at, quarantined, NEXT);
  quarantined = at;
}

/**
 * The lost thread has ended: what was left to it is freed. Not the job's own block, in which a thread that was late for it may still look
 * for a ticket.
 */
export function endQuarantine(): void {
  lost = 0;
  while (quarantined) {
    const next = load<usize>(quarantined, NEXT);
    free(quarantined, load<usize>(quarantined, BYTES));
    quarantined = next;
  }
}

/** Looks at a word so many times, so that the facade can see how long one takes. */
export function look(times: i32): i32 {
  let seen = 0;
  for (; times > 0; times--) seen |= atomic.load<i32>(CONTROL, STOP);
  return seen;
}

/** Lets all helpers leave. */
export function stop(): void {
  helpers = 0;
  atomic.store<i32>(CONTROL, 1, STOP);
  atomic.add<i32>(CONTROL, 1);
  atomic.notify(CONTROL, -1);
}

/** Lets helpers that come from now on stay. */
export function go(): void {
  atomic.store<i32>(CONTROL, 0, STOP);
}

/** The job that the thread whose scratch is displaced by `own` works on. */
export function busyWith(own: usize): usize {
  return atomic.load<usize>(BUSY + own);
}

/** A helper's life: takes parts of each new job until all is stopped. */
export function help(): void {
  let seen = 0;
  while (!atomic.load<i32>(CONTROL, STOP)) {
    seen = nextEpoch(seen);
    const job = atomic.load<usize>(CONTROL, JOB);
    atomic.store<usize>(BUSY, job);
    runParts(job);
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

/** Waits for a part and takes it, for a helper that fails on purpose; returns its job. */
export function takeOne(): usize {
  let seen = 0;
  let job: usize = 0;
  do {
    seen = nextEpoch(seen);
    job = atomic.load<usize>(CONTROL, JOB);
    atomic.store<usize>(BUSY, job);
  } while (!take(job));
  return job;
}
