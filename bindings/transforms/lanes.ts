/** Values of an example and of a batch, and from one to the other. Knows no op but those that move elements. */
import { Op } from '../../assembly/shared/opcode.js';
import { sliceWords } from '../attributes.js';
import { applyMany, create } from '../call.js';
import { broadcast, reshaped, withAttributes } from '../ops/define.js';
import type { Tensor } from '../tensor.js';

/** A value of the example as the batch has it: of the example's shape and dtype, with a batch axis in front where it is batched. */
export interface Lane {
  readonly t: Tensor;
  readonly isBatched: boolean;
  readonly shape: readonly number[];
}

/** Shape and dtype of an example's value. */
export interface Geometry {
  readonly shape: readonly number[];
  readonly dtype: number;
}

/** An op that ran on the example. */
export interface Step {
  readonly op: Op;
  readonly isElementwise: boolean;
  readonly attributes: readonly number[];
  readonly results: readonly Geometry[];
}

/** A batched operand with ones behind the batch axis, up to `rank`; others as they are: so that they broadcast. */
export function aligned({ t, isBatched, shape }: Lane, rank: number, n: number): Tensor {
  if (!isBatched || shape.length >= rank) return t;
  return reshaped(t, [n, ...new Array(rank - shape.length).fill(1), ...shape]);
}

/** The operand with a batch axis in any case. */
export const full = ({ t, isBatched, shape }: Lane, n: number): Tensor => (isBatched ? t : broadcast(t, [n, ...shape]));

/** Example k of a batched value. */
export function exampleOf({ t, shape }: Pick<Lane, 't' | 'shape'>, k: number): Tensor {
  const zeros = shape.map(() => 0);
  return reshaped(withAttributes(Op.stridedSlice, t, sliceWords([k, ...zeros], [1, ...zeros.map(() => 1)], [1, ...shape])), shape);
}

/** Operands of one concatenation. */
const MOST = 256;

export function stacked(each: readonly Tensor[], { shape, dtype }: Geometry): Tensor {
  if (each.length === 0) return create(dtype, [0, ...shape], null);
  let parts = each.map((t) => reshaped(t, [1, ...shape]));
  while (parts.length > 1)
    parts = Array.from({ length: Math.ceil(parts.length / MOST) }, (_, i) => applyMany(Op.concat, parts.slice(i * MOST, (i + 1) * MOST), [0])[0] as Tensor);
  return parts[0] as Tensor;
}
