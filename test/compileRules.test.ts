/** compile: the arguments for which a program is made, the operations that it refuses, and the lifetime of programs and tensors. */
import { add, booleanMask, compile, gradientsFunction, memory, scope, type Tensor, tensor } from 'gradtape';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { alone } from './threads/core.js';

const live = (): readonly number[] => [memory().tensors, memory().held];

/** A function that counts its runs. */
function counted<F extends (...args: never[]) => unknown>(f: F): F & { readonly runs: () => number } {
  let runs = 0;
  const g = (...args: never[]): unknown => {
    runs++;
    return f(...args);
  };
  return Object.assign(g, { runs: () => runs }) as unknown as F & { readonly runs: () => number };
}

describe('f runs once', () => {
  test('for each shape, dtype and layout', () => {
    const f = counted((x: Tensor) => x.add(x));
    const compiled = compile(f);
    const matrix = tensor([
      [1, 2],
      [3, 4],
    ]);
    const calls: [Tensor, number][] = [
      [tensor([1, 2]), 1],
      [tensor([3, 4]), 1],
      [tensor([1, 2, 3]), 2],
      [tensor([1, 2], { dtype: 'float64' }), 3],
      [tensor([5, 6]), 3],
      [matrix, 4],
      [matrix.transpose(), 5],
      [matrix.transpose().transpose(), 5],
    ];
    for (const [x, runs] of calls) {
      expect(compiled(x).array()).toEqual(x.add(x).array());
      expect(f.runs()).toBe(runs);
    }
    compiled.dispose();
  });

  test('whatever the numbers, arrays of numbers and complex numbers are', () => {
    const f = counted((x: Tensor, y: Tensor, z: Tensor) => [x.mul(y), z.conj()]);
    const compiled = compile(f);
    for (const k of [1, 2, -0.5, Infinity]) {
      const [y, z] = compiled(k, [1, 2], { re: k, im: 1 });
      expect(y?.array()).toEqual([k, 2 * k]);
      expect(z?.item()).toEqual({ re: k, im: -1 });
    }
    expect(f.runs()).toBe(1);
    expect(compiled(1, [1, 2, 3], { re: 0, im: 0 })[0]?.shape).toEqual([3]);
    expect(f.runs()).toBe(2);
    compiled.dispose();
  });

  test('for each other argument', () => {
    const f = counted((x: Tensor, mode: string, options?: { readonly axis: number; readonly keep?: readonly boolean[] }) =>
      mode === 'sum' ? x.sum({ axis: options?.axis ?? 0 }) : x.mul(2),
    );
    const compiled = compile(f, { static: [2] });
    const x = tensor([
      [1, 2],
      [3, 4],
    ]);
    const options = { axis: 1 };
    expect(compiled(x, 'sum', options).array()).toEqual([3, 7]);
    expect(compiled(x, 'sum', { axis: 1 }).array()).toEqual([3, 7]);
    expect(f.runs()).toBe(1);
    options.axis = 0;
    expect(compiled(x, 'sum', options).array()).toEqual([4, 6]);
    expect(compiled(x, 'sum').array()).toEqual([4, 6]);
    expect(compiled(x, 'double').array()).toEqual([
      [2, 4],
      [6, 8],
    ]);
    expect(f.runs()).toBe(4);
    expect(compiled(x, 'sum', { axis: 1, keep: [true] }).array()).toEqual([3, 7]);
    expect(compiled(x, 'sum', { axis: 1, keep: [true] }).array()).toEqual([3, 7]);
    expect(f.runs()).toBe(5);
    compiled.dispose();
  });

  test('for each of the last sixteen kinds', () => {
    const f = counted((x: Tensor) => x.neg());
    const compiled = compile(f);
    const call = (n: number): unknown => compiled(tensor(new Float32Array(n)));
    for (let n = 1; n <= 16; n++) call(n);
    call(1);
    expect(f.runs()).toBe(16);
    call(17);
    call(1);
    expect(f.runs()).toBe(17);
    call(2);
    expect(f.runs()).toBe(18);
    expect(compiled.describe().match(/^program/gm)).toHaveLength(16);
    compiled.dispose();
  });
});

