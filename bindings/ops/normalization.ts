/** Rows of the op table: normalisation along axes. f32 f64 throughout. ȳ is the cotangent. */
import { Op } from '../../assembly/shared/opcode.js';
import { applyMany, doubleWords } from '../call.js';
import { operand, type TensorLike } from '../convert.js';
import { refused, ShapeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { axesOf } from './axes.js';
import { full } from './creation.js';
import { one, row } from './define.js';

export interface NormalizationOptions {
  /** The axis, or several that count as one; the last when absent. */
  readonly axis?: number | readonly number[];
  /** What is added under the root: 1e-5 by default. */
  readonly epsilon?: number;
}

/** (x − mean)/√(variance + ε) times gamma plus beta; without the mean unless `centred`. */
function normalized(op: string, x: TensorLike, gamma: TensorLike | null, beta: TensorLike | null, options: NormalizationOptions, centred: 0 | 1): Tensor {
  const t = one(x, op);
  const { shape } = t;
  const axes = axesOf(options.axis ?? (t.rank ? -1 : []), t.rank, op).sort((a, b) => a - b);
  const words = [...doubleWords(options.epsilon ?? 1e-5), centred, axes.length, ...axes];
  if (gamma === null && beta === null) return applyMany(Op.normalize, [t], words)[0] as Tensor;
  const line = axes.map((axis) => shape[axis] as number);
  const factors = [gamma, beta].map((factor, i) => {
    if (factor === null) return full(line, 1 - i, { dtype: t.dtype });
    const p = operand(factor, t, op);
    if (p.shape.join() !== line.join())
      throw refused(ShapeError, op, `${i ? 'beta' : 'gamma'} has the shape of x along its axes, [${line.join(', ')}]`, { x: t, [i ? 'beta' : 'gamma']: p });
    return p;
  });
  return applyMany(Op.normalize, [t, ...factors], words)[0] as Tensor;
}

/**
 * (x − mean x)/√(mean (x − mean x)² + ε)·gamma + beta along `axis` (−1); gamma and beta, each of which may be absent, have the shape of x
 * along those axes. f32 f64. Gradients for all three, of any order. Ba, Kiros and Hinton, "Layer Normalization", 2016.
 * @throws ShapeError when gamma or beta doesn't fit; IndexError when an axis is out of range or named twice.
 */
export const layerNorm = row(
  'layerNorm',
  (x: TensorLike, gamma: TensorLike | null = null, beta: TensorLike | null = null, options: NormalizationOptions = {}): Tensor =>
    normalized('layerNorm', x, gamma, beta, options, 1),
);

/**
 * x/√(mean x² + ε)·gamma along `axis` (−1); gamma, which may be absent, has the shape of x along those axes. f32 f64. Gradients for both, of
 * any order. Zhang and Sennrich, "Root Mean Square Layer Normalization", 2019.
 * @throws ShapeError when gamma doesn't fit; IndexError when an axis is out of range or named twice.
 */
export const rmsNorm = row(
  'rmsNorm',
  (x: TensorLike, gamma: TensorLike | null = null, options: NormalizationOptions = {}): Tensor => normalized('rmsNorm', x, gamma, null, options, 0),
);
