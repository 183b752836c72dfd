/**
 * One recorded run of a function: arguments watched, outputs checked, gradients swept back. What all gradient functions share.
 * Knows tapes and trees, no ops.
 */
import { Run } from '../../assembly/shared/abi.js';
import { Op } from '../../assembly/shared/opcode.js';
import { create, made, nextSerial, revive, scopeDepth, setScopeDepth } from '../call.js';
import { isComplexNumber, isScalar, isTypedArray, refuseForeign, type TensorLike, tensor } from '../convert.js';
import { ArgumentError } from '../errors.js';
import { failure, hasFault } from '../fault.js';
import { core, poison } from '../module.js';
import { nameOf } from '../names.js';
import { isPlainObject, type Positions } from '../params.js';
import { enqueue } from '../ring.js';
import { eachTensor, isThenable, lifted } from '../scope.js';
import { Tensor } from '../tensor.js';
import type { AnyFunction } from '../types.js';
import { seedsOf } from './seed.js';

/** Where in an argument gradients are wanted: the number of a watched value, null, or a tree of these. */
type Slot = number | null | Slot[] | { [key: string]: Slot };

/** A run of the core, and what `f` made of it. */
export interface Recorded {
  /** The core's handle. */
  readonly run: number;
  /** The watched values by number, where their shapes will be asked for. */
  readonly leaves: readonly Tensor[] | null;
  /** One for each parameter. */
  readonly slots: readonly Slot[];
  /** What `f` returned. */
  readonly value: unknown;
  /** Its tensors, in order of its leaves; constants are missing from the tape, not from here. */
  readonly outputs: readonly Tensor[];
}

/**
 * Begins a run, calls `f` with the arguments at `positions` (null: all) watched, and checks what it returns. The caller frees the run.
 * @param args become what `f` receives
 * @param zero whether `leaves` are wanted
 */
export function record(f: AnyFunction, positions: Positions, args: unknown[], zero: boolean, op: string): Recorded {
  const run = core.runBegin();
  if (run === 0) throw failure(op, []);
  setScopeDepth(scopeDepth + 1);
  try {
    const watch = new Watch(run, zero ? [] : null, op);
    const all = new Array<Slot>(args.length);
    for (let i = 0; i < args.length; i++) {
      const v = args[i];
      if (positions === null || positions.includes(i)) {
        args[i] = watch.argument(v);
        all[i] = watch.slot;
      } else if (isScalar(v)) args[i] = tensor(v);
    }
    const slots = positions === null ? all : positions.map((i) => all[i] as Slot);
    const value = invoke(f as (...args: unknown[]) => unknown, args);
    return { run, leaves: watch.leaves, slots, value, outputs: outputsOf(value, f, op) };
  } catch (error) {
    endRun(run);
    throw error;
  }
}

/** f(…args): spreading a list costs several times as much as a call. */
function invoke(f: (...args: unknown[]) => unknown, args: readonly unknown[]): unknown {
  if (args.length === 1) return f(args[0]);
  if (args.length === 2) return f(args[0], args[1]);
  return f(...args);
}

/** Releases a run with its scope, which ends for JavaScript even when a trap has taken the core away. */
export function endRun(run: number): void {
  setScopeDepth(scopeDepth - 1);
  core.runFree(run);
}

/** Lets every tensor in `value` outlive the run's scope. */
export function liftOut(value: unknown, run: number): void {
  eachTensor(value, (t) => lifted(t, core.runLift(run, t.wake(), t.generation), 'gradientsFunction'));
}

/** Watches arguments: each differentiated leaf gets an identity of its own. */
class Watch {
  /** Where in the argument that came last gradients are wanted. */
  slot: Slot;
  private count: number;

  constructor(
    private readonly run: number,
    readonly leaves: Tensor[] | null,
    private readonly op: string,
  ) {
    this.slot = null;
    this.count = 0;
  }

