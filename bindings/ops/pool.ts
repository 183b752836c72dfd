/** Rows of the op table: pooling over one, two or three spatial axes. */
import { Op } from '../../assembly/shared/opcode.js';
import { scalar } from '../call.js';
import { tensor } from '../convert.js';
import { refused, ShapeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { div } from './arithmetic.js';
import { sizeOf, upTo } from './axes.js';
import { promoted } from './contraction.js';
import { broadcast, inexact, namedRow, withAttributes } from './define.js';
import { channelsLast, type PerAxis, perAxis, placesOf, requirePlaces, type WindowAxis, type WindowOptions, windowAxes, windowWords } from './windows.js';

/** `strides` are the window's sizes when absent. */
export type PoolOptions = WindowOptions;

const pooling = (op: string, spatial: number, pool: (x: Tensor, axes: readonly WindowAxis[]) => Tensor) =>
  namedRow(op, (_, x: Tensor, window: PerAxis, options: PoolOptions = {}): Tensor => {
    if (x.rank !== spatial + 2) throw refused(ShapeError, op, `takes x of ${spatial + 2} dimensions`, { x });
    return channelsLast(x, options.dataFormat, op, (last) => {
      const taps = perAxis(window, spatial, 'window', op);
      const axes = windowAxes(last.shape.slice(1, -1), taps, { ...options, strides: options.strides ?? taps }, op);
      requirePlaces(axes, op, { x });
      const empty = axes.find(({ taps, low, high }) => Math.max(low, high) >= taps);
      if (empty) throw refused(ShapeError, op, `padding [${empty.low}, ${empty.high}] leaves windows of ${empty.taps} without a cell`, { x });
      return pool(last, axes);
    });
  });

const greatest = (x: Tensor, axes: readonly WindowAxis[]): Tensor => withAttributes(Op.maxPool, x, windowWords(axes));

/** How many cells of the window at each place are in x. */
const countsOf = (axis: WindowAxis): number[] =>
  upTo(placesOf(axis)).map((place) => {
    const start = place * axis.stride - axis.low;
    return Math.min(start + axis.taps, axis.size) - Math.max(start, 0);
  });

/** The convolution of each channel by a constant; where windows reach beyond x, divided by how many cells are inside. */
function mean(given: Tensor, axes: readonly WindowAxis[]): Tensor {
  const x = inexact(given);
  const channels = x.shape.at(-1) as number;
  const groups = Math.max(channels, 1);
  const taps = axes.map((axis) => axis.taps);
  const counts = axes.map(countsOf);
  const isWhole = counts.every((each, i) => each.every((n) => n === taps[i]));
  const filter = broadcast(scalar(x.dtypeNumber, isWhole ? 1 / sizeOf(taps) : 1), [...taps, channels / groups, channels]);
  const sums = promoted(Op.conv, x, filter, windowWords(axes, groups));
  if (isWhole) return sums;
  const cells = counts.reduce((all, each) => all.flatMap((n) => each.map((m) => n * m)), [1]);
  return div(sums, tensor(cells, { dtype: x.dtype, shape: [1, ...axes.map(placesOf), 1] }));
}

/**
 * The greatest of each window along the spatial axis, channel by channel: [n, w, channels] → [n, w′, channels], w′ as in conv1d. `window` is
 * its size, `strides` the same when absent; what padding adds counts as nothing. f32 f64. NaN where a window has one. Gradient: ȳ goes to the first
 * greatest of its window.
 * @throws ShapeError when the window does not fit x, or padding is as large as it.
 */
export const maxPool1d = pooling('maxPool1d', 1, greatest);
/** `maxPool1d` over two axes, windows in row-major order: [n, h, w, channels] → [n, h′, w′, channels]; `dataFormat: 'NCHW'`. */
export const maxPool2d = pooling('maxPool2d', 2, greatest);
/** `maxPool1d` over three axes: [n, d, h, w, channels] → [n, d′, h′, w′, channels]; `dataFormat: 'NCDHW'`. */
export const maxPool3d = pooling('maxPool3d', 3, greatest);

/**
 * The mean of each window along the spatial axis, channel by channel: [n, w, channels] → [n, w′, channels], w′ as in conv1d. `window` is its
 * size, `strides` the same when absent; what padding adds does not count. f32 f64 c64 c128. Gradient: ȳ in equal parts to the cells of
 * its window.
 * @throws ShapeError when the window does not fit x, or padding is as large as it.
 */
export const avgPool1d = pooling('avgPool1d', 1, mean);
/** `avgPool1d` over two axes: [n, h, w, channels] → [n, h′, w′, channels]; `dataFormat: 'NCHW'`. */
export const avgPool2d = pooling('avgPool2d', 2, mean);
/** `avgPool1d` over three axes: [n, d, h, w, channels] → [n, d′, h′, w′, channels]; `dataFormat: 'NCDHW'`. */
export const avgPool3d = pooling('avgPool3d', 3, mean);
