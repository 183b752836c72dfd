/** gradientsFunction, case by case: the arguments that it differentiates, and its results. Not the rules of single ops. */
import { add, cast, gradientsFunction, mul, square, stack, stopGradient, sum, type Tensor, tensor } from 'gradtape';
import { describe, expect, test } from 'vitest';
import { plain } from './values.js';

const z = (re: number, im: number): { re: number; im: number } => ({ re, im });
const x64 = (value: number | number[]): Tensor => tensor(value, { dtype: 'float64' });
const product = (x: Tensor, y: Tensor): Tensor => x.mul(y);

describe("the document's example", () => {
  // f(x, y) = x³y − xy²: ∂f/∂x = 3x²y − y², ∂f/∂y = x³ − 2xy, ∂²f/∂x² = 6xy
  const f = (x: Tensor, y: Tensor): Tensor => x.mul(x).mul(x).mul(y).sub(x.mul(y).mul(y));
  const gradFn = gradientsFunction(f);

  test('first order', () => expect(plain(gradFn(2, 3))).toEqual([3 * 2 ** 2 * 3 - 3 ** 2, 2 ** 3 - 2 * 2 * 3]));

  test('second order', () => {
    const gradGradFn = gradientsFunction((x: Tensor, y: Tensor) => gradFn(x, y)[0] as Tensor);
    expect(plain(gradGradFn(2, 3)[0])).toBe(6 * 2 * 3);
  });

  test('any order: with s = ∂/∂x + ∂/∂y, s³f = 18x + 6y − 6, s⁴f = 24', () => {
    const s = (f: (x: Tensor, y: Tensor) => Tensor): typeof f => {
      const gradients = gradientsFunction(f);
      return (x, y) => add(...(gradients(x, y) as [Tensor, Tensor]));
    };
    const third = s(s(s(f)));
    for (const as of [x64, tensor]) {
      expect(third(as(2), as(3)).item()).toBe(18 * 2 + 6 * 3 - 6);
      expect(plain(gradientsFunction(third)(as(2), as(3)))).toEqual([18, 6]);
      expect(s(third)(as(2), as(3)).item()).toBe(24);
    }
  });

  test('by one parameter', () => {
    expect(plain(gradientsFunction(f, [1])(2, 3))).toEqual([2 ** 3 - 2 * 2 * 3]);
    expect(plain(gradientsFunction(f, ['y'])(2, 3))).toEqual([2 ** 3 - 2 * 2 * 3]);
    expect(plain(gradientsFunction(f, { params: ['b'], names: ['a', 'b'] })(2, 3))).toEqual([2 ** 3 - 2 * 2 * 3]);
  });
});

