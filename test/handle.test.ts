/** Tensors as objects of JavaScript and its hosts: JSON, clones and messages, iteration, `new`, conversion to a number. */
import { MessageChannel } from 'node:worker_threads';
import { compile, gradientsFunction, memory, random, scope, Tensor, tensor, zeros } from 'gradtape';
import { describe, expect, test } from 'vitest';

describe('JSON', () => {
  const values = {
    float32: [0.1, -0, Number.NaN, Infinity, -Infinity, 1e-45, 3.4028234663852886e38],
    float64: [0.1, -0, Number.NaN, Infinity, -Infinity, 5e-324, Number.MAX_VALUE, 1 / 3],
    complex64: [
      { re: 0.5, im: -0 },
      { re: Number.NaN, im: -Infinity },
    ],
    complex128: [{ re: 1 / 3, im: 5e-324 }],
    int32: [-(2 ** 31), 0, 2 ** 31 - 1],
    bool: [true, false],
  } as const;

  test.each(Object.keys(values) as (keyof typeof values)[])('%s is read back bit for bit', (dtype) => {
    const x = tensor(values[dtype], { dtype });
    const y = tensor(JSON.parse(JSON.stringify(x)));
    expect([y.dtype, y.shape]).toEqual([x.dtype, x.shape]);
    expect(new Uint8Array(y.data().buffer)).toEqual(new Uint8Array(x.data().buffer));
  });

  test('says dtype, shape and elements in words that JSON has', () => {
    expect(JSON.stringify({ x: tensor([[1, -0, Number.NaN]]) })).toBe('{"x":{"dtype":"float32","shape":[1,3],"data":[1,"-0","NaN"]}}');
    expect(JSON.stringify(tensor({ re: 1, im: -Infinity }))).toBe('{"dtype":"complex64","shape":[],"data":[{"re":1,"im":"-Infinity"}]}');
  });

  test.each([[[]], [[0, 3]], [[2, 0]], [[1, 1, 1, 1, 1, 1, 1, 1]], [[2, 3]]])('of shape %j', (shape) => {
    const y = tensor(JSON.parse(JSON.stringify(zeros(shape, { dtype: 'int32' }))));
    expect([y.dtype, y.shape]).toEqual(['int32', shape]);
  });

  test('of strides, and of what was moved out of linear memory', () => {
    const x = tensor([[1, 2, 3]]).transpose();
    expect(x.toJSON()).toEqual({ dtype: 'float32', shape: [3, 1], data: [1, 2, 3] });
    const old = tensor([1, 2]);
    const spilled = memory().spilled;
    for (let i = 0; i < 20_000; i++) tensor(i);
    expect(memory().spilled).toBeGreaterThan(spilled);
    expect(old.toJSON()).toEqual({ dtype: 'float32', shape: [2], data: [1, 2] });
  });

  test('takes another dtype or shape where one is asked for', () => {
    const y = tensor(tensor([1, 2, 3, 4]).toJSON(), { dtype: 'float64', shape: [2, 2] });
    expect([y.dtype, y.array()]).toEqual([
      'float64',
      [
        [1, 2],
        [3, 4],
      ],
    ]);
  });

  test('that no tensor gave is refused', () => {
    const read = (text: string) => () => tensor(JSON.parse(text));
    expect(read('{"dtype":"float32","shape":[2],"data":[1]}')).toThrow('tensor: shape [2] has 2 elements; got 1');
    expect(read('{"dtype":"float32","shape":[1],"data":["one"]}')).toThrow(/^tensor: value takes a tensor, or numbers/);
    expect(read('{"dtype":"float32","shape":[1],"data":[null]}')).toThrow(/^tensor: value takes a tensor, or numbers/);
    expect(read('{"dtype":"float16","shape":[1],"data":[1]}')).toThrow(/^tensor: /);
    expect(read('{"dtype":"int32","shape":[1],"data":["NaN"]}')).toThrow("tensor: an int32 tensor can't hold NaN");
  });

  test('of what is traced or gone is an error that says so', () => {
    expect(() => compile((x: Tensor) => tensor(x.toJSON()))(tensor([1]))).toThrow(/toJSON/);
    const x = tensor([1]);
    x.dispose();
    expect(() => JSON.stringify(x)).toThrow(/^toJSON: .* was released/);
  });
});

