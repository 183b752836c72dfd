/** The calls by which the facade traces a function and replays a program. A trace has a scope of its own, which ends with it. Knows no ops. */
import { Vector } from '../memory/vector';
import { build, freeProgram } from '../program/build';
import { Program } from '../program/program';
import * as program from '../program/replay';
import { Limit, Status } from '../shared/abi';
import { Op } from '../shared/opcode';
import { CALL } from '../tape/call';
import { fail } from '../tape/fault';
import { closeAbove, topTape, watching } from '../tape/tape';
import { addValue, clearTrace, closeTrace, Kind, numberOf, openTrace, tracing, valueAt } from '../tape/trace';
import { enter, leave, own } from '../tensor/scope';
import { release, Tensor } from '../tensor/tensor';
import { aliasOf } from '../tensor/view';
import { live } from './calls';
import { expectIdle, expectProgram, expectTrace, expectTraced } from './contract';

/** Value numbers of the program's results. */
const RESULTS = changetype<Vector>(memory.data(offsetof<Vector>(), 4));

/** Pairs of address and generation, for programs with more tensors than the call area has room for. */
const MORE = changetype<Vector>(memory.data(offsetof<Vector>(), 4));

/** Address of the pairs. */
export let pairs: usize = CALL.pair(0);

/** The address to which the facade writes `count` pairs, and from which it reads as many results; 0 when memory is out. */
export function handles(count: i32): usize {
  MORE.clear();
  pairs = count <= Limit.operands ? CALL.pair(0) : MORE.extend(<usize>count << 3);
  return pairs ? pairs : fail(Status.memory, Op.none, count >> 7, 1);
}

/** How many pairs there is room for. */
export function handleRoom(): i32 {
  return pairs == CALL.pair(0) ? Limit.operands : <i32>(MORE.length >> 3);
}

/** The live tensor of pair k; NONE after a failure that names it. */
export function handleAt(k: i32): Tensor {
  const pair = pairs + (<usize>k << 3);
  return live(Op.none, k, load<usize>(pair), load<u32>(pair, 4));
}

/** Whether a tape or a trace is open. */
export function isRecording(): bool {
  return tracing || watching != 0;
}

/** Whether a trace is open. */
export function isTracing(): bool {
  return tracing;
}

/** The innermost tape, which pauses, when the trace began. */
let around: usize = 0;

/** Opens a scope and a trace in it; 0 when memory is out. */
export function traceBegin(): usize {
  expectIdle();
  around = topTape();
  const scope = enter();
  if (!scope) fail(Status.memory, Op.none);
  else openTrace();
  return changetype<usize>(scope);
}

/** Makes an alias of x that is the program's next input. With `isNumber` the facade writes the input's value before each replay; else it passes a tensor. */
export function traceInput(x: usize, generation: u32, isNumber: bool, serial: u32): usize {
  expectTrace();
  const source = live(Op.none, 0, x, generation);
  if (!source) return 0;
  const t = aliasOf(source);
  if (!t || !addValue(t, Kind.input)) {
    if (t) release(t);
    return fail(Status.memory, Op.none);
  }
  valueAt(numberOf(t)).isNumber = isNumber;
  own(t);
  t.generation = serial;
  return changetype<usize>(t);
}

/** Ends the trace. Returns the program whose `count` results are the tensors of the pairs; 0 after a failure. */
export function traceEnd(scope: usize, count: i32): usize {
  closeAbove(around);
  expectTraced(scope);
  let p = changetype<Program>(0);
  if (collect(count)) {
    p = build(RESULTS);
    if (!p) fail(Status.memory, Op.none);
  } else discard();
  RESULTS.clear();
  leave(changetype<Tensor>(scope));
  return changetype<usize>(p);
}

function collect(count: i32): bool {
  for (let k = 0; k < count; k++) {
    const t = handleAt(k);
    if (!t) return false;
    const at = RESULTS.extend(4);
    if (!at || (!t.traced && !addValue(t, Kind.constant))) return fail(Status.memory, Op.none);
    store<u32>(at, numberOf(t));
  }
  return true;
}

function discard(): void {
  closeTrace();
  clearTrace();
}

/** Ends the trace without a program. */
export function traceAbort(scope: usize): void {
  closeAbove(around);
  expectTraced(scope);
  discard();
  leave(changetype<Tensor>(scope));
}

/**
 * Replays a program on the tensors of the pairs, one for each input that is a tensor, in order. Returns 1 after success: the results'
 * addresses then stand where the pairs stood, and their generations count from `serial`. Returns 0 after a failure, −1 where a tensor differs
 * from the traced one in dtype, shape or layout.
 */
export function replay(at: usize, serial: u32): i32 {
  expectIdle();
  expectProgram(at);
  const p = changetype<Program>(at);
  for (let k = 0, next = 0; k < p.inputs; k++) {
    const slot = p.input(k).slot;
    p.setBlock(1 + k, slot);
    if (slot) continue;
    const x = handleAt(next++);
    if (!x) return 0;
    if (!program.fits(p, k, x)) return -1;
    p.setBlock(1 + k, x.data);
  }
  if (!program.replay(p)) return 0;
  for (let k = 0; k < p.results; k++) {
    const t = load<Tensor>(p.freshAt(k));
    t.generation = serial + k;
    store<Tensor>(pairs + (<usize>k << 3), t);
  }
  return 1;
}

export function programFree(at: usize): void {
  expectProgram(at);
  MORE.clear();
  freeProgram(changetype<Program>(at));
}
