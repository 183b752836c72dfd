/** round to decimals: multiples of a power of ten, numbers too large to be scaled, whole numbers, and that it has no gradient. */
import { gradientsFunction, round, tensor } from 'gradtape';
import { expect, test } from 'vitest';

const f64 = (values: readonly number[]) => tensor(new Float64Array(values));

test.each<readonly [number, readonly number[], readonly number[]]>([
  [2, [1.256, -2.505, 0.5, -0], [1.26, -2.5, 0.5, -0]],
  [2, [1e300, 1.5e307, Number.POSITIVE_INFINITY, Number.NaN], [1e300, 1.5e307, Number.POSITIVE_INFINITY, Number.NaN]],
  [-2, [1250, 1350, -149, 49], [1200, 1400, -100, 0]],
  [0, [0.5, 1.5, 2.5], [0, 2, 2]],
])('to %i decimals', (decimals, values, rounded) => {
  expect([...round(f64(values), { decimals }).data()]).toEqual(rounded);
});

test('whole numbers stay whole', () => {
  const x = tensor([15, 25, -35, 2147483600], { dtype: 'int32' });
  expect([round(x, { decimals: -1 }).dtype, ...round(x, { decimals: -1 }).data()]).toEqual(['int32', 20, 20, -40, 2147483600]);
  expect([...round(x, { decimals: 3 }).data()]).toEqual([15, 25, -35, 2147483600]);
});

test('has no gradient', () => {
  expect(gradientsFunction((x) => round(x, { decimals: 1 }))(f64([1.25]))).toEqual([null]);
});
