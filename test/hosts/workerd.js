/** Cloudflare's workerd with a worker bundled as wrangler does it: the `.wasm` stays a module of its own, compiled before the worker starts. */
import { basename } from 'node:path';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';

export async function startWorker(entry) {
  const { outputFiles } = await build({
    entryPoints: [entry],
    outdir: 'out/workerd',
    bundle: true,
    minify: true,
    format: 'esm',
    conditions: ['workerd', 'worker', 'browser'],
    loader: { '.wasm': 'copy' },
    write: false,
  });
  const modules = outputFiles.map(({ path, contents }) => ({ type: path.endsWith('.wasm') ? 'CompiledWasm' : 'ESModule', path: basename(path), contents }));
  modules.sort((a, b) => (a.type < b.type ? 1 : -1)); // the first is the entry
  return new Miniflare({ modules, compatibilityDate: '2023-01-01', inspectorPort: 0 });
}

/** Bytes of the worker's JavaScript heap, as its engine reports them; linear memory is not among them. */
export async function heapBytes(worker) {
  const address = new URL(await worker.getInspectorURL());
  const targets = await (await fetch(`http://${address.host}/json`)).json();
  const socket = new WebSocket(targets.find(({ id }) => id === 'core:user:').webSocketDebuggerUrl);
  const next = (event) => new Promise((resolve) => socket.addEventListener(event, resolve, { once: true }));
  await next('open');
  socket.send(JSON.stringify({ id: 1, method: 'Runtime.getHeapUsage' }));
  const { result } = JSON.parse((await next('message')).data);
  socket.close();
  return result.totalSize + result.embedderHeapUsedSize + result.backingStorageSize;
}
