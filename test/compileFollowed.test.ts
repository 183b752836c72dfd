/**
 * Products in compiled functions that a run follows while they are computed: results have the function's own bits, and the expected steps follow.
 * Programs are made on one thread, as with a pool no run follows; they are replayed on as many threads as there are.
 */
import { compile, type DTypeName, gradientsFunction, random, scope, type Tensor, tensor } from 'gradtape';
import { conv2d } from 'gradtape/nn';
import { describe, expect, test } from 'vitest';
import { bitsOf } from './cases.js';
import { alone } from './threads/core.js';
import { expectNothingLeft } from './values.js';

type F = (...tensors: Tensor[]) => Tensor | Tensor[];

const outcome = (results: Tensor | Tensor[]): string[] => [results].flat().map((t) => `${t.dtype} [${t.shape.join()}] ${bitsOf(t)}`);

/** Compares f compiled with f itself, and returns the number of products that a run follows. */
function followed(f: F, ...inputs: Tensor[]): number {
  const compiled = compile(f);
  const expected = outcome(f(...inputs));
  expect(alone(() => outcome(compiled(...inputs)))).toEqual(expected);
  for (let i = 0; i < 2; i++) expect(outcome(compiled(...inputs))).toEqual(expected);
  const listing = compiled.describe();
  compiled.dispose();
  return listing.match(/ at a time, behind /g)?.length ?? 0;
}

const DTYPES: readonly DTypeName[] = ['float32', 'float64', 'complex64', 'complex128'];

function matrix(seed: number, shape: readonly number[], dtype: DTypeName = 'float32'): Tensor {
  const x = random.normal(random.key(seed), shape).cast(dtype);
  return dtype.startsWith('complex') ? x.mul({ re: 0.6, im: -0.8 }) : x;
}

const activated = (z: Tensor, b: Tensor): Tensor => z.add(b).mul(0.25).tanh().sub(z);

describe('bits of a product that is followed', () => {
  test.each([
    ['of odd rows and columns', [67, 33], [33, 29]],
    ['of several depths', [130, 600], [600, 41]],
    ['of more columns than are packed at a time', [70, 20], [20, 1100]],
    ['of few rows', [5, 300], [300, 700]],
    ['of many small matrices', [3, 4, 33, 20], [3, 4, 20, 31]],
    ['of many matrices by one', [6, 33, 20], [20, 31]],
    ['of one matrix by many', [33, 20], [6, 20, 31]],
    ['of full tiles', [256, 64], [64, 64]],
  ])('%s', (_, left, right) => {
    for (const dtype of DTYPES)
      scope(() => {
        const f = (x: Tensor, w: Tensor, b: Tensor): Tensor => activated(x.matmul(w), b);
        expect(followed(f, matrix(1, left, dtype), matrix(2, right, dtype), matrix(3, [right.at(-1) as number], dtype))).toBe(1);
      });
  });

  test('of transposed operands', () =>
    scope(() => {
      const transposed = [0, 1, 2, 3].map((i) => [i > 1, i % 2 > 0] as const);
      for (const [transposeA, transposeB] of transposed)
        for (const dtype of DTYPES) {
          const x = matrix(1, transposeA ? [33, 67] : [67, 33], dtype);
          const w = matrix(2, transposeB ? [29, 33] : [33, 29], dtype);
          expect(followed((x, w, b) => activated(x.matmul(w, { transposeA, transposeB }), b), x, w, matrix(3, [29], dtype))).toBe(1);
        }
    }));

  test('and of its steps in their own right', () =>
    scope(() => {
      const [x, w, b] = [matrix(1, [150, 40]), matrix(2, [40, 150]), matrix(3, [150])];
      expect(followed((x, w) => x.matmul(w).relu(), x, w)).toBe(1);
      expect(followed((x, w, b) => x.matmul(w).reshape([3, 50, 150]).add(b).relu(), x, w, b)).toBe(1);
      expect(followed((x, w) => x.matmul(w).greater(0), x, w)).toBe(1);
      expect(followed((x, w) => x.matmul(w).cast('float64').exp(), x, w)).toBe(1);
    }));

  test('of a convolution', () => {
    for (const dtype of DTYPES)
      scope(() => {
        const [x, b] = [matrix(1, [9, 17, 15, 6], dtype), matrix(3, [6], dtype)];
        const f: F = (x, w, b) => activated(conv2d(x, w, { padding: 'SAME' }), b);
        const grouped =
          (groups: number): F =>
          (x, w, b) =>
            activated(conv2d(x, w, { strides: 2, groups }), b);
        expect(followed(f, x, matrix(2, [3, 3, 6, 6], dtype), b)).toBe(1);
        expect(followed(grouped(2), x, matrix(2, [3, 3, 3, 6], dtype), b)).toBe(0);
        const byLane = dtype.startsWith('float') ? 1 : 0;
        expect(followed(grouped(6), x, matrix(2, [3, 3, 1, 6], dtype), b)).toBe(byLane);
      });
  });

  test('of one that is padded some images or a part of one at a time, and of several depths', () =>
    scope(() => {
      const f: F = (x, w, b) => conv2d(x, w, { padding: 'SAME' }).add(b).relu();
      expect(followed(f, matrix(1, [5, 60, 60, 8]), matrix(2, [3, 3, 8, 24]), matrix(3, [24]))).toBe(1);
      expect(followed(f, matrix(1, [2, 90, 90, 16]), matrix(2, [3, 3, 16, 8]), matrix(3, [8]))).toBe(1);
      expect(followed(f, matrix(1, [2, 12, 12, 40]), matrix(2, [3, 3, 40, 24]), matrix(3, [24]))).toBe(1);
    }));
});

