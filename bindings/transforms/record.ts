/**
 * One recorded run of a function: arguments watched, outputs checked, gradients swept back. What all gradient functions share.
 * Knows tapes and trees, no ops.
 */
import { isInexact } from '../dtype.js';
import { enter, eachTensor, isPlainObject, isThenable, leave, lift } from '../scope.js';
import { create, made, nextSerial, revive } from '../call.js';
import { isComplexNumber, isScalar, isTypedArray, refuseForeign, tensor, type TensorLike } from '../convert.js';
import { ArgumentError } from '../errors.js';
import { failure } from '../fault.js';
import { core, poison } from '../module.js';
import { Op } from '../../assembly/shared/opcode.js';
import { Tensor } from '../tensor.js';
import { seedsOf } from './seed.js';

// biome-ignore lint/suspicious/noExplicitAny: a user's function has whatever parameters it has
export type AnyFunction = (...args: any[]) => unknown;

/** Where in an argument gradients are wanted: the number of a watched value, null, or a tree of these. */
type Slot = number | null | Slot[] | { [key: string]: Slot };

export interface Recorded {
  readonly tape: number;
  readonly slots: readonly Slot[];
  readonly value: unknown;
  /** Tensors of the value, in order of its leaves; constants are missing from the tape, not from here. */
  readonly outputs: readonly Tensor[];
  /** What was watched, by number; dead once the scope around ends. */
  readonly leaves: readonly Tensor[];
}

export const nameOf = (f: AnyFunction): string => f.name || 'the function';

/** Opens a tape, runs `f` with the arguments at `positions` (null: all) watched, and closes the tape. The caller frees it. */
export function record(f: AnyFunction, positions: readonly number[] | null, args: readonly unknown[]): Recorded {
  const tape = core.tapeOpen();
  if (tape === 0) throw failure('gradientsFunction', []);
  let closed = false;
  try {
    const watcher = new Watcher(tape);
    const inputs: unknown[] = new Array(args.length);
    const slotAt: Slot[] = new Array(args.length);
    for (let i = 0; i < args.length; i++) {
      if (positions === null || positions.includes(i)) {
        slotAt[i] = watcher.watch(args[i]);
        inputs[i] = watcher.watched;
      } else inputs[i] = isScalar(args[i]) ? tensor(args[i] as TensorLike) : args[i];
    }
    const value = f(...inputs);
    closed = true;
    core.tapeClose(tape);
    const outputs = outputsOf(value, f);
    return { tape, slots: positions === null ? slotAt : positions.map((i) => slotAt[i] as Slot), value, outputs, leaves: watcher.leaves };
  } catch (error) {
    if (!closed) core.tapeClose(tape);
    core.tapeFree(tape);
    throw error;
  }
}

/** Gives each differentiated leaf of the arguments its own identity. */
class Watcher {
  /** What `f` receives for the last argument. */
  watched: unknown;
  readonly leaves: Tensor[] = [];
  constructor(private readonly tape: number) {}

  watch(v: unknown): Slot {
    if (v instanceof Tensor) return this.leaf(v, false);
    if (typeof v === 'number' || isScalar(v)) return this.leaf(tensor(v), true);
    refuseForeign(v, 'gradientsFunction');
    if (isTypedArray(v) || (Array.isArray(v) && isNumbers(v))) return this.leaf(tensor(v as TensorLike), true);
    if (isTree(v)) return this.tree(v);
    this.watched = v;
    return null;
  }

  /** A tensor that is ours alone, `fresh`, is watched itself. */
  private leaf(t: Tensor, fresh: boolean): Slot {
    this.watched = t;
    if (!isInexact(t.dtypeNumber)) return null;
    if (t.at === 0) revive(t);
    const generation = fresh ? 0 : nextSerial();
    const at = core.watch(this.tape, t.at, t.generation, generation);
    if (at === 0) throw failure('gradientsFunction', [t]);
    const leaf = fresh ? t : made(at, generation, Op.identity);
    this.watched = leaf;
    return this.leaves.push(leaf) - 1;
  }

  private tree(v: readonly unknown[] | Record<string, unknown>): Slot {
    if (Array.isArray(v)) {
      const items: unknown[] = [];
      const slots = v.map((item) => {
        const slot = this.watch(item);
        items.push(this.watched);
        return slot;
      });
      this.watched = items;
      return slots;
    }
    const entries: Record<string, unknown> = {};
    const slots: Record<string, Slot> = {};
    for (const [key, item] of Object.entries(v)) {
      slots[key] = this.watch(item);
      entries[key] = this.watched;
    }
    this.watched = entries;
    return slots;
  }
}

/** Nested arrays of numbers, booleans or complex numbers only: one tensor, not a tree. */
const isNumbers = (v: readonly unknown[]): boolean => v.every((item) => (Array.isArray(item) ? isNumbers(item) : isScalar(item)));

