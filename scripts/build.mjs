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
import { arranged, TABLE_BASE } from './arrange.mjs';
import { fingerprint } from './contract.mjs';
import { inlineModule, textModule } from './inline.mjs';
import { checkCore, checkDoor, checkWing, entriesOf, flagsOf, numberOf, shared, sourcesOf, wings } from './wings.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
mkdirSync('build/wings', { recursive: true });

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

/** A hash of the contents of files, and of words. */
function hashOf(files, words = []) {
  const hash = createHash('sha256').update(JSON.stringify(words));
  for (const file of files) hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
}

const transforms = ['functions', 'contract', 'door', 'arrange'].map((name) => `scripts/${name}.mjs`);

/** A hash of the inputs of every module: sources, compiler, transforms. If one of them changes, all modules are built again. */
const ofModules = hashOf([...filesOf(['assembly']).filter((path) => /(?<!\.d)\.ts$/.test(path)), 'asconfig.json', 'package-lock.json', ...transforms]);

/** Calls `make` for the `outputs`, unless they are as the last call left them and `key` is the same. */
async function unlessFresh(name, key, outputs, make) {
  const stamp = `build/${name}.stamp`;
  const stamped = () => hashOf(outputs, [key]);
  if (existsSync(stamp) && outputs.every((file) => existsSync(file)) && readFileSync(stamp, 'utf8') === stamped()) return;
  await make();
  writeFileSync(stamp, stamped());
}

const asc = (args) => tool(bin('assemblyscript', 'bin/asc.js'), args);
const door = ['assembly/extend.ts', '--transform', './scripts/functions.mjs', '--transform', './scripts/door.mjs', '--exportTable'];
const compile = (target, options = []) => asc(['--target', target, '--outFile', `build/gradtape.${target}.wasm`, ...door, ...options]);

/** Refuses managed memory. The optimiser inlines `__new`, so only the unoptimised text shows it. */
function refuseManagedMemory(text) {
  if (/\$~lib\/rt\/\w+\/__new\b/.test(text)) throw new Error('build: the module allocates managed memory (__new in the unoptimised text)');
}

// Node 20 has relaxed SIMD, but needs a flag for it.
if (process.versions.node.startsWith('20.')) setFlagsFromString('--experimental-wasm-relaxed-simd');

/** Refuses a core that imports functions, or that reaches into the wings' places. */
function refuseImports(file) {
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(file))).filter(({ kind }) => kind === 'function');
  if (imports.length) throw new Error(`build: ${file} imports functions: ${imports.map(({ name }) => name).join(', ')}`);
}

/** The types of the raw exports, from the declarations that the compiler writes beside a module. */
function types(base) {
  const declared = readFileSync(`${base}.d.ts`, 'utf8');
  const exports = declared.slice(0, declared.indexOf('\n}\n') + 3);
  const ofWings = /^ {2}\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n {2}export (?:function|const) \w{1,2}\b[\s\S]*?(?=^ {2}\/\*\*|^\})/gm;
  writeFileSync(
    'build/core.d.ts',
    `${exports.replace(ofWings, '')}\n/** The raw exports, with \`start\` where the compiler left something to run. */\nexport type Core = typeof __AdaptedExports & { start?(): void };\nexport declare const unpacker: string;\nexport declare const text: string;\n`,
  );
  rmSync(`${base}.d.ts`);
  rmSync(`${base}.js`, { force: true });
}

