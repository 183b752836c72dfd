/** The app that every host runs: the document's example, by position and by name, and functions of two wings with gradients. */
import { gradientsFunction } from 'gradtape';
import { conv1d } from 'gradtape/nn';
import { lgamma } from 'gradtape/special';

const f = (x, y) => x.mul(x).mul(x).mul(y).sub(x.mul(y).mul(y));
const byName = gradientsFunction(f, { params: ['y'], names: ['x', 'y'] });
const twice = gradientsFunction((x, y) => gradientsFunction(f)(x, y)[0], [0]);

/** A difference of neighbours, weighed by x: 5x. */
const convolved = (x) => conv1d([[[2], [7]]], x.mul([[[-1]], [[1]]])).sum();

export function answer() {
  const [dx] = gradientsFunction(f)(2, 3);
  const gradients = [dx, ...byName(2, 3), ...twice(2, 3), lgamma(3), ...gradientsFunction(lgamma)(3), ...gradientsFunction(convolved)(3)];
  return gradients.map((gradient) => gradient.item()).join(' ');
}
