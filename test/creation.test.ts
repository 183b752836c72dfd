/** Tensors from shapes and numbers. */

import { arange, concat, eye, full, gradientsFunction, linspace, logspace, ones, onesLike, type Tensor, tensor, unstack, zeros, zerosLike } from 'gradtape';
import { describe, expect, it, test } from 'vitest';

test.each<[string, Tensor, unknown, string]>([
  ['zeros', zeros([2, 1]), [[0], [0]], 'float32'],
  ['ones', ones([2], { dtype: 'int32' }), [1, 1], 'int32'],
  ['full', full([1, 2], 2.5, { dtype: 'float64' }), [[2.5, 2.5]], 'float64'],
  ['full of a boolean', full([2], true), [true, true], 'bool'],
  ['full of a complex number', full([1], { re: 1, im: 2 }), [{ re: 1, im: 2 }], 'complex64'],
  ['full without dimensions', full([], 3), 3, 'float32'],
  ['zerosLike', zerosLike([[1, 2]]), [[0, 0]], 'float32'],
  ['onesLike', onesLike(tensor([true]), { dtype: 'float64' }), [1], 'float64'],
  [
    'eye',
    eye(2),
    [
      [1, 0],
      [0, 1],
    ],
    'float32',
  ],
  [
    'eye above',
    eye(2, 3, { k: 1 }),
    [
      [0, 1, 0],
      [0, 0, 1],
    ],
    'float32',
  ],
  [
    'eye below',
    eye(3, 2, { k: -1, dtype: 'bool' }),
    [
      [false, false],
      [true, false],
      [false, true],
    ],
    'bool',
  ],
  [
    'eye of a diagonal outside',
    eye(2, 2, { k: 5 }),
    [
      [0, 0],
      [0, 0],
    ],
    'float32',
  ],
  ['eye of several', eye(1, 2, { batchShape: [2] }), [[[1, 0]], [[1, 0]]], 'float32'],
  ['logspace', logspace(0, 3, 4), [1, 10, 100, 1000], 'float32'],
  ['logspace of another base', logspace(-1, 2, 4, { base: 2, dtype: 'float64' }), [0.5, 1, 2, 4], 'float64'],
  ['arange', arange(3), [0, 1, 2], 'float32'],
  ['arange of integers', arange(1, 4, { dtype: 'int32' }), [1, 2, 3], 'int32'],
  ['arange downwards', arange(5, 0, -2), [5, 3, 1], 'float32'],
  ['arange of nothing', arange(3, 1), [], 'float32'],
  ['linspace', linspace(0, 1, 5), [0, 0.25, 0.5, 0.75, 1], 'float32'],
  ['linspace without its end', linspace(0, 1, 4, { endpoint: false }), [0, 0.25, 0.5, 0.75], 'float32'],
  ['linspace of one', linspace(3, 4, 1), [3], 'float32'],
])('%s', (_, t, values, dtype) => {
  expect(t.array()).toEqual(values);
  expect(t.dtype).toBe(dtype);
});

it('linspace ends exactly, and is differentiable in its ends', () => {
  expect(linspace(0.1, 0.7, 8, { dtype: 'float64' }).data().at(-1)).toBe(0.7);
  const [a, b] = gradientsFunction((start: Tensor, stop: Tensor) => linspace(start, stop, 5))(1, 2);
  expect([a?.item(), b?.item()]).toEqual([2.5, 2.5]);
});

it('bool of a typed array is whether a number is other than 0', () => {
  const t = tensor(Uint8Array.of(2, 0, 1), { dtype: 'bool' });
  expect(t.data()).toEqual(Uint8Array.of(1, 0, 1));
  expect(t.logicalNot().array()).toEqual([false, true, false]);
});

describe('refusals', () => {
  test.each([
    ['a negative dimension', () => zeros([-1]), /zeros: shape is a list of whole numbers/],
    ['a fraction', () => ones([1.5]), /ones: shape is a list of whole numbers/],
    ['an unknown dtype', () => zeros([1], { dtype: 'f32' as 'float32' }), /^zeros: dtype is 'float32', .*; got "f32"/],
    ['too many elements', () => zeros([70000, 70000]), /more than 2147483647 elements/],
    ['a value that does not fit', () => full([1], 1.5, { dtype: 'int32' }), /can't hold 1\.5/],
    ['a step of 0', () => arange(0, 1, 0), /a step is not 0/],
    ['a step that is not whole', () => arange(0, 1, 0.5, { dtype: 'int32' }), /can't hold 0\.5/],
  ])('%s', (_, f, message) => {
    expect(f).toThrow(message);
  });
});

it('lists longer than a call takes go through', () => {
  const numbers = Array.from({ length: 600 }, (_, i) => i);
  const joined = concat(numbers.map((n) => tensor([n])));
  expect(Array.from(joined.data())).toEqual(numbers);
  expect(unstack(joined).map((t) => t.item())).toEqual(numbers);
  const [gradient] = gradientsFunction((x: Tensor) => unstack(x).map((t, i) => (i % 100 ? t : t.square())))(joined);
  expect(Array.from(gradient?.data() ?? [])).toEqual(numbers.map((n) => (n % 100 ? 1 : 2 * n)));
});
