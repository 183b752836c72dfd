/** Whole numbers that a compiled function gets as arguments: places in slice and take, data of keys, operands beside int32. */
import * as g from 'gradtape';
import { compile, gradientsFunction, random, type Tensor, tensor } from 'gradtape';
import { describe, expect, test } from 'vitest';
import { plain } from './values.js';

type Any = (...args: unknown[]) => Tensor;
const x5 = (): Tensor => tensor([1, 2, 3, 4, 5]);
const int = (v: number | number[]): Tensor => tensor(v, { dtype: 'int32' });
/** A program of `f`, and how often `f` ran. */
function counted(f: Any): { program: Any; runs: () => number } {
  let n = 0;
  const program = compile(((...args: unknown[]) => {
    n++;
    return f(...args);
  }) as never) as unknown as Any;
  return { program, runs: () => n };
}

/** A number and a tensor, as arguments write a place. */
const WAYS: readonly (readonly [string, (i: number) => unknown])[] = [
  ['number', (i) => i],
  ['int32', int],
  ['float32', (i) => tensor(i, { dtype: 'float32' })],
];

describe.each(WAYS)('a place given as %s', (way, given) => {
  test('slice', () => {
    const { program, runs } = counted((x, i) => (x as Tensor).slice(i as Tensor, 2));
    for (const i of [0, 1, 3, -2, -5]) expect(plain(program(x5(), given(i))), `${i}`).toEqual(plain(x5().slice(i, 2)));
    expect(runs()).toBe(1);
    for (const i of [4, 5, -1, 6, -6, 2 ** 30])
      expect(() => program(x5(), given(i)), `${i}`).toThrow(`slice: 2 elements from index ${i} are not inside axis 0 of size 5`);
    expect(plain(program(x5(), given(3)))).toEqual([4, 5]);
  });

  test('slice of several axes, some of them known', () => {
    const m = (): Tensor => g.arange(0, 24, 1).reshape([2, 3, 4]);
    const { program } = counted((x, i, j) => (x as Tensor).slice([1, i as Tensor, j as Tensor], [1, 2, 3]));
    expect(plain(program(m(), given(1), given(-3)))).toEqual(plain(m().slice([1, 1, -3], [1, 2, 3])));
  });

  if (way !== 'float32')
    test('take and gather', () => {
      for (const name of ['take', 'gather'] as const) {
        const { program, runs } = counted((x, i) => (x as Tensor)[name](i as Tensor));
        for (const i of [0, 4, -1]) expect(plain(program(x5(), given(i)))).toEqual(plain(x5().take(i)));
        expect(runs()).toBe(1);
        for (const i of [5, -6]) expect(() => program(x5(), given(i))).toThrow(`${name}: index ${i} is out of range for axis 0 of size 5`);
      }
    });

  test('foldIn', () => {
    const { program, runs } = counted((key, i) => random.uniform(random.foldIn(key as Tensor, i as Tensor), [3]));
    const key = random.key(7);
    for (const i of [0, 1, 2, 1000]) expect(plain(program(key, given(i)))).toEqual(plain(random.uniform(random.foldIn(key, i), [3])));
    expect(runs()).toBe(1);
    expect(() => program(key, given(-1))).toThrow(/^random\.foldIn: data is a whole number from 0 to 4294967295/);
    if (way === 'number') {
      expect(plain(program(key, 2 ** 32 - 1))).toEqual(plain(random.uniform(random.foldIn(key, 2 ** 32 - 1), [3])));
      expect(() => program(key, 2 ** 32)).toThrow(/^random\.foldIn: data is a whole number from 0 to 4294967295/);
    }
  });

  test.runIf(way !== 'int32')('a fraction is refused when the program runs', () => {
    for (const f of [(x: Tensor, i: Tensor) => x.slice(i, 1), (_: Tensor, i: Tensor) => random.foldIn(random.key(1), i)]) {
      const { program } = counted(f as never);
      program(x5(), given(1));
      for (const i of [0.5, NaN, Infinity]) expect(() => program(x5(), given(i)), `${i}`).toThrow(/is a whole number/);
      program(x5(), given(2));
    }
  });

  test('gradients through places, of first and second order', () => {
    const f = (x: Tensor, i: Tensor): Tensor =>
      x
        .slice(i as never, 2)
        .pow(3)
        .sum();
    const gradient = compile((x: Tensor, i: Tensor) => gradientsFunction(f, [0])(x, i)[0] as Tensor) as unknown as Any;
    const second = compile(
      (x: Tensor, i: Tensor) => gradientsFunction((x: Tensor) => (gradientsFunction(f, [0])(x, i)[0] as Tensor).sum(), [0])(x)[0] as Tensor,
    ) as unknown as Any;
    for (const i of [0, 2, -2]) {
      const begin = i < 0 ? i + 5 : i;
      const inside = (k: number): boolean => k >= begin && k < begin + 2;
      expect(plain(gradient(x5(), given(i)))).toEqual([1, 2, 3, 4, 5].map((v, k) => (inside(k) ? 3 * v * v : 0)));
      expect(plain(second(x5(), given(i)))).toEqual([1, 2, 3, 4, 5].map((v, k) => (inside(k) ? 6 * v : 0)));
    }
  });
});

