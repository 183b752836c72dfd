/**
 * The order of a program's steps, and which of them run together, tile by tile: steps that work element by element on results of one
 * shape. A later one joins a run when nothing it reads is still to come. Knows no op.
 */
import { Kind, Step, STEPS, Value, valueAt } from '../tape/trace';
import { haveSameShape } from '../tensor/view';
import { stepAt } from './optimize';

/** Elements that make tiles worth while: fewer are in the first-level cache anyway. */
const LEAST = 1024;
/** Steps of a run, and how far ahead a run looks for them. */
const LONGEST = 48;
const AHEAD = 256;

let order: usize = 0;
let count = 0;

/** The value whose elements `v` shows: itself, or what it views. */
export function rootOf(v: Value): Value {
  while (v.base) v = valueAt(v.base);
  return v;
}

/** Writes the needed steps that compute, in order, to `to`, as bytes from the first; gives each its unit. Returns their number. */
export function schedule(to: usize): i32 {
  order = to;
  count = 0;
  let unit = 0;
  // What is made of a number alone, its cast above all, comes first, where it parts no step from the run behind it.
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

/** Whether a step may be part of a run. */
export function isFusible(step: Step): bool {
  return step.elementwise && step.outputs == 1 && valueAt(step.first).record.size > LEAST;
}

/** Adds to a run that `first` begins. */
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

/** Whether all that a step reads is there before the unit, or comes in it, element by element. */
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
