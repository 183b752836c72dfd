/** Variables, and gradients by the variables that a function reads. */
import {
  add,
  CompileError,
  compile,
  GradientTape,
  grad,
  gradientsFunction,
  implicitGradients,
  implicitValueAndGradients,
  matmul,
  memory,
  mul,
  ones,
  scope,
  sin,
  sub,
  sum,
  TapeError,
  type Tensor,
  Tensor as TensorClass,
  tensor,
  type Variable,
  variable,
  vmap,
} from 'gradtape';
import { describe, expect, test } from 'vitest';

describe('variable', () => {
  test('is a tensor, in functions and methods', () => {
    const v = variable([1, 2]);
    expect(v).toBeInstanceOf(TensorClass);
    expect([v.dtype, v.shape, v.rank, v.size]).toEqual(['float32', [2], 1, 2]);
    expect(v.add(1).array()).toEqual([2, 3]);
    expect(add(1, v).array()).toEqual([2, 3]);
    expect(matmul(v.reshape([1, 2]), v.reshape([2, 1])).array()).toEqual([[5]]);
    expect(variable(1, { name: 'w' }).name).toBe('w');
    expect(variable(1).trainable).toBe(true);
    expect(variable([1], { dtype: 'float64' }).dtype).toBe('float64');
  });

  test('is assigned: later reads see it, earlier results stay', () => {
    const v = variable([1, 2]);
    const before = v.mul(1);
    expect(v.assign([5, 6])).toBe(v);
    expect(v.array()).toEqual([5, 6]);
    expect(v.assignAdd([1, 1]).array()).toEqual([6, 7]);
    expect(v.assignSub(2).array()).toEqual([4, 5]);
    expect(v.assign(mul(v, v)).array()).toEqual([16, 25]);
    expect(before.array()).toEqual([1, 2]);
    expect(v.toString()).toContain('16');
  });

  test('keeps shape and dtype', () => {
    const v = variable([1, 2], { name: 'w' });
    expect(() => v.assign([1, 2, 3])).toThrow(/assign: the variable w has shape \[2\]; got \[3\]/);
    expect(() => v.assign(tensor([1, 2], { dtype: 'float64' }))).toThrow(/assign: the variable w is float32; got float64/);
    expect(() => v.assign(1)).toThrow(/shape/);
    expect(() =>
      v.assignAdd([
        [1, 2],
        [3, 4],
      ]),
    ).toThrow(/shape/);
    for (const value of [null, undefined, 'x', {}, () => 1, new Map()]) expect(() => v.assign(value as never)).toThrow();
    expect(v.array()).toEqual([1, 2]);
  });

  test('copies what it is made of, and outlives every scope', () => {
    const data = new Float32Array([1, 2]);
    const x = tensor([3, 4]);
    const [v, w] = (() => {
      let made: [Variable, Variable] | null = null;
      scope(() => {
        made = [variable(data), variable(x)];
        made[0].assignAdd(mul(x, 2));
        made[1].assign(mul(x, 3));
      });
      return made as unknown as [Variable, Variable];
    })();
    data[0] = 9;
    x.dispose();
    expect(v.array()).toEqual([7, 10]);
    expect(w.array()).toEqual([9, 12]);
  });

  test('moves out of linear memory and back like other tensors', () => {
    const v = variable([1, 2]);
    const w = variable([3, 4]);
    for (let i = 0; i < 5000; i++) tensor([i]);
    expect(v.array()).toEqual([1, 2]);
    expect(w.assign([5, 6]).array()).toEqual([5, 6]);
    for (let i = 0; i < 5000; i++) tensor([i]);
    expect(add(v, w).array()).toEqual([6, 8]);
    v.dispose();
    expect(() => v.add(1)).toThrow(/released/);
  });

  test('refuses other options', () => {
    expect(() => variable(1, { nam: 'x' } as never)).toThrow(/variable: no option is called "nam", did you mean name\?/);
    expect(() => variable(1, { name: 3 } as never)).toThrow(/variable: name is a text; got 3/);
    expect(() => variable(1, { trainable: 1 } as never)).toThrow(/variable: trainable is true or false; got 1/);
    expect(() => variable('x' as never)).toThrow();
  });

  test('as an argument of gradient functions', () => {
    const v = variable(3);
    expect(grad((x: Tensor) => mul(x, x))(v).item()).toBe(6);
    expect(gradientsFunction((x: Tensor) => mul(x, v))(v)[0]?.item()).toBe(3);
  });
});

