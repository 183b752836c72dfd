/** Rows of gradtape/nn: normalisation along axes. f32 f64 throughout. ȳ is the cotangent. */
import { Op } from '../../assembly/shared/opcode.js';
import type { TensorLike } from '../convert.js';
import { ALONE, applyMany, axesOf, axesWords, doubleWords, functionRow, NOT_NEGATIVE, OPTIONAL, refused, WHOLES } from '../extend.js';
import type { Filled } from '../ops/define.js';
import { full, ShapeError } from '../public.js';
import type { Tensor } from '../tensor.js';

export interface NormalizationOptions {
  /** The axis, or several that count as one; the last when absent. */
  readonly axis?: number | readonly number[];
  /** The number added under the root: 1e-5 by default. */
  readonly epsilon?: number;
}

type Factor = TensorLike | null;

const NORMALIZATION = { axis: [WHOLES], epsilon: [NOT_NEGATIVE, 1e-5] } as const;

/** (x − mean)/√(variance + ε) times gamma plus beta; without the mean unless `centred`. */
function normalized(
  x: Tensor,
  gamma: Tensor | null,
  beta: Tensor | null,
  { axis, epsilon }: Filled<NormalizationOptions, typeof NORMALIZATION>,
  centred: 0 | 1,
): Tensor {
  const { shape } = x;
  const axes = axesOf(axis ?? (x.rank ? -1 : []), x.rank).sort((a, b) => a - b);
  const words = [...doubleWords(epsilon), ...axesWords(centred, axes)];
  if (gamma === null && beta === null) return applyMany(Op.normalize, [x], words)[0] as Tensor;
  const line = axes.map((i) => shape[i] as number);
  const factors = [gamma, beta].map((factor, i) => {
    if (factor === null) return full(line, 1 - i, { dtype: x.dtype });
    if (factor.shape.join() !== line.join())
      throw refused(ShapeError, 'layerNorm', `${i ? 'beta' : 'gamma'} has the shape of x along its axes, [${line.join(', ')}]`);
    return factor;
  });
  return applyMany(Op.normalize, [x, ...factors], words)[0] as Tensor;
}

/**
 * (x − mean x)/√(mean (x − mean x)² + ε)·gamma + beta along `axis` (−1); gamma and beta, each of which may be absent, have the shape of x
 * along those axes. f32 f64. Gradients for all three, of any order. Ba, Kiros and Hinton, "Layer Normalization", 2016.
 * @throws ShapeError when gamma or beta doesn't fit; IndexError when an axis is out of range or named twice.
 */
export const layerNorm: (x: TensorLike, gamma?: Factor, beta?: Factor, options?: number | readonly number[] | NormalizationOptions) => Tensor =
  /* @__PURE__ */ functionRow(
    'layerNorm',
    { x: ALONE, gamma: [OPTIONAL, null], beta: [OPTIONAL, null] },
    NORMALIZATION,
    (x, gamma: Tensor | null, beta: Tensor | null, options) => normalized(x, gamma, beta, options, 1),
  );

/**
 * x/√(mean x² + ε)·gamma along `axis` (−1); gamma, which may be absent, has the shape of x along those axes. f32 f64. Gradients for both, of
 * any order. Zhang and Sennrich, "Root Mean Square Layer Normalization", 2019.
 * @throws ShapeError when gamma doesn't fit; IndexError when an axis is out of range or named twice.
 */
export const rmsNorm: (x: TensorLike, gamma?: Factor, options?: number | readonly number[] | NormalizationOptions) => Tensor = /* @__PURE__ */ functionRow(
  'rmsNorm',
  { x: ALONE, gamma: [OPTIONAL, null] },
  NORMALIZATION,
  (x, gamma: Tensor | null, options) => normalized(x, gamma, null, options, 0),
);
