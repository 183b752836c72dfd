/**
 * Builds the package: wasm (one binary per target, default `simd`), its inline copy and its types, then the facade.
 * `node scripts/build.mjs [target…]`; without targets, those that the package ships; `dev` for tests while one works: the module in fewer
 * passes, nothing packed. What its sources leave as it was isn't built again. A module that would need managed memory or a function import
 * fails the build.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { build } from 'esbuild';
import { minify } from 'terser';
import { arranged } from './arrange.mjs';
import { inlineModule } from './inline.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
mkdirSync('build', { recursive: true });

const bin = (name, path) => join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), path);
const run = promisify(execFile);
const tool = (script, args) => run(process.execPath, [script, ...args], { maxBuffer: 1 << 26 });

/** Files below `folders`, in order. */
const filesOf = (folders) =>
  folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
      .sort(),
  );

/** A hash of files' contents, and of words. */
function hashOf(files, words = []) {
  const hash = createHash('sha256').update(JSON.stringify(words));
  for (const file of files) hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
}

/** What every module is made of: sources, compiler, transforms. A change of any of them builds all anew. */
const ofModules = hashOf([
  ...filesOf(['assembly']).filter((path) => /(?<!\.d)\.ts$/.test(path)),
  'asconfig.json',
  'package-lock.json',
  'scripts/functions.mjs',
  'scripts/arrange.mjs',
]);

/** Makes `outputs`, unless they stand as `make` left them and `key` is the one they were made for. */
async function unlessFresh(name, key, outputs, make) {
  const stamp = `build/${name}.stamp`;
  const stamped = () => hashOf(outputs, [key]);
  if (existsSync(stamp) && outputs.every((file) => existsSync(file)) && readFileSync(stamp, 'utf8') === stamped()) return;
  await make();
  writeFileSync(stamp, stamped());
}

const compile = (target, options = []) => tool(bin('assemblyscript', 'bin/asc.js'), ['--target', target, '--transform', './scripts/functions.mjs', ...options]);

/** An optimiser inlines `__new` away, so managed allocation shows in the unoptimised text only. */
function refuseManagedMemory(text) {
  if (/\$~lib\/rt\/\w+\/__new\b/.test(text)) throw new Error('build: the module allocates managed memory (__new in the unoptimised text)');
}

// Node 20 has relaxed SIMD, but not by itself.
if (process.versions.node.startsWith('20.')) setFlagsFromString('--experimental-wasm-relaxed-simd');

function refuseImports(file) {
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(file))).filter(({ kind }) => kind === 'function');
  if (imports.length) throw new Error(`build: ${file} imports functions: ${imports.map(({ name }) => name).join(', ')}`);
}

/** The raw exports' types, from those that the compiler writes beside a module. */
function types(base) {
  const declared = readFileSync(`${base}.d.ts`, 'utf8');
  writeFileSync(
    'build/core.d.ts',
    `${declared.replace(/export default[\s\S]*$/, '')}\n/** The raw exports, with \`start\` where the compiler left something to run. */\nexport type Core = typeof __AdaptedExports & { start?(): void };\nexport declare const unpacker: string;\nexport declare const text: string;\n`,
  );
  rmSync(`${base}.d.ts`);
  rmSync(`${base}.js`, { force: true });
}

