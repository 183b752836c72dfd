/**
 * Norms, deviations and functions that divide by them, at every scale: if the numbers are multiplied by a power of two, results and derivatives are
 * multiplied by a power of two too, bit for bit, as long as they stay in range. Values at scale 1 are compared with sums of twice the precision.
 */
import { atan2, compile, gradientsFunction, hypot, norm, std, sum, type Tensor, tensor, transpose, variance } from 'gradtape';
import { cosineDistance, layerNorm, rmsNorm } from 'gradtape/nn';
import { describe, expect, test } from 'vitest';
import { distance, product, sumOf } from './reference/twofold.js';

const REALS = ['float32', 'float64'] as const;
type DType = (typeof REALS)[number];
const unit = { float32: 2 ** -24, float64: 2 ** -53 };

let state = 7;
const random = (): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 31 - 1;
};
const values = (n: number, dtype: DType): Float32Array | Float64Array => {
  const list = Float64Array.from({ length: n }, () => {
    const x = random();
    return x + Math.sign(x); // not too small to be scaled
  });
  return dtype === 'float32' ? Float32Array.from(list) : list;
};

type Function_ = (x: Tensor) => Tensor;

const weights = (x: Tensor): Tensor =>
  tensor(
    Array.from({ length: x.shape.at(-1) ?? 1 }, (_, i) => 1 + (i % 3) / 2 - (i % 2)),
    { dtype: x.dtype as DType },
  );
const gradient =
  (f: Function_): Function_ =>
  (x) =>
    gradientsFunction((v: Tensor) => f(v))(x)[0] as Tensor;
/** The Hessian by a vector. */
const curvature =
  (f: Function_): Function_ =>
  (x) =>
    gradientsFunction((v: Tensor) => gradient(f)(v).mul(weights(v)))(x)[0] as Tensor;

/** Functions of lines, and the power p of the scale in their value: f(s·x) = sᵖ·f(x). */
const functions: Record<string, readonly [Function_, number]> = {
  norm: [(x) => norm(x), 1],
  'norm of lines': [(x) => norm(x, { axis: -1 }), 1],
  std: [(x) => std(x), 1],
  'std of lines': [(x) => std(x, { axis: -1, correction: 1 }), 1],
  layerNorm: [(x) => layerNorm(x, null, null, { epsilon: 0 }).mul(weights(x)), 0],
  rmsNorm: [(x) => rmsNorm(x, null, { epsilon: 0 }).mul(weights(x)), 0],
  cosineDistance: [(x) => cosineDistance(x, weights(x), { reduction: 'none' }), 0],
};

const shapes = [[5], [2, 3], [3, 40], [700]] as const;
/** Scales at which squares leave the range, but numbers and their products with weights do not. */
const exponents = { float32: [-100, -66, -62, 61, 70, 100], float64: [-900, -513, -505, 505, 513, 900] };

describe.each(REALS)('%s: a power of two in front', (dtype) => {
  describe.each(Object.keys(functions))('of %s', (name) => {
    const [f, power] = functions[name] as (typeof functions)[string];
    const orders: readonly (readonly [string, Function_, number])[] = [
      ['value', f, power],
      ['gradient', gradient(f), power - 1],
      ['second derivative', curvature(f), power - 2],
    ];
    test.each(orders)('%s', (_, g, order) => {
      for (const shape of shapes) {
        const x = tensor(
          values(
            shape.reduce<number>((a, b) => a * b, 1),
            dtype,
          ),
          { shape },
        );
        const expected = g(x);
        const compiled = compile(g);
        for (const exponent of exponents[dtype]) {
          const most = dtype === 'float32' ? 100 : 900;
          if (Math.abs(order * exponent) > most) continue;
          const scaled = x.mul(2 ** exponent);
          for (const result of [g(scaled), compiled(scaled), g(transpose(transpose(scaled).identity()))])
            expect(result.mul(2 ** (-order * exponent)).data(), `2^${exponent}, [${shape}]`).toEqual(expected.data());
        }
      }
    });
  });

  test('values that the document gives', () => {
    const big = dtype === 'float32' ? 1e20 : 1e200;
    const of = (list: number[]): Tensor => tensor(list, { dtype });
    const close = (actual: Tensor, expected: number): void => expect(Math.abs((actual.item() as number) / expected - 1)).toBeLessThan(4 * unit[dtype]);
    close(norm(of([3 * big, 4 * big])), 5 * big);
    close(norm(of([3 / big, 4 / big])), 5 / big);
    close(std(of([big, -big])), big);
    expect(gradient(norm)(of([3 * big, 4 * big])).data()).toEqual(gradient(norm)(of([3, 4])).data());
  });

  test('subnormal numbers have norms', () => {
    const least = dtype === 'float32' ? 2 ** -149 : 2 ** -1074;
    expect(norm(tensor([3 * least, 4 * least], { dtype })).item()).toBe(5 * least);
    expect(gradient((x) => std(x))(tensor([64 * least, -64 * least], { dtype })).array()).toEqual([0.5, -0.5]);
  });

  test('epsilon counts beside large and small numbers', () => {
    const lines = (scale: number, epsilon: number): unknown => layerNorm(tensor([scale, 3 * scale, -scale], { dtype }), null, null, { epsilon }).data();
    expect(lines(2 ** 90, 1e-5)).toEqual(lines(2 ** 90, 0));
    expect(lines(2 ** -90, 4 * 2 ** -180)).toEqual(lines(1, 4));
  });

  test('the norm of n numbers is right to 16u', () => {
    for (const n of [1, 2, 5, 33, 600, 20_000]) {
      const data = values(n, dtype);
      const squares = sumOf(n, (i) => product(data[i] as number, data[i] as number));
      const got = norm(tensor(data)).item() as number;
      // |y² − s| ≈ 2y·|y − √s|
      expect(distance(got * got, squares) / (2 * squares[0]), `${n} numbers`).toBeLessThanOrEqual(16 * unit[dtype]);
    }
  });
});

