/** Shape, order and extent: most ops here are views. Knows no arithmetic. */
import { Status } from '../shared/abi';
import { Op } from '../shared/opcode';
import { Call } from '../tape/call';
import { defineView } from '../tape/define';
import { fail } from '../tape/fault';
import { ANY } from '../tensor/dtype';
import { countElements, shareElements } from '../tensor/tensor';
import { fitsRank } from './infer';

export function defineMovement(): void {
  /** y = x with dimensions of size 1, or missing in front, repeated to the shape in the attributes.  x̄ = ȳ summed over them. */
  defineView(Op.broadcastTo, ANY, inferBroadcastTo, (v) => { v.give(0, v.cotangent); });
}

// Attributes: rank, dimensions.

function inferBroadcastTo(c: Call): bool {
  const x = c.input(0);
  const rank = c.attribute(0);
  if (!fitsRank(c, rank)) return false;
  if (rank < x.rank) return fail(Status.rank, c.op, x.rank, rank);
  const y = c.give(x.dtype, rank);
  if (!y) return false;
  const missing = rank - x.rank;
  for (let i = 0; i < rank; i++) {
    const dim = c.attribute(1 + i);
    const axis = i - missing;
    const held = axis < 0 ? 1 : x.dim(axis);
    if (held != dim && held != 1) return fail(Status.shape, c.op, held, dim);
    y.setDim(i, dim);
    y.setStride(i, held == 1 ? 0 : x.stride(axis));
  }
  y.size = countElements(y);
  if (y.size < 0) return fail(Status.tooLarge, c.op);
  shareElements(y, x, 0);
  return true;
}
