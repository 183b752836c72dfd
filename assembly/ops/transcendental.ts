/** Exponentials, logarithms, trigonometric and hyperbolic functions, and their complex forms. In comments x is the input, ȳ the cotangent. */
import { Xlogy } from '../kernels/arithmetic';
import * as z from '../kernels/complexmath';
import { Exp, Exp2, Expm1 } from '../kernels/exponential';
import { Erf, Erfc } from '../kernels/gaussian';
import { Acosh, Asinh, Atanh, Cosh, Sinh, Tanh } from '../kernels/hyperbolic';
import { Log, Log10, Log1p, Log2 } from '../kernels/logarithm';
import { Acos, Asin, Atan, Cos, Sin, Tan } from '../kernels/trig';
import { Op } from '../shared/opcode';
import { define, X, X0, X1, Y } from '../tape/define';
import { FLOATS, INEXACT, isComplex } from '../tensor/dtype';
import { Tensor } from '../tensor/tensor';
import { inexact1, real1, real2 } from './elementwise';
import { inferBroadcast, inferSame } from './infer';
import {
  chain, chainDiv, conj, constant, cos, cosh, equal, exp, hypot, lessEqual, log, logicalAnd, minus, mul, neg, scale, shift, sin, sinh, sqrt,
  square, tanhGrad, where, xdivy,
} from './prim';

const LN2 = 0.6931471805599453;
const LN10 = 2.302585092994046;
const TWO_OVER_SQRT_PI = 1.1283791670955126;

export function defineTranscendental(): void {
  defineExponentials();
  defineLogarithms();
  defineTrigonometric();
  defineInverseTrigonometric();
  defineHyperbolic();
  defineInverseHyperbolic();
  defineErrorFunctions();
}

function defineExponentials(): void {
  /** y = eˣ.  x̄ = ȳ·conj y. */
  define(Op.exp, INEXACT, inferSame, (c) => { inexact1<Exp, z.CExp>(c); }, Y,
    (v) => { v.give(0, chain(conj(v.output(0)), v.cotangent)); });

  /** y = eˣ − 1.  x̄ = ȳ·conj eˣ, for y + 1 cancels. */
  define(Op.expm1, INEXACT, inferSame, (c) => { inexact1<Expm1, z.CExpm1>(c); }, X,
    (v) => { v.give(0, chain(conj(exp(v.input(0))), v.cotangent)); });

  /** y = 2ˣ.  x̄ = ln 2·ȳ·conj y. */
  define(Op.exp2, INEXACT, inferSame, (c) => { inexact1<Exp2, z.CExp2>(c); }, Y,
    (v) => { v.give(0, chain(scale(conj(v.output(0)), LN2), v.cotangent)); });
}

function defineLogarithms(): void {
  /** y = log x.  x̄ = ȳ/conj x. */
  define(Op.log, INEXACT, inferSame, (c) => { inexact1<Log, z.CLog>(c); }, X,
    (v) => { v.give(0, chainDiv(v.cotangent, conj(v.input(0)))); });

  /** y = log₂ x.  x̄ = ȳ/(ln 2·conj x). */
  define(Op.log2, INEXACT, inferSame, (c) => { inexact1<Log2, z.CLog2>(c); }, X,
    (v) => { v.give(0, chainDiv(v.cotangent, scale(conj(v.input(0)), LN2))); });

  /** y = log₁₀ x.  x̄ = ȳ/(ln 10·conj x). */
  define(Op.log10, INEXACT, inferSame, (c) => { inexact1<Log10, z.CLog10>(c); }, X,
    (v) => { v.give(0, chainDiv(v.cotangent, scale(conj(v.input(0)), LN10))); });

  /** y = log(1 + x).  x̄ = ȳ/conj(1 + x). */
  define(Op.log1p, INEXACT, inferSame, (c) => { inexact1<Log1p, z.CLog1p>(c); }, X,
    (v) => { v.give(0, chainDiv(v.cotangent, shift(conj(v.input(0)), 1))); });

  /** y = x₀·log x₁, 0 where x₀ is 0.  x̄₀ = ȳ·log x₁, 0 where x₀ is 0 and x₁ ≤ 0.  x̄₁ = ȳ·x₀/x₁, 0 where x₀ is 0. */
  define(Op.xlogy, FLOATS, inferBroadcast, (c) => { real2<Xlogy>(c); }, X0 | X1,
    (v) => {
      const x = v.input(0);
      const y = v.input(1);
      if (v.needs(0)) {
        const zero = constant(0, x);
        const corner = logicalAnd(equal(x, zero), lessEqual(y, zero));
        v.give(0, chain(log(where(corner, constant(1, y), y)), v.cotangent));
      }
      if (v.needs(1)) v.give(1, chain(xdivy(x, y), v.cotangent));
    });
}

