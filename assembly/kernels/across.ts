/**
 * Scans and softmax of lines that lie side by side, in the array and in the result: a vector goes across lines, and memory is walked row by
 * row. Knows pointers and vectors, no tensors.
 */
import { roundUp } from '../memory/heap';
import { OWN } from '../memory/scratch';
import { adjacentLines, adjacentOuts, columnEnd, columnStart, line, lineLength, lineOut, lineStep, nextLine, outStep, walkAdjacent } from './lines';
import { Log } from './logarithm';
import { EXCLUSIVE, REVERSE } from './scan';
import { decay } from './softmax';
import { BLOCK, carry, Peak, Plus, reset, storePart, total, TOTALS } from './total';

/** Bytes that the rows of a softmax's sheet take at most, so that three passes find them in the second-level cache. */
const SHEET = 1 << 17;
/** Nanoseconds for an element. */
const SCAN_COST = 0.3;
const SOFTMAX_COST = 1;

const PEAKS = memory.data(BLOCK, 16) + OWN;

/** Whether lines of elements of `width` bytes are better walked across. */
export function liesAcross(width: i32): bool {
  const side = adjacentLines();
  return side > 1 && lineStep != 1 && adjacentOuts() == side;
}

/** y ← the fold of x before, or up to and with, each element. Same bits as along the lines. */
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
      if (exclusive) storePart(y + at, total<T, F>(held), bytes - at);
      carry<T, F>(held, value);
      if (!exclusive) storePart(y + at, total<T, F>(held), bytes - at);
    }
    x += dx;
    y += dy;
  }
}

/** Each line's softmax, or its logarithm. */
export function softmaxAcross<T>(log: bool): void {
  const sets = walkAdjacent(sizeof<T>(), SOFTMAX_COST);
  const sheet = max(64, min(BLOCK, (SHEET / lineLength) & ~63));
  for (let i = 0; i < sets; i++) {
    for (let column = columnStart; column < columnEnd; column += sheet) softmaxSheet<T>(line + column, lineOut + column, min(sheet, columnEnd - column), log);
    nextLine();
  }
}

function softmaxSheet<T>(x: usize, y: usize, bytes: i32, log: bool): void {
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
      const shifted = v128.sub<T>(v128.load(from + at), v128.load(PEAKS + at));
      const e = decay<T>(shifted);
      storePart(to + at, log ? shifted : e, bytes - at);
      carry<T, Plus>(TOTALS + (at << 1), e);
    }
  }
  for (let at = 0; at < bytes; at += 16) v128.store(PEAKS + at, log ? logTotal<T>(TOTALS + (at << 1)) : v128.div<T>(v128.splat<T>(1), total<T, Plus>(TOTALS + (at << 1))));
  for (let k = 0; k < n; k++, y += dy) {
    for (let at = 0; at < bytes; at += 16) {
      const last = v128.load(PEAKS + at);
      const value = v128.load(y + at);
      storePart(y + at, log ? v128.sub<T>(value, last) : v128.mul<T>(value, last), bytes - at);
    }
  }
}

/** The logarithm of each lane's total. */
function logTotal<T>(at: usize): v128 {
  const f = changetype<Log>(0);
  if (sizeof<T>() == 8) return f.f64x2(total<T, Plus>(at));
  const low = f32x4.demote_f64x2_zero(f.f64x2(v128.load(at)));
  const high = f32x4.demote_f64x2_zero(f.f64x2(v128.load(at, 16)));
  return v128.shuffle<f64>(low, high, 0, 2);
}
