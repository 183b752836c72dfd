/**
 * Writes the core as a JavaScript module of text, which `bindings/packed.ts` unpacks: the packed module, and the module that unpacks it.
 * Minifiers don't change printable ASCII. See Note [Packed core] in `assembly/unpack.ts`.
 */
import { pack } from './pack.mjs';

/** Bytes as characters: 90 bytes are one character each, others a mark and a character, so gzip still compresses them. `bindings/packed.ts` reads them. */
function printable(bytes) {
  const char = (n) => String.fromCharCode(n + (n < 57 ? 35 : 36));
  return Array.from(bytes, (byte) => (byte < 90 ? char(byte) : byte < 180 ? `~${char(byte - 90)}` : `!${char(byte - 180)}`)).join('');
}

/** The module's source, from a core and from the two modules of `assembly/unpack.ts`: the one that unpacks, and the model. */
export function inlineModule(core, unpacker, model) {
  const text = pack(core, new WebAssembly.Module(model));
  return `/** The core's bytes as text. */\nexport const unpacker = "${printable(unpacker)}";\nexport const text = "${text}";\n`;
}

/** A wing's text, which the core's unpacker reads. */
export function textModule(wing, model) {
  return `/** The wing's bytes as text. */\nexport const text = "${pack(wing, new WebAssembly.Module(model))}";\n`;
}
