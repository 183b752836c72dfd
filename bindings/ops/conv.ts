/** Rows of the op table: convolutions over one, two or three spatial axes. */
import { Op } from '../../assembly/shared/opcode.js';
import { apply2, revive, writeAttributes } from '../call.js';
import type { TensorLike } from '../convert.js';
import { ShapeError } from '../errors.js';
import { described } from '../fault.js';
import type { Tensor } from '../tensor.js';
import { promoted } from './contraction.js';
import { broadcast, reshaped, row, two } from './define.js';
import { channelsLast, extentOf, type PerAxis, perAxis, placesOf, requirePlaces, type WindowOptions, windowAxes, windowWords } from './windows.js';

export interface ConvOptions extends WindowOptions {
  /** Distances between the filter's taps; 1 when absent. */
  readonly dilations?: PerAxis;
  /** How many parts the channels fall into, each with a filter of its own; 1 when absent. */
  readonly groups?: number;
}

export interface ConvTransposeOptions extends ConvOptions {
  /** Sizes of the result's spatial axes, where several would do; the smallest that `padding` allows when absent. */
  readonly size?: PerAxis;
}

/** One of the three convolutions of two operands. */
export function convolve(op: Op, a: Tensor, b: Tensor, attributes: readonly number[]): Tensor {
  const [x, y] = promoted(a, b);
  if (x.at === 0) revive(x);
  if (y.at === 0) revive(y, [x]);
  return apply2(op, x, y, writeAttributes(attributes));
}

/** Operands of the ranks that `spatial` axes need. */
function operands(x: TensorLike, filter: TensorLike, spatial: number, op: string): readonly [Tensor, Tensor] {
  const [a, w] = two(x, filter, Op.conv);
  if (a.rank !== spatial + 2 || w.rank !== spatial + 2)
    throw new ShapeError(`${op}: takes x and filter of ${spatial + 2} dimensions; ${operandsOf(a, w)()}`, op);
  return [a, w];
}

/** The operands in words, for errors. */
const operandsOf = (x: Tensor, filter: Tensor) => (): string => `x is ${described(x)}, filter is ${described(filter)}`;

const isGrouping = (groups: number, channels: number): boolean => Number.isInteger(groups) && groups > 0 && channels % groups === 0;

const convolution = (op: string, spatial: number) =>
  row(op, (x: TensorLike, filter: TensorLike, options: ConvOptions = {}): Tensor => {
    const [a, w] = operands(x, filter, spatial, op);
    const { last, back } = channelsLast(a, options.dataFormat, op);
    return back(convolved(last, w, options, op, operandsOf(a, w)));
  });

/** x, channels last, by a filter [taps…, in/groups, out]. */
function convolved(x: Tensor, filter: Tensor, options: ConvOptions, op: string, text: () => string): Tensor {
  const { groups = 1 } = options;
  const sizes = x.shape.slice(1, -1);
  const channels = x.shape.at(-1) as number;
  const [inputs, outputs] = filter.shape.slice(-2) as [number, number];
  if (!isGrouping(groups, outputs) || inputs * groups !== channels)
    throw new ShapeError(`${op}: a filter of ${inputs} to ${outputs} channels with groups = ${groups} does not fit ${channels} channels; ${text()}`, op);
  const axes = windowAxes(sizes, filter.shape.slice(0, -2), options, op);
  requirePlaces(axes, op, text);
  // Channels that serve several results are repeated, so that each group has one of either, and lanes are channels.
  if (inputs !== 1 || outputs === groups || groups === 1) return convolve(Op.conv, x, filter, windowWords(axes, groups));
  const repeated = broadcast(reshaped(x, [...x.shape, 1]), [...x.shape, outputs / groups]);
  return convolve(Op.conv, reshaped(repeated, [...x.shape.slice(0, -1), outputs]), filter, windowWords(axes, outputs));
}

/**
 * y[n, o, j] = Σ x[n, o·stride + t·dilation − before, c]·filter[t, c, j] over taps t and channels c: a cross-correlation, as in all
 * networks. [n, w, in] × [taps, in/groups, out] → [n, w′, out], w′ = ⌊(w + before + after − (taps − 1)·dilation − 1)/stride⌋ + 1. f32 f64 c64
 * c128; not conjugated. Gradients for x and filter are convolutions too, to any order. `dataFormat: 'NCW'` takes and gives channels
 * behind the images, the filter stays. |err| as of a matmul with k = taps·in/groups.
 * @throws ShapeError when channels and groups do not fit the filter, or the filter does not fit x.
 */
