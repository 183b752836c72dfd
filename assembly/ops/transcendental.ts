/** Exponentials, logarithms, trigonometric and hyperbolic functions, and their complex forms. In comments x is the input, ȳ the cotangent. */
import { Acos, Asin, Atan } from '../kernels/arc';
import { Xlogy } from '../kernels/arithmetic';
import * as z from '../kernels/complexmath';
import { Exp, Exp2, Expm1 } from '../kernels/exponential';
import { Erf, Erfc } from '../kernels/gaussian';
import { Acosh, Asinh, Atanh, Cosh, Sinh, Tanh } from '../kernels/hyperbolic';
import { Log, Log10, Log1p, Log2 } from '../kernels/logarithm';
import { Cos, Sin, Tan } from '../kernels/trig';
import { Op } from '../shared/opcode';
import { X, X0, X1, Y } from '../tape/define';
import { isComplex } from '../tensor/dtype';
import { Tensor } from '../tensor/tensor';
import { defineMap, inexact1, real1, real2, wide1, widened1 } from './elementwise';
import {
  chain, chainDiv, conj, constant, cos, cosh, equal, exp, hypot, lessEqual, log, logicalAnd, minus, mul, neg, pull, scale, shift, sin,
  sinh, sqrt, square, tanhGrad, where, xdivy,
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
  defineMap(Op.exp, (op) => { inexact1<Exp, z.CExp>(op); }, Y,
    (v) => { pull(v, 0, v.output(0)); });

  /** y = eˣ − 1.  x̄ = ȳ·conj eˣ, for y + 1 cancels. */
  defineMap(Op.expm1, (op) => { inexact1<Expm1, z.CExpm1>(op); }, X,
    (v) => { pull(v, 0, exp(v.input(0))); });

  /** y = 2ˣ.  x̄ = ln 2·ȳ·conj y. */
  defineMap(Op.exp2, (op) => { inexact1<Exp2, z.CExp2>(op); }, Y,
    (v) => { v.give(0, chain(scale(conj(v.output(0)), LN2), v.cotangent)); });
}

function defineLogarithms(): void {
  /** y = log x.  x̄ = ȳ/conj x. */
  defineMap(Op.log, (op) => { inexact1<Log, z.CLog>(op); }, X,
    (v) => { v.give(0, chainDiv(v.cotangent, conj(v.input(0)))); });

  /** y = log₂ x.  x̄ = ȳ/(ln 2·conj x). */
  defineMap(Op.log2, (op) => { inexact1<Log2, z.CLog2>(op); }, X,
    (v) => { v.give(0, chainDiv(v.cotangent, scale(conj(v.input(0)), LN2))); });

  /** y = log₁₀ x.  x̄ = ȳ/(ln 10·conj x). */
  defineMap(Op.log10, (op) => { inexact1<Log10, z.CLog10>(op); }, X,
    (v) => { v.give(0, chainDiv(v.cotangent, scale(conj(v.input(0)), LN10))); });

  /** y = log(1 + x).  x̄ = ȳ/conj(1 + x). */
  defineMap(Op.log1p, (op) => { inexact1<Log1p, z.CLog1p>(op); }, X,
    (v) => { v.give(0, chainDiv(v.cotangent, shift(conj(v.input(0)), 1))); });

  /** y = x₀·log x₁, 0 where x₀ is 0.  x̄₀ = ȳ·log x₁, 0 where x₀ is 0 and x₁ ≤ 0.  x̄₁ = ȳ·x₀/x₁, 0 where x₀ is 0. */
  defineMap(Op.xlogy, (op) => { real2<Xlogy>(op); }, X0 | X1,
    (v) => {
      const x = v.input(0);
      const y = v.input(1);
      if (v.needs(0)) {
        const zero = constant(0, x);
        const corner = logicalAnd(equal(x, zero), lessEqual(y, zero));
        pull(v, 0, log(where(corner, constant(1, y), y)));
      }
      if (v.needs(1)) pull(v, 1, xdivy(x, y));
    });
}

function defineTrigonometric(): void {
  /** y = sin x.  x̄ = ȳ·conj cos x. */
  defineMap(Op.sin, (op) => { inexact1<Sin, z.CSin>(op); }, X,
    (v) => { pull(v, 0, cos(v.input(0))); });

  /** y = cos x.  x̄ = −ȳ·conj sin x. */
  defineMap(Op.cos, (op) => { inexact1<Cos, z.CCos>(op); }, X,
    (v) => { v.give(0, neg(chain(conj(sin(v.input(0))), v.cotangent))); });

  /** y = tan x.  x̄ = ȳ·conj(1 + y²). */
  defineMap(Op.tan, (op) => { inexact1<Tan, z.CTan>(op); }, Y,
    (v) => { v.give(0, chain(shift(conj(square(v.output(0))), 1), v.cotangent)); });
}

