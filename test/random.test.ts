/** Random numbers: the generator against its published vectors, the documented properties of each draw, and its moments. Not their speed. */

import { gradientsFunction, random, type Tensor, tensor } from 'gradtape';
import { describe, expect, it, test } from 'vitest';

const words = (...values: number[]): Tensor => tensor(Int32Array.from(values));
const hex = (t: Tensor): string[] => Array.from(t.data(), (v) => (v >>> 0).toString(16).padStart(8, '0'));
const numbers = (t: Tensor): number[] => Array.from(t.data());

describe('Threefry-2x32-20', () => {
  // Random123's known-answer vectors: key, counter, block.
  test.each([
    [
      [0, 0],
      [0, 0],
      ['6b200159', '99ba4efe'],
    ],
    [
      [-1, -1],
      [-1, -1],
      ['1cb996fc', 'bb002be7'],
    ],
    [
      [0x13198a2e, 0x03707344],
      [0x243f6a88, 0x85a308d3],
      ['c4923a9c', '483df7a0'],
    ],
  ])('key %j, counter %j', (key, counter, block) => {
    expect(hex(random.threefry(words(...key), words(...counter)))).toEqual(block);
  });

  it('counts the blocks of a draw from 0', () => {
    const key = random.key(7);
    expect(hex(random.bits(key, [5]))).toEqual(
      hex(
        random.threefry(key, [
          [0, 0],
          [1, 0],
          [2, 0],
        ]),
      ).slice(0, 5),
    );
  });

  it('reads a key that is a view', () => {
    const turned = tensor(
      [
        [1, 5],
        [2, 6],
      ],
      { dtype: 'int32' },
    )
      .transpose()
      .unstack()[1] as Tensor;
    expect(hex(random.bits(turned, [2]))).toEqual(hex(random.bits(words(5, 6), [2])));
  });
});

describe('keys', () => {
  it('hold a seed as two words', () => {
    expect(hex(random.key(2 ** 40 + 7))).toEqual(['00000100', '00000007']);
    expect(hex(random.key(-1))).toEqual(['ffffffff', 'ffffffff']);
  });

  it('split into different keys, the first of them whatever the count', () => {
    const keys = random.split(random.key(1), 100).map((key) => hex(key).join());
    expect(new Set(keys).size).toBe(100);
    expect(random.split(random.key(1)).map((key) => hex(key).join())).toEqual(keys.slice(0, 2));
  });

  it('fold whole numbers in', () => {
    const keys = [0, 1, 2 ** 32 - 1].map((n) => hex(random.foldIn(random.key(1), n)).join());
    expect(new Set([...keys, ...random.split(random.key(1)).map((key) => hex(key).join())]).size).toBe(5);
  });

  it('are whole numbers, and two', () => {
    expect(() => random.key(0.5)).toThrow(/seed is a whole number from -9007199254740991 to 9007199254740991; got 0\.5/);
    expect(() => random.foldIn(random.key(0), -1)).toThrow(/got -1/);
    expect(() => random.normal(words(1, 2, 3), [2])).toThrow(/dimension 0 has size 3, expected 2/);
    expect(() => random.normal(tensor([1, 2]), [2])).toThrow(/^random.normal: key is a key, made by random.key/);
  });
});

type Draw = (key: Tensor, shape: number[]) => Tensor;

const draws: Record<string, Draw> = {
  bits: random.bits,
  uniform32: random.uniform,
  uniform64: (key, shape) => random.uniform(key, shape, { dtype: 'float64' }),
  uniformComplex: (key, shape) => random.uniform(key, shape, { dtype: 'complex64' }),
  integers: (key, shape) => random.integers(key, shape, -3, 4),
  normal32: random.normal,
  normal64: (key, shape) => random.normal(key, shape, { dtype: 'float64' }),
  normalComplex: (key, shape) => random.normal(key, shape, { dtype: 'complex128' }),
  truncated: random.truncatedNormal,
  exponential: random.exponential,
};

