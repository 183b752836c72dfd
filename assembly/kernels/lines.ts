/**
 * Lines of a strided array: a line has the elements along some axes (the inner ones), for one position on the others (the outer ones). A walk
 * visits the lines in row-major order. Knows pointers and strides, no operation.
 *
 *   [outer …, inner …]   neighbouring axes that can be walked as one axis are merged to a group; most arrays have one or two groups
 */
import { OWN } from '../memory/scratch';
import { share, start } from '../parallel/share';
import { copy } from './copy';
import { fromEnd } from './direction';
import { gather } from './strided';

const RANK = 16;
const DIMS = memory.data(RANK << 2, 16) + OWN;
const STRIDES = memory.data(RANK << 2, 16) + OWN;
const OUTS = memory.data(RANK << 2, 16) + OWN;
/** Strides of a contiguous line. */
const DENSE = memory.data(RANK << 2, 16) + OWN;
const PLACE = memory.data(RANK << 2, 16) + OWN;

/** The number of lines, and the elements of each. */
export let lineCount = 0;
export let lineLength = 0;
/** The stride along a line, in elements; `UNEVEN` when a line has several strides. */
export let lineStep = 0;
/** As `lineStep`, for the result. */
export let outStep = 0;
/** The current line's first element, in the array and in the result. */
export let line: usize = 0;
export let lineOut: usize = 0;

export const UNEVEN = i32.MIN_VALUE;

/** The first line, or set of adjacent lines, of this thread's share, and the bytes of each row of a set that belong to the share. */
export let firstLine = 0;
export let columnStart = 0;
export let columnEnd = 0;

/** A share of the columns has a multiple of so many bytes of a row. */
export const COLUMNS = 64;
/** At least so many sets of adjacent lines are divided among threads as wholes. */
const MANY = 8;

let outer = 0;
let rank = 0;
let walked = 0;
let inside = false;
let shift: u32 = 0;

/** Begins the description of an array at `base` and of its result at `result`, with elements of 2^size bytes. Its axes are added outer ones first. */
export function beginLines(base: usize, result: usize, size: u32): void {
  line = base;
  lineOut = result;
  shift = size;
  outer = 0;
  rank = 0;
  lineCount = 1;
  lineLength = 1;
  inside = false;
}

/** Axes that are added from now on are inner ones. */
export function beginInner(): void {
  outer = rank;
  inside = true;
}

// @ts-ignore: decorator
@inline
function dim(group: i32): i32 {
  return load<i32>(DIMS + (group << 2));
}

// @ts-ignore: decorator
@inline
function stride(group: i32): i32 {
  return load<i32>(STRIDES + (group << 2));
}

// @ts-ignore: decorator
@inline
function out(group: i32): i32 {
  return load<i32>(OUTS + (group << 2));
}

/** Adds an axis: its size, and its strides in the array and in the result. */
export function addLineAxis(size: i32, step: i32, result: i32): void {
  if (inside) lineLength *= size;
  else lineCount *= size;
  if (size == 1) return;
  let group = rank;
  if (rank > (inside ? outer : 0) && stride(rank - 1) == step * size && out(rank - 1) == result * size) {
    group--;
    size *= dim(group);
  } else rank++;
  store<i32>(DIMS + (group << 2), size);
  store<i32>(STRIDES + (group << 2), step);
  store<i32>(OUTS + (group << 2), result);
}

/** Ends the description; the walk begins at line 0. */
export function endLines(): void {
  if (rank == outer) {
    store<i32>(DIMS + (rank << 2), 1);
    store<i32>(STRIDES + (rank << 2), 1);
    store<i32>(OUTS + (rank++ << 2), 1);
  }
  lineStep = rank == outer + 1 ? stride(outer) : UNEVEN;
  outStep = rank == outer + 1 ? out(outer) : UNEVEN;
  walked = outer;
  memory.fill(PLACE, 0, RANK << 2);
}

/** Makes the result one contiguous element for each line. */
export function denseOuts(): void {
  let size = 1;
  for (let group = outer - 1; group >= 0; group--) {
    store<i32>(OUTS + (group << 2), size);
    size *= dim(group);
  }
}

