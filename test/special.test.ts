/** Points that are hard to compute, each with its value and its gradient, for choices that several ops share. Points of a single op are in its row. */
import { gradientsFunction, mean, sum, type Tensor, tensor, where } from 'gradtape';
import { describe, expect, test } from 'vitest';

const f64 = (value: number | readonly number[] | readonly (readonly number[])[]): Tensor => tensor(value, { dtype: 'float64' });
const c128 = (re: number, im: number): Tensor => tensor({ re, im }, { dtype: 'complex128' });
const gradientAt = (f: (...xs: Tensor[]) => Tensor, ...xs: Tensor[]): unknown[] => gradientsFunction(f)(...xs).map((g) => g?.array());

/** Unary ops of floats whose local derivative is infinite or NaN at a point. */
const singular: readonly (readonly [string, (x: Tensor) => Tensor, number])[] = [
  ['sqrt', (x) => x.sqrt(), 0],
  ['rsqrt', (x) => x.rsqrt(), 0],
  ['cbrt', (x) => x.cbrt(), 0],
  ['log', (x) => x.log(), 0],
  ['log', (x) => x.log(), -1],
  ['log2', (x) => x.log2(), 0],
  ['log10', (x) => x.log10(), 0],
  ['log1p', (x) => x.log1p(), -1],
  ['reciprocal', (x) => x.reciprocal(), 0],
  ['div', (x) => tensor(1, { dtype: x.dtype }).div(x), 0],
  ['pow', (x) => x.pow(0.5), 0],
  ['pow', (x) => x.pow(-1), 0],
  ['asin', (x) => x.asin(), 1],
  ['acos', (x) => x.acos(), -1],
  ['acosh', (x) => x.acosh(), 1],
  ['acosh', (x) => x.acosh(), 0],
  ['atanh', (x) => x.atanh(), 1],
  ['exp', (x) => x.exp(), Infinity],
  ['mul', (x) => x.mul(Infinity), 1],
];

describe('a zero cotangent gives a zero gradient, whatever the derivative', () => {
  test.each(singular)('%s', (_, f, at) => {
    for (const dtype of ['float32', 'float64'] as const) {
      const x = tensor(at, { dtype });
      for (const g of [gradientsFunction(f)(x, { dy: 0 }), gradientsFunction((v: Tensor) => f(v).mul(0))(x)]) expect(Math.abs(g[0]?.item() as number)).toBe(0);
    }
  });
});

test('a zero cotangent adds nothing to one that is recorded, and its own gradient is the derivative', () => {
  const f = (x: Tensor, y: Tensor): Tensor => x.mul(Infinity).mul(y).add(x.mul(x)); // ∂f/∂x = 2x + ∞·y
  const dx = (x: Tensor, y: Tensor): Tensor => gradientsFunction(f, [0])(x, y)[0] as Tensor;
  for (const dtype of ['float32', 'float64'] as const) {
    const [x, y] = [tensor(3, { dtype }), tensor(0, { dtype })] as const;
    expect(dx(x, y).item()).toBe(6);
    expect(gradientsFunction(dx)(x, y).map((g) => g?.item())).toEqual([2, Infinity]);
  }
});

describe('where guards the branch not taken', () => {
  test.each(singular)('%s', (_, f, at) => {
    for (const dtype of ['float32', 'float64'] as const) {
      const x = tensor([at, 0.5], { dtype });
      const guarded = (v: Tensor): Tensor => where(v.equal(at), v.mul(3), f(v));
      const [g] = gradientsFunction(guarded)(x);
      const [alone] = gradientsFunction(f)(tensor(0.5, { dtype }));
      expect(g?.array()).toEqual([3, alone?.item()]);
    }
  });

  test('and its second derivative', () => {
    const f = (x: Tensor): Tensor => where(x.greater(0), x.sqrt(), x.mul(0));
    const second = gradientsFunction((x: Tensor) => gradientsFunction(f)(x)[0] as Tensor);
    expect(second(f64([0, 4])).map((g) => g?.array())).toEqual([[0, -1 / 32]]);
  });
});

