/** Wings: opened when they are needed, on any core, at any time; refused if they don't fit. The op table's tests check their ops. */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { compile, gradientsFunction, init, scope, shutdown, type Tensor, tensor } from 'gradtape';
import { describe, expect, test } from 'vitest';
import { Record as Rec } from '../assembly/shared/abi.js';
import { Place, Wing } from '../assembly/shared/wings.js';
import { names } from '../scripts/contract.mjs';
import { checkDoor, checkWing, flagsOf, wings } from '../scripts/wings.mjs';
import { publics } from './publics.js';
import { internals as module } from './root.js';

const root = new URL('..', import.meta.url);
const wasm = (name: string): Buffer<ArrayBuffer> => Buffer.from(readFileSync(new URL(`dist/build/${name}.wasm`, root)));
const x = (): Tensor => tensor([0.25, 0.5, 0.75], { dtype: 'float64' });
const QUARTILE = 0.6744897501960817; // ndtri(0.75)

/** Makes the path of a wing's root from that of the library's root for the same condition. */
const pathOf = (name: string) => (_: string, root: string, type: string) => (type === 'js' ? `${name}.${root}.js` : `${name}.d.ts`);

/** The output of a module of these lines, in a process of its own, on the built package. */
async function run(lines: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', lines], { cwd: root, timeout: 50_000 });
  return stdout.trim();
}

describe('the core alone', () => {
  test('knows no op of a wing that is not imported', () => {
    expect(tensor([1]).add(1).array()).toEqual([2]);
    expect(module.core.table.length).toBeLessThan(Place.table);
  });
});

describe('a wing imported late', () => {
  test('opens at its first call, with tensors of before', async () => {
    const before = x();
    const { ndtri } = await import('gradtape/special');
    const y = ndtri(before).array() as number[];
    expect(y[2]).toBeCloseTo(QUARTILE, 15);
    expect(module.core.table.length).toBe(Place.table + Place.entries * (Wing.special + 1));
  });

  test('works inside tapes, compiled with ops of the core in one run, and after shutdown', async () => {
    const { lgamma, ndtr } = await import('gradtape/special');
    const f = (x: Tensor): Tensor => ndtr(x.mul(2)).add(lgamma(x.add(1)));
    const gradient = gradientsFunction(gradientsFunction(f));
    const compiled = compile((x: Tensor) => gradient(x)[0] as Tensor);
    expect(compiled(x()).data()).toEqual(gradient(x())[0]?.data());
    const fused = compile(f);
    const large = tensor(Float32Array.from({ length: 5000 }, (_, i) => i / 5000));
    expect(fused(large).data()).toEqual(scope(() => f(large).data()));
    expect(fused.describe()).toMatch(/run[\s\S]*ndtr[\s\S]*lgamma/);
    await shutdown();
    expect(f(x()).data()).toEqual(fused(x()).data());
  });

  test('opens anew on the core that follows a trap', async () => {
    const { ndtri } = await import('gradtape/special');
    const g = gradientsFunction((x: Tensor) => ndtri(x));
    const right = g(x())[0]?.array();
    const wild = tensor([1, 2]);
    module.i32[(wild.at + Rec.data) >>> 2] = -16; // elements where no memory is
    expect(() => wild.neg()).toThrow(WebAssembly.RuntimeError);
    expect(() => ndtri(0.5)).toThrow(/an earlier call trapped/);
    await init();
    expect(g(x())[0]?.array()).toEqual(right);
  });

  test('of another version is refused in one sentence, and the next call is right', async () => {
    const { ndtri } = await import('gradtape/special');
    const contract = Buffer.from((module.core.contract() >>> 0).toString(36));
    const other = wasm('special');
    for (let at = other.indexOf(contract); at >= 0; at = other.indexOf(contract, at + 1)) other.write(other[at] === 49 ? '2' : '1', at);
    const wild = tensor([1, 2]);
    module.i32[(wild.at + Rec.data) >>> 2] = -16;
    expect(() => wild.neg()).toThrow(WebAssembly.RuntimeError);
    await init({ module: new WebAssembly.Module(wasm('core')), wings: { special: new WebAssembly.Module(other) } });
    expect(() => ndtri(0.5)).toThrow(
      expect.objectContaining({ name: 'ModuleError', message: expect.stringMatching(/^gradtape: gradtape\/special is of another version than the core/) }),
    );
    expect(tensor([1]).add(1).array()).toEqual([2]);
  });
});

