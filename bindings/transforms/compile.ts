/** compile: a function is traced once for each kind of arguments, and replayed as a program of the core. Knows no ops. */
import { ProgramWord, Record as Rec } from '../../assembly/shared/abi.js';
import { Op } from '../../assembly/shared/opcode.js';
import { made, nextSerial, revive, scopeDepth, setScopeDepth } from '../call.js';
import { operand, type TensorLike, weak } from '../convert.js';
import type { ComplexNumber } from '../dtype.js';
import { ArgumentError, CompileError, OutOfMemoryError, refused, refuseMore, shown } from '../errors.js';
import { failure, guarded, isOutOfMemory } from '../fault.js';
import { core, f64, hooks, i32, poison, ready, views } from '../module.js';
import { nameOf } from '../names.js';
import { checkOptions, resolveList } from '../params.js';
import { enqueue, type Spillable, spillAll } from '../ring.js';
import { isThenable, scope } from '../scope.js';
import { setGuard, type Tensor } from '../tensor.js';
import type { AnyFunction, Arguments, Params, Receives } from '../types.js';
import { written } from './handles.js';
import { listing } from './listing.js';
import { Log } from './log.js';
import { type Leaves, type Results, resultsOf, Template } from './template.js';

export interface CompileOptions {
  /** Arguments, all by position or all by name, that reach `f` as they are and are part of what a program is made for. */
  readonly static?: Params;
  /** Programs that are kept (16); the one unused for longest goes. */
  readonly programs?: number;
}

/** The result of a program for arguments that it was not made for. */
const MISFIT = Symbol('misfit');

/** A function of `f`'s arguments that runs as a program. */
export interface Compiled<F extends AnyFunction> {
  (...args: Arguments<Parameters<F>>): ReturnType<F>;
  /** The programs made so far, instruction by instruction, and how they use memory. */
  describe(): string;
  /** Releases the programs. A later call traces anew. */
  dispose(): void;
}

/** Parameters of `f` that carry no type are tensors: the first signature. */
export interface Compile {
  <F extends (...args: Tensor[]) => unknown>(f: F, options?: CompileOptions): Compiled<F>;
  <F extends (...args: never[]) => unknown>(f: F & Receives<F>, options?: CompileOptions & { readonly static?: undefined }): Compiled<F>;
  <F extends (...args: never[]) => unknown>(f: F, options: CompileOptions): Compiled<F>;
}

/**
 * `f`, traced at its first call and from then on replayed as a program, in one call of the core. The program leaves out steps that are equal to
 * others or not needed, computes values that depend on no argument once, runs elementwise ops together in cache-sized tiles, and lets
 * intermediate values share memory. Its results are bit for bit those of `f`. `f` may take gradients.
 *
 * Arguments are tensors, numbers and trees of them, as in gradientsFunction. Numbers are inputs; other values (strings, booleans, options) are part
 * of the program, as are shapes and dtypes: where one of these differs, `f` is traced again. Up to 16 programs are kept.
 * Tensors from outside of `f` are constants of the program, and so are tensors that `f` makes from constants. Results are new tensors, also where `f`
 * returns an argument. `f` runs only while it is traced: its other effects, such as printing, happen once. Inside a gradient function or another
 * compiled function, `f` itself runs, so a compiled function can be differentiated.
 *
 * @throws CompileError when `f` reads a value that depends on its arguments, or makes a shape of one.
 */
export const compile = ((f: AnyFunction, options: CompileOptions = {}, ...more: unknown[]): Compiled<AnyFunction> => {
  refuseMore('compile(f, { static, programs })', 0, more);
  if (typeof f !== 'function') throw refused(ArgumentError, 'compile', `takes a function; got ${typeof f}`);
  const { statics, most } = settingsOf(f, options);
  const programs: Program[] = [];
  const log = new Log(f, most);
  const compiled = (...args: unknown[]): unknown => {
    if (ready().isRecording()) return scope(() => called(f, new Template(args, statics), args));
    for (let i = 0; i < programs.length; i++) {
      const program = programs[i] as Program;
      const results = program.run(args);
      if (results === MISFIT) continue;
      if (i > 0) programs.unshift(...programs.splice(i, 1));
      log.others = 0;
      return results;
    }
    log.misfit(programs[0]?.template.difference(args, { tensors: [], numbers: [] }));
    const program = new Program(f, args, statics);
    const kept = programs.filter((other) => other.isHeld());
    for (const oldest of kept.splice(most - 1)) {
      oldest.free();
      log.dropped++;
    }
    programs.splice(0, programs.length, program, ...kept);
    const results = program.run(args);
    enqueue(program);
    return results;
  };
  return Object.assign(compiled, {
    describe: () => [...programs.map((program) => program.describe(nameOf(f))), ...log.lines(programs.length)].join('\n\n'),
    dispose: () => {
      for (const program of programs.splice(0)) program.free();
    },
  });
}) as Compile;

