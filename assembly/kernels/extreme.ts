/** Where a line has its largest or smallest element. Knows pointers, no tensors. */
import { firstLine, lineLength } from './lines';
import { foldRun } from './reduce';
import { beginRuns, endRuns, settle, shareRuns, source } from './runs';

/** Elements that are folded at a time; then the block that has the extreme is searched. */
const BLOCK = 512;
/** Nanoseconds for an element. */
const COST = 0.1;

/** For each line the index of its first element that F's fold, `max` or `min`, yields; of the first NaN if there is one. */
export function findLines<T, F>(out: usize): bool {
  if (!beginRuns(sizeof<T>(), false)) return false;
  const lines = shareRuns(COST);
  out += firstLine << 2;
  for (let i = 0; i < lines; i++) {
    store<i32>(out, find<T, F>(source()));
    out += 4;
    settle();
  }
  return endRuns();
}

function find<T, F>(x: usize): i32 {
  let best = foldBlock<T, F>(x, 0);
  let from = 0;
  for (let block = BLOCK, n = lineLength; block < n && best == best; block += BLOCK) {
    const value = foldBlock<T, F>(x, block);
    if (!exceeds<T, F>(value, best)) continue;
    best = value;
    from = block;
  }
  while (!same<T>(load<T>(x + (from << alignof<T>())), best)) from++;
  return from;
}

function foldBlock<T, F>(x: usize, from: i32): T {
  return v128.extract_lane<T>(foldRun<T, F>(x + (from << alignof<T>()), min(BLOCK, lineLength - from), sizeof<T>()), 0);
}

/** Whether the fold of both is neither `best` nor equal to it. */
function exceeds<T, F>(value: T, best: T): bool {
  return value != best && v128.extract_lane<T>(changetype<F>(0).of<T>(v128.splat<T>(value), v128.splat<T>(best)), 0) != best;
}

/** Equal, or both NaN. */
// @ts-ignore: decorator
@inline
function same<T>(x: T, y: T): bool {
  return x == y || (x != x && y != y);
}
