/**
 * The table from opcode to shape rule, kernel and gradient: function-table indices in reserved memory, filled at start.
 * Knows no op; `define.ts` is how families add theirs.
 *
 *   row  ┌───────┬─────────┬─────┬────────┬───────┐  of 32-bit words
 *        │ infer │ forward │ vjp │ dtypes │ saves │
 *        └───────┴─────────┴─────┴────────┴───────┘
 */
import { Op } from '../shared/opcode';

const ROW = 32;
const TABLE = memory.data(Op.count * ROW, 16);

// @ts-ignore: decorator
@inline
function row(op: i32): usize {
  return TABLE + <usize>(op * ROW);
}

export function enroll(op: i32, dtypes: u32, infer: u32, forward: u32, vjp: u32, saves: u32): void {
  const r = row(op);
  store<u32>(r, infer);
  store<u32>(r, forward, 4);
  store<u32>(r, vjp, 8);
  store<u32>(r, dtypes, 12);
  store<u32>(r, saves, 16);
}

// @ts-ignore: decorator
@inline
export function inferOf(op: i32): u32 {
  return load<u32>(row(op));
}

/** 0 when the shape rule does all the work. */
// @ts-ignore: decorator
@inline
export function forwardOf(op: i32): u32 {
  return load<u32>(row(op), 4);
}

/** 0 when the op has no gradient. */
// @ts-ignore: decorator
@inline
export function vjpOf(op: i32): u32 {
  return load<u32>(row(op), 8);
}

// @ts-ignore: decorator
@inline
export function dtypesOf(op: i32): u32 {
  return load<u32>(row(op), 12);
}

/** Bit i: the gradient reads input i; bit 16 + j: output j. */
// @ts-ignore: decorator
@inline
export function savesOf(op: i32): u32 {
  return load<u32>(row(op), 16);
}

/** Makes op's gradient rule another op's, to show that the tests notice. Only the sanitizer build has it. */
export function mutate(op: i32, as: i32): void {
  if (isDefined(SANITIZE)) store<u32>(row(op), vjpOf(as), 8);
}
