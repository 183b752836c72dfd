/**
 * Random tensors from keys: the same key gives the same numbers, bit for bit, on every host and in every build. Keys are int32 tensors of two
 * words; use each for one draw and `split` it for more. Generator: Threefry-2x32-20 (Salmon, Moraes, Dror & Shaw, 2011).
 */
import { DType } from '../assembly/shared/abi.js';
import { Op } from '../assembly/shared/opcode.js';
import { applyMany, create, doubleWords } from './call.js';
import { checkShape, dtypeNumber, type TensorLike, tensor } from './convert.js';
import { arrayOf, type DTypeName, dtypeNames, isComplex, isInexact } from './dtype.js';
import { ArgumentError, DTypeError, refused, ShapeError } from './errors.js';
import { ready } from './module.js';
import { opName } from './opnames.js';
import { add, mul, neg, sub } from './ops/arithmetic.js';
import { type AxisOption, axisIn, axisOf } from './ops/axes.js';
import { less } from './ops/comparison.js';
import { take } from './ops/indexing.js';
import { type Parts, unstack } from './ops/pieces.js';
import { argmax } from './ops/reduction.js';
import { log } from './ops/transcendental.js';
import { Tensor } from './tensor.js';

export interface RandomOptions {
  readonly dtype?: DTypeName;
}

/** Upper words of counters: what draws, splits and folds count is never the same block. */
const SPLIT = 1;
const FOLD = 2;

/** The key of a seed, a whole number up to 2⁵³ either way. int32 [2]. */
export function key(seed: number): Tensor {
  if (!Number.isSafeInteger(seed)) throw refused(ArgumentError, 'random.key', `a seed is a whole number; got ${seed}`);
  ready();
  return create(DType.int32, [2], Int32Array.of(Math.floor(seed / 2 ** 32), seed % 2 ** 32));
}

/**
 * The generator itself: blocks of 64 bits for counters (…, 2), pairs of 32-bit words with the lower first, under a key. int32 (…, 2).
 * @throws ShapeError unless the counters are pairs.
 */
export function threefry(key: Tensor, counters: TensorLike): Tensor {
  const x = counters instanceof Tensor ? counters : tensor(counters, { dtype: 'int32' });
  return applyMany(Op.threefry, [x, key])[0] as Tensor;
}

/** `count` keys (2) that have nothing to do with one another or with the numbers drawn from `key`. */
export function split<const N extends number = 2>(key: Tensor, count: N = 2 as N): Parts<N> {
  checkShape([count], 'random.split');
  const counters = Int32Array.from({ length: 2 * count }, (_, i) => (i & 1 ? SPLIT : i >> 1));
  return unstack(threefry(key, create(DType.int32, [count, 2], counters))) as Parts<N>;
}

/** A key of `key` and a whole number from 0 to 2³² − 1: of a step or an item. */
export function foldIn(key: Tensor, data: number): Tensor {
  if (!Number.isInteger(data) || data < 0 || data >= 2 ** 32)
    throw refused(ArgumentError, 'random.foldIn', `takes a whole number from 0 to 4294967295; got ${data}`);
  return threefry(key, create(DType.int32, [2], Int32Array.of(data, FOLD)));
}

/** `random.normal` for randomNormal. */
const nameOf = (op: Op): string => opName(op).replace(/^random(.)/, (_, first: string) => `random.${first.toLowerCase()}`);

function drawn(op: Op, key: Tensor, shape: readonly number[], dtype: DType, a = 0, b = 0): Tensor {
  if (!(key instanceof Tensor)) throw refused(ArgumentError, nameOf(op), 'takes a key, made by random.key(seed) or random.split(key)');
  checkShape(shape, nameOf(op));
  return applyMany(op, [key], [...doubleWords(a), ...doubleWords(b), dtype, shape.length, ...shape])[0] as Tensor;
}

/** The dtype asked for, or that of the first tensor among the parameters, or float32. @throws DTypeError for int32 and bool. */
function dtypeFor(op: string, name: DTypeName | undefined, ...parameters: readonly TensorLike[]): DType {
  const like = parameters.find((v) => v instanceof Tensor) as Tensor | undefined;
  const dtype = name === undefined ? (like?.dtypeNumber ?? DType.float32) : dtypeNumber(name, op);
  if (!isInexact(dtype))
    throw refused(DTypeError, op, `draws floating-point and complex numbers; got ${dtypeNames[dtype]}, use random.integers or random.bernoulli`);
  return dtype;
}

function real(op: string, dtype: DType): DType {
  if (isComplex(dtype)) throw refused(DTypeError, op, `draws float32 and float64; got ${dtypeNames[dtype]}`);
  return dtype;
}

/** z·scale + shift, without the factor 1 and the term 0. */
function scaled(z: Tensor, scale: TensorLike, shift: TensorLike): Tensor {
  const y = scale === 1 ? z : mul(z, scale);
  return shift === 0 ? y : add(y, shift);
}

/** Random words. int32. */
export const bits = (key: Tensor, shape: readonly number[]): Tensor => drawn(Op.randomBits, key, shape, DType.int32);

export interface UniformOptions extends RandomOptions {
  readonly low?: TensorLike;
  readonly high?: TensorLike;
}

