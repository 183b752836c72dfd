/** Folds of lines to one element each: sums, products, extrema. Knows pointers and vectors, no tensors. */
import { roundUp } from '../memory/heap';
import { OWN } from '../memory/scratch';
import { closeRoom, Meeting, meet, room, sharePieces, start } from '../parallel/share';
import {
  adjacentLines, COLUMNS, columnEnd, columnStart, gatherLine, line, lineCount, lineLength, lineOut, lineStep, nextLine, shareLines, turnLines,
  walkAdjacent,
} from './lines';
import { BLOCK, carry, LANES, lanesTotal, reset, storeFirst, total, TOTALS } from './total';

/** Lines that lie side by side are folded in sheets: SHEET elements of as many lines as fill BLOCK bytes. */
const SHEET = 128;
/** At least so many rows are divided among threads: four sheets, of which the last is at least half full. */
const ROWS = (7 * SHEET) / 2;
/** Nanoseconds for a byte. */
const COST = 0.02;

const GATHERED = memory.data(BLOCK + 16, 16) + OWN;
const PARTIAL = memory.data(BLOCK, 16) + OWN;

/** Folds each line to an element of `width` bytes of the result. T is the type of a part of an element. */
export function foldLines<T, F>(width: i32): void {
  const columns = adjacentLines();
  if (columns > 1) return foldAcross<T, F>(columns * width, width);
  if (isDefined(THREADS)) {
    if (lineCount == 1 && foldTogether<T, F>(width)) return;
  }
  const blocks = blocksOf(width);
  const lines = shareLines(lineCount, COST * width);
  turnLines(lines);
  for (let i = 0; i < lines; i++) {
    if (lineStep == 1) {
      put(lineOut, foldSpan<T, F>(line, lineLength, width), width);
    } else {
      reset<T, F>(TOTALS, 16);
      for (let k = 0; k < blocks; k++) carry<T, F>(TOTALS, foldBlockOf<T, F>(k, width));
      put(lineOut, lanesTotal<T, F>(TOTALS, width), width);
    }
    nextLine();
  }
}

/** Divides the blocks of one line among the threads; returns false, with nothing computed, where one thread has to do all. */
function foldTogether<T, F>(width: i32): bool {
  const blocks = blocksOf(width);
  const own = sharePieces(blocks, COST * BLOCK, 16);
  if (!own) return false;
  const pieces = room();
  for (let first = start(), k = first; k < first + own; k++) v128.store(pieces + (k << 4), foldBlockOf<T, F>(k, width));
  const meeting = meet();
  if (meeting == Meeting.caller) {
    reset<T, F>(TOTALS, 16);
    for (let k = 0; k < blocks; k++) carry<T, F>(TOTALS, v128.load(pieces + (k << 4)));
    put(lineOut, lanesTotal<T, F>(TOTALS, width), width);
    closeRoom();
  }
  return meeting != Meeting.alone;
}

// @ts-ignore: decorator
@inline
function blocksOf(width: i32): i32 {
  return (lineLength * width + BLOCK - 1) / BLOCK;
}

/** The fold of the current line's block k. */
function foldBlockOf<T, F>(k: i32, width: i32): v128 {
  const size = BLOCK / width;
  const count = min(size, lineLength - k * size);
  if (lineStep == 1) return foldBlock<T, F>(line + k * BLOCK, count * width);
  gatherLine(GATHERED, k * size, count);
  return foldBlock<T, F>(GATHERED, count * width);
}

/** Folds `count` contiguous elements of `width` bytes to one, in the first lanes. */
export function foldSpan<T, F>(x: usize, count: i32, width: i32): v128 {
  reset<T, F>(TOTALS, 16);
  for (const end = x + <usize>count * width; x < end; x += BLOCK) carry<T, F>(TOTALS, foldBlock<T, F>(x, <i32>min<usize>(BLOCK, end - x)));
  return lanesTotal<T, F>(TOTALS, width);
}

function foldBlock<T, F>(x: usize, bytes: i32): v128 {
  const f = changetype<F>(0);
  const none = f.identity<T>();
  const end = x + bytes;
  let a0 = none, a1 = none, a2 = none, a3 = none, a4 = none, a5 = none, a6 = none, a7 = none;
  for (const whole = x + (bytes & ~127); x < whole; x += 128) {
    a0 = f.of<T>(a0, v128.load(x));
    a1 = f.of<T>(a1, v128.load(x, 16));
    a2 = f.of<T>(a2, v128.load(x, 32));
    a3 = f.of<T>(a3, v128.load(x, 48));
    a4 = f.of<T>(a4, v128.load(x, 64));
    a5 = f.of<T>(a5, v128.load(x, 80));
    a6 = f.of<T>(a6, v128.load(x, 96));
    a7 = f.of<T>(a7, v128.load(x, 112));
  }
  for (; x + 16 <= end; x += 16) a0 = f.of<T>(a0, v128.load(x));
  if (x < end) a0 = f.of<T>(a0, v128.bitselect(v128.load(x), none, v128.load(LANES + 16 - (end - x))));
  a0 = f.of<T>(f.of<T>(a0, a1), f.of<T>(a2, a3));
  return f.of<T>(a0, f.of<T>(f.of<T>(a4, a5), f.of<T>(a6, a7)));
}

