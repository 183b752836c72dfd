/**
 * The images that windows slide over, in pieces: several images, or a part of one. A piece is copied, with zeros around it, where windows
 * reach over the edges of an image; the copy stays in the second-level cache. Knows bytes and windows, no operand and no product.
 *
 * Images are cut into bands along their first axis. A band has the positions that one place of y reads along this axis; if the images are those
 * of y (`backwards`), the positions that one stride of x's cells reads. Bands overlap where windows overlap.
 */
import { alloc, free } from '../memory/heap';
import { OWN } from '../memory/scratch';
import { share, start } from '../parallel/share';
import { ROW } from './microkernel';
import { AXES, axisOf } from './window';

/** Bytes that a copied piece may take, unless a single band has more: half a second-level cache. */
const CHUNK = 256 << 10;

@unmanaged @final
export class Source {
  from: usize;
  /** Bytes of a position. */
  width: i32;
  /** The block to which pieces are copied, and its bytes; 0 where pieces are read in place. */
  block: usize;
  bytes: usize;
  /** Bytes of an image in place, and of an image with the zeros around it. */
  pitch: i32;
  image: i32;
  /** Offset of the image's first element from the first zero. */
  origin: i32;
  /** The axis that is cut, its positions with the zeros, and the zeros in front. */
  cut: i32;
  extent: i32;
  low: i32;
  /** Bands of an image, positions from one band to the next, and positions of a band. */
  bands: i32;
  advance: i32;
  span: i32;
  /** Images, or bands of one image, that a piece has at most. */
  mostImages: i32;
  mostBands: i32;
  /** The next band of this thread's share, counted through all images, and the share's end. */
  next: i32;
  end: i32;
  /** The current piece: the address of its first position, zeros included; its images and the bands of each; the first image and band. */
  piece: usize;
  images: i32;
  height: i32;
  image0: i32;
  band0: i32;

  /** Size of axis i. */
  @inline size(i: i32): i32 { return load<i32>(changetype<usize>(this) + (i << 2), offsetof<Source>()); }
  @inline setSize(i: i32, size: i32): void { store<i32>(changetype<usize>(this) + (i << 2), size, offsetof<Source>()); }
  /** Bytes from one position to the next along axis i, in a piece. */
  @inline step(i: i32): i32 { return load<i32>(changetype<usize>(this) + (i << 2), offsetof<Source>() + (AXES << 2)); }
  @inline setStep(i: i32, step: i32): void { store<i32>(changetype<usize>(this) + (i << 2), step, offsetof<Source>() + (AXES << 2)); }
}

export const SOURCE = changetype<Source>(memory.data(offsetof<Source>() + (2 * AXES << 2), 16) + OWN);

/**
 * Opens `images` images at `from`, with `width` bytes a position. Their positions are the cells of x or, if `backwards`, the places of y. Pieces
 * are copied if zeros are needed around them, or if `copied`. Returns 0, or the bytes that could not be allocated.
 */
export function openSource(from: usize, width: i32, images: i32, backwards: bool, copied: bool): usize {
  const s = SOURCE;
  s.from = from;
  s.width = width;
  s.pitch = width;
  s.origin = 0;
  let step = width;
  let bytes: f64 = width;
  for (let i = AXES - 1; i >= 0; i--) {
    const axis = axisOf(i);
    const reach = (axis.taps - 1) * axis.dilation;
    const size = backwards ? axis.y : axis.x;
    const low = backwards ? max(reach - axis.low, 0) / axis.stride : axis.low;
    const last = backwards ? (axis.x - 1 + axis.low) / axis.stride : (axis.y - 1) * axis.stride + reach - axis.low;
    const extent = low + max(size, last + 1);
    if (extent > size) copied = true;
    s.setSize(i, size);
    s.setStep(i, step);
    s.origin += low * step;
    s.pitch *= size;
    step *= extent;
    bytes *= extent;
    if (extent == 1 && i < AXES - 1) continue;
    s.cut = i;
    s.extent = extent;
    s.low = low;
    s.bands = backwards ? (axis.x + axis.stride - 1) / axis.stride : axis.y;
    s.advance = backwards ? 1 : axis.stride;
    s.span = backwards ? low + (axis.stride - 1 + axis.low) / axis.stride + 1 : reach + 1;
  }
  s.image = step;
  s.block = 0;
  s.mostImages = images;
  s.mostBands = s.bands;
  s.next = 0;
  s.end = images * s.bands;
  return copied ? openBlock(s, images, bytes) : 0;
}

