/**
 * Finds the steps of a closed trace that a program needs. Equal steps are computed once; a view that changes nothing, or a product with 1, is
 * replaced by its operand; steps that no result depends on are left out. The trace has folded constants already. Knows the meaning of two
 * opcodes: mul and mulNoNan.
 */
import { alloc, free } from '../memory/heap';
import { Vector } from '../memory/vector';
import { DType, Flag } from '../shared/abi';
import { Op } from '../shared/opcode';
import { Kind, Step, STEPS, Value, valueAt, valueCount } from '../tape/trace';
import { sizeShift } from '../tensor/dtype';
import { Tensor } from '../tensor/tensor';

let table: usize = 0;
let mask: u32 = 0;

/** Marks the needed steps, and sets `same` of each value that another one replaces. `results` are value numbers. False when memory is out. */
export function optimize(results: Vector): bool {
  const slots: u32 = (<u32>1) << (33 - clz(valueCount() | 8));
  table = alloc(<usize>slots << 2);
  if (!table) return false;
  mask = slots - 1;
  memory.fill(table, 0, <usize>slots << 2);
  mergeConstants();
  memory.fill(table, 0, <usize>slots << 2);
  mergeSteps();
  free(table, <usize>slots << 2);
  for (let at = results.start, end = at + results.length; at < end; at += 4) store<u32>(at, valueAt(load<u32>(at)).same);
  markNeeded(results);
  return true;
}

export function stepAt(at: u32): Step {
  return changetype<Step>(STEPS.start + at);
}

// A hash table with linear probing. It holds value numbers: of constants, then, in a second use, of the first results of steps.

// @ts-ignore: decorator
@inline
function mixed(hash: u32, word: u32): u32 {
  return rotl<u32>((hash ^ word) * 0x9e3779b1, 15);
}

/** Merges constants that repeat a single element and agree in its bits and in their geometry. */
function mergeConstants(): void {
  for (let i: u32 = 1, n = valueCount(); i <= n; i++) {
    const v = valueAt(i);
    if (v.kind != Kind.constant || !isUniform(v.record)) continue;
    for (let at = hashOfElement(v.record) & mask; ; at = (at + 1) & mask) {
      const slot = table + (<usize>at << 2);
      const held = load<u32>(slot);
      if (held && !(haveSameGeometry(valueAt(held).record, v.record) && haveSameElement(valueAt(held).record, v.record))) continue;
      if (held) v.same = held;
      else store<u32>(slot, i);
      break;
    }
  }
}

/** Whether all positions show the same element in memory. */
export function isUniform(t: Tensor): bool {
  for (let i = 0; i < t.rank; i++) if (t.dim(i) != 1 && t.stride(i) != 0) return false;
  return t.size > 0;
}

function hashOfElement(t: Tensor): u32 {
  let hash = mixed(t.dtype, t.rank);
  for (let i = 0, n = 1 << sizeShift(t.dtype); i < n; i++) hash = mixed(hash, load<u8>(t.data + i));
  return hash;
}

function haveSameElement(x: Tensor, y: Tensor): bool {
  for (let i = 0, n = 1 << sizeShift(x.dtype); i < n; i++) if (load<u8>(x.data + i) != load<u8>(y.data + i)) return false;
  return true;
}

function haveSameGeometry(x: Tensor, y: Tensor): bool {
  if (x.dtype != y.dtype || x.rank != y.rank || ((x.flags ^ y.flags) & (Flag.contiguous | Flag.weak))) return false;
  for (let i = 0, n = x.rank << 3; i < n; i += 4) if (load<u32>(x.shapeAt + i) != load<u32>(y.shapeAt + i)) return false;
  return true;
}

function mergeSteps(): void {
  const end = STEPS.start + STEPS.length;
  for (let at = STEPS.start; at < end; ) {
    const step = changetype<Step>(at);
    at = step.next;
    for (let i = 0, n = <i32>step.inputs; i < n; i++) step.setInput(i, valueAt(step.input(i)).same);
    for (let i: u32 = 0; i < step.outputs; i++) {
      const v = valueAt(step.first + i);
      if (v.base) v.base = valueAt(v.base).same;
    }
    const simpler = step.outputs == 1 ? simplified(step) : 0;
    if (simpler) valueAt(step.first).same = simpler;
    else mergeStep(step);
  }
}

/** An earlier value that has the elements and the geometry of a step's only result; 0 when there is none. */
function simplified(step: Step): u32 {
  const v = valueAt(step.first);
  if (v.base) return !v.offset && haveSameGeometry(v.record, valueAt(v.base).record) ? v.base : 0;
  const isProduct = step.op == Op.mul;
  if (!isProduct && step.op != Op.mulNoNan) return 0;
  // mulNoNan(1, −0) is +0, so a first operand of 1 must stay.
  for (let i = isProduct ? 0 : 1; i < 2; i++) {
    const x = step.input(1 - i);
    if (isOne(valueAt(step.input(i))) && haveSameGeometry(v.record, valueAt(x).record)) return x;
  }
  return 0;
}

function isOne(v: Value): bool {
  const t = v.record;
  if (v.kind != Kind.constant || !isUniform(t)) return false;
  return t.dtype == DType.float32 ? load<f32>(t.data) == 1 : t.dtype == DType.float64 && load<f64>(t.data) == 1;
}

/** Replaces the step's results by those of an equal earlier step, if there is one. */
function mergeStep(step: Step): void {
  const words = <i32>step.inputs + step.words;
  let hash = mixed(step.op, words);
  for (let i = 0; i < words; i++) hash = mixed(hash, step.input(i));
  for (let at = hash & mask; ; at = (at + 1) & mask) {
    const slot = table + (<usize>at << 2);
    const held = load<u32>(slot);
    if (!held) {
      store<u32>(slot, step.first);
      return;
    }
    if (!isEqual(stepAt(valueAt(held).step), step, words)) continue;
    for (let i: u32 = 0, n = <u32>step.outputs; i < n; i++) valueAt(step.first + i).same = held + i;
    return;
  }
}

/** Whether two steps compute the same. Attributes follow the inputs in memory, so one loop compares both. */
function isEqual(x: Step, y: Step, words: i32): bool {
  if (x.op != y.op || x.inputs != y.inputs || x.words != y.words) return false;
  for (let i = 0; i < words; i++) if (x.input(i) != y.input(i)) return false;
  return true;
}

/** Marks steps from the last to the first: a step is needed when one of its results is, and then its inputs are needed too. */
function markNeeded(results: Vector): void {
  for (let at = results.start, end = at + results.length; at < end; at += 4) need(valueAt(load<u32>(at)));
  for (let i = valueCount(); i; i--) {
    const v = valueAt(i);
    if (v.kind != Kind.result) continue;
    const step = stepAt(v.step);
    if (!step.needed || step.first != i) continue;
    for (let k = 0, n = <i32>step.inputs; k < n; k++) need(valueAt(step.input(k)));
  }
}

function need(v: Value): void {
  v.uses++;
  if (v.kind == Kind.result) stepAt(v.step).needed = true;
}
