/** scan, whileLoop and cond: the loop and the branch in JavaScript, with its bits, gradients and errors. */
import { compile, cond, grad, gradientsFunction, jvp, memory, scan, scope, stack, type Tensor, tensor, unstack, vmap, whileLoop } from 'gradtape';
import { describe, expect, test } from 'vitest';
import { internals } from './root.js';
import { expectNothingLeft, plain } from './values.js';

const x64 = (value: number | number[] | number[][]): Tensor => tensor(value, { dtype: 'float64' });

/** A step of which carry and y differ. */
const step = (c: Tensor, x: Tensor): readonly [Tensor, Tensor] => {
  const next = c.mul(0.9).add(x.sin().mul(c));
  return [next, next.mul(x)];
};
const looped = (init: Tensor, xs: Tensor, reverse = false): [Tensor, Tensor] => {
  let c = init;
  const ys: Tensor[] = [];
  const parts = unstack(xs);
  for (const x of reverse ? parts.reverse() : parts) {
    const [next, y] = step(c, x);
    c = next;
    ys.push(y);
  }
  return [c, stack(reverse ? ys.reverse() : ys)];
};
const init = x64([0.5, -0.3]);
const xs = x64([
  [0.1, 0.2],
  [-0.4, 0.7],
  [1.1, -0.6],
  [0.3, 0.9],
  [0.8, 0.05],
]);

