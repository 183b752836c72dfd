/** Elements of tensors to JSON and back, all of them exact, also those that JSON has no number for. Knows no handles. */
import { type ComplexNumber, type DTypeName, dtypeNames } from './dtype.js';
import type { Item } from './elements.js';

/** A number; a word for a number that JSON would write as null, or without its sign. */
export type JSONNumber = number | 'NaN' | 'Infinity' | '-Infinity' | '-0';

/** The JSON of a tensor, which `toJSON` returns and `tensor` accepts: the elements in row-major order. */
export interface TensorJSON {
  readonly dtype: DTypeName;
  readonly shape: readonly number[];
  readonly data: readonly (JSONNumber | boolean | { readonly re: JSONNumber; readonly im: JSONNumber })[];
}

const WORDS: readonly unknown[] = ['NaN', 'Infinity', '-Infinity', '-0'];

const numberToJSON = (x: number): JSONNumber => (Object.is(x, -0) ? '-0' : Number.isFinite(x) ? x : (String(x) as JSONNumber));

export function itemToJSON(item: Item): TensorJSON['data'][number] {
  if (typeof item === 'boolean') return item;
  return typeof item === 'number' ? numberToJSON(item) : { re: numberToJSON(item.re), im: numberToJSON(item.im) };
}

export const isTensorJSON = (v: unknown): v is TensorJSON =>
  typeof v === 'object' && v !== null && (dtypeNames as readonly unknown[]).includes((v as TensorJSON).dtype) && Array.isArray((v as TensorJSON).data);

/** The number that a word stands for; any other value unchanged, for `tensor` checks it. */
const numberOf = (x: unknown): number => (WORDS.includes(x) ? Number(x) : (x as number));

export function itemFromJSON(item: TensorJSON['data'][number]): Item {
  return typeof item === 'object' && item !== null ? ({ re: numberOf(item.re), im: numberOf(item.im) } satisfies ComplexNumber) : numberOf(item);
}
