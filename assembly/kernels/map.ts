/**
 * Elementwise loops, generic over a functor: for each type of lanes, one contiguous pass over the current tile. Knows no operation.
 *
 * A functor class has a method for each type of lanes: `f32x4`, `f64x2`, `i32x4`, `c64` (two complex64 in a vector), `c128` (one complex128);
 * `f32x2` instead of `f32x4` where float32 is computed in two lanes of float64.
 * A class that is passed as a type argument and called through `changetype<F>(0)` is inlined. The last vector of a tile is stored whole.
 * See Note [Slack]
 */
import { tile0, tile1, tile2, tileOut } from './tile';

// @ts-ignore: decorator
@inline
function promoted(x: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(x));
}

export function f32x4Map1<F>(n: i32): void {
  const f = changetype<F>(0);
  let x = tile0;
  let y = tileOut;
  for (const end = y + (n << 2); y < end; y += 16) {
    v128.store(y, f.f32x4(v128.load(x)));
    x += 16;
  }
}

/** Two float32 as float64, rounded once. */
export function f32x2Map1<F>(n: i32): void {
  const f = changetype<F>(0);
  let x = tile0;
  let y = tileOut;
  for (const end = y + (n << 2); y < end; y += 8) {
    v128.store64_lane(y, f32x4.demote_f64x2_zero(f.f32x2(promoted(x))), 0);
    x += 8;
  }
}

export function f64x2Map1<F>(n: i32): void {
  const f = changetype<F>(0);
  let x = tile0;
  let y = tileOut;
  for (const end = y + (n << 3); y < end; y += 16) {
    v128.store(y, f.f64x2(v128.load(x)));
    x += 16;
  }
}

export function i32x4Map1<F>(n: i32): void {
  const f = changetype<F>(0);
  let x = tile0;
  let y = tileOut;
  for (const end = y + (n << 2); y < end; y += 16) {
    v128.store(y, f.i32x4(v128.load(x)));
    x += 16;
  }
}

export function f32x4Map2<F>(n: i32): void {
  const f = changetype<F>(0);
  let x0 = tile0;
  let x1 = tile1;
  let y = tileOut;
  for (const end = y + (n << 2); y < end; y += 16) {
    v128.store(y, f.f32x4(v128.load(x0), v128.load(x1)));
    x0 += 16;
    x1 += 16;
  }
}

export function f32x2Map2<F>(n: i32): void {
  const f = changetype<F>(0);
  let x0 = tile0;
  let x1 = tile1;
  let y = tileOut;
  for (const end = y + (n << 2); y < end; y += 8) {
    v128.store64_lane(y, f32x4.demote_f64x2_zero(f.f32x2(promoted(x0), promoted(x1))), 0);
    x0 += 8;
    x1 += 8;
  }
}

export function f64x2Map2<F>(n: i32): void {
  const f = changetype<F>(0);
  let x0 = tile0;
  let x1 = tile1;
  let y = tileOut;
  for (const end = y + (n << 3); y < end; y += 16) {
    v128.store(y, f.f64x2(v128.load(x0), v128.load(x1)));
    x0 += 16;
    x1 += 16;
  }
}

export function i32x4Map2<F>(n: i32): void {
  const f = changetype<F>(0);
  let x0 = tile0;
  let x1 = tile1;
  let y = tileOut;
  for (const end = y + (n << 2); y < end; y += 16) {
    v128.store(y, f.i32x4(v128.load(x0), v128.load(x1)));
    x0 += 16;
    x1 += 16;
  }
}

export function f32x4Map3<F>(n: i32): void {
  const f = changetype<F>(0);
  let x0 = tile0;
  let x1 = tile1;
  let x2 = tile2;
  let y = tileOut;
  for (const end = y + (n << 2); y < end; y += 16) {
    v128.store(y, f.f32x4(v128.load(x0), v128.load(x1), v128.load(x2)));
    x0 += 16;
    x1 += 16;
    x2 += 16;
  }
}

export function f64x2Map3<F>(n: i32): void {
  const f = changetype<F>(0);
  let x0 = tile0;
  let x1 = tile1;
  let x2 = tile2;
  let y = tileOut;
  for (const end = y + (n << 3); y < end; y += 16) {
    v128.store(y, f.f64x2(v128.load(x0), v128.load(x1), v128.load(x2)));
    x0 += 16;
    x1 += 16;
    x2 += 16;
  }
}

/** Complex by vectors of two complex64. */
export function c64Map1<F>(n: i32): void {
  const f = changetype<F>(0);
  let x = tile0;
  let y = tileOut;
  for (const end = y + (n << 3); y < end; y += 16) {
    v128.store(y, f.c64(v128.load(x)));
    x += 16;
  }
}

export function c128Map1<F>(n: i32): void {
  const f = changetype<F>(0);
  let x = tile0;
  let y = tileOut;
  for (const end = y + (n << 4); y < end; y += 16) {
    v128.store(y, f.c128(v128.load(x)));
    x += 16;
  }
}

