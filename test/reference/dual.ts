/**
 * Forward mode, independent of the library: numbers x + x′ε with ε² = 0, whose parts are real, complex or such numbers again.
 * A function written with these operations gives its value on numbers, its derivative along a direction on dual ones, and the
 * second derivative along two directions on duals of duals. No tensors.
 */

import type { Complex } from './complex.js';
import * as c from './complex.js';

/** A number whose tangent belongs to the direction `level`; parts have lower levels. */
export class Dual {
  constructor(
    readonly level: number,
    readonly value: Num,
    readonly tangent: Num,
  ) {}
}

export type Num = number | Complex | Dual;

/** The number without its tangents. */
export function primal(x: Num): number | Complex {
  return x instanceof Dual ? primal(x.value) : x;
}

/** The coefficient of ε of `level`: 0 for what does not depend on that direction. */
export function tangentOf(x: Num, level: number): Num {
  if (!(x instanceof Dual) || x.level < level) return 0;
  return x.level === level ? x.tangent : new Dual(x.level, tangentOf(x.value, level), tangentOf(x.tangent, level));
}

/** The primal as a real number; complex ones have no order. */
export function real0(x: Num): number {
  const p = primal(x);
  if (typeof p === 'number') return p;
  throw new TypeError('a complex number where the reference expects a real one');
}

/** The size of the primal. */
export function modulus(x: Num): number {
  const p = primal(x);
  return typeof p === 'number' ? Math.abs(p) : c.abs(p);
}

export const isNegative = (x: Num): boolean => real0(x) < 0 || Object.is(real0(x), -0);
export const isComplex = (x: Num): boolean => typeof primal(x) === 'object';
const wide = (x: number | Complex): Complex => (typeof x === 'number' ? c.complex(x) : x);

type Real1 = (x: number) => number;
type Complex1 = (x: Complex) => number | Complex;

/** The complex form of functions without one: it throws. */
export const realOnly = (): Complex => c.complex(Number.NaN, Number.NaN);

/** A function of one number: for reals, for complex numbers, and its derivative from x and y. */
export function unary(real: Real1, complex: Complex1, derivative: (x: Num, y: Num) => Num): (x: Num) => Num {
  const f = (x: Num): Num => {
    if (!(x instanceof Dual)) return typeof x === 'number' ? real(x) : complex(x);
    const y = f(x.value);
    return new Dual(x.level, y, mul(derivative(x.value, y), x.tangent));
  };
  return f;
}

/** A function of two numbers, whose tangent is linear in theirs. */
export function binary(
  real: (x: number, y: number) => number,
  complex: (x: Complex, y: Complex) => Complex,
  tangent: (x: Num, dx: Num, y: Num, dy: Num) => Num,
): (x: Num, y: Num) => Num {
  const f = (x: Num, y: Num): Num => {
    const level = Math.max(x instanceof Dual ? x.level : 0, y instanceof Dual ? y.level : 0);
    if (level > 0) {
      const [a, da] = split(x, level);
      const [b, db] = split(y, level);
      return new Dual(level, f(a, b), tangent(a, da, b, db));
    }
    return typeof x === 'number' && typeof y === 'number' ? real(x, y) : complex(wide(x as number | Complex), wide(y as number | Complex));
  };
  return f;
}

const split = (x: Num, level: number): [Num, Num] => (x instanceof Dual && x.level === level ? [x.value, x.tangent] : [x, 0]);

export const add = binary(
  (x, y) => x + y,
  c.add,
  (_x, dx, _y, dy) => add(dx, dy),
);
export const sub = binary(
  (x, y) => x - y,
  c.sub,
  (_x, dx, _y, dy) => sub(dx, dy),
);
export const mul = binary(
  (x, y) => x * y,
  c.mul,
  (x, dx, y, dy) => add(mul(dx, y), mul(x, dy)),
);
export const div = binary(
  (x, y) => x / y,
  c.div,
  (x, dx, y, dy) => sub(div(dx, y), div(mul(x, dy), mul(y, y))),
);
export const neg = (x: Num): Num => sub(0, x);
export const square = (x: Num): Num => mul(x, x);

/** Real-linear functions act on value and tangent alike. */
function linear(real: Real1, complex: Complex1): (x: Num) => Num {
  const f = (x: Num): Num => (x instanceof Dual ? new Dual(x.level, f(x.value), f(x.tangent)) : typeof x === 'number' ? real(x) : complex(x));
  return f;
}