describe.each([{}, { reverse: true }, { recompute: true }, { recompute: 2, reverse: true }, { recompute: 99 }])('scan %j', (options) => {
  const scanned = (c: Tensor, x: Tensor) => scan(step, c, x, options);
  const plainly = (c: Tensor, x: Tensor) => looped(c, x, options.reverse);
  test('is the loop', () => expect(plain(scanned(init, xs))).toEqual(plain(plainly(init, xs))));
  test('has its gradients to order 3', () => {
    const total = (f: typeof scanned) => (c: Tensor, x: Tensor) => {
      const [last, ys] = f(c, x);
      return last.sum().add(ys.pow(2).sum());
    };
    const gradients = (f: typeof scanned) => {
      const first = (c: Tensor, x: Tensor) => grad(total(f))(c, x).pow(2).sum();
      const second = (c: Tensor, x: Tensor) => gradientsFunction(first)(c, x)[1]!.sum();
      return [gradientsFunction(total(f))(init, xs), gradientsFunction(first)(init, xs), gradientsFunction(second)(init, xs)];
    };
    const got = gradients(scanned)
      .flat()
      .map((t) => (t as Tensor).data());
    const expected = gradients(plainly)
      .flat()
      .map((t) => (t as Tensor).data());
    got.forEach((data, i) => {
      data.forEach((v, k) => {
        expect(Math.abs(Number(v) - Number(expected[i]![k]))).toBeLessThanOrEqual(1e-13 * (1 + Math.abs(Number(expected[i]![k]))));
      });
    });
  });
  test('in compile, with the gradient, has the bits of eager', () => {
    const f = (c: Tensor, x: Tensor) => [scanned(c, x), gradientsFunction((a: Tensor, b: Tensor) => scanned(a, b)[1].sum())(c, x)];
    expect(plain(compile(f)(init, xs))).toEqual(plain(f(init, xs)));
  });
  test('goes forward', () => {
    const tangents = (f: typeof scanned) => jvp((c: Tensor) => f(c, xs)[1])([init], [x64([1, 2])]);
    expect(plain(tangents(scanned))).toEqual(plain(tangents(plainly)));
  });
  test('of a batch is the scan of each example', () => {
    const inits = x64([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    const batch = vmap((c: Tensor) => scanned(c, xs)[1], { axes: [0] })(inits) as Tensor;
    expect(plain(batch)).toEqual(plain(stack(unstack(inits).map((c) => scanned(c, xs)[1]))));
  });
  test('leaves nothing', () => expectNothingLeft(() => scope(() => void gradientsFunction((c: Tensor) => scanned(c, xs)[1].sum())(init))));
});

test("scan puts each y's leaves in their places, whatever the order of its keys, and refuses another tree", () => {
  const step = (second: unknown) => (k: Tensor) => [k.add(1), k.item() === 0 ? { a: tensor(10), b: tensor(20) } : second] as never;
  const [, ys] = scan(step({ b: tensor(1), a: tensor(2) }), tensor(0), 2) as unknown as [Tensor, { a: Tensor; b: Tensor }];
  expect([ys.a.array(), ys.b.array()]).toEqual([
    [10, 2],
    [20, 1],
  ]);
  expect(() => scan(step([tensor(1), tensor(2)]), tensor(0), 2)).toThrow(
    /^scan: each y that .* returns has the tree of the first; y: expected an object with keys a, b, got a list of 2$/,
  );
});

test('cond takes the leaves of both branches by key', () => {
  const f = compile((p: Tensor) =>
    cond(
      p,
      () => ({ a: tensor(1), b: tensor(2) }),
      () => ({ b: tensor(20), a: tensor(10) }),
    ),
  ) as unknown as (p: Tensor) => { a: Tensor; b: Tensor };
  const values = [tensor(1), tensor(0)].map((p) => f(p.greater(0.5))).map(({ a, b }) => [a.item(), b.item()]);
  expect(values).toEqual([
    [1, 2],
    [10, 20],
  ]);
});

describe('scan', () => {
  test('carries trees, of any dtype, and stacks trees', () => {
    const start = { n: tensor(0, { dtype: 'int32' }), z: tensor({ re: 1, im: 0 }), flags: [tensor(true)] };
    const [last, ys] = scan(
      (c: typeof start, x: { a: Tensor; b: Tensor }) => [
        { flags: [c.flags[0]!.logicalNot()], n: c.n.add(tensor(1, { dtype: 'int32' })), z: c.z.mul(tensor({ re: 0, im: 1 })) },
        { sum: x.a.add(x.b), n: c.n, none: null },
      ],
      start,
      { a: x64([1, 2, 3]), b: x64([10, 20, 30]) },
    );
    expect(plain(last)).toEqual({ n: 3, z: { re: -0, im: -1 }, flags: [false] });
    expect(plain(ys)).toEqual({ sum: [11, 22, 33], n: [0, 1, 2], none: null });
  });
  test('takes a number of steps, and a number as carry, which takes a dtype', () => {
    const [last, ys] = scan((c: Tensor, x: null) => [c.add(x64(0.5)), x], 1, 4);
    expect([last.dtype, last.item(), ys]).toEqual(['float64', 3, null]);
  });
  test('of no steps gives init and empty ys, with their shapes', () => {
    const [last, ys] = scan(step, init, x64([]).reshape([0, 2]));
    expect(plain(last)).toEqual([0.5, -0.3]);
    expect([ys.shape, ys.dtype]).toEqual([[0, 2], 'float64']);
    last.dispose();
    expect(plain(init)).toEqual([0.5, -0.3]);
    expect(plain(scan((c: Tensor) => [c, null], 2, 0))).toEqual([2, null]);
  });
  test('may return what it got, twice, and tensors from outside', () => {
    const w = x64([7, 8]);
    const [[a, b], ys] = scan(
      (c: Tensor[]) => [
        [c[1]!, c[1]!],
        [c[0]!, w, c[0]!],
      ],
      [init, w],
      3,
    );
    expect(plain([a, b, ys])).toEqual([
      [7, 8],
      [7, 8],
      [
        [
          [0.5, -0.3],
          [7, 8],
          [7, 8],
        ],
        [
          [7, 8],
          [7, 8],
          [7, 8],
        ],
        [
          [0.5, -0.3],
          [7, 8],
          [7, 8],
        ],
      ],
    ]);
    a!.dispose();
    expect(plain([b, w, init])).toEqual([
      [7, 8],
      [7, 8],
      [0.5, -0.3],
    ]);
  });
  test('lets a step keep tensors', () => {
    const kept: Tensor[] = [];
    scan((c: Tensor) => [kept[kept.push(c.keep()) - 1]!.add(1).keep(), null], x64(1), 3);
    expect(kept.map((t) => t.item())).toEqual([1, 2, 3]);
  });
  test('nests, and gives captured tensors their gradients', () => {
    const f = (w: Tensor) => scan((c: Tensor) => [scan((d: Tensor) => [d.mul(w), null], c, 2)[0], null], x64(1), 3)[0];
    expect(grad(f)(x64(1.1)).item()).toBeCloseTo(6 * 1.1 ** 5, 12);
    expect(grad((w: Tensor) => scan((c: Tensor) => [c.mul(w), null], x64(1), 6, { recompute: true })[0])(x64(1.1)).item()).toBeCloseTo(6 * 1.1 ** 5, 12);
  });
  test('takes the memory of two carries', () => {
    const wide = x64(Array.from({ length: 10_000 }, (_, i) => i));
    const { held } = memory();
    internals.core.memoryResetPeak();
    scope(() => void scan((c: Tensor) => [c.mul(0.5).add(1), null], wide, 200));
    expect(internals.core.memoryPeak() - held).toBeLessThan(6 * 80_000);
  });
  test('with recompute, that of 2√n steps', () => {
    const wide = x64(Array.from({ length: 1000 }, (_, i) => i / 1000));
    const peak = (recompute: boolean) => {
      const { held } = memory();
      internals.core.memoryResetPeak();
      scope(() => void grad((x: Tensor) => scan((c: Tensor) => [c.sin().cos().mul(x), null], x, 400, { recompute })[0].sum())(wide));
      return internals.core.memoryPeak() - held;
    };
    expect(peak(true)).toBeLessThan(0.2 * peak(false));
  });
  test.each([
    ['shape', () => scan((c: Tensor) => [c.reshape([1, 2]), null], init, 2), /carry that .* returns has shape \[1,2\], the one it gets \[2\]/],
    ['dtype', () => scan((c: Tensor) => [c.cast('float32'), null], init, 2), /is float32, the one it gets float64; a carry keeps its dtype/],
    ['tree', () => scan(((c: Tensor) => [[c], null]) as never, init, 2), /like the one it gets/],
    ['no pair', () => scan(((c: Tensor) => c) as never, init, 2), /returns \[carry, y\]/],
    [
      'y of another shape',
      () => {
        let n = 0;
        return scan((c: Tensor) => [c, x64(new Array(++n).fill(0))], init, 2);
      },
      /shape/,
    ],
    ['length', () => scan((c: Tensor) => [c, null], init, -1), /whole number from 0; got -1/],
    ['scalar xs', () => scan(((c: Tensor) => [c, null]) as never, init, x64(1)), /a scalar has none/],
    ['lengths', () => scan(((c: Tensor) => [c, null]) as never, init, [x64([1]), x64([1, 2])]), /got 1 and 2/],
    ['no xs', () => scan(((c: Tensor) => [c, null]) as never, init, {}), /no tensor in xs/],
    ['option', () => scan((c: Tensor) => [c, null], init, 1, { revers: true } as never), /reverse/],
    ['recompute', () => scan((c: Tensor) => [c, null], init, 1, { recompute: 0 }), /recompute is/],
  ] as const)('refuses: %s', (_, run, words) => {
    expect(run).toThrow(words);
    expect(plain(scan(step, init, xs))).toEqual(plain(looped(init, xs)));
  });
  test('passes errors of a step unchanged', () => {
    const error = new Error('mine');
    const fails = (x: Tensor) =>
      scan(
        (c: Tensor) => {
          throw c && error;
        },
        x,
        3,
      )[0] as Tensor;
    for (const run of [() => fails(init), () => grad(fails)(init), () => compile(fails)(init)]) expect(run).toThrow(error);
    expectNothingLeft(() => expect(() => fails(init)).toThrow(error));
  });
});

describe('whileLoop', () => {
  /** Newton's √a. */
  const root = (a: Tensor): Tensor =>
    whileLoop(
      (x) => x.mul(x).sub(a).abs().greater(1e-12),
      (x) => x.add(a.div(x)).mul(0.5),
      x64(1),
    );
  test('runs as long as the condition holds; gradients are those of the steps', () => {
    expect(root(x64(2)).item()).toBeCloseTo(Math.SQRT2, 12);
    expect(grad(root)(x64(2)).item()).toBeCloseTo(0.5 / Math.SQRT2, 10);
    expect(grad(grad(root))(x64(2)).item()).toBeCloseTo(-0.25 / 2 ** 1.5, 8);
    expect(jvp(root)([x64(2)], [x64(1)]).tangent.item()).toBeCloseTo(0.5 / Math.SQRT2, 10);
  });
  test('may have a scan in it, and run no step', () => {
    const f = (x: Tensor) =>
      whileLoop(
        (c) => c.less(10),
        (c) => scan((d: Tensor) => [d.mul(x), null], c, 2)[0],
        x,
      );
    expect(grad(f)(x64(2)).item()).toBe(5 * 2 ** 4);
    expect(
      whileLoop(
        () => false,
        (c) => c,
        3,
      ).item(),
    ).toBe(3);
  });
  test('is refused where the number of steps is not known', () => {
    expect(() => compile(root)(x64(2))).toThrow(/the number of steps is not known; use scan/);
    expect(() => vmap(root)(x64([1, 2]))).toThrow(/the number of steps is not known; use scan/);
    expect(() =>
      whileLoop(
        () => init as never,
        (c) => c,
        1,
      ),
    ).toThrow(/is a scalar; got shape \[2\]/);
    expect(root(x64(9)).item()).toBeCloseTo(3, 12);
  });
});

describe('cond', () => {
  const f = (x: Tensor): Tensor =>
    cond(
      x.greater(0),
      (v) => v.sqrt(),
      (v) => v.mul(-3),
      x,
    );
  test('runs and differentiates the branch', () => {
    expect([f(x64(4)).item(), f(x64(-2)).item()]).toEqual([2, 6]);
    expect([grad(f)(x64(4)).item(), grad(f)(x64(-2)).item()]).toEqual([0.25, -3]);
    expect(
      cond(
        true,
        () => x64(1),
        () => {
          throw new Error('ran');
        },
      ).item(),
    ).toBe(1);
  });
  test('in compile and vmap chooses, with the same gradients', () => {
    const both = compile((x: Tensor) => [f(x), grad(f)(x)]);
    for (const v of [4, -2]) expect(plain(both(x64(v)))).toEqual([f(x64(v)).item(), grad(f)(x64(v)).item()]);
    expect(plain(vmap(f)(x64([4, -2])))).toEqual([2, 6]);
    expect(plain(vmap(grad(f))(x64([4, -2])))).toEqual([0.25, -3]);
    expect(() =>
      compile((x: Tensor) =>
        cond(
          x.greater(0),
          () => x,
          () => x.reshape([1]),
        ),
      )(x64(1)),
    ).toThrow(/result is \[\] and \[1\]/);
    expect(() =>
      compile((x: Tensor) =>
        cond(
          x.greater(0),
          () => x,
          () => x.cast('float32'),
        ),
      )(x64(1)),
    ).toThrow(/float64 and float32/);
  });
});
