/** jvp and linearize as users call them. The law for every op is in forward.test.ts. */
import { add, compile, grad, gradientsFunction, jvp, linearize, memory, ones, scope, type Tensor, tensor, tree, where } from 'gradtape';
import { describe, expect, test } from 'vitest';

const loose = jvp as unknown as (f: unknown) => (primals: unknown, tangents: unknown) => { value: never; tangent: never };
const close = (x: Tensor, ...expected: number[]): void => {
  for (const [i, v] of [...x.data()].entries()) expect(v).toBeCloseTo(expected[i] as number, 6);
};

describe('jvp', () => {
  test('gives value and derivative along the tangents', () => {
    const { value, tangent } = jvp((x, y) => x.mul(x).mul(y))([3, 2], [1, 0.5]);
    expect(value.item()).toBe(18);
    expect(tangent.item()).toBe(2 * 3 * 2 + 0.5 * 9);
    expect(tangent.dtype).toBe('float32');
  });

  test('takes and gives trees; null stands for zeros, and for what has no tangent', () => {
    const f = ({ w, b }: { w: Tensor; b: Tensor }, i: Tensor, by: string) => ({ y: w.mul(b), list: [b, i, 7], isBy: by === 'name' });
    const i = tensor([1], { dtype: 'int32' });
    const { value, tangent } = loose(f)([{ w: [1, 2], b: 3 }, i, 'name'], [{ w: null, b: 1 }, null, null]) as {
      value: ReturnType<typeof f>;
      tangent: { y: Tensor; list: (Tensor | null)[]; isBy: null };
    };
    close(value.y, 3, 6);
    close(tangent.y, 1, 2);
    expect((tangent.list[0] as Tensor).item()).toBe(1);
    expect(tangent.list[1]).toBe(null);
    expect((tangent.list[2] as Tensor).item()).toBe(0);
    expect(tangent.isBy).toBe(null);
  });

  test('gives zeros like the result where no tangent reaches it', () => {
    const x = ones([2, 3], { dtype: 'float64' });
    const { tangent } = jvp((x, y) => [x.mul(2), y.stopGradient(), ones([2])] as const)([x, x], [null, x]);
    expect(tangent.map((t) => [t.shape, t.dtype])).toEqual([
      [[2, 3], 'float64'],
      [[2, 3], 'float64'],
      [[2], 'float32'],
    ]);
    for (const t of tangent) expect([...t.data()].every((v) => v === 0)).toBe(true);
  });

  test('keeps the precision of numbers as gradients do', () => {
    const { tangent } = jvp((x, k) => x.mul(k))([tensor([1], { dtype: 'float64' }), 0.1], [[0], 0.1]);
    expect(tangent.dtype).toBe('float64');
    expect(tangent.item()).toBe(0.1);
  });

  test('an argument that is given back has its tangent, of its own', () => {
    const v = tensor([5]);
    const { tangent } = jvp((x) => [x, x] as const)([tensor([1])], [v]);
    v.dispose();
    tangent[0].dispose();
    expect(tangent[1].item()).toBe(5);
  });

  test('derivatives of holomorphic functions, and along real directions of others', () => {
    const z = tensor({ re: 1, im: 2 });
    const along = (f: (z: Tensor) => Tensor, re: number, im: number) => jvp(f)([z], [{ re, im }]).tangent.item();
    expect(along((z) => z.square(), 0, 1)).toEqual({ re: -4, im: 2 });
    expect(along((z) => z.conj(), 3, 4)).toEqual({ re: 3, im: -4 });
    expect(along((z) => z.real(), 3, 4)).toBe(3);
    expect(along((z) => z.abs().square(), 3, 4)).toBeCloseTo(2 * (3 + 8), 4);
  });

  test('infinite slopes times no tangent are nothing', () => {
    expect(jvp((x) => x.sqrt().add(x))([0], [0]).tangent.item()).toBe(0);
    expect(jvp((x) => where(x.greater(0), x.sqrt(), 0))([0], [1]).tangent.item()).toBe(0);
  });
});

describe('in other transforms', () => {
  const f = (x: Tensor): Tensor => x.softmax().mul(x.sin()).cumsum().logsumexp();
  const x = tensor([0.3, -1, 2], { dtype: 'float64' });
  const v = tensor([1, -2, 0.5], { dtype: 'float64' });

  test('third order, every way round', () => {
    const along = (f: (x: Tensor) => Tensor) => (x: Tensor) => jvp(f)([x], [v]).tangent;
    const pulled = (f: (x: Tensor) => Tensor) => (x: Tensor) => (grad(f)(x) as Tensor).mul(v).sum();
    const all = [along(along(along(f))), pulled(along(along(f))), along(pulled(along(f))), along(along(pulled(f))), pulled(pulled(pulled(f)))].map((g) =>
      Number(g(x).item()),
    );
    for (const value of all) expect(value).toBeCloseTo(all[0] as number, 12);
  });

  test('no perturbation confusion', () => {
    const slope = (f: (x: Tensor) => Tensor, x: Tensor | number) => jvp(f)([x], [1]).tangent;
    expect(slope((x) => x.mul(slope((y) => add(x, y), 1)), 1).item()).toBe(1);
    expect(slope((x) => slope((y) => x.mul(y), x).mul(x), 3).item()).toBe(6);
    expect((grad((x) => x.mul(slope((y) => x.mul(y), 2)))(3) as Tensor).item()).toBe(6);
  });

  test('compiled as eager, bit for bit', () => {
    const g = (x: Tensor, v: Tensor) => jvp((x) => [f(x), grad(f)(x)] as const)([x], [v]).tangent;
    const compiled = compile(g);
    for (let turn = 0; turn < 2; turn++) expect(compiled(x, v).map((t) => [...t.data()])).toEqual(g(x, v).map((t) => [...(t as Tensor).data()]));
  });

  test('a gradient of a jvp by its tangents', () => {
    const [dv] = gradientsFunction((v) => jvp(f)([x], [v]).tangent)(v);
    expect([...(dv as Tensor).data()].map((a) => a.toFixed(12))).toEqual([...(grad(f)(x) as Tensor).data()].map((a) => a.toFixed(12)));
  });
});

