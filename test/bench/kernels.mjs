/**
 * `npm run bench:kernels`: single kernels beside TensorFlow.js, in one process, in turns, answers compared first. What a call costs, its
 * result left where it is. Options: --only PATTERN (of titles), --rounds N, --alone (no peer). GRADTAPE_BUILD names another build.
 */
import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import * as root from '../../dist/bindings/index.js';
import * as nn from '../../dist/bindings/nn.index.js';
import { distance, markdown, race, three } from './harness.mjs';
import { uniform } from './workloads.mjs';

const gt = { ...root, ...nn };
const M = 1 << 20;
const NS = (elements) => [elements, 'ns'];
const FLOPS = (flops) => [flops, 'GFLOP/s'];

/**
 * A row: title, shapes of the inputs, which are uniform in ±1 (or as `range` says), the call in gradtape, the call in tfjs (absent where it
 * has none on this backend), the work of one call, and the answers' distance allowed.
 */
const row = (title, shapes, ours, theirs, work, { dtype = 'float32', range = [-1, 1], tolerance = 1e-5 } = {}) => ({
  title,
  shapes,
  ours,
  theirs,
  work,
  dtype,
  range,
  tolerance,
});

const [x, y] = [
  [0, 0],
  [0, 0],
].map(() => [1024, 1024]);

function elementary() {
  const ranges = { log: [1e-3, 10], acosh: [1, 10], log1p: [-0.9, 10], sqrt: [0, 10], asin: [-1, 1], acos: [-1, 1], atanh: [-0.99, 0.99], rsqrt: [0.1, 10] };
  const names =
    'exp expm1 exp2 log log1p sqrt sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh sigmoid softplus erf erfc gelu silu mish relu elu'.split(' ');
  const unary = names.flatMap((name) =>
    ['float32', 'float64'].map((dtype) =>
      row(`${name} ${dtype.slice(5)}`, [x], (t) => t[name](), dtype === 'float32' && ((tf, t) => tf[name](t)), NS(M), {
        dtype,
        range: ranges[name] ?? [-4, 4],
      }),
    ),
  );
  const pow = ['float32', 'float64'].map((dtype) =>
    row(`pow ${dtype.slice(5)}`, [x, y], gt.pow, dtype === 'float32' && ((tf, a, b) => tf.pow(a, b)), NS(M), { dtype, range: [0.1, 4] }),
  );
  return [...unary, ...pow];
}

function elementwise() {
  const pairs = [
    ['', x, y],
    [' + [1024]', x, [1024]],
    [' + [1024, 1]', x, [1024, 1]],
    [' + []', x, []],
    [' + Tᵀ', x, y],
  ];
  const n = 16384;
  const add = pairs.map(([title, a, b]) =>
    title === ' + Tᵀ'
      ? row(
          'add [1024, 1024] + transposed',
          [a, b],
          (s, t) => s.add(gt.transpose(t)),
          (_, s, t) => s.add(t.transpose()),
          NS(M),
        )
      : row(`add [1024, 1024]${title}`, [a, b], gt.add, (tf, s, t) => tf.add(s, t), NS(M)),
  );
  return [
    ...add,
    row('add [16384]', [[n], [n]], gt.add, (tf, s, t) => tf.add(s, t), NS(n)),
    row('mul [16384]', [[n], [n]], gt.mul, (tf, s, t) => tf.mul(s, t), NS(n)),
    row('add [128, 128] + [128]', [[128, 128], [128]], gt.add, (tf, s, t) => tf.add(s, t), NS(n)),
    row(
      'add [128, 128] + [128, 1]',
      [
        [128, 128],
        [128, 1],
      ],
      gt.add,
      (tf, s, t) => tf.add(s, t),
      NS(n),
    ),
    row('add [4096, 16] + [16]', [[4096, 16], [16]], gt.add, (tf, s, t) => tf.add(s, t), NS(65536)),
    row('add f64', [x, y], gt.add, undefined, NS(M), { dtype: 'float64' }),
    row(
      'transpose copied',
      [x],
      (t) => gt.reshape(gt.transpose(t), [M]),
      (tf, t) => tf.transpose(t),
      NS(M),
    ),
    row(
      'chain of 8',
      [x, x, x],
      (a, b, c) => a.mul(b).add(c).mul(a).sub(b).mul(c).add(a).mul(b).sub(c),
      (_, a, b, c) => a.mul(b).add(c).mul(a).sub(b).mul(c).add(a).mul(b).sub(c),
      NS(M),
    ),
  ];
}

const peerLayerNorm = (tf, x, gamma, beta) => {
  const { mean, variance } = tf.moments(x, -1, true);
  return x.sub(mean).mul(variance.add(1e-5).rsqrt()).mul(gamma).add(beta);
};

