/** The workloads in gradtape, as a user writes them: outside any scope, and each call in a scope of its own. */
import { readFileSync } from 'node:fs';
import { gradientsFunction, scope, sum, tensor } from '../../../dist/bindings/index.js';

const f = (x, y) => x.mul(x).mul(x).mul(y).sub(x.mul(y).mul(y));
const gradF = gradientsFunction(f);
const gradGradF = gradientsFunction((x, y) => {
  const [dx, dy] = gradF(x, y);
  return dx.add(dy);
});
const gradMlp = gradientsFunction((x, w, b) => sum(x.matmul(w).add(b).tanh()));

const chain = (length) => (x) => {
  let y = x;
  for (let i = 0; i < length; i++) y = i % 2 === 0 ? y.mul(x) : y.add(x);
  return y;
};

/** name → (inputs, size) → the function to be timed. */
const workloads = {
  gradient({ x, y }) {
    return () => gradF(x, y).map((d) => d.item());
  },
  secondOrder({ x, y }) {
    return () => gradGradF(x, y).map((d) => d.item());
  },
  mlp16(inputs) {
    const x = tensor(inputs.x, { shape: [1, 16] });
    const w = tensor(inputs.w, { shape: [16, 16] });
    const b = tensor(inputs.b);
    return () => gradMlp(x, w, b).map((d) => d.data());
  },
  add16(inputs) {
    const [x, y] = [tensor(inputs.x), tensor(inputs.y)];
    return () => x.add(y).data();
  },
  adds16(inputs) {
    const [x, y] = [tensor(inputs.x), tensor(inputs.y)];
    return () => {
      let sum = y;
      for (let i = 0; i < 100; i++) sum = sum.add(x);
      return sum.data();
    };
  },
  chain({ x }, length) {
    const g = gradientsFunction(chain(length));
    return () => g(x)[0].item();
  },
  gemm(inputs, n) {
    const [a, b] = [inputs.a, inputs.b].map((data) => tensor(data, { shape: [n, n] }));
    return () => a.matmul(b).data();
  },
};

const inScope = (implement) => (inputs, size) => {
  const run = implement(inputs, size);
  return () => scope(run);
};

export async function open() {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  const scoped = Object.fromEntries(Object.entries(workloads).map(([name, implement]) => [name, inScope(implement)]));
  return [
    { name: 'gradtape', version, workloads },
    { name: 'gradtape in scope', version, workloads: scoped },
  ];
}
