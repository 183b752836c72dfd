/**
 * Lints the packed tarball, installs it in a scratch project and runs the app of `test/hosts` there: plain and bundled and minified, on each
 * runtime, and on edge hosts and browsers. `node scripts/hosts.mjs [name…]` runs those whose names contain one of the arguments.
 * A host that can't be installed fails. Ends with one line, `N passed, N failed`. Needs a built `dist`.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const scratch = join(root, 'build/hosts');
const answer = '27 -4 36';
const wanted = process.argv.slice(2).map((name) => name.toLowerCase());

/** A command's output; what it wrote to stderr is the error's message. */
async function run(command, args, { cwd = scratch, seconds = 60 } = {}) {
  const { stdout } = await promisify(execFile)(command, args, { cwd, timeout: seconds * 1000, maxBuffer: 1 << 26 });
  return stdout.trim();
}

/** The scratch project: this folder's packages as locked, and the tarball, installed as users do. */
async function install() {
  mkdirSync(scratch, { recursive: true });
  rmSync(join(scratch, 'out'), { recursive: true, force: true });
  cpSync(join(root, 'test/hosts'), scratch, { recursive: true });
  const [{ filename }] = JSON.parse(await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', scratch], { cwd: root }));
  await run('npm', ['install', '--no-audit', '--no-fund', '--no-save', `./${filename}`], { seconds: 600 });
  return filename;
}

const files = (folder) => readdirSync(join(scratch, folder)).map((file) => join(scratch, folder, file));
const load = async (file) => (await import(pathToFileURL(file).href)).default;
const nameOf = (file) => basename(file, '.js');

/** The app bundled by each bundler: `{ name, file }`, or an `error` in place of the file. */
async function bundles() {
  const built = [{ name: 'plain', file: join(scratch, 'main.js') }];
  for (const bundler of files('bundlers')) {
    const file = join(scratch, 'out', nameOf(bundler), 'main.js');
    const build = await load(bundler);
    const error = await build(join(scratch, 'main.js'), file).then(
      () => undefined,
      (error) => error,
    );
    built.push({ name: nameOf(bundler), file, error });
  }
  return built;
}

/** Every pair of a runtime and a form of the app, every edge host and browser, as `{ name, run }`. */
async function cases() {
  const runtimes = (await Promise.all(files('runtimes').map(load))).flat();
  const forms = await bundles();
  const paired = runtimes.flatMap(({ name, command: [command, ...args] }) =>
    forms.map(({ name: form, file, error }) => ({
      name: `${name}, ${form}`,
      run: () => (error ? Promise.reject(error) : run(command, [...args, file])),
    })),
  );
  const others = ['edges', 'browsers'].flatMap(files).map((file) => ({ name: nameOf(file), run: () => run('node_modules/node-24/bin/node', [file]) }));
  return [...paired, ...others];
}

/** What the registry's linters say of the tarball; their complaint is the error. */
const lints = (tarball) => [
  { name: 'publint', run: () => run('node_modules/.bin/publint', [tarball, '--strict']).then(() => answer) },
  { name: 'arethetypeswrong', run: () => run('node_modules/.bin/attw', [tarball, '--profile', 'esm-only']).then(() => answer) },
];

async function passes({ name, run }) {
  const start = performance.now();
  const [got, detail] = await run().then(
    (text) => [text, `printed ${JSON.stringify(text)}`],
    (error) => [undefined, `${error.stdout ?? ''}${error.stderr || error.stack}`.slice(-1000)],
  );
  const passed = got === answer;
  console.log(`${passed ? 'ok  ' : 'FAIL'} ${name.padEnd(24)} ${Math.round(performance.now() - start)} ms${passed ? '' : `\n${detail}`}`);
  return passed;
}

const tarball = await install();
const results = [];
for (const one of [...lints(tarball), ...(await cases())]) {
  if (wanted.length === 0 || wanted.some((part) => one.name.toLowerCase().includes(part))) results.push(await passes(one));
}
const passed = results.filter(Boolean).length;
console.log(`${passed} passed, ${results.length - passed} failed`);
process.exitCode = passed > 0 && passed === results.length ? 0 : 1;
