/** The sanitizer build finds bytes written beside a block, blocks freed twice or written to after they were freed, and leaks. */
import { init, scope, tensor } from 'gradtape';
import { beforeEach, describe, expect, test } from 'vitest';
import { callable, casesOf, toTensor } from './cases.js';
import { acceptedBy } from './opinfo/row.js';
import { rows } from './opinfo.js';
import { internals as module } from './root.js';
import { blocksOf, compiled, damageOf, type Sanitized } from './sanitizer.js';

const wasm = compiled();
init({ module: wasm });
const shared = module.ready() as unknown as Sanitized;

describe('a heap of its own', () => {
  let heap: Sanitized;
  let bytes: Uint8Array;

  /** A block filled with its length's low byte. */
  function block(length: number): number {
    const at = heap.heapAlloc(length) >>> 0;
    bytes = new Uint8Array(heap.memory.buffer);
    return at;
  }

  /** Writes another byte than the one that is there: a guard, which depends on its address, may hold any. */
  function spoil(at: number): void {
    bytes[at] = ~(bytes[at] as number);
  }

  beforeEach(() => {
    heap = new WebAssembly.Instance(wasm).exports as unknown as Sanitized;
  });

  describe.each([16, 48, 512, 528, 100_000])('a block of %i bytes', (length) => {
    test('begins with NaN in every float dtype', () => {
      const at = block(length);
      expect([...new Float32Array(heap.memory.buffer, at, 4), ...new Float64Array(heap.memory.buffer, at, 2)]).toEqual(Array(6).fill(Number.NaN));
      expect(damageOf(heap)).toBe('none');
    });

    test('written before or behind', () => {
      for (const [offset, words] of [
        [-1, 'before'],
        [-16, 'before'],
        [length, 'behind'],
        [length + 15, 'behind'],
      ] as const) {
        heap = new WebAssembly.Instance(wasm).exports as unknown as Sanitized;
        const [at] = [block(length), block(length)];
        spoil(at + offset);
        expect(damageOf(heap)).toBe(`block ${at}: written ${words}`);
      }
    });

    test('written behind, seen when it is freed', () => {
      const at = block(length);
      spoil(at + length);
      heap.heapFree(at, length);
      expect(damageOf(heap)).toBe(`block ${at}: written behind`);
    });

    test('written after it was freed, seen when it is handed out again', () => {
      const at = block(length);
      heap.heapFree(at, length);
      expect(bytes[at]).toBe(255);
      spoil(at);
      expect(block(length)).toBe(at);
      expect(damageOf(heap)).toBe(`block ${at}: written after it was freed`);
    });

    test('freed twice, with another length, or in the middle', () => {
      for (const wrong of [(at: number) => heap.heapFree(at, length), (at: number) => heap.heapFree(at + 32, length)]) {
        heap = new WebAssembly.Instance(wasm).exports as unknown as Sanitized;
        const at = block(length);
        heap.heapFree(at, length);
        wrong(at);
        expect(damageOf(heap)).toMatch(/freed twice/);
      }
      heap = new WebAssembly.Instance(wasm).exports as unknown as Sanitized;
      const at = block(length);
      heap.heapFree(at, length + 16);
      expect(damageOf(heap)).toBe(`block ${at}: freed twice or with another length`);
    });
  });

  test('a guard does not look intact elsewhere', () => {
    const [a, b] = [block(64), block(64)];
    bytes.copyWithin(b, a, a + 80); // elements, and what is behind them
    expect(damageOf(heap)).toBe(`block ${b}: written behind`);
  });
});

test('live blocks are listed with their lengths and in their order, and add up to what is held', () => {
  const before = blocksOf(shared);
  const x = tensor([1, 2, 3]);
  const after = blocksOf(shared);
  const added = after.filter(({ serial }) => !before.some((b) => b.serial === serial));
  expect(added.map(({ bytes }) => bytes)).toEqual([80, 48]); // the record, and its elements with slack
  expect(after.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(shared.memoryLive());
  x.dispose();
  expect(blocksOf(shared)).toEqual(before);
});

test('every op leaves the blocks it found, and their guards', () => {
  for (const [op, row] of rows)
    for (const dtype of acceptedBy(row)) {
      const run = (): void => {
        for (const c of casesOf(op, row, dtype)) scope(() => void callable(c)(...c.inputs.map((x, i) => toTensor(x, c.dtypes[i] as typeof dtype))));
      };
      run();
      const before = blocksOf(shared);
      run();
      expect(blocksOf(shared), `${op} ${dtype}`).toEqual(before);
      expect(damageOf(shared), `${op} ${dtype}`).toBe('none');
    }
});
