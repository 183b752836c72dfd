/** The models whose training steps are measured: shapes, initial parameters, data. Knows no library. */

export const RATE = 0.01; // of gradient descent
export const CHECKED_STEPS = 5; // whose losses are compared

const count = (shape) => shape.reduce((a, b) => a * b, 1);

/** Uniform in ±√(3 / fan-in), so that a layer keeps the scale; vectors by their name: `gamma…` ones, others zeros. */
function initial(random, name, shape) {
  if (shape.length === 1) return new Float32Array(shape[0]).fill(name.startsWith('gamma') ? 1 : 0);
  const scale = Math.sqrt(3 / count(shape.slice(0, -1)));
  return random(count(shape)).map((v) => v * scale);
}

/** `{ params: [{ name, shape, data }], x, labels }`, `labels` as one of ten classes a row. */
const classifier = (shapes, x) => ({
  inputs(random) {
    const params = Object.entries(shapes).map(([name, shape]) => ({ name, shape, data: initial(random, name, shape) }));
    const labels = Int32Array.from(random(x[0]), (v) => Math.floor(5 * (v + 1)) % 10);
    return { params, x: { shape: x, data: random(count(x)) }, labels };
  },
});

/** relu between layers, mean softmax cross-entropy. */
export const mlp = classifier({ w1: [784, 256], b1: [256], w2: [256, 128], b2: [128], w3: [128, 10], b3: [10] }, [64, 784]);

/** NHWC: conv SAME, relu, max-pool 2×2, twice; dense; mean softmax cross-entropy. */
export const cnn = classifier({ w1: [3, 3, 1, 16], b1: [16], w2: [3, 3, 16, 32], b2: [32], w3: [1568, 10], b3: [10] }, [32, 28, 28, 1]);

const WIDTH = 128;
const BLOCK = {
  gamma1: [WIDTH],
  beta1: [WIDTH],
  wq: [WIDTH, WIDTH],
  wk: [WIDTH, WIDTH],
  wv: [WIDTH, WIDTH],
  wo: [WIDTH, WIDTH],
  gamma2: [WIDTH],
  beta2: [WIDTH],
  w1: [WIDTH, 4 * WIDTH],
  b1: [4 * WIDTH],
  w2: [4 * WIDTH, WIDTH],
  b2: [WIDTH],
};

/** h = x + attention(norm(x)); h + W₂ gelu(W₁ norm(h)); mean squared distance from `y`. `gelu` is the exact one. */
export const transformer = {
  inputs(random) {
    const shape = [8, 64, WIDTH];
    const params = Object.entries(BLOCK).map(([name, dims]) => ({ name, shape: dims, data: initial(random, name, dims) }));
    return { params, x: { shape, data: random(count(shape)) }, y: { shape, data: random(count(shape)) } };
  },
};
export const HEADS = 4;
export const EPSILON = 1e-5; // of the normalisations
