/** Numbers as arguments: weak doubles, in every transform; beside float64 tensors they lose no digit. */
import { add, cast, compile, exp, gradientsFunction, makeVjp, memory, mul, stack, type Tensor, tensor, valueAndGradientsFunction } from 'gradtape';
import { describe, expect, test } from 'vitest';
import { plain } from './values.js';

const x64 = (v: number | number[]): Tensor => tensor(v as number, { dtype: 'float64' });
const data = [0.1, 0.7, -1.3, 2.9];
const x = (): Tensor => x64(data);
const x32 = (): Tensor => tensor(data);
const dtypes = (gradients: readonly (Tensor | null)[]): unknown[] => gradients.map((g) => g?.dtype);

/** Σ exp(a·x)·b + a·b, differentiated by its numbers; a and b are multiplied by each other before they are combined with data. */
const loss = (a: Tensor, b: Tensor): Tensor => a.square().sqrt().mul(x()).exp().mul(b.add(0)).sum().add(a.mul(b));
const lossAt = (a: number, b: number): number => data.reduce((sum, v) => sum + Math.exp(a * v) * b, 0) + a * b;
const slopes = (a: number, b: number): number[] => [
  data.reduce((sum, v) => sum + v * Math.exp(a * v) * b, 0) + b,
  data.reduce((sum, v) => sum + Math.exp(a * v), 0) + a,
];

test('a mixture leaves nothing behind', () => {
  const [a, b, w] = [tensor(1), x64(2), exp(0.1)];
  const z = tensor({ re: 1, im: 2 });
  const before = memory().tensors;
  for (let i = 0; i < 100; i++) for (const t of [w.mul(a), w.mul(b), w.mul(z), z.mul(w), a.mul(z)]) t.dispose();
  expect(memory().tensors).toBe(before);
});

describe('beside float64', () => {
  test('a number keeps its double', () => {
    expect(compile((v: Tensor, a: Tensor) => v.mul(a))(x(), 0.1).array()).toEqual(data.map((v) => v * 0.1));
    expect(plain(gradientsFunction((a: Tensor) => x().mul(a).sum())(0.1))).toEqual([x().sum().item()]);
    expect(x().mul(exp(0.1)).dtype).toBe('float64');
    expect(x64(1).mul(exp(0.1)).item()).toBe(exp(x64(0.1)).item());
  });

  test('gradients are right to 1e-14, compiled bit for bit', () => {
    const g = gradientsFunction(loss);
    const eager = g(0.9, 0.1);
    expect(dtypes(eager)).toEqual(['float64', 'float64']);
    for (const [i, slope] of slopes(0.9, 0.1).entries()) expect(Math.abs(((eager[i] as Tensor).item() as number) / slope - 1)).toBeLessThan(1e-14);
    const compiled = compile((a: Tensor, b: Tensor) => gradientsFunction(loss)(a, b) as Tensor[]);
    for (const [a, b] of [
      [0.9, 0.1],
      [0.3, -7],
    ] as const)
      expect(compiled(a, b).map((t) => t.item())).toEqual(g(a, b).map((t) => t?.item()));
    expect(compiled.describe().match(/^program/gm)).toHaveLength(1);
    const { value } = valueAndGradientsFunction(loss)(0.9, 0.1);
    expect(Math.abs((value.item() as number) / lossAt(0.9, 0.1) - 1)).toBeLessThan(1e-14);
  });

  test('of second order', () => {
    const second = (a: Tensor): Tensor => gradientsFunction((b: Tensor) => x().mul(b).exp().sum())(a)[0] as Tensor;
    const expected = data.reduce((sum, v) => sum + v * v * Math.exp(0.3 * v), 0);
    const [h] = gradientsFunction(second)(0.3);
    expect([h?.dtype, Math.abs((h?.item() as number) / expected - 1) < 1e-14]).toEqual(['float64', true]);
    expect(compile((a: Tensor) => gradientsFunction(second)(a)[0] as Tensor)(0.3).item()).toBe(h?.item());
  });

  test('in trees, and as complex numbers', () => {
    const f = ({ a, c }: { readonly a: Tensor; readonly c: Tensor }): Tensor => x().mul(a).mul(c).abs().sum();
    const [g] = gradientsFunction(f)({ a: 0.1, c: { re: 0.3, im: 0.4 } } as never) as unknown as [{ a: Tensor; c: Tensor }];
    expect([g.a.dtype, g.c.dtype]).toEqual(['float64', 'complex128']);
    const total = data.reduce((sum, v) => sum + Math.abs(v), 0);
    expect(g.a.item()).toBeCloseTo(total * 0.5, 14);
    expect(g.c.item()).toEqual({ re: expect.closeTo(total * 0.1 * 0.6, 14), im: expect.closeTo(total * 0.1 * 0.8, 14) });
  });

  test('through makeVjp, with dy of either dtype', () => {
    const { value, vjp } = makeVjp((a: Tensor) => a.mul(0.1))(3);
    expect([value.dtype, value.item()]).toEqual(['float32', 3 * 0.1]);
    expect(vjp(x64(0.7)).map((t) => [t?.dtype, t?.item()])).toEqual([['float64', 0.7 * 0.1]]);
    expect(vjp(tensor(0.5)).map((t) => [t?.dtype, t?.item()])).toEqual([['float32', 0.5 * 0.1]]);
    expect(vjp(0.7).map((t) => [t?.dtype, t?.item()])).toEqual([['float32', 0.7 * 0.1]]);
  });
});