/** The opcodes' names, in order. */
async function namesOfOps() {
  const { outputFiles } = await build({ entryPoints: ['bindings/opnames.ts'], bundle: true, format: 'esm', write: false });
  return (await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`)).opNames;
}

/** The call by which a wing names its opcodes: the first and the last. */
const SECTION = /namesOf\(Op\.(\w+), Op\.(\w+)\)/;

/**
 * Replaces the opcodes' names by texts: those of the core in the library, those of a wing in the wing. The bundler would write out an enum that is
 * asked for names, name to number and number to name.
 */
const opNames = {
  name: 'opnames',
  async setup({ onLoad }) {
    const names = await namesOfOps();
    const sections = wings().map((name) => SECTION.exec(readFileSync(`bindings/${name}.ts`, 'utf8')));
    const ofCore = names.slice(0, Math.min(...sections.map(([, first]) => names.indexOf(first))));
    const text = (names) => `'${names.join(' ')}'.split(' ')`;
    onLoad({ filter: /\bopnames\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(/(opNames: string\[\] = ).*;/, `$1${text(ofCore)};`),
      loader: 'ts',
    }));
    onLoad({ filter: new RegExp(`bindings/(${wings().join('|')})\\.ts$`) }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(SECTION, (_, first, last) => text(names.slice(names.indexOf(first), names.indexOf(last) + 1))),
      loader: 'ts',
    }));
  },
};

/** Keeps every source file, as `sideEffects` of package.json lists files of dist only; calls that are annotated as pure may still be dropped. */
const everyFile = {
  name: 'every file',
  setup(builder) {
    builder.onResolve({ filter: /^\.\.?\/.*\.[jt]s$/ }, async ({ path, pluginData, ...from }) => {
      if (pluginData === everyFile) return undefined;
      const found = await builder.resolve(path, { ...from, pluginData: everyFile });
      return found.external || found.errors.length ? found : { ...found, sideEffects: true };
    });
  },
};

/** Lists the public names in a root, as the library exports others beside them. */
const publicNames = {
  name: 'public',
  async setup({ onLoad }) {
    const { metafile } = await build({
      entryPoints: ['bindings/public.ts'],
      bundle: true,
      format: 'esm',
      write: false,
      metafile: true,
      packages: 'external',
      ignoreAnnotations: true,
    });
    const [{ exports }] = Object.values(metafile.outputs);
    onLoad({ filter: /\bpublic\.ts$/ }, () => ({ contents: `export { ${exports.join(', ')} } from './library.js';`, loader: 'js', resolveDir: 'bindings' }));
  },
};

/** Makes a wing import the library's names from the one file that has them. */
const fromLibrary = {
  name: 'library',
  setup({ onResolve }) {
    onResolve({ filter: /\/(extend|public)\.js$/ }, () => ({ path: './library.js', external: true }));
  },
};

/** Bundles a wing's functions. Refuses them if they would contain a copy of the library's files, or use a name that the library doesn't export. */
async function facadeOf(name, options, given) {
  const { metafile } = await build({ ...options, entryPoints: [`bindings/${name}.ts`], plugins: [...options.plugins, fromLibrary], metafile: true });
  const [{ inputs, imports }] = Object.values(metafile.outputs);
  const copied = Object.keys(inputs).filter((path) => path in given.inputs && inputs[path].bytesInOutput > 0 && !path.startsWith('assembly/shared'));
  if (copied.length)
    throw new Error(`build: bindings/${name}.ts has a copy of the library's ${copied.join(', ')}: it takes what it needs from bindings/extend.ts`);
  const taken = [...readFileSync(`dist/bindings/${name}.js`, 'utf8').matchAll(/import \{([^}]*)\} from "\.\/library\.js"/g)];
  const unknown = taken
    .flatMap(([, names]) => names.split(',').map((each) => each.trim().split(' ')[0]))
    .filter((each) => each && !given.exports.includes(each));
  if (unknown.length || imports.some(({ path }) => path !== './library.js')) throw new Error(`build: bindings/${name}.ts imports ${unknown.join(', ')}`);
}

/**
 * Bundles a root for each way to find the core, on one library. There are no further files, for a host that resolves files pays for each at start.
 * Node's root contains the library and the loader. Its code is minified, as the engine reads it at each start, except for names that stack traces show.
 */
