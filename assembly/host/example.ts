/**
 * A run of a function on one example, noted so that it can be repeated on a batch: what vmap needs. It is a trace with a scope of its own
 * inside of whatever records, which sees nothing of it. Knows no ops.
 */
import { Vector } from '../memory/vector';
import { ExampleWord, Status } from '../shared/abi';
import { Op } from '../shared/opcode';
import { fail } from '../tape/fault';
import { kernelOf } from '../tape/registry';
import { clearExample, closeExample, Frame, Kind, newFrame, openExample, Step, STEPS, valueAt, valueCount } from '../tape/trace';
import { enter, leave, own } from '../tensor/scope';
import { hold, Tensor } from '../tensor/tensor';

/** What JavaScript reads of a closed example: two counts; record and kind of each value; each step. */
const WORDS = changetype<Vector>(memory.data(offsetof<Vector>(), 4));

/** Opens a scope and an example in it; 0 when memory is out. */
export function exampleBegin(): usize {
  const frame = newFrame();
  const scope = frame ? enter() : changetype<Tensor>(0);
  if (!scope) return fail(Status.memory, Op.none);
  frame.scope = changetype<usize>(scope);
  openExample(frame);
  return changetype<usize>(frame);
}

/** The last value's number that is not the example's. */
export function exampleBase(at: usize): u32 {
  return changetype<Frame>(at).base;
}

/** Ends the run and its scope. What was noted stays until `exampleFree`. Returns the address of it in words; 0 when memory is out. */
export function exampleEnd(at: usize): usize {
  const frame = changetype<Frame>(at);
  const base = closeExample(frame);
  leave(changetype<Tensor>(frame.scope));
  frame.scope = 0;
  const first = frame.firstStep;
  const values = valueCount() - base;
  let bytes = (2 + (values << 1)) << 2;
  let steps = 0;
  for (let step = STEPS.start + first; step < STEPS.start + STEPS.length; steps++) {
    const next = changetype<Step>(step).next;
    bytes += <u32>((ExampleWord.operands << 2) + next - changetype<Step>(step).inputsAt);
    step = next;
  }
  WORDS.clear();
  let to = WORDS.extend(bytes);
  if (!to) return fail(Status.memory, Op.none, bytes >> 10, 1);
  const words = to;
  store<u32>(to, values);
  store<u32>(to, steps, 4);
  to += 8;
  for (let i: u32 = 1; i <= values; i++, to += 8) {
    store<Tensor>(to, valueAt(base + i).record);
    store<i32>(to, valueAt(base + i).kind, 4);
  }
  for (let step = changetype<Step>(STEPS.start + first); steps; steps--) {
    const n = <i32>step.inputs;
    store<i32>(to, step.op, ExampleWord.op << 2);
    store<i32>(to, n, ExampleWord.inputs << 2);
    store<i32>(to, step.outputs, ExampleWord.outputs << 2);
    store<i32>(to, step.words, ExampleWord.words << 2);
    store<u32>(to, step.first - base, ExampleWord.first << 2);
    store<i32>(to, n && kernelOf(step.op, valueAt(step.input(n - 1)).record.dtype) ? 1 : 0, ExampleWord.elementwise << 2);
    to += ExampleWord.operands << 2;
    for (let i = 0; i < n; i++, to += 4) store<u32>(to, step.input(i) - base);
    const length = <usize>step.words << 2;
    memory.copy(to, step.attributes, length);
    to += length;
    step = changetype<Step>(step.next);
  }
  return words;
}

/** The constant of this address, with a generation: its own, returned, or `serial` when nobody has a handle on it, which the innermost scope owns then. */
export function exampleTake(at: usize, serial: u32): u32 {
  const t = changetype<Tensor>(at);
  if (!t.generation) {
    hold(t);
    own(t);
    t.generation = serial;
  }
  return t.generation;
}

/** Forgets an example, whatever stage it is in. */
export function exampleFree(at: usize): void {
  const frame = changetype<Frame>(at);
  if (frame.scope) {
    closeExample(frame);
    leave(changetype<Tensor>(frame.scope));
  }
  WORDS.clear();
  clearExample(frame);
}
