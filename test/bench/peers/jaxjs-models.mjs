/** The training steps in jax-js, and what they are made of. Its images are NCHW, its filters OIHW. */
import { blockUntilReady, grad, lax, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { CHECKED_STEPS, EPSILON, HEADS, RATE } from '../models.mjs';

/** Numbers in `shape`, made anew with their axes permuted: a transposed view would cost at each use. */
function permuted(data, shape, axes) {
  const view = np.transpose(np.array(data, { shape }), axes);
  const dims = view.shape;
  return np.array(view.dataSync(), { shape: dims });
}
export const nchw = (data, shape) => permuted(data, shape, [0, 3, 1, 2]);
export const oihw = (data, shape) => permuted(data, shape, [3, 2, 0, 1]);
export const fromNchw = (x) => np.transpose(x, [0, 2, 3, 1]);
export const fromOihw = (w) => np.transpose(w, [2, 3, 1, 0]);

export const convolve = (x, w) => lax.conv(x, w, [1, 1], 'SAME');
export const maxPool = (x) => lax.reduceWindow(x, np.max, [2, 2], [2, 2]);
export const gelu = (x) => nn.gelu(x, { approximate: false });
export const layerNorm = (x, gamma, beta) => nn.standardize(x, -1, { epsilon: EPSILON }).mul(gamma).add(beta);

const dense = (x, w, b) => np.matmul(x, w).add(b);
const crossEntropy = (logits, target) =>
  nn
    .logSoftmax(logits, -1)
    .mul(target)
    .sum()
    .mul(-1 / logits.shape[0]);

const mlp = ([w1, b1, w2, b2, w3, b3], x, target) => crossEntropy(dense(nn.relu(dense(nn.relu(dense(x, w1, b1)), w2, b2)), w3, b3), target);

function cnn([w1, b1, w2, b2, w3, b3], x, target) {
  const block = (x, w, b) => maxPool(nn.relu(convolve(x, w).add(b.reshape([-1, 1, 1]))));
  const features = block(block(x, w1, b1), w2, b2);
  return crossEntropy(dense(features.reshape([target.shape[0], -1]), w3, b3), target);
}

function attention(x, [wq, wk, wv, wo]) {
  const [batch, length, width] = x.shape;
  const heads = (x, w) => np.transpose(np.matmul(x, w).reshape([batch, length, HEADS, -1]), [0, 2, 1, 3]);
  const scores = np.matmul(heads(x.ref, wq), np.transpose(heads(x.ref, wk), [0, 1, 3, 2])).mul(Math.sqrt(HEADS / width));
  const mixed = np.transpose(np.matmul(nn.softmax(scores, -1), heads(x, wv)), [0, 2, 1, 3]);
  return np.matmul(mixed.reshape([batch, length, width]), wo);
}

function transformer([gamma1, beta1, wq, wk, wv, wo, gamma2, beta2, w1, b1, w2, b2], x, y) {
  const h = x.ref.add(attention(layerNorm(x, gamma1, beta1), [wq, wk, wv, wo]));
  const output = dense(gelu(dense(layerNorm(h.ref, gamma2, beta2), w1, b1)), w2, b2);
  return np.square(h.add(output).sub(y)).mean();
}

export function modelsWith(wrap) {
  /** `run` is one step after the other; `read`, called before them, gives the first losses. */
  function training(loss, initial, x, target) {
    const step = wrap((params, x, target) => {
      const [value, gradients] = valueAndGrad(loss)(tree.ref(params), x, target);
      return [value, params.map((p, i) => p.sub(gradients[i].mul(RATE)))];
    });
    let params = initial;
    const run = () => {
      const [value, next] = step(params, x.ref, target.ref);
      params = next;
      return value.item();
    };
    return { run, read: () => Array.from({ length: CHECKED_STEPS }, run) };
  }

  const array = ({ data, shape }) => np.array(data, { shape });
  const oneHot = (labels) => nn.oneHot(np.array(labels, { dtype: np.int32 }), 10);

  function deep({ weights, x, width, batch }) {
    const g = wrap(grad((weights, x) => weights.reduce((y, w) => np.tanh(np.matmul(y, w)), x).sum()));
    const params = weights.map((data) => np.array(data, { shape: [width, width] }));
    const input = np.array(x, { shape: [batch, width] });
    return async () => {
      const gradients = await blockUntilReady(g(tree.ref(params), input.ref));
      const [first, ...others] = gradients;
      tree.dispose(others);
      return first.dataSync();
    };
  }

  return {
    deep,
    mlp: ({ params, x, labels }) => training(mlp, params.map(array), array(x), oneHot(labels)),
    cnn({ params, x, labels }) {
      const [w1, b1, w2, b2, w3, b3] = params;
      const rows = permuted(w3.data, [7, 7, 32, 10], [2, 0, 1, 3]).reshape(w3.shape); // one for each feature: in the order of NHWC before
      const initial = [oihw(w1.data, w1.shape), array(b1), oihw(w2.data, w2.shape), array(b2), rows, array(b3)];
      return training(cnn, initial, nchw(x.data, x.shape), oneHot(labels));
    },
    transformer: ({ params, x, y }) => training(transformer, params.map(array), array(x), array(y)),
  };
}