/**
 * Uniform in [low, high) ([0, 1)): u·(high − low) + low, u being multiples of 2⁻²⁴ or 2⁻⁵³; that may round to `high`. Complex: real and
 * imaginary part of u alike. f32 f64 c64 c128; bounds may lie further apart than the largest number. Differentiable in low and high, which
 * broadcast.
 */
export function uniform(key: Tensor, shape: readonly number[], { low = 0, high = 1, dtype }: UniformOptions = {}): Tensor {
  const to = dtypeFor('random.uniform', dtype, low, high);
  const u = drawn(Op.randomUniform, key, shape, to);
  if (low === 0) return scaled(u, high, 0);
  if (typeof low === 'number' && typeof high === 'number' && Number.isFinite(arrayOf(to).of(high - low)[0])) return scaled(u, high - low, low);
  const half = (bound: TensorLike): TensorLike => (typeof bound === 'number' ? bound / 2 : mul(bound, 0.5));
  const [start, end] = [half(low), half(high)];
  return mul(add(mul(u, typeof start === 'number' && typeof end === 'number' ? end - start : sub(end, start)), start), 2);
}

/** Whole numbers in [low, high). int32. */
export function integers(key: Tensor, shape: readonly number[], low: number, high: number): Tensor {
  if (!Number.isInteger(low) || !Number.isInteger(high) || low < -(2 ** 31) || high > 2 ** 31 || low >= high)
    throw refused(ArgumentError, 'random.integers', `takes whole numbers of int32, low < high; got ${low}, ${high}`);
  return drawn(Op.randomIntegers, key, shape, DType.int32, low, high - low);
}

export interface NormalOptions extends RandomOptions {
  readonly mean?: TensorLike;
  readonly std?: TensorLike;
}

/**
 * Normal: z·std + mean, |z| ≤ 8.2. Complex: parts of variance ½ each, so that E|z|² = 1. f32 f64 c64 c128. Differentiable in mean and std, which
 * broadcast. By the inverse distribution function (Wichura, algorithm AS 241, 1988); float32 is float64 rounded.
 */
export function normal(key: Tensor, shape: readonly number[], { mean = 0, std = 1, dtype }: NormalOptions = {}): Tensor {
  return scaled(drawn(Op.randomNormal, key, shape, dtypeFor('random.normal', dtype, mean, std)), std, mean);
}

export interface TruncatedNormalOptions extends NormalOptions {
  /** Bounds of z, in standard deviations (−2, 2). */
  readonly low?: number;
  readonly high?: number;
}

/** Normal with z drawn inside [low, high], exact in the tails up to 37 deviations; otherwise as `normal`. f32 f64. */
export function truncatedNormal(key: Tensor, shape: readonly number[], { low = -2, high = 2, mean = 0, std = 1, dtype }: TruncatedNormalOptions = {}): Tensor {
  if (!(low <= high)) throw refused(ArgumentError, 'random.truncatedNormal', `low ≤ high; got ${low}, ${high}`);
  const number = real('random.truncatedNormal', dtypeFor('random.truncatedNormal', dtype, mean, std));
  return scaled(drawn(Op.randomTruncatedNormal, key, shape, number, low, high), std, mean);
}

/** Exponential of mean 1, never 0. f32 f64. */
export const exponential = (key: Tensor, shape: readonly number[], { dtype }: RandomOptions = {}): Tensor =>
  drawn(Op.randomExponential, key, shape, real('random.exponential', dtypeFor('random.exponential', dtype)));

/** Gumbel: −log of an exponential. f32 f64. */
export const gumbel = (key: Tensor, shape: readonly number[], options?: RandomOptions): Tensor => neg(log(exponential(key, shape, options)));

/** true with probability p, elementwise; p broadcasts to `shape`, its own when absent. bool. No gradient. */
export function bernoulli(key: Tensor, p: TensorLike = 0.5, shape?: readonly number[]): Tensor {
  const chance = p instanceof Tensor ? p : tensor(p);
  return less(uniform(key, shape ?? chance.shape, { dtype: chance.dtype }), chance);
}

export interface CategoricalOptions {
  /** Shape of the result, which the leading axes of the logits broadcast to; these axes when absent. */
  readonly shape?: readonly number[];
}

/**
 * Indices into the last axis of `logits`, each with probability softmax(logits). (…, n) → (…), int32. No gradient. By the greatest of logits
 * plus Gumbel noise.
 * @throws ShapeError when there is nothing to choose from.
 */
export function categorical(key: Tensor, logits: TensorLike, { shape }: CategoricalOptions = {}): Tensor {
  const weights = logits instanceof Tensor ? logits : tensor(logits);
  const n = weights.shape.at(-1) ?? 0;
  if (n === 0) throw refused(ShapeError, 'random.categorical', 'the last axis of logits has no choices', { logits: weights });
  const noise = gumbel(key, [...(shape ?? weights.shape.slice(0, -1)), n], { dtype: weights.dtype });
  return argmax(add(noise, weights), { axis: -1 });
}

/** 0 … n − 1 in random order (int32), or the slices of a tensor along `axis` (0), all orders being equally likely. */
export function permutation(key: Tensor, x: number | Tensor, options?: AxisOption): Tensor {
  if (!(x instanceof Tensor)) return drawn(Op.randomPermutation, key, [x], DType.int32);
  const axis = axisOf(axisIn(options, 0), x.rank, 'random.permutation');
  return take(x, drawn(Op.randomPermutation, key, [x.shape[axis] as number], DType.int32), { axis });
}
