/** Calls as users of other libraries write them: each has one meaning and is understood, or is refused with a sentence that says how to write it. */
import * as g from 'gradtape';
import { compile, gradientsFunction, type Tensor, tensor } from 'gradtape';
import { describe, expect, test } from 'vitest';
import { publics } from './publics.js';
import { plain } from './values.js';

type Any = (...args: unknown[]) => Tensor;
const f = publics as unknown as Readonly<Record<string, Any>>;
const m = (): Tensor =>
  tensor([
    [1, 2],
    [3, 4],
  ]);
const x4 = (): Tensor => tensor([1, 2, 3, 4]);
const image = (): Tensor => g.ones([1, 4, 4, 1]);
const call =
  (name: string, ...args: unknown[]) =>
  (): unknown =>
    plain((f[name] as Any)(...args.map((arg) => (typeof arg === 'function' ? (arg as () => unknown)() : arg))));

describe('understood', () => {
  test.each<[string, () => unknown, () => unknown]>([
    ['take(x, i, 1)', call('take', m, [1], 1), call('take', m, [1], { axis: 1 })],
    ['leakyRelu(x, 0.5)', call('leakyRelu', [-2], 0.5), call('leakyRelu', [-2], { alpha: 0.5 })],
    ['gelu(x, true)', call('gelu', [0.3], true), call('gelu', [0.3], { approximate: true })],
    ['diff(x, 0)', call('diff', m, 0), call('diff', m, { axis: 0 })],
    ["mirrorPad(x, 1, 'symmetric')", call('mirrorPad', x4, 1, 'symmetric'), call('mirrorPad', x4, 1, { mode: 'symmetric' })],
    ["mse(a, b, 'sum')", call('mse', [1, 2], [3, 5], 'sum'), () => 13],
    ['rot90(x, 1, [1, 0])', call('rot90', m, 1, [1, 0]), call('rot90', m, 1, { axes: [1, 0] })],
    ['rot90(x, { axes })', call('rot90', m, { axes: [1, 0] }), call('rot90', m, 1, { axes: [1, 0] })],
    ['layerNorm(x, { axis })', call('layerNorm', m, { axis: 0 }), call('layerNorm', m, null, null, { axis: 0 })],
    ['squeeze(x, { axis: 0 })', call('squeeze', [[1, 2]], { axis: 0 }), () => [1, 2]],
    ['expandDims(x, { axis: 1 })', call('expandDims', [1, 2], { axis: 1 }), () => [[1], [2]]],
    ['matmul(a, b, true)', call('matmul', m, [[1], [1]], true), () => [[4], [6]]],
    ['slice(x, 1)', call('slice', x4, 1), () => [2, 3, 4]],
    ['slice(x, 1, 2)', call('slice', x4, 1, 2), () => [2, 3]],
    ['stridedSlice(x, 1, 3)', call('stridedSlice', x4, 1, 3), () => [2, 3]],
    ['pad(x, 1, 9)', call('pad', [1], 1, 9), () => [9, 1, 9]],
    ['pad(x, 1, { value: tensor(9) })', call('pad', [1], 1, { value: tensor(9) }), () => [9, 1, 9]],
    ['sum(x, tensor(1))', call('sum', m, tensor(1)), () => [3, 7]],
    ['sum(x, { axis: tensor(1) })', call('sum', m, { axis: tensor(1, { dtype: 'int32' }) }), () => [3, 7]],
    ['reshape(x, [tensor(4)])', call('reshape', m, [tensor(4)]), () => [1, 2, 3, 4]],
    ['undefined options', call('sum', m, { axis: undefined, keepDims: undefined }), () => 10],
  ])('%s', (_, found, expected) => expect(found()).toEqual(expected()));
});

