/** The plan of the arena: which of its bytes are occupied at the step that `emit` writes. Knows no values. */
import { Vector } from '../memory/vector';

/** Gaps below the top, as pairs of offset and bytes, in order. */
const GAPS = changetype<Vector>(memory.data(offsetof<Vector>(), 4));
let top: usize = 0;
/** The greatest value that `top` had, which is the arena's length. */
export let arenaBytes: usize = 0;

export function beginArena(): void {
  top = 0;
  arenaBytes = 0;
}

export function endArena(): void {
  GAPS.clear();
}

/** Bytes that a tensor of `size` elements occupies, slack included: see Note [Slack] in tensor.ts. */
export function roomOf(size: i32, shift: u32): usize {
  return ((<usize>size << shift) + 31 - (1 << shift)) & ~15;
}

/** Occupies `bytes` in the smallest gap that is long enough, else at the top, and returns their offset. */
export function occupy(bytes: usize): usize {
  let best: usize = 0;
  const end = GAPS.start + GAPS.length;
  for (let gap = GAPS.start; gap < end; gap += 8) {
    const room = load<usize>(gap, 4);
    if (room >= bytes && (!best || room < load<usize>(best, 4))) best = gap;
  }
  if (best) {
    const offset = load<usize>(best);
    const room = load<usize>(best, 4) - bytes;
    store<usize>(best, offset + bytes);
    store<usize>(best, room, 4);
    if (!room) removeGap(best);
    return offset;
  }
  const offset = top;
  top += bytes;
  arenaBytes = max(arenaBytes, top);
  return offset;
}

/** Frees the bytes that `take(bytes)` occupied at `offset`; false when memory is out. */
export function vacate(offset: usize, bytes: usize): bool {
  let at: usize = 0; // of the first gap behind `offset`
  while (at < GAPS.length && load<usize>(GAPS.start + at) < offset) at += 8;
  const before = GAPS.start + at - 8;
  if (at && load<usize>(before) + load<usize>(before, 4) == offset) {
    store<usize>(before, load<usize>(before, 4) + bytes, 4);
    at -= 8;
  } else if (!insertGap(at, offset, bytes)) return false;
  const gap = GAPS.start + at;
  const end = load<usize>(gap) + load<usize>(gap, 4);
  if (at + 8 < GAPS.length && load<usize>(gap, 8) == end) {
    store<usize>(gap, load<usize>(gap, 4) + load<usize>(gap, 12), 4);
    removeGap(gap + 8);
  } else if (end == top) {
    top = load<usize>(gap);
    removeGap(gap);
  }
  return true;
}

function insertGap(at: usize, offset: usize, bytes: usize): bool {
  if (!GAPS.extend(8)) return false;
  const gap = GAPS.start + at;
  memory.copy(gap + 8, gap, GAPS.length - 8 - at);
  store<usize>(gap, offset);
  store<usize>(gap, bytes, 4);
  return true;
}

function removeGap(gap: usize): void {
  GAPS.length -= 8;
  memory.copy(gap, gap + 8, GAPS.start + GAPS.length - gap);
}
