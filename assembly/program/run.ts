/**
 * Writes a run: elementwise steps of one shape, computed tile by tile. Values that only the run reads are never stored whole: they have slots
 * of one tile, which stay in the first-level cache. Sums and products that feed one another form chains. Knows the opcodes of chains.
 */
import { Vector } from '../memory/vector';
import { Code, DType, Link, Mode } from '../shared/abi';
import { Op } from '../shared/opcode';
import { Kind, Step, Value, valueAt } from '../tape/trace';
import { sizeShift } from '../tensor/dtype';
import { Tensor } from '../tensor/tensor';
import { vacate, occupy } from './arena';
import { isUniform, stepAt } from './optimize';
import { extend, Instruction, Operand, OPERAND, Run } from './program';
import { rootOf } from './schedule';

/** Bytes of a slot's elements, and the distance between slots: a cache line more, so that their tiles fall into different sets of the cache. */
const SLOT: i32 = 4096;
const PITCH: i32 = SLOT + 64;
/** Links that a chain has at most. */
const LONGEST = 15;

/** A stack of the numbers of free slots, with room for as many as a run can have. */
const FREE = memory.data(256, 16);
let freeSlots = 0;
let slots = 0;

let members: usize = 0;
let count = 0;
let unit = 0;
let code = changetype<Vector>(0);
/** Offset of the run in the code. */
let start: usize = 0;

// @ts-ignore: decorator
@inline
function member(i: i32): Step {
  return stepAt(load<u32>(members + (<usize>i << 2)));
}

// @ts-ignore: decorator
@inline
function theRun(): Run {
  return changetype<Run>(code.start + start);
}

/** Whether only steps of v's own unit read v, so that a slot is all the memory it needs. */
export function isInternal(v: Value): bool {
  return v.kind == Kind.result && !v.home && !v.base && v.last >= 0 && v.last == stepAt(v.step).unit;
}

/** Begins the run of the `n` steps whose offsets lie at `steps`, and links its chains. */
export function beginRun(steps: usize, n: i32): void {
  members = steps;
  count = n;
  unit = member(0).unit;
  for (let i = 0; i < n; i++) link(member(i));
}

/**
 * The number of a result that may be written over v; 0 when there is none. The run is v's last reader, and reads v tile by tile, so this is
 * the first stored result whose step comes after all other reads of v.
 */
export function heirOf(v: Value): u32 {
  let heir: u32 = 0;
  for (let i = 0; i < count; i++) {
    const step = member(i);
    if (step.absorbed) continue;
    if (reads(step, v)) heir = 0;
    const y = valueAt(step.first);
    if (!heir && !isInternal(y) && sizeShift(y.record.dtype) == sizeShift(v.record.dtype)) heir = step.first;
  }
  return heir;
}

/** Whether a step, or one that it has absorbed, reads v's elements. */
function reads(step: Step, v: Value): bool {
  for (let k = 0, n = <i32>step.inputs; k < n; k++) if (rootOf(valueAt(step.input(k))) == v) return true;
  return step.link != 0 && reads(stepAt(step.link - 1), v);
}

/** Writes the run; false when memory is out. */
export function emitRun(to: Vector): bool {
  code = to;
  start = code.length;
  freeSlots = 0;
  slots = 0;
  const run = changetype<Run>(code.extend(offsetof<Run>()));
  if (!run) return false;
  run.code = <u16>Code.run;
  run.operands = 0;
  run.size = valueAt(member(0).first).record.size;
  if (!emitOperands()) return false;
  theRun().body = <u32>(code.length - start);
  for (let i = 0; i < count; i++) if (!member(i).absorbed && !emitMember(member(i))) return false;
  theRun().bytes = <u32>(code.length - start);
  const bytes = <usize>(slots * PITCH);
  theRun().room = <u32>bytes;
  theRun().slots = <i32>occupy(bytes);
  return !bytes || vacate(theRun().slots, bytes);
}

// Chains

/** The operation of a step as a link of a chain, `side` being the input that the chain computes; none where the step can't be a link. */
function linkOf(step: Step, side: i32): Link {
  const dtype = valueAt(step.first).record.dtype;
  if (dtype > DType.float64) return Link.none;
  if (step.op == Op.add) return Link.add;
  if (step.op == Op.mul) return Link.mul;
  return step.op == Op.sub ? (side ? Link.subFrom : Link.sub) : Link.none;
}

/** Absorbs a step that only this one reads, when both can be links and the chain does not become too long. */
function link(step: Step): void {
  if (linkOf(step, 0) == Link.none) return;
  let longest = 0;
  for (let side = 0; side < 2; side++) {
    const v = valueAt(step.input(side));
    if (!isInternal(v) || v.uses != 1) continue;
    const source = stepAt(v.step);
    const length = lengthOf(source);
    if (linkOf(source, 0) == Link.none || length >= LONGEST || length <= longest) continue;
    longest = length;
    step.link = v.step + 1;
    step.side = side;
  }
  if (longest) stepAt(step.link - 1).absorbed = true;
}

/** Number of links from the chain's first step to this one. */
function lengthOf(step: Step): i32 {
  let n = 1;
  for (; step.link; n++) step = stepAt(step.link - 1);
  return n;
}

// Operands

