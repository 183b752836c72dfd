/**
 * Builds the package: wasm (one binary per target, default `simd`), its inline copy and its types, then the facade.
 * `node scripts/build.mjs [target…]`; without targets, those that the package ships. A module that would need managed memory or a function import fails the build.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { build } from 'esbuild';
import { minify } from 'terser';
import { arranged } from './arrange.mjs';
import { inlineModule } from './inline.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
mkdirSync('build', { recursive: true });

const bin = (name, path) => join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), path);
const run = (script, args) => execFileSync(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });

function compile(target, options = []) {
  try {
    run(bin('assemblyscript', 'bin/asc.js'), ['--target', target, '--transform', './scripts/functions.mjs', ...options]);
  } catch (error) {
    process.stderr.write(error.stderr);
    process.exit(1);
  }
}

/** An optimiser inlines `__new` away, so managed allocation shows in the unoptimised text only. */
function refuseManagedMemory() {
  compile('debug', ['--outFile', 'build/check.wasm', '--textFile', 'build/check.wat']);
  const text = readFileSync('build/check.wat', 'utf8');
  rmSync('build/check.wasm');
  rmSync('build/check.wat');
  if (/\$~lib\/rt\/\w+\/__new\b/.test(text)) throw new Error('build: the module allocates managed memory (__new in the unoptimised text)');
}

// Node 20 has relaxed SIMD, but not by itself.
if (process.versions.node.startsWith('20.')) setFlagsFromString('--experimental-wasm-relaxed-simd');

function refuseImports(file) {
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(file))).filter(({ kind }) => kind === 'function');
  if (imports.length) throw new Error(`build: ${file} imports functions: ${imports.map(({ name }) => name).join(', ')}`);
}

function types() {
  const declared = readFileSync('build/gradtape.simd.d.ts', 'utf8');
  writeFileSync(
    'build/core.d.ts',
    `${declared.replace(/export default[\s\S]*$/, '')}\n/** The raw exports, with \`start\` where the compiler left something to run. */\nexport type Core = typeof __AdaptedExports & { start?(): void };\nexport declare const unpacker: string;\nexport declare const text: string;\n`,
  );
  rmSync('build/gradtape.simd.d.ts');
  rmSync('build/gradtape.simd.js', { force: true });
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
async function facade() {
  const options = {
    format: 'esm',
    target: 'es2022',
    logLevel: 'error',
    outdir: 'dist/bindings',
    bundle: true,
    ignoreAnnotations: true, // `sideEffects` speaks of dist; here every file counts
    plugins: [opNames],
  };
  const roots = ['index', 'workerd', 'edge', 'worker'].map((name) => `bindings/${name}.ts`);
  await build({ ...options, entryPoints: ['bindings/library.ts'], packages: 'external' });
  await build({ ...options, entryPoints: roots, external: ['./library.js', '*.wasm', '*.wasm?module'] });
  const { outputFiles } = await build({ ...options, entryPoints: ['bindings/node.ts'], write: false });
  const { code } = await minify(outputFiles[0].text, { compress: false, format: { ascii_only: true, max_line_len: 120 } });
  writeFileSync('dist/bindings/node.js', code);
}

/** `assembly/unpack.ts` as the module that unpacks the core, or as the model that the core is packed by. */
function unpacker(outFile, options) {
  const common = ['--config', 'none', '--runtime', 'stub', '--use', 'abort=', '--noAssert', '-Oz', '--converge'];
  run(bin('assemblyscript', 'bin/asc.js'), ['assembly/unpack.ts', ...common, ...options, '--outFile', outFile]);
  return readFileSync(outFile);
}

function inline() {
  const unpack = unpacker('build/unpack.wasm', ['--initialMemory', '144']);
  const model = unpacker('build/model.wasm', ['--initialMemory', '1152', '--use', 'PACK=1']);
  writeFileSync('build/core.js', inlineModule(readFileSync('build/gradtape.simd.wasm'), unpack, model));
}

/** Modules whose exports a target has besides the common ones. */
const more = { sanitize: ['assembly/sanitize.ts'], 'simd-threads': ['assembly/threads.ts'], 'relaxed-threads': ['assembly/threads.ts'] };

/** Targets that the package ships, and their files' names. */
const shipped = { simd: 'core', relaxed: 'relaxed', 'simd-threads': 'simd-threads', 'relaxed-threads': 'relaxed-threads' };

const built = new Set(['simd', ...(process.argv.length > 2 ? process.argv.slice(2) : Object.keys(shipped))]);
refuseManagedMemory();
compile('simd', ['--bindings', 'raw']);
writeFileSync('build/gradtape.simd.wasm', arranged(readFileSync('build/gradtape.simd.wat', 'utf8')));
types();
for (const target of built) if (target !== 'simd') compile(target, more[target]);
for (const target of built) refuseImports(`build/gradtape.${target}.wasm`);
inline();
rmSync('dist', { recursive: true, force: true });
try {
  run(bin('typescript', 'bin/tsc'), ['-p', 'tsconfig.build.json']);
} catch (error) {
  process.stderr.write(error.stdout ?? '');
  process.exit(1);
}
await facade();
mkdirSync('dist/build', { recursive: true });
copyFileSync('build/core.d.ts', 'dist/build/core.d.ts');
for (const [target, name] of Object.entries(shipped)) {
  if (!built.has(target)) continue;
  copyFileSync(`build/gradtape.${target}.wasm`, `dist/build/${name}.wasm`);
  writeFileSync(`dist/build/${name}.wasm.d.ts`, 'declare const module: WebAssembly.Module;\nexport default module;\n');
}
