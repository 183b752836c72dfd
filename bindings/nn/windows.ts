/** The options of windows that slide over spatial axes: strides, dilations, padding, data formats. Knows no op. */
import { WindowAxisWord, WindowWord } from '../../assembly/shared/attributes.js';
import type { Operands } from '../errors.js';
import { COUNTS, kind, listOf, oneOf, pairOf, refused, shown, upTo } from '../extend.js';
import type { Kind } from '../kinds.js';
import { ArgumentError, expandDims, ShapeError, squeeze, transpose } from '../public.js';
import type { Tensor } from '../tensor.js';

/** `'VALID'`: none. `'SAME'`: as many zeros as give ⌈size/stride⌉ places, the odd one at the end. Or the zeros before and after, for each axis. */
export type Padding = 'SAME' | 'VALID' | readonly (readonly [low: number, high: number])[];
/** One number for all spatial axes, or one for each. */
export type PerAxis = number | readonly number[];
/** The position of the channels: last, or behind the images. */
export type DataFormat = 'NWC' | 'NHWC' | 'NDHWC' | 'NCW' | 'NCHW' | 'NCDHW';

export interface WindowOptions {
  readonly strides?: PerAxis;
  readonly padding?: Padding;
  /** Distances between a window's taps; 1 when absent. */
  readonly dilations?: PerAxis;
  readonly dataFormat?: DataFormat;
}

const PADDING: Kind<Padding> = /* @__PURE__ */ kind(`'SAME', 'VALID' or [before, after] for each axis`, (v, name) =>
  v === 'SAME' || v === 'VALID' ? v : listOf(v, name, pairOf),
);

/** The options of windows, for forms. */
export const WINDOWS = {
  strides: [COUNTS],
  padding: [PADDING, 'VALID'],
  dilations: [COUNTS, 1],
  dataFormat: [/* @__PURE__ */ oneOf('NWC', 'NHWC', 'NDHWC', 'NCW', 'NCHW', 'NCDHW')],
} as const;

/** One spatial axis: how a window of `taps` slides along it. */
export interface WindowAxis {
  readonly size: number;
  readonly taps: number;
  readonly stride: number;
  readonly dilation: number;
  readonly low: number;
  readonly high: number;
  /** The cells of `high` that are not padding, but belong to a last window. */
  readonly added?: number;
}

const FORMATS = ['WC', 'HWC', 'DHWC'];

/**
 * Calls `f` with x, its channels moved last, and moves the result's channels back; both are views. A single image may lack the axis of images, and
 * its result lacks it too.
 */
export function channelsLast(x: Tensor, spatial: number, format: DataFormat | undefined, op: string, operands: Operands, f: (last: Tensor) => Tensor): Tensor {
  if (x.rank === spatial + 1) return squeeze(channelsLast(expandDims(x, 0), spatial, format, op, operands, f), 0);
  if (x.rank !== spatial + 2) throw refused(ShapeError, op, `takes x of ${spatial + 1} or ${spatial + 2} dimensions`, operands);
  const axes = FORMATS[x.rank - 3] as string;
  const first = `NC${axes.slice(0, -1)}`;
  if (format === undefined || format === `N${axes}`) return f(x);
  if (format !== first) throw refused(ArgumentError, op, `dataFormat is 'N${axes}' or '${first}'; got ${shown(format)}`);
  const places = upTo(spatial).map((i) => i + 1);
  return transpose(f(transpose(x, [0, ...places.map((i) => i + 1), 1])), [0, x.rank - 1, ...places]);
}

/** A value for each of `count` spatial axes. */
export function perAxis(value: PerAxis, count: number, name: string, op: string): readonly number[] {
  if (typeof value === 'number') return new Array<number>(count).fill(value);
  if (value.length === count) return value;
  throw refused(ArgumentError, op, `${name} is a whole number, or ${count} of them; got ${shown(value)}`);
}

/** The axes of windows of `taps` over `sizes`, with the padding made explicit. */
export function windowAxes(sizes: readonly number[], taps: readonly number[], options: WindowOptions, op: string): WindowAxis[] {
  const strides = perAxis(options.strides ?? 1, sizes.length, 'strides', op);
  const dilations = perAxis(options.dilations ?? 1, sizes.length, 'dilations', op);
  const explicit = explicitPadding(options.padding ?? 'VALID', sizes.length, op);
  return sizes.map((size, i) => {
    const axis = { size, taps: taps[i] as number, stride: strides[i] as number, dilation: dilations[i] as number };
    const [low, high] = explicit === 'SAME' ? samePadding(axis) : (explicit[i] as readonly [number, number]);
    return { ...axis, low, high };
  });
}

function explicitPadding(padding: Padding, count: number, op: string): 'SAME' | readonly (readonly [number, number])[] {
  if (padding === 'SAME') return padding;
  if (padding === 'VALID') return new Array<readonly [number, number]>(count).fill([0, 0]);
  if (padding.length === count) return padding;
  throw refused(ArgumentError, op, `padding is 'SAME', 'VALID' or [before, after] for each of ${count} axes; got ${shown(padding)}`);
}

/** The window's extent along an axis, dilation counted. */
export const extentOf = ({ taps, dilation }: Pick<WindowAxis, 'taps' | 'dilation'>): number => (taps - 1) * dilation + 1;

/** The number of windows along an axis. */
export const placesOf = (axis: WindowAxis): number => Math.max(Math.floor((axis.size + axis.low + axis.high - extentOf(axis)) / axis.stride) + 1, 0);

function samePadding({ size, taps, stride, dilation }: Omit<WindowAxis, 'low' | 'high'>): readonly [number, number] {
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + extentOf({ taps, dilation }) - size, 0);
  return [total >> 1, total - (total >> 1)];
}

/** Refuses a window that doesn't fit on an axis, unless the axis is empty and without padding: then the result is empty. */
export function requirePlaces(axes: readonly WindowAxis[], op: string, operands: Operands): void {
  const i = axes.findIndex((axis) => placesOf(axis) === 0 && axis.size + axis.low + axis.high > 0);
  if (i < 0) return;
  const axis = axes[i] as WindowAxis;
  throw refused(
    ShapeError,
    op,
    `a window of ${extentOf(axis)} does not fit spatial axis ${i} of ${axis.size} with padding [${axis.low}, ${axis.high}]`,
    operands,
  );
}

/** The attributes of windows. */
export function windowWords(axes: readonly WindowAxis[], groups = 1): number[] {
  const words: number[] = [];
  words[WindowWord.groups] = groups;
  axes.forEach((axis, i) => {
    const at = WindowWord.axes + i * WindowAxisWord.count;
    words[at + WindowAxisWord.size] = axis.size;
    words[at + WindowAxisWord.taps] = axis.taps;
    words[at + WindowAxisWord.stride] = axis.stride;
    words[at + WindowAxisWord.dilation] = axis.dilation;
    words[at + WindowAxisWord.low] = axis.low;
    words[at + WindowAxisWord.high] = axis.high;
  });
  return words;
}
