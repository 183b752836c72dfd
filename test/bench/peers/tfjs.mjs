/** The workloads in TensorFlow.js on its WebAssembly backend, one thread. Every call is in a tidy, or it would leak. */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

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

const workloads = {
  gradient: ({ x, y }) => read(() => gradF([tf.scalar(x), tf.scalar(y)])),
  secondOrder: ({ x, y }) => read(() => gradGradF([tf.scalar(x), tf.scalar(y)])),
  mlp16(inputs) {
    const args = [tf.tensor2d(inputs.x, [1, 16]), tf.tensor2d(inputs.w, [16, 16]), tf.tensor1d(inputs.b)];
    return read(() => gradMlp(args));
  },
  add16(inputs) {
    const [x, y] = [tf.tensor1d(inputs.x), tf.tensor1d(inputs.y)];
    return read(() => [x.add(y)]);
  },
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
  gemm(inputs, n) {
    const [a, b] = [inputs.a, inputs.b].map((data) => tf.tensor2d(data, [n, n]));
    return read(() => [a.matMul(b)]);
  },
};

export async function open() {
  const manifest = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json');
  setWasmPaths(`${dirname(manifest)}/dist/`);
  setThreadsCount(1);
  if (!(await tf.setBackend('wasm'))) throw new Error('tfjs: its wasm backend does not start');
  for (const event of ['uncaughtException', 'unhandledRejection']) process.removeAllListeners(event); // its own hide our errors
  return [{ name: 'tfjs', version: tf.version.tfjs, workloads }];
}
