/** jvp and linearize: derivatives along tangents, forward over a recorded run. Knows tapes and trees, no ops. */
import { Sweep } from '../../assembly/shared/abi.js';
import { create, scopeDepth, setScopeDepth } from '../call.js';
import { weak } from '../convert.js';
import { isInexact } from '../dtype.js';
import { ArgumentError, refused, shown, TapeError } from '../errors.js';
import { core, ready } from '../module.js';
import { enqueue, type Spillable } from '../ring.js';
import { scope } from '../scope.js';
import { difference, LEAF, unflatten } from '../structure.js';
import { Tensor } from '../tensor.js';
import type { AnyFunction, Jvp, Linearize } from '../types.js';
import { freeTape, liftOut, type Recorded, recordForward, type Slot, type Slots, seedAndSweep, stageOf, takeGradient } from './record.js';
import { Geometry, seedsOf } from './seed.js';

/** The index of a watched value, and its tangent. */
type Seed = readonly [number, Tensor];

/** An output: the number of its value, and the geometry of its tangent: `'number'` for a weak scalar, null for an output without a tangent. */
interface Target {
  readonly value: number;
  readonly like: Geometry | 'number' | null;
}

export function checkFunction(f: unknown, op: string): void {
  if (typeof f !== 'function') throw refused(ArgumentError, op, `takes a function; got ${typeof f}`);
}

/** Pairs the tangents with the watched values, of which `leaves` has dtypes and shapes. Null and undefined stand for zeros. */
function seedsAt(slots: readonly (Slot | Slots)[], leaves: readonly (Tensor | Geometry)[], tangents: readonly unknown[], op: string): Seed[] {
  const seeds: Seed[] = [];
  const add = (slot: Slot, tangent: unknown, place: number): void => {
    if (tangent === null || tangent === undefined) return;
    if (slot === null)
      throw refused(ArgumentError, op, `the tangent of what has no derivative, in argument ${place}, is null or left out; got ${shown(tangent)}`);
    const naming = { op, of: `argument ${place}`, as: 'as the argument' };
    seeds.push([slot, seedsOf(LEAF, [leaves[slot]], tangent, naming)[0] as Tensor]);
  };
  slots.forEach((slot, place) => {
    const tangent = tangents[place];
    if (slot === null || typeof slot === 'number') {
      add(slot, tangent, place);
      return;
    }
    const items: unknown[] = [];
    const differs = tangent === undefined ? '' : difference(slot.structure, tangent, items, true);
    if (differs) throw refused(ArgumentError, op, `the tangent of argument ${place}${differs}, as in the argument`);
    items.forEach((item, i) => {
      add(slot.slots[i] as Slot, item, place);
    });
  });
  return seeds;
}

const numberOf = (t: Tensor): number => core.valueOf(t.wake(), t.generation) >>> 0;

function targetsOf(outputs: readonly unknown[]): Target[] {
  return outputs.map((y) => {
    const t = y instanceof Tensor ? y : null;
    return { value: t ? numberOf(t) : 0, like: t && isInexact(t.dtypeNumber) ? new Geometry(t) : typeof y === 'number' ? 'number' : null };
  });
}

/**
 * Sweeps the seeds forward over a run, whose first watched value is number `first`, and returns the outputs' tangents, zeros where no seed
 * reaches an output. If `outside`, they are moved out of the run's scope.
 */
function pushed(run: number, first: number, seeds: readonly Seed[], targets: readonly Target[], outside: boolean): (Tensor | null)[] {
  if (seeds.length === 0) seedAndSweep(run, null, 0, null, Sweep.first | Sweep.last | Sweep.forward);
  seeds.forEach(([slot, t], i) => {
    seedAndSweep(run, t, first + slot, t, stageOf(i, seeds.length) | Sweep.forward);
  });
  return targets.map(({ value, like }) => {
    if (like === null) return null;
    const reached = value >= first ? takeGradient(run, value - first, outside) : null;
    if (reached !== null) return reached;
    const zero = like === 'number' ? weak(0) : create(like.dtypeNumber, like.shape, null);
    if (outside) liftOut([zero], run);
    return zero;
  });
}

function checkTangents(args: unknown, tangents: unknown, op: string): void {
  const isList = Array.isArray(tangents);
  if (Array.isArray(args) && isList && tangents.length === args.length) return;
  const got = Array.isArray(args) ? (isList ? `${tangents.length} for ${args.length} arguments` : shown(tangents)) : shown(args);
  throw refused(ArgumentError, op, `takes a list of arguments and a list of as many tangents, as in jvp(f)([x, y], [dx, dy]); got ${got}`);
}