/** Writes an operand for every value that the run's instructions name, and the strides of the operands that are gathered. */
function emitOperands(): bool {
  for (let i = 0; i < count; i++) {
    const step = member(i);
    for (let k = 0, n = <i32>step.inputs; k < n; k++) {
      if (!(step.link && k == step.side) && !addOperand(step.input(k))) return false;
    }
    if (step.absorbed) continue;
    for (let k: u32 = 0; k < step.outputs; k++) if (!addOperand(step.first + k)) return false;
  }
  const run = theRun();
  let shift: u32 = 0;
  for (let i = 0; i < <i32>run.operands; i++) shift = max(shift, sizeShift(run.operand(i).tile.dtype));
  run.tile = SLOT >> shift;
  const operands = <i32>run.operands;
  for (let i = 0; i < operands; i++) if (theRun().operand(i).mode == Mode.gather && !emitStrides(i)) return false; // `theRun()` each time: writing strides may move the code
  return true;
}

function addOperand(number: u32): bool {
  const v = valueAt(number);
  if (v.run == unit + 1) return true;
  const o = changetype<Operand>(code.extend(OPERAND));
  if (!o) return false;
  const run = theRun();
  memory.fill(changetype<usize>(o), 0, OPERAND);
  v.run = unit + 1;
  v.operand = run.operands++;
  const x = v.record;
  const t = o.tile;
  t.dtype = x.dtype;
  t.rank = 1;
  t.flags = 1;
  t.setStride(0, 1);
  o.source = changetype<Tensor>(v.copy);
  if (isInternal(v)) o.mode = Mode.slot;
  else if (x.isContiguous && x.size == run.size) o.mode = Mode.stream;
  else o.mode = isUniform(x) ? Mode.splat : Mode.gather;
  if (o.mode == Mode.splat || o.mode == Mode.gather) o.slot = newSlot() * PITCH;
  return true;
}

/** Strides of a gathered operand along the run's axes, 0 where it is broadcast. */
function emitStrides(i: i32): bool {
  const y = valueAt(member(0).first);
  const rank = y.record.rank;
  const at = <u32>(code.length - start);
  if (!code.extend(<usize>rank << 2)) return false;
  const o = theRun().operand(i);
  o.rank = rank;
  o.dims = changetype<Tensor>(y.copy).shapeAt;
  o.strides = at;
  const x = o.source;
  const missing = rank - x.rank;
  for (let axis = 0; axis < rank; axis++) {
    const still = axis < missing || x.dim(axis - missing) == 1;
    store<i32>(changetype<usize>(theRun()) + at + (axis << 2), still ? 0 : x.stride(axis - missing));
  }
  return true;
}

function newSlot(): i32 {
  if (freeSlots) return load<u8>(FREE + --freeSlots);
  return slots++;
}

// Instructions

function emitMember(step: Step): bool {
  const n = step.link ? lengthOf(step) + 1 : <i32>step.inputs;
  const words: u32 = step.link ? (LONGEST + 1) >> 2 : step.words;
  const outputs = <i32>step.outputs;
  const to = extend(code, step.link ? Code.chain : Code.op, step.op, n, outputs, words);
  if (!to) return false;
  if (step.link) setChain(to, step);
  else memory.copy(to.attributes, step.attributes, words << 2);
  if (!step.link) for (let i = 0; i < n; i++) setOperand(to, i, step.input(i));
  for (let k = 0; k < outputs; k++) {
    const v = valueAt(step.first + k);
    const isOwn = isInternal(v);
    let slot = 0;
    if (!k) slot = slotFor(step, isOwn, sizeShift(v.record.dtype));
    else if (isOwn) slot = newSlot() * PITCH;
    if (isOwn) theRun().operand(v.operand).slot = slot;
    setOperand(to, n + k, step.first + k);
  }
  freeSlotsOf(step);
  return true;
}

function setOperand(to: Instruction, i: i32, number: u32): void {
  const run = theRun();
  to.setOperand(i, changetype<usize>(run.operand(valueAt(number).operand).tile) - changetype<usize>(run));
}

/** Writes the links, a byte each where other instructions have attributes, and the operands, both in the order in which the chain computes. */
function setChain(to: Instruction, step: Step): void {
  for (let i = <i32>to.inputs - 1; ; i--) {
    store<u8>(to.attributes + i - 1, <u8>linkOf(step, step.side));
    if (!step.link) break;
    setOperand(to, i, step.input(1 - step.side));
    step = stepAt(step.link - 1);
  }
  setOperand(to, 0, step.input(0));
  setOperand(to, 1, step.input(1));
}

/**
 * Counts the step's reads down. If a slot is `wanted` for its result, returns the slot of an operand of equal size whose last read this is,
 * else a free slot.
 */
function slotFor(step: Step, wanted: bool, shift: u32): i32 {
  let slot = -1;
  for (let s = step; ; s = stepAt(s.link - 1)) {
    for (let k = 0, n = <i32>s.inputs; k < n; k++) {
      const v = valueAt(s.input(k));
      if ((s.link && k == s.side) || !isInternal(v) || --v.uses || !wanted || slot >= 0 || sizeShift(v.record.dtype) != shift) continue;
      slot = theRun().operand(v.operand).slot;
      v.uses = -1;
    }
    if (!s.link) break;
  }
  return slot >= 0 || !wanted ? slot : newSlot() * PITCH;
}

/** Frees the slots of the operands whose last read was the step's. */
function freeSlotsOf(step: Step): void {
  for (let s = step; ; s = stepAt(s.link - 1)) {
    for (let k = 0, n = <i32>s.inputs; k < n; k++) {
      const v = valueAt(s.input(k));
      if ((s.link && k == s.side) || !isInternal(v) || v.uses) continue;
      v.uses = -1;
      store<u8>(FREE + freeSlots++, <u8>(theRun().operand(v.operand).slot / PITCH));
    }
    if (!s.link) return;
  }
}
