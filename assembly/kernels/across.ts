/**
 * Scans and softmax of lines whose elements lie side by side in memory, in the array and in the result. Each vector holds elements of several
 * lines, and memory is read row by row. Knows pointers and vectors, no tensors.
 */
import { roundUp } from '../memory/heap';
import { OWN } from '../memory/scratch';
import { adjacentLines, adjacentOuts, columnEnd, columnStart, line, lineLength, lineOut, lineStep, nextLine, outStep, walkAdjacent } from './lines';
import { EXCLUSIVE, REVERSE } from './scan';
import { decay } from './softmax';
import { BLOCK, carry, Peak, Plus, reset, storeFirst, total, TOTALS } from './total';

/** Bytes of a softmax's sheet at most, so that it stays in the second-level cache during three passes. */
const SHEET = 1 << 17;
/** Nanoseconds for an element. */
const SCAN_COST = 0.3;
const SOFTMAX_COST = 1;

const PEAKS = memory.data(BLOCK, 16) + OWN;

/** Whether the lines, whose elements have `width` bytes, lie side by side, so that walking across them is faster. */
export function liesAcross(width: i32): bool {
  const side = adjacentLines();
  return side > 1 && lineStep != 1 && adjacentOuts() == side;
}

/** y ← the fold of the elements of x before each element, or up to it. The bits are those of a scan along the lines. */
export function scanAcross<T, F>(width: i32, flags: i32): void {
  const last = flags & REVERSE ? lineLength - 1 : 0;
  const sign = flags & REVERSE ? -width : width;
  const sets = walkAdjacent(width, SCAN_COST);
  for (let i = 0; i < sets; i++) {
    for (let column = columnStart; column < columnEnd; column += BLOCK) {
      const x = line + column + last * lineStep * width;
      const y = lineOut + column + last * outStep * width;
      scanRows<T, F>(x, lineStep * sign, y, outStep * sign, min(BLOCK, columnEnd - column), (flags & EXCLUSIVE) != 0);
    }
    nextLine();
  }
}

function scanRows<T, F>(x: usize, dx: i32, y: usize, dy: i32, bytes: i32, exclusive: bool): void {
  reset<T, F>(TOTALS, roundUp(bytes));
  for (let k = lineLength; k > 0; k--) {
    for (let at = 0; at < bytes; at += 16) {
      const held = TOTALS + (at << 1);
      const value = v128.load(x + at);
      if (exclusive) storeFirst(y + at, total<T, F>(held), bytes - at);
      carry<T, F>(held, value);
      if (!exclusive) storeFirst(y + at, total<T, F>(held), bytes - at);
    }
    x += dx;
    y += dy;
  }
}

/** Each line's softmax. */
export function softmaxAcross<T>(): void {
  const sets = walkAdjacent(sizeof<T>(), SOFTMAX_COST);
  const sheet = max(64, min(BLOCK, (SHEET / lineLength) & ~63));
  for (let i = 0; i < sets; i++) {
    for (let column = columnStart; column < columnEnd; column += sheet) softmaxSheet<T>(line + column, lineOut + column, min(sheet, columnEnd - column));
    nextLine();
  }
}

function softmaxSheet<T>(x: usize, y: usize, bytes: i32): void {
  const dx = lineStep * sizeof<T>();
  const dy = outStep * sizeof<T>();
  const n = lineLength;
  for (let at = 0; at < bytes; at += 16) v128.store(PEAKS + at, changetype<Peak>(0).identity<T>());
  for (let k = 0, from = x; k < n; k++, from += dx) {
    for (let at = 0; at < bytes; at += 16) v128.store(PEAKS + at, v128.pmax<T>(v128.load(PEAKS + at), v128.load(from + at)));
  }
  reset<T, Plus>(TOTALS, roundUp(bytes));
  for (let k = 0, from = x, to = y; k < n; k++, from += dx, to += dy) {
    for (let at = 0; at < bytes; at += 16) {
      const e = decay<T>(v128.sub<T>(v128.load(from + at), v128.load(PEAKS + at)));
      storeFirst(to + at, e, bytes - at);
      carry<T, Plus>(TOTALS + (at << 1), e);
    }
  }
  for (let at = 0; at < bytes; at += 16) v128.store(PEAKS + at, v128.div<T>(v128.splat<T>(1), total<T, Plus>(TOTALS + (at << 1))));
  for (let k = 0; k < n; k++, y += dy) {
    for (let at = 0; at < bytes; at += 16) storeFirst(y + at, v128.mul<T>(v128.load(y + at), v128.load(PEAKS + at)), bytes - at);
  }
}
