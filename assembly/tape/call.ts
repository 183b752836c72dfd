/**
 * The one call in progress: its opcode, operands, results and attributes, in reserved memory. An op's shape rule and kernel read it.
 * Knows no op.
 */
import { roundUp } from '../memory/heap';
import { OWN } from '../memory/scratch';
import { CallArea, Limit } from '../shared/abi';
import { newRecord, recordBytes, Tensor } from '../tensor/tensor';

const ATTRIBUTES: usize = CallArea.attributes;
const INPUTS: usize = ATTRIBUTES + (Limit.attributes << 2);
const OUTPUTS: usize = INPUTS + (Limit.operands << 2);
const PAIRS: usize = CallArea.pairs; // = OUTPUTS + 4·operands
const END: usize = PAIRS + (Limit.operands << 3);

@unmanaged
@final
export class Call {
  op: i32;
  inputs: i32;
  outputs: i32;
  /** 32-bit words of attributes. */
  words: i32;
  // @ts-ignore: decorator
  @inline
  input(i: i32): Tensor {
    if (isDefined(SANITIZE) && <u32>i >= <u32>this.inputs) unreachable(); // a rule for more operands than the call has
    return load<Tensor>(changetype<usize>(this) + (i << 2), INPUTS);
  }
  // @ts-ignore: decorator
  @inline
  setInput(i: i32, t: Tensor): void {
    store<Tensor>(changetype<usize>(this) + (i << 2), t, INPUTS);
  }
  // @ts-ignore: decorator
  @inline
  output(i: i32): Tensor {
    return load<Tensor>(changetype<usize>(this) + (i << 2), OUTPUTS);
  }
  // @ts-ignore: decorator
  @inline
  setOutput(i: i32, t: Tensor): void {
    store<Tensor>(changetype<usize>(this) + (i << 2), t, OUTPUTS);
  }
  // @ts-ignore: decorator
  @inline
  attribute(i: i32): i32 {
    return load<i32>(changetype<usize>(this) + (i << 2), ATTRIBUTES);
  }
  // @ts-ignore: decorator
  @inline
  setAttribute(i: i32, value: i32): void {
    store<i32>(changetype<usize>(this) + (i << 2), value, ATTRIBUTES);
  }
  /** The float64 in words i and i + 1. */
  // @ts-ignore: decorator
  @inline
  attributeF64(i: i32): f64 {
    return load<f64>(changetype<usize>(this) + (i << 2), ATTRIBUTES);
  }
  // @ts-ignore: decorator
  @inline
  setAttributeF64(i: i32, value: f64): void {
    store<f64>(changetype<usize>(this) + (i << 2), value, ATTRIBUTES);
  }
  // @ts-ignore: decorator
  @inline
  get attributes(): usize {
    return changetype<usize>(this) + ATTRIBUTES;
  }
  /** Address to which the facade writes address and generation of operand i. */
  // @ts-ignore: decorator
  @inline
  pair(i: i32): usize {
    return changetype<usize>(this) + PAIRS + (i << 3);
  }
  /** Adds a result: a record of `rank` dimensions, whose shape the caller sets. NONE when memory is out. */
  give(dtype: i32, rank: i32): Tensor {
    const t = newRecord(dtype, rank);
    if (t) this.setOutput(this.outputs++, t);
    return t;
  }
}

export const CALL_AREA: usize = memory.data(<i32>END, 16) + OWN;

export const CALL = changetype<Call>(CALL_AREA);

/** Starts a call of `op`; the caller sets operands and attributes. */
// @ts-ignore: decorator
@inline
export function begin(op: i32, inputs: i32): Call {
  const c = changetype<Call>(CALL_AREA);
  c.op = op;
  c.inputs = inputs;
  c.words = 0;
  return c;
}

/**
 * Copies a call and the records of its operands and results to `to`, for threads that may still read them after the caller's call has ended.
 * False when that takes more than `room` bytes.
 */
export function copyCall(to: Call, from: Call, room: usize): bool {
  const end = changetype<usize>(to) + room;
  memory.copy(changetype<usize>(to), changetype<usize>(from), ATTRIBUTES + (from.words << 2));
  let at = changetype<usize>(to) + PAIRS;
  for (let i = 0, n = from.inputs + from.outputs; i < n; i++) {
    const isInput = i < from.inputs;
    const t = isInput ? from.input(i) : from.output(i - from.inputs);
    const bytes = recordBytes(t.rank);
    if (at + bytes > end) return false;
    memory.copy(at, changetype<usize>(t), bytes);
    if (isInput) to.setInput(i, changetype<Tensor>(at));
    else to.setOutput(i - from.inputs, changetype<Tensor>(at));
    at += roundUp(bytes);
  }
  return true;
}
