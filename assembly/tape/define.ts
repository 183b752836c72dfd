/** The functions by which a family adds an op to the registry, and the constants that they take. Knows no op. */
import { Op } from '../shared/opcode';
import { View } from './backward';
import { Call } from './call';
import { enroll } from './registry';

/** A shape rule: makes the outputs' records (dtype, shape; for a view strides and storage too); false after `fail`. */
export type Infer = (c: Call) => bool;
/** A kernel: computes the outputs' elements. It is called for empty outputs only if the op has CHECKS. */
export type Forward = (c: Call) => void;
/** A gradient rule: gives cotangents to the inputs. */
export type Vjp = (v: View) => void;

/** The tensors whose elements a vjp reads besides the cotangent's: inputs, the first output. It can read every shape and dtype. */
export const NOTHING: u32 = 0;
export const X: u32 = 1;
export const X0: u32 = 1;
export const X1: u32 = 2;
export const X2: u32 = 4;
export const Y: u32 = 1 << 16;
/** The second output, the slope. */
export const D: u32 = 1 << 17;
/** Besides: the op checks its operands' elements, so a replay, which calls no shape rule, calls the kernel for empty results too. */
export const CHECKS: u32 = 1 << 31;

/** Operands in which an op is linear, at least over the reals: it is applied to their tangents. See Note [Tangents] */
export const IN0: u32 = 1;
export const IN1: u32 = 2;
export const IN2: u32 = 4;
export { BENT, JOINT } from './registry';

/** A differentiable op of the dtypes in the set. */
export function define(op: Op, dtypes: u32, infer: Infer, forward: Forward, saves: u32, vjp: Vjp, linear: u32 = 0): void {
  enroll(op, dtypes, changetype<u32>(infer), changetype<u32>(forward), changetype<u32>(vjp), saves, linear);
}

/** A differentiable op whose result views its operand: the shape rule does all the work. */
export function defineView(op: Op, dtypes: u32, infer: Infer, vjp: Vjp): void {
  enroll(op, dtypes, changetype<u32>(infer), 0, changetype<u32>(vjp), NOTHING, IN0);
}

/** An op that has no gradient on purpose: a target that depends on it does not depend on its inputs. */
export function zeroGradient(op: Op, dtypes: u32, infer: Infer, forward: Forward, checks: u32 = NOTHING): void {
  enroll(op, dtypes, changetype<u32>(infer), changetype<u32>(forward), 0, checks, 0);
}
