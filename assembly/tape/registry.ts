/**
 * The table from opcode to shape rule, kernel and gradient rule: indices of the function table in reserved memory, filled at start.
 * Knows no op; families add theirs through `define.ts`.
 *
 *   row  ┌───────┬─────────┬─────┬────────┬───────┬────────────┬────────┬────────┐  of 32-bit words
 *        │ infer │ forward │ vjp │ dtypes │ saves │ kernels[6] │ linear │ sloped │
 *        └───────┴─────────┴─────┴────────┴───────┴────────────┴────────┴────────┘
 *
 * An elementwise op has a kernel for each dtype, a pass over the current tile. Its word holds the kernel's index, and from bit 16 on the result's
 * dtype.
 */
import { Op } from '../shared/opcode';
import { isComplex } from '../tensor/dtype';

const ROW = 64;
const KERNELS: usize = 20;
const LINEAR: usize = 44;
const SLOPED: usize = 48;
const TABLE = memory.data(Op.count * ROW, 16);

// @ts-ignore: decorator
@inline
function row(op: i32): usize {
  return TABLE + <usize>(op * ROW);
}

export function enroll(op: i32, dtypes: u32, infer: u32, forward: u32, vjp: u32, saves: u32, linear: u32): void {
  const r = row(op);
  store<u32>(r, infer);
  store<u32>(r, forward, 4);
  store<u32>(r, vjp, 8);
  store<u32>(r, dtypes, 12);
  store<u32>(r, saves, 16);
  store<u32>(r, linear, LINEAR);
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

/** Bit i: the gradient reads input i; bit 16 + j: output j; bit 31: the op checks its operands' elements. */
// @ts-ignore: decorator
@inline
export function savesOf(op: i32): u32 {
  return load<u32>(row(op), 16);
}

/** Whether a replay calls the kernel for empty outputs too. */
// @ts-ignore: decorator
@inline
export function alwaysRuns(op: i32): bool {
  return <i32>savesOf(op) < 0;
}

/** A bit beside those of operands: the op is linear in all of them together. */
export const JOINT: u32 = 1 << 30;
/** The op is elementwise, but on complex numbers not holomorphic. */
export const BENT: u32 = 1 << 31;

/** Bit i: the op is linear in operand i, over the reals at least. */
// @ts-ignore: decorator
@inline
export function linearOf(op: i32): u32 {
  return load<u32>(row(op), LINEAR);
}

/** Whether `op`, from and to these dtypes, has a diagonal Jacobian by each operand, complex if the result is: an elementwise, holomorphic op. */
export function isDiagonal(op: i32, from: i32, to: i32): bool {
  return kernelOf(op, from) != 0 && isComplex(from) == isComplex(to) && !(linearOf(op) & BENT);
}

/** Adds the kernel of an elementwise op for operands of `dtype`. */
export function enrollKernel(op: i32, dtype: i32, index: u32, result: i32): void {
  const r = row(op);
  store<u32>(r + (dtype << 2), index | (result << 16), KERNELS);
  store<u32>(r, load<u32>(r, 12) | (1 << dtype), 12);
}

/** Kernel and result dtype of an elementwise op; 0 for any other. */
// @ts-ignore: decorator
@inline
export function kernelOf(op: i32, dtype: i32): u32 {
  return load<u32>(row(op) + (dtype << 2), KERNELS);
}

/** The op that computes an elementwise op's slope in the same pass, for operands of `dtype`, which is its own; 0 where there is none. */
// @ts-ignore: decorator
@inline
export function slopedOf(op: i32, dtype: i32): i32 {
  const sloped = load<i32>(row(op), SLOPED);
  return sloped && kernelOf(sloped, dtype) ? sloped : 0;
}

export function enrollSloped(op: i32, sloped: i32): void {
  store<i32>(row(op), sloped, SLOPED);
  store<i32>(row(sloped), sloped, SLOPED);
}

// @ts-ignore: decorator
@inline
export function indexOf(kernel: u32): u32 {
  return kernel & 0xffff;
}

// @ts-ignore: decorator
@inline
export function resultOf(kernel: u32): i32 {
  return <i32>(kernel >> 16);
}

/** Replaces op's gradient rule by another op's, to show that the tests notice it. Only the sanitizer build has this. */
export function mutate(op: i32, as: i32): void {
  if (isDefined(SANITIZE)) store<u32>(row(op), vjpOf(as), 8);
}
