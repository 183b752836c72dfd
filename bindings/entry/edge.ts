/** The core as Vercel's edge has it: `?module` asks the bundler for a compiled module, for the host compiles no bytes. */
import wasm from '../../build/core.wasm?module';

export function source(): WebAssembly.Module {
  return wasm;
}
