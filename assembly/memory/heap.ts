/**
 * Allocator over linear memory: segregated bins up to 2 KiB, two-level segregated fit with coalescing above.
 * Knows bytes only; who frees a block says its length.
 * After Masmano, Ripoll, Crespo & Real, "TLSF: a New Dynamic Memory Allocator for Real-Time Systems", 2004.
 *
 *   large block   ┌──────────┬──────────┬──────┬──────┬─ payload, 16-byte aligned ─┐
 *                 │ size|free│ previous │ next │ prev │ …                          │   (next, prev: free blocks only)
 *                 └──────────┴──────────┴──────┴──────┴────────────────────────────┘
 */
import { Place } from '../shared/wings';
import * as guard from './guard';
import { freeInArena, OWN, allocInArena } from './scratch';

const SMALL: u32 = 2048; // bytes; up to here a block comes from a bin of its exact size
const SLAB: u32 = 16384; // bytes taken from the large heap to refill a bin
const LINE: usize = 64;
const HEADER: u32 = 16;
const SECOND_BITS: u32 = 4; // subdivisions of a power of two: 2^4
const FIRST_LOW: u32 = 8; // sizes below 2^8 share the first row
const ROWS: u32 = 25;
const FREE: u32 = 1; // bit 0 of the size word
const RESERVE: u32 = 256; // bytes at the end of memory, for vector loads that begin in a block and end behind it
const GROWTH_QUANTUM: u32 = 1 << 20;

const BINS = memory.data(((SMALL >> 4) + 1) << 2, 16);
const ROW_MAPS = memory.data(ROWS << 2, 16);
const LISTS = memory.data(ROWS << (SECOND_BITS + 2), 16);

let rowMap: u32 = 0; // bit r: row r has a free block
let last: usize = 0; // header of the physically last block
/** End of the managed range. */
export let heapEnd: usize = 0;
let maximum: u32 = 65536; // pages that memory may grow to

/** Bytes in live blocks, and the most there ever were. */
export let heapLive: usize = 0;
export let heapPeak: usize = 0;
/** The request that failed last, in bytes. */
export let heapRefused: usize = 0;

/** Rounds a length up to whole vectors; blocks have such lengths. */
// @ts-ignore: decorator
@inline
export function roundUp(bytes: usize): usize {
  return (bytes + 15) & ~15;
}

/** Restricts growth to `pages` of 64 KiB. */
export function heapLimit(pages: u32): void {
  maximum = min(pages, 65536);
}

/** Lowers the peak to the live bytes. */
export function heapResetPeak(): void {
  heapPeak = heapLive;
}

/** A block of `bytes`, 16-byte aligned, contents undefined; 0 when memory can't grow enough. */
export function alloc(bytes: usize): usize {
  if (isDefined(THREADS) && OWN) return allocInArena(bytes);
  if (bytes > 0xffff0000) return refuse(bytes);
  const size = max<usize>(roundUp(bytes), 16);
  if (isDefined(SANITIZE) && guard.refuses()) return refuse(bytes);
  const block = pop(isDefined(SANITIZE) ? size + guard.AROUND : size);
  if (!block) return refuse(bytes);
  heapLive += size;
  if (heapLive > heapPeak) heapPeak = heapLive;
  return isDefined(SANITIZE) ? guard.surround(block, size) : block;
}

// @ts-ignore: decorator
@inline
function pop(size: usize): usize {
  if (size > SMALL) return allocLarge(<u32>size);
  const bin = BINS + ((size >> 4) << 2);
  const block = load<usize>(bin);
  if (!block) return refill(bin, size);
  store<usize>(bin, load<usize>(block));
  return block;
}

/** As `alloc`, for a multiple of 16 up to SMALL. Inlined, for if the bin has a block two loads are enough. */
// @ts-ignore: decorator
@inline
export function allocSmall(size: usize): usize {
  const bin = BINS + ((size >> 4) << 2);
  const block = load<usize>(bin);
  if (!block || isDefined(SANITIZE)) return alloc(size);
  store<usize>(bin, load<usize>(block));
  heapLive += size;
  if (heapLive > heapPeak) heapPeak = heapLive;
  return block;
}

/** As `free`, for a block of `allocSmall`. */
// @ts-ignore: decorator
@inline
export function freeSmall(block: usize, size: usize): void {
  if (isDefined(SANITIZE)) return free(block, size);
  const bin = BINS + ((size >> 4) << 2);
  heapLive -= size;
  store<usize>(block, load<usize>(bin));
  store<usize>(bin, block);
}

/** Gives back a block that `alloc(bytes)` returned. */
export function free(block: usize, bytes: usize): void {
  if (isDefined(THREADS) && OWN) return freeInArena(block, bytes);
  const size = max<usize>(roundUp(bytes), 16);
  if (isDefined(SANITIZE)) {
    const whole = guard.unwrap(block, size);
    if (!whole) return;
    push(whole, size + guard.AROUND);
  } else {
    push(block, size);
  }
  heapLive -= size;
}

// @ts-ignore: decorator
@inline
function push(block: usize, size: usize): void {
  if (size > SMALL) return freeLarge(block - HEADER);
  const bin = BINS + ((size >> 4) << 2);
  store<usize>(block, load<usize>(bin));
  store<usize>(bin, block);
}

function refuse(bytes: usize): usize {
  heapRefused = bytes;
  return 0;
}

/** Cuts a slab, aligned to cache lines, into blocks of `size`. Returns the first and links the others into the bin. */
function refill(bin: usize, size: usize): usize {
  const whole = allocLarge(SLAB + <u32>LINE);
  if (!whole) return 0;
  const slab = (whole + LINE - 1) & ~(LINE - 1);
  const end = slab + SLAB - size;
  let block = slab + size;
  store<usize>(bin, block <= end ? block : 0);
  for (; block <= end; block += size) {
    const next = block + size;
    store<usize>(block, next <= end ? next : 0);
  }
  return slab;
}

