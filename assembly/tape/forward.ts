/**
 * The forward sweep over a tape computes the tangents of all values from those of the watched ones. Knows opcodes, not operations.
 *
 * Note [Tangents]. No op has a second rule for tangents. An op that is linear in an operand is applied to that operand's tangent. The Jacobian
 * of an elementwise op is diagonal, hence its own transpose: its gradient rule, called with a tangent in place of the cotangent, gives the
 * tangent of the result (between two conjugations, if the op is holomorphic). For every other op the gradient rule x̄ = Jᴴ·u is recorded for a
 * cotangent u. It is linear in u, so the gradient of ⟨x̄, ẋ⟩ with respect to u, by a second sweep, is J·ẋ. All three ways call recorded ops, so
 * outer tapes differentiate tangents and traces compile them.
 */
import { alloc, free } from '../memory/heap';
import { OWN } from '../memory/scratch';
import { Limit, Status } from '../shared/abi';
import { Op } from '../shared/opcode';
import { isComplex } from '../tensor/dtype';
import { clear, mark } from '../tensor/scope';
import { hold, NONE, Tensor } from '../tensor/tensor';
import { haveSameShape } from '../tensor/view';
import { appendWatch } from './append';
import { apply, call1, call2 } from './apply';
import { aim, beginSweep, cotangentOfValue, endSweep, fillLike, seed, shaped, sweep, View } from './backward';
import { begin } from './call';
import { accumulate, drop } from './cotangent';
import { fail, hasFailed } from './fault';
import { Node } from './node';
import { isDiagonal, JOINT, linearOf, vjpOf } from './registry';
import { closeTape, freeTape, isDeepest, openTape, resume, succeed, Tape } from './tape';

/** Of the tape that is being swept: its first value, and the address at which the tangent of value 0 would stand. */
let firstValue: u32 = 0;
let tangents: usize = 0;

/** Operands of a call while they are collected. */
const OPERANDS = memory.data(Limit.operands << 2, 16) + OWN;

/** Computes the tangents of a closed tape's values from those of its watched values, the sweep's seeds; false after a failure. */
export function push(tape: Tape): bool {
  const room = <usize>(tape.endValue - tape.firstValue) << 2; // each node has at least one value
  const nodes = alloc(room);
  if (!nodes) return fail(Status.memory, Op.none, <i32>room, 0);
  let at = nodes;
  for (let node = tape.last; node != tape.before; node = changetype<Node>(node.prev)) {
    if (!(node.watchers & tape.bit)) continue;
    store<Node>(at, node);
    at += 4;
  }
  firstValue = tape.firstValue;
  tangents = tape.cotangents - (<usize>firstValue << 2);
  const scope = mark();
  succeed();
  while (at != nodes && !hasFailed()) {
    at -= 4;
    pushThrough(load<Node>(at));
    if (mark() != scope) clear(scope);
  }
  resume();
  free(nodes, room);
  return !hasFailed();
}

/** The tangent of input i; NONE where it is 0. */
// @ts-ignore: decorator
@inline
function tangentOf(node: Node, i: i32): Tensor {
  const value = node.valueOf(i);
  return value < firstValue ? NONE : load<Tensor>(tangents + (<usize>value << 2));
}

/** Adds t, broadcast to the result's shape if it is smaller, to the tangent of the k-th result. */
function give(node: Node, k: i32, t: Tensor): void {
  if (!t) return;
  const like = node.output(k);
  accumulate(tangents + (<usize>(node.first + k) << 2), haveSameShape(t, like) ? t : shaped(Op.broadcastTo, t, like), false);
}

/** Adds what the tangents of the node's inputs contribute to those of its results. */
function pushThrough(node: Node): void {
  const linear = linearOf(node.op);
  let rest: u32 = 0;
  for (let i = 0, n = <i32>node.inputs; i < n; i++) {
    if (!tangentOf(node, i)) continue;
    if (linear & JOINT) return pushJointly(node);
    if ((linear >> i) & 1) pushLinearly(node, i);
    else rest |= 1 << i;
  }
  if (!rest) return;
  if (node.op == Op.custom) {
    fail(Status.rule, Op.none);
    return;
  }
  if (isDiagonal(node.op, node.input(node.inputs - 1).dtype, node.output(0).dtype)) {
    pushDiagonally(node, 0, rest);
    if (node.outputs > 1 && node.output(1).refs > 1) pushDiagonally(node, 1, rest); // something besides the node holds the slope
  } else pushTwice(node, rest);
}

/** Applies the op to the tangent of operand i, in which it is linear, and to the values of the others. */
function pushLinearly(node: Node, i: i32): void {
  for (let k = 0, n = <i32>node.inputs; k < n; k++) setOperand(k, k == i ? tangentOf(node, i) : node.input(k));
  applyOp(node);
}

/** Applies the op, which is linear in its operands together, to their tangents, with zeros for those that have none. */
function pushJointly(node: Node): void {
  for (let k = 0, n = <i32>node.inputs; k < n; k++) {
    const t = tangentOf(node, k);
    setOperand(k, t ? t : fillLike(node.input(k), 0));
  }
  applyOp(node);
}

