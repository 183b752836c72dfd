/**
 * Replays a program: sets the addresses of its records' elements, then calls one kernel after another. It infers no shapes, and allocates only
 * the arena and the results. Knows no op.
 */
import { chain } from '../kernels/chain';
import { gather, splat } from '../kernels/strided';
import { listen } from '../kernels/progress';
import { alloc, free } from '../memory/heap';
import { clearArena, OWN, allocInArena } from '../memory/scratch';
import { arm, CALL_BYTES, callOfJob, disarm, helpers, join, leaveBlock, Outcome } from '../parallel/job';
import { resume, share, start, suspend } from '../parallel/share';
import { Code, DType, Flag, Mode, Status } from '../shared/abi';
import { Op } from '../shared/opcode';
import { begin, Call } from '../tape/call';
import { compute, computeWhole, endPart, interrupt, isInterrupted, isLarge, endInterruption } from '../tape/compute';
import { clearFault, fail, hasFailed } from '../tape/fault';
import { sizeShift } from '../tensor/dtype';
import { own } from '../tensor/scope';
import { allocateElements, newRecord, NONE, release, detachStorage, Tensor } from '../tensor/tensor';
import { copyGeometry } from '../tensor/view';
import { Instruction, Program, Run } from './program';

/** Whether x has the dtype, shape and layout that input k had in the trace. */
export function fits(p: Program, k: i32, x: Tensor): bool {
  const t = p.input(k).record;
  if (x.dtype != t.dtype || x.rank != t.rank || ((x.flags ^ t.flags) & (Flag.contiguous | Flag.weak))) return false;
  const n = x.isContiguous ? x.rank : x.rank << 1;
  for (let i = 0; i < n; i++) if (x.dim(i) != t.dim(i)) return false;
  return true;
}

/** Replays the program on the blocks that the caller has set for the inputs. Returns whether it succeeded; the innermost scope then owns the results. */
export function replay(p: Program): bool {
  return attempt(p) || (isDefined(THREADS) && endInterruption() && attempt(p));
}

/** Bytes before the arena for the head that `leaveBlock` writes. */
const HEAD: usize = isDefined(THREADS) ? 16 : 0;

function attempt(p: Program): bool {
  const bytes = HEAD + p.arenaBytes;
  const block = p.arenaBytes ? alloc(bytes) : 0;
  if (p.arenaBytes && !block) return fail(Status.memory, Op.none);
  const made = makeResults(p);
  if (made) {
    placeRecords(p, block ? block + HEAD : changetype<usize>(p)); // an empty tensor needs an address too
    execute(p);
  }
  if (isDefined(THREADS) && isInterrupted()) return leave(p, block, bytes);
  if (block) free(block, bytes);
  const done = made && !hasFailed();
  for (let k = 0; k < p.results; k++) {
    const t = load<Tensor>(p.freshAt(k));
    if (done) own(t);
    else if (t) release(t);
  }
  return done;
}

/** Gives arena and results up to a lost thread, and clears the failure, so that the program can be replayed once more. Returns false. */
function leave(p: Program, block: usize, bytes: usize): bool {
  if (block) {
    store<usize>(block, bytes, 4);
    leaveBlock(block);
  }
  for (let k = 0; k < p.results; k++) {
    const t = load<Tensor>(p.freshAt(k));
    if (t.rank) leaveBlock(detachStorage(t));
    release(t);
  }
  clearFault();
  return false;
}

/** Allocates the results, records and elements; false when memory is out. */
function makeResults(p: Program): bool {
  for (let k = 0; k < p.results; k++) store<Tensor>(p.freshAt(k), NONE);
  for (let k = 0; k < p.results; k++) {
    const like = p.result(k);
    const t = newRecord(like.dtype, like.rank);
    if (!t) return fail(Status.memory, Op.none);
    store<Tensor>(p.freshAt(k), t);
    copyGeometry(t, like);
    if (!allocateElements(t)) return fail(Status.memory, Op.none, <i32>(like.bytes >> 10), 1);
    t.flags |= like.flags & Flag.weak;
    p.setBlock(1 + p.inputs + k, t.data);
  }
  return true;
}