describe('a tape', () => {
  test('watches trainable variables when they are read, in the order in which they were made', () => {
    const a = variable(2);
    const b = variable(3);
    const c = variable(5, { trainable: false });
    const d = variable(7);
    using tape = new GradientTape({ persistent: true });
    const y = tape.record(() => mul(mul(b, c), a));
    expect(tape.watchedVariables().map((v) => v.id)).toEqual([a.id, b.id]);
    expect(tape.gradient(y, { a, b, c, d })).toMatchObject({ c: null, d: null });
    const g = tape.gradient(y, [b, a]);
    expect(g.map((x) => x?.item())).toEqual([10, 15]);
  });

  test('watches none without watchAccessedVariables, unless told', () => {
    const a = variable(2);
    const c = variable(5, { trainable: false });
    using tape = new GradientTape({ persistent: true, watchAccessedVariables: false });
    const y = tape.record(() => {
      tape.watch(c);
      return mul(a, c);
    });
    expect(tape.gradient(y, a)).toBeNull();
    expect(tape.gradient(y, c)?.item()).toBe(2);
    expect(tape.watchedVariables().map((v) => v.id)).toEqual([c.id]);
  });

  test('counts all reads, before and after an assignment, which is not recorded', () => {
    const v = variable(2);
    using tape = new GradientTape({ persistent: true });
    const [y, z] = tape.record(() => {
      const y = mul(v, v);
      v.assign(mul(v, 5));
      return [y, mul(v, v)] as const;
    });
    expect([y.item(), z.item()]).toEqual([4, 100]);
    expect(tape.gradient(y, v)?.item()).toBe(4);
    expect(tape.gradient(z, v)?.item()).toBe(20);
    expect(tape.gradient([y, z], v)?.item()).toBe(24);
  });

  test('nested, at any order, and by variables read before the tape began', () => {
    const v = variable(3);
    expect(v.mul(2).item()).toBe(6);
    const outer = new GradientTape();
    const g = outer.record(() => {
      v.mul(2);
      const inner = new GradientTape();
      const y = inner.record(() => mul(mul(v, v), v));
      return inner.gradient(y, v) as Tensor;
    });
    expect(g.item()).toBe(27);
    expect(outer.gradient(g, v)?.item()).toBe(18);
  });

  test('continues with variables that were assigned meanwhile', () => {
    const v = variable(3);
    using tape = new GradientTape({ persistent: true });
    const y = tape.record(() => mul(v, v));
    v.assign(10);
    const z = tape.record(() => mul(y, v));
    expect(tape.gradient(z, v)?.item()).toBe(9 + 60);
  });

  test('a training loop runs in flat memory, with nothing disposed', () => {
    const w = variable(ones([16, 16]).div(16));
    const x = ones([4, 16]);
    let live = 0;
    for (let i = 0; i < 3000; i++) {
      const tape = new GradientTape();
      const loss = tape.record(() => sum(sin(matmul(x, w))));
      w.assignSub(mul(tape.gradient(loss, w) as Tensor, 1e-3));
      if (i === 1500) live = memory().bytes;
    }
    expect(memory().bytes).toBeLessThan(live + 100_000);
  });
});

