/** grad and valueAndGrad: one gradient, without null, or an error that says why there is none. */
import { compile, grad, gradientsFunction, stopGradient, type Tensor, tensor, valueAndGrad } from 'gradtape';
import { describe, expect, test } from 'vitest';
import { expectNothingLeft, plain } from './values.js';

describe('the gradient by the first argument', () => {
  test('of a number, a tensor and a tree', () => {
    expect(grad((x, y) => x.mul(x).mul(y))(3, 2).item()).toBe(12);
    expect(grad((x: Tensor, w: Tensor) => x.mul(w).sum())([1, 2], tensor([3, 4])).array()).toEqual([3, 4]);
    const f = ({ a, b }: { readonly a: Tensor; readonly b: Tensor }, isOn: boolean): Tensor => (isOn ? a.mul(b) : b);
    expect(plain(grad(f)({ a: 2, b: [3, 4] }, true))).toEqual({ a: 7, b: [2, 2] });
    expect(plain(grad(f)({ a: 2, b: [3, 4] }, false))).toEqual({ a: 0, b: [1, 1] });
  });

  test('beside the value', () => {
    const { value, gradient } = valueAndGrad((x: Tensor) => ({ loss: x.square(), name: true }))(3);
    expect([value.loss.item(), gradient.item()]).toEqual([9, 6]);
  });

  test('is differentiable again, compiled and through the other transforms', () => {
    const third = grad(grad(grad((x: Tensor) => x.square().square())));
    expect(third(2).item()).toBe(48);
    expect(compile(third)(2).item()).toBe(48);
    expect(plain(gradientsFunction((x: Tensor, y: Tensor) => grad((a: Tensor) => a.mul(a).mul(y))(x))(3, 5))).toEqual([10, 6]);
  });

  test('has zeros where nothing is connected, when they are asked for', () => {
    const zero = { unconnectedGradients: 'zero' } as const;
    expect(grad((_: Tensor) => tensor(1), zero)([1, 2]).array()).toEqual([0, 0]);
    expect(valueAndGrad((x: Tensor) => x.floor(), zero)(1.5).gradient.item()).toBe(0);
  });
});

describe('nothing connected', () => {
  const cases: [string, () => unknown, RegExp][] = [
    [
      'item',
      () => grad((weight: Tensor) => tensor(weight.item() as number).mul(2))(3),
      /^grad: the result of the function does not depend on its first argument, weight: .*item\(\)/,
    ],
    ['unused leaves', () => grad((p: { w: Tensor; b: Tensor }) => tensor(1).mul(p.w.size))({ w: 1, b: 2 }), /first argument, p \(w, b\)/],
    ['stopGradient', () => valueAndGrad((x: Tensor) => stopGradient(x).mul(2))(3), /^valueAndGrad: .*stopGradient/],
    ['whole numbers', () => grad((i: Tensor) => i.mul(2).cast('float32'))(tensor(3, { dtype: 'int32' })), /whole numbers/],
    ['a string', () => grad((_: string) => tensor(1))('x' as never), /does not depend on its first argument/],
  ];
  test.each(cases)('for %s is a TapeError', (_, call, message) => {
    expectNothingLeft(() => expect(call).toThrow(expect.objectContaining({ name: 'TapeError', message: expect.stringMatching(message) })));
  });

  test('is null for gradientsFunction', () => expect(gradientsFunction((x: Tensor) => tensor(x.item() as number))(3)).toEqual([null]));
});
