/** What is measured: names, sizes, inputs, units, targets, and how close the answers must be. Knows no library. */
import { functions } from './functions.mjs';
import { gradbench } from './gradbench.mjs';
import { cnn, mlp, transformer } from './models.mjs';

const MILLION = 2 ** 20;

/** Units. A figure in `…/s` is `amount / seconds`, the more the better; any other is `seconds / amount`, the less the better. */
const µs = { unit: 'µs', amount: () => 1e-6 };
const steps = { unit: 'steps/s', amount: () => 1 };
const gigaflops = (flops) => ({ unit: 'GFLOP/s', amount: (size) => flops(size) * 1e-9 });
const nsPerElement = (elements = (n) => n) => ({ unit: 'ns/element', amount: (size) => elements(size) * 1e-9 });

const scalars = { group: 'small', inputs: () => ({ x: 2, y: 3 }), tolerance: 0, ...µs };
const pair16 = { group: 'small', inputs: (_, random) => ({ x: random(16), y: random(16) }), tolerance: 1e-5, ...µs };
const layer16 = {
  group: 'small',
  inputs: (_, random) => ({ x: random(16), w: random(256), b: random(16) }),
  tolerance: 1e-5,
  ...µs,
};
const product = { group: 'products', tolerance: 1e-5 };
const square = { ...product, inputs: (n, random) => ({ a: random(n * n), b: random(n * n) }), ...gigaflops((n) => 2 * n ** 3) };
const unary = { group: 'elementwise', inputs: (n, random) => ({ x: random(n) }), tolerance: 1e-6, sizes: [16_384, MILLION], ...nsPerElement() };
const matrix = { group: 'rows', inputs: ([m, n], random) => ({ x: random(m * n) }), ...nsPerElement(([m, n]) => m * n) };
const order = {
  group: 'order',
  inputs: (n, random) => ({ x: random(n) }),
  tolerance: 0,
  sizes: [MILLION],
  contestants: ['in scope', 'JavaScript', 'tfjs', 'numpy-ts'],
  ...nsPerElement(),
};
const image = { inputs: ([n, h, w, c], random) => ({ x: random(n * h * w * c), w: random(9 * c) }), sizes: [[1, 112, 112, 32]] };

const CONV = { x: [8, 32, 32, 16], w: [3, 3, 16, 32], y: [8, 32, 32, 32] };
const count = (shape) => shape.reduce((a, b) => a * b, 1);
const CONV_FLOPS = 2 * count(CONV.y) * 9 * 16;
const conv = {
  group: 'convolution',
  sizes: [CONV],
  inputs: ({ x, w, y }, random) => ({ x: random(count(x)), w: random(count(w)), dy: random(count(y)) }),
  tolerance: 1e-5,
};
const training = { group: 'training', inputs: (model, random) => model.inputs(random), tolerance: 1e-4, ...steps };

const shape = (dims) => `[${dims.join(', ')}]`;
const grouped = (n) => (n >= MILLION ? `${n / MILLION}M` : n.toLocaleString('en').replace(',', ' '));
/** A target where the size is the one named. */
const at = (size, targets) => (n) => (n === size ? targets : {});

/**
 * - `name`: also the key under which a peer implements it; `group`: the section of the report
 * - `title(size)`: the row's label; `sizes`: one row each, absent where there is one only
 * - `inputs(size, random)`: plain numbers and Float32Arrays, the same for every peer
 * - `tolerance`: largest distance between the peers' answers, relative to the largest entry
 * - `unit`, `amount(size)`: what a call's time is shown as
 * - `target(size)`: by kind of contestant (`eager`, `compiled`, `relaxed`, or `best` of the first two) the figure to reach: a number,
 *   or a function of the figures of rows already measured
 * - `key`: instead of `name`, where peers have many workloads under one key, whose property says which; `contestants`: the names of those who
 *   take part, absent for all
 */