const OPTIONS = ['static', 'programs'];

function settingsOf(f: AnyFunction, options: CompileOptions): { statics: readonly number[]; most: number } {
  checkOptions(options, OPTIONS, 'compile', 'a function and options');
  const most = options.programs ?? 16;
  if (!Number.isInteger(most) || most < 1) throw refused(ArgumentError, 'compile', `programs is a whole number from 1; got ${shown(most)}`);
  return { statics: resolveList(f, options.static ?? [], undefined, 'static') as number[], most };
}

/** The program for one template of arguments. It is in the ring, and stays as long as it is used; see Note [Ring] in ring.ts */
class Program implements Spillable {
  readonly template: Template;
  /** The instance of the core that has it, and its address, 0 after its release. */
  private readonly instance = core;
  private at: number;
  private readonly results: Results;
  /** Indices into f64 of the inputs that are numbers. */
  private readonly slots: readonly number[];
  private used = false;
  /** Address of the last replay's results. */
  private pairs = 0;

  constructor(
    private readonly f: AnyFunction,
    args: readonly unknown[],
    statics: readonly number[],
  ) {
    this.template = new Template(args, statics);
    const { at, results } = traced(f, this.template, args);
    this.at = at;
    this.results = results;
    this.slots = slotsOf(at);
  }

  isHeld(): boolean {
    return this.at !== 0 && this.instance === core;
  }

  /** The results for these arguments, or MISFIT. */
  run(args: readonly unknown[]): unknown {
    if (!this.isHeld()) return MISFIT;
    const leaves: Leaves = { tensors: [], numbers: [] };
    if (this.template.difference(args, leaves)) return MISFIT;
    this.used = true;
    const tensors = leaves.tensors.map(asTensor);
    const count = this.results.count;
    const serial = nextSerial(count);
    let status = this.replay(tensors, leaves.numbers, serial);
    if (status === 0 && isOutOfMemory() && spillAll([...tensors, this])) {
      core.faultClear();
      status = this.replay(tensors, leaves.numbers, serial);
    }
    const error = status === 0 ? failure('compile', tensors.every(isHeld) ? [] : tensors) : null;
    for (let i = 0; i < tensors.length; i++) if (tensors[i] !== leaves.tensors[i]) (tensors[i] as Tensor).dispose();
    if (error) throw error instanceof OutOfMemoryError ? error : this.eagerly(args, error);
    if (status < 0) return MISFIT;
    views();
    const from = this.pairs >>> 2;
    const results = new Array<Tensor>(count);
    for (let k = 0; k < count; k++) results[k] = made((i32[from + 2 * k] as number) >>> 0, (serial + k) | 0, Op.none);
    return this.results.filled(results);
  }

  /** What the function throws for these arguments, which names the function that was called, where a program knows its steps only. */
  private eagerly(args: readonly unknown[], error: unknown): unknown {
    try {
      scope(() => void called(this.f, this.template, args));
    } catch (own) {
      return own;
    }
    return error;
  }

  private replay(tensors: readonly Tensor[], numbers: readonly (number | ComplexNumber)[], serial: number): number {
    this.pairs = written(tensors, this.results.count);
    if (this.pairs === 0) return 0;
    for (let k = 0; k < numbers.length; k++) {
      const number = numbers[k] as number | ComplexNumber;
      const slot = this.slots[k] as number;
      f64[slot] = typeof number === 'number' ? number : number.re;
      if (typeof number !== 'number') f64[slot + 1] = number.im;
    }
    try {
      return core.replay(this.at, serial);
    } catch (error) {
      throw poison(error);
    }
  }

  describe(name: string): string {
    return this.isHeld() ? listing(this.at, name) : `program ${name}: released, and traced anew at the next call`;
  }

  rest(): void {
    this.used = false;
  }

  isUsed(): boolean {
    return this.used;
  }

