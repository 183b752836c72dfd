/** Rows of the op table: reductions, scans, statistics. */

import type { Num } from '../reference/dual.js';
import * as d from '../reference/dual.js';
import type { NdArray, ReduceOptions } from '../reference/ndarray.js';
import * as nd from '../reference/ndarray.js';
import {
  ANY,
  bool,
  type DTypeName,
  EXACT,
  error,
  type Interval,
  inexact,
  linear,
  NUMERIC,
  type OpInfo,
  ORDERED,
  REAL_OR_INT,
  real,
  type Sample,
  type Special,
  sample,
} from './row.js';

type Option<Options> = number | readonly number[] | Options | undefined;
const optionsOf = <Options extends object>(option: Option<Options>): Options =>
  (typeof option === 'number' || Array.isArray(option) ? { axis: option } : (option ?? {})) as unknown as Options;

/** Axes from either end, several, all, none; long lines and empty results. */
const LINES = [
  sample('7'),
  sample('2,3', { axis: 0 }),
  sample('2,3', -1),
  sample('2,3', { axis: -1, keepDims: true }),
  sample('2,3,4', [0, -1]),
  sample(''),
  sample('0,2', { axis: 1 }),
  sample('33'),
  sample('2,1', { axis: [] }),
];
/** Lines of no elements. */
const NOTHING = [sample('0,2', { axis: 0 }), sample('3,0'), sample('0', { keepDims: true })];
const RUNS = [
  sample('7'),
  sample('2,3'),
  sample('2,3', 0),
  sample('2,3,2', { axis: -2 }),
  sample('4', { reverse: true }),
  sample(''),
  sample('0,2', 1),
  sample('33', 0),
];
const EXCLUSIVE = [sample('5', { exclusive: true }), sample('2,3', { axis: 1, exclusive: true, reverse: true })];

const whole = (dtype: DTypeName): DTypeName => (dtype === 'bool' ? 'int32' : dtype);
const FEW = { float32: 6, float64: 6, complex64: 12, complex128: 12, int32: 0.5, bool: 0.5 };
const COUNTED: Partial<OpInfo> = { dtypes: ANY, result: whole, ulp: { ...FEW, int32: 0, bool: 0 } };

/** A row of lines folded to numbers. */
function reduction(fold: (line: Num[]) => Num, rest: Partial<OpInfo> = {}, domain: Interval = [-3, 3]): OpInfo {
  return { ...linear((x: NdArray, option?: Option<ReduceOptions>) => nd.reduce(x, optionsOf(option), fold), LINES), linear: false, domain: [domain], ...rest };
}

interface ScanOptions {
  readonly axis?: number;
  readonly reverse?: boolean;
  readonly exclusive?: boolean;
}

/** A row of lines replaced by their running folds, which begin with `first`. */
function scan(fold: (a: Num, b: Num) => Num, first: Num, samples: readonly Sample[], rest: Partial<OpInfo>, domain: Interval = [-3, 3]): OpInfo {
  const run = (line: readonly Num[], exclusive: boolean): Num[] => {
    let held = first;
    return line.map((v) => {
      const before = held;
      held = fold(held, v);
      return exclusive ? before : held;
    });
  };
  const ref = (x: NdArray, option?: Option<ScanOptions>): NdArray => {
    const { axis, reverse, exclusive = false } = optionsOf<ScanOptions>(option);
    const turned = (line: Num[]): Num[] => (reverse ? line.reverse() : line);
    const along = (y: NdArray, i: number): NdArray => nd.along(y, i, (line) => turned(run(turned(line), exclusive)));
    return axis === undefined ? nd.reshape(along(nd.reshape(x, [x.data.length]), 0), x.shape) : along(x, axis);
  };
  return { ...linear(ref, samples), linear: false, domain: [domain], ...rest };
}

const product = (line: readonly Num[]): Num => line.reduce(d.mul, 1);
const isTrue = (x: Num): boolean => d.modulus(x) !== 0;
const better =
  (f: (a: number, b: number) => boolean) =>
  (line: readonly Num[]): Num =>
    line.reduce((best: Num, v) => (f(d.real0(v), d.real0(best)) ? v : best), line[0] as Num);
const indexOf =
  (f: (a: number, b: number) => boolean) =>
  (line: readonly Num[]): Num =>
    line.indexOf(better(f)(line));
const mean = (line: readonly Num[]): Num => d.div(d.sum(line), line.length);
const squared = (x: Num): Num => d.re(d.mul(x, d.conj(x)));

function variance(line: readonly Num[], correction = 0): Num {
  const centre = mean(line);
  return d.div(d.sum(line.map((v) => squared(d.sub(v, centre)))), Math.max(0, line.length - correction));
}

