/**
 * Prints the bits of every op's results as JSON, a hash for each case, computed on as many threads as the argument says, which divide every call that
 * can be divided. test/threads.test.ts bundles and runs it once for each number of threads, as a process has one instance of the library.
 */
import { createHash } from 'node:crypto';
import {
  argmax,
  compile,
  cumsum,
  gradientsFunction,
  init,
  logSoftmax,
  logsumexp,
  matmul,
  random,
  scope,
  softmax,
  softmaxCrossEntropy,
  sparseSoftmaxCrossEntropy,
  sum,
  type Tensor,
  valueAndGradientsFunction,
  where,
} from 'gradtape';
import { conv2d, maxPool2d } from 'gradtape/nn';
import { type Case, callable, casesOf, isInexact, label, layouts, listed, toTensor } from '../cases.js';
import type { DTypeName, Input, OpInfo, Sample } from '../opinfo/row.js';
import { rows } from '../opinfo.js';
import { divideAll } from './core.js';

const threads = Number(process.argv[2]);
await init({ threads });
if (threads > 1) divideAll();

const bits: Record<string, string> = {};

/** NaN has no bits of its own. */
function note(name: string, results: readonly Tensor[]): void {
  const hash = createHash('sha256');
  for (const t of results) {
    const data = t.data();
    if (isInexact(t.dtype))
      data.forEach((value, i) => {
        if (Number.isNaN(value)) data[i] = Number.NaN;
      });
    hash.update(t.shape.join()).update(new Uint8Array(data.buffer));
  }
  bits[name] = hash.digest('base64').slice(0, 16);
}

/** An elementwise op's samples, made so long that they divide, and in no even parts. */
function lengthened(row: OpInfo): OpInfo {
  const longer = (input: Input): Input => {
    const shape = 'shape' in input ? input.shape : input;
    return 'shape' in input && input.data ? input : { ...input, shape: shape.map((dim, axis) => (axis === shape.length - 1 && dim > 1 ? dim * 19 : dim)) };
  };
  return { ...row, samples: row.samples.map((sample): Sample => ({ ...sample, inputs: sample.inputs.map(longer) })) };
}

for (const [op, given] of rows) {
  const row = given.elementwise ? lengthened(given) : given;
  for (const dtype of row.dtypes)
    for (const c of casesOf(op, row, dtype))
      for (const [layout, { make }] of Object.entries({ plain: { make: toTensor }, transposed: layouts.transposed }) as [string, { make: typeof toTensor }][])
        scope(() => note(label(c, layout), run(c, make)));
}

function run(c: Case, make: typeof toTensor): Tensor[] {
  return listed(callable(c)(...c.inputs.map((x, i) => make(x, c.dtypes[i] as DTypeName))));
}

