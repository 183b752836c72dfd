/** The statistics of the library's memory. Knows no tensors. */
import { core, ready } from './module.js';
import { spills } from './ring.js';

export interface MemoryInfo {
  /** Live tensor records: of handles, and of what tapes refer to. */
  readonly tensors: number;
  /** Bytes of their elements. */
  readonly bytes: number;
  /** Bytes of all live blocks of linear memory: elements, records, tapes. */
  readonly held: number;
  /** The most that `held` ever was. */
  readonly peak: number;
  /** Bytes of linear memory, which never shrinks. */
  readonly reserved: number;
  /** How often tensors of no scope made room for younger ones, so far. */
  readonly spilled: number;
}

/** What the library holds now. */
export function memory(): MemoryInfo {
  ready();
  return {
    tensors: core.memoryTensors(),
    bytes: core.memoryBytes(),
    held: core.memoryLive(),
    peak: core.memoryPeak(),
    reserved: core.memory.buffer.byteLength,
    spilled: spills,
  };
}