const norms: Record<number, (line: readonly Num[]) => Num> = {
  0: (line) => line.filter((v) => d.primal(d.abs(v)) !== 0).length,
  1: (line) => d.sum(line.map(d.abs)),
  2: (line) => d.sqrt(d.sum(line.map(squared))),
  3: (line) => d.pow(d.sum(line.map((v) => d.pow(d.abs(v), 3))), 1 / 3),
  [-0.5]: (line) => d.pow(d.sum(line.map((v) => d.pow(d.abs(v), -0.5))), -2),
  [Infinity]: (line) => better((a, b) => a > b)(line.map(d.abs)),
  [-Infinity]: (line) => better((a, b) => a < b)(line.map(d.abs)),
};

interface SpreadOptions extends ReduceOptions {
  readonly correction?: number;
}
interface NormOptions extends ReduceOptions {
  readonly ord?: number;
}

const spread =
  (join: (v: Num) => Num) =>
  (x: NdArray, option?: Option<SpreadOptions>): NdArray => {
    const options = optionsOf<SpreadOptions>(option);
    return nd.reduce(x, options, (line) => join(variance(line, options.correction)));
  };
const norm = (x: NdArray, option?: Option<NormOptions>): NdArray => {
  const options = optionsOf<NormOptions>(option);
  return nd.reduce(x, options, norms[options.ord ?? 2] as (line: readonly Num[]) => Num);
};

const differences = (line: readonly Num[]): Num[] => line.slice(1).map((v, i) => d.sub(v, line[i] as Num));
const diff = (x: NdArray, { n = 1, axis = -1, prepend, append }: { n?: number; axis?: number; prepend?: number; append?: number } = {}): NdArray => {
  const ends = (line: readonly Num[]): Num[] => [...(prepend === undefined ? [] : [prepend]), ...line, ...(append === undefined ? [] : [append])];
  return Array.from({ length: n }).reduce<NdArray>((y) => nd.along(y, axis, differences), nd.along(x, axis, ends));
};

function trapz(y: NdArray, { x, dx = 1, axis = -1 }: { x?: readonly number[]; dx?: number; axis?: number } = {}): NdArray {
  const widths = x && differences(x);
  return nd.reduce(y, { axis }, (line) => d.sum(line.slice(1).map((v, i) => d.mul(widths?.[i] ?? dx, d.div(d.add(v, line[i] as Num), 2)))));
}

const axisErrors = (name: 'sum' | 'max') => [
  error((g) => g[name]([1, 2], { axis: 1 }), 'IndexError', new RegExp(`^${name}: axis 1 is out of range for rank 1; x is \\[2\\] float32$`)),
  error((g) => g[name]([[1, 2]], { axis: [0, -2] }), 'IndexError', new RegExp(`^${name}: axis 0 is named twice`)),
];
const ofNothing = (name: 'max' | 'min' | 'argmax') =>
  error((g) => g[name](g.tensor([])), 'ShapeError', new RegExp(`^${name}: axis 0 has size 0, and ${name} of nothing has no value`));

const TIES: readonly Special[] = [
  { at: [[2, 2, 2]], value: 2, gradient: [[1 / 3, 1 / 3, 1 / 3]] },
  { at: [[1, Number.NaN]], value: Number.NaN },
];
const EXTREMUM: Partial<OpInfo> = { dtypes: ORDERED, ulp: EXACT, analytic: false };
const POSITIVE: Interval = [0.5, 1.5];
const SPREAD: Partial<OpInfo> = {
  dtypes: ANY,
  result: (dtype) => real(inexact(dtype)),
  ulp: { ...FEW, int32: 8, bool: 8 },
  referenceUlp: 12,
  linear: false,
  analytic: false,
};
const several = LINES.filter(({ inputs }) => (inputs[0] as readonly number[]).length > 0 && (inputs[0] as readonly number[]).every((dim) => dim > 1));
const constants: readonly Special[] = [{ at: [[3, 3, 3]], value: 0, gradient: [[0, 0, 0]] }];

