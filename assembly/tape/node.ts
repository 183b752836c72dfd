/**
 * A node: one op on a tape, with the tensors and attributes that its gradient rule reads. Knows opcodes, not operations.
 *
 *   node  ┌──────┬────────────────┬───────┬─────────────┬────────────────────┬──────────┬────────────┐
 *         │ prev │ op in out words│ first │ watchers    │ (record, value)·in │ record·out│ attributes │
 *         └──────┴────────────────┴───────┴─────────────┴────────────────────┴──────────┴────────────┘
 */
import { Vector } from '../memory/vector';
import { Op } from '../shared/opcode';
import { leaveAside } from '../tensor/scope';
import { releaseRecord, Tensor, unhold } from '../tensor/tensor';
import { Call } from './call';
import { savesOf } from './registry';

const NODE_FIXED = offsetof<Node>();

@unmanaged
export class Node {
  prev: usize;
  op: u16;
  inputs: u16;
  outputs: u16;
  words: u16;
  /** Value number of output 0. */
  first: u32;
  watchers: u32;
  // @ts-ignore: decorator
  @inline
  inputAt(i: i32): usize {
    return changetype<usize>(this) + NODE_FIXED + (i << 3);
  }
  // @ts-ignore: decorator
  @inline
  outputAt(i: i32): usize {
    return this.inputAt(this.inputs) + (i << 2);
  }
  // @ts-ignore: decorator
  @inline
  get attributes(): usize {
    return (this.outputAt(this.outputs) + 7) & ~7;
  }
  get bytes(): usize {
    return this.attributes + (this.words << 2) - changetype<usize>(this);
  }
  // @ts-ignore: decorator
  @inline
  input(i: i32): Tensor {
    return load<Tensor>(this.inputAt(i));
  }
  /** Value number of input i; 0 when it is a constant. */
  // @ts-ignore: decorator
  @inline
  valueOf(i: i32): u32 {
    return load<u32>(this.inputAt(i), 4);
  }
  // @ts-ignore: decorator
  @inline
  output(i: i32): Tensor {
    return load<Tensor>(this.outputAt(i));
  }
  // @ts-ignore: decorator
  @inline
  attribute(i: i32): i32 {
    return load<i32>(this.attributes + (i << 2));
  }
  // @ts-ignore: decorator
  @inline
  attributeF64(i: i32): f64 {
    return load<f64>(this.attributes + (i << 2));
  }
}

/** Bytes of the node of the call in progress. */
// @ts-ignore: decorator
@inline
export function nodeBytes(c: Call): usize {
  return (NODE_FIXED + (c.inputs << 3) + (c.outputs << 2) + (c.words << 2) + 15) & ~7;
}

/** Writes the node of the call in progress, and numbers and marks its results. */
// @ts-ignore: decorator
@inline
export function write(node: Node, c: Call, prev: usize, first: u32, watchers: u32): void {
  const inputs = c.inputs;
  const outputs = c.outputs;
  node.prev = prev;
  node.op = <u16>c.op;
  node.inputs = <u16>inputs;
  node.outputs = <u16>outputs;
  node.words = <u16>c.words;
  node.first = first;
  node.watchers = watchers;
  const saves = savesOf(c.op);
  for (let i = 0; i < inputs; i++) putInput(node, i, c.input(i), saves);
  for (let i = 0; i < outputs; i++) putOutput(node.outputAt(i), i, c.output(i), first, watchers, saves);
  for (let i = 0, n = c.words; i < n; i++) store<i32>(node.attributes + (i << 2), c.attribute(i));
}

/** Bytes of a node with so many inputs, one result and no attributes. */
// @ts-ignore: decorator
@inline
export function mapNodeBytes(inputs: i32): usize {
  return (NODE_FIXED + (inputs << 3) + 4 + 7) & ~7;
}

/** As `write`, for an op of the first `inputs` of x, y and z, with the result t and no attributes. */
// @ts-ignore: decorator
@inline
export function writeMap(node: Node, op: i32, inputs: i32, x: Tensor, y: Tensor, z: Tensor, t: Tensor, prev: usize, first: u32, watchers: u32): void {
  const saves = savesOf(op);
  node.prev = prev;
  node.op = <u16>op;
  node.inputs = <u16>inputs;
  store<u32>(changetype<usize>(node), 1, offsetof<Node>('outputs')); // and no words
  node.first = first;
  node.watchers = watchers;
  if (inputs) putInput(node, 0, x, saves);
  if (inputs > 1) putInput(node, 1, y, saves);
  if (inputs > 2) putInput(node, 2, z, saves);
  putOutput(node.inputAt(inputs), 0, t, first, watchers, saves); // behind the inputs
}

/** Bytes of a node whose rule is JavaScript. Its attributes are the rule's number and the scope of the region that computed its outputs. */
export function ruleNodeBytes(inputs: i32, outputs: i32): usize {
  return (NODE_FIXED + (inputs << 3) + (outputs << 2) + 8 + 15) & ~7;
}

