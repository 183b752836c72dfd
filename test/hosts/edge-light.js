/**
 * Vercel's edge: the `edge-light` entry, `.wasm?module` made a compiled module as Next.js does, on a host that
 * compiles neither bytes nor text from then on. Prints what the handler answers.
 */
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';

const compiled = {
  name: 'wasm?module',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\.wasm\?module$/ }, async ({ path, resolveDir }) => ({ path: new URL(path, `file://${resolveDir}/`).pathname, namespace: 'wasm' }));
    onLoad({ filter: /./, namespace: 'wasm' }, ({ path }) => {
      globalThis.compiledWasm = { ...globalThis.compiledWasm, [path]: new WebAssembly.Module(readFileSync(path)) };
      return { contents: `export default globalThis.compiledWasm[${JSON.stringify(path)}]` };
    });
  },
};
const outfile = 'out/edge-light/worker.js';
await build({
  entryPoints: ['worker.js'],
  outfile,
  bundle: true,
  minify: true,
  format: 'esm',
  conditions: ['edge-light', 'worker', 'browser'],
  plugins: [compiled],
});

/** `name` of `owner` runs no more; what it has besides, for `instanceof` and the like, stays. */
function forbid(owner, name) {
  const original = owner[name];
  function disallowed() {
    throw new WebAssembly.CompileError(`${name}: code generation disallowed`);
  }
  disallowed.prototype = original.prototype;
  owner[name] = Object.setPrototypeOf(disallowed, original);
}
for (const name of ['Module', 'compile', 'compileStreaming', 'instantiate', 'instantiateStreaming']) forbid(WebAssembly, name);
for (const name of ['eval', 'Function']) forbid(globalThis, name);

const { default: worker } = await import(new URL(outfile, import.meta.url).href);
console.log(await worker.fetch().text());
