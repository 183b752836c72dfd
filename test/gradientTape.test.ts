/** GradientTape: TensorFlow's cases, and what a tape does among other transforms. */
import {
  add,
  compile,
  customGradient,
  exp,
  GradientTape,
  gradientsFunction,
  matmul,
  memory,
  mul,
  ones,
  random,
  recomputeGradient,
  scope,
  sin,
  sum,
  TapeError,
  type Tensor,
  tensor,
  variable,
  vmap,
  zeros,
} from 'gradtape';
import { describe, expect, test } from 'vitest';

const t = (v: unknown): Tensor => v as Tensor;

describe('gradient', () => {
  test('of a product, by a watched tensor', () => {
    const x = tensor(3);
    const tape = new GradientTape();
    const y = tape.record(() => {
      tape.watch(x);
      return mul(x, x);
    });
    expect(tape.gradient(y, x)?.item()).toBe(6);
  });

  test('has the structure of the sources; repeated sources have the same gradient each', () => {
    const x = tensor([1, 2]);
    const w = tensor([3, 4]);
    const n = tensor([1, 2], { dtype: 'int32' });
    const tape = new GradientTape();
    const y = tape.record(() => {
      tape.watch({ x, w, n });
      return sum(mul(x, w));
    });
    const g = tape.gradient(y, { a: [x, x], w, n, none: null, text: 'text' });
    expect(t(g.a[0]).array()).toEqual([3, 4]);
    expect(t(g.a[1]).array()).toEqual([3, 4]);
    expect(t(g.w).array()).toEqual([1, 2]);
    expect([g.n, g.none, g.text]).toEqual([null, null, null]);
  });

  test('by an intermediate tensor, and by the one before it', () => {
    const x = tensor(3);
    const tape = new GradientTape();
    const [y, z] = tape.record(() => {
      tape.watch(x);
      const y = mul(x, x);
      return [y, mul(y, y)] as const;
    });
    const [dy, dx] = tape.gradient(z, [y, x]);
    expect(dy?.item()).toBe(18);
    expect(dx?.item()).toBe(108);
  });

  test('of a target that is a source: [x, x·x] by x is 1 + 2x', () => {
    const x = tensor(3);
    const tape = new GradientTape();
    const y = tape.record(() => {
      tape.watch(x);
      return mul(x, x);
    });
    expect(tape.gradient([x, y], x)?.item()).toBe(7);
  });

  test('is refused a second time, unless the tape is persistent', () => {
    const x = tensor(3);
    const once = new GradientTape();
    const y = once.record(() => {
      once.watch(x);
      return mul(x, x);
    });
    once.gradient(y, x);
    expect(() => once.gradient(y, x)).toThrow(/gradient: can only be called once on a non-persistent tape/);
    expect(() => once.gradient(y, x)).toThrow(TapeError);
    using tape = new GradientTape({ persistent: true });
    const z = tape.record(() => {
      tape.watch(x);
      return mul(mul(x, x), x);
    });
    for (let i = 0; i < 3; i++) expect(tape.gradient(z, x)?.item()).toBe(27);
  });

  test('of x³ three times on one persistent tape that records meanwhile', () => {
    const x = tensor(3);
    using tape = new GradientTape({ persistent: true });
    const all = tape.record(() => {
      tape.watch(x);
      let y = mul(mul(x, x), x);
      return [0, 1, 2, 3].map(() => {
        const before = y;
        y = tape.gradient(y, x) ?? zeros([]);
        return before;
      });
    });
    expect(all.map((v) => v.item())).toEqual([27, 27, 18, 6]);
  });

  test('with weights, of structure and shape of the target', () => {
    const x = tensor([1, 2]);
    using tape = new GradientTape({ persistent: true });
    const [y, z] = tape.record(() => {
      tape.watch(x);
      return [mul(x, x), sin(x)] as const;
    });
    expect(tape.gradient(y, x, { outputGradients: [1, 10] })?.array()).toEqual([2, 40]);
    expect(
      tape
        .gradient([y, z], x, {
          outputGradients: [
            [1, 10],
            [0, 0],
          ],
        })
        ?.array(),
    ).toEqual([2, 40]);
    expect(() => tape.gradient(y, x, { outputGradients: [1, 2, 3] })).toThrow(/outputGradients.*shape/);
    expect(() => tape.gradient([y, z], x, { outputGradients: [[1, 1]] })).toThrow(/outputGradients/);
    expect(tape.gradient([y, z], x, { outputGradients: [[1, 10], null] })?.shape).toEqual([2]);
  });

  test('of unconnected sources is null, or zeros of their shape and dtype', () => {
    const x = tensor([1, 2], { dtype: 'float64' });
    const u = tensor([[1, 2, 3]], { dtype: 'float64' });
    using tape = new GradientTape({ persistent: true });
    const y = tape.record(() => {
      tape.watch([x, u]);
      return mul(x, x);
    });
    expect(tape.gradient(y, u)).toBeNull();
    const zero = tape.gradient(y, u, { unconnectedGradients: 'zero' });
    expect([zero.dtype, zero.shape, zero.array()]).toEqual(['float64', [1, 3], [[0, 0, 0]]]);
    expect(() => tape.gradient(y, u, { unconnectedGradients: 'nonsense' as 'zero' })).toThrow(/Unknown value for unconnectedGradients: "nonsense"/);
  });
});

