/** Arithmetic: shape rule, kernel and gradient of each op on facing lines. In comments x₀ x₁ are inputs, ȳ is the cotangent. */
import * as k from '../kernels/arithmetic';
import { Logaddexp } from '../kernels/activation';
import { Atan2 } from '../kernels/arc';
import { And, Or } from '../kernels/comparison';
import { CCbrt, CDiv, CPow, CReciprocal, CRsqrt, CSign, CSqrt } from '../kernels/complexmath';
import { LogaddexpGrad } from '../kernels/derivative';
import { FloorDiv, Remainder } from '../kernels/division';
import { Atan2Grad, Hypot, HypotGrad } from '../kernels/hyperbolic';
import { i32x4Map2 } from '../kernels/map';
import { Cbrt, Pow, PowMinus, Rsqrt, Sqrt } from '../kernels/power';
import { tile1 } from '../kernels/tile';
import { WholePower } from '../kernels/whole';
import { Status } from '../shared/abi';
import { Op } from '../shared/opcode';
import { View } from '../tape/backward';
import { CALL } from '../tape/call';
import { BENT, IN0, NOTHING, X, X0, X1, X2, Y } from '../tape/define';
import { fail } from '../tape/fault';
import { INTEGER, isComplex } from '../tensor/dtype';
import { Tensor } from '../tensor/tensor';
import {
  defineMap, inexact1, inexact2, linear1, linear2, logic2, number1, number2, pairs1, pairs2, parts, real2, real3, same, wide1, wide2, widened1, widened2,
  zeroGradientMap,
} from './elementwise';
import {
  abs, add, atan2Grad, chain, chainDiv, conj, constant, copysign, div, divNoNan, floorDiv, greater, greaterEqual, hypot, hypotGrad, imag, lessEqual, log,
  logaddexpGrad, mul, neg, notEqual, onesLike, pow, powMinus, pull, pullTwice, scale, shift, sign, square, sub, timesI, where, where0, whereElse0, xdivy,
  zerosLike,
} from './prim';

export function defineArithmetic(): void {
  defineSums();
  defineProducts();
  defineQuotients();
  definePowers();
  defineSigns();
  defineExtrema();
  defineDistances();
}

function defineSums(): void {
  /** y = x₀ + x₁.  x̄₀ = ȳ, x̄₁ = ȳ. */
  defineMap(Op.add, (op) => { linear2<k.Add>(op); }, NOTHING,
    (v) => { v.give(0, v.cotangent); v.give(1, v.cotangent); });

  /** y = x₀ − x₁.  x̄₀ = ȳ, x̄₁ = −ȳ. */
  defineMap(Op.sub, (op) => { linear2<k.Sub>(op); }, NOTHING,
    (v) => { v.give(0, v.cotangent); if (v.needs(1)) v.give(1, neg(v.cotangent)); });

  /** y = −x.  x̄ = −ȳ. */
  defineMap(Op.neg, (op) => { linear1<k.Neg>(op); }, NOTHING, (v) => { v.give(0, neg(v.cotangent)); }, IN0);
}

function defineProducts(): void {
  /** y = x₀·x₁.  x̄₀ = ȳ·conj x₁, x̄₁ = ȳ·conj x₀. */
  defineMap(Op.mul, (op) => { number2<k.Mul>(op); pairs2<k.Mul>(op); }, X0 | X1,
    (v) => { pullFactors(v); });

  /** y = x·z, 0 where z is 0: the chain rule's product, in which z is the cotangent.  x̄ = ȳ·conj z, z̄ = ȳ·conj x. */
  defineMap(Op.mulNoNan, (op) => { real2<k.MulNoNan>(op); pairs2<k.MulNoNan>(op); }, X0 | X1,
    (v) => { pullFactors(v); });

  /** y = x₀ + x₁·x₂ of reals, with the bits of `mulNoNan` and `add`: adds a term to a cotangent.  x̄₀ = ȳ, x̄₁ = ȳ·x₂, x̄₂ = ȳ·x₁. */
  defineMap(Op.addProduct, (op) => { real3<k.AddProduct>(op); }, X1 | X2,
    (v) => { v.give(0, v.cotangent); pull(v, 1, v.input(2)); pull(v, 2, v.input(1)); });

  /** y = x².  x̄ = 2ȳ·conj x. */
  defineMap(Op.square, (op) => { number1<k.Square>(op); pairs1<k.Square>(op); }, X,
    (v) => { v.give(0, chain(scale(conj(v.input(0)), 2), v.cotangent)); });
}

