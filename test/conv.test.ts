/**
 * Convolution and pooling beyond the rows of the op table: sizes larger than every block of the kernels, the whole Jacobian, and results that do
 * not depend on neighbouring images.
 */
import { concat, gradientsFunction, scope, slice, type Tensor, tensor } from 'gradtape';
import { type ConvOptions, conv2d, depthwiseConv2d, maxPool2d, type WindowOptions } from 'gradtape/nn';
import { describe, expect, test } from 'vitest';
import { bitsOf } from './cases.js';
import { random, seedOf } from './random.js';

type Shape = readonly [number, number, number, number];
type DTypeName = Tensor['dtype'];

const size = (shape: Shape): number => shape.reduce((a, b) => a * b);

function draw(shape: Shape, name: string): Float64Array {
  const next = random(seedOf('conv.test', name));
  return Float64Array.from({ length: size(shape) }, () => Math.fround(2 * next() - 1));
}

/** The window on its two axes: [stride, dilation, low, places]. */
type Axes = readonly [readonly number[], readonly number[]];

/** y = x * w, and x and w from y: a loop over all products of T. */
function everyTerm(x: Float64Array, xs: Shape, w: Float64Array, ws: Shape, dy: Float64Array, groups: number, [a, b]: Axes) {
  const ys: Shape = [xs[0], a[3] as number, b[3] as number, ws[3]];
  const y = new Float64Array(size(ys));
  const dx = new Float64Array(x.length);
  const dw = new Float64Array(w.length);
  const cell = (axis: readonly number[], place: number, tap: number): number => place * (axis[0] as number) + tap * (axis[1] as number) - (axis[2] as number);
  for (let to = 0; to < y.length; to++) {
    const j = to % ys[3];
    const [n, o, p] = [Math.floor(to / ys[3] / ys[2] / ys[1]), Math.floor(to / ys[3] / ys[2]) % ys[1], Math.floor(to / ys[3]) % ys[2]];
    for (let s = 0; s < ws[0]; s++)
      for (let t = 0; t < ws[1]; t++) {
        const [h, v] = [cell(a, o, s), cell(b, p, t)];
        if (h < 0 || h >= xs[1] || v < 0 || v >= xs[2]) continue;
        let at = ((n * xs[1] + h) * xs[2] + v) * xs[3] + Math.floor((j * groups) / ys[3]) * ws[2];
        for (let c = 0, k = (s * ws[1] + t) * ws[2] * ws[3] + j; c < ws[2]; c++, at++, k += ws[3]) {
          y[to] = (y[to] as number) + (x[at] as number) * (w[k] as number);
          dx[at] = (dx[at] as number) + (dy[to] as number) * (w[k] as number);
          dw[k] = (dw[k] as number) + (dy[to] as number) * (x[at] as number);
        }
      }
  }
  return { y, ys, dx, dw };
}

type Complex = readonly [re: number, im: number];

/** The numbers as a real tensor, or times a factor as a complex one. */
const scaled = (data: Float64Array, shape: Shape, dtype: DTypeName, [re, im]: Complex): Tensor =>
  tensor(dtype.startsWith('complex') ? Float64Array.from({ length: 2 * data.length }, (_, i) => (data[i >> 1] as number) * (i % 2 ? im : re)) : data, {
    dtype,
    shape,
  });

/** The largest distance from the numbers, or from a factor times them. */
function distance(got: Tensor, expected: Float64Array, [re, im]: Complex): number {
  const isComplex = got.dtype.startsWith('complex');
  return Array.from(got.data()).reduce((most, v, i) => {
    const e = isComplex ? (expected[i >> 1] as number) * (i % 2 ? im : re) : (expected[i] as number);
    return Math.max(most, Math.abs(v - e));
  }, 0);
}

