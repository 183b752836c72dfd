/** The template of a program: the structure of its arguments and the kind of each leaf; and the structure of its results. Knows no programs. */
import { isTypedArray, type TensorLike } from '../convert.js';
import type { ComplexNumber, TypedArray } from '../dtype.js';
import { countOf, difference, flatten, pathsOf, type Structure, unflatten } from '../structure.js';
import { Tensor } from '../tensor.js';

/** Kinds of leaves: the facade writes numbers into the program; other leaves are passed as tensors. */
enum Kind {
  tensor,
  number,
  complex,
}

const KINDS = ['a tensor', 'a number', 'a complex number'];

const kindOf = (leaf: unknown): Kind =>
  typeof leaf === 'number' ? Kind.number : !(leaf instanceof Tensor) && 're' in (leaf as object) ? Kind.complex : Kind.tensor;

/** The leaves of arguments: tensors and numbers, each in order. */
export interface Leaves {
  readonly tensors: TensorLike[];
  readonly numbers: (number | ComplexNumber)[];
}

/** A copy of a static argument, so that a later change of the argument is noticed. Numbers are part of its structure; typed arrays are compared by elements. */
class Static {
  private readonly structure: Structure;
  private readonly arrays: readonly TypedArray[];

  constructor(v: unknown) {
    const arrays: TypedArray[] = [];
    this.structure = flatten(v, arrays, undefined, isTypedArray);
    this.arrays = arrays.map((array) => array.slice());
  }

  difference(v: unknown): string {
    const arrays: TypedArray[] = [];
    const differs = difference(this.structure, v, arrays);
    if (differs) return differs;
    return this.arrays.every((array, i) => isSame(array, arrays[i] as TypedArray)) ? '' : ': expected other elements';
  }
}

const isSame = (a: TypedArray, b: TypedArray): boolean => a.constructor === b.constructor && a.length === b.length && a.every((x, i) => Object.is(x, b[i]));

/** The structure of a function's arguments, of which those at the positions `statics` are static. */
export class Template {
  private readonly structures: readonly (Structure | Static)[];
  private readonly kinds: readonly Kind[];

  constructor(args: readonly unknown[], statics: readonly number[]) {
    const leaves: unknown[] = [];
    this.structures = args.map((v, i) => (statics.includes(i) ? new Static(v) : flatten(v, leaves, 'compile')));
    this.kinds = leaves.map(kindOf);
  }

  /** How arguments differ from the template, in words that follow "argument"; '' if they don't, and then their leaves are added to `into`. */
  difference(args: readonly unknown[], into: Leaves): string {
    const { structures, kinds } = this;
    if (args.length !== structures.length) return `s: expected ${structures.length}, got ${args.length}`;
    const leaves: unknown[] = [];
    for (let i = 0; i < args.length; i++) {
      const structure = structures[i];
      const differs = structure instanceof Static ? structure.difference(args[i]) : difference(structure, args[i], leaves);
      if (differs) return ` ${i}${differs}`;
    }
    for (let i = 0; i < leaves.length; i++) {
      const kind = kinds[i] as Kind;
      if (kindOf(leaves[i]) !== kind) return `s: expected ${KINDS[kind]}, got ${KINDS[kindOf(leaves[i])]}`;
      if (kind === Kind.tensor) into.tensors.push(leaves[i] as TensorLike);
      else into.numbers.push(leaves[i] as number | ComplexNumber);
    }
    return '';
  }

  /** The tensors of both kinds of leaves, in the order of the leaves. */
  merged(tensors: readonly Tensor[], numbers: readonly Tensor[]): Tensor[] {
    let tensor = 0;
    let number = 0;
    return this.kinds.map((kind) => (kind === Kind.tensor ? tensors[tensor++] : numbers[number++]) as Tensor);
  }

  /** The arguments with tensors in place of their leaves. */
  filled(args: readonly unknown[], leaves: readonly Tensor[]): unknown[] {
    let at = 0;
    return this.structures.map((structure, i) => {
      if (structure instanceof Static) return args[i];
      const from = at;
      at += countOf(structure);
      return unflatten(structure, leaves, false, from);
    });
  }

  /** The argument of leaf k, and the leaf's path in it. */
  placeOf(k: number): { argument: number; path: string } {
    const places = this.structures.flatMap((structure, argument) =>
      structure instanceof Static ? [] : pathsOf(structure).map((path) => ({ argument, path })),
    );
    return places[k] as { argument: number; path: string };
  }
}

const isResult = (v: unknown): v is Tensor | TypedArray => v instanceof Tensor || isTypedArray(v);

/** The structure of a function's result, and for each leaf the number of its tensor, or an array, of which each call returns a copy. */
export class Results {
  constructor(
    /** The number of different tensors. */
    readonly count: number,
    private readonly structure: Structure,
    private readonly leaves: readonly (number | TypedArray)[],
  ) {}

  /** The result with these tensors. */
  filled(tensors: readonly Tensor[]): unknown {
    return unflatten(
      this.structure,
      this.leaves.map((leaf) => (typeof leaf === 'number' ? tensors[leaf] : leaf.slice())),
    );
  }
}

/** Separates the tensors of a function's result, each of them once, from its structure. */
export function resultsOf(value: unknown): { results: Results; tensors: readonly Tensor[] } {
  const leaves: (Tensor | TypedArray)[] = [];
  const structure = flatten(value, leaves, 'compile', isResult);
  const numbers = new Map<Tensor, number>();
  const places = leaves.map((leaf) => {
    if (!(leaf instanceof Tensor)) return leaf.slice();
    const known = numbers.get(leaf) ?? numbers.size;
    numbers.set(leaf, known);
    return known;
  });
  return { results: new Results(numbers.size, structure, places), tensors: [...numbers.keys()] };
}
