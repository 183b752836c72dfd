/** Rows of the op table: identity, stopGradient and cast. */

import { toComplex } from '../reference/dual.js';
import { map, type NdArray } from '../reference/ndarray.js';
import { ANY, EXACT, error, linear, sample, UNARY, unary } from './row.js';

export const structure = {
  identity: unary((x) => x, [-3, 3], { dtypes: ANY, ulp: EXACT, linear: true, analytic: true }),
  stopGradient: unary((x) => x, [-3, 3], { dtypes: ANY, ulp: EXACT, order: 0 }),
  cast: linear(
    (x: NdArray) => map((v) => toComplex(v), x),
    UNARY.map(({ inputs }) => sample(inputs, 'complex128')),
    {
      result: () => 'complex128',
      analytic: false,
      errors: [
        error(
          (g) => g.cast(1, 'float16' as 'float32'),
          'DTypeError',
          /^cast: dtype is 'float32', 'float64', 'complex64', 'complex128', 'int32' or 'bool'; got "float16"/,
        ),
      ],
    },
  ),
};
