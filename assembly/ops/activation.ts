/** Activations: primitives for what training uses, each derivative from the result where it has a formula. In comments ȳ is the cotangent. */
import { Elu, LeakyRelu, Mish, Relu, Relu6, Sigmoid, Silu, Softplus, Softsign } from '../kernels/activation';
import { CSigmoid } from '../kernels/complexmath';
import { GeluGrad, ReluGrad, SigmoidGrad, SiluGrad, TanhGrad } from '../kernels/derivative';
import { Gelu, GeluTanh } from '../kernels/gaussian';
import { Op } from '../shared/opcode';
import { X, X0, X1, X2, Y } from '../tape/define';
import { isComplex } from '../tensor/dtype';
import { defineMap, inexact1, number1, real1, real2, real3, widened1 } from './elementwise';
import {
  abs, add, chain, constant, exp, expm1, geluGrad, greater, less, logicalAnd, minus, mul, onesLike, pull, reciprocal, reluGrad, scale, shift,
  sigmoid, sigmoidGrad, silu, siluGrad, softplus, square, tanh, tanhGrad, where, where0, whereElse0,
} from './prim';

/** 2·√(2/π), 0.044715 times it, and 1/√(2π). */
const A = 1.5957691216057308;
const B = 0.07135481627260025;
const OVER_SQRT_2PI = 0.3989422804014327;

export function defineActivation(): void {
  defineRectifiers();
  defineSigmoids();
  defineDerivatives();
}

function defineRectifiers(): void {
  /** y = max(x, 0).  x̄ = ȳ where x > 0. */
  defineMap(Op.relu, (op) => { number1<Relu>(op); }, Y, (v) => { v.give(0, reluGrad(v.output(0), v.cotangent)); });

  /** y = min(max(x, 0), 6).  x̄ = ȳ where 0 < x < 6. */
  defineMap(Op.relu6, (op) => { number1<Relu6>(op); }, Y,
    (v) => {
      const y = v.output(0);
      v.give(0, whereElse0(logicalAnd(greater(y, constant(0, y)), less(y, constant(6, y))), v.cotangent));
    });

  /** y = x₀ where x₀ > 0, else x₁x₀.  x̄₀ = ȳ, else x₁ȳ.  x̄₁ = 0, else x₀ȳ. */
  defineMap(Op.prelu, (op) => { real2<LeakyRelu>(op); }, X0 | X1,
    (v) => {
      const x = v.input(0);
      const above = greater(x, constant(0, x));
      if (v.needs(0)) v.give(0, where(above, v.cotangent, chain(v.input(1), v.cotangent)));
      if (v.needs(1)) v.give(1, where0(above, chain(x, v.cotangent)));
    });

  /** y = x₀ where x₀ > 0, else x₁(e^x₀ − 1).  x̄₀ = ȳ, else x₁e^x₀·ȳ.  x̄₁ = 0, else (e^x₀ − 1)ȳ. */
  defineMap(Op.elu, (op) => { real2<Elu>(op); }, X0 | X1,
    (v) => {
      const x = v.input(0);
      const above = greater(x, constant(0, x));
      if (v.needs(0)) v.give(0, where(above, v.cotangent, chain(mul(v.input(1), exp(x)), v.cotangent)));
      if (v.needs(1)) v.give(1, where0(above, chain(expm1(x), v.cotangent)));
    });
}

