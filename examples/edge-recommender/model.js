/** Logistic regression by gradient descent, at build and at the edge alike. Knows numbers, no movies. */
import { scope, sigmoid, sum, tensor, valueAndGradientsFunction } from 'gradtape';

/**
 * L(w) = Σᵢ cᵢ·H(yᵢ, σ(xᵢ·w)) + ρ/2·‖w − w₀‖², the cross-entropy H weighted by confidences c of sum 1.
 * With z = x·w it is Σᵢ cᵢ·(softplus(zᵢ) − yᵢ·zᵢ), which does not overflow.
 */
function loss(w, { x, labels, confidence, prior, pull }) {
  const z = x.matmul(w);
  const entropy = z.softplus().sub(labels.mul(z));
  return sum(entropy.mul(confidence)).add(sum(w.sub(prior).square()).mul(pull / 2));
}

const lossAndGradient = valueAndGradientsFunction(loss, [0]);

/**
 * The weights after `steps` of gradient descent from the prior.
 * @param rows n rows of d features
 * @param labels n probabilities: 1 where liked, 0 where not
 * @param confidence n numbers ≥ 0 of sum 1: how much each label counts
 * @returns `{ weights, scores, losses }`: d numbers, n probabilities, one number a step
 */
export function fit({ rows, labels, confidence, prior, pull, steps, rate }) {
  return scope(() => {
    const data = { x: tensor(rows), labels: tensor(labels), confidence: tensor(confidence), prior: tensor(prior), pull };
    const losses = [];
    let w = data.prior;
    for (let step = 0; step < steps; step++) {
      const { value, gradients } = lossAndGradient(w, data);
      losses.push(value.item());
      w = w.sub(gradients[0].mul(rate));
    }
    return { weights: w.array(), scores: sigmoid(data.x.matmul(w)).array(), losses };
  });
}