function placeRecords(p: Program, arena: usize): void {
  p.setBlock(0, arena);
  for (let k = p.arena == arena ? p.arenaPlacements : 0; k < p.placements; k++) {
    const placement = p.placement(k);
    placement.record.data = p.block(placement.block) + placement.offset;
  }
  p.arena = arena;
}

function execute(p: Program): void {
  const end = p.codeAt + p.codeBytes;
  for (let at = p.codeAt; at < end; ) {
    const next = changetype<Instruction>(at);
    if (next.code != Code.run) at += next.bytes;
    if (next.code == Code.op) compute(callOf(next, 0));
    else {
      const run = changetype<Run>(at);
      if (next.code == Code.lead) executeLed(next, run, p.arena + run.slots);
      else executeRun(run, p.arena + run.slots);
      at += run.bytes;
    }
    if (hasFailed()) return;
  }
}

/** Writes the instruction to the call area. Its operands are distances from `origin`. */
// @ts-ignore: decorator
@inline
function callOf(instruction: Instruction, origin: usize): Call {
  const inputs = <i32>instruction.inputs;
  const outputs = <i32>instruction.outputs;
  const c = begin(instruction.op, inputs);
  c.outputs = outputs;
  c.words = instruction.words;
  for (let i = 0; i < inputs; i++) c.setInput(i, changetype<Tensor>(origin + instruction.operand(i)));
  for (let i = 0; i < outputs; i++) c.setOutput(i, changetype<Tensor>(origin + instruction.operand(inputs + i)));
  for (let i = 0, n = <i32>instruction.words; i < n; i++) c.setAttribute(i, load<i32>(instruction.attributes + (i << 2)));
  return c;
}

/** The run in progress, and the address of its slots. */
let current = changetype<Run>(0);
let currentSlots: usize = 0;

/** The result that the run in progress follows, and the number of elements that the run has computed. */
let followed = changetype<Tensor>(0);
let done = 0;

/**
 * Computes a step, and the run that follows it on each finished stretch of the step's result. Threads don't divide this run: a part that
 * fails is computed again, and the run may by then have written its results over what that part read.
 */
function executeLed(lead: Instruction, run: Run, slots: usize): void {
  locate(run);
  current = run;
  currentSlots = slots;
  followed = changetype<Tensor>(lead.operand(lead.inputs));
  done = 0;
  listen(changetype<u32>(follow));
  compute(callOf(lead, 0));
  listen(0);
  if (!hasFailed()) executeFrom(run, slots, done, run.size);
}

/** Executes the tiles whose elements of the followed result lie before the address `end`. */
function follow(end: usize): void {
  const size = <i32>((end - followed.data) >> sizeShift(followed.dtype));
  const whole = size - size % current.tile;
  if (whole == done) return;
  executeFrom(current, currentSlots, done, whole);
  done = whole;
}

/** Sets the addresses of the operands' elements. */
function locate(run: Run): void {
  for (let i = 0, n = <i32>run.operands; i < n; i++) run.operand(i).data = run.operand(i).source.data;
}

function executeRun(run: Run, slots: usize): void {
  locate(run);
  if (isDefined(THREADS)) {
    if (helpers && isLarge(run.size) && <usize>run.bytes <= CALL_BYTES) return executeTogether(run, slots);
  }
  executeTiles(run, slots);
}

// Helpers read a copy of the run that lies in the job: a lost thread may still read it after the program is freed. See Note [Lost threads]

function executeTogether(run: Run, slots: usize): void {
  current = run;
  currentSlots = slots;
  memory.copy(callOfJob(), changetype<usize>(run), run.bytes);
  arm(changetype<u32>(executePart));
  executeTiles(run, slots);
  if (!disarm()) return;
  const outcome = join(endPart());
  if (outcome == Outcome.failed) executeTiles(run, slots);
  else if (outcome == Outcome.lost) interrupt(Op.none);
}

