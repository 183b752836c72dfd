/** Writes the catalogue with its weights, and bundles the worker as wrangler does: the `.wasm` stays a module of its own. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { makeCatalogue } from './catalogue.js';

const here = fileURLToPath(new URL('.', import.meta.url));

/** The worker's modules, the entry first. */
export async function buildWorker() {
  mkdirSync(`${here}build`, { recursive: true });
  writeFileSync(`${here}build/catalogue.json`, JSON.stringify(makeCatalogue()));
  const { outputFiles } = await build({
    entryPoints: [`${here}worker.js`],
    outdir: `${here}build`,
    bundle: true,
    minify: true,
    format: 'esm',
    conditions: ['workerd', 'worker', 'browser'],
    loader: { '.wasm': 'copy' },
    write: false,
  });
  const modules = outputFiles.map(({ path, contents }) => ({ type: path.endsWith('.wasm') ? 'CompiledWasm' : 'ESModule', path: basename(path), contents }));
  return modules.sort((a, b) => (a.type < b.type ? 1 : -1));
}

/** The worker in workerd, Cloudflare's runtime, on a port of this machine: any free one, or the one asked for. */
export async function startWorker(port = 0) {
  return new Miniflare({ modules: await buildWorker(), compatibilityDate: '2025-01-01', host: '127.0.0.1', port });
}
