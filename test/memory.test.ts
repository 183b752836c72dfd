/** The lifetime of tensors: scopes, disposal, the ring of tensors without scope. faults.test.ts has lack of memory. */
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { add, gradientsFunction, makeVjp, memory, scope, square, Tensor, tensor } from 'gradtape';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { internals } from './root.js';

const live = (): readonly number[] => [memory().tensors, memory().held];

describe('scope', () => {
  test('releases what was made in it, except what it returns', () => {
    const before = memory().tensors;
    const made: Tensor[] = [];
    const { kept, list } = scope(() => {
      const x = tensor([1, 2]);
      const y = x.mul(3);
      made.push(x, y);
      return { kept: y.add(x), list: [square(y)] };
    });
    expect([kept.array(), list[0]?.array()]).toEqual([
      [4, 8],
      [9, 36],
    ]);
    expect(memory().tensors).toBe(before + 2);
    for (const t of made) expect(() => t.array()).toThrow(expect.objectContaining({ name: 'ReleasedError' }));
  });

  test.each([0, 1, 2, 32, 33])('a view keeps the elements of a result of %i when the result is gone, and gives all back', (n) => {
    const x = tensor(Float64Array.from({ length: n }, (_, i) => i));
    const before = [memory().tensors, memory().bytes, memory().held];
    const view = scope(() => x.add(x).reshape([n, 1]));
    const apart = [x.mul(x), x.sub(x)]; // they would take the result's place
    expect(Array.from(view.data())).toEqual(Array.from(x.data(), (v) => 2 * v));
    for (const t of [view, ...apart]) t.dispose();
    expect([memory().tensors, memory().bytes, memory().held]).toEqual(before);
    x.dispose();
  });

  test('leaves tensors from outside alone', () => {
    const x = tensor(3);
    expect(scope(() => x)).toBe(x);
    expect(x.item()).toBe(3);
  });

  test('nests: what leaves the inner one belongs to the outer one', () => {
    let inner: Tensor | undefined;
    scope(() => {
      inner = scope(() => tensor(1).add(1));
      expect(inner.item()).toBe(2);
    });
    expect(() => inner?.item()).toThrow(expect.objectContaining({ name: 'ReleasedError' }));
  });

  test('keep lets a tensor outlive all of them', () => {
    const kept = { t: tensor(0) };
    scope(() =>
      scope(() => {
        kept.t = tensor(1).add(1).keep();
      }),
    );
    expect(kept.t.item()).toBe(2);
    kept.t.dispose();
  });

  test('lets errors through and releases all the same', () => {
    const before = live();
    const mine = new Error('mine');
    expect(() =>
      scope(() => {
        tensor([1, 2, 3]).mul(2);
        throw mine;
      }),
    ).toThrow(mine);
    expect(live()).toEqual(before);
  });

  test('ends in the tick it began in', () => {
    const before = live();
    expect(() => scope(async () => tensor(1))).toThrow(
      'scope: the function returned a promise, and a scope ends in the tick it began in; make the tensors after awaiting',
    );
    expect(live()).toEqual(before);
  });
});

describe('disposal', () => {
  test('now, and harmless when repeated', () => {
    const before = live();
    const t = tensor([1, 2, 3]);
    t.dispose();
    t.dispose();
    expect(live()).toEqual(before);
  });

  test('at the end of a block', () => {
    const before = live();
    {
      using t = tensor([1, 2, 3]) as Tensor & Disposable;
      expect(t.size).toBe(3);
    }
    expect(live()).toEqual(before);
  });

  test('of what a view shares leaves the view', () => {
    const x = tensor([
      [1, 2],
      [3, 4],
    ]);
    const y = x.transpose();
    x.dispose();
    expect(y.array()).toEqual([
      [1, 3],
      [2, 4],
    ]);
    y.dispose();
  });

  test('is told to whoever touches the tensor afterwards', () => {
    const t = tensor(2).mul(3);
    t.dispose();
    const words = (op: string): string =>
      `${op}: a tensor made by mul was released, by dispose() or at the end of the scope or gradient function that made it; return it from there or call keep() on it`;
    expect(() => t.add(1)).toThrow(expect.objectContaining({ name: 'ReleasedError', code: 'released', op: 'add', message: words('add') }));
    expect(() => add(1, t)).toThrow(words('add'));
    for (const read of [() => t.shape, () => t.dtype, () => t.item(), () => t.data(), () => t.array(), () => t.view(), () => t.keep()]) {
      expect(read).toThrow(expect.objectContaining({ name: 'ReleasedError' }));
    }
  });

  test('of a tensor from a gradient function is told too', () => {
    let leaked: Tensor | undefined;
    gradientsFunction((x: Tensor) => {
      leaked = x.mul(x);
      return leaked;
    })(3);
    expect(() => leaked?.item()).toThrow(expect.objectContaining({ name: 'ReleasedError', message: expect.stringContaining('made by mul') }));
  });

  test('never hits a younger tensor in the same place', () => {
    const old = tensor([1, 2, 3]);
    old.dispose();
    const young = Array.from({ length: 8 }, () => tensor([4, 5, 6]));
    old.dispose();
    expect(() => old.data()).toThrow(expect.objectContaining({ name: 'ReleasedError' }));
    for (const t of young) expect(t.array()).toEqual([4, 5, 6]);
  });
});

