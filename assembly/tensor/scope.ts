/**
 * Scopes: who owns the records that no one else keeps. One doubly linked list of owned records; a scope is a sentinel in it.
 * Knows records, no ops.
 *
 *   outside ── t ── t ── [sentinel 1] ── t ── t ── [sentinel 2] ── t   ← tail
 */
import { Flag, Record } from '../shared/abi';
import { endRecord, NONE, newRecord, release, releaseLast, Tensor } from './tensor';

/** The list's head, never released: so every owned record has one before it. */
const ROOT = memory.data(Record.shape, 16);

let tail: Tensor = changetype<Tensor>(ROOT);
/** The last record outside all scopes, after which kept tensors are linked. */
let outside: Tensor = changetype<Tensor>(ROOT);
let depth: i32 = 0;

/** Gives `t`, with the reference it was born with, to the innermost scope. */
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

/** Takes the reference that the innermost scope has to `t`, what it owns last. */
// @ts-ignore: decorator
@inline
export function takeOver(t: Tensor): void {
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

/** Whether a scope, or the world outside them, owns `t`. What only a tape holds has no owner, and no handle. */
// @ts-ignore: decorator
@inline
export function isOwned(t: Tensor): bool {
  return t.prev != 0;
}

/** Ends the ownership of `t`: its handle dies now, its elements with the last holder. */
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

/** What was owned last, for `clear`. */
// @ts-ignore: decorator
@inline
export function mark(): Tensor {
  return tail;
}

/** Releases what is owned since `from`, a scope or a mark, and ends the scopes inside. */
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

/** Moves `t` out of the scope of `sentinel` (and of those inside it) to the one around; false when it is not in there. */
export function lift(t: Tensor, sentinel: Tensor): bool {
  if (t.depth < sentinel.depth) return false;
  unlink(t);
  adopt(t, sentinel);
  return true;
}

/** Gives `t`, which nobody owns, to what is around the scope of `sentinel`. */
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