describe('elements that a product needs, or that are needed of it,', () => {
  const x = (): Tensor => matrix(1, [150, 150]);
  const w = (): Tensor => matrix(2, [150, 150]);

  test('are not overwritten by what follows', () =>
    scope(() => {
      // The operands end with the product, their room is enough for a result of what follows, and that has longer rows.
      const f: F = (x, w) => {
        const z = x.sin().matmul(w.cos());
        return [z.tanh().sum({ axis: 0 }), z.cos().sum({ axis: 1 }), z.sub(1).neg().max({ axis: 0 })];
      };
      expect(followed(f, matrix(1, [150, 100]), matrix(2, [100, 200]))).toBe(1);
    }));

  test('stay where the product is a result, or is read later', () =>
    scope(() => {
      expect(followed((x, w) => [x.matmul(w), x.matmul(w).tanh()], x(), w())).toBe(1);
      const f: F = (x, w) => {
        const z = x.matmul(w);
        return z.sub(z.square().sum({ axis: 0 }));
      };
      expect(followed(f, x(), w())).toBe(1);
    }));

  test('are overwritten behind their last reader only', () =>
    scope(() => {
      const early: F = (x, w) => {
        const z = x.matmul(w);
        const y = z.sin();
        return [y, y.mul(z)];
      };
      const linked: F = (x, w) => {
        const z = x.matmul(w);
        const doubled = z.mul(2);
        const y = z.tanh();
        return [y, y.add(doubled), z.sin().exp()];
      };
      const narrow: F = (x, w) => [x.matmul(w).greater(0), x.matmul(w).cast('float64')];
      for (const f of [early, linked, narrow]) expect(followed(f, x(), w())).toBe(1);
    }));

  test('are one place for the product and a result where that is possible', () =>
    scope(() => {
      const compiled = compile((x: Tensor, w: Tensor, b: Tensor) => x.matmul(w).add(b).relu());
      alone(() => compiled(x(), w(), matrix(3, [150])));
      expect(compiled.describe()).toBe(
        `program the function(x0: float32 [150, 150], x1: float32 [150, 150], x2: float32 [150])
  v0 = matmul(x0, x1): float32 [150, 150] at result 0
  run of 22500 elements, 1024 at a time, behind v0:
    s0 = add(v0, x2)
    v1 = relu(s0): float32 [150, 150] at result 0
  return v1
  arena: 8320 bytes for 0 of intermediate values; constants: 0 bytes; results: 90000 bytes`,
      );
      compiled.dispose();
    }));
});

