/**
 * Convolution over up to three spatial axes, and its gradients: from windows to the rows and columns of a gathered product.
 * Knows geometry and contiguous operands, no tensors.
 *
 *     x  [images, cells…, groups·ci]
 *     w  [taps…, ci, groups·co]           T = Σ x·w·y over all elements that meet; the result is the derivative of T
 *     y  [images, places…, groups·co]     by the operand that is missing
 *
 * Where each group has one channel, the product is taken lane by lane over all of them.
 */
import { alloc, free } from '../memory/heap';
import { OWN } from '../memory/scratch';
import { isShared } from '../parallel/share';
import { isComplex, sizeShift } from '../tensor/dtype';
import { pack } from './copy';
import { addPlaces, clearPlaces, GATHERED, Gathered, runGathered } from './gathered';
import { ROW } from './microkernel';
import { forgetTold } from './progress';
import { AXES, axisOf, cellsOf, placesOf, tapsOf } from './window';

/** Bytes that images with zeros around them may take at a time, but for a single one: half a second-level cache. */
const CHUNK = 256 << 10;

/** The operands; `axisOf` has the windows. */
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
  /** Whether every group has one channel in and one out: then lanes are channels. */
  get isByLane(): bool { return this.groups > 1 && this.ci == 1 && this.co == 1 && !isComplex(this.dtype); }
}

/** The convolution in progress. */
export const CONV = changetype<Conv>(memory.data(offsetof<Conv>(), 16) + OWN);

/** What windows slide over, some images at a time, with zeros around where a window would leave them. */
@unmanaged @final
class Source {
  from: usize;
  /** The padded images, and their bytes; 0 when they are read where they lie. */
  block: usize;
  bytes: usize;
  /** Images that fit the block. */
  images: i32;
  /** Bytes of an image as it lies, and padded. */
  pitch: i32;
  image: i32;
  /** Offset of the first element behind the padding. */
  origin: i32;

  /** Size of axis i. */
  @inline size(i: i32): i32 { return load<i32>(changetype<usize>(this) + (i << 2), offsetof<Source>()); }
  @inline setSize(i: i32, size: i32): void { store<i32>(changetype<usize>(this) + (i << 2), size, offsetof<Source>()); }
  /** Bytes from one position to the next along axis i. */
  @inline step(i: i32): i32 { return load<i32>(changetype<usize>(this) + (i << 2), offsetof<Source>() + (AXES << 2)); }
  @inline setStep(i: i32, step: i32): void { store<i32>(changetype<usize>(this) + (i << 2), step, offsetof<Source>() + (AXES << 2)); }
}

const SOURCE = changetype<Source>(memory.data(offsetof<Source>() + (2 * AXES << 2), 16) + OWN);

/**
 * Makes the source x, or y for the way back. Returns the bytes that were asked for in vain. Lane by lane, vectors reach beyond the
 * last channel: a width of no whole panels is copied too, with room behind it.
 */
function openSource(v: Conv, backwards: bool): usize {
  const s = SOURCE;
  let step = backwards ? v.widthOfY : v.widthOfX;
  let padded = v.isByLane && (step & (ROW - 1)) != 0;
  let bytes: f64 = step;
  s.pitch = step;
  s.origin = 0;
  for (let i = AXES - 1; i >= 0; i--) {
    const axis = axisOf(i);
    const reach = (axis.taps - 1) * axis.dilation;
    const size = backwards ? axis.y : axis.x;
    const low = backwards ? max(reach - axis.low, 0) / axis.stride : axis.low;
    const last = backwards ? (axis.x - 1 + axis.low) / axis.stride : (axis.y - 1) * axis.stride + reach - axis.low;
    const extent = low + max(size, last + 1);
    if (extent > size) padded = true;
    s.setSize(i, size);
    s.setStep(i, step);
    s.origin += low * step;
    s.pitch *= size;
    step *= extent;
    bytes *= extent;
  }
  s.from = backwards ? v.y : v.x;
  s.image = step;
  s.block = 0;
  s.images = v.images;
  if (!padded) return 0;
  if (bytes > 0x7ff00000) return 0x7ff00000;
  s.images = min(v.images, max(1, CHUNK / step));
  s.bytes = <usize>s.images * step + ROW;
  s.block = alloc(s.bytes);
  return s.block ? 0 : s.bytes;
}

/** Address of the images from `first` on, `count` of them and as many as a block holds at most. */
function readSource(s: Source, first: i32, count: i32): usize {
  let from = s.from + first * s.pitch;
  if (!s.block) return from;
  const bytes = s.pitch / (s.size(0) * s.size(1));
  let end = s.block;
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < s.size(0); i++) {
      let to = s.block + s.origin + n * s.image + i * s.step(0);
      for (let j = 0; j < s.size(1); j++) {
        memory.fill(end, 0, to - end);
        memory.copy(to, from, bytes);
        end = to + bytes;
        to += s.step(1);
        from += bytes;
      }
    }
  }
  memory.fill(end, 0, s.block + s.bytes - end);
  return s.block;
}

function closeSource(s: Source): void {
  if (s.block) free(s.block, s.bytes);
}

/** Starts a product of as many columns as a group has channels, or as all have lane by lane. */
function beginProduct(v: Conv, channels: i32): Gathered {
  const g = GATHERED;
  clearPlaces(g);
  g.dtype = v.dtype;
  g.byLane = v.isByLane;
  g.accumulate = false;
  g.n = v.isByLane ? v.groups : channels;
  return g;
}

