/** The matrix product against its definition. The kernel alone is in gemm.test.ts. */
import { describe, expect, test } from 'vitest';
import { broadcastTo, flip, gradientsFunction, matmul, memory, scope, slice, swapaxes, type Tensor, tensor, tensordot } from '../bindings/index.js';
import type { MatmulOptions } from '../bindings/ops/contraction.js';
import { type Dense, einsumReference } from './reference/einsum.js';
import { doubles, dtypes, expectClose, expectGradients, refusal, sample, samples, shapesOf } from './reference/products.js';

/** Shapes of A and B before transposing. */
const shapes = [
  '2,3 · 3,4',
  '1,3 · 3,1',
  '5,2,3 · 3,4',
  '5,2,3 · 5,3,4',
  '2,3 · 5,3,4',
  '5,1,2,3 · 4,3,2',
  '1,5,1,3 · 3,1,3,2',
  '2,1,2,3,4 · 3,1,4,3',
  '3,1,7 · 7,1',
  '4,5,1,1 · 1,3',
  '4,3,1,2 · 3,2,5',
  '2,9,17 · 17,33',
  '0,2,3 · 3,4',
  '5,0,3 · 3,4',
  '2,0 · 0,4',
  '5,2,0 · 0,4',
  '3,2,0 · 3,0,2',
  '2,3 · 3,0',
];

type Form = 'plain' | 'transpose' | 'adjoint';
const forms: readonly Form[] = ['plain', 'transpose', 'adjoint'];
const stored = (shape: readonly number[], form: Form): readonly number[] =>
  form === 'plain' ? shape : [...shape.slice(0, -2), shape.at(-1) as number, shape.at(-2) as number];

const optionsOf = (a: Form, b: Form) => ({
  transposeA: a === 'transpose',
  adjointA: a === 'adjoint',
  transposeB: b === 'transpose',
  adjointB: b === 'adjoint',
});

/** The matrix product as letters: leading axes from the end of the alphabet, aligned on the right. */
function productReference(x: Tensor, y: Tensor, a: Form = 'plain', b: Form = 'plain'): Dense {
  const batch = (rank: number): string => 'uvwxyz'.slice(6 - rank + 2);
  const most = batch(Math.max(x.rank, y.rank));
  const equation = `${batch(x.rank)}${a === 'plain' ? 'ij' : 'ji'},${batch(y.rank)}${b === 'plain' ? 'jk' : 'kj'}->${most}ik`;
  return einsumReference(equation, [x, y], [a === 'adjoint', b === 'adjoint']);
}

