/** Tensors of several tensors. Functions only: their first argument is a list. */
import { Limit } from '../../assembly/shared/abi.js';
import { Op } from '../../assembly/shared/opcode.js';
import { applyMany } from '../call.js';
import { operand, type TensorLike } from '../convert.js';
import { ArgumentError, refused } from '../errors.js';
import { Tensor } from '../tensor.js';
import { type AxisOption, axisIn, axisOf, chunks } from './axes.js';
import { expandDims } from './movement.js';

/** Numbers and arrays take the dtype of the first tensor among them. */
function operands(tensors: readonly TensorLike[], op: string): Tensor[] {
  if (!Array.isArray(tensors) || tensors.length === 0) throw refused(ArgumentError, op, 'takes a list of at least one tensor');
  const beside = tensors.find((t) => t instanceof Tensor);
  return tensors.map((t) => operand(t, beside, op));
}

function joined(tensors: readonly Tensor[], axis: number): Tensor {
  if (tensors.length <= Limit.operands) return applyMany(Op.concat, tensors, [axis])[0] as Tensor;
  return joined(
    chunks(tensors, Limit.operands).map((group) => joined(group, axis)),
    axis,
  );
}

/**
 * The tensors one after the other along `axis` (0): `concat([a, b], 1)` or `concat([a, b], { axis: 1 })`. Any dtype, one for all.
 * Gradient for each: its part of ȳ.
 * @throws ShapeError when other dimensions differ.
 */
export function concat(tensors: readonly TensorLike[], options?: AxisOption): Tensor {
  return joined(operands(tensors, 'concat'), axisIn(options, 0));
}

/** The tensors, all of one shape, along a new axis (0). Any dtype, one for all. Gradient for each: its part of ȳ. */
export function stack(tensors: readonly TensorLike[], options?: AxisOption): Tensor {
  const parts = operands(tensors, 'stack');
  const axis = axisOf(axisIn(options, 0), (parts[0] as Tensor).rank + 1, 'stack');
  return joined(
    parts.map((t) => expandDims(t, axis)),
    axis,
  );
}