async function facade(roots) {
  const options = {
    format: 'esm',
    target: 'es2022',
    logLevel: 'error',
    outdir: 'dist/bindings',
    bundle: true,
    tsconfigRaw: { compilerOptions: { useDefineForClassFields: false, verbatimModuleSyntax: true } }, // a file that a plugin finds has no other
    plugins: [everyFile, opNames],
  };
  const paths = roots.filter((name) => name !== 'library' && name !== 'node').map((name) => `bindings/${name}.ts`);
  const { metafile } = await build({ ...options, entryPoints: ['bindings/library.ts'], packages: 'external', metafile: true });
  const [library] = Object.values(metafile.outputs);
  for (const name of wings()) await facadeOf(name, options, library);
  await build({ ...options, plugins: [...options.plugins, publicNames], entryPoints: paths, external: ['./library.js', '*.wasm', '*.wasm?module'] });
  if (!roots.includes('node')) return;
  for (const name of wings()) await Promise.all(Object.keys(wingRoots).map((root) => rootOf(name, root, options)));
  const { outputFiles } = await build({ ...options, entryPoints: ['bindings/node.ts'], write: false });
  const { code } = await minify(outputFiles[0].text, { compress: false, format: { ascii_only: true, max_line_len: 120 } });
  writeFileSync('dist/bindings/node.js', code);
}

/** A wing's root for each way to find its binary. It imports the core's root first. */
const wingRoots = {
  index: (name) => [`import { text } from '../build/wings/${name}.js';`, '() => text'],
  workerd: (name) => [`import wasm from '../build/${name}.wasm';`, '() => wasm'],
  edge: (name) => [`import wasm from '../build/${name}.wasm?module';`, '() => wasm'],
  node: (name) => [`import { text } from '../build/wings/${name}.js';`, `() => fileBeside('${name}') ?? text`],
};

async function rootOf(name, root, options) {
  const [found, how] = wingRoots[root](name);
  const isNode = root === 'node'; // where one file holds all
  const path = isNode ? './node.js' : './library.js';
  const library = {
    name: 'library',
    setup: ({ onResolve }) => onResolve({ filter: /\/(extend|library|public)\.js$/ }, () => ({ path, external: true })),
  };
  const contents = [
    `import './${root}.js';`,
    `export * from './${name}.${isNode ? 'ts' : 'js'}';`,
    `import { wingFoundBy${isNode ? ', fileBeside' : ''} } from './library.js';`,
    found,
    `wingFoundBy(${numberOf(name)}, ${how});`,
  ].join('\n');
  await build({
    ...options,
    plugins: [...options.plugins, library],
    stdin: { contents, resolveDir: 'bindings', loader: 'ts' },
    external: [`./${root}.js`, `./${name}.js`, '*.wasm', '*.wasm?module'],
    outdir: undefined,
    outfile: `dist/bindings/${name}.${root}.js`,
  });
}

/** Compiles `assembly/unpack.ts` to the module that unpacks the core, or to the model by which the core is packed. */
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

/** A wing's text. */
const inlineWing = (name) =>
  unlessFresh(`wings/${name}.text`, hashOf([wingFile(name, 'simd'), 'build/model.wasm', ...packing]), [`build/wings/${name}.js`], () =>
    writeFileSync(`build/wings/${name}.js`, textModule(readFileSync(wingFile(name, 'simd')), readFileSync('build/model.wasm'))),
  );

/** The files that pack a module. */
const packing = ['scripts/pack.mjs', 'scripts/inline.mjs', ...filesOf(['scripts/pack'])];

/** Entry files that a target has besides the common one. */
const more = { sanitize: ['assembly/sanitize.ts'], 'simd-threads': ['assembly/threads.ts'], 'relaxed-threads': ['assembly/threads.ts'] };

/** Targets that the package ships, and their files' names. */
const shipped = { simd: 'core', relaxed: 'relaxed', 'simd-threads': 'simd-threads', 'relaxed-threads': 'relaxed-threads' };

/** Compiles a target's binary. Managed memory is looked for in the text of `debug`, as the optimiser would hide it. */
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
    checkCore(`build/gradtape.${name}.json`);
  });
}

/** Compiles the code of `simd` in fewer passes of the optimiser, and neither arranges nor packs it. */
const quick = () =>
  unlessFresh('quick', ofModules, ['build/quick.wasm', 'build/core.d.ts'], async () => {
    await asc([
      ...['assembly/index.ts', ...door, '--config', 'none', '--runtime', 'stub', '--use', 'abort=', '--noAssert'],
      ...['--exportStart', 'start', '--enable', 'simd', '--initialMemory', '4', '--maximumMemory', '65536', '-O3', '--bindings', 'raw'],
      ...['--outFile', 'build/quick.wasm'],
    ]);
    types('build/quick');
  });

