/** Random programs of a dozen ops, with shared parts, broadcasts and views: value, gradient and second order against the reference in forward mode. */
import fc from 'fast-check';
import { test } from 'vitest';
import { callable, casesOf, expectClose, fromTensor, listed, referenceOf, toTensor } from '../cases.js';
import { climb, forwardMode, secondOrder } from '../gradcheck.js';
import { type AnyOp, type DTypeName, type OpInfo, REAL, samples } from '../opinfo/row.js';
import { opinfo } from '../opinfo.js';
import { hold, runsOf } from './seeds.js';

type Shaped = { readonly shape: readonly number[] };
type Call = readonly [op: keyof typeof opinfo, ...args: readonly unknown[]];

/** Ops of one operand, for shapes that admit them; values stay moderate. */
const unary: readonly ((shape: readonly number[]) => Call | null)[] = [
  () => ['sin'],
  () => ['tanh'],
  () => ['sigmoid'],
  () => ['atan'],
  () => ['square'],
  () => ['neg'],
  () => ['softplus'],
  () => ['transpose'],
  () => ['flatten'],
  () => ['flip'],
  () => ['sum'],
  () => ['softmax'],
  () => ['logsumexp'],
  (shape) => (shape.length ? ['sum', { axis: 0, keepDims: true }] : null),
  (shape) => (shape.length ? ['cumsum', -1] : null),
  (shape) => (shape.length ? ['roll', 1, 0] : null),
  (shape) => (shape.length ? ['take', [0, 0, -1], { axis: 0 }] : null),
  (shape) => (shape.length ? ['slice', shape.map(() => 0), [1]] : null),
  (shape) => (shape.length < 3 ? ['broadcastTo', [2, ...shape]] : null),
  (shape) => (shape.length < 3 ? ['expandDims', 0] : null),
  (shape) => (shape.length ? ['pad', 1] : null),
];
const binary = ['add', 'sub', 'mul', 'logaddexp'] as const;

/** One step: an op of one or two earlier values, by their numbers. */
const step = fc.record({ op: fc.nat(unary.length + binary.length - 1), x: fc.nat(20), y: fc.nat(20) });
type Step = { readonly op: number; readonly x: number; readonly y: number };

const broadcasts = (p: readonly number[], q: readonly number[]): boolean =>
  Array.from({ length: Math.min(p.length, q.length) }, (_, i) => [p.at(-1 - i), q.at(-1 - i)]).every(([a, b]) => a === b || a === 1 || b === 1);

/** Runs the steps whose operands fit; the last value is the result, with the sums of the inputs so that all are connected. */
function run<T extends Shaped>(
  steps: readonly Step[],
  inputs: readonly T[],
  apply: (op: keyof typeof opinfo, operands: readonly T[], args: readonly unknown[]) => T,
): T {
  const values = [...inputs];
  for (const { op, x, y } of steps) {
    const [a, b] = [values[x % values.length] as T, values[y % values.length] as T];
    const name = binary[op - unary.length];
    const call = name === undefined ? unary[op]?.(a.shape) : broadcasts(a.shape, b.shape) ? ([name] as const) : null;
    if (!call || a.shape.reduce((m, n) => m * n, 1) > 40) continue;
    const [f, ...args] = call;
    values.push(apply(f, name === undefined ? [a] : [a, b], args));
  }
  return inputs.reduce((result, x) => apply('add', [result, apply('sum', [x], [])], []), values.at(-1) as T);
}

/** The program as an op with a row of its own. */
const rowOf = (steps: readonly Step[]): OpInfo => ({
  ref: (...arrays: never[]) =>
    run(
      steps,
      arrays as readonly Parameters<typeof toTensor>[0][],
      (op, operands, args) => referenceOf({ row: opinfo[op], sample: sampleOf(op, args) })(...operands)[0] as (typeof operands)[0],
    ),
  f: ((...tensors: Parameters<typeof fromTensor>[0][]) =>
    run(
      steps,
      tensors,
      (op, operands, args) => listed(callable({ op, row: opinfo[op], sample: { inputs: [], args } })(...operands))[0] as (typeof operands)[0],
    )) as unknown as AnyOp,
  samples: samples('2,3 · 3'),
  domain: [[-1, 1]],
  dtypes: REAL,
  ulp: { float64: 1000 },
  order: 2,
});

/** Indices are tensors to the reference. */
const sampleOf = (op: string, args: readonly unknown[]): OpInfo['samples'][number] => ({
  inputs: [],
  args: op === 'take' ? [{ shape: [3], data: args[0] }, ...args.slice(1)] : args,
});

test(
  'programs agree with the reference',
  () =>
    hold(
      'programs',
      fc.property(fc.array(step, { minLength: 3, maxLength: 12 }), (steps) => {
        const row = rowOf(steps);
        const dtype: DTypeName = 'float64';
        for (const c of casesOf('program', row, dtype)) {
          const got = listed(callable(c)(...c.inputs.map((x) => toTensor(x, dtype))));
          expectClose(fromTensor(got[0] as (typeof got)[0]), referenceOf(c)(...c.inputs)[0] as (typeof c.inputs)[0], dtype, 1000, 'value');
        }
        for (const rung of [forwardMode, secondOrder]) climb('program', row, dtype, rung);
      }),
      runsOf(300),
    ),
  3_600_000,
);
