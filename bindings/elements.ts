/** Reads shape and elements of a record from linear memory. Knows no handles. */
import { DType, Flag, Record as Rec, Weak } from '../assembly/shared/abi.js';
import { arrayOf, type ComplexNumber, isComplex, partsOf, shiftOf, type TypedArray } from './dtype.js';
import { heapOf, i32 } from './module.js';

/** Nested arrays of values. */
export type NestedArray<T> = T | NestedArray<T>[];
export type Item = number | boolean | ComplexNumber;

/** Above so many elements, a typed array made from a view is faster than `slice`, which fills its copy with zeros first. */
const FEW = 4096;

export function copyAt(at: number): TypedArray {
  const dtype = i32[(at + Rec.dtype) >>> 2] as DType;
  const n = lengthAt(at, dtype);
  if (n > FEW) return new (arrayOf(dtype))(elementsAt(at));
  const from = placeAt(at, dtype);
  return heapOf(dtype).slice(from, from + n);
}

/** The numbers of a record whose elements are contiguous, as a plain array. */
export function numbersAt(at: number, dtype: DType): number[] {
  const heap = heapOf(dtype);
  const from = placeAt(at, dtype);
  const numbers = new Array<number>(lengthAt(at, dtype));
  for (let i = 0; i < numbers.length; i++) numbers[i] = heap[from + i] as number;
  return numbers;
}

/** The index of a record's first element in the view of its dtype. The address is unsigned, for memory may exceed 2 GiB. */
export const placeAt = (at: number, dtype: DType): number => (i32[(at + Rec.data) >>> 2] as number) >>> shiftOf(dtype);

/** The dtype of a record, which may be weak. */
export const dtypeAt = (at: number): DType => {
  const dtype = i32[(at + Rec.dtype) >>> 2] as DType;
  return (i32[(at + Rec.flags) >>> 2] as number) & Flag.weak ? (dtype === DType.float64 ? (Weak.real as number) : (Weak.complex as number)) : dtype;
};

/** The number of typed-array elements of a record. */
const lengthAt = (at: number, dtype: DType): number => (i32[(at + Rec.size) >>> 2] as number) * partsOf(dtype);

export const isContiguous = (at: number): boolean => ((i32[(at + Rec.flags) >>> 2] as number) & Flag.contiguous) !== 0;

export function shapeAt(at: number): number[] {
  const from = (at + Rec.shape) >>> 2;
  const rank = i32[(at + Rec.rank) >>> 2] as number;
  const shape = new Array<number>(rank); // an array that grows by push begins with room for 17
  for (let i = 0; i < rank; i++) shape[i] = i32[from + i] as number;
  return shape;
}

/** A view of the elements of a record, which are contiguous. */
export function elementsAt(at: number): TypedArray {
  const dtype = i32[(at + Rec.dtype) >>> 2] as DType;
  return new (arrayOf(dtype))(i32.buffer, (i32[(at + Rec.data) >>> 2] as number) >>> 0, lengthAt(at, dtype));
}

/** The element that begins with the number data[i]. */
export function itemAt(data: ArrayLike<number>, i: number, dtype: DType): Item {
  const x = data[i] as number;
  if (dtype === DType.float32) return x;
  if (isComplex(dtype)) return { re: x, im: data[i + 1] as number };
  return dtype === DType.bool ? x === 1 : x;
}

/** All elements, in order. */
export const itemsOf = (data: TypedArray, dtype: DType): Item[] =>
  Array.from({ length: data.length / partsOf(dtype) }, (_, i) => itemAt(data, partsOf(dtype) * i, dtype));

export function nest(data: TypedArray, shape: readonly number[], dtype: DType): NestedArray<Item> {
  const parts = partsOf(dtype);
  let next = 0;
  const item = (): Item => {
    next += parts;
    return itemAt(data, next - parts, dtype);
  };
  const build = (axis: number): NestedArray<Item>[] => {
    const list = new Array<NestedArray<Item>>(shape[axis] as number);
    for (let i = 0; i < list.length; i++) list[i] = axis + 1 < shape.length ? build(axis + 1) : item();
    return list;
  };
  return shape.length ? build(0) : item();
}
