/** The wings: their names and places, how they are compiled, and what the build refuses of them. Compiles nothing itself. */
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

/** Where a wing's statics and its part of the table begin. */
export const staticsOf = (name) => place.statics + numbers[name] * place.bytes;
export const entriesOf = (name) => place.table + numbers[name] * place.entries;

/** The compiler's flags that make a wing. A wing divides its work as the core's threads do, and what has atomics is the core's: one binary serves all cores. */
export const flagsOf = (name) => [
  ...['--config', 'none', '--transform', './scripts/functions.mjs', '--transform', './scripts/wing.mjs', '--runtime', 'stub', '--use', 'abort='],
  ...['--use', 'THREADS=1', '--exportStart', 'start', '--enable', 'simd', '--enable', 'threads', '--noExportMemory', '--importMemory', '--zeroFilledMemory'],
  ...['--initialMemory', '4', '--maximumMemory', '65536', '--memoryBase', String(staticsOf(name)), '--importTable'],
];

/** What the transform noted of a binary. */
const notesOf = (wasm) => JSON.parse(readFileSync(wasm.replace(/\.wasm$/, '.json'), 'utf8'));

/** The sources of a binary, as they were when it was made last. */
export function sourcesOf(wasm, all) {
  const found = existsSync(wasm.replace(/\.wasm$/, '.json')) ? notesOf(wasm).files : all();
  return found.filter((file) => existsSync(file));
}

const importsOf = (wasm) => WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(wasm)));

/** Refuses a wing that uses state of the core's which the door doesn't name, or anything else from outside, or more room than it has. */
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

/** Refuses a core that reaches into the wings' places. */
export function checkCore(file) {
  const { end, entries } = notesOf(file);
  if (end > place.statics) throw new Error(`wings: the core's statics end at ${end}, the wings' begin at ${place.statics} (${TABLE})`);
  if (entries > place.table) throw new Error(`wings: the core has ${entries} table entries, the wings' begin at ${place.table} (${TABLE})`);
}

/** Refuses a door that names what no wing uses. */
export function checkDoor(files) {
  const used = new Set(files.flatMap((wasm) => importsOf(wasm).map(({ name }) => name)));
  const idle = names().filter(({ short }) => !used.has(short));
  if (idle.length) throw new Error(`wings: ${DOOR} names what no wing uses: ${idle.map(({ name }) => name).join(', ')}`);
}

/** The import of a memory, up to its flags: 1 has a maximum, 3 is shared as well. */
const MEMORY = Buffer.from('\x03env\x06memory\x02');

/** The same wing for a memory that threads share. */
export function shared(bytes) {
  const at = bytes.indexOf(MEMORY) + MEMORY.length;
  const copy = Uint8Array.from(bytes);
  if (at < MEMORY.length || copy[at] !== 1) throw new Error('wings: no memory is imported');
  copy[at] = 3;
  return copy;
}
