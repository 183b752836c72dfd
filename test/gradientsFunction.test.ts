/** gradientsFunction and its siblings, case by case: what is differentiated, what comes back, what is refused. Not the rules of single ops. */
import {
  add,
  cast,
  complex,
  gradientsFunction,
  makeVjp,
  memory,
  mul,
  scope,
  square,
  stack,
  stopGradient,
  sum,
  Tensor,
  tensor,
  valueAndGradientsFunction,
} from 'gradtape';
import { describe, expect, test } from 'vitest';

/** Gradients, or trees of them, as plain values. */
function plain(value: unknown): unknown {
  if (value instanceof Tensor) return value.array();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
  return value;
}

const z = (re: number, im: number): { re: number; im: number } => ({ re, im });
const c128 = (re: number, im: number): Tensor => tensor({ re, im }, { dtype: 'complex128' });
const x64 = (value: number | number[]): Tensor => tensor(value, { dtype: 'float64' });
const product = (x: Tensor, y: Tensor): Tensor => x.mul(y);
const cube = (x: Tensor): Tensor => x.mul(x).mul(x);

/** Whatever `f` does, the library holds as much afterwards as before. */
function expectNothingLeft(f: () => void): void {
  f();
  const before = memory();
  scope(f);
  expect([memory().tensors, memory().held]).toEqual([before.tensors, before.held]);
}

