/** The exports that only the sanitizer build has, and its findings in words. Tests nothing. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Op } from '../assembly/shared/opcode.js';

/** The exports of assembly/sanitize.ts, and those of the module that tests call by hand. */
export interface Sanitized {
  readonly memory: WebAssembly.Memory;
  readonly damagedAt: WebAssembly.Global<'i32'>;
  heapAlloc(bytes: number): number;
  heapFree(block: number, bytes: number): void;
  heapCheck(): number;
  heapFailAfter(successes: number, forever: boolean): void;
  heapNext(block: number): number;
  heapSerial(block: number): number;
  heapSize(block: number): number;
  hasRule(op: Op): number;
  mutate(op: Op, as: Op): void;
  initialize(): void;
  memoryLimit(pages: number): void;
  memoryLive(): number;
  memoryRefused(): number;
}

export const compiled = (): WebAssembly.Module => new WebAssembly.Module(readFileSync(new URL('../build/gradtape.sanitize.wasm', import.meta.url)));

/** The wings of a build, as `init` takes them. The sanitizer's and the unoptimised build have wings of their own, the other builds share theirs. */
export function wingsOf(build: string): Record<string, WebAssembly.Module> {
  const kind = build === 'sanitize' || build === 'debug' ? build : build.endsWith('threads') ? 'threads' : 'simd';
  const files = readdirSync(new URL('../build/wings/', import.meta.url)).filter((file) => file.endsWith(`.${kind}.wasm`));
  return Object.fromEntries(
    files.map((file) => [file.split('.')[0], new WebAssembly.Module(readFileSync(new URL(`../build/wings/${file}`, import.meta.url)))]),
  );
}

/** Whether the instance is poisoned: it then refuses every call. */
export function isSanitized(core: unknown): core is Sanitized {
  try {
    return core !== undefined && (core as Sanitized).heapCheck !== undefined;
  } catch {
    return false;
  }
}

const DAMAGES = ['none', 'written before', 'written behind', 'freed twice or with another length', 'written after it was freed'];

/** The damage of the heap and its block, in words; 'none' without damage. */
export function damageOf(core: Sanitized): string {
  const damage = DAMAGES[core.heapCheck()] as string;
  return damage === 'none' ? damage : `block ${core.damagedAt.value >>> 0}: ${damage}`;
}

export interface Block {
  readonly at: number;
  readonly bytes: number;
  /** The number of blocks that were allocated before it. */
  readonly serial: number;
}

/** All live blocks, the oldest first. A block in a later list that an earlier list lacks has leaked. */
export function blocksOf(core: Sanitized): Block[] {
  const blocks: Block[] = [];
  for (let at = core.heapNext(0); at !== 0; at = core.heapNext(at)) blocks.push({ at: at >>> 0, bytes: core.heapSize(at), serial: core.heapSerial(at) });
  return blocks.reverse();
}
