/** The shape and order of elements, index by index. Knows no tensors. */
import type { Num } from './dual.js';
import type { NdArray } from './ndarray.js';
import * as nd from './ndarray.js';

type Axes = number | readonly number[];
type AxisOption = Axes | { readonly axis?: Axes } | undefined;

/** An axis given bare or as an option. */
const axisIn = (option: AxisOption, fallback: Axes): Axes =>
  typeof option === 'object' && 'axis' in option ? (option.axis ?? fallback) : ((option as Axes | undefined) ?? fallback);
const oneAxis = (option: AxisOption, rank: number): number => nd.axesOf(axisIn(option, 0), rank)[0] as number;

/** The elements at the indices that `from` gives for each index of the result; `value` where it gives none. */
const moved = (x: NdArray, shape: readonly number[], from: (index: readonly number[]) => readonly number[] | null, value: Num = 0): NdArray =>
  nd.build(shape, (index) => {
    const source = from(index);
    return source === null ? value : nd.at(x, source);
  });

export function swapaxes(x: NdArray, a: number, b: number): NdArray {
  const [i, j] = nd.axesOf([a, b], x.shape.length) as [number, number];
  return nd.transpose(
    x,
    x.shape.map((_, k) => (k === i ? j : k === j ? i : k)),
  );
}

export function moveaxis(x: NdArray, from: Axes, to: Axes): NdArray {
  const [sources, targets] = [from, to].map((axes) => nd.axesOf(axes, x.shape.length)) as [number[], number[]];
  const perm = nd.axesOf(undefined, x.shape.length).filter((axis) => !sources.includes(axis));
  for (const [target, source] of targets.map((axis, i) => [axis, sources[i] as number] as const).sort(([p], [q]) => p - q)) perm.splice(target, 0, source);
  return nd.transpose(x, perm);
}

export const reshape = (x: NdArray, shape: readonly number[]): NdArray =>
  nd.reshape(
    x,
    shape.map((dim) => (dim === -1 ? x.data.length / nd.sizeOf(shape.filter((d) => d !== -1)) : dim)),
  );

export function expandDims(x: NdArray, axis: Axes = 0): NdArray {
  const added = nd.axesOf(axis, x.shape.length + (typeof axis === 'number' ? 1 : axis.length));
  const dims = [...x.shape];
  return nd.reshape(
    x,
    Array.from({ length: dims.length + added.length }, (_, i) => (added.includes(i) ? 1 : (dims.shift() as number))),
  );
}

export const squeeze = (x: NdArray, axis?: Axes): NdArray =>
  nd.reshape(
    x,
    x.shape.filter((dim, i) => (axis === undefined ? dim !== 1 : !nd.axesOf(axis, x.shape.length).includes(i))),
  );

export function tile(x: NdArray, counts: Axes): NdArray {
  const list = typeof counts === 'number' ? [counts] : counts;
  const rank = Math.max(list.length, x.shape.length);
  const front = (values: readonly number[]): number[] => [...new Array<number>(rank - values.length).fill(1), ...values];
  const whole = nd.reshape(x, front(x.shape));
  const times = front(list);
  return moved(
    whole,
    whole.shape.map((dim, i) => dim * (times[i] as number)),
    (index) => index.map((v, i) => v % (whole.shape[i] as number)),
  );
}

export function repeat(x: NdArray, counts: Axes, option?: AxisOption): NdArray {
  if (option === undefined && x.shape.length !== 1) return repeat(nd.reshape(x, [x.data.length]), counts, 0);
  const axis = oneAxis(option, x.shape.length);
  const dim = x.shape[axis] as number;
  const sources = Array.from({ length: dim }, (_, i) =>
    new Array<number>(typeof counts === 'number' ? counts : (counts[i % counts.length] as number)).fill(i),
  ).flat();
  return moved(
    x,
    x.shape.map((size, i) => (i === axis ? sources.length : size)),
    (index) => index.map((v, i) => (i === axis ? (sources[v] as number) : v)),
  );
}

export const band = (x: NdArray, keep: (difference: number) => boolean): NdArray =>
  moved(x, x.shape, (index) => (keep((index.at(-1) as number) - (index.at(-2) as number)) ? index : null));

export function diag(x: NdArray, k = 0): NdArray {
  const n = (x.shape.at(-1) as number) + Math.abs(k);
  return moved(x, [...x.shape.slice(0, -1), n, n], (index) => {
    const [row, column] = index.slice(-2) as [number, number];
    return column - row === k ? [...index.slice(0, -2), Math.min(row, column)] : null;
  });
}

export function diagPart(x: NdArray, k = 0): NdArray {
  const [m, n] = x.shape.slice(-2) as [number, number];
  const length = Math.max(0, Math.min(k < 0 ? m + k : m, k > 0 ? n - k : n));
  return moved(x, [...x.shape.slice(0, -2), length], (index) => {
    const i = index.at(-1) as number;
    return [...index.slice(0, -1), i - Math.min(k, 0), i + Math.max(k, 0)];
  });
}

/** One turn is the transpose with its rows reversed. */
export function rot90(x: NdArray, k = 1, { axes = [0, 1] }: { axes?: readonly [number, number] } = {}): NdArray {
  const turns = ((k % 4) + 4) % 4;
  return Array.from({ length: turns }).reduce<NdArray>((y) => flip(swapaxes(y, ...axes), axes[0]), x);
}

