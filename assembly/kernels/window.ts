/**
 * Windows that slide over up to three spatial axes: how they lie, and a walk through them. Knows no operands.
 *
 *     place o of an axis covers the cells o·stride + t·dilation − low for its taps t
 */
import { OWN } from '../memory/scratch';

export const AXES = 3;

/** One spatial axis: what attributes say of it, the number of places, and where a walk stands. */
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
  /** Where tap t is at a place, counted from the first cell of x. */
  // @ts-ignore: decorator
  @inline cell(place: i32, t: i32): i32 { return place * this.stride + t * this.dilation - this.low; }
  /** The taps that are in x at a place, from the first to before the last: few if any are. */
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

/** Axis i of the windows in progress, outermost first; all are set, missing ones to a single cell. */
// @ts-ignore: decorator
@inline
export function axisOf(i: i32): Axis {
  return changetype<Axis>(TABLE + i * offsetof<Axis>());
}

/** Cells, taps and places of all axes. */
export function cellsOf(): i32 { return axisOf(0).x * axisOf(1).x * axisOf(2).x; }
export function tapsOf(): i32 { return axisOf(0).taps * axisOf(1).taps * axisOf(2).taps; }
export function placesOf(): i32 { return axisOf(0).y * axisOf(1).y * axisOf(2).y; }
