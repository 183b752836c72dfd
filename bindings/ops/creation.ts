/** Functions that make tensors from numbers and shapes. They are not methods; their results are constants to tapes unless a docstring says otherwise. */

import { DType } from '../../assembly/shared/abi.js';
import { Op } from '../../assembly/shared/opcode.js';
import { arangeWords, fillWords } from '../attributes.js';
import { apply0, writeAttributes } from '../call.js';
import { checkShape, complexParts, dtypeNumber, dtypeOf, tensor as made, refuseLoss, type Scalar, type TensorLike, type TensorOptions } from '../convert.js';
import { type DTypeName, dtypeNames, standardName } from '../dtype.js';
import { ArgumentError, refused, ShapeError } from '../errors.js';
import type { TensorJSON } from '../json.js';
import { ALONE, ANY, DTYPE, END, FILL, FLAG, REAL, SHAPE, SIZE, WHOLE } from '../kinds.js';
import { ready } from '../module.js';
import { Tensor } from '../tensor.js';
import { add, mul, pow, sub } from './arithmetic.js';
import { placed } from './cuts.js';
import { broadcast, converted, type Filled, functionRow, reshaped } from './define.js';

export interface CreationOptions {
  readonly dtype?: DTypeName | undefined;
}

function filled(op: string, shape: readonly number[], value: Scalar, name: DTypeName): Tensor {
  ready();
  const dtype = dtypeNumber(name, op);
  refuseLoss(value, dtype, op);
  return apply0(Op.fill, writeAttributes(fillWords(...complexParts(value), dtype, shape)));
}

/**
 * A tensor of `value`: a number, boolean or `{re, im}`, nested arrays of them, a typed array (complex: interleaved), or a tensor.
 * Numbers become float32, booleans bool, `{re, im}` complex64, Float64Array float64, Int32Array int32, unless `dtype` says otherwise;
 * other typed arrays need it. From the result of `toJSON` it makes an equal tensor.
 * @throws ShapeError when nested arrays are ragged or `shape` has another number of elements.
 */
export const tensor: (value: TensorLike | TensorJSON, options?: DTypeName | TensorOptions) => Tensor = /* @__PURE__ */ functionRow(
  'tensor',
  { value: ANY },
  { dtype: [DTYPE], shape: [SHAPE] },
  (value: TensorLike, { dtype, shape }: TensorOptions) => made(value, dtype === undefined && shape === undefined ? undefined : { dtype, shape }),
);

const FILLED = { dtype: [DTYPE] } as const;
type Filling = (shape: readonly number[], options?: DTypeName | CreationOptions) => Tensor;
type Alike = (x: TensorLike, options?: DTypeName | CreationOptions) => Tensor;

/**
 * A tensor of `shape`, all `value`: of a number float32 or what `init` chose, bool, complex64, the dtype of a tensor of rank 0, unless `dtype` says otherwise.
 * @throws ShapeError, DTypeError.
 */
export const full: (shape: readonly number[], value: Scalar | Tensor, options?: DTypeName | CreationOptions) => Tensor = /* @__PURE__ */ functionRow(
  'full',
  { shape: SHAPE, value: FILL },
  FILLED,
  (shape: readonly number[], value: Scalar | Tensor, { dtype }: CreationOptions) =>
    value instanceof Tensor
      ? filled('full', shape, value.item(), dtype ?? value.dtype)
      : filled('full', shape, value, dtype ?? (dtypeNames[dtypeOf(value)] as DTypeName)),
);

/** A tensor of `shape`, all 0; float32, or what `init` chose, unless `dtype` says otherwise. @throws ShapeError, DTypeError. */
export const zeros: Filling = /* @__PURE__ */ functionRow('zeros', { shape: SHAPE }, FILLED, (shape, { dtype }) =>
  filled('zeros', shape, 0, dtype ?? standardName()),
);

/** A tensor of `shape`, all 1; float32, or what `init` chose, unless `dtype` says otherwise. @throws ShapeError, DTypeError. */
export const ones: Filling = /* @__PURE__ */ functionRow('ones', { shape: SHAPE }, FILLED, (shape, { dtype }) =>
  filled('ones', shape, 1, dtype ?? standardName()),
);

/** Zeros of the shape and dtype of x. A constant, whatever x depends on. */
export const zerosLike: Alike = /* @__PURE__ */ functionRow('zerosLike', { x: ALONE }, FILLED, (x, { dtype }) =>
  filled('zerosLike', x.shape, 0, dtype ?? x.dtype),
);

/** Ones of the shape and dtype of x. A constant, whatever x depends on. */
export const onesLike: Alike = /* @__PURE__ */ functionRow('onesLike', { x: ALONE }, FILLED, (x, { dtype }) =>
  filled('onesLike', x.shape, 1, dtype ?? x.dtype),
);

export interface EyeOptions extends CreationOptions {
  /** The diagonal of ones: above the main diagonal, or below it when negative. */
  readonly k?: number;
  /** Sizes of leading axes, along which the matrix is repeated. */
  readonly batchShape?: readonly number[];
}

const EYE = { k: [WHOLE, 0], batchShape: [SHAPE, []], dtype: [DTYPE] } as const;

/** The n × m matrix (m = n) with 1 on a diagonal, 0 elsewhere; repeated along the axes of `batchShape`. */
export const eye: (n: number, m?: number | EyeOptions, options?: number | EyeOptions) => Tensor = /* @__PURE__ */ functionRow<
  (n: number, m?: number, options?: EyeOptions) => Tensor,
  typeof EYE