describe('every term once, at sizes beyond', () => {
  const plain: Axes = [
    [1, 1, 2, 20],
    [1, 1, 2, 20],
  ];
  const strided: Axes = [
    [2, 1, 0, 19],
    [3, 2, 1, 12],
  ];
  const cases: readonly (readonly [string, Shape, Shape, number, Axes, ConvOptions])[] = [
    ['blocks of terms, panels and images', [3, 20, 20, 40], [5, 5, 40, 70], 1, plain, { padding: 'SAME' }],
    [
      'blocks with strides',
      [2, 40, 38, 24],
      [3, 3, 24, 40],
      1,
      strided,
      {
        strides: [2, 3],
        dilations: [1, 2],
        padding: [
          [0, 0],
          [1, 0],
        ],
      },
    ],
    [
      'blocks by lane',
      [2, 40, 38, 70],
      [3, 3, 1, 70],
      70,
      strided,
      {
        strides: [2, 3],
        dilations: [1, 2],
        padding: [
          [0, 0],
          [1, 0],
        ],
      },
    ],
    ['blocks by lane, whole panels', [9, 20, 20, 64], [5, 5, 1, 64], 64, plain, { padding: 'SAME' }],
    ['blocks in groups', [2, 20, 20, 30], [5, 5, 10, 51], 3, plain, { padding: 'SAME' }],
    [
      'images in bands',
      [2, 131, 40, 16],
      [3, 3, 16, 8],
      1,
      [
        [2, 2, 3, 66],
        [1, 1, 1, 40],
      ],
      {
        strides: [2, 1],
        dilations: [2, 1],
        padding: [
          [3, 2],
          [1, 1],
        ],
      },
    ],
    [
      'images in bands, by lane',
      [2, 150, 24, 20],
      [5, 3, 1, 20],
      20,
      [
        [3, 1, 1, 50],
        [1, 1, 1, 24],
      ],
      { strides: [3, 1], padding: 'SAME' },
    ],
  ];
  const bounds: readonly (readonly [DTypeName, number])[] = [
    ['float32', 3e-4],
    ['float64', 1e-11],
    ['complex64', 3e-4],
  ];
  describe.each(cases)('%s', (name, xs, ws, groups, axes, options) => {
    const [x, w] = [draw(xs, `${name} x`), draw(ws, `${name} w`)];
    const dy = draw([xs[0], axes[0][3] as number, axes[1][3] as number, ws[3]], `${name} y`);
    const expected = everyTerm(x, xs, w, ws, dy, groups, axes);

    test.each(bounds)('%s', (dtype, bound) => {
      // x·u and w·v give y·uv, x̄·conj v and w̄·conj u.
      const u: Complex = [0.6, 0.8];
      const v: Complex = [-0.8, 0.6];
      scope(() => {
        const [X, W, dY] = [scaled(x, xs, dtype, u), scaled(w, ws, dtype, v), scaled(dy, expected.ys, dtype, [1, 0])];
        const y = conv2d(X, W, { ...options, groups });
        expect(y.shape).toEqual(expected.ys);
        const [dx, dw] = gradientsFunction((a: Tensor, b: Tensor) => conv2d(a, b, { ...options, groups })).withDy(dY)(X, W) as [Tensor, Tensor];
        expect(distance(y, expected.y, [-0.96, -0.28])).toBeLessThan(bound);
        expect(distance(dx, expected.dx, [-0.8, -0.6])).toBeLessThan(bound);
        expect(distance(dw, expected.dw, [0.6, -0.8])).toBeLessThan(bound);
      });
    });
  });
});

test('the whole Jacobian, column by column', () => {
  const options: ConvOptions = { strides: [1, 2], padding: 'SAME', groups: 2 };
  const operands = [tensor(draw([1, 3, 3, 4], 'x'), { shape: [1, 3, 3, 4] }), tensor(draw([2, 3, 2, 2], 'w'), { shape: [2, 3, 2, 2] })] as const;
  const f = (x: Tensor, w: Tensor): Tensor => conv2d(x, w, options);
  const y = f(...operands);
  const unit = (like: Tensor, k: number): Tensor =>
    tensor(
      Float64Array.from({ length: like.size }, (_, i) => Number(i === k)),
      { shape: like.shape },
    );
  operands.forEach((operand, which) => {
    const rows = Array.from({ length: y.size }, (_, k) => gradientsFunction(f).withDy(unit(y, k))(...operands)[which] as Tensor);
    for (let k = 0; k < operand.size; k++) {
      // Linear in each operand: the derivative along a unit is the value there.
      const column = which === 0 ? f(unit(operand, k), operands[1]) : f(operands[0], unit(operand, k));
      expect(rows.map((row) => row.data()[k])).toEqual([...column.data()]);
    }
  });
});

