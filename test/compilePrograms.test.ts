/** Programs that are long or large: random ones bit for bit, runs over tiles, training steps, gradients through compiled functions. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { add, cast, compile, gradientsFunction, mean, mul, random, scope, sparseSoftmaxCrossEntropy, sub, sum, type Tensor, tensor, where } from 'gradtape';
import { describe, expect, test } from 'vitest';

const RUNS = Number(process.env.FUZZ_RUNS ?? 150);

/** Dtype, shape and a hash of the elements. */
const bits = (t: Tensor | null): string | null => t && `${t.dtype} [${t.shape.join()}] ${createHash('sha1').update(t.data()).digest('hex')}`;

/** Steps of a program: each makes a value of earlier ones. Shapes are that of a matrix, or broadcast to it. */
const unary: readonly ((x: Tensor) => Tensor)[] = [
  (x) => x.neg(),
  (x) => x.square(),
  (x) => x.sin(),
  (x) => x.tanh(),
  (x) => x.mul(1),
  (x) => x.mul(-0.75),
  (x) => x.sub(x),
  (x) => cast(x, x.dtype === 'float32' ? 'float64' : 'float32'),
  (x) => x.reshape([x.size]).reshape(x.shape),
  (x) => x.transpose(),
  (x) => x.flip(),
  (x) => x.matmul(matrix(5, [x.shape[1] as number, x.shape[1] as number])),
  (x) => sum(x, { axis: 0, keepDims: true }),
  (x) => sum(x),
];
const binary: readonly ((x: Tensor, y: Tensor) => Tensor)[] = [
  add,
  sub,
  mul,
  (x, y) => sub(y, x),
  (x, y) => where(x.less(y), x, y.mul(0.5)),
  (x, y) => x.greater(y).cast(x.dtype),
  (x, y) => x.maximum(y),
];

const step = fc.record({ op: fc.nat(unary.length + 3 * binary.length - 1), x: fc.nat(30), y: fc.nat(30) });
type Step = { readonly op: number; readonly x: number; readonly y: number };

/** Recent values are chosen most often, so that there are long chains. */
const chosen = <T>(values: readonly T[], n: number): T => values[Math.max(0, values.length - 1 - (n % 11))] as T;

/** Runs the steps whose operands fit, and returns the last values. */
function run(steps: readonly Step[], inputs: readonly Tensor[]): Tensor[] {
  const values = [...inputs];
  for (const { op, x, y } of steps) {
    const a = chosen(values, x);
    if (op < unary.length) {
      const f = unary[op] as (x: Tensor) => Tensor;
      if (a.rank === 2 || op < 6) values.push(f(a));
      continue;
    }
    const b = chosen(values, y);
    const shapes = [a.shape.join(), b.shape.join()];
    if (
      a.dtype === b.dtype &&
      (shapes[0] === shapes[1] || a.rank === 0 || b.rank === 0 || (a.shape.at(-1) === b.shape.at(-1) && a.shape.includes(1) !== b.shape.includes(1)))
    )
      values.push((binary[(op - unary.length) % binary.length] as (x: Tensor, y: Tensor) => Tensor)(a, b));
  }
  return values.slice(-3);
}

const matrix = (seed: number, shape: readonly number[]): Tensor => random.normal(random.key(seed), shape);

describe('random programs', () => {
  const inputs = (shape: readonly number[]): Tensor[] => [matrix(1, shape), matrix(2, [1, shape[1] as number]), matrix(3, []), matrix(4, shape)];

  test.each([
    ['of one tile', [7, 9]],
    ['of many tiles and a rest', [53, 67]],
    ['of full tiles', [64, 64]],
  ])('%s', (_, shape) =>
    scope(() => {
      const given = inputs(shape);
      fc.assert(
        fc.property(fc.array(step, { minLength: 3, maxLength: 40 }), (steps) =>
          scope(() => {
            const f = (...xs: Tensor[]): Tensor[] => run(steps, xs);
            const compiled = compile(f);
            const expected = f(...given).map(bits);
            for (let i = 0; i < 2; i++) expect(compiled(...given).map(bits)).toEqual(expected);
            compiled.dispose();
          }),
        ),
        { numRuns: RUNS, seed: 1 },
      );
    }),
  );

  test('with their gradients', () =>
    scope(() => {
      const given = inputs([53, 67]);
      fc.assert(
        fc.property(fc.array(step, { minLength: 3, maxLength: 20 }), (steps) =>
          scope(() => {
            const g = gradientsFunction((...xs: Tensor[]) => run(steps, xs));
            const compiled = compile((...xs: Tensor[]) => g(...xs));
            const expected = g(...given).map(bits);
            for (let i = 0; i < 2; i++) expect(compiled(...given).map(bits)).toEqual(expected);
            compiled.dispose();
          }),
        ),
        { numRuns: RUNS, seed: 2 },
      );
    }));
});

