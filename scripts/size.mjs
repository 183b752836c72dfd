/**
 * Measures the bytes of `import { gradientsFunction, tensor } from 'gradtape'`: esbuild's bundle, minified, after gzip -9; the share of each source;
 * the core as packed text beside its bytes under gzip; and the packed tarball. Prints them beside `budget.json`. Needs a built `dist`.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { wings } from './wings.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** Bytes after gzip. It runs gzip itself, for Node's zlib compresses 1 % worse here. */
const compressed = (bytes) => execFileSync('gzip', ['-9', '-c'], { input: bytes }).length;

const NAMES = "export { gradientsFunction, tensor } from 'gradtape';";

/** Further imports, measured as additions to that bundle. */
export const ADDED = {
  compile: "export { compile } from 'gradtape';",
  random: "export { random } from 'gradtape';",
  ...Object.fromEntries(wings().map((name) => [name, `export * from 'gradtape/${name}';`])),
  nn: "export { conv2d, layerNorm, maxPool2d, mse } from 'gradtape/nn';",
  special: "export { lgamma } from 'gradtape/special';",
};

/** The bundle of those two names, or of `contents`; `conditions` choose the root. */
async function bundle(conditions = [], contents = NAMES) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    minify: true,
    format: 'esm',
    conditions,
    external: ['*.wasm'],
    write: false,
    metafile: true,
  });
  const [{ inputs }] = Object.values(metafile.outputs);
  return { contents: outputFiles[0].contents, inputs };
}

/** `{ bundle, facade, wasm, text, tarball, largest }` and the names of ADDED: bytes after gzip, of ADDED what that line adds; `text` is the core's part of the bundle beside the core that gzip alone makes. */
export async function sizes() {
  const whole = await bundle();
  const facade = compressed((await bundle(['workerd'])).contents);
  const wasm = compressed(readFileSync(join(root, 'dist/build/core.wasm')));
  const [{ size }] = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  );
  const total = compressed(whole.contents);
  const largest = Object.entries(whole.inputs)
    .map(([path, { bytesInOutput }]) => ({ path, minified: bytesInOutput }))
    .sort((a, b) => b.minified - a.minified);
  const added = await Promise.all(
    Object.entries(ADDED).map(async ([name, line]) => [name, compressed((await bundle([], `${NAMES} ${line}`)).contents) - total]),
  );
  return { bundle: total, facade, wasm, text: (total - facade) / wasm, ...Object.fromEntries(added), tarball: size, largest };
}

export const budget = JSON.parse(readFileSync(join(root, 'budget.json'), 'utf8'));

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = await sizes();
  const row = (name, value, limit) => console.log(`${name.padEnd(30)} ${String(value).padStart(9)}${limit === undefined ? '' : `  of ${limit}`}`);
  row('bundle, gzip, bytes', found.bundle, budget.bundle);
  row('  facade', found.facade);
  row('  core as packed text', found.bundle - found.facade);
  row('  core as bytes', found.wasm);
  row('  text beside bytes', found.text.toFixed(3), budget.text);
  for (const name of Object.keys(ADDED)) row(`${name}, bytes more`, found[name], budget[name]);
  row('tarball, bytes', found.tarball, budget.tarball);
  console.log('\nlargest files, minified bytes');
  for (const { path, minified } of found.largest.slice(0, 16)) console.log(`${String(minified).padStart(9)}  ${path}`);
}
