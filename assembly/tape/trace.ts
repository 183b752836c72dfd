/**
 * The trace: every op that runs while it is open, watched by a tape or not, with its operands and results. `program/` makes a program of it.
 * Knows opcodes, not operations.
 *
 * Values are numbered from 1; the results of a step have consecutive numbers. An op whose operands are constants is not a step: its results are
 * constants too, with the elements that were computed. A trace keeps the records of all its values, but the elements of constants only.
 *
 * Note [Examples]. A function's run on one example, which vmap repeats on a batch, is noted in a trace inside the open one, whose values and
 * steps lie below its own. Ops of constants are steps there too, for they may depend on what others record, and the run itself is nobody's:
 * tapes from outside are set aside, and the values' numbers in the trace around come back when it ends.
 */
import { forgetTold, told } from '../kernels/progress';
import { tiled } from '../kernels/tile';
import { allocSmall, freeSmall } from '../memory/heap';
import { Vector } from '../memory/vector';
import { hold, refer, release, releaseRecord, Tensor } from '../tensor/tensor';
import { Call } from './call';
import { alwaysRuns } from './registry';
import { bringBack, Recording, setAside } from './tape';

export enum Kind {
  constant,
  input,
  /** The result of a step. */
  result,
}

@unmanaged
@final
export class Value {
  record: Tensor;
  kind: Kind;
  /** The value that this one views, and the bytes between their first elements; 0 where it has elements of its own. */
  base: u32;
  offset: i32;
  /** The step whose result it is, as the step's offset in STEPS. */
  step: u32;
  /** The fields from here on are for `program/`: the value that replaces it, and the number of its uses by needed steps and as a result. */
  same: u32;
  uses: i32;
  /** The last unit that reads its elements, by this value or by one that views it. */
  last: i32;
  /** The block that holds its elements, and their offset in it. */
  home: i32;
  place: i32;
  /** Its record in the program; its operand's number in the run that `program/run` writes, and that run's unit + 1. */
  copy: usize;
  operand: u32;
  run: i32;
  /** For an input: whether the facade writes its value before each replay. */
  isNumber: bool;
  /** What the record said of the trace around, see Note [Examples]. */
  outer: u32;
}

/** The bit beside the number in a record: whether the value depends on an input. */
const DEPENDS: u32 = 1 << 31;

const VALUE: usize = offsetof<Value>();

