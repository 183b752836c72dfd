/** Exponentials, logarithms, trigonometric and hyperbolic functions, and their complex forms. In comments x is the input, ȳ the cotangent. */
import { Acos, Asin, AsinGrad, Atan, AtanGrad, AtanhGrad } from '../kernels/arc';
import { Xlogy } from '../kernels/arithmetic';
import * as z from '../kernels/complexmath';
import { Exp, Exp2, Expm1 } from '../kernels/exponential';
import { Erf, Erfc, HalfBell } from '../kernels/gaussian';
import { Acosh, Asinh, Atanh, Cosh, Sinh, Tanh } from '../kernels/hyperbolic';
import { Log, Log10, Log1p, Log2 } from '../kernels/logarithm';
import { CSinc, CSincGrad, Sinc, SincGrad } from '../kernels/sinc';
import { Cos, Sin, Tan } from '../kernels/trig';
import { Op } from '../shared/opcode';
import { View } from '../tape/backward';
import { D, X, X0, X1, Y } from '../tape/define';
import { isComplex } from '../tensor/dtype';
import { Tensor } from '../tensor/tensor';
import { defineMap, defineSloped, defineUnsloped, inexact1, inexact2, real1, real2, sloped1, wide1, widened1, widenedSloped1 } from './elementwise';
import {
  asinGrad, atanGrad, atanhGrad, cast, chain, chainDiv, complex, conj, constant, copysign, cos, cosh, equal, exp, hypot, imag, lessEqual, log,
  logicalAnd, minus, mul, neg, pull, pullBend, pullSlope, real, reciprocal, scale, shift, sin, sincGrad, sinh, sqrt, square, timesI, where, xdivy,
} from './prim';

const LN2 = 0.6931471805599453;
const LN10 = 2.302585092994046;

export function defineTranscendental(): void {
  defineExponentials();
  defineLogarithms();
  defineTrigonometric();
  defineSinc();
  defineInverseTrigonometric();
  defineDerivatives();
  defineHyperbolic();
  defineInverseHyperbolic();
  defineErrorFunctions();
}

function defineExponentials(): void {
  /** y = eˣ.  x̄ = ȳ·conj y. */
  defineMap(Op.exp, (op) => { inexact1<Exp, z.CExp>(op); }, Y,
    (v) => { pull(v, 0, v.output(0)); });

  /** y = eˣ − 1.  x̄ = ȳ·conj eˣ, computed from x, as y + 1 cancels. */
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
    (v) => { v.give(0, scale(chainDiv(v.cotangent, conj(v.input(0))), 1 / LN2)); });

  /** y = log₁₀ x.  x̄ = ȳ/(ln 10·conj x). */
  defineMap(Op.log10, (op) => { inexact1<Log10, z.CLog10>(op); }, X,
    (v) => { v.give(0, scale(chainDiv(v.cotangent, conj(v.input(0))), 1 / LN10)); });

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

  /** y = tan x.  x̄ = ȳ·conj(1 + y²); for complex x ȳ/conj cos² x, as y may be near ±i. */
  defineMap(Op.tan, (op) => { inexact1<Tan, z.CTan>(op); }, X | Y,
    (v) => {
      const x = v.input(0);
      pull(v, 0, isComplex(x.dtype) ? square(reciprocal(cos(x))) : shift(square(v.output(0)), 1));
    });
}

function defineSinc(): void {
  /** y = sin πx/(πx), 1 at 0.  x̄ = ȳ·conj sinc′ x. */
  defineMap(Op.sinc, (op) => { inexact1<Sinc, CSinc>(op); }, X,
    (v) => { pull(v, 0, sincGrad(v.input(0), constant(1, v.input(0)))); });

  /** y = the x₁-th derivative of sinc at x₀, for a scalar x₁ ≥ 1.  x̄₀ = ȳ·conj of the next one, x̄₁ = 0. */
  defineMap(Op.sincGrad, (op) => { inexact2<SincGrad, CSincGrad>(op); }, X0 | X1,
    (v) => { pull(v, 0, sincGrad(v.input(0), shift(v.input(1), 1))); });
}

