/** Finds out why this host refuses the core, and says it in a sentence with the remedy. Runs after a refusal only, so a normal start doesn't pay for it. */

/** The smallest module, and one whose only function returns a vector. */
const empty = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
const vector = Uint8Array.of(...empty, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 17, 11);

/** Whether this host compiles bytes. A page's policy may forbid it, and edge hosts do. */
function compiles(): boolean {
  try {
    return new WebAssembly.Module(empty) instanceof WebAssembly.Module;
  } catch {
    return false;
  }
}

/** The reason for `error`, thrown when a module was compiled or instantiated. `file` names the module, `options` the options of `init` that help. */
export function refusal(error: Error, file = 'gradtape/core', options = '{ module }'): string {
  if (error instanceof SyntaxError) return error.message;
  if (typeof WebAssembly !== 'object')
    return 'gradtape needs WebAssembly, which this host lacks or has switched off (--jitless, a lockdown mode): switch it on, or use another host';
  if (!WebAssembly.validate(vector))
    return 'gradtape needs WebAssembly SIMD, which this host lacks: use Node ≥ 20, Deno, Bun, Chrome ≥ 91, Firefox ≥ 89 or Safari ≥ 16.4';
  if (!compiles())
    return `gradtape: this host forbids compiling WebAssembly from bytes (${error.message}): on a page add 'wasm-unsafe-eval' to script-src in its Content-Security-Policy; elsewhere import ${file}.wasm as a module and call init(${options})`;
  return `gradtape: this host refused the WebAssembly module (${error.message}): compile ${file}.wasm with WebAssembly.compile and call init(${options})`;
}
