/** GradBench "ode": a chain y₀′ = x₀, yᵢ′ = xᵢ·yᵢ₋₁ from y(0) = 0 to t = 2, by s steps of the classical Runge–Kutta method. */
import { concat, gradientsFunction, tensor, zeros } from 'gradtape';

const ONE = tensor([1], { dtype: 'float64' });

function solved(x, steps) {
  const [n] = x.shape;
  const h = 2 / steps;
  const slope = (y) => x.mul(concat([ONE, y.slice([0], [n - 1])]));
  let y = zeros([n], { dtype: 'float64' });
  for (let i = 0; i < steps; i++) {
    const a = slope(y);
    const b = slope(y.add(a.mul(h / 2)));
    const c = slope(y.add(b.mul(h / 2)));
    const d = slope(y.add(c.mul(h)));
    y = y.add(
      a
        .add(b.mul(2))
        .add(c.mul(2))
        .add(d)
        .mul(h / 6),
    );
  }
  return y;
}

const vector = (x) => tensor(x, { dtype: 'float64' });

export const primal = ({ x, s }) => solved(vector(x), s).array();

export const gradient = ({ x, s }) => gradientsFunction((x) => solved(x, s).take(-1))(vector(x))[0].array();
