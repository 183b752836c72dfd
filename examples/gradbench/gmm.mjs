/**
 * GradBench "gmm": the log posterior of a Gaussian mixture with a Wishart prior on the precision matrices QₖᵀQₖ, where Qₖ is lower
 * triangular with the diagonal exp qₖ and the entries lₖ below it, column by column.
 */
import { concat, diag, gradientsFunction, logsumexp, matmul, tensor, zeros } from 'gradtape';

const float64 = { dtype: 'float64' };

/** log Γ(x/2) for a whole number x from 1 on. */
const logGammaOfHalf = (x) => (x === 1 ? Math.log(Math.PI) / 2 : x === 2 ? 0 : Math.log(x / 2 - 1) + logGammaOfHalf(x - 2));

/** log Γ_D(ν/2), Siegel's gamma function. */
function logMultigamma(nu, d) {
  let sum = ((d * (d - 1)) / 4) * Math.log(Math.PI);
  for (let j = 0; j < d; j++) sum += logGammaOfHalf(nu - j);
  return sum;
}

/** Where each entry of a d × d matrix stands in [l…, 0]: below the diagonal in l, else at the zero. */
function placesOf(d) {
  const zero = (d * (d - 1)) / 2;
  const places = Array.from({ length: d }, () => new Array(d).fill(zero));
  let next = 0;
  for (let column = 0; column < d; column++) for (let row = column + 1; row < d; row++) places[row][column] = next++;
  return tensor(places, { dtype: 'int32' });
}

function posterior({ d, k, n, x, m, gamma }) {
  const points = tensor(x, float64);
  const places = placesOf(d);
  const nu = d + m + 1;
  const constant = -((n * d) / 2) * Math.log(2 * Math.PI) + k * (nu * d * Math.log(gamma / Math.SQRT2) - logMultigamma(nu, d));
  return ({ alpha, mu, q, l }) => {
    const lower = concat([l, zeros([k, 1], float64)], 1).take(places, { axis: 1 });
    const factors = lower.add(diag(q.exp())); // Q, [k, d, d]
    const centred = points.sub(mu.expandDims(1)); // [k, n, d]
    const distances = matmul(centred, factors, { transposeB: true }).square().sum({ axis: 2 }); // [k, n]
    const traces = q.sum({ axis: 1 });
    const inner = alpha.add(traces).expandDims(1).sub(distances.mul(0.5));
    const prior = factors
      .square()
      .sum()
      .mul(-(gamma ** 2) / 2)
      .add(traces.sum().mul(m));
    return logsumexp(inner, { axis: 0 }).sum().sub(logsumexp(alpha).mul(n)).add(prior).add(constant);
  };
}

const unknowns = ({ alpha, mu, q, l, k, d }) => ({
  alpha: tensor(alpha, float64),
  mu: tensor(mu, float64),
  q: tensor(q, float64),
  l: tensor(l.flat(), { ...float64, shape: [k, (d * (d - 1)) / 2] }),
});

export const objective = (input) => posterior(input)(unknowns(input)).item();

export function jacobian(input) {
  const [gradient] = gradientsFunction(posterior(input))(unknowns(input));
  return Object.fromEntries(Object.entries(gradient).map(([name, value]) => [name, value.array()]));
}
