/** vmap as users call it. The law for every op is in batching.test.ts. */
import { compile, eye, grad, gradientsFunction, jvp, makeVjp, memory, ones, random, scope, stack, type Tensor, tensor, vmap, zeros } from 'gradtape';
import { describe, expect, test } from 'vitest';

const loose = vmap as unknown as (f: unknown, options?: unknown) => ((...args: unknown[]) => never) & { describe(): string };
const rows = (t: unknown): unknown => (t as Tensor).array();
const rowOf = (t: Tensor, i: number): Tensor => tensor((t.array() as number[][])[i] as number[]);
const x = tensor([
  [1, 2, 3],
  [4, 5, 6],
]);
const w = tensor([1, 10, 100]);

describe('axes', () => {
  test('a tensor that f makes from no argument outlives the example', () => {
    const [row, slope] = vmap((x) => [tensor([7]), jvp((y) => [y, tensor([1])] as const)([x], [x]).tangent[1]] as const)(ones([2]));
    expect([row.array(), slope.array()]).toEqual([
      [[7], [7]],
      [[0], [0]],
    ]);
  });

  test('the first of each argument, unless said otherwise', () => {
    expect(rows(vmap((x) => x.sum())(x))).toEqual([6, 15]);
    expect(rows(vmap((x) => x.sum(), { axes: 1 })(x))).toEqual([5, 7, 9]);
    expect(rows(vmap((x) => x.sum(), { axes: -1 })(x))).toEqual([5, 7, 9]);
    expect(rows(vmap((x, w) => x.mul(w).sum(), { axes: [0, null] })(x, w))).toEqual([321, 654]);
    expect(rows(vmap((x, y) => x.add(y), { axes: [1, 0] })(x, w))).toEqual([
      [2, 5],
      [12, 15],
      [103, 106],
    ]);
  });

  test('of trees: one for a branch, or for each leaf', () => {
    const f = ({ w, b }: { w: Tensor; b: Tensor[] }) => w.mul(b[0] as Tensor).sum();
    expect(rows(loose(f, { axes: [{ w: 0, b: null }] })({ w: x, b: [w] }))).toEqual([321, 654]);
    expect(rows(loose(f, { axes: [{ w: 1, b: [0] }] })({ w: x, b: [w] }))).toEqual([5, 70, 900]);
  });

  test('numbers, options and the like are the same for all', () => {
    const f = (x: Tensor, k: Tensor, { keepDims }: { keepDims: boolean }) => x.mul(k).sum({ keepDims });
    expect(rows(loose(f)(x, 2, { keepDims: true }))).toEqual([[12], [30]]);
  });

  test('of results', () => {
    expect(rows(vmap((x) => x, { outAxes: 1 })(x))).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
    expect(rows(vmap((x) => x.outer(w), { outAxes: -1 })(x))).toEqual(
      (stack([x.stridedSlice([0], [1]).reshape([3]).outer(w), x.stridedSlice([1], [2]).reshape([3]).outer(w)], { axis: -1 }) as Tensor).array(),
    );
    const [a, b, c] = loose((x: Tensor) => [x.sum(), w, 7], { outAxes: [0, null, 0] })(x) as Tensor[];
    expect([rows(a), rows(b), rows(c)]).toEqual([
      [6, 15],
      [1, 10, 100],
      [7, 7],
    ]);
  });

  test('a batch of nothing has the shapes of results', () => {
    const y = vmap((x) => [x.softmax().max(), x.outer(x), random.uniform(random.key(1), [2]).add(x.sum())] as const)(zeros([0, 3]));
    expect(y.map((t) => t.shape)).toEqual([[0], [0, 3, 3], [0, 2]]);
  });

  test('keys are batched like any tensor', () => {
    const keys = random.split(random.key(1), 4);
    const f = vmap((key) => random.normal(key, [2]));
    expect(rows(f(stack(keys as Tensor[])))).toEqual((keys as Tensor[]).map((key) => random.normal(key, [2]).array()));
    expect(f.describe()).toMatch(/^vmap .*: randomNormal runs 4 times, 1 of it$/);
  });
});

