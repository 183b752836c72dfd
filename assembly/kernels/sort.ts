/**
 * Lines of real numbers in order, NaN last: their values, or where they stand. Knows pointers, no tensors.
 *
 * Note [Keys]. A number is ordered as a signed integer of its size: its bits, all but the sign inverted where it is negative; zeros of both
 * signs have one key, and every NaN has the greatest. A descending order inverts the keys of numbers. What is sorted is an entry that
 * begins with a key: the key alone, where values are wanted, else the key and the place. Both orders keep equal keys as they stand.
 *
 * Note [Digits]. Entries move by one digit of the key after the other, the lowest first; a digit that all keys share moves none. About 2 ns
 * for an entry and digit. A few entries are put in their places one by one.
 */
import { alloc, free } from '../memory/heap';
import { ARENA } from '../memory/scratch';
import { keepWhole, share, start } from '../parallel/share';

/** Nanoseconds for a number, and for one that is looked up. */
const COST = 20;
/** Up to so many entries are sorted by insertion. */
const FEW = 24;
/** From so many on digits have eleven bits, before eight. */
const MANY = 1 << 15;
const BITS = 11;
/** Counts of all digits of 64 bits. */
const COUNTS: usize = 6 << (BITS + 2);

/** The key of one number in each lane. */
// @ts-ignore: decorator
@inline
function keysOf<T>(x: v128, order: v128): v128 {
  if (sizeof<T>() == 4) {
    if (!isFloat<T>()) return v128.xor(x, order);
    const b = f32x4.add(x, f32x4.splat(0)); // −0 + 0 = 0
    const key = v128.xor(v128.xor(b, i32x4.shr_u(i32x4.shr_s(b, 31), 1)), order);
    return v128.bitselect(i32x4.splat(i32.MAX_VALUE), key, f32x4.ne(x, x));
  }
  const b = f64x2.add(x, f64x2.splat(0));
  const key = v128.xor(v128.xor(b, i64x2.shr_u(i64x2.shr_s(b, 63), 1)), order);
  return v128.bitselect(i64x2.splat(i64.MAX_VALUE), key, f64x2.ne(x, x));
}

/** The number of a key, not whether a zero was negative or which NaN it was. */
// @ts-ignore: decorator
@inline
function numberOf<T>(key: v128, order: v128): v128 {
  if (!isFloat<T>()) return v128.xor(key, order);
  if (sizeof<T>() == 4) {
    const isNaN = i32x4.eq(key, i32x4.splat(i32.MAX_VALUE)), k = v128.xor(key, order);
    return v128.or(v128.xor(k, i32x4.shr_u(i32x4.shr_s(k, 31), 1)), isNaN);
  }
  const isNaN = i64x2.eq(key, i64x2.splat(i64.MAX_VALUE)), k = v128.xor(key, order);
  return v128.or(v128.xor(k, i64x2.shr_u(i64x2.shr_s(k, 63), 1)), isNaN);
}

/** All bits where the order is descending. */
// @ts-ignore: decorator
@inline
function maskOf(descending: bool): v128 { return i32x4.splat(-<i32>descending); }

/** Keys of the line of n numbers at x. */
function writeKeys<T>(to: usize, x: usize, n: i32, descending: bool): void {
  const order = maskOf(descending), end = to + <usize>n * sizeof<T>();
  for (; to < end; to += 16, x += 16) v128.store(to, keysOf<T>(v128.load(x), order));
}

/** Entries of the keys and places of the line of n numbers at x. */
function writePairs<T>(to: usize, x: usize, n: i32, descending: bool): void {
  const order = maskOf(descending), lanes = 16 / sizeof<T>();
  for (let i = 0; i < n; i += lanes, x += 16) {
    const keys = keysOf<T>(v128.load(x), order);
    if (sizeof<T>() == 4) {
      const places = i32x4.add(i32x4.splat(i), i32x4(0, 1, 2, 3));
      v128.store(to, v128.shuffle<i32>(keys, places, 0, 4, 1, 5));
      v128.store(to, v128.shuffle<i32>(keys, places, 2, 6, 3, 7), 16);
    } else {
      v128.store(to, v128.shuffle<i64>(keys, i64x2.splat(i), 0, 2));
      v128.store(to, v128.shuffle<i64>(keys, i64x2.splat(i + 1), 1, 3), 16);
    }
    to += 32;
  }
}

// @ts-ignore: decorator
@inline
function move<E>(to: usize, from: usize): void {
  if (sizeof<E>() == 16) v128.store(to, v128.load(from));
  else store<E>(to, load<E>(from));
}

/** Puts n entries E with keys K in their places. */
function insert<K, E>(at: usize, n: i32): void {
  for (let end = at + sizeof<E>(), last = at + <usize>n * sizeof<E>(); end < last; end += sizeof<E>()) {
    const key = load<K>(end);
    let to = end;
    if (sizeof<E>() == 16) {
      const entry = v128.load(end);
      for (; to > at && load<K>(to - sizeof<E>()) > key; to -= sizeof<E>()) move<E>(to, to - sizeof<E>());
      v128.store(to, entry);
    } else {
      const entry = load<E>(end);
      for (; to > at && load<K>(to - sizeof<E>()) > key; to -= sizeof<E>()) move<E>(to, to - sizeof<E>());
      store<E>(to, entry);
    }
  }
}

