/**
 * Runs the app in a browser: a page, a module worker, and a page whose policy allows `wasm-unsafe-eval` and no more.
 * The pages post what they find to the server they come from, so any browser that opens an address will do. Knows no browser.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

const script = async (contents) => {
  const { outputFiles } = await build({ stdin: { contents, resolveDir: '.' }, bundle: true, minify: true, format: 'esm', write: false });
  return ['text/javascript', outputFiles[0].contents];
};
const page = (body) => ['text/html', `<!doctype html><meta charset="utf-8">${body}`];
const running = (name) => page(`<script type="module" src="/${name}"></script>`);

const post = "const post = (body) => fetch('/found' + location.pathname, { method: 'POST', body });";
const app = `import { answer } from './app.js'; ${post} try { post(answer()) } catch (error) { post(String(error)) }`;
const starter = `${post} const worker = new Worker('/app.js', { type: 'module' }); worker.onerror = ({ message }) => post(message)`;
const forms = ['/page.html', '/policy.html', '/worker.html'];
const files = {
  '/': page(forms.map((form) => `<iframe src="${form}"></iframe>`).join('')),
  '/page.html': running('app.js'),
  '/policy.html': running('app.js'),
  '/worker.html': running('starter.js'),
  '/app.js': await script(app),
  '/starter.js': await script(starter),
};
const policies = { '/policy.html': "script-src 'self' 'wasm-unsafe-eval'" };

/** Answers by the place that posted them, once there are as many as forms. */
function answers(server) {
  return new Promise((resolve) => {
    const found = {};
    server.on('request', async (request, response) => {
      const { method, url } = request;
      if (method === 'POST') {
        found[url] = Buffer.concat(await request.toArray()).toString();
        if (Object.keys(found).length === forms.length) resolve(found);
      }
      const [type, body] = files[url] ?? ['text/plain', ''];
      response.writeHead(files[url] || method === 'POST' ? 200 : 404, {
        'content-type': type,
        ...(policies[url] && { 'content-security-policy': policies[url] }),
      });
      response.end(body);
    });
  });
}

/** Prints the answer, once if all forms agree. `command(profile, address)` is how the browser is started. */
export async function visit(command) {
  const profile = mkdtempSync(join(tmpdir(), 'gradtape-browser-'));
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const [file, ...args] = command(profile, `http://127.0.0.1:${server.address().port}/`);
  const browser = spawn(file, args, { stdio: 'ignore' });
  try {
    const failed = new Promise((_, reject) => {
      browser.on('error', reject);
      setTimeout(() => reject(new Error('the pages did not answer within 40 s')), 40_000).unref();
    });
    console.log([...new Set(Object.values(await Promise.race([answers(server), failed])))].join('\n'));
  } finally {
    browser.kill();
    if (browser.exitCode === null && browser.pid) await new Promise((resolve) => browser.on('exit', resolve));
    server.closeAllConnections();
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
