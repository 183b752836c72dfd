/**
 * The workloads in ONNX Runtime Web on its WebAssembly backend, one thread, forward only. Each is a graph of a few nodes, made here as
 * ONNX protobuf; a call copies inputs into its memory and results out of it, as it does for every user. Its images are NCHW.
 */
import { readFileSync } from 'node:fs';
import onnxProto from 'onnx-proto';
import * as ort from 'onnxruntime-web';

const { AttributeProto, ModelProto, TensorProto } = onnxProto.onnx;

const attributeOf = (name, value) => {
  const { INT, INTS, STRING } = AttributeProto.AttributeType;
  if (Array.isArray(value)) return { name, type: INTS, ints: value };
  return typeof value === 'string' ? { name, type: STRING, s: Buffer.from(value) } : { name, type: INT, i: value };
};
const node = (opType, input, output, attributes = {}) => ({
  opType,
  input,
  output: [output],
  attribute: Object.entries(attributes).map(([name, value]) => attributeOf(name, value)),
});
const valueInfo = (name, dims) => ({
  name,
  type: { tensorType: { elemType: TensorProto.DataType.FLOAT, shape: dims && { dim: dims.map((dimValue) => ({ dimValue })) } } },
});

/** Bytes of a model of float32 inputs `{ name: dims }`, constants of int64 `{ name: values }`, and one output, `y`. */
function model(nodes, inputs, constants = {}) {
  const initializer = Object.entries(constants).map(([name, values]) => ({
    name,
    dims: [values.length],
    dataType: TensorProto.DataType.INT64,
    int64Data: values,
  }));
  const graph = {
    name: 'graph',
    node: nodes,
    input: Object.entries(inputs).map(([name, dims]) => valueInfo(name, dims)),
    output: [valueInfo('y')],
    initializer,
  };
  return ModelProto.encode(ModelProto.fromObject({ irVersion: 8, opsetImport: [{ version: 20 }], graph })).finish();
}

/** Runs a graph on tensors made once. `order` brings the answer to the order of axes that the others have. */
async function work(nodes, tensors, { constants, order = ({ data }) => data } = {}) {
  const dims = Object.fromEntries(Object.entries(tensors).map(([name, { dims }]) => [name, dims]));
  const session = await ort.InferenceSession.create(model(nodes, dims, constants), { executionProviders: ['wasm'] });
  return { run: () => session.run(tensors), read: async () => order((await session.run(tensors)).y) };
}

const tensor = (data, dims = [data.length]) => new ort.Tensor('float32', data, dims);

/** A copy with its axes permuted. */
function permuted(data, dims, axes) {
  const strides = dims.map((_, axis) => dims.slice(axis + 1).reduce((a, b) => a * b, 1));
  let offsets = [0];
  for (const axis of axes) offsets = offsets.flatMap((offset) => Array.from({ length: dims[axis] }, (_, i) => offset + i * strides[axis]));
  return Float32Array.from(offsets, (offset) => data[offset]);
}
const nchw = (data, [n, h, w, c]) => tensor(permuted(data, [n, h, w, c], [0, 3, 1, 2]), [n, c, h, w]);
const oihw = (data, [h, w, i, o]) => tensor(permuted(data, [h, w, i, o], [3, 2, 0, 1]), [o, i, h, w]);
const fromNchw = ({ data, dims }) => permuted(data, dims, [0, 2, 3, 1]);

const unary = (opType) => (inputs) => work([node(opType, ['x'], 'y')], { x: tensor(inputs.x) });
const square = (attributes) => (inputs, n) => work([node('Gemm', ['a', 'b'], 'y', attributes)], { a: tensor(inputs.a, [n, n]), b: tensor(inputs.b, [n, n]) });
const sum = (axes) => (inputs, shape) =>
  work([node('ReduceSum', ['x', 'axes'], 'y', { keepdims: 0 })], { x: tensor(inputs.x, shape) }, { constants: { axes } });

/** Its results are read by running. */
const added = ({ x, y }) => work([node('Add', ['a', 'b'], 'y')], { a: tensor(x), b: tensor(y) });

const workloads = {
  otherwise: () => 'has no gradients',
  add16: added,
  add16Read: added,
  adds16({ x, y }) {
    const nodes = Array.from({ length: 100 }, (_, i) => node('Add', [i === 0 ? 'b' : `t${i}`, 'a'], i === 99 ? 'y' : `t${i + 1}`));
    return work(nodes, { a: tensor(x), b: tensor(y) });
  },

  gemm: square({}),
  gemmNT: square({ transB: 1 }),
  gemmTN: square({ transA: 1 }),
  batched: ({ a, b }) => work([node('MatMul', ['a', 'b'], 'y')], { a: tensor(a, [16, 128, 64]), b: tensor(b, [16, 64, 128]) }),
  product: ({ a, b }, [m, k, n]) => work([node('MatMul', ['a', 'b'], 'y')], { a: tensor(a, [m, k]), b: tensor(b, [k, n]) }),

  exp: unary('Exp'),
  tanh: unary('Tanh'),
  gelu: unary('Gelu'),
  chain8({ a, b, c }) {
    const steps = [
      ['Mul', 'a', 'b'],
      ['Add', 'c'],
      ['Mul', 'a'],
      ['Sub', 'b'],
      ['Mul', 'c'],
      ['Add', 'a'],
      ['Mul', 'b'],
      ['Sub', 'c'],
    ];
    const nodes = steps.map(([opType, ...names], i) => node(opType, i === 0 ? names : [`t${i}`, ...names], i === 7 ? 'y' : `t${i + 1}`));
    return work(nodes, { a: tensor(a), b: tensor(b), c: tensor(c) });
  },

  softmax: ({ x }, shape) => work([node('Softmax', ['x'], 'y', { axis: -1 })], { x: tensor(x, shape) }),
  layerNorm: ({ x, gamma, beta }, shape) =>
    work([node('LayerNormalization', ['x', 'gamma', 'beta'], 'y')], { x: tensor(x, shape), gamma: tensor(gamma), beta: tensor(beta) }),
  sum: sum([0, 1]),
  sum0: sum([0]),
  sum1: sum([1]),

  conv2d: ({ x, w }, shapes) =>
    work([node('Conv', ['x', 'w'], 'y', { auto_pad: 'SAME_UPPER' })], { x: nchw(x, shapes.x), w: oihw(w, shapes.w) }, { order: fromNchw }),
  depthwise: ({ x, w }, shape) =>
    work(
      [node('Conv', ['x', 'w'], 'y', { auto_pad: 'SAME_UPPER', group: shape[3] })],
      { x: nchw(x, shape), w: oihw(w, [3, 3, 1, shape[3]]) },
      { order: fromNchw },
    ),
  maxPool: ({ x }, shape) => work([node('MaxPool', ['x'], 'y', { kernel_shape: [2, 2], strides: [2, 2] })], { x: nchw(x, shape) }, { order: fromNchw }),
};

export async function open() {
  ort.env.wasm.numThreads = 1;
  await workloads.add16({ x: new Float32Array(16), y: new Float32Array(16) });
  delete globalThis.Worker; // which its start leaves behind: jax-js takes it for a sign that it may start threads
  const manifest = new URL('../node_modules/onnxruntime-web/package.json', import.meta.url);
  return [{ name: 'onnxruntime-web', version: JSON.parse(readFileSync(manifest, 'utf8')).version, workloads }];
}
