/** Writes tensors as text for people, in NumPy's layout. Reads elements and changes nothing. */
import { DType } from '../assembly/shared/abi.js';
import { arrayOf, dtypeNames, isComplex, partsOf, type TypedArray } from './dtype.js';
import { CompileError, ReleasedError } from './errors.js';
import { Tensor } from './tensor.js';

/** A tensor with at most so many elements is shown in full; of a larger one, `EDGE` elements at each end of each axis. */
const MOST = 1000;
const EDGE = 3;
/** Columns of a line, and digits after a point. */
const WIDTH = 75;
const DIGITS = 8;

const HEAD = 'Tensor(';

/** The text of a tensor, with its elements, shape and dtype. A released tensor's text says so. */
export function display(t: Tensor): string {
  try {
    const { shape } = t;
    const dtype = t.dtypeNumber;
    const elements = shape.includes(0) ? '[]' : elementsOf(t, shape, dtype);
    const text = `${HEAD}${elements},`;
    const tail = `shape=[${shape.join(', ')}], dtype=${dtypeNames[dtype]})`;
    const isFull = text.length - text.lastIndexOf('\n') + tail.length > WIDTH;
    return `${text}${isFull ? `\n${' '.repeat(HEAD.length)}` : ' '}${tail}`;
  } catch (error) {
    if (error instanceof ReleasedError) return `${HEAD}released)`;
    throw error;
  }
}

/** The text of the elements; 'traced' for a tensor without values, in a function that is being compiled. */
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

/** Positions to show along an axis of size `dim`; −1 stands for positions left out. */
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
    return `[${axis === rank - 1 ? wrapped(items, indent, WIDTH - rank) : items.join(`,${'\n'.repeat(rank - 1 - axis)}${indent}`)}]`;
  };
  return nest(0);
}

/** Row-major positions of the elements that are shown. */
function positions(shape: readonly number[], axes: readonly number[][]): number[] {
  return axes.reduce<number[]>((heads, axis, k) => heads.flatMap((head) => axis.filter((i) => i >= 0).map((i) => head * (shape[k] as number) + i)), [0]);
}

/** A row's items in lines of at most `width` columns, without the brackets and the comma behind them. */
function wrapped(items: readonly string[], indent: string, width: number): string {
  const lines: string[] = [];
  let line = '';
  for (const item of items) {
    if (line && indent.length + line.length + item.length + 2 >= width) {
      lines.push(`${line},`);
      line = item;
    } else line = line ? `${line}, ${item}` : item;
  }
  return [...lines, line].join(`\n${indent}`);
}

/** The texts of the elements at the positions `at`, padded to one width. */
function textsOf(at: readonly number[], data: TypedArray, dtype: DType): string[] {
  if (dtype === DType.bool) return padded(at.map((i) => String(data[i] === 1)));
  if (dtype === DType.int32) return padded(at.map((i) => String(data[i])));
  const isSingle = arrayOf(dtype) === Float32Array;
  const part = (stride: number, offset: number, plus: string): string[] =>
    reals(
      at.map((i) => data[stride * i + offset] as number),
      isSingle,
      plus,
    );
  if (!isComplex(dtype)) return part(1, 0, '');
  const im = part(2, 1, '+');
  return part(2, 0, '').map((re, k) => re + (im[k] as string).replace(/ *$/, 'i$&'));
}

function padded(texts: readonly string[]): string[] {
  const width = Math.max(...texts.map((text) => text.length));
  return texts.map((text) => text.padStart(width));
}

/** Numbers with their decimal points in one column; `plus` stands before those that are not negative. */
function reals(values: readonly number[], isSingle: boolean, plus: string): string[] {
  const sizes = values.map(Math.abs).filter((x) => x > 0 && x < Infinity);
  const [most, least] = [Math.max(...sizes), Math.min(...sizes)];
  const isScientific = most >= 1e8 || least < 1e-4 || most / least > 1e3;
  const sign = (x: number): string => (x < 0 || Object.is(x, -0) ? '-' : plus);
  const digits = values.map((x) => digitsOf(sign(x), shortest(Math.abs(x), isSingle), isScientific));
  const width = (k: number): number => Math.max(...digits.map((each) => each?.[k]?.length ?? 0));
  const [before, behind, power] = [width(0), width(1), Math.max(width(2), 3)];
  return padded(
    digits.map((each, i) => {
      const x = values[i] as number;
      if (!each) return sign(x) + Math.abs(x);
      const [whole, fraction, exponent] = each;
      const tail = exponent && `e${exponent.slice(0, 1)}${exponent.slice(1).padStart(power - 1, '0')}`;
      return `${whole.padStart(before)}.${fraction.padEnd(behind, exponent ? '0' : ' ')}${tail}`;
    }),
  );
}

/** A number's digits before and after the point, and its exponent, '' without one. */
type Digits = readonly [whole: string, fraction: string, exponent: string];

/** The fewest digits that identify x ≥ 0, at most `DIGITS` after the point; undefined for ∞ and NaN. */
function digitsOf(sign: string, x: number, isScientific: boolean): Digits | undefined {
  const written = (digits?: number): Digits | undefined => {
    const text = isScientific ? x.toExponential(digits) : digits === undefined ? String(x) : x.toFixed(digits);
    const [, whole, fraction = '', exponent = ''] = /^(\d+)\.?(\d*?)0*(?:e(.+))?$/.exec(text) ?? [];
    return whole === undefined ? whole : [sign + whole, fraction, exponent];
  };
  const exact = written();
  return exact && exact[1].length > DIGITS ? written(DIGITS) : exact;
}

/** The float64 with the fewest digits that rounds to the same float32. */
function shortest(x: number, isSingle: boolean): number {
  if (!isSingle) return x;
  for (let digits = 6; ; digits++) {
    const candidate = Number(x.toPrecision(digits));
    if (digits === 9 || Math.fround(candidate) === x) return candidate;
  }
}