/** The chain rule for both factors of a product. */
function pullFactors(v: View): void {
  const x = v.input(0);
  const y = v.input(1);
  if (x == y) return pullTwice(v, x);
  pull(v, 0, y);
  pull(v, 1, x);
}

function defineQuotients(): void {
  /** y = x₀/x₁.  x̄₀ = ȳ/conj x₁, x̄₁ = −ȳ·conj(y/x₁). */
  defineMap(Op.div, (op) => { inexact2<k.Div, CDiv>(op); }, X1 | Y,
    (v) => {
      const x = v.input(1);
      if (v.needs(0)) v.give(0, chainDiv(v.cotangent, conj(x)));
      if (v.needs(1)) v.give(1, neg(chain(conj(div(v.output(0), x)), v.cotangent)));
    });

  /** y = x₀/x₁, 0 where x₁ is 0.  x̄₀ = ȳ/conj x₁, x̄₁ = −ȳ·conj(y/x₁), likewise 0. */
  defineMap(Op.divNoNan, (op) => { inexact2<k.DivNoNan, k.DivNoNan>(op); }, X1 | Y,
    (v) => {
      const x = v.input(1);
      if (v.needs(0)) v.give(0, divNoNan(v.cotangent, conj(x)));
      if (v.needs(1)) v.give(1, neg(chain(conj(divNoNan(v.output(0), x)), v.cotangent)));
    });

  /**
   * y = x₀/x₁, 0 where x₀ is 0: the chain rule's quotient, in which x₀ is the cotangent.
   * x̄₀ = ȳ/conj x₁, x̄₁ = −ȳ·conj(y/x₁), 0 where y is.
   */
  defineMap(Op.xdivy, (op) => { inexact2<k.Xdivy, k.Xdivy>(op); }, X1 | Y,
    (v) => {
      const x = v.input(1);
      if (v.needs(0)) v.give(0, chainDiv(v.cotangent, conj(x)));
      if (v.needs(1)) v.give(1, neg(chain(conj(xdivy(v.output(0), x)), v.cotangent)));
    });

  /** y = 1/x.  x̄ = −ȳ·conj y². */
  defineMap(Op.reciprocal, (op) => { inexact1<k.Reciprocal, CReciprocal>(op); }, Y,
    (v) => { v.give(0, neg(chain(conj(square(v.output(0))), v.cotangent))); });

  /** y = ⌊x₀/x₁⌋. */
  zeroGradientMap(Op.floorDiv, (op) => { real2<FloorDiv>(op); intDivision<FloorDiv>(op); });

  /** y = x₀ − x₁·⌊x₀/x₁⌋, of the sign of x₁.  x̄₀ = ȳ, x̄₁ = −ȳ·⌊x₀/x₁⌋. */
  defineMap(Op.remainder, (op) => { real2<Remainder>(op); intDivision<Remainder>(op); }, X0 | X1,
    (v) => {
      v.give(0, v.cotangent);
      if (v.needs(1)) v.give(1, neg(chain(floorDiv(v.input(0), v.input(1)), v.cotangent)));
    });
}

/** Adds a division of int32, which fails if a divisor is 0. */
function intDivision<F>(op: Op): void {
  same(op, INTEGER, (n) => { if (isRefused(n, 0, 0, Status.zeroDivision)) return; i32x4Map2<F>(n); });
}

/** Fails with `status`, and returns true, if an element of the tile's second operand lies between `low` and `high`. */
function isRefused(n: i32, low: i32, high: i32, status: Status): bool {
  for (let x = tile1, end = tile1 + (n << 2); x < end; x += 4) if (load<i32>(x) >= low && load<i32>(x) <= high) return !fail(status, CALL.op);
  return false;
}

