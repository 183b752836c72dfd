/**
 * Runs a program: places its records, then calls kernel after kernel. It infers nothing, and allocates the arena and the results only.
 * Knows no op.
 */
import { chain } from '../kernels/chain';
import { gather, splat } from '../kernels/gather';
import { alloc, free } from '../memory/heap';
import { Code, DType, Mode, Status } from '../shared/abi';
import { Op } from '../shared/opcode';
import { begin, CALL } from '../tape/call';
import { compute, isInterrupted, leaveBlock, takeInterruption } from '../tape/compute';
import { clearFault, fail, hasFailed } from '../tape/fault';
import { sizeShift } from '../tensor/dtype';
import { own } from '../tensor/scope';
import { allocateElements, newRecord, NONE, release, takeStorage, Tensor } from '../tensor/tensor';
import { copyGeometry } from '../tensor/view';
import { Instruction, Program, Run } from './program';

/** Whether x is of the dtype, shape and layout that input k was traced with. */
export function fits(p: Program, k: i32, x: Tensor): bool {
  const t = p.input(k).record;
  if (x.dtype != t.dtype || x.rank != t.rank || x.isContiguous != t.isContiguous) return false;
  const n = x.isContiguous ? x.rank : x.rank << 1;
  for (let i = 0; i < n; i++) if (x.dim(i) != t.dim(i)) return false;
  return true;
}

/** Runs the program on the inputs in the call area; true when the results are there instead, owned by the innermost scope. */
export function replay(p: Program): bool {
  for (let k = 0; k < p.inputs; k++) {
    const slot = p.input(k).slot;
    p.setBlock(1 + k, slot ? slot : CALL.input(k).data);
  }
  return attempt(p) || (isDefined(THREADS) && takeInterruption() && attempt(p));
}

/** Bytes in front of the arena that say how long it is, should it be left to a lost thread. */
const HEAD: usize = isDefined(THREADS) ? 16 : 0;

function attempt(p: Program): bool {
  const bytes = HEAD + p.arenaBytes;
  const block = p.arenaBytes ? alloc(bytes) : 0;
  if (p.arenaBytes && !block) return fail(Status.memory, Op.none);
  const made = makeResults(p);
  if (made) {
    placeRecords(p, block ? block + HEAD : 0);
    execute(p);
  }
  if (isDefined(THREADS) && isInterrupted()) return leave(p, block, bytes);
  if (block) free(block, bytes);
  const done = made && !hasFailed();
  for (let k = 0; k < p.results; k++) {
    const t = load<Tensor>(p.freshAt(k));
    if (done) own(t);
    else if (t) release(t);
    CALL.setOutput(k, t);
  }
  return done;
}

/** Leaves arena and results to a lost thread, and forgets the failure; false. */
function leave(p: Program, block: usize, bytes: usize): bool {
  if (block) {
    store<usize>(block, bytes, 4);
    leaveBlock(block);
  }
  for (let k = 0; k < p.results; k++) {
    const t = load<Tensor>(p.freshAt(k));
    if (t.rank) leaveBlock(takeStorage(t));
    release(t);
  }
  clearFault();
  return false;
}

/** Fresh records with elements; false when memory is out. */
function makeResults(p: Program): bool {
  for (let k = 0; k < p.results; k++) store<Tensor>(p.freshAt(k), NONE);
  for (let k = 0; k < p.results; k++) {
    const like = p.result(k);
    const t = newRecord(like.dtype, like.rank);
    if (!t) return fail(Status.memory, Op.none);
    store<Tensor>(p.freshAt(k), t);
    copyGeometry(t, like);
    if (!allocateElements(t)) return fail(Status.memory, Op.none, <i32>(like.bytes >> 10), 1);
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
    if (next.code == Code.op) {
      call(next, 0);
      at += next.bytes;
    } else {
      const run = changetype<Run>(at);
      executeRun(run, p.arena + run.slots);
      at += run.bytes;
    }
    if (hasFailed()) return;
  }
}

/** Calls the instruction's kernel; operands lie `origin` bytes further than it says. */
// @ts-ignore: decorator
@inline
function call(instruction: Instruction, origin: usize): void {
  const inputs = <i32>instruction.inputs;
  const outputs = <i32>instruction.outputs;
  const c = begin(instruction.op, inputs);
  c.outputs = outputs;
  c.words = instruction.words;
  for (let i = 0; i < inputs; i++) c.setInput(i, changetype<Tensor>(origin + instruction.operand(i)));
  for (let i = 0; i < outputs; i++) c.setOutput(i, changetype<Tensor>(origin + instruction.operand(inputs + i)));
  for (let i = 0, n = <i32>instruction.words; i < n; i++) c.setAttribute(i, load<i32>(instruction.attributes + (i << 2)));
  compute(c);
}

function executeRun(run: Run, slots: usize): void {
  prepare(run, slots);
  const size = run.size;
  const tile = run.tile;
  const end = changetype<usize>(run) + run.bytes;
  for (let at = 0; at < size; at += tile) {
    const n = min(tile, size - at);
    if (at || n < tile) advance(run, at, n);
    gatherTiles(run, at, n);
    for (let i = changetype<usize>(run) + run.body; i < end; i += changetype<Instruction>(i).bytes) {
      const instruction = changetype<Instruction>(i);
      if (instruction.code == Code.chain) link(instruction, changetype<usize>(run), n);
      else call(instruction, changetype<usize>(run));
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
    t.data = o.mode == Mode.stream ? o.source.data : slots + o.slot;
    if (o.mode == Mode.splat) splat(sizeShift(t.dtype), t.data, o.source.data, run.tile);
  }
}

/** Moves on to the tile of n elements at `at`. */
function advance(run: Run, at: i32, n: i32): void {
  for (let i = 0, count = <i32>run.operands; i < count; i++) {
    const o = run.operand(i);
    const t = o.tile;
    t.size = n;
    if (o.mode == Mode.stream) t.data = o.source.data + (at << sizeShift(t.dtype));
  }
}

function gatherTiles(run: Run, at: i32, n: i32): void {
  for (let i = 0, count = <i32>run.operands; i < count; i++) {
    const o = run.operand(i);
    if (o.mode != Mode.gather) continue;
    gather(sizeShift(o.tile.dtype), o.tile.data, o.source.data, at, n, o.rank, o.dims, changetype<usize>(run) + o.strides);
  }
}

/** Addresses of a chain's operands. */
const ADDRESSES = memory.data(64, 16);

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
