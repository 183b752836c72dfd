/** Index arguments, and the core's two ops that take them, for the rows of indexing.ts and scatter.ts. */
import { DType } from '../../assembly/shared/abi.js';
import { Op } from '../../assembly/shared/opcode.js';
import { applyMany } from '../call.js';
import { isTypedArray, type TensorLike, tensor } from '../convert.js';
import { DTypeError, IndexError, refused, ShapeError } from '../errors.js';
import { Tensor } from '../tensor.js';
import { withAttributes } from './define.js';

/** An index argument as an int32 tensor. @throws DTypeError when it holds something else. */
export function indicesOf(indices: TensorLike, op: string): Tensor {
  if (indices instanceof Tensor) {
    if (indices.dtypeNumber !== DType.int32) throw refused(DTypeError, op, `indices are int32; got ${indices.dtype}, convert it with cast(x, 'int32')`);
    return indices;
  }
  if (isTypedArray(indices) && (indices instanceof Float32Array || indices instanceof Float64Array))
    throw refused(DTypeError, op, `indices are int32; got a ${indices.constructor.name}`);
  return tensor(indices, { dtype: 'int32' });
}

/** The core's take; with `drop`, a negative index gives 0. */
export const taken = (x: Tensor, indices: Tensor, axis: number, batch = 0, drop = false): Tensor =>
  applyMany(Op.take, [x, indices], [axis, batch, Number(drop)])[0] as Tensor;

/** The core's sums (or maxima) at indices of an axis of size n; with `drop`, a negative index adds nothing. */
export const scattered = (op: Op, x: Tensor, indices: Tensor, axis: number, n: number, batch = 0, drop = false): Tensor =>
  applyMany(op, [x, indices], [axis, batch, Number(drop), n])[0] as Tensor;

/** Runs a composite whose parts would be named in an error: the error names `op`. */
export function named<T>(op: string, composite: () => T): T {
  try {
    return composite();
  } catch (error) {
    if (error instanceof IndexError) throw new IndexError(error.message.replace(/^\w+(: [^;]*).*$/, `${op}$1`), op);
    throw error;
  }
}

/** Positions of points (…, k) in the first k dimensions, as one. */
export function raveled(indices: Tensor, shape: readonly number[], op: string): Tensor {
  const k = indices.shape.at(-1) ?? 0;
  if (k < 1 || k > shape.length) throw refused(ShapeError, op, `the last dimension of indices names 1 to ${shape.length} axes`, { indices });
  return named(op, () => withAttributes(Op.ravelIndex, indices, shape.slice(0, k)));
}
