/**
 * Windows in attributes, for convolution and pooling. A forward op and the ops of its gradients have the same attributes. Knows no kernel that
 * computes.
 */
import { AXES, axisOf } from '../kernels/window';
import { Status } from '../shared/abi';
import { WindowAxisWord, WindowWord } from '../shared/attributes';
import { apply } from '../tape/apply';
import { View } from '../tape/backward';
import { begin, Call } from '../tape/call';
import { fail } from '../tape/fault';
import { Tensor } from '../tensor/tensor';

// @ts-ignore: decorator
@inline
function word(c: Call, axis: i32, i: i32): i32 {
  return c.attribute(WindowWord.axes + WindowAxisWord.count * axis + i);
}

/** Whether operands and attributes have the same number of spatial axes, from one to three, and the attributes describe windows. */
export function hasWindows(c: Call): bool {
  const rank = c.input(0).rank;
  const spatial = rank - 2;
  for (let i = 0; i < c.inputs; i++) if (c.input(i).rank != rank) return fail(Status.rank, c.op, c.input(i).rank, rank, 2);
  if (spatial < 1 || spatial > AXES || c.words != WindowWord.axes + WindowAxisWord.count * spatial) {
    return fail(Status.rank, c.op, rank, c.words / WindowAxisWord.count + 2, 2);
  }
  const groups = c.attribute(WindowWord.groups);
  if (groups < 1) return fail(Status.dimension, c.op, rank - 1, groups, 1);
  for (let axis = 0; axis < spatial; axis++) {
    for (let i = 0; i < WindowAxisWord.count; i++) {
      const least = i == WindowAxisWord.size || i >= WindowAxisWord.low ? 0 : 1;
      if (word(c, axis, i) < least) return fail(Status.dimension, c.op, axis + 1, word(c, axis, i), least);
    }
    if (placesOf(c, axis) < 0) return fail(Status.tooLarge, c.op);
  }
  return true;
}

/** Whether each window has a cell in x. */
export function areFull(c: Call): bool {
  layWindows(c);
  for (let axis = 0, n = c.input(0).rank - 2; axis < n; axis++) {
    const windows = axisOf(AXES - n + axis);
    const reaches = windows.x >= windows.dilation; // then only the first and the last window may have no cell
    for (let place = 0; place < windows.y; place++) {
      if (reaches && place == 1) place = windows.y - 1;
      if (windows.firstTap(place) >= windows.endTap(place)) return fail(Status.empty, c.op, axis + 1);
    }
  }
  return true;
}

/** Places of the windows along an axis; −1 when they are too many. */
function placesOf(c: Call, axis: i32): i32 {
  const extent = <i64>(word(c, axis, WindowAxisWord.taps) - 1) * word(c, axis, WindowAxisWord.dilation) + 1;
  const span = <i64>word(c, axis, WindowAxisWord.size) + word(c, axis, WindowAxisWord.low) + word(c, axis, WindowAxisWord.high) - extent;
  if (span < 0) return 0;
  const places = span / word(c, axis, WindowAxisWord.stride) + 1;
  return places > <i64>i32.MAX_VALUE ? -1 : <i32>places;
}

/** Sets the size of axis i of the result; of an operand, checks it. */
export function fit(c: Call, t: Tensor, i: i32, size: i32): bool {
  if (t != c.output(0)) return t.dim(i) == size || fail(Status.dimension, c.op, i, t.dim(i), size);
  t.setDim(i, size);
  return true;
}

/** As `fit` for all spatial axes, with the numbers of cells, taps or places. */
export function fitCells(c: Call, t: Tensor): bool { return fitAxes(c, t, 1, WindowAxisWord.size); }
export function fitTaps(c: Call, t: Tensor): bool { return fitAxes(c, t, 0, WindowAxisWord.taps); }
export function fitPlaces(c: Call, t: Tensor): bool { return fitAxes(c, t, 1, -1); }

function fitAxes(c: Call, t: Tensor, from: i32, what: i32): bool {
  for (let axis = 0, n = t.rank - 2; axis < n; axis++) {
    if (!fit(c, t, from + axis, what < 0 ? placesOf(c, axis) : word(c, axis, what))) return false;
  }
  return true;
}

/** Describes the windows to the kernel. */
export function layWindows(c: Call): void {
  const missing = AXES - (c.input(0).rank - 2);
  for (let i = 0; i < AXES; i++) {
    const axis = axisOf(i);
    if (i >= missing) {
      memory.copy(changetype<usize>(axis), c.attributes + ((WindowWord.axes + WindowAxisWord.count * (i - missing)) << 2), WindowAxisWord.count << 2);
      axis.y = placesOf(c, i - missing);
      continue;
    }
    axis.x = axis.taps = axis.stride = axis.dilation = axis.y = 1;
    axis.low = axis.high = 0;
  }
}

/** The recorded `op` of a, b, and e where there is one, with the windows of the node. */
export function windowed(v: View, op: i32, a: Tensor, b: Tensor, e: Tensor = changetype<Tensor>(0)): Tensor {
  const c = begin(op, e ? 3 : 2);
  c.setInput(0, a);
  c.setInput(1, b);
  c.setInput(2, e);
  c.words = v.words;
  memory.copy(c.attributes, v.attributes, c.words << 2);
  return apply();
}
