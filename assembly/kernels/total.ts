/**
 * Totals: the state of a fold, kept for each lane, and the functors that fold. Knows vectors, no lines.
 *
 * Note [Sums]. A block of 2 KiB is added up in eight vectors, at most 25 roundings deep. Blocks are added in their order into a total
 * twice as precise as the elements: float64 for float32, two float64 for float64 (Knuth, TAOCP 2, 4.2.2, theorem B). So
 * |err| ≤ 26u·Σ|x| whatever the length, where pairwise summation has (16 + log₂ n)·u and a plain loop n·u. Blocks are counted from the
 * line's first element: the bits depend neither on its address nor on its strides.
 */
import { OWN } from '../memory/scratch';
import { Mul } from './arithmetic';

/** Bytes of a line that are folded before they enter the total. */
export const BLOCK = 2048;

/** Totals of the parts of a block, a vector of them in 32 bytes. */
export const TOTALS = memory.data(2 * BLOCK, 16) + OWN;
/** v128.load(LANES + 16 − b) selects the first b bytes. */
export const LANES = memory.data<u64>([-1, -1, 0, 0], 16);

// The functors: x ∘ y on all lanes of T, and the x for which x ∘ y = y.

@unmanaged
@final
export class Plus {
  // @ts-ignore: decorator
  @inline get adds(): bool { return true; }
  // @ts-ignore: decorator
  @inline of<T>(x: v128, y: v128): v128 { return v128.add<T>(x, y); }
  // @ts-ignore: decorator
  @inline identity<T>(): v128 { return v128.splat<T>(<T>0); }
}

@unmanaged
@final
export class Times {
  // @ts-ignore: decorator
  @inline get adds(): bool { return false; }
  // @ts-ignore: decorator
  @inline of<T>(x: v128, y: v128): v128 { return v128.mul<T>(x, y); }
  // @ts-ignore: decorator
  @inline identity<T>(): v128 { return v128.splat<T>(<T>1); }
}

// Largest and smallest: `pmax` and `pmin` keep a NaN on the left, and a mask adds that of the right. Together they cost half of `max` and `min`,
// which order −0 and +0 besides. Here a result of 0 may have either sign.

/** The larger; NaN if either is. */
@unmanaged
@final
export class Larger {
  // @ts-ignore: decorator
  @inline get adds(): bool { return false; }
  // @ts-ignore: decorator
  @inline of<T>(x: v128, y: v128): v128 { return isFloat<T>() ? v128.or(v128.pmax<T>(x, y), v128.ne<T>(y, y)) : v128.max<T>(x, y); }
  // @ts-ignore: decorator
  @inline identity<T>(): v128 { return v128.splat<T>(isFloat<T>() ? <T>-Infinity : <T>(isSigned<T>() ? i32.MIN_VALUE : 0)); }
}

/** The larger, in one instruction; ignores NaN on the right. */
@unmanaged
@final
export class Peak {
  // @ts-ignore: decorator
  @inline get adds(): bool { return false; }
  // @ts-ignore: decorator
  @inline of<T>(x: v128, y: v128): v128 { return v128.pmax<T>(x, y); }
  // @ts-ignore: decorator
  @inline identity<T>(): v128 { return v128.splat<T>(<T>-Infinity); }
}

/** The smaller; NaN if either is. */
@unmanaged
@final
export class Smaller {
  // @ts-ignore: decorator
  @inline get adds(): bool { return false; }
  // @ts-ignore: decorator
  @inline of<T>(x: v128, y: v128): v128 { return isFloat<T>() ? v128.or(v128.pmin<T>(x, y), v128.ne<T>(y, y)) : v128.min<T>(x, y); }
  // @ts-ignore: decorator
  @inline identity<T>(): v128 { return v128.splat<T>(isFloat<T>() ? <T>Infinity : <T>(isSigned<T>() ? i32.MAX_VALUE : 1)); }
}

/** Products of complex numbers, whose parts are of type T. */
@unmanaged
@final
export class PairTimes {
  // @ts-ignore: decorator
  @inline get adds(): bool { return false; }
  of<T>(x: v128, y: v128): v128 { return sizeof<T>() == 4 ? changetype<Mul>(0).c64(x, y) : changetype<Mul>(0).c128(x, y); }
  // @ts-ignore: decorator
  @inline identity<T>(): v128 { return sizeof<T>() == 4 ? v128.shuffle<f32>(f32x4.splat(1), f32x4.splat(0), 0, 4, 0, 4) : f64x2(1, 0); }
}

/** Sets the totals of parts of `bytes` bytes to the functor's identity. */
export function reset<T, F>(totals: usize, bytes: i32): void {
  const wide = widens<T, F>();
  const none = wide ? f64x2.splat(0) : changetype<F>(0).identity<T>();
  for (const end = totals + (bytes << 1); totals < end; totals += 32) {
    v128.store(totals, none);
    v128.store(totals, none, 16);
  }
}

