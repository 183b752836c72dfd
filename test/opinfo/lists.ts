/** Rows of the op table: ops on lists of tensors. */
import { add, modulus, type Num } from '../reference/dual.js';
import { map, type NdArray } from '../reference/ndarray.js';
import { ANY, error, type Input, linear, NUMERIC, samples } from './row.js';

const condition = (...shape: readonly number[]): Input => ({ shape, dtype: 'bool' });

/** Two conditions, two choices, and otherwise. */
function select([c, d]: readonly NdArray[], [x, y]: readonly NdArray[], otherwise: NdArray): NdArray {
  const choose = (p: Num, a: Num, q: Num, b: Num, rest: Num): Num => (modulus(p) ? a : modulus(q) ? b : rest);
  return map(choose as (...xs: Num[]) => Num, c as NdArray, x as NdArray, d as NdArray, y as NdArray, otherwise);
}

export const lists = {
  addN: linear((xs: readonly NdArray[]) => map((...all) => all.reduce(add), ...xs), samples('3 · 3 · 3', '2,3 · 3', '', '0 · 1'), {
    dtypes: NUMERIC,
    ulp: { float32: 2, float64: 2, complex64: 2, complex128: 2, int32: 0 },
    cancels: true,
    call: (f, tensors) => f(tensors),
    errors: [error((g) => g.addN([]), 'TypeError', /^addN: tensors is a list of at least one tensor; got \[\]$/)],
  }),
  select: linear(select, samples([condition(7), condition(7), [7], [7], [7]], [condition(2, 1), condition(), [3], [2, 3], []]), {
    dtypes: ANY,
    call: (f, tensors) => f(tensors.slice(0, 2), tensors.slice(2, 4), tensors[4]),
    errors: [error((g) => g.select([true], [1, 2]), 'TypeError', /^select: takes a choice for each condition; got 1 conditions and 2 choices$/)],
  }),
};
