/** recomputeGradient: the bits of the plain gradient, with the memory of one layer. */
import { checkpoint, compile, gradientsFunction, makeVjp, memory, recomputeGradient, scope, type Tensor, tensor } from 'gradtape';
import { describe, expect, test } from 'vitest';
import { internals } from './root.js';
import { expectNothingLeft, plain } from './values.js';

const x64 = (value: number | number[]): Tensor => tensor(value, { dtype: 'float64' });
const first = (f: (x: Tensor) => Tensor) => (x: Tensor) => gradientsFunction(f)(x)[0] as Tensor;

const noise = (rows: number, columns: number, seed: number): Tensor =>
  tensor(
    Float32Array.from({ length: rows * columns }, (_, i) => 0.1 * Math.sin(seed + 1.7 * i)),
    { shape: [rows, columns] },
  );

const LAYERS = 50;
const layer = (x: Tensor, w: Tensor): Tensor => x.matmul(w).tanh();
const kept = recomputeGradient(layer);
const net = (f: typeof layer) => (x: Tensor, ws: Tensor[]) => ws.reduce((y, w) => f(y, w), x).sum();

/** What a call takes at most, over what was there before. */
function peakOf(f: () => unknown): number {
  const { held } = memory();
  internals.core.memoryResetPeak();
  f();
  return internals.core.memoryPeak() - held;
}

describe('a network of fifty layers', () => {
  const width = 64;
  const x = noise(64, width, 1);
  const ws = Array.from({ length: LAYERS }, (_, i) => noise(width, width, i));
  const gradients = (f: typeof layer) => gradientsFunction(net(f), [1])(x, ws);

  test('has the same bits', () => expect(plain(gradients(kept))).toEqual(plain(gradients(layer))));
  test('takes the memory of the boundaries and one layer', () => {
    // Deep layers: eight ops each, of which only the last is a boundary.
    const deep = (y: Tensor, w: Tensor): Tensor => {
      let z = y.matmul(w);
      for (let i = 0; i < 7; i++) z = z.tanh().mul(y);
      return z;
    };
    const few = ws.slice(0, 20);
    const run = (f: typeof layer) => () => scope(() => void gradientsFunction(net(f), [0])(x, few));
    const bytes = 64 * width * 4;
    const plainPeak = peakOf(run(deep));
    const keptPeak = peakOf(run(recomputeGradient(deep)));
    expect(plainPeak).toBeGreaterThan(20 * 13 * bytes);
    expect(keptPeak).toBeLessThan((20 + 30) * bytes);
  });
  test('inside compile: the second run is not merged with the first, and the arena is smaller', () => {
    const deep = (y: Tensor, w: Tensor): Tensor => {
      let z = y.matmul(w);
      for (let i = 0; i < 7; i++) z = z.tanh().matmul(w);
      return z;
    };
    const few = ws.slice(0, 20);
    const step = (f: typeof layer) => compile((v: Tensor, all: Tensor[]) => gradientsFunction(net(f), [0])(v, all)[0] as Tensor);
    const arena = (f: typeof layer): number => {
      const compiled = step(f);
      const bits = plain(compiled(x, few));
      expect(bits).toEqual(plain(gradientsFunction(net(deep), [0])(x, few)[0]));
      const [, size, unit] = /arena[^\d]*([\d.]+) (bytes|KiB|MiB)/.exec(compiled.describe()) ?? [];
      return Number(size) * ({ bytes: 1, KiB: 1024, MiB: 1048576 }[unit as string] as number);
    };
    expect(arena(recomputeGradient(deep))).toBeLessThan(0.35 * arena(deep));
  });
});

describe('gradients', () => {
  test('reach tensors from outside, and arguments, once', () => {
    const f = (wrap: (g: (v: Tensor) => Tensor) => (v: Tensor) => Tensor) => (w: Tensor, x: Tensor) => {
      const half = w.mul(0.5);
      return wrap((v) => v.mul(half).sin().mul(w))(x).mul(half);
    };
    const points = [x64([1, 2]), x64([0.3, -1])] as const;
    expect(plain(gradientsFunction(f(recomputeGradient))(...points))).toEqual(plain(gradientsFunction(f((g) => g))(...points)));
    expect(plain(gradientsFunction(f(checkpoint), [0])(...points))).toEqual(
      plain(
        gradientsFunction(
          f((g) => g),
          [0],
        )(...points),
      ),
    );
  });
  test('of any order, nested, of trees, by makeVjp and in compile', () => {
    const g = (x: Tensor): Tensor => x.mul(x).sin().mul(x);
    const h = recomputeGradient(g);
    const twice = recomputeGradient((x: Tensor) => h(h(x)));
    const point = x64([0.4, 1.1]);
    for (const order of [1, 2, 3]) {
      let [a, b, c, d] = [g, h as typeof g, (x: Tensor) => g(g(x)), twice as typeof g];
      for (let i = 0; i < order; i++) [a, b, c, d] = [first(a), first(b), first(c), first(d)];
      expect((b(point).array() as number[]).map((v, i) => v / ((a(point).array() as number[])[i] as number))).toEqual([
        expect.closeTo(1, 12),
        expect.closeTo(1, 12),
      ]);
      expect((d(point).array() as number[]).map((v, i) => v / ((c(point).array() as number[])[i] as number))).toEqual([
        expect.closeTo(1, 11),
        expect.closeTo(1, 11),
      ]);
      expect(plain(compile(b)(point))).toEqual(plain(b(point)));
    }
    const trees = recomputeGradient(({ a, b }: { a: Tensor; b: Tensor }, name: string) => ({ [name]: a.mul(b), count: tensor([1], { dtype: 'int32' }) }));
    const sum = (t: { a: Tensor; b: Tensor }): Tensor => (trees(t, 'y').y as Tensor).mul(3);
    expect(plain(gradientsFunction(sum)({ a: x64(2), b: x64(5) }))).toEqual([{ a: 15, b: 6 }]);
    const { vjp, dispose } = makeVjp(h)(point);
    expect(plain(vjp())).toEqual(plain(vjp()));
    expect(plain(vjp())).toEqual(plain(gradientsFunction(g)(point)));
    dispose();
  });
  test('complex', () => {
    const g = (z: Tensor): Tensor => z.mul(z).exp();
    const z = tensor([{ re: 0.1, im: 0.2 }], { dtype: 'complex128' });
    expect(plain(gradientsFunction(recomputeGradient(g))(z))).toEqual(plain(gradientsFunction(g)(z)));
  });
});

test('errors pass unchanged and leave nothing', () => {
  const boom = new Error('boom');
  let runs = 0;
  const f = recomputeGradient((x: Tensor) => {
    if (++runs % 2 === 0) throw boom; // in the sweep
    return x.sin();
  });
  expectNothingLeft(() => {
    runs = 0;
    expect(() => gradientsFunction((x: Tensor) => f(x.mul(2)))(x64(1))).toThrow(boom);
  });
  expect(() => recomputeGradient((() => undefined) as never)(...([x64(1)] as never))).toThrow(/recomputeGradient.*returns tensors/);
});
