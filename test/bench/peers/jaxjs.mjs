/**
 * The workloads in jax-js on its WebAssembly backend, eager and under jit. Arguments are consumed: `.ref` keeps one for another use.
 * Node has no global Worker, without which jax-js starts no threads.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { defaultDevice, grad, init, jit, numpy as np } from '@jax-js/jax';

const f = (x, y) => x.ref.mul(x.ref).mul(x.ref).mul(y.ref).sub(x.mul(y.ref).mul(y));
const both = { argnums: [0, 1] };
const gradF = grad(f, both);
const gradGradF = grad((x, y) => {
  const [dx, dy] = gradF(x, y);
  return dx.add(dy);
}, both);
const gradMlp = grad((x, w, b) => np.tanh(np.matmul(x, w).add(b)).sum(), { argnums: [0, 1, 2] });

const chain = (length) => (x) => {
  let y = x.ref;
  for (let i = 0; i < length; i++) y = i % 2 === 0 ? y.mul(x.ref) : y.add(x.ref);
  x.dispose();
  return y;
};

/** The workloads, with `wrap` (nothing or `jit`) around every function that is timed. */
const workloadsWith = (wrap, longestChain) => ({
  gradient({ x, y }) {
    const g = wrap(gradF);
    return () => g(np.array(x), np.array(y)).map((d) => d.item());
  },
  secondOrder({ x, y }) {
    const g = wrap(gradGradF);
    return () => g(np.array(x), np.array(y)).map((d) => d.item());
  },
  mlp16(inputs) {
    const g = wrap(gradMlp);
    const [x, w, b] = [np.array(inputs.x).reshape([1, 16]), np.array(inputs.w).reshape([16, 16]), np.array(inputs.b)];
    return () => g(x.ref, w.ref, b.ref).map((d) => d.dataSync());
  },
  add16(inputs) {
    const add = wrap((x, y) => x.add(y));
    const [x, y] = [np.array(inputs.x), np.array(inputs.y)];
    return () => add(x.ref, y.ref).dataSync();
  },
  adds16(inputs) {
    const adds = wrap((x, y) => {
      let sum = y;
      for (let i = 0; i < 100; i++) sum = sum.add(x.ref);
      x.dispose();
      return sum;
    });
    const [x, y] = [np.array(inputs.x), np.array(inputs.y)];
    return () => adds(x.ref, y.ref).dataSync();
  },
  chain({ x }, length) {
    if (length > longestChain) return 'its graph walks are recursive, the stack overflows';
    const g = wrap(grad(chain(length)));
    return () => g(np.array(x)).item();
  },
  gemm(inputs, n) {
    const multiply = wrap((a, b) => np.matmul(a, b));
    const [a, b] = [inputs.a, inputs.b].map((data) => np.array(data).reshape([n, n]));
    return () => multiply(a.ref, b.ref).dataSync();
  },
});

export async function open() {
  await init('wasm');
  defaultDevice('wasm');
  const entry = createRequire(import.meta.url).resolve('@jax-js/jax');
  const { version } = JSON.parse(readFileSync(new URL('../package.json', `file://${entry}`), 'utf8'));
  return [
    { name: 'jax-js', version, workloads: workloadsWith((f) => f, 1000) },
    { name: 'jax-js jit', version, workloads: workloadsWith(jit, 100) },
  ];
}
