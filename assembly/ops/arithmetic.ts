/** Arithmetic: shape rule, kernel and gradient of each op on facing lines. In comments x₀ x₁ are inputs, ȳ is the cotangent. */
import * as k from '../kernels/arithmetic';
import { Logaddexp } from '../kernels/activation';
import { CCbrt, CDiv, CPow, CReciprocal, CRsqrt, CSign, CSqrt } from '../kernels/complexmath';
import { FloorDiv, Remainder } from '../kernels/division';
import { Hypot } from '../kernels/hyperbolic';
import { i32x4Map2 } from '../kernels/map';
import { Cbrt, Pow, Rsqrt, Sqrt } from '../kernels/power';
import { nextTile, tile1 } from '../kernels/tile';
import { Atan2 } from '../kernels/trig';
import { Status } from '../shared/abi';
import { Op } from '../shared/opcode';
import { View } from '../tape/backward';
import { Call } from '../tape/call';
import { define, NOTHING, X, X0, X1, Y, zeroGradient } from '../tape/define';
import { fail } from '../tape/fault';
import { FLOATS, INEXACT, isComplex, NUMERIC, REAL } from '../tensor/dtype';
import { Tensor } from '../tensor/tensor';
import { inexact1, inexact2, int1, int2, linear1, linear2, number1, number2, pairs1, pairs2, parts, real1, real2, tiles, wide1 } from './elementwise';
import { inferBroadcast, inferReal, inferSame, isComplexCall, isIntCall } from './infer';
import {
  abs, chain, chainDiv, conj, constant, copysign, div, divNoNan, floorDiv, greater, greaterEqual, hypot, imag, lessEqual, log, mul, neg,
  notEqual, onesLike, pow, scale, shift, sigmoid, sign, square, sub, timesI, where, where0, whereElse0, xdivy, zerosLike,
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
  define(Op.add, NUMERIC, inferBroadcast, (c) => { linear2<k.Add>(c); }, NOTHING,
    (v) => { v.give(0, v.cotangent); v.give(1, v.cotangent); });

  /** y = x₀ − x₁.  x̄₀ = ȳ, x̄₁ = −ȳ. */
  define(Op.sub, NUMERIC, inferBroadcast, (c) => { linear2<k.Sub>(c); }, NOTHING,
    (v) => { v.give(0, v.cotangent); if (v.needs(1)) v.give(1, neg(v.cotangent)); });

  /** y = −x.  x̄ = −ȳ. */
  define(Op.neg, NUMERIC, inferSame, (c) => { linear1<k.Neg>(c); }, NOTHING, (v) => { v.give(0, neg(v.cotangent)); });
}

function defineProducts(): void {
  /** y = x₀·x₁.  x̄₀ = ȳ·conj x₁, x̄₁ = ȳ·conj x₀. */
  define(Op.mul, NUMERIC, inferBroadcast,
    (c) => { if (isComplexCall(c)) pairs2<k.Mul>(c); else if (isIntCall(c)) int2<k.Mul>(c); else real2<k.Mul>(c); }, X0 | X1,
    (v) => {
      if (v.needs(0)) v.give(0, chain(conj(v.input(1)), v.cotangent));
      if (v.needs(1)) v.give(1, chain(conj(v.input(0)), v.cotangent));
    });

  /** y = x·z, 0 where z is 0: the chain rule's product, in which z is the cotangent.  x̄ = ȳ·conj z, z̄ = ȳ·conj x. */
  define(Op.mulNoNan, INEXACT, inferBroadcast, (c) => { if (isComplexCall(c)) pairs2<k.MulNoNan>(c); else real2<k.MulNoNan>(c); }, X0 | X1,
    (v) => {
      if (v.needs(0)) v.give(0, chain(conj(v.input(1)), v.cotangent));
      if (v.needs(1)) v.give(1, chain(conj(v.input(0)), v.cotangent));
    });

  /** y = x².  x̄ = 2ȳ·conj x. */
  define(Op.square, NUMERIC, inferSame,
    (c) => { if (isComplexCall(c)) pairs1<k.Square>(c); else if (isIntCall(c)) int1<k.Square>(c); else real1<k.Square>(c); }, X,
    (v) => { v.give(0, chain(scale(conj(v.input(0)), 2), v.cotangent)); });
}