/** Sorts n entries E with keys K at `from`, with as much room at `to` and room for counts. Returns where they are: at `from` or `to`. */
function sortEntries<K, E>(from: usize, to: usize, n: i32, counts: usize): usize {
  if (n <= FEW) {
    insert<K, E>(from, n);
    return from;
  }
  const bits = n < MANY ? 8 : BITS, width = <i32>sizeof<K>() << 3, digits = (width + bits - 1) / bits, radix = 1 << bits;
  const lowest = width == 32 ? <K>i32.MIN_VALUE : <K>i64.MIN_VALUE;
  memory.fill(counts, 0, <usize>(digits * radix) << 2);
  const end = from + <usize>n * sizeof<E>();
  for (let p = from; p < end; p += sizeof<E>()) {
    let key = load<K>(p) ^ lowest;
    for (let row = counts, d = digits; d > 0; d--) {
      const at = row + ((<usize>key & (radix - 1)) << 2);
      store<i32>(at, load<i32>(at) + 1);
      key = sizeof<K>() == 4 ? <K>(<u32>key >> bits) : <K>(<u64>key >> bits);
      row += <usize>radix << 2;
    }
  }
  const first = load<K>(from) ^ lowest;
  let source = from, room = to;
  for (let d = 0; d < digits; d++) {
    const row = counts + (<usize>(d * radix) << 2), shift = <K>(d * bits);
    if (load<i32>(row + (<usize>digitOf<K>(first, shift, radix) << 2)) == n) continue;
    let at = <u32>room;
    for (let p = row, rowEnd = row + (<usize>radix << 2); p < rowEnd; p += 4) {
      const count = load<i32>(p);
      store<u32>(p, at);
      at += count * sizeof<E>();
    }
    const last = source + <usize>n * sizeof<E>();
    for (let p = source; p < last; p += sizeof<E>()) {
      const slot = row + (<usize>digitOf<K>(load<K>(p) ^ lowest, shift, radix) << 2);
      const place = load<u32>(slot);
      move<E>(place, p);
      store<u32>(slot, place + sizeof<E>());
    }
    const other = source;
    source = room;
    room = other;
  }
  return source;
}

// @ts-ignore: decorator
@inline
function digitOf<K>(key: K, shift: K, radix: i32): u32 {
  return (sizeof<K>() == 4 ? <u32>key >> <u32>shift : <u32>(<u64>key >> <u64>shift)) & (radix - 1);
}

/** Room for two sets of n entries of `size` bytes and for counts. */
// @ts-ignore: decorator
@inline
function roomFor(n: i32, size: usize): usize { return ((<usize>n * size + 47) & ~15) * 2 + COUNTS; }

function room(n: i32, size: usize): usize {
  const bytes = roomFor(n, size);
  if (bytes > ARENA >> 1) keepWhole();
  return alloc(bytes);
}

/** y ← the values of `lines` lines of n numbers in order. False when memory is out. */
export function sortLines<T>(y: usize, x: usize, lines: i32, n: i32, descending: bool): bool {
  const entries = room(n, sizeof<T>());
  if (!entries) return false;
  const own = share(lines, 1, <f64>n * COST);
  x += <usize>start() * n * sizeof<T>();
  y += <usize>start() * n * sizeof<T>();
  const other = entries + ((<usize>n * sizeof<T>() + 47) & ~15), counts = other + (other - entries);
  const order = maskOf(descending), bytes = <usize>n * sizeof<T>();
  for (let i = own; i > 0; i--) {
    writeKeys<T>(entries, x, n, descending);
    const sorted = sizeof<T>() == 4 ? sortEntries<i32, u32>(entries, other, n, counts) : sortEntries<i64, u64>(entries, other, n, counts);
    const whole = bytes & ~15;
    for (let at: usize = 0; at < whole; at += 16) v128.store(y + at, numberOf<T>(v128.load(sorted + at), order));
    if (whole < bytes) {
      v128.store(entries, numberOf<T>(v128.load(sorted + whole), order));
      memory.copy(y + whole, entries, bytes - whole);
    }
    if (isFloat<T>()) placeZeros<T>(y, x, n);
    x += bytes;
    y += bytes;
  }
  free(entries, roomFor(n, sizeof<T>()));
  return true;
}

/** Gives the zeros of y, sorted, the signs that those of x have, in the order in which they stand there. */
function placeZeros<T>(y: usize, x: usize, n: i32): void {
  const end = x + <usize>n * sizeof<T>();
  let isAny = false;
  for (let p = x; p < end && !isAny; p += sizeof<T>()) isAny = sizeof<T>() == 4 ? load<i32>(p) == i32.MIN_VALUE : load<i64>(p) == i64.MIN_VALUE;
  if (!isAny) return;
  while (load<T>(y) != 0) y += sizeof<T>();
  for (let p = x; p < end; p += sizeof<T>()) {
    if (load<T>(p) != 0) continue;
    store<T>(y, load<T>(p));
    y += sizeof<T>();
  }
}

