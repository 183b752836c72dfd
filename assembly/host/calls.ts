/**
 * The calls by which the facade runs ops. A handle is a record's address and its generation; a stale handle is a failure, and never reads
 * another tensor's data. Each call returns the address of its first result, or 0 after a failure. The first result's generation is
 * `serial`, which the caller chooses; further results have the numbers that follow. The facade has written `words` words of attributes to
 * the call area before.
 */
import { Status } from '../shared/abi';
import { apply, applyTo, call1, call2 } from '../tape/apply';
import { begin, CALL } from '../tape/call';
import { fail } from '../tape/fault';
import { isLive, NONE, Tensor } from '../tensor/tensor';
import { expectCall } from './contract';

/** The live tensor of a handle; NONE after a failure that names operand `i`. */
// @ts-ignore: decorator
@inline
export function live(op: i32, i: i32, x: usize, generation: u32): Tensor {
  if (isLive(x, generation)) return changetype<Tensor>(x);
  fail(Status.released, op, i);
  return NONE;
}

/** Gives the first result its generation, and returns its address. */
// @ts-ignore: decorator
@inline
function handOver(first: Tensor, serial: u32): usize {
  if (first) first.generation = serial;
  return changetype<usize>(first);
}

export function apply0(op: i32, words: i32, serial: u32): usize {
  expectCall(op, 0, words);
  begin(op, 0).words = words;
  return handOver(apply(), serial);
}

export function apply1(op: i32, x: usize, xGeneration: u32, words: i32, serial: u32): usize {
  expectCall(op, 1, words);
  const t = live(op, 0, x, xGeneration);
  return handOver(words ? applyTo(op, 1, t, t, words) : call1(op, t), serial);
}

export function apply2(op: i32, x: usize, xGeneration: u32, y: usize, yGeneration: u32, words: i32, serial: u32): usize {
  expectCall(op, 2, words);
  const a = live(op, 0, x, xGeneration);
  const b = live(op, 1, y, yGeneration);
  if (!a || !b) return 0;
  return handOver(words ? applyTo(op, 2, a, b, words) : call2(op, a, b), serial);
}

/** Operands lie in the call area as pairs of address and generation. */
export function applyMany(op: i32, inputs: i32, words: i32, serial: u32): usize {
  expectCall(op, inputs, words);
  const c = begin(op, inputs);
  c.words = words;
  for (let i = 0; i < inputs; i++) {
    const pair = CALL.pair(i);
    c.setInput(i, live(op, i, load<usize>(pair), load<u32>(pair, 4)));
  }
  const first = apply();
  if (!first) return 0;
  for (let i = 0, n = c.outputs; i < n; i++) c.output(i).generation = serial + i;
  return changetype<usize>(first);
}

/** Result i of the last `applyMany`. */
export function result(i: i32): usize {
  return changetype<usize>(CALL.output(i));
}

export function callArea(): usize {
  return changetype<usize>(CALL);
}

