/** Tensors from numbers and shapes. Functions only; nothing here depends on a tensor's elements. */
import { DType } from '../../assembly/shared/abi.js';
import { Op } from '../../assembly/shared/opcode.js';
import { apply0, doubleWords, writeAttributes } from '../call.js';
import { checkShape, complexParts, dtypeNumber, dtypeOf, refuseLoss, type Scalar, type TensorLike, tensor } from '../convert.js';
import { type DTypeName, dtypeNames } from '../dtype.js';
import { ArgumentError, refused, ShapeError } from '../errors.js';
import { ready } from '../module.js';
import { Tensor } from '../tensor.js';
import { add, mul, pow, sub } from './arithmetic.js';
import { checkWhole } from './axes.js';
import { placed } from './cuts.js';
import { broadcast, converted, reshaped } from './define.js';

export interface CreationOptions {
  readonly dtype?: DTypeName;
}

function filled(op: string, shape: readonly number[], value: Scalar, name: DTypeName): Tensor {
  ready();
  checkShape(shape, op);
  const dtype = dtypeNumber(name, op);
  refuseLoss(value, dtype, op);
  return apply0(Op.fill, writeAttributes([...complexParts(value).flatMap(doubleWords), dtype, shape.length, ...shape]));
}

/** A tensor of `shape`, all `value`: float32 for a number, bool, complex64, unless `dtype` says otherwise. @throws ShapeError, DTypeError. */
export const full = (shape: readonly number[], value: Scalar, { dtype = dtypeNames[dtypeOf(value)] as DTypeName }: CreationOptions = {}): Tensor =>
  filled('full', shape, value, dtype);

/** A tensor of `shape`, all 0; float32 unless `dtype` says otherwise. @throws ShapeError, DTypeError. */
export const zeros = (shape: readonly number[], { dtype = 'float32' }: CreationOptions = {}): Tensor => filled('zeros', shape, 0, dtype);

/** A tensor of `shape`, all 1; float32 unless `dtype` says otherwise. @throws ShapeError, DTypeError. */
export const ones = (shape: readonly number[], { dtype = 'float32' }: CreationOptions = {}): Tensor => filled('ones', shape, 1, dtype);

function filledLike(op: string, x: TensorLike, value: number, dtype: DTypeName | undefined): Tensor {
  const like = x instanceof Tensor ? x : tensor(x);
  return filled(op, like.shape, value, dtype ?? like.dtype);
}

/** Zeros of the shape and dtype of x. A constant, whatever x depends on. */
export const zerosLike = (x: TensorLike, { dtype }: CreationOptions = {}): Tensor => filledLike('zerosLike', x, 0, dtype);

/** Ones of the shape and dtype of x. A constant, whatever x depends on. */
export const onesLike = (x: TensorLike, { dtype }: CreationOptions = {}): Tensor => filledLike('onesLike', x, 1, dtype);

export interface EyeOptions extends CreationOptions {
  /** Which diagonal is 1: above the main one, or below when negative. */
  readonly k?: number;
  /** Axes in front, along which the matrix is repeated. */
  readonly batchShape?: readonly number[];
}

/** The n × m matrix (m = n) with 1 on a diagonal, 0 elsewhere; as many of it as `batchShape` says. */
export function eye(n: number, m = n, { k = 0, batchShape = [], dtype = 'float32' }: EyeOptions = {}): Tensor {
  checkShape([...batchShape, n, m], 'eye');
  checkWhole(k, 'k', 'eye');
  const length = Math.max(0, k >= 0 ? Math.min(n, m - k) : Math.min(n + k, m));
  const diagonal = placed(filled('eye', [length], 1, dtype), [k >= 0 ? k : -k * m], [m + 1], [n * m]);
  const matrix = reshaped(diagonal, [n, m]);
  return batchShape.length ? broadcast(matrix, [...batchShape, n, m]) : matrix;
}

