/**
 * The tensor record: a strided view of a counted storage block. Knows no ops and no tape, only a value number that the tape writes.
 *
 *   storage  ┌─────────┬─────────┬─ 8 bytes ─┬─ elements ──────┬─ slack ─┐
 *            │ holders │ bytes   │           │                 │         │
 *            └─────────┴─────────┴───────────┴─────────────────┴─────────┘
 *
 * Note [Slack]. A vector stored at any element, the last one included, stays inside the storage. So an elementwise loop works on
 * whole vectors to the end, every element goes through the same lanes, and its bits don't depend on its position.
 *
 * Note [Scalars]. A scalar's storage lies behind its record, in the same block and the next cache lines; so one allocation serves
 * both. The storage then counts as one of the record's `refs`, for views of it may outlive the record's other users.
 *
 * Note [Two counts]. `refs` keeps the record (its shape and dtype), `holds` keeps the elements too. A tape node refers to all
 * operands of an op but holds only those whose elements the rule reads, so the others' storage goes as soon as their scope ends.
 */
import { isBlock } from '../memory/guard';
import { alloc, allocSmall, free, freeSmall, heapEnd } from '../memory/heap';
import { DType, Flag, Limit, Record } from '../shared/abi';
import { sizeShift } from './dtype';

const PREFIX: usize = 16;
/** Storage of a scalar: prefix and one vector. */
const SCALAR: usize = 32;
const SCALAR_RECORD: usize = <usize>Record.shape + SCALAR;

@unmanaged
@final
export class Tensor {
  storage: usize;
  /** Address of element 0. */
  data: usize;
  /** Number of elements. */
  size: i32;
  dtype: i32;
  rank: i32;
  flags: i32;
  /** The number that the facade's handle carries; 0 when no handle may use the record. */
  generation: u32;
  refs: u32;
  holds: u32;
  /** The value's number on the tape's list; 0 when no tape watches it. */
  value: u32;
  /** Bit b: depends on what tape b watches. */
  watchers: u32;
  next: usize;
  prev: usize;
  /** Scopes around the one that owns it; 0 outside all. */
  depth: i32;
  /** What the open trace knows the value by; 0 when it does not. Negative: it depends on an input. */
  traced: i32;
  // @ts-ignore: decorator
  @inline
  dim(axis: i32): i32 {
    return load<i32>(changetype<usize>(this) + (axis << 2), Record.shape);
  }
  // @ts-ignore: decorator
  @inline
  setDim(axis: i32, size: i32): void {
    store<i32>(changetype<usize>(this) + (axis << 2), size, Record.shape);
  }
  // @ts-ignore: decorator
  @inline
  stride(axis: i32): i32 {
    return load<i32>(changetype<usize>(this) + ((this.rank + axis) << 2), Record.shape);
  }
  // @ts-ignore: decorator
  @inline
  setStride(axis: i32, stride: i32): void {
    store<i32>(changetype<usize>(this) + ((this.rank + axis) << 2), stride, Record.shape);
  }
  /** Address of the dimensions. */
  // @ts-ignore: decorator
  @inline
  get shapeAt(): usize {
    return changetype<usize>(this) + Record.shape;
  }
  /** Address of the strides. */
  // @ts-ignore: decorator
  @inline
  get stridesAt(): usize {
    return changetype<usize>(this) + Record.shape + (this.rank << 2);
  }
  // @ts-ignore: decorator
  @inline
  get isContiguous(): bool {
    return (this.flags & Flag.contiguous) != 0;
  }
  // @ts-ignore: decorator
  @inline
  get bytes(): usize {
    return <usize>this.size << sizeShift(this.dtype);
  }
}

/** The absent tensor: what a call returns when it failed. */
// @ts-ignore: decorator
@inline
export const NONE = changetype<Tensor>(0);

/** Whether a handle is its record's: the address may come from anywhere, an earlier instance included. */
// @ts-ignore: decorator
@inline
export function isLive(x: usize, generation: u32): bool {
  if (isDefined(SANITIZE) && !isBlock(x)) return false;
  return x != 0 && x < heapEnd && generation != 0 && changetype<Tensor>(x).generation == generation;
}

/** Live records, and storage bytes that they share. */
export let tensorCount: i32 = 0;
export let storageBytes: usize = 0;

/** A record is as long as its rank needs: most tensors fit two cache lines, and scalars one. */
// @ts-ignore: decorator
@inline
export function recordBytes(rank: i32): usize {
  return rank ? <usize>Record.shape + (rank << 3) : SCALAR_RECORD;
}

/** A record without elements; shape and strides are the caller's to fill. NONE when memory is out. */
export function newRecord(dtype: i32, rank: i32): Tensor {
  const t = changetype<Tensor>(alloc(recordBytes(rank)));
  if (t) beginRecord(t, dtype, rank);
  return t;
}

/** A scalar's record and storage in one block, see Note [Scalars]; the element is the caller's to write. NONE when memory is out. */
export function newScalarRecord(dtype: i32): Tensor {
  const t = changetype<Tensor>(allocSmall(SCALAR_RECORD));
  if (t) {
    beginRecord(t, dtype, 0);
    placeScalar(t);
  }
  return t;
}

