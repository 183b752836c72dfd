/** Rows of the op table: reductions. */
import { sum } from '../reference/dual.js';
import * as nd from '../reference/ndarray.js';
import type { NdArray, ReduceOptions } from '../reference/ndarray.js';
import { error, linear, NUMERIC, type OpInfo, sample } from './row.js';

/** Axes from either end, several, all; lines of length 1 and none. */
const LINES = [sample([[7]]), sample([[2, 3]], { axis: 0 }), sample([[2, 3]], { axis: -1, keepDims: true }), sample([[2, 3, 4]], { axis: [0, -1] }), sample([[]]), sample([[0, 2]], { axis: 0 }), sample([[3, 0]], { axis: 0 }), sample([[33]]), sample([[2, 1]], { axis: [] })];
const SUMS: Partial<OpInfo> = { dtypes: NUMERIC, ulp: { float32: 6, float64: 6, complex64: 8, complex128: 8, int32: 0 }, cancels: true };

export const reductions = {
  sum: linear((x: NdArray, options?: ReduceOptions) => nd.reduce(x, options, sum), LINES, {
    ...SUMS,
    errors: [
      error((g) => g.sum([1, 2], { axis: 1 }), 'IndexError', /^sum: axis 1 is out of range for rank 1; x is \[2\] float32$/),
      error((g) => g.sum([[1, 2]], { axis: [0, -2] }), 'IndexError', /^sum: axis 0 is named twice/),
    ],
  }),
};
