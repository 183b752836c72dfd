/** The core from the package itself, as text: no file to find. The default. See Note [Packed core] in `assembly/unpack.ts`. */
import { text, unpacker } from '../../build/core.js';

const OUT = 1 << 20;

/** @throws SyntaxError if the text isn't what was packed. */
export function source(): Uint8Array {
  const module = new WebAssembly.Module(Uint8Array.from(atob(unpacker), (char) => char.charCodeAt(0)));
  const { memory, unpack } = new WebAssembly.Instance(module).exports as unknown as { memory: WebAssembly.Memory; unpack(): number };
  new TextEncoder().encodeInto(text, new Uint8Array(memory.buffer));
  return new Uint8Array(memory.buffer, OUT, size(unpack));
}

/** Of the module; damaged text may also have it reach out of its memory. */
function size(unpack: () => number): number {
  try {
    const size = unpack();
    if (size > 0) return size;
  } catch {}
  throw new SyntaxError('gradtape: the text of the core is damaged; install the package, or build the bundle, anew');
}
