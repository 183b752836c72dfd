/** Functions that join tensors. They are not methods, as their first argument is a list. */
import { Limit } from '../../assembly/shared/abi.js';
import { Op } from '../../assembly/shared/opcode.js';
import { applyMany } from '../call.js';
import type { TensorLike } from '../convert.js';
import { refused, ShapeError } from '../errors.js';
import { TENSORS, WHOLE } from '../kinds.js';
import type { Tensor } from '../tensor.js';
import { type AxisOption, axisOf, chunks } from './axes.js';
import { functionRow } from './define.js';
import { expandDims } from './shape.js';

type Joining = (tensors: readonly TensorLike[], options?: AxisOption) => Tensor;

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
export const concat: Joining = /* @__PURE__ */ functionRow('concat', { tensors: TENSORS }, { axis: [WHOLE, 0] }, (tensors, { axis }) =>
  joined(tensors as readonly Tensor[], axis),
);

/** The tensors, all of one shape, along a new axis (0). Any dtype, one for all. Gradient for each: its part of ȳ. */
export const stack: Joining = /* @__PURE__ */ functionRow('stack', { tensors: TENSORS }, { axis: [WHOLE, 0] }, (given, { axis: place }) => {
  const tensors = given as readonly Tensor[];
  const shape = tensors[0]?.shape.join();
  if (tensors.some((t) => t.shape.join() !== shape)) throw refused(ShapeError, 'stack', 'takes tensors of one shape');
  const axis = axisOf(place, (tensors[0] as Tensor).rank + 1);
  return joined(
    tensors.map((t) => expandDims(t, axis)),
    axis,
  );
});
