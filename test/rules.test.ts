/** customGradient and recomputeGradient among the other transforms: laws, memory in numbers, errors at every depth. */
import {
  add,
  compile,
  cos,
  customGradient,
  GradientTape,
  grad,
  gradientsFunction,
  jvp,
  linearize,
  makeVjp,
  matmul,
  memory,
  mul,
  random,
  recomputeGradient,
  scope,
  sin,
  sum,
  type Tensor,
  tanh,
  vmap,
} from 'gradtape';
import { describe, expect, test } from 'vitest';

const plain = (x: Tensor, w: Tensor): Tensor => mul(sin(x), add(mul(x, w), cos(w)));
const once = customGradient((x: Tensor, w: Tensor) => [
  plain(x, w),
  (dy: Tensor) => [mul(dy, add(mul(cos(x), add(mul(x, w), cos(w))), mul(sin(x), w))), mul(dy, mul(sin(x), add(x, mul(sin(w), -1))))],
]);
const again = recomputeGradient(plain);
const deep = recomputeGradient((x: Tensor, w: Tensor) => mul(again(x, w), again(w, x)));
const deepPlain = (x: Tensor, w: Tensor): Tensor => mul(plain(x, w), plain(w, x));

const xs = random.normal(random.key(1), [4, 3], { dtype: 'float64' });
const w = random.normal(random.key(2), [3], { dtype: 'float64' });
const row = (i: number): Tensor => xs.slice([i, 0], [1, 3]).reshape([3]);
const close = (a: Tensor, b: Tensor): void => {
  expect(a.shape).toEqual(b.shape);
  b.data().forEach((v, i) => void expect(Math.abs((a.data()[i] as number) - v)).toBeLessThanOrEqual(1e-12 * (1 + Math.abs(v))));
};

type F = (x: Tensor, w: Tensor) => Tensor;
const byFirst = grad as unknown as (f: F) => F;
const onRows = (f: F): F => (vmap as unknown as (f: F, options: object) => F)(f, { axes: [0, null] });
const program = compile as unknown as (f: F) => F;
const vjpOf = (f: F, x: Tensor): { vjp: (dy: Tensor) => Tensor[] } =>
  (makeVjp as unknown as (f: F) => (x: Tensor, w: Tensor) => { vjp: (dy: Tensor) => Tensor[] })(f)(x, w);
const pairs: readonly (readonly [string, F, F])[] = [
  ['customGradient', once, plain],
  ['recomputeGradient', again, plain],
  ['recomputeGradient in recomputeGradient', deep, deepPlain],
];

describe.each(pairs)('%s', (_, f, p) => {
  const loss =
    (g: F): F =>
    (x, w) =>
      sum(g(x, w));
  const first =
    (g: F): F =>
    (x, w) =>
      byFirst(loss(g))(x, w);
  const second =
    (g: F): F =>
    (x, w) =>
      first((a, b) => sum(mul(first(g)(a, b), a)))(x, w);
  const third =
    (g: F): F =>
    (x, w) =>
      first((a, b) => sum(mul(second(g)(a, b), b)))(x, w);

  test.each([
    ['value', (g: F) => g],
    ['gradient', first],
    ['second', second],
    ['third', third],
  ] as const)('%s: as the plain function, compiled and on batches', (_, of) => {
    const expected = of(p)(row(0), w);
    close(of(f)(row(0), w), expected);
    const compiled = program(of(f));
    for (let i = 0; i < 2; i++) close(compiled(row(0), w), expected);
    const batch = onRows(of(f))(xs, w);
    for (let i = 0; i < 4; i++) close(batch.slice([i, 0], [1, 3]).reshape([3]), of(p)(row(i), w));
    close(program(onRows(of(f)))(xs, w), batch);
  });

  test('gradients of a batch, on tapes and by makeVjp', () => {
    const batched = (g: F) => (w: Tensor) => sum(mul(onRows(g)(xs, w), xs));
    close(grad(batched(f))(w), grad(batched(p))(w));
    const onTape = (g: F): Tensor => {
      const tape = new GradientTape();
      const y = tape.record(() => {
        tape.watch(w);
        return batched(g)(w);
      });
      return tape.gradient(y, w) as Tensor;
    };
    close(onTape(f), grad(batched(p))(w));
    const run = vjpOf(f, row(1));
    const other = vjpOf(p, row(1));
    for (const dy of [row(2), row(3)]) run.vjp(dy).forEach((g, i) => void close(g, other.vjp(dy)[i] as Tensor));
  });
});

