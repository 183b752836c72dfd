/**
 * Makes a program of a closed trace and of the values that are its results: chooses the block of each value's elements, copies the records,
 * and frees all of it. Knows one op, the copy.
 */
import { alloc, free, roundUp } from '../memory/heap';
import { Vector } from '../memory/vector';
import { Flag, Record } from '../shared/abi';
import { Op } from '../shared/opcode';
import { addUnary, clearTrace, closeTrace, Kind, STEPS, Value, valueAt, valueCount } from '../tape/trace';
import { hold, newRecord, release, Tensor } from '../tensor/tensor';
import { arenaBytes, beginArena, endArena } from './arena';
import { emit } from './emit';
import { optimize, stepAt } from './optimize';
import { Input, Placement, Program } from './program';
import { rootOf, schedule } from './schedule';

const NONE = changetype<Program>(0);

/** Ends the trace and returns the program that computes `results`, a list of value numbers; NONE when memory is out. */
export function build(results: Vector): Program {
  const isPlaced = optimize(results) && assignHomes(results);
  closeTrace();
  const program = isPlaced ? translate(results) : NONE;
  clearTrace();
  return program;
}

/** Bytes between the first elements of a value and of its root. */
function distanceOf(v: Value): i32 {
  let offset = 0;
  for (; v.base; v = valueAt(v.base)) offset += v.offset;
  return offset;
}

/** Gives each result a block of its own. The step that computes the result writes to that block; where it can't, an additional copy does. */
function assignHomes(results: Vector): bool {
  const inputs = countOf(Kind.input);
  for (let i: u32 = 1, next = 1, n = valueCount(); i <= n; i++) if (valueAt(i).kind == Kind.input) valueAt(i).home = next++;
  for (let k: usize = 0; k < results.length; k += 4) {
    const number = load<u32>(results.start + k);
    const v = valueAt(number);
    const root = rootOf(v);
    const isWhole = root.kind == Kind.result && v.record.isContiguous && v.record.bytes == root.record.bytes && !distanceOf(v);
    let owner = root;
    if (!isWhole || root.home) {
      const copy = addCopy(number);
      if (!copy) return false;
      store<u32>(results.start + k, copy);
      owner = valueAt(copy);
    }
    owner.home = inputs + 1 + <i32>(k >> 2);
  }
  return true;
}

function countOf(kind: Kind): i32 {
  let count = 0;
  for (let i: u32 = 1, n = valueCount(); i <= n; i++) if (valueAt(i).kind == kind && (kind != Kind.constant || valueAt(i).uses)) count++;
  return count;
}

/** Adds a needed step that copies the value in row-major order. Returns the copy's number, 0 when memory is out. */
function addCopy(number: u32): u32 {
  const x = valueAt(number).record;
  const t = newRecord(x.dtype, x.rank);
  if (!t) return 0;
  let stride = 1;
  for (let i = x.rank - 1; i >= 0; i--) {
    t.setDim(i, x.dim(i));
    t.setStride(i, stride);
    stride *= x.dim(i);
  }
  t.size = x.size;
  t.flags = Flag.contiguous | (x.flags & Flag.weak);
  const copy = addUnary(Op.contiguous, number, t);
  release(t);
  return copy;
}

function translate(results: Vector): Program {
  const p = lay(results);
  if (!p) return p;
  const bytes = max<usize>(STEPS.length, 16);
  const order = alloc(bytes);
  beginArena();
  const written = order != 0 && emit(p, order, schedule(order)) && p.code.trim();
  endArena();
  if (order) free(order, bytes);
  if (!written) {
    freeProgram(p);
    return NONE;
  }
  p.arenaBytes = arenaBytes;
  placeRecords(p);
  return p;
}

/** Whether the program has a record for the value. A kernel writes all results of a step, so one needed result keeps the others. */
function isKept(v: Value): bool {
  return v.kind == Kind.input || (v.kind == Kind.result ? stepAt(v.step).needed : v.uses > 0);
}

/** Allocates the program's block and fills its tables, except for the placements. */
function lay(results: Vector): Program {
  const inputs = countOf(Kind.input);
  const constants = countOf(Kind.constant);
  const n = valueCount();
  let records: usize = 0;
  let placements = 0;
  for (let i: u32 = 1; i <= n; i++) {
    const v = valueAt(i);
    if (v.kind == Kind.constant || !isKept(v)) continue;
    records += Record.shape + (v.record.rank << 3);
    placements++;
  }
  const outputs = <i32>(results.length >> 2);
  const words = 1 + inputs + outputs + 2 * inputs + 2 * outputs + constants;
  const tables = roundUp(offsetof<Program>() + (<usize>words << 2) + placements * offsetof<Placement>());
  const bytes = tables + (inputs << 4) + records;
  const p = changetype<Program>(alloc(bytes));
  if (!p) return p;
  memory.fill(changetype<usize>(p), 0, bytes);
  p.bytes = bytes;
  p.inputs = inputs;
  p.results = outputs;
  p.placements = placements;
  p.blocksAt = changetype<usize>(p) + offsetof<Program>();
  p.inputsAt = p.blocksAt + (<usize>(1 + inputs + outputs) << 2);
  p.resultsAt = p.inputsAt + (inputs << 3);
  p.constantsAt = p.resultsAt + (outputs << 3);
  p.placementsAt = p.constantsAt + (constants << 2);
  copyRecords(p, changetype<usize>(p) + tables);
  for (let k = 0; k < outputs; k++) store<Tensor>(p.resultsAt + (k << 3), changetype<Tensor>(valueAt(load<u32>(results.start + (k << 2))).copy));
  return p;
}

/** Copies the records of inputs and results to the bytes behind the inputs' slots, which begin at `at`. Constants keep their records and are held. */
function copyRecords(p: Program, at: usize): void {
  let slot = at;
  at += p.inputs << 4;
  let k = 0;
  for (let i: u32 = 1, n = valueCount(); i <= n; i++) {
    const v = valueAt(i);
    if (!isKept(v)) continue;
    if (v.kind == Kind.constant) {
      hold(v.record);
      store<Tensor>(p.constantsAt + (p.constants++ << 2), v.record);
      v.copy = changetype<usize>(v.record);
      continue;
    }
    const bytes = Record.shape + (v.record.rank << 3);
    memory.copy(at, changetype<usize>(v.record), bytes);
    changetype<Tensor>(at).storage = 0;
    v.copy = at;
    if (v.kind == Kind.input) {
      const input = changetype<Input>(p.inputsAt + (k++ << 3));
      input.record = changetype<Tensor>(at);
      input.slot = v.isNumber ? slot : 0;
      slot += 16;
    }
    at += bytes;
  }
}

/** Writes the placements, those in the arena first. */
function placeRecords(p: Program): void {
  let k = 0;
  for (let pass = 0; pass < 2; pass++) {
    for (let i: u32 = 1, n = valueCount(); i <= n; i++) {
      const v = valueAt(i);
      if (v.kind == Kind.constant || !isKept(v)) continue;
      const root = rootOf(v);
      if ((root.home == 0) != (pass == 0)) continue;
      const placement = p.placement(k++);
      placement.record = changetype<Tensor>(v.copy);
      placement.block = root.home;
      placement.offset = root.place + distanceOf(v);
    }
    if (!pass) p.arenaPlacements = k;
  }
}

export function freeProgram(p: Program): void {
  for (let k = 0; k < p.constants; k++) release(p.constant(k));
  p.code.clear();
  free(changetype<usize>(p), p.bytes);
}
