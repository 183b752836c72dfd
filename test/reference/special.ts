/** Special functions that JavaScript lacks, in plain loops. After Abramowitz & Stegun, "Handbook of Mathematical Functions", 1964, chapter 7. */
import { div, exp, log, mul, type Num, neg, realOnly, square, unary } from './dual.js';

const TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);

/** e^(−x²), the square in two parts. */
function bell(x: number): number {
  const head = Math.fround(x);
  return Math.exp(-head * head) * Math.exp((head - x) * (head + x));
}

/** 7.1.6: a series of positive terms. */
function series(x: number): number {
  let sum = 0;
  for (let n = 0, term = x; Math.abs(term) > Math.abs(sum) * 1e-18; n++, term *= (2 * x * x) / (2 * n + 1)) sum += term;
  return TWO_OVER_ROOT_PI * bell(x) * sum;
}

/** 7.1.14: a continued fraction, for x from 1. */
function tail(x: number): number {
  let fraction = 0;
  for (let n = 200; n > 0; n--) fraction = n / 2 / (x + fraction);
  return bell(x) / Math.sqrt(Math.PI) / (x + fraction);
}

export const erf = unary(
  (x) => (Math.abs(x) < 1 ? series(x) : Math.sign(x) * (1 - tail(Math.abs(x)))),
  realOnly,
  (x) => mul(TWO_OVER_ROOT_PI, exp(neg(square(x)))),
);
export const erfc = unary(
  (x) => (x < 1 ? 1 - erfOf(x) : tail(x)),
  realOnly,
  (x) => mul(-TWO_OVER_ROOT_PI, exp(neg(square(x)))),
);

const erfOf = (x: number): number => erf(x) as number;

/** x with f(x) = y, by Newton's method; f falls or rises, with the derivative given. */
function inverse(f: (x: number) => number, slope: (x: number) => number, y: number): number {
  let x = 0;
  for (let i = 0; i < 60; i++) x -= Math.max(-0.5, Math.min(0.5, (f(x) - y) / slope(x)));
  return x;
}

const slopeOf = (x: number): number => TWO_OVER_ROOT_PI * bell(x);

export const erfinv = unary(
  (y) => (Math.abs(y) === 1 ? y / 0 : inverse(erfOf, slopeOf, y)),
  realOnly,
  (_, w) => div(exp(square(w)), TWO_OVER_ROOT_PI),
);
export const erfcinv = unary(
  (y) =>
    y === 0 || y === 2
      ? (1 - y) / 0
      : inverse(
          (x) => erfc(x) as number,
          (x) => -slopeOf(x),
          y,
        ),
  realOnly,
  (_, w) => div(exp(square(w)), -TWO_OVER_ROOT_PI),
);
export const ndtr = (x: Num): Num => mul(0.5, erfc(mul(-Math.SQRT1_2, x)));
export const ndtri = (x: Num): Num => mul(-Math.SQRT2, erfcinv(mul(2, x)));
export const logNdtr = (x: Num): Num => log(ndtr(x));
