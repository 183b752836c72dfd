/**
 * Functions of whole lines, their bounds, and their errors against multiprecision: value, gradient and Hessian by a vector, in units of u
 * times the size that a bound names. Data: scripts/multiprecision_lines.py. Tests nothing.
 */
import { readFileSync } from 'node:fs';
import * as g from 'gradtape';
import { compile, gradientsFunction, sum, type Tensor, tensor, transpose } from 'gradtape';
import * as nn from 'gradtape/nn';

export type DType = 'float32' | 'float64';
type Pair = readonly [head: number, tail: number];
export const ORDERS = ['value', 'gradient', 'curvature'] as const;
export type Order = (typeof ORDERS)[number];

interface Line {
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly functions: Readonly<Record<string, { readonly value: Pair; readonly gradient: readonly Pair[]; readonly curvature: readonly Pair[] }>>;
}

const data = JSON.parse(readFileSync(new URL('data/lines.json', import.meta.url), 'utf8')) as Record<DType, readonly Line[]>;
const unit = { float32: 2 ** -24, float64: 2 ** -53 };
const none = { reduction: 'none' } as const;

/** Of a line x and weights w, along the given axis of both. */
const functions: Record<string, (x: Tensor, w: Tensor, axis: number) => Tensor> = {
  logsumexp: (x, _, axis) => g.logsumexp(x, { axis }),
  softmax: (x, w, axis) => sum(g.softmax(x, { axis }).mul(w), { axis }),
  logSoftmax: (x, w, axis) => sum(g.logSoftmax(x, { axis }).mul(w), { axis }),
  sparseSoftmaxCrossEntropy: (x, _, axis) => g.sparseSoftmaxCrossEntropy(g.zeros([x.shape[-1 - axis] as number], { dtype: 'int32' }), g.moveaxis(x, axis, -1)),
  softmaxCrossEntropy: (x, w, axis) => g.softmaxCrossEntropy(w, x, { axis }),
  norm: (x, _, axis) => g.norm(x, { axis }),
  variance: (x, _, axis) => g.variance(x, { axis }),
  std: (x, _, axis) => g.std(x, { axis }),
  layerNorm: (x, w, axis) => sum(nn.layerNorm(x, null, null, { axis, epsilon: 2 ** -10 }).mul(w), { axis }),
  rmsNorm: (x, w, axis) => sum(nn.rmsNorm(x, null, { axis, epsilon: 2 ** -10 }).mul(w), { axis }),
  cosineDistance: (x, w, axis) => nn.cosineDistance(x, w, { ...none, axis }),
  logCosh: (x, _, axis) => sum(nn.logCosh(g.zeros([], { dtype: x.dtype as DType }), x, none), { axis }),
  klDiv: (x, w, axis) => nn.klDiv(w, x, { ...none, axis }),
};

/** A size of element i of a result: the element's error is at most a small multiple of u times this size. */
type Size = (line: Line, i: number, expected: readonly number[]) => number;

interface Bound {
  /** In units of u and of `size`, which `says` names. */
  readonly multiple: number;
  readonly size: Size;
  readonly says: string;
}

const most = (list: readonly number[]): number => list.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
const total = (list: readonly number[]): number => list.reduce((a, b) => a + Math.abs(b), 0);
/** |element|. */
const each: Size = (_, i, expected) => Math.abs(expected[i] as number);
/** The largest |element|. */
const largest: Size = (_, __, expected) => most(expected);

interface Softmax {
  readonly p: readonly number[];
  /** 1 − p, without a cancellation. */
  readonly rest: readonly number[];
  /** How far x lies below the largest, and the largest above the next: an exponent's rounding is its result's relative error. */
  readonly depth: readonly number[];
}

function softmaxOf({ x }: Line): Softmax {
  const m = Math.max(...x);
  const e = x.map((v) => Math.exp(v - m));
  const s = total(e);
  const gap = m - Math.max(...x.filter((_, i) => i !== x.indexOf(m)));
  return { p: e.map((v) => v / s), rest: e.map((_, i) => total(e.filter((__, j) => j !== i)) / s), depth: x.map((v) => 1 + m - v + gap) };
}

const at = (list: readonly number[], i: number): number => list[i] as number;
/** p·(1 − p)·max|w|, deeper in the tail by as much as the exponent is rounded. */
const spread: Size = (line, i) => {
  const { p, rest, depth } = softmaxOf(line);
  return at(p, i) * at(rest, i) * most(line.w) * at(depth, i);
};
/** p·Σ|z| + |z|·(1 − p) without z's own part of the sum, for labels z. */
const difference =
  (labels: (line: Line) => readonly number[]): Size =>
  (line, i) => {
    const { p, rest, depth } = softmaxOf(line);
    const z = labels(line);
    return (at(p, i) * total(z.filter((_, j) => j !== i)) + Math.abs(at(z, i)) * at(rest, i)) * at(depth, i);
  };