test('a block of a traced begin needs its size', () => {
  expect(() => compile((x: Tensor, i: Tensor) => x.slice(i))(x5(), 1)).toThrow(/^slice: begin is known only when the program runs, so the size along axis 0/);
});

test('a place that is differentiated is refused', () => {
  const f = (x: Tensor, i: Tensor): Tensor => x.slice(i, 2).sum();
  expect(() => gradientsFunction(f)(x5(), 1)).toThrow(/^slice: begin has no gradient.*params/);
  expect(() => compile((x: Tensor, i: Tensor) => gradientsFunction(f)(x, i))(x5(), 1)).toThrow(/^slice: begin has no gradient.*params/);
});

test('a number stands for a place where a gradient is taken, too', () => {
  expect(plain(gradientsFunction((x: Tensor, i: Tensor) => x.take(i), [0])(x5(), 2))).toEqual([[0, 0, 1, 0, 0]]);
});

describe('a number beside int32', () => {
  const names = ['add', 'sub', 'mul', 'div', 'maximum', 'minimum', 'floorDiv', 'remainder', 'pow', 'less', 'equal', 'squaredDifference'] as const;
  test.each(names)('%s in a program and in a gradient function is what it is eagerly', (name) => {
    const op = (g as unknown as Record<string, Any>)[name] as Any;
    const x = int([1, 2, 7]);
    for (const f of [op, (x: unknown, n: unknown) => op(n, x)]) {
      const { program, runs } = counted(f as Any);
      for (const n of [1, 2, 5]) {
        const eager = f(x, n);
        const compiled = program(x, n);
        expect([compiled.dtype, plain(compiled)], `${n}`).toEqual([eager.dtype, plain(eager)]);
        let inside: Tensor | undefined;
        (gradientsFunction as unknown as (f: never, params: number[]) => Any)(
          ((x: Tensor, n: Tensor, y: Tensor) => {
            inside = f(x, n).keep();
            return y;
          }) as never,
          [2],
        )(x, n, 1);
        expect([inside?.dtype, plain(inside)]).toEqual([eager.dtype, plain(eager)]);
      }
      expect(runs()).toBe(1);
      if (name !== 'div') expect(() => program(x, 2.5)).toThrow(/(int32 and float32|float32 and int32) do not mix/);
    }
  });

  test('where', () => {
    const { program } = counted((x, n) => g.where(g.less(x as Tensor, 3), x as Tensor, n as Tensor));
    expect(program(int([1, 5]), 9).dtype).toBe('int32');
    expect(plain(program(int([1, 5]), 9))).toEqual([1, 9]);
  });

  test('with float32 it stays a number', () => {
    const { program } = counted((x, n) => (x as Tensor).add(n as Tensor));
    expect(plain(program(tensor([1, 2]), 2.5))).toEqual([3.5, 4.5]);
  });
});