  spill(): number {
    this.free();
    return 0;
  }

  free(): void {
    if (this.isHeld()) core.programFree(this.at);
    this.at = 0;
  }
}

const isHeld = (t: Tensor): boolean => (core.isLive(t.at, t.generation) as unknown as number) !== 0;

function slotsOf(program: number): number[] {
  views();
  const word = (i: number): number => (i32[(program >>> 2) + i] as number) >>> 0;
  const inputs = word(ProgramWord.inputsAt) >>> 2;
  return Array.from({ length: word(ProgramWord.inputs) }, (_, k) => (i32[inputs + 2 * k + 1] as number) >>> 3).filter((slot) => slot !== 0);
}

const asTensor = (v: TensorLike): Tensor => operand(v, undefined, 'compile');

/** Calls `f` with tensors in place of the leaves of its arguments, each passed through `input`. */
function called(f: AnyFunction, template: Template, args: readonly unknown[], input = (t: Tensor, _isNumber: boolean): Tensor => t, isTraced = false): unknown {
  const leaves: Leaves = { tensors: [], numbers: [] };
  template.difference(args, leaves);
  const tensors = leaves.tensors.map((v) => input(asTensor(v), false));
  const numbers = leaves.numbers.map((v) => input(weak(v), true));
  const merged = template.merged(tensors, numbers);
  placeOf = (at) => {
    const k = merged.findIndex((t) => t.at === at);
    return k < 0 ? null : template.placeOf(k);
  };
  if (isTraced) hooks.compiling?.(true);
  return (f as (...args: unknown[]) => unknown)(...template.filled(args, merged));
}

/** The argument, and the path in it, of the tensor at an address, for the function that was called last; null if it is no argument. */
let placeOf: (at: number) => ReturnType<Template['placeOf']> | null = () => null;

/** Runs `f` in a trace, and makes a program of the trace. */
function traced(f: AnyFunction, template: Template, args: readonly unknown[]): { at: number; results: Results } {
  const trace = core.traceBegin();
  if (trace === 0) throw failure('compile', []);
  setScopeDepth(scopeDepth + 1);
  setGuard(refuseTraced);
  let isOpen = true;
  try {
    const value = called(f, template, args, traceInput, true);
    if (isThenable(value))
      throw refused(
        ArgumentError,
        'compile',
        `${nameOf(f)} returned a promise, and a trace ends in the tick it began in; await what it needs before, and pass it as an argument`,
      );
    const { results, tensors } = resultsOf(value);
    if (written(tensors, 0) === 0) throw failure('compile', tensors);
    isOpen = false;
    const at = guarded(() => core.traceEnd(trace, tensors.length));
    if (at === 0) throw failure('compile', tensors);
    return { at, results };
  } finally {
    hooks.compiling?.(false);
    if (isOpen) core.traceAbort(trace);
    setGuard(null);
    setScopeDepth(scopeDepth - 1);
  }
}

/** The guard while a function is traced: refuses to read or keep a value that depends on its arguments, which a replay could not repeat. */
function refuseTraced(at: number, op: string): void {
  if ((i32[(at + Rec.traced) >>> 2] as number) >= 0) return;
  const place = placeOf(at);
  const what = place
    ? `argument ${place.argument}${place.path && `.${place.path}`} became an input of a function that is being compiled, and has no value yet`
    : `${op === 'keep' ? 'keeps a tensor of' : 'reads a value in'} a function that is being compiled, and its program could not do so again`;
  const way = {
    keep: 'return the tensor',
    valueOf: 'use pow(0.9, t) for 0.9 ** t, add(x, y), mul(x, y), less(x, y), … and where(condition, x, y)',
  }[op];
  const other = place && op !== 'keep' ? `, or make it part of the program: compile(f, { static: [${place.argument}] })` : '';
  throw refused(
    CompileError,
    op,
    `${what}; ${way ?? 'return the tensor and read it outside, or choose with where(condition, x, y) or cond(predicate, onTrue, onFalse), and loop with scan'}${other}`,
  );
}

/** Makes an alias of t that is an input of the trace. */
function traceInput(t: Tensor, isNumber: boolean): Tensor {
  if (t.at === 0) revive(t);
  const generation = nextSerial();
  const at = core.traceInput(t.at, t.generation, isNumber, generation);
  if (at === 0) throw failure('compile', [t]);
  return made(at, generation, Op.none);
}
