/**
 * The one instance of the core: instantiated at first use, poisoned after a trap. Knows no tensors.
 * `core` holds the raw exports, for the loader's own object wraps each of them in a closure.
 */
import { instantiateSync } from '@assemblyscript/loader';
import { source } from '#wasm';
import { Abi } from '../assembly/shared/abi.js';
import type { Core } from '../build/core.js';
import { InitError, ModuleError } from './errors.js';
import { refusal } from './features.js';

/** The raw exports; absent until `ready()`. */
export let core: Core;
let pages = 65536;
let handed: WebAssembly.Module | undefined;
let poisoned = false;

/** Views of linear memory, and the addresses of the areas that calls go through. */
export let i32 = new Int32Array(0);
export let f32 = new Float32Array(0);
export let f64 = new Float64Array(0);
export let u8 = new Uint8Array(0);
export let callArea = 0;
export let faultArea = 0;

/** Makes the views anew when memory has grown, which detaches them. */
export function views(): void {
  if (i32.length === 0) renew();
}

function renew(): void {
  const { buffer } = core.memory;
  i32 = new Int32Array(buffer);
  f32 = new Float32Array(buffer);
  f64 = new Float64Array(buffer);
  u8 = new Uint8Array(buffer);
}

/** The instance, made at first use. */
export function ready(): Core {
  if (core === undefined) core = instantiate();
  return core;
}

function instantiate(): Core {
  let exports: Core;
  try {
    exports = instantiateSync((handed ?? source()) as WebAssembly.Module, {}).instance.exports as unknown as Core;
  } catch (error) {
    throw new ModuleError(refusal(error as Error));
  }
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

/** After a trap nothing in linear memory can be trusted: every later call says so. */
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

export interface InitOptions {
  /** A compiled module to use, for hosts that forbid compiling bytes. */
  readonly module?: WebAssembly.Module;
  /** Bytes of linear memory that the library may take, at most. */
  readonly memory?: number;
}

/**
 * Chooses how the core is made. Optional: without it, the first use makes the default.
 * @throws InitError after first use, except after a trap, when it makes a fresh instance.
 */
export function init(options: InitOptions = {}): void {
  if (core !== undefined && !poisoned) throw new InitError('init: gradtape is in use already; call init before the first tensor is made');
  const { module, memory } = options;
  if (memory !== undefined && !(memory >= 1 << 20 && memory <= 2 ** 32))
    throw new InitError(`init: memory is a number of bytes from 1 MiB to 4 GiB; got ${memory}`);
  handed = module;
  pages = memory === undefined ? 65536 : Math.floor(memory / 65536);
  poisoned = false;
  core = instantiate();
}