>('eye', { n: SIZE, m: [SIZE] }, EYE, (n, m: number | undefined, { k, batchShape, dtype }) => {
  const columns = m ?? n;
  const dims = [...batchShape, n, columns];
  checkShape(dims, 'eye');
  const length = Math.max(0, k >= 0 ? Math.min(n, columns - k) : Math.min(n + k, columns));
  const diagonal = placed(filled('eye', [length], 1, dtype ?? standardName()), [k >= 0 ? k : -k * columns], [columns + 1], [n * columns]);
  const matrix = reshaped(diagonal, [n, columns]);
  return batchShape.length ? broadcast(matrix, dims) : matrix;
}) as never;

/** `count` numbers from `start`, `step` apart, the last one being `last`. */
function range(op: string, start: number, step: number, last: number, count: number, name: DTypeName): Tensor {
  ready();
  const dtype = dtypeNumber(name, op);
  if (![start, step, last].every(Number.isFinite)) throw refused(ArgumentError, op, `takes finite numbers; got ${start}, ${last} and a step of ${step}`);
  if (!(count < 2 ** 31)) throw refused(ShapeError, op, 'the result would have more than 2147483647 elements');
  if (dtype === DType.int32 || dtype === DType.bool) for (const v of [start, step, last]) refuseLoss(v, DType.int32, op);
  return apply0(Op.arange, writeAttributes(arangeWords(start, step, last, count, dtype)));
}

/**
 * start, start + step, … below `stop` (above it when the step is negative), each rounded once; a number alone is `stop`, and counts from 0.
 * float32, or what `init` chose, unless `dtype` says otherwise.
 */
export const arange: Arange = /* @__PURE__ */ functionRow<(start: number, stop?: number, step?: number, options?: CreationOptions) => Tensor, typeof FILLED>(
  'arange',
  { start: REAL, stop: [REAL], step: [REAL, 1] },
  FILLED,
  (given, end: number | undefined, step, { dtype }) => {
    const [start, stop] = end === undefined ? [0, given] : [given, end];
    if (step === 0) throw refused(ArgumentError, 'arange', 'a step is not 0');
    const count = Math.max(0, Math.ceil((stop - start) / step));
    return range('arange', start, step, start + Math.max(0, count - 1) * step, count, dtype ?? standardName());
  },
) as Arange;

interface Arange {
  (stop: number, options?: CreationOptions): Tensor;
  (start: number, stop: number, options?: CreationOptions): Tensor;
  (start: number, stop: number, step: number, options?: DTypeName | CreationOptions): Tensor;
}

type Spaced<Options> = (start: number | Tensor, stop: number | Tensor, count?: number | Options, options?: boolean | Options) => Tensor;
type SpacedInner<Options> = (start: number | Tensor, stop: number | Tensor, count?: number, options?: Options) => Tensor;
const SPACED = { start: END, stop: END, count: [SIZE, 50] } as const;
const LINSPACE = { endpoint: [FLAG, true], dtype: [DTYPE] } as const;
const LOGSPACE = { ...LINSPACE, base: [REAL, 10] } as const;

export interface LinspaceOptions extends CreationOptions {
  /** Whether the last number is `stop` itself. */
  readonly endpoint?: boolean;
}

/**
 * `count` numbers (50) evenly from `start` to `stop`, both included. float32, or what `init` chose, unless `dtype` says otherwise. Ends that are tensors of rank 0
 * give start + (stop − start)·t, which is differentiable in both.
 */
export const linspace: Spaced<LinspaceOptions> = /* @__PURE__ */ functionRow<SpacedInner<LinspaceOptions>, typeof LINSPACE>(
  'linspace',
  SPACED,
  LINSPACE,
  (start: number | Tensor, stop: number | Tensor, count: number, { endpoint, dtype }: Filled<LinspaceOptions, typeof LINSPACE>) => {
    const steps = Math.max(1, endpoint ? count - 1 : count);
    if (typeof start === 'number' && typeof stop === 'number') {
      const step = (stop - start) / steps;
      return range('linspace', start, step, endpoint && count > 1 ? stop : start + step * Math.max(0, count - 1), count, dtype ?? standardName());
    }
    const name = dtype ?? dtypeNames[(start instanceof Tensor ? start : (stop as Tensor)).dtypeNumber];
    const t = range('linspace', 0, 1 / steps, endpoint && count > 1 ? 1 : Math.max(0, count - 1) / steps, count, name as DTypeName);
    return add(start, mul(sub(stop, start), t));
  },
) as never;

export interface LogspaceOptions extends LinspaceOptions {
  /** The base of the exponents: 10 by default. */
  readonly base?: number;
}

/**
 * `count` numbers (50) from base^start to base^stop, evenly in their logarithms. float32, or what `init` chose, unless `dtype` says otherwise, rounded from float64.
 * If the exponents are tensors of rank 0, the result is differentiable in both, and has their dtype.
 */
export const logspace: Spaced<LogspaceOptions> = /* @__PURE__ */ functionRow<SpacedInner<LogspaceOptions>, typeof LOGSPACE>(
  'logspace',
  SPACED,
  LOGSPACE,
  (start: number | Tensor, stop: number | Tensor, count: number, { base, endpoint, dtype }: Filled<LogspaceOptions, typeof LOGSPACE>) => {
    if (start instanceof Tensor || stop instanceof Tensor) return pow(base, linspace(start, stop, count, { endpoint, dtype }));
    const powers = pow(base, linspace(start, stop, count, { endpoint, dtype: 'float64' }));
    return converted(powers, dtypeNumber(dtype ?? standardName(), 'logspace'));
  },
) as never;