function definePowers(): void {
  /**
   * y = x₀^x₁.  x̄₀ = ȳ·conj(x₁·x₀^(x₁−1)), 0 where x₁ is 0.  x̄₁ = ȳ·conj(y·log x₀), 0 where y is, and where x₀ ≤ 0 (complex: x₀ = 0).
   */
  defineMap(Op.pow, (op) => { inexact2<Pow, CPow>(op); intPower(op); }, X0 | X1 | Y,
    (v) => {
      const x = v.input(0);
      const n = v.input(1);
      const one = constant(1, n);
      if (v.needs(0)) pull(v, 0, chain(isComplex(x.dtype) ? pow(x, sub(n, one)) : powMinus(x, n, one), n));
      if (v.needs(1)) pullExponent(v, x);
    });

  /** y = x₀^(x₁ − x₂) for a whole x₂, without rounding the difference.  x̄₀ = ȳ·(x₁ − x₂)·x₀^(x₁ − x₂ − 1), x̄₁ as in `pow`, x̄₂ = 0. */
  defineMap(Op.powMinus, (op) => { real3<PowMinus>(op); }, X0 | X1 | X2 | Y,
    (v) => {
      const x = v.input(0);
      const n = v.input(1);
      const m = v.input(2);
      if (v.needs(0)) pull(v, 0, chain(powMinus(x, n, shift(m, 1)), sub(n, m)));
      if (v.needs(1)) pullExponent(v, x);
    });

  /** y = √x.  x̄ = ȳ/(2·conj y). */
  defineMap(Op.sqrt, (op) => { inexact1<Sqrt, CSqrt>(op); }, Y,
    (v) => { v.give(0, chainDiv(v.cotangent, scale(conj(v.output(0)), 2))); });

  /** y = 1/√x.  x̄ = −½ȳ·conj(y/x). */
  defineMap(Op.rsqrt, (op) => { inexact1<Rsqrt, CRsqrt>(op); }, X | Y,
    (v) => { v.give(0, chain(scale(conj(div(v.output(0), v.input(0))), -0.5), v.cotangent)); });

  /** y = ∛x.  x̄ = ȳ/(3·conj y²). */
  defineMap(Op.cbrt, (op) => { widened1<Cbrt>(op); wide1<CCbrt>(op); }, Y,
    (v) => { v.give(0, chainDiv(scale(v.cotangent, 1 / 3), conj(square(v.output(0))))); });
}

/** Adds the power of int32, which fails if an exponent is negative. */
function intPower(op: Op): void {
  same(op, INTEGER, (n) => { if (isRefused(n, i32.MIN_VALUE, -1, Status.negativePower)) return; i32x4Map2<WholePower>(n); });
}

/** The chain rule for the exponent of a power, input 1: its derivative is y·log x, 0 where y is 0, and where x ≤ 0 (complex: x = 0). */
function pullExponent(v: View, x: Tensor): void {
  const zero = constant(0, x);
  const isBase = isComplex(x.dtype) ? notEqual(x, zero) : greater(x, zero);
  pull(v, 1, chain(log(where(isBase, x, constant(1, x))), whereElse0(isBase, v.output(0))));
}

function defineSigns(): void {
  /** y = |x|, real.  x̄ = ȳ·sign x, 0 at 0. */
  defineMap(Op.abs, (op) => { number1<k.Abs>(op); parts<Hypot>(op); }, X,
    (v) => { v.give(0, chain(sign(v.input(0)), v.cotangent)); });

  /** y = x/|x|, 0 at 0.  x̄ = iy·Im(conj(y)·ȳ)/|x|, which is 0 for real x. */
  defineMap(Op.sign, (op) => { number1<k.Sign>(op); wide1<CSign>(op); }, X | Y,
    (v) => {
      const y = v.output(0);
      if (isComplex(y.dtype)) v.give(0, chainDiv(chain(timesI(y), imag(mul(conj(y), v.cotangent))), abs(v.input(0))));
      else v.give(0, zerosLike(v.cotangent));
    }, BENT);

  /** y = |x₀| with the sign bit of x₁.  x̄₀ = ȳ·sign x₀, negated where x₁ has the sign bit. */
  defineMap(Op.copysign, (op) => { real2<k.Copysign>(op); }, X0 | X1,
    (v) => {
      const x = v.input(0);
      pull(v, 0, mul(sign(x), copysign(onesLike(x), v.input(1))));
    });
}

