/** vmap: a function runs on one example, and what it did is repeated on the batch. Knows no op. */
import { Op } from '../../assembly/shared/opcode.js';
import { transposeWords } from '../attributes.js';
import { apply1, applyMany, create } from '../call.js';
import { isComplexNumber, operand, type TensorLike, weak } from '../convert.js';
import type { ComplexNumber } from '../dtype.js';
import { ArgumentError, IndexError, refused, ShapeError, shown } from '../errors.js';
import { core, ready } from '../module.js';
import { nameOf } from '../names.js';
import { opName } from '../opnames.js';
import { withAttributes } from '../ops/define.js';
import { isPlainObject } from '../params.js';
import { scope } from '../scope.js';
import { countOf, flatten, type Structure, unflatten } from '../structure.js';
import { Tensor } from '../tensor.js';
import type { AnyFunction, Vmap, VmapOptions } from '../types.js';
import { batched } from './batching.js';
import { type Noted, runExample, type Sweep } from './example.js';
import { checkFunction } from './jvp.js';
import { exampleOf, full, type Geometry, type Lane } from './lanes.js';

/** A leaf among the arguments: as `f` gets it where it is not batched. */
interface Leaf {
  readonly t: Tensor;
  /** The axis along which examples lie; null: it is the same for all. */
  readonly axis: number | null;
}

/** The axis for each leaf of a value: given for it, or for a branch around it. */
function axesOf(v: unknown, leaves: number, given: unknown, what: string): unknown[] {
  if (given === null || typeof given === 'number') {
    if (given !== null && !Number.isInteger(given)) throw refused(ArgumentError, 'vmap', `an axis of ${what} is a whole number or null; got ${shown(given)}`);
    return new Array(leaves).fill(given);
  }
  const isList = Array.isArray(v) && Array.isArray(given) && v.length === given.length;
  const keys = isPlainObject(v) && isPlainObject(given) ? Object.keys(v) : isList ? [...v.keys()] : null;
  if (keys === null || (!isList && (Object.keys(given as object).length !== keys.length || !keys.every((key) => Object.hasOwn(given as object, key)))))
    throw refused(ArgumentError, 'vmap', `the axes of ${what} are a number, null, or a tree of them like it; got ${shown(given)}`);
  return keys.flatMap((key) => {
    const inside = (v as Record<PropertyKey, unknown>)[key];
    const found: unknown[] = [];
    flatten(inside, found, 'vmap');
    return axesOf(inside, found.length, (given as Record<PropertyKey, unknown>)[key], `${what}.${key}`);
  });
}

