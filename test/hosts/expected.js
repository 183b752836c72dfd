/** The app's report on a host that runs it, a console's text, and the sentence of the error on each host that can't run it. */
export const answer = '27 -4 36 0.6931471805599453 0.9227843350984672 5';
export const shown = /x: Tensor\(\[1\. , 2\.5\], shape=\[2\], dtype=float32\)/;
/** The result of `product.js`, with any number of threads. */
export const digest = 'd67f4ce0';

export const refusal = {
  noSimd: /^ModuleError: gradtape needs WebAssembly SIMD, which this host lacks: use Node ≥ 20, Deno, Bun, Chrome ≥ \d+, Firefox ≥ \d+ or Safari ≥ [\d.]+$/,
  noWebAssembly: /^ModuleError: gradtape needs WebAssembly, which this host lacks or has switched off .*: switch it on, or use another host$/,
  noSharing: /^InitError: init: threads share memory, which this host denies: serve the page with the headers Cross-Origin-Opener-Policy: same-origin and /,
  noRelaxed: /^InitError: init: build 'relaxed' needs relaxed SIMD, which this host lacks: start Node 20 with --experimental-wasm-relaxed-simd, /,
  noCompiling: /^ModuleError: gradtape: this host forbids compiling WebAssembly from bytes \(.*\): on a page add 'wasm-unsafe-eval' to script-src .*$/,
};