/** One op of the trace. The numbers of its inputs follow, then its attributes. */
@unmanaged
@final
export class Step {
  op: u16;
  inputs: u16;
  outputs: u16;
  words: u16;
  /** Number of the first result. */
  first: u32;
  /** Whether it has elements to compute or to check; and whether its kernel is elementwise. */
  computes: bool;
  elementwise: bool;
  /** Whether its kernel reports its progress. */
  tells: bool;
  /** The fields from here on are for `program/`: whether a result needs it; whether it has its place in the program's order, and its unit. */
  needed: bool;
  placed: bool;
  unit: i32;
  /** In a chain: the step before it, as its offset in STEPS + 1, and which input that step computes; whether a later step has absorbed it. */
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
  get inputsAt(): usize { return changetype<usize>(this) + STEP; }
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

/** An example: what it is inside of. */
@unmanaged
@final
export class Frame extends Recording {
  /** The last value that is not its own, and where its steps begin. */
  base: u32;
  firstStep: u32;
  scope: usize;
  /** The state of the trace around. */
  tracing: bool;
  isExample: bool;
  outerBase: u32;
}

const FRAME = (offsetof<Frame>() + 15) & ~15;

export const VALUES = changetype<Vector>(memory.data(offsetof<Vector>(), 4));
export const STEPS = changetype<Vector>(memory.data(offsetof<Vector>(), 4));

/** Whether a trace is open. */
export let tracing = false;
/** The last value that is not the innermost trace's, and whether that is an example. See Note [Examples] */
let base: u32 = 0;
let isExample = false;

// @ts-ignore: decorator
@inline
export function valueAt(number: u32): Value {
  return changetype<Value>(VALUES.start + (<usize>number - 1) * VALUE);
}

/** A record's value number; 0 when it has none. */
// @ts-ignore: decorator
@inline
export function numberOf(t: Tensor): u32 {
  return t.traced & ~DEPENDS;
}

/** The number of values, which is also the last one's number. */
export function valueCount(): u32 {
  return <u32>(VALUES.length / VALUE);
}

export function openTrace(): void {
  tracing = true;
  forgetTold();
}

/** Makes t a value of the trace; false when memory is out. A constant keeps its elements. */
export function addValue(t: Tensor, kind: Kind): bool {
  const v = changetype<Value>(VALUES.extend(VALUE));
  if (!v) return false;
  const number = valueCount();
  memory.fill(changetype<usize>(v), 0, VALUE);
  v.record = t;
  v.kind = kind;
  v.same = number;
  v.outer = t.traced;
  t.traced = kind == Kind.constant ? number | (t.traced & DEPENDS) : number | DEPENDS;
  if (kind == Kind.constant) hold(t);
  else refer(t);
  return true;
}

/** Records the call in progress after it has run; false when memory is out. */
export function note(c: Call): bool {
  let kind = Kind.constant;
  let marks: u32 = 0;
  for (let i = 0, n = c.inputs; i < n; i++) {
    const t = c.input(i);
    if (numberOf(t) <= base && !addValue(t, Kind.constant)) return false;
    if (valueAt(numberOf(t)).kind != Kind.constant) kind = Kind.result;
    marks |= t.traced;
  }
  const noted = addResults(c, kind) && ((kind == Kind.constant && !isExample) || addStep(c));
  for (let i = 0, n = c.outputs; i < n; i++) c.output(i).traced |= marks & DEPENDS;
  forgetTold();
  return noted;
}

/** Numbers the call's results. A result that shares an operand's storage is a view of that operand. */
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

/** Adds a needed step, `op` of a value, whose result has the record t. Returns the result's number, 0 when memory is out. */
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

/** A frame for `openExample`; null when memory is out. */
export function newFrame(): Frame { return changetype<Frame>(allocSmall(FRAME)); }

/** Begins an example. */
export function openExample(frame: Frame): void {
  frame.base = valueCount();
  frame.firstStep = <u32>STEPS.length;
  frame.outerBase = base;
  frame.tracing = tracing;
  frame.isExample = isExample;
  base = frame.base;
  isExample = true;
  tracing = true;
  forgetTold();
  setAside(frame);
}

/** Ends an example's run; returns the last value that is not its own. */
export function closeExample(frame: Frame): u32 {
  for (let i = frame.base + 1, n = valueCount(); i <= n; i++) valueAt(i).record.traced = valueAt(i).outer;
  base = frame.outerBase;
  isExample = frame.isExample;
  tracing = frame.tracing;
  forgetTold();
  bringBack(frame);
  return frame.base;
}

/** Gives up an example that has ended. */
export function clearExample(frame: Frame): void {
  giveUp(frame.base, frame.firstStep);
  freeSmall(changetype<usize>(frame), FRAME);
}

/** Ends recording. Records lose their value numbers; values and steps stay until `clearTrace`. */
export function closeTrace(): void {
  tracing = false;
  for (let i: u32 = 1, n = valueCount(); i <= n; i++) valueAt(i).record.traced = 0;
}

/** Releases the tensors that the closed trace keeps, and empties it. */
export function clearTrace(): void {
  giveUp(0, 0);
}

/** Releases what the values after number `from` keep, and forgets them and the steps from `step` on. */
function giveUp(from: u32, step: usize): void {
  for (let i = from + 1, n = valueCount(); i <= n; i++) {
    const v = valueAt(i);
    if (v.kind == Kind.constant) release(v.record);
    else releaseRecord(v.record);
  }
  VALUES.length = <usize>from * VALUE;
  STEPS.length = step;
  if (from) return;
  VALUES.clear();
  STEPS.clear();
}
