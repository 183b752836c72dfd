/**
 * The trace: every op that runs while it is open, watched or not, with the values it took and gave. It records; `program/` makes
 * something of it. Knows opcodes, not operations.
 *
 * Values have numbers from 1, a step's results one after the other. An op on constants alone is no step: its results are constants,
 * and what was computed is kept. A trace keeps the records of all its values, and the elements of constants only.
 */
import { forgetTold, told } from '../kernels/progress';
import { tiled } from '../kernels/tile';
import { Vector } from '../memory/vector';
import { hold, refer, release, releaseRecord, Tensor } from '../tensor/tensor';
import { Call } from './call';
import { alwaysRuns } from './registry';

export enum Kind {
  constant,
  input,
  /** A step's. */
  result,
}

@unmanaged
@final
export class Value {
  record: Tensor;
  kind: Kind;
  /** The value that this one views, and how many bytes lie between their first elements; 0: the elements are its own. */
  base: u32;
  offset: i32;
  /** The step that it results from, as bytes from the first one. */
  step: u32;
  /** The rest is for `program/`: the value that stands for it, and how often needed steps and results name it. */
  same: u32;
  uses: i32;
  /** The last unit that reads its elements, whichever value it is that views them. */
  last: i32;
  /** Which block holds its elements, and how many bytes from its start. */
  home: i32;
  place: i32;
  /** Its record in the program; its operand in the run of steps that is being written. */
  copy: usize;
  operand: u32;
  run: i32;
  /** Of an input: the facade writes its value. */
  isNumber: bool;
}

/** Set beside the number in a record: the value depends on an input. */
const DEPENDS: u32 = 1 << 31;

const VALUE: usize = offsetof<Value>();

/** Inputs' numbers, then attributes, follow. */
@unmanaged
@final
export class Step {
  op: u16;
  inputs: u16;
  outputs: u16;
  words: u16;
  /** Number of the first result. */
  first: u32;
  /** Whether it has elements to compute, or to check, and does so element by element. */
  computes: bool;
  elementwise: bool;
  /** Whether its kernel tells what is finished of its result. */
  tells: bool;
  /** The rest is for `program/`: whether something needs it, whether it has its place in the order, and its unit there. */
  needed: bool;
  placed: bool;
  unit: i32;
  /** The step that is computed with it in registers, as bytes from the first one + 1, and which input that is; whether it is one. */
  link: u32;
  side: i32;
  absorbed: bool;
  // @ts-ignore: decorator
  @inline
  input(i: i32): u32 {
    return load<u32>(changetype<usize>(this) + (i << 2), STEP);
  }
  // @ts-ignore: decorator
  @inline
  setInput(i: i32, value: u32): void {
    store<u32>(changetype<usize>(this) + (i << 2), value, STEP);
  }
  // @ts-ignore: decorator
  @inline
  get attributes(): usize {
    return changetype<usize>(this) + STEP + (this.inputs << 2);
  }
  // @ts-ignore: decorator
  @inline
  get next(): usize {
    return this.attributes + (this.words << 2);
  }
}

const STEP: usize = offsetof<Step>();

export const VALUES = changetype<Vector>(memory.data(offsetof<Vector>(), 4));
export const STEPS = changetype<Vector>(memory.data(offsetof<Vector>(), 4));

/** Whether a trace is open. */
export let tracing = false;

// @ts-ignore: decorator
@inline
export function valueAt(number: u32): Value {
  return changetype<Value>(VALUES.start + (<usize>number - 1) * VALUE);
}

/** The number of a record's value; 0 when it has none. */
// @ts-ignore: decorator
@inline
export function numberOf(t: Tensor): u32 {
  return t.traced & ~DEPENDS;
}

/** How many values there are, which is the last one's number. */
export function valueCount(): u32 {
  return <u32>(VALUES.length / VALUE);
}

export function openTrace(): void {
  tracing = true;
  forgetTold();
}

