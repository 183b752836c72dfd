/** Rows of the op table: activations. f32 f64 throughout; |err| ≤ 2 ulp for the primitives. ȳ is the cotangent. */
import { Op } from '../../assembly/shared/opcode.js';
import { apply1, apply2 } from '../call.js';
import type { TensorLike } from '../convert.js';
import { isComplex } from '../dtype.js';
import { ALONE, FLAG, TENSOR, WHOLE } from '../kinds.js';
import { opName } from '../opnames.js';
import type { Tensor } from '../tensor.js';
import { abs, add, div, mul } from './arithmetic.js';
import type { AxisOption } from './axes.js';
import { greater, where } from './comparison.js';
import { binary, inexact, row, two, type Unary, unary } from './define.js';
import { split } from './slices.js';

/** A row that calls a primitive for real operands and the composite `of` for complex ones. */
const orComplex = (op: Op, of: Unary): Unary => row(opName(op), { x: ALONE }, (x) => (isComplex(x.dtypeNumber) ? of(x) : apply1(op, x)));

export interface AlphaOptions {
  /** A number, or a tensor that broadcasts against x and gets a gradient. */
  readonly alpha?: TensorLike;
}

type WithAlpha = (x: TensorLike, options?: number | AlphaOptions) => Tensor;

/** max(x, 0). f32 f64 i32. Gradient ȳ where x > 0, else 0. */
export const relu = unary(Op.relu);
/** min(max(x, 0), 6). f32 f64 i32. Gradient ȳ where 0 < x < 6, else 0. */
export const relu6 = unary(Op.relu6);
/** x where x > 0, else alpha·x; alpha broadcasts. Gradient ȳ or alpha·ȳ for x; 0 or x·ȳ for alpha. */
export const prelu: (x: TensorLike, alpha: TensorLike) => Tensor = binary(Op.prelu, { x: TENSOR, alpha: TENSOR });

/** x where x > 0, else alpha·x; alpha is 0.2. Gradient ȳ, else alpha·ȳ, at 0 too. */
export const leakyRelu: WithAlpha = row('leakyRelu', { x: ALONE }, { alpha: [TENSOR, 0.2] }, (x, { alpha }) => prelu(x, alpha));

const eluOf = (x: Tensor, alpha: TensorLike): Tensor => apply2(Op.elu, ...two(x, alpha));

/** x where x > 0, else alpha·(eˣ − 1); alpha is 1. Gradient ȳ, else alpha·eˣ·ȳ. */
export const elu: WithAlpha = row('elu', { x: ALONE }, { alpha: [TENSOR, 1] }, (x, { alpha }) => eluOf(x, alpha));

/** λ·elu(x, α) with λ and α that keep mean 0 and variance 1. Klambauer et al., "Self-Normalizing Neural Networks", 2017. */
export const selu: Unary = row('selu', { x: ALONE }, (x) => mul(eluOf(x, 1.6732632423543772), 1.0507009873554805));

/** x where x > 0, else alpha·(e^(x/alpha) − 1); alpha is 1. Gradient ȳ where x > 0, else e^(x/alpha)·ȳ. */
export const celu: WithAlpha = row('celu', { x: ALONE }, { alpha: [TENSOR, 1] }, (x, { alpha }) => {
  const t = inexact(x);
  return where(greater(t, 0), t, mul(eluOf(div(t, alpha), 1), alpha));
});

/** 1/(1 + e⁻ˣ). f32 f64 c64 c128; complex |err| ≤ 8 eps of the modulus. Gradient ȳ·conj(σ(x)·σ(−x)). */
export const sigmoid = unary(Op.sigmoid);
/** log(1 + eˣ) without overflow. Gradient ȳ·σ(x). */
export const softplus = unary(Op.softplus);
/** log σ(x) without underflow. f32 f64. |err| ≤ 2 ulp. Gradient ȳ·σ(−x). */
export const logSigmoid = unary(Op.logSigmoid);

/** x/(1 + |x|). f32 f64 c64 c128. Gradient ȳ/(1 + |x|)² for real x. */
export const softsign = orComplex(Op.softsign, (z) => div(z, add(abs(z), 1)));
/** x·σ(x). f32 f64 c64 c128. Gradient ȳ·conj(σ(x) + x·σ(x)·σ(−x)). */
export const silu = orComplex(Op.silu, (z) => mul(z, sigmoid(z)));

/**
 * x·Φ(x), Φ the normal distribution; with `approximate` x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))). |err| ≤ 4 ulp.
 * Gradient ȳ·(Φ(x) + x·φ(x)). Hendrycks & Gimpel, "Gaussian Error Linear Units", 2016.
 */
export const gelu: (x: TensorLike, options?: boolean | { readonly approximate?: boolean }) => Tensor = row(
  'gelu',
  { x: ALONE },
  { approximate: [FLAG] },
  (x, { approximate }) => apply1(approximate ? Op.geluTanh : Op.gelu, x),
);

/** x·tanh(softplus(x)). f32 f64. Misra, "Mish: A Self Regularized Non-Monotonic Activation Function", 2019. */
export const mish = unary(Op.mish);

/** min(max(x + 3, 0), 6)/6. Gradient ȳ/6 where −3 < x < 3, else 0. */
export const hardSigmoid = unary(Op.hardSigmoid);

/**
 * x·hardSigmoid(x), 0 up to −3. Gradient ȳ·(2x + 3)/6 where −3 < x < 3, ȳ from 3 on, else 0.
 * Howard et al., "Searching for MobileNetV3", 2019.
 */
export const hardSwish = unary(Op.hardSwish);

/**
 * a·σ(b) for the halves a and b of x along `axis` (−1). Dauphin et al., "Language Modeling with Gated Convolutional Networks", 2017.
 * @throws ShapeError when the axis has an odd size.
 */
export const glu: (x: TensorLike, options?: AxisOption) => Tensor = row('glu', { x: ALONE }, { axis: [WHOLE, -1] }, (x, { axis }) => {
  const [a, b] = split(inexact(x), 2, { axis }) as [Tensor, Tensor];
  return mul(a, sigmoid(b));
});