describe('powers at 0', () => {
  const power = (x: Tensor, y: Tensor): Tensor => x.pow(y);
  test.each([
    [0, 2, 0, 0, 0],
    [0, 1, 0, 1, 0],
    [0, 0, 1, 0, 0],
    [0, 0.5, 0, Infinity, 0],
    [-1, 0, 1, 0, 0],
  ])('%d to the power of %d', (x, y, value, dx, dy) => {
    expect(power(f64(x), f64(y)).item()).toBe(value);
    expect(gradientAt(power, f64(x), f64(y))).toEqual([dx, dy]);
    expect(gradientAt((v) => v.pow(y), f64(x))).toEqual([dx]);
  });
  test('of complex numbers', () => {
    expect(gradientAt(power, c128(0, 0), c128(2, 0))).toEqual([
      { re: 0, im: 0 },
      { re: 0, im: 0 },
    ]);
    expect(power(c128(0, 0), c128(0, 0)).item()).toEqual({ re: 1, im: 0 });
  });
  test('the second derivative of x² and x³ at 0', () => {
    const second = (n: number): unknown => gradientsFunction((x: Tensor) => gradientsFunction((v: Tensor) => v.pow(f64(n)))(x)[0] as Tensor)(f64(0))[0]?.item();
    expect([second(2), second(3)]).toEqual([2, 0]);
  });
});

describe('softmax and its kin at ±1000', () => {
  const big = f64([1000, -1000, 0]);
  test('are finite, and so are their gradients', () => {
    expect(big.softmax().array()).toEqual([1, 0, 0]);
    expect(big.logSoftmax().array()).toEqual([0, -2000, -1000]);
    expect(big.logsumexp().item()).toBe(1000);
    expect(gradientAt((x) => x.logsumexp(), big)).toEqual([[1, 0, 0]]);
    expect(gradientAt((x) => x.logSoftmax(), big)).toEqual([[-2, 1, 1]]);
  });
  test('sums of nothing', () => {
    expect(f64([]).logsumexp().item()).toBe(-Infinity);
    expect(mean(f64([])).item()).toBeNaN();
    expect(sum(f64([])).item()).toBe(0);
    expect(f64([]).prod().item()).toBe(1);
    expect(f64([]).norm().item()).toBe(0);
    expect(gradientsFunction((x: Tensor) => mean(x))(f64([]))[0]?.shape).toEqual([0]);
  });
});

describe('repeated indices accumulate', () => {
  test('in take', () => expect(gradientAt((x) => x.take([1, 1, -1]), f64([1, 2, 3]))).toEqual([[0, 2, 1]]));
  test('in indexAdd', () =>
    expect(
      f64([0, 0])
        .indexAdd([1, 1, 0], f64([1, 2, 4]))
        .array(),
    ).toEqual([4, 3]));
  test('in segmentSum, where negative ids are dropped', () => expect(f64([1, 2, 4]).segmentSum([0, 0, -1]).array()).toEqual([3]));
});

