/** The workloads in TensorFlow.js on its WebAssembly backend, one thread. Every call is in a tidy, or it would leak. */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { gelu, layerNorm, models } from './tfjs-models.mjs';

const f = (x, y) => x.mul(x).mul(x).mul(y).sub(x.mul(y).mul(y));
const gradF = tf.grads(f);
const gradGradF = tf.grads((x, y) => {
  const [dx, dy] = gradF([x, y]);
  return dx.add(dy);
});
const gradMlp = tf.grads((x, w, b) => x.matMul(w).add(b).tanh().sum());

const chain = (length) => (x) => {
  let y = x;
  for (let i = 0; i < length; i++) y = i % 2 === 0 ? y.mul(x) : y.add(x);
  return y;
};

/** Numbers of the tensors that `compute` returns. A tidy would walk over every number that it returns: these leave by the side. */
const read = (compute) => () => {
  let numbers;
  tf.tidy(() => {
    numbers = compute().map((t) => t.dataSync());
  });
  return numbers;
};

/** `compute` on tensors made once: the work leaves one tensor, or a list of them, where it is. */
const work = (compute) => ({
  run() {
    tf.tidy(() => {
      compute();
    });
  },
  read: read(() => [compute()].flat()),
});
const unary = (compute) => (inputs) => {
  const x = tf.tensor1d(inputs.x);
  return work(() => compute(x));
};
const rows = (compute) => (inputs, shape) => {
  const x = tf.tensor(inputs.x, shape);
  return work(() => compute(x));
};
const product = (transposeA, transposeB) => (inputs, n) => {
  const [a, b] = [inputs.a, inputs.b].map((data) => tf.tensor2d(data, [n, n]));
  return work(() => a.matMul(b, transposeA, transposeB));
};
const gradientOfMlp = ({ x, w, b }) => {
  const args = [tf.tensor2d(x, [1, 16]), tf.tensor2d(w, [16, 16]), tf.tensor1d(b)];
  return () => gradMlp(args);
};
const added = (inputs) => {
  const [x, y] = [tf.tensor1d(inputs.x), tf.tensor1d(inputs.y)];
  return () => [x.add(y)];
};
const NO_FILTER_GRADIENT = "its wasm backend has no gradient with respect to a convolution's filter";

/** gradtape's names that are others here. */
const NAMES = { remainder: 'mod', logaddexp: undefined, xlogy: undefined, hypot: undefined, copysign: undefined };

const byName = { ...tf };

const workloads = {
  call({ dtype, data }, { kind, f }) {
    if (dtype === 'float64') return 'has no float64';
    const g = byName[f in NAMES ? NAMES[f] : f];
    if (g === undefined) return 'has no such function';
    const xs = data.map((d) => tf.tensor1d(d));
    const gradients = tf.grads((...args) => g(...args));
    const found = work(() => (kind === 'value' ? g(...xs) : gradients(xs)));
    try {
      found.run();
    } catch {
      return `its wasm backend has not all that ${kind === 'value' ? 'this' : 'this gradient'} takes`;
    }
    return found;
  },
  gradient: ({ x, y }) => read(() => gradF([tf.scalar(x), tf.scalar(y)])),
  secondOrder: ({ x, y }) => read(() => gradGradF([tf.scalar(x), tf.scalar(y)])),
  mlp16: (inputs) => work(gradientOfMlp(inputs)),
  mlp16Read: (inputs) => read(gradientOfMlp(inputs)),
  add16: (inputs) => work(added(inputs)),
  add16Read: (inputs) => read(added(inputs)),
  adds16(inputs) {
    const [x, y] = [tf.tensor1d(inputs.x), tf.tensor1d(inputs.y)];
    return read(() => {
      let sum = y;
      for (let i = 0; i < 100; i++) sum = sum.add(x);
      return [sum];
    });
  },
  chain({ x }, length) {
    const g = tf.grad(chain(length));
    return read(() => [g(tf.scalar(x))]);
  },

  gemm: product(false, false),
  gemmNT: product(false, true),
  gemmTN: product(true, false),
  batched(inputs) {
    const [a, b] = [tf.tensor3d(inputs.a, [16, 128, 64]), tf.tensor3d(inputs.b, [16, 64, 128])];
    return work(() => a.matMul(b));
  },
  product(inputs, [m, k, n]) {
    const [a, b] = [tf.tensor2d(inputs.a, [m, k]), tf.tensor2d(inputs.b, [k, n])];
    return work(() => a.matMul(b));
  },

  sort: () => 'has no sort but topk',
  argsort: () => 'has no argsort but topk',
  topk: unary((x) => tf.topk(x, 100).values),

  exp: unary((x) => x.exp()),
  tanh: unary((x) => x.tanh()),
  gelu: unary(gelu),
  chain8(inputs) {
    const [a, b, c] = [inputs.a, inputs.b, inputs.c].map((data) => tf.tensor1d(data));
    return work(() => a.mul(b).add(c).mul(a).sub(b).mul(c).add(a).mul(b).sub(c));
  },

  softmax: rows((x) => x.softmax()),
  layerNorm(inputs, shape) {
    const [x, gamma, beta] = [tf.tensor(inputs.x, shape), tf.tensor1d(inputs.gamma), tf.tensor1d(inputs.beta)];
    return work(() => layerNorm(x, gamma, beta));
  },
  sum: rows((x) => x.sum()),
  sum0: rows((x) => x.sum(0)),
  sum1: rows((x) => x.sum(1)),

  conv2d(inputs, shapes) {
    const [x, w] = [tf.tensor4d(inputs.x, shapes.x), tf.tensor4d(inputs.w, shapes.w)];
    return work(() => tf.conv2d(x, w, 1, 'same'));
  },
  conv2dGrad: () => NO_FILTER_GRADIENT,
  depthwise(inputs, shape) {
    const [x, w] = [tf.tensor4d(inputs.x, shape), tf.tensor4d(inputs.w, [3, 3, 32, 1])];
    return work(() => tf.depthwiseConv2d(x, w, 1, 'same'));
  },
  maxPool(inputs, shape) {
    const x = tf.tensor4d(inputs.x, shape);
    return work(() => tf.maxPool(x, 2, 2, 'valid'));
  },

  ...models,
  cnn: () => NO_FILTER_GRADIENT,
};

export async function open() {
  const manifest = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json');
  setWasmPaths(`${dirname(manifest)}/dist/`);
  setThreadsCount(1);
  if (!(await tf.setBackend('wasm'))) throw new Error('tfjs: its wasm backend does not start');
  for (const event of ['uncaughtException', 'unhandledRejection']) process.removeAllListeners(event); // its own hide our errors
  return [{ name: 'tfjs', version: tf.version.tfjs, workloads }];
}