describe('with threads', () => {
  const start = `import { readFileSync } from 'node:fs';
    import library, { init, shutdown, tensor, wingFoundBy } from './dist/bindings/library.js';
    library.foundBy(() => readFileSync('dist/build/core.wasm'));
    const x = tensor(Float64Array.from({ length: 50000 }, (_, i) => (i + 1) / 50002));
    const { core } = library, pause = (ms) => new Promise((done) => setTimeout(done, ms));`;
  const imports = `const { erfinv } = await import('./dist/bindings/special.js');
    wingFoundBy(${Wing.special}, () => readFileSync('dist/build/special.wasm'));`;
  const sum = `String(erfinv(x).sum().item())`;

  test.each([
    ['before they start', `${imports} await init({ threads: 3 });`, ''],
    ['while they run, which then begin anew', 'await init({ threads: 3 });', imports],
  ])('imported %s, it computes on all of them, with the bits of one', async (_, before, after) => {
    const alone = await run(`${start.replace('const { core }', 'const {}')} ${imports} console.log(${sum})`);
    const threaded = await run(`${start.replace(/const x = .*/, '').replace(/const { core } = library, /, 'const ')}
      ${before} const { core } = library;
      core.poolThreshold(0, 0);
      const x = tensor(Float64Array.from({ length: 50000 }, (_, i) => (i + 1) / 50002));
      x.exp(); ${after}
      const first = ${sum}; // alone, where threads lack the wing
      await pause(400);
      const later = ${sum};
      console.log(first === later && library.core.poolIsOff() === 0 ? later : [first, later]);
      await shutdown();`);
    expect(threaded).toBe(alone);
  });
});

describe('the build', () => {
  const folder = new URL('build/refused/', root);
  /** The message of `checkWing` for a wing of these lines. */
  async function built(name: string, lines: string): Promise<void> {
    mkdirSync(folder, { recursive: true });
    writeFileSync(new URL(`${name}.ts`, folder), lines);
    const wasm = `build/refused/${name}.wasm`;
    const flags = [...flagsOf('special'), '--tableBase', '768', '-O1', '--outFile', wasm];
    await promisify(execFile)(process.execPath, ['node_modules/assemblyscript/bin/asc.js', `build/refused/${name}.ts`, ...flags], { cwd: root });
    checkWing('special', wasm);
  }

  test('takes what the door names', () =>
    built('listed', `import { dtypesOf } from '../../assembly/tape/registry';\nexport function initialize(): void { dtypesOf(1); }`));

  test('refuses state of the core by name, in whatever hides it', async () => {
    const lines = `import { inferOf } from '../../assembly/tape/registry';\nexport function initialize(): u32 { return inferOf(1); }`;
    await expect(built('state', lines)).rejects.toThrow(/special uses state of the core's: assembly\/tape\/registry\/TABLE\. Name in assembly\/extend\.ts/);
  });

  test('refuses what is no core', async () => {
    const lines = `@external('env', 'now') declare function now(): f64;\nexport function initialize(): f64 { return now(); }`;
    await expect(built('foreign', lines)).rejects.toThrow(/special imports env\.now, which assembly\/extend\.ts doesn't name/);
  });

  test('refuses statics beyond a wing’s place', async () => {
    const lines = 'const room = memory.data(9000);\nexport function initialize(): usize { return room; }';
    await expect(built('large', lines)).rejects.toThrow(/special has 90\d\d bytes of statics; a wing has room for 8192/);
  });

  test('refuses a door that names what no wing uses', () => {
    const file = new URL('build/refused/none.wasm', root).pathname;
    writeFileSync(file, Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
    expect(() => checkDoor([file])).toThrow(/^wings: assembly\/extend\.ts names what no wing uses: .*enroll/);
  });
});

test.each(wings())('gradtape/%s has a sub-path with the conditions of the root, and its names are in test/publics.ts', async (name) => {
  const { exports } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
  const expected = Object.entries(exports['.']).map(([condition, path]) => [condition, (path as string).replace(/(\w+)\.(js|d\.ts)$/, pathOf(name))]);
  expect(exports[`./${name}`], `package.json's exports of ./${name}`).toEqual(Object.fromEntries(expected));
  const names = Object.keys(await import(`gradtape/${name}`));
  expect(names.length).toBeGreaterThan(0);
  expect(Object.keys(publics), `test/publics.ts lacks names of gradtape/${name}`).toEqual(expect.arrayContaining(names));
});

test('places and contract are those of the files', () => {
  expect(wings()).toEqual(Object.keys(Wing).filter((name) => Number.isNaN(Number(name))));
  expect(names().length).toBeGreaterThan(10);
  for (const name of wings()) {
    const imports = WebAssembly.Module.imports(new WebAssembly.Module(wasm(name)));
    expect(new Set(imports.map(({ module }) => module))).toEqual(new Set(['env', (module.core.contract() >>> 0).toString(36)]));
  }
});
