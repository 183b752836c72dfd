/** What losses share: their reduction, weights of examples and classes, smoothed labels. Holds no row. */
import { operand, type TensorLike } from '../convert.js';
import { ANY, type Kind, kind, oneOf, REAL } from '../kinds.js';
import type { Tensor } from '../tensor.js';
import { add, divNoNan, mul, mulNoNan } from './arithmetic.js';
import { notEqual } from './comparison.js';
import { broadcast, converted, inexactBeside } from './define.js';
import { sum } from './reduction.js';
import { mean } from './statistics.js';

export type Reducing = 'mean' | 'sum' | 'none' | 'sumByNonzeroWeights';

export interface WeightOptions {
  /** The reduction of the losses: their mean, their sum, none, or their sum divided by the number of weights that are not 0. */
  readonly reduction?: Reducing;
  /** Weights, which broadcast to the losses. The mean is that of the weighted losses, and 0 if all weights are 0. A loss of weight 0 is 0. */
  readonly weights?: TensorLike;
}

export interface SmoothingOptions extends WeightOptions {
  /** The share ε of the label that is spread evenly over all classes: 0 by default. */
  readonly labelSmoothing?: number;
}

export interface ClassOptions extends SmoothingOptions {
  /** A weight for each class, by which its term of the loss is multiplied. */
  readonly classWeights?: TensorLike;
}

/** The reductions of a loss, the first of which is its default. */
export const reductionsOf = <R extends Reducing>(first: R) =>
  ({ reduction: [oneOf('mean', 'sum', 'none', 'sumByNonzeroWeights'), first], weights: [ANY] }) as const;

const SHARE: Kind<number> = /* @__PURE__ */ kind('a number from 0 to 1', (v, name) => {
  const n = REAL.read(v, name);
  return n !== undefined && n >= 0 && n <= 1 ? n : undefined;
});

export const SMOOTHING = { labelSmoothing: [SHARE, 0] } as const;

/** `losses` weighted and reduced. @param own weights that are in the losses already, by whose sum their mean is divided */
export function reducedLosses(losses: Tensor, reduction: Reducing | undefined, weights: TensorLike | undefined, own?: Tensor): Tensor {
  const given = weights === undefined ? undefined : broadcast(inexactBeside(operand(weights, losses, 'weights'), losses), losses.shape);
  const all = given ? mulNoNan(losses, given) : losses;
  if (reduction === 'none') return all;
  if (reduction === 'sum') return sum(all);
  const w = given && own ? mul(given, own) : (given ?? own);
  if (w === undefined) return mean(all);
  return divNoNan(sum(all), sum(reduction === 'mean' ? w : converted(notEqual(w, 0), losses.dtypeNumber)));
}

/** Labels of which a share is spread over `count` classes. */
export const smoothed = (labels: Tensor, share: number, count: number): Tensor => (share === 0 ? labels : add(mul(labels, 1 - share), share / count));
