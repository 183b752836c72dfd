/**
 * The one instance of the core: instantiated at first use, poisoned after a trap. Knows no tensors.
 * `core` holds the raw exports, for the loader's own object wraps each of them in a closure.
 */
import { instantiateSync } from '@assemblyscript/loader';
import { Abi, DType } from '../assembly/shared/abi.js';
import type { Op } from '../assembly/shared/opcode.js';
import type { Core } from '../build/core.js';
import { type Build, buildFor, fileOf, load } from './builds.js';
import { setStandard, shiftOf, type TypedArray } from './dtype.js';
import { InitError, ModuleError, shown } from './errors.js';
import { refusal } from './features.js';
import { checkThreads, Pool, type PoolCore } from './pool.js';
import { strangerIn } from './spelling.js';

/** @internal The raw exports; absent until `ready()`. */
export let core: Core;
/** Gives the default build's bytes or module. */
let source: () => WebAssembly.Module | Uint8Array;
const MOST = 2 ** 32;
let pages = MOST / 65536;
let poisoned = false;
let pool: Pool | undefined;

/** @internal The bytes in a packed text. */
export let unpack: (text: string) => Uint8Array;

/** @internal Sets how the default build is found, and how packed text is unpacked. The root calls this after its imports. */
export function foundBy(how: typeof source, read: typeof unpack = unpack): void {
  source = how;
  unpack = read;
}

/** @internal Functions that wings.ts sets when a wing is imported, and modules that `init` received for wings. A bundle without wings lacks that code. */
export const hooks: {
  /** Is told when a function begins and ends that is being compiled. */
  compiling?: (begins: boolean) => void;
  /** Opens the op's wing; false if that is open already, or if the op has none. */
  open?: (op: Op) => boolean;
  /** The modules of all wings, for threads. */
  modules?: () => readonly WebAssembly.Module[];
  /** Restarts the threads, unless they have the module. */
  renew?: (module: WebAssembly.Module) => void;
  /** Modules that were handed to `init`. */
  given?: Readonly<Record<string, WebAssembly.Module>> | undefined;
} = {};

/** Views of linear memory, and the addresses of the call area and the fault record. */
export let i32 = new Int32Array(0);
export let f32 = new Float32Array(0);
export let f64 = new Float64Array(0);
export let u8 = new Uint8Array(0);
export let callArea = 0;
export let faultArea = 0;

/** Shared memory grows beyond its views instead of detaching them. */
export let isShared = false;

/** Renews the views if memory has grown. */
export function views(): void {
  if (i32.length === 0 || (isShared && i32.buffer !== core.memory.buffer)) renew();
}

function renew(): void {
  const { buffer } = core.memory;
  i32 = new Int32Array(buffer);
  f32 = new Float32Array(buffer);
  f64 = new Float64Array(buffer);
  u8 = new Uint8Array(buffer);
}

/** The view for the elements of a dtype. */
export function heapOf(dtype: DType): TypedArray {
  if (dtype === DType.float32) return f32;
  return dtype === DType.int32 ? i32 : dtype === DType.bool ? u8 : shiftOf(dtype) === 3 ? f64 : f32;
}

/** @internal The instance, made at first use. */
export function ready(): Core {
  if (core === undefined) core = instantiate(reached(source));
  return core;
}

/** The action's result; if the host refuses, an error that says why. */
function reached<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new ModuleError(refusal(error as Error));
  }
}

function instantiate(module: WebAssembly.Module | Uint8Array, imports: Imports = {}): Core {
  const exports = reached(() => instantiateSync(module as WebAssembly.Module, imports).instance.exports as unknown as Core);
  if (exports.abiVersion?.() !== Abi.version) throw new ModuleError(`gradtape: the module handed to init is of another version; expected ABI ${Abi.version}`);
  // A copy: the exports object is a dictionary, whose properties V8 looks up anew at each call.
  const fast = { ...exports };
  fast.start?.();
  fast.initialize();
  fast.memoryLimit(pages);
  core = fast;
  renew();
  callArea = fast.callArea();
  faultArea = fast.faultArea();
  return fast;
}

type Imports = { env?: Record<string, WebAssembly.ImportValue> };

/** Initial pages of shared memory. */
const FIRST = 16;

function takesMemory(module: WebAssembly.Module | Uint8Array): boolean {
  return module instanceof WebAssembly.Module && WebAssembly.Module.imports(module).some(({ kind }) => kind === 'memory');
}

/** The imports of builds with threads: a memory that other instances share, and the displacement of scratch, which is 0 for the main thread. */
function importsOf(module: WebAssembly.Module | Uint8Array): Imports {
  isShared = takesMemory(module);
  return isShared ? { env: { memory: new WebAssembly.Memory({ initial: FIRST, maximum: Math.max(pages, FIRST), shared: true }), displacement: 0 } } : {};
}

/** Poisons the instance after a trap: linear memory can't be trusted, so every later call throws an error that says so. */
export function poison(error: unknown): unknown {
  if (!(error instanceof WebAssembly.RuntimeError) || poisoned) return error;
  poisoned = true;
  i32 = new Int32Array(0); // so that the next reader renews the views, and is refused
  const refusal = new ModuleError(
    `gradtape: an earlier call trapped (${error.message}), and its memory can't be trusted; call init() for a fresh instance. All tensors are lost`,
  );
  core = new Proxy({} as Core, {
    get() {
      throw refusal;
    },
  });
  return error;
}