/** `count` numbers from `start`, `step` apart, the last one being `last`. */
function range(op: string, start: number, step: number, last: number, count: number, name: DTypeName): Tensor {
  ready();
  const dtype = dtypeNumber(name, op);
  if (![start, step, last].every(Number.isFinite)) throw refused(ArgumentError, op, `takes finite numbers; got ${start}, ${last} and a step of ${step}`);
  if (!(count < 2 ** 31)) throw refused(ShapeError, op, 'the result would have more than 2147483647 elements');
  if (dtype === DType.int32 || dtype === DType.bool) for (const v of [start, step, last]) refuseLoss(v, DType.int32, op);
  return apply0(Op.arange, writeAttributes([...doubleWords(start), ...doubleWords(step), ...doubleWords(last), count, dtype]));
}

/** 0, 1, … below `stop`. float32 unless `dtype` says otherwise. */
export function arange(stop: number, options?: CreationOptions): Tensor;
/** start, start + step, … below `stop` (above it when the step is negative), each rounded once. float32 unless `dtype` says otherwise. */
export function arange(start: number, stop: number, options?: CreationOptions): Tensor;
export function arange(start: number, stop: number, step: number, options?: CreationOptions): Tensor;
export function arange(...args: readonly (number | CreationOptions | undefined)[]): Tensor {
  const numbers = args.filter((v) => typeof v === 'number') as number[];
  const { dtype = 'float32' } = (args.find((v) => typeof v === 'object') as CreationOptions | undefined) ?? {};
  const [start, stop, step = 1] = (numbers.length === 1 ? [0, ...numbers] : numbers) as [number, number, number?];
  if (step === 0 || Number.isNaN(step)) throw refused(ArgumentError, 'arange', `a step is not ${step}`);
  const count = Math.max(0, Math.ceil((stop - start) / step));
  return range('arange', start, step, start + Math.max(0, count - 1) * step, count, dtype);
}

export interface LinspaceOptions extends CreationOptions {
  /** Whether the last number is `stop` itself. */
  readonly endpoint?: boolean;
}

/**
 * `count` numbers (50) evenly from `start` to `stop`, both included. float32 unless `dtype` says otherwise. Ends that are tensors of rank 0
 * give start + (stop − start)·t, which is differentiable in both.
 */
export function linspace(start: number | Tensor, stop: number | Tensor, count = 50, { endpoint = true, dtype }: LinspaceOptions = {}): Tensor {
  checkShape([count], 'linspace');
  const steps = Math.max(1, endpoint ? count - 1 : count);
  if (typeof start === 'number' && typeof stop === 'number') {
    const step = (stop - start) / steps;
    return range('linspace', start, step, endpoint && count > 1 ? stop : start + step * Math.max(0, count - 1), count, dtype ?? 'float32');
  }
  const name = dtype ?? dtypeNames[(start instanceof Tensor ? start : (stop as Tensor)).dtypeNumber];
  const t = range('linspace', 0, 1 / steps, endpoint && count > 1 ? 1 : Math.max(0, count - 1) / steps, count, name as DTypeName);
  return add(start, mul(sub(stop, start), t));
}

export interface LogspaceOptions extends LinspaceOptions {
  /** What the exponents are of: 10 by default. */
  readonly base?: number;
}

/**
 * `count` numbers (50) from base^start to base^stop, evenly in their logarithms. float32 unless `dtype` says otherwise, rounded from float64.
 * Exponents that are tensors of rank 0 give what is differentiable in both, in their dtype.
 */
export function logspace(start: number | Tensor, stop: number | Tensor, count = 50, { base = 10, ...options }: LogspaceOptions = {}): Tensor {
  if (start instanceof Tensor || stop instanceof Tensor) return pow(base, linspace(start, stop, count, options));
  const powers = pow(base, linspace(start, stop, count, { ...options, dtype: 'float64' }));
  return converted(powers, dtypeNumber(options.dtype ?? 'float32', 'logspace'));
}
