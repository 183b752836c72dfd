/**
 * Failures: each allocation fails in turn, memory may not grow, the core traps. After each, live tensors are still live and the next call is
 * right. Runs on the sanitizer build, which guards its blocks and makes allocations fail on demand.
 */
import { compile, concat, gradientsFunction, init, makeVjp, matmul, memory, ones, scope, sum, type Tensor, tensor, valueAndGradientsFunction } from 'gradtape';
import { conv1d, conv2d, maxPool1d } from 'gradtape/nn';
import { beforeAll, describe, expect, test } from 'vitest';
import { Record as Rec } from '../assembly/shared/abi.js';
import { internals as module } from './root.js';
import { compiled, type Sanitized, wingsOf } from './sanitizer.js';

const MEMORY = 64 * 2 ** 20;

const switches = (): Sanitized => module.core as unknown as Sanitized;

beforeAll(() => {
  init({ module: compiled(), wings: wingsOf('sanitize'), memory: MEMORY });
  module.ready();
});

describe('each allocation refused in turn', () => {
  const w = (): Tensor =>
    tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
  const f = (x: Tensor, y: Tensor): Tensor =>
    sum(
      matmul(x, y)
        .sin()
        .mul(x.slice([0, 0], [2, 2])),
    );

  const runs: Readonly<Record<string, () => unknown>> = {
    'an op': () => w().mul(2).array(),
    'a reduction': () => sum(w(), 1).array(),
    'a list of tensors': () => concat([w(), w()], 1).array(),
    'a gradient': () => gradientsFunction(f)(w(), w().transpose()).map((g) => g?.array()),
    'a convolution and its gradient': () =>
      gradientsFunction((x: Tensor, y: Tensor) => maxPool1d(conv1d(x, y, { strides: 2, padding: 'SAME' }), 2))(
        w().reshape([1, 2, 3]).transpose([0, 2, 1]),
        w().reshape([3, 2, 1]),
      ).map((g) => g?.array()),
    'a gradient by the second order': () =>
      gradientsFunction((x: Tensor, y: Tensor) => gradientsFunction(f)(x, y)[0] as Tensor)(w(), w().transpose()).map((g) => g?.array()),
    'a value and its gradient': () => {
      const { value, gradients } = valueAndGradientsFunction((x: Tensor) => [x.exp(), x.cumprod(0)])(w());
      return [value.map((v) => v.array()), gradients[0]?.array()];
    },
    'a run swept twice': () => {
      const { vjp, dispose } = makeVjp((x: Tensor) => x.mul(x))(w());
      try {
        return [vjp()[0]?.array(), vjp(w())[0]?.array()];
      } finally {
        dispose();
      }
    },
    'tensors of all sorts': () => [tensor(1.5), tensor([[1, 2]], { dtype: 'complex128' }), tensor([true]), ones([3, 0]), ones([40])].map((t) => t.array()),
    'scopes within scopes': () => {
      const { kept, list } = scope(() => ({ kept: scope(() => w().mul(2)), list: [scope(() => w()).sum()] }));
      return [kept.array(), list[0]?.array()];
    },
    'a gradient of a vjp': () =>
      gradientsFunction((x: Tensor) => {
        const { value, vjp, dispose } = makeVjp((t: Tensor) => t.mul(t).mul(x))(x);
        try {
          return sum((vjp()[0] as Tensor).mul(value));
        } finally {
          dispose();
        }
      })(w())[0]?.array(),
    'a compiled function, traced and run': () => {
      const compiled = compile((x: Tensor, y: Tensor) => [
        ...gradientsFunction(f)(x, y),
        concat([x, x], 1)
          .sin()
          .mul(w().tile([1, 2])),
      ]);
      try {
        return [1, 2].map((k) => compiled(w().mul(k), w().transpose()).map((t) => t?.array()));
      } finally {
        compiled.dispose();
      }
    },
    'a compiled function on tiles': () => {
      const compiled = compile((x: Tensor) => [
        x
          .mul(2)
          .add(x)
          .sin()
          .sub(x.slice([0], [1])),
        x.cast('float64'),
      ]);
      try {
        return compiled(new Float32Array(3000).fill(0.5)).map((t) => t.slice([2990], [10]).array());
      } finally {
        compiled.dispose();
      }
    },
    'a compiled function whose products are followed': () => {
      const compiled = compile((x: Tensor, y: Tensor) => [x.matmul(x).add(1).sin(), conv2d(y, ones([3, 3, 16, 2]), { padding: 'SAME' }).mul(0.5)]);
      try {
        return compiled(w().tile([18, 12]), ones([3, 60, 60, 16])).map((t) => t.sum().item());
      } finally {
        compiled.dispose();
      }
    },
    'a gradient weighted by dy': () => gradientsFunction((x: Tensor) => ({ a: x.square(), b: [x] }))(w(), { dy: { a: w(), b: null } })[0]?.array(),
  };

  describe.each(Object.keys(runs))('of %s', (name) => {
    const run = (): unknown => scope(runs[name] as () => unknown);

    /** Runs with the n-th allocation refused; returns the error, or undefined. In both cases no block is left over, and the next call is right. */
    function refusal(n: number, forever: boolean, expected: unknown): unknown {
      const before = memory();
      switches().heapFailAfter(n, forever);
      let error: unknown;
      try {
        expect(run(), `n = ${n}`).toEqual(expected);
      } catch (caught) {
        error = caught;
      }
      switches().heapFailAfter(-1, false);
      const after = memory();
      expect([after.tensors, after.held], `after n = ${n}`).toEqual([before.tensors, before.held]);
      expect(run(), `after n = ${n}`).toEqual(expected);
      return error;
    }

    test('for ever, then once', () => {
      const expected = run();
      run();
      let n = 0;
      for (let error = refusal(n, true, expected); error !== undefined; error = refusal(++n, true, expected))
        expect(error).toMatchObject({ name: 'OutOfMemoryError', code: 'memory' });
      expect(n).toBeGreaterThan(2);
      // If one allocation is refused, the call spills tensors and succeeds, or throws.
      for (; n >= 0; n--) {
        const error = refusal(n, false, expected);
        if (error !== undefined) expect(error).toMatchObject({ name: 'OutOfMemoryError' });
      }
    });
  });
});

