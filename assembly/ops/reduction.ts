/** Reductions: folds over some of the axes. In comments x is the input, ȳ the cotangent; sums run over the reduced axes. */
import { foldLines, Plus } from '../kernels/reduce';
import { DType, Status } from '../shared/abi';
import { Op } from '../shared/opcode';
import { Call } from '../tape/call';
import { define, NOTHING } from '../tape/define';
import { fail } from '../tape/fault';
import { NUMERIC, realOf, sizeShift } from '../tensor/dtype';
import { Tensor } from '../tensor/tensor';
import { expandedCotangent, inferReduced, layLines, reducedAxes } from './axes';
import { broadcastTo } from './prim';

export function defineReduction(): void {
  /** y = Σ x over the axes along which the shape in the attributes would broadcast to that of x.  x̄ = ȳ broadcast. */
  define(Op.sumTo, NUMERIC, inferSumTo, (c) => { fold<Plus>(c, maskTo(c.input(0), c.output(0))); }, NOTHING,
    (v) => { v.give(0, broadcastTo(v.cotangent, v.input(0))); });

  /** y = Σ x; 0 over nothing.  x̄ = ȳ broadcast. */
  define(Op.sum, NUMERIC, (c) => inferReduced(c, c.input(0).dtype), (c) => { fold<Plus>(c, reducedAxes(c.attributes, c.input(0).rank)); }, NOTHING,
    (v) => { v.give(0, broadcastTo(expandedCotangent(v), v.input(0))); });
}

/** A fold that treats real and imaginary parts alike. */
function fold<F>(c: Call, mask: i32): void {
  const x = c.input(0);
  const out = c.output(0).data;
  const width = 1 << sizeShift(x.dtype);
  layLines(x, mask);
  switch (realOf(x.dtype)) {
    case DType.float32:
      return foldLines<f32, F>(out, width);
    case DType.float64:
      return foldLines<f64, F>(out, width);
    default:
      return foldLines<i32, F>(out, width);
  }
}

// Attributes of sumTo: rank, dimensions.

function inferSumTo(c: Call): bool {
  const x = c.input(0);
  const rank = c.attribute(0);
  if (rank > x.rank) return fail(Status.rank, c.op, rank, x.rank);
  const y = c.give(x.dtype, rank);
  if (!y) return false;
  const missing = x.rank - rank;
  for (let i = 0; i < rank; i++) {
    const dim = c.attribute(1 + i);
    const held = x.dim(missing + i);
    if (dim != held && dim != 1) return fail(Status.shape, c.op, held, dim);
    y.setDim(i, dim);
  }
  return true;
}

/** The axes of x that y lacks or has in size 1. */
function maskTo(x: Tensor, y: Tensor): i32 {
  const missing = x.rank - y.rank;
  let mask = (1 << missing) - 1;
  for (let i = missing; i < x.rank; i++) if (y.dim(i - missing) == 1) mask |= 1 << i;
  return mask;
}
