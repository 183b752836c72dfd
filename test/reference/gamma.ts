/** The logarithm of the gamma function and its derivatives, in plain loops. After Abramowitz & Stegun, "Handbook of Mathematical Functions", 1964, chapter 6. */
import { type Num, realOnly, unary } from './dual.js';

/** Bernoulli's numbers B₂, B₄, … */
const BERNOULLI = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510];
/** From here on series in 1/x are taken. */
const FAR = 20;

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));

/** 6.1.41, shifted by the recurrence. */
function logGamma(x: number): number {
  if (x < FAR) return logGamma(x + 1) - Math.log(x);
  const series = BERNOULLI.reduce((sum, b, i) => sum + b / ((2 * i + 2) * (2 * i + 1) * x ** (2 * i + 1)), 0);
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + series;
}

/** 6.3.18, shifted by the recurrence. */
function psi(x: number): number {
  if (x < FAR) return psi(x + 1) - 1 / x;
  return Math.log(x) - 0.5 / x - BERNOULLI.reduce((sum, b, i) => sum + b / ((2 * i + 2) * x ** (2 * i + 2)), 0);
}

/** 6.4.11, shifted by the recurrence, for n ≥ 1. */
function derivative(n: number, x: number): number {
  const sign = n % 2 ? 1 : -1;
  if (x < FAR) return derivative(n, x + 1) + (sign * factorial(n)) / x ** (n + 1);
  const series = BERNOULLI.reduce((sum, b, i) => sum + (b * factorial(2 * i + 1 + n)) / (factorial(2 * i + 2) * x ** (2 * i + 2 + n)), 0);
  return sign * (factorial(n - 1) / x ** n + factorial(n) / (2 * x ** (n + 1)) + series);
}

export const polygamma = (n: number): ((x: Num) => Num) =>
  unary(
    (x) => (n ? derivative(n, x) : psi(x)),
    realOnly,
    (x) => polygamma(n + 1)(x),
  );

export const digamma = polygamma(0);
export const lgamma = unary(logGamma, realOnly, digamma);
