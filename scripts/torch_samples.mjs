/**
 * `npm run samples:torch`: how far gradtape is from PyTorch on PyTorch's own test samples: the value in units of eps times its largest element, a
 * gradient in eps times the largest element of all gradients of the sample. Prints one line for each function, and how many samples are off by more than 8. Needs python3-torch.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as nn from '../dist/bindings/nn.js';
import * as g from '../dist/bindings/node.js';
import * as special from '../dist/bindings/special.node.js';

const LIMIT = 8;
const library = { ...special, ...nn, ...g };

/** By PyTorch's name: `(inputs, kwargs) => result`, undefined where a form has no counterpart. */
const same = (...names) => Object.fromEntries(names.map((name) => [name, (xs, kwargs) => (Object.keys(kwargs).length > 0 ? undefined : library[name](...xs))]));
const renamed = (pairs) =>
  Object.fromEntries(
    Object.entries(pairs).map(([theirs, ours]) => [theirs, (xs, kwargs) => (Object.keys(kwargs).length > 0 ? undefined : library[ours](...xs))]),
  );
const only = (kwargs, ...known) => Object.keys(kwargs).every((k) => known.includes(k));
const axes = (dim) => (dim === undefined || dim === null ? undefined : dim);
const reduction =
  (f, toOptions = () => ({})) =>
  (xs, kwargs) => {
    const [x, dim = kwargs.dim, keepdim = kwargs.keepdim ?? false] = xs;
    if (!only(kwargs, 'dim', 'keepdim') || xs.length > 3 || (Array.isArray(dim) && dim.length === 0)) return undefined;
    return library[f](x, { axis: axes(dim), keepDims: keepdim, ...toOptions() });
  };
const spread = (f) => (xs, kwargs) => {
  const { dim = xs[1], keepdim = false, correction, unbiased } = kwargs;
  if (!only(kwargs, 'dim', 'keepdim', 'correction', 'unbiased') || xs.length > 2 || typeof dim === 'boolean' || (Array.isArray(dim) && dim.length === 0))
    return undefined;
  return library[f](xs[0], { axis: axes(dim), keepDims: keepdim, correction: correction ?? (unbiased === false ? 0 : 1) });
};
const alongAxis = (f) => (xs, kwargs) => {
  const dim = xs[1] ?? kwargs.dim;
  return only(kwargs, 'dim') && typeof dim === 'number' ? library[f](xs[0], dim) : undefined;
};
const scaled =
  (f) =>
  ([x, y], { alpha = 1, ...kwargs }) =>
    Object.keys(kwargs).length > 0 ? undefined : library[f](x, alpha === 1 ? y : g.mul(y, alpha));

