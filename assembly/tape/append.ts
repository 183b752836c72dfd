/** Appends nodes to the current list. Knows opcodes of identities, no op. */
import { Op } from '../shared/opcode';
import { Tensor } from '../tensor/tensor';
import { Call } from './call';
import { roomIn } from './list';
import { mapNodeBytes, Node, nodeBytes, renamingBytes, ruleNodeBytes, write, writeMap, writeRenaming, writeRule } from './node';
import { hidden, isInRegion, noteCaptured } from './region';
import { current, innermost, numberHere, spanningOf, Tape, watching } from './tape';

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

/**
 * Gives t a new value, which the tape, an open one, watches; returns its number. 0 when memory is out. The value of before, if a tape of the list
 * has one, is its input. The number `past` is the tape's own. See Note [Renamed values] in watch.ts
 */
export function appendRenaming(t: Tensor, tape: Tape, past: u32): u32 {
  if (isInRegion() && !noteCaptured(t, watching)) return 0;
  const list = tape.list;
  if (list != current) list.values = max(list.values, numberHere()); // the list is set aside, see Note [Examples]; the number is no other mark's
  const watchers = t.watchers & spanningOf(list);
  const inputs = i32(watchers != 0);
  const node = changetype<Node>(roomIn(list, renamingBytes(inputs)));
  if (!node) return 0;
  writeRenaming(node, inputs, t, past, tape.bit, changetype<usize>(list.last), list.values, watchers | tape.bit);
  list.last = node;
  return list.values++;
}
