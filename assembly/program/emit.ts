/**
 * Writes a program's instructions unit by unit, and plans the arena: a result occupies bytes of the arena from the unit that computes it to
 * the last unit that reads it. Knows no op.
 */
import { Vector } from '../memory/vector';
import { Code } from '../shared/abi';
import { Kind, Step, Value, valueAt } from '../tape/trace';
import { sizeShift } from '../tensor/dtype';
import { vacate, roomOf, occupy } from './arena';
import { isUniform, stepAt } from './optimize';
import { extend, Program } from './program';
import { beginRun, emitRun, heirOf, isInternal } from './run';
import { isFusible, rootOf } from './schedule';

/** In `Value.last`: the value's bytes of the arena are free again, or belong to another value. */
const GONE = -2;

let order: usize = 0;
let count = 0;

// @ts-ignore: decorator
@inline
function member(i: i32): Step {
  return stepAt(load<u32>(order + (<usize>i << 2)));
}

/** Writes the n steps whose offsets lie at `steps`; false when memory is out. */
export function emit(p: Program, steps: usize, n: i32): bool {
  order = steps;
  count = n;
  for (let i = 0; i < count; i++) noteReads(member(i));
  for (let i = 0; i < count; ) {
    let end = endOfUnit(i);
    let written = false;
    if (leads(i, end)) {
      const next = end;
      end = endOfUnit(next);
      written = emitLed(p.code, member(i), next, end);
    } else written = end - i > 1 ? emitTogether(p.code, i, end) : emitAlone(p.code, member(i));
    if (!written) return false;
    for (; i < end; i++) if (!dropDead(member(i))) return false;
  }
  return true;
}

function endOfUnit(i: i32): i32 {
  let end = i + 1;
  while (end < count && member(end).unit == member(i).unit) end++;
  return end;
}

/**
 * Whether the unit at `next` can follow step i, computing each tile as soon as the kernel of step i reports it final. For this the unit must
 * read that step's result, and only as a contiguous whole of its own size.
 */
function leads(i: i32, next: i32): bool {
  if (!member(i).tells || next == count || !isFusible(member(next))) return false;
  const lead = valueAt(member(i).first);
  const size = valueAt(member(next).first).record.size;
  let reads = false;
  for (let end = endOfUnit(next); next < end; next++) {
    const step = member(next);
    for (let k = 0, n = <i32>step.inputs; k < n; k++) {
      const v = valueAt(step.input(k));
      if (rootOf(v) != lead) continue;
      if (!v.record.isContiguous || v.record.size != size || v.record.bytes != lead.record.bytes) return false;
      reads = true;
    }
  }
  return reads;
}

function noteReads(step: Step): void {
  for (let i: u32 = 0; i < step.outputs; i++) rootOf(valueAt(step.first + i)).last = -1;
  for (let i = 0, n = <i32>step.inputs; i < n; i++) rootOf(valueAt(step.input(i))).last = step.unit;
}

/** Whether the value's elements lie in the arena. */
// @ts-ignore: decorator
@inline
function isPlanned(v: Value): bool {
  return v.kind == Kind.result && !v.base && !v.home && v.record.size > 0;
}

// @ts-ignore: decorator
@inline
function bytesOf(v: Value): usize {
  return roomOf(v.record.size, sizeShift(v.record.dtype));
}

function placeResults(step: Step): void {
  for (let i: u32 = 0; i < step.outputs; i++) {
    const v = valueAt(step.first + i);
    if (isPlanned(v) && !isInternal(v)) v.place = <i32>occupy(bytesOf(v));
  }
}

/** Frees the values that no unit after the step's own reads: among its inputs, and among its results. */
function dropDead(step: Step): bool {
  for (let i = 0, n = <i32>step.inputs; i < n; i++) {
    const root = rootOf(valueAt(step.input(i)));
    if (root.last == step.unit && !drop(root)) return false;
  }
  for (let i: u32 = 0; i < step.outputs; i++) {
    const v = valueAt(step.first + i);
    if (v.last == -1 && !drop(v)) return false;
  }
  return true;
}

function drop(v: Value): bool {
  if (!isPlanned(v) || isInternal(v)) return true;
  v.last = GONE;
  return vacate(v.place, bytesOf(v));
}

function emitAlone(code: Vector, step: Step): bool {
  if (!overlay(step)) placeResults(step);
  return emitStep(code, Code.op, step);
}

function emitStep(code: Vector, kind: Code, step: Step): bool {
  const inputs = <i32>step.inputs;
  const outputs = <i32>step.outputs;
  const to = extend(code, kind, step.op, inputs, outputs, step.words);
  if (!to) return false;
  memory.copy(to.attributes, step.attributes, <usize>step.words << 2);
  for (let i = 0; i < inputs; i++) to.setOperand(i, valueAt(step.input(i)).copy);
  for (let i = 0; i < outputs; i++) to.setOperand(inputs + i, valueAt(step.first + i).copy);
  return true;
}

/**
 * Places an elementwise result over an operand that no later unit reads. Every operand must be whole, or one repeated element: with other
 * broadcasts the kernel works row by row, and the last vector that it stores to a row would overwrite the start of the next row before
 * that is read.
 */
function overlay(step: Step): bool {
  const v = valueAt(step.first);
  if (!step.elementwise || step.outputs > 1 || !isPlanned(v)) return false;
  const size = v.record.size;
  let heir: u32 = 0;
  for (let i = 0, n = <i32>step.inputs; i < n; i++) {
    const x = valueAt(step.input(i));
    const isWhole = x.record.isContiguous && x.record.size == size;
    if (!isWhole && !isUniform(x.record)) return false;
    if (isWhole && isPlanned(x) && x.last == step.unit && sizeShift(x.record.dtype) == sizeShift(v.record.dtype)) heir = step.input(i);
  }
  if (!heir) return false;
  v.place = valueAt(heir).place;
  valueAt(heir).last = GONE;
  return true;
}

function emitTogether(code: Vector, from: i32, to: i32): bool {
  placeRun(from, to);
  return emitRun(code);
}

function placeRun(from: i32, to: i32): void {
  beginRun(order + (<usize>from << 2), to - from);
  for (let i = from; i < to; i++) placeResults(member(i));
}

/**
 * Writes a step and the run that follows it. As both compute at the same time, the arena holds the operands and results of both. But where
 * the run is the last reader of the step's result, `heirOf` may name a result of the run that is written over it.
 */
function emitLed(code: Vector, lead: Step, from: i32, to: i32): bool {
  const v = valueAt(lead.first);
  placeRun(from, to);
  const heir = isPlanned(v) && v.last == member(from).unit ? heirOf(v) : 0;
  if (heir) {
    v.home = valueAt(heir).home;
    v.place = valueAt(heir).place;
    v.last = GONE;
  } else placeResults(lead);
  return emitStep(code, Code.lead, lead) && emitRun(code);
}