describe('watch', () => {
  test('begins where it is called: a tensor that was computed before is a source from there', () => {
    const x = tensor(3);
    const y = mul(x, x);
    const tape = new GradientTape({ persistent: true });
    const z = tape.record(() => {
      const before = mul(y, 5);
      tape.watch(y);
      return add(before, mul(y, y));
    });
    expect(tape.gradient(z, y)?.item()).toBe(18);
    expect(tape.gradient(z, x)).toBeNull();
    tape.dispose();
  });

  test('of an intermediate tensor changes nothing', () => {
    const x = tensor(3);
    const tape = new GradientTape({ persistent: true });
    const [y, z] = tape.record(() => {
      tape.watch(x);
      const y = mul(x, x);
      tape.watch(y);
      tape.watch(x);
      return [y, mul(y, x)] as const;
    });
    expect(tape.gradient(z, x)?.item()).toBe(27);
    expect(tape.gradient(z, y)?.item()).toBe(3);
    tape.dispose();
  });

  test('by an inner tape leaves the outer tape what it knows, in any order of watching', () => {
    for (const innerFirst of [true, false]) {
      const x = tensor(3);
      const outer = new GradientTape({ persistent: true });
      const inner = new GradientTape({ persistent: true });
      const [y, z, u] = outer.record(() => {
        if (!innerFirst) outer.watch(x);
        const y = mul(x, x);
        const z = inner.record(() => {
          inner.watch(x);
          inner.watch(y);
          if (innerFirst) outer.watch(x);
          return mul(mul(x, x), y);
        });
        return [y, z, add(mul(z, x), y)] as const;
      });
      expect(inner.gradient(z, x)?.item()).toBe(54);
      expect(inner.gradient(z, y)?.item()).toBe(9);
      // z = x²·y; u = z·x + y; y is x² for the outer tape if it watched x before
      expect(outer.gradient(u, x)?.item()).toBe(innerFirst ? 3 * 9 * 9 : 5 * 81 + 6);
      if (!innerFirst) expect(outer.gradient(u, y)?.item()).toBe(28);
      inner.dispose();
      outer.dispose();
    }
  });

  test('refuses what is no tensor', () => {
    const tape = new GradientTape();
    for (const v of [3, 'x', undefined, null, [1, 2], { a: 1 }, () => 1, new Map()]) expect(() => tape.record(() => tape.watch(v))).toThrow(/watch: /);
    expect(() => tape.watch(tensor(1))).toThrow(/watch: the tape is not recording/);
  });
});

