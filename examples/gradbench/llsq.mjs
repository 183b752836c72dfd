/** GradBench "llsq": a polynomial of m coefficients fitted to the sign function at n points, ½ Σᵢ (sᵢ − Σⱼ xⱼ tᵢʲ)². */
import { concat, cumprod, gradientsFunction, linspace, ones, tensor } from 'gradtape';

/** Half the sum of squared residuals at n points, as a function of the m coefficients. */
function lossAt(n, m) {
  const t = linspace(-1, 1, n, { dtype: 'float64' }).expandDims(1);
  const powers = cumprod(concat([ones([n, 1], { dtype: 'float64' }), t.tile([1, m - 1])], 1), { axis: 1 });
  const s = t.sign().squeeze(1);
  return (x) => s.sub(powers.matmul(x)).square().sum().div(2);
}

const vector = (x) => tensor(x, { dtype: 'float64' });

export const primal = ({ x, n }) => lossAt(n, x.length)(vector(x)).item();

export const gradient = ({ x, n }) => gradientsFunction(lossAt(n, x.length))(vector(x))[0].array();
