/** The structure of arguments and results: where tensors and numbers are, and what else there is. Knows no programs. */
import { isComplexNumber, isTypedArray, refuseForeign, type TensorLike, tensor } from '../convert.js';
import type { ComplexNumber } from '../dtype.js';
import { isPlainObject } from '../params.js';
import { Tensor } from '../tensor.js';
import { isNumbers, isTree } from './record.js';

/** What a template's leaves stand for: a tensor or what becomes one, and numbers, which are values and not structure. */
export enum Leaf {
  tensor,
  number,
  complex,
}

class Literal {
  constructor(readonly value: unknown) {}
}

class Branch {
  constructor(
    readonly keys: readonly string[],
    readonly items: readonly Template[],
  ) {}
}

/** The structure of an argument; a list for an array. Everything but tensors and numbers is a literal, and part of the structure. */
export type Template = Leaf | Literal | Branch | readonly Template[];

/** What stands at a template's leaves, in order. */
export class Leaves {
  readonly tensors: TensorLike[] = [];
  readonly numbers: (number | ComplexNumber)[] = [];
}

function leafOf(v: unknown): Leaf | null {
  if (v instanceof Tensor) return Leaf.tensor;
  if (typeof v === 'number') return Leaf.number;
  if (typeof v !== 'object' || v === null) return null;
  if (isTypedArray(v) || (Array.isArray(v) && v.length > 0 && isNumbers(v))) return Leaf.tensor;
  return isComplexNumber(v) ? Leaf.complex : null;
}

/** The template of a function's arguments. */
export const templateOf = (args: readonly unknown[]): Template => args.map(templateOfOne);

function templateOfOne(v: unknown): Template {
  const leaf = leafOf(v);
  if (leaf !== null) return leaf;
  refuseForeign(v, 'compile');
  if (!isTree(v)) return new Literal(copied(v));
  if (Array.isArray(v)) return v.map(templateOfOne);
  return new Branch(Object.keys(v), Object.values(v).map(templateOfOne));
}

/** Whether `v` has the template; its leaves are added to `leaves`. */
export function matches(template: Template, v: unknown, leaves: Leaves): boolean {
  if (template === Leaf.number) return typeof v === 'number' && leaves.numbers.push(v) > 0;
  if (template === Leaf.tensor) return (v instanceof Tensor || leafOf(v) === Leaf.tensor) && leaves.tensors.push(v as TensorLike) > 0;
  if (template === Leaf.complex) return isComplexNumber(v) && leaves.numbers.push(v) > 0;
  if (template instanceof Literal) return !isTree(v) && isSame(template.value, v);
  if (template instanceof Branch)
    return (
      isTree(v) && !Array.isArray(v) && isSame(template.keys, Object.keys(v)) && template.items.every((item, i) => matches(item, Object.values(v)[i], leaves))
    );
  const templates = template as readonly Template[];
  if (!Array.isArray(v) || v.length !== templates.length) return false;
  for (let i = 0; i < v.length; i++) if (!matches(templates[i] as Template, v[i], leaves)) return false;
  return true;
}

/** The value that the template describes, with these at its leaves. */
export function filled(template: Template, tensors: Iterator<Tensor>, numbers: Iterator<Tensor>): unknown {
  if (typeof template === 'number') return (template === Leaf.tensor ? tensors : numbers).next().value;
  if (template instanceof Literal) return template.value;
  if (template instanceof Branch) return Object.fromEntries(template.items.map((item, i) => [template.keys[i], filled(item, tensors, numbers)]));
  return (template as readonly Template[]).map((item) => filled(item, tensors, numbers));
}

/** A literal is compared with later ones, so it must not change with the caller's object. */
function copied(v: unknown): unknown {
  if (Array.isArray(v)) return v.map(copied);
  return isPlainObject(v) ? Object.fromEntries(Object.entries(v).map(([key, item]) => [key, copied(item)])) : v;
}

function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => isSame(item, b[i]));
  if (!isPlainObject(a) || !isPlainObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && isSame(a[key], b[key]));
}

/** The number of a tensor among the results, or a value that is the same each time. */
export class Result {
  constructor(readonly number: number) {}
}

/** The structure of what a function returned; its tensors are added to `tensors`, each once. */
export function resultOf(v: unknown, tensors: Tensor[]): unknown {
  if (v instanceof Tensor) {
    const known = tensors.indexOf(v);
    return new Result(known >= 0 ? known : tensors.push(v) - 1);
  }
  refuseForeign(v, 'compile');
  if (Array.isArray(v)) return v.map((item) => resultOf(item, tensors));
  return isPlainObject(v) ? Object.fromEntries(Object.entries(v).map(([key, item]) => [key, resultOf(item, tensors)])) : v;
}

/** The structure with these tensors in it. */
export function restored(structure: unknown, tensors: readonly Tensor[]): unknown {
  if (structure instanceof Result) return tensors[structure.number];
  if (Array.isArray(structure)) return structure.map((item) => restored(item, tensors));
  return isPlainObject(structure) ? Object.fromEntries(Object.entries(structure).map(([key, item]) => [key, restored(item, tensors)])) : structure;
}

export const asTensor = (v: TensorLike): Tensor => (v instanceof Tensor ? v : tensor(v));