describe('a product is not followed', () => {
  test('by what reads it in another order', () =>
    scope(() => {
      const [x, w] = [matrix(1, [70, 20]), matrix(2, [20, 70])];
      expect(followed((x, w) => x.matmul(w).add(x.matmul(w).transpose()), x, w)).toBe(0);
      expect(followed((x, w) => x.matmul(w).add(x.matmul(w).flip()), x, w)).toBe(0);
      expect(followed((x, w) => x.matmul(w).transpose().exp(), x, w)).toBe(0);
      expect(followed((x, w) => x.matmul(w).broadcastTo([3, 70, 70]).exp(), x, w)).toBe(0);
    }));

  test('where its rows are finished in another order, or more than once', () =>
    scope(() => {
      const alternating = matrix(1, [40, 3, 1, 20]);
      expect(followed((x, w) => x.matmul(w).tanh(), alternating, matrix(2, [3, 20, 31]))).toBe(0);
      const step: F = (x, w, y) => {
        const summed = (v: Tensor): Tensor => x.transpose([1, 0, 2]).matmul(v).mul(y).sum();
        return w.sub((gradientsFunction(summed)(w)[0] as Tensor).mul(0.1));
      };
      expect(followed(step, matrix(1, [50, 4, 20]), matrix(2, [20, 60]), matrix(3, [4, 50, 60]))).toBe(0);
      const filter: F = (x, w) => w.sub((gradientsFunction((v: Tensor) => conv2d(x, v, { padding: 'SAME' }).sum())(w)[0] as Tensor).mul(0.1));
      expect(followed(filter, matrix(1, [5, 60, 60, 8]), matrix(2, [3, 3, 8, 24]))).toBe(0);
      const input: F = (x, w) => x.sub((gradientsFunction((u: Tensor) => conv2d(u, w, { strides: 2 }).sum())(x)[0] as Tensor).mul(0.1));
      expect(followed(input, matrix(1, [2, 31, 31, 8]), matrix(2, [3, 3, 8, 24]))).toBe(0);
    }));

  test('for another, a constant', () =>
    scope(() => {
      const [u, w] = [matrix(1, [70, 20]), matrix(2, [20, 70])];
      const after: F = (x) => {
        const z = u.matmul(w);
        return x.cumsum(0).add(z);
      };
      expect(followed(after, matrix(3, [70, 70]))).toBe(0);
    }));

  test('as a vector, as integers, or where all of it is small', () =>
    scope(() => {
      const f: F = (x, w) => x.matmul(w).add(1).square();
      expect(followed(f, matrix(1, [1, 40]), matrix(2, [40, 2000]))).toBe(0);
      expect(followed(f, matrix(1, [2000, 40]), matrix(2, [40, 1]))).toBe(0);
      expect(followed(f, matrix(1, [70, 20], 'int32'), matrix(2, [20, 70], 'int32'))).toBe(0);
      expect(followed(f, matrix(1, [30, 20]), matrix(2, [20, 30]))).toBe(0);
    }));
});

test('an error in what follows is the one that the function has, and the next call is right', () => {
  const f = (x: Tensor, w: Tensor, d: Tensor): Tensor => x.matmul(w).cast('int32').floorDiv(d);
  const compiled = compile(f);
  const divisor = (zeroAt: number): Tensor =>
    tensor(
      Int32Array.from({ length: 6000 }, (_, i) => (i === zeroAt ? 0 : 3)),
      { shape: [150, 40] },
    );
  const run = (g: typeof f, zeroAt: number): string[] | string => {
    try {
      return outcome(g(matrix(1, [150, 30]), matrix(2, [30, 40]), divisor(zeroAt)));
    } catch (error) {
      return (error as Error).message.split(';')[0] as string;
    }
  };
  scope(() => alone(() => run(compiled, -1)));
  for (const zeroAt of [-1, 0, 3000, 5999, -1])
    expectNothingLeft(() => {
      expect(run(compiled, zeroAt)).toEqual(run(f, zeroAt));
      expect(compiled.describe()).toContain('behind v0');
    });
  compiled.dispose();
});