/** The opcodes' names as one text: an enum that is asked for names would be written out, name to number and number to name. */
const opNames = {
  name: 'opnames',
  setup({ onLoad }) {
    onLoad({ filter: /\bopnames\.ts$/ }, async ({ path }) => {
      const { outputFiles } = await build({ entryPoints: [path], bundle: true, format: 'esm', write: false });
      const names = (await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`)).opNames.join(' ');
      const source = readFileSync(path, 'utf8');
      return { contents: source.replace(/(opNames: readonly string\[\] = ).*;/, `$1'${names}'.split(' ');`), loader: 'ts' };
    });
  },
};

/**
 * A root for each way to find the core, on one library; a host that resolves files pays for each at start, so nothing else is one. Node's root
 * holds the library and the loader itself, and what an engine reads at each start is short, but for the names that stack traces show.
 */
async function facade(roots) {
  const options = {
    format: 'esm',
    target: 'es2022',
    logLevel: 'error',
    outdir: 'dist/bindings',
    bundle: true,
    ignoreAnnotations: true, // `sideEffects` speaks of dist; here every file counts
    plugins: [opNames],
  };
  const paths = roots.filter((name) => name !== 'library' && name !== 'node').map((name) => `bindings/${name}.ts`);
  await build({ ...options, entryPoints: ['bindings/library.ts'], packages: 'external' });
  await build({ ...options, entryPoints: paths, external: ['./library.js', '*.wasm', '*.wasm?module'] });
  if (!roots.includes('node')) return;
  const { outputFiles } = await build({ ...options, entryPoints: ['bindings/node.ts'], write: false });
  const { code } = await minify(outputFiles[0].text, { compress: false, format: { ascii_only: true, max_line_len: 120 } });
  writeFileSync('dist/bindings/node.js', code);
}

/** `assembly/unpack.ts` as the module that unpacks the core, or as the model that the core is packed by. */
async function unpacker(outFile, options) {
  const common = ['--config', 'none', '--runtime', 'stub', '--use', 'abort=', '--noAssert', '-Oz', '--converge'];
  await tool(bin('assemblyscript', 'bin/asc.js'), ['assembly/unpack.ts', ...common, ...options, '--outFile', outFile]);
  return readFileSync(outFile);
}

async function inline() {
  const unpack = await unpacker('build/unpack.wasm', ['--initialMemory', '144']);
  const model = await unpacker('build/model.wasm', ['--initialMemory', '1152', '--use', 'PACK=1']);
  writeFileSync('build/core.js', inlineModule(readFileSync('build/gradtape.simd.wasm'), unpack, model));
}

/** Modules whose exports a target has besides the common ones. */
const more = { sanitize: ['assembly/sanitize.ts'], 'simd-threads': ['assembly/threads.ts'], 'relaxed-threads': ['assembly/threads.ts'] };

/** Targets that the package ships, and their files' names. */
const shipped = { simd: 'core', relaxed: 'relaxed', 'simd-threads': 'simd-threads', 'relaxed-threads': 'relaxed-threads' };

/** A target's binary. The text of `debug` shows what an optimiser would hide, so that is where managed memory is looked for. */
function target(name) {
  const wasm = `build/gradtape.${name}.wasm`;
  return unlessFresh(name, ofModules, name === 'simd' ? [wasm, 'build/core.d.ts'] : [wasm], async () => {
    await compile(name, name === 'simd' ? ['--bindings', 'raw'] : more[name]);
    if (name === 'simd') {
      writeFileSync(wasm, arranged(readFileSync('build/gradtape.simd.wat', 'utf8')));
      types('build/gradtape.simd');
    }
    if (name === 'debug') refuseManagedMemory(readFileSync('build/gradtape.debug.wat', 'utf8'));
    refuseImports(wasm);
  });
}

/** The same code as `simd`, in fewer passes of the optimiser and neither arranged nor packed. */
const quick = () =>
  unlessFresh('quick', ofModules, ['build/quick.wasm', 'build/core.d.ts'], async () => {
    await tool(bin('assemblyscript', 'bin/asc.js'), [
      ...['assembly/index.ts', '--config', 'none', '--transform', './scripts/functions.mjs', '--runtime', 'stub', '--use', 'abort=', '--noAssert'],
      ...['--exportStart', 'start', '--enable', 'simd', '--initialMemory', '4', '--maximumMemory', '65536', '-O3', '--bindings', 'raw'],
      ...['--outFile', 'build/quick.wasm'],
    ]);
    types('build/quick');
  });

/** Runs `make` for each name, two at a time: the compiler takes one core. */
async function each(names, make) {
  const left = [...names];
  const worker = async () => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) await make(name);
  };
  await Promise.all([worker(), worker()]);
}

async function development() {
  await quick();
  mkdirSync('dist/build', { recursive: true });
  copyFileSync('build/quick.wasm', 'dist/build/core.wasm');
  await facade(['library', 'worker']);
}

async function whole(names) {
  await each(new Set(['simd', 'debug', ...names]), target);
  const packing = filesOf(['scripts/pack']);
  await unlessFresh(
    'text',
    hashOf(['build/gradtape.simd.wasm', 'assembly/unpack.ts', 'assembly/grammar.ts', 'scripts/pack.mjs', 'scripts/inline.mjs', ...packing]),
    ['build/core.js', 'build/unpack.wasm', 'build/model.wasm'],
    inline,
  );
  rmSync('dist', { recursive: true, force: true });
  await tool(bin('typescript', 'bin/tsc'), ['-p', 'tsconfig.build.json']);
  await facade(['library', 'index', 'workerd', 'edge', 'worker', 'node']);
  mkdirSync('dist/build', { recursive: true });
  copyFileSync('build/core.d.ts', 'dist/build/core.d.ts');
  for (const [name, file] of Object.entries(shipped)) {
    if (!names.includes(name)) continue;
    copyFileSync(`build/gradtape.${name}.wasm`, `dist/build/${file}.wasm`);
    writeFileSync(
      `dist/build/${file}.wasm.d.ts`,
      "import type { WasmModule } from '../bindings/module.js';\ndeclare const module: WasmModule;\nexport default module;\n",
    );
  }
}

const asked = process.argv.slice(2);
try {
  if (asked[0] === 'dev') await development();
  else await whole(['simd', ...(asked.length ? asked : Object.keys(shipped))]);
} catch (error) {
  process.stderr.write(error.stderr || error.stdout || `${error.stack}\n`);
  process.exitCode = 1;
}
