/**
 * Wings: op families that are modules of their own and use the core's memory and table. The import of a wing registers it. The first call of one
 * of its ops fails in the core, which has no such op yet; the wing is then opened, and the call repeated. So other calls don't pay for wings.
 * Knows no op.
 */
import type { Op } from '../assembly/shared/opcode.js';
import { Place } from '../assembly/shared/wings.js';
import { ModuleError } from './errors.js';
import { refusal } from './features.js';
import { core, hooks, isShared, unpack } from './module.js';
import { nameOps } from './opnames.js';

/** A wing as a module, as bytes, or as packed text. */
export type Source = WebAssembly.Module | Uint8Array | string;

export interface Wing {
  readonly name: string;
  /** Its number among the wings. */
  readonly number: number;
  /** Its first opcode, and the names of all of them. */
  readonly first: Op;
  readonly ops: readonly string[];
}

interface Registered extends Wing {
  found?: () => Source;
  /** The compiled module, for shared memory or not. */
  module?: WebAssembly.Module;
  isShared?: boolean;
  /** The instance of the core on which it is open. */
  core?: unknown;
}

const wings: Registered[] = [];

/** Registers a wing, which is opened later. */
export function register(wing: Wing): void {
  wings[wing.number] = { ...wing };
  nameOps(wing.first, wing.ops);
  hooks.open = openFor;
  hooks.modules = () => wings.flatMap((wing) => compiled(wing)); // which passes numbers without a wing by
}

/** Sets how a wing is found; its root calls this. */
export function wingFoundBy(number: number, how: () => Source): void {
  (wings[number] as Registered).found = how;
}

/** The bytes that import a memory, up to its flags. */
const MEMORY = [3, 101, 110, 118, 6, 109, 101, 109, 111, 114, 121, 2];
const SHARED = 3;

/** The module's bytes with the imported memory declared as shared. */
function forShared(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = Uint8Array.from(bytes);
  const at = copy.findIndex((_, i) => MEMORY.every((byte, k) => copy[i + k] === byte));
  copy[at + MEMORY.length] = SHARED;
  return copy;
}

function compiled(wing: Registered): WebAssembly.Module {
  const given = hooks.given?.[wing.name];
  if (given) return given;
  if (wing.module && wing.isShared === isShared) return wing.module;
  const source = (wing.found as () => Source)();
  const bytes = typeof source === 'string' ? unpack(source) : source;
  wing.isShared = isShared;
  wing.module = bytes instanceof WebAssembly.Module ? bytes : new WebAssembly.Module(isShared ? forShared(bytes) : (bytes as Uint8Array<ArrayBuffer>));
  return wing.module;
}

/** Opens the op's wing; false if that is open already, or if the op has none. */
function openFor(op: Op): boolean {
  const wing = wings.find((wing) => wing && op >= wing.first && op < wing.first + wing.ops.length);
  if (!wing || wing.core === core) return false;
  core.faultClear(); // that it knows no such op
  open(wing);
  return true;
}

/** Opens a wing unless it is open, before a call that doesn't go through `call.ts`. */
export function openWing(number: number): void {
  const wing = wings[number] as Registered;
  if (wing.core !== core) open(wing);
}

/** @throws ModuleError when the wing does not fit. */
function open(wing: Registered): void {
  const at = `gradtape/${wing.name}`;
  let module: WebAssembly.Module;
  try {
    module = compiled(wing);
  } catch (error) {
    throw new ModuleError(refusal(error as Error, at, `{ module, wings: { ${wing.name}: module } }`));
  }
  const contract = (core.contract() >>> 0).toString(36);
  if (WebAssembly.Module.imports(module).some(({ module }) => module !== 'env' && module !== contract))
    throw new ModuleError(
      `gradtape: ${at} is of another version than the core it is to work on; install one version of gradtape, and hand over files of one version`,
    );
  const { memory, table } = core;
  const end = Place.table + (wing.number + 1) * Place.entries;
  if (table.length < end) table.grow(end - table.length);
  let exports: { start?(): void; initialize(): void };
  try {
    exports = new WebAssembly.Instance(module, { env: { memory, table, displacement: 0 }, [contract]: core }).exports as unknown as typeof exports;
  } catch (error) {
    throw new ModuleError(
      `gradtape: ${at} does not fit the core (${(error as Error).message}): a core that shares memory takes ${at}-threads.wasm, another ${at}.wasm`,
    );
  }
  exports.start?.();
  exports.initialize();
  wing.core = core;
  hooks.renew?.(module);
}
