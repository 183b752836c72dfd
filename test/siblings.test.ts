/** Gradient functions inside each other; valueAndGradientsFunction and makeVjp. */
import { gradientsFunction, makeVjp, square, type Tensor, tensor, valueAndGradientsFunction } from 'gradtape';
import { describe, expect, test } from 'vitest';
import { expectNothingLeft, plain } from './values.js';

const x64 = (value: number | number[]): Tensor => tensor(value, { dtype: 'float64' });
const product = (x: Tensor, y: Tensor): Tensor => x.mul(y);
const cube = (x: Tensor): Tensor => x.mul(x).mul(x);

describe('gradients with the elements of one tensor', () => {
  const both = (x: Tensor, y: Tensor, z: Tensor): Tensor => x.mul(z).add(y.mul(z)); // x̄ = ȳ = z
  const disposedAfterEachOther = (gradients: readonly (Tensor | null)[], operands: readonly Tensor[]): unknown[] => {
    const [dx, dy] = gradients as readonly [Tensor, Tensor];
    dx.dispose();
    const values = plain([dy, ...operands]) as unknown[];
    dy.dispose();
    return [values, plain(operands)];
  };

  test('are tensors of their own', () => {
    const operands = [x64([1, 2]), x64([3, 4]), x64([5, 6])] as const;
    const values = operands.map((t) => t.array());
    const expected = [[values[2], ...values], values];
    expect(disposedAfterEachOther(gradientsFunction(both, [0, 1]).withDy(x64([1, 1]))(...operands), operands)).toEqual(expected);
    expect(disposedAfterEachOther(gradientsFunction(both, [0, 1])(...operands), operands)).toEqual(expected);
    const { vjp } = makeVjp(both, [0, 1])(...operands);
    for (let i = 0; i < 2; i++) expect(disposedAfterEachOther(vjp(), operands)).toEqual(expected);
  });
  test('also where another tape records them', () => {
    const inner = (x: Tensor, y: Tensor, z: Tensor): Tensor => {
      const [dx, dy] = gradientsFunction(both, [0, 1])(x, y, z) as [Tensor, Tensor];
      return dx.mul(dy); // z²
    };
    expect(plain(gradientsFunction(inner, [2])(x64(1), x64(3), x64(5)))).toEqual([10]);
  });
});

describe('nesting', () => {
  const derivative =
    (f: (x: Tensor) => Tensor) =>
    (x: Tensor): Tensor =>
      gradientsFunction(f, { unconnectedGradients: 'zero' })(x)[0] as Tensor;

  test('gives every order', () => {
    const orders = [cube, derivative(cube), derivative(derivative(cube)), derivative(derivative(derivative(cube)))];
    expect(orders.map((f) => f(x64(2)).item())).toEqual([8, 12, 12, 6]);
  });
  test('keeps derivatives apart', () => {
    // Siskind & Pearlmutter, "Perturbation Confusion and Referential Transparency", 2005: d/dx x·(d/dy (x + y)) = 1
    expect(derivative((x) => x.mul(derivative((y) => x.add(y))(x64(1))))(x64(1)).item()).toBe(1);
    // d/dx x·(d/dy x·y) = 2x
    expect(derivative((x) => x.mul(derivative((y) => x.mul(y))(x64(2))))(x64(3)).item()).toBe(6);
    expect(derivative((x) => derivative((y) => derivative((w) => x.mul(y).mul(w).mul(w))(x))(x))(x64(3)).item()).toBe(12);
  });
  test('mixed paths add: d/dx x·f′(x) = f′ + x·f″', () => expect(derivative((x) => x.mul(derivative(cube)(x)))(x64(2)).item()).toBe(12 + 2 * 12));
  test('an inner argument may be a captured outer one', () =>
    expect(plain(gradientsFunction((x: Tensor) => gradientsFunction((y: Tensor) => y.mul(y).mul(x))(x)[0] as Tensor)(3))).toEqual([12]));
  test('the second derivative of a linear function is not connected', () =>
    expect(plain(gradientsFunction((x: Tensor) => gradientsFunction((y: Tensor) => y.mul(3))(x)[0] as Tensor)(2))).toEqual([null]));
  test('a function differentiates as often as it is called', () => {
    const g = gradientsFunction(cube);
    expect(plain([g(1), g(2), g(3)])).toEqual([[3], [12], [27]]);
    expect(plain(gradientsFunction((x: Tensor) => [g(x)[0] as Tensor, g(x)[0] as Tensor])(1))).toEqual([12]);
  });
});

describe('unconnectedGradients', () => {
  const zero = { unconnectedGradients: 'zero' } as const;
  test('gives zeros in shape and dtype', () => {
    const [g, h] = gradientsFunction((x: Tensor, _: Tensor) => x, zero)(1, x64([1, 2]));
    expect([plain(g), plain(h), h.dtype]).toEqual([1, [0, 0], 'float64']);
  });
  test('zeros that outer functions can use', () =>
    expect(plain(gradientsFunction((x: Tensor) => gradientsFunction((y: Tensor) => y.mul(3), zero)(x)[0].mul(x))(2))).toEqual([3]));
  test('integers still have none', () => expect(plain(gradientsFunction((x: Tensor) => x, zero)(tensor(1, { dtype: 'int32' })))).toEqual([null]));
});

describe('valueAndGradientsFunction', () => {
  test('gives both, the value as f returned it', () => {
    const { value, gradients } = valueAndGradientsFunction((x: Tensor, y: Tensor) => ({ product: product(x, y), x, n: 7 }), [1])(2, 3);
    expect(plain(value)).toEqual({ product: 6, x: 2, n: 7 });
    expect(plain(gradients)).toEqual([2]);
  });
  test('with dy', () => expect(plain(valueAndGradientsFunction(square)(3, { dy: 10 }))).toEqual({ value: 9, gradients: [60] }));
  test('values live on, and leave nothing behind when disposed', () => {
    expectNothingLeft(() => {
      const { value, gradients } = valueAndGradientsFunction(square)(3);
      expect([value.item(), gradients[0]?.item()]).toEqual([9, 6]);
    });
  });
});

describe('makeVjp', () => {
  const run = makeVjp((x: Tensor, y: Tensor) => x.mul(y));

  test('sweeps as often as wanted', () => {
    const { value, vjp } = run(2, 3);
    expect(value.item()).toBe(6);
    expect(plain([vjp(), vjp(10), vjp(1)])).toEqual([
      [3, 2],
      [30, 20],
      [3, 2],
    ]);
  });
  test('whatever becomes of the value and the arguments', () => {
    const x = tensor([1, 2]);
    const { value, vjp } = makeVjp(square)(x);
    value.dispose();
    expect(plain(vjp([1, 10]))).toEqual([[2, 40]]);
  });
  test('not after its end', () => {
    const { vjp, dispose } = run(2, 3);
    dispose();
    dispose();
    expect(() => vjp()).toThrow(expect.objectContaining({ name: 'TapeError', message: 'makeVjp: this run was disposed' }));
  });
  test('inside other gradient functions', () => {
    const f = (x: Tensor): Tensor => makeVjp(cube)(x).vjp(2)[0] as Tensor;
    expect(plain(gradientsFunction(f)(3))).toEqual([2 * 6 * 3]);
  });
  test('leaves nothing once disposed', () => {
    expectNothingLeft(() => {
      const { vjp, dispose } = run(2, 3);
      vjp(5);
      dispose();
    });
  });
});