function openBlock(s: Source, images: i32, bytes: f64): usize {
  if (bytes > 0x7ff00000) return 0x7ff00000;
  const step = s.step(s.cut);
  s.mostImages = min(images, max(1, CHUNK / s.image));
  if (s.image > CHUNK) s.mostBands = min(s.bands, max(1, (CHUNK / step - s.span) / s.advance + 1));
  s.bytes = <usize>s.mostImages * (endOf(s, 0, s.mostBands) * step) + ROW;
  s.block = alloc(s.bytes);
  return s.block ? 0 : s.bytes;
}

export function closeSource(s: Source): void {
  if (s.block) free(s.block, s.bytes);
}

/** Reduces the bands to this thread's share; a band takes about `cost` nanoseconds. */
export function shareBands(s: Source, cost: f64): void {
  const own = share(s.end, 1, cost);
  s.next = start();
  s.end = s.next + own;
}

/** Moves to the next piece; false after the last. */
export function nextPiece(s: Source): bool {
  const left = s.end - s.next;
  if (left <= 0) return false;
  s.image0 = s.next / s.bands;
  s.band0 = s.next % s.bands;
  const isWhole = s.band0 == 0 && left >= s.bands && s.mostBands == s.bands;
  s.images = isWhole ? min(s.mostImages, left / s.bands) : 1;
  s.height = isWhole ? s.bands : min(left, min(s.mostBands, s.bands - s.band0));
  s.next += s.images * s.height;
  s.piece = s.block ? copyPiece(s) : s.from + s.image0 * s.pitch + s.band0 * s.advance * s.step(s.cut);
  return true;
}

/** The position behind `height` bands from `band` on; the end of the image, if these are all bands. */
function endOf(s: Source, band: i32, height: i32): i32 {
  return height == s.bands ? s.extent : min(s.extent, (band + height - 1) * s.advance + s.span);
}

function copyPiece(s: Source): usize {
  const step = s.step(s.cut);
  const first = s.band0 * s.advance;
  const last = endOf(s, s.band0, s.height);
  const low = max(first - s.low, 0), high = max(min(last - s.low, s.size(s.cut)), low); // of the image itself
  const rows = s.cut == 0 ? low : 0, rowsEnd = s.cut == 0 ? high : s.size(0);
  const runs = s.cut == 1 ? low : 0, runsEnd = s.cut == 1 ? high : s.size(1);
  const cells = s.cut == 2 ? low : 0, bytes = (s.cut == 2 ? high - low : s.size(2)) * s.width;
  let end = s.block;
  for (let n = 0; n < s.images; n++) {
    const image = s.from + (s.image0 + n) * s.pitch;
    const target = s.block + n * s.image + s.origin - first * step;
    for (let i = rows; i < rowsEnd; i++) {
      for (let j = runs; j < runsEnd; j++) {
        const to = target + i * s.step(0) + j * s.step(1) + cells * s.width;
        memory.fill(end, 0, to - end);
        memory.copy(to, image + ((i * s.size(1) + j) * s.size(2) + cells) * s.width, bytes);
        end = to + bytes;
      }
    }
  }
  memory.fill(end, 0, s.block + (s.images - 1) * s.image + (last - first) * step + ROW - end);
  return s.block;
}
