/** Rows of the op table: products that sum over axes. */
import { add, conj, mul, type Num, sum } from '../reference/dual.js';
import type { NdArray } from '../reference/ndarray.js';
import * as nd from '../reference/ndarray.js';
import { error, linear, NUMERIC, type OpInfo, type Sample, sample, samples } from './row.js';

/** A term's bound times the terms of the longest sample. */
const SUMS: Partial<OpInfo> = {
  dtypes: NUMERIC,
  ulp: { float32: 10, float64: 10, complex64: 16, complex128: 16, int32: 0 },
  cancels: true,
  linear: true,
  analytic: true,
};

const contraction = (ref: OpInfo['ref'], list: readonly Sample[], rest: Partial<OpInfo> = {}): OpInfo => linear(ref, list, { ...SUMS, ...rest });

/** Σ over the letters that the result lacks, by going through all of them. */
function einsum(equation: string, ...operands: readonly NdArray[]): NdArray {
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

function matmul(a: NdArray, b: NdArray, { transposeA, transposeB, adjointA, adjointB }: MatmulOptions = {}): NdArray {
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

function tensordot(x: NdArray, y: NdArray, axes: number | readonly [number | readonly number[], number | readonly number[]] = 2): NdArray {
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

const dot = (x: NdArray, y: NdArray): NdArray => (x.shape.length && y.shape.length ? tensordot(x, y, [-1, y.shape.length > 1 ? -2 : -1]) : scaled(x, y));
const inner = (x: NdArray, y: NdArray): NdArray => (x.shape.length && y.shape.length ? tensordot(x, y, [-1, -1]) : scaled(x, y));
const vdot = (x: NdArray, y: NdArray): NdArray => nd.array([], [sum(x.data.map((v, i) => mul(conj(v), y.data[i] as Num)))]);
const outer = (x: NdArray, y: NdArray): NdArray =>
  nd.array(
    [x.data.length, y.data.length],
    x.data.flatMap((v) => y.data.map((w) => mul(v, w))),
  );

function kron(x: NdArray, y: NdArray): NdArray {
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

const PAIRS = samples(
  [[3], [3]],
  [[2, 3], [3]],
  [
    [2, 3],
    [3, 2],
  ],
  [[], [3]],
);

export const contractions = {
  matmul: contraction(
    matmul,
    [
      ...samples(
        [
          [2, 3],
          [3, 4],
        ],
        [[3], [3]],
        [[2, 3], [3]],
        [[3], [3, 2]],
        [
          [2, 2, 3],
          [3, 2],
        ],
        [
          [2, 1, 2, 3],
          [3, 3, 2],
        ],
        [
          [2, 0],
          [0, 3],
        ],
        [
          [0, 2],
          [2, 3],
        ],
        [
          [5, 9],
          [9, 7],
        ],
      ),
      sample(
        [
          [3, 2],
          [3, 4],
        ],
        { transposeA: true },
      ),
      {
        inputs: [
          [2, 3],
          [4, 3],
        ],
        args: [{ adjointB: true }],
        analytic: false,
      },
      {
        inputs: [
          [2, 3, 2],
          [4, 3],
        ],
        args: [{ adjointA: true, transposeB: true }],
        analytic: false,
      },
    ],
    {
      order: 3,
      errors: [
        error(
          (g) => g.matmul([[1, 2, 3]], [[1, 2]]),
          'ShapeError',
          /^matmul: inner dimensions differ \(3 ≠ 1\); x is \[1, 3\] float32, y is \[1, 2\] float32$/,
        ),
        error((g) => g.matmul(2, [[1]]), 'ShapeError', /^matmul: takes no scalars, use mul; x is \[\] float32, y is \[1, 1\] float32$/),
      ],
    },
  ),
  dot: contraction(dot, PAIRS, { errors: [error((g) => g.dot([1, 2], [1, 2, 3]), 'ShapeError', /^dot: inner dimensions differ \(2 ≠ 3\)/)] }),
  inner: contraction(
    inner,
    samples(
      [[3], [3]],
      [[2, 3], [3]],
      [
        [2, 3],
        [4, 3],
      ],
      [[], [3]],
    ),
  ),
  vdot: contraction(
    vdot,
    samples(
      [[3], [3]],
      [
        [2, 3],
        [3, 2],
      ],
      [[], []],
      [[0], [0]],
    ),
    { analytic: false },
  ),
  outer: contraction(outer, samples([[3], [2]], [[2, 2], [3]], [[], [2]])),
  tensordot: contraction(
    tensordot,
    [
      sample([
        [2, 3],
        [2, 3],
      ]),
      sample(
        [
          [2, 3, 4],
          [3, 4, 2],
        ],
        2,
      ),
      sample(
        [
          [2, 3],
          [4, 2],
        ],
        [0, 1],
      ),
      sample(
        [
          [2, 3, 2],
          [2, 2],
        ],
        [
          [0, 2],
          [1, 0],
        ],
      ),
      sample([[2], [3]], 0),
    ],
    {
      errors: [error((g) => g.tensordot([[1, 2]], [[1, 2, 3]], [1, 1]), 'ShapeError', /^tensordot: inner dimensions differ \(2 ≠ 3\)/)],
    },
  ),
  kron: contraction(
    kron,
    samples(
      [[2], [3]],
      [
        [2, 2],
        [2, 3],
      ],
      [[2], [2, 2]],
      [[], [2]],
    ),
  ),
  einsum: contraction(
    einsum,
    [
      sample(
        [
          [2, 3],
          [3, 4],
        ],
        'ij,jk->ik',
      ),
      sample(
        [
          [2, 3],
          [2, 3],
        ],
        'ij,ij->',
      ),
      sample([[3, 3]], 'ii->i'),
      sample([[3, 3]], 'ii'),
      sample([[2, 3]], 'ij->ji'),
      sample(
        [
          [2, 2, 3],
          [2, 3, 2],
        ],
        '...ij,...jk->...ik',
      ),
      sample([[2, 3], [3, 2], [2]], 'ij,jk,k->i'),
      sample([[2], [3]], 'i,j->ij'),
      sample([[2, 3]], 'ij->i'),
      sample(
        [
          [2, 1],
          [3, 2],
        ],
        'ij,jk',
      ),
    ],
    {
      call: (f, tensors, [equation]) => f(equation, ...tensors),
      errors: [
        error((g) => g.einsum('ij,jk->ik', [[1, 2]], [[1], [2], [3]]), 'ShapeError', /^einsum: axes labelled j have sizes 2 and 3/),
        error((g) => g.einsum('i->j', [1]), 'TypeError', /^einsum: "i->j" has j in the result and in no operand$/),
        error((g) => g.einsum('i,i', [1]), 'TypeError', /^einsum: "i,i" names 2 operands; got 1$/),
      ],
    },
  ),
};
