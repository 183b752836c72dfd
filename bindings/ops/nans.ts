/** Reductions that ignore NaN. No methods. */
import { isComplex, isInexact } from '../dtype.js';
import { ALONE } from '../kinds.js';
import type { Tensor } from '../tensor.js';
import { div, maximum, mul, sqrt, square, sub } from './arithmetic.js';
import { REDUCE } from './axes.js';
import { equal, isNaN as isNoNumber, logicalNot, where } from './comparison.js';
import { conj, real } from './complex.js';
import { converted, functionRow, inexact } from './define.js';
import { all, max, min, prod, type ReduceOptions, type Reduction, sum } from './reduction.js';
import { SPREAD, type Spread, type SpreadOptions } from './statistics.js';

/** x with `value` in place of NaN. */
const without = (x: Tensor, value: number): Tensor => (isInexact(x.dtypeNumber) ? where(isNoNumber(x), value, x) : x);

/** The number of elements of x over `axis` that are not NaN, in x's real dtype. */
const countOf = (x: Tensor, options: ReduceOptions): Tensor =>
  sum(converted(logicalNot(isNoNumber(x)), x.dtypeNumber - (isComplex(x.dtypeNumber) ? 2 : 0)), options);

/** Σ of the x over `axis` that are no NaN; 0 where all are. f32 f64 c64 c128 i32. Gradient ȳ, 0 for NaN. */
export const nanSum: Reduction = /* @__PURE__ */ functionRow('nanSum', { x: ALONE }, REDUCE, (x, options) => sum(without(x, 0), options));

/** Π of the x over `axis` that are no NaN; 1 where all are. f32 f64 c64 c128 i32. Gradient as of `prod`, 0 for NaN. */
export const nanProd: Reduction = /* @__PURE__ */ functionRow('nanProd', { x: ALONE }, REDUCE, (x, options) => prod(without(x, 1), options));

/** The mean of the x over `axis` that are no NaN; NaN where all are. f32 f64 c64 c128. Gradient ȳ/n for their number n, 0 for NaN. */
export const nanMean: Reduction = /* @__PURE__ */ functionRow('nanMean', { x: ALONE }, REDUCE, (x, options) => meanOf(inexact(x), options));

const meanOf = (x: Tensor, options: ReduceOptions): Tensor => div(sum(without(x, 0), options), countOf(x, options));

/** A row for an extreme of x in which NaN counts as the infinity of `sign`; NaN where all elements are. */
const extreme = (name: string, of: Reduction, sign: 1 | -1): Reduction =>
  functionRow(name, { x: ALONE }, REDUCE, (x, options) =>
    isInexact(x.dtypeNumber) ? where(all(isNoNumber(x), options), Number.NaN, of(without(x, sign / 0), options)) : of(x, options),
  );

/** The largest of the x over `axis` that are no NaN; NaN where all are. f32 f64 i32 bool. Gradient as of `max`. @throws ShapeError over nothing. */
export const nanMax = /* @__PURE__ */ extreme('nanMax', max, -1);

/** The smallest of the x over `axis` that are no NaN; NaN where all are. f32 f64 i32 bool. Gradient as of `min`. @throws ShapeError over nothing. */
export const nanMin = /* @__PURE__ */ extreme('nanMin', min, 1);

function varianceOf(x: Tensor, { correction, ...options }: Required<Pick<SpreadOptions, 'correction'>> & ReduceOptions): Tensor {
  const t = inexact(x);
  const d = without(sub(t, meanOf(t, { axis: options.axis, keepDims: true })), 0);
  const size = isComplex(t.dtypeNumber) ? real(mul(d, conj(d))) : square(d);
  return div(sum(size, options), maximum(sub(countOf(t, options), correction), 0));
}

/** The variance of the x over `axis` that are no NaN; NaN where all are. Real. f32 f64 c64 c128. Gradient as of `variance`, 0 for NaN. */
export const nanVar: Spread = /* @__PURE__ */ functionRow('nanVar', { x: ALONE }, SPREAD, varianceOf);

/** √ of `nanVar`. Gradient 0 where all are equal. */
export const nanStd: Spread = /* @__PURE__ */ functionRow('nanStd', { x: ALONE }, SPREAD, (x, options) => {
  const squared = varianceOf(x, options);
  const isNothing = equal(squared, 0);
  return where(isNothing, squared, sqrt(where(isNothing, 1, squared)));
});