describe('linearize', () => {
  test('runs f once', () => {
    let runs = 0;
    const { value, jvp: along } = linearize((x, y) => {
      runs++;
      return x.mul(y).sin();
    })(2, 3);
    expect(value.item()).toBeCloseTo(Math.sin(6), 6);
    expect(along(1, 0).item()).toBeCloseTo(3 * Math.cos(6), 5);
    expect(along(0, 1).item()).toBeCloseTo(2 * Math.cos(6), 5);
    expect(along(null, null).item()).toBe(0);
    expect(runs).toBe(1);
  });

  test('is differentiated and compiled along its tangents', () => {
    const { jvp: along } = linearize((x) => x.square().cumsum())(tensor([1, 2, 3]));
    close(
      grad((v) =>
        along(v)
          .mul(tensor([1, 10, 100]))
          .sum(),
      )(ones([3])) as Tensor,
      222,
      440,
      600,
    );
    close(compile((v: Tensor) => along(v))(ones([3])), 2, 6, 12);
  });

  test('an outer gradient reaches through it', () => {
    const g = (x: Tensor) => linearize((y) => y.square().mul(x))(x).jvp(1);
    expect((grad(g)(3) as Tensor).item()).toBe(12);
  });

  test('after dispose it is refused', () => {
    const l = linearize((x) => x.sin())(1);
    l.dispose();
    expect(() => l.jvp(1)).toThrow('linearize: this run was disposed');
  });
});

describe('memory', () => {
  test('nothing is left, and a loop is flat', () => {
    const x = ones([64]);
    const h = (x: Tensor) => x.softmax().mul(x).logsumexp();
    const run = () => scope(() => void jvp((x) => grad(h)(x))([x], [x]));
    run();
    const before = memory();
    for (let i = 0; i < 100; i++) run();
    const after = memory();
    expect([after.tensors, after.bytes]).toEqual([before.tensors, before.bytes]);
  });

  test('a linearized run keeps what it needs alone', () => {
    const x = ones([1000]);
    const before = memory().bytes;
    const l = linearize((x) => x.sin().exp().sum())(x);
    scope(() => void l.jvp(x));
    l.dispose();
    l.value.dispose();
    expect(memory().bytes).toBe(before);
  });

  test('an exception in f passes, and the next call is right', () => {
    const f = jvp((x: Tensor): Tensor => {
      throw new Error(`mine ${x.rank}`);
    });
    expect(() => f([1], [1])).toThrow('mine 0');
    expect(jvp((x) => x.square())([3], [1]).tangent.item()).toBe(6);
  });
});

describe('refused', () => {
  const f = loose((x: Tensor, y: Tensor) => [x, y]);
  test.each([
    ['no function', () => loose(3), 'jvp: takes a function; got number'],
    ['no lists', () => f(1, 1), 'jvp: takes a list of arguments and a list of as many tangents, as in jvp(f)([x, y], [dx, dy]); got 1'],
    [
      'other lengths',
      () => f([1, 2], [1]),
      'jvp: takes a list of arguments and a list of as many tangents, as in jvp(f)([x, y], [dx, dy]); got 1 for 2 arguments',
    ],
    ['another shape', () => f([1, 2], [[1], null]), 'jvp: argument 0 has shape []; got [1]'],
    ['another dtype', () => f([tensor([1]), 2], [tensor([1], { dtype: 'float64' }), null]), 'jvp: argument 0 is float32; got float64; convert it with cast'],
    [
      'another structure',
      () => loose((o: { a: Tensor }) => o.a)([{ a: 1 }], [{ b: 1 }]),
      'jvp: the tangent of argument 0: expected an object with keys a, got an object with keys b, as in the argument',
    ],
    [
      'a tangent of whole numbers',
      () => f([tensor([1], { dtype: 'int32' }), 1], [1, 1]),
      'jvp: the tangent of what has no derivative, in argument 0, is null or left out; got 1',
    ],
    ['a function that returns nothing', () => loose(() => undefined)([], []), 'Cannot differentiate a function that returns nothing'],
    [
      'tangents for other arguments',
      () => (linearize((x) => x)(1).jvp as (...t: unknown[]) => unknown)(1, 2),
      'linearize: jvp takes a tangent for each of 1 arguments; got 2',
    ],
  ])('%s', (_, call, message) => expect(call).toThrow(message));

  test('leaves are counted without a tangent', () => expect(tree.leaves(jvp((x) => [x])([1], [null]).tangent)).toHaveLength(1));
});
