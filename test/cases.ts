/** Makes calls from rows: inputs drawn from their domains, tensors in every layout; and compares in ulps. Knows no law. */
import * as gradtape from 'gradtape';
import { type Tensor, tensor } from 'gradtape';
import type { AnyOp, DTypeName, Input, Interval, OpInfo, Sample, Value } from './opinfo/row.js';
import { publics } from './publics.js';
import { type Random, random, seedOf } from './random.js';
import { modulus, type Num, primal } from './reference/dual.js';
import type { NdArray } from './reference/ndarray.js';
import * as nd from './reference/ndarray.js';

/** One call of an op: its arguments, and the text that a failure prints. */
export interface Case {
  readonly op: string;
  readonly row: OpInfo;
  readonly dtype: DTypeName;
  readonly sample: Sample;
  readonly inputs: readonly NdArray[];
  readonly dtypes: readonly DTypeName[];
  readonly seed: number;
}

export const isComplex = (dtype: DTypeName): boolean => dtype === 'complex64' || dtype === 'complex128';
export const isInexact = (dtype: DTypeName): boolean => dtype !== 'int32' && dtype !== 'bool';
export const isSingle = (dtype: DTypeName): boolean => dtype === 'float32' || dtype === 'complex64';
/** The dtype of the same kind in 64-bit parts. */
export const widened = (dtype: DTypeName): DTypeName => (({ float32: 'float64', complex64: 'complex128' })[dtype as string] as DTypeName) ?? dtype;

/** The row's samples in `dtype`, drawn from a seed of their own. */
export function casesOf(op: string, row: OpInfo, dtype: DTypeName): Case[] {
  return row.samples.map((sample, i) => {
    const seed = seedOf(op, dtype, i);
    const next = random(seed);
    const dtypes = sample.inputs.map((input) => dtypeOf(input) ?? dtype);
    const inputs = sample.inputs.map((input, k) => {
      const own = dtypes[k] as DTypeName;
      return draw(input, own, domainOf(row, own, k), row.imaginary ?? [-1, 1], next);
    });
    return { op, row, dtype, sample, inputs, dtypes, seed };
  });
}

/** The domain of the row's input k. */
export function domainOf(row: OpInfo, dtype: DTypeName, k: number): Interval {
  const domain = (dtype === 'int32' && row.whole) || row.domain;
  return domain[Math.min(k, domain.length - 1)] as Interval;
}

const dtypeOf = (input: Input): DTypeName | undefined => ('shape' in input ? input.dtype : undefined);

function draw(input: Input, dtype: DTypeName, domain: Interval, imaginary: Interval, next: Random): NdArray {
  const shape = 'shape' in input ? input.shape : input;
  if ('shape' in input && input.data)
    return nd.array(shape, isInexact(dtype) ? input.data : input.data.map(dtype === 'bool' ? (v) => Number(v !== 0) : (v) => Math.trunc(v) || 0));
  return nd.build(shape, () => drawNumber(dtype, domain, imaginary, next));
}

function drawNumber(dtype: DTypeName, domain: Interval, imaginary: Interval, next: Random): Num {
  const between = ([low, high]: Interval): number => low + (high - low) * next();
  if (dtype === 'bool') return domain[0] > 0 ? 1 : Math.round(next());
  if (dtype === 'int32') return Math.floor(between([Math.ceil(domain[0]), Math.floor(domain[1]) + 1]));
  const part = (interval: Interval): number => (isSingle(dtype) ? Math.fround(between(interval)) : between(interval));
  return isComplex(dtype) ? { re: part(domain), im: part(imaginary) } : part(domain);
}

/** Random numbers in ±1, in the shape and dtype of `x`. */
export const drawLike = (x: NdArray, dtype: DTypeName, next: Random): NdArray => nd.build(x.shape, () => drawNumber(dtype, [-1, 1], [-1, 1], next));

/** The op with a sample's arguments, as a function of its tensors. */
export function callable({ op, row, sample }: Pick<Case, 'op' | 'row' | 'sample'>): (...tensors: Tensor[]) => Tensor | Tensor[] {
  const f = row.f ?? (publics[op] as AnyOp);
  return (...tensors) => called(row, f, tensors, sample.args) as Tensor | Tensor[];
}

/** The reference with a sample's arguments, as a function of its arrays. */
export function referenceOf({ row, sample }: Pick<Case, 'row' | 'sample'>): (...inputs: readonly NdArray[]) => NdArray[] {
  return (...inputs) => [called(row, row.ref as AnyOp, inputs, sample.args) as NdArray | NdArray[]].flat();
}

const called = (row: OpInfo, f: AnyOp, inputs: readonly unknown[], args: readonly unknown[] = []): unknown =>
  row.call ? row.call(f, inputs, args) : f(...inputs, ...args);

export const listed = (results: Tensor | readonly Tensor[]): Tensor[] => [results].flat() as Tensor[];

/** A contiguous tensor of these elements. */
export function toTensor(x: NdArray, dtype: DTypeName): Tensor {
  const parts = x.data.flatMap((v) => partsOf(v, dtype));
  const Class = { float32: Float32Array, float64: Float64Array, complex64: Float32Array, complex128: Float64Array, int32: Int32Array, bool: Uint8Array }[dtype];
  return tensor(Class.from(parts), { dtype, shape: x.shape });
}

function partsOf(v: Num, dtype: DTypeName): number[] {
  const p = primal(v);
  if (!isComplex(dtype)) return [p as number];
  return typeof p === 'number' ? [p, 0] : [p.re, p.im];
}

