/** Geometry: compares and copies shapes, makes records of another record's shape, and views, which share another record's elements. Knows no ops. */
import { Flag } from '../shared/abi';
import { sizeShift } from './dtype';
import { allocateElements, FEW, newJointRecord, newRecord, newScalarRecord, NONE, release, Tensor } from './tensor';

/** Lets `t`, whose shape and strides are set, view the elements of `source`, `offset` elements from its first. */
export function shareElements(t: Tensor, source: Tensor, offset: i32): void {
  const storage = source.storage;
  store<u32>(storage, load<u32>(storage) + 1);
  t.storage = storage;
  t.data = source.data + (offset << sizeShift(source.dtype));
  if (hasRowMajorStrides(t)) t.flags |= Flag.contiguous;
}

function hasRowMajorStrides(t: Tensor): bool {
  if (t.size <= 1) return true;
  let stride = 1;
  for (let i = t.rank - 1; i >= 0; i--) {
    const dim = t.dim(i);
    if (dim != 1 && t.stride(i) != stride) return false;
    stride *= dim;
  }
  return true;
}

// @ts-ignore: decorator
@inline
export function haveSameShape(a: Tensor, b: Tensor): bool {
  let same = a.rank == b.rank;
  for (let i = 0, rank = a.rank; same && i < rank; i++) same = a.dim(i) == b.dim(i);
  return same;
}

/** Copies size, shape and strides to a record of the same rank. */
export function copyGeometry(to: Tensor, from: Tensor): void {
  to.size = from.size;
  for (let i = 0, n = from.rank << 3; i < n; i += 8) store<u64>(to.shapeAt + i, load<u64>(from.shapeAt + i));
}

/** A record of x's shape with elements of `dtype`, which the caller writes. NONE when memory is out. */
// @ts-ignore: decorator
@inline
export function newLike(x: Tensor, dtype: i32): Tensor {
  return x.rank ? newOfShape(x, dtype) : newScalarRecord(dtype);
}

function newOfShape(x: Tensor, dtype: i32): Tensor {
  const isSmall = x.size <= FEW;
  const t = isSmall ? newJointRecord(dtype, x.rank, x.size) : newRecord(dtype, x.rank);
  if (!t) return NONE;
  copyGeometry(t, x);
  if (isSmall || allocateElements(t)) return t;
  release(t);
  return NONE;
}

/** A second record of the same elements, with a handle and a value number of its own. */
export function aliasOf(source: Tensor): Tensor {
  const t = newRecord(source.dtype, source.rank);
  if (!t) return NONE;
  copyGeometry(t, source);
  shareElements(t, source, 0);
  t.flags |= source.flags & Flag.weak;
  return t;
}