describe('recording', () => {
  test('ends with its function, also when that throws, and a promise is refused', () => {
    const tape = new GradientTape();
    const own = new Error('own');
    expect(() =>
      tape.record(() => {
        throw own;
      }),
    ).toThrow(own);
    expect(() => tape.record(async () => 1)).toThrow(/record: the function returned a promise/);
    const x = tensor(3);
    const y = tape.record(() => {
      tape.watch(x);
      return mul(x, x);
    });
    expect(tape.gradient(y, x)?.item()).toBe(6);
  });

  test('does not begin twice', () => {
    const tape = new GradientTape();
    expect(() => tape.record(() => tape.record(() => 1))).toThrow(/the tape is still recording/);
    expect(tape.record(() => 1)).toBe(1);
  });

  test('continues where the tape was left', () => {
    const x = tensor(3);
    const tape = new GradientTape({ persistent: true });
    const y = tape.record(() => {
      tape.watch(x);
      return mul(x, x);
    });
    const outside = mul(y, y);
    const z = tape.record(() => mul(y, x));
    const w = tape.record(() => add(mul(z, x), mul(outside, y)));
    expect(tape.gradient(z, x)?.item()).toBe(27);
    expect(tape.gradient(w, x)?.item()).toBe(4 * 27 + 81 * 6);
    expect(tape.gradient([w, y], y)?.item()).toBe(9 + 81 + 1);
    expect(tape.gradient(w, z)?.item()).toBe(3);
    expect(tape.gradient(outside, x)).toBeNull();
    tape.dispose();
  });

  test('continues inside another tape, which sees what is its own', () => {
    const x = tensor(3);
    const tape = new GradientTape({ persistent: true });
    const y = tape.record(() => {
      tape.watch(x);
      return mul(x, x);
    });
    const outer = new GradientTape();
    const [z, g] = outer.record(() => {
      outer.watch(x);
      const z = tape.record(() => mul(y, x));
      return [z, tape.gradient(z, x)] as const;
    });
    expect(g?.item()).toBe(27); // 2x·x + y, with y a constant of the outer tape
    expect(outer.gradient(g, x)?.item()).toBe(12);
    expect(z.item()).toBe(27);
    tape.dispose();
  });

  test('pauses in stopRecording', () => {
    const x = tensor(3);
    const v = variable(2);
    const tape = new GradientTape({ persistent: true });
    const [y, z] = tape.record(() => {
      tape.watch(x);
      const y = mul(x, x);
      const z = tape.stopRecording(() => mul(mul(y, x), v));
      return [y, z, mul(z, y)] as const;
    });
    expect(tape.gradient(y, x)?.item()).toBe(6);
    expect(tape.gradient(z, x)).toBeNull();
    expect(tape.watchedVariables()).toEqual([]);
    expect(() => tape.stopRecording(() => 1)).toThrow(/stopRecording: the tape is not recording/);
    tape.dispose();
  });

  test('a pause keeps what other tapes record', () => {
    const x = tensor(3);
    const outer = new GradientTape();
    const inner = new GradientTape();
    const y = outer.record(() => {
      outer.watch(x);
      return inner.record(() => {
        inner.watch(x);
        return inner.stopRecording(() => mul(x, x));
      });
    });
    expect(inner.gradient(y, x)).toBeNull();
    expect(outer.gradient(y, x)?.item()).toBe(6);
  });

  test('a tape that is paused while another one opens and closes goes on', () => {
    const x = tensor(3);
    const outer = new GradientTape();
    const y = outer.record(() => {
      outer.watch(x);
      const [g] = outer.stopRecording(() => gradientsFunction((v) => mul(v, v))(x));
      return mul(x, t(g));
    });
    expect(outer.gradient(y, x)?.item()).toBe(6);
  });

  test('begins anew after reset', () => {
    const x = tensor(3);
    const w = variable(2);
    const tape = new GradientTape({ persistent: true });
    const [y, z] = tape.record(() => {
      tape.watch(x);
      const y = mul(mul(x, x), w);
      tape.reset();
      expect(tape.watchedVariables()).toEqual([]);
      return [y, mul(w, x)] as const;
    });
    expect(tape.gradient(y, x)).toBeNull();
    expect(tape.gradient(z, x)).toBeNull();
    expect(tape.gradient(z, w)?.item()).toBe(3);
    tape.reset();
    expect(() => tape.gradient(z, w)).toThrow(/the tape has recorded nothing/);
  });

  test('start and stop, and using', () => {
    const x = tensor(3);
    {
      using tape = new GradientTape().start();
      tape.watch(x);
      expect(tape.gradient(mul(x, x), x)?.item()).toBe(6);
    }
    expect(gradientsFunction((v) => mul(v, x))(tensor(1))[0]?.item()).toBe(3);
  });

  test('tapes that end in another order than they began in record to their own ends', () => {
    const x = tensor(3);
    const a = new GradientTape({ persistent: true }).start();
    a.watch(x);
    const b = new GradientTape({ persistent: true }).start();
    b.watch(x);
    const y = mul(x, x);
    a.stop();
    const z = mul(y, x);
    expect(a.gradient(y, x)?.item()).toBe(6);
    expect(a.gradient(z, x)).toBeNull();
    const u = a.record(() => mul(y, mul(x, x)));
    b.stop();
    expect(a.gradient(u, x)?.item()).toBe(108);
    expect(b.gradient(z, x)?.item()).toBe(27);
    expect(b.gradient(u, x)?.item()).toBe(108);
    const v = mul(x, x);
    expect([a.gradient(v, x), b.gradient(v, x)]).toEqual([null, null]);
    a.dispose();
    b.dispose();
  });

  test('a tape that is disposed inside a tape that began later leaves that one be', () => {
    const x = tensor(3);
    const inner = new GradientTape();
    const outer = new GradientTape({ persistent: true });
    const y = outer.record(() =>
      inner.record(() => {
        inner.watch(x);
        outer.watch(x);
        outer.dispose();
        return mul(x, x);
      }),
    );
    expect(inner.gradient(y, x)?.item()).toBe(6);
    expect(() => outer.gradient(y, x)).toThrow(/the tape has recorded nothing/);
  });

  test('a tape around vmap is neither stopped, reset nor paused in it', () => {
    const x = tensor([1, 2]);
    using tape = new GradientTape({ persistent: true });
    tape.record(() => {
      tape.watch(x);
      for (const f of [() => tape.reset(), () => tape.stop(), () => tape.dispose(), () => tape.stopRecording(() => 1)])
        expect(() =>
          vmap((v: Tensor) => {
            f();
            return v;
          })(x),
        ).toThrow(/the tape began to record outside of the function that vmap runs/);
      expect(tape.gradient(mul(x, x), x)?.array()).toEqual([2, 4]);
    });
  });

  test('a tape that is started and not stopped ends with the function around', () => {
    const x = tensor(3);
    let tape!: GradientTape;
    const [g] = gradientsFunction((v) => {
      tape = new GradientTape({ persistent: true }).start();
      tape.watch(v);
      return mul(v, v);
    })(x);
    expect(g?.item()).toBe(6);
    expect(() => tape.watch(x)).toThrow(/not recording/);
    const next = new GradientTape();
    expect(
      next
        .gradient(
          next.record(() => {
            next.watch(x);
            return mul(x, x);
          }),
          x,
        )
        ?.item(),
    ).toBe(6);
  });
});

