/** The Adam optimizer, written with tensor ops. Pure: takes tensors and returns new ones. */
import { sqrt, zerosLike } from 'gradtape';

const BETA1 = 0.9; // decay of the running mean
const BETA2 = 0.999; // decay of the running square
const EPSILON = 1e-7; // keeps the quotient finite where no gradient came yet

/** State before the first step: the parameters, and zeros for both moments. Each is an object of tensors. */
export function adamState(params) {
  const zeros = Object.fromEntries(Object.entries(params).map(([name, p]) => [name, zerosLike(p)]));
  return { params, m: zeros, v: zeros };
}

/**
 * m ← β₁m + (1−β₁)g,  v ← β₂v + (1−β₂)g²,  p ← p − rate · m̂ / (√v̂ + ε),  m̂ = m/(1−β₁ᵗ),  v̂ = v/(1−β₂ᵗ).
 * Kingma & Ba, "Adam: A Method for Stochastic Optimization", 2015, algorithm 1.
 * @param t number of this step, from 1
 */
export function adamStep(state, gradients, rate, t) {
  const next = { params: {}, m: {}, v: {} };
  for (const [name, g] of Object.entries(gradients)) {
    const m = state.m[name].mul(BETA1).add(g.mul(1 - BETA1));
    const v = state.v[name].mul(BETA2).add(g.mul(g).mul(1 - BETA2));
    const mHat = m.div(1 - BETA1 ** t);
    const vHat = v.div(1 - BETA2 ** t);
    next.m[name] = m;
    next.v[name] = v;
    next.params[name] = state.params[name].sub(mHat.div(sqrt(vHat).add(EPSILON)).mul(rate));
  }
  return next;
}