export const reductions = {
  sum: linear((x: NdArray, option?: Option<ReduceOptions>) => nd.reduce(x, optionsOf(option), d.sum), [...LINES, ...NOTHING], {
    ...COUNTED,
    cancels: true,
    errors: axisErrors('sum'),
  }),
  mean: linear((x: NdArray, option?: Option<ReduceOptions>) => nd.reduce(x, optionsOf(option), mean), LINES, {
    dtypes: ANY,
    result: inexact,
    ulp: { ...FEW, int32: 4, bool: 4 },
    cancels: true,
  }),
  prod: reduction(
    product,
    {
      ...COUNTED,
      ulp: { float32: 34, float64: 34, complex64: 100, complex128: 100, int32: 0, bool: 0 },
      samples: [...LINES, ...NOTHING],
      special: [
        { at: [[2, 0, 3]], value: 0, gradient: [[0, 6, 0]] },
        { at: [[0, 0, 3]], value: 0, gradient: [[0, 0, 0]] },
      ],
    },
    POSITIVE,
  ),
  max: reduction(
    better((a, b) => a > b),
    { ...EXTREMUM, special: TIES, errors: [...axisErrors('max'), ofNothing('max')] },
  ),
  min: reduction(
    better((a, b) => a < b),
    { ...EXTREMUM, special: TIES, errors: [ofNothing('min')] },
  ),
  all: reduction((line) => Number(line.every(isTrue)), { result: bool, ulp: EXACT, order: 0, samples: [...LINES, ...NOTHING] }, [-1, 1]),
  any: reduction((line) => Number(line.some(isTrue)), { result: bool, ulp: EXACT, order: 0, samples: [...LINES, ...NOTHING] }, [-1, 1]),
  countNonzero: reduction((line) => line.filter(isTrue).length, { result: () => 'int32', ulp: EXACT, order: 0, samples: [...LINES, ...NOTHING] }, [-1, 1]),
  argmax: reduction(
    indexOf((a, b) => a > b),
    {
      dtypes: REAL_OR_INT,
      result: () => 'int32',
      ulp: EXACT,
      order: 0,
      special: [
        { at: [[2, 3, 3]], value: 1 },
        { at: [[2, Number.NaN, 3]], value: 1 },
      ],
      errors: [ofNothing('argmax')],
    },
  ),
  argmin: reduction(
    indexOf((a, b) => a < b),
    {
      dtypes: REAL_OR_INT,
      result: () => 'int32',
      ulp: EXACT,
      order: 0,
      special: [
        { at: [[3, 2, 2]], value: 1 },
        { at: [[2, Number.NaN, 3]], value: 1 },
      ],
    },
  ),
  variance: {
    ...linear(
      spread((v) => v),
      [...several, sample('5', { correction: 1 }), sample('2,3', { axis: 1, correction: 1, keepDims: true }), sample('')],
    ),
    ...SPREAD,
    special: constants,
  },
  var: {
    ...linear(
      spread((v) => v),
      several,
    ),
    ...SPREAD,
  },
  std: { ...linear(spread(d.sqrt), several), ...SPREAD, special: constants },
  norm: {
    ...linear(norm, [
      ...several,
      sample('5', { ord: 1 }),
      sample('2,3', { ord: Infinity, axis: 1 }),
      sample('2,3', { ord: 2, axis: 0, keepDims: true }),
      sample('2,3', { ord: 3, axis: 1, keepDims: true }),
      sample('4', { ord: -0.5 }),
      sample('4', { ord: -Infinity }),
      sample(''),
    ]),
    ...SPREAD,
    special: [
      { at: [[0, 0]], value: 0, gradient: [[0, 0]] },
      { at: [[3, 4]], value: 5, gradient: [[0.6, 0.8]] },
    ],
    errors: [error((g) => g.norm([], { ord: Infinity }), 'ShapeError', /^norm: axis 0 has size 0/)],
  },
  cumsum: {
    ...scan(d.add, 0, [...RUNS, ...EXCLUSIVE], { ...COUNTED, cancels: true, linear: true }),
    errors: [error((g) => g.cumsum([1], 1), 'IndexError', /^cumsum: axis 1 is out of range for rank 1/)],
  },
  cumprod: scan(
    d.mul,
    1,
    [...RUNS, ...EXCLUSIVE],
    {
      ...COUNTED,
      ulp: { float32: 34, float64: 34, complex64: 100, complex128: 100, int32: 0, bool: 0 },
      special: [
        { at: [[2, 0, 3]], value: [2, 0, 0], gradient: [[1, 8, 0]] },
        { at: [[0, 0, 3]], value: [0, 0, 0], gradient: [[1, 0, 0]] },
      ],
    },
    POSITIVE,
  ),
  cummax: scan(d.maximum, -Infinity, RUNS, {
    ...EXTREMUM,
    special: [
      { at: [[2, 1, 2]], value: [2, 2, 2], gradient: [[3, 0, 0]] },
      { at: [[1, Number.NaN, 2]], value: [1, Number.NaN, Number.NaN] },
    ],
  }),
  cummin: scan(d.minimum, Infinity, RUNS, { ...EXTREMUM, special: [{ at: [[1, 2, 1]], value: [1, 1, 1], gradient: [[3, 0, 0]] }] }),
  diff: linear(
    diff,
    [
      sample('5'),
      sample([{ shape: [4], data: [1, 4, 9, 3] }], { n: 2 }),
      sample('3,2', { axis: 0 }),
      sample('1'),
      sample('3', { n: 0 }),
      sample('2,3', { prepend: 2, append: -1 }),
    ],
    {
      dtypes: NUMERIC,
    },
  ),
  trapz: linear(trapz, [sample('5'), sample('2,3', { dx: 0.5 }), sample('3,2', { axis: 0 }), sample('3', { x: [0, 1, 3] })], {
    dtypes: ANY,
    result: inexact,
    ulp: { ...FEW, int32: 4, bool: 4 },
    cancels: true,
  }),
};
