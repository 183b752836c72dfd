/**
 * Tensors made and released: records, the storage blocks that they view, and who counts as a holder. Knows no ops and no tape.
 *
 *   storage  ┌─────────┬───────┬────────────┬─────────┬─ elements ──────┬─ slack ─┐
 *            │ holders │ bytes │ record | 0 │ 4 bytes │                 │         │   (record: that it lies behind)
 *            └─────────┴───────┴────────────┴─────────┴─────────────────┴─────────┘
 *
 * Note [Slack]. A vector stored at any element, the last one included, stays inside the storage. So an elementwise loop works on
 * whole vectors to the end, every element goes through the same lanes, and its bits don't depend on its position.
 *
 * Note [Joint blocks]. The storage of a scalar, and of a small result, lies behind the record, in the same block and the next cache
 * lines; so one allocation serves both. The storage then counts as one of the record's `refs`, for views of it may outlive the
 * record's other users.
 *
 * Note [Two counts]. `refs` keeps the record (its shape and dtype), `holds` keeps the elements too. A tape node refers to all
 * operands of an op but holds only those whose elements the rule reads, so the others' storage goes as soon as their scope ends.
 */
import { isBlock } from '../memory/guard';
import { alloc, allocSmall, free, freeSmall, heapEnd, roundUp } from '../memory/heap';
import { DType, Flag, Limit, Record } from '../shared/abi';
import { sizeShift } from './dtype';
import { NONE, Tensor } from './record';

export { NONE, Tensor };

const PREFIX: usize = 16;
/** Storage of a scalar: prefix and one vector. */
const SCALAR: usize = PREFIX + 16;
const SCALAR_RECORD: usize = <usize>Record.shape + SCALAR;
/** Elements that a joint block has at most. They are few, for a tape that keeps the record keeps them too. See Note [Joint blocks] */
export const FEW = 32;

/** Whether the handle (x, generation) is that of a record. The address may be any number, such as one of an earlier instance. */
// @ts-ignore: decorator
@inline
export function isLive(x: usize, generation: u32): bool {
  if (isDefined(SANITIZE) && !isBlock(x)) return false;
  return x != 0 && x < heapEnd && generation != 0 && changetype<Tensor>(x).generation == generation;
}

/** The number of live records, and the bytes of all storages. */
export let tensorCount: i32 = 0;
export let storageBytes: usize = 0;

/** A record is only as long as its rank needs: most records fit into two cache lines. */
// @ts-ignore: decorator
@inline
export function recordBytes(rank: i32): usize {
  return rank ? <usize>Record.shape + (rank << 3) : SCALAR_RECORD;
}

/** A record without elements; the caller fills shape and strides. NONE when memory is out. */
export function newRecord(dtype: i32, rank: i32): Tensor {
  return beginRecord(dtype, rank, roundUp(recordBytes(rank)), 0, 0);
}

/** A scalar's record and storage in one block, see Note [Joint blocks]; the caller writes the element. NONE when memory is out. */
export function newScalarRecord(dtype: i32): Tensor {
  const t = begun(dtype, 0, SCALAR_RECORD, Record.shape, SCALAR);
  if (t) t.size = 1;
  return t;
}

/** Likewise for `size` elements, FEW at most; the caller fills the geometry too. */
export function newJointRecord(dtype: i32, rank: i32, size: i32): Tensor {
  const head = roundUp(recordBytes(rank));
  const bytes = storageOf(dtype, size);
  return beginRecord(dtype, rank, roundUp(head + bytes), head, bytes);
}

/** As `begun`, but not inlined. */
function beginRecord(dtype: i32, rank: i32, block: usize, head: usize, bytes: usize): Tensor {
  return begun(dtype, rank, block, head, bytes);
}

