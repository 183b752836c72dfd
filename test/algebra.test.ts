/** Laws that hold across ops: cotangents form a vector space, pairs of ops are adjoint, shapes of every size and rank. */
import * as gradtape from 'gradtape';
import { gradientsFunction, matmul, scope, sum, Tensor, tensor } from 'gradtape';
import { describe, expect, test } from 'vitest';
import { rows } from './opinfo.js';
import { publics } from './publics.js';

const f64 = (value: number | readonly number[] | readonly (readonly number[])[]): Tensor => tensor(value, { dtype: 'float64' });

describe('vector-space axioms of cotangents', () => {
  // x ↦ f(x) + g(x) pulls ȳ back to the sum of the cotangents by f and by g; a·ȳ to a times that sum.
  const x = f64([
    [1, 2],
    [3, 4],
  ]);
  const [f, g] = [(v: Tensor): Tensor => matmul(v, v), (v: Tensor): Tensor => v.sin().mul(v)];
  const pull = (h: (v: Tensor) => Tensor, dy: Tensor): number[] => [...(gradientsFunction(h)(x, { dy })[0] as Tensor).data()];
  const y = f64([
    [0.5, -1],
    [2, 0.25],
  ]);
  test('sums', () => expect(pull((v) => f(v).add(g(v)), y)).toEqual(pull(f, y).map((v, i) => v + (pull(g, y)[i] as number))));
  test('multiples', () => expect(pull(f, y.mul(4))).toEqual(pull(f, y).map((v) => 4 * v)));
  test('zero', () => expect(pull(f, y.mul(0))).toEqual([0, 0, 0, 0]));
  test('commuting', () => {
    const other = pull((v) => g(v).add(f(v)), y);
    for (const [i, v] of pull((v) => f(v).add(g(v)), y).entries()) expect(v).toBeCloseTo(other[i] as number, 14);
  });
});

describe('adjoint pairs: ⟨A·x, y⟩ = ⟨x, B·y⟩', () => {
  const x = f64([
    [1, -2, 3],
    [0.5, 4, -1],
  ]);
  const dot = (a: Tensor, b: Tensor): number => sum(a.mul(b)).item() as number;
  const y = (t: Tensor): Tensor => f64([...t.data()].map((_, i) => Math.sin(i + 1))).reshape(t.shape);

  test.each<[string, (x: Tensor) => Tensor, (y: Tensor) => Tensor]>([
    [
      'take and indexAdd',
      (v) => v.take([2, 0, 2], { axis: 1 }),
      (w) =>
        f64([
          [0, 0, 0],
          [0, 0, 0],
        ]).indexAdd([2, 0, 2], w, { axis: 1 }),
    ],
    [
      'takeAlongAxis and scatterAdd',
      (v) =>
        v.takeAlongAxis(
          [
            [2, 2],
            [0, 1],
          ],
          { axis: 1 },
        ),
      (w) =>
        f64([
          [0, 0, 0],
          [0, 0, 0],
        ]).scatterAdd(
          [
            [2, 2],
            [0, 1],
          ],
          w,
          { axis: 1 },
        ),
    ],
    [
      'gatherNd and scatterNd',
      (v) =>
        v.gatherNd([
          [1, 0],
          [1, 0],
          [0, 2],
        ]),
      (w) =>
        gradtape.scatterNd(
          [
            [1, 0],
            [1, 0],
            [0, 2],
          ],
          w,
          [2, 3],
        ),
    ],
    [
      'slice and pad',
      (v) => v.slice([0, 1], [2, 2]),
      (w) =>
        w.pad([
          [0, 0],
          [1, 0],
        ]),
    ],
    ['sum and broadcastTo', (v) => sum(v, 0), (w) => w.broadcastTo([2, 3])],
    ['broadcastTo and sum', (v) => v.broadcastTo([4, 2, 3]), (w) => sum(w, 0)],
    ['transpose and its inverse', (v) => v.transpose(), (w) => w.transpose()],
    ['reshape and back', (v) => v.reshape([3, 2]), (w) => w.reshape([2, 3])],
    ['flip and flip', (v) => v.flip(1), (w) => w.flip(1)],
    ['roll and roll back', (v) => v.roll(2, 1), (w) => w.roll(-2, 1)],
    ['cumsum and its reverse', (v) => v.cumsum(1), (w) => w.cumsum({ axis: 1, reverse: true })],
    ['tril and tril', (v) => v.tril(), (w) => w.tril()],
    [
      'diagPart and diag',
      (v) => v.slice([0, 0], [2, 2]).diagPart(),
      (w) =>
        w.diag().pad([
          [0, 0],
          [0, 1],
        ]),
    ],
    ['matmul and by the transpose', (v) => matmul(v, f64([[1], [2], [3]])), (w) => matmul(w, f64([[1, 2, 3]]))],
  ])('%s', (_, a, b) => {
    const weight = y(a(x));
    expect(dot(a(x), weight)).toBeCloseTo(dot(x, b(weight)), 12);
    expect(gradientsFunction(a)(x, { dy: weight })[0]?.array()).toEqual(b(weight).array());
  });
});

describe('every op of one tensor', () => {
  const simple = rows.filter(([, row]) => row.elementwise && row.samples[0]?.inputs.length === 1 && !row.samples[0].args?.length);
  test.each(simple)('%s: nothing, a scalar, eight dimensions', (op, { dtypes, domain }) => {
    const f = publics[op] as (x: Tensor) => Tensor | Readonly<Record<string, Tensor>>;
    /** The result, or the first of several by name. */
    const of = (x: Tensor): Tensor => {
      const y = f(x);
      return y instanceof Tensor ? y : (Object.values(y)[0] as Tensor);
    };
    scope(() => {
      const dtype = dtypes.includes('float64') ? 'float64' : 'complex128';
      const [low, high] = domain[0] as readonly [number, number];
      const value = (low + high) / 2;
      const x = tensor(value, { dtype });
      const scalar = of(x);
      expect(scalar.shape).toEqual([]);
      expect(of(x.broadcastTo([2, 0, 3])).shape).toEqual([2, 0, 3]);
      const deep = of(x.broadcastTo([1, 2, 1, 2, 1, 2, 1, 1]));
      expect(deep.shape).toEqual([1, 2, 1, 2, 1, 2, 1, 1]);
      expect([...deep.reshape([-1]).data()]).toEqual(Array.from({ length: 8 }, () => [...scalar.data()]).flat());
    });
  });
});
