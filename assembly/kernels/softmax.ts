/**
 * Softmax, its logarithm and its normaliser along lines. Knows pointers, no tensors.
 *
 *   m = max x,  s = Σ e^(x − m),  softmax = e^(x − m)/s,  logSoftmax = (x − m) − log s,  logsumexp = m + log s
 *
 * No exponent is above 0 and one is 0, so nothing overflows and s ≥ 1. Three passes go over a line, which stays in the first-level cache.
 * Where the largest element dominates, the sum of the others is computed without its 1, so that log s and p − 1 keep their relative accuracy.
 * |err| of s ≤ 40u·s for float32. The exponential has half the operations of kernels/exponential's, as it needs neither large results nor
 * subnormal ones: below 2⁻¹²⁷ it is 0.
 */
import { OWN } from '../memory/scratch';
import { madd } from '../simd/lanes';
import { zero } from './constant';
import { Exp } from './exponential';
import { firstLine, lineLength } from './lines';
import { log64 } from './logarithm';
import { scaleSpan, totalOf, weighedSum, writeDifference } from './normalize';
import { at } from './polynomial';
import { foldSpan } from './reduce';
import { beginBuffers, endBuffers, finishLine, shareBuffered, source, target } from './linebuffer';
import { addToSum, beginSum, endSum, firstBytes, Larger, Peak, storeFirst } from './total';

/** Bytes of a line that are summed before they are added to the total. */
const BLOCK = 2048;
/** Nanoseconds for an element. */
const COST = 1;
const DIFFERENCE_COST = 0.3;
const DISCARDED = memory.data(BLOCK, 16) + OWN;

/** 1.5·2²³ + 127: adding it rounds to an integer n, whose low bits are n plus the exponent's bias. */
const SHIFT = memory.data<f32>([12583039], 4);
const LOG2E = memory.data<f32>([1.44269502], 4);
/** ln 2 in two parts; the first is short enough that n times it is exact. */
const LN2 = memory.data<f32>([0.693359375, -0.000212194442], 4);
/** Here n is −127, for which the shift gives 0 as power of two. */
const LEAST = memory.data<f32>([-88], 4);
/** (e^r − 1 − r)/r² for |r| ≤ ln2/2, relative error of e^r 2^-23.2. */
const CURVE = memory.data<f32>([0.499992311, 0.166671157, 0.041890271, 0.00831250194], 4);

/** e^x for x ≤ 0. |err| ≤ 2.3 ulp f32 above 2⁻¹²⁶, 1 ulp f64. */
@inline
export function decay<T>(x: v128): v128 {
  if (sizeof<T>() == 8) return changetype<Exp>(0).f64x2(x);
  const c0 = at<f32>(CURVE), c1 = at<f32>(CURVE + 4), c2 = at<f32>(CURVE + 8), c3 = at<f32>(CURVE + 12);
  return decay32(x, at<f32>(LEAST), at<f32>(LOG2E), at<f32>(SHIFT), at<f32>(LN2), at<f32>(LN2 + 4), c0, c1, c2, c3);
}

/** The same with its constants as arguments, which four vectors share: else the engine would load them again for each vector. */
@inline
function decay32(x: v128, least: v128, log2e: v128, shift: v128, high: v128, low: v128, c0: v128, c1: v128, c2: v128, c3: v128): v128 {
  const c = f32x4.pmax(x, least);
  const t = madd<f32>(c, log2e, shift);
  const n = f32x4.sub(t, shift);
  const r = f32x4.sub(f32x4.sub(c, f32x4.mul(n, high)), f32x4.mul(n, low));
  const r2 = f32x4.mul(r, r);
  const curve = madd<f32>(madd<f32>(c3, r, c2), r2, madd<f32>(c1, r, c0));
  const power = i32x4.shl(t, 23);
  return madd<f32>(madd<f32>(r2, curve, r), power, power);
}

