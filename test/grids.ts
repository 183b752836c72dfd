/** Elementwise functions on multiprecision grids (scripts/multiprecision.py): the errors of values and derivatives in ulps. Holds no bound. */
import { readdirSync, readFileSync } from 'node:fs';
import { gradientsFunction, scope, type Tensor, tensor, zerosLike } from 'gradtape';
import { isComplex } from './cases.js';
import type { OpInfo } from './opinfo/row.js';
import { opinfo } from './opinfo.js';
import { publics } from './publics.js';

const folder = new URL('data/grids/', import.meta.url);

export type Format = 'float32' | 'float64' | 'complex64' | 'complex128';
type Floats = Float32Array | Float64Array;
type Op = (...xs: Tensor[]) => Tensor;

/** 0 for the value, 1 and 2 for the derivatives. */
export type Order = 0 | 1 | 2;
export const ORDERS: readonly Order[] = [0, 1, 2];

/** The arguments, or the parts of one; the error in ulps (NaN: no bound applies), the result and the right one. */
export interface Point {
  readonly at: readonly number[];
  readonly error: number;
  readonly got: string;
  readonly right: string;
}

export interface Grid {
  /** The grid's name, which is the op's unless an option is set. */
  readonly name: string;
  readonly row: OpInfo;
  readonly f: Op;
  readonly dtypes: readonly Format[];
  /** Of a derivative of two arguments all that there are, one after the other. */
  readonly points: (dtype: Format, order: Order) => Point[];
}

/** Grids of an op with an option set. */
const variants: Readonly<Record<string, readonly [op: string, options: object]>> = {
  geluTanh: ['gelu', { approximate: true }],
  leakyRelu: ['leakyRelu', { alpha: 0.125 }],
  eluHalf: ['elu', { alpha: 0.5 }],
  celuHalf: ['celu', { alpha: 0.5 }],
};

export const grids: readonly Grid[] = readdirSync(folder).map((file) => {
  const name = file.slice(0, -'.json'.length);
  const columns = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Record<Format, readonly string[]>;
  const [op, options] = variants[name] ?? [name];
  const call = publics[op] as (...args: unknown[]) => Tensor;
  const f: Op = options ? (x) => call(x, options) : call;
  const row: OpInfo = opinfo[op as keyof typeof opinfo];
  const points = (dtype: Format, order: Order): Point[] => (isComplex(dtype) ? complexPoints : realPoints)(f, columns[dtype], dtype, order, row);
  return { name, row, f, dtypes: Object.keys(columns) as Format[], points };
});

/** The derivatives of one order by each argument, and by each two: of f(x, y) by xx, xy, yy. */
function derivatives(f: Op, order: Order, xs: readonly Tensor[]): Tensor[] {
  if (order === 0) return [f(...xs)];
  const by =
    (g: Op, i: number): Op =>
    (...vs) =>
      gradientsFunction(g, [i])(...vs)[0] ?? zerosLike(vs[i] as Tensor);
  const firsts = xs.map((_, i) => by(f, i));
  if (order === 1) return firsts.map((g) => g(...xs));
  return firsts.flatMap((g, i) => xs.slice(i).map((_, k) => by(g, i + k)(...xs)));
}

const bytesOf = (text: string): ArrayBuffer => new Uint8Array(Buffer.from(text, 'base64')).buffer;
const isSingle = (dtype: Format): boolean => dtype === 'float32' || dtype === 'complex64';
const floats = (bytes: ArrayBuffer, dtype: Format, n = bytes.byteLength / (isSingle(dtype) ? 4 : 8)): Floats =>
  isSingle(dtype) ? new Float32Array(bytes, 0, n) : new Float64Array(bytes, 0, n);
/** The number of columns before those of an order: arguments, and results of lower orders. */
const before = (order: Order, args: number): number => args + ([0, 1, 1 + args][order] as number);

/** The unit in the last place of a number of that size. */
function ulp(x: number, dtype: Format): number {
  const [fraction, least] = isSingle(dtype) ? [23, -149] : [52, -1074];
  if (x < 2 ** (least + fraction)) return 2 ** least;
  const exponent = Math.floor(Math.log2(x));
  return 2 ** ((2 ** exponent > x ? exponent - 1 : exponent) - fraction);
}

