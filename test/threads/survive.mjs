/**
 * Computes on three threads of which one fails as GRADTAPE_FAULT says: products op by op, compiled, or a run of fused steps, or totals in
 * both ways, as the argument says. Prints as JSON how it went: whether results were right in the failing job, after it and once the thread
 * was seen off; whether the pool was off between; how memory has changed.
 */
import { compile, init, matmul, memory, random, scope } from '../../dist/bindings/index.js';
import module from '../../dist/bindings/library.js';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const products = (x) => matmul(matmul(x, x.transpose()).add(1), x).mul(2);
const sums = (x) => x.mul(2).add(1).tanh().mul(x.exp());
const totals = (x) => x.sum().add(x.max());
const [f, shape] = { fused: [sums, [300, 200]], totals: [totals, [3000, 1000]], 'compiled totals': [totals, [3000, 1000]] }[process.argv[2]] ?? [
  products,
  [300, 200],
];

const start = performance.now();
await init({ threads: 3, worker: new URL('./worker.mjs', import.meta.url) });
module.core.poolThreshold(1e12, 0);
const x = random.normal(random.key(1), shape);
const wanted = scope(() => f(x).data());
const run = ['op by op', 'totals'].includes(process.argv[2]) ? f : compile(f);
const isRight = () =>
  scope(() =>
    run(x)
      .data()
      .every((value, i) => value === wanted[i]),
  );
isRight(); // traces

module.core.poolThreshold(0, 0);
await pause(100);
const before = module.core.memoryLive();
const during = [];
let wasOff = false;
for (let i = 0; i < 20; i++) {
  during.push(isRight());
  wasOff ||= module.core.poolIsOff() !== 0;
}
while (module.core.poolIsOff() !== 0 && performance.now() - start < 20_000) await pause(100);
const after = isRight();
console.log(
  JSON.stringify({
    right: [...during, after].every(Boolean),
    wasOff,
    isOff: module.core.poolIsOff() !== 0,
    tensors: memory().tensors,
    grown: module.core.memoryLive() - before,
  }),
);