  /** What `f` receives for v. */
  argument(v: unknown): unknown {
    if (typeof v === 'number') {
      const generation = nextSerial();
      return this.leaf(core.watchNumber(this.run, v, generation), generation, null);
    }
    if (v instanceof Tensor) return this.tensor(v);
    if (isScalar(v)) return this.tensor(tensor(v));
    refuseForeign(v, this.op);
    if (isTypedArray(v) || (Array.isArray(v) && isNumbers(v))) return this.tensor(tensor(v as TensorLike));
    if (isTree(v)) return this.tree(v);
    this.slot = null;
    return v;
  }

  private tensor(t: Tensor): Tensor | null {
    if (t.at === 0) revive(t);
    const generation = nextSerial();
    return this.leaf(core.watch(this.run, t.at, t.generation, generation), generation, t);
  }

  /** The watched record at `at`, made of `source`; a source whose dtype has no gradients stays what it is. */
  private leaf(at: number, generation: number, source: Tensor | null): Tensor | null {
    if (at === 0) {
      if (source === null || hasFault()) throw failure(this.op, source === null ? [] : [source]);
      this.slot = null;
      return source;
    }
    const t = made(at, generation, Op.identity);
    this.leaves?.push(t);
    this.slot = this.count++;
    return t;
  }

  private tree(v: readonly unknown[] | Record<string, unknown>): unknown {
    const [items, slots] = Array.isArray(v) ? [[], []] : [{}, {}];
    for (const [key, item] of Object.entries(v)) {
      (items as Record<string, unknown>)[key] = this.argument(item);
      (slots as Record<string, Slot>)[key] = this.slot;
    }
    this.slot = slots;
    return items;
  }
}

/** Nested arrays of numbers, booleans or complex numbers only: one tensor, not a tree. */
export const isNumbers = (v: readonly unknown[]): boolean => v.every((item) => (Array.isArray(item) ? isNumbers(item) : isScalar(item)));

/** An array or plain object with a tensor somewhere: `{ axis: 0 }` holds options. */
export function isTree(v: unknown): v is readonly unknown[] | Record<string, unknown> {
  if (Array.isArray(v)) return v.some(isBranch);
  return isPlainObject(v) && !isComplexNumber(v) && Object.values(v).some(isBranch);
}

const isBranch = (v: unknown): boolean => v instanceof Tensor || isTree(v);

function outputsOf(value: unknown, f: AnyFunction, op: string): Tensor[] {
  if (value instanceof Tensor) return [value];
  if (value === undefined || value === null)
    throw new ArgumentError(`Cannot differentiate a function that returns nothing; did you forget to return a value from ${nameOf(f)}?`, op);
  if (isThenable(value))
    throw new ArgumentError(
      `Cannot differentiate ${nameOf(f)}: it returned a promise, and a tape ends in the tick it began in; await what it needs before, and pass it as an argument`,
      op,
    );
  checkOutput(value, f, op);
  const outputs: Tensor[] = [];
  eachTensor(value, (t) => outputs.push(t));
  return outputs;
}

function checkOutput(value: unknown, f: AnyFunction, op: string): void {
  if (value instanceof Tensor || isScalar(value)) return;
  refuseForeign(value, op);
  if (Array.isArray(value)) for (const item of value) checkOutput(item, f, op);
  else if (isPlainObject(value)) for (const item of Object.values(value)) checkOutput(item, f, op);
  else {
    const what =
      value === null || value === undefined
        ? `${value} (an inner gradient is null where it is not connected; option unconnectedGradients: 'zero' gives zeros)`
        : typeof value;
    throw new ArgumentError(`Cannot differentiate ${nameOf(f)}: its result contains ${what}; expected tensors, numbers, and arrays or objects of them`, op);
  }
}

/** Zeros in shape and dtype of the k-th watched value. */
export type Zeros = (k: number) => Tensor;

