/**
 * Orders a program's steps and forms its units: a unit is a single step, or a run of elementwise steps whose results have one shape, computed
 * together tile by tile. A later step joins a run if all its operands are computed before it. Knows no op.
 */
import { kernelOf } from '../tape/registry';
import { Kind, Step, STEPS, Value, valueAt } from '../tape/trace';
import { haveSameShape } from '../tensor/view';
import { stepAt } from './optimize';

/** A run's results have more elements than this: fewer stay in the first-level cache without tiles. */
const LEAST = 1024;
/** Steps that join a run at most, and how many steps of the trace are looked through for them. */
const LONGEST = 48;
const AHEAD = 256;

let order: usize = 0;
let count = 0;

/** The value whose elements `v` shows: `v` itself, or the value that `v` views. */
export function rootOf(v: Value): Value {
  while (v.base) v = valueAt(v.base);
  return v;
}

/** Writes the offsets of the needed steps that compute to `to`, in the program's order, and numbers their units. Returns the number of steps. */
export function schedule(to: usize): i32 {
  order = to;
  count = 0;
  let unit = 0;
  // The first pass orders the steps that read one number only, most of them casts: so their results are ready when a run begins.
  for (let pass = 0; pass < 2; pass++) {
    for (let at: u32 = 0, end = <u32>STEPS.length; at < end; ) {
      const step = stepAt(at);
      if (step.needed && step.computes && !step.placed && (pass || isOfNumber(step))) {
        place(step, at, unit);
        if (isFusible(step)) gatherRun(step, unit, end);
        unit++;
      }
      at = <u32>(step.next - STEPS.start);
    }
  }
  return count;
}

function isOfNumber(step: Step): bool {
  return step.inputs == 1 && valueAt(step.input(0)).isNumber;
}

function place(step: Step, at: u32, unit: i32): void {
  step.placed = true;
  step.unit = unit;
  store<u32>(order + (count++ << 2), at);
}

/** Whether a step can belong to a run. */
export function isFusible(step: Step): bool {
  const y = valueAt(step.first).record;
  return step.elementwise && (step.outputs == 1 || kernelOf(step.op, y.dtype) != 0) && y.size > LEAST;
}

/** Adds later steps to the run that `first` begins. */
function gatherRun(first: Step, unit: i32, end: u32): void {
  const shape = valueAt(first.first).record;
  let left = LONGEST;
  let at = <u32>(first.next - STEPS.start);
  for (let ahead = 0; at < end && left && ahead < AHEAD; ahead++) {
    const step = stepAt(at);
    if (step.needed && step.computes && !step.placed && isFusible(step) && haveSameShape(shape, valueAt(step.first).record) && isReady(step, unit)) {
      place(step, at, unit);
      left--;
    }
    at = <u32>(step.next - STEPS.start);
  }
}

/** Whether each operand of the step is computed before the unit, or in it, in which case the step must read it element by element. */
function isReady(step: Step, unit: i32): bool {
  for (let i = 0, n = <i32>step.inputs; i < n; i++) {
    const v = valueAt(step.input(i));
    const root = rootOf(v);
    if (root.kind != Kind.result) continue;
    const source = stepAt(root.step);
    if (!source.placed || (source.unit == unit && root != v)) return false;
  }
  return true;
}