/**
 * A function of a list of arguments of `f` and a list of their tangents. It returns `{ value, tangent }`: what `f` returns, and its derivative
 * along the tangents, J·ẋ, in the same structure.
 *
 * A tangent has the structure, shapes and dtype of its argument; null, for an argument or a leaf, stands for zeros and is all that whole
 * numbers, booleans and strings may have. The tangent of a result that depends on no argument is zeros; of whole numbers it is null.
 *
 * Forward mode: about the cost of `f` once more, whatever the number of results. For the gradient of one result by many inputs use
 * gradientsFunction. Differentiable to any order, in any mix with the other transforms; a Hessian times v is `jvp(grad(f))([x], [v])`.
 *
 * Law: ⟨ȳ, J·ẋ⟩ = ⟨Jᴴ·ȳ, ẋ⟩, the transpose of makeVjp's `vjp`. Complex: the derivative of a holomorphic `f` times ẋ; of others the derivative
 * along ẋ as real numbers, f(x + t·ẋ)′ at t = 0.
 *
 * @throws TypeError when arguments and tangents are not lists of one length, or a tangent is not like its argument; ShapeError, DTypeError likewise.
 */
export const jvp = ((f: AnyFunction) => {
  checkFunction(f, 'jvp');
  return (primals: readonly unknown[], tangents: readonly unknown[]) => {
    ready();
    checkTangents(primals, tangents, 'jvp');
    const recorded = recordForward(f, primals.slice(), 'jvp');
    try {
      const { run, slots, value, structure, outputs } = recorded;
      const leaves = recorded.leaves as readonly Tensor[];
      const seeds = seedsAt(slots, leaves, tangents, 'jvp');
      const first = leaves.length ? numberOf(leaves[0] as Tensor) : Number.POSITIVE_INFINITY;
      const tangent = unflatten(structure, pushed(run, first, seeds, targetsOf(outputs), true), true);
      liftOut(outputs, run);
      return { value, tangent };
    } finally {
      freeTape(recorded.run);
    }
  };
}) as Jvp;

/**
 * A function that runs `f` once and returns `{ value, jvp, dispose }`. `jvp(…tangents)`, with one tangent for each argument, is the derivative
 * of `f` along them at these arguments. It is linear, can be called any number of times, and costs a forward sweep each time. Tangents and
 * results are as in `jvp`. `dispose` releases the run's memory. It is optional: an old run is released to make room, and recorded anew when used.
 */
export const linearize = ((f: AnyFunction) => {
  checkFunction(f, 'linearize');
  return (...args: unknown[]) => {
    ready();
    const kept = new Kept(f, args);
    const value = kept.start();
    return { value, jvp: (...tangents: unknown[]) => kept.push(tangents), dispose: () => kept.dispose() };
  };
}) as Linearize;

/** A recorded run of `linearize`. It waits in the queue of tensors that no scope owns; see Note [Ring] in ring.ts */
class Kept implements Spillable {
  private recorded: Recorded | null = null;
  private leaves: readonly Geometry[] = [];
  private targets: readonly Target[] = [];
  private first = 0;
  private disposed = false;
  private used = false;
  /** True during a sweep, when the run must not be released to make room. */
  private swept = false;

  constructor(
    private readonly f: AnyFunction,
    private readonly args: readonly unknown[],
  ) {}

  /** Records the run; its tape stays, its scope ends. */
  start(): unknown {
    const recorded = recordForward(this.f, this.args.slice(), 'linearize');
    const leaves = recorded.leaves as readonly Tensor[];
    try {
      core.tapeEnd(recorded.run);
      this.leaves = leaves.map((t) => new Geometry(t));
      this.first = leaves.length ? numberOf(leaves[0] as Tensor) : Number.POSITIVE_INFINITY;
      this.targets = targetsOf(recorded.outputs);
      liftOut(recorded.outputs, recorded.run);
      core.tapeDetach(recorded.run);
    } catch (error) {
      freeTape(recorded.run);
      throw error;
    }
    setScopeDepth(scopeDepth - 1);
    this.recorded = recorded;
    enqueue(this);
    return recorded.value;
  }

  push(tangents: readonly unknown[]): unknown {
    if (this.disposed) throw refused(TapeError, 'linearize', 'this run was disposed');
    if (tangents.length !== this.args.length)
      throw refused(ArgumentError, 'linearize', `jvp takes a tangent for each of ${this.args.length} arguments; got ${tangents.length}`);
    return scope(() => {
      if (this.recorded === null) this.start();
      const { run, slots, structure } = this.recorded as unknown as Recorded;
      this.used = true;
      this.swept = true;
      try {
        return unflatten(structure, pushed(run, this.first, seedsAt(slots, this.leaves, tangents, 'linearize'), this.targets, false), true);
      } finally {
        this.swept = false;
        core.tapeEndSweep(run);
      }
    });
  }

  rest(): void {
    this.used = false;
  }

  isUsed(): boolean {
    return this.used;
  }

  spill(): number {
    if (this.swept) return -1;
    if (this.recorded) core.tapeFree(this.recorded.run);
    this.recorded = null;
    return 0;
  }

  dispose(): void {
    this.spill();
    this.disposed = true;
  }
}
