/**
 * Iteration over the strided operands of elementwise kernels, tile by tile. Operands that are not contiguous are gathered into scratch, which
 * stays in the first-level cache, so each functor needs one contiguous loop only. Knows pointers and strides, no tensors.
 *
 * A gathered operand costs one load and one store an element, about 0.3 ns; a broadcast scalar fills its tile once.
 *
 * See Note [Panels] for transposed operands.
 */
import { OWN } from '../memory/scratch';
import { isShared, share, start } from '../parallel/share';
import { gather, turn } from './strided';

/** Elements of a tile: four operands of 16 bytes an element fit 32 KiB. */
export const TILE = 512;
const OPERANDS = 4;
const RANK = 16;
/** Rows at least this long are used in place when only the row is contiguous. */
const ROW = 64;
/** Columns of a panel, and bytes of a cache line: a panel has as many rows as a line has elements of the transposed operand. See Note [Panels] */
const COLUMNS = 128;
const LINE = 64;
/** A share has a multiple of so many elements: no functor stores more at a time, so the last vector stays inside the share. */
const GRAIN = 16;
/** Estimated nanoseconds for an element: between an addition's and a power's. */
const COST = 0.5;

enum Mode {
  /** Contiguous. */
  direct,
  /** The same elements in every tile, gathered once. */
  still,
  /** Rows are contiguous, and a tile is part of one row. */
  row,
  gather,
  /** See Note [Panels] */
  turned,
}

const SCRATCH = memory.data(OPERANDS * TILE * 16, 16) + OWN;
const DIMS = memory.data(RANK << 2, 16) + OWN;
const STRIDES = memory.data((OPERANDS * RANK) << 2, 16) + OWN;
const BASES = memory.data(OPERANDS << 2, 16) + OWN;
const SHIFTS = memory.data(OPERANDS << 2, 16) + OWN;
const MODES = memory.data(OPERANDS << 2, 16) + OWN;

/** Addresses of the tile's operands and of its result. */
export let tile0: usize = 0;
export let tile1: usize = 0;
export let tile2: usize = 0;
export let tileOut: usize = 0;
/** The address for the tile's slopes, of kernels that compute values and slopes. */
export let tileSlope: usize = 0;
/** The dtype of the operands, for elementwise kernels that serve several dtypes. */
export let tileDtype: i32 = 0;

// @ts-ignore: decorator
@inline
export function setTileDtype(dtype: i32): void {
  tileDtype = dtype;
}

/** Whether an iteration began since this was last set to false. A trace reads it to learn that a kernel works element by element. */
export let tiled = false;

export function setTiled(value: bool): void {
  tiled = value;
}

let operands = 0;
let rank = 0;
let position = 0;
let total = 0;
let byRows = false;
/** Rows of a panel at most, 0 without panels; the current panel's rows, the rows above it, its first column, and the tile's row in it. */
let high = 0;
let height = 0;
let top = 0;
let column = 0;
let row = 0;
let outBase: usize = 0;
let slopeBase: usize = 0;
let outShift: u32 = 0;

// @ts-ignore: decorator
@inline
function stridesOf(operand: i32): usize {
  return STRIDES + ((operand * RANK) << 2);
}

/** This thread's share of n elements. */
// @ts-ignore: decorator
@inline
export function shareOfTiles(n: i32): i32 {
  return share(n, GRAIN, COST);
}

/** Makes one tile of contiguous operands. */
// @ts-ignore: decorator
@inline
export function wholeTile(x0: usize, x1: usize, x2: usize, out: usize): void {
  tile0 = x0;
  tile1 = x1;
  tile2 = x2;
  tileOut = out;
  position = 0;
  total = 0;
  tiled = true;
}

/** Begins an iteration over this thread's share of `n` elements, whose results are stored at `out` in row-major order. */
export function beginTiles(n: i32, out: usize, shift: u32): void {
  operands = 0;
  rank = 0;
  total = shareOfTiles(n);
  position = start();
  total += position;
  outBase = out;
  outShift = shift;
  tiled = true;
}

