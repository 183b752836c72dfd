/** The workloads in numpy-ts, forward only. Its WebAssembly kernels use relaxed SIMD where the host has it. Needs Node 22. */
import { readFileSync } from 'node:fs';
import * as np from 'numpy-ts';
import { EPSILON } from '../models.mjs';

const array = (data, shape = [data.length]) => np.asarray(data, 'float32').reshape(shape);

/** `compute` on arrays made once. What is not disposed of waits for the garbage collector, outside of its sight. */
const work = (compute) => ({
  run() {
    const result = compute();
    result.dispose?.();
  },
  read: () => numbers(compute()),
});
const numbers = (result) => (typeof result === 'number' ? result : np.ascontiguousarray(result).data);

const unary = (f) => (inputs) => {
  const x = array(inputs.x);
  return work(() => f(x));
};
const rows = (f) => (inputs, shape) => {
  const x = array(inputs.x, shape);
  return work(() => f(x));
};
const square = (f) => (inputs, n) => {
  const [a, b] = [array(inputs.a, [n, n]), array(inputs.b, [n, n])];
  return work(() => f(a, b));
};

/** A chain of operations: each result is disposed of when the next one stands. */
const chained = (start, ...steps) =>
  steps.reduce((x, step) => {
    const next = step(x);
    x.dispose();
    return next;
  }, start());

/** gradtape's names that are others here, and those that are none. */
const NAMES = { asin: 'arcsin', acos: 'arccos', atan: 'arctan', asinh: 'arcsinh', acosh: 'arccosh', atanh: 'arctanh', atan2: 'arctan2' };
Object.assign(NAMES, { pow: 'power', mul: 'multiply', div: 'divide', floorDiv: 'floor_divide' });

const byName = { ...np };

const workloads = {
  otherwise: () => 'has no gradients',
  call({ dtype, data }, { kind, f }) {
    if (kind === 'gradient') return 'has no gradients';
    const g = byName[NAMES[f] ?? f];
    if (g === undefined) return 'has no such function';
    const xs = data.map((d) => np.asarray(d, dtype));
    return work(() => g(...xs));
  },
  add16(inputs) {
    const [x, y] = [array(inputs.x), array(inputs.y)];
    return work(() => np.add(x, y));
  },
  add16Read(inputs) {
    const [x, y] = [array(inputs.x), array(inputs.y)];
    return () => np.add(x, y).data;
  },
  adds16(inputs) {
    const [x, y] = [array(inputs.x), array(inputs.y)];
    const steps = Array(99).fill((sum) => np.add(sum, x));
    return () => chained(() => np.add(y, x), ...steps).data;
  },

  gemm: square((a, b) => np.matmul(a, b)),
  gemmNT: square((a, b) => np.matmul(a, b.T)),
  gemmTN: square((a, b) => np.matmul(a.T, b)),
  batched(inputs) {
    const [a, b] = [array(inputs.a, [16, 128, 64]), array(inputs.b, [16, 64, 128])];
    return work(() => np.matmul(a, b));
  },
  product(inputs, [m, k, n]) {
    const [a, b] = [array(inputs.a, [m, k]), array(inputs.b, [k, n])];
    return work(() => np.matmul(a, b));
  },

  exp: unary(np.exp),
  tanh: unary(np.tanh),
  gelu: () => 'has no erf',
  chain8(inputs) {
    const [a, b, c] = [array(inputs.a), array(inputs.b), array(inputs.c)];
    const { add, multiply, subtract } = np;
    return work(() =>
      chained(
        () => multiply(a, b),
        (y) => add(y, c),
        (y) => multiply(y, a),
        (y) => subtract(y, b),
        (y) => multiply(y, c),
        (y) => add(y, a),
        (y) => multiply(y, b),
        (y) => subtract(y, c),
      ),
    );
  },

  sort: unary((x) => np.sort(x)),
  argsort: unary((x) => np.argsort(x)),
  topk: () => 'has no topk',

  softmax: rows((x) => {
    const top = np.max(x, 1, true);
    const e = chained(() => np.subtract(x, top), np.exp);
    const total = np.sum(e, 1, true);
    const result = np.divide(e, total);
    for (const used of [top, e, total]) used.dispose();
    return result;
  }),
  layerNorm(inputs, shape) {
    const [x, gamma, beta] = [array(inputs.x, shape), array(inputs.gamma), array(inputs.beta)];
    return work(() => {
      const mean = np.mean(x, 1, true);
      const deviation = chained(
        () => np.var(x, 1, 0, true),
        (v) => np.add(v, EPSILON),
        np.sqrt,
      );
      const result = chained(
        () => np.subtract(x, mean),
        (y) => np.divide(y, deviation),
        (y) => np.multiply(y, gamma),
        (y) => np.add(y, beta),
      );
      mean.dispose();
      deviation.dispose();
      return result;
    });
  },
  sum: rows((x) => np.sum(x)),
  sum0: rows((x) => np.sum(x, 0)),
  sum1: rows((x) => np.sum(x, 1)),

  conv2d: () => 'has no convolution',
  depthwise: () => 'has no convolution',
  maxPool(inputs, [n, h, w, c]) {
    const x = array(inputs.x, [n, h / 2, 2, w / 2, 2, c]);
    return work(() =>
      chained(
        () => np.max(x, 4),
        (y) => np.max(y, 2),
      ),
    );
  },
};

export async function open() {
  const manifest = new URL('../node_modules/numpy-ts/package.json', import.meta.url);
  np.configureWasm({ maxMemory: 2 ** 30 }); // its heap has a fixed size, and what is kept in it is what the garbage collector has not found
  return [{ name: 'numpy-ts', version: JSON.parse(readFileSync(manifest, 'utf8')).version, workloads }];
}