describe('nested', () => {
  test('tapes give derivatives of any order', () => {
    const x = tensor(2, { dtype: 'float64' });
    const nth = (n: number, f: (x: Tensor) => Tensor): Tensor => {
      if (n === 0) return f(x);
      const tape = new GradientTape();
      const y = tape.record(() => {
        tape.watch(x);
        return nth(n - 1, f);
      });
      return t(tape.gradient(y, x));
    };
    expect([0, 1, 2, 3, 4].map((n) => nth(n, (v) => mul(mul(v, v), mul(v, v))).item())).toEqual([16, 32, 48, 48, 24]);
    expect(nth(5, exp).item()).toBeCloseTo(Math.exp(2), 12);
  });

  test('with gradient functions, inside and outside', () => {
    const x = tensor(3);
    const tape = new GradientTape();
    const g = tape.record(() => {
      tape.watch(x);
      return t(gradientsFunction((v) => mul(mul(v, v), x))(x)[0]);
    });
    expect(tape.gradient(g, x)?.item()).toBe(12); // 2·v·x at v = x
    const second = gradientsFunction((v) => {
      const inner = new GradientTape();
      const y = inner.record(() => {
        inner.watch(v);
        return mul(mul(v, v), v);
      });
      return t(inner.gradient(y, v));
    })(x)[0];
    expect(t(second).item()).toBe(18);
  });

  test('no perturbation confusion: the inner tape does not see what the outer one watches', () => {
    const x = tensor(3);
    const y = tensor(5);
    const outer = new GradientTape();
    const z = outer.record(() => {
      outer.watch(x);
      const inner = new GradientTape();
      const p = inner.record(() => {
        inner.watch(y);
        return mul(x, y);
      });
      return mul(x, t(inner.gradient(p, y)));
    });
    expect(outer.gradient(z, x)?.item()).toBe(6);
  });

  test('a persistent tape is asked inside other tapes, which watch the same tensor', () => {
    const x = tensor(3);
    const tape = new GradientTape({ persistent: true });
    const y = tape.record(() => {
      tape.watch(x);
      return mul(mul(x, x), x);
    });
    const outer = new GradientTape();
    const g = outer.record(() => {
      const between = new GradientTape();
      return between.record(() => {
        outer.watch(x);
        between.watch(x);
        return t(tape.gradient(y, x));
      });
    });
    expect(g.item()).toBe(27);
    expect(outer.gradient(g, x)?.item()).toBe(12); // 3x² is 2x·x + x², with x·x computed before
    tape.dispose();
  });
});

