/** Copies strided arrays to strided arrays; clears matrices outside a band. Knows sizes in bytes, no dtypes. */
import { OWN } from '../memory/scratch';
import { share, start } from '../parallel/share';
import { copySpan, copySteps } from './strided';

const RANK = 16;
const DIMS = memory.data(RANK << 2, 16) + OWN;
const TO = memory.data(RANK << 2, 16) + OWN;
const FROM = memory.data(RANK << 2, 16) + OWN;

/** Rows of at least so many bytes are copied in vectors. */
const LONG = 16;
/** Nanoseconds for an element. */
const COST = 0.3;

/** Copies the array of `dims` at `from` to `to`, each side with its strides in elements of 2^shift bytes. */
export function copy(shift: u32, rank: i32, dims: usize, to: usize, toStrides: usize, from: usize, fromStrides: usize): void {
  copyAxes(shift, collapse(rank, dims, toStrides, fromStrides) - 1, to, from);
}

function copyAxes(shift: u32, last: i32, to: usize, from: usize): void {
  switch (shift) {
    case 0:
      return copyAxis<u8>(0, last, to, from);
    case 2:
      return copyAxis<u32>(0, last, to, from);
    case 3:
      return copyAxis<u64>(0, last, to, from);
    default:
      return copyAxis<v128>(0, last, to, from);
  }
}

const DENSE = memory.data(RANK << 2, 16) + OWN;

/** Copies the array of `dims` at `from`, with its strides, to `to` in row-major order. */
export function copyDense(shift: u32, rank: i32, dims: usize, to: usize, from: usize, fromStrides: usize): void {
  layDense(rank, dims);
  copy(shift, rank, dims, to, DENSE, from, fromStrides);
}

/** As `copyDense`, but copies only this thread's share of the `size` elements. */
export function copyDenseShare(shift: u32, size: i32, rank: i32, dims: usize, to: usize, from: usize, fromStrides: usize): void {
  layDense(rank, dims);
  const last = collapse(rank, dims, DENSE, fromStrides) - 1;
  const rows = load<i32>(DIMS);
  store<i32>(DIMS, share(rows, 1, (COST * size) / rows));
  const first = start();
  copyAxes(shift, last, to + ((first * load<i32>(TO)) << shift), from + ((first * load<i32>(FROM)) << shift));
}

/** Leaves the strides of contiguous elements in DENSE. */
function layDense(rank: i32, dims: usize): void {
  for (let axis = rank - 1, stride = 1; axis >= 0; axis--) {
    store<i32>(DENSE + (axis << 2), stride);
    stride *= load<i32>(dims + (axis << 2));
  }
}

/** Leaves the geometry in DIMS, TO and FROM. Neighbouring axes that are one axis to both sides are merged. Returns the rank, at least 1. */
function collapse(rank: i32, dims: usize, toStrides: usize, fromStrides: usize): i32 {
  let kept = 0;
  store<i32>(DIMS, 1);
  for (let axis = 0; axis < rank; axis++) {
    const dim = load<i32>(dims + (axis << 2));
    if (dim == 1) continue;
    const to = load<i32>(toStrides + (axis << 2));
    const from = load<i32>(fromStrides + (axis << 2));
    const outer = (kept - 1) << 2;
    const merges = kept > 0 && load<i32>(TO + outer) == to * dim && load<i32>(FROM + outer) == from * dim;
    const at = merges ? outer : kept++ << 2;
    store<i32>(DIMS + at, merges ? load<i32>(DIMS + at) * dim : dim);
    store<i32>(TO + at, to);
    store<i32>(FROM + at, from);
  }
  return max(kept, 1);
}

function copyAxis<T>(axis: i32, last: i32, to: usize, from: usize): void {
  const at = axis << 2;
  const dim = load<i32>(DIMS + at);
  const toStep = <usize>load<i32>(TO + at) * sizeof<T>();
  const fromStep = <usize>load<i32>(FROM + at) * sizeof<T>();
  if (axis == last - 1 && isTurned(at)) return copyTurned<T>(at, to, from);
  if (axis < last) {
    for (let i = 0; i < dim; i++) {
      copyAxis<T>(axis + 1, last, to, from);
      to += toStep;
      from += fromStep;
    }
  } else if (dim * sizeof<T>() >= LONG && toStep == sizeof<T>() && fromStep == sizeof<T>()) {
    copySpan(to, from, dim * sizeof<T>());
  } else {
    copySteps<T>(to, toStep, from, fromStep, dim);
  }
}

/** Columns and rows of a block: no more columns than a cache set has ways, for their lines may all fall into one set; rows that fill whole lines. */
const COLUMNS = 8;
const ROWS = 64;

/** Whether the source is transposed in the last two axes: its columns lie further apart than its rows. */
function isTurned(at: i32): bool {
  const isAcross = abs(load<i32>(FROM + at)) < abs(load<i32>(FROM + at, 4));
  return isAcross && load<i32>(DIMS + at) >= COLUMNS && load<i32>(DIMS + at, 4) >= COLUMNS;
}

/** Copies the last two axes block by block, so that each cache line of the source is used up before it leaves the cache. */
function copyTurned<T>(at: i32, to: usize, from: usize): void {
  const rows = load<i32>(DIMS + at);
  const columns = load<i32>(DIMS + at, 4);
  const toRow = <usize>load<i32>(TO + at) * sizeof<T>();
  const toColumn = <usize>load<i32>(TO + at, 4) * sizeof<T>();
  const fromRow = <usize>load<i32>(FROM + at) * sizeof<T>();
  const fromColumn = <usize>load<i32>(FROM + at, 4) * sizeof<T>();
  for (let row = 0; row < rows; row += ROWS) {
    const last = min(row + ROWS, rows);
    for (let column = 0; column < columns; column += COLUMNS) {
      const width = min(COLUMNS, columns - column);
      for (let i = row; i < last; i++) copySteps<T>(to + i * toRow + column * toColumn, toColumn, from + i * fromRow + column * fromColumn, fromColumn, width);
    }
  }
}

/** Clears what lies outside low ≤ column − row ≤ high in each of `count` matrices of m rows of n elements. */
export function clearOutsideBand(shift: u32, y: usize, count: i32, m: i32, n: i32, low: i32, high: i32): void {
  const bytes = <usize>n << shift;
  for (let k = 0; k < count; k++) {
    for (let i = 0; i < m; i++) {
      const from = <usize>min(max(i + low, 0), n) << shift;
      const to = max(<usize>min(max(i + high + 1, 0), n) << shift, from);
      memory.fill(y, 0, from);
      memory.fill(y + to, 0, bytes - to);
      y += bytes;
    }
  }
}
