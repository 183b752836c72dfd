/** The wings: their names, places and compiler flags, and the checks of their binaries. Compiles nothing itself. */
import { existsSync, readFileSync } from 'node:fs';
import { DOOR, fingerprint, names } from './contract.mjs';

const TABLE = 'assembly/shared/wings.ts';

const declared = readFileSync(TABLE, 'utf8');
const members = (name) =>
  Object.fromEntries([...new RegExp(`enum ${name} \\{([^}]*)\\}`).exec(declared)[1].matchAll(/(\w+) = (\w+)/g)].map(([, k, v]) => [k, Number(v)]));
const numbers = members('Wing');
const place = members('Place');

export const wings = () => Object.keys(numbers);
export const numberOf = (name) => numbers[name];

/** The first address of a wing's statics, and the first index of its table entries. */
export const staticsOf = (name) => place.statics + numbers[name] * place.bytes;
export const entriesOf = (name) => place.table + numbers[name] * place.entries;

/** The compiler's flags for a wing. A wing is compiled with threads, and the atomics are in the core's functions, so one binary serves all cores. */
export const flagsOf = (name) => [
  ...['--config', 'none', '--transform', './scripts/functions.mjs', '--transform', './scripts/wing.mjs', '--runtime', 'stub', '--use', 'abort='],
  ...['--use', 'THREADS=1', '--exportStart', 'start', '--enable', 'simd', '--enable', 'threads', '--noExportMemory', '--importMemory', '--zeroFilledMemory'],
  ...['--initialMemory', '4', '--maximumMemory', '65536', '--memoryBase', String(staticsOf(name)), '--importTable'],
];

/** The notes that `noting` has written beside a binary. */
const notesOf = (wasm) => JSON.parse(readFileSync(wasm.replace(/\.wasm$/, '.json'), 'utf8'));

/** The list of a binary's sources when it was made last. */
export function sourcesOf(wasm, all) {
  const found = existsSync(wasm.replace(/\.wasm$/, '.json')) ? notesOf(wasm).files : all();
  return found.filter((file) => existsSync(file));
}

const importsOf = (wasm) => WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(wasm)));

/** Refuses a wing that uses state of the core outside the contract, has other imports, or needs more memory or entries than its place has. */
export function checkWing(name, wasm) {
  const listed = new Set(names().map(({ short }) => short));
  const core = fingerprint().toString(36);
  const imports = importsOf(wasm);
  const state = imports.filter(({ module }) => module === 'state').map(({ name }) => name);
  if (state.length) throw new Error(`wings: ${name} uses state of the core's: ${state.join(', ')}. Name in ${DOOR} the functions that it needs of these files`);
  for (const { module, name: what } of imports) {
    const isKnown = module === 'env' ? ['memory', 'table', 'displacement'].includes(what) : module === core && listed.has(what);
    if (!isKnown) throw new Error(`wings: ${name} imports ${module}.${what}, which ${DOOR} doesn't name`);
  }
  const { end, entries } = notesOf(wasm);
  if (end > staticsOf(name) + place.bytes) throw new Error(`wings: ${name} has ${end - staticsOf(name)} bytes of statics; a wing has room for ${place.bytes}`);
  if (entries > place.entries) throw new Error(`wings: ${name} has ${entries} table entries; a wing has room for ${place.entries}`);
}

/** Refuses a core whose statics or table entries extend into the wings' places. */
export function checkCore(file) {
  const { end, entries } = notesOf(file);
  if (end > place.statics) throw new Error(`wings: the core's statics end at ${end}, the wings' begin at ${place.statics} (${TABLE})`);
  if (entries > place.table) throw new Error(`wings: the core has ${entries} table entries, the wings' begin at ${place.table} (${TABLE})`);
}

/** Refuses a contract with a name that no wing uses. */
export function checkDoor(files) {
  const used = new Set(files.flatMap((wasm) => importsOf(wasm).map(({ name }) => name)));
  const idle = names().filter(({ short }) => !used.has(short));
  if (idle.length) throw new Error(`wings: ${DOOR} names what no wing uses: ${idle.map(({ name }) => name).join(', ')}`);
}

/** The bytes that import a memory, up to its flags: 1 has a maximum, 3 is shared as well. */
const MEMORY = Buffer.from('\x03env\x06memory\x02');

/** The same wing, for shared memory. */
export function shared(bytes) {
  const at = bytes.indexOf(MEMORY) + MEMORY.length;
  const copy = Uint8Array.from(bytes);
  if (at < MEMORY.length || copy[at] !== 1) throw new Error('wings: no memory is imported');
  copy[at] = 3;
  return copy;
}
