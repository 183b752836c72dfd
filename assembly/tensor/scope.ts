/**
 * Scopes, which own records and release them when they end. All owned records form one doubly linked list; a scope is a sentinel in it, and
 * owns the records between its sentinel and the next. Knows records, no ops.
 *
 *   outside ── t ── t ── [sentinel 1] ── t ── t ── [sentinel 2] ── t   ← tail
 */
import { Flag, Record } from '../shared/abi';
import { endRecord, NONE, newRecord, release, releaseLast, Tensor } from './tensor';

/** The list's head, never released, so that every owned record has a predecessor. */
const ROOT = memory.data(Record.shape, 16);

let tail: Tensor = changetype<Tensor>(ROOT);
/** The last record outside all scopes. `keep` links tensors behind it. */
let outside: Tensor = changetype<Tensor>(ROOT);
let depth: i32 = 0;

/** Gives a new record `t` to the innermost scope, with the reference that it was made with. */
// @ts-ignore: decorator
@inline
export function own(t: Tensor): void {
  t.prev = changetype<usize>(tail);
  t.next = 0;
  tail.next = changetype<usize>(t);
  tail = t;
  t.depth = depth;
  if (depth == 0) outside = t;
}

/** Transfers to the caller the innermost scope's reference to `t`, the record that the scope was given last. */
// @ts-ignore: decorator
@inline
export function transfer(t: Tensor): void {
  if (isDefined(SANITIZE) && t != tail) unreachable();
  tail = changetype<Tensor>(t.prev);
  tail.next = 0;
  t.prev = 0;
  if (depth == 0) outside = tail;
}

function unlink(t: Tensor): void {
  const prev = changetype<Tensor>(t.prev);
  prev.next = t.next;
  if (t.next) changetype<Tensor>(t.next).prev = t.prev;
  if (t == tail) tail = prev;
  if (t == outside) outside = prev;
}

function linkAfter(t: Tensor, prev: Tensor): void {
  t.prev = changetype<usize>(prev);
  t.next = prev.next;
  if (prev.next) changetype<Tensor>(prev.next).prev = changetype<usize>(t);
  else tail = t;
  prev.next = changetype<usize>(t);
  if (prev == outside) outside = t;
}

/** Whether the list has `t`. A record that only a tape holds has no owner, and no handle. */
// @ts-ignore: decorator
@inline
export function isOwned(t: Tensor): bool {
  return t.prev != 0;
}

/** Ends the ownership of `t`: its handle becomes stale now; its elements stay until the last holder releases them. */
export function disown(t: Tensor): void {
  unlink(t);
  t.prev = 0;
  t.generation = 0;
  release(t);
}

/** Opens a scope; NONE when memory is out. */
export function enter(): Tensor {
  const sentinel = newRecord(0, 0);
  if (!sentinel) return NONE;
  sentinel.flags = Flag.sentinel;
  depth++;
  own(sentinel);
  return sentinel;
}

/** The record that was given to a scope last, from which `clear` can start. */
// @ts-ignore: decorator
@inline
export function mark(): Tensor {
  return tail;
}

/** Releases every record behind `from`, a scope or a mark, and ends the scopes among them. */
export function clear(from: Tensor): void {
  while (tail != from) {
    const t = tail;
    tail = changetype<Tensor>(t.prev);
    if (t.flags & Flag.sentinel) depth--;
    t.prev = 0;
    t.generation = 0;
    releaseLast(t);
  }
  from.next = 0;
  if (depth == 0) outside = from;
}

/** Ends the scope and all scopes inside it. */
export function leave(sentinel: Tensor): void {
  clear(sentinel);
  depth--;
  tail = changetype<Tensor>(sentinel.prev);
  tail.next = 0;
  endRecord(sentinel);
}

/** Whether the scope is in the list of scopes. */
export function isOpenScope(sentinel: Tensor): bool {
  let t = tail;
  while (t && t != sentinel) t = changetype<Tensor>(t.prev);
  return t != changetype<Tensor>(0);
}

/** Removes the scope from the list of scopes, with its tensors and all scopes inside it. `leaveAside` ends it. */
export function setAside(sentinel: Tensor): void {
  for (let t = tail; t != sentinel; t = changetype<Tensor>(t.prev)) if (t.flags & Flag.sentinel) depth--;
  depth--;
  tail = changetype<Tensor>(sentinel.prev);
  tail.next = 0;
  if (depth == 0) outside = tail;
  sentinel.prev = 0;
}

/** Ends a scope that was set aside. */
export function leaveAside(sentinel: Tensor): void {
  for (let at = sentinel.next; at; ) {
    const t = changetype<Tensor>(at);
    at = t.next;
    t.prev = 0;
    t.generation = 0;
    release(t);
  }
  endRecord(sentinel);
}

/** Moves `t` out of the scope of `sentinel`, or out of a scope inside it, to the scope around; false when `t` is in none of them. */
export function lift(t: Tensor, sentinel: Tensor): bool {
  if (t.depth < sentinel.depth) return false;
  unlink(t);
  adopt(t, sentinel);
  return true;
}

/** Gives `t`, which has no owner, to the scope around the scope of `sentinel`. */
export function adopt(t: Tensor, sentinel: Tensor): void {
  linkAfter(t, changetype<Tensor>(sentinel.prev));
  t.depth = sentinel.depth - 1;
}

/** Moves `t` out of all scopes. */
export function keep(t: Tensor): void {
  if (t.depth == 0) return;
  unlink(t);
  linkAfter(t, outside);
  t.depth = 0;
}