const FUNCTIONS = {
  ...same(
    'abs',
    'acos',
    'acosh',
    'asin',
    'asinh',
    'atan',
    'atanh',
    'ceil',
    'cos',
    'cosh',
    'erf',
    'erfc',
    'exp',
    'exp2',
    'expm1',
    'floor',
    'log',
    'log10',
    'log1p',
    'log2',
  ),
  ...same(
    'neg',
    'reciprocal',
    'rsqrt',
    'sigmoid',
    'sin',
    'sinc',
    'sinh',
    'sqrt',
    'square',
    'tan',
    'tanh',
    'trunc',
    'real',
    'imag',
    'angle',
    'lgamma',
    'digamma',
    'erfinv',
    'conj',
  ),
  ...same(
    'mul',
    'pow',
    'atan2',
    'hypot',
    'copysign',
    'maximum',
    'minimum',
    'logaddexp',
    'xlogy',
    'remainder',
    'lerp',
    'dot',
    'vdot',
    'inner',
    'outer',
    'matmul',
    'kron',
  ),
  ...renamed({
    mm: 'matmul',
    bmm: 'matmul',
    mv: 'matmul',
    'special.ndtr': 'ndtr',
    'special.ndtri': 'ndtri',
    'special.log_ndtr': 'logNdtr',
    __rmul__: 'mul',
    clone: 'identity',
  }),
  ...renamed({
    'nn.functional.relu': 'relu',
    'nn.functional.relu6': 'relu6',
    'nn.functional.silu': 'silu',
    'nn.functional.mish': 'mish',
    'nn.functional.softsign': 'softsign',
  }),
  ...renamed({
    'nn.functional.logsigmoid': 'logSigmoid',
    'nn.functional.hardsigmoid': 'hardSigmoid',
    'nn.functional.hardswish': 'hardSwish',
    'nn.functional.selu': 'selu',
  }),
  add: scaled('add'),
  sub: scaled('sub'),
  div: ([x, y], { rounding_mode: mode }) => (mode ? undefined : g.div(x, y)),
  'nn.functional.gelu': ([x], { approximate }) => g.gelu(x, { approximate: approximate === 'tanh' }),
  'nn.functional.softplus': ([x], { beta = 1, threshold = 20 }) => (threshold < 20 ? undefined : g.div(g.softplus(g.mul(x, beta)), beta)),
  'nn.functional.celu': ([x], { alpha = 1 }) => g.celu(x, { alpha }),
  'nn.functional.elu': ([x], { alpha = 1 }) => g.elu(x, { alpha }),
  'nn.functional.leaky_relu': ([x], { negative_slope: alpha = 0.01 }) => g.leakyRelu(x, { alpha }),
  'nn.functional.softmin': ([x], { dim, ...rest }) => (typeof dim === 'number' && Object.keys(rest).length === 0 ? library.softmax(g.neg(x), dim) : undefined),
  softmax: alongAxis('softmax'),
  log_softmax: alongAxis('logSoftmax'),
  logsumexp: reduction('logsumexp'),
  sum: reduction('sum'),
  mean: reduction('mean'),
  prod: reduction('prod'),
  amax: reduction('max'),
  amin: reduction('min'),
  var: spread('variance'),
  std: spread('std'),
  cumsum: alongAxis('cumsum'),
  cumprod: alongAxis('cumprod'),
  'nn.functional.layer_norm': ([x, shape, weight, bias], { eps = 1e-5, ...rest }) =>
    Object.keys(rest).length > 0 || shape.length !== 1 || !weight || !bias ? undefined : library.layerNorm(x, weight, bias, { epsilon: eps }),
  'linalg.vector_norm': ([x, ord = 2, dim], { ord: named = ord, dim: axis = dim, keepdim = false, ...rest }) =>
    Object.keys(rest).length > 0 || (Array.isArray(axis) && axis.length === 0) ? undefined : g.norm(x, { ord: named, axis: axes(axis), keepDims: keepdim }),
  'nn.functional.mse_loss': ([x, y], { reduction: by = 'mean', ...rest }) => (by !== 'mean' || Object.keys(rest).length > 0 ? undefined : library.mse(x, y)),
};

const ARRAYS = { float32: Float32Array, float64: Float64Array, complex64: Float32Array, complex128: Float64Array, int32: Int32Array, bool: Uint8Array };

function arrayOf({ data, dtype }) {
  const bytes = Uint8Array.from(Buffer.from(data, 'base64')).buffer;
  return dtype === 'int64' ? Int32Array.from(new BigInt64Array(bytes), Number) : ARRAYS[dtype] && new ARRAYS[dtype](bytes);
}

/** Arguments as gradtape takes them; tensors in precision `dtype`, those with a gradient collected. */
function decoded(v, leaves) {
  if (Array.isArray(v)) return v.map((x) => decoded(x, leaves));
  if (v === null || typeof v !== 'object') return v;
  if ('number' in v) return Number(v.number.replace('inf', 'Infinity'));
  if (!('data' in v)) return 're' in v ? v : Object.fromEntries(Object.entries(v).map(([k, x]) => [k, decoded(x, leaves)]));
  const data = arrayOf(v);
  if (data === undefined) throw new RangeError(v.dtype);
  const t = g.tensor(data, { shape: v.shape, dtype: v.dtype === 'int64' ? 'int32' : v.dtype });
  if (/^(float|complex)/.test(v.dtype)) leaves.push(t);
  return t;
}

