/** tree: which values are leaves, that structures are kept, and how errors describe a difference. */
import { gradientsFunction, scope, type Tensor, tensor, tree } from 'gradtape';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { plain } from './values.js';

const layers = () => ({
  layers: [
    { w: tensor([1, 2]), b: 3 },
    { w: tensor([[4]]), b: tensor(5) },
  ],
  name: 'net',
  act: Math.abs,
  isTrained: false,
  none: null,
});

describe('leaves', () => {
  test('are tensors and what becomes one; all else is structure', () => {
    const array = Float64Array.of(1);
    const z = { re: 1, im: 2 };
    expect(
      tree.leaves({
        a: 1,
        b: [
          [1, 2],
          [3, 4],
        ],
        c: [z, z],
        d: z,
        e: array,
        f: true,
        g: 'x',
        h: null,
        i: undefined,
        j: [],
        k: [true, 2],
        l: {},
      }),
    ).toEqual([
      1,
      [
        [1, 2],
        [3, 4],
      ],
      [z, z],
      z,
      array,
      2,
    ]);
    expect(tree.leaves(7)).toEqual([7]);
    expect(tree.leaves('x')).toEqual([]);
  });

  test('are named by paths', () => {
    expect(tree.paths(layers())).toEqual(['layers.0.w', 'layers.0.b', 'layers.1.w', 'layers.1.b']);
    expect(tree.paths(1)).toEqual(['']);
    expect(tree.paths([1, tensor(1)])).toEqual(['0', '1']);
  });
});

describe('map', () => {
  test('keeps all but the leaves', () => {
    const t = layers();
    const mapped = tree.map((x) => (typeof x === 'number' ? x : x.sum()), t);
    expect(plain(mapped)).toEqual({
      layers: [
        { w: 3, b: 3 },
        { w: 4, b: 5 },
      ],
      name: 'net',
      act: Math.abs,
      isTrained: false,
      none: null,
    });
  });

  test('takes what stands at the same places of other trees, null for a branch of nulls', () => {
    const weights = { a: tensor([1, 2]), b: [tensor(3), tensor(4)] };
    const step = tree.map((w, g, k) => (g === null ? w : w.sub(g).mul(k)), weights, { b: null, a: tensor([1, 1]) }, { a: 10, b: [1, 2] });
    expectTypeOf(step).toEqualTypeOf<{ a: Tensor; b: Tensor[] }>();
    expect(plain(step)).toEqual({ a: [0, 10], b: [3, 4] });
  });

  test('a key called __proto__ is a key', () => {
    const odd = JSON.parse('{"__proto__": 1, "a": 2}') as Record<string, number>;
    const mapped = tree.map((x: number) => x + 1, odd);
    expect(Object.getPrototypeOf(mapped)).toBe(Object.prototype);
    expect(Object.entries(mapped)).toEqual([
      ['__proto__', 2],
      ['a', 3],
    ]);
  });

  test.each([
    [[1, tensor(2)], [tensor(1)], 'tree 1: expected a list of 2, got a list of 1'],
    [{ a: tensor(1) }, { b: 1 }, 'tree 1: expected an object with keys a, got an object with keys b'],
    [{ a: [{ c: tensor(1) }] }, { a: [1] }, 'tree 1.a.0: expected an object with keys c, got 1'],
    [{ a: [{ c: tensor(1) }, 'x'] }, { a: [2, 'x'] }, 'tree 1.a.0: expected an object with keys c, got 2'],
    [{ a: { c: tensor(1) } }, { a: tensor(1) }, 'tree 1.a: expected an object with keys c, got a tensor [] float32'],
  ])('of trees that differ is refused: %#', (a, b, words) =>
    expect(() => tree.map((x) => x, a, b)).toThrow(
      expect.objectContaining({ name: 'ShapeError', op: 'tree.map', message: `tree.map: ${words}, as in the first tree` }),
    ),
  );

  test('refuses what is no tree', () => {
    for (const v of [new Map([['a', tensor(1)]]), [new Date()], Object.create({ a: 1 }) as object])
      expect(() => tree.leaves(v)).toThrow(/tree\.leaves: got an object of class \w+, in which no tensors are found/);
    const loop: unknown[] = [];
    loop.push(loop);
    expect(() => tree.leaves(loop)).toThrow('contains itself');
    const deep: Record<string, unknown> = {};
    deep.a = [deep];
    expect(() => tree.structure(deep)).toThrow('contains itself');
  });
});

test('flatten and unflatten are inverses', () => {
  const t = layers();
  const { leaves, structure } = tree.flatten(t);
  const again = tree.unflatten(structure, leaves);
  expect(plain(again)).toEqual(plain(t));
  expect(Object.is(again, t)).toBe(false);
  expect(tree.unflatten(tree.structure(5), [6])).toBe(6);
  expect(() => tree.unflatten(structure, [1])).toThrow('tree.unflatten: the structure has 4 leaves; got 1');
});

describe('ravel', () => {
  test('gives a vector, and the tree back for one', () => {
    const { vector, unravel } = tree.ravel(layers());
    expect(vector.array()).toEqual([1, 2, 3, 4, 5]);
    expect(plain(unravel([10, 20, 30, 40, 50]))).toEqual({
      ...layers(),
      layers: [
        { w: [10, 20], b: 30 },
        { w: [[40]], b: 50 },
      ],
    });
    expect(() => unravel([1, 2])).toThrow('unravel: takes a vector of 5 elements; vector is [2] float32');
  });

  test('is differentiable both ways', () => {
    const f = (t: { a: Tensor; b: Tensor }): Tensor => {
      const { vector, unravel } = tree.ravel(t);
      const { a, b } = unravel(vector.square());
      return a.mul([1, 10]).sum().add(b.mul(100));
    };
    expect(plain(gradientsFunction(f)({ a: tensor([1, 2]), b: tensor(3) }))).toEqual([{ a: [2, 40], b: 600 }]);
  });

  test('has one dtype for all, that of the tensors among numbers', () => {
    expect(tree.ravel({ a: 0.1, b: tensor(0.2, { dtype: 'float64' }) }).vector.array()).toEqual([0.1, 0.2]);
    expect(() => tree.ravel([tensor(1), tensor(1, { dtype: 'float64' })])).toThrow(expect.objectContaining({ name: 'DTypeError' }));
  });

  test('of many leaves and of none', () => {
    const many = Array.from({ length: 700 }, (_, i) => ({ x: tensor([i, -i]) }));
    const { vector, unravel } = tree.ravel(many);
    expect(vector.size).toBe(1400);
    expect(plain(unravel(vector)[699])).toEqual({ x: [699, -699] });
    const none = tree.ravel({ a: 'x' });
    expect([none.vector.shape, none.unravel(none.vector)]).toEqual([[0], { a: 'x' }]);
  });
});

describe('a scope', () => {
  test('lets the tensors of a tree out', () => {
    const kept = scope(() => ({ a: [tensor(1)], f: () => 1, s: 'x', n: 3, m: [[1, 2]], none: null }));
    expect(kept.a[0]?.item()).toBe(1);
  });
  test('refuses to return what it finds no tensors in', () => {
    class Model {
      readonly w = tensor(1);
    }
    expect(() => scope(() => new Model())).toThrow(expect.objectContaining({ op: 'scope', message: expect.stringContaining('got an object of class Model') }));
    expect(() => scope(() => [new Map([['w', tensor(1)]])])).toThrow('got an object of class Map');
  });
});
