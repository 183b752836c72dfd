/** Arrays of numbers with a shape, in plain loops, with which the ops' references are written. Knows neither tensors nor derivatives. */
import type { Num } from './dual.js';

export interface NdArray {
  readonly shape: readonly number[];
  /** In row-major order. */
  readonly data: readonly Num[];
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
export const array = (shape: readonly number[], data: readonly Num[]): NdArray => ({ shape, data });

/** An array of `shape` whose elements come from their indices. */
export function build(shape: readonly number[], element: (index: readonly number[]) => Num): NdArray {
  return array(shape, indices(shape).map(element));
}

/** The indices of a shape in row-major order. */
export function indices(shape: readonly number[]): number[][] {
  const all: number[][] = [];
  const index = shape.map(() => 0);
  for (let size = sizeOf(shape); all.length < size; ) {
    all.push([...index]);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = ((index[axis] as number) + 1) % (shape[axis] as number);
      if (index[axis] !== 0) break;
    }
  }
  return all;
}

/** The element at an index, whose negative entries count from the end. */
export function at(x: NdArray, index: readonly number[]): Num {
  const offset = index.reduce((sum, i, axis) => {
    const dim = x.shape[axis] as number;
    return sum * dim + (i < 0 ? i + dim : i);
  }, 0);
  return x.data[offset] as Num;
}

function broadcastShape(...shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, i) => shapes.map((shape) => shape[shape.length - rank + i] ?? 1).reduce((a, b) => (a === 1 ? b : a), 1));
}

export function broadcastTo(x: NdArray, shape: readonly number[]): NdArray {
  const missing = shape.length - x.shape.length;
  return build(shape, (index) =>
    at(
      x,
      x.shape.map((dim, i) => (dim === 1 ? 0 : (index[missing + i] as number))),
    ),
  );
}

/** f of corresponding elements, broadcast. */
export function map(f: (...xs: Num[]) => Num, ...arrays: readonly NdArray[]): NdArray {
  const shape = broadcastShape(...arrays.map((x) => x.shape));
  const full = arrays.map((x) => broadcastTo(x, shape));
  return array(
    shape,
    Array.from({ length: sizeOf(shape) }, (_, i) => f(...full.map((x) => x.data[i] as Num))),
  );
}

/** Axes counted from the front; all of them when absent. */
export function axesOf(axis: number | readonly number[] | undefined, rank: number): number[] {
  if (axis === undefined) return Array.from({ length: rank }, (_, i) => i);
  return (typeof axis === 'number' ? [axis] : axis).map((i) => (i < 0 ? i + rank : i));
}

/** The elements along `axes` for each place on the others. */
export function lines(x: NdArray, axes: readonly number[]): { kept: number[]; lines: Num[][] } {
  const kept = x.shape.map((dim, i) => (axes.includes(i) ? 1 : dim));
  const along = x.shape.map((dim, i) => (axes.includes(i) ? dim : 1));
  const steps = indices(along);
  return {
    kept,
    lines: indices(kept).map((from) =>
      steps.map((step) =>
        at(
          x,
          from.map((i, axis) => i + (step[axis] as number)),
        ),
      ),
    ),
  };
}

export interface ReduceOptions {
  readonly axis?: number | readonly number[];
  readonly keepDims?: boolean;
}

/** Each line along the axes folded to one number. */
export function reduce(x: NdArray, { axis, keepDims }: ReduceOptions = {}, fold: (line: Num[]) => Num): NdArray {
  const axes = axesOf(axis, x.shape.length);
  const { kept, lines: all } = lines(x, axes);
  return array(keepDims ? kept : x.shape.filter((_, i) => !axes.includes(i)), all.map(fold));
}

/** f of each element and of its line along `axes`. */
export function inLines(x: NdArray, axes: readonly number[], f: (element: Num, line: readonly Num[]) => Num): NdArray {
  const { kept, lines: all } = lines(x, axes);
  const places = new Map(indices(kept).map((index, i) => [index.join(), i]));
  return build(x.shape, (index) => f(at(x, index), all[places.get(index.map((v, i) => (axes.includes(i) ? 0 : v)).join()) as number] as Num[]));
}

/** Each line along one axis replaced by another, perhaps of another length. */
export function along(x: NdArray, axis: number, f: (line: Num[]) => Num[]): NdArray {
  const i = axis < 0 ? axis + x.shape.length : axis;
  const { kept, lines: all } = lines(x, [i]);
  const results = all.map(f);
  const shape = kept.map((dim, k) => (k === i ? (results[0]?.length ?? x.shape[i] ?? 0) : dim));
  const places = indices(kept).map((index) => index.join());
  return build(shape, (index) => {
    const line = results[places.indexOf(index.map((v, k) => (k === i ? 0 : v)).join())] as Num[];
    return line[index[i] as number] as Num;
  });
}

export function transpose(x: NdArray, perm: readonly number[] = x.shape.map((_, i) => x.shape.length - 1 - i)): NdArray {
  const axes = axesOf(perm, x.shape.length);
  return build(
    axes.map((axis) => x.shape[axis] as number),
    (index) => {
      const from: number[] = [];
      axes.forEach((axis, i) => {
        from[axis] = index[i] as number;
      });
      return at(x, from);
    },
  );
}

export const reshape = (x: NdArray, shape: readonly number[]): NdArray => array(shape, x.data);
