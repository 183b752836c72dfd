/**
 * Activations. Their derivatives are computed from the argument, not from the result, which is rounded where the function saturates. Second
 * derivatives are composed of σ, its products and e^(−x²), which don't cancel. In comments ȳ is the cotangent.
 */
import { Elu, HardSigmoid, HardSwish, LeakyRelu, LogSigmoid, Mish, Relu, Relu6, Sigmoid, Silu, Softplus, Softsign } from '../kernels/activation';
import { CSigmoid } from '../kernels/complexmath';
import { EluGrad, GeluTanhBump, HardSwishGrad, PreluGrad, ReluGrad } from '../kernels/derivative';
import { Gelu, GeluTanh } from '../kernels/gaussian';
import { Op } from '../shared/opcode';
import { D, X, X0, X1, X2, Y } from '../tape/define';
import { Tensor } from '../tensor/tensor';
import { defineMap, defineSloped, defineUnsloped, inexact1, number1, real1, real2, real3, sloped1, widened1, widenedSloped1 } from './elementwise';
import {
  abs, chain, constant, div, eluGrad, exp, expm1, geluTanhBump, greater, halfBell, hardSwishGrad, less, logicalAnd, minimum, minus, mul, neg,
  preluGrad, pull, pullBend, pullSlope, reciprocal, reluGrad, scale, shift, sigmoid, square, sub, tanh, where0, whereElse0,
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
      if (v.needs(0)) v.give(0, preluGrad(x, v.input(1), v.cotangent));
      if (v.needs(1)) v.give(1, where0(greater(x, constant(0, x)), chain(x, v.cotangent)));
    });

  /** y = x₀ where x₀ > 0, else x₁(e^x₀ − 1).  x̄₀ = ȳ, else x₁e^x₀·ȳ.  x̄₁ = 0, else (e^x₀ − 1)ȳ. */
  defineMap(Op.elu, (op) => { real2<Elu>(op); }, X0 | X1,
    (v) => {
      const x = v.input(0);
      if (v.needs(0)) v.give(0, eluGrad(x, v.input(1), v.cotangent));
      if (v.needs(1)) v.give(1, where0(greater(x, constant(0, x)), chain(expm1(x), v.cotangent)));
    });

  /** y = min(max(x + 3, 0), 6)/6.  x̄ = ȳ/6 where |x| < 3. */
  defineMap(Op.hardSigmoid, (op) => { real1<HardSigmoid>(op); }, X,
    (v) => { v.give(0, whereElse0(isWithin3(v.input(0)), scale(v.cotangent, 1 / 6))); });

  /** y = x·min(max(x + 3, 0), 6)/6.  x̄ = ȳ·(2x + 3)/6 where |x| < 3, ȳ from 3 on. */
  defineMap(Op.hardSwish, (op) => { real1<HardSwish>(op); }, X, (v) => { v.give(0, hardSwishGrad(v.input(0), v.cotangent)); });
}

function isWithin3(x: Tensor): Tensor {
  return less(abs(x), constant(3, x));
}

function defineSigmoids(): void {
  /** y = σ(x) = 1/(1 + e⁻ˣ).  x̄ = ȳ·conj σ(x)σ(−x). */
  defineMap(Op.sigmoid, (op) => { inexact1<Sigmoid, CSigmoid>(op); }, X,
    (v) => { pull(v, 0, bump(v.input(0))); });
  /** σ″ = −σ′·tanh(x/2). */
  defineSloped(Op.sigmoid, Op.sigmoidAndSlope, (op) => { sloped1<Sigmoid>(op); }, X | D,
    (v) => { if (pullSlope(v)) pullBend(v, mul(neg(tanh(scale(v.input(0), 0.5))), v.output(1))); });

  /** y = log(1 + eˣ).  x̄ = ȳ·σ(x). */
  defineUnsloped(Op.softplus, (op) => { real1<Softplus>(op); });
  defineSloped(Op.softplus, Op.softplusAndSlope, (op) => { sloped1<Softplus>(op); }, X | D,
    (v) => { if (pullSlope(v)) pullBend(v, bump(v.input(0))); });

  /** y = log σ(x).  x̄ = ȳ·σ(−x). */
  defineUnsloped(Op.logSigmoid, (op) => { real1<LogSigmoid>(op); });
  defineSloped(Op.logSigmoid, Op.logSigmoidAndSlope, (op) => { sloped1<LogSigmoid>(op); }, X | D,
    (v) => { if (pullSlope(v)) pullBend(v, neg(bump(v.input(0)))); });

  /** y = x/(1 + |x|).  x̄ = ȳ/(1 + |x|)². A primitive, because the quotient rule's difference cancels for large x. */
  defineMap(Op.softsign, (op) => { real1<Softsign>(op); }, X,
    (v) => { pull(v, 0, square(reciprocal(shift(abs(v.input(0)), 1)))); });

  /** y = x·σ(x).  x̄ = ȳ·σ(x)(1 + x·σ(−x)).  y″ = σ(x)σ(−x)(2 − x·tanh(x/2)). */
  defineUnsloped(Op.silu, (op) => { real1<Silu>(op); });
  defineSloped(Op.silu, Op.siluAndSlope, (op) => { sloped1<Silu>(op); }, X | D,
    (v) => {
      const x = v.input(0);
      if (pullSlope(v)) pullBend(v, chain(minus(2, mul(x, tanh(scale(x, 0.5)))), bump(x)));
    });

  /**
   * y = x·t, t = tanh(log(1 + eˣ)).  x̄ = ȳ·(t + x·t′). A primitive, because t underflows before x·t does.  With s = σ(x) and r = σ(−x)
   * t = s(1 + r)/(1 + r²), t′ = 4s·r²/(1 + r²)² and y″ = t′·(2 + x(r − 2t·s)).
   */
  defineUnsloped(Op.mish, (op) => { widened1<Mish>(op); });
  defineSloped(Op.mish, Op.mishAndSlope, (op) => { widenedSloped1<Mish>(op); }, X | D,
    (v) => {
      if (!pullSlope(v)) return;
      const x = v.input(0);
      const s = sigmoid(x);
      const r = sigmoid(neg(x));
      const inverse = reciprocal(shift(square(r), 1));
      const t = mul(mul(s, shift(r, 1)), inverse);
      const slope = scale(mul(s, square(mul(r, inverse))), 4);
      const bend = shift(mul(x, sub(r, scale(mul(t, s), 2))), 2);
      pullBend(v, chain(bend, slope));
    });

  /** y = x·Φ(x), Φ the normal distribution.  x̄ = ȳ·(Φ(x) + x·φ(x)).  y″ = φ(x)(2 − x²). */
  defineUnsloped(Op.gelu, (op) => { real1<Gelu>(op); });
  defineSloped(Op.gelu, Op.geluAndSlope, (op) => { sloped1<Gelu>(op); }, X | D,
    (v) => {
      const x = v.input(0);
      if (pullSlope(v)) pullBend(v, chain(minus(2, square(x)), scale(halfBell(x), OVER_SQRT_2PI)));
    });

  /**
   * y = x·σ(u) with u = x(A + B·x²).  x̄ = ȳ·(σ(u) + x·u′·σ(u)σ(−u)) with u′ = A + 3B·x².
   * y″ = u′²·σ(u)σ(−u)·((2u′ + x·u″)/u′² − x·tanh(u/2)).
   */
  defineUnsloped(Op.geluTanh, (op) => { widened1<GeluTanh>(op); });
  defineSloped(Op.geluTanh, Op.geluTanhAndSlope, (op) => { widenedSloped1<GeluTanh>(op); }, X | D,
    (v) => {
      if (!pullSlope(v)) return;
      const x = v.input(0);
      const z = square(x);
      const bend = sub(div(shift(scale(z, 12 * B), 2 * A), square(steepness(z))), mul(x, gate(x, z)));
      pullBend(v, chain(bend, geluTanhBump(x)));
    });
}

