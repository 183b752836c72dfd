/** The package's budget of bytes: for a page, and for npm. To raise a figure in budget.json needs a line in the changelog. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { refusal } from '../bindings/features.js';
import { source } from '../bindings/packed.js';
import { unpacker as printed, text } from '../build/core.js';
import { pack } from '../scripts/pack.mjs';
import { ADDED, budget, sizes } from '../scripts/size.mjs';

let found: Awaited<ReturnType<typeof sizes>>;
beforeAll(async () => {
  found = await sizes();
});

describe('size', () => {
  test.each(['bundle', 'text', ...Object.keys(ADDED), 'tarball'])('%s', (name) => {
    expect(budget, `budget.json has no figure for ${name}; npm run size prints what it takes`).toHaveProperty(name);
    expect(found[name]).toBeGreaterThan(0);
    expect(found[name]).toBeLessThanOrEqual(budget[name]);
  });

  test('the facade alone holds no core', () => {
    expect(found.facade).toBeLessThan(found.bundle / 2);
  });
});

describe('the packed core', () => {
  const core = readFileSync('dist/build/core.wasm');
  const model = new WebAssembly.Module(readFileSync('build/model.wasm'));
  const unpacker = readFileSync('build/unpack.wasm');

  /** The module that the unpacker makes of a text, or undefined. */
  function unpacked(packed: string): Buffer | undefined {
    const { memory, unpack } = new WebAssembly.Instance(new WebAssembly.Module(unpacker)).exports as unknown as {
      memory: WebAssembly.Memory;
      unpack(): number;
    };
    new TextEncoder().encodeInto(packed, new Uint8Array(memory.buffer));
    try {
      const size = unpack();
      return size > 0 ? Buffer.from(memory.buffer, 1 << 20, size) : undefined;
    } catch {
      return undefined;
    }
  }

  test('is read back as the bytes', () => {
    expect(Buffer.compare(source() as Uint8Array, core)).toBe(0);
  });

  test.each([
    ['node', 1],
    ['index', 2],
  ])('of the root "%s" takes %i modules in Node: the core, and the unpacker where no file is read', (name, count) => {
    const code = `let count = 0;
      WebAssembly.Module = class extends WebAssembly.Module { constructor(bytes) { super(bytes); count++; } };
      const { init } = await import('./dist/bindings/${name}.js');
      await init();
      console.log(count);`;
    expect(Number(execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' }))).toBe(count);
  });

  test('has 63 digits, which every minifier keeps', () => {
    expect(text).toMatch(/^[?-[\]-~]+$/);
    expect(printed).toMatch(/^[!#-[\]-~]+$/);
  });

  test('is the same text each time, for any module: here the unpacker and the model', () => {
    for (const file of ['build/unpack.wasm', 'build/model.wasm']) {
      const bytes = readFileSync(file);
      const packed = pack(bytes, model);
      expect(pack(bytes, model)).toBe(packed);
      expect(Buffer.compare(unpacked(packed) as Buffer, bytes)).toBe(0);
    }
  });

  // Of the last few digits the module may not need every bit.
  test('is refused where a digit differs, at any place', () => {
    for (let at = 5; at < text.length - 10; at += 1999) {
      const other = text[at] === 'a' ? 'b' : 'a';
      expect(unpacked(text.slice(0, at) + other + text.slice(at + 1)), `digit ${at}`).toBeUndefined();
    }
    for (const cut of [0, 1, 1000, text.length - 10]) expect(unpacked(text.slice(0, cut)), `cut at ${cut}`).toBeUndefined();
  });
});

test('damaged text is one sentence, from the entry to the refusal', async () => {
  vi.resetModules();
  vi.doMock('../build/core.js', async (original) => ({ ...(await original<object>()), text: text.slice(9) }));
  const { source } = await import('../bindings/packed.js');
  expect(source).toThrow(SyntaxError);
  expect(source).toThrow(/^gradtape: the text of the core is damaged; install/);
  expect(refusal(new SyntaxError('the sentence'))).toBe('the sentence');
  vi.doUnmock('../build/core.js');
});
