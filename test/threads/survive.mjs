/**
 * Computes on three threads of which one fails as GRADTAPE_FAULT says: products op by op, compiled, or a run of fused steps, or what leaves
 * pieces (totals, sums over rows, a vector by a matrix) op by op or compiled, as the argument says. Prints as JSON how it went: whether results were right in the failing job, after it and once the thread
 * was seen off; whether the pool was off between; how memory has changed.
 */
import { compile, init, matmul, memory, random, scope } from '../../dist/bindings/index.js';
import module from '../../dist/bindings/library.js';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const products = (x) => matmul(matmul(x, x.transpose()).add(1), x).mul(2);
const sums = (x) => x.mul(2).add(1).tanh().mul(x.exp());
const pieces = {
  totals: (x) => x.sum().add(x.max()),
  rows: (x) => x.sum(0).add(x.max(0)),
  vector: (x) => matmul(x.slice([0, 3], [3000, 1]), x, { transposeA: true }),
};
const [, isCompiled, how] = process.argv[2].match(/^(compiled )?(.*)$/);
const [f, shape] = how in pieces ? [pieces[how], [3000, 1000]] : [how === 'fused' ? sums : products, [300, 200]];

const start = performance.now();
await init({ threads: 3, worker: new URL('./worker.mjs', import.meta.url) });
module.core.poolThreshold(1e12, 0);
const x = random.normal(random.key(1), shape);
const wanted = scope(() => f(x).data());
const run = isCompiled || how === 'fused' ? compile(f) : f;
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
