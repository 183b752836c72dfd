/**
 * Variances of lines, lines brought to mean 0 and variance 1, and the way back for cotangents; cross entropy's sums and differences, which
 * have the same form. Knows pointers, no tensors.
 *
 *   m = Σ x/n,  v = Σ (x − m)²/n,  x̂ = (x − m)·r,  r = 1/√(v + ε);  or m = 0, which leaves the root mean square
 *
 * Passes over a line that stays in the first-level cache, not formulas with Σ x²: nothing cancels. The mean is kept as a rounded
 * number and the mean of what it leaves, so equal elements have the variance 0, exactly.
 */
import { madd } from '../simd/lanes';
import { zero } from './constant';
import { firstLine, lineCount, lineLength } from './lines';
import { beginRuns, endRuns, settle, shareRuns, source, target } from './runs';
import { addToSum, beginSum, BLOCK, endSum, firstPart, storePart } from './total';

/** Nanoseconds for an element. */
const COST = 0.5;
const VARIANCE_COST = 0.3;

/** The mean of the line in hand: its rounded part and the rest. */
let middle: f64 = 0;
let rest: f64 = 0;

/** x − m, in the mean's two parts. */
@inline
function deviation<T>(x: usize, m: v128, k: v128): v128 {
  return v128.sub<T>(v128.sub<T>(v128.load(x), m), k);
}

// What is summed: functors of the elements at x and y and of the mean's two parts.

@unmanaged @final
class Plain {
  @inline of<T>(x: usize, y: usize, m: v128, k: v128): v128 { return v128.load(y); }
}

@unmanaged @final
class Rest {
  @inline of<T>(x: usize, y: usize, m: v128, k: v128): v128 { return v128.sub<T>(v128.load(x), m); }
}

@unmanaged @final
class Square {
  @inline of<T>(x: usize, y: usize, m: v128, k: v128): v128 {
    const d = deviation<T>(x, m, k);
    return v128.mul<T>(d, d);
  }
}

/** x − m times the element at y; 0 where that is, whatever x. */
@unmanaged @final
class Product {
  @inline of<T>(x: usize, y: usize, m: v128, k: v128): v128 {
    const z = v128.load(y);
    return v128.and(v128.mul<T>(deviation<T>(x, m, k), z), v128.ne<T>(z, zero<T>()));
  }
}

/** Σ of F over n elements. See Note [Sums] in kernels/total */
function sumOf<T, F>(x: usize, y: usize, n: i32): f64 {
  const bytes = <usize>n * sizeof<T>();
  beginSum<T>();
  for (let at: usize = 0; at < bytes; at += BLOCK) addToSum<T>(sumBlock<T, F>(x + at, y + at, <i32>min<usize>(BLOCK, bytes - at)));
  return endSum<T>();
}

function sumBlock<T, F>(x: usize, y: usize, bytes: i32): v128 {
  const f = changetype<F>(0);
  const m = v128.splat<T>(<T>middle), k = v128.splat<T>(<T>rest);
  const end = x + bytes;
  let a = zero<T>(), b = a, c = a, d = a;
  for (const whole = x + (bytes & ~63); x < whole; x += 64) {
    a = v128.add<T>(a, f.of<T>(x, y, m, k));
    b = v128.add<T>(b, f.of<T>(x + 16, y + 16, m, k));
    c = v128.add<T>(c, f.of<T>(x + 32, y + 32, m, k));
    d = v128.add<T>(d, f.of<T>(x + 48, y + 48, m, k));
    y += 64;
  }
  for (; x < end; x += 16) {
    a = v128.add<T>(a, firstPart(f.of<T>(x, y, m, k), end - x));
    y += 16;
  }
  return v128.add<T>(v128.add<T>(a, b), v128.add<T>(c, d));
}

/** Σ z·((x − m) − k) over n elements, without the terms whose z is 0. */
export function weighedSum<T>(x: usize, z: usize, n: i32, m: f64, k: f64): f64 {
  middle = m;
  rest = k;
  return sumOf<T, Product>(x, z, n);
}

/** Leaves the line's mean, or 0 when it is not `centred`, in `middle` and `rest`; returns the sum of the squares around it. */
function spread<T>(x: usize, n: i32, centred: bool): f64 {
  middle = 0;
  rest = 0;
  if (centred) {
    middle = <f64><T>(sumOf<T, Plain>(x, x, n) / n);
    rest = <f64><T>(sumOf<T, Rest>(x, x, n) / n);
  }
  return sumOf<T, Square>(x, x, n);
}

