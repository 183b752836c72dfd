/**
 * `npm run bench:threads [threads]`: one thread beside two, or as many as the argument says, in one process and in turns, results compared
 * bit by bit first. Options: --only PATTERN (of titles), --rounds N. Not a test: it fails only where bits differ.
 */
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import {
  compile,
  exp,
  init,
  matmul,
  random,
  scope,
  softmax,
  sparseSoftmaxCrossEntropy,
  sum,
  tensor,
  valueAndGradientsFunction,
} from '../../dist/bindings/index.js';
import module from '../../dist/bindings/library.js';
import { duration, markdown, race, three } from './harness.mjs';

const { values: options, positionals } = parseArgs({
  options: { only: { type: 'string', default: '' }, rounds: { type: 'string', default: '9' }, build: { type: 'string', default: 'simd' } },
  allowPositionals: true,
});
const threads = Number(positionals[0] ?? 2);
await init({ threads, build: options.build });

let seed = 0;
const draw = (...shape) => random.normal(random.key(seed++), shape).mul(0.05).keep();

/** A training step of a perceptron 784-256-128-10 on 64 images: forward, backward, descent, in a function that `make` takes. */
function perceptron(make = (step) => step) {
  const weights = [draw(784, 256), draw(256, 128), draw(128, 10)];
  const biases = [draw(256), draw(128), draw(10)];
  const images = draw(64, 784);
  const labels = tensor(Int32Array.from({ length: 64 }, (_, i) => i % 10)).keep();
  const loss = valueAndGradientsFunction((ws, bs) => {
    const x = images.matmul(ws[0]).add(bs[0]).relu();
    const y = x.matmul(ws[1]).add(bs[1]).relu();
    return sparseSoftmaxCrossEntropy(labels, y.matmul(ws[2]).add(bs[2])).mean();
  });
  const descend = (list, slopes) => list.map((w, i) => w.sub(slopes[i].mul(0.01)));
  const step = make((weights, biases) => {
    const { gradients } = loss(weights, biases);
    return [...descend(weights, gradients[0]), ...descend(biases, gradients[1])];
  });
  return () => scope(() => step(weights, biases).map((w) => w.view().slice(0, 10))); // reading is not the step
}

const square = (n) => {
  const [a, b] = [draw(n, n), draw(n, n)];
  return () => scope(() => [matmul(a, b).view()[0]]);
};
const on = (f, ...shape) => {
  const x = draw(...shape);
  return () => scope(() => [f(x).view()[0]]);
};

const eight = (x) => x.mul(2).add(1).mul(x).sub(3).tanh().mul(x).add(x).mul(0.5);

const workloads = {
  'GEMM 256': () => square(256),
  'GEMM 512': () => square(512),
  'GEMM 1024': () => square(1024),
  'MLP step': () => perceptron(),
  'MLP step, compiled': () => perceptron(compile),
  'softmax [256, 1024]': () => on(softmax, 256, 1024),
  'exp of 1M': () => on(exp, 1024, 1024),
  'eight ops on 1M, compiled': () => on(compile(eight), 1024, 1024),
  'add of 1M': () => on((x) => x.add(x), 1024, 1024),
  'add of 16M': () => on((x) => x.add(x), 4096, 4096),
  'sum of 1M, axis 0': () => on((x) => sum(x, 0), 1024, 1024),
  'sum of 16M, axis 1': () => on((x) => sum(x, 1), 4096, 4096),
};

/** The same work by so many helpers beside the caller. */
const withHelpers = (count, run) => () => {
  module.core.poolSet(count, 0);
  return run();
};

const bits = (results) => results.map((data) => (typeof data === 'number' ? data : Buffer.from(data.buffer).toString('base64'))).join();

console.log(`${cpus().length} × ${cpus()[0].model} under load ${three(loadavg()[0])}, Node ${process.version}\n`);
const rows = [];
for (const [title, open] of Object.entries(workloads)) {
  if (!new RegExp(options.only).test(title)) continue;
  const run = open();
  const contestants = [withHelpers(0, run), withHelpers(threads - 1, run)];
  if (bits(contestants[0]()) !== bits(contestants[1]())) throw new Error(`${title}: ${threads} threads give other bits than one`);
  const [one, many] = await race(
    contestants.map((run, i) => ({ name: String(i), run })),
    Number(options.rounds),
  );
  rows.push([title, duration(one.seconds), duration(many.seconds), `${three(1 / many.ratio)}×`]);
}
console.log(markdown(['', 'one thread', `${threads} threads`, 'speed-up'], rows));
