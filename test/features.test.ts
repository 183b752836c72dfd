/** On a host that refuses the core, an error says in one sentence what to change. The hosts are simulated, except for the one that V8 itself provides. */
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { refusal } from '../bindings/features.js';

const error = new Error('the host said no');
const real = WebAssembly;

afterEach(() => vi.unstubAllGlobals());

/** A host whose WebAssembly differs from this one's in `changes`. */
const stub = (changes: object) =>
  vi.stubGlobal('WebAssembly', { ...Object.fromEntries(Object.getOwnPropertyNames(real).map((name) => [name, real[name as 'Module']])), ...changes });

describe('the sentence', () => {
  test('without WebAssembly', () => {
    vi.stubGlobal('WebAssembly', undefined);
    expect(refusal(error)).toMatch(/^gradtape needs WebAssembly, .*switch it on/);
  });

  test('without SIMD, which is asked of a module that returns a vector', () => {
    const asked: Uint8Array<ArrayBuffer>[] = [];
    stub({ validate: (bytes: Uint8Array<ArrayBuffer>) => asked.push(bytes) === 0 });
    expect(refusal(error)).toMatch(/^gradtape needs WebAssembly SIMD, .*: use Node ≥ 20/);
    const [probe] = asked as [Uint8Array<ArrayBuffer>];
    expect(real.validate(probe)).toBe(true);
    const scalar = probe.map((byte) => (byte === 0x7b ? 0x7f : byte)); // said to return an integer
    expect(real.validate(scalar)).toBe(false);
  });

  test('where compiling is forbidden', () => {
    stub({
      Module: class {
        constructor() {
          throw error;
        }
      },
    });
    expect(refusal(error)).toMatch(/forbids compiling .*the host said no.*'wasm-unsafe-eval'.*init\(\{ module \}\)/);
  });

  test('where only this module is refused', () =>
    expect(refusal(error)).toMatch(/refused the WebAssembly module \(the host said no\): .*init\(\{ module \}\)/));
});

test('a context in which V8 compiles no WebAssembly', async () => {
  const contents = "import { tensor } from 'gradtape'; try { tensor(1) } catch (error) { said = error.name + ': ' + error.message }";
  const { outputFiles } = await build({ stdin: { contents, resolveDir: '.' }, bundle: true, format: 'iife', write: false });
  const host = { TextEncoder, TextDecoder, said: '' };
  const context = createContext(host, { codeGeneration: { strings: false, wasm: false } });
  runInContext(outputFiles[0]?.text ?? '', context);
  expect(host.said).toMatch(/^ModuleError: gradtape: this host forbids compiling WebAssembly from bytes/);
});
