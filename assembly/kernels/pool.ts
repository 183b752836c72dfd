/**
 * Max pooling and its gradient: reduces the cells under each window, channel by channel, over up to three spatial axes. Lanes are channels.
 * Cells outside x belong to no window. Knows contiguous operands [images, x₀, x₁, x₂, channels], no tensors.
 */
import { alloc, free } from '../memory/heap';
import { OWN } from '../memory/scratch';
import { isShared, share, start } from '../parallel/share';
import { LANES } from './total';
import { AXES, axisOf, cellsOf, placesOf, tapsOf } from './window';

@unmanaged @final
export class Pool {
  images: i32;
  /** Bytes of one position's channels. */
  width: i32;
  x: usize;
  y: usize;
  /** An operand or result of the shape of x, and one of the shape of y. */
  z: usize;
  w: usize;
  /** Whether each cell of x belongs to exactly one window. */
  tiles: bool;
  /** Offsets of the window's cells from its first cell, in row-major order, and their number. */
  cells: usize;
  count: i32;
  /** Offset of the window's first cell, and of its result. */
  at: usize;
  to: usize;
  image: i32;
  /** The number of windows still to visit, the current one included. */
  left: i32;

  @inline cell(i: i32): usize { return load<i32>(this.cells + (i << 2)); }
}

/** The pooling in progress. `axisOf` describes the windows; each has a cell in x. */
export const POOL = changetype<Pool>(memory.data(offsetof<Pool>(), 16) + OWN);

/** The current window on one axis: its number, its first cell in x, and the number of its cells in x. */
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

/** Estimated nanoseconds for a vector. */
const COST = 0.8;

/**
 * Moves to the first window of this thread's share. Returns 0, or the bytes of scratch that could not be allocated. With `adds` the results
 * are added to z, which this function fills with zeros, unless the windows tile x.
 */
export function openWindows(p: Pool, adds: bool): usize {
  const bytes = <usize>tapsOf() << 2;
  p.cells = alloc(bytes);
  if (!p.cells) return bytes;
  let outer = 0;
  while (outer < AXES - 1 && axisOf(outer).y == 1) outer++;
  const isApart = !adds || axisOf(outer).stride >= axisOf(outer).extent;
  const bands = isApart ? axisOf(outer).y : 1; // of an image: a band is the windows at one place of its first axis
  p.tiles = tile();
  if (adds && !p.tiles && !isShared()) memory.fill(p.z, 0, <usize>p.images * cellsOf() * p.width);
  const windows = placesOf() / bands;
  const all = p.images * bands;
  // Where the channels end inside a vector, the last vector of a share would overwrite the start of the next share.
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

function tile(): bool {
  for (let i = 0; i < AXES; i++) {
    const axis = axisOf(i);
    if (axis.stride != axis.taps || axis.extent != axis.taps || axis.y * axis.stride - axis.low < axis.x) return false;
  }
  return true;
}

export function closeWindows(p: Pool): void {
  free(p.cells, <usize>tapsOf() << 2);
}

/** Moves to the next window, in row-major order; false after the last. */
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

/** Moves to a place of axis i; returns whether the number of the window's cells in x changes. */
function moveTo(i: i32, place: i32): bool {
  const axis = axisOf(i);
  const range = rangeOf(i);
  const first = axis.firstTap(place);
  const from = axis.cell(place, first);
  const count = axis.endTap(place) - first;
  const changes = count != range.count;
  range.place = place;
  range.from = from;
  range.count = count;
  return changes;
}

function locate(p: Pool): void {
  p.at = <usize>(((p.image * axisOf(0).x + rangeOf(0).from) * axisOf(1).x + rangeOf(1).from) * axisOf(2).x + rangeOf(2).from) * p.width;
}

/** Cells between the taps 0 and (i, j, k) of a window. */
// @ts-ignore: decorator
@inline
function offsetOf(i: i32, j: i32, k: i32): i32 {
  return (i * axisOf(0).dilation * axisOf(1).x + j * axisOf(1).dilation) * axisOf(2).x + k * axisOf(2).dilation;
}

function listCells(p: Pool): void {
  let n = 0;
  for (let i = 0; i < rangeOf(0).count; i++) {
    for (let j = 0; j < rangeOf(1).count; j++) {
      for (let k = 0; k < rangeOf(2).count; k++) store<i32>(p.cells + (n++ << 2), offsetOf(i, j, k) * p.width);
    }
  }
  p.count = n;
}

/** y ← the greatest element of each window, the first of equal zeros, NaN if it has one. Two vectors at a time share the loop over the cells. */
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

/** Mask of the lanes in which v, a cell of a window whose greatest element is y, is that element: equal, or NaN. */
// @ts-ignore: decorator
@inline
function meets<T>(v: v128, y: v128): v128 {
  return v128.or(v128.eq<T>(v, y), v128.ne<T>(v, v));
}

/** w ← for each window, the element of z at the cell where x first has the window's greatest element y. */
export function poolTake<T>(p: Pool): void {
  do {
    for (let c = 0; c < p.width; c += 16) {
      const from = p.at + c;
      const y = v128.load(p.y + p.to + c);
      let taken = v128.splat<i32>(0);
      for (let i = p.count - 1; i >= 0; i--) {
        const at = from + p.cell(i);
        taken = v128.bitselect(v128.load(p.z + at), taken, meets<T>(v128.load(p.x + at), y));
      }
      v128.store(p.w + p.to + c, taken);
    }
  } while (next(p));
}

/** z ← z + w at the cell where x first has each window's greatest element y. If the windows tile x, z counts as 0 before. */
export function poolAdd<T>(p: Pool): void {
  const held = v128.splat<i32>(p.tiles ? 0 : -1);
  do {
    for (let c = 0; c < p.width; c += 16) {
      const own = v128.load(LANES + 16 - min(16, p.width - c));
      const keep = v128.or(held, v128.not(own));
      const y = v128.load(p.y + p.to + c);
      let rest = v128.and(own, v128.load(p.w + p.to + c));
      const x = p.x + p.at + c;
      const z = p.z + p.at + c;
      for (let at = p.cells, end = p.cells + (p.count << 2); at < end; at += 4) {
        const cell = load<i32>(at);
        const meet = meets<T>(v128.load(x + cell), y);
        v128.store(z + cell, v128.add<T>(v128.and(v128.load(z + cell), keep), v128.and(rest, meet)));
        rest = v128.andnot(rest, meet);
      }
    }
  } while (next(p));
}
