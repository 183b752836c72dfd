/**
 * Tapes: the ops that ran, in order. Nested tapes share one list of nodes, and each tape is a span of it. Knows no op.
 *
 * Note [Values and watchers]. Every result on a list gets the next value number; a node remembers its inputs' numbers, so the
 * reverse sweep works on an array and looks at no tensor. A tensor's `watchers` say which of the open tapes it depends on: the
 * tape at depth d sets bit d on what it watches, and results inherit the bits. An op is recorded when an input has the bit of an
 * open tape. When no open tape spans a list any more, the marks on its tensors are wiped: outside tapes every tensor is a constant.
 */
import { allocSmall, freeSmall } from '../memory/heap';
import { Limit } from '../shared/abi';
import { Op } from '../shared/opcode';
import { Tensor } from '../tensor/tensor';
import { Call } from './call';
import { freeList, List, newList, roomIn } from './list';
import { mapNodeBytes, Node, nodeBytes, ruleNodeBytes, spend, unmark, write, writeMap, writeRule } from './node';
import { capturedCount, hidden, isInRegion, noteCaptured } from './region';

@unmanaged
@final
export class Tape {
  list: List;
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
}

export const TAPE_BYTES = (offsetof<Tape>() + 15) & ~15;

let current: List = changetype<List>(0);
let depth = 0;
/** The first value's number of a new list; 0 is no value. */
let firstNumber: u32 = 1;

/** Bits of the open tapes; 0 while no op is recorded. */
export let watching: u32 = 0;

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
  tape.before = current.last;
  tape.last = current.last;
  tape.firstValue = current.values;
  tape.endValue = current.values;
  tape.bit = (<u32>1) << depth++;
  tape.cotangents = 0;
  tape.pending = changetype<Node>(0);
  tape.scope = 0;
  tape.isOpen = true;
  watching |= tape.bit;
  return tape;
}

/** Ends recording. Tapes close in the reverse of the order they opened in. */
export function closeTape(tape: Tape): void {
  tape.isOpen = false;
  tape.last = current.last;
  tape.endValue = current.values;
  watching &= ~tape.bit;
  depth--;
  if (!watching) current = changetype<List>(0);
}

/**
 * Keeps the next tapes from using the bit and the value numbers of the closed tape, because records still carry its marks. Returns the
 * argument of `resume`, which ends this.
 */
export function succeed(tape: Tape): u32 {
  const before = firstNumber;
  firstNumber = max(firstNumber, tape.list.values);
  depth++;
  return before;
}

export function resume(before: u32): void {
  firstNumber = before;
  depth--;
}

/** What records, while it is set aside: bits of the open tapes, the list. */
@unmanaged
export class Recording {
  watching: u32;
  list: usize;
  firstNumber: u32;
}

/** Has nothing recorded but by tapes that open from now on, whose numbers and bits are theirs alone. */
export function setAside(r: Recording): void {
  r.watching = watching;
  r.list = changetype<usize>(current);
  r.firstNumber = firstNumber;
  if (current) firstNumber = max(firstNumber, current.values);
  watching = 0;
  current = changetype<List>(0);
}

export function bringBack(r: Recording): void {
  watching = r.watching;
  current = changetype<List>(r.list);
  firstNumber = r.firstNumber;
}

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
  if (tape.list != current) unmarkAll(tape.list);
}

/** Frees a closed tape; the last tape of a list frees its nodes. */
export function freeTape(tape: Tape): void {
  const list = tape.list;
  freeSmall(changetype<usize>(tape), TAPE_BYTES);
  if (--list.refs) {
    if (list != current) unmarkAll(list);
    return;
  }
  for (let node = list.last; node; node = changetype<Node>(node.prev)) spend(node);
  freeList(list);
}

/** Appends a node of the call in progress, on whose inputs the tapes in `watchers` depend; false when memory is out. */
export function append(c: Call, watchers: u32): bool {
  if (isInRegion()) {
    for (let i = 0, n = c.inputs; i < n; i++) if (!noteCaptured(c.input(i), watching)) return false;
    watchers &= ~hidden;
    if (!watchers) return true;
  }
  const list = current;
  const node = changetype<Node>(roomIn(current, nodeBytes(c)));
  if (!node) return false;
  write(node, c, changetype<usize>(list.last), list.values, watchers);
  list.values += c.outputs;
  list.last = node;
  return true;
}

/** Appends a node of `op` with the first `inputs` of x, y and z, and the result t. False when memory is out. */
// @ts-ignore: decorator
@inline
export function appendMap(op: i32, inputs: i32, x: Tensor, y: Tensor, z: Tensor, t: Tensor, watchers: u32): bool {
  if (isInRegion()) {
    if (inputs && !(noteCaptured(x, watching) && noteCaptured(y, watching) && noteCaptured(z, watching))) return false;
    watchers &= ~hidden;
    if (!watchers) return true;
  }
  return appendSeen(op, inputs, x, y, z, t, watchers);
}

/** `appendMap` for the tapes of `watchers`, in a region or not. */
// @ts-ignore: decorator
@inline
function appendSeen(op: i32, inputs: i32, x: Tensor, y: Tensor, z: Tensor, t: Tensor, watchers: u32): bool {
  const list = current;
  const node = changetype<Node>(roomIn(current, mapNodeBytes(inputs)));
  if (!node) return false;
  writeMap(node, op, inputs, x, y, z, t, changetype<usize>(list.last), list.values++, watchers);
  list.last = node;
  return true;
}

/** Makes the tape watch t: appends an identity node with the input `source`, or without if that is absent. The span starts behind it. False when memory is out. */
export function appendWatch(source: Tensor, t: Tensor, tape: Tape): bool {
  const watchers = source ? source.watchers & watching : 0;
  if (!appendMap(Op.identity, source ? 1 : 0, source, source, source, t, watchers | tape.bit)) return false;
  tape.before = current.last;
  return true;
}

/**
 * Records t as an identity of `source`, an argument of the region, for all tapes but the innermost, because they record the rule, which may use
 * t. False when memory is out.
 */
export function appendArgument(source: Tensor, t: Tensor): bool {
  const watchers = source.watchers & watching & ~innermost();
  return !watchers || appendSeen(Op.identity, 1, source, source, source, t, watchers);
}

/** The number of the next value; 0 when no tape is open. */
export function nextValue(): u32 {
  return current ? current.values : 0;
}

/** The innermost open tape's bit. */
export function innermost(): u32 {
  return depth ? (<u32>1) << (depth - 1) : 0;
}

/**
 * Appends a node whose gradient rule is number `id` in JavaScript, for the tapes of `watchers`. The pairs at `from` are its inputs, then its
 * outputs. The node becomes the owner of `scope`, which was set aside. False when memory is out.
 */
export function appendRule(id: i32, from: usize, inputs: i32, outputs: i32, scope: Tensor, watchers: u32): bool {
  const list = current;
  const node = changetype<Node>(inputs > 0xffff || outputs > 0xffff ? 0 : roomIn(current, ruleNodeBytes(inputs, outputs)));
  if (!node) return false;
  writeRule(node, id, from, inputs, outputs, scope, changetype<usize>(list.last), list.values, watchers);
  list.values += outputs;
  list.last = node;
  return true;
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