function reductions() {
  const folds = ['sum', 'mean', 'max'].flatMap((name) =>
    [undefined, 0, 1].map((axis) =>
      row(
        `${name}${axis === undefined ? '' : ` axis ${axis}`}`,
        [x],
        (t) => t[name]({ axis }),
        (tf, t) => tf[name](t, axis),
        NS(M),
        { tolerance: 1e-3 },
      ),
    ),
  );
  const s = [256, 1024];
  const softmaxGrad = gt.gradientsFunction((t, w) => gt.mul(gt.softmax(t), w), [0]);
  const layer = [[256, 768], [768], [768]];
  const labels = gt.softmax(gt.random.normal(gt.random.key(1), s));
  const indices = gt.argmax(labels, 1);
  const denseGrad = gt.valueAndGradientsFunction((t) => gt.softmaxCrossEntropy(labels, t));
  const sparseGrad = gt.valueAndGradientsFunction((t) => gt.sparseSoftmaxCrossEntropy(indices, t));
  let theirLabels;
  const peerLoss = (tf, t) => {
    theirLabels ??= tf.keep(tf.tensor(labels.data(), s));
    return tf.losses.softmaxCrossEntropy(theirLabels, t, 1, 0, tf.Reduction.NONE);
  };
  const peerGrad = (tf, t) => tf.valueAndGrad((u) => peerLoss(tf, u))(t).grad;
  const layerNormGrad = gt.gradientsFunction((t, gamma, beta, w) => gt.mul(gt.layerNorm(t, gamma, beta), w), [0, 1, 2]);
  return [
    ...folds,
    row('layerNorm [256, 768]', layer, (t, gamma, beta) => gt.layerNorm(t, gamma, beta), peerLayerNorm, NS(256 * 768), { tolerance: 1e-4 }),
    row('layerNorm f64', layer, (t, gamma, beta) => gt.layerNorm(t, gamma, beta), undefined, NS(256 * 768), { dtype: 'float64' }),
    row('rmsNorm', layer.slice(0, 2), (t, gamma) => gt.rmsNorm(t, gamma), undefined, NS(256 * 768)),
    row('layerNorm axis 0', [[256, 768], [256], [256]], (t, gamma, beta) => gt.layerNorm(t, gamma, beta, { axis: 0 }), undefined, NS(256 * 768)),
    row('grad layerNorm', [...layer, layer[0]], (...inputs) => layerNormGrad(...inputs)[0], undefined, NS(256 * 768)),
    row(
      'softmax [256, 1024]',
      [s],
      (t) => gt.softmax(t),
      (tf, t) => tf.softmax(t),
      NS(M / 4),
    ),
    row('softmax axis 0', [s], (t) => gt.softmax(t, { axis: 0 }), undefined, NS(M / 4)),
    row(
      'logSoftmax',
      [s],
      (t) => gt.logSoftmax(t),
      (tf, t) => tf.logSoftmax(t),
      NS(M / 4),
    ),
    row('softmax f64', [s], (t) => gt.softmax(t), undefined, NS(M / 4), { dtype: 'float64' }),
    row('softmaxCrossEntropy', [s], (t) => gt.softmaxCrossEntropy(labels, t), peerLoss, NS(M / 4)),
    row('sparseSoftmaxCrossEntropy', [s], (t) => gt.sparseSoftmaxCrossEntropy(indices, t), undefined, NS(M / 4)),
    row('softmaxCrossEntropy and grad', [s], (t) => denseGrad(t).gradients[0], peerGrad, NS(M / 4)),
    row('sparseSoftmaxCrossEntropy and grad', [s], (t) => sparseGrad(t).gradients[0], undefined, NS(M / 4)),
    row('grad softmax', [s, s], (t, w) => softmaxGrad(t, w)[0], undefined, NS(M / 4)),
    row(
      'var axis 1',
      [s],
      (t) => gt.var(t, { axis: 1 }),
      (tf, t) => tf.moments(t, 1).variance,
      NS(M / 4),
      { tolerance: 1e-4 },
    ),
    row(
      'var',
      [s],
      (t) => gt.var(t),
      (tf, t) => tf.moments(t).variance,
      NS(M / 4),
      { tolerance: 1e-4 },
    ),
  ];
}