describe('what is differentiated', () => {
  test('all arguments, when params are left out', () => expect(plain(gradientsFunction(product)(2, 3))).toEqual([3, 2]));
  test('none, when there are none', () => expect(gradientsFunction(product, [])(2, 3)).toEqual([]));
  test('the same one as often as asked', () => expect(plain(gradientsFunction(product, [0, 0, 1])(2, 3))).toEqual([3, 3, 2]));
  test('arguments beyond the parameters', () =>
    expect(plain(gradientsFunction((...xs: Tensor[]) => product(xs[0] as Tensor, xs[2] as Tensor))(2, 3, 4))).toEqual([4, null, 2]));
  test('a default parameter as far as it is passed', () => {
    const f = (x: Tensor, n: Tensor | number = 3): Tensor => x.mul(n);
    expect(plain(gradientsFunction(f)(2))).toEqual([3]);
    expect(plain(gradientsFunction(f)(2, 5))).toEqual([5, 2]);
  });

  test('numbers become tensors in every position', () => {
    expect(plain(gradientsFunction((x: Tensor, y: Tensor) => x.mul(y), [1])(2, 3))).toEqual([2]);
    expect(plain(gradientsFunction((x: Tensor, y: Tensor) => y.mul(x), [0])(2, z(3, 1)))).toEqual([3]);
    expect(gradientsFunction(square)(2)[0]?.dtype).toBe('float32');
  });

  test('arrays and typed arrays where they are in params', () => {
    expect(plain(gradientsFunction(square)([1, 2]))).toEqual([[2, 4]]);
    const [g] = gradientsFunction(square)(Float64Array.of(1, 2));
    expect([g?.dtype, plain(g)]).toEqual(['float64', [2, 4]]);
    let seen: unknown;
    gradientsFunction(
      (x: Tensor, list: readonly number[]) => {
        seen = list;
        return x;
      },
      [0],
    )(2, [1, 2]);
    expect(seen).toEqual([1, 2]);
  });

  test('booleans, strings, functions, null and objects of them reach f untouched', () => {
    const options = { keepDims: true, mode: 'train' };
    const log = (): number => 1;
    const f = (x: Tensor, o: typeof options, training: boolean, g: () => number, nothing: null): Tensor => {
      expect([o, training, g, nothing]).toEqual([options, false, log, null]);
      expect(o).toBe(options);
      return training ? x.mul(100) : x.sum({ keepDims: o.keepDims });
    };
    expect(plain(gradientsFunction(f)([1, 2], options, false, log, null))).toEqual([[1, 1], null, null, null, null]);
  });

  test('numbers, arrays and typed arrays in trees', () => {
    const f = ({ a, b, c }: { readonly a: Tensor; readonly b: Tensor; readonly c: readonly Tensor[] }): Tensor =>
      a
        .mul(b)
        .mul(c[0] as Tensor)
        .sum();
    const tree = { a: 2, b: [3, 4], c: [Float32Array.of(5, 6), 'x'] } as never;
    expect(plain(gradientsFunction(f)(tree))).toEqual([{ a: 39, b: [10, 12], c: [[6, 8], null] }]);
    expect(plain(gradientsFunction(f, { unconnectedGradients: 'zero' })({ a: 1, b: 1, c: [1, tensor(7)] } as never))).toEqual([{ a: 1, b: 1, c: [1, 0] }]);
  });

  test('a number that is not in params is a scalar all the same, in a tree too', () => {
    const f = (x: Tensor, o: { readonly k: Tensor; readonly shape: readonly number[] }): Tensor => o.k.mul(x).reshape(o.shape).sum();
    expect(plain(gradientsFunction(f, [0])([1, 2], { k: 3, shape: [2, 1] } as never))).toEqual([[3, 3]]);
  });

  test('a class instance, a Map or a tree that holds itself is refused where it is differentiated, and only there', () => {
    class Model {
      readonly w = tensor(2);
    }
    const model = new Model();
    const f = (m: Model, x: Tensor): Tensor => m.w.mul(x);
    const holder: { self?: unknown; x: Tensor } = { x: tensor(1) };
    holder.self = holder;
    for (const [v, words] of [
      [model, 'got an object of class Model, in which no tensors are found; a tree is made of lists and plain objects'],
      [{ layers: [model] }, 'got an object of class Model'],
      [new Map(), 'got an object of class Map'],
      [holder, 'contains itself'],
    ] as const) {
      expect(() => gradientsFunction(f)(v as never, 3)).toThrow(
        expect.objectContaining({ code: 'argument', op: 'gradientsFunction', message: expect.stringContaining(words) }),
      );
    }
    expect(plain(gradientsFunction(f, [1])(model, 3))).toEqual([2]);
  });

  test('trees, leaf by leaf', () => {
    const tree = { w: tensor([1, 2]), b: [tensor(3), tensor(4, { dtype: 'int32' })], name: 'layer' };
    const f = ({ w, b }: typeof tree): Tensor => w.mul(b[0] as Tensor);
    expect(plain(gradientsFunction(f)(tree))).toEqual([{ w: [3, 3], b: [3, null], name: null }]);
    expect(plain(gradientsFunction((t: typeof tree) => t.w, [0, 0])(tree))).toEqual([1, 2].map(() => ({ w: [1, 1], b: [null, null], name: null })));
  });

  test('integers, truth values and what is not connected have none', () => {
    expect(plain(gradientsFunction((x: Tensor, i: Tensor) => x.mul(cast(i, 'float32')))(2, tensor(3, { dtype: 'int32' })))).toEqual([3, null]);
    expect(plain(gradientsFunction((x: Tensor, _: Tensor) => x)(2, true))).toEqual([1, null]);
    expect(plain(gradientsFunction((x: Tensor, _: Tensor) => x)(2, 3))).toEqual([1, null]);
    expect(plain(gradientsFunction((x: Tensor) => x.floor())(2.5))).toEqual([null]);
    expect(plain(gradientsFunction((_: Tensor) => tensor(5))(2))).toEqual([null]);
    expect(plain(gradientsFunction((_: Tensor) => 5)(2))).toEqual([null]);
  });

  test('the same tensor passed twice is two arguments', () => {
    const t = tensor(3);
    expect(plain(gradientsFunction(product)(t, t))).toEqual([3, 3]);
    expect(plain(gradientsFunction(product, [0])(t, t))).toEqual([3]);
  });

  test('a captured tensor is a constant, also when it is an argument', () => {
    const t = tensor(3);
    expect(plain(gradientsFunction((x: Tensor) => x.mul(t))(t))).toEqual([3]);
  });

  test('what stopGradient lets through is a constant', () => expect(plain(gradientsFunction((x: Tensor) => x.mul(stopGradient(x)))(3))).toEqual([3]));
});

