/** An index out of range is an error, also if the result is empty; each op that reads indices has a row. Not the results of the ops. */
import * as g from 'gradtape';
import { compile, gradientsFunction, square, type Tensor, tensor, zeros } from 'gradtape';
import { describe, expect, test } from 'vitest';
import type { indexing } from './opinfo/indexing.js';
import { expectNothingLeft, plain } from './values.js';

/** The shape of x, for a size of its second axis, and the op of x at an index, of which 4 is the greatest. */
interface Row {
  readonly shape: (inner: number) => readonly number[];
  readonly f: (x: Tensor, at: Tensor) => Tensor;
}

const inner = (n: number): readonly number[] => [5, n];
const first = (n: number): readonly number[] => [1, n];
const segments = { numSegments: 5 };

/** Without oneHot, whose indices have no range; booleanMask, which makes its own; and takeAlongAxis, which has no indices if x is empty. */
type Reading = Exclude<keyof typeof indexing, 'oneHot' | 'booleanMask' | 'takeAlongAxis'>;
const rows: Readonly<Record<Reading, Row>> = {
  take: { shape: inner, f: (x, at) => x.take(at) },
  gather: { shape: inner, f: (x, at) => x.gather(at) },
  gatherNd: { shape: inner, f: (x, at) => x.gatherNd(at.reshape([1, 1])) },
  scatterNd: { shape: first, f: (x, at) => g.scatterNd(at.reshape([1, 1]), x, [5, x.shape[1] as number]) },
  indexAdd: { shape: inner, f: (x, at) => x.indexAdd(at, 1) },
  indexPut: { shape: inner, f: (x, at) => x.indexPut(at, 1) },
  scatterAdd: { shape: () => [5], f: (x, at) => x.scatterAdd(at, [1]) },
  scatterMax: { shape: () => [5], f: (x, at) => x.scatterMax(at, [1]) },
  segmentSum: { shape: first, f: (x, at) => x.segmentSum(at, segments) },
  segmentMean: { shape: first, f: (x, at) => x.segmentMean(at, segments) },
  segmentMax: { shape: first, f: (x, at) => x.segmentMax(at, segments) },
};

const index = (...at: readonly number[]): Tensor => tensor(at, { dtype: 'int32' });
const refusal = (name: string, at: number, size: number): object =>
  expect.objectContaining({ name: 'IndexError', message: expect.stringMatching(`^${name}: index ${at} is out of range for axis 0 of size ${size}`) });

describe.each(Object.entries(rows))('%s', (name, { shape, f }) => {
  test.each([3, 0])('of rows of %i elements', (n) => {
    const x = zeros(shape(n));
    expectNothingLeft(() => expect(() => f(x, index(9))).toThrow(refusal(name, 9, 5)));
    expectNothingLeft(() => expect(() => gradientsFunction((v: Tensor) => f(v, index(9)))(x)).toThrow(refusal(name, 9, 5)));
    expect(plain(gradientsFunction((v: Tensor) => f(v, index(4)).sum())(x))).toEqual([expect.anything()]);
  });

  test.each([3, 0])('of rows of %i elements, compiled', (n) => {
    const compiled = compile(f);
    const x = zeros(shape(n));
    expectNothingLeft(() => expect(() => compile(f)(x, index(9))).toThrow(refusal(name, 9, 5)));
    const right = plain(f(x, index(4)));
    expect(plain(compiled(x, index(4)))).toEqual(right);
    expectNothingLeft(() => expect(() => compiled(x, index(9))).toThrow(refusal(name, 9, 5)));
    expect(plain(compiled(x, index(4)))).toEqual(right);
    compiled.dispose();
  });
});

test('an axis without elements has no index', () => {
  const none = zeros([0]);
  expect(() => none.scatterAdd(index(0), [1])).toThrow(refusal('scatterAdd', 0, 0));
  expect(() => none.scatterMax(index(-1), [1])).toThrow(refusal('scatterMax', -1, 0));
  expect(() => none.indexPut(index(0), [1])).toThrow(refusal('indexPut', 0, 0));
  expect(() => none.indexAdd(index(0), [1])).toThrow(refusal('indexAdd', 0, 0));
  expect(() => zeros([1, 0]).segmentSum(index(0), { numSegments: 0 })).toThrow(refusal('segmentSum', 0, 0));
  for (const y of [none.take(index()), none.indexPut(index(), []), none.scatterAdd(index(), [])]) expect(y.shape).toEqual([0]);
  expect(plain(square(3))).toBe(9);
});

test('indices that mean nothing stay allowed, and rows of nothing cost nothing', () => {
  expect(zeros([2, 0]).segmentSum(index(-1, 0), segments).shape).toEqual([5, 0]);
  expect(zeros([2 ** 28, 5, 0]).take(index(4, -5), { axis: 1 }).shape).toEqual([2 ** 28, 2, 0]);
});

test('a scalar has the axes 0 and −1 where one is reduced or run along', () => {
  const x = tensor(3);
  for (const axis of [0, -1]) {
    expect(x.sum(axis).item()).toBe(3);
    expect(x.max({ axis, keepDims: true }).shape).toEqual([]);
    expect(x.argmax(axis).item()).toBe(0);
    expect(x.cumsum(axis).item()).toBe(3);
    expect(x.softmax(axis).item()).toBe(1);
    expect(x.variance(axis).item()).toBe(0);
    expect((gradientsFunction((v: Tensor) => v.square().sum(axis), [0])(x)[0] as Tensor).item()).toBe(6);
  }
  expect(() => x.sum(1)).toThrow(/^sum: axis 1 is out of range for rank 0/);
});