function defineExtrema(): void {
  /** y = max(x₀, x₁).  ȳ goes to the larger one, to x₀ when they are equal. */
  defineMap(Op.maximum, (op) => { number2<k.Maximum>(op); logic2<Or>(op); }, X0 | X1,
    (v) => { giveChosen(v, greaterEqual(v.input(0), v.input(1))); });

  /** y = min(x₀, x₁).  ȳ goes to the smaller one, to x₀ when they are equal. */
  defineMap(Op.minimum, (op) => { number2<k.Minimum>(op); logic2<And>(op); }, X0 | X1,
    (v) => { giveChosen(v, lessEqual(v.input(0), v.input(1))); });
}

/** Gives the cotangent to input 0 where `first` holds, to input 1 elsewhere. */
function giveChosen(v: View, first: Tensor): void {
  if (v.needs(0)) v.give(0, whereElse0(first, v.cotangent));
  if (v.needs(1)) v.give(1, where0(first, v.cotangent));
}

function defineDistances(): void {
  /** y = √(x₀² + x₁²).  x̄₀ = ȳ·x₀/y, x̄₁ = ȳ·x₁/y, 0 at the origin. */
  defineMap(Op.hypot, (op) => { real2<Hypot>(op); }, X0 | X1,
    (v) => {
      const x = v.input(0);
      const y = v.input(1);
      if (v.needs(0)) pull(v, 0, hypotGrad(x, y));
      if (v.needs(1)) pull(v, 1, hypotGrad(y, x));
    });

  /** y = x₀/r with r = √(x₀² + x₁²), 0 at the origin.  x̄₀ = ȳ·(x₁/r)²/r, x̄₁ = −ȳ·(x₀/r)(x₁/r)/r, likewise. */
  defineMap(Op.hypotGrad, (op) => { real2<HypotGrad>(op); }, X0 | X1 | Y,
    (v) => {
      const x = v.input(0);
      const y = v.input(1);
      const across = hypotGrad(y, x);
      const bend = xdivy(across, hypot(x, y));
      if (v.needs(0)) pull(v, 0, mul(across, bend));
      if (v.needs(1)) pull(v, 1, neg(mul(v.output(0), bend)));
    });

  /** y = arg(x₁ + i·x₀).  x̄₀ = ȳ·x₁/r², x̄₁ = −ȳ·x₀/r² with r = |x₁ + i·x₀|, 0 at the origin. */
  defineMap(Op.atan2, (op) => { real2<Atan2>(op); }, X0 | X1,
    (v) => {
      if (v.needs(0)) pull(v, 0, atan2Grad(v.input(1), v.input(0)));
      if (v.needs(1)) v.give(1, neg(chain(atan2Grad(v.input(0), v.input(1)), v.cotangent)));
    });

  /** y = x₀/r² with r = √(x₀² + x₁²), 0 at the origin.  x̄₀ = ȳ·(x₁ − x₀)(x₁ + x₀)/r⁴, x̄₁ = −2ȳ·x₀x₁/r⁴, likewise. */
  defineMap(Op.atan2Grad, (op) => { real2<Atan2Grad>(op); }, X0 | X1 | Y,
    (v) => {
      const x = v.input(0);
      const y = v.input(1);
      const r = hypot(x, y);
      if (v.needs(0)) pull(v, 0, chain(xdivy(xdivy(add(y, x), r), r), xdivy(xdivy(sub(y, x), r), r)));
      if (v.needs(1)) pull(v, 1, scale(mul(v.output(0), atan2Grad(y, x)), -2));
    });

  /** y = log(e^x₀ + e^x₁).  x̄₀ = ȳ·σ(x₀ − x₁), x̄₁ = ȳ·σ(x₁ − x₀). */
  defineMap(Op.logaddexp, (op) => { real2<Logaddexp>(op); }, X0 | X1,
    (v) => {
      if (v.needs(0)) pull(v, 0, logaddexpGrad(v.input(0), v.input(1)));
      if (v.needs(1)) pull(v, 1, logaddexpGrad(v.input(1), v.input(0)));
    });

  /** y = σ(x₀ − x₁).  x̄₀ = ȳ·σ(x₀ − x₁)·σ(x₁ − x₀), x̄₁ = −x̄₀. */
  defineMap(Op.logaddexpGrad, (op) => { real2<LogaddexpGrad>(op); }, X0 | X1,
    (v) => {
      const d = mul(logaddexpGrad(v.input(0), v.input(1)), logaddexpGrad(v.input(1), v.input(0)));
      pull(v, 0, d);
      if (v.needs(1)) pull(v, 1, neg(d));
    });
}
