/** Rows of the op table: convolution and pooling. */
import { avgPool, conv, convTranspose, depthwise, maxPool } from '../reference/conv.js';
import { error, type Input, linear, type OpInfo, REAL, type Sample, sample, samples } from './row.js';

/** A term's bound times the terms of the longest sample. */
const SUMS: Partial<OpInfo> = {
  dtypes: ['float32', 'float64', 'complex64', 'complex128'],
  ulp: { float32: 16, float64: 16, complex64: 32, complex128: 32 },
  cancels: true,
};

const convolution = (ref: OpInfo['ref'], list: readonly Sample[], rest: Partial<OpInfo> = {}): OpInfo => linear(ref, list, { ...SUMS, ...rest });
const averages = (spatial: number, list: readonly Sample[], rest: Partial<OpInfo> = {}): OpInfo => convolution(avgPool(spatial), list, rest);
/** Ties are among the special values; draws have none. */
const maxima = (spatial: number, list: readonly Sample[], rest: Partial<OpInfo> = {}): OpInfo =>
  linear(maxPool(spatial), list, { dtypes: REAL, linear: false, analytic: false, ...rest });

/** Distinct multiples of 1/4 in no order: differences of steps never change which is the greatest. */
const scattered = (...shape: readonly number[]): Input => {
  const size = shape.reduce((a, b) => a * b, 1);
  return { shape, data: Array.from({ length: size }, (_, i) => ((i * 37) % 101) / 4 - 12) };
};

const SAME = { padding: 'SAME' };

