/** The app as an edge host has it: `/` answers it, `/train` fits a small network and answers the bytes of linear memory after it. */
import { gradientsFunction, memory, random, sum, tanh } from 'gradtape';
import { answer } from './app.js';

const STEPS = 500;

function train() {
  const [x, y, w1, w2] = [
    [64, 8],
    [64, 1],
    [8, 64],
    [64, 1],
  ].map((shape, seed) => random.normal(random.key(seed), shape));
  const gradients = gradientsFunction((w1, w2) => sum(tanh(x.matmul(w1)).matmul(w2).sub(y).square()));
  let weights = [w1.mul(0.1), w2.mul(0.1)];
  for (let step = 0; step < STEPS; step++) {
    const steps = gradients(...weights);
    weights = weights.map((w, i) => w.sub(steps[i].mul(1e-4)));
  }
  return memory().reserved;
}

export default { fetch: ({ url } = { url: '' }) => new Response(url.endsWith('/train') ? train() : answer()) };
