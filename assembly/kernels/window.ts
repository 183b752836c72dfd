/**
 * The geometry of windows that slide over up to three spatial axes. Knows no operands.
 *
 * A place is a position of the window, and an element of the result; a tap is an element of the window; a cell is an element of the image.
 *
 *     place o of an axis covers the cells o·stride + t·dilation − low for its taps t
 */
import { OWN } from '../memory/scratch';

export const AXES = 3;

/** One spatial axis: its attributes and the number of its places. */
@unmanaged @final
export class Axis {
  /** Cells. */
  x: i32;
  taps: i32;
  stride: i32;
  dilation: i32;
  /** Cells in front of x that windows cover, and behind. */
  low: i32;
  high: i32;
  /** Places. */
  y: i32;

  /** Cells from the first tap to the last. */
  // @ts-ignore: decorator
  @inline get extent(): i32 { return (this.taps - 1) * this.dilation + 1; }
  /** The cell under tap t at a place; negative in front of x. */
  // @ts-ignore: decorator
  @inline cell(place: i32, t: i32): i32 { return place * this.stride + t * this.dilation - this.low; }
  /** The taps that lie over cells of x at a place: from `firstTap` up to `endTap`, not included. */
  firstTap(place: i32): i32 {
    const before = this.low - place * this.stride;
    if (before <= 0) return 0;
    return this.dilation == 1 ? before : (before - 1) / this.dilation + 1;
  }
  endTap(place: i32): i32 {
    const cells = this.x + this.low - place * this.stride;
    if (cells <= 0) return 0;
    return min(this.taps, this.dilation == 1 ? cells : (cells - 1) / this.dilation + 1);
  }
}

const TABLE = memory.data(AXES * offsetof<Axis>(), 16) + OWN;

/** Axis i of the current windows, outermost first. All three are set; an axis that the op lacks has one cell and one tap. */
// @ts-ignore: decorator
@inline
export function axisOf(i: i32): Axis {
  return changetype<Axis>(TABLE + i * offsetof<Axis>());
}

/** Cells, taps and places of all axes. */
export function cellsOf(): i32 { return axisOf(0).x * axisOf(1).x * axisOf(2).x; }
export function tapsOf(): i32 { return axisOf(0).taps * axisOf(1).taps * axisOf(2).taps; }
export function placesOf(): i32 { return axisOf(0).y * axisOf(1).y * axisOf(2).y; }