test('a tensor that waits in JavaScript comes back, or waits on', () => {
  const x = tensor([1, 2, 3]);
  for (let i = 0; i < 20_000 && x.spilled === null; i++) tensor(i);
  for (let n = 0; x.at === 0; n++) {
    expect(n).toBeLessThan(9);
    switches().heapFailAfter(n, true);
    try {
      expect(x.add(1).array()).toEqual([2, 3, 4]);
    } catch (error) {
      expect(error).toMatchObject({ name: 'OutOfMemoryError' });
    }
    switches().heapFailAfter(-1, false);
    expect(x.shape).toEqual([3]);
  }
  expect(x.array()).toEqual([1, 2, 3]);
  x.dispose();
});

test('two that wait come back together, whichever allocation makes room', () => {
  for (let n = 0; n < 8; n++) {
    const [x, y] = [tensor([1, 2, 3]), tensor([4, 5, 6])];
    expect([x.spill(), y.spill()]).toEqual([12, 12]);
    switches().heapFailAfter(n, false);
    const sum = x.add(y);
    switches().heapFailAfter(-1, false);
    expect(sum.array()).toEqual([5, 7, 9]);
  }
});

describe('memory that may not grow', () => {
  test('is said with what was asked and what is held; every live tensor stays valid', () => {
    const held = tensor([1, 2, 3]);
    expect(() => ones([2 ** 26])).toThrow(
      expect.objectContaining({
        name: 'OutOfMemoryError',
        message: expect.stringMatching(/out of memory: asked for 256\.0 MiB, .* are held by live tensors; release some, or raise init\(\{ memory \}\)$/),
      }),
    );
    expect(held.array()).toEqual([1, 2, 3]);
    expect(scope(() => held.add(1).array())).toEqual([2, 3, 4]);
    expect(memory().reserved).toBeLessThanOrEqual(MEMORY);
    held.dispose();
  });

  test('makes old tensors of no scope move out before a call fails', () => {
    const all = Array.from({ length: 14 }, (_, i) => tensor(new Float32Array(2 ** 20).fill(i)));
    expect(memory().reserved).toBeLessThanOrEqual(MEMORY);
    all.forEach((t, i) => {
      expect(scope(() => t.slice([9], [1]).item())).toBe(i);
      t.dispose();
    });
  });

  test('in the middle of a gradient', () =>
    scope(() => {
      const x = ones([2 ** 20]);
      const deep = (t: Tensor): Tensor => {
        let y = t;
        for (let i = 0; i < 40; i++) y = y.sin();
        return y;
      };
      const before = memory();
      expect(() => gradientsFunction(deep)(x)).toThrow(expect.objectContaining({ name: 'OutOfMemoryError' }));
      expect([memory().tensors, memory().held]).toEqual([before.tensors, before.held]);
      expect(gradientsFunction((t: Tensor) => t.mul(t))(3)[0]?.item()).toBe(6);
    }));

  test('and sizes beyond what can be counted', () => {
    expect(() => tensor([1]).broadcastTo([65536, 65536])).toThrow(
      expect.objectContaining({ name: 'ShapeError', message: expect.stringContaining('the result would have more than 2147483647 elements') }),
    );
    expect(() => tensor(1).tile([65536, 32768])).toThrow(expect.objectContaining({ name: 'ShapeError' }));
    expect(() => ones([2 ** 31])).toThrow(expect.objectContaining({ name: 'ShapeError' }));
  });

  test.each([2 ** 27, 2 ** 28 - 1, 2 ** 28, 2 ** 29 - 1, 2 ** 29, 2 ** 30, 2 ** 31 - 1])('and %i elements, whose bytes pass 2³¹ or 2³²', (n) => {
    for (const dtype of ['float32', 'float64', 'complex128', 'int32'] as const) {
      const before = memory();
      const wide = tensor(1, { dtype }).broadcastTo([n]);
      expect(() => wide.neg()).toThrow(expect.objectContaining({ name: 'OutOfMemoryError' }));
      expect(() => ones([n], { dtype })).toThrow(expect.objectContaining({ name: 'OutOfMemoryError' }));
      expect(wide.slice([n - 2], [2]).shape).toEqual([2]);
      expect(memory().reserved).toBe(before.reserved);
    }
  });
});

