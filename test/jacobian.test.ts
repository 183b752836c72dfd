/** jacobian, hessian and hvp against derivatives written out, in both modes. The law for every op is in forward.test.ts. */
import {
  compile,
  customGradient,
  grad,
  gradientsFunction,
  hessian,
  hvp,
  jacobian,
  jvp,
  makeVjp,
  memory,
  ones,
  recomputeGradient,
  scope,
  type Tensor,
  tensor,
  vmap,
  zeros,
} from 'gradtape';
import { describe, expect, test } from 'vitest';

const MODES = ['forward', 'reverse', 'auto'] as const;
const f64 = (v: unknown): Tensor => tensor(v as number[], { dtype: 'float64' });
const c128 = (...v: [re: number, im: number][]): Tensor =>
  tensor(
    v.map(([re, im]) => ({ re, im })),
    { dtype: 'complex128' },
  );
const close = (x: unknown, expected: unknown): void => {
  const t = x as Tensor;
  const e = expected as Tensor;
  expect([t.shape, t.dtype]).toEqual([e.shape, e.dtype]);
  const data = e.data();
  for (const [i, v] of [...t.data()].entries()) expect(v).toBeCloseTo(data[i] as number, 10);
};
/** J·v by elements. */
const product = (J: Tensor, v: Tensor): Tensor => J.mul(v).sum(v.shape.map((_, i) => i - v.rank));

describe.each(MODES)('jacobian, %s', (mode) => {
  test('of a vector', () => {
    const [J] = jacobian((x) => x.square().cumsum(), undefined, { mode })(f64([1, 2, 3]));
    close(
      J,
      f64([
        [2, 0, 0],
        [2, 4, 0],
        [2, 4, 6],
      ]),
    );
  });

  test('by several parameters, of shapes [...result, ...param], by index, name and twice', () => {
    const [w, x] = [
      f64([
        [1, 2, 3],
        [4, 5, 6],
      ]),
      f64([1, -1, 2]),
    ];
    const f = (w: Tensor, x: Tensor): Tensor => w.matmul(x);
    const [Jw, Jx] = jacobian(f, undefined, { mode })(w, x);
    close(
      Jw,
      f64([
        [
          [1, -1, 2],
          [0, 0, 0],
        ],
        [
          [0, 0, 0],
          [1, -1, 2],
        ],
      ]),
    );
    close(Jx, w);
    const byName = jacobian(f, ['x'], { mode })(w, x);
    expect(byName).toHaveLength(1);
    close(byName[0], w);
    const twice = jacobian(f, { params: ['a', 'b', 'a'], names: ['b', 'a'] }, { mode })(w, x);
    close(twice[0], w);
    close(twice[1], Jw);
    close(twice[2], w);
  });

  test('of trees by trees; null for what has no derivatives, zeros for what is not reached', () => {
    const f = ({ a, n }: { a: Tensor; n: Tensor; flag: boolean }, b: Tensor) => ({ y: [a.mul(b), n], s: b.sum(), one: ones([1], { dtype: 'float64' }) });
    const [Ja, Jb] = jacobian(f, undefined, { mode })({ a: f64([1, 2]), n: tensor([3], { dtype: 'int32' }), flag: true }, f64([5, 7]));
    const tree = Ja as unknown as { y: [{ a: Tensor; n: null; flag: null }, null]; s: { a: Tensor }; one: { a: Tensor } };
    close(
      tree.y[0].a,
      f64([
        [5, 0],
        [0, 7],
      ]),
    );
    expect([tree.y[0].n, tree.y[0].flag, tree.y[1]]).toEqual([null, null, null]);
    close(tree.s.a, f64([0, 0]));
    close(tree.one.a, f64([[0, 0]]));
    close((Jb as unknown as { s: Tensor }).s, f64([1, 1]));
  });

  test('of numbers and scalars, with other arguments left alone', () => {
    const [J] = jacobian((x, k) => x.mul(x).mul(Number(k.item())), [0], { mode })(3, 2);
    expect([J.item(), J.shape]).toEqual([12, []]);
    const [by] = jacobian((x, y) => x.mul(y), [1], { mode })(f64([1, 2]), 4);
    close(by, f64([1, 2]));
  });

  test('of no elements', () => {
    expect(jacobian((x) => x.sin(), undefined, { mode })(zeros([0]))[0].shape).toEqual([0, 0]);
    expect(jacobian((x) => x.sum(), undefined, { mode })(zeros([0, 2]))[0].shape).toEqual([0, 2]);
  });

  test('complex: the derivative of a holomorphic f, the gradient of a real one, the linear part of others, ∂/∂x by a real x', () => {
    const z = c128([1, 2], [-1, 0.5]);
    const diagonal = (t: Tensor): Tensor =>
      t.mul(
        tensor(
          [
            [1, 0],
            [0, 1],
          ],
          { dtype: 'float64' },
        ),
      );
    const at = (f: (z: Tensor) => Tensor, z: Tensor): Tensor => jacobian(f, undefined, { mode })(z)[0];
    close(
      at((z) => z.mul(z).mul(z), z),
      diagonal(z.mul(z).mul(3)),
    );
    close(
      at((z) => z.abs().square().sum(), z),
      gradientsFunction((z) => z.abs().square().sum())(z)[0],
    );
    close(
      at((z) => z.mul(z.conj()).mul(z), z),
      diagonal(z.mul(z.conj()).mul(2)),
    );
    close(
      at((z) => z.conj(), z),
      c128([0, 0], [0, 0], [0, 0], [0, 0]).reshape([2, 2]),
    );
    const w = { re: 2, im: -3 };
    close(
      at((x) => x.square().mul(w), f64([1, 2])),
      diagonal(f64([2, 4])).mul(w),
    );
  });

  test('compiled, batched, differentiated', () => {
    const f = (x: Tensor): Tensor => x.sin().mul(x.sum());
    const J = (x: Tensor): Tensor => jacobian(f, undefined, { mode })(x)[0];
    const x = f64([0.1, 0.2, 0.3]);
    close(compile(J)(x), J(x));
    const xs = f64([
      [0.1, 0.2, 0.3],
      [1, 2, 3],
    ]);
    const each = vmap(J)(xs);
    close(each.slice([1]).reshape([3, 3]), J(f64([1, 2, 3])));
    close(compile(vmap(J))(xs), each);
    close(product(grad((x) => J(x).sum())(x).reshape([1, 3]), ones([3], { dtype: 'float64' })).reshape([]), jvp((x) => J(x).sum())([x], [[1, 1, 1]]).tangent);
    const [JJ] = jacobian(J, undefined, { mode })(x);
    close(JJ.sum(1), jacobian(compile((x: Tensor) => J(x).sum(1)))(x)[0]);
  });
});

