/** What is measured of whole processes and bundles, not of calls: memory, size, start. Each row gives figures as the raced ones do. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { sizes } from '../../scripts/size.mjs';
import { memoryGrowth } from './memory.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const compressed = (bytes) => gzipSync(bytes, { level: 9 }).length;

/** Kilobytes after gzip of what a page loads for these exports of a peer: its bundle, without what it imports on demand, and its wasm. */
async function shipped(contents, wasm = []) {
  const options = { bundle: true, splitting: true, minify: true, format: 'esm', outdir: '/', write: false, metafile: true, logLevel: 'silent' };
  const { outputFiles, metafile } = await build({ stdin: { contents, resolveDir: here }, ...options });
  const files = Object.entries(metafile.outputs).map(([path, { entryPoint, imports }]) => ({ path: resolve(path), entryPoint, imports }));
  const loaded = new Set([files.find(({ entryPoint }) => entryPoint === '<stdin>').path]);
  for (const path of loaded) {
    const { imports } = files.find((file) => file.path === path);
    for (const { path, kind } of imports) if (kind === 'import-statement') loaded.add(resolve(path));
  }
  const scripts = outputFiles.filter(({ path }) => loaded.has(path)).map(({ contents }) => contents);
  return [...scripts, ...wasm.map((file) => readFileSync(file))].reduce((total, bytes) => total + compressed(bytes), 0) / 1000;
}

async function sizeFigures() {
  const tfjsWasm = join(dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist/tfjs-backend-wasm-simd.wasm');
  return {
    gradtape: (await sizes()).bundle / 1000,
    tfjs: await shipped("export { grads } from '@tensorflow/tfjs-core'; import '@tensorflow/tfjs-backend-wasm'", [tfjsWasm]),
    'jax-js': await shipped("export { defaultDevice, grad, init, numpy } from '@jax-js/jax'"),
  };
}

/** Milliseconds over an empty process, as `scripts/start.mjs` prints them. */
function startFigures() {
  const script = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url));
  if (!existsSync(script)) return 'has no scripts/start.mjs';
  const { stdout } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  return Object.fromEntries([...stdout.matchAll(/^(\S+) .* ([\d.]+) ms over it$/gm)].map(([, name, ms]) => [name, Number(ms)]));
}

/** Megabytes by contestant; their gradients must agree. */
function memoryFigures(contestants) {
  if (process.platform !== 'linux') return 'is measured on Linux only';
  const found = contestants
    .filter(({ kind, threads, workloads }) => kind !== 'relaxed' && !threads && 'deep' in workloads)
    .map(({ name, peer }) => ({ name, ...memoryGrowth(peer, name) }));
  const expected = found[0].norm;
  for (const { name, norm } of found) {
    if (!(Math.abs(norm - expected) <= 1e-4 * expected)) throw new Error(`gradient of 50 layers: ${name} has the norm ${norm}, ${found[0].name} ${expected}`);
  }
  return Object.fromEntries(found.map(({ name, megabytes }) => [name, megabytes]));
}

export const wholes = [
  { name: 'memory', title: 'memory growth in a gradient through 50 layers', unit: 'MB', target: { best: 25 }, figures: memoryFigures },
  { name: 'size', title: 'shipped for one gradient, after gzip', unit: 'KB', target: { best: 60 }, figures: sizeFigures },
  { name: 'start', title: 'from start to first gradient, over an empty process', unit: 'ms', target: { best: 15 }, figures: startFigures },
].map((whole) => ({ group: 'whole', ...whole }));
