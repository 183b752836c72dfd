/**
 * Records one run of a function for all gradient functions: watches its arguments, checks its outputs, sweeps, and takes the gradients.
 * Knows tapes and trees, no ops.
 */
import { Sweep } from '../../assembly/shared/abi.js';
import { Op } from '../../assembly/shared/opcode.js';
import { create, made, nextSerial, revive, scopeDepth, setScopeDepth } from '../call.js';
import { isComplexNumber, operand, refuseForeign, type TensorLike, weak } from '../convert.js';
import type { ComplexNumber } from '../dtype.js';
import { ArgumentError, shown } from '../errors.js';
import { failure, hasFault } from '../fault.js';
import { core, poison } from '../module.js';
import { nameOf } from '../names.js';
import type { Positions } from '../params.js';
import { enqueue } from '../ring.js';
import { isThenable, lifted } from '../scope.js';
import { flatten, LEAF, othersIn, type Structure, unflatten } from '../structure.js';
import { Handle, Tensor } from '../tensor.js';
import type { AnyFunction } from '../types.js';
import { seedsOf } from './seed.js';

/** The number of a watched value; null for a value without gradient. */
export type Slot = number | null;

/** Slots of a tree's leaves. */
export class Slots {
  constructor(
    readonly structure: Structure,
    readonly slots: readonly Slot[],
  ) {}
}

/** A run of the core, and the result of `f`. */
export interface Recorded {
  /** The core's handle. */
  readonly run: number;
  /** The watched values by number; null unless their shapes are needed, for zeros. */
  readonly leaves: readonly Tensor[] | null;
  /** The slot or slots of each parameter. */
  readonly slots: readonly (Slot | Slots)[];
  /** The result of `f`, and its structure. */
  readonly value: unknown;
  readonly structure: Structure;
  /** The leaves of the result, those that are not on the tape included. */
  readonly outputs: readonly unknown[];
}

/**
 * Begins a run, calls `f` with the arguments at `positions` (null: all) watched, and checks what it returns. The caller frees the run.
 * @param args are replaced by the arguments that `f` receives
 * @param zero whether `leaves` are needed
 * @param also is called with the run before `f` is, and may watch more
 */
export function record(f: AnyFunction, positions: Positions, args: unknown[], zero: boolean, op: string, also?: (run: number) => void): Recorded {
  const run = core.tapeBegin();
  if (run === 0) throw failure(op, []);
  setScopeDepth(scopeDepth + 1);
  try {
    const watch = new Watch(run, zero ? [] : null, op);
    const all = new Array<Slot | Slots>(args.length);
    for (let i = 0; i < args.length; i++) {
      const isWatched = positions === null || positions.includes(i);
      const v = args[i];
      args[i] = isWatched ? watch.argument(v) : withScalars(v);
      all[i] = isWatched ? watch.slot : null;
    }
    const slots = positions === null ? all : positions.map((i) => all[i] as Slot | Slots);
    also?.(run);
    const value = invoke(f as (...args: unknown[]) => unknown, args);
    const outputs: unknown[] = [];
    return { run, leaves: watch.leaves, slots, value, structure: structureOf(value, outputs, f, op), outputs };
  } catch (error) {
    freeTape(run);
    throw error;
  }
}

/** Whether a run is recorded for forward mode, which passes no node whose rule is JavaScript. */
export let isForward = false;

/** As `record`, of all arguments, for a forward sweep. */
export function recordForward(f: AnyFunction, args: unknown[], op: string): Recorded {
  const before = isForward;
  isForward = true;
  try {
    return record(f, null, args, true, op);
  } finally {
    isForward = before;
  }
}

/** f(…args), without a spread for few arguments, for it costs several times as much as a call. */
function invoke(f: (...args: unknown[]) => unknown, args: readonly unknown[]): unknown {
  if (args.length === 1) return f(args[0]);
  if (args.length === 2) return f(args[0], args[1]);
  return f(...args);
}

/** Releases a run with its scope. The depth is lowered first, for the core throws after a trap. */
export function freeTape(run: number): void {
  setScopeDepth(scopeDepth - 1);
  core.tapeFree(run);
}

