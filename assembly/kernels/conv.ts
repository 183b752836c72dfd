/**
 * Convolution over up to three spatial axes, and its gradients, as products of `gathered.ts`: describes the rows and columns of the left
 * operand by the windows. Knows geometry and contiguous operands, no tensors.
 *
 *     x  [images, cells…, groups·ci]
 *     w  [taps…, ci, groups·co]           T = Σ x·w·y, over every place of y, every tap of its window and the cell under that
 *     y  [images, places…, groups·co]     tap; each result is the derivative of T by the operand that is not given
 *
 * Where each group has one channel, one product computes all groups, each in a lane of its own.
 */
import { alloc, free } from '../memory/heap';
import { OWN } from '../memory/scratch';
import { isShared, share, start } from '../parallel/share';
import { isComplex, sizeShift } from '../tensor/dtype';
import { copyDense } from './copy';
import { addPlaces, clearPlaces, GATHERED, Gathered, multiplyGathered } from './patches';
import { COST } from './gemm';
import { ROW } from './microkernel';
import { forgetTold } from './progress';
import { closeSource, nextPiece, openSource, shareBands, SOURCE } from './source';
import { AXES, axisOf, cellsOf, placesOf, tapsOf } from './window';

/** A share has a multiple of so many rows of the filter. */
const GRAIN = 16;

/** The operands. `axisOf` describes the windows. */
@unmanaged @final
export class Conv {
  dtype: i32;
  images: i32;
  groups: i32;
  ci: i32;
  co: i32;
  x: usize;
  w: usize;
  y: usize;

  /** Bytes of an element's channels in x and in y. */
  get widthOfX(): i32 { return (this.groups * this.ci) << sizeShift(this.dtype); }
  get widthOfY(): i32 { return (this.groups * this.co) << sizeShift(this.dtype); }
  /** Whether every group has one channel in and one out, so that lanes can be channels. */
  get isByLane(): bool { return this.groups > 1 && this.ci == 1 && this.co == 1 && !isComplex(this.dtype); }
}

/** The convolution in progress. */
export const CONV = changetype<Conv>(memory.data(offsetof<Conv>(), 16) + OWN);

/** Opens x, or y if `backwards`. By lane, vectors reach beyond the last channel, so an operand whose width is not a multiple of a panel's is copied. */
function open(v: Conv, backwards: bool): usize {
  const width = backwards ? v.widthOfY : v.widthOfX;
  return openSource(backwards ? v.y : v.x, width, v.images, backwards, v.isByLane && (width & (ROW - 1)) != 0);
}

/** Begins a product whose columns are `channels` channels of one group or, by lane, the channels of all groups. */
function beginProduct(v: Conv, channels: i32): Gathered {
  const g = GATHERED;
  clearPlaces(g);
  g.dtype = v.dtype;
  g.byLane = v.isByLane;
  g.accumulate = false;
  g.from = 0;
  g.n = v.isByLane ? v.groups : channels;
  return g;
}

/** Computes the product of every group; a, b and c are the bytes from one group to the next in the operands and in the result. */
function multiplyGroups(v: Conv, g: Gathered, a: i32, b: i32, c: i32): usize {
  for (let i = g.byLane ? v.groups - 1 : 0; i < v.groups; i++) {
    const refused = multiplyGathered(g);
    if (refused) return refused;
    g.a += a;
    g.b += b;
    g.c += c;
  }
  return 0;
}

/** Estimated nanoseconds for an image. */
function costOf(v: Conv): f64 {
  return COST * placesOf() * tapsOf() * v.ci * v.co * v.groups;
}

/**
 * y ← ∂T/∂y of x and w; its rows are places, its terms taps and channels. Or, `forFilter`, w ← ∂T/∂w of x and y; its rows are taps and
 * channels, its terms images and places. Returns 0, or the bytes of scratch that could not be allocated.
 */
export function convolve(v: Conv, forFilter: bool): usize {
  const s = SOURCE;
  const size = 1 << sizeShift(v.dtype);
  const width = v.widthOfY;
  let refused = open(v, false);
  if (!forFilter) shareBands(s, costOf(v) / s.bands);
  const count = forFilter ? share(tapsOf() * v.ci, GRAIN, costOf(v) * v.images / (tapsOf() * v.ci), 1) : 0;
  const from = forFilter ? start() : 0;
  let accumulate = false;
  while (!refused && nextPiece(s)) {
    const g = beginProduct(v, v.co);
    const places = forFilter ? g.columns : g.rows;
    const taps = forFilter ? g.rows : g.columns;
    let place = placesOf() * width;
    let tap = tapsOf() * v.ci * width;
    let y = v.y + s.image0 * place;
    addPlaces(places, s.images, s.image, place);
    for (let i = 0; i < AXES; i++) {
      const axis = axisOf(i);
      place /= axis.y;
      tap /= axis.taps;
      if (i == s.cut) y += s.band0 * place;
      addPlaces(places, i == s.cut ? s.height : axis.y, axis.stride * s.step(i), place);
      addPlaces(taps, axis.taps, axis.dilation * s.step(i), tap);
    }
    addPlaces(taps, v.ci, size, width);
    g.accumulate = accumulate;
    g.a = s.piece;
    g.b = forFilter ? y : v.w;
    g.c = forFilter ? v.w : y;
    g.ldb = width;
    g.from = from;
    g.m = forFilter ? count : g.rows.count;
    refused = multiplyGroups(v, g, v.ci * size, v.co * size, v.co * size);
    if (forFilter || g.n * size != width) forgetTold();
    accumulate = forFilter;
  }
  closeSource(s);
  return refused;
}

