/** Rows of the op table: products that sum over axes. */
import { dot, einsum, inner, kron, matmul, outer, tensordot, vdot } from '../reference/contraction.js';
import { error, linear, NUMERIC, type OpInfo, type Sample, sample, samples, shapes } from './row.js';

/** A term's bound times the terms of the longest sample. */
const SUMS: Partial<OpInfo> = {
  dtypes: NUMERIC,
  ulp: { float32: 10, float64: 10, complex64: 16, complex128: 16, int32: 0 },
  cancels: true,
  linear: true,
  analytic: true,
};

const contraction = (ref: OpInfo['ref'], list: readonly Sample[], rest: Partial<OpInfo> = {}): OpInfo => linear(ref, list, { ...SUMS, ...rest });

const PAIRS = samples('3 · 3', '2,3 · 3', '2,3 · 3,2', ' · 3');

export const contractions = {
  matmul: contraction(
    matmul,
    [
      ...samples('2,3 · 3,4', '3 · 3', '2,3 · 3', '3 · 3,2', '2,2,3 · 3,2', '2,1,2,3 · 3,3,2', '2,0 · 0,3', '0,2 · 2,3', '5,9 · 9,7'),
      sample('3,2 · 3,4', { transposeA: true }),
      {
        inputs: shapes('2,3 · 4,3'),
        args: [{ adjointB: true }],
        analytic: false,
      },
      {
        inputs: shapes('2,3,2 · 4,3'),
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
          /^matmul: inner dimensions differ \(3 ≠ 1\); a is \[1, 3\] float32, b is \[1, 2\] float32$/,
        ),
        error((g) => g.matmul(2, [[1]]), 'ShapeError', /^matmul: takes no scalars, use mul; a is \[\] float32, b is \[1, 1\] float32$/),
      ],
    },
  ),
  dot: contraction(dot, PAIRS, { errors: [error((g) => g.dot([1, 2], [1, 2, 3]), 'ShapeError', /^dot: inner dimensions differ \(2 ≠ 3\)/)] }),
  inner: contraction(inner, samples('3 · 3', '2,3 · 3', '2,3 · 4,3', ' · 3')),
  vdot: contraction(vdot, samples('3 · 3', '2,3 · 3,2', ' · ', '0 · 0'), { analytic: false }),
  outer: contraction(outer, samples('3 · 2', '2,2 · 3', ' · 2')),
  tensordot: contraction(
    tensordot,
    [
      sample('2,3 · 2,3'),
      sample('2,3,4 · 3,4,2', 2),
      sample('2,3 · 4,2', [0, 1]),
      sample('2,3,2 · 2,2', [
        [0, 2],
        [1, 0],
      ]),
      sample('2 · 3', 0),
    ],
    {
      errors: [error((g) => g.tensordot([[1, 2]], [[1, 2, 3]], [1, 1]), 'ShapeError', /^tensordot: inner dimensions differ \(2 ≠ 3\)/)],
    },
  ),
  kron: contraction(kron, samples('2 · 3', '2,2 · 2,3', '2 · 2,2', ' · 2')),
  einsum: contraction(
    einsum,
    [
      sample('2,3 · 3,4', 'ij,jk->ik'),
      sample('2,3 · 2,3', 'ij,ij->'),
      sample('3,3', 'ii->i'),
      sample('3,3', 'ii'),
      sample('2,3', 'ij->ji'),
      sample('2,2,3 · 2,3,2', '...ij,...jk->...ik'),
      sample('2,3 · 3,2 · 2', 'ij,jk,k->i'),
      sample('2 · 3', 'i,j->ij'),
      sample('2,3', 'ij->i'),
      sample('2,1 · 3,2', 'ij,jk'),
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