/** The largest finite magnitude in a list of expected tensors, at least the smallest normal number. */
function scaleOf(expected, isSingle) {
  const magnitudes = expected.flatMap((e) => [...arrayOf(e)].map((v) => Math.abs(isSingle ? Math.fround(v) : v)).filter(Number.isFinite));
  return magnitudes.reduce((a, b) => Math.max(a, b), isSingle ? 2 ** -126 : 2 ** -1022);
}

/** The distance of two tensors in eps of the scale; infinite where only one has a NaN or an infinity somewhere. */
function distance(t, expected, scale, isSingle) {
  const wanted = isSingle ? Float32Array.from(arrayOf(expected)) : arrayOf(expected);
  const found = t.data();
  if (wanted.length !== found.length) return Infinity;
  let apart = 0;
  for (let i = 0; i < wanted.length; i++) {
    if (Object.is(wanted[i], found[i]) || wanted[i] === found[i]) continue;
    const d = Math.abs(wanted[i] - found[i]);
    apart = Math.max(apart, Number.isNaN(d) ? Infinity : d);
  }
  return apart / (scale * (isSingle ? 2 ** -23 : 2 ** -52));
}

const tally = new Map();

function check(line) {
  const f = FUNCTIONS[line.op];
  const isSingle = line.dtype === 'float32' || line.dtype === 'complex64';
  const row = tally.get(line.op) ?? { samples: 0, off: 0, worst: 0, left: 0, where: '' };
  tally.set(line.op, row);
  g.scope(() => {
    const leaves = [];
    let value;
    let gradients = [];
    try {
      const given = decoded(line.given, leaves);
      const kwargs = decoded(line.kwargs, leaves);
      const wanted = line.gradients ?? [];
      const call = (...xs) => {
        const by = (v) => (Array.isArray(v) ? v.map(by) : leaves.includes(v) ? xs[leaves.indexOf(v)] : v);
        return f(by(given), kwargs);
      };
      if (wanted.length === 0) value = call(...leaves);
      else if (call(...leaves) !== undefined) ({ value, gradients } = g.valueAndGradientsFunction(call).withDy(decoded(line.dy, []))(...leaves));
      if (value === undefined) {
        row.left++;
        return;
      }
      const scale = scaleOf(
        wanted.filter((w) => w !== null),
        isSingle,
      );
      const apart = [
        distance(value, line.value, scaleOf([line.value], isSingle), isSingle),
        ...wanted.map((w, i) => (w === null || !gradients[i] ? 0 : distance(gradients[i], w, scale, isSingle))),
      ];
      const worst = Math.max(...apart);
      row.samples++;
      if (!(worst <= LIMIT)) {
        row.off++;
        row.where ||= `${line.dtype} ${line.variant} ${apart.indexOf(worst) === 0 ? 'value' : 'gradient'} of ${JSON.stringify(line.given)
          .replace(/"data":"[^"]*"/g, '')
          .slice(0, 120)}`;
      }
      if (!(worst <= row.worst)) row.worst = worst;
    } catch (error) {
      row.left++;
      row.refused ??= String(error.message).slice(0, 100);
    }
  });
}

const script = fileURLToPath(new URL('torch_samples.py', import.meta.url));
const child = spawn('/usr/bin/python3', [script, ...Object.keys(FUNCTIONS)], { stdio: ['ignore', 'pipe', 'inherit'] });
for await (const line of createInterface(child.stdout)) check(JSON.parse(line));
const rows = [...tally].sort(([a], [b]) => (a < b ? -1 : 1));
for (const [name, { samples, off, worst, left, where, refused }] of rows)
  console.log(
    `${name.padEnd(28)} ${samples} samples, ${off} off, worst ${worst.toPrecision(3)}${left > 0 ? `, ${left} without counterpart` : ''}${where && `\n    ${where}`}${refused ? `\n    ${refused}` : ''}`,
  );
const total = (key) => rows.reduce((sum, [, row]) => sum + row[key], 0);
console.log(
  `${rows.length} functions, ${total('samples')} samples, ${total('off')} off by more than ${LIMIT} eps of the largest element; ${total('left')} without counterpart.`,
);