function defineQuotients(): void {
  /** y = x₀/x₁.  x̄₀ = ȳ/conj x₁, x̄₁ = −ȳ·conj(y/x₁). */
  define(Op.div, INEXACT, inferBroadcast, (c) => { inexact2<k.Div, CDiv>(c); }, X1 | Y,
    (v) => {
      const x = v.input(1);
      if (v.needs(0)) v.give(0, chainDiv(v.cotangent, conj(x)));
      if (v.needs(1)) v.give(1, neg(chain(conj(div(v.output(0), x)), v.cotangent)));
    });

  /** y = x₀/x₁, 0 where x₁ is 0.  x̄₀ = ȳ/conj x₁, x̄₁ = −ȳ·conj(y/x₁), likewise 0. */
  define(Op.divNoNan, INEXACT, inferBroadcast, (c) => { inexact2<k.DivNoNan, k.DivNoNan>(c); }, X1 | Y,
    (v) => {
      const x = v.input(1);
      if (v.needs(0)) v.give(0, divNoNan(v.cotangent, conj(x)));
      if (v.needs(1)) v.give(1, neg(chain(conj(divNoNan(v.output(0), x)), v.cotangent)));
    });

  /**
   * y = x₀/x₁, 0 where x₀ is 0: the chain rule's quotient, in which x₀ is the cotangent.
   * x̄₀ = ȳ/conj x₁, x̄₁ = −ȳ·conj(y/x₁), 0 where y is.
   */
  define(Op.xdivy, INEXACT, inferBroadcast, (c) => { inexact2<k.Xdivy, k.Xdivy>(c); }, X1 | Y,
    (v) => {
      const x = v.input(1);
      if (v.needs(0)) v.give(0, chainDiv(v.cotangent, conj(x)));
      if (v.needs(1)) v.give(1, neg(chain(conj(xdivy(v.output(0), x)), v.cotangent)));
    });

  /** y = 1/x.  x̄ = −ȳ·conj y². */
  define(Op.reciprocal, INEXACT, inferSame, (c) => { inexact1<k.Reciprocal, CReciprocal>(c); }, Y,
    (v) => { v.give(0, neg(chain(conj(square(v.output(0))), v.cotangent))); });

  /** y = ⌊x₀/x₁⌋. */
  zeroGradient(Op.floorDiv, REAL, inferBroadcast, (c) => { if (isIntCall(c)) intDivision<FloorDiv>(c); else real2<FloorDiv>(c); });

  /** y = x₀ − x₁·⌊x₀/x₁⌋, of the sign of x₁.  x̄₀ = ȳ, x̄₁ = −ȳ·⌊x₀/x₁⌋. */
  define(Op.remainder, REAL, inferBroadcast,
    (c) => { if (isIntCall(c)) intDivision<Remainder>(c); else real2<Remainder>(c); }, X0 | X1,
    (v) => {
      v.give(0, v.cotangent);
      if (v.needs(1)) v.give(1, neg(chain(floorDiv(v.input(0), v.input(1)), v.cotangent)));
    });
}

/** A division of int32, which fails where the divisor is 0. */
function intDivision<F>(c: Call): void {
  for (let n = tiles(c); n; n = nextTile()) {
    for (let x = tile1, end = tile1 + (n << 2); x < end; x += 4) {
      if (load<i32>(x) == 0) {
        fail(Status.zeroDivision, c.op);
        return;
      }
    }
    i32x4Map2<F>(n);
  }
}

function definePowers(): void {
  /**
   * y = x₀^x₁.  x̄₀ = ȳ·conj(x₁·x₀^(x₁−1)), 0 where x₁ is 0.  x̄₁ = ȳ·conj(y·log x₀), 0 where y is, and where x₀ ≤ 0 (complex: x₀ = 0).
   */
  define(Op.pow, INEXACT, inferBroadcast, (c) => { inexact2<Pow, CPow>(c); }, X0 | X1 | Y,
    (v) => {
      const x = v.input(0);
      const n = v.input(1);
      if (v.needs(0)) v.give(0, chain(conj(chain(pow(x, shift(n, -1)), n)), v.cotangent));
      if (v.needs(1)) {
        const zero = constant(0, x);
        const base = where(isComplex(x.dtype) ? notEqual(x, zero) : greater(x, zero), x, constant(1, x));
        v.give(1, chain(conj(chain(log(base), v.output(0))), v.cotangent));
      }
    });

  /** y = √x.  x̄ = ȳ/(2·conj y). */
  define(Op.sqrt, INEXACT, inferSame, (c) => { inexact1<Sqrt, CSqrt>(c); }, Y,
    (v) => { v.give(0, chainDiv(v.cotangent, scale(conj(v.output(0)), 2))); });

  /** y = 1/√x.  x̄ = −½ȳ·conj y³. */
  define(Op.rsqrt, INEXACT, inferSame, (c) => { inexact1<Rsqrt, CRsqrt>(c); }, Y,
    (v) => {
      const y = v.output(0);
      v.give(0, chain(scale(conj(mul(square(y), y)), -0.5), v.cotangent));
    });

  /** y = ∛x.  x̄ = ȳ/(3·conj y²). */
  define(Op.cbrt, INEXACT, inferSame, (c) => { inexact1<Cbrt, CCbrt>(c); }, Y,
    (v) => { v.give(0, chainDiv(v.cotangent, scale(conj(square(v.output(0))), 3))); });
}

