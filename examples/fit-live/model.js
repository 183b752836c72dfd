/**
 * A network that predicts a distribution: for each x the mean and the deviation of y, so it says how sure it is. Knows neither cars nor pages.
 */
import { exp, mean, random, scope, sum, tanh, tensor, valueAndGradientsFunction, zeros, zerosLike } from 'gradtape';

const WIDTH = 16; // units of a hidden layer
const RATE = 0.01;
const MOMENTUM = 0.9;
const DECAY = 0.005; // pulls weights to zero, which keeps the curve smooth

/** x: (n, 1) → `{ mu, logSigma }`, each (n, 1). */
function predict({ w1, b1, w2, b2, wMu, bMu, wSigma, bSigma }, x) {
  const hidden = tanh(tanh(x.matmul(w1).add(b1)).matmul(w2).add(b2));
  return { mu: hidden.matmul(wMu).add(bMu), logSigma: hidden.matmul(wSigma).add(bSigma) };
}

/** Mean of −log N(y; μ, σ²) = log σ + (y − μ)²/2σ² + ½ log 2π, in nats. */
function surprise(params, { x, y }) {
  const { mu, logSigma } = predict(params, x);
  const z = y.sub(mu).mul(exp(logSigma.neg()));
  return mean(logSigma.add(z.square().mul(0.5))).add(Math.log(2 * Math.PI) / 2);
}

/** What training minimises: the surprise and the weights' decay. The surprise alone comes beside it. */
function loss(params, data) {
  const { w1, w2, wMu, wSigma } = params;
  const size = [w1, w2, wMu, wSigma].map((w) => sum(w.square())).reduce((a, b) => a.add(b));
  return surprise(params, data).add(size.mul(DECAY / 2));
}

const lossAndGradients = valueAndGradientsFunction(loss, [0]);

/** Weights before the first step: the mean is 0 everywhere and the deviation 1, that of standardised data. */
export function initialState(seed = 1) {
  const [first, bias, second] = random.split(random.key(seed), 3);
  // biome-ignore format: a layer in each line
  const params = {
    w1: random.normal(first, [1, WIDTH]).mul(0.7),                    b1: random.normal(bias, [WIDTH]).mul(0.7),
    w2: random.normal(second, [WIDTH, WIDTH]).mul(WIDTH ** -0.5),     b2: zeros([WIDTH]),
    wMu: zeros([WIDTH, 1]),                                           bMu: zeros([1]),
    wSigma: zeros([WIDTH, 1]),                                        bSigma: zeros([1]),
  };
  return { params, velocity: Object.fromEntries(Object.entries(params).map(([name, w]) => [name, zerosLike(w)])) };
}

/** One step of gradient descent with momentum: v ← βv − ηg, w ← w + v. */
export function step({ params, velocity }, data) {
  return scope(() => {
    const { gradients } = lossAndGradients(params, data);
    const next = { params: {}, velocity: {} };
    for (const [name, g] of Object.entries(gradients[0])) {
      next.velocity[name] = velocity[name].mul(MOMENTUM).sub(g.mul(RATE));
      next.params[name] = params[name].add(next.velocity[name]);
    }
    return next;
  });
}

/** Numbers as a column. */
export const column = (numbers) => tensor(numbers, { dtype: 'float32', shape: [numbers.length, 1] });

/** The surprise on each of the sets, as numbers. */
export const surprises = ({ params }, sets) => scope(() => sets.map((set) => surprise(params, set).item()));

/** `{ mu, sigma }` over a column of x, as typed arrays. */
export const curve = ({ params }, x) =>
  scope(() => {
    const { mu, logSigma } = predict(params, x);
    return { mu: mu.data(), sigma: exp(logSigma).data() };
  });