function settled(axis: number, rank: number, what: string): number {
  if (axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  if (rank === 0) throw refused(ShapeError, 'vmap', `${what} is a scalar, which has no examples; give it the axis null`);
  throw refused(IndexError, 'vmap', `axis ${axis} of ${what} is out of range for rank ${rank}`);
}

/** t with an axis moved to another place. */
function moved(t: Tensor, from: number, to: number): Tensor {
  if (from === to) return t;
  const axes = Array.from({ length: t.rank }, (_, i) => i).filter((i) => i !== from);
  axes.splice(to, 0, from);
  return withAttributes(Op.transpose, t, transposeWords(axes));
}

/** The batch's arguments: leaves in order, and how to put others in their places. */
class Batch {
  readonly leaves: Leaf[] = [];
  private readonly structures: Structure[];
  /** The number of examples. */
  readonly n: number;

  constructor(args: readonly unknown[], axes: unknown) {
    if (Array.isArray(axes) && axes.length !== args.length)
      throw refused(ArgumentError, 'vmap', `axes are given for ${axes.length} arguments; got ${args.length}`);
    let n = -1;
    let first = '';
    this.structures = args.map((v, place) => {
      const found: unknown[] = [];
      const structure = flatten(v, found, 'vmap');
      const what = `argument ${place}`;
      const given = axesOf(v, found.length, Array.isArray(axes) ? axes[place] : axes, what);
      found.forEach((leaf, i) => {
        const isNumber = typeof leaf === 'number' || (!(leaf instanceof Tensor) && isComplexNumber(leaf));
        const t = isNumber ? weak(leaf as number | ComplexNumber) : operand(leaf as TensorLike, undefined, 'vmap');
        const axis = isNumber || given[i] === null ? null : settled(given[i] as number, t.rank, what);
        this.leaves.push({ t, axis });
        if (axis === null) return;
        const size = t.shape[axis] as number;
        if (n >= 0 && size !== n) throw refused(ShapeError, 'vmap', `${first} has ${n} examples, ${what} has ${size} along axis ${axis}`);
        if (n < 0) first = what;
        n = size;
      });
      return structure;
    });
    if (n < 0) throw refused(ArgumentError, 'vmap', 'has no examples: no argument is a tensor with an axis of them');
    this.n = n;
  }

  /** `f` of one example. */
  call(f: AnyFunction, input: (t: Tensor) => Tensor): unknown {
    const leaves = this.leaves.map((leaf) => (leaf.axis === null ? leaf.t : input(exampleAt(leaf, leaf.axis, this.n))));
    let at = 0;
    const args = this.structures.map((structure) => {
      const from = at;
      at += countOf(structure);
      return unflatten(structure, leaves, false, from);
    });
    return (f as (...args: unknown[]) => unknown)(...args);
  }
}

/** The first example of a leaf; of none, zeros. */
function exampleAt({ t }: Leaf, axis: number, n: number): Tensor {
  const shape = t.shape.filter((_, i) => i !== axis);
  return n ? exampleOf({ t: moved(t, axis, 0), shape }, 0) : create(t.dtypeFor('vmap'), shape, null);
}

/** Repeats on the batch what ran on the example, as far as the outputs need it. */
function repeat({ noted, inputs, outputs }: Sweep, { n, leaves }: Batch, looped: (op: Op) => void): readonly (Lane | undefined)[] {
  const { values, steps } = noted;
  const lanes = new Array<Lane | undefined>(values.length + 1);
  leaves
    .filter(({ axis }) => axis !== null)
    .forEach(({ t, axis }, i) => {
      const number = inputs[i] as number;
      lanes[number] = { t: moved(t, axis as number, 0), isBatched: true, shape: (values[number - 1] as Geometry).shape };
    });
  const isRecorded = core.isRecording() as unknown as boolean;
  const isMade = new Array<boolean>(values.length + 1).fill(false);
  for (const { first, results } of steps) for (let i = 0; i < results.length; i++) isMade[first + i] = true;
  values.forEach(({ constant, shape }, i) => {
    // What ran without an input need not run again, unless somebody records it.
    if (constant && !(isRecorded && isMade[i + 1])) lanes[i + 1] = { t: constant, isBatched: false, shape };
  });
  const needed = new Set(outputs);
  const wanted = steps.map(() => false);
  for (let k = steps.length - 1; k >= 0; k--) {
    const { first, results, operands } = steps[k] as Noted['steps'][number];
    wanted[k] = results.some((_, i) => needed.has(first + i) && lanes[first + i] === undefined);
    if (wanted[k]) for (const number of operands) needed.add(number);
  }
  steps.forEach((step, k) => {
    if (!wanted[k]) return;
    const operands = step.operands.map((number) => lanes[number] as Lane);
    const isBatched = operands.some((x) => x.isBatched);
    const results = isBatched
      ? batched(step, operands, n, looped)
      : applyMany(
          step.op,
          operands.map(({ t }) => t),
          step.attributes,
          step.results.length,
        );
    step.results.forEach(({ shape }, i) => {
      lanes[step.first + i] = { t: results[i] as Tensor, isBatched, shape };
    });
  });
  return outputs.map((number) => lanes[number]);
}

function optionsOf(options: VmapOptions): { axes: unknown; outAxes: unknown } {
  const stranger = isPlainObject(options) ? Object.keys(options).find((key) => key !== 'axes' && key !== 'outAxes') : '';
  if (stranger !== undefined)
    throw refused(ArgumentError, 'vmap', `takes a function and options { axes, outAxes }; got ${stranger ? `the option ${shown(stranger)}` : shown(options)}`);
  return { axes: options.axes === undefined ? 0 : options.axes, outAxes: options.outAxes === undefined ? 0 : options.outAxes };
}

/**
 * A function of batches of the arguments of `f` that gives batches of its results: `f` on every example, in one run of batched ops.
 *
 * `axes` says along which axis examples lie: a number or null (the same for all) for all arguments, or a list with one for each argument, of
 * numbers, null, or trees of them like the argument; 0 when left out. Numbers, booleans and the like are the same for all. `outAxes` says where the
 * axis of examples goes in the results: a number, or a tree of them; null for a result that is the same for all.
 *
 * `f` runs once, on the first example, with its gradients and inner vmaps; what it did is repeated on the batch, so it may not read a value. Ops
 * for which there is no way to run on a batch run once for each example: `describe()` names them. Batches may be empty. The result is
 * differentiated and compiled like that of any other function.
 *
 * Law: `vmap(f)(xs)` is `f` of each example, stacked; elementwise ops bit for bit, sums within their bounds.
 *
 * @throws CompileError when `f` reads a value; ShapeError when arguments differ in the number of examples.
 */
export const vmap = ((f: AnyFunction, options: VmapOptions = {}) => {
  checkFunction(f, 'vmap');
  const { axes, outAxes } = optionsOf(options);
  let loops = new Map<Op, number>();
  let size = 0;
  const mapped = (...args: unknown[]): unknown => {
    ready();
    return scope(() => {
      const batch = new Batch(args, axes);
      const run = runExample((input) => batch.call(f, input), nameOf(f));
      loops = new Map();
      size = batch.n;
      const lanes = repeat(run, batch, (op) => loops.set(op, (loops.get(op) ?? 0) + 1));
      const places = axesOf(run.value, lanes.length, outAxes, 'the result');
      const results = lanes.map((lane, i) => resultOf(lane ?? run.fixed[i], places[i] as number | null, batch.n));
      return unflatten(run.structure, results);
    });
  };
  const describe = (): string =>
    [...loops].map(([op, times]) => `vmap ${nameOf(f)}: ${opName(op)} runs ${size} times, ${times} of it`).join('\n') ||
    `vmap ${nameOf(f)}: all ops run on the batch`;
  return Object.assign(mapped, { describe });
}) as Vmap;

/** A leaf of the result, with its examples along `axis`. */
function resultOf(output: unknown, axis: number | null, n: number): unknown {
  const isLane = typeof output === 'object' && output !== null && 'isBatched' in output;
  if (!isLane && !(output instanceof Tensor) && axis === null) return output;
  const t = isLane ? (output as Lane).t : operand(output as TensorLike, undefined, 'vmap');
  const lane: Lane = isLane ? (output as Lane) : { t, isBatched: false, shape: t.shape };
  if (axis !== null) return moved(full(lane, n), 0, settled(axis, lane.shape.length + 1, 'the result'));
  if (lane.isBatched) throw refused(ArgumentError, 'vmap', 'outAxes is null for a result that differs between examples');
  return apply1(Op.identity, t); // a handle of its own
}
