/** GradBench "hello": f(x) = x², and its derivative. */
import { gradientsFunction, tensor } from 'gradtape';

const f = (x) => x.mul(x);

export const square = ({ x }) => f(tensor(x, { dtype: 'float64' })).item();

export const double = ({ x }) => gradientsFunction(f)(tensor(x, { dtype: 'float64' }))[0].item();
