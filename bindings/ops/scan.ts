/** Rows of the op table: scans along `axis`; without one, over all elements in row-major order, in the shape of x. */
import { DType } from '../../assembly/shared/abi.js';
import { Op } from '../../assembly/shared/opcode.js';
import { opName } from '../opnames.js';
import type { Tensor } from '../tensor.js';
import { mul } from './arithmetic.js';
import { axisOf, axisWords, optionsOf } from './axes.js';
import { converted, namedRow, withAttributes } from './define.js';

export interface RunningOptions {
  /** The axis to run along; all, in row-major order, when absent. */
  readonly axis?: number;
  /** Whether to run from the last element to the first. */
  readonly reverse?: boolean;
}

export interface ScanOptions extends RunningOptions {
  /** Whether an element counts from the next one on only: the first result is 0, or 1 for products. */
  readonly exclusive?: boolean;
}

const EXCLUSIVE = 1;
const REVERSE = 2;

const scan = (op: Op, x: Tensor, { axis, reverse }: RunningOptions, flags: number, name: string): Tensor =>
  withAttributes(op, x, axisWords(flags | (reverse ? REVERSE : 0), axis, name));

/** A row that compares each element with those before it; of truth values by way of whole numbers. */
const running = (op: Op) =>
  namedRow(opName(op), (name, x: Tensor, option?: number | RunningOptions): Tensor => {
    const y = scan(op, x, optionsOf<RunningOptions>(option), 0, name);
    return x.dtypeNumber === DType.bool ? converted(y, DType.bool) : y;
  });

/**
 * yₖ = Σ xⱼ over j ≤ k along `axis`; over j < k when `exclusive`, j ≥ k when `reverse`. f32 f64 c64 c128 i32, of bool int32.
 * |err| ≤ 2u·Σ|x|. Gradient: the same sum of ȳ, the other way.
 * @throws IndexError when the axis is out of range.
 */
export const cumsum = namedRow('cumsum', (op, x: Tensor, option?: number | ScanOptions): Tensor => {
  const options = optionsOf<ScanOptions>(option);
  return scan(Op.cumsum, x, options, options.exclusive ? EXCLUSIVE : 0, op);
});

/**
 * yₖ = Π xⱼ over j ≤ k along `axis`; over j < k when `exclusive`, j ≥ k when `reverse`. f32 f64 c64 c128 i32, of bool int32. Gradient without
 * division, so zeros are exact.
 * @throws IndexError when the axis is out of range.
 */
export const cumprod = namedRow('cumprod', (op, x: Tensor, option?: number | ScanOptions): Tensor => {
  const options = optionsOf<ScanOptions>(option);
  if (options.axis !== undefined) axisOf(options.axis, x.rank, op);
  const before = scan(Op.recurrence, x, options, 0, op);
  return options.exclusive ? before : mul(before, x);
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
