/**
 * The root in Node and Bun: one file, because each further file costs a millisecond at start. It reads the core from the file beside it, which
 * takes a hundredth of the time that unpacking the text takes. In a bundle, and where no file may be read, it unpacks the text. It also exports the
 * names for wings, which in Node import this file.
 */
export * from './library.js';

import library from './library.js';
import { source, unpacked } from './packed.js';

type Host = { process?: { getBuiltinModule?(name: 'node:fs'): { readFileSync(url: URL): Uint8Array } | undefined } };

/** @internal The bytes of a file of the package; undefined in a bundle, and where no file may be read. */
export function fileBeside(name: string): Uint8Array | undefined {
  try {
    const here = import.meta.url; // in a bundle that is not a module this is undefined, or throws
    const fs = (globalThis as Host).process?.getBuiltinModule?.('node:fs'); // absent before Node 20.16
    if (fs && here.endsWith('/dist/bindings/node.js')) return fs.readFileSync(new URL(`../build/${name}.wasm`, here));
  } catch {}
  return undefined;
}

library.foundBy(() => fileBeside('core') ?? source(), unpacked);