describe('data', () => {
  test('copies, view does not', () => {
    const t = tensor([1, 2, 3]);
    const copy = t.data();
    copy[0] = 9;
    expect(t.array()).toEqual([1, 2, 3]);
    expect([...t.view()]).toEqual([1, 2, 3]);
    expect(() =>
      tensor([
        [1, 2],
        [3, 4],
      ])
        .transpose()
        .view(),
    ).toThrow('view: the elements of a float32 tensor of shape [2, 2] are not contiguous; use data(), which copies');
  });
});

describe('top level', () => {
  test('a million gradient steps run in flat memory', () => {
    const gradient = gradientsFunction((w: Tensor) => w.mul(w));
    const step = (w: Tensor): Tensor => w.sub((gradient(w)[0] as Tensor).mul(1e-6));
    let w = tensor(1);
    for (let i = 0; i < 10_000; i++) w = step(w);
    const before = memory();
    for (let i = 10_000; i < 1_000_000; i++) w = step(w);
    const after = memory();
    expect(after.held).toBeLessThanOrEqual(before.held + 65536);
    expect(after.reserved).toBe(before.reserved);
    expect(w.item()).toBeCloseTo((1 - 2e-6) ** 1e6, 1);
  }, 60_000);

  const megabyte = (value: number): Tensor => tensor(new Float32Array(2 ** 18).fill(value));

  test('what every step uses stays', () => {
    const weights = [1, 2, 3].map(megabyte);
    const { spilled } = memory();
    for (let i = 0; i < 100; i++) for (const w of weights) w.mul(2);
    expect(memory().spilled - spilled).toBeGreaterThan(250);
    expect(weights.map((w) => w.spilled)).toEqual([null, null, null]);
    expect(memory().bytes).toBeLessThanOrEqual(24 * 2 ** 20);
  });

  test('a working set larger than the bounds moves once, and is forgotten when nothing uses it', () => {
    const all = Array.from({ length: 24 }, (_, i) => megabyte(i));
    const pass = (): void => {
      for (const t of all) scope(() => t.sum().item());
      for (let i = 0; i < 16; i++) megabyte(i);
    };
    for (let i = 0; i < 20; i++) pass();
    const before = memory();
    for (let i = 0; i < 20; i++) pass();
    expect(memory().spilled - before.spilled).toBeLessThan(20 * (16 + 5));
    expect(memory().bytes).toBeGreaterThan(24 * 2 ** 20);
    for (let i = 0; i < 1500; i++) megabyte(i);
    expect(memory().bytes).toBeLessThanOrEqual(18 * 2 ** 20);
    expect(all.map((t) => t.data()[7])).toEqual(all.map((_, i) => i));
  });

  test('tensors that wait in JavaScript come back when used', () => {
    const { spilled } = memory();
    const all = Array.from({ length: 3000 }, (_, i) => tensor([i, i + 0.5]));
    expect(memory().spilled).toBeGreaterThan(spilled);
    expect(all.map((t) => t.shape.join())).toEqual(all.map(() => '2'));
    all.forEach((t, i) => {
      if (i % 7 === 0) expect(t.add(1).array()).toEqual([i + 1, i + 1.5]);
    });
    expect(all[0]?.item.call(all[0]?.slice([0], [1]).reshape([]))).toBe(0);
    for (const t of all) t.dispose();
    expect(() => all[0]?.data()).toThrow(expect.objectContaining({ name: 'ReleasedError' }));
  });

  test.each([1, 300])('of every dtype, %i elements: nothing about them tells', (n) => {
    const each = <T>(value: T): T[] => new Array<T>(n).fill(value);
    const all = [each(-0.1), each(true), each({ re: 1.5, im: -2 })].map((value) => tensor(value));
    all.push(tensor(each(0.1), { dtype: 'float64' }), tensor(each(-7), { dtype: 'int32' }), tensor(each({ re: 0.1, im: 3 }), { dtype: 'complex128' }));
    const seen = (t: Tensor): unknown => [t.dtype, t.shape, t.size, t.data(), t.view().slice(), t.array(), t.slice([0], [1]).reshape([]).item(), String(t)];
    const before = all.map(seen);
    for (let i = 0; i < 20_000 && all.some(({ spilled }) => spilled === null); i++) tensor(i);
    expect(all.every(({ spilled }) => spilled !== null)).toBe(true);
    const moved = all.map((t) => [t.dtype, t.shape, t.size, t.data(), t.view().slice(), t.array()]);
    expect(moved).toEqual(before.map((row) => (row as unknown[]).slice(0, 6)));
    expect(all.map(seen)).toEqual(before);
  });

  test('so do many bytes', () => {
    const megabytes = 8;
    const all = Array.from({ length: 16 }, (_, i) => tensor(new Float64Array(megabytes * 2 ** 17).fill(i)));
    expect(memory().bytes).toBeLessThanOrEqual(80 * 2 ** 20);
    all.forEach((t, i) => {
      expect(t.slice([5], [1]).data()).toEqual(Float64Array.of(i));
      t.dispose();
    });
  });

  test('one that rests is read, used, returned and disposed of as any', () => {
    const rested = (): Tensor => {
      const t = tensor([1, 2]);
      t.rest();
      return t;
    };
    expect(rested().shape).toEqual([2]);
    expect([...rested().view()]).toEqual([1, 2]);
    expect(add(rested(), rested()).array()).toEqual([2, 4]);
    const t = rested();
    expect(scope(() => t)).toBe(t);
    expect(gradientsFunction(square)(rested())[0]?.array()).toEqual([2, 4]);
    expect(() => add(rested(), tensor([1, 2, 3]))).toThrow('[2] float32');
    const { tensors } = memory();
    t.rest();
    t.dispose();
    expect(memory().tensors).toBe(tensors - 1);
    expect(() => t.data()).toThrow(expect.objectContaining({ name: 'ReleasedError' }));
  });

  test('a gradient function takes tensors that were moved out, and runs that were', () => {
    const x = tensor([1, 2]);
    const { vjp } = makeVjp((t: Tensor) => t.mul(t))(x);
    for (let i = 0; i < 20_000 && x.spilled === null; i++) tensor(i);
    expect(x.spilled).not.toBeNull();
    expect(gradientsFunction(square)(x)[0]?.array()).toEqual([2, 4]);
    for (let i = 0; i < 5000; i++) tensor(i);
    expect(vjp([1, 10])[0]?.array()).toEqual([2, 40]);
  });

  test('results of scopes and gradient functions are among them', () => {
    for (let i = 0; i < 100; i++) scope(() => tensor([i]));
    const before = memory().held;
    for (let i = 0; i < 20_000; i++) scope(() => tensor([i]).add(1));
    expect(memory().held).toBeLessThanOrEqual(before + 2 ** 20);
  });
});

describe('a second copy of the library', () => {
  const root = fileURLToPath(new URL('..', import.meta.url));
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(root, 'build', 'copy-'));
    cpSync(join(root, 'dist'), folder, { recursive: true });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('has tensors of its own, which do not mix', async () => {
    // As test/root.ts finds the core, for the packed text may be older than the library.
    const second = (await import(/* @vite-ignore */ join(folder, 'bindings', 'library.js'))) as typeof import('gradtape') & { default: typeof internals };
    second.default.foundBy(() => readFileSync(join(folder, 'build', 'core.wasm')));
    const theirs = second.tensor([1, 2]);
    expect(theirs.add(1).array()).toEqual([2, 3]);
    expect(theirs).not.toBeInstanceOf(Tensor);
    const words = 'got a tensor of another copy of gradtape; two copies are loaded, and their tensors do not mix';
    expect(() => add(tensor([1, 2]), theirs as unknown as Tensor)).toThrow(`add: ${words}`);
    expect(() => tensor(theirs as unknown as Tensor)).toThrow(`tensor: ${words}`);
    expect(() => gradientsFunction((x: Tensor) => x)(theirs as unknown as Tensor)).toThrow(`gradientsFunction: ${words}`);
  });
});
