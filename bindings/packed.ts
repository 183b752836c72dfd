/** Unpacks the core's bytes from its text. See Note [Packed core] in `assembly/unpack.ts`. */
import { text, unpacker } from '../build/core.js';

const OUT = 1 << 20;

/** The bytes of the unpacking module. `scripts/inline.mjs` writes each as one character, or as two, of which the first is a mark. */
function bytes(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(unpacker.match(/[!~]?./g) as string[], (char) => {
    const code = char.charCodeAt(char.length - 1);
    return code - (code < 92 ? 35 : 36) + (char.length < 2 ? 0 : char < '~' ? 180 : 90);
  });
}

/** The core's bytes. */
export const source = (): Uint8Array => unpacked(text);

/** The bytes of a packed text. @throws SyntaxError if the text is damaged. */
export function unpacked(text: string): Uint8Array {
  const module = new WebAssembly.Module(bytes());
  const { memory, unpack } = new WebAssembly.Instance(module).exports as unknown as { memory: WebAssembly.Memory; unpack(): number };
  new TextEncoder().encodeInto(text, new Uint8Array(memory.buffer));
  return new Uint8Array(memory.buffer, OUT, size(unpack));
}

/** The length of the unpacked bytes. With damaged text the unpacker returns 0, or traps at an address outside its memory. */
function size(unpack: () => number): number {
  try {
    const size = unpack();
    if (size > 0) return size;
  } catch {}
  throw new SyntaxError('gradtape: the text of the core is damaged; install the package, or build the bundle, anew');
}
