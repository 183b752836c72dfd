/** customGradient: rules in JavaScript, alone, nested, differentiated again, compiled, and failing. */
import {
  abs,
  compile,
  customGradient,
  exp,
  gradientsFunction,
  jvp,
  makeVjp,
  memory,
  mul,
  scope,
  stopGradient,
  type Tensor,
  tensor,
  valueAndGrad,
  valueAndGradientsFunction,
} from 'gradtape';
import { describe, expect, test } from 'vitest';
import { expectNothingLeft, plain } from './values.js';

const x64 = (value: number | number[]): Tensor => tensor(value, { dtype: 'float64' });

/** y = x³ with a rule that shows which one ran: ten times the derivative. */
const cube = customGradient((x: Tensor) => [x.mul(x).mul(x), (dy: Tensor) => dy.mul(x.square()).mul(30)]);
const first = (f: (x: Tensor) => Tensor) => (x: Tensor) => gradientsFunction(f)(x)[0] as Tensor;

describe('a rule', () => {
  test('gives the gradient; without a tape only the value is computed', () => {
    expect(cube(x64(2)).item()).toBe(8);
    expect(plain(gradientsFunction(cube)(x64([1, 2])))).toEqual([[30, 120]]);
    expect(plain(valueAndGradientsFunction((x: Tensor) => cube(x.mul(2)).mul(3))(x64(1)))).toEqual({ value: 24, gradients: [2 * 3 * 120] });
    expect(plain(valueAndGrad(cube)(x64(1)))).toEqual({ value: 1, gradient: 30 });
  });
  test('is differentiable again, by its own ops: 30x² gives 60x, then 60', () => {
    expect(plain(first(first(cube))(x64(2)))).toBe(120);
    expect(plain(first(first(first(cube)))(x64(2)))).toBe(60);
    // Used beside its own gradient: d/dx (y·y′) with y′ = 30x² for both.
    expect(plain(first((x) => cube(x).mul(first(cube)(x)))(x64(2)))).toBe(30 * 4 * 30 * 4 + 8 * 120);
  });
  test('may use what the function has computed, also at higher order', () => {
    const e = customGradient((x: Tensor) => {
      const y = exp(x);
      return [y, (dy: Tensor) => dy.mul(y)];
    });
    const at = Math.exp(0.5);
    expect(first(e)(x64(0.5)).item()).toBeCloseTo(at, 14);
    expect(first(first(e))(x64(0.5)).item()).toBeCloseTo(at, 14);
    expect(first(first(first(e)))(x64(0.5)).item()).toBeCloseTo(at, 14);
  });
  test('TensorFlow: a custom gradient nested on the gradient is not the second derivative in x, but that by dy', () => {
    const square = customGradient((x: Tensor) => [
      x.square(),
      customGradient((dy: Tensor) => [dy.mul(x).mul(2), (ddy: Tensor) => ddy.mul(7)]) as (dy: Tensor) => Tensor,
    ]);
    expect(first(square)(x64(3)).item()).toBe(6);
    expect(plain(gradientsFunction((dy: Tensor) => gradientsFunction(square).withDy(dy)(x64(3))[0] as Tensor)(x64(1)))).toEqual([7]);
  });
  test('gets zeros for outputs that nothing depends on, and null for whole numbers', () => {
    const seen: unknown[] = [];
    const f = customGradient((x: Tensor) => [
      { a: x.mul(2), b: [x.mul(3)], i: tensor([1, 2], { dtype: 'int32' }) },
      (dy) => {
        seen.push(plain(dy));
        return dy.a.add(dy.b[0] as Tensor);
      },
    ]);
    expect(plain(gradientsFunction((x: Tensor) => f(x).b[0] as Tensor)(x64([1, 2])))).toEqual([[1, 1]]);
    expect(seen).toEqual([{ a: [0, 0], b: [[1, 1]], i: null }]);
  });
  test('gives a list, one gradient for each argument with tensors, or trees of them; null is none', () => {
    const f = customGradient((w: { a: Tensor; b: Tensor }, name: string, x: Tensor) => [
      w.a.mul(x).add(w.b),
      (dy: Tensor) => {
        expect(name).toBe('dense');
        return [{ a: dy.mul(x), b: null }, dy.mul(5)];
      },
    ]);
    expect(plain(gradientsFunction(f)({ a: x64(2), b: x64(3) }, 'dense', x64(7)))).toEqual([{ a: 7, b: null }, null, 5]);
    const none = customGradient((x: Tensor) => [x.mul(1), () => null]);
    expect(gradientsFunction(none)(x64(1))).toEqual([null]);
  });
  test('takes numbers for weak scalars, and gradients that are numbers', () => {
    const f = customGradient((x: Tensor, k: Tensor) => [x.mul(k), () => [4, null]]);
    const [dx, dk] = gradientsFunction((x: Tensor) => f(x, 3))(x64(2)) as Tensor[];
    expect([dx?.dtype, dx?.item(), dk]).toEqual(['float64', 4, undefined]);
    expect(plain(gradientsFunction((x: Tensor, y: Tensor) => cube(x).mul(y))(2, 3))).toEqual([360, 8]);
  });
  test('runs once a use, for the sum of what reaches it', () => {
    let runs = 0;
    const f = customGradient((x: Tensor) => [
      x.mul(2),
      (dy: Tensor) => {
        runs++;
        return dy.mul(2);
      },
    ]);
    expect(
      plain(
        gradientsFunction((x: Tensor) => {
          const y = f(x);
          return y.mul(3).add(y.mul(4));
        })(x64(1)),
      ),
    ).toEqual([14]);
    expect(runs).toBe(1);
    gradientsFunction((x: Tensor) => {
      f(x);
      return x.mul(1);
    })(x64(1));
    expect(runs).toBe(1);
  });
  test('the function may read values and take gradients of its own', () => {
    const root = customGradient((a: Tensor) => {
      let x = 1;
      for (let i = 0; i < 8; i++) x = (x + Number(a) / x) / 2;
      const slope = gradientsFunction((v: Tensor) => v.square())(x64(x))[0] as Tensor;
      return [x64(x), (dy: Tensor) => dy.div(slope)];
    });
    expect(first(root)(x64(2)).item()).toBeCloseTo(0.5 / Math.SQRT2, 14);
  });
  test('of a makeVjp run is called as often as its vjp, with what the function has made', () => {
    const e = customGradient((x: Tensor) => {
      const y = exp(x);
      return [y, (dy: Tensor) => dy.mul(y)];
    });
    const { vjp, dispose } = makeVjp((x: Tensor) => e(x).mul(2))(x64([0, 1]));
    for (const k of [1, 2, 3]) expect((vjp(x64([k, k]))[0] as Tensor).array()).toEqual([2 * k, 2 * Math.E * k]);
    dispose();
    const inside = customGradient((x: Tensor) => {
      const { value, vjp } = makeVjp((v: Tensor) => v.square())(x);
      return [value, (dy: Tensor) => vjp(dy)];
    });
    expect(plain(first(inside)(x64(3)))).toBe(6);
  });
  test('complex: a holomorphic function has dy·conj(f′)', () => {
    const square = customGradient((z: Tensor) => [z.mul(z), (dy: Tensor) => dy.mul(z.conj()).mul(2)]);
    const z = tensor({ re: 1, im: 2 }, { dtype: 'complex128' });
    expect(plain(gradientsFunction(square)(z))).toEqual(plain(gradientsFunction((v: Tensor) => v.mul(v))(z)));
    expect(plain(gradientsFunction((v: Tensor) => (gradientsFunction(square)(v)[0] as Tensor).real())(z))).toEqual([{ re: 2, im: -0 }]);
  });
  test('inside compile runs while the function is traced, with the bits of the eager run', () => {
    let runs = 0;
    const f = customGradient((x: Tensor) => [
      x.tanh(),
      (dy: Tensor) => {
        runs++;
        return dy.mul(x);
      },
    ]);
    const step = (x: Tensor): Tensor[] => {
      const g = gradientsFunction((v: Tensor) => f(v.mul(2)).sum())(x)[0] as Tensor;
      return [g, gradientsFunction((v: Tensor) => (gradientsFunction((u: Tensor) => f(u))(v)[0] as Tensor).square())(x)[0] as Tensor];
    };
    const compiled = compile(step);
    const points = [x64([0.1, -2]), x64([3, 4])];
    expect(points.map((x) => plain(compiled(x)))).toEqual(points.map((x) => plain(step(x))));
    runs = 0;
    compiled(points[0] as Tensor);
    expect(runs).toBe(0);
    const whole = compile((x: Tensor) => f(x));
    expect(plain(gradientsFunction(whole)(x64([5])))).toEqual([[5]]);
  });
  test('of hundreds of tensors', () => {
    const n = 400;
    const f = customGradient((xs: Tensor[]) => [xs.map((x, i) => x.mul(i)), (dys: Tensor[]) => [dys.map((dy, i) => dy.mul(2 * i))]]);
    const xs = Array.from({ length: n }, (_, i) => x64(i));
    expect(plain(gradientsFunction((v: Tensor[]) => f(v))(xs))).toEqual([Array.from({ length: n }, (_, i) => 2 * i)]);
  });
});