/** Executes this thread's part of a divided run; false when it failed. A helper has its own copy of the run, for the tiles' records, and its own slots. */
function executePart(job: Run): bool {
  if (!OWN) {
    executeTiles(current, currentSlots);
    return endPart();
  }
  clearArena();
  const run = allocInArena(job.bytes);
  const slots = allocInArena(job.room);
  if (!run || !slots) return false;
  memory.copy(run, changetype<usize>(job), job.bytes);
  executeTiles(changetype<Run>(run), slots);
  return endPart();
}

/** Nanoseconds to compute one element of one byte of instructions; an operation's instruction has about 24 bytes. */
const COST = 0.016;

/** Executes this thread's share of the tiles. */
function executeTiles(run: Run, slots: usize): void {
  const tile = run.tile;
  const tiles = <i32>((<u32>run.size + tile - 1) / tile);
  const count = share(tiles, 1, <f64>(run.bytes - run.body) * COST * tile);
  const first = start() * tile;
  const size = min(run.size, first + count * tile);
  const suspended = suspend();
  executeFrom(run, slots, first, size);
  resume(suspended);
}

/** Executes the tiles from element `first`, which begins a tile, up to element `size`. */
function executeFrom(run: Run, slots: usize, first: i32, size: i32): void {
  const tile = run.tile;
  prepare(run, slots);
  const end = changetype<usize>(run) + run.bytes;
  for (let at = first; at < size; at += tile) {
    const n = min(tile, size - at);
    if (at || n < tile) advance(run, at, n);
    gatherTiles(run, at, n);
    for (let i = changetype<usize>(run) + run.body; i < end; i += changetype<Instruction>(i).bytes) {
      const instruction = changetype<Instruction>(i);
      if (instruction.code == Code.chain) link(instruction, changetype<usize>(run), n);
      else computeWhole(callOf(instruction, changetype<usize>(run)));
    }
    if (hasFailed()) return;
  }
}

/** Points every operand at its first tile. */
function prepare(run: Run, slots: usize): void {
  for (let i = 0, n = <i32>run.operands; i < n; i++) {
    const o = run.operand(i);
    const t = o.tile;
    t.size = run.tile;
    t.data = o.mode == Mode.stream ? o.data : slots + o.slot;
    if (o.mode == Mode.splat) splat(sizeShift(t.dtype), t.data, o.data, run.tile);
  }
}

/** Points every operand at its tile of n elements from element `at` on. */
function advance(run: Run, at: i32, n: i32): void {
  for (let i = 0, count = <i32>run.operands; i < count; i++) {
    const o = run.operand(i);
    const t = o.tile;
    t.size = n;
    if (o.mode == Mode.stream) t.data = o.data + (at << sizeShift(t.dtype));
  }
}

function gatherTiles(run: Run, at: i32, n: i32): void {
  for (let i = 0, count = <i32>run.operands; i < count; i++) {
    const o = run.operand(i);
    if (o.mode != Mode.gather) continue;
    gather(sizeShift(o.tile.dtype), o.tile.data, o.data, at, n, o.rank, o.dims, changetype<usize>(run) + o.strides);
  }
}

/** Addresses of a chain's operands. */
const ADDRESSES: usize = memory.data(64, 16) + OWN;

function link(instruction: Instruction, run: usize, n: i32): void {
  const count = <i32>instruction.inputs - 1;
  for (let i = 0; i <= count; i++) store<usize>(ADDRESSES + (i << 2), tileOf(instruction, run, i).data);
  const y = tileOf(instruction, run, count + 1);
  const bytes = <usize>n << sizeShift(y.dtype);
  if (y.dtype == DType.float32) chain<f32>(bytes, count, instruction.attributes, ADDRESSES, y.data);
  else chain<f64>(bytes, count, instruction.attributes, ADDRESSES, y.data);
}

// @ts-ignore: decorator
@inline
function tileOf(instruction: Instruction, run: usize, i: i32): Tensor {
  return changetype<Tensor>(run + instruction.operand(i));
}