const weightsOf = ({ w }: Line): readonly number[] => w;
const first = ({ x }: Line): readonly number[] => x.map((_, i) => Number(i === 0));
/** Σ z·|log p|. */
const logarithms =
  (labels: (line: Line) => readonly number[]): Size =>
  (line) => {
    const { p, rest, depth } = softmaxOf(line);
    const z = labels(line);
    return total(p.map((q, i) => at(z, i) * at(depth, i) * (q > 0.5 ? Math.log1p(-at(rest, i)) : 1)));
  };

const root = (list: readonly number[]): number => Math.hypot(...list);
/** The divisor of a norm, or of a deviation for any ε. */
const sizes = {
  norm: ({ x }: Line): number => root(x),
  std: ({ x }: Line): number => root(x.map((v) => v - x.reduce((a, b) => a + b, 0) / x.length)) * Math.sqrt(x.length),
  layerNorm: ({ x }: Line): number => Math.sqrt(root(x.map((v) => v - x.reduce((a, b) => a + b, 0) / x.length)) ** 2 / x.length + 2 ** -10),
  rmsNorm: ({ x }: Line): number => Math.sqrt(root(x) ** 2 / x.length + 2 ** -10),
};
/** Σ|w|ᵏ over that, to the same power. */
const over =
  (name: keyof typeof sizes, power = 1): Size =>
  (line) =>
    (total(line.w) / sizes[name](line)) ** power;

const bound = (multiple: number, says: string, size: Size): Bound => ({ multiple, size, says });
const itself = (multiple: number): Bound => bound(multiple, '|result|', each);
const greatest = (multiple: number): Bound => bound(multiple, 'max |result|', largest);
/** The size of results that tend to 0 where p tends to 0 or to 1. */
const ofSpread = (multiple: number): Bound => bound(multiple, 'p(1 − p)·max |w|·depth', spread);
const ofSum: Size = (line, i) => spread(line, i, []) * total(line.w);

/** `depth` is 1 + (max x − x) + (max x − the next): what the rounding of an exponent costs. z are labels, w the cotangent or the vector. */
export const bounds: Record<string, Record<Order, Bound>> = {
  logsumexp: {
    value: bound(4, 'max |x| + 1', (line) => most(line.x) + 1),
    gradient: bound(4, 'p·depth', (line, i) => at(softmaxOf(line).p, i) * at(softmaxOf(line).depth, i)),
    curvature: ofSpread(8),
  },
  softmax: {
    value: bound(4, 'Σ p·|w|·depth', (line) => total(softmaxOf(line).p.map((p, i) => p * at(line.w, i) * at(softmaxOf(line).depth, i)))),
    gradient: ofSpread(8),
    curvature: bound(8, 'max p(1 − p)·depth·max w²', (line) => most(line.w) * most(line.x.map((_, i) => spread(line, i, [])))),
  },
  logSoftmax: {
    value: bound(4, 'Σ |z·log p|·depth', logarithms(weightsOf)),
    gradient: bound(4, '(p·Σ other |z| + |z|(1 − p))·depth', difference(weightsOf)),
    curvature: bound(8, 'p(1 − p)·max |w|·Σ |z|·depth', ofSum),
  },
  sparseSoftmaxCrossEntropy: {
    value: bound(4, '|log p|·depth', logarithms(first)),
    gradient: bound(4, 'p·depth; (1 − p)·depth at the label', difference(first)),
    curvature: ofSpread(8),
  },
  softmaxCrossEntropy: {
    value: bound(4, 'Σ |z·log p|·depth', logarithms(weightsOf)),
    gradient: bound(4, '(p·Σ other |z| + |z|(1 − p))·depth', difference(weightsOf)),
    curvature: bound(8, 'p(1 − p)·max |w|·Σ |z|·depth', ofSum),
  },
  norm: { value: itself(2), gradient: itself(4), curvature: bound(4, 'Σ |w|/‖x‖', over('norm')) },
  variance: { value: itself(4), gradient: greatest(4), curvature: greatest(4) },
  std: { value: itself(4), gradient: greatest(4), curvature: bound(4, 'Σ |w|/(n·std)', over('std')) },
  layerNorm: {
    value: bound(8, 'Σ |w|', ({ w }) => total(w)),
    gradient: bound(8, 'Σ |w|·r', over('layerNorm')),
    curvature: bound(8, '(Σ |w|·r)²', over('layerNorm', 2)),
  },
  rmsNorm: {
    value: bound(8, 'Σ |w|', ({ w }) => total(w)),
    gradient: bound(8, 'Σ |w|·r', over('rmsNorm')),
    curvature: bound(8, '(Σ |w|·r)²', over('rmsNorm', 2)),
  },
  cosineDistance: {
    value: bound(4, '√distance', (_, i, expected) => Math.sqrt(at(expected, i))),
    gradient: bound(4, '1/‖x‖', ({ x }) => 1 / root(x)),
    curvature: bound(16, 'Σ |w|/‖x‖²', ({ x, w }) => total(w) / root(x) ** 2),
  },
  logCosh: { value: itself(4), gradient: itself(4), curvature: itself(8) },
  klDiv: {
    value: bound(4, 'Σ p·|log(p/q)|', ({ x, w }) => total(w.map((p, i) => p * Math.log(p / at(x, i))))),
    gradient: itself(4),
    curvature: itself(8),
  },
};