describe('with other transforms', () => {
  const f = (x: Tensor, w: Tensor): Tensor => x.mul(w).sin().softmax().mul(x).logsumexp();
  const v = tensor([1, -2, 0.5]);
  const each = (g: (x: Tensor) => Tensor | null): number[][] => [0, 1].map((i) => [...(g(rowOf(x, i)) as Tensor).data()]);
  const close = (t: unknown, expected: number[][]): void => {
    const flat = expected.flat();
    [...(t as Tensor).data()].forEach((a, i) => {
      expect(a).toBeCloseTo(flat[i] as number, 4);
    });
  };

  test('gradients of each example', () => {
    const g = (x: Tensor): Tensor => gradientsFunction(f, [1])(x, w)[0] as Tensor;
    close(vmap(g)(x), each(g));
  });

  test('gradients of functions that compute their slope with them', () => {
    const net = (x: Tensor, w: Tensor): Tensor => x.mul(w.mul(0.01)).tanh().sigmoid().gelu().exp().softplus().sum();
    const g = (x: Tensor): Tensor => grad((w: Tensor) => net(x, w))(w) as Tensor;
    close(vmap(g)(x), each(g));
    const total = (w: Tensor): Tensor => vmap((x) => grad((w: Tensor) => net(x, w))(w))(x).sum();
    const sum = (w: Tensor): Tensor => [0, 1].map((i) => (grad((w: Tensor) => net(rowOf(x, i), w))(w) as Tensor).sum()).reduce((a, b) => a.add(b));
    close(grad(total)(w), [[...(grad(sum)(w) as Tensor).data()]]);
    close(compile(vmap(g))(x), each(g));
  });

  test('second order of each example', () => {
    const h = (x: Tensor): Tensor => jvp(grad((w: Tensor) => f(x, w)))([w], [v]).tangent as Tensor;
    close(vmap(h)(x), each(h));
    const g = (x: Tensor): Tensor => grad((w: Tensor) => (grad((w: Tensor) => f(x, w))(w) as Tensor).mul(v).sum())(w) as Tensor;
    close(vmap(g)(x), each(h));
  });

  test('its gradient, by what is batched and by what is not', () => {
    const total = (x: Tensor, w: Tensor): Tensor =>
      vmap(f, { axes: [0, null] })(x, w)
        .mul(tensor([1, 2]))
        .sum();
    const [dx, dw] = gradientsFunction(total)(x, w) as Tensor[];
    const parts = each((x) => gradientsFunction(f)(x, w)[0] as Tensor);
    close(dx, [parts[0] as number[], (parts[1] as number[]).map((a) => 2 * a)]);
    const [a, b] = each((x) => gradientsFunction(f)(x, w)[1] as Tensor) as [number[], number[]];
    close(dw, [a.map((u, i) => u + 2 * (b[i] as number))]);
  });

  test('what f makes of an outer variable alone is part of the gradient', () => {
    const total = (w: Tensor): Tensor => vmap((x: Tensor) => x.mul(w.square().mul(ones([3]))).sum())(x).sum();
    expect(rows(grad(total)(w))).toEqual([10, 140, 1800]);
    expect(rows(jvp(total)([w], [w]).tangent)).toBe(2 * (5 + 700 + 90000));
  });

  test('compiled, around and inside', () => {
    const g = (x: Tensor, w: Tensor): Tensor => vmap((x) => gradientsFunction(f, [1])(x, w.square())[0] as Tensor)(x);
    const compiled = compile(g);
    for (const k of [1, 2]) expect(rows(compiled(x, w.mul(k)))).toEqual(rows(g(x, w.mul(k))));
    expect(rows(vmap(compile(f), { axes: [0, null] })(x, w))).toEqual(rows(vmap(f, { axes: [0, null] })(x, w)));
  });

  test('nested', () => {
    const outer = vmap(
      vmap((a, b) => a.mul(b), { axes: [null, 0] }),
      { axes: [0, null] },
    );
    expect(rows(outer(tensor([1, 2, 3]), tensor([10, 20])))).toEqual([
      [10, 20],
      [20, 40],
      [30, 60],
    ]);
    const hessians = vmap((x) => vmap((e) => jvp(grad((w: Tensor) => f(x, w)))([w], [e]).tangent)(eye(3)));
    close(
      hessians(x).reshape([6, 3]),
      [0, 1].flatMap((i) => [0, 1, 2].map((k) => [...(jvp(grad((w: Tensor) => f(rowOf(x, i), w)))([w], [rowOf(eye(3), k)]).tangent as Tensor).data()])),
    );
  });

  test('of a run that makeVjp keeps', () => {
    const { vjp } = makeVjp((w: Tensor) => w.square())(w);
    expect(rows(vmap((dy) => vjp(dy)[0] as Tensor)(eye(3)))).toEqual([
      [2, 0, 0],
      [0, 20, 0],
      [0, 0, 200],
    ]);
  });
});

