/** recomputeGradient: a function that runs again in the sweep, so that nothing of it is kept meanwhile. Knows trees and rules, no tapes. */
import { Op } from '../../assembly/shared/opcode.js';
import { applyMany } from '../call.js';
import { isWeak } from '../dtype.js';
import { ArgumentError, refused, shown } from '../errors.js';
import { core, ready } from '../module.js';
import { nameOf } from '../names.js';
import { isThenable, scope } from '../scope.js';
import { difference, unflatten } from '../structure.js';
import type { Tensor } from '../tensor.js';
import type { AnyFunction, Arguments } from '../types.js';
import { gradientsFirst, hasGradient, type Packed, packed, refilled, unpacked } from './custom.js';
import { freeTape, isForward, record, sweep, takeGradient } from './record.js';
import { type Rule, ruled } from './rule.js';

const OP = 'recomputeGradient';

/**
 * `f`, of which tapes keep arguments and results only: the sweep runs `f` once more, and takes the gradient of that run. So a network of many
 * layers needs the memory of one layer and what lies between them, for the time of one more forward pass. Also called checkpoint.
 *
 * Gradients have the same bits as those of `f`. Tensors that `f` uses from outside get theirs too. Differentiable to any order, alone, nested
 * and inside `compile`, where the program computes the second run anew as well. `f` must compute the same when it is called again: it may not
 * depend on state that changes. In forward mode, where nothing is kept, only `f` runs. Arguments and results are trees as in gradientsFunction; where nothing is differentiated only `f` runs.
 *
 * @throws TypeError when `f` returns nothing or a promise. What `f` throws passes unchanged.
 */
export const recomputeGradient = ((f: AnyFunction) => {
  if (typeof f !== 'function') throw refused(ArgumentError, OP, `takes a function; got ${shown(f)}`);
  return (...args: unknown[]): unknown => {
    const isRecording = ready().isRecording();
    const packs = args.map((v) => packed(v, OP));
    const inputs = packs.flatMap(({ leaves }) => leaves);
    if (!isRecording || isForward) return unpacked(resultOf(f, packs, inputs));
    let value!: Packed;
    let order: readonly number[] = [];
    const outputs = ruled(OP, inputs, true, (fresh) => {
      value = resultOf(f, packs, fresh);
      const { leaves, structure } = value;
      order = gradientsFirst(leaves);
      const kinds = leaves.map(hasGradient);
      return {
        outputs: order.map((i) => leaves[i] as Tensor),
        differentiable: kinds.filter(Boolean).length,
        rule: (captured) =>
          again(f, packs, fresh, captured, (dys) =>
            unflatten(
              structure,
              kinds.map((has) => (has ? dys.shift() : null)),
            ),
          ),
      };
    });
    return unflatten(
      value.structure,
      order.map((_, i) => outputs[order.indexOf(i)]),
    );
  };
}) as <F extends AnyFunction>(f: F) => (...args: Arguments<Parameters<F>>) => ReturnType<F>;

/** As `recomputeGradient`. */
export const checkpoint = recomputeGradient;

/** What `f` returns; all else that it makes is released. */
function resultOf(f: AnyFunction, packs: readonly Packed[], inputs: readonly Tensor[]): Packed {
  let value!: Packed;
  scope(() => {
    const v: unknown = (f as (...args: unknown[]) => unknown)(...refilled(packs, inputs));
    if (v === undefined || v === null || isThenable(v))
      throw refused(ArgumentError, OP, `${nameOf(f)} returns tensors, or a tree of them; got ${isThenable(v) ? 'a promise' : shown(v)}`);
    value = packed(v, OP);
    return value.leaves;
  });
  return value;
}

/** The rule that runs `f` once more on a tape of its own. */
function again(f: AnyFunction, packs: readonly Packed[], inputs: readonly Tensor[], captured: number, cotangentsAs: (dys: Tensor[]) => unknown): Rule {
  return (node) => {
    const dys: Tensor[] = [];
    for (let i = 0; i < node.outputs; i++) dys.push(node.cotangent(i));
    const behind = dys[0] as Tensor;
    const fresh = isTracing() ? inputs.map((x) => (isWeak(x.dtypeFor(OP)) ? x : (applyMany(Op.barrier, [x, behind], [0])[0] as Tensor))) : inputs;
    const recorded = record(f, null, refilled(packs, fresh), false, OP, (run) => {
      for (let i = 0; i < captured; i++) node.watch(run, inputs.length + i);
    });
    try {
      const gradients = sweep(recorded, cotangentsAs(dys), null);
      const leaves: unknown[] = [];
      packs.forEach(({ structure }, i) => void difference(structure, gradients[i], leaves, true));
      const watched = inputs.filter(hasGradient).length;
      for (let i = 0; i < captured; i++) leaves.push(takeGradient(recorded.run, watched + i, true));
      leaves.forEach((t, i) => {
        if (t !== null && node.needs(i)) node.give(i, t as Tensor);
      });
    } finally {
      freeTape(recorded.run);
    }
  };
}

const isTracing = (): boolean => (core.isTracing() as unknown as number) !== 0;
