/** A million calls of every kind, failures among them: the memory held at the end is that held near the start. */
import { gradientsFunction, makeVjp, matmul, memory, scope, sum, type Tensor, tensor } from 'gradtape';
import { expect, test } from 'vitest';
import { random } from '../random.js';

const CALLS = 1_000_000;

const loss = (w: Tensor, x: Tensor): Tensor => sum(matmul(x, w).tanh().square());
const next = random(1);
const vector = (): Tensor => tensor([next(), next(), next()]);
const square = (): Tensor => vector().expandDims(0).broadcastTo([3, 3]);

const calls: readonly (() => unknown)[] = [
  () => vector().mul(2).add(vector()),
  () => gradientsFunction(loss)(square(), square()),
  () => gradientsFunction((w: Tensor) => sum(gradientsFunction(loss, [0])(w, w)[0] as Tensor))(square()),
  () => scope(() => ({ kept: square().transpose().slice([0, 1], [2, 2]) })),
  () => makeVjp(loss)(square(), square()).vjp(),
  () => makeVjp(loss)(square(), square()).dispose(),
  () => vector().keep().dispose(),
  () => matmul(square(), tensor([[1, 2]])),
  () =>
    gradientsFunction((x: Tensor) => {
      x.exp();
      throw new Error('mine');
    })(vector()),
];

test('a million calls run in flat memory', () => {
  const run = (from: number, to: number): number => {
    let refused = 0;
    for (let i = from; i < to; i++) {
      try {
        (calls[i % calls.length] as () => unknown)();
      } catch (error) {
        if (!/inner dimensions|mine/.test(String(error))) throw error;
        refused++;
      }
    }
    return refused;
  };
  const early = CALLS / 10;
  run(0, early);
  const before = memory();
  expect(run(early, CALLS)).toBe(Math.round(((CALLS - early) / calls.length) * 2));
  const after = memory();
  expect(after.held).toBeLessThanOrEqual(before.held + 65536);
  expect(after.reserved).toBe(before.reserved);
}, 3_600_000);
