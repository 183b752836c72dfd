/** Runs the app in a browser: a page, a module worker, and a page whose policy allows `wasm-unsafe-eval` and no more. Knows no browser. */
import { createServer } from 'node:http';
import { build } from 'esbuild';

const script = async (contents) => {
  const { outputFiles } = await build({ stdin: { contents, resolveDir: '.' }, bundle: true, minify: true, format: 'esm', write: false });
  return ['text/javascript', outputFiles[0].contents];
};
const page = (name) => ['text/html', `<!doctype html><meta charset="utf-8"><title></title><script type="module" src="/${name}"></script>`];

const files = {
  '/': page('page.js'),
  '/page.js': await script("import { answer } from './app.js'; document.title = answer()"),
  '/worker.html': page('starts-worker.js'),
  '/starts-worker.js': await script("new Worker('/worker.js', { type: 'module' }).onmessage = ({ data }) => { document.title = data }"),
  '/worker.js': await script("import { answer } from './app.js'; postMessage(answer())"),
  '/policy.html': page('page.js'),
};
const policies = { '/policy.html': "script-src 'self' 'wasm-unsafe-eval'" };

const server = createServer(({ url }, response) => {
  const [type, body] = files[url] ?? ['text/plain', ''];
  response.writeHead(files[url] ? 200 : 404, { 'content-type': type, ...(policies[url] && { 'content-security-policy': policies[url] }) });
  response.end(body);
});

/** Prints the answer, once if all three pages agree; what a page reports as an error is thrown. */
export async function visit(browser) {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const answers = new Set();
    for (const path of ['/', '/worker.html', '/policy.html']) {
      const tab = await browser.newPage();
      const failed = new Promise((_, reject) => tab.on('pageerror', reject));
      await tab.goto(`http://127.0.0.1:${server.address().port}${path}`);
      await Promise.race([failed, tab.waitForFunction("document.title !== ''", undefined, { timeout: 20000 })]);
      answers.add(await tab.title());
      await tab.close();
    }
    console.log([...answers].join('\n'));
  } finally {
    await browser.close();
    server.close();
  }
}
