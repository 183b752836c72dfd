/** Makes the attribute words of a call, each at the offset that `shared/attributes` names. Knows no tensors. */
import {
  ArangeWord,
  AxesWord,
  BandWord,
  FillWord,
  OneHotWord,
  PadWord,
  SearchWord,
  ShapeWord,
  SliceWord,
  SortWord,
  TakeWord,
  TransposeWord,
  WholeWord,
} from '../assembly/shared/attributes.js';

const double = new Float64Array(1);
const halves = new Int32Array(double.buffer);

/** A float64 as the two words that hold it. */
export function doubleWords(value: number): [number, number] {
  double[0] = value;
  return [halves[0] as number, halves[1] as number];
}

function setDouble(words: number[], at: number, value: number): void {
  [words[at], words[at + 1]] = doubleWords(value);
}

function setList(words: number[], at: number, list: readonly number[]): void {
  for (let i = 0; i < list.length; i++) words[at + i] = list[i] as number;
}

/** Attributes of reshape and broadcastTo. */
export function shapeWords(shape: readonly number[]): number[] {
  const words: number[] = [];
  words[ShapeWord.rank] = shape.length;
  setList(words, ShapeWord.dims, shape);
  return words;
}

const ALL_AXES: readonly number[] = [0, -1];

/** Attributes of a reduction or scan: its option, and one axis, several, or all. */
export function axesWords(option: number, axis: number | readonly number[] | undefined): readonly number[] {
  if (axis === undefined && option === 0) return ALL_AXES;
  const words: number[] = [];
  words[AxesWord.option] = option;
  words[AxesWord.count] = axis === undefined ? -1 : typeof axis === 'number' ? 1 : axis.length;
  if (typeof axis === 'number') words[AxesWord.axes] = axis;
  else if (axis) setList(words, AxesWord.axes, axis);
  return words;
}

/** Attributes of transpose; without a permutation, for the axes in reversed order. */
export function transposeWords(permutation: readonly number[] | undefined): number[] {
  const words: number[] = [];
  words[TransposeWord.count] = permutation ? permutation.length : -1;
  if (permutation) setList(words, TransposeWord.axes, permutation);
  return words;
}

/** Attributes of stridedSlice: for each axis its begin, its step and its size. */
export function sliceWords(begins: readonly number[], steps: readonly number[], sizes: readonly number[]): number[] {
  const words: number[] = [];
  words[SliceWord.rank] = begins.length;
  setList(words, SliceWord.lists, [...begins, ...steps, ...sizes]);
  return words;
}

/** Attributes of pad: the value around x; for each axis the position at which x begins, the step between its elements, and the result's size. */
export function padWords(re: number, im: number, begins: readonly number[], steps: readonly number[], sizes: readonly number[]): number[] {
  const words: number[] = [];
  setDouble(words, PadWord.re, re);
  setDouble(words, PadWord.im, im);
  setList(words, PadWord.slice, sliceWords(begins, steps, sizes));
  return words;
}

/** Attributes of fill, whose value has two parts, and of the random ops, which have two parameters. */
export function fillWords(first: number, second: number, dtype: number, shape: readonly number[]): number[] {
  const words: number[] = [];
  setDouble(words, FillWord.first, first);
  setDouble(words, FillWord.second, second);
  words[FillWord.dtype] = dtype;
  words[FillWord.rank] = shape.length;
  setList(words, FillWord.dims, shape);
  return words;
}

export function arangeWords(start: number, step: number, last: number, count: number, dtype: number): number[] {
  const words: number[] = [];
  setDouble(words, ArangeWord.start, start);
  setDouble(words, ArangeWord.step, step);
  setDouble(words, ArangeWord.last, last);
  words[ArangeWord.count] = count;
  words[ArangeWord.dtype] = dtype;
  return words;
}

/** Attributes of take; with a size, of a scatter to an axis of that size. */
export function takeWords(axis: number, batch: number, drop: boolean, size?: number): number[] {
  const words: number[] = [];
  words[TakeWord.axis] = axis;
  words[TakeWord.batch] = batch;
  words[TakeWord.drop] = Number(drop);
  if (size !== undefined) words[TakeWord.size] = size;
  return words;
}

/** Of sort, and of argsort, which gives `count` places of a line. */
export function sortWords(descending: boolean, count: number): number[] {
  const words: number[] = [];
  words[SortWord.descending] = Number(descending);
  words[SortWord.count] = count;
  return words;
}

export function searchWords(right: boolean): number[] {
  const words: number[] = [];
  words[SearchWord.right] = Number(right);
  return words;
}

export function oneHotWords(on: number, off: number, depth: number, dtype: number): number[] {
  const words: number[] = [];
  setDouble(words, OneHotWord.on, on);
  setDouble(words, OneHotWord.off, off);
  words[OneHotWord.depth] = depth;
  words[OneHotWord.dtype] = dtype;
  return words;
}

export function wholeWords(least: number, most: number, wrap: number): number[] {
  const words: number[] = [];
  words[WholeWord.least] = least;
  words[WholeWord.most] = most;
  words[WholeWord.wrap] = wrap;
  return words;
}

export function bandWords(low: number, high: number): number[] {
  const words: number[] = [];
  words[BandWord.low] = low;
  words[BandWord.high] = high;
  return words;
}