export function fromTensor(t: Tensor): NdArray {
  const data = t.data();
  const elements = Array.from(
    { length: t.size },
    (_, i): Num => (isComplex(t.dtype) ? { re: data[2 * i] as number, im: data[2 * i + 1] as number } : (data[i] as number)),
  );
  return nd.array(t.shape, elements);
}

/** Nested values as an array. */
export function fromValue(value: Value): NdArray {
  if (!Array.isArray(value)) return nd.array([], [typeof value === 'boolean' ? Number(value) : (value as Num)]);
  const items = value.map(fromValue);
  return nd.array(
    [items.length, ...(items[0]?.shape ?? [])],
    items.flatMap((item) => item.data),
  );
}

/** A way to lay elements out in memory other than row by row. */
export interface Layout {
  readonly make: (x: NdArray, dtype: DTypeName) => Tensor;
  /** Elements that the layout can hold, in place of any. */
  readonly fit?: (x: NdArray) => NdArray;
}

export const layouts: Readonly<Record<string, Layout>> = {
  transposed: { make: (x, dtype) => gradtape.transpose(toTensor(nd.transpose(x), dtype)) },
  'a slice of more': {
    make: (x, dtype) =>
      gradtape.slice(
        toTensor(surrounded(x), dtype),
        x.shape.map(() => 1),
        x.shape,
      ),
  },
  reversed: {
    make: (x, dtype) =>
      gradtape.flip(
        toTensor(
          nd.build(x.shape, (index) =>
            nd.at(
              x,
              index.map((i) => -1 - i),
            ),
          ),
          dtype,
        ),
      ),
  },
  'of stride 0': { make: (x, dtype) => gradtape.broadcastTo(toTensor(firstRow(x), dtype), x.shape), fit: (x) => nd.broadcastTo(firstRow(x), x.shape) },
};

/** The first slice along the first axis; nothing when there is none. */
const firstRow = (x: NdArray): NdArray => {
  const shape = x.shape.map((dim, i) => (i === 0 ? Math.min(dim, 1) : dim));
  return nd.array(shape, x.data.slice(0, nd.sizeOf(shape)));
};

/** x between NaN and other numbers that show in any result computed from them. */
function surrounded(x: NdArray): NdArray {
  const margin = x.shape.length > 3 ? 1 : 3;
  return nd.build(
    x.shape.map((dim) => dim + margin),
    (index) => {
      const inner = index.map((i) => i - 1);
      return inner.every((i, axis) => i >= 0 && i < (x.shape[axis] as number)) ? nd.at(x, inner) : Number.NaN;
    },
  );
}

/** |x| for each element. */
export const moduli = (x: NdArray): NdArray => nd.array(x.shape, x.data.map(modulus));

export function distance(x: Num, y: Num): number {
  const [a, b] = [primal(x), primal(y)];
  if (typeof a === 'number' && typeof b === 'number') return Object.is(a, b) ? 0 : Math.abs(a - b);
  const [p, q] = [a, b].map((v) => (typeof v === 'number' ? { re: v, im: 0 } : v)) as [{ re: number; im: number }, { re: number; im: number }];
  const part = (u: number, v: number): number => (Object.is(u, v) || u === v ? 0 : u - v);
  return Math.hypot(part(p.re, q.re), part(p.im, q.im));
}

/** The unit in the last place of a number of this size. */
function ulpOf(size: number, dtype: DTypeName): number {
  if (!isInexact(dtype)) return 1;
  const single = isSingle(dtype);
  const exponent = size > 0 && Number.isFinite(size) ? Math.floor(Math.log2(size)) : -1100;
  return 2 ** Math.max(exponent - (single ? 23 : 52), single ? -149 : -1074);
}

/** The text that a failure prints: enough to paste as a new row. */
export function label({ op, dtype, inputs, sample, seed }: Case, more = ''): string {
  const args = sample.args?.length ? ` ${JSON.stringify(sample.args)}` : '';
  return `${op} ${dtype} ${inputs.map(({ shape }) => `[${shape}]`).join(' ')}${args}${more && ` ${more}`} (seed ${seed})`;
}

/** @throws when an element differs from the expected one by more than `bound` ulps of `scale`, by default the element's own size. */
export function expectClose(got: NdArray, expected: NdArray, dtype: DTypeName, bound: number, what: string, scale: NdArray = moduli(expected)): void {
  if (got.shape.join() !== expected.shape.join()) throw new Error(`${what}: expected shape [${expected.shape}], got [${got.shape}]`);
  expected.data.forEach((e, i) => {
    const g = got.data[i] as Num;
    const ulps = distance(g, e) / ulpOf(modulus(scale.data[i] as Num), dtype);
    if (ulps <= bound || isSame(g, e)) return;
    throw new Error(`${what}: element ${i}: expected ${show(e)}, got ${show(g)}: ${ulps.toPrecision(3)} ulps, at most ${bound} are allowed`);
  });
}

/** NaN counts as equal to NaN, part by part. */
function isSame(x: Num, y: Num): boolean {
  const [a, b] = [primal(x), primal(y)];
  if (typeof a === 'number' && typeof b === 'number') return Object.is(a, b) || a === b;
  if (typeof a === 'number' || typeof b === 'number') return false;
  return (Object.is(a.re, b.re) || a.re === b.re) && (Object.is(a.im, b.im) || a.im === b.im);
}

function show(x: Num): string {
  const p = primal(x);
  if (typeof p === 'number') return Object.is(p, -0) ? '-0' : String(p);
  return `${p.re}${p.im < 0 || Object.is(p.im, -0) ? '' : '+'}${Object.is(p.im, -0) ? '-0' : p.im}i`;
}

/** Bytes of the elements, for comparison bit by bit. */
export const bitsOf = (t: Tensor): string => Buffer.from(t.data().buffer).toString('hex');
