/** Rows of the op table: reductions. Each takes `axis`, one axis or several counted from either end, all when absent. */
import { DType } from '../../assembly/shared/abi.js';
import { Op } from '../../assembly/shared/opcode.js';
import type { TensorLike } from '../convert.js';
import { ALONE } from '../kinds.js';
import { opName } from '../opnames.js';
import type { Tensor } from '../tensor.js';
import { REDUCE } from './axes.js';
import { notEqual } from './comparison.js';
import { converted, reduced, row } from './define.js';

export interface ReduceOptions {
  /** The axes to reduce; all when absent. */
  readonly axis?: number | readonly number[] | undefined;
  /** Whether reduced axes stay, in size 1. */
  readonly keepDims?: boolean | undefined;
}

/** Options, or the axis alone. */
export type ReduceOption = number | readonly number[] | ReduceOptions;

export type Reduction = (x: TensorLike, options?: ReduceOption) => Tensor;

/** A row that reduces `as(x)`. */
const reduction = (op: Op, as: (x: Tensor) => Tensor, name = opName(op)): Reduction =>
  row(name, { x: ALONE }, REDUCE, (x, { axis, keepDims }) => reduced(op, as(x), axis, keepDims));

const itself = (x: Tensor): Tensor => x;

/** Whether x differs from 0, elementwise. */
const truthOf = (x: Tensor): Tensor => (x.dtypeNumber === DType.bool ? x : notEqual(x, 0));

/**
 * Σ x over `axis`; 0 over nothing. f32 f64 c64 c128 i32; of bool the int32 count. |err| ≤ 26u·Σ|x|, whatever the number of terms.
 * Gradient ȳ, repeated.
 * @throws IndexError when an axis is out of range or named twice.
 */
export const sum = reduction(Op.sum, itself);

/**
 * Π x over `axis`; 1 over nothing. f32 f64 c64 c128 i32, of bool int32. Relative error ≤ (n − 1)·u, if no partial product leaves the range.
 * Gradient ȳ times the conjugate product of the other elements,
 * without division, so zeros are exact.
 * @throws IndexError when an axis is out of range or named twice.
 */
export const prod = reduction(Op.prod, itself);

/**
 * The largest x over `axis`; NaN if any is. f32 f64 i32 bool. Gradient ȳ, in equal shares to the largest elements.
 * @throws ShapeError over nothing; IndexError when an axis is out of range or named twice.
 */
export const max = reduction(Op.max, itself);

/**
 * The smallest x over `axis`; NaN if any is. f32 f64 i32 bool. Gradient ȳ, in equal shares to the smallest elements.
 * @throws ShapeError over nothing; IndexError when an axis is out of range or named twice.
 */
export const min = reduction(Op.min, itself);

/** Whether all x over `axis` are true, or differ from 0; true over nothing. No gradient. */
export const all = reduction(Op.all, truthOf);

/** Whether any x over `axis` is true, or differs from 0; false over nothing. No gradient. */
export const any = reduction(Op.any, truthOf);

/** The number of x over `axis` that differ from 0, as int32. No gradient. */
export const countNonzero = reduction(Op.sum, (x) => converted(truthOf(x), DType.int32), 'countNonzero');

/**
 * The int32 index of the largest x along `axis`, in row-major order when it is several axes or all: of the first such, or of the first
 * NaN. f32 f64 i32. No gradient.
 * @throws ShapeError over nothing; IndexError when an axis is out of range.
 */
export const argmax = reduction(Op.argmax, itself);

/**
 * The int32 index of the smallest x along `axis`, in row-major order when it is several axes or all: of the first such, or of the first
 * NaN. f32 f64 i32. No gradient.
 * @throws ShapeError over nothing; IndexError when an axis is out of range.
 */
export const argmin = reduction(Op.argmin, itself);