function defineInverseTrigonometric(): void {
  /** y = asin x.  x̄ = ȳ/conj √(1 − x²). */
  defineMap(Op.asin, (op) => { inexact1<Asin, z.CAsin>(op); }, X,
    (v) => { v.give(0, asinGrad(conj(v.input(0)), v.cotangent)); });

  /** y = acos x.  x̄ = −ȳ/conj √(1 − x²). */
  defineMap(Op.acos, (op) => { inexact1<Acos, z.CAcos>(op); }, X,
    (v) => { v.give(0, neg(asinGrad(conj(v.input(0)), v.cotangent))); });

  /** y = atan x.  x̄ = ȳ/conj(1 + x²). */
  defineMap(Op.atan, (op) => { inexact1<Atan, z.CAtan>(op); }, X,
    (v) => { v.give(0, atanGrad(conj(v.input(0)), v.cotangent)); });
}

/** Derivatives as ops of their own, whose derivatives don't cancel. In comments x₀ is the function's argument, x₁ the cotangent that multiplies it. */
function defineDerivatives(): void {
  /** y = x₁/√(1 − x₀²).  x̄₀ = ȳ·conj(x₀y/(1 − x₀²)), x̄₁ = ȳ/conj √(1 − x₀²). */
  defineMap(Op.asinGrad, (op) => { inexact2<AsinGrad, z.CAsinGrad>(op); }, X0 | X1,
    (v) => {
      const x = v.input(0);
      if (v.needs(0)) pull(v, 0, asinGrad(x, chain(x, atanhGrad(x, v.input(1)))));
      if (v.needs(1)) v.give(1, asinGrad(conj(x), v.cotangent));
    });

  /** y = x₁/(1 + x₀²).  x̄₀ = −2ȳ·conj(x₀y/(1 + x₀²)), x̄₁ = ȳ/conj(1 + x₀²). */
  defineMap(Op.atanGrad, (op) => { inexact2<AtanGrad, z.CAtanGrad>(op); }, X0 | X1,
    (v) => {
      const x = v.input(0);
      if (v.needs(0)) pull(v, 0, scale(atanGrad(x, chain(x, atanGrad(x, v.input(1)))), -2));
      if (v.needs(1)) v.give(1, atanGrad(conj(x), v.cotangent));
    });

  /** y = x₁/(1 − x₀²).  x̄₀ = 2ȳ·conj(x₀y/(1 − x₀²)), x̄₁ = ȳ/conj(1 − x₀²). */
  defineMap(Op.atanhGrad, (op) => { inexact2<AtanhGrad, z.CAtanhGrad>(op); }, X0 | X1,
    (v) => {
      const x = v.input(0);
      if (v.needs(0)) pull(v, 0, scale(atanhGrad(x, chain(x, atanhGrad(x, v.input(1)))), 2));
      if (v.needs(1)) v.give(1, atanhGrad(conj(x), v.cotangent));
    });
}

