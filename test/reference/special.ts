/** Special functions that JavaScript lacks, in plain loops. After Abramowitz & Stegun, "Handbook of Mathematical Functions", 1964, chapter 7. */
import { exp, mul, neg, realOnly, square, unary } from './dual.js';

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