export const conv1d = convolution('conv1d', 1);
/** `conv1d` over two axes: [n, h, w, in] × [taps, taps, in/groups, out] → [n, h′, w′, out]; `dataFormat: 'NCHW'`. */
export const conv2d = convolution('conv2d', 2);
/** `conv1d` over three axes: [n, d, h, w, in] × [taps, taps, taps, in/groups, out] → [n, d′, h′, w′, out]; `dataFormat: 'NCDHW'`. */
export const conv3d = convolution('conv3d', 3);

/**
 * `conv2d` of each channel by itself, with `m` filters: [n, h, w, in] × [taps, taps, in, m] → [n, h′, w′, in·m], channel c's results at
 * c·m … c·m + m − 1. f32 f64 c64 c128. Real channels are computed lane by lane. Gradients as conv2d's.
 * @throws ShapeError when the filter has other channels than x, or does not fit it.
 */
export function depthwiseConv2d(x: TensorLike, filter: TensorLike, options: Omit<ConvOptions, 'groups'> = {}): Tensor {
  const op = 'depthwiseConv2d';
  const [a, w] = operands(x, filter, 2, op);
  const { last, back } = channelsLast(a, options.dataFormat, op);
  const [h, k, channels, multiplier] = w.shape as [number, number, number, number];
  if (channels !== last.shape[3]) throw new ShapeError(`${op}: a filter of ${channels} channels does not fit ${last.shape[3]}; ${operandsOf(a, w)()}`, op);
  const groups = Math.max(channels, 1);
  const filters = reshaped(w, [h, k, channels / groups, channels * multiplier]);
  return back(convolved(last, filters, { ...options, groups }, op, operandsOf(a, w)));
}

const transposedConvolution = (op: string, spatial: number) =>
  row(op, (x: TensorLike, filter: TensorLike, options: ConvTransposeOptions = {}): Tensor => {
    const [a, w] = operands(x, filter, spatial, op);
    const { last, back } = channelsLast(a, options.dataFormat, op);
    const { groups = 1 } = options;
    const channels = last.shape.at(-1) as number;
    if (!isGrouping(groups, channels) || w.shape.at(-1) !== channels)
      throw new ShapeError(`${op}: a filter of ${w.shape.at(-1)} channels with groups = ${groups} does not fit ${channels}; ${operandsOf(a, w)()}`, op);
    const sizes = transposedSizes(last.shape.slice(1, -1), w.shape.slice(0, -2), options, op);
    const axes = windowAxes(sizes, w.shape.slice(0, -2), options, op);
    const places = axes.map(placesOf);
    if (places.some((n, i) => n !== last.shape[i + 1]))
      throw new ShapeError(`${op}: places of the filter on size [${sizes.join(', ')}] are [${places.join(', ')}], not those of x; ${operandsOf(a, w)()}`, op);
    return back(convolve(Op.convInput, last, w, windowWords(axes, groups)));
  });

/** Sizes of a spatial shape whose convolution has `places`. */
function transposedSizes(places: readonly number[], taps: readonly number[], options: ConvTransposeOptions, op: string): number[] {
  if (options.size !== undefined) return perAxis(options.size, places.length, 'size', op, 0);
  const axes = windowAxes(places, taps, options, op); // SAME's padding is not read
  return axes.map((axis, i) => {
    const starts = ((places[i] as number) - 1) * axis.stride;
    return options.padding === 'SAME' ? starts + axis.stride : Math.max(starts + extentOf(axis) - axis.low - axis.high, 0);
  });
}

/**
 * The gradient of conv1d for its input, as an op: each element of x spreads the filter over the result. [n, w, in] × [taps, out, in] →
 * [n, w′, out·groups], w′ = w·stride when SAME, else (w − 1)·stride + (taps − 1)·dilation + 1 − before − after, unless `size` says otherwise. f32
 * f64 c64 c128; not conjugated. Gradients are convolutions, to any order.
 * @throws ShapeError when channels and groups do not fit the filter, or no convolution leads from `size` to x.
 */
export const convTranspose1d = transposedConvolution('convTranspose1d', 1);
/** `convTranspose1d` over two axes: [n, h, w, in] × [taps, taps, out, in] → [n, h′, w′, out·groups]. */
export const convTranspose2d = transposedConvolution('convTranspose2d', 2);
/** `convTranspose1d` over three axes: [n, d, h, w, in] × [taps, taps, taps, out, in] → [n, d′, h′, w′, out·groups]. */
export const convTranspose3d = transposedConvolution('convTranspose3d', 3);
