/** Tensors as text: NumPy's text of the same numbers, the words that differ in JavaScript, and consoles. */
import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { type DTypeName, devtoolsFormatter, scope, tensor, zeros } from 'gradtape';
import { describe, expect, it, test } from 'vitest';

/** A tensor, by the formula of its elements, and NumPy's text of it; made by scripts/numpy_text.py. */
interface Recipe {
  readonly shape: readonly number[];
  readonly dtype: DTypeName;
  readonly modulus: number;
  readonly offset: number;
  readonly scale: number;
  readonly text: string;
}

const recipes: readonly Recipe[] = JSON.parse(readFileSync(new URL('data/display.json', import.meta.url), 'utf8'));

function made({ shape, dtype, modulus, offset, scale }: Recipe) {
  const parts = dtype.startsWith('complex') ? 2 : 1;
  const numbers = Array.from({ length: parts * shape.reduce((a, b) => a * b, 1) }, (_, k) => (((k * 7919) % modulus) - offset) * scale);
  const elements = parts === 1 ? numbers : numbers.flatMap((re, k) => (k % 2 === 0 ? [{ re, im: numbers[k + 1] as number }] : []));
  return tensor(elements, { dtype }).reshape(shape);
}

test.each(recipes)('as NumPy writes it: $dtype of $shape, $scale × ±$modulus', (recipe) => {
  expect(scope(() => String(made(recipe)))).toBe(recipe.text);
});

test.each([
  ['a scalar', tensor(3.5), 'Tensor(3.5, shape=[], dtype=float32)'],
  ['zeros of both signs', tensor([0, -0]), 'Tensor([ 0., -0.], shape=[2], dtype=float32)'],
  ['the shortest name of a float32', tensor([0.1, 0.7]), 'Tensor([0.1, 0.7], shape=[2], dtype=float32)'],
  ['a long exponent', tensor([1e100, 1e-5], { dtype: 'float64' }), 'Tensor([1.e+100, 1.e-005], shape=[2], dtype=float64)'],
  ['what is no number', tensor([Number.NaN, -Infinity, -1.25]), 'Tensor([      NaN, -Infinity,     -1.25], shape=[3], dtype=float32)'],
  ['no number beside exponents', tensor([Number.NaN, 1e20]), 'Tensor([   NaN, 1.e+20], shape=[2], dtype=float32)'],
  ['no number alone', tensor([Number.NaN]), 'Tensor([NaN], shape=[1], dtype=float32)'],
  ['booleans', tensor([true, false]), 'Tensor([ true, false], shape=[2], dtype=bool)'],
  [
    'complex numbers',
    tensor([
      { re: 1, im: -2.5 },
      { re: -10, im: 0 },
      { re: Number.NaN, im: Infinity },
    ]),
    'Tensor([  1.     -2.5i, -10.     +0.i ,  NaN+Infinityi],\n       shape=[3], dtype=complex64)',
  ],
  ['nothing', zeros([0, 3]), 'Tensor([], shape=[0, 3], dtype=float32)'],
  [
    'a view',
    tensor([
      [1, 2],
      [3, 4],
    ]).transpose(),
    'Tensor([[1., 3.],\n        [2., 4.]], shape=[2, 2], dtype=float32)',
  ],
])('%s', (_, t, text) => {
  expect(String(t)).toBe(text);
});

describe('consoles', () => {
  it("Node's inspect shows the text, also inside objects", () => {
    expect(inspect(tensor([1, 2]))).toBe('Tensor([1., 2.], shape=[2], dtype=float32)');
    expect(inspect({ x: tensor(1) })).toBe('{ x: Tensor(1., shape=[], dtype=float32) }');
  });
  it('a released tensor says so instead of throwing', () => {
    const t = tensor(1);
    t.dispose();
    expect(String(t)).toBe('Tensor(released)');
  });
  it('a browser gets an element for a tensor and nothing for the rest', () => {
    expect(devtoolsFormatter.header(tensor(1))).toEqual(['div', { style: 'white-space: pre' }, 'Tensor(1., shape=[], dtype=float32)']);
    expect(devtoolsFormatter.header({})).toBeNull();
  });
});