export function c64Map2<F>(n: i32): void {
  const f = changetype<F>(0);
  let x0 = tile0;
  let x1 = tile1;
  let y = tileOut;
  for (const end = y + (n << 3); y < end; y += 16) {
    v128.store(y, f.c64(v128.load(x0), v128.load(x1)));
    x0 += 16;
    x1 += 16;
  }
}

export function c128Map2<F>(n: i32): void {
  const f = changetype<F>(0);
  let x0 = tile0;
  let x1 = tile1;
  let y = tileOut;
  for (const end = y + (n << 4); y < end; y += 16) {
    v128.store(y, f.c128(v128.load(x0), v128.load(x1)));
    x0 += 16;
    x1 += 16;
  }
}

// One complex64 through a functor that works in complex128: computed in double, rounded once.

export function wideMap1<F>(n: i32): void {
  const f = changetype<F>(0);
  let x = tile0;
  let y = tileOut;
  for (const end = y + (n << 3); y < end; y += 8) {
    v128.store64_lane(y, f32x4.demote_f64x2_zero(f.c128(promoted(x))), 0);
    x += 8;
  }
}

export function wideMap2<F>(n: i32): void {
  const f = changetype<F>(0);
  let x0 = tile0;
  let x1 = tile1;
  let y = tileOut;
  for (const end = y + (n << 3); y < end; y += 8) {
    v128.store64_lane(y, f32x4.demote_f64x2_zero(f.c128(promoted(x0), promoted(x1))), 0);
    x0 += 8;
    x1 += 8;
  }
}

// Complex to real: a functor takes real and imaginary parts as separate lanes.

export function c64Parts<F>(n: i32): void {
  const f = changetype<F>(0);
  let x = tile0;
  let y = tileOut;
  for (const end = y + (n << 2); y < end; y += 16) {
    const a = v128.load(x);
    const b = v128.load(x, 16);
    v128.store(y, f.f32x4(v128.shuffle<f32>(a, b, 0, 2, 4, 6), v128.shuffle<f32>(a, b, 1, 3, 5, 7)));
    x += 32;
  }
}

export function c128Parts<F>(n: i32): void {
  const f = changetype<F>(0);
  let x = tile0;
  let y = tileOut;
  for (const end = y + (n << 3); y < end; y += 16) {
    const a = v128.load(x);
    const b = v128.load(x, 16);
    v128.store(y, f.f64x2(v128.shuffle<f64>(a, b, 0, 2), v128.shuffle<f64>(a, b, 1, 3)));
    x += 32;
  }
}

/** Real and imaginary parts to complex numbers. */
export function f32x4Join(n: i32): void {
  let re = tile0;
  let im = tile1;
  let y = tileOut;
  for (const end = y + (n << 3); y < end; y += 16) {
    v128.store(y, v128.shuffle<f32>(v128.load64_zero(re), v128.load64_zero(im), 0, 4, 1, 5));
    re += 8;
    im += 8;
  }
}

export function f64x2Join(n: i32): void {
  let re = tile0;
  let im = tile1;
  let y = tileOut;
  for (const end = y + (n << 4); y < end; y += 16) {
    v128.store(y, f64x2(load<f64>(re), load<f64>(im)));
    re += 8;
    im += 8;
  }
}

// Predicates: sixteen results a vector, each lane mask narrowed to a byte of 0 or 1.

// @ts-ignore: decorator
@inline
function bytes32(a: v128, b: v128, c: v128, d: v128): v128 {
  const low = i16x8.narrow_i32x4_s(a, b);
  const high = i16x8.narrow_i32x4_s(c, d);
  return v128.and(i8x16.narrow_i16x8_s(low, high), i8x16.splat(1));
}

// @ts-ignore: decorator
@inline
function words64(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 0, 2, 4, 6);
}

export function f32x4Test2<F>(n: i32): void {
  const f = changetype<F>(0);
  let x0 = tile0;
  let x1 = tile1;
  let y = tileOut;
  for (const end = y + n; y < end; y += 16) {
    const a = f.f32x4(v128.load(x0), v128.load(x1));
    const b = f.f32x4(v128.load(x0, 16), v128.load(x1, 16));
    const c = f.f32x4(v128.load(x0, 32), v128.load(x1, 32));
    const d = f.f32x4(v128.load(x0, 48), v128.load(x1, 48));
    v128.store(y, bytes32(a, b, c, d));
    x0 += 64;
    x1 += 64;
  }
}

export function i32x4Test2<F>(n: i32): void {
  const f = changetype<F>(0);
  let x0 = tile0;
  let x1 = tile1;
  let y = tileOut;
  for (const end = y + n; y < end; y += 16) {
    const a = f.i32x4(v128.load(x0), v128.load(x1));
    const b = f.i32x4(v128.load(x0, 16), v128.load(x1, 16));
    const c = f.i32x4(v128.load(x0, 32), v128.load(x1, 32));
    const d = f.i32x4(v128.load(x0, 48), v128.load(x1, 48));
    v128.store(y, bytes32(a, b, c, d));
    x0 += 64;
    x1 += 64;
  }
}