/** The host's classes if the user's compiler has their types, else plain stand-ins, so that the declarations need no library but the language's. */
export type WasmModule = typeof globalThis extends { readonly WebAssembly: { readonly Module: { readonly prototype: infer M } } } ? M : object;
type Address = typeof globalThis extends { readonly URL: { readonly prototype: infer U } } ? U : { readonly href: string };

export interface InitOptions {
  /** `'simd'`, the default, has the same bits on every host; `'relaxed'` is faster where the host has it; `'auto'` is `'relaxed'` where possible. */
  readonly build?: Build | 'auto';
  /** Threads that compute, the calling one included. Results have the bits of one thread. */
  readonly threads?: number;
  /** A compiled module to use, for hosts that forbid compiling bytes and bundlers that leave files behind. */
  readonly module?: WasmModule;
  /** Compiled modules of op families, by the name they are imported by: `{ special }` for `gradtape/special`. */
  readonly wings?: Readonly<Record<string, WasmModule>>;
  /** Where gradtape/worker.js is, when a bundler leaves it behind: an address, or the path of a file in Node. */
  readonly worker?: string | Address;
  /** What numbers and nested arrays become that nobody gives a dtype: `'float32'`, the default, or `'float64'`. */
  readonly dtype?: 'float32' | 'float64';
  /** Bytes of linear memory that the library may take, at most. */
  readonly memory?: number;
}

const OPTIONS = ['build', 'threads', 'module', 'wings', 'worker', 'dtype', 'memory'];

/**
 * Chooses how the core is made. Optional: without it, the first use makes the default. The core is made when `init` returns where nothing
 * has to be loaded, and when its promise resolves in any case.
 * @throws InitError after first use, except after a trap, when it makes a fresh instance; and when this host can't do what is asked.
 */
export function init(options: InitOptions = {}): Promise<void> {
  const { build = 'simd', threads = 1, module, wings, worker, dtype = 'float32', memory = MOST } = options;
  const stranger = typeof options === 'object' ? strangerIn(options, OPTIONS) : `takes options { ${OPTIONS.join(', ')} }; got ${shown(options)}`;
  if (stranger) throw new InitError(`init: ${stranger}`, 'init');
  refuseLate();
  if (!(memory >= 1 << 20 && memory <= MOST)) throw new InitError(`init: memory is a number of bytes from 1 MiB to 4 GiB; got ${memory}`);
  if (dtype !== 'float32' && dtype !== 'float64') throw new InitError(`init: dtype is 'float32' or 'float64'; got ${shown(dtype)}`);
  checkThreads(threads);
  const chosen = buildFor(build);
  const loaded = module ?? built(chosen, threads > 1, build === 'auto');
  const use = (module: WebAssembly.Module | Uint8Array): Promise<void> => {
    refuseLate();
    hooks.given = wings;
    setStandard(dtype === 'float64' ? DType.float64 : DType.float32);
    return make(module, Math.floor(memory / 65536), threads, worker);
  };
  return loaded instanceof Promise ? loaded.then(use) : use(loaded);
}

/** The module of a build, or a promise of it. If `any` build will do and the file of this one is missing, the `simd` build. */
function built(build: Build, isThreaded: boolean, any: boolean): WebAssembly.Module | Uint8Array | Promise<WebAssembly.Module | Uint8Array> {
  const file = fileOf(build, isThreaded);
  if (!file) return reached(source);
  const other = (error: unknown): ReturnType<typeof built> => {
    if (!any || build === 'simd') throw error;
    return built('simd', isThreaded, false);
  };
  try {
    const loaded = load(file);
    return loaded instanceof Promise ? loaded.catch(other) : loaded;
  } catch (error) {
    return other(error);
  }
}

function refuseLate(): void {
  if (core !== undefined && !poisoned) throw new InitError('init: gradtape is in use already; call init before the first tensor is made, and await it');
}

async function make(module: WebAssembly.Module | Uint8Array, limit: number, threads: number, worker?: string | URL): Promise<void> {
  if (threads > 1 && !takesMemory(module))
    throw new InitError('init: threads need a module that shares memory: hand over gradtape/simd-threads.wasm or gradtape/relaxed-threads.wasm');
  const former = shutdown();
  pages = limit;
  core = instantiate(module, importsOf(module));
  poisoned = false;
  if (threads === 1) return former;
  pool = new Pool(core as unknown as PoolCore);
  await former;
  const wings = hooks.modules?.() ?? [];
  hooks.renew = (needed) => pool?.renew(needed, hooks.modules?.() ?? []);
  try {
    await pool.open(threads - 1, module as WebAssembly.Module, core.memory, wings, worker);
  } catch (error) {
    pool = undefined;
    if (core.memoryTensors() === 0) core = undefined as unknown as Core; // so that init may be called again, with what it lacked
    throw error;
  }
}

/** Ends the threads that `init` started; from now on one thread computes. Results stay. A process ends without it as well. */
export async function shutdown(): Promise<void> {
  const closing = pool;
  pool = undefined;
  await closing?.close();
}
