/**
 * Variances of lines; lines normalised to mean 0 and variance 1, and the gradient of that; the sums and differences of cross entropy, which
 * have the same form. Knows pointers, no tensors.
 *
 *   m = Σ x/n,  v = Σ (x − m)²/n,  x̂ = (x − m)·r,  r = 1/√(v + ε);  or m = 0, and √v is the root mean square
 *
 * Several passes over a line, which stays in the first-level cache, take the place of formulas with Σ x², so nothing cancels. The mean has
 * two parts, a rounded mean and the mean of the elements' deviations from it, so a line of equal elements has exactly the variance 0.
 */
import { alloc, free } from '../memory/heap';
import { madd } from '../simd/lanes';
import { zero } from './constant';
import { firstLine, lineCount, lineLength } from './lines';
import { foldSpan } from './reduce';
import { beginBuffers, endBuffers, finishLine, shareBuffered, source, target } from './linebuffer';
import { addToSum, beginSum, BLOCK, endSum, firstBytes, Larger, Smaller, storeFirst } from './total';

/** Nanoseconds for an element. */
const COST = 0.5;
const VARIANCE_COST = 0.3;

/** The mean of the current line: the rounded mean and the rest. */
let middle: f64 = 0;
let rest: f64 = 0;

/** x − m, in the mean's two parts. */
@inline
function deviation<T>(x: usize, m: v128, k: v128): v128 {
  return v128.sub<T>(v128.sub<T>(v128.load(x), m), k);
}

// Functors whose values are summed: of the elements at x and y and of the mean's two parts.

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

/** x − m times the element at y; 0 where that element is 0, whatever x. */
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
    a = v128.add<T>(a, firstBytes(f.of<T>(x, y, m, k), end - x));
    y += 16;
  }
  return v128.add<T>(v128.add<T>(a, b), v128.add<T>(c, d));
}

