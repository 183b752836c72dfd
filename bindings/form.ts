/**
 * Forms: descriptions of public functions' arguments, as data: operands by their documented names, options, kinds, defaults. `called` checks the
 * arguments of a call against the form, and adds the names of the function and its operands to every error of the call. Knows no op.
 */
import { isComplexNumber } from './convert.js';
import { ArgumentError, type ErrorClass, type GradtapeError, type Operands, refused, refuseMore, shown, textOf } from './errors.js';
import type { Kind } from './kinds.js';
import { isPlainObject } from './params.js';
import { noOption } from './spelling.js';
import { Tensor } from './tensor.js';

/** An argument's kind. As a list of a kind and a default, the argument may be absent. */
export type Slot<T = unknown> = Kind<T> | readonly [kind: Kind<T>, fallback?: T];
export type Slots = Readonly<Record<string, Slot>>;

export interface Form {
  /** The function's name in errors. */
  readonly name: string;
  readonly operands: Slots;
  /** Each option may be absent. A value that is not an object, in place of the options, is the first option, which is `axis` where there is one. */
  readonly options: Slots | undefined;
  /** The most arguments that a call has. */
  readonly most: number;
  /** Operands and options as lists, made at the first call. */
  lists: Lists | undefined;
}

export const form = (name: string, operands: Slots, options?: Slots): Form => ({
  name,
  operands,
  options,
  most: Object.keys(operands).length + (options ? 1 : 0),
  lists: undefined,
});

interface List {
  readonly names: readonly string[];
  readonly kinds: readonly Kind<unknown>[];
  readonly needed: readonly boolean[];
  readonly fallbacks: readonly unknown[];
}

interface Lists {
  readonly operands: List;
  readonly options: List;
  /** The options when none are given. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /** Whether one of them has a value. */
  readonly hasDefaults: boolean;
  /** Whether options may stand in place of an operand that is absent. */
  readonly mayBeEarly: boolean;
}

const isList = Array.isArray as unknown as (v: unknown) => v is readonly [kind: Kind<unknown>, fallback?: unknown];

function listed(slots: Slots = {}): List {
  const all = Object.values(slots);
  return {
    names: Object.keys(slots),
    kinds: all.map((slot) => (isList(slot) ? slot[0] : slot)),
    needed: all.map((slot) => !isList(slot)),
    fallbacks: all.map((slot) => (isList(slot) ? slot[1] : undefined)),
  };
}

function listsOf(of: Form): Lists {
  const operands = listed(of.operands);
  const options = listed(of.options);
  const defaults = Object.fromEntries(options.names.map((name, i) => [name, options.fallbacks[i]]));
  const hasDefaults = options.fallbacks.some((v) => v !== undefined);
  of.lists = { operands, options, defaults, hasDefaults, mayBeEarly: of.options !== undefined && operands.needed.includes(false) };
  return of.lists;
}

/** The call in JavaScript, for errors. */
function written({ name, operands, options }: Form): string {
  const names = Object.entries(operands).map(([operand, slot]) => (isList(slot) ? `${operand}?` : operand));
  return `${name}(${[...names, ...(options ? [`{ ${Object.keys(options).join(', ')} }`] : [])].join(', ')})`;
}

/** `f` of the operand x, a tensor, and of the options: `called` for the many functions of one operand. */
export function calledOne<R>(of: Form, f: (...values: never[]) => R, x: Tensor, given: unknown): R {
  try {
    const options = optionsOf(of.lists ?? listsOf(of), given, x);
    return (f as (x: Tensor, options: unknown) => R)(x, options);
  } catch (error) {
    throw blamed(error, of, [x]);
  }
}

/** Likewise, of x and another operand. */
export function calledTwo<R>(of: Form, f: (...values: never[]) => R, x: Tensor, b: unknown, given: unknown): R {
  let y = b;
  try {
    const lists = of.lists ?? listsOf(of);
    if (lists.mayBeEarly) return called(of, f, x, b, given);
    y = read(lists.operands, 1, b, x);
    return (f as (x: Tensor, y: unknown, options: unknown) => R)(x, y, optionsOf(lists, given, x));
  } catch (error) {
    throw blamed(error, of, [x, y]);
  }
}

/** `f` of the arguments a, b, … as it wants them: operands in their order, then the options. What is absent is undefined. */
export function called<R>(of: Form, f: (...values: never[]) => R, a: unknown, b: unknown, c?: unknown, d?: unknown, e?: unknown): R {
  let x = a;
  let y = b;
  let z = c;
  try {
    const lists = of.lists ?? listsOf(of);
    const call = f as (...values: unknown[]) => R;
    const { operands } = lists;
    const n = operands.kinds.length;
    x = read(operands, 0, a, b instanceof Tensor ? b : c);
    if (n === 1) return call(x, optionsOf(lists, b, x));
    if (lists.mayBeEarly && isEarly(operands, 1, b, c)) return call(x, ...operands.fallbacks.slice(1), optionsOf(lists, b, x));
    y = read(operands, 1, b, x);
    if (n === 2) return call(x, y, optionsOf(lists, c, x));
    if (lists.mayBeEarly && isEarly(operands, 2, c, d)) return call(x, y, ...operands.fallbacks.slice(2), optionsOf(lists, c, x));
    z = read(operands, 2, c, x);
    if (n === 3) return call(x, y, z, optionsOf(lists, d, x));
    return call(x, y, z, read(operands, 3, d, x), optionsOf(lists, e, x));
  } catch (error) {
    throw blamed(error, of, [x, y, z, d]);
  }
}