describe('arguments and results', () => {
  test('are trees', () => {
    const compiled = compile((layer: { readonly w: Tensor; readonly scale: Tensor; readonly name: string }, [x, y]: readonly Tensor[]) => ({
      list: [layer.w.mul(x as Tensor), (y as Tensor).mul(layer.scale)],
      name: layer.name,
      n: 3,
      nothing: null,
    }));
    const result = compiled({ w: tensor([1, 2]), scale: 2 as unknown as Tensor, name: 'a' }, [tensor(10), tensor(5)]);
    expect({ ...result, list: result.list.map((t) => t.array()) }).toEqual({ list: [[10, 20], 10], name: 'a', n: 3, nothing: null });
  });

  test('with gradients that are null', () => {
    const compiled = compile((x: Tensor, y: Tensor) => gradientsFunction((a: Tensor, b: Tensor) => [a.square(), b.mul(0).isNaN()])(x, y));
    const [dx, dy] = compiled(3, 4);
    expect([dx?.item(), dy]).toEqual([6, null]);
  });

  test('results are new tensors, also where f returns an argument or a constant', () => {
    const constant = tensor([7, 8]);
    const compiled = compile((x: Tensor) => ({ x, again: x, view: x.reshape([2, 1]), constant, sum: x.add(constant) }));
    const x = tensor([1, 2]);
    const results = compiled(x);
    expect(results.again).toBe(results.x);
    const all = [results.x, results.view, results.constant, results.sum];
    expect(new Set([x.at, constant.at, ...all.map((t) => t.at)]).size).toBe(6);
    x.dispose();
    expect(all.map((t) => t.array())).toEqual([
      [1, 2],
      [[1], [2]],
      [7, 8],
      [8, 10],
    ]);
    for (const t of all) expect(() => t.view()).not.toThrow();
  });

  test('the same tensor twice is two inputs', () => {
    const compiled = compile((x: Tensor, y: Tensor) => gradientsFunction((a: Tensor, b: Tensor) => a.mul(a).mul(b))(x, y));
    const x = tensor(3);
    expect(compiled(x, x).map((t) => t?.item())).toEqual([18, 9]);
    expect(compiled(2, 5).map((t) => t?.item())).toEqual([20, 4]);
  });

  test('tensors from outside are kept as they are', () => {
    const w = tensor([1, 2]);
    const compiled = compile((x: Tensor) => x.mul(w));
    expect(compiled(2).array()).toEqual([2, 4]);
    w.dispose();
    expect(compiled(3).array()).toEqual([3, 6]);
  });

  test('no tensors at all', () => {
    const compiled = compile(() => [tensor([1, 2]).add(1), 5] as const);
    for (let i = 0; i < 2; i++) expect(compiled()[0].array()).toEqual([2, 3]);
    const f = counted((x: Tensor) => (x.size > 2 ? x.size : null));
    const sized = compile(f);
    expect([sized([1, 2]), sized([3, 4]), sized([1, 2, 3])]).toEqual([null, null, 3]);
    expect(f.runs()).toBe(2);
  });

  test('have their types', () => {
    const compiled = compile((x: Tensor, options: { readonly axis: number }) => ({ y: x.sum(options), n: 1 }));
    expectTypeOf(compiled).parameter(0).toExtend<Tensor | number | readonly unknown[] | unknown>();
    expectTypeOf(compiled).returns.toEqualTypeOf<{ y: Tensor; n: number }>();
    expectTypeOf(compile((x, y) => x.add(y))(1, [2])).toEqualTypeOf<Tensor>();
  });
});

