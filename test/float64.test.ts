/** `init({ dtype: 'float64' })`: all that nobody gives a dtype is float64, what has one keeps it, and nothing is rounded on the way. */
import * as g from 'gradtape';
import { compile, grad, gradientsFunction, init, makeVjp, random, type Tensor, tensor, tree, valueAndGrad } from 'gradtape';
import { describe, expect, test } from 'vitest';

await init({ dtype: 'float64' });

const key = (): Tensor => random.key(3);

describe('made without a dtype', () => {
  test.each<[string, () => Tensor]>([
    ['tensor(0.1)', () => tensor(0.1)],
    ['tensor([0.1])', () => tensor([0.1])],
    ['zeros', () => g.zeros([2])],
    ['ones', () => g.ones([2])],
    ['full', () => g.full([2], 0.1)],
    ['eye', () => g.eye(2)],
    ['arange', () => g.arange(3)],
    ['linspace', () => g.linspace(0, 1, 4)],
    ['logspace', () => g.logspace(0, 1, 4)],
    ['oneHot', () => g.oneHot([0, 1], 3)],
    ['random.uniform', () => random.uniform(key(), [2])],
    ['random.normal', () => random.normal(key(), [2])],
    ['random.truncatedNormal', () => random.truncatedNormal(key(), [2])],
    ['random.exponential', () => random.exponential(key(), [2])],
    ['random.gumbel', () => random.gumbel(key(), [2])],
    ['add of arrays', () => g.add([0.1], [0.2])],
    ['mul of numbers', () => g.mul(0.1, 0.2)],
    ['where of numbers', () => g.where([true], 0.1, 0.2)],
    ['an empty tree', () => tree.ravel({ a: 'no leaf' }).vector],
  ])('%s', (_, made) => expect(made().dtype).toBe('float64'));

  test('complex numbers are complex128', () => {
    expect(tensor({ re: 1, im: 2 }).dtype).toBe('complex128');
    expect(g.full([1], { re: 1, im: 2 }).dtype).toBe('complex128');
  });

  test('what is no number stays', () => {
    expect(tensor([true]).dtype).toBe('bool');
    expect(random.integers(key(), [2], 0, 5).dtype).toBe('int32');
    expect(tensor(Float32Array.of(1)).dtype).toBe('float32');
    expect(g.zeros([1], { dtype: 'float32' }).dtype).toBe('float32');
    expect(g.zerosLike(tensor(Float32Array.of(1))).dtype).toBe('float32');
  });

  test('has its digits', () => {
    expect(tensor(0.1).item()).toBe(0.1);
    expect(g.full([1], 0.1).array()).toEqual([0.1]);
    expect(g.linspace(0, 1, 4).array()).toEqual([0, 1 / 3, 2 / 3, 1]);
    expect(g.oneHot([0], 1, { on: 0.1 }).array()).toEqual([[0.1]]);
  });
});

describe('gradients and programs', () => {
  const f = (x: Tensor, a: Tensor): Tensor => x.mul(a).square().sum();
  const xs = [0.1, 0.2];

  test('of arrays and numbers', () => {
    const [dx, da] = gradientsFunction(f)(xs, 0.3);
    expect([dx?.dtype, da?.dtype]).toEqual(['float64', 'float64']);
    expect(dx?.array()).toEqual(xs.map((x) => 2 * x * 0.3 * 0.3).map((v) => expect.closeTo(v, 15)));
    expect(da?.item()).toBeCloseTo(2 * 0.3 * (0.01 + 0.04), 15);
    expect(grad((x: Tensor) => x.exp())(0.1).item()).toBe(tensor(0.1).exp().item());
    expect(valueAndGrad((x: Tensor) => x.exp())(0.1).value.dtype).toBe('float64');
    expect(makeVjp((x: Tensor) => x.exp())(0.1).vjp(0.1)[0]?.dtype).toBe('float64');
  });

  test('a program has the bits and the dtype', () => {
    const step = (x: Tensor, a: Tensor): Tensor[] => [f(x, a), g.linspace(0, 1, 2).mul(a), g.zeros([2]).add(a), a.exp()];
    const compiled = compile(step)(xs, 0.3);
    const eager = step(tensor(xs), tensor(0.3));
    compiled.forEach((y, i) => {
      expect([y.dtype, y.array()]).toEqual([eager[i]?.dtype, eager[i]?.array()]);
    });
  });

  test('one program serves arrays, float64 tensors and other numbers', () => {
    let runs = 0;
    const program = compile((x: Tensor, a: Tensor) => {
      runs++;
      return f(x, a);
    });
    for (const x of [xs, tensor(xs), Float64Array.from(xs)]) for (const a of [0.3, 7]) expect(program(x, a).dtype).toBe('float64');
    expect(runs).toBe(1);
    expect(program(Float32Array.from(xs), 0.3).dtype).toBe('float32');
    expect(runs).toBe(2);
  });
});