describe('nothing is silent', () => {
  test.each<[string, (x: Tensor) => unknown, RegExp]>([
    ['no pair', (x) => x, /customGradient: f returns \[value, dy => gradients\]/],
    ['nothing', () => undefined, /got undefined/],
    ['no rule', (x) => [x, 1], /dy => gradients/],
  ])('%s', (_, make, message) => {
    const f = make;
    expect(() => customGradient(f as never)(x64(1) as never)).toThrow(/customGradient/);
    expect(() => gradientsFunction(customGradient(Object.defineProperty(f, 'name', { value: 'f' }) as never))(x64(1) as never)).toThrow(message);
  });
  test('a rule that gives too many, too few, wrong shapes or dtypes', () => {
    const failing = (given: unknown, ...args: Tensor[]) => {
      const g = customGradient(function f(x: Tensor, y?: Tensor): [Tensor, () => never] {
        return [y ? x.mul(y) : x.mul(2), () => given as never];
      });
      return () => gradientsFunction((...all: Tensor[]) => g(all[0] as Tensor, all[1] as Tensor))(...args);
    };
    expect(failing([x64(1)], x64(1), x64(2))).toThrow(/the rule of f returns one gradient for each of the 2 arguments with tensors.*got a list of 1/);
    expect(failing(x64(1), x64(1), x64(2))).toThrow(/2 arguments with tensors/);
    expect(failing([x64(1), x64(1), null], x64(1), x64(2))).toThrow(/got a list of 3/);
    expect(failing([x64([1]), null], x64(1), x64(2))).toThrow(
      /the gradient by argument 0 that the rule of f gives does not fit: the argument has shape \[\]; got \[1\]/,
    );
    expect(failing([null, tensor(1)], x64(1), x64(2))).toThrow(/argument 1 .* the argument is float64; got float32/);
    expect(failing(undefined, x64(1))).toThrow(/got undefined/);
    expect(failing([undefined], x64(1))).toThrow(/undefined/);
    expect(failing(Promise.resolve(1), x64(1))).toThrow(/promise/);
    expect(failing('x', x64(1))).toThrow(/customGradient/);
  });
  test('a gradient of whole numbers', () => {
    const f = customGradient((x: Tensor, i: Tensor) => [x.mul(2), (dy: Tensor) => [dy, i]]);
    expect(() => gradientsFunction(f, [0])(x64([1]), tensor([1], { dtype: 'int32' }))).toThrow(/argument 1 is int32 and has no gradient/);
  });
  test('a watched tensor from outside', () => {
    const outer = (w: Tensor, x: Tensor): Tensor => customGradient((v: Tensor) => [v.mul(w), (dy: Tensor) => dy.mul(w)])(x);
    expect(() => gradientsFunction(outer)(x64(2), x64(3))).toThrow(/uses a tensor from outside that is being differentiated.*pass it as an argument/);
    expect(() => gradientsFunction(outer, [0])(x64(2), x64(3))).toThrow(/from outside/);
    expect(plain(gradientsFunction(outer, [1])(x64(2), x64(3)))).toEqual([2]);
    const meant = (w: Tensor, x: Tensor): Tensor => {
      const fixed = stopGradient(w);
      return customGradient((v: Tensor) => [v.mul(fixed), (dy: Tensor) => dy.mul(fixed)])(x);
    };
    expect(plain(gradientsFunction(meant)(x64(2), x64(3)))).toEqual([null, 2]);
    expect(() =>
      gradientsFunction((x: Tensor) => gradientsFunction((y: Tensor) => customGradient((v: Tensor) => [v.mul(x), () => null])(y))(x64(1))[0] ?? x)(x64(2)),
    ).toThrow(/from outside/);
  });
  test('errors of function and rule pass unchanged, and the next call is right', () => {
    const boom = new Error('boom');
    const inF = customGradient(((): never => {
      throw boom;
    }) as never) as (x: Tensor) => Tensor;
    const inRule = customGradient((x: Tensor) => [
      x.mul(2),
      (): Tensor => {
        throw boom;
      },
    ]);
    for (const f of [inF, inRule]) {
      const caught = (run: () => unknown): unknown => {
        try {
          return run();
        } catch (error) {
          return error;
        }
      };
      const inner = (x: Tensor): Tensor => gradientsFunction((v: Tensor) => f(v.mul(x)))(x)[0] as Tensor;
      expectNothingLeft(() => {
        scope(() => {
          expect(caught(() => gradientsFunction(f)(x64(1)))).toBe(boom);
          expect(caught(() => gradientsFunction(inner)(x64(1)))).toBe(boom);
          expect(caught(() => compile((x: Tensor) => gradientsFunction(f)(x)[0] as Tensor)(x64(1)))).toBe(boom);
          const run = caught(() => makeVjp(f)(x64(1))) as { vjp(): unknown; dispose(): void };
          if (f === inRule) {
            expect(caught(() => run.vjp())).toBe(boom);
            expect(caught(() => run.vjp())).toBe(boom);
            run.dispose();
          }
          expect(plain(first(first(cube))(x64(2)))).toBe(120);
        });
      });
    }
  });
});