describe('complex numbers', () => {
  test('have norms and deviations wherever they lie', () => {
    const z = tensor(
      [
        { re: 3e20, im: 4e20 },
        { re: 0, im: 0 },
      ],
      { dtype: 'complex64' },
    );
    expect(norm(z).item()).toBeCloseTo(Math.fround(5e20), -15);
    expect(norm(z, { keepDims: true }).shape).toEqual([1]);
    expect(norm(z.reshape([1, 2]), { axis: 0 }).shape).toEqual([2]);
    expect(std(z).item()).toBeCloseTo(2.5e20, -15);
    const [dz] = gradient((v) => norm(v))(z).array() as { re: number; im: number }[];
    expect(dz?.re).toBeCloseTo(0.6, 6);
    expect(dz?.im).toBeCloseTo(0.8, 6);
  });
});

describe('kinks at 0: derivatives of every order are 0', () => {
  const zero = tensor([0, 0, 0], { dtype: 'float64' });
  const nought = [0, 0, 0];
  const kinks: readonly (readonly [string, Function_, Tensor])[] = [
    ['norm', (x) => norm(x), zero],
    ['std', (x) => std(x), zero.add(5)],
    ['abs', (x) => sum(x.abs().mul(x)), zero],
    ['hypot', (x) => sum(hypot(x, x.mul(2))), zero],
    ['atan2', (x) => sum(atan2(x, x.mul(2))), zero],
    ['rmsNorm without epsilon', (x) => rmsNorm(x, null, { epsilon: 0 }), zero],
    ['layerNorm without epsilon', (x) => layerNorm(x, null, null, { epsilon: 0 }), zero.add(5)],
    ['cosineDistance', (x) => cosineDistance(x, tensor([1, 2, 3], { dtype: 'float64' })), zero],
    ['the square of a norm', (x) => norm(x).square(), zero],
  ];
  test.each(kinks)('%s', (_, f, at) => {
    for (const g of [gradient(f), curvature(f), gradient(curvature(f))]) expect((g(at).array() as number[]).map(Math.abs)).toEqual(nought);
  });
  test('the sum of squares is smooth', () => {
    expect(curvature((x) => sum(x.square()))(zero).array()).toEqual([2, 1, 4]);
  });
});

describe('variance', () => {
  test('is finite where it is a number', () => {
    const x = tensor(Array.from({ length: 64 }, (_, i) => (i % 2 ? 1.5e19 : -1.5e19)));
    expect(variance(x).item()).toBeCloseTo(Math.fround(2.25e38), -33);
    expect(variance(tensor([1e200, -1e200], { dtype: 'float64' })).item()).toBe(Infinity);
    expect(variance(tensor([3e-23, -3e-23])).item()).toBe(Math.fround(Math.fround(3e-23) ** 2));
  });
});

describe('cosineDistance', () => {
  const none = { reduction: 'none' } as const;
  test('takes norms of what was broadcast', () => {
    const [a, b] = [tensor([1, 1, 1, 1]), tensor([1])];
    expect(cosineDistance(a, b, none).item()).toBe(0);
    expect(gradientsFunction((x: Tensor, y: Tensor) => cosineDistance(x, y, none))(a, b).map((g) => g?.array())).toEqual([[0, 0, 0, 0], [0]]);
    const [dx] = gradientsFunction((x: Tensor, y: Tensor) => cosineDistance(x, y, none))(tensor([1, 2, 1, 1]), b);
    // cos = 5/√28, ∂cos/∂xₖ = (1/2 − cos·xₖ/√7)/√7
    const expected = [1, 2, 1, 1].map((x) => -(0.5 - (5 / Math.sqrt(28)) * (x / Math.sqrt(7))) / Math.sqrt(7));
    expected.forEach((g, i) => {
      expect((dx as Tensor).array()).toHaveProperty([i], expect.closeTo(g, 6));
    });
  });
  test('is 1 where a norm is 0, and does not cancel between neighbours', () => {
    expect([cosineDistance([0, 0], [1, 2]), cosineDistance([0, 0], [0, 0])].map((d) => d.item())).toEqual([1, 1]);
    expect((cosineDistance([1, 1e-4], [1, 0]).item() as number) / 5e-9).toBeCloseTo(1, 5);
  });
});
