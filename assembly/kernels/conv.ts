/**
 * Convolution over up to three spatial axes, and its gradients: from windows to the rows and columns of a gathered product.
 * Knows geometry and contiguous operands, no tensors.
 *
 *     x  [images, x₀, x₁, x₂, groups·ci]      y[o, g·co + j] = Σ over taps t and c of x[o·stride + t·dilation − low, g·ci + c] · w[t, c, g·co + j]
 *     w  [k₀, k₁, k₂, ci, groups·co]
 *     y  [images, y₀, y₁, y₂, groups·co]      the three are one trilinear form: each of them is its derivative by the product of the others
 *
 * Where each group has one channel, the product is taken lane by lane over all of them.
 */
import { alloc, free } from '../memory/heap';
import { isComplex, sizeShift } from '../tensor/dtype';
import { pack } from './copy';
import { addPlaces, clearPlaces, GATHERED, Gathered, runGathered } from './gathered';
import { ROW } from './microkernel';

/** Bytes that images with zeros around them may take at a time, but for a single one: half a second-level cache. */
const CHUNK = 256 << 10;
const AXES = 3;

/** One spatial axis. */
@unmanaged @final
export class Axis {
  x: i32;
  k: i32;
  y: i32;
  stride: i32;
  dilation: i32;
  /** Zeros in front of x. */
  low: i32;
}

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

  @inline axis(i: i32): Axis { return changetype<Axis>(changetype<usize>(this) + offsetof<Conv>() + i * offsetof<Axis>()); }
}

/** The convolution in progress; all three axes are set, missing ones to 1. */
export const CONV = changetype<Conv>(memory.data(offsetof<Conv>() + AXES * offsetof<Axis>(), 16));

/** The operand that windows slide over, a number of images at a time, with zeros around where a window would leave it. */
@unmanaged @final
class Source {
  from: usize;
  /** The padded images, and their bytes; 0 when they are read where they lie. */
  block: usize;
  bytes: usize;
  /** Images that fit the block. */
  images: i32;
  /** Bytes from one image to the next, as they lie and padded; offset of the first element among the padding. */
  pitch: i32;
  image: i32;
  origin: i32;

  /** Bytes from one position to the next along axis i. */
  @inline step(i: i32): i32 { return load<i32>(this.steps + (i << 2)); }
  @inline get steps(): usize { return changetype<usize>(this) + offsetof<Source>(); }
}

const SOURCE = changetype<Source>(memory.data(offsetof<Source>() + (AXES << 2), 16));
/** Sizes and zeros of the source's axes: size, low, high of each. */
const EXTENTS = memory.data(AXES * 12, 16);
const DIMS = memory.data(8 << 2, 16);
const FROM = memory.data(8 << 2, 16);

// @ts-ignore: decorator
@inline
function setExtent(i: i32, size: i32, low: i32, high: i32): void {
  store<i32>(EXTENTS + i * 12, size);
  store<i32>(EXTENTS + i * 12, max(low, 0), 4);
  store<i32>(EXTENTS + i * 12, max(high, 0), 8);
}

/**
 * Makes `from`, images of `channels` channels whose other axes stand in EXTENTS, the source. Returns the bytes that were asked for in
 * vain. Lane by lane, vectors reach beyond the last channel, so a width of no whole panels is copied too, with room behind it.
 */
function openSource(v: Conv, from: usize, channels: i32): usize {
  const s = SOURCE;
  const shift = sizeShift(v.dtype);
  let padded = isByLane(v) && ((channels << shift) & (ROW - 1)) != 0;
  let bytes: f64 = channels << shift;
  let step = channels << shift;
  s.pitch = step;
  s.origin = 0;
  for (let i = AXES - 1; i >= 0; i--) {
    const size = load<i32>(EXTENTS + i * 12);
    const low = load<i32>(EXTENTS + i * 12, 4);
    const high = load<i32>(EXTENTS + i * 12, 8);
    if (low | high) padded = true;
    store<i32>(s.steps + (i << 2), step);
    s.origin += low * step;
    s.pitch *= size;
    step *= low + size + high;
    bytes *= <f64>low + size + high;
  }
  s.from = from;
  s.image = step;
  s.block = 0;
  s.images = v.images;
  if (!padded) return 0;
  if (bytes > 0xfff00000) return 0xffffffff;
  s.images = min(v.images, max(1, CHUNK / step));
  s.bytes = <usize>s.images * step + ROW;
  s.block = alloc(s.bytes);
  return s.block ? 0 : s.bytes;
}