test.each(pairs.slice(1))('%s in forward mode: as the plain function, of values and gradients', (_, f, p) => {
  const along = (g: F): Tensor[] => {
    const v = row(1);
    const hvp = jvp((x: Tensor) => byFirst((a, b) => sum(g(a, b)))(x, w))([row(0)], [v]).tangent as Tensor;
    const { jvp: line } = linearize((x: Tensor) => g(x, w))(row(0));
    return [
      jvp((x: Tensor) => g(x, w))([row(0)], [v]).tangent as Tensor,
      line(v) as Tensor,
      hvp,
      byFirst((x) => sum(mul(jvp((a: Tensor) => g(a, w))([x], [v]).tangent as Tensor, x)))(row(2), w),
    ];
  };
  along(f).forEach((t, i) => void close(t, along(p)[i] as Tensor));
});

test('the peak of 50 layers of ten values each is that of the boundaries and one layer', () => {
  const block = (x: Tensor, w: Tensor): Tensor => {
    let h = matmul(x, w);
    for (let i = 0; i < 9; i++) h = tanh(add(sin(h), h));
    return h;
  };
  const weights = Array.from({ length: 50 }, (_, i) => random.normal(random.key(i), [64, 64], { dtype: 'float32' }).mul(0.1));
  const x = random.normal(random.key(99), [64, 64]);
  const measured = (layer: F): { peak: number; bits: Uint32Array } => {
    const before = memory().bytes;
    let peak = 0;
    const probe = customGradient((v: Tensor) => [
      v.mul(1),
      (dy: Tensor) => {
        peak = Math.max(peak, memory().bytes - before);
        return dy.mul(1);
      },
    ]);
    const [g] = gradientsFunction((v: Tensor) => sum(weights.reduce((h, w) => probe(layer(h, w)), v)))(x);
    return { peak, bits: new Uint32Array((g as Tensor).data().buffer.slice(0)) };
  };
  const kept = measured(block);
  const recomputed = measured(recomputeGradient(block));
  expect(recomputed.bits).toEqual(kept.bits);
  expect(recomputed.peak).toBeLessThan(kept.peak / 5);
});

test('errors in rules, at every depth, pass unchanged and leave the library right', () => {
  const many = xs.reshape([12]);
  const few = sum(w);
  for (let depth = 0; depth < 5; depth++) {
    const own = new Error(`own ${depth}`);
    let fails = true;
    const bad = customGradient((x: Tensor) => [
      mul(x, x),
      (dy: Tensor) => {
        if (fails) throw own;
        return mul(dy, mul(x, 2));
      },
    ]);
    const wraps: ((f: (x: Tensor) => Tensor) => (x: Tensor) => Tensor)[] = [
      (f) => recomputeGradient(f),
      (f) => (x) => grad((v: Tensor) => mul(f(v), v))(x),
      (f) => customGradient((x: Tensor) => [f(x), (dy: Tensor) => mul(dy, grad(f)(x))]),
      (f) => (x) => {
        using tape = new GradientTape({ persistent: true });
        const y = tape.record(() => {
          tape.watch(x);
          return f(x);
        });
        return tape.gradient(y, x) as Tensor;
      },
    ];
    const f = wraps.slice(0, depth).reduce<(x: Tensor) => Tensor>((g, wrap) => wrap(g), bad);
    const run = (): number => scope(() => grad((x: Tensor) => f(x))(3 as never)).item() as number;
    const { tensors } = memory();
    expect(run).toThrow(own);
    expect(() => vmap((x: Tensor) => grad(f)(x))(many)).toThrow(own);
    expect(() => compile((x: Tensor) => grad(f)(x))(few)).toThrow(own);
    expect(memory().tensors).toBe(tensors);
    fails = false;
    const right = wraps.slice(0, depth).reduce<(x: Tensor) => Tensor>(
      (g, wrap) => wrap(g),
      (x) => mul(x, x),
    );
    expect(run()).toBe(scope(() => grad((x: Tensor) => right(x))(3 as never)).item());
  }
});