// @ts-ignore: decorator
@inline
function setOperand(i: i32, t: Tensor): void {
  store<Tensor>(OPERANDS + (<usize>i << 2), t);
}

/** Applies the node's op to the collected operands, and adds its results to the tangents. */
function applyOp(node: Node): void {
  const c = begin(node.op, node.inputs);
  for (let k = 0, n = <i32>node.inputs; k < n; k++) c.setInput(k, load<Tensor>(OPERANDS + (<usize>k << 2)));
  c.words = node.words;
  memory.copy(c.attributes, node.attributes, c.words << 2);
  if (apply()) for (let k = 0, n = c.outputs; k < n; k++) give(node, k, c.output(k));
}

/** Calls the gradient rule with a tangent as the cotangent of result k, once for all inputs with the same tangent. `among`: inputs, as bits. */
function pushDiagonally(node: Node, k: i32, among: u32): void {
  const isHolomorphic = isComplex(node.output(0).dtype);
  while (among && !hasFailed()) {
    const t = tangentOf(node, ctz(among));
    let alike: u32 = 0;
    for (let i = 0, n = <i32>node.inputs; i < n; i++) if ((among >> i) & 1 && tangentOf(node, i) == t) alike |= 1 << i;
    among ^= alike;
    const copy = imitate(node, alike);
    if (!copy) return;
    accumulate(slotOf(copy, copy.first + k), isHolomorphic ? call1(Op.conj, t) : t, false);
    callRule(copy, true);
    let sum = NONE;
    for (let i = 1, n = <i32>node.inputs; i <= n; i++) {
      const given = load<Tensor>(slotOf(copy, i));
      if (given) sum = sum ? call2(Op.add, sum, given) : given;
    }
    give(node, k, isHolomorphic ? call1(Op.conj, sum) : sum);
    endImitation(copy);
  }
}

/** Computes J·ẋ as the gradient of ⟨x̄, ẋ⟩ with respect to u. `among`: the inputs of x̄ and ẋ, as bits. See Note [Tangents] */
function pushTwice(node: Node, among: u32): void {
  const tape = openTape();
  if (!tape) {
    fail(isDeepest() ? Status.depth : Status.memory, node.op);
    return;
  }
  const copy = imitate(node, among);
  for (let k = 0, n = copy ? <i32>node.outputs : 0; k < n; k++) {
    const u = fillLike(node.output(k), 0);
    if (!u || !appendWatch(NONE, u, tape)) fail(Status.memory, node.op);
    else accumulate(slotOf(copy, copy.first + k), u, false);
  }
  if (!hasFailed()) callRule(copy, false);
  closeTape(tape);
  if (!hasFailed() && beginSweep(tape)) {
    for (let i = 0, n = <i32>node.inputs; i < n; i++) {
      const given = load<Tensor>(slotOf(copy, i + 1));
      if (given && given.watchers & tape.bit) seed(tape, given, given.value, tangentOf(node, i));
    }
    if (!sweep(tape, false)) for (let k = 0, n = <i32>node.outputs; k < n; k++) give(node, k, cotangentOfValue(tape, k));
  }
  endSweep(tape);
  if (copy) endImitation(copy);
  freeTape(tape);
}

/**
 * A copy of the node for its gradient rule, behind an empty cotangent slot for each of its values. Input i is value i + 1 if its bit is in
 * `wanted`, else it is watched by no tape; the results' values follow. Null when memory is out.
 */
function imitate(node: Node, wanted: u32): Node {
  const slots = slotBytes(node);
  const at = alloc(slots + node.bytes);
  if (!at) {
    fail(Status.memory, node.op);
    return changetype<Node>(0);
  }
  memory.fill(at, 0, slots);
  const copy = changetype<Node>(at + slots);
  memory.copy(at + slots, changetype<usize>(node), node.bytes);
  for (let i = 0, n = <i32>node.inputs; i < n; i++) store<u32>(copy.inputAt(i), (wanted >> i) & 1 ? i + 1 : 0, 4);
  copy.first = <u32>node.inputs + 1;
  return copy;
}

/** Bytes of the slots in front of a copy: that of value 0, which stays empty, and one for each value of the node. */
// @ts-ignore: decorator
@inline
function slotBytes(node: Node): usize {
  return (((<usize>node.inputs + node.outputs + 1) << 2) + 15) & ~15;
}

// @ts-ignore: decorator
@inline
function slotOf(copy: Node, value: u32): usize {
  return changetype<usize>(copy) - slotBytes(copy) + (<usize>value << 2);
}

/** Runs the copy's gradient rule. */
function callRule(copy: Node, isForward: bool): void {
  aim(slotOf(copy, 0), isForward);
  call_indirect<void>(vjpOf(copy.op), changetype<View>(copy));
  aim(0, false);
}

function endImitation(copy: Node): void {
  const bytes = slotBytes(copy) + copy.bytes;
  for (let at = slotOf(copy, 0), end = changetype<usize>(copy); at < end; at += 4) drop(at);
  free(slotOf(copy, 0), bytes);
}