export const convolutions = {
  conv1d: convolution(conv, [
    ...samples('2,5,3 · 3,3,4', '0,5,2 · 3,2,2', '1,4,0 · 2,0,3'),
    sample('1,7,2 · 3,2,2', { strides: 2, padding: 'SAME' }),
    sample('2,6,4 · 2,2,4', { groups: 2, dilations: 2, padding: [[1, 2]] }),
    sample('1,2,6 · 3,2,3', { dataFormat: 'NCW', padding: 'SAME' }),
    sample('5,2 · 3,2,3'),
  ]),
  conv2d: convolution(
    conv,
    [
      ...samples('1,4,5,3 · 3,2,3,4', '0,4,4,2 · 3,3,2,2', '2,1,1,18 · 1,1,18,17'),
      sample('2,5,4,2 · 3,3,2,2', SAME),
      sample('1,5,6,2 · 2,3,2,3', { strides: [2, 3], padding: 'SAME' }),
      sample('1,6,5,1 · 2,2,1,2', {
        strides: 3,
        dilations: [2, 1],
        padding: [
          [2, 1],
          [0, 3],
        ],
      }),
      sample('1,4,1,3 · 1,2,3,2', {
        strides: 2,
        padding: [
          [0, 0],
          [2, 0],
        ],
      }),
      sample('2,4,3,6 · 2,2,3,4', { groups: 2, strides: [1, 2] }),
      sample('1,4,5,5 · 3,2,1,5', { groups: 5, padding: 'SAME' }),
      sample('1,4,3,2 · 2,2,1,6', { groups: 2, padding: 'SAME', strides: 2 }),
      sample('1,3,5,4 · 3,3,3,2', { dataFormat: 'NCHW', padding: 'SAME' }),
      sample('3,5,4 · 3,3,3,2', { dataFormat: 'NCHW', strides: 2 }),
    ],
    {
      order: 3,
      special: [
        {
          at: [
            [
              [
                [[1], [2]],
                [[3], [4]],
              ],
            ],
            [
              [[[1]], [[2]]],
              [[[3]], [[4]]],
            ],
          ],
          value: [[[[30]]]],
          gradient: [
            [
              [
                [[1], [2]],
                [[3], [4]],
              ],
            ],
            [
              [[[1]], [[2]]],
              [[[3]], [[4]]],
            ],
          ],
        },
        // The odd zero of SAME is at the end.
        { at: [[[[[1], [2]]]], [[[[1]], [[10]]]]], args: [SAME], value: [[[[21], [2]]]], gradient: [[[[[1], [11]]]], [[[[3]], [[2]]]]] },
      ],
      errors: [
        error(
          (g) => g.conv2d(g.zeros([1, 4, 4, 3]), g.zeros([3, 3, 2, 8])),
          'ShapeError',
          /^conv2d: a filter of 2 to 8 channels with groups = 1 does not fit 3 channels; x is \[1, 4, 4, 3\] float32, filter is \[3, 3, 2, 8\] float32$/,
        ),
        error(
          (g) => g.conv2d(g.zeros([1, 2, 4, 1]), g.zeros([3, 3, 1, 1])),
          'ShapeError',
          /^conv2d: a window of 3 does not fit spatial axis 0 of 2 with padding \[0, 0\]; x is \[1, 2, 4, 1\] float32, filter is \[3, 3, 1, 1\] float32$/,
        ),
        error((g) => g.conv2d(g.zeros([4, 4]), g.zeros([3, 3, 1, 1])), 'ShapeError', /^conv2d: takes x of 3 or 4 dimensions; x is \[4, 4\] float32/),
        error(
          (g) => g.conv2d(g.zeros([1, 4, 4, 1]), g.zeros([3, 3, 1, 1]), { padding: 'same' as 'SAME' }),
          'TypeError',
          /^conv2d: padding is 'SAME', 'VALID' or \[before, after\] for each axis; got "same"$/,
        ),
        error(
          (g) => g.conv2d(g.zeros([1, 4, 4, 1]), g.zeros([3, 3, 1, 1]), { strides: 0 }),
          'TypeError',
          /^conv2d: strides is a whole number from 1 to 2147483647 or a list of them; got 0$/,
        ),
        error(
          (g) => g.conv2d(g.zeros([1, 4, 4, 1]), g.zeros([3, 3, 1, 1]), { dataFormat: 'NWC' }),
          'TypeError',
          /^conv2d: dataFormat is 'NHWC' or 'NCHW'; got "NWC"$/,
        ),
        error((g) => g.conv2d(g.zeros([1, 4, 4, 1]), g.zeros([3, 3, 1, 1], { dtype: 'float64' })), 'DTypeError', /float32 and float64 do not mix/),
      ],
    },
  ),
  conv3d: convolution(conv, [
    ...samples('1,3,2,4,2 · 2,2,3,2,2'),
    sample('1,3,4,3,2 · 2,3,2,1,4', { groups: 2, strides: [2, 1, 2], padding: 'SAME' }),
    sample('1,2,2,3,2 · 2,1,2,2,1', { dataFormat: 'NCDHW' }),
  ]),
  depthwiseConv2d: convolution(
    depthwise,
    [
      ...samples('1,4,3,3 · 2,2,3,1', '2,3,3,2 · 2,1,2,3', '1,3,3,17 · 2,2,17,1', '0,3,3,2 · 2,2,2,1', '1,3,3,0 · 2,2,0,2'),
      sample('1,5,4,2 · 3,2,2,1', { strides: [2, 1], padding: 'SAME', dilations: [1, 2] }),
      sample('1,2,4,3 · 2,2,2,2', { dataFormat: 'NCHW' }),
      sample('3,4,2 · 2,2,2,1'),
    ],
    {
      errors: [
        error(
          (g) => g.depthwiseConv2d(g.zeros([1, 4, 4, 3]), g.zeros([3, 3, 2, 1])),
          'ShapeError',
          /^depthwiseConv2d: a filter of 2 channels does not fit 3 channels; x is \[1, 4, 4, 3\] float32, filter is \[3, 3, 2, 1\] float32$/,
        ),
      ],
    },
  ),
  convTranspose1d: convolution(convTranspose, [sample('2,3,2 · 3,4,2', { strides: 2 }), sample('1,3,2 · 2,1,2', { padding: 'SAME' })]),
  convTranspose2d: convolution(
    convTranspose,
    [
      ...samples('1,2,3,2 · 2,2,3,2', '0,2,3,2 · 2,2,3,2'),
      sample('1,3,2,2 · 3,3,1,2', { strides: 2, padding: 'SAME' }),
      sample('1,2,2,4 · 3,2,2,4', {
        groups: 2,
        strides: [2, 1],
        padding: [
          [1, 0],
          [0, 0],
        ],
        dilations: [1, 2],
      }),
      sample('1,2,2,1 · 2,2,1,1', { strides: 3, size: [6, 5] }),
      sample('2,2,1 · 2,2,1,1', { strides: 3, outputPadding: [2, 1] }),
      sample('1,2,3,2 · 2,2,3,2', { dataFormat: 'NCHW' }),
    ],
    {
      errors: [
        error(
          (g) => g.convTranspose2d(g.zeros([1, 2, 2, 3]), g.zeros([2, 2, 1, 2])),
          'ShapeError',
          /^convTranspose2d: a filter of 2 channels with groups = 1 does not fit 3 channels; x is \[1, 2, 2, 3\] float32, filter is \[2, 2, 1, 2\] float32$/,
        ),
        error(
          (g) => g.convTranspose2d(g.zeros([1, 2, 2, 1]), g.zeros([2, 2, 1, 1]), { size: 9 }),
          'ShapeError',
          /^convTranspose2d: places of the filter on size \[9, 9\] are \[8, 8\], not those of x; x is \[1, 2, 2, 1\] float32, filter is \[2, 2, 1, 1\] float32$/,
        ),
      ],
    },
  ),
  convTranspose3d: convolution(convTranspose, [sample('1,2,1,2,2 · 2,2,1,1,2', { strides: [1, 2, 2] }), sample('1,2,2,1,2 · 1,2,2,2,2')]),
  maxPool1d: maxima(1, [sample([scattered(2, 5, 3)], 2), sample([scattered(1, 2, 5)], 3, { strides: 2, padding: 'SAME', dataFormat: 'NCW' })]),
  maxPool2d: maxima(
    2,
    [
      sample([scattered(1, 4, 4, 3)], 2),
      sample([scattered(1, 5, 3, 5)], [3, 2], { strides: [2, 1], padding: 'SAME' }),
      sample([scattered(2, 3, 4, 2)], 3, {
        strides: 1,
        padding: [
          [2, 1],
          [0, 2],
        ],
      }),
      sample([scattered(1, 3, 5, 4)], 2, { dataFormat: 'NCHW' }),
      sample([scattered(5, 6, 2)], [3, 2], { ceilMode: true, strides: [3, 4] }),
      sample([scattered(1, 7, 6, 3)], 2, { dilations: [3, 2], strides: 1 }),
      sample([scattered(2, 5, 5, 2)], [2, 3], {
        dilations: 2,
        strides: [2, 1],
        padding: [
          [1, 1],
          [0, 2],
        ],
        ceilMode: true,
      }),
      sample('0,4,4,2', 2),
      sample('1,4,4,0', 2),
    ],
    {
      special: [
        // A tie goes to the first in the window.
        {
          at: [
            [
              [
                [[1], [3]],
                [[3], [3]],
              ],
            ],
          ],
          args: [2],
          value: [[[[3]]]],
          gradient: [
            [
              [
                [[0], [1]],
                [[0], [0]],
              ],
            ],
          ],
        },
        { at: [[[[[-1], [Number.NaN], [2]]]]], args: [[1, 3]], value: [[[[Number.NaN]]]], gradient: [[[[[0], [1], [0]]]]] },
        // Padding is never the greatest, and gradients of overlapping windows are added.
        { at: [[[[[-5], [-3], [-4]]]]], args: [[1, 2], { strides: 1, padding: 'SAME' }], value: [[[[-3], [-3], [-4]]]], gradient: [[[[[0], [2], [1]]]]] },
        { at: [[[[[-Infinity], [-Infinity]]]]], args: [[1, 2]], value: [[[[-Infinity]]]], gradient: [[[[[1], [0]]]]] },
      ],
      errors: [
        error(
          (g) => g.maxPool2d(g.zeros([1, 2, 4, 1]), 3),
          'ShapeError',
          /^maxPool2d: a window of 3 does not fit spatial axis 0 of 2 with padding \[0, 0\]; x is \[1, 2, 4, 1\] float32$/,
        ),
        error(
          (g) =>
            g.maxPool2d(g.zeros([1, 4, 4, 1]), 2, {
              padding: [
                [0, 0],
                [2, 0],
              ],
            }),
          'ShapeError',
          /^maxPool2d: padding \[2, 0\] leaves windows of 2 without a cell; x is \[1, 4, 4, 1\] float32$/,
        ),
        error(
          (g) => g.maxPool2d(g.zeros([1, 4, 4, 1]), undefined as unknown as number),
          'TypeError',
          /^maxPool2d: window is a whole number from 1 to 2147483647 or a list of them; got undefined$/,
        ),
        error((g) => g.maxPool2d(g.zeros([4, 4]), 2), 'ShapeError', /^maxPool2d: takes x of 3 or 4 dimensions; x is \[4, 4\] float32$/),
        error(
          (g) => g.maxPool1d(g.zeros([1, 1, 1]), 2, { dilations: 2, strides: 1, padding: [[1, 1]] }),
          'ShapeError',
          /^maxPool1d: padding \[1, 1\] leaves windows of 3 without a cell/,
        ),
      ],
    },
  ),
  maxPool3d: maxima(3, [
    sample([scattered(1, 2, 4, 3, 2)], [2, 2, 3], { strides: [1, 2, 1] }),
    sample([scattered(1, 2, 2, 1, 4)], 2, { dataFormat: 'NCDHW', padding: 'SAME' }),
  ]),
  avgPool1d: averages(1, [sample('2,5,3', 2), sample('1,2,5', 3, { strides: 2, padding: 'SAME', dataFormat: 'NCW' })]),
  avgPool2d: averages(
    2,
    [
      sample('1,4,4,3', 2),
      sample('1,5,3,5', [3, 2], { strides: [2, 1], padding: 'SAME' }),
      sample('2,3,4,2', 3, {
        strides: 1,
        padding: [
          [2, 1],
          [0, 2],
        ],
      }),
      sample('1,3,5,4', 2, { dataFormat: 'NCHW' }),
      sample('0,4,4,2', 2),
      sample('1,0,4,2', 2, SAME),
      sample('5,6,2', [3, 2], { ceilMode: true, strides: [3, 4] }),
      sample('1,5,5,2', 2, { padding: 'SAME', countPadding: true, strides: 1 }),
      sample('1,6,5,2', [2, 3], {
        dilations: [2, 1],
        padding: [
          [1, 0],
          [1, 1],
        ],
        ceilMode: true,
        countPadding: true,
        strides: 2,
      }),
    ],
    {
      special: [
        // Padding does not count.
        { at: [[[[[2], [4], [8]]]]], args: [[1, 2], { strides: 1, padding: 'SAME' }], value: [[[[3], [6], [8]]]], gradient: [[[[[0.5], [1], [1.5]]]]] },
      ],
    },
  ),
  avgPool3d: averages(3, [sample('1,2,4,3,2', [2, 2, 3], { strides: [1, 2, 1] }), sample('1,2,2,1,4', 2, { dataFormat: 'NCDHW', padding: 'SAME' })]),
};