describe.each(Object.entries(draws))('%s', (_, draw) => {
  it('gives each element what its position says, whatever the shape', () => {
    const all = numbers(draw(random.key(3), [900]));
    const parts = all.length / 900;
    for (const n of [0, 1, 2, 3, 5, 255, 256, 257, 511, 513]) expect(numbers(draw(random.key(3), [n]))).toEqual(all.slice(0, n * parts));
    expect(numbers(draw(random.key(3), [2, 0, 3]))).toEqual([]);
    expect(numbers(draw(random.key(3), [30, 30]))).toEqual(all);
  });

  it('depends on the key', () => {
    const [a, b] = random.split(random.key(3)) as [Tensor, Tensor];
    expect(numbers(draw(a, [8]))).not.toEqual(numbers(draw(b, [8])));
  });
});

/** Mean, variance, third and fourth standardised moments. */
function moments(values: ArrayLike<number>): number[] {
  const x = Array.from(values);
  const n = x.length;
  const mean = x.reduce((a, b) => a + b, 0) / n;
  const central = (k: number): number => x.reduce((a, b) => a + (b - mean) ** k, 0) / n;
  const variance = central(2);
  return [mean, variance, central(3) / variance ** 1.5, central(4) / variance ** 2];
}

/** Within about 5 standard deviations of the moments of 2¹⁸ draws of such a distribution. */
function expectMoments(t: Tensor, expected: readonly number[]): void {
  for (const [k, m] of moments(t.data()).entries())
    expect(Math.abs(m - (expected[k] as number)), `moment ${k + 1}`).toBeLessThan([0.01, 0.02, 0.06, 0.6][k] as number);
}

const many = [2 ** 18];

describe('moments', () => {
  const key = random.key(11);
  it('uniform', () => {
    expectMoments(random.uniform(key, many), [1 / 2, 1 / 12, 0, 1.8]);
    expectMoments(random.uniform(key, many, { dtype: 'float64' }), [1 / 2, 1 / 12, 0, 1.8]);
  });
  it('normal', () => {
    expectMoments(random.normal(key, many), [0, 1, 0, 3]);
    expectMoments(random.normal(key, many, { mean: 3, std: 0.5, dtype: 'float64' }), [3, 0.25, 0, 3]);
    expectMoments(random.normal(key, many, { dtype: 'complex128' }), [0, 0.5, 0, 3]);
  });
  it('truncated normal', () => expectMoments(random.truncatedNormal(key, many), [0, 0.7737, 0, 2.3655]));
  it('truncated normal far in the tail', () => {
    // Beyond a, the excess is nearly exponential of mean 1/a.
    const z = numbers(random.truncatedNormal(key, many, { low: 20, high: Infinity, dtype: 'float64' })).map((v) => (v - 20) * 20);
    expect(Math.min(...z.slice(0, 1000))).toBeGreaterThanOrEqual(0);
    expect(Math.abs((moments(z)[0] as number) - 0.995)).toBeLessThan(0.01);
  });
  it('exponential', () => expectMoments(random.exponential(key, many), [1, 1, 2, 9]));
  it('Gumbel', () => expectMoments(random.gumbel(key, many), [0.5772, 1.6449, 1.1395, 5.4]));
  it('integers', () => expectMoments(random.integers(key, many, -3, 4), [0, 4, 0, 1.75]));
});

