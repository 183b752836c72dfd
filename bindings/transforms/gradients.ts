/** gradientsFunction, valueAndGradientsFunction and makeVjp: reverse-mode gradients of a function, by parameter. */
import { scopeDepth, setScopeDepth } from '../call.js';
import { ArgumentError, refused, refuseMore, TapeError } from '../errors.js';
import { core, ready } from '../module.js';
import { nameOf } from '../names.js';
import { checkArity, isPlainObject, type Positions, resolveParams } from '../params.js';
import { enqueue, type Spillable } from '../ring.js';
import { scope } from '../scope.js';
import { Tensor } from '../tensor.js';
import type { AnyFunction, Choice, GradientOptions, GradientsFunction, MakeVjp, ValueAndGradientsFunction, VjpResult } from '../types.js';
import { freeTape, liftOut, type Recorded, record, resweep, sweep, type Zeros, zerosOf } from './record.js';
import { Geometry, seedsOf } from './seed.js';

interface Spec {
  readonly f: AnyFunction;
  readonly positions: Positions;
  readonly zero: boolean;
}

export function specOf(f: AnyFunction, params: Choice, op: string): Spec {
  if (typeof f !== 'function') throw refused(ArgumentError, op, `takes a function; got ${typeof f}`);
  const options = isPlainObject(params) ? (params as GradientOptions) : undefined;
  const unconnected = options?.unconnectedGradients ?? 'none';
  if (unconnected !== 'none' && unconnected !== 'zero')
    throw new ArgumentError(`Unknown value for unconnectedGradients: ${JSON.stringify(unconnected)}; expected 'none' or 'zero'`, op);
  return { f, positions: resolveParams(f, params), zero: unconnected === 'zero' };
}

/** Whether the last argument is the weight of the outputs: an object whose only own key is `dy`. */
function isWeight(last: unknown): last is { readonly dy: unknown } {
  if (typeof last !== 'object' || last instanceof Tensor || !isPlainObject(last)) return false;
  const keys = Object.keys(last);
  return keys.length === 1 && keys[0] === 'dy';
}

/** Records `f`, sweeps once, and returns `result` of the run and the gradients. */
function differentiate<T>({ f, positions, zero }: Spec, args: unknown[], dy: unknown, op: string, result: (recorded: Recorded, gradients: unknown[]) => T): T {
  ready();
  if (positions !== null) checkArity(positions, args.length, nameOf(f));
  const recorded = record(f, positions, args, zero, op);
  try {
    return result(recorded, sweep(recorded, dy, zerosOf(recorded.leaves)));
  } finally {
    freeTape(recorded.run);
  }
}

const gradientsOnly = (_: Recorded, gradients: unknown[]): unknown[] => gradients;

function withValue({ run, value, outputs }: Recorded, gradients: unknown[]): { value: unknown; gradients: unknown[] } {
  liftOut(outputs, run);
  return { value, gradients };
}

/** A function of the arguments of `f`, and optionally of `dy`, that returns `result` of the run and the gradients. */
function differentiated<T>(f: AnyFunction, params: Choice, more: readonly unknown[], op: string, result: (recorded: Recorded, gradients: unknown[]) => T) {
  refuseMore(`${op}(f, params)`, 0, more);
  const spec = specOf(f, params, op);
  const g = (...args: unknown[]): T => {
    const last = args[args.length - 1];
    return isWeight(last) ? differentiate(spec, args.slice(0, -1), last.dy, op, result) : differentiate(spec, args, undefined, op, result);
  };
  g.withDy =
    (dy: unknown) =>
    (...args: unknown[]): T =>
      differentiate(spec, args, dy, op, result);
  return g;
}