/** Gives t a number; false when memory is out. A constant's elements are kept. */
export function addValue(t: Tensor, kind: Kind): bool {
  const v = changetype<Value>(VALUES.extend(VALUE));
  if (!v) return false;
  const number = valueCount();
  memory.fill(changetype<usize>(v), 0, VALUE);
  v.record = t;
  v.kind = kind;
  v.same = number;
  t.traced = kind == Kind.constant ? number : number | DEPENDS;
  if (kind == Kind.constant) hold(t);
  else refer(t);
  return true;
}

/** Records the call in progress, which has run; false when memory is out. */
export function note(c: Call): bool {
  let kind = Kind.constant;
  for (let i = 0, n = c.inputs; i < n; i++) {
    const t = c.input(i);
    if (!t.traced && !addValue(t, Kind.constant)) return false;
    if (valueAt(numberOf(t)).kind != Kind.constant) kind = Kind.result;
  }
  const noted = addResults(c, kind) && (kind == Kind.constant || addStep(c));
  forgetTold();
  return noted;
}

/** Numbers the call's results; what shares an operand's storage is a view of it. */
function addResults(c: Call, kind: Kind): bool {
  const step = <u32>STEPS.length;
  for (let i = 0, n = c.outputs; i < n; i++) {
    const t = c.output(i);
    if (!addValue(t, kind)) return false;
    const v = valueAt(numberOf(t));
    v.step = step;
    for (let k = 0, inputs = c.inputs; k < inputs && !v.base; k++) {
      const x = c.input(k);
      if (x.storage != t.storage) continue;
      v.base = numberOf(x);
      v.offset = <i32>(t.data - x.data);
    }
  }
  return true;
}

function addStep(c: Call): bool {
  const step = changetype<Step>(STEPS.extend(STEP + (<usize>(c.inputs + c.words) << 2)));
  if (!step) return false;
  memory.fill(changetype<usize>(step), 0, STEP);
  step.op = <u16>c.op;
  step.inputs = <u16>c.inputs;
  step.outputs = <u16>c.outputs;
  step.words = <u16>c.words;
  step.first = numberOf(c.output(0));
  step.computes = alwaysRuns(c.op);
  for (let i = 0, n = c.outputs; i < n; i++) if (c.output(i).size && !valueAt(numberOf(c.output(i))).base) step.computes = true;
  step.elementwise = step.computes && tiled;
  step.tells = told;
  for (let i = 0, n = c.inputs; i < n; i++) step.setInput(i, numberOf(c.input(i)));
  for (let i = 0, n = c.words; i < n; i++) store<i32>(step.attributes + (i << 2), c.attribute(i));
  return true;
}

/** A further step that is needed, `op` of a value; its result, which has the record t, is new. Returns its number, 0 when memory is out. */
export function addUnary(op: i32, value: u32, t: Tensor): u32 {
  const at = <u32>STEPS.length;
  const step = changetype<Step>(STEPS.extend(STEP + 4));
  if (!step || !addValue(t, Kind.result)) return 0;
  memory.fill(changetype<usize>(step), 0, STEP);
  step.op = <u16>op;
  step.inputs = 1;
  step.outputs = 1;
  step.first = numberOf(t);
  step.computes = t.size > 0;
  step.needed = true;
  step.setInput(0, value);
  valueAt(numberOf(t)).step = at;
  valueAt(numberOf(t)).uses = 1;
  return numberOf(t);
}

/** Ends recording: values lose their numbers, but stay to be looked at until `clearTrace`. */
export function closeTrace(): void {
  tracing = false;
  for (let i: u32 = 1, n = valueCount(); i <= n; i++) valueAt(i).record.traced = 0;
}

/** Gives up what the closed trace keeps. */
export function clearTrace(): void {
  for (let i: u32 = 1, n = valueCount(); i <= n; i++) {
    const v = valueAt(i);
    if (v.kind == Kind.constant) release(v.record);
    else releaseRecord(v.record);
  }
  VALUES.clear();
  STEPS.clear();
}