function defineTrigonometric(): void {
  /** y = sin x.  x̄ = ȳ·conj cos x. */
  define(Op.sin, INEXACT, inferSame, (c) => { inexact1<Sin, z.CSin>(c); }, X,
    (v) => { v.give(0, chain(conj(cos(v.input(0))), v.cotangent)); });

  /** y = cos x.  x̄ = −ȳ·conj sin x. */
  define(Op.cos, INEXACT, inferSame, (c) => { inexact1<Cos, z.CCos>(c); }, X,
    (v) => { v.give(0, neg(chain(conj(sin(v.input(0))), v.cotangent))); });

  /** y = tan x.  x̄ = ȳ·conj(1 + y²). */
  define(Op.tan, INEXACT, inferSame, (c) => { inexact1<Tan, z.CTan>(c); }, Y,
    (v) => { v.give(0, chain(shift(conj(square(v.output(0))), 1), v.cotangent)); });
}

function defineInverseTrigonometric(): void {
  /** y = asin x.  x̄ = ȳ/conj √(1 − x²). */
  define(Op.asin, INEXACT, inferSame, (c) => { inexact1<Asin, z.CAsin>(c); }, X,
    (v) => { v.give(0, chainDiv(v.cotangent, conj(sqrt(oneMinusSquare(v.input(0)))))); });

  /** y = acos x.  x̄ = −ȳ/conj √(1 − x²). */
  define(Op.acos, INEXACT, inferSame, (c) => { inexact1<Acos, z.CAcos>(c); }, X,
    (v) => { v.give(0, neg(chainDiv(v.cotangent, conj(sqrt(oneMinusSquare(v.input(0))))))); });

  /** y = atan x.  x̄ = ȳ/conj(1 + x²). */
  define(Op.atan, INEXACT, inferSame, (c) => { inexact1<Atan, z.CAtan>(c); }, X,
    (v) => { v.give(0, chainDiv(v.cotangent, shift(conj(square(v.input(0))), 1))); });
}

function defineHyperbolic(): void {
  /** y = sinh x.  x̄ = ȳ·conj cosh x. */
  define(Op.sinh, INEXACT, inferSame, (c) => { inexact1<Sinh, z.CSinh>(c); }, X,
    (v) => { v.give(0, chain(conj(cosh(v.input(0))), v.cotangent)); });

  /** y = cosh x.  x̄ = ȳ·conj sinh x. */
  define(Op.cosh, INEXACT, inferSame, (c) => { inexact1<Cosh, z.CCosh>(c); }, X,
    (v) => { v.give(0, chain(conj(sinh(v.input(0))), v.cotangent)); });

  /** y = tanh x.  x̄ = ȳ·conj(1 − y²). */
  define(Op.tanh, INEXACT, inferSame, (c) => { inexact1<Tanh, z.CTanh>(c); }, Y,
    (v) => {
      const y = v.output(0);
      v.give(0, isComplex(y.dtype) ? chain(conj(oneMinusSquare(y)), v.cotangent) : tanhGrad(y, v.cotangent));
    });
}

function defineInverseHyperbolic(): void {
  /** y = asinh x.  x̄ = ȳ/conj √(1 + x²). */
  define(Op.asinh, INEXACT, inferSame, (c) => { inexact1<Asinh, z.CAsinh>(c); }, X,
    (v) => {
      const x = v.input(0);
      const root = isComplex(x.dtype) ? conj(sqrt(shift(square(x), 1))) : hypot(x, constant(1, x));
      v.give(0, chainDiv(v.cotangent, root));
    });

  /** y = acosh x.  x̄ = ȳ/conj(√(x − 1)·√(x + 1)). */
  define(Op.acosh, INEXACT, inferSame, (c) => { inexact1<Acosh, z.CAcosh>(c); }, X,
    (v) => {
      const x = v.input(0);
      v.give(0, chainDiv(v.cotangent, conj(mul(sqrt(shift(x, -1)), sqrt(shift(x, 1))))));
    });

  /** y = atanh x.  x̄ = ȳ/conj(1 − x²). */
  define(Op.atanh, INEXACT, inferSame, (c) => { inexact1<Atanh, z.CAtanh>(c); }, X,
    (v) => { v.give(0, chainDiv(v.cotangent, conj(oneMinusSquare(v.input(0))))); });
}

function defineErrorFunctions(): void {
  /** y = erf x.  x̄ = 2/√π·ȳ·e^(−x²). */
  define(Op.erf, FLOATS, inferSame, (c) => { real1<Erf>(c); }, X,
    (v) => { v.give(0, chain(scale(exp(neg(square(v.input(0)))), TWO_OVER_SQRT_PI), v.cotangent)); });

  /** y = erfc x = 1 − erf x.  x̄ = −2/√π·ȳ·e^(−x²). */
  define(Op.erfc, FLOATS, inferSame, (c) => { real1<Erfc>(c); }, X,
    (v) => { v.give(0, chain(scale(exp(neg(square(v.input(0)))), -TWO_OVER_SQRT_PI), v.cotangent)); });
}

/** (1 − x)(1 + x), which doesn't cancel near ±1. */
function oneMinusSquare(x: Tensor): Tensor {
  return mul(minus(1, x), shift(x, 1));
}
