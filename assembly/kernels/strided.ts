/** Copies elements of strided arrays to contiguous memory and back, in row-major order. Knows sizes in bytes, no dtypes. */
import { OWN } from '../memory/scratch';

/** The offset, in elements, of the element with row-major position `start` in a strided array; leaves its coordinates in `index`. */
function seek(start: i32, rank: i32, dims: usize, strides: usize, index: usize): i32 {
  let offset = 0;
  for (let axis = rank - 1; axis >= 0; axis--) {
    const at = axis << 2;
    const dim = load<i32>(dims + at);
    const next = start / dim;
    const i = start - next * dim;
    store<i32>(index + at, i);
    offset += i * load<i32>(strides + at);
    start = next;
  }
  return offset;
}

const INDEX = memory.data(64, 16) + OWN;

/** Up to so many bytes a loop is faster than `memory.copy`, which calls out of WebAssembly. */
const SHORT: usize = 256;

/** Copies `bytes` bytes, 16 at least, between blocks that don't overlap. */
// @ts-ignore: decorator
@inline
export function copySpan(to: usize, from: usize, bytes: usize): void {
  if (bytes > SHORT) {
    memory.copy(to, from, bytes);
    return;
  }
  const last = bytes - 16;
  for (let at: usize = 0; at < last; at += 16) v128.store(to + at, v128.load(from + at));
  v128.store(to + last, v128.load(from + last));
}

function gatherOf<T>(to: usize, from: usize, start: i32, count: i32, rank: i32, dims: usize, strides: usize): void {
  const inner = (rank - 1) << 2;
  const length = load<i32>(dims + inner);
  const step = <usize>load<i32>(strides + inner) * sizeof<T>();
  let offset = seek(start, rank, dims, strides, INDEX);
  let column = load<i32>(INDEX + inner);
  while (true) {
    const n = min(length - column, count);
    const source = from + offset * sizeof<T>();
    if (step == sizeof<T>() && n * sizeof<T>() >= 16) {
      copySpan(to, source, n * sizeof<T>());
    } else if (step == 0) {
      splat(alignof<T>(), to, source, n);
    } else {
      copySteps<T>(to, sizeof<T>(), source, step, n);
    }
    to += n * sizeof<T>();
    count -= n;
    if (count == 0) return;
    offset = advance(offset - column * load<i32>(strides + inner), rank, dims, strides);
    column = 0;
  }
}

/** Moves the coordinates in INDEX to the next row and returns its offset. */
function advance(offset: i32, rank: i32, dims: usize, strides: usize): i32 {
  for (let axis = rank - 2; axis >= 0; axis--) {
    const at = axis << 2;
    const i = load<i32>(INDEX + at) + 1;
    offset += load<i32>(strides + at);
    if (i < load<i32>(dims + at)) {
      store<i32>(INDEX + at, i);
      return offset;
    }
    store<i32>(INDEX + at, 0);
    offset -= i * load<i32>(strides + at);
  }
  return offset;
}

/**
 * Copies `count` elements of 2^shift bytes from the strided array at `from` (rank ≥ 1), beginning with row-major position `start`, to `to`.
 * It may write up to 15 bytes behind the last element.
 */
export function gather(shift: u32, to: usize, from: usize, start: i32, count: i32, rank: i32, dims: usize, strides: usize): void {
  if (!count) return; // a dimension may be 0, and `seek` divides by dimensions
  switch (shift) {
    case 0:
      return gatherOf<u8>(to, from, start, count, rank, dims, strides);
    case 2:
      return gatherOf<u32>(to, from, start, count, rank, dims, strides);
    case 3:
      return gatherOf<u64>(to, from, start, count, rank, dims, strides);
    default:
      return gatherOf<v128>(to, from, start, count, rank, dims, strides);
  }
}

/** Fills `count` elements of 2^shift bytes at `to`, in whole vectors, with the element at `from`. */
export function splat(shift: u32, to: usize, from: usize, count: i32): void {
  let x = v128.load(from);
  if (shift == 0) x = v128.load8_splat(from);
  else if (shift == 2) x = v128.load32_splat(from);
  else if (shift == 3) x = v128.load64_splat(from);
  for (const end = to + (count << shift); to < end; to += 16) v128.store(to, x);
}

/**
 * Transposes `length` rows of `count` elements of 2^shift bytes, `step` bytes apart, to `count` runs of `length` elements, `pitch` bytes
 * apart; or the runs `back` to the rows.
 */
export function turn(shift: u32, rows: usize, step: i32, length: i32, runs: usize, pitch: usize, count: i32, back: bool): void {
  switch (shift) {
    case 0:
      return turnOf<u8>(rows, step, length, runs, pitch, count, back);
    case 2:
      return turnOf<u32>(rows, step, length, runs, pitch, count, back);
    case 3:
      return turnOf<u64>(rows, step, length, runs, pitch, count, back);
    default:
      return turnOf<v128>(rows, step, length, runs, pitch, count, back);
  }
}

function turnOf<T>(rows: usize, step: i32, length: i32, runs: usize, pitch: usize, count: i32, back: bool): void {
  for (; length > 0; length--) {
    if (back) copySteps<T>(rows, sizeof<T>(), runs, pitch, count);
    else copySteps<T>(runs, pitch, rows, sizeof<T>(), count);
    rows += step;
    runs += sizeof<T>();
  }
}

/** Copies `count` elements that lie `fromStep` bytes apart to addresses `toStep` bytes apart. */
// @ts-ignore: decorator
@inline
export function copySteps<T>(to: usize, toStep: usize, from: usize, fromStep: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    if (sizeof<T>() == 16) v128.store(to, v128.load(from));
    else store<T>(to, load<T>(from));
    to += toStep;
    from += fromStep;
  }
}
