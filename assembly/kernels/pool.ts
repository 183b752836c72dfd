/**
 * Pooling: windows over up to three spatial axes, each reduced channel by channel, lanes being channels. Cells outside x belong to no
 * window. Knows contiguous operands [images, x₀, x₁, x₂, channels], no tensors.
 */
import { alloc, free } from '../memory/heap';

const AXES = 3;

/** One spatial axis: sizes, how windows lie, and the window in progress without what it has outside x. */
@unmanaged @final
export class Axis {
  x: i32;
  y: i32;
  window: i32;
  stride: i32;
  /** Cells of the first window in front of x. */
  low: i32;
  index: i32;
  from: i32;
  count: i32;
}

@unmanaged @final
export class Pool {
  images: i32;
  /** Bytes of one position's channels. */
  width: i32;
  x: usize;
  y: usize;
  /** Offsets of the window's cells from its first, in order, and how many they are. */
  cells: usize;
  count: i32;
  /** Offset of the window's first cell, and of its result. */
  at: usize;
  to: usize;
  image: i32;

  @inline axis(i: i32): Axis { return changetype<Axis>(changetype<usize>(this) + offsetof<Pool>() + i * offsetof<Axis>()); }
  @inline cell(i: i32): usize { return load<i32>(this.cells + (i << 2)); }
}

/** The pooling in progress; all three axes are set, missing ones to 1. */
export const POOL = changetype<Pool>(memory.data(offsetof<Pool>() + AXES * offsetof<Axis>(), 16));

// @ts-ignore: decorator
@inline
function most(p: Pool): usize {
  return (p.axis(0).window * p.axis(1).window * p.axis(2).window) << 2;
}

/** Goes to the first window; returns the bytes of scratch that were asked for in vain, 0 when all is well. */
export function openWindows(p: Pool): usize {
  p.cells = alloc(most(p));
  if (!p.cells) return most(p);
  p.image = 0;
  p.to = 0;
  for (let i = 0; i < AXES; i++) {
    p.axis(i).index = 0;
    p.axis(i).count = 0;
    clip(p.axis(i));
  }
  listCells(p);
  locate(p);
  return 0;
}

export function closeWindows(p: Pool): void {
  free(p.cells, most(p));
}

/** Goes to the next window, in row-major order; false after the last. */
function next(p: Pool): bool {
  p.to += p.width;
  let changes = false;
  let i = AXES - 1;
  for (; i >= 0; i--) {
    const axis = p.axis(i);
    const isLast = axis.index + 1 == axis.y;
    axis.index = isLast ? 0 : axis.index + 1;
    if (clip(axis)) changes = true;
    if (!isLast) break;
  }
  if (i < 0 && ++p.image == p.images) return false;
  if (changes) listCells(p);
  locate(p);
  return true;
}

/** The cells of the window's range on one axis that lie in x; returns whether they are more or fewer than before. */
function clip(axis: Axis): bool {
  const start = axis.index * axis.stride - axis.low;
  axis.from = max(start, 0);
  const count = min(start + axis.window, axis.x) - axis.from;
  if (count == axis.count) return false;
  axis.count = count;
  return true;
}

function locate(p: Pool): void {
  const a = p.axis(0), b = p.axis(1), c = p.axis(2);
  p.at = <usize>(((p.image * a.x + a.from) * b.x + b.from) * c.x + c.from) * p.width;
}

function listCells(p: Pool): void {
  const a = p.axis(0), b = p.axis(1), c = p.axis(2);
  let n = 0;
  for (let i = 0; i < a.count; i++) {
    for (let j = 0; j < b.count; j++) {
      for (let k = 0; k < c.count; k++) store<i32>(p.cells + (n++ << 2), ((i * b.x + j) * c.x + k) * p.width);
    }
  }
  p.count = n;
}

/** y ← the greatest of each window, NaN where there is one; of zeros the first. */
export function poolMax<T>(p: Pool): void {
  do {
    for (let c = 0; c < p.width; c += 16) {
      const x = p.x + p.at + c;
      let best = v128.load(x);
      let unordered = v128.ne<T>(best, best);
      for (let i = 1; i < p.count; i++) {
        const v = v128.load(x + p.cell(i));
        best = v128.pmax<T>(best, v);
        unordered = v128.or(unordered, v128.ne<T>(v, v));
      }
      v128.store(p.y + p.to + c, v128.or(best, unordered));
    }
  } while (next(p));
}

/** y ← int32 positions in x of the first greatest of each window; the first NaN where there is one. */
export function poolArgmax<T>(p: Pool): void {
  const shift = sizeof<T>() == 4 ? 2 : 3;
  do {
    for (let c = 0; c < p.width; c += 16) {
      const x = p.x + p.at + c;
      let best = v128.load(x);
      let at = v128.splat<i32>(0);
      for (let i = 1; i < p.count; i++) {
        const v = v128.load(x + p.cell(i));
        const beats = v128.andnot(v128.eq<T>(best, best), v128.le<T>(v, best));
        best = v128.bitselect(v, best, beats);
        at = v128.bitselect(v128.splat<i32>(<i32>p.cell(i)), at, beats);
      }
      at = v128.shr<i32>(v128.add<i32>(at, v128.splat<i32>(<i32>p.at + c)), shift);
      const y = p.y + ((p.to + c) >> shift << 2);
      if (sizeof<T>() == 4) v128.store(y, v128.add<i32>(at, i32x4(0, 1, 2, 3)));
      else v128.store64_lane(y, v128.add<i32>(v128.shuffle<i32>(at, at, 0, 2, 0, 2), i32x4(0, 1, 0, 1)), 0);
    }
  } while (next(p));
}

/** y ← the mean of each window. */
export function poolMean<T>(p: Pool): void {
  do {
    const count = v128.splat<T>(<T>p.count);
    for (let c = 0; c < p.width; c += 16) {
      const x = p.x + p.at + c;
      let sum = v128.load(x);
      for (let i = 1; i < p.count; i++) sum = v128.add<T>(sum, v128.load(x + p.cell(i)));
      v128.store(p.y + p.to + c, v128.div<T>(sum, count));
    }
  } while (next(p));
}

const MASK = memory.data(32, 16);

/** x ← zeros, with each y spread evenly over its window. */
export function poolSpread<T>(p: Pool): void {
  memory.fill(MASK, 0xff, 16);
  memory.fill(MASK + 16, 0, 16);
  memory.fill(p.x, 0, <usize>p.images * p.axis(0).x * p.axis(1).x * p.axis(2).x * p.width);
  do {
    const count = v128.splat<T>(<T>p.count);
    for (let c = 0; c < p.width; c += 16) {
      const x = p.x + p.at + c;
      // Lanes behind the last channel are another position's.
      const share = v128.and(v128.div<T>(v128.load(p.y + p.to + c), count), v128.load(MASK + 16 - min(p.width - c, 16)));
      for (let i = 0; i < p.count; i++) {
        const cell = x + p.cell(i);
        v128.store(cell, v128.add<T>(v128.load(cell), share));
      }
    }
  } while (next(p));
}
