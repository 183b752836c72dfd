/**
 * The root in Node and Bun: one file, for at start each further one costs a millisecond. The core is read from the file beside it, which
 * takes a hundredth of the time of unpacking the text. In a bundle this code stands in another file, so the text is unpacked there; likewise
 * where no file may be read.
 */
export * from './library.js';

import library from './library.js';
import { source as unpacked } from './packed.js';

type Host = { process?: { getBuiltinModule?(name: 'node:fs'): { readFileSync(url: URL): Uint8Array } } };

function source(): Uint8Array {
  try {
    const here = import.meta.url; // a bundle that is no module has nothing there, or code that fails
    const fs = (globalThis as Host).process?.getBuiltinModule?.('node:fs'); // absent before Node 20.16
    if (fs && here.endsWith('/dist/bindings/node.js')) return fs.readFileSync(new URL('../build/core.wasm', here));
  } catch {}
  return unpacked();
}

library.foundBy(source);
