/**
 * Computes on three threads of which one fails as GRADTAPE_FAULT says, and prints as JSON how it went: whether results were right in
 * the failing job, after it and once the thread was seen off; whether the pool was off between; how memory has changed.
 */
import { arange, init, memory, scope } from 'gradtape';
import { core } from '../../dist/bindings/module.js';

const N = 400_000;
const isRight = () =>
  scope(() => {
    const x = arange(N, { dtype: 'float32' });
    return x
      .mul(2)
      .add(1)
      .data()
      .every((value, i) => value === 2 * i + 1);
  });
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const start = performance.now();
await init({ threads: 3, worker: new URL('./worker.mjs', import.meta.url) });
core.poolThreshold(0, 0);
await pause(100);
const before = core.memoryLive();
const during = [];
let wasOff = false;
for (let i = 0; i < 20; i++) {
  during.push(isRight());
  wasOff ||= core.poolIsOff() !== 0;
}
while (core.poolIsOff() !== 0 && performance.now() - start < 20_000) await pause(100);
const after = isRight();
console.log(
  JSON.stringify({
    right: [...during, after].every(Boolean),
    wasOff,
    isOff: core.poolIsOff() !== 0,
    tensors: memory().tensors,
    grown: core.memoryLive() - before,
  }),
);