// @ts-ignore: decorator
@inline
function beginRecord(t: Tensor, dtype: i32, rank: i32): void {
  if (isDefined(SANITIZE) && (<u32>rank > <u32>Limit.innerRank || <u32>dtype > <u32>DType.bool)) unreachable();
  const zero = i64x2.splat(0);
  v128.store(changetype<usize>(t), zero);
  v128.store(changetype<usize>(t), zero, 16);
  v128.store(changetype<usize>(t), zero, 32);
  v128.store(changetype<usize>(t), zero, 48);
  t.dtype = dtype;
  t.rank = rank;
  t.refs = 1;
  t.holds = 1;
  tensorCount++;
}

/** Element count of the shape; −1 when it passes 2³¹ − 1 elements. */
export function countElements(t: Tensor): i32 {
  let n: u64 = 1;
  let empty = false;
  for (let i = 0, rank = t.rank; i < rank; i++) {
    const dim = t.dim(i);
    if (dim == 0) empty = true;
    else n *= dim;
    if (n > <u64>i32.MAX_VALUE) return -1;
  }
  return empty ? 0 : <i32>n;
}

/** Row-major strides and fresh elements for a record with a shape; false when memory is out. */
export function allocateElements(t: Tensor): bool {
  let stride = 1;
  for (let i = t.rank - 1; i >= 0; i--) {
    t.setStride(i, stride);
    stride *= t.dim(i);
  }
  if (t.rank == 0) {
    placeScalar(t);
    return true;
  }
  const bytes = <u64>t.size << sizeShift(t.dtype);
  if (bytes > 0xffff0000) return false;
  const whole = PREFIX + <usize>bytes + 16 - (1 << sizeShift(t.dtype));
  const storage = alloc(whole);
  if (!storage) return false;
  store<u32>(storage, 1);
  store<usize>(storage, whole, 4);
  storageBytes += whole;
  t.storage = storage;
  t.data = storage + PREFIX;
  t.flags |= Flag.contiguous;
  return true;
}

/** The element of a scalar, behind its record. See Note [Scalars] */
// @ts-ignore: decorator
@inline
function placeScalar(t: Tensor): void {
  t.size = 1;
  const storage = changetype<usize>(t) + Record.shape;
  store<u64>(storage, 1);
  storageBytes += SCALAR;
  t.storage = storage;
  t.data = storage + PREFIX;
  t.flags = Flag.contiguous;
  t.refs = 2;
}

/** Keeps record and elements. */
// @ts-ignore: decorator
@inline
export function hold(t: Tensor): void {
  t.refs++;
  t.holds++;
}

/** Gives up the elements that `hold` kept, not the record. */
// @ts-ignore: decorator
@inline
export function unhold(t: Tensor): void {
  if (--t.holds == 0) dropElements(t);
}

/** Undoes `hold`. */
export function release(t: Tensor): void {
  unhold(t);
  releaseRecord(t);
}

/** As `release`, for a tensor that most often has no other holder. */
// @ts-ignore: decorator
@inline
export function releaseLast(t: Tensor): void {
  const behind = changetype<usize>(t) + Record.shape;
  if (t.rank == 0 && t.refs == 2 && t.storage == behind && load<u32>(behind) == 1) {
    storageBytes -= SCALAR;
    tensorCount--;
    freeSmall(changetype<usize>(t), SCALAR_RECORD);
    return;
  }
  unhold(t); // as release, without a call
  releaseRecord(t);
}

/** Keeps the record only: shape, dtype, identity. */
// @ts-ignore: decorator
@inline
export function refer(t: Tensor): void {
  t.refs++;
}

// @ts-ignore: decorator
@inline
export function releaseRecord(t: Tensor): void {
  if (--t.refs == 0) endRecord(t);
}

function endRecord(t: Tensor): void {
  tensorCount--;
  free(changetype<usize>(t), recordBytes(t.rank));
}

/** Gives up the elements, which nobody holds any more. */
function dropElements(t: Tensor): void {
  const storage = t.storage;
  t.storage = 0;
  t.data = 0;
  if (!storage) return;
  const holders = load<u32>(storage) - 1;
  if (holders) {
    store<u32>(storage, holders);
    return;
  }
  if (!load<usize>(storage, 4)) {
    storageBytes -= SCALAR;
    releaseRecord(changetype<Tensor>(storage - Record.shape));
    return;
  }
  const bytes = load<usize>(storage, 4);
  storageBytes -= bytes;
  free(storage, bytes);
}

/** Whether nobody but the caller has the record or can see the elements. */
// @ts-ignore: decorator
@inline
export function isSole(t: Tensor): bool {
  const refs: u32 = t.storage == changetype<usize>(t) + Record.shape ? 2 : 1;
  return t.refs == refs && load<u32>(t.storage) == 1 && t.isContiguous;
}

/** Takes from t its storage, which it alone has: a block whose second word says its bytes. */
export function takeStorage(t: Tensor): usize {
  const storage = t.storage;
  storageBytes -= load<usize>(storage, 4);
  t.storage = 0;
  t.data = 0;
  return storage;
}
