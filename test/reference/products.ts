/** Samples and checks of products: values against a reference, gradients against differences. */
import { expect } from 'vitest';
import { dtypeNumber } from '../../bindings/convert.js';
import { arrayOf, type DTypeName, isComplex } from '../../bindings/dtype.js';
import { gradientsFunction, type Tensor, tensor, vdot } from '../../bindings/index.js';
import type { Dense } from './einsum.js';

/** What products take. */
export const dtypes = ['float32', 'float64', 'complex64', 'complex128', 'int32'] as const;
export const doubles = ['float64', 'complex128'] as const;
const unit = { float32: 2 ** -24, complex64: 2 ** -24, float64: 2 ** -53, complex128: 2 ** -53, int32: 0, bool: 0 };

let state = 1;
const random = (): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 31 - 1;
};

/** Values in ±1, or whole ones in ±9. */
export function sample(shape: readonly number[], dtype: DTypeName = 'float64'): Tensor {
  const number = dtypeNumber(dtype, 'sample');
  const length = shape.reduce((a, b) => a * b, isComplex(number) ? 2 : 1);
  const values = Array.from({ length }, () => (dtype === 'int32' ? Math.round(9 * random()) : random()));
  return tensor(new (arrayOf(number))(values), { shape, dtype });
}

/** Shapes from text: '5,2,3 · 3' names two, and nothing is a scalar's. */
export const shapesOf = (text: string): number[][] => text.split('·').map((shape) => (shape.trim() ? shape.split(',').map(Number) : []));

/** Samples of the shapes in the text. */
export const samples = (text: string, dtype: DTypeName = 'float64'): Tensor[] => shapesOf(text).map((shape) => sample(shape, dtype));

export function expectClose(actual: Tensor, expected: Dense, context = ''): void {
  expect(actual.shape, context).toEqual(expected.shape);
  const data = actual.data();
  expect(data.length, context).toBe(expected.data.length);
  const bound = 256 * unit[actual.dtype];
  const worst = expected.data.reduce((most, value, i) => Math.max(most, Math.abs((data[i] as number) - value)), 0);
  expect(worst, context).toBeLessThanOrEqual(bound);
}

/** Re Σ conj(x)·y. */
function realProduct(x: Tensor, y: Tensor): number {
  const b = y.data();
  return Array.from(x.data()).reduce((total, value, i) => total + value * (b[i] as number), 0);
}

export type Contraction = (...operands: Tensor[]) => Tensor;

const moved = (xs: readonly Tensor[], directions: readonly Tensor[], step: number): Tensor[] =>
  xs.map((x, i) => x.add((directions[i] as Tensor).mul(tensor(step, { dtype: 'float64' }))));

/** Derivative of g at xs along the directions. */
const along = (g: (...xs: Tensor[]) => number, xs: readonly Tensor[], directions: readonly Tensor[], h = 1e-4): number =>
  (g(...moved(xs, directions, h)) - g(...moved(xs, directions, -h))) / (2 * h);

/** Σ of the real products; what is not connected adds nothing. */
const pairing = (ts: readonly (Tensor | null)[], us: readonly Tensor[]): number =>
  ts.reduce((total, t, i) => total + (t ? realProduct(t, us[i] as Tensor) : 0), 0);

function expectNear(actual: number, expected: number, context: string): void {
  expect(Math.abs(actual - expected) / (1 + Math.abs(expected)), context).toBeLessThan(1e-7);
}

/** ⟨J·t, w⟩ = ⟨t, Jᴴ·w⟩ along a random direction, for f and for the gradients of f. */
export function expectGradients(f: Contraction, xs: readonly Tensor[], context = ''): void {
  const all = xs.map((_, i) => i);
  const like = (t: Tensor): Tensor => sample(t.shape, t.dtype);
  const directions = xs.map(like);
  const weight = like(f(...xs));
  const gradients = (...ys: Tensor[]): Tensor[] => gradientsFunction(f, all).withDy(weight)(...ys) as Tensor[];
  const first = gradients(...xs);
  first.forEach((t, i) => {
    expect(t.shape, context).toEqual(xs[i]?.shape);
  });
  expectNear(
    pairing(first, directions),
    along((...ys) => realProduct(f(...ys), weight), xs, directions),
    context,
  );

  const weights = xs.map(like);
  const weighted: Contraction = (...ys) => sumOf(gradients(...ys).map((t, i) => vdot(weights[i] as Tensor, t)));
  const second = gradientsFunction(weighted, all)(...xs) as (Tensor | null)[];
  expectNear(
    pairing(second, directions),
    along((...ys) => pairing(gradients(...ys), weights), xs, directions),
    context,
  );
}

const sumOf = (ts: readonly Tensor[]): Tensor => ts.reduce((x, y) => x.add(y));

/** What the call throws, as text: the error's name and its words. */
export function refusal(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return String(error);
  }
  return 'nothing is thrown';
}