/** y ← e^(x − m) for a block of a multiple of 64 bytes; returns the sum of each lane. */
function decayFours(x: usize, y: usize, bytes: i32, m: v128): v128 {
  const least = at<f32>(LEAST), log2e = at<f32>(LOG2E), shift = at<f32>(SHIFT), high = at<f32>(LN2), low = at<f32>(LN2 + 4);
  const c0 = at<f32>(CURVE), c1 = at<f32>(CURVE + 4), c2 = at<f32>(CURVE + 8), c3 = at<f32>(CURVE + 12);
  let sum = zero<f32>();
  for (const end = y + bytes; y < end; y += 64) {
    const a = decay32(f32x4.sub(v128.load(x), m), least, log2e, shift, high, low, c0, c1, c2, c3);
    const b = decay32(f32x4.sub(v128.load(x, 16), m), least, log2e, shift, high, low, c0, c1, c2, c3);
    const c = decay32(f32x4.sub(v128.load(x, 32), m), least, log2e, shift, high, low, c0, c1, c2, c3);
    const d = decay32(f32x4.sub(v128.load(x, 48), m), least, log2e, shift, high, low, c0, c1, c2, c3);
    v128.store(y, a);
    v128.store(y, b, 16);
    v128.store(y, c, 32);
    v128.store(y, d, 48);
    sum = f32x4.add(sum, f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
    x += 64;
  }
  return sum;
}

/** y ← e^(x − m) for a block; returns the sum of each lane. Writes no byte behind the block. */
function decayBlock<T>(x: usize, y: usize, bytes: i32, m: v128): v128 {
  const end = y + bytes;
  let sum = zero<T>();
  if (sizeof<T>() == 4) {
    const whole = bytes & ~63;
    sum = decayFours(x, y, whole, m);
    x += whole;
    y += whole;
  }
  for (; y < end; y += 16) {
    const a = decay<T>(v128.sub<T>(v128.load(x), m));
    storeFirst(y, a, end - y);
    sum = v128.add<T>(sum, firstBytes(a, end - y));
    x += 16;
  }
  return sum;
}

/** y ← e^(x − m) for n elements, or nothing where y is 0; returns their sum. */
function decaySpan<T>(x: usize, y: usize, n: i32, m: T): f64 {
  const peak = v128.splat<T>(m);
  const bytes = <usize>n * sizeof<T>();
  beginSum<T>();
  for (let at: usize = 0; at < bytes; at += BLOCK) {
    addToSum<T>(decayBlock<T>(x + at, y ? y + at : DISCARDED, <i32>min<usize>(BLOCK, bytes - at), peak));
  }
  return endSum<T>();
}

// @ts-ignore: decorator
@inline
function peakOf<T>(x: usize, n: i32): T {
  return v128.extract_lane<T>(foldSpan<T, Peak>(x, n, sizeof<T>()), 0);
}

/** In a smaller sum the greatest term, which is 1, outweighs the others. */
const DOMINATED = 1.5;

// Conditions: functors of an element and a number.

@unmanaged @final
class Same {
  @inline is<T>(x: v128, y: v128): v128 { return v128.eq<T>(x, y); }
}

@unmanaged @final
class Above {
  @inline is<T>(x: v128, y: v128): v128 { return v128.gt<T>(x, y); }
}

/** The index of the first of n elements that meets the condition F; −1 for none. */
function placeOf<T, F>(x: usize, n: i32, value: T): i32 {
  const wanted = v128.splat<T>(value);
  for (let i = 0; i < n; i += 16 / sizeof<T>()) {
    const found = i8x16.bitmask(changetype<F>(0).is<T>(v128.load(x + i * sizeof<T>()), wanted));
    if (!found) continue;
    const place = i + <i32>ctz(found) / sizeof<T>();
    return place < n ? place : -1;
  }
  return -1;
}

/** y ← (x − m) − k for n elements. */
function shiftSpan<T>(x: usize, y: usize, n: i32, m: T, k: T): void {
  const peak = v128.splat<T>(m);
  const rest = v128.splat<T>(k);
  const end = y + <usize>n * sizeof<T>();
  for (; y + 32 <= end; y += 32) {
    v128.store(y, v128.sub<T>(v128.sub<T>(v128.load(x), peak), rest));
    v128.store(y, v128.sub<T>(v128.sub<T>(v128.load(x, 16), peak), rest), 16);
    x += 32;
  }
  for (; y < end; y += 16) {
    storeFirst(y, v128.sub<T>(v128.sub<T>(v128.load(x), peak), rest), end - y);
    x += 16;
  }
}

/** log Σ e^(x − m), where `sum` is that sum of n terms. */
function logOf<T>(x: usize, n: i32, m: T, sum: f64): f64 {
  if (!(sum >= 1 && sum < DOMINATED)) return log64(sum);
  const at = placeOf<T, Same>(x, n, m);
  const after = x + <usize>(at + 1) * sizeof<T>();
  const others = decaySpan<T>(x, 0, at, m) + decaySpan<T>(after, 0, n - at - 1, m);
  const whole = 1 + others;
  return whole == 1 ? others : (log64(whole) * others) / (whole - 1); // Kahan's log1p
}

/** Writes the logarithm of each line's softmax. */
export function logSoftmaxLines<T>(): bool {
  if (!beginBuffers(sizeof<T>(), true)) return false;
  const n = lineLength;
  for (let i = shareBuffered(COST); i > 0; i--) {
    const x = source();
    const m = peakOf<T>(x, n);
    shiftSpan<T>(x, target(false), n, m, <T>logOf<T>(x, n, m, decaySpan<T>(x, 0, n, m)));
    finishLine();
  }
  return endBuffers();
}

/** Writes each line's softmax. With `limit` lines with infinite elements have the limit: equal shares for each +∞, and 0 if all are −∞. */
export function softmaxLines<T>(limit: bool): bool {
  if (!beginBuffers(sizeof<T>(), true)) return false;
  const n = lineLength;
  for (let i = shareBuffered(COST); i > 0; i--) {
    const x = source();
    const y = target(false);
    const m = peakOf<T>(x, n);
    if (limit && abs<T>(m) == Infinity) shareInfinite<T>(x, y, n, m);
    else scaleSpan<T>(y, y, n, <T>(1 / decaySpan<T>(x, y, n, m)));
    finishLine();
  }
  return endBuffers();
}

function shareInfinite<T>(x: usize, y: usize, n: i32, m: T): void {
  const end = x + <usize>n * sizeof<T>();
  let count: T = 0;
  for (let at = x; at < end; at += sizeof<T>()) count += <T>(load<T>(at) == m);
  const part: T = m > 0 ? 1 / count : 0;
  for (; x < end; x += sizeof<T>()) {
    const value = load<T>(x);
    store<T>(y, value == m ? part : value == value ? 0 : value);
    y += sizeof<T>();
  }
}

/** Writes log Σ e^x of each line, one after the other, to `out`. */
export function logsumexpLines<T>(out: usize): bool {
  if (!beginBuffers(sizeof<T>(), false)) return false;
  const n = lineLength;
  const lines = shareBuffered(COST);
  out += firstLine * sizeof<T>();
  for (let i = 0; i < lines; i++) {
    const x = source();
    const m = peakOf<T>(x, n);
    if (abs<T>(m) < Infinity) store<T>(out, <T>(<f64>m + logOf<T>(x, n, m, decaySpan<T>(x, 0, n, m))));
    else store<T>(out, v128.extract_lane<T>(foldSpan<T, Larger>(x, n, sizeof<T>()), 0));
    out += sizeof<T>();
    finishLine();
  }
  return endBuffers();
}

/**
 * Writes the softmax of each line to the result and −Σ z·log softmax to `loss`. A line's labels z are, if `sparse`, one int32, the index of the
 * only 1; else a number for each element, where 0 adds nothing.
 */
export function crossEntropyLines<T>(labels: usize, loss: usize, sparse: bool): bool {
  if (!beginBuffers(sizeof<T>(), true)) return false;
  const n = lineLength;
  const lines = shareBuffered(COST);
  const size = labelsSize<T>(sparse);
  labels += firstLine * size;
  loss += firstLine * sizeof<T>();
  for (let i = 0; i < lines; i++) {
    const x = source();
    const y = target(false);
    const m = peakOf<T>(x, n);
    const s = decaySpan<T>(x, y, n, m);
    scaleSpan<T>(y, y, n, <T>(1 / s));
    const log = logOf<T>(x, n, m, s);
    if (sparse) store<T>(loss, <T>(log - (<f64>load<T>(x + load<i32>(labels) * sizeof<T>()) - m)));
    else store<T>(loss, <T>-weighedSum<T>(x, labels, n, m, log));
    labels += size;
    loss += sizeof<T>();
    finishLine();
  }
  return endBuffers();
}

/** Bytes of a line's labels. */
// @ts-ignore: decorator
@inline
function labelsSize<T>(sparse: bool): i32 {
  return sparse ? 4 : lineLength * sizeof<T>();
}

/**
 * The result's lines ← (p·Σ z − z)·k, where p are the lines of the array, z each line's labels, as above, and k its factor: −1 where `factors`
 * is 0. The result is 0 where k is 0. If a p is above ½, its element is computed as p·(Σ of the other z) − z·(Σ of the other p), for p − 1
 * would cancel.
 */
export function differenceLines<T>(labels: usize, factors: usize, sparse: bool): bool {
  if (!beginBuffers(sizeof<T>(), true)) return false;
  const n = lineLength;
  const lines = shareBuffered(DIFFERENCE_COST);
  const size = labelsSize<T>(sparse);
  labels += firstLine * size;
  if (factors) factors += firstLine * sizeof<T>();
  for (let i = 0; i < lines; i++) {
    const y = target(false);
    const k: T = factors ? load<T>(factors) : -1;
    const p = source();
    if (sparse) {
      const at = load<i32>(labels);
      const chosen = load<T>(p + at * sizeof<T>());
      const rest = chosen > 0.5 ? <T>-othersOf<T>(p, n, at) : chosen - 1;
      scaleSpan<T>(p, y, n, k);
      store<T>(y + at * sizeof<T>(), rest * k);
    } else if (k == 0) {
      memory.fill(y, 0, size);
    } else {
      const at = placeOf<T, Above>(p, n, 0.5);
      const chosen = at < 0 ? 0 : <f64>load<T>(p + at * sizeof<T>()) * othersOf<T>(labels, n, at) - <f64>load<T>(labels + at * sizeof<T>()) * othersOf<T>(p, n, at);
      writeDifference<T>(p, labels, y, n, k);
      if (at >= 0) store<T>(y + at * sizeof<T>(), <T>(chosen * k));
    }
    labels += size;
    if (factors) factors += sizeof<T>();
    finishLine();
  }
  return endBuffers();
}

/** Σ of all elements except the one at `at`. */
function othersOf<T>(x: usize, n: i32, at: i32): f64 {
  return totalOf<T>(x, at) + totalOf<T>(x + <usize>(at + 1) * sizeof<T>(), n - at - 1);
}
