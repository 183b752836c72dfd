/**
 * Tapes that a user opens, leaves, continues and asks for gradients by any tensor. Knows records and nodes, no op.
 *
 * Note [Renamed values]. A gradient function watches aliases, which only it knows; a GradientTape watches a tensor itself. From then on the tensor
 * has another value number, that of a node which is the identity of the value before, for the tapes around. As the tape ends, the tensor's marks
 * are again as before, and the tape's bit is wiped from all marks: what a left tape knows of its tensors is in its nodes alone. So its sweep
 * doesn't ask the marks (`isMarked`), and finds the value of a tensor by a walk over the nodes (`firstValueOf`).
 *
 * Note [Continued tapes]. A tape that was left and is entered again is another one, which watches all results of the one before that have a handle.
 * The node of such a value has its number on the tape before; so the sweep of the later tape ends where that of the earlier begins (`handOver`).
 */
import { isOwned } from '../tensor/scope';
import { Tensor } from '../tensor/tensor';
import { appendRenaming } from './append';
import { cotangentOfValue } from './backward';
import { accumulate } from './cotangent';
import { Node } from './node';
import { current, leaveTape, openTape, removeMarks, renewList, Tape } from './tape';

/** The number of t's value on the open tape, which watches it from now on if it doesn't depend on its values yet; 0 when memory is out. */
export function watchItself(tape: Tape, t: Tensor, past: u32): u32 {
  return t.watchers & tape.bit && t.value >= tape.firstValue ? t.value : appendRenaming(t, tape, past);
}

/** The open tape forgets all that it has recorded. */
export function emptyTape(tape: Tape): void {
  tape.last = current.last;
  removeMarks(tape);
  tape.isMarked = true;
  if (current.refs == 1) renewList(tape);
  tape.start = current.last;
  tape.before = current.last;
  tape.firstValue = current.values;
}

/**
 * Opens a tape that continues `past`, one that was left, if there is one. One that `recordsSweep` may record the gradient rules of its own nodes.
 * Null when memory is out or tapes nest too deeply.
 */
export function enterTape(past: Tape, recordsSweep: bool): Tape {
  const tape = openTape();
  if (!tape) return tape;
  tape.recordsSweep = recordsSweep;
  if (!past) return tape;
  let done = true;
  for (let node = past.last; node != past.start && done; node = changetype<Node>(node.prev)) {
    if (!(node.watchers & past.bit)) continue;
    for (let i = 0, n = <i32>node.outputs; i < n && done; i++) {
      const t = node.output(i);
      if (isOwned(t)) done = watchItself(tape, t, node.first + i) != 0;
    }
  }
  tape.before = current.last;
  if (done) return tape;
  leaveTape(tape);
  return changetype<Tape>(0);
}

/** Adds the cotangents of the values that `tape` has from `past`, whose sweep has begun, to theirs. */
export function handOver(tape: Tape, past: Tape): void {
  for (let node = tape.before; node != tape.start; node = changetype<Node>(node.prev)) {
    const value = <u32>node.attribute(0);
    if (value) accumulate(past.cotangents + (<usize>(value - past.firstValue) << 2), cotangentOfValue(tape, node.first - tape.firstValue), false);
  }
}

/** The number of t's first value that depends on the tape's; 0 if it has none. */
export function firstValueOf(tape: Tape, t: Tensor): u32 {
  let value: u32 = 0;
  for (let node = tape.isOpen ? tape.list.last : tape.last; node != tape.start; node = changetype<Node>(node.prev)) {
    if (!(node.watchers & tape.bit)) continue;
    for (let i = 0, n = <i32>node.outputs; i < n; i++) if (node.output(i) == t) value = node.first + i;
  }
  return value;
}
