/**
 * The pages that run the app in a browser, and a server that sends a browser from one to the next. A page posts what it found and is told
 * where to go, so any browser that opens an address will do, and each page is a document of its own with its own headers. Knows no browser.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { answer, digest, refusal } from './expected.js';
import { forms } from './forms.js';

const SECONDS = 60;
const policy = (sources) => ({ 'content-security-policy': `script-src ${sources}` });
const isForPages = ({ format }) => ['esm', 'iife', 'script'].includes(format);
/** The headers with which a page may share memory. */
const isolation = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };
/** A page without a bundler finds packages by a map. */
const imports = {
  gradtape: '/node_modules/gradtape/dist/bindings/index.js',
  'gradtape/nn': '/node_modules/gradtape/dist/bindings/nn.index.js',
  'gradtape/special': '/node_modules/gradtape/dist/bindings/special.index.js',
  '@assemblyscript/loader': '/node_modules/@assemblyscript/loader/index.js',
};

/** `{ script, headers, inWorker, isPlain, wants }` of each page. */
export const pages = {
  ...Object.fromEntries(forms.filter(isForPages).map(({ name, path }) => [name, { script: `/${path}`, wants: answer }])),
  plain: { script: '/main.js', isPlain: true, wants: answer },
  'module worker': { script: '/out/esbuild/esm/main.js', inWorker: true, wants: answer },
  'wasm-unsafe-eval': { script: '/out/esbuild/esm/main.js', headers: policy("'self' 'wasm-unsafe-eval'"), wants: answer },
  'policy without it': { script: '/out/esbuild/esm/main.js', headers: policy("'self'"), wants: refusal.noCompiling },
  isolated: { script: '/out/esbuild/esm/main.js', headers: isolation, wants: answer },
  'isolated module worker': { script: '/out/esbuild/esm/main.js', headers: isolation, inWorker: true, wants: answer },
  'two threads': { script: '/threads.js', isPlain: true, headers: isolation, wants: digest },
  'two threads without isolation': { script: '/threads.js', isPlain: true, wants: refusal.noSharing },
};
const names = Object.keys(pages);

const types = { '.js': 'text/javascript', '.cjs': 'text/javascript', '.wasm': 'application/wasm' };
const html = (name) => {
  const map = pages[name].isPlain ? `<script type="importmap">${JSON.stringify({ imports })}</script>` : '';
  return `<!doctype html><meta charset="utf-8"><title>${name}</title>${map}<script type="module" src="/pages/page.js"></script>`;
};

/** The address of a page; after the last, of an empty one. */
function addressOf(name) {
  if (name === undefined) return '/end';
  const { script, inWorker } = pages[name];
  return `/page?${new URLSearchParams({ name, script, ...(inWorker && { inWorker }) })}`;
}

/** `[status, headers, body]` for a request of a page or of a file in this folder. */
function served({ pathname, searchParams }) {
  if (pathname === '/page') {
    const name = searchParams.get('name');
    return [200, { 'content-type': 'text/html', ...pages[name].headers }, html(name)];
  }
  try {
    // A worker of an isolated page states the policy itself.
    return [200, { 'content-type': types[extname(pathname)] ?? 'text/plain', ...isolation }, readFileSync(`.${pathname}`)];
  } catch {
    return [404, {}, ''];
  }
}

/** The reports of all pages by name, after the last page. A page that is not isolated as its headers demand reports that. */
function findings(server) {
  const found = {};
  return new Promise((resolve) => {
    server.on('request', async (request, response) => {
      const url = new URL(request.url, 'http://localhost');
      if (request.method === 'POST') {
        const name = url.searchParams.get('name');
        const { text, isolated } = JSON.parse(Buffer.concat(await request.toArray()));
        found[name] = isolated === (pages[name].headers === isolation) ? text : `${text}, crossOriginIsolated: ${isolated}`;
        const next = names[names.indexOf(name) + 1];
        response.end(addressOf(next));
        if (next === undefined) resolve(found);
      } else {
        const [status, headers, body] = served(url);
        response.writeHead(status, headers).end(body);
      }
    });
  });
}

/** The reports of a browser on every page. `command(profile, address)` starts it. */
export async function visit(command) {
  for (const { file } of forms.filter(isForPages)) await file();
  const profile = mkdtempSync(join(tmpdir(), 'gradtape-browser-'));
  const server = createServer();
  const found = findings(server);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const [file, ...args] = command(profile, `http://127.0.0.1:${server.address().port}${addressOf(names[0])}`);
  const browser = spawn(file, args, { stdio: 'ignore' });
  try {
    const failed = new Promise((_, reject) => {
      browser.on('error', reject);
      setTimeout(() => reject(new Error(`the pages did not answer within ${SECONDS} s`)), SECONDS * 1000).unref();
    });
    return await Promise.race([found, failed]);
  } finally {
    browser.kill();
    if (browser.exitCode === null && browser.pid) await new Promise((resolve) => browser.on('exit', resolve));
    server.closeAllConnections();
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