/** Σ x over n elements. */
export function totalOf<T>(x: usize, n: i32): f64 {
  return sumOf<T, Plain>(x, x, n);
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

// Note [Scaled lines]. Squares overflow and underflow long before the numbers do. A line whose mean square is not a normal number is measured
// again, on a copy that is multiplied by a power of two such that its largest element lies between 1 and 2. The copy is exact, except for
// elements too small to count beside the largest. Later steps read the copy, so no intermediate is larger than the result.

/** The measured line; the power of two by which it is scaled; its mean square around its mean; 1/√ of that, or 0. */
let measured: usize = 0;
let power: f64 = 1;
let square: f64 = 0;
let inverse: f64 = 0;
/** The copy, with room for a line, and whether it could not be allocated. */
let copy: usize = 0;
let lacksCopy = false;

/** The least mean square that is right although some of its terms may underflow. */
// @ts-ignore: decorator
@inline
function least<T>(): f64 {
  return sizeof<T>() == 4 ? 7.52e-37 : 1e-301; // 2⁻¹²⁰, 2⁻⁹⁹⁷
}

/** Sets `square` to Σ (x − m)²/divisor + ε of the line, which is scaled by `power`. */
function measure<T>(x: usize, n: i32, centred: bool, divisor: f64, epsilon: f64): void {
  measured = x;
  power = 1;
  square = spread<T>(x, n, centred) / divisor + epsilon;
  if (!(square >= least<T>() && square < Infinity)) rescale<T>(x, n, centred, divisor, epsilon);
  inverse = inverseRoot();
}

// @ts-ignore: decorator
@inline
function inverseRoot(): f64 {
  return square == 0 ? 0 : 1 / sqrt(square);
}

/** The same on a scaled copy. See Note [Scaled lines] */
function rescale<T>(x: usize, n: i32, centred: bool, divisor: f64, epsilon: f64): void {
  const greatest = v128.extract_lane<T>(foldSpan<T, Larger>(x, n, sizeof<T>()), 0);
  const smallest = v128.extract_lane<T>(foldSpan<T, Smaller>(x, n, sizeof<T>()), 0);
  const peak = <f64>max<T>(greatest, -smallest);
  if (!(peak > 0 && peak < Infinity)) return;
  const limit = sizeof<T>() == 4 ? 126 : 1000;
  const exponent = max(-limit, min(limit, <i32>(reinterpret<u64>(peak) >> 52) - 1023));
  if (!exponent) return;
  if (!copy) copy = alloc(lineBytes<T>(n));
  if (!copy) {
    lacksCopy = true;
    return;
  }
  measured = copy;
  power = reinterpret<f64>(<u64>(1023 - exponent) << 52);
  scaleSpan<T>(x, copy, n, <T>power);
  square = spread<T>(copy, n, centred) / divisor + epsilon * power * power;
}

// @ts-ignore: decorator
@inline
function lineBytes<T>(n: i32): usize {
  return <usize>n * sizeof<T>() + 16;
}

function beginMeasures(): void {
  copy = 0;
  lacksCopy = false;
}

/** Ends the walk over lines; false when memory was out. */
function endMeasures<T>(): bool {
  if (copy) free(copy, lineBytes<T>(lineLength));
  return endBuffers() && !lacksCopy;
}

/** Writes √(Σ (x − m)²/divisor + ε) of each line, or its square, one after the other to `out`; m = 0 unless `centred`. */
export function varianceLines<T>(out: usize, divisor: f64, epsilon: f64, centred: bool, root: bool): bool {
  if (!beginBuffers(sizeof<T>(), false)) return false;
  beginMeasures();
  const lines = shareBuffered(VARIANCE_COST);
  out += firstLine * sizeof<T>();
  for (let i = 0; i < lines; i++) {
    measure<T>(source(), lineLength, centred, divisor, epsilon);
    store<T>(out, <T>(root ? sqrt(square) / power : square / power / power));
    out += sizeof<T>();
    finishLine();
  }
  return endMeasures<T>();
}

/** Writes each line's x̂ or, if `gamma` is not 0, x̂·γ + β for contiguous γ and β of a line's length; x̂ = 0 where v + ε is 0. */
export function normalizeLines<T>(gamma: usize, beta: usize, epsilon: f64, centred: bool): bool {
  if (!beginBuffers(sizeof<T>(), true)) return false;
  beginMeasures();
  const n = lineLength;
  for (let i = shareBuffered(COST); i > 0; i--) {
    measure<T>(source(), n, centred, n, epsilon);
    if (gamma) write<T, Affine>(measured, target(false), n, inverse, 0, 0, gamma, beta);
    else write<T, Unit>(measured, target(false), n, inverse, 0, 0, 0, 0);
    finishLine();
  }
  return endMeasures<T>();
}

/**
 * g ← (g − mean g − x̂·mean g·x̂)·r on the result's lines, which hold g; without mean g unless `centred`. A line of zeros stays, and r counts
 * as 0 where v + ε is 0. One thread does all, since the call has written g before, on this thread.
 */
export function normalizeGradLines<T>(epsilon: f64, centred: bool): bool {
  if (!beginBuffers(sizeof<T>(), true)) return false;
  beginMeasures();
  const n = lineLength;
  for (let i = lineCount; i > 0; i--) {
    const x = source();
    const g = target(true);
    measure<T>(x, n, centred, n, epsilon);
    let slope = slopeOf<T>(g, n);
    if (!(abs(slope) < Infinity) && power == 1) {
      rescale<T>(x, n, centred, n, epsilon);
      inverse = inverseRoot();
      slope = slopeOf<T>(g, n);
    }
    if (abs(slope * inverse) < Infinity || !isZero<T>(g, n)) {
      write<T, Turned>(measured, g, n, inverse, slope, centred ? sumOf<T, Plain>(g, g, n) / n : 0, g, 0);
      if (power != 1) scaleSpan<T>(g, g, n, <T>power);
    }
    finishLine();
  }
  return endMeasures<T>();
}

/** The factor of x − m in x̂·mean g·x̂·r⁻¹, so that (x − m)·slope = x̂·mean g·x̂. */
function slopeOf<T>(g: usize, n: i32): f64 {
  return sumOf<T, Product>(measured, g, n) / n * inverse * inverse;
}

function isZero<T>(x: usize, n: i32): bool {
  for (const end = x + <usize>n * sizeof<T>(); x < end; x += sizeof<T>()) if (load<T>(x) != 0) return false;
  return true;
}

/** y ← x·k for n elements. */
export function scaleSpan<T>(x: usize, y: usize, n: i32, k: T): void {
  const factor = v128.splat<T>(k);
  const end = y + <usize>n * sizeof<T>();
  for (; y + 32 <= end; y += 32) {
    v128.store(y, v128.mul<T>(v128.load(x), factor));
    v128.store(y, v128.mul<T>(v128.load(x, 16), factor), 16);
    x += 32;
  }
  for (; y < end; y += 16) {
    storeFirst(y, v128.mul<T>(v128.load(x), factor), end - y);
    x += 16;
  }
}

// Functors whose values are written: of x − m, of three numbers of the line, and of the elements at g and b.

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

/** y ← (x·Σ z − z)·k for n elements; −z·k, whatever x, if Σ z is 0. */
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
    storeFirst(y, f.of<T>(deviation<T>(x, m, k), u, v, w, g, b), end - y);
    x += 16;
    g += 16;
    b += 16;
  }
}
