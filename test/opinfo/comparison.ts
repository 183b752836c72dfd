/** Rows of the op table: comparison, logic, rounding and choice. */

import type { Num } from '../reference/dual.js';
import * as d from '../reference/dual.js';
import { map, type NdArray } from '../reference/ndarray.js';
import { ANY, binary, bool, broadcastError, type Interval, ORDERED, REAL_OR_INT, type Special, samples, unary } from './row.js';

const INTEGERS: Interval = [-2, 2];
const NONE = { float32: 0, float64: 0, complex64: 0, complex128: 0, int32: 0, bool: 0 };

const isTrue = (x: Num): boolean => d.modulus(x) !== 0;
/** Whether a part of x has the property. */
const some =
  (f: (x: number) => boolean) =>
  (x: Num): Num =>
    Number(f(d.real0(d.re(x))) || f(d.real0(d.im(x))));
const same = (x: Num, y: Num): boolean => d.real0(d.re(x)) === d.real0(d.re(y)) && d.real0(d.im(x)) === d.real0(d.im(y));

const rounding = (f: (x: number) => number, special: readonly Special[] = []) =>
  unary(d.constant(f), [-3, 3], { dtypes: REAL_OR_INT, ulp: NONE, order: 0, special });
const comparison = (f: (x: number, y: number) => boolean) =>
  binary((x, y) => Number(f(d.real0(x), d.real0(y))), [INTEGERS], {
    dtypes: ORDERED,
    result: bool,
    ulp: NONE,
    order: 0,
    special: [
      { at: [Number.NaN, 1], value: false },
      { at: [Number.NaN, Number.NaN], value: false },
    ],
  });
const logic = (f: (x: boolean, y: boolean) => boolean) =>
  binary((x, y) => Number(f(isTrue(x), isTrue(y))), [INTEGERS], { dtypes: ANY, result: bool, ulp: NONE, order: 0 });

/** To the nearest whole number, of two to the even one. */
function nearestEven(x: number): number {
  const low = Math.floor(x);
  const nearest = x - low === 0.5 ? low + (low % 2 === 0 ? 0 : 1) : Math.round(x);
  return nearest === 0 && (x < 0 || Object.is(x, -0)) ? -0 : nearest;
}

export const choice = {
  floor: rounding(Math.floor, [
    { at: [-0], value: -0 },
    { at: [2 ** 30 + 0.5], value: 2 ** 30, dtypes: ['float64'] },
  ]),
  ceil: rounding(Math.ceil, [{ at: [-0.5], value: -0 }]),
  round: rounding(nearestEven, [
    { at: [0.5], value: 0 },
    { at: [1.5], value: 2 },
    { at: [-2.5], value: -2 },
    { at: [-0.2], value: -0 },
  ]),
  trunc: rounding(Math.trunc, [{ at: [-0.7], value: -0 }]),
  step: rounding((x) => Number(x > 0), [{ at: [0], value: 0 }]),
  isNaN: unary(some(Number.isNaN), [-3, 3], {
    dtypes: ANY,
    result: bool,
    ulp: NONE,
    order: 0,
    special: [
      { at: [Number.NaN], value: true },
      { at: [Infinity], value: false },
    ],
  }),
  isFinite: unary((x) => 1 - d.real0(some((v) => !Number.isFinite(v))(x)), [-3, 3], {
    dtypes: ANY,
    result: bool,
    ulp: NONE,
    order: 0,
    special: [
      { at: [-Infinity], value: false },
      { at: [Number.NaN], value: false },
    ],
  }),
  isInf: unary(
    some((v) => Math.abs(v) === Infinity),
    [-3, 3],
    {
      dtypes: ANY,
      result: bool,
      ulp: NONE,
      order: 0,
      special: [
        { at: [-Infinity], value: true },
        { at: [Number.NaN], value: false },
      ],
    },
  ),
  equal: binary((x, y) => Number(same(x, y)), [INTEGERS], {
    dtypes: ANY,
    result: bool,
    ulp: NONE,
    order: 0,
    special: [
      { at: [Number.NaN, Number.NaN], value: false },
      { at: [0, -0], value: true },
    ],
  }),
  notEqual: binary((x, y) => Number(!same(x, y)), [INTEGERS], {
    dtypes: ANY,
    result: bool,
    ulp: NONE,
    order: 0,
    special: [{ at: [Number.NaN, Number.NaN], value: true }],
  }),
  less: comparison((x, y) => x < y),
  lessEqual: comparison((x, y) => x <= y),
  greater: comparison((x, y) => x > y),
  greaterEqual: comparison((x, y) => x >= y),
  logicalAnd: logic((x, y) => x && y),
  logicalOr: logic((x, y) => x || y),
  logicalXor: logic((x, y) => x !== y),
  logicalNot: unary((x) => Number(!isTrue(x)), INTEGERS, { dtypes: ANY, result: bool, ulp: NONE, order: 0 }),
  where: {
    ref: (condition: NdArray, x: NdArray, y: NdArray) => map((c, a, b) => (isTrue(c) ? a : b), condition, x, y),
    samples: samples(
      [{ shape: [], dtype: 'bool' }, [], []],
      [{ shape: [7], dtype: 'bool' }, [7], [7]],
      [{ shape: [2, 1], dtype: 'bool' }, [3], []],
      [{ shape: [3], dtype: 'bool' }, [2, 3], [2, 1]],
      [{ shape: [0], dtype: 'bool' }, [], [1]],
      [{ shape: [33], dtype: 'bool' }, [33], [33]],
    ),
    domain: [[-3, 3]] as const,
    dtypes: ANY,
    ulp: NONE,
    order: 2 as const,
    linear: true,
    elementwise: true,
    errors: [broadcastError('where')],
  },
};