const gradientBy = (f: (x: Tensor, w: Tensor) => Tensor) => gradientsFunction((x: Tensor, w: Tensor) => f(x, w), [0]);

/** Value, gradient and Hessian by w. */
function ordersOf(f: (x: Tensor, w: Tensor) => Tensor): Record<Order, (x: Tensor, w: Tensor) => Tensor> {
  const gradient = (x: Tensor, w: Tensor): Tensor => gradientBy(f)(x, w)[0] as Tensor;
  return { value: f, gradient, curvature: (x, w) => gradientBy((v, u) => gradient(v, u).mul(u))(x, w)[0] as Tensor };
}

/** Forms of a call on one line, each giving the line's results first. */
export const forms: Record<string, (f: (x: Tensor, w: Tensor, axis: number) => Tensor) => (x: Tensor, w: Tensor) => Record<Order, () => Tensor>> = {
  rows: (f) => (x, w) => {
    const of = ordersOf((v, u) => f(v, u, -1));
    const [a, b] = [x, w].map((t) => g.stack([t, t, t])) as [Tensor, Tensor];
    return { value: () => of.value(a, b), gradient: () => of.gradient(a, b), curvature: () => of.curvature(a, b) };
  },
  'columns, side by side': (f) => (x, w) => {
    const of = ordersOf((v, u) => f(v, u, -2));
    const [a, b] = [x, w].map((t) =>
      transpose(g.stack([t, t, t]))
        .identity()
        .add(0),
    ) as [Tensor, Tensor];
    return { value: () => of.value(a, b), gradient: () => transpose(of.gradient(a, b)), curvature: () => transpose(of.curvature(a, b)) };
  },
  compiled: (f) => (x, w) => {
    const of = ordersOf((v, u) => f(v, u, -1));
    const [a, b] = [x, w].map((t) => t.reshape([1, -1])) as [Tensor, Tensor];
    return { value: () => compile(of.value)(a, b), gradient: () => compile(of.gradient)(a, b), curvature: () => compile(of.curvature)(a, b) };
  },
};

/** The largest error of a kind, and its line. */
export interface Found {
  error: number;
  where: string;
}

/** The largest error of a function's results, in multiples of u and of their sizes. */
export function worstOf(name: string, dtype: DType, form: string): Record<Order, Found> {
  const worst = { value: { error: 0, where: '' }, gradient: { error: 0, where: '' }, curvature: { error: 0, where: '' } };
  for (const line of data[dtype]) {
    const expected = line.functions[name];
    if (!expected) continue;
    const call = (forms[form] as (typeof forms)[string])(functions[name] as (typeof functions)[string])(tensor(line.x, { dtype }), tensor(line.w, { dtype }));
    for (const order of ORDERS) {
      const exact = order === 'value' ? [expected.value] : expected[order];
      const heads = exact.map(([head]) => head);
      const got = call[order]().data();
      exact.forEach(([head, tail], i) => {
        const size = Math.abs((bounds[name] as (typeof bounds)[string])[order].size(line, i, heads));
        const least = dtype === 'float32' ? 2 ** -149 : 2 ** -1074;
        const error = Math.max(0, Math.abs((got[i] as number) - head - tail) - least) / (unit[dtype] * size || least);
        if (!(error <= worst[order].error)) worst[order] = { error, where: `[${line.x}], w = [${line.w}], element ${i}: ${got[i]}, not ${head}` };
      });
    }
  }
  return worst;
}
