/** The error classes, and the sentences for all failures of the core. Knows statuses and shapes, no tensors. */
import { DType, Status, Weak } from '../assembly/shared/abi.js';
import { calledDtype, type DTypeName, dtypeNames } from './dtype.js';

/** Every error of this library: it has the op that failed and a stable code. */
export interface GradtapeError extends Error {
  readonly op: string;
  readonly code: string;
}

type ErrorBase = new (message?: string) => Error;
export type ErrorClass = new (message: string, op: string) => Error & GradtapeError;

function errorClass(name: string, code: string, Base: ErrorBase) {
  return class extends Base implements GradtapeError {
    override readonly name = name;
    readonly code = code;
    readonly op: string;
    constructor(message: string, op = '') {
      super(message);
      this.op = op;
    }
  };
}

/** Shapes that do not fit an op or each other. */
export class ShapeError extends errorClass('ShapeError', 'shape', RangeError) {}
/** A dtype that an op does not take, or two that do not mix. */
export class DTypeError extends errorClass('DTypeError', 'dtype', TypeError) {}
/** Parameters to differentiate with respect to that are not parameters. */
export class ParamsError extends errorClass('ParamsError', 'params', RangeError) {}
/** An index or axis out of range. */
export class IndexError extends errorClass('IndexError', 'index', RangeError) {}
/** A value of the wrong kind: a promise, a string, nothing. */
export class ArgumentError extends errorClass('TypeError', 'argument', TypeError) {}
/** A tensor used after its release. */
export class ReleasedError extends errorClass('ReleasedError', 'released', ReferenceError) {}
/** Memory that the host, or `init({ memory })`, does not give. Every live tensor stays valid. */
export class OutOfMemoryError extends errorClass('OutOfMemoryError', 'memory', RangeError) {}
/** A WebAssembly module that can't be used here. */
export class ModuleError extends errorClass('ModuleError', 'module', Error) {}
/** A tape used out of order. */
export class TapeError extends errorClass('TapeError', 'tape', Error) {}
/** A function that can't be compiled, because its computation depends on values. */
export class CompileError extends errorClass('CompileError', 'compile', Error) {}
/** `init` at the wrong time or with options that this host can't meet. */
export class InitError extends errorClass('InitError', 'init', Error) {}

/** Refuses arguments beyond the `most` of a function that is called as `usage` shows. */
export function refuseMore(usage: string, most: number, args: ArrayLike<unknown>): void {
  for (let i = most; i < args.length; i++)
    if (args[i] !== undefined) throw refused(ArgumentError, usage.slice(0, usage.indexOf('(')), `is called ${usage}; got ${shown(args[i])} besides`);
}

/** Errors show at most so many items of a list, and characters of a text. */
const MOST_SHOWN = 8;
const MOST_CHARACTERS = 60;

const cut = (text: string): string => (text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text);

/** Any value in words. */
export function shown(v: unknown): string {
  try {
    if (Array.isArray(v))
      return `[${Array.from(v.slice(0, MOST_SHOWN), (item) => (Array.isArray(item) ? '[…]' : shown(item))).join(', ')}${v.length > MOST_SHOWN ? ', …' : ''}]`;
    if (typeof v === 'string') return JSON.stringify(cut(v));
    if (typeof v === 'bigint') return cut(`${v}n`);
    if (typeof v === 'function') return 'a function';
    return typeof v === 'object' && v !== null
      ? isDescribed(v)
        ? `a tensor ${described(v)}`
        : `an object of class ${cut(String(v.constructor?.name))}`
      : String(v);
  } catch {
    return 'an object that cannot be read';
  }
}

/** The properties of a tensor that errors show. */
export interface Described {
  readonly shape: readonly number[];
  readonly dtype: string;
}

const isDescribed = (v: unknown): v is Described => typeof v === 'object' && v !== null && BRAND in v;

/** Marks tensors; other copies of the library have the same symbol. */
export const BRAND = Symbol.for('gradtape.tensor');

const described = (t: Described): string => `[${t.shape.join(', ')}] ${t.dtype}`;

/** The shape of nested lists. */
const shapeOf = (v: unknown): number[] => (Array.isArray(v) ? [v.length, ...shapeOf(v[0])] : []);

/** An operand in words, of which an error needs only shape and dtype; '' where these can't be read. */
function told(v: unknown): string {
  try {
    if (isDescribed(v)) return described(v);
    if (Array.isArray(v)) return isDescribed(v[0]) ? v.slice(0, MOST_SHOWN).map(told).join(' and ') : `of shape [${shapeOf(v).join(', ')}]`;
    return ArrayBuffer.isView(v) ? `a ${v.constructor.name}` : typeof v === 'object' || v === undefined ? '' : shown(v);
  } catch {
    return '';
  }
}

/** Operands by name. */
export type Operands = Readonly<Record<string, unknown>>;

/** The sentences of refusals, without op and operands. The function that the user called adds its own name and operands. */
const texts = new WeakMap<object, string>();

export const textOf = (error: unknown): string | undefined => texts.get(error as object);