describe('implicitGradients', () => {
  test('gives a gradient for each variable that is read, in the order in which they were made', () => {
    const a = variable([1, 2]);
    const b = variable([3, 4]);
    const unused = variable(1);
    const fixed = variable(2, { trainable: false });
    const pairs = implicitGradients((x: Tensor) => {
      mul(unused, 2);
      return sum(mul(mul(b, a), mul(x, fixed)));
    })(2);
    expect(pairs.map(([, v]) => v.id)).toEqual([a.id, b.id, unused.id]);
    expect(pairs.map(([g]) => g?.array() ?? null)).toEqual([[12, 16], [4, 8], null]);
  });

  test('with the value, in its structure', () => {
    const a = variable(3);
    const { value, gradients } = implicitValueAndGradients((x: Tensor) => ({ y: mul(a, x), list: [mul(a, a), 7, true] }))(2);
    expect((value.y as Tensor).item()).toBe(6);
    expect((value.list[0] as Tensor).item()).toBe(9);
    expect(value.list.slice(1)).toEqual([7, true]);
    expect(gradients.map(([g, v]) => [g?.item(), v.id])).toEqual([[8, a.id]]);
  });

  test('is differentiable again, by variables and by arguments', () => {
    const a = variable(3);
    const first = implicitGradients((x: Tensor) => mul(mul(a, a), x));
    const second = implicitGradients((x: Tensor) => first(x)[0]?.[0] as Tensor);
    expect(second(5)[0]?.[0]?.item()).toBe(10);
    expect(gradientsFunction((x: Tensor) => first(x)[0]?.[0] as Tensor)(5)[0]?.item()).toBe(6);
  });

  test('of a function that reads no variable, returns nothing or throws is an error, and the next call is right', () => {
    const a = variable(3);
    const own = new Error('own');
    expect(() => implicitGradients((x: Tensor) => mul(x, x))(2)).toThrow(TapeError);
    expect(() => implicitGradients((x: Tensor) => mul(x, x))(2)).toThrow(/implicitGradients: no trainable variable is read/);
    expect(() => implicitGradients(() => mul(variable(1, { trainable: false }), 1))()).toThrow(/no trainable variable/);
    expect(() => implicitGradients(() => void mul(a, a))()).toThrow(/returns nothing/);
    expect(() => implicitGradients(async () => mul(a, a))()).toThrow(/promise/);
    expect(() =>
      implicitGradients(() => {
        mul(a, a);
        throw own;
      })(),
    ).toThrow(own);
    expect(() => implicitGradients(3 as never)).toThrow(/implicitGradients: takes a function; got 3/);
    expect(implicitGradients(() => mul(a, a))()[0]?.[0]?.item()).toBe(6);
  });
});

describe('among transforms', () => {
  test('in compile a variable is an argument; read or assigned inside it is refused', () => {
    const v = variable(3);
    v.mul(1);
    const f = compile((w: Tensor, x: Tensor) => mul(w, x));
    expect(f(v, tensor(2)).item()).toBe(6);
    v.assign(5);
    expect(f(v, tensor(2)).item()).toBe(10);
    const reads = compile((x: Tensor) => mul(v, x));
    expect(() => reads(tensor(2))).toThrow(CompileError);
    expect(() => reads(tensor(2))).toThrow(/the variable \w+ is read in a function that is being compiled.*pass it as an argument/);
    expect(() =>
      compile((x: Tensor) => {
        v.assign(1);
        return x;
      })(tensor(2)),
    ).toThrow(/is assigned in a function/);
    expect(() =>
      compile((x: Tensor) => {
        v.assignAdd(x);
        return x;
      })(tensor(2)),
    ).toThrow(CompileError);
    expect(mul(v, 2).item()).toBe(10);
    expect(implicitGradients(() => f(v, v))()[0]?.[0]?.item()).toBe(10);
  });

  test('in vmap a variable is the same for all examples, and its gradient counts them', () => {
    const v = variable(3);
    const f = vmap((x: Tensor) => mul(mul(v, v), x));
    expect(f(tensor([1, 2])).array()).toEqual([9, 18]);
    expect(implicitGradients(() => f(tensor([1, 2])))()[0]?.[0]?.item()).toBe(18);
    expect(() => vmap((x: Tensor) => v.assign(x))(tensor([1, 2]))).toThrow(CompileError);
    expect(sub(v, 1).item()).toBe(2);
  });
});