describe('a clone or a message', () => {
  const old = tensor([1]);
  for (let i = 0; i < 20_000; i++) tensor(i);
  const cases: [string, () => unknown][] = [
    ['a tensor', () => tensor([1])],
    ['a tensor that was moved out of linear memory', () => old],
    ['one in a tree', () => ({ layers: [{ w: tensor([1]) }] })],
    ['one in a map', () => new Map([['w', tensor([1])]])],
  ];
  test.each(cases)('of %s is refused in words', (_, make) => {
    const words = /a gradtape Tensor; send x\.toJSON\(\), which tensor\(json\) reads/;
    expect(() => structuredClone(make())).toThrow(words);
    const { port1 } = new MessageChannel();
    expect(() => port1.postMessage(make())).toThrow(words);
    port1.close();
  });

  test('carries what the error advises', () => {
    expect(tensor(structuredClone(tensor([1, Number.NaN]).toJSON())).array()).toEqual([1, Number.NaN]);
  });
});

describe('iteration', () => {
  test('gives the parts along the first axis', () => {
    const x = tensor([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    const rows: unknown[] = [];
    for (const row of x) rows.push(row.array());
    expect(rows).toEqual(x.array());
    const [first, ...others] = x;
    expect(first?.array()).toEqual([1, 2]);
    expect(others.map((row) => row.shape)).toEqual([[2], [2]]);
    expect(Math.max(...[...tensor([1, 5, 2])].map((item) => item.number()))).toBe(5);
    expect([...zeros([0, 2])]).toEqual([]);
    expect([...zeros([2, 0])].map((row) => row.shape)).toEqual([[0], [0]]);
    expect([...x.transpose()].map((row) => row.array())).toEqual([
      [1, 3, 5],
      [2, 4, 6],
    ]);
  });

  test('is differentiable to any order, and compiled as it is', () => {
    const f = (x: Tensor) => {
      const [a, b] = x as unknown as [Tensor, Tensor];
      return a.mul(a).mul(b).sum();
    };
    const gradient = (x: Tensor) => gradientsFunction(f)(x)[0] as Tensor;
    const x = tensor([
      [1, 2],
      [3, 4],
    ]);
    expect(gradient(x).array()).toEqual([
      [6, 16],
      [1, 4],
    ]);
    const second = gradientsFunction((x: Tensor) => gradient(x).sum())(x)[0] as Tensor;
    expect(second.array()).toEqual([
      [8, 12],
      [2, 4],
    ]);
    expect(compile(gradient)(x).array()).toEqual(gradient(x).array());
  });

  test('makes a part when it is asked for', () => {
    scope(() => {
      const before = memory().tensors;
      const rows = zeros([1000])[Symbol.iterator]();
      rows.next();
      expect(memory().tensors - before).toBeLessThan(5);
    });
  });

  test('of a scalar is refused at once', () => {
    expect(() => [...tensor(1)]).toThrow('iterator: a tensor of rank 0 has no axis to iterate along; use x.number(), or x.array() to compare');
    expect(() => {
      const [a] = random.uniform(random.key(0), []);
      return a;
    }).toThrow('iterator: ');
  });
});

describe('new Tensor', () => {
  test.each([[[]], [[[1, 2]]], [[[1, 2], [2], 'float32']], [[0, 1]], [[undefined, undefined, undefined]]])('of %j is refused', (args) => {
    const Constructor = Tensor as unknown as new (...args: unknown[]) => object;
    expect(() => new Constructor(...args)).toThrow('Tensor: new Tensor(…) makes no tensors; use tensor(value, { dtype, shape })');
    expect(() => new (class extends Constructor {})(...args)).toThrow('Tensor: new Tensor');
  });
});

describe('number', () => {
  test('is the only element', () => {
    expect(tensor(0.5).number()).toBe(0.5);
    expect(tensor([[7]], { dtype: 'int32' }).number()).toBe(7);
    expect(tensor(1 / 3, { dtype: 'float64' }).number()).toBe(1 / 3);
    expect([tensor(true).number(), tensor([false]).number()]).toEqual([1, 0]);
  });

  test('refuses what is none', () => {
    expect(() => tensor([1, 2]).number()).toThrow('number: takes a tensor of one element; got shape [2]');
    expect(() => zeros([0]).number()).toThrow('number: takes a tensor of one element; got shape [0]');
    expect(() => tensor({ re: 1, im: 0 }).number()).toThrow('number: complex64 elements are no numbers; use item(), or real(x).number()');
    expect(() => compile((x: Tensor) => x.mul(x.number()))(tensor(2))).toThrow(/number/);
  });
});
