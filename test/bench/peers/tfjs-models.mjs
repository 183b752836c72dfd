/** The training steps in TensorFlow.js, and what they are made of. */
import * as tf from '@tensorflow/tfjs';
import { CHECKED_STEPS, EPSILON, HEADS, RATE } from '../models.mjs';

export const gelu = (x) => x.mul(0.5).mul(x.mul(Math.SQRT1_2).erf().add(1));

export function layerNorm(x, gamma, beta) {
  const { mean, variance } = tf.moments(x, -1, true);
  return x.sub(mean).mul(variance.add(EPSILON).rsqrt()).mul(gamma).add(beta);
}

/** `loss(params)` → steps: `run` is one after the other; `read`, called before them, gives the first losses. */
function training(initial, loss) {
  const variables = initial.map(({ data, shape }) => tf.variable(tf.tensor(data, shape)));
  const optimizer = tf.train.sgd(RATE);
  const run = () => tf.tidy(() => optimizer.minimize(() => loss(variables), true, variables).dataSync()[0]);
  return { run, read: () => Array.from({ length: CHECKED_STEPS }, run) };
}

const dense = (x, w, b) => x.matMul(w).add(b);

function mlp({ params, x, labels }) {
  const input = tf.tensor(x.data, x.shape);
  const target = tf.oneHot(tf.tensor1d(labels, 'int32'), 10).toFloat();
  return training(params, ([w1, b1, w2, b2, w3, b3]) => {
    const logits = dense(dense(dense(input, w1, b1).relu(), w2, b2).relu(), w3, b3);
    return logits.logSoftmax().mul(target).sum(1).mean().neg();
  });
}

function attention(x, [wq, wk, wv, wo]) {
  const [batch, length, width] = x.shape;
  const rows = x.reshape([-1, width]);
  const heads = (w) => rows.matMul(w).reshape([batch, length, HEADS, -1]).transpose([0, 2, 1, 3]);
  const scores = tf.matMul(heads(wq), heads(wk), false, true).mul(Math.sqrt(HEADS / width));
  const mixed = tf.matMul(scores.softmax(), heads(wv)).transpose([0, 2, 1, 3]);
  return mixed.reshape([-1, width]).matMul(wo).reshape(x.shape);
}

function transformer({ params, x, y }) {
  const input = tf.tensor(x.data, x.shape);
  const target = tf.tensor(y.data, y.shape);
  return training(params, ([gamma1, beta1, wq, wk, wv, wo, gamma2, beta2, w1, b1, w2, b2]) => {
    const h = input.add(attention(layerNorm(input, gamma1, beta1), [wq, wk, wv, wo]));
    const rows = layerNorm(h, gamma2, beta2).reshape([-1, w1.shape[0]]);
    const output = dense(gelu(dense(rows, w1, b1)), w2, b2).reshape(h.shape);
    return h.add(output).squaredDifference(target).mean();
  });
}

function deep({ weights, x, width, batch }) {
  const input = tf.tensor2d(x, [batch, width]);
  const params = weights.map((w) => tf.tensor2d(w, [width, width]));
  const g = tf.grads((...weights) => weights.reduce((y, w) => y.matMul(w).tanh(), input).sum());
  return () => {
    let first;
    tf.tidy(() => {
      first = g(params)[0].dataSync();
    });
    return first;
  };
}

export const models = { mlp, transformer, deep };
