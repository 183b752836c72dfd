/** Rows of the op table: scans along `axis`; without one, over all elements in row-major order, in the shape of x. */

import { DType } from '../../assembly/shared/abi.js';
import { Op } from '../../assembly/shared/opcode.js';
import { axesWords } from '../attributes.js';
import type { TensorLike } from '../convert.js';
import { ALONE, FLAG, WHOLE } from '../kinds.js';
import { opName } from '../opnames.js';
import type { Tensor } from '../tensor.js';
import { mul } from './arithmetic.js';
import { axisOf } from './axes.js';
import { converted, row, withAttributes } from './define.js';

export interface RunningOptions {
  /** The axis to run along; all, in row-major order, when absent. */
  readonly axis?: number;
  /** Whether to run from the last element to the first. */
  readonly reverse?: boolean;
}

export interface ScanOptions extends RunningOptions {
  /** Whether a result leaves out its own element: the first result is 0, or 1 for products. */
  readonly exclusive?: boolean;
}

type Scan = (x: TensorLike, options?: number | ScanOptions) => Tensor;

export const EXCLUSIVE = 1;
export const REVERSE = 2;

export const RUNNING = { axis: [WHOLE], reverse: [FLAG] } as const;
const SCAN = { ...RUNNING, exclusive: [FLAG] } as const;

const scan = (op: Op, x: Tensor, axis: number | undefined, flags: number): Tensor => withAttributes(op, x, axesWords(flags, axis));

/** A row of a running extreme. Bools are computed as int32. */
const running = (op: Op): ((x: TensorLike, options?: number | RunningOptions) => Tensor) =>
  row(opName(op), { x: ALONE }, RUNNING, (x, { axis, reverse }) => {
    const y = scan(op, x, axis, reverse ? REVERSE : 0);
    return x.dtypeNumber === DType.bool ? converted(y, DType.bool) : y;
  });

/**
 * yₖ = Σ xⱼ over j ≤ k along `axis`; over j < k when `exclusive`, j ≥ k when `reverse`. f32 f64 c64 c128 i32, of bool int32.
 * |err| ≤ 2u·Σ|x|. Gradient: the same sum of ȳ, the other way.
 * @throws IndexError when the axis is out of range.
 */
export const cumsum: Scan = row('cumsum', { x: ALONE }, SCAN, (x, { axis, reverse, exclusive }) =>
  scan(Op.cumsum, x, axis, (exclusive ? EXCLUSIVE : 0) | (reverse ? REVERSE : 0)),
);

/**
 * yₖ = Π xⱼ over j ≤ k along `axis`; over j < k when `exclusive`, j ≥ k when `reverse`. f32 f64 c64 c128 i32, of bool int32. Gradient without
 * division, so zeros are exact.
 * @throws IndexError when the axis is out of range.
 */
export const cumprod: Scan = row('cumprod', { x: ALONE }, SCAN, (x, { axis, reverse, exclusive }) => {
  if (axis !== undefined && x.rank) axisOf(axis, x.rank, 'cumprod');
  const before = scan(Op.recurrence, x, axis, reverse ? REVERSE : 0);
  return exclusive ? before : mul(before, x);
});

/**
 * yₖ = max xⱼ over j ≤ k along `axis`; over j ≥ k when `reverse`; NaN from the first NaN on. f32 f64 i32 bool. Gradient ȳₖ to the first xⱼ that is yₖ.
 * @throws IndexError when the axis is out of range.
 */
export const cummax = running(Op.cummax);

/**
 * yₖ = min xⱼ over j ≤ k along `axis`; over j ≥ k when `reverse`; NaN from the first NaN on. f32 f64 i32 bool. Gradient ȳₖ to the first xⱼ that is yₖ.
 * @throws IndexError when the axis is out of range.
 */
export const cummin = running(Op.cummin);