describe('hessian', () => {
  test('of a quadratic, and of several parameters', () => {
    const [[H]] = hessian((x) => x.mul(x).mul(x).sum().add(x.prod()))(f64([1, 2]));
    close(
      H,
      f64([
        [6, 1],
        [1, 12],
      ]),
    );
    const f = ({ w, n }: { w: Tensor; n: Tensor }, b: Tensor): Tensor => w.square().mul(b).sum().mul(n);
    const H2 = hessian(f)({ w: f64([1, 2]), n: tensor(3, { dtype: 'int32' }).cast('float64') }, f64(5)) as unknown as { w: { w: Tensor } & Tensor }[][];
    close(
      (H2[0] as { w: { w: Tensor } }[])[0]?.w.w,
      f64([
        [30, 0],
        [0, 30],
      ]),
    );
    close((H2[0] as { w: unknown }[])[1]?.w, f64([6, 12]));
    close((H2[1] as { w: unknown }[])[0]?.w, f64([6, 12]));
    close(H2[1]?.[1], f64(0));
  });

  test('jacobian of the gradient, in every mode; compiled and batched', () => {
    const f = (x: Tensor): Tensor => x.softmax().mul(x.sin()).logsumexp();
    const x = f64([0.1, -0.5, 0.7]);
    const H = (x: Tensor): Tensor => hessian(f)(x)[0][0];
    for (const mode of MODES) close(jacobian(grad(f), undefined, { mode })(x)[0], H(x));
    close(compile(H)(x), H(x));
    close(vmap(H)(x.reshape([1, 3])).reshape([3, 3]), H(x));
  });

  test('refuses complex parameters', () => expect(() => hessian((z) => z.abs().sum())(c128([1, 2]))).toThrow('hessian: the second derivatives by complex128'));
});

