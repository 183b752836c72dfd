/**
 * The structure of trees: lists and plain objects around leaves. All walks through nested values are in this file. Knows no tapes and no ops.
 *
 * Leaves are tensors and values that can be converted to one: numbers, `{re, im}`, nested arrays of these, typed arrays. Booleans, strings,
 * functions, null and undefined are part of the structure, and so is an empty list.
 */
import { isComplexNumber, isTypedArray, refuseForeign } from './convert.js';
import { ArgumentError, refused, shown } from './errors.js';
import { isPlainObject } from './params.js';
import { Tensor } from './tensor.js';

/** Marks a leaf in a structure. */
export const LEAF = Symbol('leaf');

/** A list, or an object by its keys. */
export class Branch {
  constructor(
    readonly keys: readonly string[] | null,
    readonly items: readonly Structure[],
    /** Leaves in it. */
    readonly count: number,
  ) {}
}

/** LEAF, a branch, or a value that is part of the structure. */
export type Structure = unknown;

/** Deeper than any data, so that a list which contains itself is refused. */
const DEEPEST = 200;

/** Whether v has nested arrays of real and complex numbers only: then it is one leaf, not a list of leaves. */
function isNumbers(v: readonly unknown[], depth = 0): boolean {
  for (let i = 0; i < v.length; i++) {
    const item = v[i];
    if (typeof item === 'number') continue;
    if (Array.isArray(item) ? depth === DEEPEST || !isNumbers(item, depth + 1) : !isComplexNumber(item)) return false;
  }
  return true;
}

/** Whether v is a tensor, or a value that can be converted to one. */
export const isLeaf = (v: unknown): boolean =>
  typeof v === 'number' ||
  (typeof v === 'object' &&
    v !== null &&
    (v instanceof Tensor || (Array.isArray(v) ? v.length > 0 && isNumbers(v) : isTypedArray(v) || (isPlainObject(v) && isComplexNumber(v)))));

/**
 * The structure of v, whose leaves are added to `leaves` in order.
 * @param op the function that refuses a class instance, a Map or a tensor of another copy; without it they are part of the structure
 * @param isOne whether a value is a leaf
 */
export function flatten(v: unknown, leaves: unknown[], op?: string, isOne = isLeaf, depth = 0): Structure {
  if (isOne(v)) {
    leaves.push(v);
    return LEAF;
  }
  if (typeof v !== 'object' || v === null) return v;
  const isList = Array.isArray(v);
  if (!isList && !isPlainObject(v)) {
    if (op === undefined) return v;
    refuseForeign(v, op);
    throw refused(ArgumentError, op, `got ${shown(v)}, in which no tensors are found; ${TREE}`);
  }
  if (depth === DEEPEST) throw refused(ArgumentError, op ?? 'tree', `got a value that contains itself, or is nested more than ${DEEPEST} deep`);
  const before = leaves.length;
  const keys = isList ? null : Object.keys(v);
  const values: Readonly<Record<PropertyKey, unknown>> = v as never;
  const n = isList ? v.length : (keys as string[]).length;
  const items = new Array<Structure>(n);
  for (let i = 0; i < n; i++) items[i] = flatten(values[keys ? (keys[i] as string) : i], leaves, op, isOne, depth + 1);
  return new Branch(keys, items, leaves.length - before);
}

/** A description of trees, for messages. */
const TREE = 'a tree is made of lists and plain objects, with tensors, numbers, arrays of numbers, booleans, strings, functions and null in them';

/**
 * How v differs from the structure, as '.a.0: expected this, got that', to follow v's name; '' if it doesn't differ, and then v's leaves are
 * added to `leaves`, in the structure's order, also if v's keys have another order.
 * @param isOpen whether any value is accepted as a leaf, and null in place of a branch
 */
export function difference(structure: Structure, v: unknown, leaves: unknown[], isOpen = false): string {
  if (structure === LEAF) {
    if (!isOpen && !isLeaf(v)) return unlike('a tensor', v);
    leaves.push(v);
    return '';
  }
  if (!(structure instanceof Branch)) {
    if (isOpen || Object.is(structure, v)) return '';
    return typeof structure === 'function' && typeof v === 'function' ? ANOTHER : unlike(shown(structure), v);
  }
  const { keys, items } = structure;
  if (isOpen && v === null) {
    for (let i = 0; i < structure.count; i++) leaves.push(null);
    return '';
  }
  const values = keys ? valuesOf(v, keys) : Array.isArray(v) && v.length === items.length ? (v as unknown[]) : null;
  if (values === null) return unlike(keys ? `an object with keys ${keys.join(', ')}` : `a list of ${items.length}`, v);
  for (let i = 0; i < items.length; i++) {
    const inside = difference(items[i], values[i], leaves, isOpen);
    if (inside) return `.${keys ? keys[i] : i}${inside}`;
  }
  return '';
}

/** The end of a difference between functions. */
export const ANOTHER = ': expected the same function, got another';

const unlike = (expected: string, v: unknown): string =>
  `: expected ${expected}, got ${Array.isArray(v) ? `a list of ${v.length}` : isPlainObject(v) ? `an object with keys ${Object.keys(v).join(', ')}` : shown(v)}`;

/** The values of v in the order of `keys`; null if v has other keys. If v's keys have that order already, no value is looked up by key. */
function valuesOf(v: unknown, keys: readonly string[]): readonly unknown[] | null {
  if (!isPlainObject(v)) return null;
  const own = Object.keys(v);
  if (own.length !== keys.length) return null;
  let i = 0;
  while (i < own.length && own[i] === keys[i]) i++;
  if (i === own.length) return Object.values(v);
  return keys.every((key) => Object.hasOwn(v, key)) ? keys.map((key) => v[key]) : null;
}

/** The path of every leaf: keys and indices with dots between them; '' for a structure that is a leaf. */
export function pathsOf(structure: Structure): string[] {
  if (structure === LEAF) return [''];
  if (!(structure instanceof Branch)) return [];
  return structure.items.flatMap((item, i) => pathsOf(item).map((path) => `${structure.keys?.[i] ?? i}${path && `.${path}`}`));
}

/** The number of leaves of a structure. */
export const countOf = (structure: Structure): number => (structure instanceof Branch ? structure.count : structure === LEAF ? 1 : 0);

/** The values in a structure that are neither leaves nor branches. */
export const othersIn = (structure: Structure): unknown[] =>
  structure === LEAF ? [] : structure instanceof Branch ? structure.items.flatMap(othersIn) : [structure];

/** The tree of this structure with the leaves from `at` on; with `isBare`, with null in place of the values that are not leaves. */
export function unflatten(structure: Structure, leaves: readonly unknown[], isBare = false, at = 0): unknown {
  if (structure === LEAF) return leaves[at];
  if (!(structure instanceof Branch)) return isBare ? null : structure;
  let next = at;
  const values = structure.items.map((item) => {
    const from = next;
    next += countOf(item);
    return unflatten(item, leaves, isBare, from);
  });
  const { keys } = structure;
  if (keys === null) return values;
  const built: Record<string, unknown> = {};
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    if (key === '__proto__') Object.defineProperty(built, key, { value: values[i], enumerable: true, configurable: true, writable: true });
    else built[key] = values[i];
  }
  return built;
}
