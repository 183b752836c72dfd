/**
 * Tapes: the ops that ran, in order. Nested tapes share one list of nodes, and each tape is a span of it. Knows no op.
 *
 * Note [Values and watchers]. Every result on a list gets the next value number; a node remembers its inputs' numbers, so the
 * reverse sweep works on an array and looks at no tensor. A tensor's `watchers` say which of the open tapes it depends on: the
 * tape at depth d sets bit d on what it watches, and results inherit the bits. An op is recorded when an input has the bit of an
 * open tape. When no open tape spans a list any more, the marks on its tensors are wiped: outside tapes every tensor is a constant.
 * Numbers are not used again while any list lives, so a mark is a node's own if the number is.
 */
import { allocSmall, freeSmall } from '../memory/heap';
import { Limit } from '../shared/abi';
import { Tensor } from '../tensor/tensor';
import { freeList, List, lists, newList } from './list';
import { Node, renamerOf, spend, unmark } from './node';

@unmanaged
@final
export class Tape {
  list: List;
  /** The list's last node when it opened; then come values that it watches. */
  start: Node;
  /** The span's nodes are those after `before`, up to `last`. */
  before: Node;
  last: Node;
  /** The span's value numbers, from `firstValue` up to `endValue`. */
  firstValue: u32;
  endValue: u32;
  /** The tape's bit in `watchers`. */
  bit: u32;
  /** The cotangent of each value, while a sweep runs. */
  cotangents: usize;
  /** The node at which the sweep waits for a rule in JavaScript; whether nodes release their tensors as the sweep passes. */
  pending: Node;
  consumes: bool;
  /** Whether the sweep has waited, so that no record on its list is marked. */
  hasWaited: bool;
  /** The scope that ends with the tape. Only the tape's owner uses it. */
  scope: usize;
  isOpen: bool;
  /** Whether records still carry its bit. */
  isMarked: bool;
  /** Whether it closes, and is freed, when the tapes that opened in it have closed. */
  isLeaving: bool;
  isFreed: bool;
  /** Whether it may record the rules of its own nodes. */
  recordsSweep: bool;
  /** The tape that opened before and is open. */
  below: usize;
  /** The values whose cotangents the sweep leaves in their slots: `keeps` numbers, falling, and a 0. */
  kept: usize;
  keeps: i32;
}

export const TAPE_BYTES = (offsetof<Tape>() + 15) & ~15;

export let current: List = changetype<List>(0);
let depth = 0;
/** The innermost open tape. */
let top: usize = 0;
/** The first value's number of a new list; 0 is no value. */
let firstNumber: u32 = 1;

/** Bits of the tapes that record; 0 while no op is recorded. */
export let watching: u32 = 0;
/** Bits of the open tapes of the current list, those that pause included. */
let spanning: u32 = 0;

/** Whether an open tape records an op of x and y. */
// @ts-ignore: decorator
@inline
export function isRecorded(x: Tensor, y: Tensor): bool {
  return watching != 0 && ((x.watchers | y.watchers) & watching) != 0;
}

/** Starts recording on a tape of its own; null when memory is out or the nesting passes its limit. */
export function openTape(): Tape {
  if (isDeepest()) return changetype<Tape>(0);
  const tape = changetype<Tape>(allocSmall(TAPE_BYTES));
  if (!tape) return tape;
  if (!current) current = newList(firstNumber);
  if (!current) {
    freeSmall(changetype<usize>(tape), TAPE_BYTES);
    return changetype<Tape>(0);
  }
  current.refs++;
  tape.list = current;
  tape.start = current.last;
  tape.before = current.last;
  tape.last = current.last;
  tape.firstValue = current.values;
  tape.endValue = current.values;
  tape.bit = (<u32>1) << depth++;
  tape.cotangents = 0;
  tape.pending = changetype<Node>(0);
  tape.scope = 0;
  tape.isOpen = true;
  tape.isMarked = true;
  tape.recordsSweep = false;
  tape.isLeaving = false;
  tape.isFreed = false;
  tape.below = top;
  tape.kept = 0;
  top = changetype<usize>(tape);
  watching |= tape.bit;
  spanning |= tape.bit;
  return tape;
}

/** Ends recording. Tapes close in the reverse of the order they opened in: those that opened in it and are open end with it. */
export function closeTape(tape: Tape): void {
  closeAbove(changetype<usize>(tape));
  tape.isOpen = false;
  tape.last = current.last;
  tape.endValue = current.values;
  watching &= ~tape.bit;
  spanning &= ~tape.bit;
  top = tape.below;
  depth--;
  if (!spanning) {
    firstNumber = max(firstNumber, current.values);
    current = changetype<List>(0);
  } else if (top && changetype<Tape>(top).isLeaving) endTop();
}

/** Bits of the open tapes of a list. */
export function spanningOf(list: List): u32 {
  let bits: u32 = 0;
  for (let at = top; at; at = changetype<Tape>(at).below) if (changetype<Tape>(at).list == list) bits |= changetype<Tape>(at).bit;
  return bits;
}

/** The number that the next value has here. */
export function numberHere(): u32 {
  return current ? current.values : firstNumber;
}