test('memory is flat in a loop, of tensors and of rules', () => {
  const kept: WeakRef<object>[] = [];
  const f = customGradient((x: Tensor) => {
    const marker = {};
    kept.push(new WeakRef(marker));
    return [x.mul(2), (dy: Tensor) => (marker ? dy.mul(2) : null)];
  });
  const before = memory();
  for (let i = 0; i < 300; i++) scope(() => void gradientsFunction((x: Tensor) => f(f(x)))(tensor([1, 2, 3])));
  expect(memory().tensors).toBe(before.tensors);
  expect(memory().bytes).toBe(before.bytes);
  for (let i = 0; i < 3; i++) {
    const { vjp, dispose } = scope(() => makeVjp((x: Tensor) => f(x).sum())(tensor([1, 2])));
    scope(() => vjp());
    dispose();
  }
  expect(kept.length).toBe(603);
});

test('agrees with the ops in random compositions', () => {
  const rules: [(x: Tensor) => Tensor, (x: Tensor) => Tensor][] = [
    [(x) => x.sin(), customGradient((x: Tensor) => [x.sin(), (dy: Tensor) => dy.mul(x.cos())])],
    [
      (x) => x.tanh(),
      customGradient((x: Tensor) => {
        const y = x.tanh();
        return [y, (dy: Tensor) => dy.mul(y.square().neg().add(1))];
      }),
    ],
    [(x) => x.mul(x), customGradient((x: Tensor) => [x.mul(x), (dy: Tensor) => dy.mul(x).mul(2)])],
    [
      (x) => x.exp().mul(0.1),
      customGradient((x: Tensor) => {
        const y = mul(x.exp(), 0.1);
        return [y, (dy: Tensor) => dy.mul(y)];
      }),
    ],
  ];
  let seed = 7;
  const next = (n: number): number => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return Math.floor((seed / 2 ** 31) * n);
  };
  for (let round = 0; round < 40; round++) {
    const steps = Array.from({ length: 4 }, () => [next(rules.length), next(2)] as const);
    const compose = (k: 0 | 1) => (x: Tensor) =>
      steps.reduce((y, [i, both]) => (both ? y.add((rules[i] as (typeof rules)[0])[k](y.mul(0.5))) : (rules[i] as (typeof rules)[0])[k](y)), x);
    const point = x64([0.3, -0.7, 0.05]);
    for (const order of [1, 2, 3]) {
      let [a, b] = [compose(0), compose(1)];
      for (let i = 0; i < order; i++) [a, b] = [first(a), first(b)];
      const difference = a(point).sub(b(point));
      const scale = Number(abs(a(point)).max()) + 1;
      expect(Number(abs(difference).max()) / scale).toBeLessThan(1e-12);
    }
  }
});

test('forward mode is refused with the way out, for rules go back', () => {
  expect(() => jvp((x: Tensor) => cube(x.mul(2)))([x64(1)], [x64(1)])).toThrow(/^jvp: goes forward, .*customGradient.*use makeVjp/);
  expect(plain(first(first(cube))(x64(2)))).toBe(120);
});