/** A record in a new block of `block` bytes; unless `head` is 0, with a storage of `bytes` bytes, `head` bytes behind its start. See Note [Joint blocks] */
// @ts-ignore: decorator
@inline
function begun(dtype: i32, rank: i32, block: usize, head: usize, bytes: usize): Tensor {
  if (isDefined(SANITIZE) && (<u32>rank > <u32>Limit.innerRank || <u32>dtype > <u32>DType.bool)) unreachable();
  const t = changetype<Tensor>(allocSmall(block));
  if (!t) return t;
  const zero = i64x2.splat(0);
  if (!head) v128.store(changetype<usize>(t), zero);
  v128.store(changetype<usize>(t), zero, 16);
  v128.store(changetype<usize>(t), zero, 32);
  v128.store(changetype<usize>(t), zero, 48);
  t.dtype = dtype;
  if (rank) t.rank = rank;
  t.refs = head ? 2 : 1;
  t.holds = 1;
  t.block = block;
  tensorCount++;
  if (head) place(t, changetype<usize>(t) + head, bytes, t);
  return t;
}

/** Bytes of a storage: prefix, elements, slack. */
// @ts-ignore: decorator
@inline
function storageOf(dtype: i32, size: i32): usize {
  return SCALAR + (<usize>(size - 1) << sizeShift(dtype));
}

/** The number of elements of t's shape; −1 when it passes 2³¹ − 1. */
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

/** Gives a record whose shape is set row-major strides and a storage of its own; false when memory is out. */
export function allocateElements(t: Tensor): bool {
  let stride = 1;
  for (let i = t.rank - 1; i >= 0; i--) {
    t.setStride(i, stride);
    stride *= t.dim(i);
  }
  if (t.rank == 0) {
    t.size = 1;
    t.refs = 2; // see Note [Joint blocks]
    place(t, changetype<usize>(t) + Record.shape, SCALAR, t);
    return true;
  }
  if (<u64>t.size << sizeShift(t.dtype) > 0xffff0000) return false;
  const whole = storageOf(t.dtype, t.size);
  const storage = alloc(whole);
  if (storage) place(t, storage, whole, NONE);
  return storage != 0;
}

/** Makes t the only holder of a storage, which lies in the block of the record `owner`, or in a block of its own where that is NONE. */
// @ts-ignore: decorator
@inline
function place(t: Tensor, storage: usize, bytes: usize, owner: Tensor): void {
  store<u32>(storage, 1);
  store<usize>(storage, bytes, 4);
  store<Tensor>(storage, owner, 8);
  storageBytes += bytes;
  t.storage = storage;
  t.data = storage + PREFIX;
  t.flags = Flag.contiguous;
}

/** Whether t and its storage are one joint block. */
// @ts-ignore: decorator
@inline
function isJoint(t: Tensor): bool {
  return t.storage - changetype<usize>(t) < t.block;
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
  if (t.refs == 2 && isJoint(t) && load<u32>(t.storage) == 1) {
    storageBytes -= load<usize>(t.storage, 4);
    freeRecord(t);
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

/** Frees a record to which nothing refers. */
export function endRecord(t: Tensor): void {
  freeRecord(t);
}

// @ts-ignore: decorator
@inline
function freeRecord(t: Tensor): void {
  tensorCount--;
  freeSmall(changetype<usize>(t), t.block);
}

/** Detaches a record that has no holder from its storage, and frees the storage if no other record views it. */
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
  const bytes = load<usize>(storage, 4);
  const owner = load<Tensor>(storage, 8);
  storageBytes -= bytes;
  if (owner) releaseRecord(owner);
  else free(storage, bytes);
}

/** Whether t has one holder, and views all of a storage that no other record views. */
// @ts-ignore: decorator
@inline
export function isSole(t: Tensor): bool {
  const refs: u32 = isJoint(t) ? 2 : 1;
  return t.refs == refs && load<u32>(t.storage) == 1 && t.isContiguous;
}

/** Whether something besides its owner refers to the record. */
export function isHeld(t: Tensor): bool {
  return t.refs > u32(1 + i32(isJoint(t)));
}

/** Detaches t from its storage, which t alone views, and returns it: a block whose second word holds its length. */
export function detachStorage(t: Tensor): usize {
  const storage = t.storage;
  storageBytes -= load<usize>(storage, 4);
  t.storage = 0;
  t.data = 0;
  return storage;
}
