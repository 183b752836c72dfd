/** The core as Cloudflare Workers have it: compiled when the worker is deployed, for they compile nothing when it runs. */
import wasm from '../../build/core.wasm';

export function source(): WebAssembly.Module {
  return wasm;
}
