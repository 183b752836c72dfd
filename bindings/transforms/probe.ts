/** A function at a point, for checkGradients: its values with one leaf of its arguments moved, in double precision or not. Knows trees, no op. */
import { operand, type TensorLike, tensor } from '../convert.js';
import { type DTypeName, isInexact, type TypedArray } from '../dtype.js';
import { ArgumentError, refused, shown } from '../errors.js';
import { nameOf, parameterNames } from '../names.js';
import type { Positions } from '../params.js';
import { isThenable, scope } from '../scope.js';
import { difference, flatten, pathsOf, type Structure, unflatten } from '../structure.js';
import { Tensor } from '../tensor.js';
import type { AnyFunction } from '../types.js';

const OP = 'checkGradients';

/** A leaf of the arguments. */
export interface Leaf {
  readonly name: string;
  readonly value: unknown;
  /** Its elements, in double precision; null where its dtype has no gradients. */
  readonly data: ArrayLike<number> | null;
  readonly dtype: DTypeName;
  readonly shape: readonly number[];
  readonly isWanted: boolean;
}

export const wide = (dtype: DTypeName): DTypeName => (dtype.startsWith('complex') ? 'complex128' : 'float64');
export const isNarrow = (dtype: DTypeName): boolean => dtype === 'float32' || dtype === 'complex64';

/** The elements of the result, as many lists as it has leaves with gradients, and the dtypes of those. */
export interface Values {
  readonly structure: Structure;
  /** The shape of each leaf; null where its dtype has no gradients. */
  readonly shapes: readonly (readonly number[] | null)[];
  readonly data: readonly TypedArray[];
  readonly dtypes: readonly DTypeName[];
}

/** The arguments as leaves, and how to call `f` with others in their places. */
export class Point {
  readonly leaves: Leaf[] = [];
  private readonly structures: Structure[] = [];
  private readonly starts: number[] = [];

  constructor(
    readonly f: AnyFunction,
    args: readonly unknown[],
    readonly positions: Positions,
    /** The point of the function whose gradient `f` is. */
    origin?: Point,
  ) {
    const names = namesOf(f);
    args.forEach((v, i) => {
      const isWanted = positions === null || positions.includes(i);
      const found: unknown[] = [];
      const structure = flatten(v, found, isWanted ? OP : undefined);
      const paths = pathsOf(structure);
      this.structures.push(structure);
      this.starts.push(this.leaves.length);
      found.forEach((value, k) => {
        const t = operand(value as TensorLike, undefined, OP);
        const has = isInexact(t.dtypeFor(OP));
        const data = has ? (t.dtype === wide(t.dtype) ? t.data() : Float64Array.from(t.data())) : null;
        const name = origin?.leaves[this.leaves.length]?.name ?? `${i}${names[i] ? ` (${names[i]})` : ''}${paths[k] && `.${paths[k]}`}`;
        this.leaves.push({
          name,
          value: typeof value === 'number' || value instanceof Tensor ? value : t,
          data,
          dtype: t.dtype,
          shape: t.shape,
          isWanted: isWanted && has,
        });
      });
    });
  }

  /** The arguments: as they were given, or in double precision, with the k-th leaf moved along a direction. */
  args(isWide: boolean, k = -1, direction: readonly number[] = [], h = 0): unknown[] {
    const leaves = this.leaves.map(({ value, data, dtype, shape }, i) => {
      if (data === null || (!isWide && i !== k)) return value;
      const moved = i === k ? Array.from(data, (x, j) => x + h * (direction[j] as number)) : data;
      return tensor(Float64Array.from(moved), { dtype: isWide ? wide(dtype) : dtype, shape });
    });
    return this.structures.map((structure, i) => unflatten(structure, leaves, false, this.starts[i]));
  }

  /** The elements of gradients by the wanted arguments, for each leaf; null for one that is not connected. */
  elements(f: () => readonly unknown[]): (ArrayLike<number> | null)[] {
    const found: (ArrayLike<number> | null)[] = this.leaves.map(() => null);
    scope(() => {
      const gradients = f();
      (this.positions ?? [...this.structures.keys()]).forEach((place, i) => {
        const leaves: unknown[] = [];
        difference(this.structures[place], gradients[i], leaves, true);
        leaves.forEach((g, k) => {
          if (g instanceof Tensor) found[(this.starts[place] as number) + k] = Float64Array.from(g.data());
        });
      });
      return null;
    });
    return found;
  }

  values(args: readonly unknown[]): Values {
    let values!: Values;
    scope(() => {
      const v: unknown = (this.f as (...args: unknown[]) => unknown)(...args);
      if (v === undefined || v === null || isThenable(v))
        throw refused(ArgumentError, OP, `${nameOf(this.f)} returns tensors, or a tree of them; got ${isThenable(v) ? 'a promise' : shown(v)}`);
      const leaves: unknown[] = [];
      const structure = flatten(v, leaves, OP);
      const all = leaves.map((leaf) => (leaf instanceof Tensor && isInexact(leaf.dtypeFor(OP)) ? leaf : null));
      const tensors = all.filter((t) => t !== null);
      values = { structure, shapes: all.map((t) => t?.shape ?? null), data: tensors.map((t) => t.data()), dtypes: tensors.map((t) => t.dtype) };
      return null;
    });
    return values;
  }
}

function namesOf(f: AnyFunction): string[] {
  try {
    return parameterNames(f).map(({ text }) => text);
  } catch {
    return [];
  }
}
