/** Products of fixed form, which are composed of the matrix product, against their definition. */
import { describe, expect, test } from 'vitest';
import { dot, inner, kron, matmul, outer, type Tensor, type TensorLike, tensor, tensordot, vdot } from '../bindings/index.js';
import { einsumReference } from './reference/einsum.js';
import { doubles, dtypes, expectClose, expectGradients, refusal, sample, samples } from './reference/products.js';

/** Functions of two operands, with the letters of the equivalent einsum. */
const products: readonly (readonly [string, (x: Tensor, y: Tensor) => Tensor, string, string])[] = [
  ['dot of vectors', dot, '3 · 3', 'i,i->'],
  ['dot of matrices', dot, '2,3 · 3,4', 'ij,jk->ik'],
  ['dot with a vector', dot, '2,4,3 · 3', 'aij,j->ai'],
  ['dot of a vector', dot, '3 · 3,2', 'j,jk->k'],
  ['dot beyond matrices', dot, '5,2,3 · 4,3,2', 'aij,bjk->aibk'],
  ['dot with a scalar', dot, ' · 2,3', ',ij->ij'],
  ['inner', inner, '5,2,3 · 4,3', 'aij,bj->aib'],
  ['inner of vectors', inner, '3 · 3', 'i,i->'],
  ['inner with a scalar', inner, '2,3 · ', 'ij,->ij'],
  ['outer', outer, '3 · 4', 'i,j->ij'],
  ['vdot', vdot, '3 · 3', 'i,i->'],
  ['tensordot', tensordot, '2,3,4 · 3,4,5', 'ijk,jkl->il'],
  ['tensordot over one axis', (x, y) => tensordot(x, y, 1), '2,3 · 3,4', 'ij,jk->ik'],
  ['tensordot over none', (x, y) => tensordot(x, y, 0), '2,3 · 4', 'ij,k->ijk'],
  ['tensordot over all', (x, y) => tensordot(x, y), '2,3 · 2,3', 'ij,ij->'],
  [
    'tensordot over named axes',
    (x, y) =>
      tensordot(x, y, [
        [1, 0],
        [0, -2],
      ]),
    '3,4,5 · 4,3,2',
    'jik,ijl->kl',
  ],
  ['tensordot over one named axis', (x, y) => tensordot(x, y, [0, 1]), '2,3 · 4,2', 'ij,ki->jk'],
];

describe.each(products)('%s', (name, f, text, equation) => {
  test('values', () => {
    for (const dtype of dtypes) {
      const [x, y] = samples(text, dtype) as [Tensor, Tensor];
      expectClose(f(x, y), einsumReference(equation, [x, y], [f === vdot]), dtype);
    }
  });

  test('gradients', () => {
    for (const dtype of doubles) expectGradients((x, y) => f(x as Tensor, y as Tensor), samples(text, dtype), name);
  });
});

describe('kron', () => {
  test('puts a copy of the second at each element of the first', () => {
    const [a, b] = [tensor([1, 2, 3, 4]).reshape([2, 2]), tensor([0, 5, 6, 7]).reshape([2, 2])];
    expect([...kron(a, b).data()]).toEqual([0, 5, 0, 10, 6, 7, 12, 14, 0, 15, 0, 20, 18, 21, 24, 28]);
    expect([...kron(a, [1, 10]).data()]).toEqual([1, 10, 2, 20, 3, 30, 4, 40]);
    expect(kron(a, [1, 10]).shape).toEqual([2, 4]);
    expect(kron([1, 10, 100], [5, 6]).array()).toEqual([5, 6, 50, 60, 500, 600]);
    expect(kron(sample(new Array<number>(8).fill(2)), sample(new Array<number>(8).fill(1))).size).toBe(256);
  });

  test.each(doubles)('(A ⊗ B)·(x ⊗ y) = Ax ⊗ By, %s', (dtype) => {
    const [a, b, x, y] = [sample([2, 3], dtype), sample([4, 2], dtype), sample([3], dtype), sample([2], dtype)];
    const left = matmul(kron(a, b), kron(x, y));
    expectClose(left, { shape: [8], data: [...kron(matmul(a, x), matmul(b, y)).data()] });
    expectGradients((u, v) => kron(u as Tensor, v as Tensor), [a, b]);
  });
});

test.each<readonly [string, (x: TensorLike, y: TensorLike) => Tensor, string, string]>([
  ['dot', dot, '2,3 · 4,5', 'ShapeError: dot: inner dimensions differ (3 ≠ 4); x is [2, 3] float64, y is [4, 5] float64'],
  ['inner', inner, '2,3 · 3,2', 'ShapeError: inner: inner dimensions differ (3 ≠ 2); x is [2, 3] float64, y is [3, 2] float64'],
  ['vdot', vdot, '2,3 · 5', 'ShapeError: vdot: 6 elements do not meet 5; x is [2, 3] float64, y is [5] float64'],
  ['tensordot', tensordot, '2,3 · 3,2', 'ShapeError: tensordot: inner dimensions differ (2 ≠ 3); x is [2, 3] float64, y is [3, 2] float64'],
  ['tensordot', (x, y) => tensordot(x, y, 3), '2 · 3', "ShapeError: tensordot: 3 axes can't meet; x is [2] float64, y is [3] float64"],
  ['tensordot', (x, y) => tensordot(x, y, [[0, 1], [0]]), '2,3 · 3,2', 'ShapeError: tensordot: 2 axes do not meet 1; x is [2, 3] float64, y is [3, 2] float64'],
  [
    'tensordot',
    (x, y) => tensordot(x, y, [2, 0]),
    '2,3 · 3,2',
    'IndexError: tensordot: axis 2 is out of range for rank 2; x is [2, 3] float64, y is [3, 2] float64',
  ],
])('%s refuses', (_, f, text, words) => {
  const [x, y] = samples(text) as [Tensor, Tensor];
  expect(refusal(() => f(x, y))).toBe(words);
});