/** Whether the total is kept in twice the precision. See Note [Sums] */
// @ts-ignore: decorator
@inline
function widens<T, F>(): bool {
  return isFloat<T>() && changetype<F>(0).adds;
}

/** Folds a vector of parts into the total at `total`. */
// @ts-ignore: decorator
@inline
export function carry<T, F>(total: usize, part: v128): void {
  const held = v128.load(total);
  const rest = v128.load(total, 16);
  if (!widens<T, F>()) {
    v128.store(total, changetype<F>(0).of<T>(held, part));
  } else if (sizeof<T>() == 4) {
    v128.store(total, f64x2.add(held, f64x2.promote_low_f32x4(part)));
    v128.store(total, f64x2.add(rest, f64x2.promote_low_f32x4(v128.shuffle<f64>(part, part, 1, 0))), 16);
  } else {
    const sum = f64x2.add(held, part);
    const added = f64x2.sub(sum, held);
    const lost = f64x2.add(f64x2.sub(held, f64x2.sub(sum, added)), f64x2.sub(part, added));
    v128.store(total, sum);
    v128.store(total, f64x2.add(rest, lost), 16);
  }
}

/** A sum in two parts, rounded. `lost` is NaN where the sum is infinite. */
// @ts-ignore: decorator
@inline
function rounded(sum: v128, lost: v128): v128 {
  return f64x2.add(sum, v128.and(lost, f64x2.eq(lost, lost)));
}

/** The total of each lane. */
// @ts-ignore: decorator
@inline
export function total<T, F>(at: usize): v128 {
  const held = v128.load(at);
  const rest = v128.load(at, 16);
  if (!widens<T, F>()) return held;
  if (sizeof<T>() == 8) return rounded(held, rest);
  return v128.shuffle<f64>(f32x4.demote_f64x2_zero(held), f32x4.demote_f64x2_zero(rest), 0, 2);
}

/** The total of all elements of `width` bytes in the lanes, in the first lanes. */
export function lanesTotal<T, F>(at: usize, width: i32): v128 {
  if (widens<T, F>() && sizeof<T>() == 4) {
    const pairs = f64x2.add(v128.load(at), v128.load(at, 16));
    return f32x4.demote_f64x2_zero(width == 4 ? f64x2.add(pairs, v128.shuffle<f64>(pairs, pairs, 1, 0)) : pairs);
  }
  const f = changetype<F>(0);
  let x = total<T, F>(at);
  if (width <= 8) x = f.of<T>(x, v128.shuffle<f64>(x, x, 1, 0));
  if (width <= 4) x = f.of<T>(x, v128.shuffle<f32>(x, x, 1, 0, 3, 2));
  if (sizeof<T>() == 1) {
    x = f.of<T>(x, i32x4.shr_u(x, 16));
    x = f.of<T>(x, i32x4.shr_u(x, 8));
  }
  return x;
}

/** Stores the first `bytes` bytes of x, or all of it. */
// @ts-ignore: decorator
@inline
export function storeFirst(out: usize, x: v128, bytes: usize): void {
  if (bytes >= 16) v128.store(out, x);
  else storeFew(out, x, <i32>bytes);
}

function storeFew(out: usize, x: v128, bytes: i32): void {
  if (bytes & 8) {
    v128.store64_lane(out, x, 0);
    x = v128.shuffle<f64>(x, x, 1, 0);
    out += 8;
  }
  if (bytes & 4) {
    v128.store32_lane(out, x, 0);
    x = v128.shuffle<f32>(x, x, 1, 0, 3, 2);
    out += 4;
  }
  for (bytes &= 3; bytes > 0; bytes--) {
    v128.store8_lane(out++, x, 0);
    x = i32x4.shr_u(x, 8);
  }
}

/** The first `bytes` bytes of x, 0 after them. */
// @ts-ignore: decorator
@inline
export function firstBytes(x: v128, bytes: usize): v128 {
  return bytes >= 16 ? x : v128.and(x, v128.load(LANES + 16 - bytes));
}

// A sum that is fed block by block. See Note [Sums]

export function beginSum<T>(): void {
  reset<T, Plus>(TOTALS, 16);
}

/** Adds a block's sums by lanes. */
// @ts-ignore: decorator
@inline
export function addToSum<T>(part: v128): void {
  carry<T, Plus>(TOTALS, part);
}

export function endSum<T>(): f64 {
  if (sizeof<T>() == 8) return f64x2.extract_lane(lanesTotal<T, Plus>(TOTALS, 8), 0);
  const pairs = f64x2.add(v128.load(TOTALS), v128.load(TOTALS, 16));
  return f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1);
}
