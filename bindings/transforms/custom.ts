/** customGradient: a function with a gradient of its own. Knows trees and rules, no tapes. */
import { operand, type TensorLike } from '../convert.js';
import { isInexact } from '../dtype.js';
import { ArgumentError, DTypeError, refused, shown, TapeError } from '../errors.js';
import { ready } from '../module.js';
import { nameOf } from '../names.js';
import { isThenable } from '../scope.js';
import { countOf, difference, flatten, isLeaf, pathsOf, type Structure, unflatten } from '../structure.js';
import type { Tensor } from '../tensor.js';
import type { AnyFunction, CustomGradient } from '../types.js';
import { type Rule, ruled } from './rule.js';
import { fitted, Geometry } from './seed.js';

const OP = 'customGradient';

/** A tree of tensors: its structure and its leaves. */
export interface Packed {
  readonly structure: Structure;
  readonly leaves: Tensor[];
}

/** Converts the leaves of v to tensors. */
export function packed(v: unknown, op: string): Packed {
  const leaves: unknown[] = [];
  const structure = flatten(v, leaves, op);
  return { structure, leaves: leaves.map((leaf) => operand(leaf as TensorLike, undefined, op)) };
}

/** The value that was packed, with tensors as leaves. */
export const unpacked = ({ structure, leaves }: Packed): unknown => unflatten(structure, leaves);

/** The trees with `leaves` in place of their own. */
export function refilled(packs: readonly Packed[], leaves: readonly unknown[]): unknown[] {
  let at = 0;
  return packs.map(({ structure }) => {
    const from = at;
    at += countOf(structure);
    return unflatten(structure, leaves, false, from);
  });
}

/**
 * A function of the arguments of `f` with its own gradient rule: `f` returns `[value, rule]`, and `rule(dy)` returns the gradients.
 *
 * `value` is a tensor or a tree of tensors. `dy`, its cotangent, is the same tree, with zeros for tensors that the result doesn't depend on and
 * null for those of whole numbers. `rule` returns a list with one gradient for each argument that has tensors in it, or the only gradient alone.
 * A gradient has the tree, shapes and dtypes of its argument, with null for leaves without a contribution. Numbers among the arguments become
 * tensors, as in gradientsFunction; booleans, strings and functions reach `f` as they are and have no gradient.
 *
 * The gradients can be differentiated again, through the ops of the rule, which may use arguments of `f` and what `f` has computed. Complex: as
 * everywhere, L = Re Σ conj(dy)·value, so a holomorphic f has the gradient dy·conj(f′). If no tape records, only `f` runs.
 *
 * @throws TapeError when `f` uses a tensor from outside that is being differentiated: its gradient would be lost. Pass it as an argument.
 * @throws TypeError, ShapeError, DTypeError, where it is called, when `f` doesn't return a value and a rule; in the sweep, when gradients don't fit.
 * What `rule` throws passes unchanged.
 */
export const customGradient = ((f: AnyFunction) => {
  if (typeof f !== 'function') throw refused(ArgumentError, OP, `takes a function; got ${shown(f)}`);
  return (...args: unknown[]): unknown => {
    const isRecording = ready().isRecording();
    const packs = args.map((v) => packed(v, OP));
    const inputs = packs.flatMap(({ leaves }) => leaves);
    if (!isRecording) return unpacked(answerOf(f, packs, inputs).value);
    let answer!: Answer;
    let order: readonly number[] = [];
    const outputs = ruled(OP, inputs, false, (fresh) => {
      answer = answerOf(f, packs, fresh);
      const { leaves } = answer.value;
      order = gradientsFirst(leaves);
      return {
        outputs: order.map((i) => leaves[i] as Tensor),
        differentiable: leaves.filter(hasGradient).length,
        rule: (captured) => {
          if (captured > 0) throw refused(TapeError, OP, lost(f));
          return ruleOf(f, packs, answer);
        },
      };
    });
    return unflatten(
      answer.value.structure,
      order.map((_, i) => outputs[order.indexOf(i)]),
    );
  };
}) as CustomGradient;

export const hasGradient = (t: Tensor): boolean => isInexact(t.dtypeFor(OP));

