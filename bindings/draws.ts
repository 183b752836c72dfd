/**
 * Random tensors from keys: the same key gives the same numbers, bit for bit, on every host and in every build. Keys are int32 tensors of two
 * words; use each for one draw and `split` it for more. Generator: Threefry-2x32-20 (Salmon, Moraes, Dror & Shaw, 2011).
 */

import { DType } from '../assembly/shared/abi.js';
import { Op } from '../assembly/shared/opcode.js';
import { fillWords } from './attributes.js';
import { applyMany, create, whole } from './call.js';
import { dtypeNumber, type TensorLike, tensor } from './convert.js';
import { arrayOf, type DTypeName, dtypeNames, isComplex, isInexact, standard } from './dtype.js';
import { ArgumentError, DTypeError, refused, ShapeError } from './errors.js';
import { ALONE, DATA, DTYPE, INDICES, KEY, type Kind, kind, NUMBER_OR_TENSOR, REAL, SHAPE, SIZE, WHOLE, wholeFrom } from './kinds.js';
import { ready } from './module.js';
import { add, mul, neg, sub } from './ops/arithmetic.js';
import { type AxisOption, axisOf } from './ops/axes.js';
import { less } from './ops/comparison.js';
import { concat } from './ops/concat.js';
import { functionRow, reshaped } from './ops/define.js';
import { argmax } from './ops/reduction.js';
import { type Pieces, unstack } from './ops/slices.js';
import { take } from './ops/take.js';
import { log } from './ops/transcendental.js';
import { Tensor } from './tensor.js';

export interface RandomOptions {
  readonly dtype?: DTypeName | undefined;
}

/** Upper words of counters. Draws have 0, so draws, splits and folds never use the same block. */
const SPLIT = 1;
const FOLD = 2;

const SEED = /* @__PURE__ */ wholeFrom(1 - 2 ** 53, 2 ** 53 - 1);

/** The key of a seed, a whole number up to 2⁵³ either way. int32 [2]. */
export const key: (seed: number) => Tensor = /* @__PURE__ */ functionRow('random.key', { seed: SEED }, (seed) => {
  ready();
  return create(DType.int32, [2], Int32Array.of(Math.floor(seed / 2 ** 32), seed % 2 ** 32));
});

/**
 * The generator itself: blocks of 64 bits for counters (…, 2), pairs of 32-bit words with the lower first, under a key. int32 (…, 2).
 * @throws ShapeError unless the counters are pairs.
 */
export const threefry: (key: Tensor, counters: TensorLike) => Tensor = /* @__PURE__ */ functionRow('random.threefry', { key: KEY, counters: INDICES }, blocks);

function blocks(key: Tensor, counters: Tensor): Tensor {
  return applyMany(Op.threefry, [counters, key])[0] as Tensor;
}

/** `count` keys (2) that have nothing to do with one another or with the numbers drawn from `key`. */
export const split = /* @__PURE__ */ functionRow<(key: Tensor, count?: number) => Tensor[]>('random.split', { key: KEY, count: [SIZE, 2] }, (key, count) => {
  const counters = Int32Array.from({ length: 2 * count }, (_, i) => (i & 1 ? SPLIT : i >> 1));
  return unstack(blocks(key, create(DType.int32, [count, 2], counters)));
}) as <const N extends number = 2>(key: Tensor, count?: N) => Pieces<N>;

/** A key of `key` and a whole number from 0 to 2³² − 1: of a step or an item. In a compiled function it may be an argument. */
export const foldIn: (key: Tensor, data: number | Tensor) => Tensor = /* @__PURE__ */ functionRow(
  'random.foldIn',
  { key: KEY, data: DATA },
  (key, data: number | Tensor) =>
    blocks(
      key,
      typeof data === 'number'
        ? create(DType.int32, [2], Int32Array.of(data, FOLD))
        : concat([reshaped(whole(data, 0, 2 ** 32 - 1), [1]), create(DType.int32, [1], Int32Array.of(FOLD))]),
    ),
);

function drawn(op: Op, key: Tensor, shape: readonly number[], dtype: DType, a = 0, b = 0): Tensor {
  return applyMany(op, [key], fillWords(a, b, dtype, shape))[0] as Tensor;
}

