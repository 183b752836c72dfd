/**
 * Takes rows by index, adds rows at an index, and checks and computes indices. Knows pointers and int32 indices, no tensors.
 * Rows lie as [batch, outer, n, inner]; the index −1 means no row.
 */
import { alloc, free, roundUp } from '../memory/heap';
import { carry, Plus, reset, storeFirst, total } from './total';

/**
 * Rewrites indices of an axis of size n that count from the end, so that they count from the front; with `drop`, negative ones become −1.
 * Returns the position of the first index out of range, −1 when there is none.
 */
export function resolve(indices: usize, count: i32, n: i32, drop: bool): i32 {
  for (let k = 0; k < count; k++) {
    const at = indices + (<usize>k << 2);
    let i = load<i32>(at);
    if (i < 0) {
      i = drop ? -1 : i + n;
      if (i < 0 && !drop) return k;
      store<i32>(at, i);
    }
    if (i >= n) return k;
  }
  return -1;
}

/** Whether all of `count` indices are at least 0 and less than n. */
export function areInRange(indices: usize, count: i32, n: i32): bool {
  const end = indices + (<usize>count << 2);
  let greatest = v128.splat<u32>(0);
  for (; indices + 16 <= end; indices += 16) greatest = v128.max<u32>(greatest, v128.load(indices));
  for (; indices < end; indices += 4) greatest = v128.max<u32>(greatest, v128.load32_splat(indices));
  return !count || !v128.any_true(v128.ge<u32>(greatest, v128.splat<u32>(n)));
}

// @ts-ignore: decorator
@inline
function copyOne<T>(y: usize, x: usize): void {
  if (sizeof<T>() == 16) v128.store(y, v128.load(x));
  else store<T>(y, load<T>(x));
}

/** Takes rows of one element. */
function takeElements<T>(y: usize, x: usize, indices: usize, count: i32): void {
  for (const end = indices + (<usize>count << 2); indices < end; indices += 4) {
    const i = load<i32>(indices);
    if (i >= 0) copyOne<T>(y, x + <usize>i * sizeof<T>());
    else memory.fill(y, 0, sizeof<T>());
    y += sizeof<T>();
  }
}

function takeRows(y: usize, x: usize, indices: usize, count: i32, bytes: usize): void {
  switch (<i32>bytes) {
    case 1:
      return takeElements<u8>(y, x, indices, count);
    case 4:
      return takeElements<u32>(y, x, indices, count);
    case 8:
      return takeElements<u64>(y, x, indices, count);
    case 16:
      return takeElements<v128>(y, x, indices, count);
  }
  for (const end = indices + (<usize>count << 2); indices < end; indices += 4) {
    const i = load<i32>(indices);
    if (i >= 0) memory.copy(y, x + <usize>i * bytes, bytes);
    else memory.fill(y, 0, bytes);
    y += bytes;
  }
}

/** y[b, o, k] = x[b, o, indices[b, k]], rows of `bytes` bytes; 0 for no row. */
export function take(y: usize, x: usize, indices: usize, batch: i32, outer: i32, n: i32, count: i32, bytes: usize): void {
  for (let b = 0; b < batch; b++) {
    for (let o = 0; o < outer; o++) {
      takeRows(y, x, indices, count, bytes);
      y += <usize>count * bytes;
      x += <usize>n * bytes;
    }
    indices += <usize>count << 2;
  }
}

// Note [Sums at indices]. Rows are added to their target in place, in their order. After every 32 rows the target is added to a total of twice
// the precision, see Note [Sums] in kernels/total, and set to 0; so |err| ≤ 33u·Σ|x| for any number of rows. The scratch has room for one total
// for every 32 rows, and a word for each target. The word counts the rows since, in its low five bits; above them stands the number of the
// target's total plus 1.

const SPAN: u32 = 32;

/** y[b, o, indices[b, k]] += x[b, o, k], rows of `inner` numbers of type T; false when memory is out. See Note [Sums at indices] */
export function scatterAdd<T>(y: usize, x: usize, indices: usize, batch: i32, outer: i32, n: i32, count: i32, inner: i32): bool {
  const bytes = <usize>inner * sizeof<T>();
  const pitch = roundUp(bytes) << 1;
  const totals = roundUp(<usize>n << 2);
  const tallied = isFloat<T>() && <u32>count > SPAN;
  const room = tallied ? totals + <usize>(<u32>count / SPAN) * pitch : 0;
  const work = tallied ? alloc(room) : 0;
  if (tallied && !work) return false;
  for (let b = 0; b < batch; b++) {
    for (let o = 0; o < outer; o++) {
      let used: u32 = 0;
      if (tallied) memory.fill(work, 0, totals);
      for (let k = 0; k < count; k++) {
        const i = load<i32>(indices + (<usize>k << 2));
        const to = y + <usize>i * bytes;
        const at = work + (<usize>i << 2);
        if (i >= 0) {
          if (inner == 1) store<T>(to, load<T>(to) + load<T>(x));
          else addRow<T>(to, x, bytes);
          if (tallied) {
            const tally = load<u32>(at) + 1;
            store<u32>(at, tally);
            if (!(tally % SPAN)) {
              const isFirst = tally == SPAN;
              const number = isFirst ? used++ : tally / SPAN - 2;
              const held = work + totals + number * pitch;
              if (isFirst) reset<T, Plus>(held, <i32>roundUp(bytes));
              carryRow<T>(held, to, bytes);
              memory.fill(to, 0, bytes);
              store<u32>(at, (number + 1) * SPAN);
            }
          }
        }
        x += bytes;
      }
      for (let i = 0; used && i < n; i++) {
        const number = load<u32>(work + (<usize>i << 2)) / SPAN;
        if (number) endRow<T>(work + totals + (number - 1) * pitch, y + <usize>i * bytes, bytes);
      }
      y += <usize>n * bytes;
    }
    indices += <usize>count << 2;
  }
  if (tallied) free(work, room);
  return true;
}