describe('hvp', () => {
  const f = (x: Tensor): Tensor => x.sin().mul(x.sum()).sum();
  test('is the Hessian times v, beside value and gradient', () => {
    const [x, v] = [f64([0.1, 0.2, 0.3]), f64([1, -2, 3])];
    const all = hvp(f)(x, v);
    close(all.value, f(x));
    close(all.gradient, grad(f)(x));
    close(all.hvp, product(hessian(f)(x)[0][0], v));
    close(compile((x: Tensor, v: Tensor) => hvp(f)(x, v).hvp)(x, v), all.hvp);
  });

  test('of trees, null beside whole numbers; of complex numbers the derivative of the gradient', () => {
    const r = hvp(({ a, b }: { a: Tensor; b: Tensor; n: Tensor }) => a.square().mul(b).sum())(
      { a: [1, 2], b: 3, n: tensor([1], { dtype: 'int32' }) },
      { a: [1, 0], b: null, n: null },
    );
    expect([r.hvp.a.array(), r.hvp.b.item(), r.hvp.n]).toEqual([[6, 0], 2, null]);
    const z = c128([1, 2]);
    close(hvp((z) => z.abs().square().sum())(z, z).hvp, z.mul(2));
  });
});

test.each([
  ['recomputeGradient', recomputeGradient((x: Tensor) => x.sin()) as (x: Tensor) => Tensor],
  ['customGradient', customGradient((x: Tensor) => [x.sin(), (dy: Tensor) => dy.mul(x.cos())] as const) as (x: Tensor) => Tensor],
])('sweeps of %s on a batch leave the marks of tapes around, and so does a run that ends there', (_, f) => {
  const x = f64([1, 2]);
  const rows = (x: Tensor): Tensor => {
    const { vjp, dispose } = makeVjp(f)(x);
    return vmap((dy: Tensor) => {
      const [row] = vjp(dy);
      dispose();
      return row as Tensor;
    })(ones([3, 2], { dtype: 'float64' })).sum();
  };
  close(grad(rows)(x), x.sin().mul(-3));
});

describe('memory and refusals', () => {
  test('nothing is left', () => {
    const x = ones([8]);
    const run = () => scope(() => void [jacobian((x) => x.sin())(x), hessian((x) => x.sin().sum())(x), hvp((x) => x.sin().sum())(x, x)]);
    run();
    const before = memory();
    for (let i = 0; i < 20; i++) run();
    expect([memory().tensors, memory().bytes]).toEqual([before.tensors, before.bytes]);
  });

  test.each([
    ['no function', () => jacobian(3 as never), 'jacobian: takes a function; got number'],
    ['another mode', () => jacobian((x) => x, [0], { mode: 'fast' as never }), 'jacobian: mode is "forward" or "reverse" or "auto"; got "fast"'],
    ['another option', () => jacobian((x) => x, [0], { modes: 'auto' } as never), 'jacobian: no option is called "modes", did you mean mode?'],
    ['more arguments', () => (jacobian as (...v: unknown[]) => unknown)((x: Tensor) => x, [0], {}, 1), 'jacobian: is called'],
    ['options in place of params', () => hessian((x) => x, { mode: 'auto' } as never), 'hessian: no option is called "mode"'],
    ['more than eight axes', () => jacobian((x) => x.sin())(ones([1, 1, 1, 1, 2])), 'jacobian: takes at most 8 dimensions; got 10'],
    ['params out of range', () => jacobian((x) => x, [1])(1), 'params: index 1 is out of range'],
    ['another shape', () => hvp((x) => x.sum())([1, 2], [1]), 'jvp: argument 0 has shape [2]; got [1]'],
  ])('%s', (_, call, message) => expect(call).toThrow(message));

  test('an exception in f passes, and the next call is right', () => {
    const f = jacobian((x: Tensor): Tensor => {
      throw new Error(`mine ${x.rank}`);
    });
    expect(() => f([1])).toThrow('mine 1');
    expect(jacobian((x) => x.mul(2))(1)[0].item()).toBe(2);
  });
});
