/**
 * Lines made contiguous: a line that is contiguous is read and written in place, another through a buffer. Lines that lie side by side are
 * copied in panels of several lines, row by row, for a copy of one line would use few bytes of each cache line. Knows no operation.
 *
 * Cost of a buffered element: about 0.7 ns in a panel, 0.3 ns in lines of their own while their rows stay in the cache.
 */
import { alloc, free, roundUp } from '../memory/heap';
import { turn } from './strided';
import {
  adjacentLines, adjacentOuts, gatherLine, gatherOut, line, lineCount, lineLength, lineOut, lineStep, nextLine, outStep, scatterOut, shareLines, UNEVEN,
} from './lines';

/** Bytes of a row that a panel has: some cache lines. */
const ROW = 256;
/** Bytes of a panel at most, unless one line has more. */
const PANEL: usize = 1 << 18;
/** Bytes between the copies of lines, so that a row's elements don't all fall into one set of the cache. */
const GAP = 64;

let width = 0;
/** Bytes from a line's copy to the next. */
let pitch: usize = 0;
/** Lines of a panel, 1 where there are no panels; the buffer; the number of lines that lie side by side; the current line among them. */
let panelIn = 0;
let bufferIn: usize = 0;
let sideIn = 0;
let placeIn = 0;
let panelOut = 0;
let bufferOut: usize = 0;
let sideOut = 0;
let placeOut = 0;

/** Begins the walk over lines whose elements have `size` bytes. `results` says whether the result has lines too. False when memory is out. */
export function beginBuffers(size: i32, results: bool): bool {
  width = size;
  pitch = roundUp(<usize>lineLength * size) + GAP;
  sideIn = adjacentLines();
  sideOut = results ? adjacentOuts() : 1;
  placeIn = 0;
  placeOut = 0;
  panelIn = panelOf(lineStep, sideIn);
  panelOut = panelOf(outStep, sideOut);
  bufferIn = lineStep == 1 ? 0 : alloc(pitch * panelIn);
  bufferOut = !results || outStep == 1 ? 0 : alloc(pitch * panelOut);
  if ((bufferIn || lineStep == 1) && (bufferOut || !results || outStep == 1)) return true;
  endBuffers();
  return false;
}

function panelOf(step: i32, side: i32): i32 {
  if (side == 1 || step == 1 || step == UNEVEN) return 1;
  return <i32>max<usize>(1, min<usize>(min<usize>(ROW / width, side), PANEL / pitch));
}

/** Ends the walk. Returns true, so that a kernel can return this call. */
export function endBuffers(): bool {
  if (bufferIn) free(bufferIn, pitch * panelIn);
  if (bufferOut) free(bufferOut, pitch * panelOut);
  return true;
}

/**
 * Returns the number of lines in this thread's share, of which `firstLine` is the first; an element takes about `cost` nanoseconds. Lines of one
 * panel stay on one thread; if the panels of array and result differ, one thread has all lines.
 */
export function shareBuffered(cost: f64): i32 {
  const grain = panelIn == 1 ? sideOfPanel(panelOut, sideOut) : panelOut == 1 || sideIn == sideOut ? sideIn : lineCount;
  return shareLines(lineCount, cost, grain);
}

// @ts-ignore: decorator
@inline
function sideOfPanel(panel: i32, side: i32): i32 {
  return panel == 1 ? 1 : side;
}

/** The current line's elements, contiguous. */
export function source(): usize {
  if (lineStep == 1) return line;
  const k = placeIn % panelIn;
  if (k == 0) {
    if (panelIn == 1) gatherLine(bufferIn, 0, lineLength);
    else copyPanel(line, lineStep, bufferIn, min(panelIn, sideIn - placeIn), false);
  }
  return bufferIn + <usize>k * pitch;
}

/** The address of the current line's results, contiguous; with their present values if `read`. */
export function target(read: bool): usize {
  if (outStep == 1) return lineOut;
  const k = placeOut % panelOut;
  if (k == 0 && read) {
    if (panelOut == 1) gatherOut(bufferOut);
    else copyPanel(lineOut, outStep, bufferOut, min(panelOut, sideOut - placeOut), false);
  }
  return bufferOut + <usize>k * pitch;
}

/** Copies the results from the buffer to the result, and moves to the next line. */
export function finishLine(): void {
  if (bufferOut) {
    const k = placeOut % panelOut;
    if (panelOut == 1) scatterOut(bufferOut);
    else if (k == panelOut - 1 || placeOut == sideOut - 1) copyPanel(lineOut - k * width, outStep, bufferOut, k + 1, true);
  }
  nextLine();
  if (++placeIn == sideIn) placeIn = 0;
  if (++placeOut == sideOut) placeOut = 0;
}

/** Copies `count` lines that lie side by side at `rows` to `buffer`, one line after the other; or `back`. */
function copyPanel(rows: usize, step: i32, buffer: usize, count: i32, back: bool): void {
  turn(ctz(width), rows, step * width, lineLength, buffer, pitch, count, back);
}
