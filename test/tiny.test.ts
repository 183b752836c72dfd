/** A tour of the library in a few seconds, to be read from top to bottom. It runs first, and fails if the library does not work at all. */
import { add, gradientsFunction, matmul, memory, scope, softmaxCrossEntropy, sum, Tensor, tensor, valueAndGradientsFunction } from 'gradtape';
import { expect, test } from 'vitest';

test('tensors hold numbers, and have a shape and a dtype', () => {
  const x = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  expect([x.shape, x.dtype, x.rank, x.size]).toEqual([[2, 3], 'float32', 2, 6]);
  expect(x.array()).toEqual([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  expect(tensor(2.5).item()).toBe(2.5);
  expect(tensor({ re: 1, im: 2 }).dtype).toBe('complex64');
  expect(tensor(Float64Array.of(1, 2)).dtype).toBe('float64');
});

test('every op is a function and a method; shapes broadcast', () => {
  const x = tensor([[1], [2]]);
  const y = tensor([10, 20, 30]);
  expect(add(x, y).array()).toEqual([
    [11, 21, 31],
    [12, 22, 32],
  ]);
  expect(x.add(y).array()).toEqual(add(x, y).array());
  expect(sum(x.mul(y), { axis: 1 }).array()).toEqual([60, 120]);
  expect(matmul([[1, 2]], [[3], [4]]).array()).toEqual([[11]]);
});

test('tensors do not change', () => {
  const x = tensor([1, 2]);
  x.add(1).mul(5);
  expect(x.array()).toEqual([1, 2]);
});

test('functions are differentiated by their arguments', () => {
  const f = (x: Tensor, y: Tensor): Tensor => x.mul(x).mul(x).mul(y).sub(x.mul(y).mul(y));
  const [dx, dy] = gradientsFunction(f)(2, 3);
  expect([dx?.item(), dy?.item()]).toEqual([27, -4]);
});

test('gradients are differentiated again', () => {
  const sine = (x: Tensor): Tensor => x.sin();
  const derivative =
    (f: (x: Tensor) => Tensor) =>
    (x: Tensor): Tensor =>
      gradientsFunction(f)(x)[0] as Tensor;
  const x = tensor(1, { dtype: 'float64' });
  expect(derivative(sine)(x).item()).toBeCloseTo(Math.cos(1), 15);
  expect(derivative(derivative(sine))(x).item()).toBeCloseTo(-Math.sin(1), 15);
  expect(derivative(derivative(derivative(sine)))(x).item()).toBeCloseTo(-Math.cos(1), 15);
});

test('ordinary JavaScript decides what is computed', () => {
  const power = (x: Tensor, n: number): Tensor => (n === 0 ? tensor(1) : x.mul(power(x, n - 1)));
  expect(gradientsFunction((x: Tensor) => power(x, 5))(2)[0]?.item()).toBe(80);
});

test('whoever is not asked for, or not connected, gets nothing', () => {
  expect(gradientsFunction((x: Tensor, y: Tensor) => x.mul(y), ['y'])(2, 3).map((g) => g?.item())).toEqual([2]);
  expect(gradientsFunction((x: Tensor, _: Tensor) => x)(2, 3)[1]).toBe(null);
});

test('mistakes are told in words', () => {
  expect(() => add([1, 2], [1, 2, 3])).toThrow('add: shapes do not broadcast (2 against 3); x is [2] float32, y is [3] float32');
  expect(() => gradientsFunction((x: Tensor) => void x.mul(2) as unknown as Tensor)(1)).toThrow('Cannot differentiate a function that returns nothing');
});

test('a model learns, and nobody disposes', () => {
  // Points above the diagonal belong to class 0, those below it to class 1.
  const points = tensor([
    [0, 1],
    [1, 2],
    [2, 0],
    [3, 1],
    [-1, 1],
    [1, -1],
  ]);
  const labels = tensor([
    [1, 0],
    [1, 0],
    [0, 1],
    [0, 1],
    [1, 0],
    [0, 1],
  ]);
  const loss = (w: Tensor, b: Tensor): Tensor => softmaxCrossEntropy(labels, matmul(points, w).add(b)).mean();
  const step = valueAndGradientsFunction(loss);

  let w = tensor([
    [0.1, 0],
    [0, 0.1],
  ]);
  let b = tensor([0, 0]);
  const losses: number[] = [];
  for (let i = 0; i < 100; i++) {
    const { value, gradients } = step(w, b);
    w = w.sub((gradients[0] as Tensor).mul(0.5));
    b = b.sub((gradients[1] as Tensor).mul(0.5));
    losses.push(value.item() as number);
  }
  expect(losses[0]).toBeGreaterThan(0.6);
  expect(losses.at(-1)).toBeLessThan(0.05);
  expect(matmul(points, w).add(b).argmax(1).array()).toEqual(labels.argmax(1).array());
});

test('a scope gives back everything but its result', () => {
  const before = memory().tensors;
  const norm = scope(() => tensor([3, 4]).square().sum().sqrt());
  expect(norm.item()).toBe(5);
  expect(memory().tensors).toBe(before + 1);
  expect(norm).toBeInstanceOf(Tensor);
});