test('nothing is left, and an exception leaves the library right', () => {
  const run = () => scope(() => void vmap((x) => grad((x: Tensor) => x.softmax().square().sum())(x))(x));
  run();
  const before = memory();
  for (let i = 0; i < 20; i++) run();
  const throwing = vmap(
    (x) =>
      gradientsFunction((y: Tensor): Tensor => {
        throw new Error(`mine ${y.rank}`);
      })(x)[0] as Tensor,
  );
  for (const f of [throwing, compile(throwing), vmap(throwing, { axes: null as never })]) expect(() => f(x)).toThrow();
  expect(() => grad((x: Tensor) => throwing(x).sum())(x)).toThrow('mine 1');
  run();
  expect([memory().tensors, memory().bytes]).toEqual([before.tensors, before.bytes]);
  expect(rows(vmap((x) => x.sum())(x))).toEqual([6, 15]);
});

describe('refused', () => {
  test.each([
    ['no function', () => loose(1), 'vmap: takes a function; got number'],
    ['a wrong option', () => loose((x: Tensor) => x, { axis: 1 }), 'vmap: takes a function and options { axes, outAxes }; got the option "axis"'],
    [
      'a read',
      () => loose((x: Tensor) => x.item())(w),
      'item: reads a value of a tensor that stands for all examples of a batch, in a function under vmap; return the tensor and read it outside, or choose with where(condition, x, y)',
    ],
    ['a scalar', () => loose((x: Tensor) => x)(tensor(1)), 'vmap: argument 0 is a scalar, which has no examples; give it the axis null'],
    ['numbers alone', () => loose((x: Tensor) => x)(1), 'vmap: has no examples: no argument is a tensor with an axis of them'],
    ['an axis out of range', () => loose((x: Tensor) => x, { axes: 2 })(x), 'vmap: axis 2 of argument 0 is out of range for rank 2'],
    ['batches of two sizes', () => loose((x: Tensor, y: Tensor) => x.add(y))(x, w), 'vmap: argument 0 has 2 examples, argument 1 has 3 along axis 0'],
    ['axes for other arguments', () => loose((x: Tensor) => x, { axes: [0, 0] })(x), 'vmap: axes are given for 2 arguments; got 1'],
    [
      'axes of another tree',
      () => loose((o: { a: Tensor }) => o.a, { axes: [{ b: 0 }] })({ a: x }),
      'vmap: the axes of argument 0 are a number, null, or a tree of them like it; got',
    ],
    ['a result that differs', () => loose((x: Tensor) => x, { outAxes: null })(x), 'vmap: outAxes is null for a result that differs between examples'],
    ['nothing', () => loose(() => undefined)(x), 'returns nothing; did you forget to return a value?'],
    ['a promise', () => loose(async (x: Tensor) => x)(x), 'returned a promise'],
  ])('%s', (_, call, message) => expect(call).toThrow(message));
});