/** Sorts n pairs. */
// @ts-ignore: decorator
@inline
function sortPairs<T>(from: usize, to: usize, n: i32, counts: usize): usize {
  return sizeof<T>() == 4 ? sortEntries<i32, u64>(from, to, n, counts) : sortEntries<i64, v128>(from, to, n, counts);
}

/** y ← the places of the first k of `lines` lines of n numbers in order. False when memory is out. */
export function orderLines<T>(y: usize, x: usize, lines: i32, n: i32, k: i32, descending: bool): bool {
  const size = sizeof<T>() << 1;
  // Of a few the best so far and a run of candidates are enough.
  const held = k < n >> 3 ? min(n, 2 * k + 1024) : n;
  const pairs = room(held, size);
  if (!pairs) return false;
  const own = share(lines, 1, <f64>n * COST);
  x += <usize>start() * n * sizeof<T>();
  y += <usize>(start() * k) << 2;
  const other = pairs + ((<usize>held * size + 47) & ~15), counts = other + (other - pairs);
  for (let i = own; i > 0; i--) {
    let sorted: usize;
    if (held == n) {
      writePairs<T>(pairs, x, n, descending);
      sorted = sortPairs<T>(pairs, other, n, counts);
    } else sorted = select<T>(pairs, other, counts, x, n, k, held, descending);
    for (let j = 0; j < k; j++) store<i32>(y + (<usize>j << 2), load<i32>(sorted + <usize>j * size, sizeof<T>()));
    x += <usize>n * sizeof<T>();
    y += <usize>k << 2;
  }
  free(pairs, roomFor(held, size));
  return true;
}

/** The first k of n numbers in order, as pairs: candidates that come before the k-th so far are collected, up to `held`, then cut to k. */
function select<T>(pairs: usize, other: usize, counts: usize, x: usize, n: i32, k: i32, held: i32, descending: bool): usize {
  const size = sizeof<T>() << 1, order = maskOf(descending), lanes = 16 / sizeof<T>();
  let i = held & -lanes, kept = i;
  writePairs<T>(pairs, x, i, descending);
  while (true) {
    const sorted = sortPairs<T>(pairs, other, kept, counts);
    if (i >= n) return sorted;
    if (sorted != pairs) memory.copy(pairs, sorted, <usize>k * size);
    kept = k;
    const last = pairs + <usize>(k - 1) * size, most = sizeof<T>() == 4 ? v128.load32_splat(last) : v128.load64_splat(last);
    for (; i < n && kept <= held - lanes; i += lanes) {
      const keys = keysOf<T>(v128.load(x + <usize>i * sizeof<T>()), order);
      let before = sizeof<T>() == 4 ? i32x4.bitmask(i32x4.lt_s(keys, most)) : i64x2.bitmask(i64x2.lt_s(keys, most));
      if (i + lanes > n) before &= (1 << (n - i)) - 1;
      for (; before; before &= before - 1) {
        const lane = ctz(before), to = pairs + <usize>kept * size;
        kept++;
        if (sizeof<T>() == 4) {
          store<i32>(to, keyOf32<T>(load<T>(x + (<usize>(i + lane) << 2)), descending));
          store<i32>(to, i + lane, 4);
        } else {
          store<i64>(to, lane ? i64x2.extract_lane(keys, 1) : i64x2.extract_lane(keys, 0));
          store<i64>(to, i + lane, 8);
        }
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function keyOf32<T>(x: T, descending: bool): i32 {
  return i32x4.extract_lane(keysOf<T>(v128.splat<T>(x), maskOf(descending)), 0);
}

/** Whether a comes before b, NaN last. */
// @ts-ignore: decorator
@inline
function isBefore<T>(a: T, b: T): bool { return isFloat<T>() ? a < b || (b != b && a == a) : a < b; }

/**
 * y ← for each of the numbers at v, `each` to a line, how many of the n numbers in order in its line at `sorted` come before it or, with
 * `right`, not behind it.
 */
export function placeInOrder<T>(y: usize, v: usize, lines: i32, each: i32, sorted: usize, n: i32, right: bool): void {
  const first = n ? 1 << (31 - clz(n)) : 0;
  const own = share(lines * each, 1, COST);
  for (let i = start(), end = i + own; i < end; i++) {
    const value = load<T>(v + <usize>i * sizeof<T>()), line = sorted + <usize>(i / each) * n * sizeof<T>();
    let place = 0;
    for (let step = first; step; step >>= 1) {
      const next = place + step;
      if (next > n) continue;
      const other = load<T>(line + <usize>(next - 1) * sizeof<T>());
      if (right ? !isBefore<T>(value, other) : isBefore<T>(other, value)) place = next;
    }
    store<i32>(y + (<usize>i << 2), place);
  }
}
