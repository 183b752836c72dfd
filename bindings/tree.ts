/**
 * `tree`: functions of trees, which gradient functions and compile take and return. A tree is a leaf, or a list or plain object of trees; leaves
 * are tensors and values that can be converted to one (numbers, `{re, im}`, arrays of them, typed arrays). Other values are part of its structure.
 */
import { create } from './call.js';
import { operand, type TensorLike } from './convert.js';
import { type ComplexNumber, standard, type TypedArray } from './dtype.js';
import { ArgumentError, refused, ShapeError, shown } from './errors.js';
import { concat } from './ops/concat.js';
import { flatten as flattened, reshape } from './ops/shape.js';
import { split } from './ops/slices.js';
import { unflatten as built, countOf, difference, flatten as leavesInto, pathsOf, type Structure } from './structure.js';
import { Tensor } from './tensor.js';
import type { AnyFunction } from './types.js';

/** The type of a leaf. */
export type Leaf = Tensor | number | ComplexNumber | TypedArray | readonly number[] | readonly number[][];

/** The tree T with R at its leaves. */
export type Mapped<T, R> = T extends Leaf ? R : T extends AnyFunction ? T : T extends object ? { -readonly [K in keyof T]: Mapped<T[K], R> } : T;

/** The types of the leaves of T. */
export type LeafOf<T> = T extends Leaf
  ? T
  : T extends AnyFunction
    ? never
    : T extends readonly (infer Item)[]
      ? LeafOf<Item>
      : T extends object
        ? LeafOf<T[keyof T]>
        : never;

/** The values at the leaves of a further tree of `map`: a gradient that is not connected is null. */
export type Beside<T> = LeafOf<T> | (HasNull<T> extends true ? null : never);

type HasNull<T> = true extends (
  null extends T
    ? true
    : T extends Leaf | AnyFunction
      ? false
      : T extends readonly (infer Item)[]
        ? HasNull<Item>
        : T extends object
          ? HasNull<T[keyof T]>
          : false
)
  ? true
  : false;

/** A tree without its leaves. */
export interface TreeStructure<T = unknown> {
  readonly tree?: T;
}

/**
 * The first tree with `f(leaf)` in place of each leaf; with further trees, `f(leaf, other, …)` of the values at the same place:
 * `tree.map((w, g) => w.sub(g), weights, gradients)`. Values of the first tree that are not leaves, such as null, stay.
 * @throws ShapeError when another tree lacks the structure of the first, with the place.
 */
export function map<T, U extends readonly unknown[], R>(
  f: (leaf: LeafOf<NoInfer<T>>, ...others: { [I in keyof U]: Beside<U[I]> }) => R,
  first: T,
  ...rest: U
): Mapped<T, R> {
  if (typeof f !== 'function') throw refused(ArgumentError, 'tree.map', `f is a function; got ${shown(f)}`);
  const leaves: unknown[] = [];
  const structure = leavesInto(first, leaves, 'tree.map');
  const others = rest.map((t, i) => fitted(structure, t, i + 1));
  return built(
    structure,
    leaves.map((leaf, i) => f(leaf as LeafOf<NoInfer<T>>, ...(others.map((list) => list[i]) as { [I in keyof U]: Beside<U[I]> }))),
  ) as Mapped<T, R>;
}

function fitted(structure: Structure, t: unknown, i: number): unknown[] {
  const leaves: unknown[] = [];
  const differs = difference(structure, t, leaves, true);
  if (differs) throw refused(ShapeError, 'tree.map', `tree ${i}${differs}, as in the first tree`);
  return leaves;
}

/** The leaves and the structure, for `unflatten`. */
export const flatten = <T>(t: T): { leaves: LeafOf<T>[]; structure: TreeStructure<T> } => flattenedFor('flatten', t);

function flattenedFor<T>(name: string, t: T): { leaves: LeafOf<T>[]; structure: TreeStructure<T> } {
  const leaves: LeafOf<T>[] = [];
  const structure = leavesInto(t, leaves, `tree.${name}`) as TreeStructure<T>;
  return { leaves, structure };
}

/** The tree of this structure with these leaves. @throws ShapeError when the structure has another number of leaves. */
export function unflatten<T, R>(structure: TreeStructure<T>, leaves: readonly R[]): Mapped<T, R> {
  const count = countOf(structure);
  if (leaves.length !== count) throw refused(ShapeError, 'tree.unflatten', `the structure has ${count} leaves; got ${leaves.length}`);
  return built(structure, leaves) as Mapped<T, R>;
}

/** The leaves in order: of lists by index, of objects as their keys were added. */
export const leaves = <T>(t: T): LeafOf<T>[] => flattenedFor('leaves', t).leaves;

/** The structure of the tree: the tree without its leaves. */
export const structure = <T>(t: T): TreeStructure<T> => flattenedFor('structure', t).structure;

/** The path of each leaf, in the order of `leaves`: keys and indices with dots between them, as `layers.0.w`; '' for a tree that is a leaf. */
export const paths = (t: unknown): string[] => pathsOf(flattenedFor('paths', t).structure);

/**
 * All leaves as one vector, in their order, and a function that makes the tree, with tensors at its leaves, of such a vector. Any dtype, one for all.
 * Both are differentiable.
 * @throws DTypeError when dtypes differ. ShapeError, from `unravel`, unless it gets a vector of this length.
 */
export function ravel<T>(t: T): { vector: Tensor; unravel: (vector: TensorLike) => Mapped<T, Tensor> } {
  const { leaves, structure } = flattenedFor('ravel', t);
  const beside = leaves.find((leaf) => leaf instanceof Tensor);
  const tensors = leaves.map((leaf) => operand(leaf as TensorLike, beside, 'tree.ravel'));
  const shapes = tensors.map((x) => x.shape);
  const sizes = tensors.map((x) => x.size);
  const length = sizes.reduce((a, b) => a + b, 0);
  return {
    vector: tensors.length ? concat(tensors.map((x) => flattened(x))) : create(standard, [0], null),
    unravel(vector) {
      const v = operand(vector, undefined, 'unravel');
      if (v.rank !== 1 || v.size !== length) throw refused(ShapeError, 'unravel', `takes a vector of ${length} elements`, { vector: v });
      const parts = sizes.length ? split(v, sizes) : [];
      return unflatten(
        structure,
        parts.map((part, i) => reshape(part, shapes[i] as readonly number[])),
      );
    },
  };
}

/** The functions of trees as one object, which a bundle without them can leave out. */
export const tree: Pick<typeof import('./tree.js'), 'flatten' | 'leaves' | 'map' | 'paths' | 'ravel' | 'structure' | 'unflatten'> = {
  flatten,
  leaves,
  map,
  paths,
  ravel,
  structure,
  unflatten,
};
