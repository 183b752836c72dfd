/** Convolution and pooling, in loops over every cell of every window. Knows no tensors. */
import { add, div, mul, type Num, real0, sum } from './dual.js';
import type { NdArray } from './ndarray.js';
import * as nd from './ndarray.js';

type PerAxis = number | readonly number[];

export interface WindowOptions {
  readonly strides?: PerAxis;
  readonly dilations?: PerAxis;
  readonly padding?: 'SAME' | 'VALID' | readonly (readonly [number, number])[];
  readonly dataFormat?: string;
  readonly groups?: number;
  readonly size?: PerAxis;
  readonly outputPadding?: PerAxis;
  readonly ceilMode?: boolean;
  readonly countPadding?: boolean;
}

const each = (value: PerAxis | undefined, axis: number, otherwise: number): number => (typeof value === 'object' ? value[axis] : value) ?? otherwise;

/** An axis: the cell under tap t at place o, and the number of places. */
interface Axis {
  readonly places: number;
  /** Cells before and behind that padding adds. */
  readonly low: number;
  readonly high: number;
  readonly cell: (place: number, tap: number) => number;
}

function axisOf(size: number, taps: number, axis: number, { strides, dilations, padding = 'VALID', ceilMode }: WindowOptions): Axis {
  const stride = each(strides, axis, 1);
  const dilation = each(dilations, axis, 1);
  const extent = (taps - 1) * dilation + 1;
  const same = Math.max(0, (Math.ceil(size / stride) - 1) * stride + extent - size);
  const [low, high] =
    padding === 'SAME' ? [Math.floor(same / 2), Math.ceil(same / 2)] : padding === 'VALID' ? [0, 0] : (padding[axis] as readonly [number, number]);
  const span = (size + low + high - extent) / stride;
  const last = ceilMode ? (Math.ceil(span) * stride < size + low ? Math.ceil(span) : Math.ceil(span) - 1) : Math.floor(span);
  return { places: Math.max(0, last + 1), low, high, cell: (place, tap) => place * stride + tap * dilation - low };
}

const inside = (cell: readonly number[], sizes: readonly number[]): boolean => cell.every((i, axis) => i >= 0 && i < (sizes[axis] as number));
const isFirst = (x: NdArray, format: string | undefined): boolean => format === `NC${'DHW'.slice(5 - x.shape.length)}`;

/** f on x with its channels last, and back; on one image as on a batch of one. */
function onLast(x: NdArray, spatial: number, format: string | undefined, f: (x: NdArray) => NdArray): NdArray {
  if (x.shape.length === spatial + 1) {
    const y = onLast(nd.reshape(x, [1, ...x.shape]), spatial, format, f);
    return nd.reshape(y, y.shape.slice(1));
  }
  if (!isFirst(x, format)) return f(x);
  const places = x.shape.slice(2).map((_, i) => i);
  return nd.transpose(f(nd.transpose(x, [0, ...places.map((i) => i + 2), 1])), [0, x.shape.length - 1, ...places.map((i) => i + 1)]);
}

export function conv(x: NdArray, w: NdArray, options: WindowOptions = {}): NdArray {
  return onLast(x, w.shape.length - 2, options.dataFormat, (last) => {
    const sizes = last.shape.slice(1, -1);
    const taps = w.shape.slice(0, -2);
    const axes = sizes.map((size, i) => axisOf(size, taps[i] as number, i, options));
    const [inputs, outputs] = w.shape.slice(-2) as [number, number];
    const perGroup = outputs / (options.groups ?? 1);
    const window = nd.indices(taps);
    return nd.build([last.shape[0] as number, ...axes.map(({ places }) => places), outputs], (index) => {
      const j = index.at(-1) as number;
      const first = Math.floor(j / perGroup) * inputs;
      return sum(
        window.flatMap((tap) => {
          const cell = axes.map((axis, i) => axis.cell(index[i + 1] as number, tap[i] as number));
          if (!inside(cell, sizes)) return [];
          return Array.from({ length: inputs }, (_, c) => mul(nd.at(last, [index[0] as number, ...cell, first + c]), nd.at(w, [...tap, c, j])));
        }),
      );
    });
  });
}