function defineInverseTrigonometric(): void {
  /** y = asin x.  x̄ = ȳ/conj √(1 − x²). */
  defineMap(Op.asin, (op) => { inexact1<Asin, z.CAsin>(op); }, X,
    (v) => { v.give(0, chainDiv(v.cotangent, conj(sqrt(oneMinusSquare(v.input(0)))))); });

  /** y = acos x.  x̄ = −ȳ/conj √(1 − x²). */
  defineMap(Op.acos, (op) => { inexact1<Acos, z.CAcos>(op); }, X,
    (v) => { v.give(0, neg(chainDiv(v.cotangent, conj(sqrt(oneMinusSquare(v.input(0))))))); });

  /** y = atan x.  x̄ = ȳ/conj(1 + x²). */
  defineMap(Op.atan, (op) => { inexact1<Atan, z.CAtan>(op); }, X,
    (v) => { v.give(0, chainDiv(v.cotangent, shift(conj(square(v.input(0))), 1))); });
}

function defineHyperbolic(): void {
  /** y = sinh x.  x̄ = ȳ·conj cosh x. */
  defineMap(Op.sinh, (op) => { widened1<Sinh>(op); wide1<z.CSinh>(op); }, X,
    (v) => { pull(v, 0, cosh(v.input(0))); });

  /** y = cosh x.  x̄ = ȳ·conj sinh x. */
  defineMap(Op.cosh, (op) => { widened1<Cosh>(op); wide1<z.CCosh>(op); }, X,
    (v) => { pull(v, 0, sinh(v.input(0))); });

  /** y = tanh x.  x̄ = ȳ·conj(1 − y²). */
  defineMap(Op.tanh, (op) => { inexact1<Tanh, z.CTanh>(op); }, Y,
    (v) => {
      const y = v.output(0);
      v.give(0, isComplex(y.dtype) ? chain(conj(oneMinusSquare(y)), v.cotangent) : tanhGrad(y, v.cotangent));
    });
}

function defineInverseHyperbolic(): void {
  /** y = asinh x.  x̄ = ȳ/conj √(1 + x²). */
  defineMap(Op.asinh, (op) => { inexact1<Asinh, z.CAsinh>(op); }, X,
    (v) => {
      const x = v.input(0);
      const root = isComplex(x.dtype) ? conj(sqrt(shift(square(x), 1))) : hypot(x, constant(1, x));
      v.give(0, chainDiv(v.cotangent, root));
    });

  /** y = acosh x.  x̄ = ȳ/conj(√(x − 1)·√(x + 1)). */
  defineMap(Op.acosh, (op) => { inexact1<Acosh, z.CAcosh>(op); }, X,
    (v) => {
      const x = v.input(0);
      v.give(0, chainDiv(v.cotangent, conj(mul(sqrt(shift(x, -1)), sqrt(shift(x, 1))))));
    });

  /** y = atanh x.  x̄ = ȳ/conj(1 − x²). */
  defineMap(Op.atanh, (op) => { inexact1<Atanh, z.CAtanh>(op); }, X,
    (v) => { v.give(0, chainDiv(v.cotangent, conj(oneMinusSquare(v.input(0))))); });
}

function defineErrorFunctions(): void {
  /** y = erf x.  x̄ = 2/√π·ȳ·e^(−x²). */
  defineMap(Op.erf, (op) => { widened1<Erf>(op); }, X,
    (v) => { pull(v, 0, scale(exp(neg(square(v.input(0)))), TWO_OVER_SQRT_PI)); });

  /** y = erfc x = 1 − erf x.  x̄ = −2/√π·ȳ·e^(−x²). */
  defineMap(Op.erfc, (op) => { real1<Erfc>(op); }, X,
    (v) => { pull(v, 0, scale(exp(neg(square(v.input(0)))), -TWO_OVER_SQRT_PI)); });
}

/** (1 − x)(1 + x), which doesn't cancel near ±1. */
function oneMinusSquare(x: Tensor): Tensor {
  return mul(minus(1, x), shift(x, 1));
}
