/** The parts of floating-point numbers, their neighbours, NaN and infinities. No methods. */
import { DType } from '../../assembly/shared/abi.js';
import type { TensorLike } from '../convert.js';
import { isComplex, isInexact } from '../dtype.js';
import { DTypeError, refused } from '../errors.js';
import { ALONE, FLAG, NOT_NEGATIVE, REAL, TENSOR } from '../kinds.js';
import type { Tensor } from '../tensor.js';
import { abs, add, copysign, mul, neg, sub } from './arithmetic.js';
import {
  equal,
  floor,
  greater,
  greaterEqual,
  isFinite as isFiniteNumber,
  isInf as isInfinite,
  isNaN as isNoNumber,
  less,
  lessEqual,
  logicalAnd,
  logicalOr,
  notEqual,
  where,
} from './comparison.js';
import { complex, imag, real } from './complex.js';
import { type Binary, converted, functionRow, inexact, inexactBeside, type Unary } from './define.js';
import { stopGradient } from './identity.js';
import { exp2, log2 } from './transcendental.js';

/** Whether the sign of x is a minus, that of −0 too. f32 f64 i32 → bool. No gradient. */
export const signbit: Unary = /* @__PURE__ */ functionRow('signbit', { x: ALONE }, (x) => less(copysign(1, x), 0));

/**
 * x = mantissa·2^exponent with ½ ≤ |mantissa| < 1 and a whole exponent (i32), exactly; 0, ±∞ and NaN are their own mantissas. f32 f64.
 * Gradient ȳ·2^−exponent by the mantissa; the exponent has none.
 */
export const frexp: (x: TensorLike) => { readonly mantissa: Tensor; readonly exponent: Tensor } = /* @__PURE__ */ functionRow('frexp', { x: ALONE }, (x) => {
  if (isComplex(x.dtypeNumber)) throw refused(DTypeError, 'frexp', 'takes float32 or float64', { x });
  const t = inexact(x);
  const size = abs(stopGradient(t));
  const isOrdinary = logicalAnd(isFiniteNumber(size), notEqual(size, 0));
  const near = where(isOrdinary, add(floor(log2(where(isOrdinary, size, 1))), 1), 0); // at most 1 off
  const half = floor(mul(near, 0.5));
  const m = mul(mul(t, exp2(neg(half))), exp2(sub(half, near))); // each factor is a normal number
  const isLarge = logicalAnd(isOrdinary, greaterEqual(abs(m), 1));
  const isSmall = logicalAnd(isOrdinary, less(abs(m), 0.5));
  const exponent = sub(add(near, converted(isLarge, t.dtypeNumber)), converted(isSmall, t.dtypeNumber));
  return { mantissa: mul(m, where(isLarge, 0.5, where(isSmall, 2, converted(isLarge, t.dtypeNumber).add(1)))), exponent: converted(exponent, DType.int32) };
});

/** The largest number of a float dtype, half the unit in the last place of 1, and the smallest number above 0. */
const EXTREMES = [
  { most: 2 ** 128 - 2 ** 104, unit: 2 ** -24, least: 2 ** -149 },
  { most: Number.MAX_VALUE, unit: 2 ** -53, least: Number.MIN_VALUE },
] as const;

/**
 * The number next to x in the direction of y; y where they are equal. f32 f64. No gradient.
 * Rump, Zimmermann, Boldo and Melquiond, "Computing predecessor and successor in rounding to nearest", 2009, algorithm 2.
 */
export const nextAfter: Binary = /* @__PURE__ */ functionRow('nextAfter', { x: TENSOR, y: TENSOR }, (from, towards) => {
  const x = stopGradient(inexactBeside(from, towards));
  const y = stopGradient(inexactBeside(towards, from));
  const { most, unit, least } = EXTREMES[x.dtypeNumber & 1] as (typeof EXTREMES)[0];
  const phi = unit * (1 + 2 * unit);
  const size = abs(x);
  const direction = where(greater(y, x), 1, where(less(y, x), -1, mul(size, 0)));
  const step = where(greaterEqual(size, least / unit / unit / 2), mul(size, phi), least);
  const raised = mul(x, 1 / unit);
  const between = mul(add(raised, mul(direction, mul(abs(raised), phi))), unit);
  const isBetween = logicalAnd(greaterEqual(size, least / unit), less(size, least / unit / unit / 2));
  const next = where(isBetween, between, add(x, mul(direction, step)));
  const inside = where(isInfinite(x), copysign(most, x), where(equal(next, 0), copysign(0, x), next));
  return where(logicalOr(equal(x, y), isNoNumber(y)), y, inside);
});

export interface NanToNumOptions {
  /** The number in place of NaN: 0 by default. */
  readonly nan?: number;
  /** The number in place of ∞: the largest number of the dtype by default. */
  readonly posInf?: number;
  /** The number in place of −∞: the lowest number of the dtype by default. */
  readonly negInf?: number;
}

/** x with numbers for NaN, ∞ and −∞, in each part of a complex number. f32 f64 c64 c128 i32. Gradient ȳ where x is finite, else 0. */
export const nanToNum: (x: TensorLike, options?: NanToNumOptions) => Tensor = /* @__PURE__ */ functionRow(
  'nanToNum',
  { x: ALONE },
  { nan: [REAL, 0], posInf: [REAL], negInf: [REAL] },
  (x, { nan, posInf, negInf }) => {
    if (!isInexact(x.dtypeNumber)) return stopGradient(x);
    const { most } = EXTREMES[x.dtypeNumber & 1] as (typeof EXTREMES)[0];
    const finite = (t: Tensor): Tensor =>
      where(isNoNumber(t), nan, where(equal(t, Number.POSITIVE_INFINITY), posInf ?? most, where(equal(t, Number.NEGATIVE_INFINITY), negInf ?? -most, t)));
    return isComplex(x.dtypeNumber) ? complex(finite(real(x)), finite(imag(x))) : finite(x);
  },
);

export interface IsCloseOptions {
  /** The tolerance relative to |y|: 1e-5 by default. */
  readonly rtol?: number;
  /** The absolute tolerance, added to it: 1e-8 by default. */
  readonly atol?: number;
  /** Whether NaN is close to NaN. */
  readonly equalNan?: boolean;
}

/** |x − y| ≤ atol + rtol·|y|; an infinity is close to itself only. Any dtype → bool. No gradient. */
export const isClose: (x: TensorLike, y: TensorLike, options?: IsCloseOptions) => Tensor = /* @__PURE__ */ functionRow(
  'isClose',
  { x: TENSOR, y: TENSOR },
  { rtol: [NOT_NEGATIVE, 1e-5], atol: [NOT_NEGATIVE, 1e-8], equalNan: [FLAG, false] },
  (x, y, { rtol, atol, equalNan }) => {
    const [a, b] = [inexactBeside(x, y), inexactBeside(y, x)];
    const isNear = logicalAnd(isFiniteNumber(b), lessEqual(abs(sub(a, b)), add(mul(abs(b), rtol), atol)));
    const isSame = logicalOr(isNear, equal(a, b));
    return equalNan ? logicalOr(isSame, logicalAnd(isNoNumber(a), isNoNumber(b))) : isSame;
  },
);