describe("the document's example", () => {
  // f(x, y) = x³y − xy²: ∂f/∂x = 3x²y − y², ∂f/∂y = x³ − 2xy, ∂²f/∂x² = 6xy
  const f = (x: Tensor, y: Tensor): Tensor => x.mul(x).mul(x).mul(y).sub(x.mul(y).mul(y));
  const gradFn = gradientsFunction(f);

  test('first order', () => expect(plain(gradFn(2, 3))).toEqual([3 * 2 ** 2 * 3 - 3 ** 2, 2 ** 3 - 2 * 2 * 3]));

  test('second order', () => {
    const gradGradFn = gradientsFunction((x: Tensor, y: Tensor) => gradFn(x, y)[0] as Tensor);
    expect(plain(gradGradFn(2, 3)[0])).toBe(6 * 2 * 3);
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

  test('strings, functions and option objects reach f untouched', () => {
    const options = { axis: 0, keepDims: true };
    const log = (): number => 1;
    const f = (x: Tensor, o: typeof options, mode: string, g: () => number): Tensor => {
      expect([o, mode, g]).toEqual([options, 'train', log]);
      expect(o).toBe(options);
      return sum(x, o);
    };
    expect(plain(gradientsFunction(f)([1, 2], options, 'train', log))).toEqual([[1, 1], null, null, null]);
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
      'valueOf: JavaScript operators on a tensor that is being differentiated lose its gradient; use add(x, y), mul(x, y), … or x.item()',
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
    expect(plain(h(2, { dy: 5, axis: 0 }))).toEqual([5, null]);
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
    ['another dtype', () => g(2, 3, { dy: x64(1) }), 'DTypeError', 'dy: the output is float32; got float64; convert it with cast'],
    [
      'another count',
      () => gradientsFunction((x: Tensor) => [x, x])(1, { dy: [1] as never }),
      'ShapeError',
      'dy: the function returned a list of 2; expected as many, got 1',
    ],
    [
      'other keys',
      () => gradientsFunction((x: Tensor) => ({ a: x }))(1, { dy: { b: 1 } as never }),
      'ShapeError',
      'dy: the function returned an object with keys a; expected the same keys, got b',
    ],
  ])('of %s is refused', (_, call, name, message) => expect(call).toThrow(expect.objectContaining({ name, message })));
});

describe('refusals', () => {
  test.each([
    ['nothing', (_: Tensor) => undefined, 'Cannot differentiate a function that returns nothing; did you forget to return a value from f?'],
    ['null', (_: Tensor) => null, 'Cannot differentiate a function that returns nothing; did you forget to return a value from f?'],
    [
      'a promise',
      async (x: Tensor) => x,
      'Cannot differentiate f: it returned a promise, and a tape ends in the tick it began in; await what it needs before, and pass it as an argument',
    ],
    ['a string', (_: Tensor) => 'x', 'Cannot differentiate f: its result contains string; expected tensors, numbers, and arrays or objects of them'],
    ['a function', (_: Tensor) => [() => 1], 'Cannot differentiate f: its result contains function; expected tensors, numbers, and arrays or objects of them'],
    [
      'a gradient that is not there',
      (_: Tensor) => [null],
      "Cannot differentiate f: its result contains null (an inner gradient is null where it is not connected; option unconnectedGradients: 'zero' gives zeros); expected tensors, numbers, and arrays or objects of them",
    ],
  ])('of an f that returns %s', (_, f, message) => {
    Object.defineProperty(f, 'name', { value: 'f' });
    const call = (): unknown => gradientsFunction(f as unknown as (x: Tensor) => Tensor)(1);
    expectNothingLeft(() => expect(call).toThrow(TypeError));
    expect(call).toThrow(message);
  });

  test.each([
    ['mixed', [0, 'x'], 'params must be all strings or all integers; got [0, "x"]'],
    ['fractional', [0.5], 'params must be all strings or all integers; got [0.5]'],
    ['boolean', [true], 'params must be all strings or all integers; got [true]'],
    ['negative', [-1], 'params must be all strings or all integers; got [-1] (indices count from 0)'],
    ['a bare number', 1, 'params must be a list; got 1, write [1]'],
    ['a bare name', 'x', 'params must be a list; got "x", write ["x"]'],
  ])('of params that are %s', (_, params, message) => {
    expect(() => gradientsFunction(product, params as never)).toThrow(expect.objectContaining({ name: 'ParamsError', message }));
    expect(() => gradientsFunction(product, params as never)).toThrow(RangeError);
  });

  test('of an index beyond the arguments', () =>
    expect(() => gradientsFunction(product, [2])(1, 2)).toThrow('params: index 2 is out of range, product was called with 2 arguments'));
  test('of a name that is no parameter', () => expect(() => gradientsFunction(product, ['w'])).toThrow(/^product has no parameter "w", it takes \(x, y\)\./));
  test('of what is no function', () => expect(() => gradientsFunction(3 as never)).toThrow('gradientsFunction: takes a function; got number'));
  test('of an unknown option', () =>
    expect(() => gradientsFunction(product, { unconnectedGradients: 'nonsense' } as never)).toThrow(
      "Unknown value for unconnectedGradients: \"nonsense\"; expected 'none' or 'zero'",
    ));

  test('of nesting beyond 31', () => {
    const nested = (depth: number): ((x: Tensor) => Tensor) =>
      depth === 0 ? (x) => x.mul(x) : (x) => gradientsFunction(nested(depth - 1), { unconnectedGradients: 'zero' })(x)[0] as Tensor;
    expectNothingLeft(() => expect(() => gradientsFunction(nested(40))(1)).toThrow('gradient functions nest at most 31 deep'));
    expect(plain(gradientsFunction(square)(3))).toEqual([6]);
  });
});

describe('an f that throws', () => {
  const mine = new Error('mine');
  const bad = (x: Tensor): Tensor => {
    x.mul(x);
    throw mine;
  };
  test('passes its error through, leaves nothing, and the next call is right', () => {
    expectNothingLeft(() => expect(() => gradientsFunction(bad)(1)).toThrow(mine));
    expect(plain(gradientsFunction(square)(3))).toEqual([6]);
  });
  test('inside another', () => {
    const survivor = (x: Tensor): Tensor => {
      try {
        gradientsFunction(bad)(x);
      } catch {}
      return x.mul(x);
    };
    expectNothingLeft(() => expect(plain(gradientsFunction(survivor)(3))).toEqual([6]));
  });
  test('in an op', () => {
    expectNothingLeft(() => expect(() => gradientsFunction((x: Tensor) => x.add([1, 2, 3]))([1, 2])).toThrow(/^add: shapes do not broadcast/));
    expect(plain(gradientsFunction(square)(3))).toEqual([6]);
  });
});

describe('nesting', () => {
  const derivative =
    (f: (x: Tensor) => Tensor) =>
    (x: Tensor): Tensor =>
      gradientsFunction(f, { unconnectedGradients: 'zero' })(x)[0] as Tensor;

  test('gives every order', () => {
    const orders = [cube, derivative(cube), derivative(derivative(cube)), derivative(derivative(derivative(cube)))];
    expect(orders.map((f) => f(x64(2)).item())).toEqual([8, 12, 12, 6]);
  });
  test('keeps derivatives apart', () => {
    // Siskind & Pearlmutter, "Perturbation Confusion and Referential Transparency", 2005: d/dx x·(d/dy (x + y)) = 1
    expect(derivative((x) => x.mul(derivative((y) => x.add(y))(x64(1))))(x64(1)).item()).toBe(1);
    // d/dx x·(d/dy x·y) = 2x
    expect(derivative((x) => x.mul(derivative((y) => x.mul(y))(x64(2))))(x64(3)).item()).toBe(6);
    expect(derivative((x) => derivative((y) => derivative((w) => x.mul(y).mul(w).mul(w))(x))(x))(x64(3)).item()).toBe(12);
  });
  test('mixed paths add: d/dx x·f′(x) = f′ + x·f″', () => expect(derivative((x) => x.mul(derivative(cube)(x)))(x64(2)).item()).toBe(12 + 2 * 12));
  test('an inner argument may be a captured outer one', () =>
    expect(plain(gradientsFunction((x: Tensor) => gradientsFunction((y: Tensor) => y.mul(y).mul(x))(x)[0] as Tensor)(3))).toEqual([12]));
  test('the second derivative of a linear function is not connected', () =>
    expect(plain(gradientsFunction((x: Tensor) => gradientsFunction((y: Tensor) => y.mul(3))(x)[0] as Tensor)(2))).toEqual([null]));
  test('a function differentiates as often as it is called', () => {
    const g = gradientsFunction(cube);
    expect(plain([g(1), g(2), g(3)])).toEqual([[3], [12], [27]]);
    expect(plain(gradientsFunction((x: Tensor) => [g(x)[0] as Tensor, g(x)[0] as Tensor])(1))).toEqual([12]);
  });
});

describe('unconnectedGradients', () => {
  const zero = { unconnectedGradients: 'zero' } as const;
  test('gives zeros in shape and dtype', () => {
    const [g, h] = gradientsFunction((x: Tensor, _: Tensor) => x, zero)(1, x64([1, 2]));
    expect([plain(g), plain(h), h.dtype]).toEqual([1, [0, 0], 'float64']);
  });
  test('zeros that outer functions can use', () =>
    expect(plain(gradientsFunction((x: Tensor) => gradientsFunction((y: Tensor) => y.mul(3), zero)(x)[0].mul(x))(2))).toEqual([3]));
  test('integers still have none', () => expect(plain(gradientsFunction((x: Tensor) => x, zero)(tensor(1, { dtype: 'int32' })))).toEqual([null]));
});

describe('valueAndGradientsFunction', () => {
  test('gives both, the value as f returned it', () => {
    const { value, gradients } = valueAndGradientsFunction((x: Tensor, y: Tensor) => ({ product: product(x, y), x, n: 7 }), [1])(2, 3);
    expect(plain(value)).toEqual({ product: 6, x: 2, n: 7 });
    expect(plain(gradients)).toEqual([2]);
  });
  test('with dy', () => expect(plain(valueAndGradientsFunction(square)(3, { dy: 10 }))).toEqual({ value: 9, gradients: [60] }));
  test('values live on, and leave nothing behind when disposed', () => {
    expectNothingLeft(() => {
      const { value, gradients } = valueAndGradientsFunction(square)(3);
      expect([value.item(), gradients[0]?.item()]).toEqual([9, 6]);
    });
  });
});

describe('makeVjp', () => {
  const run = makeVjp((x: Tensor, y: Tensor) => x.mul(y));

  test('sweeps as often as wanted', () => {
    const { value, vjp } = run(2, 3);
    expect(value.item()).toBe(6);
    expect(plain([vjp(), vjp(10), vjp(1)])).toEqual([
      [3, 2],
      [30, 20],
      [3, 2],
    ]);
  });
  test('whatever becomes of the value and the arguments', () => {
    const x = tensor([1, 2]);
    const { value, vjp } = makeVjp(square)(x);
    value.dispose();
    expect(plain(vjp([1, 10]))).toEqual([[2, 40]]);
  });
  test('not after its end', () => {
    const { vjp, dispose } = run(2, 3);
    dispose();
    dispose();
    expect(() => vjp()).toThrow(expect.objectContaining({ name: 'TapeError', message: 'makeVjp: this run was disposed' }));
  });
  test('inside other gradient functions', () => {
    const f = (x: Tensor): Tensor => makeVjp(cube)(x).vjp(2)[0] as Tensor;
    expect(plain(gradientsFunction(f)(3))).toEqual([2 * 6 * 3]);
  });
  test('leaves nothing once disposed', () => {
    expectNothingLeft(() => {
      const { vjp, dispose } = run(2, 3);
      vjp(5);
      dispose();
    });
  });
});

describe('complex numbers', () => {
  const gradient = (f: (z: Tensor) => Tensor, at: Tensor, dy: unknown = null): unknown => plain(gradientsFunction(f)(at, { dy: dy as null })[0]);

  // By hand from x̄ = ∂L/∂Re + i·∂L/∂Im with L = Re Σ conj(dy)·f.
  test.each<[string, (z: Tensor) => Tensor, Tensor, unknown, number, number]>([
    ['z² at 1 + 2i', square, c128(1, 2), null, 2, -4],
    ['z² at 1 + 2i, dy = i', square, c128(1, 2), c128(0, 1), 4, 2],
    ['z² at 0.1i', square, c128(0, 0.1), null, 0, -0.2],
    ['exp at 0.1i', (v) => v.exp(), c128(0, 0.1), null, Math.cos(0.1), -Math.sin(0.1)],
    ['conj z', (v) => v.conj(), c128(1, 2), null, 1, 0],
    ['conj z, dy = 3 − 5i', (v) => v.conj(), c128(1, 2), c128(3, -5), 3, 5],
    ['|z| at 3 + 4i', (v) => v.abs(), c128(3, 4), null, 0.6, 0.8],
    ['|z| at 0', (v) => v.abs(), c128(0, 0), null, 0, 0],
    ['Re z', (v) => v.real(), c128(3, 4), null, 1, 0],
    ['Im z', (v) => v.imag(), c128(3, 4), null, 0, 1],
    ['arg z at 3 + 4i', (v) => v.angle(), c128(3, 4), null, -0.16, 0.12],
    ['z·w by z', (v) => v.mul(c128(2, 5)), c128(1, 1), null, 2, -5],
    ['z/w by z', (v) => v.div(c128(0, 2)), c128(1, 1), null, 0, 0.5],
    ['w/z by z', (v) => c128(2, 1).div(v), c128(1, 1), null, ...overSquare(2, 1, 1, 1)],
    ['|z|²', (v) => v.mul(v.conj()).real(), c128(3, 4), null, 6, 8],
  ])('%s', (_, f, at, dy, re, im) => {
    const g = gradient(f, at, dy) as { re: number; im: number };
    expect(g.re).toBeCloseTo(re, 14);
    expect(g.im).toBeCloseTo(im, 14);
  });

  test('a real argument has a real gradient', () => expect(plain(gradientsFunction((x: Tensor) => x.mul(c128(2, 3)))(x64(1)))).toEqual([2]));
  test('the parts of a complex number', () =>
    expect(plain(gradientsFunction((re: Tensor, im: Tensor) => square(complex(re, im)))(x64(3), x64(4)))).toEqual([6, -8]));
  test('second order', () => {
    const second = gradientsFunction((v: Tensor) => gradientsFunction(cube)(v)[0] as Tensor);
    expect(plain(second(c128(1, 2)))).toEqual([z(6, -12)]);
  });
});

/** −conj(w/z²) by hand. */
function overSquare(a: number, b: number, c: number, d: number): [number, number] {
  const [p, q] = [c * c - d * d, 2 * c * d];
  const n = p * p + q * q;
  return [-(a * p + b * q) / n, (b * p - a * q) / n];
}

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
  test('empty tensors', () => expect(gradientsFunction((x: Tensor) => sum(mul(x, x)))(tensor([]))[0]?.shape).toEqual([0]));
  test('a list of tensors', () => expect(plain(gradientsFunction((xs: Tensor[]) => stack(xs).mul([1, 10]))([tensor(1), tensor(2)]))).toEqual([[1, 10]]));
});
