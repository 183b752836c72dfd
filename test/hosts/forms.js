/**
 * The app as it stands, and bundled and minified by each bundler in each format: `{ name, format, file() }`, where `file` builds it at first call.
 * A format that is no module has the ending `.cjs`, by which runtimes know; a `script` is one that needs a page.
 */
import { readdirSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { once } from './command.js';

const app = 'main.js';
const bundlers = await Promise.all(readdirSync('bundlers').map(async (file) => ({ bundler: basename(file, '.js'), ...(await import(`./bundlers/${file}`)) })));

/** Every form of an entry but the plain one. */
export const bundled = (entry) =>
  bundlers.flatMap(({ bundler, formats }) =>
    Object.entries(formats).map(([format, build]) => {
      const path = ['out', bundler, format.replaceAll(' ', '-'), entry.replace(/\.js$/, format === 'esm' ? '.js' : '.cjs')].join('/');
      const file = once(async () => {
        await build(resolve(entry), resolve(path));
        return path;
      });
      return { name: format === 'esm' ? bundler : `${bundler} ${format}`, format, path, file };
    }),
  );

export const forms = [{ name: 'plain', format: 'esm', path: app, file: async () => app }, ...bundled(app)];
