/** GradBench "lse": log Σ exp xᵢ, written with the largest x in front so that nothing overflows. */
import { gradientsFunction, tensor } from 'gradtape';

function logSumExp(x) {
  const largest = x.max();
  return x.sub(largest).exp().sum().log().add(largest);
}

const vector = (x) => tensor(x, { dtype: 'float64' });

export const primal = ({ x }) => logSumExp(vector(x)).item();

export const gradient = ({ x }) => gradientsFunction(logSumExp)(vector(x))[0].array();
