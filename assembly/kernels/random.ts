/**
 * Random bits, and numbers computed from them. Element i depends on the key and on i only. Knows no tensors and no gradients.
 *
 * Bits are Threefry-2x32-20 of Salmon, Moraes, Dror & Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", 2011. This file, and every
 * function that it calls, does without relaxed SIMD, so every build draws the same numbers.
 */
import { OWN } from '../memory/scratch';
import { share, start } from '../parallel/share';

/** Blocks of two 32-bit words made at a time. */
const BLOCKS = 256;
/** Nanoseconds for a block and the number that a quantile function computes from it. */
const COST = 4;
const WORDS = memory.data(BLOCKS << 3, 16) + OWN;
const IOTA = memory.data<u32>([0, 1, 2, 3], 16);
const PARITY: u32 = 0x1bd11bda;

/** x rotated left by r bits, xor y. */
// @ts-ignore: decorator
@inline
function mix(x: v128, r: i32, y: v128): v128 {
  return v128.xor(v128.or(i32x4.shl(x, r), i32x4.shr_u(x, 32 - r)), y);
}

/** Writes the four blocks of the counters whose low words are the lanes of `low` and whose high words are those of `high`: eight words. */
function threefry(to: usize, k0: u32, k1: u32, low: v128, high: v128): void {
  let a = k0;
  let b = k1;
  let c = k0 ^ k1 ^ PARITY;
  let x = i32x4.add(low, i32x4.splat(k0));
  let y = i32x4.add(high, i32x4.splat(k1));
  for (let round = 0; round < 20; round += 4) {
    if (round & 4) {
      x = i32x4.add(x, y), y = mix(y, 17, x);
      x = i32x4.add(x, y), y = mix(y, 29, x);
      x = i32x4.add(x, y), y = mix(y, 16, x);
      x = i32x4.add(x, y), y = mix(y, 24, x);
    } else {
      x = i32x4.add(x, y), y = mix(y, 13, x);
      x = i32x4.add(x, y), y = mix(y, 15, x);
      x = i32x4.add(x, y), y = mix(y, 26, x);
      x = i32x4.add(x, y), y = mix(y, 6, x);
    }
    x = i32x4.add(x, i32x4.splat(b));
    y = i32x4.add(y, i32x4.splat(c + (round >> 2) + 1));
    const first = a;
    a = b, b = c, c = first;
  }
  v128.store(to, v128.shuffle<i32>(x, y, 0, 4, 1, 5));
  v128.store(to, v128.shuffle<i32>(x, y, 2, 6, 3, 7), 16);
}

/** y[i] = the block of counter x[i]; blocks and counters are pairs of words. */
export function blocksOf(y: usize, x: usize, count: i32, k0: u32, k1: u32): void {
  for (const end = y + (<usize>count << 3); y < end; y += 8) {
    threefry(WORDS, k0, k1, i32x4.splat(load<i32>(x)), i32x4.splat(load<i32>(x, 4)));
    store<u64>(y, load<u64>(WORDS));
    x += 8;
  }
}

/** Writes the blocks of `count` from number `from` on to WORDS, BLOCKS at most, and returns their number. */
function nextBlocks(from: i32, count: i32, k0: u32, k1: u32): i32 {
  const n = min(BLOCKS, count - from);
  for (let i = 0; i < n; i += 4) threefry(WORDS + (i << 3), k0, k1, i32x4.add(i32x4.splat(from + i), v128.load(IOTA)), i32x4.splat(0));
  return n;
}

/** The end of this thread's share of `count` blocks, which begins at `start()`. */
// @ts-ignore: decorator
@inline
function endOfShare(count: i32): i32 {
  const own = share(count, BLOCKS, COST);
  return start() + own;
}

/** Writes `count` random words. */
export function bits(y: usize, count: i32, k0: u32, k1: u32): void {
  const end = endOfShare((count >> 1) + (count & 1));
  for (let from = start(); from < end; from += BLOCKS) {
    const n = nextBlocks(from, end, k0, k1);
    memory.copy(y + (<usize>from << 3), WORDS, min<usize>(<usize>n << 3, (<usize>count << 2) - (<usize>from << 3)));
  }
}

/** Writes `count` float32 in [0, 1), multiples of 2^-24, each from the upper bits of a word. The last vector is stored whole. */
export function uniform32(y: usize, count: i32, k0: u32, k1: u32): void {
  const end = endOfShare((count >> 1) + (count & 1));
  y += start() << 3;
  for (let from = start(); from < end; from += BLOCKS) {
    const n = nextBlocks(from, end, k0, k1);
    const left = min(n << 1, count - (from << 1));
    for (let i = 0; i < left; i += 4) {
      const word = i32x4.shr_u(v128.load(WORDS + (i << 2)), 8);
      v128.store(y, f32x4.mul(f32x4.convert_i32x4_s(word), f32x4.splat(5.9604644775390625e-8)));
      y += 16;
    }
  }
}

/** Writes `count` numbers, rounded to T, of a functor that computes two float64 from two blocks. The last vector is stored whole. */
export function draw<F, T>(y: usize, count: i32, k0: u32, k1: u32): void {
  const f = changetype<F>(0);
  const end = endOfShare(count);
  y += start() * sizeof<T>();
  for (let from = start(); from < end; from += BLOCKS) {
    const n = nextBlocks(from, end, k0, k1);
    for (let i = 0; i < n; i += 2) {
      const v = f.f64x2(v128.load(WORDS + (i << 3)));
      if (sizeof<T>() == 8) v128.store(y, v);
      else v128.store64_lane(y, f32x4.demote_f64x2_zero(v), 0);
      y += sizeof<T>() << 1;
    }
  }
}

/** Writes `count` integers in [low, low + span), each from 64 bits, so the probabilities of two values differ by at most 2^-32 of themselves. */
export function integers(y: usize, count: i32, k0: u32, k1: u32, low: i32, span: u64): void {
  const end = endOfShare(count);
  y += start() << 2;
  for (let from = start(); from < end; from += BLOCKS) {
    const n = nextBlocks(from, end, k0, k1);
    for (let i = 0; i < n; i++) {
      store<i32>(y, low + below(load<u64>(WORDS + (i << 3)), span));
      y += 4;
    }
  }
}

/** ⌊span·x/2⁶⁴⌋ for span ≤ 2³². */
// @ts-ignore: decorator
@inline
function below(x: u64, span: u64): i32 {
  return <i32>(((x >> 32) * span + (((x & 0xffffffff) * span) >> 32)) >> 32);
}

/** Writes 0 … count − 1 in random order, after Fisher & Yates; block k decides the k-th exchange. */
export function permutation(y: usize, count: i32, k0: u32, k1: u32): void {
  for (let i = 0; i < count; i++) store<i32>(y + (<usize>i << 2), i);
  for (let from = 0; from < count - 1; from += BLOCKS) {
    const n = nextBlocks(from, count - 1, k0, k1);
    for (let k = 0; k < n; k++) {
      const last = count - 1 - from - k;
      const at = y + (<usize>last << 2);
      const other = y + (<usize>below(load<u64>(WORDS + (k << 3)), <u64>last + 1) << 2);
      const held = load<i32>(at);
      store<i32>(at, load<i32>(other));
      store<i32>(other, held);
    }
  }
}
