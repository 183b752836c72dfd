/**
 * The workloads in jax-js on its WebAssembly backend, eager and under jit. Arguments are consumed: `.ref` keeps one for another use.
 * Node has no global Worker, without which jax-js starts no threads.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { blockUntilReady, defaultDevice, grad, init, jit, lax, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { convolve, fromNchw, fromOihw, gelu, layerNorm, maxPool, modelsWith, nchw, oihw } from './jaxjs-models.mjs';

const f = (x, y) => x.ref.mul(x.ref).mul(x.ref).mul(y.ref).sub(x.mul(y.ref).mul(y));
const both = { argnums: [0, 1] };
const gradF = grad(f, both);
const gradGradF = grad((x, y) => {
  const [dx, dy] = gradF(x, y);
  return dx.add(dy);
}, both);
const gradMlp = grad((x, w, b) => np.tanh(np.matmul(x, w).add(b)).sum(), { argnums: [0, 1, 2] });

const mlpOf = ({ x, w, b }) => [np.array(x).reshape([1, 16]), np.array(w).reshape([16, 16]), np.array(b)];
const read = ([dx, dy]) => [dx.item(), dy.item()];

const chain = (length) => (x) => {
  let y = x.ref;
  for (let i = 0; i < length; i++) y = i % 2 === 0 ? y.mul(x.ref) : y.add(x.ref);
  x.dispose();
  return y;
};

/**
 * `f` on arrays made once. Results are lazy: waiting for them, without reading, is what makes them. `orders` bring answers to the order
 * of axes that the others have.
 */
const workWith =
  (wrap) =>
  (f, arrays, orders = []) => {
    const compute = wrap(f);
    return {
      async run() {
        tree.dispose(await blockUntilReady(compute(...tree.ref(arrays))));
      },
      read: () => [compute(...tree.ref(arrays))].flat().map((x, i) => (orders[i]?.(x) ?? x).dataSync()),
    };
  };

/** The workloads, with `wrap` (nothing or `jit`) around every function that is timed. */
function workloadsWith(wrap, longestChain) {
  const work = workWith(wrap);
  const unary = (f) => (inputs) => work(f, [np.array(inputs.x)]);
  const rows = (f) => (inputs, shape) => work(f, [np.array(inputs.x, { shape })]);
  const square = (f) => (inputs, n) =>
    work(
      f,
      [inputs.a, inputs.b].map((data) => np.array(data, { shape: [n, n] })),
    );
  return {
    gradient({ x, y }) {
      const g = wrap(gradF);
      return () => read(g(np.array(x), np.array(y)));
    },
    secondOrder({ x, y }) {
      const g = wrap(gradGradF);
      return () => read(g(np.array(x), np.array(y)));
    },
    mlp16: (inputs) => work(gradMlp, mlpOf(inputs)),
    mlp16Read(inputs) {
      const g = wrap(gradMlp);
      const [x, w, b] = mlpOf(inputs);
      return () => g(x.ref, w.ref, b.ref).map((d) => d.dataSync());
    },
    add16: ({ x, y }) => work(np.add, [np.array(x), np.array(y)]),
    add16Read(inputs) {
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

    gemm: square((a, b) => np.matmul(a, b)),
    gemmNT: square((a, b) => np.matmul(a, np.transpose(b))),
    gemmTN: square((a, b) => np.matmul(np.transpose(a), b)),
    batched: ({ a, b }) => work(np.matmul, [np.array(a, { shape: [16, 128, 64] }), np.array(b, { shape: [16, 64, 128] })]),
    product: ({ a, b }, [m, k, n]) => work(np.matmul, [np.array(a, { shape: [m, k] }), np.array(b, { shape: [k, n] })]),

    exp: unary(np.exp),
    tanh: unary(np.tanh),
    gelu: unary(gelu),
    chain8: ({ a, b, c }) =>
      work(
        (a, b, c) => a.ref.mul(b.ref).add(c.ref).mul(a.ref).sub(b.ref).mul(c.ref).add(a).mul(b).sub(c),
        [a, b, c].map((data) => np.array(data)),
      ),

    softmax: rows((x) => nn.softmax(x, -1)),
    layerNorm: ({ x, gamma, beta }, shape) => work(layerNorm, [np.array(x, { shape }), np.array(gamma), np.array(beta)]),
    sum: rows((x) => x.sum()),
    sum0: rows((x) => x.sum(0)),
    sum1: rows((x) => x.sum(1)),

    conv2d: ({ x, w }, shapes) => work(convolve, [nchw(x, shapes.x), oihw(w, shapes.w)], [fromNchw]),
    conv2dGrad({ x, w, dy }, shapes) {
      const weighed = (x, w, dy) => {
        const y = convolve(x, w);
        return [y.ref.mul(dy).sum(), y];
      };
      const g = valueAndGrad(weighed, { argnums: [0, 1], hasAux: true });
      const withValue = (x, w, dy) => {
        const [[loss, y], gradients] = g(x, w, dy);
        loss.dispose();
        return [y, ...gradients];
      };
      return work(withValue, [nchw(x, shapes.x), oihw(w, shapes.w), nchw(dy, shapes.y)], [fromNchw, fromNchw, fromOihw]);
    },
    depthwise({ x, w }, shape) {
      const convolveEach = (x, w) => lax.convGeneralDilated(x, w, [1, 1], 'SAME', { featureGroupCount: shape[3] });
      return work(convolveEach, [nchw(x, shape), oihw(w, [3, 3, 1, shape[3]])], [fromNchw]);
    },
    maxPool: ({ x }, shape) => work(maxPool, [nchw(x, shape)], [fromNchw]),

    ...modelsWith(wrap),
  };
}

export async function open() {
  await init('wasm');
  defaultDevice('wasm');
  const entry = createRequire(import.meta.url).resolve('@jax-js/jax');
  const { version } = JSON.parse(readFileSync(new URL('../package.json', `file://${entry}`), 'utf8'));
  return [
    { name: 'jax-js', version, workloads: workloadsWith((f) => f, 1000) },
    { name: 'jax-js jit', library: 'jax-js', version, workloads: workloadsWith(jit, 100) },
  ];
}
