/** Tracing and replaying, as the facade drives it. A trace has a scope of its own, which ends with it. Knows no ops. */
import { Vector } from '../memory/vector';
import { build, freeProgram } from '../program/build';
import { Program } from '../program/program';
import * as program from '../program/replay';
import { Limit, Status } from '../shared/abi';
import { Op } from '../shared/opcode';
import { CALL } from '../tape/call';
import { fail } from '../tape/fault';
import { watching } from '../tape/tape';
import { addValue, clearTrace, closeTrace, Kind, numberOf, openTrace, tracing, valueAt } from '../tape/trace';
import { enter, leave, own } from '../tensor/scope';
import { release, Tensor } from '../tensor/tensor';
import { aliasOf } from '../tensor/view';
import { live } from './calls';
import { expectIdle, expectProgram, expectTrace, expectTraced } from './contract';

/** Numbers of the values that the program gives. */
const RESULTS = changetype<Vector>(memory.data(offsetof<Vector>(), 4));

/** Pairs of address and generation, where a program has more tensors than the call area has room for. */
const MORE = changetype<Vector>(memory.data(offsetof<Vector>(), 4));

/** Where the pairs are. */
let pairs: usize = CALL.pair(0);

/** Where the facade writes `count` pairs, and finds as many results; 0 when memory is out. */
export function handles(count: i32): usize {
  MORE.clear();
  pairs = count <= Limit.operands ? CALL.pair(0) : MORE.extend(<usize>count << 3);
  return pairs ? pairs : fail(Status.memory, Op.none, count >> 7, 1);
}

/** The live tensor of pair k; NONE after a failure that names it. */
function handleAt(k: i32): Tensor {
  const pair = pairs + (<usize>k << 3);
  return live(Op.none, k, load<usize>(pair), load<u32>(pair, 4));
}

/** Whether ops are recorded: by a tape or a trace. */
export function isRecording(): bool {
  return tracing || watching != 0;
}

/** Opens a scope and a trace in it; 0 when memory is out. */
export function traceBegin(): usize {
  expectIdle();
  const scope = enter();
  if (!scope) fail(Status.memory, Op.none);
  else openTrace();
  return changetype<usize>(scope);
}

/** A fresh identity of x, which is the program's next input: a number when the facade writes its value, else a tensor. */
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

/** Ends the trace; the program that gives the `count` results among the handles, or 0. */
export function traceEnd(scope: usize, count: i32): usize {
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
  expectTraced(scope);
  discard();
  leave(changetype<Tensor>(scope));
}

/**
 * Runs a program on the tensors among the handles, one for each input that is a tensor, in order. 1: the results' addresses are there instead,
 * with generations from `serial` on; 0 after a failure; −1 when a tensor is not as the one that was traced.
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