export const conj = linear((x) => x, c.conj);
export const re = linear(
  (x) => x,
  (x) => x.re,
);
export const im = linear(
  () => 0,
  (x) => x.im,
);
export const toComplex = (x: Num, y: Num = 0): Num => add(x, mul(c.complex(0, 1), y));

/** A number known by its value, constant around it: floor, sign, comparisons. */
export const constant =
  (f: Real1) =>
  (x: Num): Num =>
    f(real0(x));

export const exp = unary(Math.exp, c.exp, (_x, y) => y);
export const expm1 = unary(Math.expm1, c.expm1, (x) => exp(x));
export const log = unary(Math.log, c.log, (x) => div(1, x));
export const log1p = unary(Math.log1p, c.log1p, (x) => div(1, add(1, x)));
export const exp2 = unary(
  (x) => 2 ** x,
  (x) => c.exp(c.scale(x, Math.LN2)),
  (_x, y) => mul(Math.LN2, y),
);
export const log2 = unary(
  Math.log2,
  (x) => c.scale(c.log(x), Math.LOG2E),
  (x) => div(Math.LOG2E, x),
);
export const log10 = unary(
  Math.log10,
  (x) => c.scale(c.log(x), Math.LOG10E),
  (x) => div(Math.LOG10E, x),
);
export const sqrt = unary(Math.sqrt, c.sqrt, (_x, y) => div(0.5, y));
export const cbrt = unary(
  Math.cbrt,
  (x) => c.exp(c.scale(c.log(x), 1 / 3)),
  (x, y) => div(y, mul(3, x)),
);

export const sin = unary(Math.sin, c.sin, (x) => cos(x));
export const cos = unary(Math.cos, c.cos, (x) => neg(sin(x)));
export const tan = unary(Math.tan, c.tan, (_x, y) => add(1, square(y)));
export const asin = unary(Math.asin, c.asin, (x) => div(1, sqrt(sub(1, square(x)))));
export const acos = unary(Math.acos, c.acos, (x) => div(-1, sqrt(sub(1, square(x)))));
export const atan = unary(Math.atan, c.atan, (x) => div(1, add(1, square(x))));
export const sinh = unary(Math.sinh, c.sinh, (x) => cosh(x));
export const cosh = unary(Math.cosh, c.cosh, (x) => sinh(x));
export const tanh = unary(Math.tanh, c.tanh, (_x, y) => sub(1, square(y)));
export const asinh = unary(Math.asinh, c.asinh, (x) => div(1, sqrt(add(square(x), 1))));
export const acosh = unary(Math.acosh, c.acosh, (x) => div(1, mul(sqrt(sub(x, 1)), sqrt(add(x, 1)))));
export const atanh = unary(Math.atanh, c.atanh, (x) => div(1, sub(1, square(x))));

/** |x|, away from 0 in forward mode: of complex numbers √(Re² + Im²). */
export function abs(x: Num): Num {
  if (!isComplex(x)) return isNegative(x) ? neg(x) : x;
  if (!(x instanceof Dual)) return c.abs(x as Complex);
  return sqrt(add(square(re(x)), square(im(x))));
}

/** Arctangent of y/x in the quadrant of (x, y). */
export const atan2 = binary(Math.atan2, realOnly, (y, dy, x, dx) => div(sub(mul(x, dy), mul(y, dx)), add(square(x), square(y))));
export const angle = (x: Num): Num => atan2(im(x), re(x));

/** xʸ = exp(y·log x), with 0 to powers of positive real part; reals by the host. */
export const pow = binary(
  (x, y) => x ** y,
  (x, y) => (x.re === 0 && x.im === 0 ? c.complex(y.re === 0 && y.im === 0 ? 1 : 0) : c.exp(c.mul(y, c.log(x)))),
  (x, dx, y, dy) => add(isZero(dx) ? 0 : mul(mul(y, pow(x, sub(y, 1))), dx), isZero(dy) ? 0 : mul(mul(pow(x, y), log(x)), dy)),
);

function isZero(x: Num): boolean {
  if (x instanceof Dual) return isZero(x.value) && isZero(x.tangent);
  return typeof x === 'number' ? x === 0 : x.re === 0 && x.im === 0;
}

export const less = (x: Num, y: Num): boolean => real0(x) < real0(y);
/** Ties go to the first. NaN wins. */
export const maximum = (x: Num, y: Num): Num => (real0(x) >= real0(y) || Number.isNaN(real0(x)) ? x : y);
export const minimum = (x: Num, y: Num): Num => (real0(x) <= real0(y) || Number.isNaN(real0(x)) ? x : y);
export const sum = (xs: readonly Num[]): Num => xs.reduce(add, 0);
