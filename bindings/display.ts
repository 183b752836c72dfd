/** Tensors as text, for people: NumPy's layout, elided when large. Reads elements and changes nothing. */
import { DType } from '../assembly/shared/abi.js';
import { arrayOf, dtypeNames, isComplex, partsOf, type TypedArray } from './dtype.js';
import { CompileError, ReleasedError } from './errors.js';
import { Tensor } from './tensor.js';

/** Up to so many elements all are shown; of more, `EDGE` at each end of each axis. */
const MOST = 1000;
const EDGE = 3;
/** Columns of a line, and digits after a point. */
const WIDTH = 80;
const DIGITS = 8;

const HEAD = 'Tensor(';

/** The tensor with its elements, shape and dtype; only that it is gone when it was released. */
export function display(t: Tensor): string {
  try {
    const { shape } = t;
    const dtype = t.dtypeNumber;
    const elements = shape.includes(0) ? '[]' : elementsOf(t, shape, dtype);
    return `${HEAD}${elements}, shape=[${shape.join(', ')}], dtype=${dtypeNames[dtype]})`;
  } catch (error) {
    if (error instanceof ReleasedError) return `${HEAD}released)`;
    throw error;
  }
}

/** The elements' text; that they are traced while a function is compiled. */
function elementsOf(t: Tensor, shape: readonly number[], dtype: DType): string {
  try {
    return laidOut(shape, t.data(), dtype);
  } catch (error) {
    if (error instanceof CompileError) return 'traced';
    throw error;
  }
}

/**
 * Shows tensors as text in the consoles of browsers that know custom formatters: `window.devtoolsFormatters = [devtoolsFormatter]`, and the
 * developer tools' setting switched on.
 */
export const devtoolsFormatter = {
  header: (value: unknown): readonly unknown[] | null => (value instanceof Tensor ? ['div', { style: 'white-space: pre' }, display(value)] : null),
  hasBody: (): boolean => false,
  body: (): null => null,
};

/** Positions along an axis of size `dim`, −1 for those left out. */
function shown(dim: number, isElided: boolean): number[] {
  if (!isElided || dim <= 2 * EDGE) return Array.from({ length: dim }, (_, i) => i);
  return [0, 1, 2, -1, dim - 3, dim - 2, dim - 1];
}

function laidOut(shape: readonly number[], data: TypedArray, dtype: DType): string {
  const rank = shape.length;
  const axes = shape.map((dim) => shown(dim, data.length / partsOf(dtype) > MOST));
  const texts = textsOf(positions(shape, axes), data, dtype);
  let next = 0;
  const nest = (axis: number): string => {
    if (axis === rank) return texts[next++] as string;
    const items = (axes[axis] as number[]).map((i) => (i < 0 ? '...' : nest(axis + 1)));
    const indent = ' '.repeat(HEAD.length + axis + 1);
    return `[${axis === rank - 1 ? wrapped(items, indent) : items.join(`,${'\n'.repeat(rank - 1 - axis)}${indent}`)}]`;
  };
  return nest(0);
}

/** Row-major positions of the elements that are shown. */
function positions(shape: readonly number[], axes: readonly number[][]): number[] {
  return axes.reduce<number[]>((heads, axis, k) => heads.flatMap((head) => axis.filter((i) => i >= 0).map((i) => head * (shape[k] as number) + i)), [0]);
}

/** A row's items, in lines no longer than they must be. */
function wrapped(items: readonly string[], indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const item of items) {
    if (line && indent.length + line.length + item.length + 2 > WIDTH) {
      lines.push(`${line},`);
      line = item;
    } else line = line ? `${line}, ${item}` : item;
  }
  return [...lines, line].join(`\n${indent}`);
}

/** The elements at `at`, all in one width. */
function textsOf(at: readonly number[], data: TypedArray, dtype: DType): string[] {
  if (dtype === DType.bool) return padded(at.map((i) => String(data[i] === 1)));
  if (dtype === DType.int32) return padded(at.map((i) => String(data[i])));
  const isSingle = arrayOf(dtype) === Float32Array;
  if (!isComplex(dtype))
    return reals(
      at.map((i) => data[i] as number),
      isSingle,
    );
  const re = reals(
    at.map((i) => data[2 * i] as number),
    isSingle,
  );
  const imaginary = at.map((i) => data[2 * i + 1] as number);
  const im = reals(imaginary.map(Math.abs), isSingle).map((text) => text.trimStart());
  const width = Math.max(...im.map((text) => text.length));
  return re.map((text, k) => `${text}${isNegative(imaginary[k] as number) ? '-' : '+'}${im[k]}i`.padEnd(text.length + width + 2));
}

const isNegative = (x: number): boolean => x < 0 || Object.is(x, -0);

function padded(texts: readonly string[]): string[] {
  const width = Math.max(...texts.map((text) => text.length));
  return texts.map((text) => text.padStart(width));
}

/** Numbers with as many digits as the one that needs most; with exponents when their sizes differ too much for that. */
function reals(values: readonly number[], isSingle: boolean): string[] {
  const sizes = values.map(Math.abs).filter((x) => x > 0 && x < Infinity);
  const most = Math.max(...sizes, 0);
  const least = Math.min(...sizes, Infinity);
  const isScientific = most >= 1e8 || least < 1e-4 || most / least > 1e6;
  const written = (x: number): string => (isScientific ? shortest(x, isSingle).toExponential() : plain(shortest(x, isSingle)));
  const digits = Math.min(DIGITS, Math.max(0, ...values.filter(Number.isFinite).map((x) => digitsOf(written(x)))));
  return padded(values.map((x) => (Number.isFinite(x) ? (isScientific ? x.toExponential(digits) : x.toFixed(digits)) : String(x))));
}

/** Digits between the point and the exponent. */
const digitsOf = (text: string): number => (/\.(\d+)/.exec(text)?.[1] ?? '').length;

/** A number without an exponent, of `DIGITS` digits after the point at most. */
const plain = (x: number): string => (String(x).includes('e') ? x.toFixed(DIGITS).replace(/\.?0+$/, '') : String(x));

/** The float64 with the fewest digits that rounds to the same float32. */
function shortest(x: number, isSingle: boolean): number {
  if (!isSingle) return x;
  for (let digits = 6; digits < 9; digits++) {
    const candidate = Number(x.toPrecision(digits));
    if (Math.fround(candidate) === x) return candidate;
  }
  return Number(x.toPrecision(9));
}
