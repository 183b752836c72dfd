/**
 * Cloudflare Workers: workerd itself, by miniflare. The bundle is made as wrangler makes it: the `.wasm` stays a module of its own.
 * Prints what the worker answers.
 */
import { basename } from 'node:path';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';

const { outputFiles } = await build({
  entryPoints: ['worker.js'],
  outdir: 'out/workerd',
  bundle: true,
  minify: true,
  format: 'esm',
  conditions: ['workerd', 'worker', 'browser'],
  loader: { '.wasm': 'copy' },
  write: false,
});
const modules = outputFiles.map(({ path, contents }) => ({
  type: path.endsWith('.wasm') ? 'CompiledWasm' : 'ESModule',
  path: basename(path),
  contents,
}));
modules.sort((a, b) => (a.type < b.type ? 1 : -1)); // the first is the entry
const worker = new Miniflare({ modules, compatibilityDate: '2023-01-01' });
try {
  console.log(await (await worker.dispatchFetch('http://gradtape.test/')).text());
} finally {
  await worker.dispose();
}
