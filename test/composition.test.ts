/** Any transform of any transform: each turns an elementwise function into itself or into a derivative of it, which is known. */
import {
  compile,
  customGradient,
  grad,
  gradientsFunction,
  hessian,
  hvp,
  jacobian,
  jvp,
  linearize,
  makeVjp,
  onesLike,
  recomputeGradient,
  scope,
  sum,
  type Tensor,
  tensor,
  valueAndGrad,
  vmap,
} from 'gradtape';
import { describe, expect, test } from 'vitest';

type F = (x: Tensor) => Tensor;
type DType = 'float32' | 'float64' | 'complex64' | 'complex128';

/** A transform, and how often it differentiates. */
interface Transform {
  readonly of: (f: F) => F;
  readonly order: number;
  /** Whether it goes forward, where a rule of customGradient has no part. */
  readonly isForward?: boolean;
  readonly isReal?: boolean;
}

// The gradient of Re Σ f is conj f′ where f is holomorphic.
const total =
  (f: F): F =>
  (x) =>
    sum(f(x));
const last = (J: Tensor): Tensor => J.sum(-1);

const transforms: Readonly<Record<string, Transform>> = {
  grad: { order: 1, of: (f) => (x) => (grad(total(f))(x) as Tensor).conj() },
  valueAndGrad: { order: 1, of: (f) => (x) => (valueAndGrad(total(f))(x).gradient as Tensor).conj() },
  gradientsFunction: { order: 1, of: (f) => (x) => (gradientsFunction(f, { unconnectedGradients: 'zero' })(x)[0] as Tensor).conj() },
  makeVjp: { order: 1, of: (f) => (x) => (makeVjp(f, { unconnectedGradients: 'zero' })(x).vjp(onesLike(x))[0] as Tensor).conj() },
  jvp: { order: 1, isForward: true, of: (f) => (x) => jvp(f)([x], [onesLike(x)]).tangent },
  linearize: { order: 1, isForward: true, of: (f) => (x) => linearize(f)(x).jvp(onesLike(x)) },
  'jacobian, forward': { order: 1, isForward: true, of: (f) => (x) => last(jacobian(f, [0], { mode: 'forward' })(x)[0]) },
  'jacobian, reverse': { order: 1, of: (f) => (x) => last(jacobian(f, [0], { mode: 'reverse' })(x)[0]) },
  hessian: { order: 2, isForward: true, isReal: true, of: (f) => (x) => last(hessian(total(f))(x)[0][0]) },
  hvp: { order: 2, isForward: true, of: (f) => (x) => (hvp(total(f))(x, onesLike(x)).hvp as Tensor).conj() },
  vmap: { order: 0, of: (f) => (x) => (x.rank ? vmap(f)(x) : vmap(f)(x.reshape([1])).reshape([])) },
  compile: { order: 0, of: (f) => compile(f) },
  recomputeGradient: { order: 0, of: (f) => recomputeGradient(f) as F },
  customGradient: { order: 0, of: (f) => customGradient((x: Tensor) => [f(x), (dy: Tensor) => makeVjp(f)(x).vjp(dy)[0] as Tensor] as const) as F },
};

/** Functions and their derivatives. */
const functions: Readonly<Record<string, (order: number) => F>> = {
  sin: (n) => (x) => (n % 2 ? x.cos() : x.sin()).mul(n % 4 < 2 ? 1 : -1),
  '1/x': (n) => (x) => {
    let y = x.reciprocal();
    for (let k = 1; k <= n; k++) y = y.mul(x.reciprocal()).mul(-k);
    return y;
  },
  'exp x + x³': (n) => (x) => x.exp().add(n > 3 ? x.mul(0) : x.pow(3 - n).mul([1, 3, 6, 6][n] as number)),
};

const names = Object.keys(transforms);
const points = {
  real: [0.75, -1.25],
  complex: [
    { re: 0.75, im: 0.5 },
    { re: -1.25, im: 0.25 },
  ],
};
const isComplex = (dtype: DType): boolean => dtype.startsWith('complex');
const pointOf = (dtype: DType): Tensor => tensor(isComplex(dtype) ? points.complex : points.real, { dtype });

function check(path: readonly string[], name: string, dtype: DType): void {
  const chain = path.map((transform) => transforms[transform] as Transform);
  if (isComplex(dtype) && chain.some((t) => t.isReal)) return;
  const family = functions[name] as (order: number) => F;
  const f = chain.reduceRight((f, t) => t.of(f), family(0));
  const what = `${path.join(' of ')} of ${name} in ${dtype}`;
  scope(() => {
    const x = pointOf(dtype);
    // A rule goes back; the ops of a batch, which vmap repeats, go both ways.
    const rule = path.lastIndexOf('customGradient');
    const isRefused = chain.some((t, i) => t.isForward && i < rule && !path.slice(i, rule).includes('vmap'));
    if (isRefused) {
      expect(() => f(x), what).toThrow(/customGradient/);
      return;
    }
    const expected = family(chain.reduce((n, t) => n + t.order, 0))(x);
    let y: Tensor;
    try {
      y = f(x);
    } catch (error) {
      throw new Error(what, { cause: error });
    }
    expect([what, y.shape, y.dtype]).toEqual([what, expected.shape, expected.dtype]);
    const scale = Math.max(...[...expected.data()].map(Math.abs));
    const bound = dtype === 'float64' || dtype === 'complex128' ? 1e-12 : 1e-4;
    const values = expected.data();
    for (const [i, v] of [...y.data()].entries())
      if (!(Math.abs(v - (values[i] as number)) <= bound * scale)) throw new Error(`${what}: ${v} against ${values[i]}`);
  });
}

describe.each(names)('%s of', (outer) => {
  test.each(names)('%s', (inner) => {
    for (const name of Object.keys(functions))
      for (const dtype of ['float32', 'float64', 'complex64', 'complex128'] as const) check([outer, inner], name, dtype);
  });
  test.each(names)('%s of each', (middle) => {
    for (const inner of names) for (const dtype of ['float64', 'complex128'] as const) check([outer, middle, inner], 'sin', dtype);
  });
});