function defineSigmoids(): void {
  /** y = σ(x) = 1/(1 + e⁻ˣ).  x̄ = ȳ·conj y(1 − y). */
  defineMap(Op.sigmoid, (op) => { inexact1<Sigmoid, CSigmoid>(op); }, Y,
    (v) => {
      const y = v.output(0);
      if (isComplex(y.dtype)) pull(v, 0, mul(y, minus(1, y)));
      else v.give(0, sigmoidGrad(y, v.cotangent));
    });

  /** y = log(1 + eˣ).  x̄ = ȳ·σ(x). */
  defineMap(Op.softplus, (op) => { real1<Softplus>(op); }, X, (v) => { pull(v, 0, sigmoid(v.input(0))); });

  /** y = x/(1 + |x|).  x̄ = ȳ/(1 + |x|)². A primitive, because the quotient rule's difference cancels for large x. */
  defineMap(Op.softsign, (op) => { real1<Softsign>(op); }, X,
    (v) => { pull(v, 0, square(reciprocal(shift(abs(v.input(0)), 1)))); });

  /** y = x·σ(x).  x̄ = ȳ·(σ(x) + x·σ(x)σ(−x)). */
  defineMap(Op.silu, (op) => { widened1<Silu>(op); }, X, (v) => { v.give(0, siluGrad(v.input(0), v.cotangent)); });

  /** y = x·tanh(log(1 + eˣ)).  x̄ = ȳ·(t + x·σ(x)·(1 − t²)), t = tanh(log(1 + eˣ)). A primitive, because t underflows before x·t does. */
  defineMap(Op.mish, (op) => { widened1<Mish>(op); }, X,
    (v) => {
      const x = v.input(0);
      const t = tanh(softplus(x));
      pull(v, 0, add(t, tanhGrad(t, silu(x))));
    });

  /** y = x·Φ(x), Φ the normal distribution.  x̄ = ȳ·(Φ(x) + x·φ(x)). */
  defineMap(Op.gelu, (op) => { real1<Gelu>(op); }, X | Y, (v) => { v.give(0, geluGrad(v.input(0), v.output(0), v.cotangent)); });

  /** y = x·σ(u) with u = x(A + B·x²).  x̄ = ȳ·(σ(u) + x·u′·σ(u)σ(−u)) with u′ = A + 3B·x². */
  defineMap(Op.geluTanh, (op) => { widened1<GeluTanh>(op); }, X,
    (v) => {
      const x = v.input(0);
      const z = square(x);
      const s = sigmoid(mul(x, shift(scale(z, B), A)));
      const slope = mul(x, shift(scale(z, 3 * B), A));
      pull(v, 0, add(s, chain(slope, sigmoidGrad(s, onesLike(s)))));
    });
}

/** Derivatives as ops of their own. In comments x₀ is the function's result and x₁ the cotangent given to it. */
function defineDerivatives(): void {
  /** y = x₁ where x₀ > 0, else 0: one pass where a comparison and a choice take three.  x̄₁ likewise; x̄₀ = 0. */
  defineMap(Op.reluGrad, (op) => { real2<ReluGrad>(op); }, X0,
    (v) => { if (v.needs(1)) v.give(1, reluGrad(v.input(0), v.cotangent)); });

  /** y = x₁·x₀(1 − x₀): one pass where the formula takes three.  x̄₀ = ȳ·x₁(1 − 2x₀), x̄₁ = ȳ·x₀(1 − x₀). */
  defineMap(Op.sigmoidGrad, (op) => { real2<SigmoidGrad>(op); }, X0 | X1,
    (v) => {
      if (v.needs(0)) pull(v, 0, mul(v.input(1), minus(1, scale(v.input(0), 2))));
      if (v.needs(1)) v.give(1, sigmoidGrad(v.input(0), v.cotangent));
    });

  /** y = x₁·(1 − x₀²): one pass where the formula takes three.  x̄₀ = −2ȳ·x₀x₁, x̄₁ = ȳ·(1 − x₀²). */
  defineMap(Op.tanhGrad, (op) => { real2<TanhGrad>(op); }, X0 | X1,
    (v) => {
      if (v.needs(0)) pull(v, 0, scale(mul(v.input(0), v.input(1)), -2));
      if (v.needs(1)) v.give(1, tanhGrad(v.input(0), v.cotangent));
    });

  /**
   * y = x₁·s(1 + x₀(1 − s)) with s = σ(x₀): one pass where the formula takes six.
   * x̄₀ = ȳ·x₁·s(1 − s)(2 + x₀(1 − 2s)), x̄₁ = ȳ·s(1 + x₀(1 − s)).
   */
  defineMap(Op.siluGrad, (op) => { real2<SiluGrad>(op); }, X0 | X1,
    (v) => {
      const x = v.input(0);
      if (v.needs(0)) {
        const s = sigmoid(x);
        const bend = sigmoidGrad(s, shift(mul(x, minus(1, scale(s, 2))), 2));
        pull(v, 0, mul(v.input(1), bend));
      }
      if (v.needs(1)) v.give(1, siluGrad(x, v.cotangent));
    });

  /**
   * y = x₂·(Φ(x₀) + x₀·φ(x₀)): one pass where the formula takes ten. x₁ is gelu(x₀), which spares another Φ; it gets no cotangent.
   * x̄₀ = ȳ·x₂·φ(x₀)(2 − x₀²), x̄₂ = ȳ·(Φ(x₀) + x₀·φ(x₀)).
   */
  defineMap(Op.geluGrad, (op) => { real3<GeluGrad>(op); }, X0 | X1 | X2,
    (v) => {
      const x = v.input(0);
      if (v.needs(0)) {
        const z = square(x);
        const density = scale(exp(scale(z, -0.5)), OVER_SQRT_2PI);
        pull(v, 0, mul(v.input(2), mul(density, minus(2, z))));
      }
      if (v.needs(2)) v.give(2, geluGrad(x, v.input(1), v.cotangent));
    });
}