/** Sets the address for slopes. Call it before `beginTiles`, or beside `wholeTile`. */
// @ts-ignore: decorator
@inline
export function setTileSlope(at: usize): void {
  slopeBase = at;
  tileSlope = at;
}

/** Adds a dimension, outermost first; then `setTileStride` for each operand. */
export function addTileDim(dim: i32): void {
  store<i32>(DIMS + (rank++ << 2), dim);
}

/** Adds an operand of 2^shift bytes an element. */
export function addTileOperand(base: usize, shift: u32): void {
  store<usize>(BASES + (operands << 2), base);
  store<u32>(SHIFTS + (operands << 2), shift);
  operands++;
}

/** Stride, in elements, of the last added operand along dimension `axis`. */
export function setTileStride(axis: i32, stride: i32): void {
  store<i32>(stridesOf(operands - 1) + (axis << 2), stride);
}

/** Merges neighbouring dimensions that are one dimension to all operands, and drops dimensions of size 1. */
function collapse(): void {
  let kept = 0;
  for (let axis = 0; axis < rank; axis++) {
    const dim = load<i32>(DIMS + (axis << 2));
    if (dim == 1) continue;
    if (kept && merges(kept - 1, axis, dim)) kept--;
    else store<i32>(DIMS + (kept << 2), 1);
    store<i32>(DIMS + (kept << 2), load<i32>(DIMS + (kept << 2)) * dim);
    for (let k = 0; k < operands; k++) store<i32>(stridesOf(k) + (kept << 2), load<i32>(stridesOf(k) + (axis << 2)));
    kept++;
  }
  if (!kept) {
    store<i32>(DIMS, 1);
    for (let k = 0; k < operands; k++) store<i32>(stridesOf(k), 0);
    kept = 1;
  }
  rank = kept;
}

function merges(outer: i32, axis: i32, dim: i32): bool {
  for (let k = 0; k < operands; k++) {
    const strides = stridesOf(k);
    if (load<i32>(strides + (outer << 2)) != load<i32>(strides + (axis << 2)) * dim) return false;
  }
  return true;
}

/** How operand k is read. If `even`, all tiles but the last have TILE elements. */
function modeOf(k: i32, even: bool): Mode {
  const strides = stridesOf(k);
  let axis = rank - 1;
  let period = 1;
  while (axis >= 0 && load<i32>(strides + (axis << 2)) == period) period *= load<i32>(DIMS + (axis-- << 2));
  if (axis < 0) return Mode.direct;
  while (axis >= 0 && load<i32>(strides + (axis << 2)) == 0) axis--;
  if (axis < 0 && (period == 1 || (even && TILE % period == 0))) return Mode.still;
  const inner = (rank - 1) << 2;
  const step = load<i32>(strides + inner);
  const length = load<i32>(DIMS + inner);
  // If a row ended inside a vector, a share could end there too.
  if (length < ROW || step == 0 || (isShared() && length % GRAIN)) return Mode.gather;
  if (step == 1) return Mode.row;
  return rank > 1 && load<i32>(strides + inner - 4) == 1 ? Mode.turned : Mode.gather;
}

function chooseModes(even: bool): void {
  byRows = false;
  high = 0;
  for (let k = 0; k < operands; k++) {
    const mode = modeOf(k, even);
    const shift = load<u32>(SHIFTS + (k << 2));
    store<i32>(MODES + (k << 2), mode);
    if (mode == Mode.row) byRows = true;
    if (mode == Mode.turned) high = high ? min(high, LINE >> shift) : LINE >> shift;
  }
}

/** Chooses how each operand is read, and moves to the first tile; returns its number of elements. */
export function firstTile(): i32 {
  collapse();
  chooseModes(true);
  if (byRows || high) chooseModes(false);
  for (let k = 0; k < operands; k++) if (load<i32>(MODES + (k << 2)) == Mode.still) gatherTile(k, position, min(TILE, total - position));
  height = 0;
  column = 0;
  row = 0;
  if (high) top = firstPanel();
  return nextTile();
}