/** Lifts the tensors among `outputs` out of the run's scope. */
export function liftOut(outputs: readonly unknown[], run: number): void {
  for (const t of outputs) if (t instanceof Tensor) lifted(t, core.tapeLift(run, t.wake(), t.generation), 'gradientsFunction');
}

/** Watches arguments: each differentiated leaf gets an identity of its own. */
class Watch {
  /** The slot or slots of the last argument. */
  slot: Slot | Slots;
  private count: number;

  constructor(
    private readonly run: number,
    readonly leaves: Tensor[] | null,
    private readonly op: string,
  ) {
    this.slot = null;
    this.count = 0;
  }

  /** Watches the leaves of v, and returns the argument that `f` receives for it. */
  argument(v: unknown): unknown {
    if (typeof v === 'number' || v instanceof Tensor) return this.leaf(v);
    const leaves: unknown[] = [];
    const structure = flatten(v, leaves, this.op);
    if (structure === LEAF) return this.leaf(v as TensorLike);
    this.slot = null;
    if (leaves.length === 0) return v;
    const slots: Slot[] = [];
    for (let i = 0; i < leaves.length; i++) {
      leaves[i] = this.leaf(leaves[i] as TensorLike);
      slots.push(this.slot);
    }
    this.slot = new Slots(structure, slots);
    return unflatten(structure, leaves);
  }

  private leaf(v: TensorLike): Tensor {
    const generation = nextSerial();
    if (typeof v === 'number') return this.watched(core.watchNumber(this.run, v, generation), generation, null);
    const t = operand(v, undefined, this.op);
    if (t.at === 0) revive(t);
    return this.watched(core.watch(this.run, t.at, t.generation, generation), generation, t);
  }