const draw = (seed: number, ...shape: number[]): Tensor => random.normal(random.key(seed), shape);
const x = draw(1, 301, 203);
const wide = draw(2, 3, 17, 1031);
/** Many rows, divided by blocks of terms and by sheets, of which the last is not full. */
const tall = draw(29, 2077, 13);
const broad = draw(30, 1100, 517);
const inAllDTypes = (x: Tensor): Tensor[] => [
  x,
  x.cast('float64'),
  x.mul(1000).cast('int32'),
  ...(['complex64', 'complex128'] as const).map((dtype) => x.cast(dtype).mul({ re: 1, im: -0.5 })),
];
const large: Readonly<Record<string, () => Tensor | Tensor[]>> = {
  rows: () => [matmul(draw(3, 301, 129), draw(4, 129, 77)), matmul(draw(3, 129, 301), draw(4, 129, 77), { transposeA: true })],
  columns: () => matmul(draw(5, 33, 517), draw(6, 517, 1030)),
  vectors: () => [
    matmul(draw(5, 1, 517), draw(6, 517, 1030)),
    matmul(draw(6, 517, 1030), draw(7, 1030, 1)),
    matmul(draw(5, 1, 517), draw(6, 1030, 517), { transposeB: true }),
  ],
  'products of many terms': () =>
    [tall, broad.slice([0, 500], [1100, 17]), broad.transpose().reshape([1100, 517])].flatMap(inAllDTypes).flatMap((x) => {
      const [terms, columns] = x.shape as [number, number];
      const v = x.slice([0, 3], [terms, 1]);
      const some = columns > 100 ? v : x;
      return [matmul(v, x, { transposeA: true }), matmul(x, v, { transposeA: true }), matmul(x, some, { transposeA: true })];
    }),
  'a few long dot products': () => [matmul(tall.transpose().reshape([13, 2077]), draw(31, 2077, 1)), matmul(draw(31, 1, 2077), tall)],
  matrices: () => [
    matmul(draw(8, 19, 33, 40), draw(9, 19, 40, 27)),
    matmul(draw(8, 19, 33, 40), draw(9, 40, 27)),
    matmul(draw(8, 3, 33, 40), draw(9, 3, 40, 270)),
  ],
  sums: () => [sum(x, 0), sum(x, 1), sum(wide, 1), sum(wide, [0, 2]), sum(wide, 2)],
  'sums of many rows': () => [
    ...[tall, broad, broad.slice([0, 3], [1001, 100]), broad.reverse(0)].flatMap(inAllDTypes).flatMap((x) => [sum(x, 0), x.prod(0)]),
    ...[tall, where(broad.greater(3.5), Number.NaN, broad)].flatMap((x) => [x.max(0), x.min(0), x.greater(3).any(0), x.less(3).all(0)]),
    sum(draw(32, 9, 500, 33), 1),
  ],
  totals: () => [x, x.transpose(), x.slice([1, 2], [299, 200]), x.cast('float64'), x.mul(1000).cast('int32')].flatMap(totals),
  'totals of NaN, of equal numbers, of complex ones and of truth values': () => [
    ...totals(where(x.greater(2), Number.NaN, x)),
    ...totals(x.mul(2).floor()),
    ...[x.cast('complex64'), x.cast('complex128')].flatMap((z) => [z.sum(), z.prod()]),
    ...[x.greater(-9), x.greater(9), x.transpose().greater(0)].flatMap((p) => [p.all(), p.any()]),
  ],
  copies: () => [x.transpose(), wide.transpose(), wide.transpose([1, 2, 0]), x.reverse(), wide.slice([0, 1, 3], [2, 15, 1000])].map((t) => t.reshape([-1])),
  draws: () => {
    const key = random.key(21);
    return [
      random.uniform(key, [5001]),
      random.uniform(key, [5001], { dtype: 'float64' }),
      random.normal(key, [5001]),
      random.normal(key, [2501], { dtype: 'complex64' }),
      random.integers(key, [5001], -9, 1000),
      random.truncatedNormal(key, [5001]),
      random.permutation(key, 5001),
    ];
  },
  softmax: () => [softmax(x), softmax(x, 0), softmax(wide, 1), logSoftmax(x.transpose()), logsumexp(x, 1), logsumexp(x, 0)],
  scans: () => [cumsum(x, 0), cumsum(x, 1), cumsum(wide, 1), argmax(x, 1), argmax(x, 0)],
  convolutions: () => convolve(draw(14, 5, 19, 23, 32), draw(15, 3, 3, 32, 48), {}),
  'strided convolutions': () => convolve(draw(16, 5, 19, 23, 16), draw(17, 3, 2, 16, 16), { strides: 2, padding: 'VALID' }),
  'convolutions of one image': () => [
    ...convolve(draw(22, 1, 150, 23, 24), draw(23, 3, 3, 24, 16), { padding: 'SAME' }),
    ...convolve(draw(24, 1, 150, 23, 24), draw(25, 5, 3, 1, 24), { padding: 'SAME', groups: 24, strides: [3, 1] }),
  ],
  'pools of windows': () => gradientsFunction((x: Tensor) => maxPool2d(x, 3, { strides: 2 }).square())(draw(18, 5, 19, 23, 32)) as Tensor[],
  'gradients of pools': () =>
    [2, 3].flatMap(
      (stride) => gradientsFunction((x: Tensor) => maxPool2d(x, 2, { strides: stride, padding: 'SAME' }).square())(draw(28, 1, 151, 23, 24)) as Tensor[],
    ),
  'pools of one image': () => [maxPool2d(draw(26, 1, 150, 23, 24), 3, { strides: 2 }), maxPool2d(draw(27, 1, 1, 150, 24), [1, 3])],
  'cross entropies': () => {
    const [labels, logits, row] = [softmax(draw(29, 301, 203)), draw(30, 301, 203), softmax(draw(31, 203))];
    const index = argmax(labels, 1);
    return [
      ...backed((x) => softmaxCrossEntropy(labels, x), logits),
      ...backed((x) => softmaxCrossEntropy(row, x), logits),
      ...backed((x) => softmaxCrossEntropy(labels, x, 0), logits),
      ...backed((x) => softmaxCrossEntropy(labels.cast('float64'), x), logits.cast('float64')),
      ...backed((x) => sparseSoftmaxCrossEntropy(index, x), logits),
    ];
  },
  gradients: () =>
    gradientsFunction((w: Tensor, v: Tensor) => softmaxCrossEntropy(softmax(draw(10, 64, 128)), matmul(matmul(draw(11, 64, 301), w).tanh(), v)).mean())(
      draw(12, 301, 203),
      draw(13, 203, 128),
    ) as Tensor[],
};

