/** The allocator against a map of intervals: random sequences of allocations, releases, limits and refusals. Knows no tensors. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compiled, damageOf, type Sanitized } from '../sanitizer.js';
import { hold, runsOf } from './seeds.js';

const wasm = compiled();
const PAGE = 65536;

interface Block {
  readonly at: number;
  readonly bytes: number;
  /** The value of each of its bytes. */
  readonly fill: number;
}

interface Model {
  blocks: Block[];
  live: number;
  /** The bytes to which memory may grow. */
  limit: number;
  fill: number;
}

type Command = fc.Command<Model, Sanitized>;

const roundUp = (bytes: number): number => Math.max(16, Math.ceil(bytes / 16) * 16);
const bytesOf = (heap: Sanitized, at: number, length: number): Uint8Array => new Uint8Array(heap.memory.buffer, at, length);

function expectSound(model: Model, heap: Sanitized): void {
  expect(heap.memoryLive()).toBe(model.live);
  expect(damageOf(heap)).toBe('none');
}

class Allocate implements Command {
  constructor(readonly bytes: number) {}
  check = (): boolean => true;
  toString = (): string => `allocate ${this.bytes}`;

  run(model: Model, heap: Sanitized): void {
    const reserved = heap.memory.buffer.byteLength;
    const at = heap.heapAlloc(this.bytes) >>> 0;
    const after = heap.memory.buffer.byteLength;
    expect(after).toBeLessThanOrEqual(Math.max(reserved, model.limit));
    if (at === 0) {
      // Refused: twice the bytes, to allow for fragmentation, would exceed the limit.
      expect(this.bytes * 1.25 + 2 * model.live + 64 * PAGE).toBeGreaterThan(Math.min(model.limit, 0xffff0000));
      expect(heap.memoryRefused()).toBe(this.bytes);
    } else this.take(model, heap, at);
    expectSound(model, heap);
  }

  private take(model: Model, heap: Sanitized, at: number): void {
    const end = at + roundUp(this.bytes);
    expect(at % 16).toBe(0);
    expect(end).toBeLessThanOrEqual(heap.memory.buffer.byteLength - 256); // vector loads may overrun a block
    for (const b of model.blocks) expect(at >= b.at + roundUp(b.bytes) || end <= b.at, `[${at}, ${end}) and [${b.at}, ${b.at + b.bytes})`).toBe(true);
    model.fill = (model.fill % 251) + 1;
    bytesOf(heap, at, this.bytes).fill(model.fill);
    model.blocks.push({ at, bytes: this.bytes, fill: model.fill });
    model.live += roundUp(this.bytes);
  }
}

class Free implements Command {
  constructor(readonly index: number) {}
  check = ({ blocks }: Readonly<Model>): boolean => blocks.length > 0;
  toString = (): string => `free ${this.index}`;

  run(model: Model, heap: Sanitized): void {
    const [block] = model.blocks.splice(this.index % model.blocks.length, 1) as [Block];
    expect(bytesOf(heap, block.at, block.bytes).every((b) => b === block.fill)).toBe(true);
    heap.heapFree(block.at, block.bytes);
    model.live -= roundUp(block.bytes);
    expectSound(model, heap);
  }
}

class Limit implements Command {
  constructor(readonly pages: number) {}
  check = (): boolean => true;
  toString = (): string => `limit ${this.pages}`;

  run(model: Model, heap: Sanitized): void {
    heap.memoryLimit(this.pages);
    model.limit = this.pages * PAGE;
  }
}

class Refuse implements Command {
  constructor(readonly bytes: number) {}
  check = (): boolean => true;
  toString = (): string => `refuse ${this.bytes}`;

  run(model: Model, heap: Sanitized): void {
    const reserved = heap.memory.buffer.byteLength;
    heap.heapFailAfter(0, false);
    expect(heap.heapAlloc(this.bytes)).toBe(0);
    heap.heapFailAfter(-1, false);
    expect(heap.memory.buffer.byteLength).toBe(reserved);
    expectSound(model, heap);
  }
}

const around = fc.tuple(fc.integer({ min: 5, max: 20 }), fc.integer({ min: -17, max: 17 })).map(([power, more]) => 2 ** power + more);
const sizes = fc.oneof(
  { arbitrary: fc.nat(560), weight: 4 },
  { arbitrary: around, weight: 3 },
  fc.nat(3 << 20),
  fc.nat(2 ** 20).map((less) => 2 ** 32 - 1 - less),
);
const commands = fc.commands(
  [
    sizes.map((bytes) => new Allocate(bytes)),
    sizes.map((bytes) => new Allocate(bytes)),
    fc.nat().map((index) => new Free(index)),
    fc.nat(96).map((pages) => new Limit(pages)),
    sizes.map((bytes) => new Refuse(bytes)),
  ],
  { maxCommands: 120 },
);

test('hands out what nobody has, keeps it, and counts it', async () => {
  const property = fc.property(commands, (list) => {
    const heap = new WebAssembly.Instance(wasm).exports as unknown as Sanitized;
    const model: Model = { blocks: [], live: 0, limit: 65536 * PAGE, fill: 0 };
    fc.modelRun(() => ({ model, real: heap }), list);
    while (model.blocks.length > 0) new Free(0).run(model, heap);
    expect(heap.memoryLive()).toBe(0);
  });
  await hold('heap', property, runsOf(200));
}, 3_600_000);
