/** Rows of the op table: pooling over one, two or three spatial axes. */
import { Op } from '../../assembly/shared/opcode.js';
import type { TensorLike } from '../convert.js';
import { ShapeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { described } from './contraction.js';
import { one, withAttributes } from './define.js';
import { channelsLast, type PerAxis, perAxis, requirePlaces, type WindowOptions, windowAxes, windowWords } from './windows.js';

/** `strides` are the window's sizes when absent. */
export type PoolOptions = WindowOptions;

const pooling =
  (op: string, code: Op, spatial: number) =>
  (x: TensorLike, window: PerAxis, options: PoolOptions = {}): Tensor => {
    const t = one(x, code);
    const text = `x is ${described(t)}`;
    if (t.rank !== spatial + 2) throw new ShapeError(`${op}: takes x of ${spatial + 2} dimensions; ${text}`, op);
    const { last, back } = channelsLast(t, options.dataFormat, op);
    const cells = perAxis(window, spatial, 'window', op);
    const axes = windowAxes(last.shape.slice(1, -1), cells, { ...options, strides: options.strides ?? cells }, op);
    requirePlaces(axes, op, text);
    const empty = axes.find(({ taps, low, high }) => Math.max(low, high) >= taps);
    if (empty) throw new ShapeError(`${op}: padding [${empty.low}, ${empty.high}] leaves windows of ${empty.taps} without a cell; ${text}`, op);
    return back(withAttributes(code, last, windowWords(axes)));
  };

/**
 * The greatest of each window along the spatial axis, channel by channel: [n, w, channels] → [n, w′, channels], w′ as in conv1d. `window` is
 * its size, `strides` the same when absent; what padding adds counts as nothing. f32 f64. NaN where a window has one. Gradient: ȳ goes to the first
 * greatest of its window.
 * @throws ShapeError when the window does not fit x, or padding is as large as it.
 */
export const maxPool1d = pooling('maxPool1d', Op.maxPool, 1);
/** `maxPool1d` over two axes, windows in row-major order: [n, h, w, channels] → [n, h′, w′, channels]; `dataFormat: 'NCHW'`. */
export const maxPool2d = pooling('maxPool2d', Op.maxPool, 2);
/** `maxPool1d` over three axes: [n, d, h, w, channels] → [n, d′, h′, w′, channels]; `dataFormat: 'NCDHW'`. */
export const maxPool3d = pooling('maxPool3d', Op.maxPool, 3);

/**
 * The mean of each window along the spatial axis, channel by channel: [n, w, channels] → [n, w′, channels], w′ as in conv1d. `window` is its
 * size, `strides` the same when absent; what padding adds does not count. f32 f64 c64 c128. Gradient: ȳ in equal parts to the cells of
 * its window.
 * @throws ShapeError when the window does not fit x, or padding is as large as it.
 */
export const avgPool1d = pooling('avgPool1d', Op.avgPool, 1);
/** `avgPool1d` over two axes: [n, h, w, channels] → [n, h′, w′, channels]; `dataFormat: 'NCHW'`. */
export const avgPool2d = pooling('avgPool2d', Op.avgPool, 2);
/** `avgPool1d` over three axes: [n, d, h, w, channels] → [n, d′, h′, w′, channels]; `dataFormat: 'NCDHW'`. */
export const avgPool3d = pooling('avgPool3d', Op.avgPool, 3);
