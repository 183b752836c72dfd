/** int32 and bool operands of ops that don't accept them: the core's rule of promotion, eager, compiled and under a gradient. */
import {
  add,
  argmax,
  atan2,
  cast,
  compile,
  cummax,
  exp,
  floorDiv,
  gradientsFunction,
  matmul,
  max,
  maximum,
  memory,
  mul,
  pow,
  relu,
  remainder,
  type Tensor,
  tensor,
} from 'gradtape';
import { describe, expect, test } from 'vitest';

const whole = (...v: number[]): Tensor => tensor(v, { dtype: 'int32' });
const truths = tensor([true, false, true]);
const bits = (t: Tensor): unknown[] => [t.dtype, t.shape, ...t.data()];

describe('what an op does not take becomes what it does', () => {
  test('whole numbers float32 in functions of reals', () => {
    expect(bits(exp(whole(0, 1)))).toEqual(bits(exp(tensor([0, 1]))));
    expect(bits(exp(truths))).toEqual(bits(exp(tensor([1, 0, 1]))));
  });

  test('beside a tensor of reals its dtype, to the last bit', () => {
    const x = tensor(new Float64Array([0.1, 2]));
    expect(bits(atan2(whole(2 ** 31 - 1, 1), x))).toEqual(bits(atan2(tensor(new Float64Array([2 ** 31 - 1, 1])), x)));
    expect(bits(mul(truths, tensor([0.5, 0.25, 2])))).toEqual(['float32', [3], 0.5, 0, 2]);
  });

  test('truth values 0 and 1 in sums and products, as in sum', () => {
    expect(bits(add(truths, truths))).toEqual(['int32', [3], 2, 0, 2]);
    expect(bits(mul(truths, true))).toEqual(['int32', [3], 1, 0, 1]);
    expect(bits(matmul(truths, truths))).toEqual(['int32', [], 2]);
  });

  test('but where elements are only chosen they stay', () => {
    expect(bits(max(truths))).toEqual(['bool', [], 1]);
    expect(bits(maximum(truths, false))).toEqual(['bool', [3], 1, 0, 1]);
    expect(bits(cummax(tensor([false, true, false])))).toEqual(['bool', [3], 0, 1, 1]);
    expect(bits(argmax(truths))).toEqual(['int32', [], 0]);
    expect(bits(relu(whole(-3, 4)))).toEqual(['int32', [2], 0, 4]);
  });

  test('a number beside them that they cannot hold is float32', () => {
    expect(bits(truths.mul(2.5))).toEqual(['float32', [3], 2.5, 0, 2.5]);
    expect(() => whole(1).mul(2.5)).toThrow(/^mul: int32 and float32 do not mix/);
  });
});

test('powers of whole numbers wrap as products do, and are refused where they are no whole numbers', () => {
  expect(bits(pow(whole(3, -2, 10, 0, 7), whole(4, 5, 10, 0, 1)))).toEqual(['int32', [5], 81, -32, 1410065408, 1, 7]);
  expect(() => pow(whole(1, 2), whole(1, -1))).toThrow(/^pow: a negative power of a whole number/);
  for (const f of [floorDiv, remainder])
    expect(() => f(whole(1, 2), whole(1, 0))).toThrow(new RegExp(`^${f === floorDiv ? 'floorDiv' : 'remainder'}: integer division by zero`));
  expect(() => compile((x: Tensor) => pow(x, whole(-1)))(whole(2))).toThrow(/^pow: a negative power of a whole number/);
});

test('numbers are compared with 0 where they become bool', () => {
  expect(bits(tensor([0, 2, -0.5, Number.NaN], { dtype: 'bool' }))).toEqual(['bool', [4], 0, 1, 1, 1]);
  expect(bits(tensor(7, { dtype: 'bool' }))).toEqual(['bool', [], 1]);
});

test('what is converted on the way is no tensor afterwards, also where the op fails', () => {
  const x = whole(1, 2, 3);
  const y = tensor([0.5, 1]);
  const run = (): void => {
    exp(x).dispose();
    expect(() => atan2(x, y)).toThrow(/^atan2: shapes do not broadcast/);
  };
  run();
  const before = memory();
  run();
  expect([memory().tensors, memory().held]).toEqual([before.tensors, before.held]);
});

test('gradients pass by what has none; compiled equals eager', () => {
  const f = (x: Tensor, n: Tensor): Tensor => mul(exp(n), atan2(n, x)).sum();
  const x = tensor([0.5, -1, 2]);
  const n = cast(tensor([1, 2, 3]), 'int32');
  const [dx, dn] = gradientsFunction(f, [0, 1])(x, n);
  expect(dn).toBeNull();
  const [same] = gradientsFunction(f, [0])(x, cast(n, 'float32'));
  expect(bits(dx as Tensor)).toEqual(bits(same as Tensor));
  expect(bits(compile(f)(x, n))).toEqual(bits(f(x, n)));
});