describe('ȳ goes to where the greatest of a window is', () => {
  const windows: readonly (readonly [title: string, window: number[], options: WindowOptions])[] = [
    ['tiles', [2, 2], {}],
    ['tiles with a border', [3, 2], { padding: 'SAME' }],
    ['gaps', [2, 2], { strides: [3, 2] }],
    ['gaps on one axis, overlaps on the other', [2, 3], { strides: [3, 1], padding: 'SAME' }],
    ['overlaps', [3, 3], { strides: 2 }],
    ['one window', [7, 11], { strides: 1 }],
  ];
  describe.each(windows)('%s', (_, window, options) => {
    test.each([1, 2, 3, 4, 5, 8, 19].flatMap((channels) => (['float32', 'float64'] as const).map((dtype) => [channels, dtype] as const)))(
      '%i channels, %s',
      (channels, dtype) => {
        const shape: Shape = [3, 7, 11, channels];
        // Distinct numbers, so that a result shows its origin; whole cotangents, whose sums are exact in any order.
        const numbers = random(seedOf('conv.test', 'distinct'));
        const data = Float64Array.from({ length: size(shape) }, (_, i) => i).sort(() => numbers() - 0.5);
        const x = tensor(data, { shape, dtype });
        const f = (t: Tensor): Tensor => maxPool2d(t, window, options);
        const y = f(x);
        const dy = Float64Array.from({ length: y.size }, (_, i) => (i % 13) - 6);
        const expected = new Float64Array(x.size);
        const places = Array.from(y.data(), (v) => data.indexOf(v));
        places.forEach((at, i) => {
          expected[at] = (expected[at] as number) + (dy[i] as number);
        });
        const g = gradientsFunction(f).withDy(tensor(dy, { shape: y.shape, dtype }));
        const weights = Float64Array.from(data, (v) => v % 17);
        const along = gradientsFunction((w: Tensor) => gradientsFunction(f).withDy(w)(x)).withDy([tensor(weights, { shape, dtype })]);
        expect(Array.from((g(x)[0] as Tensor).data(), (v) => v + 0)).toEqual(Array.from(expected));
        expect(Array.from((along(y)[0] as Tensor).data())).toEqual(places.map((at) => weights[at]));
      },
    );
  });
});

describe('an image has the bits that it has alone', () => {
  const x = (channels: number): Tensor => tensor(draw([5, 21, 21, channels], 'alone'), { shape: [5, 21, 21, channels], dtype: 'float32' });
  const w = (shape: Shape): Tensor => tensor(draw(shape, 'filter'), { shape, dtype: 'float32' });
  const ops: Readonly<Record<string, (x: Tensor) => Tensor>> = {
    conv2d: (t) => conv2d(t, w([3, 3, 40, 20]), { padding: 'SAME' }),
    'its input gradient': (t) => gradientsFunction((a: Tensor) => conv2d(a, w([3, 3, 40, 40]), { padding: 'SAME', strides: 2 }).square())(t)[0] as Tensor,
    depthwiseConv2d: (t) => depthwiseConv2d(t, w([3, 3, 40, 1]), { padding: 'SAME' }),
    maxPool2d: (t) => maxPool2d(t, 3, { strides: 2, padding: 'SAME' }),
  };
  test.each(Object.keys(ops))('%s', (name) => {
    const f = ops[name] as (x: Tensor) => Tensor;
    scope(() => {
      const all = x(40);
      const each = Array.from({ length: 5 }, (_, i) => f(slice(all, [i], [1])));
      expect(bitsOf(concat(each))).toBe(bitsOf(f(all)));
    });
  });
});