describe('beside float32', () => {
  test('a number is rounded where it meets one, and its gradient is float32', () => {
    const g = gradientsFunction((a: Tensor) => x32().mul(a).sum())(0.1);
    expect([dtypes(g), x32().mul(0.1).dtype]).toEqual([['float32'], 'float32']);
    expect(gradientsFunction((a: Tensor) => a.mul(tensor(3)).exp())(0.1)[0]?.data()).toEqual(mul(exp(mul(tensor(3), 0.1)), 3).data());
    expect(compile((v: Tensor, a: Tensor) => v.mul(a))(x32(), 0.1).array()).toEqual(x32().mul(0.1).array());
  });

  test('in an op of many operands, and for whole numbers', () => {
    expect(gradientsFunction((a: Tensor, b: Tensor) => stack([a, tensor(2), b]).sum())(0.1, 0.2).map((t) => t?.dtype)).toEqual(['float32', 'float32']);
    const counts = tensor([1, 2], { dtype: 'int32' });
    expect(gradientsFunction((a: Tensor) => a.mul(cast(counts, 'float32')).sum())(0.1).map((t) => t?.item())).toEqual([3]);
    expect(() => compile((v: Tensor, a: Tensor) => v.mul(a))(counts, 0.5)).toThrow(
      expect.objectContaining({ name: 'DTypeError', message: expect.stringContaining('int32 and float32 do not mix') }),
    );
  });

  test('of both precisions, the gradient is float64', () => {
    const f = (a: Tensor): Tensor[] => [x32().mul(a).sum(), x().mul(a).sum()];
    expect(dtypes(gradientsFunction(f)(0.1))).toEqual(['float64']);
    expect(dtypes(gradientsFunction((a: Tensor) => f(a).reverse())(0.1))).toEqual(['float64']);
  });
});

describe('alone', () => {
  test('numbers are float32 by name and doubles where they are read one by one', () => {
    const [g] = gradientsFunction((a: Tensor) => a.mul(a))(0.1);
    expect([g?.dtype, g?.item(), g?.array(), g?.data()]).toEqual(['float32', 0.2, 0.2, Float32Array.of(0.2)]);
    expect(g?.view()).toEqual(Float32Array.of(0.2));
    expect([add(0.1, 0.2).dtype, add(0.1, 0.2).item()]).toEqual(['float32', 0.1 + 0.2]);
    expect([tensor(0.1).item(), tensor([0.1]).dtype]).toEqual([Math.fround(0.1), 'float32']);
  });

  test('what is not differentiated is exact: counts, seeds, rates', () => {
    let seen: unknown[] = [];
    gradientsFunction(
      (a: Tensor, n: Tensor, rate: Tensor) => {
        seen = [+n, (n as unknown as number) > 2 ** 24, rate.item(), rate.dtype];
        return a;
      },
      [0],
    )(1, 2 ** 24 + 1, 0.1);
    expect(seen).toEqual([2 ** 24 + 1, true, 0.1, 'float32']);
  });

  test('vectors of numbers are weak too, and views of them', () => {
    const f = (a: Tensor, b: Tensor): Tensor =>
      stack([a, b, a.mul(b)])
        .reshape([3, 1])
        .transpose()
        .mul(x64([1, 10, 100]))
        .sum();
    const [da, db] = gradientsFunction(f)(0.1, 0.2);
    expect([da?.item(), db?.item()]).toEqual([1 + 100 * 0.2, 10 + 100 * 0.1]);
    expect(stack([0.1, exp(0.2)]).dtype).toBe('float32');
  });

  test('cast settles', () => {
    expect([cast(exp(0.1), 'float32'), cast(exp(0.1), 'float64')].map((t) => [t.dtype, t.item()])).toEqual([
      ['float32', Math.fround(Math.exp(0.1))],
      ['float64', exp(x64(0.1)).item()],
    ]);
    expect(() => cast(exp(0.1), 'float32').mul(x64(1))).toThrow(/float32 and float64 do not mix; convert one with cast\(x, 'float64'\)/);
  });

  test('keep their doubles when they rest in JavaScript', () => {
    const g = gradientsFunction((a: Tensor) => a.mul(a))(0.1)[0] as Tensor;
    for (let i = 0; i < 6000; i++) tensor([i]);
    expect([g.dtype, g.item(), g.mul(x64(1)).item()]).toEqual(['float32', 0.2, 0.2]);
  });
});

test.each([
  ['float32', 'float64', 'float64'],
  ['float64', 'float32', 'float64'],
  ['float64', 'complex64', 'complex128'],
  ['complex64', 'complex128', 'complex128'],
  ['int32', 'float64', 'float64'],
  ['float32', 'complex128', 'complex128'],
] as const)('the hint for %s and %s names the wider, %s', (a, b, wider) => {
  const of = (dtype: typeof a | typeof b): Tensor => tensor(1, { dtype });
  expect(() => of(a).add(of(b))).toThrow(`${a} and ${b} do not mix; convert one with cast(x, '${wider}')`);
});
