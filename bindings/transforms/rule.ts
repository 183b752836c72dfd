/**
 * Gradient rules in JavaScript: a function runs in a region that its innermost tape doesn't record, and its results are recorded as one node.
 * When a sweep reaches that node, the rule computes the gradients by ordinary ops, which outer tapes record. Knows tapes, no trees.
 */
import { Op } from '../../assembly/shared/opcode.js';
import { made, nextSerial, revive, scopeDepth, setScopeDepth } from '../call.js';
import { failure, guarded } from '../fault.js';
import { core, i32, views } from '../module.js';
import { enter, leave } from '../scope.js';
import type { Tensor } from '../tensor.js';
import { written } from './handles.js';
import { setRunRule } from './record.js';

/** Gives gradients to the inputs of a node where a sweep waits. */
export type Rule = (node: Waiting) => void;

/** A node where a sweep waits for its rule. */
export class Waiting {
  constructor(
    private readonly run: number,
    private readonly op: string,
    readonly outputs: number,
  ) {}

  /** The cotangent of output i; zeros when no target depends on it. */
  cotangent(i: number): Tensor {
    const generation = nextSerial();
    return made(this.checked(guarded(() => core.ruleCotangent(this.run, i, generation))), generation, Op.none);
  }

  /** Whether input i needs a gradient. */
  needs(i: number): boolean {
    return (core.ruleNeeds(this.run, i) as unknown as number) !== 0;
  }

  /** Adds a contribution to the gradient of input i, in its shape and dtype. */
  give(i: number, t: Tensor): void {
    if (t.at === 0) revive(t);
    this.checked(
      guarded(() => core.ruleGive(this.run, i, t.at, t.generation) as unknown as number),
      [t],
    );
  }

  /** Lets the run `inner` watch input i itself, without an identity of it. */
  watch(inner: number, i: number): void {
    this.checked(core.ruleWatch(inner, this.run, i) as unknown as number);
  }

  private checked(result: number, operands: readonly Tensor[] = []): number {
    if (result === 0) throw failure(this.op, operands);
    return result;
  }
}

interface Named {
  readonly op: string;
  readonly rule: Rule;
  readonly outputs: number;
}

/** The rules, by number, of nodes that a sweep may still reach, and the instance of the core that holds those nodes. */
const rules = new Map<number, Named>();
let instance = core;
let last = 0;

function nextNumber(): number {
  do last = last === 0x7fffffff ? 1 : last + 1;
  while (rules.has(last));
  return last;
}

/** Deletes the rules of spent nodes. */
function letGo(): void {
  if (instance !== core) rules.clear();
  instance = core;
  for (let id = core.ruleSpent(); id !== 0; id = core.ruleSpent()) rules.delete(id);
}

function callRule(run: number, id: number): number {
  const { op, rule, outputs } = rules.get(id) as Named;
  const sentinel = enter();
  try {
    rule(new Waiting(run, op, outputs));
  } finally {
    leave(sentinel);
  }
  const next = guarded(() => core.ruleResume(run));
  letGo();
  return next;
}

/** The results of a function. The rule gives gradients for the first `differentiable` of them. */
export interface Computed {
  readonly outputs: readonly Tensor[];
  readonly differentiable: number;
  /** Makes the rule, given the number of captured tensors: watched ones from outside, which are inputs of the node behind the arguments. */
  readonly rule: (captured: number) => Rule;
}

/**
 * Calls `f` with fresh identities of `inputs`, and returns fresh identities of its outputs: results of a node with its rule. Tensors made by `f`
 * live as long as the node. If `isWhole`, no open tape records the ops of `f`. Otherwise all but the innermost do, because their sweeps
 * differentiate the rule, which may use tensors made by `f`.
 */
export function ruled(op: string, inputs: readonly Tensor[], isWhole: boolean, f: (inputs: Tensor[]) => Computed): Tensor[] {
  letGo();
  setRunRule(callRule);
  const scope = core.regionOpen(isWhole);
  if (scope === 0) throw failure(op, []);
  setScopeDepth(scopeDepth + 1);
  let isOpen = true;
  const end = (): void => {
    isOpen = false;
    setScopeDepth(scopeDepth - 1);
  };
  try {
    const { outputs, differentiable, rule } = f(inputs.map((x) => argument(x, op)));
    const captured = core.regionCaptured();
    const named = { op, rule: rule(captured), outputs: differentiable };
    const count = inputs.length + captured;
    const pairs = written([...inputs, ...Array<null>(captured).fill(null), ...outputs], 0);
    if (pairs === 0) throw failure(op, []);
    const id = nextNumber();
    const serial = nextSerial(outputs.length);
    end();
    const status = guarded(() => core.ruleRecord(scope, id, inputs.length, differentiable, outputs.length, serial));
    if (status === 0) throw failure(op, [...inputs, ...outputs]);
    if (status === 2) rules.set(id, named);
    views();
    const from = pairs >>> 2;
    return outputs.map((_, k) => made((i32[from + 2 * (count + k)] as number) >>> 0, (serial + k) | 0, Op.custom));
  } finally {
    if (isOpen) {
      end();
      core.regionClose(scope);
    }
  }
}

function argument(x: Tensor, op: string): Tensor {
  if (x.at === 0) revive(x);
  const generation = nextSerial();
  const at = core.regionArgument(x.at, x.generation, generation);
  if (at === 0) throw failure(op, [x]);
  return made(at, generation, Op.custom);
}
