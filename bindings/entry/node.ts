/**
 * The core in Node and Bun: read from the file beside the package's code, which takes a hundredth of the time of unpacking the text.
 * In a bundle this code stands in another file, so the text is unpacked there; likewise where no file may be read.
 */
import { source as unpacked } from './inline.js';

type Host = { process?: { getBuiltinModule?(name: 'node:fs'): { readFileSync(url: URL): Uint8Array } } };

export function source(): Uint8Array {
  const here = import.meta.url;
  if (here.endsWith('/dist/bindings/entry/node.js')) {
    try {
      const fs = (globalThis as Host).process?.getBuiltinModule?.('node:fs'); // absent before Node 20.16
      if (fs) return fs.readFileSync(new URL('../../build/core.wasm', here));
    } catch {}
  }
  return unpacked();
}
