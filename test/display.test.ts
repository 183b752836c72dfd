/** Tensors as text. */
import { inspect } from 'node:util';
import { arange, devtoolsFormatter, full, tensor, zeros } from 'gradtape';
import { describe, expect, it, test } from 'vitest';

test.each([
  ['a scalar', tensor(3.5), 'Tensor(3.5, shape=[], dtype=float32)'],
  [
    'whole numbers',
    tensor([
      [1, -2],
      [30, 4],
    ]),
    'Tensor([[ 1, -2],\n        [30,  4]], shape=[2, 2], dtype=float32)',
  ],
  ['fractions in one width', tensor([1.5, -2, 0.1]), 'Tensor([ 1.5, -2.0,  0.1], shape=[3], dtype=float32)'],
  ['float64 to eight digits', tensor([1 / 3], { dtype: 'float64' }), 'Tensor([0.33333333], shape=[1], dtype=float64)'],
  ['exponents', tensor([1e10, 1.5]), 'Tensor([1.0e+10,  1.5e+0], shape=[2], dtype=float32)'],
  ['what is no number', tensor([Number.NaN, Infinity, -1.25]), 'Tensor([     NaN, Infinity,    -1.25], shape=[3], dtype=float32)'],
  ['booleans', tensor([true, false]), 'Tensor([ true, false], shape=[2], dtype=bool)'],
  [
    'complex numbers',
    tensor([
      { re: 1, im: -2.5 },
      { re: -10, im: 0 },
    ]),
    'Tensor([  1-2.5i, -10+0.0i], shape=[2], dtype=complex64)',
  ],
  [
    'three dimensions',
    tensor([
      [[1], [2]],
      [[3], [4]],
    ]),
    'Tensor([[[1],\n         [2]],\n\n        [[3],\n         [4]]], shape=[2, 2, 1], dtype=float32)',
  ],
  ['nothing', zeros([0, 3]), 'Tensor([], shape=[0, 3], dtype=float32)'],
  [
    'a view',
    tensor([
      [1, 2],
      [3, 4],
    ]).transpose(),
    'Tensor([[1, 3],\n        [2, 4]], shape=[2, 2], dtype=float32)',
  ],
])('%s', (_, t, text) => {
  expect(String(t)).toBe(text);
});

describe('large tensors', () => {
  it('keep three elements at each end of each axis', () => {
    expect(String(arange(1001))).toBe('Tensor([   0,    1,    2, ...,  998,  999, 1000], shape=[1001], dtype=float32)');
    const row = '[7, 7, 7, ..., 7, 7, 7]';
    const gap = ',\n        ';
    expect(String(full([40, 40], 7))).toBe(`Tensor([${[row, row, row, '...', row, row, row].join(gap)}], shape=[40, 40], dtype=float32)`);
  });
  it('break long rows', () => {
    const lines = String(arange(1000)).split('\n');
    expect(lines.length).toBeGreaterThan(50);
    expect(Math.max(...lines.slice(0, -1).map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

describe('consoles', () => {
  it("Node's inspect shows the text, also inside objects", () => {
    expect(inspect(tensor([1, 2]))).toBe('Tensor([1, 2], shape=[2], dtype=float32)');
    expect(inspect({ x: tensor(1) })).toBe('{ x: Tensor(1, shape=[], dtype=float32) }');
  });
  it('a released tensor says so instead of throwing', () => {
    const t = tensor(1);
    t.dispose();
    expect(String(t)).toBe('Tensor(released)');
  });
  it('a browser gets an element for a tensor and nothing for the rest', () => {
    expect(devtoolsFormatter.header(tensor(1))).toEqual(['div', { style: 'white-space: pre' }, 'Tensor(1, shape=[], dtype=float32)']);
    expect(devtoolsFormatter.header({})).toBeNull();
  });
});
