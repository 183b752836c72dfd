/** Reader of idx files, the format of the MNIST database. Knows bytes and counts, not tensors. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the user gave cannot be used. The message is one sentence for the user; no stack helps. */
export class InputError extends Error {}

const UBYTE = 0x08; // element code of unsigned bytes; a magic number is 00 00, element code, rank

/**
 * The images and labels of one set, `train` or `t10k`.
 * @returns {{ count: number, rows: number, columns: number, pixels: Uint8Array, labels: Uint8Array }}
 * @throws {InputError} when a file is missing, cut off or no idx file, or when the counts differ.
 */
export function readDigits(directory, set) {
  const images = readIdx(join(directory, `${set}-images-idx3-ubyte`), 3);
  const labels = readIdx(join(directory, `${set}-labels-idx1-ubyte`), 1);
  const [count, rows, columns] = images.shape;
  if (labels.shape[0] !== count) {
    throw new InputError(`${directory}: the set ${set} has ${count} images but ${labels.shape[0]} labels`);
  }
  return { count, rows, columns, pixels: images.data, labels: labels.data };
}

/**
 * One idx file of unsigned bytes.
 *
 *     ┌───────────────┬──────────────┬─────┬────────────────┬──────────────────────┐
 *     │ 0  0  8  rank │ size, axis 0 │  …  │ size, last axis│ bytes, row-major     │
 *     └───────────────┴──────────────┴─────┴────────────────┴──────────────────────┘
 *       4 bytes         4 bytes, big-endian, per axis
 * @returns {{ shape: number[], data: Uint8Array }}
 */
export function readIdx(path, rank) {
  const bytes = readBytes(path);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = 4 + 4 * rank;
  if (bytes.length < header) {
    throw new InputError(`${path} is cut off: it has ${bytes.length} bytes, fewer than its header of ${header}`);
  }
  const magic = view.getUint32(0);
  if (magic !== ((UBYTE << 8) | rank)) {
    throw new InputError(`${path} is no idx file of rank ${rank}: it begins with ${hex(magic)}, not ${hex((UBYTE << 8) | rank)}`);
  }
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const size = shape.reduce((a, b) => a * b, 1);
  if (size === 0) throw new InputError(`${path} is empty: its shape is [${shape.join(', ')}]`);
  if (bytes.length !== header + size) {
    const fault = bytes.length < header + size ? 'is cut off' : 'is too long';
    throw new InputError(`${path} ${fault}: it has ${bytes.length} bytes where its header promises ${header + size}`);
  }
  return { shape, data: bytes.subarray(header) };
}

function readBytes(path) {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new InputError(`${path} cannot be read: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}`);
  }
}

const hex = (word) => `0x${word.toString(16).padStart(8, '0')}`;