function products() {
  const square = (n, dtype = 'float32') =>
    row(
      `${n} · ${n}${dtype === 'float32' ? '' : ` ${dtype}`}`,
      [
        [n, n],
        [n, n],
      ],
      (a, b) => a.matmul(b),
      dtype === 'float32' && ((_, a, b) => a.matMul(b)),
      FLOPS(2 * n ** 3),
      { dtype },
    );
  const turned = (n, ta, tb) =>
    row(
      `${n} · ${n}, ${ta ? 'T' : 'N'}${tb ? 'T' : 'N'}`,
      [
        [n, n],
        [n, n],
      ],
      (a, b) => gt.matmul(a, b, { transposeA: ta, transposeB: tb }),
      (tf, a, b) => tf.matMul(a, b, ta, tb),
      FLOPS(2 * n ** 3),
    );
  const plain = (title, a, b, flops, dtype = 'float32') =>
    row(title, [a, b], (s, t) => s.matmul(t), dtype === 'float32' && ((_, s, t) => s.matMul(t)), FLOPS(flops), { dtype });
  return [
    ...[4, 8, 16, 32, 64, 128, 256, 512, 1024].map((n) => square(n)),
    ...[4, 8, 16, 32, 64, 512].map((n) => square(n, 'float64')),
    turned(256, false, true),
    turned(256, true, false),
    turned(512, false, true),
    turned(512, true, false),
    plain('16 × [128, 64] · [64, 128]', [16, 128, 64], [16, 64, 128], 2 * 16 * 128 * 64 * 128),
    plain('32 × [64, 32] · [32, 64]', [32, 64, 32], [32, 32, 64], 2 * 32 * 64 * 32 * 64),
    plain('32 × [64, 64] · [64, 32]', [32, 64, 64], [32, 64, 32], 2 * 32 * 64 * 32 * 64),
    plain('[1, 1024] · [1024, 1024]', [1, 1024], [1024, 1024], 2 * M),
    plain('[1024, 1024] · [1024, 1]', [1024, 1024], [1024, 1], 2 * M),
    row(
      '[1, 1024] · [1024, 1024]ᵀ',
      [[1, 1024], x],
      (a, b) => gt.matmul(a, b, { transposeB: true }),
      (tf, a, b) => tf.matMul(a, b, false, true),
      FLOPS(2 * M),
    ),
    plain('[1, 1024] · [1024, 1024] f64', [1, 1024], [1024, 1024], 2 * M, 'float64'),
    plain('[32, 784] · [784, 256]', [32, 784], [784, 256], 2 * 32 * 784 * 256),
    plain('[64, 784] · [784, 256]', [64, 784], [784, 256], 2 * 64 * 784 * 256),
    plain('[784, 64] · [64, 256]', [784, 64], [64, 256], 2 * 64 * 784 * 256),
    plain('[64, 128] · [128, 10]', [64, 128], [128, 10], 2 * 64 * 128 * 10),
    plain('[512, 128] · [128, 512]', [512, 128], [128, 512], 2 * 512 * 128 * 512),
  ];
}

function build() {
  const name = process.env.GRADTAPE_BUILD;
  if (name) gt.init({ module: new WebAssembly.Module(readFileSync(new URL(`../../build/gradtape.${name}.wasm`, import.meta.url))) });
  return name ?? 'simd';
}

async function openPeer() {
  try {
    const peer = await import('./peers/tfjs.mjs');
    await peer.open();
    return await import('@tensorflow/tfjs');
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    console.error('tfjs is not installed and left out; to have it: npm ci --prefix test/bench');
  }
}

/** The row's contestants and figures, or a reason for there being none of the peer. */
async function measure({ title, shapes, ours, theirs, work, dtype, range, tolerance }, tf, rounds) {
  const random = uniform(1);
  const [low, high] = range;
  const data = shapes.map((shape) => random(shape.reduce((n, d) => n * d, 1)).map((v) => low + ((v + 1) / 2) * (high - low)));
  const mine = data.map((d, i) => gt.tensor(dtype === 'float64' ? Float64Array.from(d) : d, { shape: shapes[i], dtype }));
  const entries = [{ name: 'gradtape', run: () => gt.scope(() => void ours(...mine)) }];
  const answer = ours(...mine).data();
  let peers = [];
  if (tf && theirs) {
    peers = data.map((d, i) => tf.tensor(d, shapes[i]));
    try {
      const apart = distance(
        tf.tidy(() => theirs(tf, ...peers).dataSync()),
        answer,
      );
      if (!(apart <= tolerance)) throw new RangeError(`${title}: the answers are ${apart} apart`);
      entries.push({ name: 'tfjs', run: () => tf.tidy(() => void theirs(tf, ...peers)) });
    } catch (error) {
      if (error instanceof RangeError) throw error; // the others say that this backend lacks the kernel
    }
  }
  const results = await race(entries, rounds);
  for (const t of mine) t.dispose();
  for (const t of peers) t.dispose();
  const figure = ({ seconds }) => (work[1] === 'ns' ? three((seconds / work[0]) * 1e9) : three(work[0] / seconds / 1e9));
  return [title, work[1], ...results.map(figure), results[1] ? `${three(results[1].ratio)}×` : ''];
}

const { values: options } = parseArgs({
  options: { only: { type: 'string', default: '' }, rounds: { type: 'string', default: '7' }, alone: { type: 'boolean', default: false } },
});
const name = build();
const tf = options.alone ? undefined : await openPeer();
console.log(`${cpus().length} × ${cpus()[0].model} under load ${three(loadavg()[0])}, Node ${process.version}, build ${name}\n`);
const rows = [elementary, elementwise, reductions, products].flatMap((family) => family()).filter(({ title }) => new RegExp(options.only).test(title));
const lines = [];
for (const row of rows) lines.push(await measure(row, tf, Number(options.rounds)));
console.log(markdown(['', 'unit', 'gradtape', 'tfjs', 'tfjs over gradtape'], lines));
process.exit(0); // tfjs keeps the event loop alive
