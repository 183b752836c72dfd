/** Strided elements to contiguous ones and back, in row-major order. Knows sizes in bytes, no dtypes. */
import { OWN } from '../memory/scratch';

/** Position of linear element `start` in a strided array: its offset in elements, with the counters left in `index`. */
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

function gatherOf<T>(to: usize, from: usize, start: i32, count: i32, rank: i32, dims: usize, strides: usize): void {
  const inner = (rank - 1) << 2;
  const length = load<i32>(dims + inner);
  const step = <usize>load<i32>(strides + inner) * sizeof<T>();
  let offset = seek(start, rank, dims, strides, INDEX);
  let column = load<i32>(INDEX + inner);
  while (true) {
    const n = min(length - column, count);
    let source = from + offset * sizeof<T>();
    if (step == sizeof<T>()) {
      memory.copy(to, source, n * sizeof<T>());
      to += n * sizeof<T>();
    } else {
      for (const end = to + n * sizeof<T>(); to < end; to += sizeof<T>()) {
        if (sizeof<T>() == 16) v128.store(to, v128.load(source));
        else store<T>(to, load<T>(source));
        source += step;
      }
    }
    count -= n;
    if (count == 0) return;
    offset = advance(offset - column * load<i32>(strides + inner), rank, dims, strides);
    column = 0;
  }
}

/** The offset of the next row, counters in INDEX moved on. */
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

/** Copies `count` elements of 2^shift bytes, from linear position `start` of the strided array at `from` (rank ≥ 1), to `to`. */
export function gather(shift: u32, to: usize, from: usize, start: i32, count: i32, rank: i32, dims: usize, strides: usize): void {
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

/** Fills `count` elements of 2^shift bytes with the one at `from`. */
export function splat(shift: u32, to: usize, from: usize, count: i32): void {
  let x = v128.load(from);
  if (shift == 0) x = v128.load8_splat(from);
  else if (shift == 2) x = v128.load32_splat(from);
  else if (shift == 3) x = v128.load64_splat(from);
  for (const end = to + (count << shift); to < end; to += 16) v128.store(to, x);
}
