/** Turns the `params` of gradientsFunction, and `static` of compile, into argument positions. Reads no source, touches no tensor. */
import { ArgumentError, ParamsError, refused, shown } from './errors.js';
import { HINT, listed, nameOf, parameterNames } from './names.js';
import { strangerIn } from './spelling.js';
import type { AnyFunction } from './types.js';

/** Positions of the arguments to differentiate by, in the order of `params`, repetitions included; null for every argument passed. */
export type Positions = readonly number[] | null;

const OPTIONS: readonly string[] = ['params', 'names', 'unconnectedGradients'];

/**
 * undefined → null; [1] → [1]; ['y'] → the position of `y` in `names` or, without `names`, in the source of `f`.
 * The source is read only if params are names and `names` is absent.
 * @param choice a list, or the options `{ params, names }`.
 * @throws ParamsError for anything else, and for names that are unknown or ambiguous.
 */
export function resolveParams(f: AnyFunction, choice?: unknown, names?: unknown): Positions {
  if (isPlainObject(choice)) {
    const stranger = strangerIn(choice, OPTIONS);
    if (stranger) throw refusal(stranger);
    return resolveList(f, choice.params, choice.names);
  }
  return resolveList(f, choice, names);
}

/**
 * Checks that a call has every argument that `positions` names.
 * @throws ParamsError, a RangeError, with the index and the number of arguments.
 */
export function checkArity(positions: Positions, argumentCount: number, fName: string): void {
  const missing = positions?.find((position) => position >= argumentCount);
  if (missing === undefined) return;
  const count = argumentCount === 1 ? '1 argument' : `${argumentCount} arguments`;
  throw refusal(`params: index ${missing} is out of range, ${fName || 'the function'} was called with ${count}`);
}

/** As `resolveParams`, for a list, which errors call `what`. */
export function resolveList(f: AnyFunction, params: unknown, names?: unknown, what = 'params'): Positions {
  if (names !== undefined) checkNames(names);
  if (params === undefined) return null;
  if (typeof params === 'string' || typeof params === 'number') throw refusal(`${what} must be a list; got ${shown(params)}, write [${shown(params)}]`);
  if (!Array.isArray(params)) throw refusal(`${what} must be a list of indices or of names; got ${shown(params)}`);
  const list: readonly unknown[] = Array.from(params); // holes become undefined
  if (list.every(isIndex)) return list;
  if (list.every(isString)) return names === undefined ? findParsed(f, list) : findGiven(names, list);
  const negative = list.every(Number.isSafeInteger) ? ' (indices count from 0)' : '';
  throw refusal(`${what} must be all strings or all integers; got ${shown(params)}${negative}`);
}

function checkNames(names: unknown): asserts names is readonly string[] {
  if (!Array.isArray(names) || !Array.from(names).every(isString)) throw refusal(`names must be a list of strings; got ${shown(names)}`);
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated !== undefined) throw refusal(`names must differ; got ${shown(names)}`);
}

function findGiven(names: readonly string[], params: readonly string[]): number[] {
  return params.map((param) => {
    const position = names.indexOf(param);
    if (position < 0) throw refusal(`${shown(param)} is not among the names ${shown(names)}`);
    return position;
  });
}

function findParsed(f: AnyFunction, params: readonly string[]): number[] {
  const parameters = parameterNames(f);
  return params.map((param) => {
    const position = parameters.findIndex(({ name }) => name === param);
    const parameter = parameters[position];
    if (!parameter) throw refusal(`${nameOf(f)} has no parameter ${shown(param)}, it takes (${listed(parameters)}). ${HINT}`);
    if (parameter.form === 'rest') throw refusal(`${shown(param)} is a rest parameter of ${nameOf(f)} (${listed(parameters)}). ${HINT}`);
    return position;
  });
}

/** Every refusal of `params` carries the same op. */
function refusal(message: string): ParamsError {
  return new ParamsError(message, 'params');
}

/** Checks that `options` is a plain object with these names only; errors say that `op` takes `what`. */
export function checkOptions(options: unknown, names: readonly string[], op: string, what = 'options'): void {
  const stranger = isPlainObject(options) ? strangerIn(options, names) : `takes ${what} { ${names.join(', ')} }; got ${shown(options)}`;
  if (stranger) throw refused(ArgumentError, op, stranger);
}

/** Whether `v` is a plain object, as a literal makes it: options, or a branch of a tree. */
export function isPlainObject(v: unknown): v is Record<string, unknown> {
  if (typeof v !== 'object' || v === null) return false;
  const prototype: unknown = Object.getPrototypeOf(v);
  return prototype === Object.prototype || prototype === null;
}

function isIndex(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}
