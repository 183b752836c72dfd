/** A run of a function on one example, noted so that it can be repeated on a batch. Knows no op. */
import { ExampleWord, Record as Rec } from '../../assembly/shared/abi.js';
import { Op } from '../../assembly/shared/opcode.js';
import { apply1, made, nextSerial, revive, scopeDepth, setScopeDepth } from '../call.js';
import { dtypeAt, shapeAt } from '../elements.js';
import { ArgumentError, CompileError, refused } from '../errors.js';
import { failure, guarded } from '../fault.js';
import { core, i32, views } from '../module.js';
import { isThenable } from '../scope.js';
import { flatten, type Structure } from '../structure.js';
import { Handle, setGuard, Tensor } from '../tensor.js';
import type { Geometry, Step } from './lanes.js';

/** What ran on the example. */
export interface Noted {
  /** With what was computed on the example, where that depends on no input. */
  readonly values: readonly (Geometry & { readonly constant: Tensor | null })[];
  readonly steps: readonly (Step & { readonly operands: readonly number[]; readonly first: number })[];
}

/** A run on one example: what ran, the numbers of its inputs, what came out. */
export interface Sweep {
  readonly noted: Noted;
  readonly inputs: readonly number[];
  /** What `f` returned for the example, and its structure. */
  readonly value: unknown;
  readonly structure: Structure;
  /** The result's leaves: numbers of values, 0 for `fixed` ones, which are no tensors. */
  readonly outputs: readonly number[];
  readonly fixed: readonly unknown[];
}

const numberAt = (at: number): number => ((i32[(at + Rec.traced) >>> 2] as number) & 0x7fffffff) >>> 0;

/** Runs `f`, of which errors say `name`, on one example, whose tensors it makes inputs of with the function that it gets. */
export function runExample(f: (input: (t: Tensor) => Tensor) => unknown, name: string): Sweep {
  const example = core.exampleBegin() >>> 0;
  if (example === 0) throw failure('vmap', []);
  setScopeDepth(scopeDepth + 1);
  const guard = setGuard(refuseExample);
  const base = core.exampleBase(example) >>> 0;
  const numberOf = (t: Tensor): number => Math.max(0, numberAt(t.record('vmap')) - base);
  let isOpen = true;
  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    setGuard(guard);
    setScopeDepth(scopeDepth - 1);
  };
  try {
    const inputs: number[] = [];
    const value = f((t) => {
      const made = inputOf(t);
      inputs.push(numberOf(made));
      return made;
    });
    if (isThenable(value)) throw refused(ArgumentError, 'vmap', `${name} returned a promise; await what it needs before, and pass it as an argument`);
    if (value === undefined || value === null) throw refused(ArgumentError, 'vmap', `${name} returns nothing; did you forget to return a value?`);
    const fixed: unknown[] = [];
    const structure = flatten(value, fixed, 'vmap');
    // A tensor that no op made has no number, and may end with the example.
    const outputs = fixed.map((leaf) => (leaf instanceof Tensor ? numberOf(leaf) || numberOf(apply1(Op.identity, leaf)) : 0));
    const words = guarded(() => core.exampleEnd(example)) >>> 0;
    close();
    if (words === 0) throw failure('vmap', []);
    return { noted: notedAt(words), inputs, value, structure, outputs, fixed };
  } finally {
    close();
    core.exampleFree(example);
  }
}

/** What stands for t in the example. */
function inputOf(t: Tensor): Tensor {
  if (t.at === 0) revive(t);
  const generation = nextSerial();
  const at = core.traceInput(t.at, t.generation, false, generation);
  if (at === 0) throw failure('vmap', [t]);
  return made(at, generation, Op.none);
}

function notedAt(words: number): Noted {
  views();
  let at = words >>> 2;
  const next = (count: number): number[] => {
    at += count;
    return Array.from(i32.subarray(at - count, at));
  };
  const [count, steps] = next(2) as [number, number];
  const values = Array.from({ length: count }, () => {
    const [record, kind] = next(2) as [number, number];
    return { shape: shapeAt(record >>> 0), dtype: dtypeAt(record >>> 0), constant: kind === 0 ? constantAt(record >>> 0) : null };
  });
  return {
    values,
    steps: Array.from({ length: steps }, () => {
      const head = next(ExampleWord.operands);
      const first = head[ExampleWord.first] as number;
      return {
        op: head[ExampleWord.op] as Op,
        isElementwise: head[ExampleWord.elementwise] !== 0,
        operands: next(head[ExampleWord.inputs] as number),
        attributes: next(head[ExampleWord.words] as number),
        first,
        results: values.slice(first - 1, first - 1 + (head[ExampleWord.outputs] as number)),
      };
    }),
  };
}

/** The constant of the example whose record is at this address. */
function constantAt(at: number): Tensor {
  const serial = nextSerial();
  return new Handle(at, core.exampleTake(at, serial), Op.none);
}

function refuseExample(at: number, op: string): void {
  if ((i32[(at + Rec.traced) >>> 2] as number) >= 0) return;
  throw refused(
    CompileError,
    op,
    `${op === 'keep' ? 'keeps' : 'reads a value of'} a tensor that stands for all examples of a batch, in a function under vmap; ${op === 'keep' ? 'return the tensor' : 'return the tensor and read it outside, or choose with where(condition, x, y)'}`,
  );
}
