/** Checks and converts axes and shapes in arguments. Knows no tensors. */
import { type Described, IndexError, refused, ShapeError } from '../errors.js';
import { FLAG, WHOLES } from '../kinds.js';

/** A number, or a list, as a list. */
export const listOf = (v: number | readonly number[]): readonly number[] => (typeof v === 'number' ? [v] : v);

/** An axis counted from the front, for one in [−rank, rank). @throws IndexError otherwise. */
export function axisOf(axis: number, rank: number, op = ''): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) throw refused(IndexError, op, `axis ${axis} is out of range for rank ${rank}`);
  return axis < 0 ? axis + rank : axis;
}

/** One axis or several, counted from the front. @throws IndexError when one is out of range or named twice. */
export function axesOf(axes: number | readonly number[], rank: number, op = ''): number[] {
  const list = listOf(axes).map((axis) => axisOf(axis, rank, op));
  const twice = list.find((axis, i) => list.indexOf(axis) !== i);
  if (twice !== undefined) throw refused(IndexError, op, `axis ${twice} is named twice`);
  return list;
}

/** Refuses a result of more dimensions than a tensor can have. */
export function checkRank(rank: number, op = ''): void {
  if (rank > 8) throw refused(ShapeError, op, `the result would have ${rank} dimensions; 8 is the most`);
}

/** Refuses an operand of fewer than `least` dimensions. */
export function requireRank(x: Described, least: number, op = ''): void {
  if (x.shape.length < least) throw refused(ShapeError, op, `takes at least ${least} dimensions`, { x });
}

/** 0, 1, … n − 1. A loop, for Array.from takes ten times as long. */
export function upTo(n: number): number[] {
  const list: number[] = [];
  for (let i = 0; i < n; i++) list.push(i);
  return list;
}

/** A list in chunks of at most `most` items. */
export const chunks = <T>(list: readonly T[], most: number): (readonly T[])[] =>
  upTo(Math.ceil(list.length / most)).map((i) => list.slice(i * most, (i + 1) * most));

/** A shape with ones in front, up to `rank` dimensions. */
export const completed = (shape: readonly number[], rank: number): number[] => [...new Array<number>(rank - shape.length).fill(1), ...shape];

/** The number of elements of a shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** An op's only option: its axis, bare or by name. */
export type AxisOption<Axis = number> = Axis | { readonly axis?: Axis };

/** The options of a reduction, for forms. */
export const REDUCE = { axis: [WHOLES], keepDims: [FLAG] } as const;
