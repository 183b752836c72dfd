/**
 * Writes the core as a JavaScript module of text, which `bindings/entry/inline.ts` unpacks: the packed module, and the module that unpacks it.
 * Every minifier keeps printable ASCII as it stands. See Note [Packed core] in `assembly/unpack.ts`.
 */
import { pack } from './pack.mjs';

/** The module's source, from a core and from the two modules of `assembly/unpack.ts`: the one that unpacks, and the model. */
export function inlineModule(core, unpacker, model) {
  const text = pack(core, new WebAssembly.Module(model));
  return `/** The core's bytes as text. */\nexport const unpacker = "${unpacker.toString('base64')}";\nexport const text = "${text}";\n`;
}
