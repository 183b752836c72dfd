/** The training steps in gradtape. A step takes parameters and gives the loss and the next ones. */
import { CHECKED_STEPS, EPSILON, HEADS, RATE } from '../models.mjs';

/** `run` is one step after the other; `read`, called before them, gives the first losses. */
export function modelsWith(library, wrap, inScope) {
  const { conv2d, gradientsFunction, layerNorm, maxPool2d, mean, sparseSoftmaxCrossEntropy, squaredDifference, sum, tensor, valueAndGradientsFunction } =
    library;

  function training(loss, { params: initial, x, labels, y }) {
    const lossAndGradients = valueAndGradientsFunction(loss, [0]);
    const step = wrap((params, x, target) => {
      const { value, gradients } = lossAndGradients(params, x, target);
      return { value, params: params.map((p, i) => p.sub(gradients[0][i].mul(RATE))) };
    });
    const input = tensor(x.data, { shape: x.shape });
    const target = labels ? tensor(labels) : tensor(y.data, { shape: y.shape });
    let params = initial.map(({ data, shape }) => tensor(data, { shape }));
    const advance = inScope(() => {
      const next = step(params, input, target);
      return { loss: next.value.item(), params: next.params };
    });
    const run = () => {
      const next = advance();
      params = next.params;
      return next.loss;
    };
    return { run, read: () => Array.from({ length: CHECKED_STEPS }, run) };
  }

  const crossEntropy = (logits) => (params, x, labels) => mean(sparseSoftmaxCrossEntropy(labels, logits(params, x)));

  const mlp = crossEntropy(([w1, b1, w2, b2, w3, b3], x) => x.matmul(w1).add(b1).relu().matmul(w2).add(b2).relu().matmul(w3).add(b3));

  const convolved = (x, w, b) => maxPool2d(conv2d(x, w, { padding: 'SAME' }).add(b).relu(), 2);
  const cnn = crossEntropy(([w1, b1, w2, b2, w3, b3], x) =>
    convolved(convolved(x, w1, b1), w2, b2)
      .reshape([x.shape[0], -1])
      .matmul(w3)
      .add(b3),
  );

  function attention(x, [wq, wk, wv, wo]) {
    const [batch, length, width] = x.shape;
    const heads = (w) => x.matmul(w).reshape([batch, length, HEADS, -1]).transpose([0, 2, 1, 3]);
    const scores = heads(wq)
      .matmul(heads(wk), { transposeB: true })
      .mul(Math.sqrt(HEADS / width));
    return scores.softmax().matmul(heads(wv)).transpose([0, 2, 1, 3]).reshape([batch, length, width]).matmul(wo);
  }

  function transformer([gamma1, beta1, wq, wk, wv, wo, gamma2, beta2, w1, b1, w2, b2], x, y) {
    const norm = (x, gamma, beta) => layerNorm(x, gamma, beta, { epsilon: EPSILON });
    const h = x.add(attention(norm(x, gamma1, beta1), [wq, wk, wv, wo]));
    const output = h.add(norm(h, gamma2, beta2).matmul(w1).add(b1).gelu().matmul(w2).add(b2));
    return mean(squaredDifference(output, y));
  }

  function deep({ weights, x, width, batch }) {
    const g = wrap(gradientsFunction((weights, x) => sum(weights.reduce((y, w) => y.matmul(w).tanh(), x)), [0]));
    const [input, ...params] = [tensor(x, { shape: [batch, width] }), ...weights.map((w) => tensor(w, { shape: [width, width] }))];
    return inScope(() => g(params, input)[0][0].data());
  }

  return {
    deep,
    mlp: (inputs) => training(mlp, inputs),
    cnn: (inputs) => training(cnn, inputs),
    transformer: (inputs) => training(transformer, inputs),
  };
}
