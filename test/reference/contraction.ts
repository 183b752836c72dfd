/** Products that sum over axes, in loops over all terms. Knows no tensors. */
import { add, conj, mul, type Num, sum } from './dual.js';
import type { NdArray } from './ndarray.js';
import * as nd from './ndarray.js';

/** Σ over the letters that the result lacks, in a loop for each letter. */
export function einsum(equation: string, ...operands: readonly NdArray[]): NdArray {
  const [left, right] = equation.replaceAll(' ', '').split('->') as [string, string | undefined];
  const rank = Math.max(0, ...left.split(',').map((term, i) => (operands[i] as NdArray).shape.length - term.replace('...', '').length));
  const hidden = '0123456789'.slice(0, rank);
  const terms = left
    .split(',')
    .map((term, i) => term.replace('...', hidden.slice(rank - ((operands[i] as NdArray).shape.length - term.replace('...', '').length))));
  const letters = [...new Set(terms.join(''))];
  const implied =
    hidden +
    letters
      .filter((l) => !hidden.includes(l) && terms.join('').split(l).length === 2)
      .sort()
      .join('');
  const output = [...(right?.replace('...', hidden) ?? implied)];
  const sizes = new Map(
    letters.map((letter) => [
      letter,
      Math.max(...terms.flatMap((term, i) => [...term].flatMap((l, axis) => (l === letter ? [(operands[i] as NdArray).shape[axis] as number] : [])))),
    ]),
  );
  const summed = letters.filter((letter) => !output.includes(letter));
  const inner = [...nd.indices(summed.map((letter) => sizes.get(letter) as number))];
  return nd.build(
    output.map((letter) => sizes.get(letter) as number),
    (index) =>
      inner
        .map((rest) => {
          const place = new Map([...output.map((l, i) => [l, index[i]] as const), ...summed.map((l, i) => [l, rest[i]] as const)]);
          return operands
            .map((x, i) =>
              nd.at(
                x,
                [...(terms[i] as string)].map((l, axis) => (x.shape[axis] === 1 ? 0 : (place.get(l) as number))),
              ),
            )
            .reduce(mul, 1);
        })
        .reduce(add, 0),
  );
}

interface MatmulOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  readonly adjointA?: boolean;
  readonly adjointB?: boolean;
}

const adjoint = (x: NdArray): NdArray => nd.map(conj, transposed(x));
const transposed = (x: NdArray): NdArray =>
  x.shape.length < 2
    ? x
    : nd.transpose(
        x,
        x.shape.map((_, i) => (i < x.shape.length - 2 ? i : 2 * x.shape.length - 3 - i)),
      );

export function matmul(a: NdArray, b: NdArray, { transposeA, transposeB, adjointA, adjointB }: MatmulOptions = {}): NdArray {
  const x = adjointA ? adjoint(a) : transposeA ? transposed(a) : a;
  const y = adjointB ? adjoint(b) : transposeB ? transposed(b) : b;
  return einsum(
    `${x.shape.length > 1 ? '...i' : ''}k,${y.shape.length > 1 ? '...kj' : 'k'}->...${x.shape.length > 1 ? 'i' : ''}${y.shape.length > 1 ? 'j' : ''}`,
    x,
    y,
  );
}

const scaled = (x: NdArray, y: NdArray): NdArray => nd.map(mul, x, y);
const letters = (n: number, from = 'a'): string => Array.from({ length: n }, (_, i) => String.fromCharCode(from.charCodeAt(0) + i)).join('');

export function tensordot(x: NdArray, y: NdArray, axes: number | readonly [number | readonly number[], number | readonly number[]] = 2): NdArray {
  const p = x.shape.length;
  const [first, second] =
    typeof axes === 'number'
      ? [nd.axesOf(undefined, axes).map((i) => p - axes + i), nd.axesOf(undefined, axes)]
      : [nd.axesOf(axes[0], p), nd.axesOf(axes[1], y.shape.length)];
  const left = letters(p);
  const right = [...letters(y.shape.length, 'A')].map((l, i) => (second.includes(i) ? left[first[second.indexOf(i)] as number] : l)).join('');
  const free = [...left].filter((_, i) => !first.includes(i)).join('') + [...right].filter((_, i) => !second.includes(i)).join('');
  return einsum(`${left},${right}->${free}`, x, y);
}

export const dot = (x: NdArray, y: NdArray): NdArray => (x.shape.length && y.shape.length ? tensordot(x, y, [-1, y.shape.length > 1 ? -2 : -1]) : scaled(x, y));
export const inner = (x: NdArray, y: NdArray): NdArray => (x.shape.length && y.shape.length ? tensordot(x, y, [-1, -1]) : scaled(x, y));
export const vdot = (x: NdArray, y: NdArray): NdArray => nd.array([], [sum(x.data.map((v, i) => mul(conj(v), y.data[i] as Num)))]);
export const outer = (x: NdArray, y: NdArray): NdArray =>
  nd.array(
    [x.data.length, y.data.length],
    x.data.flatMap((v) => y.data.map((w) => mul(v, w))),
  );

export function kron(x: NdArray, y: NdArray): NdArray {
  const rank = Math.max(x.shape.length, y.shape.length);
  const [p, q] = [x, y].map((t) => [...new Array<number>(rank - t.shape.length).fill(1), ...t.shape]) as [number[], number[]];
  return nd.build(
    p.map((dim, i) => dim * (q[i] as number)),
    (index) =>
      mul(
        nd.at(
          nd.reshape(x, p),
          index.map((v, i) => Math.floor(v / (q[i] as number))),
        ),
        nd.at(
          nd.reshape(y, q),
          index.map((v, i) => v % (q[i] as number)),
        ),
      ),
  );
}
