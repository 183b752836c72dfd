/** Finds the position of each line's largest or smallest element. Knows pointers, no tensors. */
import { closeRoom, Meeting, meet, room, sharePieces, start } from '../parallel/share';
import { firstLine, line, lineCount, lineLength, lineStep } from './lines';
import { foldSpan } from './reduce';
import { beginBuffers, endBuffers, finishLine, shareBuffered, source } from './linebuffer';

/** Elements of a block. Each block is folded to its extreme; then only the first block with the line's extreme is searched. */
const BLOCK = 512;
/** Elements of a contiguous line that a thread searches at a time. */
const PIECE = 32 * BLOCK;
/** Nanoseconds for an element. */
const COST = 0.1;

/** Writes the index of each line's first element that equals the line's fold by F, largest or smallest; of its first NaN if it has one. */
export function findLines<T, F>(out: usize): bool {
  if (isDefined(THREADS)) {
    if (lineCount == 1 && lineStep == 1 && findTogether<T, F>(out)) return true;
  }
  if (!beginBuffers(sizeof<T>(), false)) return false;
  const lines = shareBuffered(COST);
  out += firstLine << 2;
  for (let i = 0; i < lines; i++) {
    store<i32>(out, find<T, F>(source(), 0, lineLength));
    out += 4;
    finishLine();
  }
  return endBuffers();
}

/** Divides one line among the threads; returns false, with nothing computed, where one thread has to do all. */
function findTogether<T, F>(out: usize): bool {
  const x = line;
  const n = lineLength;
  const pieces = (n + PIECE - 1) / PIECE;
  const own = sharePieces(pieces, COST * PIECE, 4);
  if (!own) return false;
  const places = room();
  for (let first = start(), k = first; k < first + own; k++) {
    store<i32>(places + (k << 2), find<T, F>(x, k * PIECE, min((k + 1) * PIECE, n)));
  }
  const meeting = meet();
  if (meeting == Meeting.caller) {
    let best = load<i32>(places);
    for (let k = 1; k < pieces; k++) {
      const place = load<i32>(places + (k << 2));
      if (exceeds<T, F>(at<T>(x, place), at<T>(x, best))) best = place;
    }
    store<i32>(out, best);
    closeRoom();
  }
  return meeting != Meeting.alone;
}

/** The index of the extreme among the elements from `from` up to `end`. */
function find<T, F>(x: usize, from: i32, end: i32): i32 {
  let best = foldBlock<T, F>(x, from, end);
  for (let block = from + BLOCK; block < end; block += BLOCK) {
    const value = foldBlock<T, F>(x, block, end);
    if (!exceeds<T, F>(value, best)) continue;
    best = value;
    from = block;
  }
  while (!same<T>(at<T>(x, from), best)) from++;
  return from;
}

// @ts-ignore: decorator
@inline
function at<T>(x: usize, place: i32): T {
  return load<T>(x + (place << alignof<T>()));
}

function foldBlock<T, F>(x: usize, from: i32, end: i32): T {
  return v128.extract_lane<T>(foldSpan<T, F>(x + (from << alignof<T>()), min(BLOCK, end - from), sizeof<T>()), 0);
}

/** Whether `value` replaces `best`: it is more extreme, or the first NaN. */
function exceeds<T, F>(value: T, best: T): bool {
  return best == best && value != best && v128.extract_lane<T>(changetype<F>(0).of<T>(v128.splat<T>(value), v128.splat<T>(best)), 0) != best;
}

/** Equal, or both NaN. */
// @ts-ignore: decorator
@inline
function same<T>(x: T, y: T): bool {
  return x == y || (x != x && y != y);
}
