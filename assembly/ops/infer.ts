/** Shape rules that many ops share, and the axes that attributes name. Knows no kernel. */
import { Limit, Status } from '../shared/abi';
import { Tensor } from '../tensor/tensor';
import { Call } from '../tape/call';
import { fail } from '../tape/fault';

/** Gives an output of `dtype` with the shape of `like`. */
export function giveLike(c: Call, like: Tensor, dtype: i32): bool {
  const rank = like.rank;
  const y = c.give(dtype, rank);
  if (!y) return false;
  for (let i = 0; i < rank; i++) y.setDim(i, like.dim(i));
  return true;
}

/** Gives an output with the shape and dtype of the operand. */
export function inferSame(c: Call): bool {
  const x = c.input(0);
  return giveLike(c, x, x.dtype);
}

export function sameDtype(c: Call, i: i32, j: i32): bool {
  const a = c.input(i).dtype;
  const b = c.input(j).dtype;
  return a == b || fail(Status.dtypes, c.op, a, b);
}

/** Gives an output of `dtype`, whose shape is that of operands `from` … `to` − 1, broadcast together. */
export function giveBroadcast(c: Call, from: i32, to: i32, dtype: i32): bool {
  let rank = 0;
  for (let k = from; k < to; k++) rank = max(rank, c.input(k).rank);
  const y = c.give(dtype, rank);
  if (!y) return false;
  if (!rank) return true;
  for (let i = 0; i < rank; i++) y.setDim(i, 1);
  for (let k = from; k < to; k++) {
    const x = c.input(k);
    const shift = rank - x.rank;
    for (let i = 0, n = x.rank; i < n; i++) {
      const dim = x.dim(i);
      const held = y.dim(shift + i);
      if (dim == held || dim == 1) continue;
      if (held != 1) return fail(Status.shape, c.op, held, dim);
      y.setDim(shift + i, dim);
    }
  }
  return true;
}

/** The axis in [0, rank) that `axis` in [−rank, rank) names; −1 after `fail`. */
export function normalizeAxis(c: Call, axis: i32, rank: i32): i32 {
  const i = axis < 0 ? axis + rank : axis;
  if (i >= 0 && i < rank) return i;
  fail(Status.axis, c.op, axis, rank);
  return -1;
}

/** Bit set of the axes in the attribute words from `at`, all axes if their count is −1; −1 after `fail`. A scalar has no axis, but 0 and −1 are accepted. */
export function axesMask(c: Call, at: i32, rank: i32): i32 {
  const count = c.attribute(at);
  if (count < 0) return (1 << rank) - 1;
  let mask = 0;
  for (let i = 0; i < count; i++) {
    const given = c.attribute(at + 1 + i);
    if (!rank && (given == 0 || given == -1)) continue;
    const axis = normalizeAxis(c, given, rank);
    if (axis < 0) return -1;
    if ((mask >> axis) & 1) {
      fail(Status.axisTwice, c.op, axis);
      return -1;
    }
    mask |= 1 << axis;
  }
  return mask;
}

export function fitsRank(c: Call, rank: i32): bool {
  return rank <= Limit.innerRank || fail(Status.rank, c.op, rank, Limit.innerRank);
}
