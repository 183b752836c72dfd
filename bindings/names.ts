/** Reads the names of a function's parameters from its source. Makes no choice among them. */
import { ParamsError } from './errors.js';
import { NEITHER, Tokenizer, WORD } from './tokenizer.js';
import type { AnyFunction } from './types.js';

/** One parameter: `x`, `x = 1`, `{ a }` or `[a]`, `...x`. A pattern with a default is a `default`. */
export interface Parameter {
  readonly form: 'plain' | 'default' | 'destructured' | 'rest';
  /** Without escapes; null for a pattern. */
  readonly name: string | null;
  /** As written, cut short, for messages. */
  readonly text: string;
}
export type ParameterList = readonly Parameter[];

type Refuse = (reason: string) => never;

/** Every refusal ends with what to write instead. */
export const HINT = 'Ask by index, gradientsFunction(f, [0]), or give names, gradientsFunction(f, { params: ["x"], names: ["x", "y"] }).';

/** The body of native, bound and Proxy functions (ECMA-262, NativeFunction) and of functions shipped as bytecode. */
const HIDDEN = /\{\s*\[\s*(?:native\s+code|bytecode)\s*\]\s*\}\s*$/;
const ESCAPE = /\\u(?:\{(\w+)\}|(\w{4}))/g;

/**
 * The parameters of `f` in order, from the text that the engine keeps of it; an own `toString` is not asked.
 * Behind a minifier they are the minifier's, which nothing here can detect.
 * @throws ParamsError when the source is hidden, is that of a class, repeats a name, can be read in two ways, or
 * contradicts `f.length`.
 */
export function parameterNames(f: AnyFunction): ParameterList {
  const refuse: Refuse = (reason) => {
    throw new ParamsError(`The parameter names of ${nameOf(f)} are not known: ${reason}. ${HINT}`, 'params');
  };
  const source = Function.prototype.toString.call(f);
  if (HIDDEN.test(source)) refuse('it is native, bound or a Proxy, or its source is withheld');
  const parameters = readParameters(new Tokenizer(source, refuse), refuse);

  const names = parameters.flatMap(({ name }) => name ?? []);
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated !== undefined) refuse(`"${repeated}" occurs twice in (${listed(parameters)})`);
  const optional = parameters.findIndex(({ form }) => form === 'default' || form === 'rest');
  const length = optional < 0 ? parameters.length : optional;
  if (length !== f.length) refuse(`its source reads (${listed(parameters)}), its length is ${f.length}`);
  return parameters;
}

/** `x, y = 2, ...z`, for messages. */
export function listed(parameters: ParameterList): string {
  return parameters.map(({ text }) => text).join(', ');
}

/** The name of `f` in messages. */
export function nameOf(f: AnyFunction): string {
  return typeof f.name === 'string' && f.name !== '' ? f.name : 'the function';
}

/** The head of a function, arrow function, method or accessor. */
function readParameters(source: Tokenizer, refuse: Refuse): ParameterList {
  if (source.keyword('class') && !source.sees('(')) refuse('it is a class, which is not called');
  const { word } = source.key();
  if (source.sees('=>')) return [{ form: 'plain', name: unescaped(word), text: word }];
  if (!source.accept('(')) refuse('its source is not that of a function');

  const parameters: Parameter[] = [];
  source.within(NEITHER, () => {
    source.list(')', () => parameters.push(readParameter(source)));
  });
  return parameters;
}

function readParameter(source: Tokenizer): Parameter {
  const start = source.at;
  const rest = source.accept('...');
  const word = source.take(WORD);
  if (!word) source.primary();
  const optional = source.accept('=');
  if (optional) source.assignment();
  return {
    form: rest ? 'rest' : optional ? 'default' : word ? 'plain' : 'destructured',
    name: word ? unescaped(word) : null,
    text: excerpt(source.text.slice(start, source.end)),
  };
}

function unescaped(word: string): string {
  return word.replace(ESCAPE, (_, braced?: string, four?: string) => String.fromCodePoint(Number.parseInt(braced ?? four ?? '', 16)));
}

function excerpt(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 24 ? `${line.slice(0, 23)}…` : line;
}
