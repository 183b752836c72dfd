/** Elementwise ops on views large enough for every mode of the tile iterator: they have the bits of contiguous copies. ops.test.ts has shapes. */
import {
  add,
  broadcastTo,
  cast,
  flip,
  greater,
  logsumexp,
  norm,
  random,
  slice,
  sum,
  swapaxes,
  type Tensor,
  tensor,
  transpose,
  variance,
  where,
  zeros,
} from 'gradtape';
import { describe, expect, test } from 'vitest';

const dtypes = ['float32', 'float64', 'complex64', 'complex128', 'int32', 'bool'] as const;
type DType = (typeof dtypes)[number];

const make = (shape: readonly number[], dtype: DType): Tensor => {
  const x = random.uniform(random.key(shape.length), shape, { low: -8, high: 8 });
  return dtype === 'bool' ? greater(x, 0) : cast(x, dtype);
};
const copy = (x: Tensor): Tensor => tensor(x.data(), { shape: x.shape, dtype: x.dtype });

/** Views, by the mode in which the iterator reads them. */
const views: Record<string, (dtype: DType) => Tensor> = {
  transposed: (dtype) => transpose(make([129, 70], dtype)),
  'transposed, batched': (dtype) => swapaxes(make([3, 65, 131], dtype), 1, 2),
  'transposed, broadcast over batches': (dtype) => broadcastTo(transpose(make([300, 33], dtype)), [2, 33, 300]),
  'transposed and flipped': (dtype) => flip(transpose(make([140, 65], dtype)), 1),
  'rows of a wider matrix': (dtype) => slice(make([40, 200], dtype), [1, 3], [37, 101]),
  'short rows': (dtype) => slice(make([90, 40], dtype), [0, 1], [90, 19]),
  'a row for all': (dtype) => broadcastTo(make([300], dtype), [9, 300]),
  'a short row for all': (dtype) => broadcastTo(make([16], dtype), [99, 16]),
  'a short row, whose length tiles are no multiple of': (dtype) => broadcastTo(make([24], dtype), [99, 24]),
  'a column for all': (dtype) => broadcastTo(make([9, 1], dtype), [9, 300]),
  'every other': (dtype) =>
    slice(make([4000], dtype), [0])
      .reshape([2000, 2])
      .swapaxes(0, 1),
};

const bits = (x: Tensor): string => {
  const data = x.data();
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
};

test('several axes of which one is empty, of a view', () => {
  const x = swapaxes(zeros([0, 2, 3]), 0, 1);
  for (const f of [sum, logsumexp, variance, norm]) expect([...f(x, [1, 2]).data()]).toEqual([...f(copy(x), [1, 2]).data()]);
});

describe.each(dtypes)('%s', (dtype) => {
  test.each(Object.keys(views))('%s', (name) => {
    const view = (views[name] as (dtype: DType) => Tensor)(dtype);
    const plain = copy(view);
    const other = make(view.shape, dtype);
    const row = make(view.shape.slice(-1), dtype);
    const ops: ((x: Tensor) => Tensor)[] =
      dtype === 'bool'
        ? [(x) => x.logicalNot(), (x) => x.logicalXor(other), (x) => where(x, 1, other.cast('float32')), (x) => x.logicalAnd(row)]
        : [(x) => x.neg(), (x) => add(x, other), (x) => add(row, x), (x) => x.equal(other), (x) => where(other.equal(row), x, other)];
    for (const op of ops) expect(bits(op(view))).toBe(bits(op(plain)));
    expect(bits(add(view.cast('float32'), view.cast('float32')))).toBe(bits(add(plain.cast('float32'), plain.cast('float32'))));
  });
});