/** Has the open tape record nothing, or again. */
export function pauseTape(tape: Tape, pauses: bool): void {
  watching = pauses ? watching & ~tape.bit : watching | tape.bit;
}

/** Closes the tapes that opened after `below` and are open. */
export function closeAbove(below: usize): void {
  while (top != below) endTop();
}

/** Closes the innermost tape and removes its marks. See Note [Renamed values] in watch.ts */
function endTop(): void {
  const tape = changetype<Tape>(top);
  closeTape(tape);
  removeMarks(tape);
  if (tape.isFreed) freeTape(tape);
}

/** As `closeTape`, but tapes that opened in it go on, and it closes with the last of them; until then it pauses. */
export function leaveTape(tape: Tape): void {
  if (!tape.isOpen || tape.isLeaving) return;
  if (top == changetype<usize>(tape)) return endTop();
  pauseTape(tape, true);
  tape.isLeaving = true;
  tape.last = tape.list.last;
  tape.endValue = tape.list.values;
}

/** Whether the tape is open, but not of the list on which is recorded now. */
export function isAside(tape: Tape): bool {
  return tape.isOpen && tape.list != current;
}

/** Removes the marks that the tape has left on records. */
export function removeMarks(tape: Tape): void {
  const bit = tape.bit;
  for (let node = tape.last; node != tape.start; node = changetype<Node>(node.prev)) {
    if (!(node.watchers & bit)) continue;
    if (renamerOf(node) == bit) unmark(node);
    for (let i = 0, n = <i32>node.outputs; i < n; i++) node.output(i).watchers &= ~bit;
  }
  tape.isMarked = false;
}

/** The innermost open tape, for `closeAbove`. */
export function topTape(): usize {
  return top;
}

/** Moves the open tape, the only one of its list, to a new list, and releases the nodes; false when memory is out. */
export function renewList(tape: Tape): bool {
  const fresh = newList(current.values);
  if (!fresh) return false;
  spendAll(current);
  fresh.refs = 1;
  tape.list = fresh;
  current = fresh;
  return true;
}

/** Releases the nodes of a list and the list. */
function spendAll(list: List): void {
  for (let node = list.last; node; node = changetype<Node>(node.prev)) spend(node);
  freeList(list);
}

/** Keeps the next tapes from using the bit of the closed tape, because records still carry its marks. `resume` ends this. */
export function succeed(): void {
  depth++;
}

export function resume(): void {
  depth--;
}

/** What records, while it is set aside: bits of the open tapes, the list. */
@unmanaged
export class Recording {
  watching: u32;
  spanning: u32;
  list: usize;
  top: usize;
}

/** Has nothing recorded but by tapes that open from now on, whose numbers and bits are theirs alone. */
export function setAside(r: Recording): void {
  r.watching = watching;
  r.spanning = spanning;
  r.list = changetype<usize>(current);
  r.top = top;
  if (current) {
    firstNumber = max(firstNumber, current.values);
    current.aside++;
  }
  watching = 0;
  spanning = 0;
  current = changetype<List>(0);
}

export function bringBack(r: Recording): void {
  closeAbove(r.top);
  watching = r.watching;
  spanning = r.spanning;
  current = changetype<List>(r.list);
  if (current) current.aside--;
}

/** Whether open tapes span the list, here or around an example. */
function isSpanned(list: List): bool { return list == current || list.aside != 0; }

/** Wipes the marks of a list that stays, but that no open tape spans. See Note [Values and watchers] */
function unmarkAll(list: List): void {
  for (let node = list.last; node; node = changetype<Node>(node.prev)) unmark(node);
}

/** Cuts the nodes after `node`, which are spent, off the tape's list. */
export function cutAfter(tape: Tape, node: Node): void {
  tape.list.last = node;
}

/** Prepares a closed tape for other code during its sweep, and for sweeps after its scope has ended: its tensors are constants to new tapes. */
export function detachTape(tape: Tape): void {
  if (tape.isOpen || isSpanned(tape.list)) return;
  unmarkAll(tape.list);
  tape.isMarked = false;
}

/** Frees a closed tape; the last tape of a list frees its nodes. */
export function freeTape(tape: Tape): void {
  const list = tape.list;
  freeSmall(changetype<usize>(tape), TAPE_BYTES);
  if (--list.refs) {
    if (!isSpanned(list)) unmarkAll(list);
    return;
  }
  spendAll(list);
  if (!lists) firstNumber = 1;
}

/** The number of the next value; 0 when no tape is open. */
export function nextValue(): u32 {
  return current ? current.values : 0;
}

/** The innermost open tape's bit, if that does not record the rules of its nodes. */
export function innermost(): u32 {
  return top && !changetype<Tape>(top).recordsSweep ? changetype<Tape>(top).bit : 0;
}

/** Whether the closed tape is the only one that needs its list's nodes. */
export function isLastOfList(tape: Tape): bool {
  return tape.list != current && tape.list.refs == 1;
}

/** Whether the open tape is the innermost. */
export function isInnermost(tape: Tape): bool {
  return tape.bit == (<u32>1) << (depth - 1);
}

/** Whether no further tape can open. */
export function isDeepest(): bool {
  return depth >= Limit.tapes;
}