/** Makes what `unconnectedGradients: 'zero'` asks for; null where it doesn't. */
export function zerosOf(leaves: readonly Tensor[] | null): Zeros | null {
  if (leaves === null) return null;
  const geometry = leaves.map((t) => [t.dtypeNumber, t.shape] as const);
  return (k) => {
    const [dtype, shape] = geometry[k] as (typeof geometry)[number];
    return create(dtype, shape, null);
  };
}

/** The gradients of a fresh run's outputs, weighted by `dy`; it uses the run up. */
export function sweep({ run, value, outputs, slots }: Recorded, dy: unknown, zeros: Zeros | null): unknown[] {
  const seeds = dy === undefined ? null : seedsOf(value, dy);
  if (outputs.length === 0) seedAndSweep(run, null, 0, null, Run.first | Run.last);
  for (let i = 0; i < outputs.length; i++)
    seedAndSweep(run, outputs[i] as Tensor, 0, seeds === null ? null : (seeds[i] as Tensor | null), Run.once | stageOf(i, outputs.length));
  return gradientsOf(run, slots, zeros, true);
}

/** The gradients of a kept run, whose outputs have these value numbers, each weighted by its seed. */
export function resweep({ run, slots }: Recorded, values: readonly number[], seeds: readonly Tensor[], zeros: Zeros | null): unknown[] {
  if (seeds.length === 0) seedAndSweep(run, null, 0, null, Run.first | Run.last);
  for (let i = 0; i < seeds.length; i++) {
    const seed = seeds[i] as Tensor;
    if (values[i] !== 0 || i === 0 || i === seeds.length - 1)
      seedAndSweep(run, values[i] === 0 ? null : seed, values[i] as number, seed, stageOf(i, seeds.length));
  }
  return gradientsOf(run, slots, zeros, false);
}

const stageOf = (i: number, n: number): number => (i === 0 ? Run.first : 0) | (i === n - 1 ? Run.last : 0);

/** Gradients of a fresh run are born `outside` its scope. */
function gradientsOf(run: number, slots: readonly Slot[], zeros: Zeros | null, outside: boolean): unknown[] {
  const gradients = new Array<unknown>(slots.length);
  for (let i = 0; i < slots.length; i++) gradients[i] = gradientAt(run, slots[i] as Slot, zeros, outside);
  return gradients;
}

function seedAndSweep(run: number, y: Tensor | null, value: number, seed: Tensor | null, stage: number): void {
  if (y !== null && y.at === 0) revive(y);
  if (seed !== null && seed.at === 0) revive(seed, y === null ? [] : [y]);
  let done: boolean;
  try {
    done = core.runSweep(run, y?.at ?? 0, y?.generation ?? 0, value, seed?.at ?? 0, seed?.generation ?? 0, stage);
  } catch (error) {
    throw poison(error);
  }
  if (!done) throw failure('gradientsFunction', y === null ? [] : seed === null ? [y] : [y, seed]);
}

function gradientAt(run: number, slot: Slot, zeros: Zeros | null, outside: boolean): unknown {
  if (typeof slot === 'number') return takeGradient(run, slot, outside) ?? (zeros === null ? null : zerosAt(run, slot, zeros, outside));
  if (slot === null) return null;
  if (Array.isArray(slot)) return slot.map((s) => gradientAt(run, s, zeros, outside));
  return Object.fromEntries(Object.entries(slot).map(([key, s]) => [key, gradientAt(run, s, zeros, outside)]));
}

function takeGradient(run: number, slot: number, outside: boolean): Tensor | null {
  const generation = nextSerial();
  const at = core.runTake(run, slot, generation);
  if (at === 0) {
    if (hasFault()) throw failure('gradientsFunction', []);
    return null;
  }
  if (!outside) return made(at, generation, Op.none);
  const t = new Tensor(at, generation, Op.none);
  if (scopeDepth === 1) enqueue(t);
  return t;
}

function zerosAt(run: number, slot: number, zeros: Zeros, outside: boolean): Tensor {
  const t = zeros(slot);
  if (outside) liftOut(t, run);
  return t;
}
