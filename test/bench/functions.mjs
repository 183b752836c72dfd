/** The elementwise functions that are measured one by one, and the lines that they make. Knows no library. */

const COUNT = 2 ** 18;

/** Names as gradtape has them; all take numbers of (0.1, 0.9) but acosh, whose are greater by 1. */
const UNARY = [
  ...['exp', 'expm1', 'exp2', 'log', 'log2', 'log10', 'log1p', 'sqrt', 'rsqrt', 'cbrt', 'reciprocal', 'square', 'abs'],
  ...['sin', 'cos', 'tan', 'sinc', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh', 'erf', 'erfc'],
  ...['sigmoid', 'logSigmoid', 'softplus', 'softsign', 'silu', 'mish', 'gelu', 'relu', 'relu6', 'leakyRelu', 'elu', 'selu', 'celu'],
  ...['hardSigmoid', 'hardSwish'],
];
const BINARY = ['add', 'mul', 'div', 'pow', 'atan2', 'hypot', 'remainder', 'floorDiv', 'logaddexp', 'xlogy', 'copysign', 'maximum', 'minimum'];
const WITHOUT_GRADIENT = ['floorDiv'];

/** What a line measures: a function's value, or value and gradient by all operands for a cotangent of ones. */
const line = (dtype, kind, f, arity) => ({
  name: `${dtype} ${kind} ${f}`,
  group: 'functions',
  title: () => `${f}${kind === 'gradient' ? ' and its gradient' : ''}, ${dtype}`,
  sizes: [COUNT],
  contestants: ['in scope', 'before', 'tfjs', 'numpy-ts', 'PyTorch'],
  key: 'call',
  call: { dtype, kind, f },
  tolerance: dtype === 'float32' ? 1e-5 : 1e-12,
  unit: 'ns/element',
  amount: (n) => n * 1e-9,
  inputs(n, random) {
    const data = Array.from({ length: arity }, () => random(n).map((u) => 0.5 + 0.4 * u + (f === 'acosh' ? 1 : 0)));
    return { dtype, data: dtype === 'float64' ? data.map((d) => Float64Array.from(d)) : data };
  },
});

export const functions = [...UNARY.map((f) => [f, 1]), ...BINARY.map((f) => [f, 2])].flatMap(([f, arity]) => [
  line('float32', 'value', f, arity),
  ...(WITHOUT_GRADIENT.includes(f) ? [] : [line('float32', 'gradient', f, arity)]),
  line('float64', 'value', f, arity),
]);

/** The line that others are multiples of. */
export const unitOf = (name) => `${name.split(' ')[0]} value exp`;