/** The error of a result; the right one is `right` + `rest`·ulp. Infinities count as the number that would follow the largest. */
function ulpsBetween(got: number, right: number, rest: number, size: number, dtype: Format): number {
  if (Number.isNaN(right) || Number.isNaN(got)) return Number.isNaN(right) === Number.isNaN(got) ? 0 : Number.POSITIVE_INFINITY;
  if (Object.is(got, right) && rest === 0) return 0;
  const [half, top] = isSingle(dtype) ? [1, 2 ** 128] : [0.5, 2 ** 1023];
  const scale = Math.max(Math.abs(got), Math.abs(right)) > 1 ? half : 1; // so that the end of the range is a number
  const finite = (x: number): number => (Number.isFinite(x) ? x * scale : Math.sign(x) * top);
  const unit = ulp(Math.min(Math.abs(right), top * (1 - 2 ** -53)), dtype);
  return ((finite(got) - finite(right)) / unit / scale - rest) * (unit / Math.max(unit, ulp(size, dtype)));
}

/**
 * Derivatives are products, with the argument too, whose factors are rounded where they are below the normal range: the n-th derivative's
 * errors are relative to at least (1 + |x|)ⁿ times the least normal number, of arguments up to 1000.
 */
const leastSize = (order: 1 | 2, at: readonly number[], dtype: Format): number =>
  (1 + Math.min(Math.max(...at.map(Math.abs)), 1000)) ** order * 2 ** (isSingle(dtype) ? -126 : -1022);

function realPoints(f: Op, columns: readonly string[], dtype: Format, order: Order, row: OpInfo): Point[] {
  const args = columns.length === 4 ? 1 : 2;
  const xs = columns.slice(0, args).map((text) => floats(bytesOf(text), dtype));
  const n = (xs[0] as Floats).length;
  const got = scope(() =>
    derivatives(
      f,
      order,
      xs.map((x) => tensor(x)),
    ).map((t) => t.data() as Floats),
  );
  return got.flatMap((results, k) => {
    const bytes = bytesOf(columns[before(order, args) + k] as string);
    const right = floats(bytes, dtype, n);
    const rests = new Int8Array(bytes, n * right.BYTES_PER_ELEMENT);
    return Array.from(results, (g, i) => {
      const at = xs.map((x) => x[i] as number);
      const r = right[i] as number;
      const rest = rests[i] as number;
      const wrongZero = order === 0 && r === 0 && g === 0 && rest === 0 && !Object.is(g, r);
      const size = order === 0 ? (row.atLeast ?? 0) : Math.max(row.slopeSize?.(order, ...at) ?? 0, leastSize(order, at, dtype));
      const error = rest === -128 ? Number.NaN : wrongZero ? Number.POSITIVE_INFINITY : ulpsBetween(g, r, rest / 256, size, dtype);
      return { at, error, got: `${g}`, right: `${r}` };
    });
  });
}

/** The error of a complex number: its distance from the right one, in units of the modulus. */
function complexPoints(f: Op, columns: readonly string[], dtype: Format, order: Order, row: OpInfo): Point[] {
  const z = floats(bytesOf(columns[0] as string), dtype);
  const right = floats(bytesOf(columns[before(order, 1)] as string), dtype);
  const [got] = scope(() => derivatives(f, order, [tensor(z, { dtype })]).map((t) => t.data() as Floats));
  const conjugated = order === 0 ? 1 : -1; // x̄ = ȳ·conj f′
  return Array.from({ length: z.length / 2 }, (_, i) => {
    const at = (v: Floats): [number, number] => [v[2 * i] as number, v[2 * i + 1] as number];
    const [a, b] = at(got as Floats);
    const [c, d] = at(right);
    const unit =
      2 ** (isSingle(dtype) ? -23 : -52) *
      Math.max(Math.hypot(c, d), 2 ** (isSingle(dtype) ? -126 : -1022), order === 0 ? 0 : (row.slopeSize?.(order, ...at(z)) ?? 0));
    const error = Math.hypot(a - c, conjugated * b - d) / unit;
    return { at: at(z), error: Number.isFinite(c) && Number.isFinite(d) ? error : Number.NaN, got: `${a} + ${conjugated * b}i`, right: `${c} + ${d}i` };
  });
}

/** The bound that the op's row promises, in ulps. */
export const boundOf = ({ row }: Grid, dtype: Format, order: Order): number => (order === 0 ? row.ulp[dtype] : row.slopeUlp?.[dtype]?.[order - 1]) ?? 0;

/** The point with a grid's largest error. */
export const worstOf = (grid: Grid, dtype: Format, order: Order): Point =>
  grid.points(dtype, order).reduce((worst, p) => (Math.abs(p.error) > Math.abs(worst.error) ? p : worst), { at: [], error: 0, got: '', right: '' });
