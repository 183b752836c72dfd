/** Rows of gradtape/nn: convolutions over one, two or three spatial axes. */
import { Op } from '../../assembly/shared/opcode.js';
import type { TensorLike } from '../convert.js';
import type { Operands } from '../errors.js';
import { broadcast, COUNT, functionRow, promoted, refused, reshaped, SIZES, TENSOR } from '../extend.js';
import type { SlotsOf } from '../ops/define.js';
import { ShapeError } from '../public.js';
import type { Tensor } from '../tensor.js';
import { channelsLast, extentOf, type PerAxis, perAxis, placesOf, requirePlaces, WINDOWS, type WindowOptions, windowAxes, windowWords } from './windows.js';

export interface ConvOptions extends WindowOptions {
  /** The number of groups of channels, each with a filter of its own; 1 when absent. */
  readonly groups?: number;
}

export interface ConvTransposeOptions extends ConvOptions {
  /** Sizes of the result's spatial axes, where several are possible; the smallest that `padding` allows when absent. */
  readonly size?: PerAxis;
  /** In place of `size`, the elements that these axes have more than in the smallest result: less than `strides` or `dilations`. */
  readonly outputPadding?: PerAxis;
}

const CONV = { ...WINDOWS, groups: [COUNT, 1] } as const;
const TRANSPOSED = { ...CONV, size: [SIZES], outputPadding: [SIZES] } as const;

type Convolution<Options> = (x: TensorLike, filter: TensorLike, options?: PerAxis | Options) => Tensor;

/** A convolution of x, channels last, and a filter, both with `spatial` axes. */
const convolution = <Options extends ConvOptions>(
  op: string,
  spatial: number,
  described: SlotsOf<Convolution<Options>>,
  of: (x: Tensor, filter: Tensor, options: Options, op: string, operands: Operands) => Tensor,
): Convolution<Options> =>
  functionRow<Convolution<Options>>(
    op,
    { x: TENSOR, filter: TENSOR },
    described as never,
    ((x: Tensor, filter: Tensor, options: Options): Tensor => {
      const operands = { x, filter };
      if (filter.rank !== spatial + 2) throw refused(ShapeError, op, `takes a filter of ${spatial + 2} dimensions`, operands);
      return channelsLast(x, spatial, options.dataFormat, op, operands, (last) => of(last, filter, options, op, operands));
    }) as never,
  );

/** The convolution by a filter [taps…, in/groups, out]. */
function convolved(x: Tensor, filter: Tensor, options: ConvOptions, op: string, operands: Operands): Tensor {
  const { groups = 1 } = options;
  const sizes = x.shape.slice(1, -1);
  const channels = x.shape.at(-1) as number;
  const [inputs, outputs] = filter.shape.slice(-2) as [number, number];
  if (outputs % groups || inputs * groups !== channels)
    throw refused(ShapeError, op, `a filter of ${inputs} to ${outputs} channels with groups = ${groups} does not fit ${channels} channels`, operands);
  const axes = windowAxes(sizes, filter.shape.slice(0, -2), options, op);
  requirePlaces(axes, op, operands);
  // A channel that has several results is repeated for each, so that each group has one channel in and one out, and lanes are channels.
  if (inputs !== 1 || outputs === groups || groups === 1) return promoted(Op.conv, x, filter, windowWords(axes, groups));
  const repeated = broadcast(reshaped(x, [...x.shape, 1]), [...x.shape, outputs / groups]);
  return promoted(Op.conv, reshaped(repeated, [...x.shape.slice(0, -1), outputs]), filter, windowWords(axes, outputs));
}

/**
 * y[n, o, j] = Σ x[n, o·stride + t·dilation − before, c]·filter[t, c, j] over taps t and channels c: a cross-correlation, as in all
 * networks. [n, w, in], or [w, in] for one image, × [taps, in/groups, out] → [n, w′, out], w′ = ⌊(w + before + after − (taps − 1)·dilation − 1)/stride⌋ + 1. f32 f64 c64
 * c128; not conjugated. Gradients for x and filter are convolutions too, to any order. `dataFormat: 'NCW'` takes and gives channels
 * behind the images, the filter stays. |err| as of a matmul with k = taps·in/groups.
 * @throws ShapeError when channels and groups do not fit the filter, or the filter does not fit x.
 */
