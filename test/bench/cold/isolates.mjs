/** A fresh workerd for each measurement: the library bundled and minified as wrangler does it, a request that does nothing, then one that works. */
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));

/** gradtape's root there. */
const inWorker = {
  name: 'workerd',
  setup({ onResolve }) {
    onResolve({ filter: /dist\/bindings\/node\.js$/ }, () => ({ path: join(here, '../../../dist/bindings/workerd.js') }));
  },
};

/** The modules of a worker that answers `/` at once, and `/?work=W&calls=N` with the first call's number. */
async function bundled(library) {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { data } from './data.mjs';
        import * as works from './${library}.mjs';
        let call;
        export default { fetch(request) {
          const asked = new URL(request.url).searchParams;
          if (!asked.has('work')) return new Response('idle');
          call ??= works[asked.get('work')](data);
          const answer = call();
          for (let i = Number(asked.get('calls')); i > 1; i--) call();
          return new Response(String(answer));
        } };`,
      resolveDir: here,
    },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['workerd', 'worker', 'browser'],
    plugins: [inWorker],
    loader: { '.wasm': 'copy' },
    external: ['node:*'],
    outdir: 'out',
    write: false,
    logLevel: 'error',
  });
  const modules = outputFiles.map(({ path, contents }) => ({ type: path.endsWith('.wasm') ? 'CompiledWasm' : 'ESModule', path: basename(path), contents }));
  return modules.sort((a, b) => (a.type < b.type ? 1 : -1)); // the first is the entry
}

/** `open(library, work, counts)` gives `{ times, answer }`, a worker for each count. */
export async function isolates(hosts, libraries) {
  const { Miniflare } = await import(pathToFileURL(hosts.resolve('miniflare')));
  const modules = {};
  for (const library of libraries) modules[library] = await bundled(library);
  return async (library, work, counts) => {
    const times = [];
    let answer;
    for (const calls of counts) {
      if (times.at(-1) > 1000) break;
      const worker = new Miniflare({ modules: modules[library], compatibilityDate: '2024-09-23', compatibilityFlags: ['nodejs_compat'] });
      try {
        const get = async (query) => {
          const start = performance.now();
          const text = await (await worker.dispatchFetch(`http://cold.test/${query}`)).text();
          return [performance.now() - start, text];
        };
        const idle = [];
        for (let i = 0; i < 9; i++) idle.push((await get(''))[0]);
        const [time, text] = await get(`?work=${work}&calls=${calls}`);
        if (!Number.isFinite(Number(text))) throw new Error(text);
        times.push(time - idle.slice(3).toSorted((a, b) => a - b)[3]);
        answer = Number(text);
      } finally {
        await worker.dispose();
      }
    }
    return { times, answer };
  };
}