/** The number of lines whose elements lie side by side, so that a vector can hold elements of several lines; 1 when they don't. */
export function adjacentLines(): i32 {
  return outer && lineStep != UNEVEN && stride(outer - 1) == 1 ? dim(outer - 1) : 1;
}

/** As `adjacentLines`, for the result. */
export function adjacentOuts(): i32 {
  return outer && outStep != UNEVEN && out(outer - 1) == 1 ? dim(outer - 1) : 1;
}

/**
 * Makes `nextLine` move from one set of adjacent lines, whose elements have `width` bytes, to the next. Returns the number of sets in this
 * thread's share, where an element takes about `cost` nanoseconds. Of each set's rows the share has the bytes from `columnStart` to
 * `columnEnd`.
 */
export function walkAdjacent(width: i32, cost: f64): i32 {
  const row = adjacentLines() * width;
  const sets = lineCount / adjacentLines();
  walked = outer - 1;
  columnStart = 0;
  columnEnd = row;
  firstLine = 0;
  if (!isDefined(THREADS) || sets >= MANY || row <= sets * COLUMNS) return shareLines(sets, (cost * row) / width);
  columnEnd = share(row, COLUMNS, (cost * sets * lineLength) / width);
  columnStart = start();
  columnEnd += columnStart;
  return sets;
}

/** Moves to the next line. */
export function nextLine(): void {
  for (let group = walked - 1; group >= 0; group--) {
    const at = PLACE + (group << 2);
    const i = load<i32>(at) + 1;
    line += stride(group) << shift;
    lineOut += out(group) << shift;
    if (i < dim(group)) {
      store<i32>(at, i);
      return;
    }
    store<i32>(at, 0);
    line -= (i * stride(group)) << shift;
    lineOut -= (i * out(group)) << shift;
  }
}

/** Moves to the first of this thread's share of `count` lines, or sets of adjacent lines, and returns the share's size. An element takes about `cost` ns. */
export function shareLines(count: i32, cost: f64, grain: i32 = 1): i32 {
  const own = share(count, grain, cost * lineLength);
  firstLine = start();
  if (isDefined(THREADS)) skipLines(firstLine);
  return own;
}

/** Makes the walk visit the next `count` lines from the last to the first, where that is faster and the lines have one stride between them. */
export function turnLines(count: i32): void {
  if (outer != 1 || !fromEnd(count, lineLength)) return;
  const step = stride(0);
  line += ((count - 1) * step) << shift;
  lineOut += ((count - 1) * out(0)) << shift;
  store<i32>(STRIDES, -step);
  store<i32>(OUTS, -out(0));
}

/** Moves from line 0 to line `count`; after `walkAdjacent`, to a set of adjacent lines. */
function skipLines(count: i32): void {
  for (let group = walked - 1; group >= 0; group--) {
    const size = dim(group);
    const i = count % size;
    count /= size;
    store<i32>(PLACE + (group << 2), i);
    line += (i * stride(group)) << shift;
    lineOut += (i * out(group)) << shift;
  }
}

/** Copies `count` elements of the current line, from its element `start`, to `to`. */
export function gatherLine(to: usize, start: i32, count: i32): void {
  gather(shift, to, line, start, count, rank - outer, DIMS + (outer << 2), STRIDES + (outer << 2));
}

/** Copies the current line of the result to `to`. */
export function gatherOut(to: usize): void {
  gather(shift, to, lineOut, 0, lineLength, rank - outer, DIMS + (outer << 2), OUTS + (outer << 2));
}

/** Copies `from`, contiguous, to the current line of the result. */
export function scatterOut(from: usize): void {
  let size = 1;
  for (let group = rank - 1; group >= outer; group--) {
    store<i32>(DENSE + (group << 2), size);
    size *= dim(group);
  }
  const first = outer << 2;
  copy(shift, rank - outer, DIMS + first, lineOut, OUTS + first, from, DENSE + first);
}
