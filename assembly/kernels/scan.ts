/**
 * Scans along lines: each result depends on the elements before it. Knows pointers, no tensors.
 *
 * The state is kept in float64 for float32, and in two float64 for sums of float64, so every partial sum has the bound
 * |err| ≤ 2u·Σ|x|, to first order. Each element takes one operation that depends on the one before, about 1.3 ns.
 */
import { lineLength } from './lines';
import { beginBuffers, endBuffers, finishLine, shareBuffered, source, target } from './linebuffer';

/** Flags of a scan: a result leaves out its own element; the scan goes from the line's last element to its first. */
export const EXCLUSIVE = 1;
export const REVERSE = 2;

/** Nanoseconds for an element. */
const COST = 1.3;

/** First element that the scan visits, in the line and in the result, and bytes to the next. */
let x: usize = 0;
let y: usize = 0;
let step = 0;

/** Sets x, y and step for the current line, whose elements have `width` bytes; `reads` says whether the scan reads the result's values. */
function enter(width: i32, flags: i32, reads: bool): void {
  const last = flags & REVERSE ? (lineLength - 1) * width : 0;
  x = source() + last;
  y = target(reads) + last;
  step = flags & REVERSE ? -width : width;
}

/** y ← the sum of the elements before each element, or up to it; elements have `parts` parts of type T. */
export function cumsumLines<T>(parts: i32, flags: i32): bool {
  const width = parts * sizeof<T>();
  if (!beginBuffers(width, true)) return false;
  for (let i = shareBuffered(COST); i > 0; i--) {
    enter(width, flags, false);
    for (let part = 0; part < parts; part++) {
      if (isFloat<T>()) cumsum<T>(x + part * sizeof<T>(), y + part * sizeof<T>(), flags);
      else cumsumInt(x, y, flags);
    }
    finishLine();
  }
  return endBuffers();
}

function cumsum<T>(x: usize, y: usize, flags: i32): void {
  const exclusive = (flags & EXCLUSIVE) != 0;
  let sum: f64 = 0;
  let lost: f64 = 0; // the rounding error of `sum`: see Note [Sums]
  for (let i = lineLength; i > 0; i--) {
    const term = <f64>load<T>(x);
    const next = sum + term;
    if (exclusive) store<T>(y, <T>(lost == lost ? sum + lost : sum));
    if (sizeof<T>() == 8) {
      const added = next - sum;
      lost += sum - (next - added) + (term - added);
    }
    sum = next;
    if (!exclusive) store<T>(y, <T>(lost == lost ? sum + lost : sum));
    x += step;
    y += step;
  }
}

function cumsumInt(x: usize, y: usize, flags: i32): void {
  const exclusive = (flags & EXCLUSIVE) != 0;
  let sum = 0;
  for (let i = lineLength; i > 0; i--) {
    const next = sum + load<i32>(x);
    store<i32>(y, exclusive ? sum : next);
    sum = next;
    x += step;
    y += step;
  }
}

/** y ← the largest (order > 0) or smallest of the elements before each element, or up to it; NaN if one of them is, ∓∞ if there is none. */
export function cumextremeLines<T>(order: i32, flags: i32): bool {
  if (!beginBuffers(sizeof<T>(), true)) return false;
  const exclusive = (flags & EXCLUSIVE) != 0;
  const least = isFloat<T>() ? <T>-Infinity : <T>i32.MIN_VALUE;
  const most = isFloat<T>() ? <T>Infinity : <T>i32.MAX_VALUE;
  for (let i = shareBuffered(COST); i > 0; i--) {
    enter(sizeof<T>(), flags, false);
    let held = order > 0 ? least : most;
    for (let k = lineLength; k > 0; k--) {
      const value = load<T>(x);
      const next = order > 0 ? max<T>(held, value) : min<T>(held, value);
      store<T>(y, exclusive ? held : next);
      held = next;
      x += step;
      y += step;
    }
    finishLine();
  }
  return endBuffers();
}

/**
 * s ← a·s + b along each line, where a is an element of the array and b the present value of the result; the result becomes the s before that
 * step. s begins as 0; without b, as 1.
 */
export function recurrenceLines<T>(parts: i32, withB: bool, flags: i32): bool {
  const width = parts * sizeof<T>();
  if (!beginBuffers(width, true)) return false;
  for (let i = shareBuffered(COST); i > 0; i--) {
    enter(width, flags, withB);
    if (!isFloat<T>()) productsInt();
    else if (parts == 2) recurrencePairs<T>(withB);
    else recurrence<T>(withB);
    finishLine();
  }
  return endBuffers();
}

function recurrence<T>(withB: bool): void {
  let s: f64 = withB ? 0 : 1;
  for (let i = lineLength; i > 0; i--) {
    const b = withB ? <f64>load<T>(y) : 0;
    store<T>(y, <T>s);
    s = <f64>load<T>(x) * s;
    if (withB) s += b;
    x += step;
    y += step;
  }
}

/** The recurrence without b. */
function productsInt(): void {
  let s = 1;
  for (let i = lineLength; i > 0; i--) {
    const a = load<i32>(x);
    store<i32>(y, s);
    s *= a;
    x += step;
    y += step;
  }
}

function recurrencePairs<T>(withB: bool): void {
  let re: f64 = withB ? 0 : 1;
  let im: f64 = 0;
  for (let i = lineLength; i > 0; i--) {
    const bRe = withB ? <f64>load<T>(y) : 0;
    const bIm = withB ? <f64>load<T>(y, sizeof<T>()) : 0;
    store<T>(y, <T>re);
    store<T>(y, <T>im, sizeof<T>());
    const aRe = <f64>load<T>(x);
    const aIm = <f64>load<T>(x, sizeof<T>());
    const next = aRe * re - aIm * im + bRe;
    im = aRe * im + aIm * re + bIm;
    re = next;
    x += step;
    y += step;
  }
}
