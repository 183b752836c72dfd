/** Rows of the op table: reductions. Each takes `axis`, one axis or several counted from either end, all when absent. */
import { Op } from '../../assembly/shared/opcode.js';
import type { TensorLike } from '../convert.js';
import { ArgumentError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { one, withAttributes } from './define.js';

export interface ReduceOptions {
  /** The axes to reduce; all when absent. */
  readonly axis?: number | readonly number[];
  /** Whether reduced axes stay, in size 1. */
  readonly keepDims?: boolean;
}

const ALL: readonly number[] = [0, -1];

/** The attributes of a reduction. */
function attributesOf(options: ReduceOptions | undefined, op: string): readonly number[] {
  if (options === undefined) return ALL;
  const { axis, keepDims } = options;
  const axes = axis === undefined ? [] : typeof axis === 'number' ? [axis] : axis;
  if (!Array.isArray(axes) || !axes.every(Number.isInteger)) throw new ArgumentError(`${op}: axis is a whole number or a list of them; got ${JSON.stringify(axis)}`, op);
  return [keepDims ? 1 : 0, axis === undefined ? -1 : axes.length, ...axes];
}

/**
 * Σ x over `axis`; 0 over nothing. f32 f64 c64 c128 i32. |err| ≤ 26u·Σ|x|, whatever the count. Gradient ȳ, repeated.
 * @throws IndexError when an axis is out of range or named twice.
 */
export const sum = (x: TensorLike, options?: ReduceOptions): Tensor => withAttributes(Op.sum, one(x, Op.sum), attributesOf(options, 'sum'));