/** The named dtype, else that of the first tensor among the parameters, else float32. @throws DTypeError for int32 and bool. */
function dtypeFor(name: DTypeName | undefined, ...parameters: readonly TensorLike[]): DType {
  const like = parameters.find((v) => v instanceof Tensor) as Tensor | undefined;
  const dtype = name === undefined ? (like?.dtypeNumber ?? standard) : dtypeNumber(name, 'random');
  if (!isInexact(dtype))
    throw refused(DTypeError, 'random', `draws floating-point and complex numbers; got ${dtypeNames[dtype]}, use random.integers or random.bernoulli`);
  return dtype;
}

function real(dtype: DType): DType {
  if (isComplex(dtype)) throw refused(DTypeError, 'random', `draws float32 and float64; got ${dtypeNames[dtype]}`);
  return dtype;
}

/** z·scale + shift, without the factor 1 and the term 0. */
function scaled(z: Tensor, scale: TensorLike, shift: TensorLike): Tensor {
  const y = scale === 1 ? z : mul(z, scale);
  return shift === 0 ? y : add(y, shift);
}

/** The operands that most draws have. */
const DRAW = { key: KEY, shape: SHAPE };
type Draw<Options> = (key: Tensor, shape: readonly number[], options?: DTypeName | Options) => Tensor;

/** Random words. int32. */
export const bits: (key: Tensor, shape: readonly number[]) => Tensor = /* @__PURE__ */ functionRow('random.bits', DRAW, (key, shape) =>
  drawn(Op.randomBits, key, shape, DType.int32),
);

export interface UniformOptions extends RandomOptions {
  readonly low?: TensorLike;
  readonly high?: TensorLike;
}

/**
 * Uniform in [low, high) ([0, 1)): u·(high − low) + low, u being multiples of 2⁻²⁴ or 2⁻⁵³; that may round to `high`. Complex: real and
 * imaginary part of u alike. f32 f64 c64 c128; bounds may lie further apart than the largest number. Differentiable in low and high, which
 * broadcast.
 */
export const uniform: Draw<UniformOptions> = /* @__PURE__ */ functionRow(
  'random.uniform',
  DRAW,
  { dtype: [DTYPE], low: [NUMBER_OR_TENSOR, 0], high: [NUMBER_OR_TENSOR, 1] },
  (key, shape, { dtype, low, high }) => {
    const to = dtypeFor(dtype, low, high);
    const u = drawn(Op.randomUniform, key, shape, to);
    if (low === 0) return scaled(u, high, 0);
    if (typeof low === 'number' && typeof high === 'number' && Number.isFinite(arrayOf(to).of(high - low)[0])) return scaled(u, high - low, low);
    const half = (bound: TensorLike): TensorLike => (typeof bound === 'number' ? bound / 2 : mul(bound, 0.5));
    const [start, end] = [half(low), half(high)];
    return mul(add(mul(u, typeof start === 'number' && typeof end === 'number' ? end - start : sub(end, start)), start), 2);
  },
);

/** An end that int32 does not reach. */
const BOUND = /* @__PURE__ */ wholeFrom(-(2 ** 31), 2 ** 31);

/** Whole numbers in [low, high). int32. */
export const integers: (key: Tensor, shape: readonly number[], low: number, high: number) => Tensor = /* @__PURE__ */ functionRow(
  'random.integers',
  { key: KEY, shape: SHAPE, low: WHOLE, high: BOUND },
  (key, shape, low, high) => {
    if (low >= high) throw refused(ArgumentError, 'random.integers', `low < high; got ${low}, ${high}`);
    return drawn(Op.randomIntegers, key, shape, DType.int32, low, high - low);
  },
);

const NORMAL = { dtype: [DTYPE], mean: [NUMBER_OR_TENSOR, 0], std: [NUMBER_OR_TENSOR, 1] } as const;

export interface NormalOptions extends RandomOptions {
  readonly mean?: TensorLike;
  readonly std?: TensorLike;
}

/**
 * Normal: z·std + mean, |z| ≤ 8.2. Complex: parts of variance ½ each, so that E|z|² = 1. f32 f64 c64 c128. Differentiable in mean and std, which
 * broadcast. By the inverse distribution function (Wichura, algorithm AS 241, 1988); float32 is float64 rounded.
 */
export const normal: Draw<NormalOptions> = /* @__PURE__ */ functionRow('random.normal', DRAW, NORMAL, (key, shape, { dtype, mean, std }) =>
  scaled(drawn(Op.randomNormal, key, shape, dtypeFor(dtype, mean, std)), std, mean),
);

