/** What a program is made for: the structure of arguments and the kind of each leaf; and what it gives. Knows no programs. */
import { isTypedArray, type TensorLike } from '../convert.js';
import type { ComplexNumber, TypedArray } from '../dtype.js';
import { countOf, difference, flatten, pathsOf, type Structure, unflatten } from '../structure.js';
import { Tensor } from '../tensor.js';

/** Numbers are values that the facade writes into the program; whatever else becomes a tensor is one. */
enum Kind {
  tensor,
  number,
  complex,
}

const KINDS = ['a tensor', 'a number', 'a complex number'];

const kindOf = (leaf: unknown): Kind =>
  typeof leaf === 'number' ? Kind.number : !(leaf instanceof Tensor) && 're' in (leaf as object) ? Kind.complex : Kind.tensor;

/** The leaves of arguments, those of either kind in order. */
export interface Leaves {
  readonly tensors: TensorLike[];
  readonly numbers: (number | ComplexNumber)[];
}

/** A static argument as it was, so that it is another one when its owner changes it. Numbers are structure here, elements are compared. */
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

/** The structure of a function's arguments. Those in `statics` are part of it whatever they are. */
export class Template {
  private readonly structures: readonly (Structure | Static)[];
  private readonly kinds: readonly Kind[];

  constructor(args: readonly unknown[], statics: readonly number[]) {
    const leaves: unknown[] = [];
    this.structures = args.map((v, i) => (statics.includes(i) ? new Static(v) : flatten(v, leaves, 'compile')));
    this.kinds = leaves.map(kindOf);
  }

  /** How arguments differ from those that it was made of, behind the word argument, or ''; then their leaves are added to `into`. */
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

  /** The tensors of either kind, as their leaves are in order. */
  merged(tensors: readonly Tensor[], numbers: readonly Tensor[]): Tensor[] {
    let tensor = 0;
    let number = 0;
    return this.kinds.map((kind) => (kind === Kind.tensor ? tensors[tensor++] : numbers[number++]) as Tensor);
  }

  /** These arguments with tensors at their leaves. */
  filled(args: readonly unknown[], leaves: readonly Tensor[]): unknown[] {
    let at = 0;
    return this.structures.map((structure, i) => {
      if (structure instanceof Static) return args[i];
      const from = at;
      at += countOf(structure);
      return unflatten(structure, leaves, false, from);
    });
  }

  /** Where leaf k stands: its argument, and the path in it. */
  placeOf(k: number): { argument: number; path: string } {
    const places = this.structures.flatMap((structure, argument) =>
      structure instanceof Static ? [] : pathsOf(structure).map((path) => ({ argument, path })),
    );
    return places[k] as { argument: number; path: string };
  }
}

const isResult = (v: unknown): v is Tensor | TypedArray => v instanceof Tensor || isTypedArray(v);

/** The structure of what a function returned, and for each leaf the number of its tensor, or an array that is the same each time. */
export class Results {
  constructor(
    /** Tensors that differ. */
    readonly count: number,
    private readonly structure: Structure,
    private readonly leaves: readonly (number | TypedArray)[],
  ) {}

  /** The same with these tensors in it. */
  filled(tensors: readonly Tensor[]): unknown {
    return unflatten(
      this.structure,
      this.leaves.map((leaf) => (typeof leaf === 'number' ? tensors[leaf] : leaf.slice())),
    );
  }
}

/** What `f` returned: its tensors, each once, and all else. */
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