export const workloads = [
  // answers: 27, −4; 42, 2
  { name: 'gradient', ...scalars, title: () => 'grad of f = x³y − xy²', target: () => ({ eager: 1 }) },
  { name: 'secondOrder', ...scalars, title: () => 'grad of ∂f/∂x + ∂f/∂y, the same f', target: () => ({ eager: 2 }) },
  { name: 'mlp16', ...layer16, title: () => 'grad of Σ tanh(xW + b), 16×16', target: () => ({ eager: 3 }) },
  { name: 'mlp16Read', ...layer16, title: () => 'the same, read back' },
  { name: 'add16', ...pair16, title: () => 'add of two [16]', target: () => ({ eager: 0.1 }) },
  { name: 'add16Read', ...pair16, title: () => 'add of two [16], read back' },
  { name: 'adds16', ...pair16, title: () => '100 adds y ← y + x of [16], read back' },
  {
    name: 'chain',
    group: 'small',
    title: (size) => `grad of a chain of ${grouped(size)} scalar ops`,
    sizes: [10, 100, 1000, 10_000, 100_000],
    inputs: () => ({ x: 0.5 }), // y ← y·x and y ← y + x in turns, from y = x: tends to x/(1 − x), gradient 4
    tolerance: 1e-5,
    unit: 'µs/op',
    amount: (size) => size * 1e-6,
    target: (size) => (size >= 100 ? { eager: 0.15 } : {}), // flat, but for what a call costs
  },

  {
    name: 'gemm',
    ...square,
    title: (n) => `[${n}, ${n}] · [${n}, ${n}]`,
    sizes: [4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048],
    target: at(512, { best: 36, relaxed: 46 }),
  },
  // Transposes and batches within a tenth of the plain product of their size.
  { name: 'gemmNT', ...square, title: (n) => `[${n}, ${n}] · [${n}, ${n}]ᵀ`, sizes: [256], target: (n) => ({ best: (of) => 0.9 * of('gemm', n) }) },
  { name: 'gemmTN', ...square, title: (n) => `[${n}, ${n}]ᵀ · [${n}, ${n}]`, sizes: [256], target: (n) => ({ best: (of) => 0.9 * of('gemm', n) }) },
  {
    name: 'batched',
    ...product,
    title: () => '16 × [128, 64] · [64, 128]',
    inputs: (_, random) => ({ a: random(16 * 128 * 64), b: random(16 * 64 * 128) }),
    ...gigaflops(() => 16 * 2 * 128 * 64 * 128),
    target: () => ({ best: (of) => 0.9 * of('gemm', 128) }),
  },
  {
    name: 'product',
    ...product,
    title: ([m, k, n]) => `[${m}, ${k}] · [${k}, ${n}]`,
    sizes: [
      [1, 1024, 1024],
      [32, 784, 256],
    ],
    inputs: ([m, k, n], random) => ({ a: random(m * k), b: random(k * n) }),
    ...gigaflops(([m, k, n]) => 2 * m * k * n),
    target: ([m]) => (m === 1 ? { best: 25 } : {}),
  },

  {
    name: 'exp',
    ...unary,
    title: (n) => `exp, ${grouped(n)}`,
    sizes: [16, 256, 4096, 16_384, 65_536, MILLION, 16 * MILLION],
    target: at(MILLION, { best: 0.75, relaxed: 0.55 }),
  },
  { name: 'tanh', ...unary, title: (n) => `tanh, ${grouped(n)}`, target: at(MILLION, { best: 1.3, relaxed: 0.95 }) },
  { name: 'gelu', ...unary, title: (n) => `gelu, ${grouped(n)}`, target: at(MILLION, { best: 1.8, relaxed: 1.3 }) },
  {
    name: 'chain8',
    ...unary,
    title: (n) => `a·b + c, ·a, −b, ·c, + a, ·b, − c, ${grouped(n)} each`,
    inputs: (n, random) => ({ a: random(n), b: random(n), c: random(n) }),
    target: at(MILLION, { eager: 2.2, compiled: 0.5 }),
  },

  { name: 'sort', ...order, title: (n) => `sort, ${grouped(n)}` },
  { name: 'argsort', ...order, title: (n) => `argsort, ${grouped(n)}` },
  { name: 'topk', ...order, title: (n) => `the 100 greatest of ${grouped(n)}` },

  { name: 'softmax', ...matrix, title: (s) => `softmax ${shape(s)}`, sizes: [[256, 1024]], tolerance: 1e-5, target: () => ({ best: 0.85 }) },
  {
    name: 'layerNorm',
    ...matrix,
    title: (s) => `layer normalisation ${shape(s)}`,
    sizes: [[256, 768]],
    inputs: ([m, n], random) => ({ x: random(m * n), gamma: random(n), beta: random(n) }),
    tolerance: 1e-4, // some peers take the variance as E x² − (E x)²
    target: () => ({ best: 0.6 }),
  },
  // Their terms cancel, so the answers of sums differ more: their largest entry is a hundredth of Σ|x|.
  { name: 'sum', ...matrix, title: (s) => `sum of ${shape(s)}`, sizes: [[1024, 1024]], tolerance: 1e-2, target: () => ({ best: 0.06 }) },
  { name: 'sum0', ...matrix, title: (s) => `sum of ${shape(s)}, axis 0`, sizes: [[1024, 1024]], tolerance: 1e-4, target: () => ({ best: 0.12 }) },
  { name: 'sum1', ...matrix, title: (s) => `sum of ${shape(s)}, axis 1`, sizes: [[1024, 1024]], tolerance: 1e-4, target: () => ({ best: 0.07 }) },

  {
    name: 'conv2d',
    ...conv,
    title: ({ x, w }) => `conv2d ${shape(x)} ∗ ${shape(w)}`,
    ...gigaflops(() => CONV_FLOPS),
    target: () => ({ best: 33, relaxed: 42 }),
  },
  {
    name: 'conv2dGrad',
    ...conv,
    title: () => 'the same with both gradients',
    ...gigaflops(() => 3 * CONV_FLOPS),
    target: () => ({ best: 30, relaxed: 38 }),
  },
  {
    name: 'depthwise',
    group: 'convolution',
    ...image,
    title: (s) => `depthwise 3×3 on ${shape(s)}`,
    tolerance: 1e-5,
    ...gigaflops((s) => 2 * 9 * count(s)),
    target: () => ({ best: 12 }),
  },
  { name: 'maxPool', group: 'convolution', ...image, title: (s) => `max-pool 2×2 of ${shape(s)}`, tolerance: 0, ...µs, target: () => ({ best: 110 }) },

  { name: 'mlp', ...training, sizes: [mlp], title: () => 'MLP 784-256-128-10, batch 64', target: () => ({ best: 340, relaxed: 430 }) },
  { name: 'cnn', ...training, sizes: [cnn], title: () => 'CNN 16-32-10 on 28×28, batch 32', target: () => ({ best: 45, relaxed: 55 }) },
  {
    name: 'transformer',
    ...training,
    sizes: [transformer],
    title: () => 'transformer block, batch 8, 64 × 128, 4 heads',
    target: () => ({ best: 34, relaxed: 42 }),
  },

  ...functions,
  ...gradbench,
];

/** Float32Arrays of numbers uniform in ±1; the same sequence on every run (xorshift32, Marsaglia 2003). */
export function uniform(seed) {
  let state = seed;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 31 - 1;
  };
  return (length) => {
    const numbers = new Float32Array(length);
    for (let i = 0; i < length; i++) numbers[i] = next();
    return numbers;
  };
}