/** Σ (x − m)²/divisor of each line, one after the other at `out`. */
export function varianceLines<T>(out: usize, divisor: f64): bool {
  if (!beginRuns(sizeof<T>(), false)) return false;
  const lines = shareRuns(VARIANCE_COST);
  out += firstLine * sizeof<T>();
  for (let i = 0; i < lines; i++) {
    store<T>(out, <T>(spread<T>(source(), lineLength, true) / divisor));
    out += sizeof<T>();
    settle();
  }
  return endRuns();
}

/** Each line's x̂, or x̂·γ + β for contiguous γ and β of a line's length where `gamma` is not 0. */
export function normalizeLines<T>(gamma: usize, beta: usize, epsilon: f64, centred: bool): bool {
  if (!beginRuns(sizeof<T>(), true)) return false;
  const n = lineLength;
  for (let i = shareRuns(COST); i > 0; i--) {
    const x = source();
    const r = 1 / sqrt(spread<T>(x, n, centred) / n + epsilon);
    if (gamma) write<T, Affine>(x, target(false), n, r, 0, 0, gamma, beta);
    else write<T, Unit>(x, target(false), n, r, 0, 0, 0, 0);
    settle();
  }
  return endRuns();
}

/**
 * The result's lines, which hold g ← (g − mean g − x̂·mean g·x̂)·r, without mean g when they are not `centred`; g = 0 stays.
 * One thread's work, since what it reads is written before.
 */
export function normalizeGradLines<T>(epsilon: f64, centred: bool): bool {
  if (!beginRuns(sizeof<T>(), true)) return false;
  const n = lineLength;
  for (let i = lineCount; i > 0; i--) {
    const x = source();
    const g = target(true);
    const r = 1 / sqrt(spread<T>(x, n, centred) / n + epsilon);
    const slope = sumOf<T, Product>(x, g, n) / n * r * r; // x̂·mean g·x̂ is x − m times it
    if (abs(slope * r) < Infinity || !isZero<T>(g, n)) write<T, Turned>(x, g, n, r, slope, centred ? sumOf<T, Plain>(x, g, n) / n : 0, g, 0);
    settle();
  }
  return endRuns();
}

function isZero<T>(x: usize, n: i32): bool {
  for (const end = x + <usize>n * sizeof<T>(); x < end; x += sizeof<T>()) if (load<T>(x) != 0) return false;
  return true;
}

// What is written: functors of x − m, of three numbers of the line, and of what stands for its place at g and b.

@unmanaged @final
class Unit {
  @inline of<T>(d: v128, r: v128, slope: v128, mean: v128, g: usize, b: usize): v128 { return v128.mul<T>(d, r); }
}

@unmanaged @final
class Affine {
  @inline of<T>(d: v128, r: v128, slope: v128, mean: v128, g: usize, b: usize): v128 {
    return madd<T>(v128.mul<T>(d, r), v128.load(g), v128.load(b));
  }
}

@unmanaged @final
class Turned {
  @inline of<T>(d: v128, r: v128, slope: v128, mean: v128, g: usize, b: usize): v128 {
    return v128.mul<T>(v128.sub<T>(v128.sub<T>(v128.load(g), mean), v128.mul<T>(d, slope)), r);
  }
}

/** y ← (x·Σ z − z)·k for n elements; where Σ z is 0, −z·k whatever x. */
export function writeDifference<T>(x: usize, z: usize, y: usize, n: i32, k: f64): void {
  const sum = sumOf<T, Plain>(z, z, n);
  middle = 0;
  rest = 0;
  write<T, Turned>(sum == 0 ? z : x, y, n, -k, sum, 0, z, 0);
}

/** y ← F of n elements. */
function write<T, F>(x: usize, y: usize, n: i32, r: f64, slope: f64, mean: f64, g: usize, b: usize): void {
  const f = changetype<F>(0);
  const m = v128.splat<T>(<T>middle), k = v128.splat<T>(<T>rest);
  const u = v128.splat<T>(<T>r), v = v128.splat<T>(<T>slope), w = v128.splat<T>(<T>mean);
  const end = y + <usize>n * sizeof<T>();
  for (; y + 32 <= end; y += 32) {
    const first = f.of<T>(deviation<T>(x, m, k), u, v, w, g, b);
    const second = f.of<T>(deviation<T>(x + 16, m, k), u, v, w, g + 16, b + 16);
    v128.store(y, first);
    v128.store(y, second, 16);
    x += 32;
    g += 32;
    b += 32;
  }
  for (; y < end; y += 16) {
    storePart(y, f.of<T>(deviation<T>(x, m, k), u, v, w, g, b), end - y);
    x += 16;
    g += 16;
    b += 16;
  }
}