export interface TruncatedNormalOptions extends NormalOptions {
  /** Bounds of z, in standard deviations (−2, 2). */
  readonly low?: number;
  readonly high?: number;
}

/** Normal with z drawn inside [low, high], exact in the tails up to 37 deviations; otherwise as `normal`. f32 f64. */
export const truncatedNormal: Draw<TruncatedNormalOptions> = /* @__PURE__ */ functionRow(
  'random.truncatedNormal',
  DRAW,
  { dtype: [DTYPE], mean: [NUMBER_OR_TENSOR, 0], std: [NUMBER_OR_TENSOR, 1], low: [REAL, -2], high: [REAL, 2] },
  (key, shape, { dtype, mean, std, low, high }) => {
    if (low > high) throw refused(ArgumentError, 'random.truncatedNormal', `low ≤ high; got ${low}, ${high}`);
    return scaled(drawn(Op.randomTruncatedNormal, key, shape, real(dtypeFor(dtype, mean, std)), low, high), std, mean);
  },
);

/** Exponential of mean 1, never 0. f32 f64. */
export const exponential: Draw<RandomOptions> = /* @__PURE__ */ functionRow('random.exponential', DRAW, { dtype: [DTYPE] }, (key, shape, { dtype }) =>
  exponentials(key, shape, dtype),
);

const exponentials = (key: Tensor, shape: readonly number[], dtype: DTypeName | undefined): Tensor =>
  drawn(Op.randomExponential, key, shape, real(dtypeFor(dtype)));

/** Gumbel: −log of an exponential. f32 f64. */
export const gumbel: Draw<RandomOptions> = /* @__PURE__ */ functionRow('random.gumbel', DRAW, { dtype: [DTYPE] }, (key, shape, { dtype }) =>
  neg(log(exponentials(key, shape, dtype))),
);

/** true with probability p, elementwise; p broadcasts to `shape`, its own when absent. bool. No gradient. */
export const bernoulli: (key: Tensor, p?: TensorLike, shape?: readonly number[]) => Tensor = /* @__PURE__ */ functionRow(
  'random.bernoulli',
  { key: KEY, p: [ALONE, 0.5], shape: [SHAPE] },
  (key, p: TensorLike, shape: readonly number[] | undefined) => {
    const chance = p instanceof Tensor ? p : tensor(p);
    return less(uniform(key, shape ?? chance.shape, { dtype: chance.dtype }), chance);
  },
);

export interface CategoricalOptions {
  /** Shape of the result, which the leading axes of the logits broadcast to; these axes when absent. */
  readonly shape?: readonly number[];
}

/**
 * Indices into the last axis of `logits`, each with probability softmax(logits). (…, n) → (…), int32. No gradient. By the greatest of logits
 * plus Gumbel noise.
 * @throws ShapeError when there is nothing to choose from.
 */
export const categorical: (key: Tensor, logits: TensorLike, options?: readonly number[] | CategoricalOptions) => Tensor = /* @__PURE__ */ functionRow(
  'random.categorical',
  { key: KEY, logits: ALONE },
  { shape: [SHAPE] },
  (key, logits, { shape }) => {
    const n = logits.shape.at(-1) ?? 0;
    if (n === 0) throw refused(ShapeError, 'random.categorical', 'the last axis of logits has no choices');
    const noise = gumbel(key, [...(shape ?? logits.shape.slice(0, -1)), n], { dtype: logits.dtype });
    return argmax(add(noise, logits), { axis: -1 });
  },
);

/** A count, or a tensor. */
const COUNT_OR_TENSOR: Kind<number | Tensor> = /* @__PURE__ */ kind('a whole number from 0, or a tensor', (v, name) =>
  v instanceof Tensor && v.rank ? v : SIZE.read(v, name),
);

/** 0 … n − 1 in random order (int32), or the slices of a tensor along `axis` (0), all orders being equally likely. */
export const permutation: (key: Tensor, x: number | Tensor, options?: AxisOption) => Tensor = /* @__PURE__ */ functionRow(
  'random.permutation',
  { key: KEY, x: COUNT_OR_TENSOR },
  { axis: [WHOLE, 0] },
  (key, x: number | Tensor, { axis: given }) => {
    if (typeof x === 'number') return drawn(Op.randomPermutation, key, [x], DType.int32);
    const axis = axisOf(given, x.rank);
    return take(x, drawn(Op.randomPermutation, key, [x.shape[axis] as number], DType.int32), { axis });
  },
);
