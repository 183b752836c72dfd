/** The convention of complex gradients, x̄ = ∂L/∂Re + i·∂L/∂Im, on numbers computed by hand. */
import { complex, gradientsFunction, square, type Tensor, tensor } from 'gradtape';
import { describe, expect, test } from 'vitest';
import { plain } from './values.js';

const z = (re: number, im: number): { re: number; im: number } => ({ re, im });
const c128 = (re: number, im: number): Tensor => tensor({ re, im }, { dtype: 'complex128' });
const x64 = (value: number | number[]): Tensor => tensor(value, { dtype: 'float64' });
const cube = (x: Tensor): Tensor => x.mul(x).mul(x);

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
