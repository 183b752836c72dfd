/** GradBench "particle": the height of a charge that steers a particle to the origin: the path needs gradients, and the descent the gradient of the path. */
import { descended, slopes, vector } from './shared/descent.mjs';

const STEP = 0.1;
const CHARGES = vector([
  [10, 0],
  [10, 10],
]);
const LIFT = vector([
  [0, 0],
  [0, 1],
]);

/** x₁² where the path meets the axis x₂ = 0; `slopeOf` gives a function's value and gradient. */
const costOf = (slopeOf) => (w) => {
  const charges = CHARGES.sub(LIFT.mul(w));
  const potential = (x) => x.sub(charges).square().sum({ axis: 1 }).sqrt().reciprocal().sum();
  const slope = slopeOf(potential);
  let [x, v] = [vector([0, 8]), vector([0.75, 0])];
  for (;;) {
    const { gradient } = slope(x);
    x = x.add(v.mul(STEP));
    if (x.take(1).item() <= 0) break;
    v = v.sub(gradient.mul(STEP));
  }
  return x
    .sub(v.mul(x.take(1).div(v.take(1))))
    .take(0)
    .square();
};

const at = ({ w }) => vector([w]);

export const cost = (input) => costOf(slopes.r)(at(input)).item();

export const slope = (input) => slopes.r(costOf(slopes.r))(at(input)).gradient.take(0).item();

const steered = (outer, inner) => (input) =>
  descended(slopes[outer](costOf(slopes[inner])), at(input))
    .take(0)
    .item();

export const ff = steered('f', 'f');
export const fr = steered('f', 'r');
export const rf = steered('r', 'f');
export const rr = steered('r', 'r');
