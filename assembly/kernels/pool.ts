/**
 * Pooling: windows over up to three spatial axes, each reduced channel by channel, lanes being channels. Cells outside x belong to no
 * window. Knows contiguous operands [images, x₀, x₁, x₂, channels], no tensors.
 */
import { alloc, free } from '../memory/heap';
import { OWN } from '../memory/scratch';
import { share, start } from '../parallel/share';
import { AXES, axisOf, placesOf, tapsOf } from './window';

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
  /** Windows from this one on. */
  left: i32;

  @inline cell(i: i32): usize { return load<i32>(this.cells + (i << 2)); }
}

/** The pooling in progress; `axisOf` has the windows, which lie dense and each have a cell in x. */
export const POOL = changetype<Pool>(memory.data(offsetof<Pool>(), 16) + OWN);

/** Where the walk stands on one axis, and the cells of the window in x. */
@unmanaged @final
class Range {
  place: i32;
  from: i32;
  count: i32;
}

const RANGES = memory.data(AXES * offsetof<Range>(), 16) + OWN;

// @ts-ignore: decorator
@inline
function rangeOf(i: i32): Range {
  return changetype<Range>(RANGES + i * offsetof<Range>());
}

/** Nanoseconds for a vector. */
const COST = 0.8;

/** Goes to the first window of this thread's share; returns the bytes of scratch that were asked for in vain, 0 when all is well. */
export function openWindows(p: Pool): usize {
  const bytes = <usize>tapsOf() << 2;
  p.cells = alloc(bytes);
  if (!p.cells) return bytes;
  let outer = 0;
  while (outer < AXES - 1 && axisOf(outer).y == 1) outer++;
  const bands = axisOf(outer).y; // of an image, for each place on its first axis
  const windows = placesOf() / bands;
  const all = p.images * bands;
  // Where channels end within a vector, the last one of a share would reach into the next.
  const own = share(all, p.width & 15 ? all : 1, COST * tapsOf() * windows * (p.width >> 4));
  const first = start();
  p.left = own * windows;
  p.image = first / bands;
  p.to = first * windows * p.width;
  for (let i = 0; i < AXES; i++) moveTo(i, i == outer ? first % bands : 0);
  listCells(p);
  locate(p);
  return 0;
}

export function closeWindows(p: Pool): void {
  free(p.cells, <usize>tapsOf() << 2);
}

/** Goes to the next window, in row-major order; false after the last. */
function next(p: Pool): bool {
  if (--p.left == 0) return false;
  p.to += p.width;
  let changes = false;
  let i = AXES - 1;
  for (; i >= 0; i--) {
    const place = rangeOf(i).place + 1;
    const isLast = place == axisOf(i).y;
    if (moveTo(i, isLast ? 0 : place)) changes = true;
    if (!isLast) break;
  }
  if (i < 0) p.image++;
  if (changes) listCells(p);
  locate(p);
  return true;
}

/** Moves to a place of axis i; returns whether more or fewer cells of the window lie in x than before. */
function moveTo(i: i32, place: i32): bool {
  const axis = axisOf(i);
  const range = rangeOf(i);
  const start = place * axis.stride - axis.low;
  const from = max(start, 0);
  const count = min(start + axis.taps, axis.x) - from;
  const changes = count != range.count;
  range.place = place;
  range.from = from;
  range.count = count;
  return changes;
}

function locate(p: Pool): void {
  p.at = <usize>(((p.image * axisOf(0).x + rangeOf(0).from) * axisOf(1).x + rangeOf(1).from) * axisOf(2).x + rangeOf(2).from) * p.width;
}

function listCells(p: Pool): void {
  let n = 0;
  for (let i = 0; i < rangeOf(0).count; i++) {
    for (let j = 0; j < rangeOf(1).count; j++) {
      for (let k = 0; k < rangeOf(2).count; k++) store<i32>(p.cells + (n++ << 2), ((i * axisOf(1).x + j) * axisOf(2).x + k) * p.width);
    }
  }
  p.count = n;
}

/** y ← the greatest of each window, NaN where there is one; of zeros the first. Two vectors at a time share the walk through the cells. */
export function poolMax<T>(p: Pool): void {
  do {
    for (let c = 0; c < p.width; c += 32) {
      const x = p.x + p.at + c;
      const y = p.y + p.to + c;
      const more = c + 16 < p.width ? 16 : 0; // the vector beside, or the same one again
      let best = v128.load(x), beside = v128.load(x + more);
      let odd = v128.ne<T>(best, best), oddBeside = v128.ne<T>(beside, beside);
      for (let at = p.cells + 4, end = p.cells + (p.count << 2); at < end; at += 4) {
        const from = x + load<i32>(at);
        const v = v128.load(from);
        best = v128.pmax<T>(best, v);
        odd = v128.or(odd, v128.ne<T>(v, v));
        const w = v128.load(from + more);
        beside = v128.pmax<T>(beside, w);
        oddBeside = v128.or(oddBeside, v128.ne<T>(w, w));
      }
      v128.store(y + more, v128.or(beside, oddBeside));
      v128.store(y, v128.or(best, odd));
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
      at = v128.shr<u32>(v128.add<i32>(at, v128.splat<i32>(<i32>p.at + c)), shift);
      const y = p.y + ((p.to + c) >> shift << 2);
      if (sizeof<T>() == 4) v128.store(y, v128.add<i32>(at, i32x4(0, 1, 2, 3)));
      else v128.store64_lane(y, v128.add<i32>(v128.shuffle<i32>(at, at, 0, 2, 0, 2), i32x4(0, 1, 0, 1)), 0);
    }
  } while (next(p));
}