/** Address of the images from `first` on, `count` of them and as many as a block holds at most. */
function readSource(s: Source, first: i32, count: i32): usize {
  let from = s.from + first * s.pitch;
  if (!s.block) return from;
  const lines = load<i32>(EXTENTS);
  const rows = load<i32>(EXTENTS + 12);
  const bytes = s.pitch / (lines * rows);
  let end = s.block;
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < lines; i++) {
      let to = s.block + s.origin + n * s.image + i * s.step(0);
      for (let j = 0; j < rows; j++) {
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

/** Whether every group has one channel in and one out: then lanes are channels. */
function isByLane(v: Conv): bool {
  return v.groups > 1 && v.ci == 1 && v.co == 1 && !isComplex(v.dtype);
}

/** Channels of one product, of `width` a group: all of them lane by lane. */
// @ts-ignore: decorator
@inline
function widthOf(v: Conv, width: i32): i32 {
  return isByLane(v) ? v.groups : width;
}

// @ts-ignore: decorator
@inline
function imageOfX(v: Conv): i32 {
  return (v.axis(0).x * v.axis(1).x * v.axis(2).x * v.groups * v.ci) << sizeShift(v.dtype);
}

// @ts-ignore: decorator
@inline
function imageOfY(v: Conv): i32 {
  return (v.axis(0).y * v.axis(1).y * v.axis(2).y * v.groups * v.co) << sizeShift(v.dtype);
}

/** Starts a product of `n` columns. */
function beginProduct(v: Conv, n: i32, ldb: i32): Gathered {
  const g = GATHERED;
  clearPlaces(g);
  g.dtype = v.dtype;
  g.byLane = isByLane(v);
  g.accumulate = false;
  g.n = n;
  g.ldb = ldb;
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

/** Opens x, with the zeros that its windows reach. */
function openWindows(v: Conv): usize {
  for (let i = 0; i < AXES; i++) {
    const axis = v.axis(i);
    setExtent(i, axis.x, axis.low, (axis.y - 1) * axis.stride + (axis.k - 1) * axis.dilation + 1 - axis.low - axis.x);
  }
  return openSource(v, v.x, v.groups * v.ci);
}

/** y ← x * w. Returns the bytes of scratch that were asked for in vain, 0 when all is well; so do the others. */
export function convolve(v: Conv): usize {
  const s = SOURCE;
  const shift = sizeShift(v.dtype);
  const y = (v.groups * v.co) << shift;
  const image = imageOfY(v);
  let refused = openWindows(v);
  for (let first = 0; first < v.images && !refused; first += s.images) {
    const count = min(s.images, v.images - first);
    const g = beginProduct(v, widthOf(v, v.co), y);
    addPlaces(g.rows, count, s.image, image);
    let step = image;
    for (let i = 0; i < AXES; i++) {
      const axis = v.axis(i);
      step /= axis.y;
      addPlaces(g.rows, axis.y, axis.stride * s.step(i), step);
      addPlaces(g.columns, axis.k, axis.dilation * s.step(i), 0);
    }
    addPlaces(g.columns, v.ci, 1 << shift, 0);
    g.a = readSource(s, first, count);
    g.b = v.w;
    g.c = v.y + first * image;
    refused = runGroups(v, g, v.ci << shift, v.co << shift, v.co << shift);
  }
  closeSource(s);
  return refused;
}

/** w ← Σ of x over the places of y, weighted by y. */
export function convolveFilter(v: Conv): usize {
  const s = SOURCE;
  const shift = sizeShift(v.dtype);
  const y = (v.groups * v.co) << shift;
  const image = imageOfY(v);
  let refused = openWindows(v);
  for (let first = 0; first < v.images && !refused; first += s.images) {
    const count = min(s.images, v.images - first);
    const g = beginProduct(v, widthOf(v, v.co), y);
    let step = v.axis(0).k * v.axis(1).k * v.axis(2).k * v.ci * y;
    addPlaces(g.columns, count, s.image, 0);
    for (let i = 0; i < AXES; i++) {
      const axis = v.axis(i);
      step /= axis.k;
      addPlaces(g.rows, axis.k, axis.dilation * s.step(i), step);
      addPlaces(g.columns, axis.y, axis.stride * s.step(i), 0);
    }
    addPlaces(g.rows, v.ci, 1 << shift, y);
    g.accumulate = first > 0;
    g.a = readSource(s, first, count);
    g.b = v.y + first * image;
    g.c = v.w;
    refused = runGroups(v, g, v.ci << shift, v.co << shift, v.co << shift);
  }
  closeSource(s);
  return refused;
}

/**
 * x ← Σ of w over the windows that hold each place, weighted by y. Places that lie alike between the windows' starts meet the same
 * taps: each such phase, stride₀·stride₁·stride₂ of them, is a convolution of y by a part of the filter.
 */
export function convolveInput(v: Conv): usize {
  const s = SOURCE;
  let phases = 1;
  let stride = 1;
  let bytes = (v.ci * v.co * v.groups) << sizeShift(v.dtype);
  for (let i = 0; i < AXES; i++) {
    const axis = v.axis(i);
    const reach = (axis.k - 1) * axis.dilation - axis.low;
    setExtent(i, axis.y, reach / axis.stride, (axis.x - 1 + axis.low) / axis.stride - (axis.y - 1));
    stride = max(stride, axis.stride);
    phases *= min(axis.stride, axis.x);
    bytes *= axis.k;
  }
  const part = alloc(bytes);
  if (!part) return bytes;
  if (stride > 1) memory.fill(v.x, 0, v.images * imageOfX(v)); // a phase may meet no tap
  let refused = openSource(v, v.y, v.groups * v.co);
  for (let first = 0; first < v.images && !refused; first += s.images) {
    const count = min(s.images, v.images - first);
    const from = readSource(s, first, count);
    for (let phase = 0; phase < phases && !refused; phase++) refused = convolvePhase(v, phase, part, from, first, count);
  }
  closeSource(s);
  free(part, bytes);
  return refused;
}

/**
 * The places of one phase: along each axis r, r + stride, … They meet the taps t, t + every, …, which come from y at o and backwards.
 * `part` is room for the taps, laid out as [groups, taps, co, ci].
 */
function convolvePhase(v: Conv, phase: i32, part: usize, from: usize, first: i32, count: i32): usize {
  const s = SOURCE;
  const shift = sizeShift(v.dtype);
  const byLane = isByLane(v);
  const n = widthOf(v, v.ci);
  const last = v.groups * v.co;
  let place = imageOfX(v);
  let tap = v.axis(0).k * v.axis(1).k * v.axis(2).k * v.ci * last;
  const g = beginProduct(v, n, n << shift);
  g.a = from + s.origin;
  g.c = v.x + first * place;
  addPlaces(g.rows, count, s.image, place);
  let w = v.w;
  for (let i = 0; i < AXES; i++) {
    const axis = v.axis(i);
    const phases = min(axis.stride, axis.x);
    const r = phase % phases;
    phase /= phases;
    place /= axis.x;
    tap /= axis.k;
    let t = 0, every = 1, taps = 0;
    for (let k = 0; k < axis.k; k++) {
      if ((r + axis.low - k * axis.dilation) % axis.stride) continue;
      if (taps == 1) every = k - t;
      if (taps++ == 0) t = k;
    }
    if (!taps) return 0;
    const o = (r + axis.low - t * axis.dilation) / axis.stride;
    g.a += o * s.step(i);
    g.c += r * place;
    w += (t * tap) << shift;
    addPlaces(g.rows, (axis.x - r + axis.stride - 1) / axis.stride, s.step(i), axis.stride * place);
    addPlaces(g.columns, taps, -(every * axis.dilation / axis.stride) * s.step(i), 0);
    store<i32>(DIMS + (i << 2), taps, 4);
    store<i32>(FROM + (i << 2), every * tap, 4);
  }
  const taps = g.columns.count;
  const terms = byLane ? 1 : v.co;
  addPlaces(g.columns, terms, 1 << shift, 0);
  store<i32>(DIMS, byLane ? 1 : v.groups);
  store<i32>(FROM, v.co);
  store<i32>(DIMS, terms, 16);
  store<i32>(FROM, 1, 16);
  store<i32>(DIMS, n, 20);
  store<i32>(FROM, byLane ? 1 : last, 20);
  pack(shift, 6, DIMS, part, w, FROM);
  g.b = part;
  return runGroups(v, g, v.co << shift, (taps * v.co * v.ci) << shift, v.ci << shift);
}