/** row ← its total + row. */
function endRow<T>(totals: usize, row: usize, bytes: usize): void {
  carryRow<T>(totals, row, bytes);
  for (let at: usize = 0; at < bytes; at += 16) storeFirst(row + at, total<T, Plus>(totals + (at << 1)), bytes - at);
}

/** Adds a row to its total. The last vector reaches behind the row, into lanes of the total that are never read. */
function carryRow<T>(totals: usize, row: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) carry<T, Plus>(totals + (at << 1), v128.load(row + at));
}

// @ts-ignore: decorator
@inline
function addRow<T>(y: usize, x: usize, bytes: usize): void {
  const end = y + bytes;
  for (const last = y + (bytes & ~15); y < last; y += 16) {
    v128.store(y, v128.add<T>(v128.load(y), v128.load(x)));
    x += 16;
  }
  for (; y < end; y += sizeof<T>()) {
    store<T>(y, load<T>(y) + load<T>(x));
    x += sizeof<T>();
  }
}

/** y[i] = the greatest of y[i] and of all x[k] with indices[k] = i, NaN if one of them is; arguments as for `scatterAdd`. */
export function scatterMax<T>(y: usize, x: usize, indices: usize, batch: i32, outer: i32, n: i32, count: i32, inner: i32): void {
  const bytes = <usize>inner * sizeof<T>();
  for (let b = 0; b < batch; b++) {
    for (let o = 0; o < outer; o++) {
      for (let k = 0; k < count; k++) {
        const i = load<i32>(indices + (<usize>k << 2));
        if (i >= 0) raiseRow<T>(y + <usize>i * bytes, x, bytes);
        x += bytes;
      }
      y += <usize>n * bytes;
    }
    indices += <usize>count << 2;
  }
}

// @ts-ignore: decorator
@inline
function raiseRow<T>(y: usize, x: usize, bytes: usize): void {
  for (const end = y + bytes; y < end; y += sizeof<T>()) {
    store<T>(y, max(load<T>(y), load<T>(x)));
    x += sizeof<T>();
  }
}

/**
 * Writes the row-major positions of `count` points in an array whose `rank` dimensions are at `dims`; coordinates may count from the end.
 * Returns the position of the first coordinate out of range, −1 when there is none.
 */
export function ravel(y: usize, points: usize, count: i32, rank: i32, dims: usize): i32 {
  for (let k = 0; k < count; k++) {
    let position = 0;
    for (let axis = 0; axis < rank; axis++) {
      const dim = load<i32>(dims + (axis << 2));
      let i = load<i32>(points);
      if (i < 0) i += dim;
      if (<u32>i >= <u32>dim) return k * rank + axis;
      position = position * dim + i;
      points += 4;
    }
    store<i32>(y, position);
    y += 4;
  }
  return -1;
}

/** y[r] = n + the last k with indices[k] = r, or r when there is none. */
export function lastWriters(y: usize, n: i32, indices: usize, count: i32): void {
  for (let r = 0; r < n; r++) store<i32>(y + (<usize>r << 2), r);
  for (let k = 0; k < count; k++) store<i32>(y + (<usize>load<i32>(indices + (<usize>k << 2)) << 2), n + k);
}

/** How many bytes differ from 0. */
export function countSet(x: usize, n: i32): i32 {
  let count = 0;
  for (let i = 0; i < n; i++) count += <i32>(load<u8>(x + i) != 0);
  return count;
}

/** Positions of the bytes that differ from 0. */
export function positionsSet(y: usize, x: usize, n: i32): void {
  for (let i = 0; i < n; i++) {
    if (!load<u8>(x + i)) continue;
    store<i32>(y, i);
    y += 4;
  }
}

/** Sets y[k, indices[k]] to the element at `on`, in rows of `depth`; an index out of range sets nothing. */
export function setOnes<T>(y: usize, indices: usize, count: i32, depth: i32, on: usize): void {
  for (let k = 0; k < count; k++) {
    const i = load<i32>(indices + (<usize>k << 2));
    if (<u32>i < <u32>depth) copyOne<T>(y + <usize>i * sizeof<T>(), on);
    y += <usize>depth * sizeof<T>();
  }
}