describe('refused', () => {
  const words = {
    read: (op: string) =>
      `${op}: reads a value in a function that is being compiled, and its program could not do so again; return the tensor and read it outside, or choose with where(condition, x, y) or cond(predicate, onTrue, onFalse), and loop with scan`,
    input: (op: string) =>
      `${op}: argument 0 became an input of a function that is being compiled, and has no value yet; return the tensor and read it outside, or choose with where(condition, x, y) or cond(predicate, onTrue, onFalse), and loop with scan, or make it part of the program: compile(f, { static: [0] })`,
  };
  const before = live;

  test.each<[string, (x: Tensor) => unknown, string]>([
    ['item', (x) => x.sum().item(), words.read('item')],
    ['data', (x) => x.data(), words.input('data')],
    ['view', (x) => x.mul(2).view(), words.read('view')],
    ['array', (x) => x.array(), words.input('array')],
    ['a copy', (x) => tensor(x), words.input('tensor')],
    [
      'a comparison',
      (x) => x.sum() > (0 as unknown as Tensor),
      'valueOf: reads a value in a function that is being compiled, and its program could not do so again; use pow(0.9, t) for 0.9 ** t, add(x, y), mul(x, y), less(x, y), … and where(condition, x, y)',
    ],
    ['keep', (x) => x.mul(2).keep(), 'keep: keeps a tensor of a function that is being compiled, and its program could not do so again; return the tensor'],
    [
      'a shape that depends on values',
      (x) => booleanMask(x, x.greater(1)),
      "booleanMask: the shape of its result depends on values, so it can't be compiled; call it outside the compiled function",
    ],
  ])('%s', (_, f, message) => {
    const x = tensor([1, 2]);
    const held = before();
    const compiled = compile(f as (x: Tensor) => unknown);
    for (let i = 0; i < 2; i++) expect(() => compiled(x)).toThrow(expect.objectContaining({ name: 'CompileError', code: 'compile', message }));
    expect(live()).toEqual(held);
    expect(x.item.call(x.slice([0], [1]))).toBe(1);
    x.dispose();
  });

  test('but what does not depend on an argument may be read, and shapes may', () => {
    const outside = tensor([3, 4]);
    const compiled = compile((x: Tensor) => x.mul(outside.slice([1], [1]).item() as number).add(tensor(x.size).mul(2).item() as number));
    expect(compiled([1, 2]).array()).toEqual([8, 12]);
    expect(String(compile((x: Tensor) => tensor(`${x}`.length))([1, 2]).item())).toBe(String('Tensor(traced, shape=[2], dtype=float32)'.length));
  });

  test('promises, and what is no function', () => {
    expect(() => compile(async (x: Tensor) => x.neg())(1)).toThrow(
      expect.objectContaining({
        name: 'TypeError',
        message: expect.stringMatching(/^compile: .* returned a promise, and a trace ends in the tick it began in; await/),
      }),
    );
    expect(() => compile(3 as never)).toThrow('compile: takes a function; got number');
    expect(() => compile((x: Tensor) => x, { statics: [0] } as never)).toThrow(
      'compile: no option is called "statics", did you mean static? There are static, programs',
    );
    expect(() => compile((x: Tensor) => x, { programs: 0 })).toThrow('compile: programs is a whole number from 1; got 0');
    expect(() => compile((x: Tensor) => x, { static: [0, 'x'] as never })).toThrow('static must be all strings or all integers; got [0, "x"]');
    class Model {
      readonly w = tensor(1);
    }
    const model = new Model();
    const f = (m: Model, x: Tensor): Tensor => m.w.mul(x);
    expect(() => compile(f)(model, tensor(2))).toThrow('compile: got an object of class Model, in which no tensors are found');
    expect(compile(f, { static: ['m'] })(model, tensor(2)).item()).toBe(2);
  });

  test('released arguments', () => {
    const compiled = compile((x: Tensor, y: Tensor) => add(x, y));
    expect(compiled(tensor(1), tensor(2)).item()).toBe(3);
    const y = tensor(2).mul(1);
    y.dispose();
    expect(() => compiled(tensor(1), y)).toThrow(expect.objectContaining({ name: 'ReleasedError', message: expect.stringContaining('made by mul') }));
    expect(compiled(tensor(1), tensor(2)).item()).toBe(3);
  });

  test('what an op refuses, also when the program runs', () => {
    const compiled = compile((x: Tensor, i: Tensor) => x.take(i).mul(2));
    const index = (i: number): Tensor => tensor(i, { dtype: 'int32' });
    const x = tensor([1, 2, 3]);
    expect(compiled(x, index(2)).item()).toBe(6);
    const held = live();
    expect(() => scope(() => compiled(x, index(5)))).toThrow(
      expect.objectContaining({ name: 'IndexError', message: 'take: index 5 is out of range for axis 0 of size 3; x is [3] float32, indices are [] int32' }),
    );
    expect(live()).toEqual(held);
    expect(compiled(x, index(1)).item()).toBe(4);
    expect(() => compile((a: Tensor, b: Tensor) => a.add(b))([1, 2], [1, 2, 3])).toThrow(expect.objectContaining({ name: 'ShapeError' }));
  });
});