/** An array or plain object with a tensor-like leaf somewhere. */
function isTree(v: unknown): v is readonly unknown[] | Record<string, unknown> {
  if (Array.isArray(v)) return v.some(isBranch);
  return isPlainObject(v) && !isComplexNumber(v) && Object.values(v).some(isBranch);
}

const isBranch = (v: unknown): boolean => v instanceof Tensor || isScalar(v) || isTypedArray(v) || isTree(v);

function outputsOf(value: unknown, f: AnyFunction): Tensor[] {
  if (value instanceof Tensor) return [value];
  if (value === undefined || value === null)
    throw new ArgumentError(`Cannot differentiate a function that returns nothing; did you forget to return a value from ${nameOf(f)}?`, 'gradientsFunction');
  if (isThenable(value))
    throw new ArgumentError(`Cannot differentiate ${nameOf(f)}: it returned a promise, and a tape ends in the tick it began in; await what it needs before, and pass it as an argument`, 'gradientsFunction');
  checkOutput(value, f);
  const outputs: Tensor[] = [];
  eachTensor(value, (t) => outputs.push(t));
  return outputs;
}

function checkOutput(value: unknown, f: AnyFunction): void {
  if (value instanceof Tensor || isScalar(value)) return;
  refuseForeign(value, 'gradientsFunction');
  if (Array.isArray(value)) for (const item of value) checkOutput(item, f);
  else if (isPlainObject(value)) for (const item of Object.values(value)) checkOutput(item, f);
  else {
    const what = value === null || value === undefined ? `${value} (an inner gradient is null where it is not connected; option unconnectedGradients: 'zero' gives zeros)` : typeof value;
    throw new ArgumentError(`Cannot differentiate ${nameOf(f)}: its result contains ${what}; expected tensors, numbers, and arrays or objects of them`, 'gradientsFunction');
  }
}

/** Zeros in shape and dtype of the k-th watched value. */
export type Zeros = (k: number) => Tensor;

/** Makes what `unconnectedGradients: 'zero'` asks for. */
export function zerosOf(leaves: readonly Tensor[]): Zeros {
  const geometry = leaves.map((t) => [t.dtypeNumber, t.shape] as const);
  return (k) => {
    const [dtype, shape] = geometry[k] as (typeof geometry)[number];
    return create(dtype, shape, null);
  };
}

/** The gradients of the outputs, weighted by `dy`, with respect to the slots. With `once`, the tape is used up. */
export function sweep(recorded: Recorded, values: readonly number[] | null, dy: unknown, once: boolean, zeros: Zeros | null): unknown[] {
  const { tape, outputs } = recorded;
  const seeds = dy === undefined ? null : seedsOf(recorded.value, dy);
  if (!core.sweepBegin(tape)) throw failure('gradientsFunction', []);
  try {
    for (let i = 0; i < outputs.length; i++) {
      const y = outputs[i] as Tensor;
      const seed = seeds?.[i];
      if (y.at === 0) revive(y);
      if (!core.sweepSeed(tape, y.at, y.generation, values?.[i] ?? 0, seed?.at ?? 0, seed?.generation ?? 0)) throw failure(nameless(y), seed ? [y, seed] : [y]);
    }
    if (!run(tape, once)) throw failure('gradientsFunction', []);
    const taken: (Tensor | null)[] = [];
    return recorded.slots.map((slot) => gradientAt(tape, slot, taken, zeros));
  } finally {
    core.sweepEnd(tape);
  }
}

const nameless = (t: Tensor): string => Op[t.op] ?? 'gradientsFunction';

function run(tape: number, once: boolean): boolean {
  try {
    return core.sweepRun(tape, once);
  } catch (error) {
    throw poison(error);
  }
}

function gradientAt(tape: number, slot: Slot, taken: (Tensor | null)[], zeros: Zeros | null): unknown {
  if (typeof slot === 'number') {
    const had = taken[slot];
    if (had !== undefined) return had;
    const generation = nextSerial();
    const at = core.sweepTake(tape, slot, generation);
    const gradient = at !== 0 ? made(at, generation, Op.none) : zeros ? zeros(slot) : null;
    taken[slot] = gradient;
    return gradient;
  }
  if (slot === null) return null;
  if (Array.isArray(slot)) return slot.map((s) => gradientAt(tape, s, taken, zeros));
  return Object.fromEntries(Object.entries(slot).map(([key, s]) => [key, gradientAt(tape, s, taken, zeros)]));
}

/** Runs `body` in a scope, and lets what it returns out. */
export function inScope<T>(body: () => T): T {
  const sentinel = enter();
  try {
    const result = body();
    eachTensor(result, (t) => lift(t, sentinel));
    return result;
  } finally {
    leave(sentinel);
  }
}
