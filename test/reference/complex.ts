/**
 * Complex elementary functions in plain JavaScript, with the branch cuts of C99. No tensors, no derivatives.
 * Formulas after Kahan, "Branch Cuts for Complex Elementary Functions, or Much Ado About Nothing's Sign Bit", 1987.
 */
export interface Complex {
  readonly re: number;
  readonly im: number;
}

export const complex = (re: number, im = 0): Complex => ({ re, im });

export const add = (x: Complex, y: Complex): Complex => complex(x.re + y.re, x.im + y.im);
export const sub = (x: Complex, y: Complex): Complex => complex(x.re - y.re, x.im - y.im);
export const mul = (x: Complex, y: Complex): Complex => complex(x.re * y.re - x.im * y.im, x.re * y.im + x.im * y.re);
export const conj = (x: Complex): Complex => complex(x.re, -x.im);
export const scale = (x: Complex, k: number): Complex => complex(x.re * k, x.im * k);
export const abs = (x: Complex): number => Math.hypot(x.re, x.im);
export const angle = (x: Complex): number => (x.re === 0 && x.im === 0 ? 0 : Math.atan2(x.im, x.re));

/** x/y after Smith, "Algorithm 116: Complex division", 1962. */
export function div(x: Complex, y: Complex): Complex {
  if (Math.abs(y.re) >= Math.abs(y.im)) {
    const r = y.im / y.re;
    const d = y.re + y.im * r;
    return complex((x.re + x.im * r) / d, (x.im - x.re * r) / d);
  }
  const r = y.re / y.im;
  const d = y.re * r + y.im;
  return complex((x.re * r + x.im) / d, (x.im * r - x.re) / d);
}

export function exp(x: Complex): Complex {
  const r = Math.exp(x.re);
  return complex(r * Math.cos(x.im), r * Math.sin(x.im));
}

/** eˣ − 1 = expm1(a)·cos b − 2 sin²(b/2) + i·eᵃ·sin b. */
export function expm1(x: Complex): Complex {
  const half = Math.sin(x.im / 2);
  return complex(Math.expm1(x.re) * Math.cos(x.im) - 2 * half * half, Math.exp(x.re) * Math.sin(x.im));
}

/** log |x|, which near |x| = 1 comes from |x|² − 1. */
function logAbs({ re, im }: Complex): number {
  const big = Math.max(Math.abs(re), Math.abs(im));
  const small = Math.min(Math.abs(re), Math.abs(im));
  if (big > 0.5 && big < 2) return 0.5 * Math.log1p((big - 1) * (big + 1) + small * small);
  return Math.log(Math.hypot(re, im));
}

export const log = (x: Complex): Complex => complex(logAbs(x), Math.atan2(x.im, x.re));
export const log1p = (x: Complex): Complex => complex(0.5 * Math.log1p(x.re * (x.re + 2) + x.im * x.im), Math.atan2(x.im, 1 + x.re));

export function sqrt(x: Complex): Complex {
  const r = Math.sqrt((Math.hypot(x.re, x.im) + Math.abs(x.re)) / 2);
  if (r === 0) return complex(0, x.im);
  const other = x.im / (2 * r);
  if (x.re >= 0) return complex(r, other);
  const negative = x.im < 0 || Object.is(x.im, -0);
  return complex(Math.abs(other), negative ? -r : r);
}

export const sin = (x: Complex): Complex => complex(Math.sin(x.re) * Math.cosh(x.im), Math.cos(x.re) * Math.sinh(x.im));
export const cos = (x: Complex): Complex => complex(Math.cos(x.re) * Math.cosh(x.im), -Math.sin(x.re) * Math.sinh(x.im));

/** tan(a + ib) = (t(1 − h²) + ih(1 + t²))/(1 + t²h²) with t = tan a, h = tanh b. */
export function tan(x: Complex): Complex {
  const t = Math.tan(x.re);
  const c = Math.cosh(x.im);
  const h = Math.tanh(x.im);
  const d = 1 + t * t * h * h;
  return complex(t / (c * c) / d, (h * (1 + t * t)) / d);
}

/** i·x and −i·x, by which the hyperbolic functions are the circular ones. */
const turn = (x: Complex): Complex => complex(-x.im, x.re);
const turnBack = (x: Complex): Complex => complex(x.im, -x.re);

export const sinh = (x: Complex): Complex => turnBack(sin(turn(x)));
export const cosh = (x: Complex): Complex => cos(turn(x));
export const tanh = (x: Complex): Complex => turnBack(tan(turn(x)));

const onePlus = (x: Complex): Complex => complex(1 + x.re, x.im);
const oneMinus = (x: Complex): Complex => complex(1 - x.re, -x.im);

export function asin(x: Complex): Complex {
  const minus = sqrt(oneMinus(x));
  const plus = sqrt(onePlus(x));
  return complex(Math.atan2(x.re, mul(minus, plus).re), Math.asinh(mul(conj(minus), plus).im));
}

export function acos(x: Complex): Complex {
  const minus = sqrt(oneMinus(x));
  const plus = sqrt(onePlus(x));
  return complex(2 * Math.atan2(minus.re, plus.re), Math.asinh(mul(conj(plus), minus).im));
}

export function acosh(x: Complex): Complex {
  const minus = sqrt(complex(x.re - 1, x.im));
  const plus = sqrt(onePlus(x));
  return complex(Math.asinh(mul(conj(minus), plus).re), 2 * Math.atan2(minus.im, plus.re));
}

export function atanh({ re, im }: Complex): Complex {
  const rest = (1 - re) * (1 - re) + im * im;
  return complex(0.25 * Math.log1p((4 * re) / rest), 0.5 * Math.atan2(2 * im, (1 - re) * (1 + re) - im * im));
}

export const asinh = (x: Complex): Complex => turnBack(asin(turn(x)));
export const atan = (x: Complex): Complex => turnBack(atanh(turn(x)));