/**
 * x ← ∂T/∂x of w and y. Cells whose distance from the start of a window is the same modulo the stride lie under the same taps. They form a
 * phase, and each phase is a convolution of y by these taps of the filter. Returns as `convolve`.
 */
export function convolveInput(v: Conv): usize {
  const s = SOURCE;
  const bytes = tapsOf() * v.ci * v.widthOfY;
  const filter = alloc(bytes);
  if (!filter) return bytes;
  let phases = 1;
  for (let i = 0; i < AXES; i++) {
    phases *= min(axisOf(i).stride, axisOf(i).x);
    if (axisOf(i).stride > 1 && !isShared()) memory.fill(v.x, 0, v.images * cellsOf() * v.widthOfX); // a phase may have no tap
  }
  let refused = open(v, true);
  shareBands(s, costOf(v) / s.bands);
  while (!refused && nextPiece(s)) {
    for (let phase = 0; phase < phases && !refused; phase++) refused = convolvePhase(v, phase, filter);
  }
  forgetTold();
  closeSource(s);
  free(filter, bytes);
  return refused;
}

/** Sizes and strides of the phase's part of the filter. */
const DIMS = memory.data((AXES + 3) << 2, 16) + OWN;
const STEPS = memory.data((AXES + 3) << 2, 16) + OWN;

// @ts-ignore: decorator
@inline
function setFilterDim(i: i32, size: i32, step: i32): void {
  store<i32>(DIMS + (i << 2), size);
  store<i32>(STEPS + (i << 2), step);
}

/**
 * Computes the cells of one phase: along each axis r, r + stride, … They lie under the taps t, t + every, …, and a later tap belongs to an
 * earlier place of y. `filter` has room for these taps of the filter, which are laid out as [groups, taps…, co, ci].
 */
function convolvePhase(v: Conv, phase: i32, filter: usize): usize {
  const s = SOURCE;
  const shift = sizeShift(v.dtype);
  const outputs = v.groups * v.co;
  let cell = cellsOf() * v.widthOfX;
  let tap = tapsOf() * v.ci * outputs;
  let w = v.w;
  const g = beginProduct(v, v.ci);
  g.a = s.piece + s.origin;
  g.c = v.x + s.image0 * cell;
  addPlaces(g.rows, s.images, s.image, cell);
  for (let i = 0; i < AXES; i++) {
    const axis = axisOf(i);
    const phases = min(axis.stride, axis.x);
    const r = phase % phases;
    phase /= phases;
    cell /= axis.x;
    tap /= axis.taps;
    let t = 0, every = 1, taps = 0;
    for (let k = 0; k < axis.taps; k++) {
      if ((r + axis.low - k * axis.dilation) % axis.stride) continue;
      if (taps == 0) t = k;
      if (taps++ == 1) every = k - t;
    }
    const band = i == s.cut ? s.band0 : 0;
    const cells = (axis.x - r + axis.stride - 1) / axis.stride - band;
    if (!taps || cells <= 0) return 0;
    g.a += (r + axis.low - t * axis.dilation) / axis.stride * s.step(i);
    g.c += (band * axis.stride + r) * cell;
    w += (t * tap) << shift;
    addPlaces(g.rows, i == s.cut ? min(cells, s.height) : cells, s.step(i), axis.stride * cell);
    addPlaces(g.columns, taps, -(every * axis.dilation / axis.stride) * s.step(i), 0);
    setFilterDim(1 + i, taps, every * tap);
  }
  g.m = g.rows.count;
  const taps = g.columns.count;
  const terms = g.byLane ? 1 : v.co;
  addPlaces(g.columns, terms, 1 << shift, 0);
  setFilterDim(0, g.byLane ? 1 : v.groups, v.co);
  setFilterDim(AXES + 1, terms, 1);
  setFilterDim(AXES + 2, g.n, g.byLane ? 1 : outputs);
  copyDense(shift, AXES + 3, DIMS, filter, w, STEPS);
  g.b = filter;
  g.ldb = g.n << shift;
  return multiplyGroups(v, g, v.co << shift, (taps * v.co * v.ci) << shift, v.ci << shift);
}