/** Kinds of a wing's binaries, each with the core that has the same sources. */
const kinds = {
  simd: ['-O3', '--shrinkLevel', '1', '--converge', '--noAssert'],
  quick: ['-O3', '--noAssert'],
  sanitize: ['-O3', '--shrinkLevel', '1', '--converge', '--noAssert', '--use', 'SANITIZE=1'],
  debug: ['-O0', '--debug'],
};

const wingFile = (name, kind) => `build/wings/${name}.${kind}.wasm`;

/** Compiles a wing's binary; for `simd` also one that imports shared memory. */
function wing(name, kind) {
  const wasm = wingFile(name, kind);
  const outputs = kind === 'simd' ? [wasm, wingFile(name, 'threads')] : [wasm];
  const key = hashOf([...sourcesOf(wasm, () => filesOf(['assembly'])), 'scripts/wing.mjs', 'scripts/wings.mjs', ...transforms], [fingerprint(), kinds[kind]]);
  return unlessFresh(`wings/${name}.${kind}`, key, outputs, async () => {
    const text = wasm.replace(/\.wasm$/, '.wat');
    const tableBase = kind === 'simd' ? TABLE_BASE : entriesOf(name);
    await asc([`assembly/wings/${name}.ts`, '--outFile', wasm, '--textFile', text, ...flagsOf(name), '--tableBase', String(tableBase), ...kinds[kind]]);
    if (kind === 'simd') writeFileSync(wasm, arranged(readFileSync(text, 'utf8'), entriesOf(name)));
    if (kind === 'debug') refuseManagedMemory(readFileSync(text, 'utf8'));
    checkWing(name, wasm);
    if (kind === 'simd') writeFileSync(wingFile(name, 'threads'), shared(readFileSync(wasm)));
  });
}

/** Runs `make` for each name, two at a time, for the compiler occupies one core. */
async function each(names, make) {
  const left = [...names];
  const worker = async () => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) await make(name);
  };
  await Promise.all([worker(), worker()]);
}

async function development() {
  await each(['', ...wings()], (name) => (name ? wing(name, 'quick') : quick()));
  mkdirSync('dist/build', { recursive: true });
  copyFileSync('build/quick.wasm', 'dist/build/core.wasm');
  for (const name of wings()) copyFileSync(wingFile(name, 'quick'), `dist/build/${name}.wasm`);
  await facade(['library', 'worker']);
}

async function whole(names) {
  const cores = [...new Set(['simd', 'debug', ...names])];
  const ofWings = wings().flatMap((name) => cores.filter((kind) => kind in kinds).map((kind) => [name, kind]));
  await each([...cores, ...ofWings], (made) => (typeof made === 'string' ? target(made) : wing(...made)));
  checkDoor(wings().map((name) => wingFile(name, 'simd')));
  await unlessFresh(
    'text',
    hashOf(['build/gradtape.simd.wasm', 'assembly/unpack.ts', 'assembly/grammar.ts', ...packing]),
    ['build/core.js', 'build/unpack.wasm', 'build/model.wasm'],
    inline,
  );
  await each(wings(), inlineWing);
  rmSync('dist', { recursive: true, force: true });
  await tool(bin('typescript', 'bin/tsc'), ['-p', 'tsconfig.build.json']);
  await facade(['library', 'index', 'workerd', 'edge', 'worker', 'node']);
  mkdirSync('dist/build', { recursive: true });
  copyFileSync('build/core.d.ts', 'dist/build/core.d.ts');
  const declaration = "import type { WasmModule } from '../bindings/module.js';\ndeclare const module: WasmModule;\nexport default module;\n";
  for (const name of wings()) {
    for (const [kind, file] of [
      ['simd', name],
      ['threads', `${name}-threads`],
    ]) {
      copyFileSync(wingFile(name, kind), `dist/build/${file}.wasm`);
      writeFileSync(`dist/build/${file}.wasm.d.ts`, declaration);
    }
  }
  for (const [name, file] of Object.entries(shipped)) {
    if (!names.includes(name)) continue;
    copyFileSync(`build/gradtape.${name}.wasm`, `dist/build/${file}.wasm`);
    writeFileSync(`dist/build/${file}.wasm.d.ts`, declaration);
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