describe('refused', () => {
  test.each<[string, () => unknown, RegExp]>([
    ['keepdims', call('sum', m, { axis: 1, keepdims: true }), /^sum: no option is called "keepdims", did you mean keepDims\? There are axis, keepDims$/],
    ['dim', call('sum', m, { dim: 1 }), /did you mean axis\?/],
    ['axes', call('sum', m, { axes: 1 }), /did you mean axis\?/],
    ['stride', call('conv2d', image, () => g.ones([2, 2, 1, 1]), { stride: 2 }), /did you mean strides\?/],
    ['pad', call('maxPool2d', image, 2, { pad: 'SAME' }), /did you mean padding\?/],
    ['data_format', call('maxPool2d', image, 2, { data_format: 'NCHW' }), /did you mean dataFormat\?/],
    ['transpose_b', call('matmul', m, m, { transpose_b: true }), /did you mean transposeB\?/],
    ['eps', call('layerNorm', m, null, null, { eps: 1e-3 }), /did you mean epsilon\?/],
    ['ddof', call('std', m, { ddof: 1 }), /did you mean correction\?/],
    ['unbiased', call('variance', m, { unbiased: true }), /did you mean correction\?/],
    ['negative_slope', call('leakyRelu', m, { negative_slope: 0.1 }), /did you mean alpha\?/],
    ['num_segments', call('segmentSum', [1], [0], { num_segments: 2 }), /did you mean numSegments\?/],
    ['nothing near', call('sum', m, { zzz: 1 }), /^sum: no option is called "zzz"\. There are axis, keepDims$/],
    ['x.sum(1, true)', () => (m() as unknown as Record<string, Any>).sum?.(1, true), /^sum: is called sum\(x, \{ axis, keepDims \}\); got true besides$/],
    ['cumsum(x, 0, true, true)', call('cumsum', x4, 0, true, true), /^cumsum: is called cumsum\(x, \{ axis, reverse, exclusive \}\)/],
    ['step(x, 0.1)', call('step', x4, 0.1), /^step: is called step\(x\); got 0\.1 besides$/],
    ['transpose(x, 1)', call('transpose', m, 1), /^transpose: perm is a list of whole numbers; got 1$/],
    ['transpose(x, 1, 0)', call('transpose', m, 1, 0), /^transpose: is called transpose\(x, perm\?\); got 0 besides$/],
    ['sqrt(x, undefined, 3)', call('sqrt', m, undefined, 3), /^sqrt: is called sqrt\(x\); got 3 besides$/],
    ['add(x, y, undefined, undefined, 3)', call('add', m, m, undefined, undefined, 3), /^add: is called add\(x, y\); got 3 besides$/],
    ['x.add(y, 1, 2)', () => (m() as unknown as Record<string, Any>).add?.(m(), 1, 2), /^add: is called add\(x, y\); got 1 besides$/],
    ['transpose(tensor(1), [0])', call('transpose', () => tensor(1), [0]), /^transpose: perm is \[0\], and x has 0 axes/],
    ['moveaxis(x)', call('moveaxis', m), /^moveaxis: from is .*; got undefined$/],
    ['conv2d(x, f, 2, "same")', call('conv2d', image, () => g.ones([2, 2, 1, 1]), 2, 'same'), /^conv2d: is called conv2d\(x, filter, \{/],
    ['options null', call('sum', m, null), /^sum: takes options \{ axis, keepDims \}, or axis alone, .*; got null$/],
    ['options of a map', call('sum', m, new Map()), /^sum: takes options .*; got an object of class Map$/],
    ["pad's value", call('pad', m, 1, { value: 'constant' }), /^pad: value is a number, a boolean or \{re, im\}; got "constant"$/],
    ["oneHot's on", call('oneHot', [0], 2, { on: 'a' }), /^oneHot: on is a number; got "a"$/],
    ["huber's delta", call('huber', [1], [2], { delta: -1 }), /^huber: delta is a number above 0; got -1$/],
    ['roll(x, [])', call('roll', x4, []), /^roll: 0 shifts for 1 axes/],
    ['a flag that is none', call('sum', m, { keepDims: 1 }), /^sum: keepDims is true or false; got 1$/],
    ['an axis beyond int32', call('sum', m, 2 ** 32), /^sum: takes options .*; got 4294967296$/],
    ['abs({})', call('abs', {}), /^abs: x takes a tensor, or numbers/],
    ['add(x, {})', call('add', m, {}), /^add: y takes a tensor, or numbers/],
    ['mse(x, {})', call('mse', m, {}), /^mse: predictions takes a tensor/],
    [
      'a cyclic list',
      call('add', m, () => [Array.from({ length: 12 }).reduce((inner) => [inner], 1)]),
      /^add: takes at most 8 dimensions; the arrays of y are nested deeper/,
    ],
    ['a bigint', call('add', m, 1n), /^add: y takes .*; got 1n$/],
  ])('%s', (_, found, message) => {
    let thrown: unknown;
    try {
      found();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: expect.any(String), message: expect.stringMatching(message) });
  });

  test.each<[string, () => unknown, RegExp]>([
    ['gradientsFunction(f, p, 5)', () => (g.gradientsFunction as unknown as Any)(Math.abs, [0], 5), /^gradientsFunction: is called .*; got 5 besides$/],
    ['makeVjp(f, p, 5)', () => (g.makeVjp as unknown as Any)(Math.abs, [0], 5), /^makeVjp: is called .*; got 5 besides$/],
    ['grad(f, 5)', () => (g.grad as unknown as Any)(Math.abs, 5), /^grad: takes a function and options \{ unconnectedGradients \}; got 5$/],
    ['grad(f, { unconnected })', () => (g.grad as unknown as Any)(Math.abs, { unconnected: 'zero' }), /^grad: no option is called "unconnected", did you mean/],
    ['grad(f, {}, 5)', () => (g.grad as unknown as Any)(Math.abs, {}, 5), /^grad: is called .*; got 5 besides$/],
    ['compile(f, {}, 3)', () => (compile as unknown as Any)(Math.abs, {}, 3), /^compile: is called .*; got 3 besides$/],
    ['scope(5)', () => (g.scope as unknown as Any)(5), /^scope: takes a function; got 5$/],
    ['scope(f, 5)', () => (g.scope as unknown as Any)(() => 1, 5), /^scope: is called scope\(f\); got 5 besides$/],
    ['init({ dtyp })', () => (g.init as unknown as Any)({ dtyp: 'float64' }), /^init: no option is called "dtyp", did you mean dtype\?/],
    ['tree.map(5, t)', () => g.tree.map(5 as never, [1]), /^tree\.map: f is a function; got 5$/],
    ['tree.paths(map)', () => g.tree.paths(new Map()), /^tree\.paths: got an object of class Map/],
    ...(['data', 'view', 'array', 'item', 'number', 'keep'] as const).map((name): [string, () => unknown, RegExp] => [
      `x.${name}(0)`,
      () => (tensor(1)[name] as unknown as Any).call(tensor(1), 0),
      /\(\); got 0 besides$/,
    ]),
  ])('%s', (_, found, message) => {
    expect(found).toThrow(message);
    expect(found).toThrow(expect.objectContaining({ code: expect.any(String), op: expect.stringMatching(/./) }));
  });

  test('losses and where are no methods', () => {
    for (const name of ['mse', 'huber', 'sigmoidCrossEntropy', 'softmaxCrossEntropy', 'crossEntropy', 'where'] as const)
      expect(name in g.Tensor.prototype, name).toBe(false);
  });

  test('an int32 tensor of a typed array that does not fit', () => {
    for (const array of [Uint32Array.of(2 ** 32 - 1), Float64Array.of(1e20), Float64Array.of(1.5), Float32Array.of(NaN)])
      expect(() => tensor(array as Float64Array, { dtype: 'int32' })).toThrow(/can't hold/);
    expect(plain(tensor(Uint8Array.of(1, 255), { dtype: 'int32' }))).toEqual([1, 255]);
  });

  test('a watched or traced number where the program has one, with the way out', () => {
    // Typed as users of plain JavaScript write it: an axis that becomes a tensor.
    const sum = (x: Tensor, axis: Tensor): Tensor => (f.sum as Any)(x, axis);
    expect(() => gradientsFunction(sum)(m(), 1)).toThrow(/^sum: axis has no gradient.*params/);
    expect(() => compile(sum)(m(), tensor(1))).toThrow(/^sum: axis is a part of the program.*static/);
    expect(plain(gradientsFunction((x: Tensor, axis: Tensor) => sum(x, axis).square().sum(), [0])(m(), 1))).toEqual([
      [
        [6, 6],
        [14, 14],
      ],
    ]);
  });
});

test.each<[string, () => unknown, RegExp]>([
  ['mse', call('mse', [1, 2], [1, 2, 3]), /^mse: .*; labels are \[2\] float32, predictions are \[3\] float32$/],
  ['squaredDifference', call('squaredDifference', [1, 2], [1, 2, 3]), /^squaredDifference: .*; x is \[2\] float32, y is \[3\] float32$/],
  ['lerp', call('lerp', [1, 2], [1, 2, 3], 0.5), /^lerp: .*; x is \[2\] float32, y is \[3\] float32, t is \[\] float32$/],
  ['clip', call('clip', [1, 2], [1, 2, 3], null), /^clip: shapes do not broadcast/],
  ['where', call('where', [true, false], 1, [1, 2, 3]), /^where: .*; condition is \[2\] bool, x is 1, y is of shape \[3\]$/],
  ['sigmoidCrossEntropy', call('sigmoidCrossEntropy', [1, 2], [1, 2, 3]), /^sigmoidCrossEntropy: .*; labels are \[2\] float32, logits are/],
  ['polar', call('polar', [1, 2], [1, 2, 3]), /^polar: .*; r is \[2\] float32, theta is \[3\] float32$/],
  ['leakyRelu', call('leakyRelu', [1, 2], { alpha: [1, 2, 3] }), /^leakyRelu: shapes do not broadcast/],
  ['elu', call('elu', [1, 2], { alpha: [1, 2, 3] }), /^elu: shapes do not broadcast/],
  ['norm', call('norm', m, 5), /^norm: axis 5 is out of range for rank 2; x is \[2, 2\] float32$/],
  ['std', call('std', m, 5), /^std: axis 5 is out of range for rank 2/],
  ['trace', call('trace', [1, 2]), /^trace: takes at least 2 dimensions; x is \[2\] float32$/],
  ['layerNorm', call('layerNorm', m, [1, 2, 3]), /^layerNorm: gamma has the shape .*; x is \[2, 2\] float32, gamma is \[3\] float32$/],
  [
    'scatterNd',
    call('scatterNd', [[9]], [1], [5]),
    /^scatterNd: index 9 is out of range for axis 0 of size 5; indices are \[1, 1\] int32, updates are \[1\] float32$/,
  ],
  ['indexAdd', call('indexAdd', x4, [9], 1), /^indexAdd: index 9 is out of range/],
  ['avgPool2d', call('avgPool2d', m, 2), /^avgPool2d: takes x of 3 or 4 dimensions/],
  [
    'conv2d',
    call(
      'conv2d',
      () => g.ones([1, 4, 4, 1]),
      () => g.ones([2, 2, 3, 1]),
    ),
    /^conv2d: .*; x is \[1, 4, 4, 1\] float32, filter is \[2, 2, 3, 1\] float32$/,
  ],
])('%s names itself and its operands', (_, found, message) => expect(found).toThrow(message));
