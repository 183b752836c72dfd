/**
 * The sanitizer build's checks of the heap: guards on both sides of every block, a list of the live blocks, patterns in fresh and in freed
 * bytes, and allocations that fail on demand. Knows bytes only; no other build contains it.
 *
 *   whole  ┌──────┬──────┬──────┬────────┬──────────┬─ block ─┬──────────┐
 *          │ next │ prev │ size │ serial │ 16 bytes │ NaN …   │ 16 bytes │
 *          └──────┴──────┴──────┴────────┴── guard ─┴─────────┴── guard ─┘
 *
 * Note [Patterns]. Fresh bytes are a quiet NaN in every float dtype and a large number as integers, so they are seen in any result that is
 * computed from them. Freed bytes are all ones, and are checked when the block is handed out again. A guard's bytes depend on its address,
 * so a copy of one block over another, beyond both ends, damages the guards; they are NaN too.
 */
import { Place } from '../shared/wings';

const FRONT: usize = 32;
/** What the guards add to a block. */
export const AROUND: usize = FRONT + 16;
const FRESH: u32 = 0x7ff87ff8;
const LINK: usize = 16; // bytes at the start of a free block in which the heap links it

/** The first damage found. */
enum Damage {
  none = 0,
  before = 1,
  behind = 2,
  /** Freed twice, never allocated, or with another length. */
  free = 3,
  /** Written to after it was freed. */
  freed = 4,
}

let first: usize = 0; // the youngest live block
let serial: u32 = 0;
let damage: Damage = Damage.none;
/** The block of the first damage found. */
export let damagedAt: usize = 0;
let failCountdown: i32 = -1;
let failForever: bool = false;

/** Lets the allocation after `n` successful ones fail: once, or for ever. */
export function heapFailAfter(n: i32, forever: bool): void {
  failCountdown = n;
  failForever = forever;
}

/** Whether this allocation is to fail. */
export function refuses(): bool {
  if (failCountdown < 0 || failCountdown--) return false;
  if (failForever) failCountdown = 0;
  return true;
}

// @ts-ignore: decorator
@inline
function guardOf(at: usize): v128 {
  return i32x4.splat(<i32>(0xfff80000 | ((<u32>at >> 4) & 0x7ffff)));
}

// @ts-ignore: decorator
@inline
function isIntact(at: usize): bool {
  return i32x4.all_true(i32x4.eq(v128.load(at), guardOf(at)));
}

function note(what: Damage, block: usize): void {
  if (damage) return;
  damage = what;
  damagedAt = block;
}

/** Makes a live block of `size` bytes out of `size + AROUND` free ones. */
export function surround(whole: usize, size: usize): usize {
  const block = whole + FRONT;
  const ones = i32x4.splat(-1);
  for (let at = whole + LINK, end = whole + size + AROUND; at < end; at += 16) {
    if (!i32x4.all_true(i32x4.eq(v128.load(at), ones))) note(Damage.freed, block);
  }
  for (let at = block, end = block + size; at < end; at += 16) v128.store(at, i32x4.splat(FRESH));
  v128.store(block - 16, guardOf(block - 16));
  v128.store(block + size, guardOf(block + size));
  store<usize>(whole, first);
  store<usize>(whole, 0, 4);
  store<usize>(whole, size, 8);
  store<u32>(whole, serial++, 12);
  if (first) store<usize>(first - FRONT, block, 4);
  first = block;
  return block;
}

/** Undoes `surround` and returns the start of the free bytes; 0 where no such block is live. */
export function unwrap(block: usize, size: usize): usize {
  if (!isBlock(block) || heapSize(block) != size) {
    note(Damage.free, block);
    return 0;
  }
  if (!isIntact(block + size)) note(Damage.behind, block);
  const whole = block - FRONT;
  const next = load<usize>(whole);
  const prev = load<usize>(whole, 4);
  if (next) store<usize>(next - FRONT, prev, 4);
  if (prev) store<usize>(prev - FRONT, next);
  else first = next;
  poison(whole, size + AROUND);
  return whole;
}

/** Marks bytes as free. */
export function poison(at: usize, bytes: usize): void {
  memory.fill(at, 0xff, bytes);
}

/** Whether a live block begins at `at`, which may be any number. */
export function isBlock(at: usize): bool {
  return !(at & 15) && at > <usize>Place.heap + FRONT && at < (<usize>memory.size() << 16) && isIntact(at - 16);
}

/** Checks both guards of every live block. Returns the first damage found, 0 for none. */
export function heapCheck(): i32 {
  for (let block = first; block; block = heapNext(block)) {
    if (!isIntact(block - 16)) note(Damage.before, block);
    else if (!isIntact(block + heapSize(block))) note(Damage.behind, block);
    if (damage) break;
  }
  return damage;
}

/** The live block after `block`, from the youngest to the oldest; the first for 0, and 0 for the last. */
export function heapNext(block: usize): usize {
  return block ? load<usize>(block - FRONT) : first;
}

/** Bytes of a live block. */
export function heapSize(block: usize): usize {
  return load<usize>(block - FRONT, 8);
}

/** How many blocks were allocated before it. */
export function heapSerial(block: usize): u32 {
  return load<u32>(block - FRONT, 12);
}
