/** Where a line has its largest or smallest element. Knows pointers, no tensors. */
import { gatherLine, line, lineCount, lineLength, lineStep, nextLine } from './lines';
import { foldRun } from './reduce';

/** Elements that are searched at a time: first for their extreme value, then, in the block that has it, for its place. */
const BLOCK = 512;
const GATHERED = memory.data(BLOCK << 3, 16);

/** For each line the index of its first element that F's fold, `max` or `min`, yields; of the first NaN if there is one. */
export function findLines<T, F>(out: usize): void {
  for (let i = 0, n = lineCount; i < n; i++) {
    store<i32>(out, find<T, F>());
    out += 4;
    nextLine();
  }
}

function find<T, F>(): i32 {
  let best = foldBlockAt<T, F>(0);
  let from = 0;
  for (let block = BLOCK, n = lineLength; block < n && best == best; block += BLOCK) {
    const value = foldBlockAt<T, F>(block);
    if (value == best || fold2<T, F>(best, value) == best) continue;
    best = value;
    from = block;
  }
  const x = blockAt<T>(from);
  let i = 0;
  while (!same<T>(load<T>(x + (i << alignof<T>())), best)) i++;
  return from + i;
}

/** Equal, or both NaN. */
// @ts-ignore: decorator
@inline
function same<T>(x: T, y: T): bool {
  return isFloat<T>() ? x == y || (x != x && y != y) : x == y;
}

function fold2<T, F>(x: T, y: T): T {
  return v128.extract_lane<T>(changetype<F>(0).of<T>(v128.splat<T>(x), v128.splat<T>(y)), 0);
}

function foldBlockAt<T, F>(from: i32): T {
  return v128.extract_lane<T>(foldRun<T, F>(blockAt<T>(from), min(BLOCK, lineLength - from), sizeof<T>()), 0);
}

/** The elements of the current line from `from` on, contiguous. */
function blockAt<T>(from: i32): usize {
  if (lineStep == 1) return line + from * sizeof<T>();
  gatherLine(GATHERED, from, min(BLOCK, lineLength - from));
  return GATHERED;
}