describe('training steps', () => {
  type Params = { readonly w: readonly Tensor[]; readonly b: readonly Tensor[] };
  const initial = (): Params => ({
    w: [matrix(1, [20, 48]).mul(0.1), matrix(2, [48, 5]).mul(0.1)],
    b: [tensor(new Float32Array(48)), tensor(new Float32Array(5))],
  });
  const loss = ({ w, b }: Params, x: Tensor, labels: Tensor): Tensor => {
    const hidden = x
      .matmul(w[0] as Tensor)
      .add(b[0] as Tensor)
      .relu();
    return mean(sparseSoftmaxCrossEntropy(labels, hidden.matmul(w[1] as Tensor).add(b[1] as Tensor)));
  };
  const mapped = (p: Params, f: (t: Tensor, i: number, of: 'w' | 'b') => Tensor): Params => ({
    w: p.w.map((t, i) => f(t, i, 'w')),
    b: p.b.map((t, i) => f(t, i, 'b')),
  });

  /** Adam, with the step's number as an argument. */
  function adam(p: Params, m: Params, v: Params, n: Tensor, x: Tensor, labels: Tensor): [Params, Params, Params, Tensor] {
    const [g] = gradientsFunction(loss, [0])(p, x, labels) as unknown as [Params];
    const m1 = mapped(m, (t, i, of) => t.mul(0.9).add((g[of][i] as Tensor).mul(0.1)));
    const v1 = mapped(v, (t, i, of) => t.mul(0.999).add((g[of][i] as Tensor).square().mul(0.001)));
    const rate = sub(1, tensor(0.999).pow(n))
      .sqrt()
      .div(sub(1, tensor(0.9).pow(n)))
      .mul(0.01);
    const p1 = mapped(p, (t, i, of) => t.sub((m1[of][i] as Tensor).mul(rate).div((v1[of][i] as Tensor).sqrt().add(1e-8))));
    return [p1, m1, v1, loss(p1, x, labels)];
  }

  test('give the numbers of the eager run, step after step', () =>
    scope(() => {
      const step = compile(adam);
      const x = matrix(9, [32, 20]);
      const labels = random.integers(random.key(10), [32], 0, 5);
      const zeros = mapped(initial(), (t) => t.mul(0));
      let eager: [Params, Params, Params] = [initial(), zeros, zeros];
      let compiled = eager;
      for (let n = 1; n <= 5; n++) {
        const a = adam(...eager, tensor(n), x, labels);
        const b = step(...compiled, n, x, labels);
        expect(bits(b[3])).toBe(bits(a[3]));
        for (const of of ['w', 'b'] as const) expect(b[0][of].map(bits)).toEqual(a[0][of].map(bits));
        eager = [a[0], a[1], a[2]];
        compiled = [b[0], b[1], b[2]];
      }
      expect(step.describe().match(/^program/gm)).toHaveLength(1);
    }));

  test('with random numbers from a key', () =>
    scope(() => {
      const f = (key: Tensor, x: Tensor): Tensor[] => {
        const [a, b] = random.split(key) as [Tensor, Tensor];
        return [x.mul(random.bernoulli(a, 0.5, x.shape).cast('float32')), random.normal(b, [3])];
      };
      const compiled = compile(f);
      for (const seed of [1, 2, 3])
        expect(compiled(random.key(seed), matrix(0, [40, 40])).map(bits)).toEqual(f(random.key(seed), matrix(0, [40, 40])).map(bits));
    }));
});

describe('long programs', () => {
  test('of scalars', () =>
    scope(() => {
      const f = (x: Tensor): Tensor => {
        let y = x;
        for (let i = 0; i < 20_000; i++) y = i % 2 ? y.add(x) : y.mul(x);
        return y;
      };
      const g = (x: Tensor): Tensor => gradientsFunction(f)(x)[0] as Tensor;
      const compiled = compile(g);
      for (const x of [0.5, 0.25]) {
        expect(compiled(x).item()).toBe(g(x as never).item());
        expect(compiled(tensor(x)).item()).toBe(g(tensor(x)).item());
      }
    }));

  test('of many values alive at a time', () =>
    scope(() => {
      const f = (x: Tensor): Tensor => {
        const all = Array.from({ length: 120 }, (_, i) => x.mul(i + 0.5).sin());
        return all.reduceRight((sum, y) => sum.sub(y));
      };
      const compiled = compile(f);
      for (const shape of [[], [40, 41]]) expect(bits(compiled(matrix(1, shape)))).toBe(bits(f(matrix(1, shape))));
    }));

  test('that fold and fuse what overlaps in memory', () =>
    scope(() => {
      const f = (x: Tensor): Tensor[] => [
        x
          .slice([0, 0], [50, 40])
          .add(x.slice([3, 7], [50, 40]))
          .mul(x.transpose().slice([5, 1], [50, 40])),
      ];
      const compiled = compile(f);
      const x = matrix(1, [60, 60]);
      expect(compiled(x).map(bits)).toEqual(f(x).map(bits));
      expect(compiled(x.transpose()).map(bits)).toEqual(f(x.transpose()).map(bits));
    }));
});

describe('a compiled function is differentiated', () => {
  const f = (x: Tensor, y: Tensor): Tensor => x.mul(x).mul(x).mul(y).sub(x.mul(y).mul(y));
  const compiled = compile(f);
  const order2 = (g: (x: Tensor, y: Tensor) => Tensor) => gradientsFunction((x: Tensor, y: Tensor) => sum(gradientsFunction(g)(x, y)[0] as Tensor));

  test('to any order', () => {
    expect(gradientsFunction(compiled)(2, 3).map((t) => t?.item())).toEqual([27, -4]);
    expect(order2(compiled)(2, 3).map((t) => t?.item())).toEqual(order2(f)(2, 3).map((t) => t?.item()));
  });

  test('and differentiated again inside one that is compiled', () => {
    const whole = compile((x: Tensor, y: Tensor) => order2(compiled)(x, y));
    expect(whole(2, 3).map((t) => t?.item())).toEqual(order2(f)(2, 3).map((t) => t?.item()));
    expect(whole(3, 2).map((t) => t?.item())).toEqual(order2(f)(3, 2).map((t) => t?.item()));
  });
});