function defineSigns(): void {
  /** y = |x|, real.  x̄ = ȳ·sign x, 0 at 0. */
  define(Op.abs, NUMERIC, inferReal, (c) => { if (isComplexCall(c)) parts<Hypot>(c); else number1<k.Abs>(c); }, X,
    (v) => { v.give(0, chain(sign(v.input(0)), v.cotangent)); });

  /** y = x/|x|, 0 at 0.  x̄ = iy·Im(conj(y)·ȳ)/|x|, which is 0 for real x. */
  define(Op.sign, NUMERIC, inferSame, (c) => { if (isComplexCall(c)) wide1<CSign>(c); else number1<k.Sign>(c); }, X | Y,
    (v) => {
      const y = v.output(0);
      if (isComplex(y.dtype)) v.give(0, chainDiv(chain(timesI(y), imag(mul(conj(y), v.cotangent))), abs(v.input(0))));
      else v.give(0, zerosLike(v.cotangent));
    });

  /** y = |x₀| with the sign bit of x₁.  x̄₀ = ȳ·sign x₀ with it. */
  define(Op.copysign, FLOATS, inferBroadcast, (c) => { real2<k.Copysign>(c); }, X0 | X1,
    (v) => {
      const x = v.input(0);
      v.give(0, chain(mul(sign(x), copysign(onesLike(x), v.input(1))), v.cotangent));
    });
}

function defineExtrema(): void {
  /** y = max(x₀, x₁).  ȳ goes to the larger one, to x₀ when they are equal. */
  define(Op.maximum, REAL, inferBroadcast, (c) => { number2<k.Maximum>(c); }, X0 | X1,
    (v) => { giveChosen(v, greaterEqual(v.input(0), v.input(1))); });

  /** y = min(x₀, x₁).  ȳ goes to the smaller one, to x₀ when they are equal. */
  define(Op.minimum, REAL, inferBroadcast, (c) => { number2<k.Minimum>(c); }, X0 | X1,
    (v) => { giveChosen(v, lessEqual(v.input(0), v.input(1))); });
}

/** The cotangent to input 0 where `first` holds, to input 1 elsewhere. */
function giveChosen(v: View, first: Tensor): void {
  if (v.needs(0)) v.give(0, whereElse0(first, v.cotangent));
  if (v.needs(1)) v.give(1, where0(first, v.cotangent));
}

function defineDistances(): void {
  /** y = √(x₀² + x₁²).  x̄₀ = ȳ·x₀/y, x̄₁ = ȳ·x₁/y, 0 at the origin. */
  define(Op.hypot, FLOATS, inferBroadcast, (c) => { real2<Hypot>(c); }, X0 | X1 | Y,
    (v) => {
      const y = v.output(0);
      if (v.needs(0)) v.give(0, chain(xdivy(v.input(0), y), v.cotangent));
      if (v.needs(1)) v.give(1, chain(xdivy(v.input(1), y), v.cotangent));
    });

  /** y = arg(x₁ + i·x₀).  x̄₀ = ȳ·x₁/r², x̄₁ = −ȳ·x₀/r² with r = |x₁ + i·x₀|, 0 at the origin. */
  define(Op.atan2, FLOATS, inferBroadcast, (c) => { real2<Atan2>(c); }, X0 | X1,
    (v) => {
      const r = hypot(v.input(0), v.input(1));
      if (v.needs(0)) v.give(0, chain(xdivy(xdivy(v.input(1), r), r), v.cotangent));
      if (v.needs(1)) v.give(1, neg(chain(xdivy(xdivy(v.input(0), r), r), v.cotangent)));
    });

  /** y = log(e^x₀ + e^x₁).  x̄₀ = ȳ·σ(x₀ − x₁), x̄₁ = ȳ·σ(x₁ − x₀). */
  define(Op.logaddexp, FLOATS, inferBroadcast, (c) => { real2<Logaddexp>(c); }, X0 | X1,
    (v) => {
      if (v.needs(0)) v.give(0, chain(sigmoid(sub(v.input(0), v.input(1))), v.cotangent));
      if (v.needs(1)) v.give(1, chain(sigmoid(sub(v.input(1), v.input(0))), v.cotangent));
    });
}