test('describe prints the program and how it uses memory', () => {
  const compiled = compile(function step(x: Tensor, w: Tensor, b: Tensor, rate: Tensor) {
    const loss = (v: Tensor): Tensor => x.matmul(v).add(b).tanh().mul(0.5).sub(b).square().sum();
    return { w: w.sub((gradientsFunction(loss)(w)[0] as Tensor).mul(rate)), transposed: w.transpose() };
  });
  expect(compiled.describe()).toBe('step has no program yet: its first call makes one');
  const zeros = (...shape: number[]): Tensor => tensor(new Float32Array(shape.reduce((a, b) => a * b)), { shape });
  scope(() => {
    alone(() => compiled(zeros(32, 40), zeros(40, 64), zeros(64), 0.1));
  });
  expect(compiled.describe()).toBe(
    `program step(x0: float32 [32, 40], x1: float32 [40, 64], x2: float32 [64], x3: number)
  c0: float32 [], constant = 0.5
  c1: float32 [], constant = 2
  v0 = cast(x3): float32 [] at 0
  v1 = matmul(x0, x1): float32 [32, 64] at 16
  run of 2048 elements, 1024 at a time, behind v1:
    s0 = add(v1, x2)
    s0, s1 = tanhAndSlope(s0)
    s0 = ((s0 * c0) - x2) * c1
    s0 = mulNoNan(c0, s0)
    v2 = mulNoNan(s1, s0): float32 [32, 64] at 16
  v3 = matmul(x0, v2): float32 [40, 64] at result 0
  run of 2560 elements, 1024 at a time, behind v3:
    v4 = x1 - (v3 * v0): float32 [40, 64] at result 0
  v5 = view: float32 [64, 40] at x1
  v6 = contiguous(v5): float32 [64, 40] at result 1
  return v4, v6
  arena: 29024 bytes for 16388 of intermediate values; constants: 8 bytes; results: 20480 bytes`,
  );
  compiled.dispose();
});

describe('memory', () => {
  test('is as before once f has thrown', () => {
    const before = live();
    const mine = new Error('mine');
    const compiled = compile((x: Tensor) => {
      gradientsFunction((y: Tensor) => {
        y.sin().mul(x);
        throw mine;
      })(x);
    });
    for (let i = 0; i < 2; i++) expect(() => scope(() => compiled([1, 2, 3]))).toThrow(mine);
    expect(live()).toEqual(before);
    expect(gradientsFunction((x: Tensor) => x.mul(x))(3)[0]?.item()).toBe(6);
  });

  test('holds constants and the program between runs, nothing after dispose', () => {
    const x = tensor(new Float32Array(5000));
    scope(() => compile((x: Tensor) => x.sin().sum())(x)); // what the heap keeps for itself
    const before = live();
    const compiled = compile((x: Tensor) => [x.sin().mul(x).cos().sum(), x.add(tensor([1]).broadcastTo([5000]).exp())]);
    const run = (): void => {
      scope(() => {
        compiled(x);
      });
    };
    run();
    const between = memory();
    expect(between.held - (before[1] as number)).toBeLessThan(24_000);
    for (let i = 0; i < 10; i++) run();
    expect(memory().held).toBe(between.held);
    compiled.dispose();
    expect(live()).toEqual(before);
    expect(scope(() => compiled(x)[0]?.item())).toBe(5000);
    compiled.dispose();
    expect(live()).toEqual(before);
    x.dispose();
  });

  test('of functions that nobody uses any more is bounded', () => {
    const x = tensor([1, 2]);
    const one = compile((y: Tensor) => y.mul(3));
    const measured = (): number => {
      for (let i = 0; i < 3000; i++) {
        scope(() => compile((y: Tensor) => y.mul(i).sin())(x));
        one(x);
      }
      return memory().held;
    };
    const first = measured();
    expect(measured()).toBeLessThan(first + 2 ** 18);
    expect(one(x).array()).toEqual([3, 6]);
  });

  test('a loop at top level runs flat', () => {
    const step = compile((w: Tensor) => w.sub((gradientsFunction((v: Tensor) => v.mul(v))(w)[0] as Tensor).mul(1e-6)));
    let w = tensor(1);
    for (let i = 0; i < 10_000; i++) w = step(w);
    const before = memory();
    for (let i = 0; i < 100_000; i++) w = step(w);
    expect(memory().held).toBeLessThanOrEqual(before.held + 65536);
  });
});

