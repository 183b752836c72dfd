/**
 * The exports' preconditions, which the facade keeps: addresses that the core has returned, calls in the right order, numbers in their range.
 * The sanitizer build traps where one is broken; in every other build these functions are empty.
 */
import { heapSize, isBlock } from '../memory/guard';
import { roundUp } from '../memory/heap';
import { Program } from '../program/program';
import { Flag, Limit } from '../shared/abi';
import { Op } from '../shared/opcode';
import { isInRegion } from '../tape/region';
import { isInnermost, Tape, TAPE_BYTES, watching } from '../tape/tape';
import { tracing } from '../tape/trace';
import { isOpenScope } from '../tensor/scope';
import { Tensor } from '../tensor/tensor';

// @ts-ignore: decorator
@inline
function expect(holds: bool): void {
  if (!holds) unreachable();
}

/** An op, and no more operands and attribute words than the call area has room for. */
// @ts-ignore: decorator
@inline
export function expectCall(op: i32, inputs: u32, words: u32): void {
  if (isDefined(SANITIZE)) expect(op >= 0 && op < Op.count && inputs <= <u32>Limit.operands && words <= <u32>Limit.attributes);
}

/** An open scope. */
// @ts-ignore: decorator
@inline
export function expectScope(sentinel: usize): void {
  if (isDefined(SANITIZE)) {
    expect(isBlock(sentinel) && (changetype<Tensor>(sentinel).flags & Flag.sentinel) != 0);
    expect(isOpenScope(changetype<Tensor>(sentinel)));
  }
}

/** A tape that is not freed. */
// @ts-ignore: decorator
@inline
export function expectTape(at: usize): void {
  if (isDefined(SANITIZE)) {
    expect(isBlock(at) && heapSize(at) == roundUp(TAPE_BYTES));
    expect(isBlock(changetype<usize>(changetype<Tape>(at).list))); // a tape, not another block of this length
  }
}

/** The innermost open tape. */
// @ts-ignore: decorator
@inline
export function expectOpen(at: usize): void {
  if (isDefined(SANITIZE)) {
    expectTape(at);
    expect(changetype<Tape>(at).isOpen && isInnermost(changetype<Tape>(at)));
  }
}

/** A closed tape. */
// @ts-ignore: decorator
@inline
export function expectClosed(at: usize): void {
  if (isDefined(SANITIZE)) {
    expectTape(at);
    expect(!changetype<Tape>(at).isOpen);
  }
}

/** A tape with a sweep in progress if `begun`, else without. */
// @ts-ignore: decorator
@inline
export function expectSweep(at: usize, begun: bool): void {
  if (isDefined(SANITIZE)) expect((changetype<Tape>(at).cotangents != 0) == begun);
}

/** A sweep that waits for a rule in JavaScript. */
// @ts-ignore: decorator
@inline
export function expectPending(at: usize): void {
  if (isDefined(SANITIZE)) {
    expectSweep(at, true);
    expect(changetype<usize>(changetype<Tape>(at).pending) != 0);
  }
}

/** An open region. */
// @ts-ignore: decorator
@inline
export function expectRegion(): void {
  if (isDefined(SANITIZE)) expect(isInRegion());
}

/** Counts of handles that fit the room for them, the results among them no fewer than the outputs. */
// @ts-ignore: decorator
@inline
export function expectHandles(inputs: i32, outputs: i32, results: i32, room: i32): void {
  if (isDefined(SANITIZE)) expect(inputs >= 0 && inputs <= room && outputs >= 0 && outputs <= results && results <= room - inputs);
}

/** The number i of an input or output, of which there are `count`. */
// @ts-ignore: decorator
@inline
export function expectBelow(i: u32, count: u32): void {
  if (isDefined(SANITIZE)) expect(i < count);
}

/** The number k of one of the tape's values. */
// @ts-ignore: decorator
@inline
export function expectWatched(k: u32, tape: Tape): void {
  if (isDefined(SANITIZE)) expect(k < tape.endValue - tape.firstValue);
}

/** No open tape or trace, for a trace or a replay that begins. */
// @ts-ignore: decorator
@inline
export function expectIdle(): void {
  if (isDefined(SANITIZE)) expect(!tracing && !watching);
}

/** An open trace. */
// @ts-ignore: decorator
@inline
export function expectTrace(): void {
  if (isDefined(SANITIZE)) expect(tracing);
}

/** An open trace that can end: its scope, and no open tape. */
// @ts-ignore: decorator
@inline
export function expectTraced(scope: usize): void {
  if (isDefined(SANITIZE)) {
    expect(tracing && !watching);
    expectScope(scope);
  }
}

/** A program that is not freed. */
// @ts-ignore: decorator
@inline
export function expectProgram(at: usize): void {
  if (isDefined(SANITIZE)) {
    const p = changetype<Program>(at);
    expect(isBlock(at) && heapSize(at) >= offsetof<Program>() && heapSize(at) == roundUp(p.bytes));
    expect(p.blocksAt == at + offsetof<Program>()); // a program, not another block of this length
  }
}