describe('what f does with an argument', () => {
  test('uses it twice', () => expect(plain(gradientsFunction((x: Tensor) => x.mul(x).add(x))(3))).toEqual([7]));
  test('returns it', () => expect(plain(gradientsFunction((x: Tensor) => x)(3))).toEqual([1]));
  test('returns it among others', () => expect(plain(gradientsFunction((x: Tensor) => [x, x.mul(2)])(3))).toEqual([3]));
  test('disposes an intermediate', () => {
    const f = (x: Tensor): Tensor => {
      const y = x.mul(x);
      const result = y.mul(y);
      y.dispose();
      return result;
    };
    expect(plain(gradientsFunction(f)(2))).toEqual([32]);
  });
  test('disposes its own argument', () => {
    const f = (x: Tensor): Tensor => {
      const y = x.mul(x);
      x.dispose();
      return y;
    };
    const t = tensor(2);
    expect(plain(gradientsFunction(f)(t))).toEqual([4]);
    expect(t.item()).toBe(2);
  });
  test('reads its value', () => {
    const f = (x: Tensor): Tensor => ((x.item() as number) > 0 ? x.mul(2) : x.mul(3));
    expect(plain([gradientsFunction(f)(1), gradientsFunction(f)(-1)])).toEqual([[2], [3]]);
  });
  test('compares it with a JavaScript operator', () => {
    expect(() => gradientsFunction((x: Tensor) => ((x as unknown as number) > 0 ? x : x))(1)).toThrow(
      'valueOf: JavaScript operators on a tensor that is being differentiated lose its gradient; use add(x, y), mul(x, y), …, scan, whileLoop or cond for loops and branches, or x.item()',
    );
    expect((tensor(2) as unknown as number) < 3).toBe(true);
  });
});

describe('outputs', () => {
  test('a tensor counts as the sum of its elements', () => expect(plain(gradientsFunction(square)([1, 2, 3]))).toEqual([[2, 4, 6]]));
  test('arrays and objects, in any nesting', () => {
    const f = (x: Tensor, y: Tensor) => ({ a: x.mul(y), rest: [x, [y.mul(3), 7]] });
    expect(plain(gradientsFunction(f)(2, 5))).toEqual([6, 5]);
  });
  test('an empty list connects nothing', () => expect(plain(gradientsFunction((_: Tensor) => [])(2))).toEqual([null]));
  test('integers among them count for nothing', () => expect(plain(gradientsFunction((x: Tensor) => [x, tensor(3, { dtype: 'int32' })])(2))).toEqual([1]));
});