export function slice(x: NdArray, begin: readonly number[], size: readonly number[] = []): NdArray {
  const from = x.shape.map((dim, i) => ((begin[i] ?? 0) < 0 ? (begin[i] as number) + dim : (begin[i] ?? 0)));
  return moved(
    x,
    x.shape.map((dim, i) => ((size[i] ?? -1) < 0 ? dim - (from[i] as number) : (size[i] as number))),
    (index) => index.map((v, i) => v + (from[i] as number)),
  );
}

type Bounds = readonly (number | null)[];

export function stridedSlice(x: NdArray, begin: Bounds, end: Bounds, strides: readonly number[] = []): NdArray {
  const picked = x.shape.map((dim, i) => {
    const step = strides[i] ?? 1;
    const place = (v: number | null | undefined, whole: number): number => (v === null || v === undefined ? whole : v < 0 ? v + dim : v);
    const [from, to] = [place(begin[i], step > 0 ? 0 : dim - 1), place(end[i], step > 0 ? dim : -1)];
    const inside: number[] = [];
    for (let v = from; step > 0 ? v < to : v > to; v += step) if (v >= 0 && v < dim) inside.push(v);
    return inside;
  });
  return moved(
    x,
    picked.map((p) => p.length),
    (index) => index.map((v, i) => picked[i]?.[v] as number),
  );
}

export function flip(x: NdArray, option?: AxisOption): NdArray {
  const axes = nd.axesOf(axisIn(option, nd.axesOf(undefined, x.shape.length)), x.shape.length);
  return moved(x, x.shape, (index) => index.map((v, i) => (axes.includes(i) ? -1 - v : v)));
}

export function split(x: NdArray, parts: Axes, option?: AxisOption): NdArray[] {
  const axis = oneAxis(option, x.shape.length);
  const dim = x.shape[axis] as number;
  const named = typeof parts === 'number' ? new Array<number>(parts).fill(dim / parts) : parts;
  const rest = dim - named.reduce((sum, size) => sum + Math.max(size, 0), 0);
  let begin = 0;
  return named.map((size) => {
    const from = begin;
    begin += size < 0 ? rest : size;
    return slice(
      x,
      x.shape.map((_, i) => (i === axis ? from : 0)),
      x.shape.map((d, i) => (i === axis ? begin - from : d)),
    );
  });
}

export const unstack = (x: NdArray, option?: AxisOption): NdArray[] =>
  split(x, x.shape[oneAxis(option, x.shape.length)] as number, option).map((part) => squeeze(part, axisIn(option, 0)));

const paired = (x: NdArray, paddings: number | readonly (readonly [number, number])[]): readonly (readonly [number, number])[] =>
  typeof paddings === 'number' ? x.shape.map(() => [paddings, paddings] as const) : paddings;
const inside = (x: NdArray, index: readonly number[]): boolean => index.every((v, i) => v >= 0 && v < (x.shape[i] as number));

export function padWith(
  x: NdArray,
  paddings: number | readonly (readonly [number, number])[],
  value: Num,
  mirror: (v: number, dim: number) => number,
): NdArray {
  const pairs = paired(x, paddings);
  const shape = x.shape.map((dim, i) => dim + (pairs[i]?.[0] as number) + (pairs[i]?.[1] as number));
  return moved(
    x,
    shape,
    (index) => {
      const source = index.map((v, i) => mirror(v - (pairs[i]?.[0] as number), x.shape[i] as number));
      return inside(x, source) ? source : null;
    },
    value,
  );
}

export const mirrors = {
  reflect: (v: number, dim: number) => (v < 0 ? -v : v >= dim ? 2 * dim - 2 - v : v),
  symmetric: (v: number, dim: number) => (v < 0 ? -1 - v : v >= dim ? 2 * dim - 1 - v : v),
};

export function roll(x: NdArray, shift: Axes, option?: AxisOption): NdArray {
  if (option === undefined) return nd.reshape(roll(nd.reshape(x, [x.data.length]), shift, 0), x.shape);
  const axes = nd.axesOf(axisIn(option, 0), x.shape.length);
  const by = (axis: number): number => (typeof shift === 'number' ? shift : (shift[axes.indexOf(axis)] as number));
  return moved(x, x.shape, (index) =>
    index.map((v, i) => (axes.includes(i) ? (((v - by(i)) % (x.shape[i] as number)) + (x.shape[i] as number)) % (x.shape[i] as number) : v)),
  );
}

export function concat(arrays: readonly NdArray[], option?: AxisOption): NdArray {
  const first = arrays[0] as NdArray;
  const axis = oneAxis(option, first.shape.length);
  const owners = arrays.flatMap((x) => Array.from({ length: x.shape[axis] as number }, (_, i) => [x, i] as const));
  return nd.build(
    first.shape.map((dim, i) => (i === axis ? owners.length : dim)),
    (index) => {
      const [x, i] = owners[index[axis] as number] as readonly [NdArray, number];
      return nd.at(
        x,
        index.map((v, k) => (k === axis ? i : v)),
      );
    },
  );
}

export const stack = (arrays: readonly NdArray[], option?: AxisOption): NdArray => {
  const axis = oneAxis(option, (arrays[0] as NdArray).shape.length + 1);
  return concat(
    arrays.map((x) => expandDims(x, axis)),
    axis,
  );
};