/** Whether v, the last argument, is options in place of operand i, which may be absent. */
const isEarly = ({ needed }: List, i: number, v: unknown, next: unknown): boolean => needed[i] === false && next === undefined && isPlainObject(v);

/** Argument i of a list, converted to its kind. */
function read({ kinds, names, needed, fallbacks }: List, i: number, v: unknown, beside: unknown): unknown {
  const kind = kinds[i] as Kind<unknown>;
  if (kind.isAnyTensor && v instanceof Tensor) return v;
  if (v === undefined && needed[i] === false) return fallbacks[i];
  const value = kind.read(v, names[i] as string, beside);
  if (value === undefined) throw misfit(kind, names[i] as string, v);
  return value;
}

const misfit = (kind: Kind<unknown>, name: string, v: unknown): Error => refused(kind.Refusal, '', `${name} is ${kind.words}; got ${shown(v)}`);

/** Refuses an argument more than the form has. */
export function refuseExtra(of: Form, extra: unknown): void {
  if (extra !== undefined) refuseMore(written(of), 0, [extra]);
}

/** All options, converted to their kinds. */
const optionsOf = (lists: Lists, given: unknown, beside: unknown): unknown =>
  given === undefined ? lists.defaults : givenOptions(lists, given, beside, lists.hasDefaults);

/** Likewise, for given options. With `isCopied` they are copied, because an option needs conversion or a default. */
function givenOptions(lists: Lists, given: unknown, beside: unknown, isCopied: boolean): unknown {
  if (typeof given !== 'object') return bare(lists, given, undefined, beside);
  const { names, kinds } = lists.options;
  const options: Record<string, unknown> = isCopied ? { ...lists.defaults } : (given as Record<string, unknown>);
  let isOptions = false;
  for (const name in given) {
    let i = 0;
    while (i < names.length && names[i] !== name) i++;
    if (i === names.length) return bare(lists, given, name, beside);
    isOptions = true;
    const v = (given as Record<string, unknown>)[name];
    if (v === undefined) continue;
    const value = (kinds[i] as Kind<unknown>).read(v, name, beside);
    if (value === undefined) throw misfit(kinds[i] as Kind<unknown>, name, v);
    if (isCopied) options[name] = value;
    else if (value !== v) return givenOptions(lists, given, beside, true);
  }
  return isOptions || isPlainObject(given) ? options : bare(lists, given, undefined, beside);
}

/** The options if `given`, which is not an object of options, is the first of them. */
function bare({ defaults, hasDefaults, options: { names, kinds } }: Lists, given: unknown, unknown: string | undefined, beside: unknown): unknown {
  const kind = kinds[0] as Kind<unknown>;
  const name = names[0] as string;
  if (unknown !== undefined && isPlainObject(given) && !isComplexNumber(given)) throw refused(ArgumentError, '', noOption(unknown, names));
  const value = given === null ? undefined : kind.read(given, name, beside);
  if (value === undefined) throw refused(kind.Refusal, '', `takes options { ${names.join(', ')} }, or ${name} alone, ${kind.words}; got ${shown(given)}`);
  if (name === 'axis' && !hasDefaults) return { axis: value };
  return { ...defaults, [name]: value };
}

/** What a call of `of` throws for a failure inside: named after the function that was called, with its operands. */
export function blamed(error: unknown, of: Form, args: readonly unknown[]): unknown {
  const text = textOf(error);
  if (text === undefined) return isOwn(error) ? error : unreadable(error, of);
  const { code, constructor: Kind } = error as GradtapeError;
  return refused(Kind as ErrorClass, of.name, text, /shape|dtype|index/.test(code) ? operandsOf(of, args) : {});
}

/** The operands that are tensors, or stand for some. */
const operandsOf = (of: Form, args: readonly unknown[]): Operands =>
  Object.fromEntries(Object.entries(of.operands).flatMap(([name, slot], i) => ((isList(slot) ? slot[0] : slot).isOperand ? [[name, args[i]]] : [])));

/** Whether an error is the library's or the engine's, rather than thrown by an argument that was read. */
const isOwn = (error: unknown): boolean =>
  error instanceof RangeError || error instanceof WebAssembly.RuntimeError || (error instanceof Error && typeof (error as GradtapeError).op === 'string');

/** An argument threw as it was read: a getter, a proxy. */
function unreadable(cause: unknown, of: Form): Error {
  return Object.assign(refused(ArgumentError, of.name, `an argument can't be read: ${shown(cause instanceof Error ? cause.message : cause)}`), { cause });
}
