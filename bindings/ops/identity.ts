/** Rows of the op table: identity, stopGradient and cast. */
import { Op } from '../../assembly/shared/opcode.js';
import { apply1 } from '../call.js';
import { dtypeNumber, type TensorLike } from '../convert.js';
import type { DTypeName } from '../dtype.js';
import { ALONE, DTYPE } from '../kinds.js';
import type { Tensor } from '../tensor.js';
import { row, unary, withAttributes } from './define.js';

/** x, as a tensor of its own that shares the elements. Any dtype. x̄ = ȳ. */
export const identity = unary(Op.identity);

/** x, as a constant to every tape: no gradient flows back through it. Any dtype. */
export const stopGradient = unary(Op.stopGradient);

/**
 * x in another dtype: to int32 truncated and saturated, NaN to 0; to bool whether it differs from 0; complex to real keeps the real
 * part. x̄ = ȳ converted back, so a real x gets the real part; none when either side is int32 or bool.
 * @throws DTypeError when no dtype has this name.
 */
export const cast: (x: TensorLike, dtype: DTypeName) => Tensor = row('cast', { x: ALONE, dtype: DTYPE }, (x, dtype) => {
  const to = dtypeNumber(dtype, 'cast');
  return x.dtypeFor('cast') === to ? apply1(Op.identity, x) : withAttributes(Op.cast, x, [to]);
});
