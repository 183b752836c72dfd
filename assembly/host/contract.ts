/**
 * What the exports take for granted of the facade, which gives back addresses that it was given, runs in their order, numbers in
 * their range. The sanitizer build traps on anything else; in every other build all of it compiles to nothing.
 */
import { heapSize, isBlock } from '../memory/guard';
import { roundUp } from '../memory/heap';
import { Program } from '../program/program';
import { Flag, Limit } from '../shared/abi';
import { Op } from '../shared/opcode';
import { isInnermost, Tape, TAPE_BYTES, watching } from '../tape/tape';
import { tracing } from '../tape/trace';
import { Tensor } from '../tensor/tensor';

// @ts-ignore: decorator
@inline
function expect(holds: bool): void {
  if (!holds) unreachable();
}

/** An op, with numbers of operands and attribute words that the call area has. */
// @ts-ignore: decorator
@inline
export function expectCall(op: i32, inputs: u32, words: u32): void {
  if (isDefined(SANITIZE)) expect(op >= 0 && op < Op.count && inputs <= <u32>Limit.operands && words <= <u32>Limit.attributes);
}

/** An open scope. */
// @ts-ignore: decorator
@inline
export function expectScope(sentinel: usize): void {
  if (isDefined(SANITIZE)) expect(isBlock(sentinel) && (changetype<Tensor>(sentinel).flags & Flag.sentinel) != 0);
}

/** A tape that is not freed. */
// @ts-ignore: decorator
@inline
export function expectTape(at: usize): void {
  if (isDefined(SANITIZE)) {
    expect(isBlock(at) && heapSize(at) == roundUp(TAPE_BYTES));
    expect(isBlock(changetype<usize>(changetype<Tape>(at).list))); // not something else in its place
  }
}

/** A tape that records, inside all others that do. */
// @ts-ignore: decorator
@inline
export function expectOpen(at: usize): void {
  if (isDefined(SANITIZE)) {
    expectTape(at);
    expect(changetype<Tape>(at).isOpen && isInnermost(changetype<Tape>(at)));
  }
}

/** A tape that no longer records. */
// @ts-ignore: decorator
@inline
export function expectClosed(at: usize): void {
  if (isDefined(SANITIZE)) {
    expectTape(at);
    expect(!changetype<Tape>(at).isOpen);
  }
}

/** A tape with a sweep begun and not ended, or without. */
// @ts-ignore: decorator
@inline
export function expectSweep(at: usize, begun: bool): void {
  if (isDefined(SANITIZE)) expect((changetype<Tape>(at).cotangents != 0) == begun);
}

/** The number of a value that the tape has. */
// @ts-ignore: decorator
@inline
export function expectWatched(k: u32, tape: Tape): void {
  if (isDefined(SANITIZE)) expect(k < tape.endValue - tape.firstValue);
}

/** That nothing is recorded: a trace is not begun, nor a program run, inside a tape or another trace. */
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

/** The end of a trace and its scope: tapes opened in it are closed. */
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
    expect(p.blocksAt == at + offsetof<Program>()); // not something else in its place
  }
}