export function f64x2Test2<F>(n: i32): void {
  const f = changetype<F>(0);
  let x0 = tile0;
  let x1 = tile1;
  let y = tileOut;
  // Four results a vector store: the slack covers no more than 15 bytes past the last.
  for (const end = y + n; y < end; y += 4) {
    const a = f.f64x2(v128.load(x0), v128.load(x1));
    const b = f.f64x2(v128.load(x0, 16), v128.load(x1, 16));
    const words = words64(a, b);
    v128.store32_lane(y, bytes32(words, words, words, words), 0);
    x0 += 32;
    x1 += 32;
  }
}

/** As `f32x4Test2`, for functors of one operand. */
export function f32x4Test1<F>(n: i32): void {
  const f = changetype<F>(0);
  let x = tile0;
  let y = tileOut;
  for (const end = y + n; y < end; y += 16) {
    const a = f.f32x4(v128.load(x));
    const b = f.f32x4(v128.load(x, 16));
    const c = f.f32x4(v128.load(x, 32));
    const d = f.f32x4(v128.load(x, 48));
    v128.store(y, bytes32(a, b, c, d));
    x += 64;
  }
}

export function f64x2Test1<F>(n: i32): void {
  const f = changetype<F>(0);
  let x = tile0;
  let y = tileOut;
  for (const end = y + n; y < end; y += 4) {
    const words = words64(f.f64x2(v128.load(x)), f.f64x2(v128.load(x, 16)));
    v128.store32_lane(y, bytes32(words, words, words, words), 0);
    x += 32;
  }
}

/** Whether two complex numbers of parts T are equal, or differ when `negated`. */
export function pairTest<T>(n: i32, negated: bool): void {
  let x0 = tile0;
  let x1 = tile1;
  let y = tileOut;
  for (const end = y + n; y < end; y++) {
    const same = load<T>(x0) == load<T>(x1) && load<T>(x0, sizeof<T>()) == load<T>(x1, sizeof<T>());
    store<u8>(y, <u8>(same != negated));
    x0 += sizeof<T>() << 1;
    x1 += sizeof<T>() << 1;
  }
}

export function i8x16Map1<F>(n: i32): void {
  const f = changetype<F>(0);
  let x = tile0;
  let y = tileOut;
  for (const end = y + n; y < end; y += 16) {
    v128.store(y, f.i8x16(v128.load(x)));
    x += 16;
  }
}

export function i8x16Map2<F>(n: i32): void {
  const f = changetype<F>(0);
  let x0 = tile0;
  let x1 = tile1;
  let y = tileOut;
  for (const end = y + n; y < end; y += 16) {
    v128.store(y, f.i8x16(v128.load(x0), v128.load(x1)));
    x0 += 16;
    x1 += 16;
  }
}

/** y = condition ? x₀ : x₁ for elements of sizeof<T>() bytes; the condition is tile 0. */
export function selectMap<T>(n: i32): void {
  let p = tile0;
  let x0 = tile1;
  let x1 = tile2;
  let y = tileOut;
  for (const end = y + n * sizeof<T>(); y < end; y += sizeof<T>()) {
    const x = load<u8>(p) ? x0 : x1;
    if (sizeof<T>() == 16) v128.store(y, v128.load(x));
    else store<T>(y, load<T>(x));
    p++;
    x0 += sizeof<T>();
    x1 += sizeof<T>();
  }
}

/** y = condition ? x₀ : x₁ for four-byte elements, four at a time. */
export function selectMap32(n: i32): void {
  let p = tile0;
  let x0 = tile1;
  let x1 = tile2;
  let y = tileOut;
  for (const end = y + (n << 2); y < end; y += 16) {
    const bits = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(p)));
    v128.store(y, v128.bitselect(v128.load(x0), v128.load(x1), i32x4.gt_s(bits, i32x4.splat(0))));
    p += 4;
    x0 += 16;
    x1 += 16;
  }
}

/**
 * y = x converted to another dtype. An element has one part, or two if it is complex; a missing imaginary part is 0, a superfluous one is
 * dropped. Integers are truncated towards 0 and saturate, NaN becomes 0. A bool is whether any part differs from 0.
 */
export function convertMap<From, To>(n: i32, partsIn: u32, partsOut: u32): void {
  let x = tile0;
  let y = tileOut;
  for (const end = y + n * partsOut * sizeof<To>(); y < end; y += partsOut * sizeof<To>()) {
    let re = convert<From, To>(load<From>(x));
    if (sizeof<To>() == 1 && partsIn == 2) re |= convert<From, To>(load<From>(x, sizeof<From>()));
    store<To>(y, re);
    if (partsOut == 2) store<To>(y, partsIn == 2 ? convert<From, To>(load<From>(x, sizeof<From>())) : <To>0, sizeof<To>());
    x += partsIn * sizeof<From>();
  }
}

// @ts-ignore: decorator
@inline
function convert<From, To>(x: From): To {
  if (sizeof<To>() == 1) return <To>(x != <From>0);
  if (isFloat<From>() && isInteger<To>()) return <To><i32>x;
  return <To>x;
}
