/**
 * Writes the core as a JavaScript module of text, which `bindings/packed.ts` unpacks: the packed module, and the module that unpacks it.
 * Every minifier keeps printable ASCII as it stands. See Note [Packed core] in `assembly/unpack.ts`.
 */
import { pack } from './pack.mjs';

/** Bytes as characters that gzip still sees the grammar through: 90 of them one each, others after a mark. `bindings/packed.ts` reads them. */
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