describe('jacobian', () => {
  test('has the shape of target and source', () => {
    const x = tensor([1, 2, 3], { dtype: 'float64' });
    const w = tensor(
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      { dtype: 'float64' },
    );
    const tape = new GradientTape();
    const y = tape.record(() => {
      tape.watch([x, w]);
      return matmul(w, mul(x, x).reshape([3, 1])).reshape([2]);
    });
    const j = tape.jacobian(y, { x, w, none: tensor([1]) });
    expect(j.x?.array()).toEqual([
      [2, 8, 18],
      [8, 20, 36],
    ]);
    expect(j.w?.shape).toEqual([2, 2, 3]);
    expect(j.w?.array()).toEqual([
      [
        [1, 4, 9],
        [0, 0, 0],
      ],
      [
        [0, 0, 0],
        [1, 4, 9],
      ],
    ]);
    expect(j.none).toBeNull();
    expect(() => tape.jacobian(y, x)).toThrow(/once/);
  });

  test('of zeros and empties', () => {
    const x = tensor([1, 2]);
    const u = tensor([1]);
    const e = zeros([0, 2]);
    using tape = new GradientTape({ persistent: true });
    const [y, n] = tape.record(() => {
      tape.watch([x, u, e]);
      return [mul(x, x), mul(e, x)] as const;
    });
    expect(tape.jacobian(y, u, { unconnectedGradients: 'zero' }).array()).toEqual([[0], [0]]);
    expect(tape.jacobian(n, x)?.shape).toEqual([0, 2, 2]);
    expect(tape.jacobian(y, [x])[0]?.array()).toEqual([
      [2, 0],
      [0, 4],
    ]);
  });

  test('is differentiable again, on the tape itself and by an outer one', () => {
    const x = tensor([1, 2]);
    using tape = new GradientTape({ persistent: true });
    const h = tape.record(() => {
      tape.watch(x);
      return tape.jacobian(t(tape.gradient(sum(mul(mul(x, x), x)), x)), x);
    });
    expect(h?.array()).toEqual([
      [6, 0],
      [0, 12],
    ]);
    expect(tape.jacobian(t(h), x)?.array()).toEqual([
      [
        [6, 0],
        [0, 0],
      ],
      [
        [0, 0],
        [0, 6],
      ],
    ]);
  });

  test('of each example', () => {
    const x = tensor([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    const w = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    using tape = new GradientTape({ persistent: true });
    const y = tape.record(() => {
      tape.watch(x);
      return matmul(mul(x, x), w);
    });
    const j = t(tape.batchJacobian(y, x));
    expect(j.shape).toEqual([3, 3, 2]);
    const whole = t(tape.jacobian(y, x)).array() as number[][][][];
    expect(j.array()).toEqual(whole.map((rows, b) => rows.map((row) => row[b])));
    expect(() => tape.batchJacobian(t(sum(y)), x)).toThrow(/must have rank at least 2/);
    expect(() => tape.batchJacobian(y, t(w))).toThrow(/first dimension of the target is 3, of the source 2; they must match/);
  });
});

describe('among transforms', () => {
  const second = (x: Tensor): Tensor => {
    const outer = new GradientTape();
    const g = outer.record(() => {
      outer.watch(x);
      const inner = new GradientTape();
      const y = inner.record(() => {
        inner.watch(x);
        return sum(mul(sin(x), exp(x)));
      });
      return t(inner.gradient(y, x));
    });
    return t(outer.gradient(g, x));
  };

  test('under compile: the bits of the eager function', () => {
    const x = random.normal(random.key(1), [7], { dtype: 'float64' });
    const compiled = compile(second);
    for (let i = 0; i < 3; i++) expect(compiled(x).array()).toEqual(second(x).array());
  });

  test('under vmap', () => {
    const x = random.normal(random.key(1), [5, 3], { dtype: 'float64' });
    const rows = vmap(second)(x).array() as number[][];
    rows.forEach((row, i) => {
      row.forEach((v, k) => void expect(v).toBeCloseTo((second(x.slice([i], [1]).reshape([3])).array() as number[])[k] as number, 13));
    });
  });

  test('a tape around vmap and around compile', () => {
    const x = tensor([1, 2, 3]);
    const w = tensor(2);
    const tape = new GradientTape();
    const f = compile((v: Tensor) => mul(v, v));
    const y = tape.record(() => {
      tape.watch([x, w]);
      return sum(vmap((v: Tensor) => mul(f(v), w))(x));
    });
    const [dx, dw] = tape.gradient(y, [x, w]);
    expect(dx?.array()).toEqual([4, 8, 12]);
    expect(dw?.item()).toBe(14);
  });

  test('a tensor from outside that a tape inside vmap watches is again what it was for the tapes outside', () => {
    const x = tensor([1, 2, 3]);
    const w = tensor(2);
    const tape = new GradientTape();
    const y = tape.record(() => {
      tape.watch(w);
      const g = vmap((v: Tensor) => {
        const inner = new GradientTape();
        const p = inner.record(() => {
          inner.watch(w);
          return mul(mul(v, w), w);
        });
        return t(inner.gradient(p, w));
      })(x);
      return add(sum(g), mul(w, w));
    });
    expect(tape.gradient(y, w)?.item()).toBe(2 * 6 + 4);
  });

  test('rules in JavaScript, of persistent tapes that record and that were left', () => {
    const cube = customGradient((x: Tensor) => [mul(mul(x, x), x), (dy: Tensor) => mul(dy, mul(mul(x, x), 3))]);
    const square = recomputeGradient((x: Tensor) => mul(x, x));
    const x = tensor(2);
    using tape = new GradientTape({ persistent: true });
    const [y, inside] = tape.record(() => {
      tape.watch(x);
      const y = square(cube(x));
      return [y, t(tape.gradient(t(tape.gradient(y, x)), x))] as const;
    });
    expect(inside.item()).toBe(30 * 16);
    expect(tape.gradient(y, x)?.item()).toBe(6 * 32);
    expect(tape.gradient(inside, x)?.item()).toBe(120 * 8);
    expect(tape.jacobian(y, x)?.item()).toBe(6 * 32);
  });

  test('a rule that throws leaves the tape and the library right', () => {
    const own = new Error('own');
    let fails = true;
    const f = customGradient((x: Tensor) => [
      mul(x, x),
      (dy: Tensor) => {
        if (fails) throw own;
        return mul(dy, mul(x, 2));
      },
    ]);
    const x = tensor(3);
    using tape = new GradientTape({ persistent: true });
    const y = tape.record(() => {
      tape.watch(x);
      return f(x);
    });
    expect(() => tape.gradient(y, x)).toThrow(own);
    fails = false;
    expect(tape.gradient(y, x)?.item()).toBe(6);
  });

  test('a rule may not use the tape that waits for it', () => {
    const x = tensor(3);
    using tape = new GradientTape({ persistent: true });
    const f = customGradient((v: Tensor) => [mul(v, v), (dy: Tensor) => t(tape.gradient(y, x) ?? dy)]);
    const y: Tensor = tape.record(() => {
      tape.watch(x);
      return f(x);
    });
    expect(() => tape.gradient(y, x)).toThrow(/a rule of customGradient uses the tape whose sweep has called it/);
  });
});

describe('memory', () => {
  const step = (x: Tensor, persistent: boolean): void => {
    const tape = new GradientTape({ persistent });
    const y = tape.record(() => {
      tape.watch(x);
      return sum(mul(sin(x), exp(x)));
    });
    for (let i = 0; i < (persistent ? 2 : 1); i++) tape.gradient(y, x);
  };

  test('is flat in loops: of tapes that are asked once, and of persistent ones in scopes', () => {
    const x = ones([64]);
    for (const persistent of [false, true]) {
      let live = 0;
      for (let i = 0; i < 3000; i++) {
        if (persistent) scope(() => void step(x, true));
        else step(x, false);
        if (i === 1500) live = memory().bytes;
      }
      expect(memory().bytes).toBeLessThan(live + 100_000);
    }
  });

  test('of a tape ends with the scope in which it was made, and the tape says so', () => {
    const x = tensor(3);
    const { tape, y } = scope(() => {
      const tape = new GradientTape({ persistent: true });
      const y = tape.record(() => {
        tape.watch(x);
        return mul(x, x);
      });
      return { y: y.keep(), tape: () => tape };
    });
    expect(() => tape().gradient(y, x)).toThrow(/its recording ended with the scope in which the tape was made/);
  });

  test('a tensor that the ring would move stays as long as a tape has it', () => {
    const x = tensor(3);
    const tape = new GradientTape();
    const y = tape.record(() => {
      tape.watch(x);
      return mul(x, x);
    });
    for (let i = 0; i < 5000; i++) tensor([i]);
    expect(tape.gradient(y, x)?.item()).toBe(6);
  });

  test('a released source or target is an error', () => {
    const x = tensor(3);
    const u = tensor(3);
    using tape = new GradientTape({ persistent: true });
    const y = tape.record(() => {
      tape.watch(x);
      return mul(x, x);
    });
    u.dispose();
    expect(() => tape.gradient(y, u)).toThrow(/released/);
    expect(() => tape.gradient(u, x)).toThrow(/released/);
  });
});

describe('nonsense arguments', () => {
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  const NONSENSE: readonly unknown[] = [
    undefined,
    null,
    3,
    Number.NaN,
    5n,
    'x',
    true,
    Symbol('s'),
    () => 1,
    new Map(),
    new Float32Array(2),
    [1, 2],
    [[1]],
    { re: 1, im: 2 },
    cyclic,
  ];
  test.each(['gradient', 'jacobian', 'batchJacobian'] as const)('%s refuses them by name, and the tape can still be asked', (name) => {
    const tape = new GradientTape();
    const x = tensor([[1, 2]]);
    const target = tape.record(() => {
      tape.watch(x);
      return mul(x, x);
    });
    const ask = (...args: unknown[]): unknown => (tape[name] as (...args: unknown[]) => unknown).apply(tape, args);
    for (const v of NONSENSE) {
      expect(() => ask(v, x)).toThrow(new RegExp(`^${name}: `));
      expect(() => ask(target, v)).toThrow(new RegExp(`^${name}: `));
      if (v !== undefined) expect(() => ask(target, x, v)).toThrow(new RegExp(`^(${name}|outputGradients): `));
      if (v !== undefined && v !== null)
        expect(() => ask(target, x, { unconnectedGradients: v })).toThrow(/^(gradient|jacobian|batchJacobian): Unknown value for unconnectedGradients/);
    }
    expect(() => ask(target, x, { nonsense: 1 })).toThrow(new RegExp(`^${name}: no option is called "nonsense"`));
    expect(tape.gradient(target, x)?.array()).toEqual([[2, 4]]);
  });

  test('the constructor, record, stopRecording and watch refuse them by name', () => {
    for (const v of NONSENSE) {
      if (v !== undefined) expect(() => new GradientTape(v as never)).toThrow(/^GradientTape: /);
      if (v !== undefined)
        expect(() => new GradientTape({ persistent: v as never, ...(v === true ? { watchAccessedVariables: 1 as never } : {}) })).toThrow(
          /^GradientTape: (persistent|watchAccessedVariables) is true or false/,
        );
      if (typeof v === 'function') continue;
      const tape = new GradientTape();
      expect(() => tape.record(v as never)).toThrow(/^record: takes a function/);
      expect(() => tape.record(() => tape.stopRecording(v as never))).toThrow(/^stopRecording: takes a function/);
      expect(() => tape.record(() => tape.watch(v))).toThrow(/^watch: /);
    }
  });
});