/** The indices of tensors, those that have gradients first. */
export const gradientsFirst = (leaves: readonly Tensor[]): number[] =>
  leaves.map((_, i) => i).sort((i, j) => Number(hasGradient(leaves[j] as Tensor)) - Number(hasGradient(leaves[i] as Tensor)));

const lost = (f: AnyFunction): string =>
  `${nameOf(f)} uses a tensor from outside that is being differentiated, and no gradient would reach it; pass it as an argument, or stopGradient(x) where that is meant`;

/** What `f` returned. */
interface Answer {
  readonly value: Packed;
  readonly rule: (dy: unknown) => unknown;
}

function answerOf(f: AnyFunction, packs: readonly Packed[], inputs: readonly Tensor[]): Answer {
  const answer: unknown = (f as (...args: unknown[]) => unknown)(...refilled(packs, inputs));
  if (!Array.isArray(answer) || answer.length !== 2 || typeof answer[1] !== 'function' || answer[0] === undefined || answer[0] === null)
    throw refused(ArgumentError, OP, `${nameOf(f)} returns [value, dy => gradients]; got ${isThenable(answer) ? 'a promise' : shown(answer)}`);
  return { value: packed(answer[0], OP), rule: answer[1] };
}

/** The rule of a node: calls the user's rule, and gives its gradients to the node's inputs. */
function ruleOf(f: AnyFunction, packs: readonly Packed[], { value, rule }: Answer): Rule {
  const { structure } = value;
  const has = value.leaves.map(hasGradient);
  const geometries = packs.flatMap(({ leaves }) => leaves.map((t) => new Geometry(t)));
  const places = packs.flatMap((pack, i) => pathsOf(pack.structure).map((path) => `${i}${path && `.${path}`}`));
  return (node) => {
    let next = 0;
    const dys = has.map((isDifferentiable) => (isDifferentiable ? node.cotangent(next++) : null));
    const gradients = gradientsIn(f, packs, rule(unflatten(structure, dys)));
    gradients.forEach((gradient, i) => {
      if (gradient === null) return;
      const geometry = geometries[i] as Geometry;
      if (!isInexact(geometry.dtypeNumber))
        throw refused(DTypeError, OP, `argument ${places[i]} is ${geometry.dtype} and has no gradient; the rule of ${nameOf(f)} must give null for it`);
      if (!isLeaf(gradient))
        throw refused(
          ArgumentError,
          OP,
          `the gradient by argument ${places[i]} that the rule of ${nameOf(f)} gives is no tensor; got ${isThenable(gradient) ? 'a promise' : shown(gradient)}`,
        );
      const t = fitted(geometry, gradient, {
        op: OP,
        of: `the gradient by argument ${places[i]} that the rule of ${nameOf(f)} gives does not fit: the argument`,
      });
      if (node.needs(i)) node.give(i, t);
    });
  };
}

/** The gradients in what a rule returned: one or null for each leaf of the arguments. */
function gradientsIn(f: AnyFunction, packs: readonly Packed[], given: unknown): unknown[] {
  const wanted = packs.filter(({ leaves }) => leaves.length > 0);
  const isList = Array.isArray(given) && given.length === wanted.length;
  const listed = isList ? leavesOf(wanted, given) : `: expected a list of ${wanted.length}`;
  if (typeof listed !== 'string') return listed;
  const alone = wanted.length === 1 ? leavesOf(wanted, [given]) : listed;
  if (typeof alone !== 'string') return alone;
  throw refused(
    ArgumentError,
    OP,
    `the rule of ${nameOf(f)} returns one gradient for each of the ${wanted.length} arguments with tensors, null for none; got ${isThenable(given) ? 'a promise' : Array.isArray(given) ? `a list of ${given.length}` : shown(given)}${isList || wanted.length === 1 ? ` (gradient${isList ? listed : alone})` : ''}`,
  );
}

/** The leaves of gradients that have the structures of arguments; or words for the first difference. */
function leavesOf(packs: readonly Packed[], given: readonly unknown[]): unknown[] | string {
  const leaves: unknown[] = [];
  for (let i = 0; i < packs.length; i++) {
    const differs = difference((packs[i] as Packed).structure, given[i], leaves, true);
    if (differs) return ` ${i}${differs}`;
  }
  const missing = leaves.indexOf(undefined);
  return missing < 0 ? leaves : ` ${missing}: got undefined`;
}