describe('matmul', () => {
  describe.each(dtypes)('%s', (dtype) => {
    test.each(shapes)('%s, transposed and conjugated', (text) => {
      const [p, q] = shapesOf(text) as [number[], number[]];
      for (const a of forms)
        for (const b of forms) {
          const x = sample(stored(p, a), dtype);
          const y = sample(stored(q, b), dtype);
          expectClose(matmul(x, y, optionsOf(a, b)), productReference(x, y, a, b), `${a} ${b}`);
        }
    });
  });

  test.each(doubles)('gradients and their gradients, %s', (dtype) => {
    for (const text of shapes) {
      const [p, q] = shapesOf(text) as [number[], number[]];
      for (const a of forms)
        for (const b of forms) {
          const xs = [sample(stored(p, a), dtype), sample(stored(q, b), dtype)];
          expectGradients((x, y) => matmul(x as Tensor, y as Tensor, optionsOf(a, b)), xs, `${text} ${a} ${b}`);
        }
    }
  });

  /** The same values, reached by other strides. */
  const copy = (t: Tensor): Tensor => t.mul(tensor(1, { dtype: t.dtype }));
  const middle = (t: Tensor): Tensor => slice(t, [...new Array<number>(t.rank - 1).fill(0), 1], [...t.shape.slice(0, -1), 1]).squeeze(-1);
  const views: Record<string, (t: Tensor) => Tensor> = {
    transposed: (t) => swapaxes(copy(swapaxes(t, -1, -2)), -1, -2),
    reversed: (t) => flip(copy(flip(t, [-1, -2])), [-1, -2]),
    spaced: (t) => middle(tensordot(t, tensor([0, 1, 0], { dtype: t.dtype }), 0)),
    outward: (t) => swapaxes(copy(swapaxes(t, 0, -2)), 0, -2),
  };

  test.each(Object.keys(views))('%s operands are read where they lie', (name) => {
    const view = views[name] as (t: Tensor) => Tensor;
    for (const dtype of dtypes)
      for (const text of shapes) {
        const [x, y] = samples(text, dtype) as [Tensor, Tensor];
        expect(view(x).data()).toEqual(x.data());
        expectClose(matmul(view(x), view(y)), productReference(x, y), `${dtype} ${text}`);
      }
  });

  test('operands may be broadcast, as cotangents of sums are', () => {
    for (const dtype of dtypes) {
      const x = broadcastTo(sample([3, 1], dtype), [4, 3, 5]);
      const y = broadcastTo(sample([2], dtype), [4, 5, 2]);
      expectClose(matmul(x, y), productReference(x, y));
      expectClose(matmul(x, sample([5, 2], dtype).mul(tensor(0, { dtype })).add(y)), productReference(x, y));
    }
    const [x, w] = [sample([6, 4, 3]), sample([3, 2])];
    const ones = tensor(new Float64Array(48).fill(1), { shape: [6, 4, 2] });
    const [gx, gw] = gradientsFunction((a: Tensor, b: Tensor) => matmul(a, b).sum())(x, w) as [Tensor, Tensor];
    expectClose(gx, einsumReference('bik,jk->bij', [ones, w]));
    expectClose(gw, einsumReference('bij,bik->jk', [x, ones]));
  });

  test.each([
    ['3 · 3', 'j,j->'],
    ['3 · 3,4', 'j,jk->k'],
    ['2,3 · 3', 'ij,j->i'],
    ['5,2,3 · 3', 'bij,j->bi'],
    ['3 · 5,3,4', 'j,bjk->bk'],
    ['0 · 0', 'j,j->'],
  ])('vectors: %s', (text, equation) => {
    for (const dtype of dtypes) {
      const [x, y] = samples(text, dtype) as [Tensor, Tensor];
      expectClose(matmul(x, y), einsumReference(equation, [x, y]));
    }
    for (const dtype of doubles) expectGradients((x, y) => matmul(x as Tensor, y as Tensor), samples(text, dtype), equation);
  });

  test('a vector has nothing to transpose, but is conjugated', () => {
    const x = sample([3], 'complex128');
    const y = sample([4, 3], 'complex128');
    expectClose(matmul(x, y, { transposeA: true, transposeB: true }), einsumReference('j,kj->k', [x, y]));
    expectClose(matmul(x, y, { adjointA: true, adjointB: true }), einsumReference('j,kj->k', [x, y], [true, true]));
    expectClose(matmul(y, x, { adjointB: true }), einsumReference('ij,j->i', [y, x], [false, true]));
  });

  test('a real operand joins a complex one of its precision', () => {
    const x = sample([2, 3], 'float32');
    const y = sample([2, 4], 'complex64');
    expect(matmul(x, y, { transposeA: true }).dtype).toBe('complex64');
    expectClose(matmul(x, y, { transposeA: true }), einsumReference('ji,jk->ik', [x, y]));
    expectClose(matmul(y, x, { adjointA: true }), einsumReference('ji,jk->ik', [y, x], [true]));
    const gx = gradientsFunction((a: Tensor) => matmul(a, y, { transposeA: true }), [0])(x)[0] as Tensor;
    expect(gx.dtype).toBe('float32');
  });

  test('int32 wraps', () => {
    expect(matmul([[2 ** 30, 1]], tensor([[4], [7]], { dtype: 'int32' })).array()).toEqual([[7]]);
  });

  test('arrays stand for tensors; it is a method too', () => {
    expect(matmul([[1, 2]], [[3], [4]]).array()).toEqual([[11]]);
    expect(
      tensor([[1, 2]])
        .matmul([[3, 4]], { transposeB: true })
        .array(),
    ).toEqual([[11]]);
  });

  test.each<readonly [string, string, MatmulOptions, string]>([
    ['inner dimensions', '2,3 · 4,5', {}, '(3 ≠ 4); a is [2, 3] float64, b is [4, 5] float64'],
    ['those of a transposed operand', '2,3 · 3,5', { transposeA: true }, '(2 ≠ 3); a is [2, 3] float64, b is [3, 5] float64'],
    ['those of an adjoint', '2,3 · 3,5', { adjointB: true }, '(3 ≠ 5); a is [2, 3] float64, b is [3, 5] float64'],
    ['those of a vector', '2,3 · 4', {}, '(3 ≠ 4); a is [2, 3] float64, b is [4] float64'],
  ])('refuses %s that differ', (_, text, options, words) => {
    const [x, y] = samples(text) as [Tensor, Tensor];
    expect(refusal(() => matmul(x, y, options))).toBe(`ShapeError: matmul: inner dimensions differ ${words}`);
  });

  test.each([
    ['a scalar', () => matmul(2, sample([4])), 'ShapeError: matmul: takes no scalars, use mul; a is [] float64, b is [4] float64'],
    ['precisions that differ', () => matmul(sample([2, 3], 'float32'), sample([3, 2])), 'DTypeError: matmul: float32 and float64 do not mix'],
    ['leading axes that differ', () => matmul(sample([2, 2, 3]), sample([3, 3, 4])), 'ShapeError: matmul: shapes do not broadcast (2 against 3); a is'],
    ['both', () => matmul([[1]], [[1]], { transposeA: true, adjointA: true }), 'TypeError: matmul: an operand is transposed or its adjoint'],
  ])('refuses %s', (_, call, words) => {
    expect(refusal(call)).toContain(words);
  });

  test.each(['64,64', '1,64,64'])('the gradient by shared weights sums over the batch while it multiplies: %s', (text) => {
    scope(() => {
      const x = sample([1024, 4, 64], 'float32');
      const [w] = samples(text, 'float32') as [Tensor];
      const { held } = memory();
      gradientsFunction((v: Tensor) => matmul(x, v), [0])(w);
      const batched = 1024 * w.size * 4;
      expect(memory().peak - held).toBeLessThan(batched / 2);
    });
  });

  test('nothing is left behind', () => {
    const before = memory().tensors;
    scope(() => {
      const f = gradientsFunction((x: Tensor, y: Tensor) => matmul(x, y).sum());
      f(sample([4, 2, 3]), sample([3, 5]));
    });
    expect(memory().tensors).toBe(before);
  });
});