// The row and the list of a size: row = ⌊log₂⌋, list = the next SECOND_BITS bits.

// @ts-ignore: decorator
@inline
function rowOf(size: u32): u32 {
  return size < 1 << FIRST_LOW ? 0 : 31 - clz(size) - (FIRST_LOW - 1);
}

// @ts-ignore: decorator
@inline
function columnOf(size: u32, row: u32): u32 {
  return row == 0 ? size >> (FIRST_LOW - SECOND_BITS) : (size >> (row + FIRST_LOW - 1 - SECOND_BITS)) ^ (1 << SECOND_BITS);
}

// @ts-ignore: decorator
@inline
function listOf(row: u32, column: u32): usize {
  return LISTS + (((row << SECOND_BITS) + column) << 2);
}

// @ts-ignore: decorator
@inline
function sizeOf(header: usize): u32 {
  return load<u32>(header) & ~FREE;
}

function insert(header: usize): void {
  const size = sizeOf(header);
  const row = rowOf(size);
  const column = columnOf(size, row);
  const list = listOf(row, column);
  const head = load<usize>(list);
  store<u32>(header, size | FREE);
  store<usize>(header, head, 8);
  store<usize>(header, 0, 12);
  if (head) store<usize>(head, header, 12);
  store<usize>(list, header);
  rowMap |= 1 << row;
  store<u32>(ROW_MAPS + (row << 2), load<u32>(ROW_MAPS + (row << 2)) | (1 << column));
}

function remove(header: usize): void {
  const size = sizeOf(header);
  const next = load<usize>(header, 8);
  const prev = load<usize>(header, 12);
  if (next) store<usize>(next, prev, 12);
  store<u32>(header, size);
  if (prev) {
    store<usize>(prev, next, 8);
    return;
  }
  const row = rowOf(size);
  const column = columnOf(size, row);
  store<usize>(listOf(row, column), next);
  if (next) return;
  const map = load<u32>(ROW_MAPS + (row << 2)) & ~(1 << column);
  store<u32>(ROW_MAPS + (row << 2), map);
  if (!map) rowMap &= ~(1 << row);
}

/** A free block of at least `size`: the first of the first list in which every block is long enough. */
function find(size: u32): usize {
  // Rounding up to the next list boundary makes any block of the list long enough.
  const shift = size < 1 << FIRST_LOW ? FIRST_LOW - SECOND_BITS : 31 - clz(size) - SECOND_BITS;
  const wanted = size + (1 << shift) - 1;
  if (wanted < size) return 0;
  let row = rowOf(wanted);
  let map = load<u32>(ROW_MAPS + (row << 2)) & (<u32>-1 << columnOf(wanted, row));
  if (!map) {
    const rows = rowMap & (row < 31 ? <u32>-1 << (row + 1) : 0);
    if (!rows) return 0;
    row = ctz(rows);
    map = load<u32>(ROW_MAPS + (row << 2));
  }
  return load<usize>(listOf(row, ctz(map)));
}

function allocLarge(size: u32): usize {
  const whole = size + HEADER;
  let header = find(whole);
  if (!header) {
    if (!grow(whole)) return 0;
    header = find(whole);
    if (!header) return 0;
  }
  remove(header);
  const rest = sizeOf(header) - whole;
  if (rest >= HEADER + 16) {
    const tail = header + whole;
    store<u32>(header, whole);
    store<u32>(tail, rest);
    store<usize>(tail, header, 4);
    if (header == last) last = tail;
    else store<usize>(tail + rest, tail, 4);
    insert(tail);
  }
  return header + HEADER;
}

function freeLarge(header: usize): void {
  let size = sizeOf(header);
  if (header != last) {
    const next = header + size;
    if (load<u32>(next) & FREE) {
      remove(next);
      size += sizeOf(next);
      if (next == last) last = header;
      if (isDefined(SANITIZE)) guard.poison(next, HEADER);
    }
  }
  const previous = load<usize>(header, 4);
  if (previous && load<u32>(previous) & FREE) {
    remove(previous);
    size += sizeOf(previous);
    if (header == last) last = previous;
    if (isDefined(SANITIZE)) guard.poison(header, HEADER);
    header = previous;
  }
  store<u32>(header, size);
  if (header != last) store<usize>(header + size, header, 4);
  insert(header);
}

/** Extends memory so that a block of `whole` bytes exists at its end. Grows by an eighth at least, so that growth stays rare. */
function grow(whole: u32): bool {
  const first = heapEnd == 0;
  if (first) heapEnd = roundUp(Place.heap);
  const held = <u64>memory.size() << 16;
  const need: u64 = <u64>heapEnd + whole + (whole >> 3) + RESERVE; // find() rounds up by at most 1/16
  if (need > held) {
    const generous = max<u64>(need, held + max<u64>(held >> 3, GROWTH_QUANTUM));
    if (!growTo(generous) && !growTo(need)) return false;
  }
  const end = <usize>((<u64>memory.size() << 16) - RESERVE) & ~15;
  const header = heapEnd;
  store<u32>(header, <u32>(end - header));
  store<usize>(header, first ? 0 : last, 4);
  last = header;
  heapEnd = end;
  if (isDefined(SANITIZE)) guard.poison(header + HEADER, end - header - HEADER);
  freeLarge(header);
  return true;
}

function growTo(bytes: u64): bool {
  const pages = <u32>((bytes + 0xffff) >> 16);
  const held = memory.size();
  if (pages > maximum) return false;
  return pages <= <u32>held || memory.grow(pages - held) >= 0;
}