// @ts-ignore: decorator
@inline
function put(out: usize, x: v128, width: i32): void {
  if (width == 4) v128.store32_lane(out, x, 0);
  else if (width == 8) v128.store64_lane(out, x, 0);
  else if (width == 16) v128.store(out, x);
  else v128.store8_lane(out, x, 0);
}

/** Folds lines that lie side by side: each vector holds elements of adjacent lines, whose rows have `row` bytes. */
function foldAcross<T, F>(row: i32, width: i32): void {
  const step = <usize>lineStep * width;
  if (isDefined(THREADS)) {
    if (lineCount * width == row && lineLength >= ROWS && foldSheetsTogether<T, F>(row, width)) return;
  }
  const sets = walkAdjacent(width, COST * width);
  for (let i = 0; i < sets; i++) {
    for (let column = columnStart; column < columnEnd; column += BLOCK) {
      const bytes = min(BLOCK, columnEnd - column);
      reset<T, F>(TOTALS, roundUp(bytes));
      for (let from = 0, length = lineLength; from < length; from += SHEET) {
        foldSheet<T, F>(line + column + <usize>from * step, step, min(SHEET, length - from), bytes, PARTIAL);
        carryPartial<T, F>(PARTIAL, bytes);
      }
      putTotals<T, F>(lineOut + column, bytes);
    }
    nextLine();
  }
}

/**
 * Divides the sheets of one set of lines among the threads, so that each thread reads whole rows: half a row, if the row's length is a power of
 * two, would fall into half of a cache's sets. Returns false, with nothing computed, where one thread has to do all, or columns are to be divided.
 */
function foldSheetsTogether<T, F>(row: i32, width: i32): bool {
  const sheets = (lineLength + SHEET - 1) / SHEET;
  const piece = <i32>roundUp(row);
  const own = sharePieces(sheets, COST * SHEET * row, piece, row / COLUMNS);
  if (!own) return false;
  const step = <usize>lineStep * width;
  const pieces = room();
  for (let first = start(), k = first; k < first + own; k++) {
    const x = line + <usize>(k * SHEET) * step;
    const rows = min(SHEET, lineLength - k * SHEET);
    for (let at = 0; at < row; at += BLOCK) foldSheet<T, F>(x + at, step, rows, min(BLOCK, row - at), pieces + k * piece + at);
  }
  const meeting = meet();
  if (meeting == Meeting.caller) {
    for (let at = 0; at < row; at += BLOCK) {
      const bytes = min(BLOCK, row - at);
      reset<T, F>(TOTALS, roundUp(bytes));
      for (let k = 0; k < sheets; k++) carryPartial<T, F>(pieces + k * piece + at, bytes);
      putTotals<T, F>(lineOut + at, bytes);
    }
    closeRoom();
  }
  return meeting != Meeting.alone;
}

/** Folds a sheet's parts into TOTALS. */
function carryPartial<T, F>(parts: usize, bytes: i32): void {
  for (let at = 0; at < bytes; at += 16) carry<T, F>(TOTALS + (at << 1), v128.load(parts + at));
}

function putTotals<T, F>(out: usize, bytes: i32): void {
  for (let at = 0; at < bytes; at += 16) storeFirst(out + at, total<T, F>(TOTALS + (at << 1)), bytes - at);
}

/** Folds `rows` rows of `bytes` bytes, `step` bytes apart, to `parts`. */
function foldSheet<T, F>(x: usize, step: usize, rows: i32, bytes: i32, parts: usize): void {
  const f = changetype<F>(0);
  const none = f.identity<T>();
  for (let at = 0; at < bytes; at += 16) v128.store(parts + at, none);
  for (; rows >= 8; rows -= 8) {
    const x2 = x + 2 * step, x4 = x2 + 2 * step, x6 = x4 + 2 * step;
    for (let at: usize = 0; at < <usize>bytes; at += 16) {
      const a = f.of<T>(v128.load(x + at), v128.load(x + step + at));
      const b = f.of<T>(v128.load(x2 + at), v128.load(x2 + step + at));
      const c = f.of<T>(v128.load(x4 + at), v128.load(x4 + step + at));
      const d = f.of<T>(v128.load(x6 + at), v128.load(x6 + step + at));
      v128.store(parts + at, f.of<T>(v128.load(parts + at), f.of<T>(f.of<T>(a, b), f.of<T>(c, d))));
    }
    x = x6 + 2 * step;
  }
  for (; rows > 0; rows--) {
    for (let at: usize = 0; at < <usize>bytes; at += 16) v128.store(parts + at, f.of<T>(v128.load(parts + at), v128.load(x + at)));
    x += step;
  }
}