describe('init', () => {
  test('after first use is an error that says so', () => {
    expect(() => init()).toThrow(
      expect.objectContaining({ name: 'InitError', message: 'init: gradtape is in use already; call init before the first tensor is made, and await it' }),
    );
  });

  test('a handle to where no memory is, is as one of a released tensor', () => {
    const wild = tensor([1, 2]);
    wild.at = 0xfffffff0;
    expect(() => wild.neg()).toThrow(expect.objectContaining({ name: 'ReleasedError' }));
    expect(tensor([1, 2]).neg().array()).toEqual([-1, -2]);
  });

  test('makes a fresh instance after a trap, which every call mentions until then', () => {
    const lost = tensor([1, 2]);
    const wild = tensor([1, 2]);
    module.i32[(wild.at + Rec.data) >>> 2] = -16; // elements where no memory is
    expect(() => wild.neg()).toThrow(WebAssembly.RuntimeError);
    const words = expect.objectContaining({
      name: 'ModuleError',
      message: expect.stringMatching(
        /^gradtape: an earlier call trapped \(.*\), and its memory can't be trusted; call init\(\) for a fresh instance\. All tensors are lost$/,
      ),
    });
    for (const call of [
      () => lost.add(1),
      () => lost.data(),
      () => tensor(1),
      () => memory(),
      () => gradientsFunction((x: Tensor) => x)(1),
      () => scope(() => 1),
    ])
      expect(call).toThrow(words);
    expect(() => init({ memory: 1 })).toThrow(
      expect.objectContaining({ name: 'InitError', message: 'init: memory is a number of bytes from 1 MiB to 4 GiB; got 1' }),
    );
    init();
    expect(tensor([1, 2]).add(1).array()).toEqual([2, 3]);
    expect(gradientsFunction((x: Tensor) => x.mul(x))(3)[0]?.item()).toBe(6);
    expect(() => lost.data()).toThrow(expect.objectContaining({ name: 'ReleasedError' }));
  });

  test('after a trap within scopes and gradient functions: tensors are at top level again', () => {
    const f = (x: Tensor): Tensor =>
      scope(() => {
        const wild = tensor([1, 2]);
        module.i32[(wild.at + Rec.data) >>> 2] = -16;
        return x.mul(wild.neg());
      });
    expect(() => gradientsFunction(f)(3)).toThrow(/trapped/);
    init();
    const { spilled } = memory();
    for (let i = 0; i < 3000; i++) tensor(i);
    expect(memory().spilled).toBeGreaterThan(spilled + 1000);
  });
});