/** `write` for such a node, with inputs and then outputs from the pairs at `from`. */
export function writeRule(node: Node, id: i32, from: usize, inputs: i32, outputs: i32, scope: Tensor, prev: usize, first: u32, watchers: u32): void {
  node.prev = prev;
  node.op = <u16>Op.custom;
  node.inputs = <u16>inputs;
  node.outputs = <u16>outputs;
  node.words = 2;
  node.first = first;
  node.watchers = watchers;
  for (let i = 0; i < inputs; i++) putInput(node, i, load<Tensor>(from + (i << 3)), 0);
  for (let i = 0; i < outputs; i++) putOutput(node.outputAt(i), i, load<Tensor>(from + ((inputs + i) << 3)), first, watchers, 0);
  store<i32>(node.attributes, id);
  store<Tensor>(node.attributes, scope, 4);
}

/** Words of a node that renames a value: a number of the tape's own, the value and the watchers of before, the bit of the tape that renames. */
export const RENAMING = 4;

/** Bytes of such a node. */
export function renamingBytes(inputs: i32): usize {
  return (NODE_FIXED + (inputs << 3) + 4 + (RENAMING << 2) + 15) & ~7;
}

/** `write` for a node that gives t another value, which is the identity of t's value before where there are `inputs`. See Note [Renamed values] in watch.ts */
export function writeRenaming(node: Node, inputs: i32, t: Tensor, past: u32, bit: u32, prev: usize, first: u32, watchers: u32): void {
  node.prev = prev;
  node.op = <u16>Op.identity;
  node.inputs = <u16>inputs;
  node.outputs = 1;
  node.words = <u16>RENAMING;
  node.first = first;
  node.watchers = watchers;
  store<u32>(node.attributes, past);
  store<u32>(node.attributes, t.value, 4);
  store<u32>(node.attributes, t.watchers, 8);
  store<u32>(node.attributes, bit, 12);
  if (inputs) putInput(node, 0, t, 0);
  putOutput(node.outputAt(0), 0, t, first, watchers, 0);
}

/** Numbers of rules whose nodes are spent, until the facade reads them. */
const SPENT = changetype<Vector>(memory.data(offsetof<Vector>(), 4));

function spendRule(node: Node): void {
  const at = SPENT.extend(4);
  if (at) store<i32>(at, node.attribute(0));
  leaveAside(changetype<Tensor>(node.attribute(1)));
}

/** The number of a rule whose node is spent, each once; 0 when there is none. */
export function takeSpentRule(): i32 {
  if (!SPENT.length) return 0;
  SPENT.length -= 4;
  return load<i32>(SPENT.start + SPENT.length);
}

// @ts-ignore: decorator
@inline
function putInput(node: Node, i: i32, t: Tensor, saves: u32): void {
  const at = node.inputAt(i);
  store<Tensor>(at, t);
  store<u32>(at, t.value, 4);
  retain(t, savesInput(saves, i));
}

/** Numbers and marks a result. */
// @ts-ignore: decorator
@inline
function putOutput(at: usize, i: i32, t: Tensor, first: u32, watchers: u32, saves: u32): void {
  store<Tensor>(at, t);
  t.value = first + i;
  t.watchers = watchers;
  retain(t, savesOutput(saves, i));
}

/** Wipes the marks of the node's results. See Note [Values and watchers] in tape.ts */
// @ts-ignore: decorator
@inline
export function unmark(node: Node): void {
  for (let i = 0, n = <i32>node.outputs; i < n; i++) wipe(node, node.output(i), i);
}

/** Wipes the marks of result i, unless they are another node's. Where the node renamed a value, they are again as before. */
// @ts-ignore: decorator
@inline
function wipe(node: Node, t: Tensor, i: u32): void {
  if (t.value != node.first + i) return;
  const renamer = renamerOf(node);
  t.value = renamer ? node.attribute(1) : 0;
  t.watchers = renamer ? node.attribute(2) & (renamer - 1) : 0; // bits of the tapes around
}

/** The bit of the tape that renames the node's value; 0 when the node is another op. */
// @ts-ignore: decorator
@inline
export function renamerOf(node: Node): u32 {
  return node.words == RENAMING && node.op == Op.identity ? node.attribute(3) : 0;
}

/** Releases the tensors that the node refers to. */
export function spend(node: Node): void {
  if (node.op == Op.custom) spendRule(node);
  const saves = savesOf(node.op);
  let saved = saves & 0xffff;
  let at = node.inputAt(0);
  for (const end = node.outputAt(0); at < end; at += 8) {
    unretain(load<Tensor>(at), saved & 1);
    saved >>= 1;
  }
  saved = saves >> 16;
  for (let i: u32 = 0, n = <u32>node.outputs; i < n; i++, at += 4) {
    const t = load<Tensor>(at);
    wipe(node, t, i);
    unretain(t, saved & 1);
    saved >>= 1;
  }
}

// @ts-ignore: decorator
@inline
function unretain(t: Tensor, saved: u32): void {
  if (saved) unhold(t);
  releaseRecord(t);
}

// @ts-ignore: decorator
@inline
function retain(t: Tensor, saved: bool): void {
  t.refs++;
  t.holds += u32(saved);
}

// @ts-ignore: decorator
@inline
function savesInput(saves: u32, i: i32): bool {
  return i < 16 && ((saves >> i) & 1) != 0;
}

// @ts-ignore: decorator
@inline
function savesOutput(saves: u32, i: i32): bool {
  return i < 16 && ((saves >> (i + 16)) & 1) != 0;
}