/** The product of every group; steps of the operands, in bytes, lead from one to the next. */
function runGroups(v: Conv, g: Gathered, a: i32, b: i32, c: i32): usize {
  for (let i = g.byLane ? v.groups - 1 : 0; i < v.groups; i++) {
    const refused = runGathered(g);
    if (refused) return refused;
    g.a += a;
    g.b += b;
    g.c += c;
  }
  return 0;
}

/**
 * y ← ∂T/∂y of x and w, or w ← ∂T/∂w of x and y: rows are the result's places and sums run over the other's, taps and channels, or
 * images and places. Returns the bytes of scratch that were asked for in vain, 0 when all is well.
 */
export function convolve(v: Conv, forFilter: bool): usize {
  const s = SOURCE;
  const size = 1 << sizeShift(v.dtype);
  const width = v.widthOfY;
  let refused = openSource(v, false);
  for (let first = 0; first < v.images && !refused; first += s.images) {
    const count = min(s.images, v.images - first);
    const g = beginProduct(v, v.co);
    const places = forFilter ? g.columns : g.rows;
    const taps = forFilter ? g.rows : g.columns;
    let place = placesOf() * width;
    let tap = tapsOf() * v.ci * width;
    const y = v.y + first * place;
    addPlaces(places, count, s.image, place);
    for (let i = 0; i < AXES; i++) {
      const axis = axisOf(i);
      place /= axis.y;
      tap /= axis.taps;
      addPlaces(places, axis.y, axis.stride * s.step(i), place);
      addPlaces(taps, axis.taps, axis.dilation * s.step(i), tap);
    }
    addPlaces(taps, v.ci, size, width);
    g.accumulate = forFilter && first > 0;
    g.a = readSource(s, first, count);
    g.b = forFilter ? y : v.w;
    g.c = forFilter ? v.w : y;
    g.ldb = width;
    refused = runGroups(v, g, v.ci * size, v.co * size, v.co * size);
    if (forFilter || g.n * size != width) forgetTold();
  }
  closeSource(s);
  return refused;
}

/**
 * x ← ∂T/∂x of w and y. Cells that lie alike between the starts of windows meet the same taps: each such phase is a convolution of y by
 * a part of the filter. Returns as `convolve`.
 */
export function convolveInput(v: Conv): usize {
  const s = SOURCE;
  const bytes = tapsOf() * v.ci * v.widthOfY;
  const part = alloc(bytes);
  if (!part) return bytes;
  let phases = 1;
  for (let i = 0; i < AXES; i++) {
    phases *= min(axisOf(i).stride, axisOf(i).x);
    if (axisOf(i).stride > 1 && !isShared()) memory.fill(v.x, 0, v.images * cellsOf() * v.widthOfX); // a phase may meet no tap
  }
  let refused = openSource(v, true);
  for (let first = 0; first < v.images && !refused; first += s.images) {
    const count = min(s.images, v.images - first);
    const from = readSource(s, first, count) + s.origin;
    for (let phase = 0; phase < phases && !refused; phase++) refused = convolvePhase(v, phase, part, from, first, count);
  }
  forgetTold();
  closeSource(s);
  free(part, bytes);
  return refused;
}

/** Sizes and steps of a part of the filter. */
const DIMS = memory.data((AXES + 3) << 2, 16) + OWN;
const STEPS = memory.data((AXES + 3) << 2, 16) + OWN;

// @ts-ignore: decorator
@inline
function setPart(i: i32, size: i32, step: i32): void {
  store<i32>(DIMS + (i << 2), size);
  store<i32>(STEPS + (i << 2), step);
}

/**
 * The cells of one phase: along each axis r, r + stride, … They meet the taps t, t + every, …, which come from y at o and backwards.
 * `part` is room for these taps, laid out as [groups, taps…, co, ci].
 */
function convolvePhase(v: Conv, phase: i32, part: usize, from: usize, first: i32, count: i32): usize {
  const s = SOURCE;
  const shift = sizeShift(v.dtype);
  const outputs = v.groups * v.co;
  let cell = cellsOf() * v.widthOfX;
  let tap = tapsOf() * v.ci * outputs;
  let w = v.w;
  const g = beginProduct(v, v.ci);
  g.a = from;
  g.c = v.x + first * cell;
  addPlaces(g.rows, count, s.image, cell);
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
    if (!taps) return 0;
    g.a += (r + axis.low - t * axis.dilation) / axis.stride * s.step(i);
    g.c += r * cell;
    w += (t * tap) << shift;
    addPlaces(g.rows, (axis.x - r + axis.stride - 1) / axis.stride, s.step(i), axis.stride * cell);
    addPlaces(g.columns, taps, -(every * axis.dilation / axis.stride) * s.step(i), 0);
    setPart(1 + i, taps, every * tap);
  }
  const taps = g.columns.count;
  const terms = g.byLane ? 1 : v.co;
  addPlaces(g.columns, terms, 1 << shift, 0);
  setPart(0, g.byLane ? 1 : v.groups, v.co);
  setPart(AXES + 1, terms, 1);
  setPart(AXES + 2, g.n, g.byLane ? 1 : outputs);
  pack(shift, AXES + 3, DIMS, part, w, STEPS);
  g.b = part;
  g.ldb = g.n << shift;
  return runGroups(v, g, v.co << shift, (taps * v.co * v.ci) << shift, v.ci << shift);
}