/**
 * A function that differentiates `f` with respect to `params`: positions, names, or `{ params, names, unconnectedGradients }`;
 * all arguments when left out.
 *
 * It takes the arguments of `f` and returns an array with one gradient per parameter, in its shape and dtype; null where `f` does
 * not depend on it or its dtype has no gradients. The outputs of `f` are summed, weighted by `dy` where given: as a trailing
 * `{ dy }`, or through `withDy(dy)(…args)`. Gradients are differentiable again, to any order.
 *
 * Arguments: numbers and `{re, im}` become weak scalars, doubles that take the dtype of the first tensor they meet, anywhere in trees of lists
 * and plain objects; arrays of numbers and typed arrays become tensors where they are differentiated. Booleans, strings, functions and null
 * reach `f` as they are, with gradient null. A class instance or Map among the differentiated is refused: name the params. An op that wants
 * a plain number, as an axis, takes a scalar that is not differentiated.
 *
 * Complex: the gradient of a real L is ∂L/∂Re + i·∂L/∂Im; for complex outputs y, L = Re Σ conj(dy)·y.
 *
 * @throws ParamsError for params that are not all strings or all integers, or that `f` does not have.
 * @throws TypeError when `f` returns nothing, a promise, or something else than tensors and numbers.
 */
export const gradientsFunction = ((f: AnyFunction, params?: Choice, ...more: unknown[]) =>
  differentiated(f, params, more, 'gradientsFunction', gradientsOnly)) as GradientsFunction;

/** As `gradientsFunction`; returns `{ value, gradients }`, the value in the structure that `f` returns. */
export const valueAndGradientsFunction = ((f: AnyFunction, params?: Choice, ...more: unknown[]) =>
  differentiated(f, params, more, 'valueAndGradientsFunction', withValue)) as ValueAndGradientsFunction;

/** A function that runs `f` once and returns `{ value, vjp, dispose }`, where `vjp(dy)` is the vector–Jacobian product at these arguments. */
export const makeVjp = ((f: AnyFunction, params?: Choice, ...more: unknown[]) => {
  refuseMore('makeVjp(f, params)', 0, more);
  const spec = specOf(f, params, 'makeVjp');
  return (...args: unknown[]): VjpResult => {
    ready();
    if (spec.positions !== null) checkArity(spec.positions, args.length, nameOf(f));
    const replay = new Replay(spec, args);
    const value = replay.start();
    return { value, vjp: (dy) => replay.sweep(dy), dispose: () => replay.dispose() };
  };
}) as MakeVjp;

/** A run of `makeVjp`. It is in the ring; if its tape is spilled, the next sweep records `f` again. See Note [Ring] in ring.ts */
class Replay implements Spillable {
  private recorded: Recorded | null = null;
  private values: readonly number[] = [];
  private zeros: Zeros | null = null;
  /** Dtype and shape of the outputs, which may be released. */
  private geometry: readonly unknown[] = [];
  private disposed = false;
  private used = false;
  /** Whether a sweep is in progress, during which the tape must stay. */
  private swept = false;

  constructor(
    private readonly spec: Spec,
    private readonly args: readonly unknown[],
  ) {}

  /** Records the run; its tape stays, its scope ends. */
  start(): unknown {
    const { f, positions, zero } = this.spec;
    const recorded = record(f, positions, this.args.slice(), zero, 'makeVjp');
    try {
      core.tapeEnd(recorded.run);
      this.values = recorded.outputs.map((y) => (y instanceof Tensor ? core.valueOf(y.at, y.generation) : 0));
      this.geometry = recorded.outputs.map((y) => (y instanceof Tensor ? new Geometry(y) : y));
      this.zeros = zerosOf(recorded.leaves);
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

  sweep(dy: unknown): unknown[] {
    if (this.disposed) throw refused(TapeError, 'makeVjp', 'this run was disposed');
    return scope(() => {
      if (this.recorded === null) this.start();
      const recorded = this.recorded as unknown as Recorded;
      this.used = true;
      this.swept = true;
      try {
        return resweep(recorded, this.values, this.seeds(recorded, dy), this.zeros);
      } finally {
        this.swept = false;
        core.tapeEndSweep(recorded.run);
      }
    });
  }

  /** A seed for each output that is on the tape, null for the others. */
  private seeds({ structure }: Recorded, dy: unknown): (Tensor | null)[] {
    const seeds = seedsOf(structure, this.geometry, dy ?? null);
    return this.geometry.map((y, i) => (this.values[i] === 0 ? null : (seeds[i] ?? (y as Geometry).ones())));
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