/** An error of `op` with the sentence `text`, followed by descriptions of its operands. */
export function refused(Kind: ErrorClass, op: string, text: string, operands: Operands = {}): Error & GradtapeError {
  const tail = Object.entries(operands)
    .flatMap(([name, v]) => (told(v) ? `${name} ${name.endsWith('s') ? 'are' : 'is'} ${told(v)}` : []))
    .join(', ');
  const error = new Kind(`${op}: ${text}${tail && `; ${tail}`}`, op);
  texts.set(error, text);
  return error;
}

/** A failure that the core has noted, and its operands. */
export interface Failure {
  readonly status: Status;
  readonly op: string;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  /** The operands that are not released. */
  readonly operands: readonly Described[];
  /** Names of the ops that made the operands. */
  readonly origins: readonly string[];
  readonly held: number;
  /** Bytes of the last request that memory could not meet. */
  readonly refused: number;
}

const dtypeName = (d: number): DTypeName => dtypeNames[d] ?? 'float32';
const bytesOf = (n: number): string => (n < 1024 ? `${n} bytes` : n < 1048576 ? `${(n / 1024).toFixed(1)} KiB` : `${(n / 1048576).toFixed(1)} MiB`);
const article = (name: string): string => (/^[aeiou]/.test(name) ? 'an' : 'a');

/** The dtype that can represent the values of both. */
function wider(a: number, b: number): DType {
  const [less, more] = [a, b].sort((i, j) => WIDTH.indexOf(i) - WIDTH.indexOf(j)) as [DType, DType];
  return less === DType.float64 && more === DType.complex64 ? DType.complex128 : more;
}

const WIDTH: readonly DType[] = [DType.bool, DType.int32, DType.float32, DType.float64, DType.complex64, DType.complex128];

/** The error for a failure of the core. */
export function errorOf(f: Failure): Error & GradtapeError {
  const { op, a, b, c } = f;
  const [x, y, z] = f.operands;
  // A stored dtype that no operand reports is that of a weak operand.
  const called = (d: number): DTypeName =>
    f.operands.length === 0 || f.operands.some((t) => t.dtype === dtypeName(d))
      ? dtypeName(d)
      : dtypeName(calledDtype(d === DType.float64 ? Weak.real : Weak.complex));
  const of = (Kind: ErrorClass, text: string) => refused(Kind, op, text, { x, y, z });
  switch (f.status) {
    case Status.released: {
      const origin = f.origins[a];
      return refused(
        ReleasedError,
        op,
        `${origin ? `a tensor made by ${origin}` : 'an operand'} was released, by dispose() or at the end of the scope or gradient function that made it; return it from there or call keep() on it`,
      );
    }
    case Status.dtype:
      return of(DTypeError, `does not take ${called(b)} (operand ${a}); convert it with cast`);
    case Status.dtypes:
      return of(DTypeError, `${called(a)} and ${called(b)} do not mix; convert one with cast(x, '${dtypeName(wider(a, b))}')`);
    case Status.shape:
      return of(ShapeError, `shapes do not broadcast (${a} against ${b})`);
    case Status.axis:
      return of(IndexError, `axis ${a} is out of range for rank ${b}`);
    case Status.axisTwice:
      return of(IndexError, `axis ${a} is named twice`);
    case Status.index:
      return of(IndexError, `index ${a} is out of range for axis ${b} of size ${c}`);
    case Status.rank:
      return of(ShapeError, `${article(op)} ${op} takes ${['at most', 'at least', 'exactly'][c]} ${b} dimensions; got ${a}`);
    case Status.depth:
      return new TapeError('gradient functions nest at most 31 deep', op);
    case Status.zeroDivision:
      return of(ArgumentError, 'integer division by zero');
    case Status.negativePower:
      return of(ArgumentError, `a negative power of a whole number is no whole number; convert it with cast(x, 'float32')`);
    case Status.empty:
      return of(ShapeError, `axis ${a} has size 0, and ${op} of nothing has no value`);
    case Status.tooLarge:
      return of(ShapeError, 'the result would have more than 2147483647 elements');
    case Status.inner:
      return of(ShapeError, `inner dimensions differ (${a} ≠ ${b})`);
    case Status.elements:
      return of(ShapeError, `${a} elements do not fit a shape of ${b}`);
    case Status.dimension:
      return of(ShapeError, `dimension ${a} has size ${b}, expected ${c}`);
    case Status.whole:
      return of(ArgumentError, `${new Float64Array(Int32Array.of(a, b).buffer)[0]} is no whole number in the range that is taken there`);
    case Status.traced:
      return refused(CompileError, op, "the shape of its result depends on values, so it can't be compiled; call it outside the compiled function");
    case Status.rule:
      return refused(TapeError, op, 'goes forward, and the function passes through customGradient or recomputeGradient, whose rules go back; use makeVjp');
    default:
      return refused(
        OutOfMemoryError,
        op,
        `out of memory: asked for ${bytesOf(b === 1 ? a * 1024 : f.refused)}, ${bytesOf(f.held)} are held by live tensors; release some, or raise init({ memory })`,
      );
  }
}