describe('dy', () => {
  const g = gradientsFunction((x: Tensor, y: Tensor) => x.mul(y));

  test('as a trailing object, and given beforehand', () => {
    expect(plain(g(2, 3, { dy: 10 }))).toEqual([30, 20]);
    expect(plain(g.withDy(10)(2, 3))).toEqual([30, 20]);
    expect(plain(g([1, 2], [3, 4], { dy: [1, 10] }))).toEqual([
      [3, 40],
      [1, 20],
    ]);
  });
  test('an object with more keys is an argument', () => {
    const h = gradientsFunction((x: Tensor, o?: { dy: number; axis: number }) => x.mul(o?.dy ?? 1));
    expect(plain(h(2, { dy: 5, axis: 0 }))).toEqual([5, { dy: 2, axis: null }]);
  });
  test('has the structure of the result; null stands for ones', () => {
    const h = gradientsFunction((x: Tensor) => ({ a: x.mul(2), b: [x.mul(3), x.mul(5)] }));
    expect(plain(h(1, { dy: { a: 1, b: [10, 100] } }))).toEqual([2 + 30 + 500]);
    expect(plain(h(1, { dy: { a: null, b: null } }))).toEqual([10]);
    expect(plain(h(1, { dy: null }))).toEqual([10]);
  });
  test('takes the dtype of the output', () => {
    const [gradient] = gradientsFunction(square)(x64(3), { dy: 2 });
    expect([gradient?.dtype, gradient?.item()]).toEqual(['float64', 12]);
  });
  test('is differentiated too', () => {
    const h = gradientsFunction((x: Tensor, dy: Tensor) => gradientsFunction(square).withDy(dy)(x)[0] as Tensor);
    expect(plain(h(3, 5))).toEqual([10, 6]);
  });
  test.each([
    ['another shape', () => g(2, 3, { dy: [1, 2] }), 'ShapeError', 'dy: the output has shape []; got [2]'],
    ['another dtype', () => g(tensor(2), 3, { dy: x64(1) }), 'DTypeError', 'dy: the output is float32; got float64; convert it with cast'],
    [
      'another count',
      () => gradientsFunction((x: Tensor) => [x, x])(1, { dy: [1] as never }),
      'ShapeError',
      'dy: expected a list of 2, got a list of 1, as the function returned',
    ],
    [
      'other keys',
      () => gradientsFunction((x: Tensor) => ({ a: x }))(1, { dy: { b: 1 } as never }),
      'ShapeError',
      'dy: expected an object with keys a, got an object with keys b, as the function returned',
    ],
  ])('of %s is refused', (_, call, name, message) => expect(call).toThrow(expect.objectContaining({ name, message })));
});

describe('lists and shapes', () => {
  test('gradients have the shape and dtype of the argument', () => {
    const [g, h] = gradientsFunction((x: Tensor, y: Tensor) => x.mul(y))([[1], [2]], [3, 4, 5]);
    expect([g?.shape, h?.shape]).toEqual([[2, 1], [3]]);
    expect(plain([g, h])).toEqual([
      [[12], [12]],
      [3, 3, 3],
    ]);
  });
  test('gradients that are the same tensor inside are tensors of their own', () => {
    const [g, h] = gradientsFunction((x: Tensor, y: Tensor) => add(x, y))([1, 2], [3, 4]);
    g?.dispose();
    expect(plain(h)).toEqual([1, 1]);
  });
  test('cotangents add up also where one is repeated along rows that end within a vector', () => {
    const f = (x: Tensor): Tensor[] => [sum(x, { axis: 0, keepDims: true }).neg(), x.neg()];
    const [g] = gradientsFunction(f)(tensor(new Float32Array(53 * 67), { shape: [53, 67] }));
    expect(new Set(g?.data())).toEqual(new Set([-2]));
  });
  test('empty tensors', () => expect(gradientsFunction((x: Tensor) => sum(mul(x, x)))(tensor([]))[0]?.shape).toEqual([0]));
  test('a list of tensors', () => expect(plain(gradientsFunction((xs: Tensor[]) => stack(xs).mul([1, 10]))([tensor(1), tensor(2)]))).toEqual([[1, 10]]));
});