export function depthwise(x: NdArray, w: NdArray, options: WindowOptions = {}): NdArray {
  const [h, k, channels, multiplier] = w.shape as [number, number, number, number];
  return conv(x, nd.reshape(w, [h, k, 1, channels * multiplier]), { ...options, groups: channels });
}

/** Each element of y scattered through the filter: the same sum, ordered by its terms. */
export function convTranspose(y: NdArray, w: NdArray, options: WindowOptions = {}): NdArray {
  return onLast(y, w.shape.length - 2, options.dataFormat, (last) => {
    const groups = options.groups ?? 1;
    const taps = w.shape.slice(0, -2);
    const [inputs, outputs] = w.shape.slice(-2) as [number, number];
    const sizes = last.shape.slice(1, -1).map((places, i) => {
      const { padding, strides, dilations } = options;
      const more = each(options.outputPadding, i, 0);
      const stride = each(strides, i, 1);
      const around = typeof padding === 'object' ? (padding[i] as readonly [number, number]) : [0, 0];
      const whole = (places - 1) * stride + ((taps[i] as number) - 1) * each(dilations, i, 1) + 1 - around[0] - around[1];
      return each(options.size, i, (padding === 'SAME' ? places * stride : whole) + more);
    });
    const axes = sizes.map((size, i) => axisOf(size, taps[i] as number, i, options));
    const terms = new Map<string, Num>();
    for (const index of nd.indices(last.shape)) {
      const j = index.at(-1) as number;
      for (const tap of nd.indices(taps)) {
        const cell = axes.map((axis, i) => axis.cell(index[i + 1] as number, tap[i] as number));
        for (let c = 0; c < inputs; c++) {
          const to = [index[0], ...cell, Math.floor(j / (outputs / groups)) * inputs + c].join();
          terms.set(to, add(terms.get(to) ?? 0, mul(nd.at(last, index), nd.at(w, [...tap, c, j]))));
        }
      }
    }
    return nd.build([last.shape[0] as number, ...sizes, inputs * groups], (index) => terms.get(index.join()) ?? 0);
  });
}

/** Folds each window to a number, from its cells in x; `counted` is the number of these cells, or of those in x and in the padding. */
const pool =
  (spatial: number, fold: (cells: readonly Num[], counted: number) => Num) =>
  (x: NdArray, window: PerAxis, options: WindowOptions = {}): NdArray =>
    onLast(x, spatial, options.dataFormat, (last) => {
      const sizes = last.shape.slice(1, -1);
      const taps = sizes.map((_, i) => each(window, i, 1));
      const axes = sizes.map((size, i) => axisOf(size, taps[i] as number, i, { ...options, strides: options.strides ?? taps }));
      const cells = nd.indices(taps);
      return nd.build([last.shape[0] as number, ...axes.map(({ places }) => places), last.shape.at(-1) as number], (index) => {
        const all = cells.map((tap) => axes.map((axis, i) => axis.cell(index[i + 1] as number, tap[i] as number)));
        const own = all.filter((cell) => inside(cell, sizes));
        const padded = all.filter((cell) => cell.every((at, i) => at >= -(axes[i] as Axis).low && at < (sizes[i] as number) + (axes[i] as Axis).high));
        return fold(
          own.map((cell) => nd.at(last, [index[0] as number, ...cell, index.at(-1) as number])),
          options.countPadding ? padded.length : own.length,
        );
      });
    });

export const maxPool = (spatial: number) => pool(spatial, (cells) => cells.reduce((best, v) => (real0(v) > real0(best) ? v : best)));
export const avgPool = (spatial: number) => pool(spatial, (cells, counted) => div(sum(cells), counted));
