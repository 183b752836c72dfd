/** Rows of gradtape/nn: pooling over one, two or three spatial axes. */
import { Op } from '../../assembly/shared/opcode.js';
import type { TensorLike } from '../convert.js';
import { ALONE, broadcast, COUNTS, FLAG, functionRow, inexact, promoted, refused, scalar, sizeOf, upTo, withAttributes } from '../extend.js';
import type { SlotsOf } from '../ops/define.js';
import { div, ShapeError, tensor } from '../public.js';
import type { Tensor } from '../tensor.js';
import {
  channelsLast,
  extentOf,
  type PerAxis,
  perAxis,
  placesOf,
  requirePlaces,
  WINDOWS,
  type WindowAxis,
  type WindowOptions,
  windowAxes,
  windowWords,
} from './windows.js';

/** `strides` are the window's sizes when absent. */
export interface PoolOptions extends WindowOptions {
  /** Whether a window that begins before the end of x, but reaches beyond it, counts too. */
  readonly ceilMode?: boolean;
}

export interface AveragePoolOptions extends PoolOptions {
  /** Whether padding counts as zeros in the mean. */
  readonly countPadding?: boolean;
}

const POOL = { ...WINDOWS, ceilMode: [FLAG] } as const;

const AVERAGE = { ...POOL, countPadding: [FLAG] } as const;

type Pooling<Options> = (x: TensorLike, window: PerAxis, options?: PerAxis | Options) => Tensor;

const pooling = <Options extends PoolOptions>(
  op: string,
  spatial: number,
  described: SlotsOf<Pooling<Options>>,
  pool: (x: Tensor, axes: readonly WindowAxis[], options: Options) => Tensor,
): Pooling<Options> =>
  functionRow<Pooling<Options>>(
    op,
    { x: ALONE, window: COUNTS },
    described as never,
    ((x: Tensor, window: PerAxis, options: Options): Tensor => pooled(op, x, spatial, window, options, pool)) as never,
  );

/** `pool` of x and the windows on its spatial axes. */
function pooled<Options extends PoolOptions>(
  op: string,
  x: Tensor,
  spatial: number,
  window: PerAxis,
  options: Options,
  pool: (x: Tensor, axes: readonly WindowAxis[], options: Options) => Tensor,
): Tensor {
  return channelsLast(x, spatial, options.dataFormat, op, { x }, (last) => {
    const taps = perAxis(window, spatial, 'window', op);
    const within = windowAxes(last.shape.slice(1, -1), taps, { ...options, strides: options.strides ?? taps }, op);
    const axes = options.ceilMode ? within.map(prolonged) : within;
    requirePlaces(axes, op, { x });
    const empty = axes.find((axis) => (axis.low || axis.high) && countsOf(axis).includes(0));
    if (empty) throw refused(ShapeError, op, `padding [${empty.low}, ${empty.high}] leaves windows of ${extentOf(empty)} without a cell`, { x });
    return pool(last, axes, options);
  });
}

/** An axis with as many cells added at its end as one more window needs, if that begins before the end; `added` counts these cells of `high`. */
function prolonged(axis: WindowAxis): WindowAxis {
  const starts = Math.ceil((axis.size + axis.low + axis.high - extentOf(axis)) / axis.stride) * axis.stride;
  const last = starts < axis.size + axis.low ? starts : starts - axis.stride;
  const added = Math.max(0, last + extentOf(axis) - axis.size - axis.low - axis.high);
  return { ...axis, high: axis.high + added, added };
}

const greatest = (x: Tensor, axes: readonly WindowAxis[]): Tensor => withAttributes(Op.maxPool, x, windowWords(axes));

/** For the window at each place, the number of its cells in x; with `countPadding`, in x or in the padding of the options. */
function countsOf(axis: WindowAxis, countPadding = false): number[] {
  const { size, taps, stride, dilation, low, high, added = 0 } = axis;
  const [from, to] = countPadding ? [-low, size + high - added] : [0, size];
  return upTo(placesOf(axis)).map((place) => {
    const start = place * stride - low;
    const first = Math.max(0, Math.ceil((from - start) / dilation));
    return Math.max(0, Math.min(taps, Math.ceil((to - start) / dilation)) - first);
  });
}

/** The mean as a convolution of each channel by a constant; where windows reach beyond x, divided by the number of their cells that count. */
function mean(given: Tensor, axes: readonly WindowAxis[], { countPadding }: AveragePoolOptions): Tensor {
  const x = inexact(given);
  const channels = x.shape.at(-1) as number;
  const groups = Math.max(channels, 1);
  const taps = axes.map((axis) => axis.taps);
  const counts = axes.map((axis) => countsOf(axis, countPadding));
  const isWhole = counts.every((each, i) => each.every((n) => n === taps[i]));
  const filter = broadcast(scalar(x.dtypeNumber, isWhole ? 1 / sizeOf(taps) : 1), [...taps, channels / groups, channels]);
  const sums = promoted(Op.conv, x, filter, windowWords(axes, groups));
  if (isWhole) return sums;
  const cells = counts.reduce((all, each) => all.flatMap((n) => each.map((m) => n * m)), [1]);
  return div(sums, tensor(cells, { dtype: x.dtype, shape: [1, ...axes.map(placesOf), 1] }));
}

/**
 * The greatest of each window along the spatial axis, channel by channel: [n, w, channels] → [n, w′, channels], w′ as in conv1d. `window` is
 * its size, `strides` the same when absent; padding is never the greatest. f32 f64. NaN where a window has one. Gradient: ȳ goes to the first
 * greatest of its window. `dilations` lie between a window's cells; `ceilMode` rounds w′ up. One image may come without its axis n.
 * @throws ShapeError when the window does not fit x, or padding leaves one without a cell.
 */
export const maxPool1d = /* @__PURE__ */ pooling('maxPool1d', 1, POOL, greatest);
/** `maxPool1d` over two axes, windows in row-major order: [n, h, w, channels] → [n, h′, w′, channels]; `dataFormat: 'NCHW'`. */
export const maxPool2d = /* @__PURE__ */ pooling('maxPool2d', 2, POOL, greatest);
/** `maxPool1d` over three axes: [n, d, h, w, channels] → [n, d′, h′, w′, channels]; `dataFormat: 'NCDHW'`. */
export const maxPool3d = /* @__PURE__ */ pooling('maxPool3d', 3, POOL, greatest);

/**
 * The mean of each window along the spatial axis, channel by channel: [n, w, channels] → [n, w′, channels], w′ as in conv1d. `window` is its
 * size, `strides` the same when absent; padding does not count, unless `countPadding`. f32 f64 c64 c128. Gradient: ȳ in equal parts to the cells of
 * its window. `dilations`, `ceilMode` as for maxPool1d.
 * @throws ShapeError when the window does not fit x, or padding leaves one without a cell.
 */
export const avgPool1d = /* @__PURE__ */ pooling<AveragePoolOptions>('avgPool1d', 1, AVERAGE, mean);
/** `avgPool1d` over two axes: [n, h, w, channels] → [n, h′, w′, channels]; `dataFormat: 'NCHW'`. */
export const avgPool2d = /* @__PURE__ */ pooling<AveragePoolOptions>('avgPool2d', 2, AVERAGE, mean);
/** `avgPool1d` over three axes: [n, d, h, w, channels] → [n, d′, h′, w′, channels]; `dataFormat: 'NCDHW'`. */
export const avgPool3d = /* @__PURE__ */ pooling<AveragePoolOptions>('avgPool3d', 3, AVERAGE, mean);
