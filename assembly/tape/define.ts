/** How a family adds an op to the registry, and the words that its block is written in. Knows no op. */
import { Op } from '../shared/opcode';
import { View } from './backward';
import { Call } from './call';
import { enroll } from './registry';

/** Makes the outputs' records (dtype, shape; for a view strides and storage too); false after `fail`. */
export type Infer = (c: Call) => bool;
/** Computes the outputs' elements; called for empty outputs only where its op has CHECKS. */
export type Forward = (c: Call) => void;
/** Gives cotangents to the inputs. */
export type Vjp = (v: View) => void;

/** Which elements a vjp reads besides the cotangent: inputs, the first output. Shapes and dtypes are always there. */
export const NOTHING: u32 = 0;
export const X: u32 = 1;
export const X0: u32 = 1;
export const X1: u32 = 2;
export const X2: u32 = 4;
export const Y: u32 = 1 << 16;
/** Besides: shape rule or kernel checks operands' elements, the kernel alone when a program runs, also where there is nothing to compute. */
export const CHECKS: u32 = 1 << 31;

/** A differentiable op of the dtypes in the set. */
export function define(op: Op, dtypes: u32, infer: Infer, forward: Forward, saves: u32, vjp: Vjp): void {
  enroll(op, dtypes, changetype<u32>(infer), changetype<u32>(forward), changetype<u32>(vjp), saves);
}

/** A differentiable op whose result views its operand: all of the work is in the shape rule. */
export function defineView(op: Op, dtypes: u32, infer: Infer, vjp: Vjp): void {
  enroll(op, dtypes, changetype<u32>(infer), 0, changetype<u32>(vjp), NOTHING);
}

/** An op without a gradient, on purpose: what depends on it is unconnected. */
export function zeroGradient(op: Op, dtypes: u32, infer: Infer, forward: Forward, checks: u32 = NOTHING): void {
  enroll(op, dtypes, changetype<u32>(infer), changetype<u32>(forward), 0, checks);
}
