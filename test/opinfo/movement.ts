/** Rows of the op table: the shape and order of elements. */
import { sum } from '../reference/dual.js';
import {
  band,
  concat,
  diag,
  diagPart,
  expandDims,
  flip,
  mirrors,
  moveaxis,
  padWith,
  repeat,
  reshape,
  roll,
  rot90,
  slice,
  split,
  squeeze,
  stack,
  stridedSlice,
  swapaxes,
  tile,
  unstack,
} from '../reference/movement.js';
import type { NdArray } from '../reference/ndarray.js';
import * as nd from '../reference/ndarray.js';
import { error, linear, type OpInfo, type Sample, sample, samples } from './row.js';

const onLists: Pick<OpInfo, 'call'> = { call: (f, tensors, args) => f(tensors, ...args) };
const X: Sample['inputs'] = [[2, 3]];

export const movement = {
  reshape: linear(reshape, [sample(X, [3, 2]), sample(X, [-1]), sample('', [1, 1]), sample('0,3', [3, 0, 2]), sample('2,3,4', [6, -1])], {
    errors: [
      error((g) => g.reshape([1, 2, 3], [2, 2]), 'ShapeError', /^reshape: 3 elements do not fit a shape of 4; x is \[3\] float32$/),
      error((g) => g.reshape([1, 2, 3], [2, -1]), 'ShapeError', /^reshape: the −1 of \[2, -1\] has no size for 3 elements; x is \[3\] float32$/),
    ],
  }),
  flatten: linear((x: NdArray) => nd.reshape(x, [x.data.length]), samples(X, '', '0,3')),
  transpose: linear(nd.transpose, [sample(X), sample('2,3,4', [2, 0, 1]), sample('2,3,4', [-1, 0, 1]), sample(''), sample('0,2')], {
    errors: [error((g) => g.transpose([[1, 2]], [0, 0]), 'IndexError', /^transpose: axis 0 is named twice/)],
  }),
  swapaxes: linear(swapaxes, [sample(X, 0, 1), sample('2,3,4', -1, 0)]),
  moveaxis: linear(moveaxis, [sample(X, 0, 1), sample('2,3,4', [0, 1], [-1, -2]), sample('2,3,4', 2, 0)]),
  broadcastTo: linear(nd.broadcastTo, [sample('3', [2, 3]), sample('2,1', [2, 3]), sample('', [2, 2]), sample('1', [0]), sample('3', [3])], {
    errors: [error((g) => g.broadcastTo([1, 2], [3]), 'ShapeError', /^broadcastTo: shapes do not broadcast \(2 against 3\)/)],
  }),
  expandDims: linear(expandDims, [sample(X), sample(X, -1), sample(X, [0, 3]), sample('', 0)]),
  squeeze: linear(squeeze, [sample('1,3,1'), sample('1,3,1', 0), sample('1,3,1', [-1]), sample('')], {
    errors: [error((g) => g.squeeze([1, 2], 0), 'ShapeError', /^squeeze: axis 0 has size 2, expected 1; x is \[2\] float32$/)],
  }),
  tile: linear(tile, [sample(X, [2, 2]), sample(X, 2), sample('3', [2, 1]), sample(X, [0, 1]), sample('', [3])]),
  tril: linear((x: NdArray, k = 0) => band(x, (d) => d <= k), [sample('3,3'), sample('2,3,4', 1), sample('3,2', -1)]),
  triu: linear((x: NdArray, k = 0) => band(x, (d) => d >= k), [sample('3,3'), sample('2,3,4', 1), sample('3,2', -1)]),
  bandPart: linear(
    (x: NdArray, lower: number, upper: number) => band(x, (d) => (lower < 0 || -d <= lower) && (upper < 0 || d <= upper)),
    [sample('4,4', 1, 0), sample('2,3,4', -1, 1), sample('3,3', 0, 0)],
  ),
  diag: linear(diag, [sample('3'), sample('2,3', 1), sample('2', -2), sample('0')]),
  diagPart: linear(diagPart, [sample('3,3'), sample('2,3,4', 1), sample('3,2', -1), sample('2,2', 5)]),
  trace: linear((x: NdArray, k = 0) => nd.reduce(diagPart(x, k), { axis: -1 }, sum), [sample('3,3'), sample('2,3,4', 1), sample('3,2', -1)], {
    result: (dtype) => (dtype === 'bool' ? 'int32' : dtype),
    ulp: { float32: 3, float64: 3, complex64: 3, complex128: 3, int32: 0, bool: 0 },
    cancels: true,
  }),
  repeat: linear(repeat, [sample(X, 2), sample(X, 3, 1), sample(X, [1, 2], { axis: 0 }), sample('3', [0, 2, 1], 0), sample(X, 0, 0)]),
  rot90: linear(rot90, [sample(X), sample(X, 2), sample(X, -1), sample('2,3,4', 1, { axes: [2, 0] }), sample(X, 4)]),
  slice: linear(slice, [sample('4,3', [1, 0], [2, 2]), sample('5', [-2]), sample('4,3', [1]), sample('3', [1], [0]), sample('', [])], {
    errors: [error((g) => g.slice([1, 2, 3], [2], [2]), 'IndexError', /^slice: 2 elements from index 2 are not inside axis 0 of size 3; x is \[3\] float32$/)],
  }),
  stridedSlice: linear(stridedSlice, [
    sample('7', [1], [6], [2]),
    sample('7', [null], [null], [-2]),
    sample('4,3', [1, null], [null, -1]),
    sample('5', [4], [0], [-3]),
    sample('5', [3], [1]),
    sample('3', [-9], [9]),
  ]),
  flip: linear(flip, [sample(X), sample(X, 1), sample('2,3,4', { axis: [0, -1] }), sample('0,2'), sample('')]),
  reverse: linear(flip, [sample(X), sample('2,3,4', [0, -1])]),
  split: linear(split, [sample('6', 3), sample('2,6', [1, -1, 2], 1), sample('4,2', [1, 3]), sample('4', [0, 4])], {
    errors: [error((g) => g.split([1, 2, 3], 2), 'ShapeError', /^split: axis 0 of size 3 has no 2 equal parts; x is \[3\] float32$/)],
  }),
  unstack: linear(unstack, [sample('3'), sample('2,3', { axis: 1 }), sample('2,2,2', -1)]),
  pad: linear(
    (x: NdArray, p: number, { value = 0 }: { value?: number } = {}) => padWith(x, p, value, (v) => v),
    [
      sample(X, 1),
      sample(X, [
        [0, 2],
        [1, 0],
      ]),
      sample('3', [[0, 0]]),
      sample('0', 1),
      sample('4', [[-1, 2]]),
      sample('4,5', [
        [-1, -2],
        [1, -5],
      ]),
      sample('3', -1),
    ],
    {
      errors: [
        error(
          (g) =>
            g.pad(
              [1],
              [
                [1, 2],
                [3, 4],
              ],
            ),
          'ShapeError',
          /^pad: takes a number or a pair \[before, after\] for each of 1 axes/,
        ),
        error((g) => g.pad([1, 2], [[-3, 4]]), 'ShapeError', /^pad: axis 0 of size 2 is shorter than what \[-3, 4\] cuts off/),
      ],
    },
  ),
  mirrorPad: linear(
    (x: NdArray, p: number, { mode = 'reflect' }: { mode?: 'reflect' | 'symmetric' } = {}) => padWith(x, p, 0, mirrors[mode]),
    [sample(X, 1), sample('3', [[2, 1]]), sample('3', [[3, 2]], { mode: 'symmetric' })],
    {
      errors: [
        error((g) => g.mirrorPad([1, 2], 2), 'ShapeError', /^mirrorPad: axis 0 of size 2 mirrors at most 1 elements; got \[2, 2\]; x is \[2\] float32$/),
      ],
    },
  ),
  roll: linear(roll, [sample(X, 2), sample(X, -1, 1), sample('2,3,4', [1, 2], { axis: [0, 2] }), sample('3', 0, 0)]),
  concat: linear(concat, [sample('2,3 · 1,3'), sample('2,3 · 2,1 · 2,0', 1), sample('2 · 3', { axis: -1 })], {
    ...onLists,
    errors: [error((g) => g.concat([]), 'TypeError', /^concat: tensors is a list of at least one tensor; got \[\]$/)],
  }),
  stack: linear(stack, [sample('2 · 2'), sample('2,3 · 2,3 · 2,3', 1), sample(' · '), sample('2 · 2', { axis: -1 })], onLists),
};