describe('an index out of range names index, axis and size', () => {
  const x = f64([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  test.each([
    ['take', () => x.take([3], { axis: 1 }), 3, 1, 3],
    ['take', () => x.take([-3], { axis: 0 }), -3, 0, 2],
    ['gatherNd', () => x.gatherNd([[0, 3]]), 3, 1, 3],
    ['takeAlongAxis', () => x.takeAlongAxis([[5], [0]], { axis: 1 }), 5, 1, 3],
  ])('%s', (name, call, index, axis, size) => {
    expect(call).toThrow(
      expect.objectContaining({
        name: 'IndexError',
        code: 'index',
        op: name,
        message: expect.stringContaining(`index ${index} is out of range for axis ${axis} of size ${size}`),
      }),
    );
  });
});

describe('complex branch cuts, as C99', () => {
  const at = (f: (z: Tensor) => Tensor, re: number, im: number): number[] => {
    const v = f(c128(re, im)).item() as { re: number; im: number };
    return [v.re, v.im];
  };
  const π = Math.PI;
  test.each<[string, (z: Tensor) => Tensor, number, number, number, number]>([
    ['sqrt above the cut', (z) => z.sqrt(), -4, 0, 0, 2],
    ['sqrt below the cut', (z) => z.sqrt(), -4, -0, 0, -2],
    ['log above the cut', (z) => z.log(), -1, 0, 0, π],
    ['log below the cut', (z) => z.log(), -1, -0, 0, -π],
    ['asin above the cut', (z) => z.asin(), 2, 0, π / 2, Math.acosh(2)],
    ['asin below the cut', (z) => z.asin(), 2, -0, π / 2, -Math.acosh(2)],
    ['acos above the cut', (z) => z.acos(), -2, 0, π, -Math.acosh(2)],
    ['acos below the cut', (z) => z.acos(), -2, -0, π, Math.acosh(2)],
    ['atan right of the cut', (z) => z.atan(), 0, 2, π / 2, Math.atanh(0.5)],
    ['atan left of the cut', (z) => z.atan(), -0, 2, -π / 2, Math.atanh(0.5)],
    ['acosh above the cut', (z) => z.acosh(), -2, 0, Math.acosh(2), π],
    ['acosh below the cut', (z) => z.acosh(), -2, -0, Math.acosh(2), -π],
    ['atanh above the cut', (z) => z.atanh(), 2, 0, Math.atanh(0.5), π / 2],
    ['atanh below the cut', (z) => z.atanh(), 2, -0, Math.atanh(0.5), -π / 2],
    ['asinh right of the cut', (z) => z.asinh(), 0, 2, Math.acosh(2), π / 2],
    ['asinh left of the cut', (z) => z.asinh(), -0, 2, -Math.acosh(2), π / 2],
  ])('%s', (_, f, re, im, a, b) => {
    const [x, y] = at(f, re, im) as [number, number];
    expect(x).toBeCloseTo(a, 14);
    expect(y).toBeCloseTo(b, 14);
  });
  test('abs, angle and sign at 0 give 0, and so do their gradients', () => {
    for (const name of ['abs', 'angle'] as const) {
      expect(c128(0, 0)[name]().item()).toBe(0);
      expect(gradientAt((z) => z[name](), c128(0, 0))).toEqual([{ re: 0, im: 0 }]);
    }
    expect(c128(0, 0).sign().item()).toEqual({ re: 0, im: 0 });
    expect(gradientAt((z) => z.sign(), c128(0, 0))).toEqual([{ re: 0, im: 0 }]);
  });
});

describe('conversions', () => {
  test.each([
    ['float64', 'int32', [1.9, -1.9, 3e9, -3e9, Number.NaN], [1, -1, 2147483647, -2147483648, 0]],
    ['float64', 'bool', [0, -0, 0.5, Number.NaN], [false, false, true, true]],
    ['float64', 'float32', [0.1, 1e39], [Math.fround(0.1), Infinity]],
    ['int32', 'float32', [16777217], [16777216]],
  ] as const)('%s to %s', (from, to, values, expected) =>
    expect(
      tensor(values as unknown as number[], { dtype: from })
        .cast(to)
        .array(),
    ).toEqual(expected),
  );
  test('complex to real keeps the real part; its gradient is real', () => {
    expect(c128(3, 4).cast('float64').item()).toBe(3);
    expect(gradientAt((z) => z.cast('float64'), c128(3, 4))).toEqual([{ re: 1, im: 0 }]);
    expect(gradientAt((x) => x.cast('complex128').mul(c128(2, 5)), f64(1))).toEqual([2]);
  });
  test('to whole numbers they cut the connection', () => expect(gradientAt((x) => x.cast('int32').cast('float64'), f64(2.5))).toEqual([undefined]));
});

describe('whole numbers wrap, as 32-bit ones do', () => {
  const big = tensor([2147483647, -2147483648], { dtype: 'int32' });
  test('add', () => expect(big.add(1).array()).toEqual([-2147483648, -2147483647]));
  test('mul', () => expect(big.mul(2).array()).toEqual([-2, 0]));
  test('neg', () => expect(big.neg().array()).toEqual([-2147483647, -2147483648]));
  test('floorDiv and remainder of the least by −1', () => {
    expect(big.floorDiv(-1).array()).toEqual([-2147483647, -2147483648]);
    expect(big.remainder(-1).array()).toEqual([0, 0]);
  });
});
