/** Operands whose elements a kernel wants in row-major order. */
import { copyDense } from '../kernels/copy';
import { alloc, free } from '../memory/heap';
import { ARENA } from '../memory/scratch';
import { keepWhole } from '../parallel/share';
import { Status } from '../shared/abi';
import { Call } from '../tape/call';
import { fail } from '../tape/fault';
import { sizeShift } from '../tensor/dtype';
import { Tensor } from '../tensor/tensor';

/** Address of x's elements in row-major order: in place, or in a copy that `freeDense` frees; 0 after a failure. */
export function dense(c: Call, x: Tensor): usize {
  return x.isContiguous ? x.data : copied(c, x, x.shapeAt, x.stridesAt);
}

/** A copy of x, walked by these dimensions and strides. */
export function copied(c: Call, x: Tensor, dims: usize, strides: usize): usize {
  if (x.bytes > ARENA >> 2) keepWhole(); // else every thread would make the copy
  const to = alloc(x.bytes + 16);
  if (to) copyDense(sizeShift(x.dtype), x.rank, dims, to, x.data, strides);
  else fail(Status.memory, c.op, <i32>(x.bytes >> 10), 1);
  return to;
}

export function freeDense(x: Tensor, at: usize): void {
  if (at && at != x.data) free(at, x.bytes + 16);
}