/** Gathers n elements of operand k from element `start`. */
function gatherTile(k: i32, start: i32, n: i32): usize {
  const scratch = SCRATCH + k * (TILE << 4);
  gather(load<u32>(SHIFTS + (k << 2)), scratch, load<usize>(BASES + (k << 2)), start, n, rank, DIMS, stridesOf(k));
  return scratch;
}

/** Moves to the next tile, with its operands in `tile0` …; returns its number of elements, 0 at the end. */
export function nextTile(): i32 {
  if (high && total) return nextOfPanel();
  const left = total - position;
  if (left <= 0) return 0;
  let n = min(TILE, left);
  if (byRows) {
    const length = load<i32>(DIMS + ((rank - 1) << 2));
    n = min(n, length - (position % length));
  }
  place(n);
  position += n;
  return n;
}

/** Points the tile at n elements from the current position. */
function place(n: i32): void {
  tile0 = operandAt(0, n);
  if (operands > 1) tile1 = operandAt(1, n);
  if (operands > 2) tile2 = operandAt(2, n);
  tileOut = outBase + (position << outShift);
  tileSlope = slopeBase + (position << outShift);
}

/**
 * Note [Panels]. An operand that is contiguous along the last axis but one lies one element a cache line in the order of the result, and a
 * line has left the cache before its next element is read. So tiles are then the rows of panels, and such an operand is gathered a panel at
 * a time. Panels side by side are visited from the last to the first, for a tile that ends a row may overwrite the beginning of the next row.
 */
function nextOfPanel(): i32 {
  const length = load<i32>(DIMS + ((rank - 1) << 2));
  if (++row >= height) {
    row = 0;
    column -= COLUMNS;
    if (column < 0) {
      top += height;
      if (top * length >= total) return 0;
      const rows = load<i32>(DIMS + ((rank - 2) << 2));
      height = min(high, rows - top % rows);
      column = (length - 1) / COLUMNS * COLUMNS;
    }
  }
  const n = min(COLUMNS, length - column);
  position = (top + row) * length + column;
  place(n);
  return n;
}

/** The number of rows above the first panel that begins in this thread's share. */
function firstPanel(): i32 {
  const rows = load<i32>(DIMS + ((rank - 2) << 2));
  const length = load<i32>(DIMS + ((rank - 1) << 2));
  const above = (position + length - 1) / length;
  const inside = above % rows;
  return above - inside + min((inside + high - 1) / high * high, rows);
}

function operandAt(k: i32, n: i32): usize {
  const base = load<usize>(BASES + (k << 2));
  const shift = load<u32>(SHIFTS + (k << 2));
  const scratch = SCRATCH + k * (TILE << 4);
  switch (load<i32>(MODES + (k << 2))) {
    case Mode.direct:
      return base + (position << shift);
    case Mode.still:
      return scratch;
    case Mode.row:
      return base + (rowOffset(k) << shift);
    case Mode.turned: {
      const step = load<i32>(stridesOf(k) + ((rank - 1) << 2)) << shift;
      if (row == 0) turn(shift, base + (rowOffset(k) << shift), step, n, scratch, COLUMNS << shift, height, false);
      return scratch + row * (COLUMNS << shift);
    }
    default:
      return gatherTile(k, position, n);
  }
}

/** Offset in elements of the current position, for an operand whose rows are contiguous. */
function rowOffset(k: i32): i32 {
  const strides = stridesOf(k);
  let rest = position;
  let offset = 0;
  for (let axis = rank - 1; axis >= 0; axis--) {
    const dim = load<i32>(DIMS + (axis << 2));
    const next = rest / dim;
    offset += (rest - next * dim) * load<i32>(strides + (axis << 2));
    rest = next;
  }
  return offset;
}