/** Every reduction of all of x to one number. */
function totals(x: Tensor): Tensor[] {
  const line = x.reshape([-1]);
  return [x.sum(), x.sum({ keepDims: true }), x.mean(), x.prod(), x.max(), x.min(), line.argmax(), line.argmin(), line.slice([1], [-1]).argmax()];
}

/** The result and its gradient. */
function backed(f: (x: Tensor) => Tensor, x: Tensor): Tensor[] {
  const { value, gradients } = valueAndGradientsFunction((x: Tensor) => f(x))(x);
  return [value as Tensor, ...(gradients as Tensor[])];
}

/** The result and both gradients. */
function convolve(x: Tensor, w: Tensor, options: Parameters<typeof conv2d>[2]): Tensor[] {
  const { value, gradients } = valueAndGradientsFunction((x: Tensor, w: Tensor) => conv2d(x, w, options))(x, w);
  return [value, ...(gradients as Tensor[])];
}

/** Gathered, broadcast and streamed operands, chains, other dtypes, results that are read on; twice, for programs run again. */
const fused = (x: Tensor, row: Tensor, column: Tensor): Tensor[] => {
  const y = x.mul(row).add(column).sub(x.transpose().transpose());
  const z = y.tanh().mul(y).add(1).mul(0.5).exp();
  return [z, z.sum(), z.max(), z.greater(1).logicalOr(x.less(0)), y.cast('float64').mul(3).sqrt(), z.sum(0)];
};
const descend = (w: Tensor, v: Tensor): Tensor[] => {
  const loss = (w: Tensor, v: Tensor) => softmaxCrossEntropy(softmax(draw(10, 64, 128)), matmul(matmul(draw(11, 64, 301), w).tanh(), v)).mean();
  const { value, gradients } = valueAndGradientsFunction(loss)(w, v);
  const [dw, dv] = gradients as [Tensor, Tensor];
  return [value as Tensor, w.sub(dw.mul(0.01)), v.sub(dv.mul(0.01))];
};
const functions: Readonly<Record<string, [f: (...xs: Tensor[]) => Tensor[], inputs: Tensor[]]>> = {
  'fused steps': [fused as (...xs: Tensor[]) => Tensor[], [draw(19, 203, 301).transpose(), draw(20, 203), draw(21, 301, 1)]],
  'a training step': [descend as (...xs: Tensor[]) => Tensor[], [draw(12, 301, 203), draw(13, 203, 128)]],
};
for (const [name, [f, inputs]] of Object.entries(functions)) {
  const program = compile(f);
  for (const run of ['eager', 'traced', 'compiled', 'compiled again']) scope(() => note(`${name}, ${run}`, (run === 'eager' ? f : program)(...inputs)));
}

for (const [name, f] of Object.entries(large)) scope(() => note(name, [f()].flat()));

console.log(JSON.stringify(bits));