  /** The tensor of the watched record at `at`, an alias of `source`; `source` itself if its dtype has no gradients. */
  private watched(at: number, generation: number, source: Tensor | null): Tensor {
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
}

/** The argument that `f` receives for v, which is not differentiated: numbers become scalars nevertheless. */
export function withScalars(v: unknown): unknown {
  if (typeof v === 'number') return weak(v);
  if (typeof v !== 'object' || v === null || v instanceof Tensor) return v;
  const leaves: unknown[] = [];
  const structure = flatten(v, leaves);
  let hasScalars = false;
  for (let i = 0; i < leaves.length; i++) {
    if (typeof leaves[i] !== 'number' && !isComplexNumber(leaves[i])) continue;
    leaves[i] = weak(leaves[i] as number | ComplexNumber);
    hasScalars = true;
  }
  return hasScalars ? unflatten(structure, leaves) : v;
}

/** Checks the result of `f` and returns its structure; adds its leaves to `outputs`. */
export function structureOf(value: unknown, outputs: unknown[], f: AnyFunction, op: string): Structure {
  if (value instanceof Tensor) {
    outputs.push(value);
    return LEAF;
  }
  if (value === undefined || value === null)
    throw new ArgumentError(`Cannot differentiate a function that returns nothing; did you forget to return a value from ${nameOf(f)}?`, op);
  if (isThenable(value))
    throw new ArgumentError(
      `Cannot differentiate ${nameOf(f)}: it returned a promise, and a tape ends in the tick it began in; await what it needs before, and pass it as an argument`,
      op,
    );
  const structure = flatten(value, outputs);
  for (const v of othersIn(structure)) {
    if (typeof v === 'boolean') continue;
    refuseForeign(v, op);
    const why = v ? '' : " (an inner gradient is null where it is not connected; option unconnectedGradients: 'zero' gives zeros)";
    throw new ArgumentError(
      `Cannot differentiate ${nameOf(f)}: its result contains ${shown(v)}${why}; expected tensors, numbers, and arrays or objects of them`,
      op,
    );
  }
  return structure;
}

/** Makes zeros in the shape and dtype of the k-th watched value. */
export type Zeros = (k: number) => Tensor;

/** The zeros for gradients that are not connected; null where these stay null. */
export function zerosOf(leaves: readonly Tensor[] | null): Zeros | null {
  if (leaves === null) return null;
  const geometry = leaves.map((t) => [t.dtypeNumber, t.shape] as const);
  return (k) => {
    const [dtype, shape] = geometry[k] as (typeof geometry)[number];
    return create(dtype, shape, null);
  };
}

/** The gradients of a new run's outputs, weighted by `dy`. The run can't be swept again. */
export function sweep({ run, structure, outputs, slots }: Recorded, dy: unknown, zeros: Zeros | null): unknown[] {
  const seeds = dy === undefined ? null : seedsOf(structure, outputs, dy);
  if (outputs.length === 0) seedAndSweep(run, null, 0, null, Sweep.first | Sweep.last);
  for (let i = 0; i < outputs.length; i++) {
    const y = outputs[i];
    seedAndSweep(run, y instanceof Tensor ? y : null, 0, seeds === null ? null : (seeds[i] as Tensor | null), Sweep.once | stageOf(i, outputs.length));
  }
  return gradientsOf(run, slots, zeros, true);
}

/** The gradients of a kept run, whose outputs have these value numbers, weighted by their seeds; an output with the seed null is no target. */
export function resweep({ run, slots }: Recorded, values: readonly number[], seeds: readonly (Tensor | null)[], zeros: Zeros | null): unknown[] {
  if (seeds.length === 0) seedAndSweep(run, null, 0, null, Sweep.first | Sweep.last);
  for (let i = 0; i < seeds.length; i++) seedAndSweep(run, seeds[i] as Tensor | null, values[i] as number, seeds[i] as Tensor | null, stageOf(i, seeds.length));
  return gradientsOf(run, slots, zeros, false);
}

export const stageOf = (i: number, n: number): number => (i === 0 ? Sweep.first : 0) | (i === n - 1 ? Sweep.last : 0);

/** Takes the gradients of all slots; `outside` if the run's scope is open, around which they are then made. */
function gradientsOf(run: number, slots: readonly (Slot | Slots)[], zeros: Zeros | null, outside: boolean): unknown[] {
  const gradients = new Array<unknown>(slots.length);
  for (let i = 0; i < slots.length; i++) gradients[i] = gradientAt(run, slots[i] as Slot | Slots, zeros, outside);
  return gradients;
}

export function seedAndSweep(run: number, y: Tensor | null, value: number, seed: Tensor | null, stage: number): void {
  if (y !== null && y.at === 0) revive(y);
  if (seed !== null && seed.at === 0) revive(seed, y === null ? [] : [y]);
  let rule: number;
  try {
    rule = core.tapeSweep(run, y?.at ?? 0, y?.generation ?? 0, value, seed?.at ?? 0, seed?.generation ?? 0, stage);
  } catch (error) {
    throw poison(error);
  }
  while (rule > 0) rule = callRule(run, rule);
  if (rule < 0) throw failure(stage & Sweep.forward ? 'jvp' : 'gradientsFunction', y === null ? [] : seed === null ? [y] : [y, seed]);
}

/** Calls the rule `id`, for which the run's sweep waits, and resumes the sweep; returns what the sweep returns. */
let callRule: (run: number, id: number) => number;

/** rule.ts sets this at its first rule, so that bundles without rules don't contain it. */
export function setRunRule(value: typeof callRule): void {
  callRule = value;
}

function gradientAt(run: number, slot: Slot | Slots, zeros: Zeros | null, outside: boolean): unknown {
  if (typeof slot === 'number') return takeGradient(run, slot, outside) ?? (zeros === null ? null : zerosAt(run, slot, zeros, outside));
  if (slot === null) return null;
  return unflatten(
    slot.structure,
    slot.slots.map((s) => gradientAt(run, s, zeros, outside)),
    true,
  );
}

export function takeGradient(run: number, slot: number, outside: boolean): Tensor | null {
  const generation = nextSerial();
  const at = core.tapeGradient(run, slot, generation);
  if (at === 0) {
    if (hasFault()) throw failure('gradientsFunction', []);
    return null;
  }
  if (!outside) return made(at, generation, Op.none);
  const t = new Handle(at, generation, Op.none);
  if (scopeDepth === 1) enqueue(t);
  return t;
}

function zerosAt(run: number, slot: number, zeros: Zeros, outside: boolean): Tensor {
  const t = zeros(slot);
  if (outside) liftOut([t], run);
  return t;
}
