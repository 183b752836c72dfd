/** Rows of the op table: complex numbers and their parts. */
import * as d from '../reference/dual.js';
import { array, at, build, type NdArray } from '../reference/ndarray.js';
import { ANY, binary, COMPLEX, type DTypeName, EXACT, error, inexact, NUMERIC, REAL, real, samples, TWO_ULPS, unary } from './row.js';

const complexOf = (dtype: DTypeName): DTypeName => (dtype === 'float32' ? 'complex64' : 'complex128');

const viewAsReal = (x: NdArray): NdArray =>
  array(
    [...x.shape, 2],
    x.data.flatMap((z) => [d.re(z), d.im(z)]),
  );
const viewAsComplex = (x: NdArray): NdArray => build(x.shape.slice(0, -1), (index) => d.toComplex(at(x, [...index, 0]), at(x, [...index, 1])));

export const complex = {
  complex: binary(d.toComplex, [[-3, 3]], { dtypes: REAL, result: complexOf, ulp: { float32: 0.5, float64: 0.5 }, linear: true }),
  real: unary(d.re, [-3, 3], { dtypes: ANY, result: real, ulp: EXACT, linear: true }),
  imag: unary(d.im, [-3, 3], { dtypes: NUMERIC, result: real, ulp: EXACT, linear: true }),
  conj: unary(d.conj, [-3, 3], { dtypes: ANY, ulp: EXACT, linear: true }),
  angle: unary(d.angle, [-3, 3], {
    dtypes: ANY,
    result: (dtype) => real(inexact(dtype)),
    ulp: { ...TWO_ULPS, int32: 0.5, bool: 0.5, complex64: 2, complex128: 2 },
  }),
  polar: binary(
    (r, t) => d.toComplex(d.mul(r, d.cos(t)), d.mul(r, d.sin(t))),
    [
      [0.5, 3],
      [-3, 3],
    ],
    { dtypes: REAL, result: complexOf, ulp: { float32: 4, float64: 4 } },
  ),
  viewAsReal: {
    ref: viewAsReal,
    samples: samples('', '7', '2,3', '0'),
    domain: [[-3, 3]] as const,
    dtypes: COMPLEX,
    result: real,
    ulp: EXACT,
    order: 2 as const,
    linear: true,
  },
  viewAsComplex: {
    ref: viewAsComplex,
    samples: samples('2', '3,2', '2,3,2', '0,2'),
    domain: [[-3, 3]] as const,
    dtypes: REAL,
    result: complexOf,
    ulp: { float32: 0.5, float64: 0.5 },
    order: 2 as const,
    linear: true,
    errors: [error((g) => g.viewAsComplex(g.tensor([1, 2, 3])), 'ShapeError', /^viewAsComplex: dimension 0 has size 3, expected 2/)],
  },
};
