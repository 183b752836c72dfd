/**
 * Iteration over strided operands: one contiguous loop per functor serves them all, for operands that are not contiguous are
 * gathered tile by tile into scratch that stays in the first-level cache. Knows pointers and strides, no tensors.
 *
 * Cost of a gathered operand: one load and one store an element, about 0.3 ns; a broadcast scalar is filled in once.
 */
import { OWN } from '../memory/scratch';
import { isShared, share, start } from '../parallel/share';
import { gather, splat } from './gather';

/** Elements a tile: four operands of 16 bytes an element fit 32 KiB. */
export const TILE = 512;
const OPERANDS = 4;
const RANK = 16;
/** Rows at least this long are used in place when only the row is contiguous. */
const ROW = 64;
/** Elements that a thread's share is a multiple of: no functor stores more at a time, so the last vector stays inside. */
const GRAIN = 16;
/** Nanoseconds for an element, between those of a sum and of a power. */
const COST = 0.5;

enum Mode {
  direct,
  splat,
  row,
  gather,
}

const SCRATCH = memory.data(OPERANDS * TILE * 16, 16) + OWN;
const DIMS = memory.data(RANK << 2, 16) + OWN;
const STRIDES = memory.data((OPERANDS * RANK) << 2, 16) + OWN;
const BASES = memory.data(OPERANDS << 2, 16) + OWN;
const SHIFTS = memory.data(OPERANDS << 2, 16) + OWN;
const MODES = memory.data(OPERANDS << 2, 16) + OWN;

/** Where the tile's operands and its result are. */
export let tile0: usize = 0;
export let tile1: usize = 0;
export let tile2: usize = 0;
export let tileOut: usize = 0;
/** The dtype of what an elementwise kernel reads: one kernel serves several. */
export let tileDtype: i32 = 0;

// @ts-ignore: decorator
@inline
export function setTileDtype(dtype: i32): void {
  tileDtype = dtype;
}

/** Whether an iteration began since it was last set to false: how a trace learns that a kernel works element by element. */
export let tiled = false;

export function setTiled(value: bool): void {
  tiled = value;
}

let operands = 0;
let rank = 0;
let position = 0;
let total = 0;
let byRows = false;
let outBase: usize = 0;
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

/** Everything is contiguous: the whole is one tile. */
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

/** Begins an iteration over this thread's share of `n` elements that go to `out` in row-major order. */
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

/** Merges dimensions that all operands walk as one, and drops those of size 1. */
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

function modeOf(operand: i32): Mode {
  const strides = stridesOf(operand);
  let still = true;
  let dense = true;
  let size = 1;
  for (let axis = rank - 1; axis >= 0; axis--) {
    const stride = load<i32>(strides + (axis << 2));
    if (stride != 0) still = false;
    if (stride != size) dense = false;
    size *= load<i32>(DIMS + (axis << 2));
  }
  if (still) return Mode.splat;
  if (dense) return Mode.direct;
  const inner = (rank - 1) << 2;
  const length = load<i32>(DIMS + inner);
  // A row that ends within a vector would end a share so.
  return load<i32>(strides + inner) == 1 && length >= ROW && !(isShared() && length % GRAIN) ? Mode.row : Mode.gather;
}

/** Chooses how each operand is read; returns the first tile's elements. */
export function firstTile(): i32 {
  collapse();
  byRows = false;
  for (let k = 0; k < operands; k++) {
    const mode = modeOf(k);
    store<i32>(MODES + (k << 2), mode);
    if (mode == Mode.row) byRows = true;
    if (mode == Mode.splat) splat(load<u32>(SHIFTS + (k << 2)), SCRATCH + k * (TILE << 4), load<usize>(BASES + (k << 2)), min(TILE, total));
  }
  return nextTile();
}

/** The next tile's elements, its operands in `tile0` …; 0 at the end. */
export function nextTile(): i32 {
  const left = total - position;
  if (left <= 0) return 0;
  let n = min(TILE, left);
  if (byRows) {
    const length = load<i32>(DIMS + ((rank - 1) << 2));
    n = min(n, length - (position % length));
  }
  tile0 = operandAt(0, n);
  if (operands > 1) tile1 = operandAt(1, n);
  if (operands > 2) tile2 = operandAt(2, n);
  tileOut = outBase + (position << outShift);
  position += n;
  return n;
}

function operandAt(k: i32, n: i32): usize {
  const base = load<usize>(BASES + (k << 2));
  const shift = load<u32>(SHIFTS + (k << 2));
  const scratch = SCRATCH + k * (TILE << 4);
  switch (load<i32>(MODES + (k << 2))) {
    case Mode.direct:
      return base + (position << shift);
    case Mode.splat:
      return scratch;
    case Mode.row:
      return base + (rowOffset(k) << shift);
    default:
      gather(shift, scratch, base, position, n, rank, DIMS, stridesOf(k));
      return scratch;
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
