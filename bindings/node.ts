/**
 * The root in Node and Bun: one file, for at start each further one costs a millisecond. The core is read from the file beside it, which
 * takes a hundredth of the time of unpacking the text. In a bundle this code stands in another file, so the text is unpacked there; likewise
 * where no file may be read. It exports the names that wings use, too, for in Node they come from this file.
 */
export * from './library.js';

import library from './library.js';
import { source, unpacked } from './packed.js';

type Host = { process?: { getBuiltinModule?(name: 'node:fs'): { readFileSync(url: URL): Uint8Array } | undefined } };

/** @internal The bytes of a file of the package; nothing where this code stands in a bundle, or no file may be read. */
export function fileBeside(name: string): Uint8Array | undefined {
  try {
    const here = import.meta.url; // a bundle that is no module has nothing there, or code that fails
    const fs = (globalThis as Host).process?.getBuiltinModule?.('node:fs'); // absent before Node 20.16
    if (fs && here.endsWith('/dist/bindings/node.js')) return fs.readFileSync(new URL(`../build/${name}.wasm`, here));
  } catch {}
  return undefined;
}

library.foundBy(() => fileBeside('core') ?? source(), unpacked);
