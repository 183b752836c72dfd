/** Functions of whole numbers' bits, and the division that rounds towards 0. No methods. */
import { Op } from '../../assembly/shared/opcode.js';
import { apply2 } from '../call.js';
import { isInexact } from '../dtype.js';
import { TENSOR } from '../kinds.js';
import { opName } from '../opnames.js';
import type { Tensor } from '../tensor.js';
import { add, copysign, floorDiv, mul, remainder, sub } from './arithmetic.js';
import { less, logicalAnd, notEqual, where } from './comparison.js';
import { type Binary, functionRow } from './define.js';

const PAIR = { x: TENSOR, y: TENSOR };

const ofBits = (op: Op): Binary => functionRow(opName(op), PAIR, (x, y) => apply2(op, x, y));

/** The bits that x and y both have. i32 bool. No gradient. */
export const bitwiseAnd = /* @__PURE__ */ ofBits(Op.bitwiseAnd);
/** The bits that x or y has. i32 bool. No gradient. */
export const bitwiseOr = /* @__PURE__ */ ofBits(Op.bitwiseOr);
/** The bits that x or y has, but not both. i32 bool. No gradient. */
export const bitwiseXor = /* @__PURE__ */ ofBits(Op.bitwiseXor);
/** x·2^y modulo 2³², 0 where y is negative or above 31. i32. No gradient. */
export const leftShift = /* @__PURE__ */ ofBits(Op.leftShift);
/** ⌊x/2^y⌋, 0 or −1 where y is negative or above 31. i32. No gradient. */
export const rightShift = /* @__PURE__ */ ofBits(Op.rightShift);

const areWhole = (x: Tensor, y: Tensor): boolean => !isInexact(x.dtypeNumber) && !isInexact(y.dtypeNumber);

/**
 * x − y·trunc(x/y), of the sign of x and exact: C's fmod. f32 f64 i32. Gradient ȳ for x, −ȳ·trunc(x/y) for y.
 * @throws TypeError when an int32 divisor is 0.
 */
export const fmod: Binary = /* @__PURE__ */ functionRow('fmod', PAIR, (x, y) => {
  if (!areWhole(x, y)) return remainder(x, copysign(y, x));
  const r = remainder(x, y);
  return where(logicalAnd(notEqual(r, 0), notEqual(less(r, 0), less(x, 0))), sub(r, y), r);
});

/** trunc(x/y), by the exact quotient. f32 f64 i32. No gradient. @throws TypeError when an int32 divisor is 0. */
export const truncDiv: Binary = /* @__PURE__ */ functionRow('truncDiv', PAIR, (x, y) => {
  if (!areWhole(x, y)) return mul(floorDiv(x, copysign(y, x)), mul(copysign(1, x), copysign(1, y)));
  const q = floorDiv(x, y);
  return where(logicalAnd(notEqual(remainder(x, y), 0), less(q, 0)), add(q, 1), q);
});