export const conv1d = /* @__PURE__ */ convolution<ConvOptions>('conv1d', 1, CONV, convolved);
/** `conv1d` over two axes: [n, h, w, in] × [taps, taps, in/groups, out] → [n, h′, w′, out]; `dataFormat: 'NCHW'`. */
export const conv2d = /* @__PURE__ */ convolution<ConvOptions>('conv2d', 2, CONV, convolved);
/** `conv1d` over three axes: [n, d, h, w, in] × [taps, taps, taps, in/groups, out] → [n, d′, h′, w′, out]; `dataFormat: 'NCDHW'`. */
export const conv3d = /* @__PURE__ */ convolution<ConvOptions>('conv3d', 3, CONV, convolved);

/**
 * `conv2d` of each channel by itself, with `m` filters: [n, h, w, in] × [taps, taps, in, m] → [n, h′, w′, in·m], channel c's results at
 * c·m … c·m + m − 1. f32 f64 c64 c128. Real channels are computed lane by lane. Gradients as conv2d's.
 * @throws ShapeError when the filter has other channels than x, or does not fit it.
 */
export const depthwiseConv2d = /* @__PURE__ */ convolution<Omit<ConvOptions, 'groups'>>('depthwiseConv2d', 2, WINDOWS, (x, filter, options, op, operands) => {
  const [h, k, channels, multiplier] = filter.shape as [number, number, number, number];
  if (channels !== x.shape[3]) throw refused(ShapeError, op, `a filter of ${channels} channels does not fit ${x.shape[3]} channels`, operands);
  const groups = Math.max(channels, 1);
  return convolved(x, reshaped(filter, [h, k, channels / groups, channels * multiplier]), { ...options, groups }, op, operands);
});

/** The transposed convolution by a filter [taps…, out, in], as a convolution's gradient. */
function transposed(x: Tensor, filter: Tensor, options: ConvTransposeOptions, op: string, operands: Operands): Tensor {
  const { groups = 1 } = options;
  const channels = x.shape.at(-1) as number;
  if (channels % groups || filter.shape.at(-1) !== channels)
    throw refused(ShapeError, op, `a filter of ${filter.shape.at(-1)} channels with groups = ${groups} does not fit ${channels} channels`, operands);
  const taps = filter.shape.slice(0, -2);
  const sizes = transposedSizes(x.shape.slice(1, -1), taps, options, op);
  const axes = windowAxes(sizes, taps, options, op);
  const places = axes.map(placesOf);
  if (places.some((n, i) => n !== x.shape[i + 1]))
    throw refused(ShapeError, op, `places of the filter on size [${sizes.join(', ')}] are [${places.join(', ')}], not those of x`, operands);
  return promoted(Op.convInput, x, filter, windowWords(axes, groups));
}

/** The sizes of an input whose convolution has the sizes `places`. */
function transposedSizes(places: readonly number[], taps: readonly number[], options: ConvTransposeOptions, op: string): number[] {
  if (options.size !== undefined) return [...perAxis(options.size, places.length, 'size', op)];
  const axes = windowAxes(places, taps, options, op); // SAME's padding is not read
  const more = perAxis(options.outputPadding ?? 0, places.length, 'outputPadding', op);
  return axes.map((axis, i) => {
    const starts = ((places[i] as number) - 1) * axis.stride + (more[i] as number);
    return options.padding === 'SAME' ? starts + axis.stride : Math.max(starts + extentOf(axis) - axis.low - axis.high, 0);
  });
}

/**
 * The gradient of conv1d for its input, as an op: each element of x spreads the filter over the result. [n, w, in] × [taps, out, in] →
 * [n, w′, out·groups], w′ = w·stride when SAME, else (w − 1)·stride + (taps − 1)·dilation + 1 − before − after, unless `size` or `outputPadding` says otherwise. f32
 * f64 c64 c128; not conjugated. Gradients are convolutions, to any order.
 * @throws ShapeError when channels and groups do not fit the filter, or no convolution leads from `size` to x.
 */
export const convTranspose1d = /* @__PURE__ */ convolution<ConvTransposeOptions>('convTranspose1d', 1, TRANSPOSED, transposed);
/** `convTranspose1d` over two axes: [n, h, w, in] × [taps, taps, out, in] → [n, h′, w′, out·groups]. */
export const convTranspose2d = /* @__PURE__ */ convolution<ConvTransposeOptions>('convTranspose2d', 2, TRANSPOSED, transposed);
/** `convTranspose1d` over three axes: [n, d, h, w, in] × [taps, taps, taps, out, in] → [n, d′, h′, w′, out·groups]. */
export const convTranspose3d = /* @__PURE__ */ convolution<ConvTransposeOptions>('convTranspose3d', 3, TRANSPOSED, transposed);