test('any number of tensors and numbers goes in and out, in a tree too', () => {
  const n = 700;
  const compiled = compile(({ list, scale, k }: { list: readonly Tensor[]; scale: readonly Tensor[]; k: Record<string, Tensor> }) => ({
    list: list.map((t, i) => t.mul(scale[i] as Tensor)),
    sum: (k.a0 as Tensor).add(k[`a${n - 1}`] as Tensor),
  }));
  const keys = Object.fromEntries(Array.from({ length: n }, (_, i) => [`a${i}`, tensor([i])]));
  const backwards = Object.fromEntries(Object.entries(keys).reverse());
  for (const k of [keys, backwards]) {
    const list = Array.from({ length: n }, (_, i) => tensor([i, 1]));
    const scale = Array.from({ length: n }, (_, i) => tensor([i % 2 ? 2 : 3]));
    const result = compiled({ list, scale, k });
    expect(result.list.map((t) => t.array())).toEqual(list.map((_, i) => [i * (i % 2 ? 2 : 3), i % 2 ? 2 : 3]));
    expect(result.sum.array()).toEqual([n - 1]);
  }
  expect(compiled.describe().match(/^program/gm)).toHaveLength(1);
  compiled.dispose();
});

describe('static arguments', () => {
  test('reach f untouched and are part of the key, whatever they hold', () => {
    const seen: unknown[] = [];
    const f = counted((x: Tensor, axis: number, o?: { readonly k: readonly number[] }) => {
      seen.push(axis, o);
      return x.sum(axis).mul(o?.k[0] ?? 1);
    });
    const compiled = compile(f, { static: [1, 2] });
    const x = tensor([
      [1, 2],
      [3, 4],
    ]);
    const options = { k: [2] };
    expect([compiled(x, 0).array(), compiled(x, 1).array(), compiled(x, 0).array(), compiled(x, 1, options).array()]).toEqual([
      [4, 6],
      [3, 7],
      [4, 6],
      [6, 14],
    ]);
    expect(seen).toEqual([0, undefined, 1, undefined, 1, options]);
    options.k[0] = 3;
    expect(compiled(x, 1, options).array()).toEqual([9, 21]);
    expect(compiled(x, 1, { k: [3] }).array()).toEqual([9, 21]);
    expect(f.runs()).toBe(4);
  });

  test('are advised where a value is wanted', () => {
    const decay = compile((t: Tensor) => tensor((0.9 ** (t as unknown as number)) as number));
    expect(() => decay(3)).toThrow(/valueOf: argument 0 became an input .* use pow\(0\.9, t\) for 0\.9 \*\* t.* static: \[0\]/);
    const inTree = compile((o: { readonly steps: readonly Tensor[] }) => (o.steps[1] as Tensor).item());
    expect(() => inTree({ steps: [tensor(1), 2] as never })).toThrow('item: argument 0.steps.1 became an input');
  });
});

describe('traces', () => {
  test('are counted, and programs that made room told', () => {
    const compiled = compile((x: Tensor) => x.neg(), { programs: 2 });
    for (const n of [1, 2, 3, 1]) compiled(tensor(new Float32Array(n)));
    expect(compiled.describe()).toContain(
      'was traced 4 times; the last time for arguments whose tensors have another shape, dtype or layout; 2 programs made room for others, { programs: 2 } are kept',
    );
    compiled.dispose();
  });

  test('for a function that is another one at each call end in an error', () => {
    const compiled = compile((x: Tensor, g: (x: Tensor) => Tensor) => g(x), { programs: 3 });
    const call = (): Tensor => compiled(2, (x) => x.neg());
    for (let i = 0; i < 4; i++) expect(call().item()).toBe(-2);
    expect(call).toThrow(
      expect.objectContaining({
        name: 'CompileError',
        message: expect.stringContaining('argument 1: expected the same function, got another for the 4th call in a row'),
      }),
    );
    compiled.dispose();
  });
});