function defineHyperbolic(): void {
  /** y = sinh x.  x̄ = ȳ·conj cosh x. */
  defineMap(Op.sinh, (op) => { widened1<Sinh>(op); wide1<z.CSinh>(op); }, X,
    (v) => { pull(v, 0, cosh(v.input(0))); });
  /** sinh″ = sinh. */
  defineSloped(Op.sinh, Op.sinhAndSlope, (op) => { widenedSloped1<Sinh>(op); }, Y | D, (v) => { if (pullSlope(v)) pullBend(v, v.output(0)); });

  /** y = cosh x.  x̄ = ȳ·conj sinh x. */
  defineMap(Op.cosh, (op) => { widened1<Cosh>(op); wide1<z.CCosh>(op); }, X,
    (v) => { pull(v, 0, sinh(v.input(0))); });
  /** cosh″ = cosh. */
  defineSloped(Op.cosh, Op.coshAndSlope, (op) => { widenedSloped1<Cosh>(op); }, Y | D, (v) => { if (pullSlope(v)) pullBend(v, v.output(0)); });

  /** y = tanh x.  x̄ = ȳ·conj(1/cosh² x), from x: where y is nearly ±1, 1 − y² has lost its digits. */
  defineMap(Op.tanh, (op) => { inexact1<Tanh, z.CTanh>(op); }, X,
    (v) => { pull(v, 0, square(reciprocal(cosh(v.input(0))))); });
  /** tanh″ = −2·tanh·tanh′. */
  defineSloped(Op.tanh, Op.tanhAndSlope, (op) => { sloped1<Tanh>(op); }, Y | D,
    (v) => { if (pullSlope(v)) pullBend(v, mul(scale(v.output(0), -2), v.output(1))); });
}

function defineInverseHyperbolic(): void {
  /** y = asinh x.  x̄ = ȳ/conj √(1 + x²). */
  defineMap(Op.asinh, (op) => { inexact1<Asinh, z.CAsinh>(op); }, X,
    (v) => {
      const x = v.input(0);
      if (isComplex(x.dtype)) v.give(0, asinGrad(conj(complex(neg(imag(x)), real(x))), v.cotangent)); // of ix, with the signs of zeros
      else v.give(0, chainDiv(v.cotangent, hypot(x, constant(1, x))));
    });

  /** y = acosh x.  x̄ = ȳ/conj(√(x − 1)·√(x + 1)). */
  defineMap(Op.acosh, (op) => { inexact1<Acosh, z.CAcosh>(op); }, X,
    (v) => {
      const x = conj(v.input(0));
      if (isComplex(x.dtype)) v.give(0, neg(asinGrad(x, mul(v.cotangent, sided(x)))));
      else v.give(0, chainDiv(chainDiv(v.cotangent, sqrt(shift(x, -1))), sqrt(shift(x, 1))));
    });

  /** y = atanh x.  x̄ = ȳ/conj(1 − x²). */
  defineMap(Op.atanh, (op) => { inexact1<Atanh, z.CAtanh>(op); }, X,
    (v) => { v.give(0, atanhGrad(conj(v.input(0)), v.cotangent)); });
}

function defineErrorFunctions(): void {
  /** y = erf x.  x̄ = 2/√π·ȳ·e^(−x²). */
  defineUnsloped(Op.erf, (op) => { widened1<Erf>(op); });
  defineSloped(Op.erf, Op.erfAndSlope, (op) => { sloped1<Erf>(op); }, X | D, pullBellBend);

  /** y = erfc x = 1 − erf x.  x̄ = −2/√π·ȳ·e^(−x²). */
  defineUnsloped(Op.erfc, (op) => { real1<Erfc>(op); });
  defineSloped(Op.erfc, Op.erfcAndSlope, (op) => { sloped1<Erfc>(op); }, X | D, pullBellBend);

  /** y = e^(−x²/2).  x̄ = −ȳ·x·y. */
  defineMap(Op.halfBell, (op) => { real1<HalfBell>(op); }, X | Y,
    (v) => { pull(v, 0, chain(neg(v.input(0)), v.output(0))); });
}

/** Slopes of erf and erfc are multiples of e^(−x²):  y″ = −2x·y′. */
function pullBellBend(v: View): void {
  if (pullSlope(v)) pullBend(v, chain(scale(v.input(0), -2), v.output(1)));
}

/** √(x − 1)·√(x + 1)/√(1 − x²): i in the upper half of the plane, −i in the lower. */
function sided(x: Tensor): Tensor {
  const y = imag(x);
  return timesI(cast(copysign(constant(1, y), y), x.dtype));
}

/** (1 − x)(1 + x), which doesn't cancel near ±1. */
function oneMinusSquare(x: Tensor): Tensor {
  return mul(minus(1, x), shift(x, 1));
}
