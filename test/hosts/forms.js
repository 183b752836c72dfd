/** The app as it stands, and bundled and minified by each bundler: `{ name, file() }`, where `file` builds it at first call. */
import { readdirSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { once } from './command.js';

const app = resolve('main.js');

async function built(bundler) {
  const { default: build } = await import(`./bundlers/${bundler}.js`);
  const file = resolve('out', bundler, 'main.js');
  await build(app, file);
  return file;
}

const bundlers = readdirSync('bundlers').map((file) => basename(file, '.js'));

export const forms = [{ name: 'plain', file: async () => app }, ...bundlers.map((name) => ({ name, file: once(() => built(name)) }))];
