/** Functions that compute their slopes with their values: the same bits in every way to run them, and derivatives of any order. */
import {
  compile,
  cosh,
  erf,
  erfc,
  gelu,
  gradientsFunction,
  jvp,
  logSigmoid,
  memory,
  mish,
  scope,
  sigmoid,
  silu,
  sinh,
  softplus,
  stopGradient,
  sub,
  type Tensor,
  tanh,
  tensor,
  valueAndGradientsFunction,
} from 'gradtape';
import { describe, expect, test } from 'vitest';

const FUNCTIONS: Record<string, (x: Tensor) => Tensor> = {
  ...{ tanh, sigmoid, silu, softplus, logSigmoid, mish, gelu, erf, erfc, sinh, cosh },
  geluTanh: (x) => gelu(x, { approximate: true }),
};

/** Numbers over the whole range, with those at which formulas change, infinities and NaN. */
function numbers(n: number): number[] {
  const special = [
    0,
    -0,
    1e-40,
    -1e-40,
    1e-8,
    9.01,
    10,
    10.5,
    -10.5,
    16,
    -16.5,
    63,
    64.5,
    -64.5,
    88,
    -88,
    103,
    700,
    -700,
    1e30,
    -1e30,
    Infinity,
    -Infinity,
    NaN,
  ];
  return Array.from({ length: n }, (_, i) => special[i] ?? Math.sin(i * 12.9898) * 2 ** ((i % 23) - 12));
}

function bits(t: Tensor | null): string {
  const { buffer, byteOffset, byteLength } = (t as Tensor).data();
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).toString('hex');
}

const derivative = (g: (x: Tensor) => Tensor) => (x: Tensor) => gradientsFunction(g)(x)[0] as Tensor;

describe.each(Object.entries(FUNCTIONS))('%s', (_, f) => {
  const both = (x: Tensor): [Tensor, Tensor] => {
    const { value, gradients } = valueAndGradientsFunction(f)(x);
    return [value, gradients[0] as Tensor];
  };

  test.each(['float32', 'float64'] as const)('%s: the same bits recorded or not, in programs, and wherever operands lie', (dtype) => {
    scope(() => {
      const data = numbers(6144);
      const x = tensor(data, { dtype });
      const expected = both(x).map(bits);
      expect(bits(f(x))).toBe(expected[0]);
      expect(compile((x: Tensor) => both(x.mul(1)))(x).map(bits)).toEqual(expected);
      const gaps = tensor(
        data.flatMap((v) => [v, 7]),
        { shape: [6144, 2], dtype },
      );
      expect(both(gaps.slice([0, 0], [6144, 1])).map(bits)).toEqual(expected);
      const turned = both(x.reshape([96, 64]).transpose());
      expect(turned.map((t) => bits(t.transpose()))).toEqual(expected);
      for (const i of [0, 5, 40, 301]) expect(both(tensor(data[i] as number, { dtype })).map(bits)).toEqual(both(x).map((t) => bits(t.slice([i], [1]))));
    });
  });

  test('a gradient is differentiated again, by the argument and by the cotangent', () => {
    scope(() => {
      const h = 1e-4;
      const x = tensor([0.3, -0.7, 1.9], { dtype: 'float64' });
      let g = f;
      for (let order = 1; order <= 4; order++) {
        const difference = sub(g(x.add(h)), g(x.sub(h))).div(2 * h);
        g = derivative(g);
        expect(sub(g(x), difference).abs().max().item(), `order ${order}`).toBeLessThan(1e-5);
      }
      const slope = bits(derivative(f)(x));
      const byCotangent = gradientsFunction((w: Tensor) => derivative((x) => f(x).mul(w))(x));
      expect(bits(byCotangent(tensor([1, 1, 1], { dtype: 'float64' }))[0])).toBe(slope);
      expect(bits(gradientsFunction((x: Tensor) => stopGradient(derivative(f)(x)).mul(x))(x)[0])).toBe(slope);
    });
  });

  test('tangents go through values and slopes', () => {
    scope(() => {
      const x = tensor([0.3, -0.7, 1.9], { dtype: 'float64' });
      const one = tensor([1, 1, 1], { dtype: 'float64' });
      const along = (g: (x: Tensor) => Tensor) => (x: Tensor) => jvp(g)([x], [one]).tangent as Tensor;
      const close = (g: (x: Tensor) => Tensor, h: (x: Tensor) => Tensor) => expect(sub(g(x), h(x)).abs().max().item()).toBeLessThan(1e-14);
      const product = (x: Tensor) => derivative(f)(x).mul(f(x));
      close(along(f), derivative(f));
      close(along(derivative(f)), derivative(derivative(f)));
      close(along(product), derivative(product));
      close(along(along(derivative(f))), derivative(derivative(derivative(f))));
    });
  });

  test('no slope outlives its tape', () => {
    const before = memory().tensors;
    scope(() => {
      gradientsFunction(f)(tensor(numbers(5000)));
    });
    expect(memory().tensors).toBe(before);
  });
});