describe('ranges', () => {
  const key = random.key(5);
  it('uniform has the whole fraction, below 1', () => {
    const single = numbers(random.uniform(key, [4096]));
    expect(single.every((u) => u >= 0 && u < 1 && Number.isInteger(u * 2 ** 24))).toBe(true);
    expect(single.some((u) => !Number.isInteger(u * 2 ** 23))).toBe(true);
    const double = numbers(random.uniform(key, [4096], { dtype: 'float64' }));
    expect(double.every((u) => u >= 0 && u < 1 && Number.isInteger(u * 2 ** 53))).toBe(true);
    expect(double.some((u) => !Number.isInteger(u * 2 ** 52))).toBe(true);
  });
  it('integers reach both ends', () => {
    expect([...new Set(numbers(random.integers(key, [500], 5, 8)))].sort()).toEqual([5, 6, 7]);
    expect(() => random.integers(key, [1], 3, 3)).toThrow(/low < high; got 3, 3/);
  });
  it('truncated normal stays inside', () => {
    const z = numbers(random.truncatedNormal(key, [4096], { low: -0.1, high: 0.2, dtype: 'float64' }));
    expect(Math.min(...z)).toBeGreaterThanOrEqual(-0.1);
    expect(Math.max(...z)).toBeLessThanOrEqual(0.2);
  });
  it('float32 normals are the float64 ones, rounded', () => {
    expect(numbers(random.normal(key, [100]))).toEqual(numbers(random.normal(key, [100], { dtype: 'float64' })).map(Math.fround));
  });
  it('draws no int32 where it means floats', () => {
    expect(() => random.normal(key, [1], { dtype: 'int32' })).toThrow(/draws floating-point and complex numbers; got int32/);
    expect(() => random.exponential(key, [1], { dtype: 'complex64' })).toThrow(/draws float32 and float64; got complex64/);
  });
});

describe('choices', () => {
  const key = random.key(9);
  it('bernoulli follows p, which broadcasts', () => {
    const [rows, columns] = [5000, 3];
    const flips = random.bernoulli(key, [0, 0.25, 1], [rows, columns]);
    expect(flips.dtype).toBe('bool');
    const [never, sometimes, always] = flips
      .transpose()
      .unstack()
      .map((t) => numbers(t).reduce((a, b) => a + b, 0)) as [number, number, number];
    expect(never).toBe(0);
    expect(always).toBe(rows);
    expect(Math.abs(sometimes / rows - 0.25)).toBeLessThan(0.03);
  });
  it('categorical follows softmax(logits)', () => {
    const chosen = numbers(random.categorical(key, [Math.log(0.1), Math.log(0.2), Math.log(0.7), -Infinity], { shape: [20000] }));
    const shares = [0, 1, 2, 3].map((k) => chosen.filter((v) => v === k).length / 20000);
    for (const [k, p] of [0.1, 0.2, 0.7, 0].entries()) expect(Math.abs((shares[k] as number) - p)).toBeLessThan(0.02);
    expect(() => random.categorical(key, [])).toThrow(/no choices/);
  });
  it('permutations hold everything once, in all orders alike', () => {
    expect(numbers(random.permutation(key, 1000)).sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    const counts = new Map<string, number>();
    for (const k of random.split(key, 3000)) {
      const order = numbers(random.permutation(k, 3)).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const n of counts.values()) expect(Math.abs(n - 500)).toBeLessThan(110);
  });
  it('a tensor is permuted by slices', () => {
    const x = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const y = random.permutation(random.key(2), x, 1);
    expect(
      y
        .transpose()
        .unstack()
        .map((t) => numbers(t).join())
        .sort(),
    ).toEqual(['1,4', '2,5', '3,6']);
  });
});

it('what a draw is made of can be differentiated', () => {
  const key = random.key(1);
  const z = numbers(random.normal(key, [3]));
  const [mean, std] = gradientsFunction((m: Tensor, s: Tensor) => random.normal(key, [3], { mean: m, std: s }))(1, 2);
  expect(mean?.item()).toBe(3);
  expect(std?.item()).toBeCloseTo(
    z.reduce((a, b) => a + b, 0),
    5,
  );
  const u = numbers(random.uniform(key, [3])).reduce((a, b) => a + b, 0);
  const [low, high] = gradientsFunction((a: Tensor, b: Tensor) => random.uniform(key, [3], { low: a, high: b }))(1, 2);
  expect(low?.item()).toBeCloseTo(3 - u, 5);
  expect(high?.item()).toBeCloseTo(u, 5);
});
