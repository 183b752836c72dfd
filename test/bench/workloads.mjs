/** What is measured: names, sizes, inputs and how close the answers must be. Knows no library. */

/**
 * - `name`: also the key under which a peer implements it
 * - `title(size)`: the row's label
 * - `sizes`: one row each; absent where there is one size only
 * - `inputs(size, random)`: plain numbers and Float32Arrays, the same for every peer
 * - `tolerance`: largest distance between the peers' answers, relative to the largest entry
 * - `work(size)`: `[amount, unit]` of one call; the row is then shown as amount per second
 */
export const workloads = [
  {
    name: 'gradient',
    title: () => 'grad of f = x³y − xy²',
    inputs: () => ({ x: 2, y: 3 }), // answer: 27, −4
    tolerance: 0,
  },
  {
    name: 'secondOrder',
    title: () => 'grad of ∂f/∂x + ∂f/∂y, the same f',
    inputs: () => ({ x: 2, y: 3 }), // answer: 42, 2
    tolerance: 0,
  },
  {
    name: 'mlp16',
    title: () => 'grad of Σ tanh(xW + b), 16×16',
    inputs: (_, random) => ({ x: random(16), w: random(256), b: random(16) }),
    tolerance: 1e-5,
  },
  {
    name: 'add16',
    title: () => 'add of two [16]',
    inputs: (_, random) => ({ x: random(16), y: random(16) }),
    tolerance: 0,
  },
  {
    name: 'adds16',
    title: () => '100 adds y ← y + x of [16]',
    inputs: (_, random) => ({ x: random(16), y: random(16) }),
    tolerance: 1e-5,
  },
  {
    name: 'chain',
    title: (size) => `grad of a chain of ${size} scalar ops`,
    sizes: [10, 100, 1000, 10_000, 100_000],
    inputs: () => ({ x: 0.5 }), // y ← y·x and y ← y + x in turns, from y = x: tends to x/(1 − x), gradient 4
    tolerance: 1e-5,
  },
  {
    name: 'gemm',
    title: (n) => `[${n}, ${n}] · [${n}, ${n}]`,
    sizes: [64, 128, 256, 512, 1024],
    inputs: (n, random) => ({ a: random(n * n), b: random(n * n) }),
    tolerance: 1e-5,
    work: (n) => [2 * n ** 3 * 1e-9, 'GFLOP/s'],
  },
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
  return (length) => Float32Array.from({ length }, next);
}
