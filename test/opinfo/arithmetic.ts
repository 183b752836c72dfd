/** Rows of the op table: arithmetic. */
import * as d from '../reference/dual.js';
import { binary, broadcastError, EXACT, mixError, NUMERIC, unary } from './row.js';

const ROUNDED = { ...EXACT, complex64: 2, complex128: 2 };

export const arithmetic = {
  add: binary(d.add, [[-3, 3]], { dtypes: NUMERIC, ulp: EXACT, linear: true, analytic: true, errors: [broadcastError('add'), mixError('add')] }),
  sub: binary(d.sub, [[-3, 3]], { dtypes: NUMERIC, ulp: EXACT, linear: true, analytic: true }),
  mul: binary(d.mul, [[-3, 3]], { dtypes: NUMERIC, ulp: ROUNDED, linear: true, analytic: true }),
  neg: unary(d.neg, [-3, 3], { dtypes: NUMERIC, ulp: EXACT, linear: true, analytic: true }),
  square: unary(d.square, [-3, 3], { dtypes: NUMERIC, ulp: ROUNDED, analytic: true }),
};
