/** Threads: the bits of one thread on any number of them, and that a thread which fails costs speed only. Each run is a process of its own. */
import { execFile } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { beforeAll, describe, expect, test } from 'vitest';
import { wings } from '../scripts/wings.mjs';

const pathOf = (path: string): string => new URL(`../${path}`, import.meta.url).pathname;

interface Sweep {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** The output of `node args`. A process that a thread keeps alive ends by the timeout, with a code other than 0. */
async function node(args: readonly string[], env: Record<string, string> = {}): Promise<Sweep> {
  const options = { env: { ...process.env, ...env }, timeout: 50_000, maxBuffer: 1 << 26, cwd: pathOf('') };
  return promisify(execFile)(process.execPath, args, options).then(
    ({ stdout, stderr }) => ({ stdout, stderr, code: 0 }),
    ({ stdout, stderr, code }) => ({ stdout, stderr, code: code ?? -1 }),
  );
}

const script = (text: string, ...flags: string[]): Promise<Sweep> => node([...flags, '--input-type=module', '-e', text]);

describe('the bits of one thread', () => {
  const program = pathOf('build/threads/bits.mjs');
  const bitsOn = async (threads: number): Promise<Record<string, string>> => {
    const { stdout, stderr, code } = await node([program, String(threads)]);
    expect([stderr, code]).toEqual(['', 0]);
    return JSON.parse(stdout);
  };
  let expected: Record<string, string>;

  beforeAll(async () => {
    await build({
      entryPoints: [pathOf('test/threads/bits.ts')],
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'esm',
      alias: {
        ...Object.fromEntries(wings().map((name) => [`gradtape/${name}`, `../../dist/bindings/${name}.index.js`])),
        gradtape: '../../dist/bindings/index.js',
      },
      external: ['../../dist/*'],
      logLevel: 'error',
    });
    expected = await bitsOn(1);
  }, 60_000);

  test.each([2, 3, 4, 7, 8])('on %i', async (threads) => {
    expect(await bitsOn(threads)).toEqual(expected);
  });

  test('in compiled functions too', () => {
    for (const name of ['fused steps', 'a training step'])
      for (const run of ['traced', 'compiled', 'compiled again']) expect([run, expected[`${name}, ${run}`]]).toEqual([run, expected[`${name}, eager`]]);
  });
});

describe('a thread that', () => {
  const survive = async (fault: string, how = 'products'): Promise<Record<string, unknown>> => {
    const { stdout, stderr, code } = await node([pathOf('test/threads/survive.mjs'), how], { GRADTAPE_FAULT: fault });
    expect([stderr, code]).toEqual(['', 0]);
    return JSON.parse(stdout);
  };

  test.concurrent.each(['cannot start', 'leaves before it is ready', 'leaves before the first job', 'never answers'])('%s', async (fault) => {
    expect(await survive(fault)).toMatchObject({ right: true, wasOff: false, isOff: false });
  });

  // After a thread has ended, its scratch and arena are freed, more than 4 MiB; so are the blocks that a lost job could write to, except the job's own.
  test.concurrent.each([
    ['dies in a job', 'products', -(2 ** 22)],
    ['hangs in a job', 'products', -(2 ** 22)],
    ['ends its part too late', 'products', 2 ** 14],
    ['dies in a job', 'compiled products', -(2 ** 22)],
    ['ends its part too late', 'compiled products', 2 ** 14],
    ['dies in a job', 'fused', -(2 ** 22)],
    ['ends its part too late', 'fused', 2 ** 14],
    ['dies in a job', 'totals', -(2 ** 22)],
    ['ends its part too late', 'totals', 2 ** 14],
    ['dies in a job', 'compiled totals', -(2 ** 22)],
    ['ends its part too late', 'compiled totals', 2 ** 14],
    ['dies in a job', 'rows', -(2 ** 22)],
    ['ends its part too late', 'compiled rows', 2 ** 14],
    ['dies in a job', 'compiled vector', -(2 ** 22)],
    ['ends its part too late', 'vector', 2 ** 14],
  ])('%s, %s', async (fault, how, most) => {
    const { grown, tensors: _, ...went } = await survive(fault, how);
    expect(went).toEqual({ right: true, wasOff: true, isOff: false });
    expect(grown).toBeLessThan(most);
  });
});

test.each(['totals', 'rows', 'vector'])('without memory for the pieces of %s the caller works alone', async (what) => {
  const { stdout, stderr, code } = await node([pathOf('test/threads/shortage.mjs'), what]);
  expect([stderr, code]).toEqual(['', 0]);
  const { went, grown } = JSON.parse(stdout);
  expect([went.join(' '), grown]).toEqual([expect.stringMatching(/^(refused )+(right ?){9,}$/), 0]);
});

test('a process ends by itself, and threads do when they are told', async () => {
  const { stdout, code } = await script(`
    import { init, shutdown, tensor } from 'gradtape';
    await init({ threads: 4 });
    const x = tensor(new Float32Array(1 << 18).fill(3));
    console.log(x.square().sum().item());
    await shutdown();
    await shutdown();
    console.log(x.square().sum().item());`);
  expect([stdout, code]).toEqual(['2359296\n2359296\n', 0]);
});

test('data() and the like give no shared memory away', async () => {
  const { stdout } = await script(`
    import { init, tensor, memory } from 'gradtape';
    await init({ threads: 2 });
    const x = tensor(new Float64Array(1000).fill(1));
    const big = Array.from({ length: 40 }, () => tensor(new Float64Array(1 << 16).fill(2))); // memory grows
    console.log(x.data().buffer.constructor.name, x.transpose().data().buffer.constructor.name, x.data().length, x.sum().item(), big[39].data()[5], JSON.stringify(x.shape));`);
  expect(stdout).toBe('ArrayBuffer ArrayBuffer 1000 1000 2 [1000]\n');
});

describe('init says', () => {
  const refusal = async (setup: string, options: string, from = 'gradtape', ...flags: string[]): Promise<string> => {
    const { stdout, stderr } = await script(
      `const { init, tensor } = await import('${from}');
       ${setup}
       try { await init(${options}); console.log('no error'); } catch (error) { console.log(error.name + ': ' + error.message); }
       console.log(tensor([1, 2]).mul(2).sum().item());`,
      ...flags,
    );
    const [words, six] = stdout.trim().split('\n');
    expect([six, stderr]).toEqual(['6', '']); // one thread works all the same
    return words as string;
  };

  test.each([
    ['no number of threads', '', '{ threads: 0 }', /^InitError: init: threads is a whole number from 1 to 64, the calling one included; got 0$/],
    ['another build', '', "{ build: 'fast' }", /^InitError: init: build is 'simd', 'relaxed' or 'auto'; got fast$/],
    [
      'no shared memory',
      'delete globalThis.SharedArrayBuffer;',
      '{ threads: 2 }',
      /^InitError: init: threads share memory, which this host denies: .*Cross-Origin-Opener-Policy/,
    ],
    ['no workers', 'process.getBuiltinModule = undefined;', '{ threads: 2 }', /^InitError: init: this host has no workers; leave threads out$/],
    [
      'no relaxed SIMD',
      'WebAssembly.validate = () => false;',
      "{ build: 'relaxed' }",
      /^InitError: init: build 'relaxed' needs relaxed SIMD.*--experimental-wasm-relaxed-simd/,
    ],
    ['nothing where auto is enough', 'WebAssembly.validate = () => false;', "{ build: 'auto' }", /^no error$/],
    [
      'a worker left behind',
      '',
      "{ threads: 2, worker: new URL('file:///nowhere/worker.js') }",
      /^InitError: init: no thread started \(Cannot find module.*init\(\{ worker \}\)/,
    ],
    [
      'a module that shares no memory',
      "const module = new WebAssembly.Module(process.getBuiltinModule('fs').readFileSync('dist/build/core.wasm'));",
      '{ threads: 2, module }',
      /^InitError: init: threads need a module that shares memory: hand over gradtape\/simd-threads.wasm/,
    ],
  ])('%s', async (_, setup, options, words) => {
    expect(await refusal(setup, options)).toMatch(words);
  });

  test('a build left behind', async () => {
    cpSync(pathOf('dist'), pathOf('build/left-behind'), { recursive: true });
    rmSync(pathOf('build/left-behind/build/simd-threads.wasm'));
    const relaxed = pathOf('build/left-behind/build/relaxed.wasm');
    rmSync(relaxed, { force: true });
    expect(await refusal('', "{ build: 'auto' }", pathOf('build/left-behind/bindings/index.js'))).toBe('no error');
    expect(await refusal('', '{ threads: 2 }', pathOf('build/left-behind/bindings/index.js'))).toMatch(
      /^InitError: init: the simd-threads build was not found beside the package's code \(ENOENT.*compile gradtape\/simd-threads\.wasm yourself and call init\(\{ module \}\)$/,
    );
  });
});