/** σ(x)σ(−x), which is σ′. */
function bump(x: Tensor): Tensor {
  return mul(sigmoid(x), sigmoid(neg(x)));
}

/** Derivatives as ops of their own, one pass each. In comments x₀ is the function's argument, and g, the last input, the cotangent that multiplies it. */
function defineDerivatives(): void {
  /** y = g where x₀ > 0, else 0.  ḡ likewise; x̄₀ = 0. */
  defineMap(Op.reluGrad, (op) => { real2<ReluGrad>(op); }, X0,
    (v) => { if (v.needs(1)) v.give(1, reluGrad(v.input(0), v.cotangent)); });

  /** y = g where x₀ > 0, else x₁g.  x̄₁ = 0, else g·ȳ; ḡ as y; x̄₀ = 0. */
  defineMap(Op.preluGrad, (op) => { real3<PreluGrad>(op); }, X0 | X1 | X2,
    (v) => {
      const x = v.input(0);
      if (v.needs(1)) v.give(1, where0(greater(x, constant(0, x)), chain(v.input(2), v.cotangent)));
      if (v.needs(2)) v.give(2, preluGrad(x, v.input(1), v.cotangent));
    });

  /** y = g where x₀ > 0, else x₁e^x₀·g.  x̄₀ = 0, else x₁e^x₀·g·ȳ, 0 at 0; x̄₁ = 0, else e^x₀·g·ȳ; ḡ as y. */
  defineMap(Op.eluGrad, (op) => { real3<EluGrad>(op); }, X0 | X1 | X2,
    (v) => {
      const x = v.input(0);
      const zero = constant(0, x);
      const e = chain(exp(minimum(zero, x)), v.input(2));
      if (v.needs(0)) v.give(0, whereElse0(less(x, zero), chain(mul(v.input(1), e), v.cotangent)));
      if (v.needs(1)) v.give(1, where0(greater(x, zero), chain(e, v.cotangent)));
      if (v.needs(2)) v.give(2, eluGrad(x, v.input(1), v.cotangent));
    });

  /** y = g·(2x₀ + 3)/6 where |x₀| < 3, g from 3 on.  x̄₀ = ȳ·g/3 where |x₀| < 3; ḡ as y. */
  defineMap(Op.hardSwishGrad, (op) => { real2<HardSwishGrad>(op); }, X0 | X1,
    (v) => {
      const x = v.input(0);
      if (v.needs(0)) v.give(0, whereElse0(isWithin3(x), chain(scale(v.input(1), 1 / 3), v.cotangent)));
      if (v.needs(1)) v.give(1, hardSwishGrad(x, v.cotangent));
    });

  /** y = u′²·σ(u)σ(−u).  x̄ = ȳ·y·(2u″/u′ − u′·tanh(u/2)). */
  defineMap(Op.geluTanhBump, (op) => { widened1<GeluTanhBump>(op); }, X | Y,
    (v) => {
      const x = v.input(0);
      const z = square(x);
      const steep = steepness(z);
      pull(v, 0, chain(sub(div(scale(x, 12 * B), steep), mul(steep, gate(x, z))), v.output(0)));
    });
}

/** u′ = A + 3B·x² and tanh(u/2), for z = x². */
function steepness(z: Tensor): Tensor {
  return shift(scale(z, 3 * B), A);
}
function gate(x: Tensor, z: Tensor): Tensor {
  return tanh(scale(mul(x, shift(scale(z, B), A)), 0.5));
}
