/** Rows of gradtape/sort: covariances, and what of reductions and scans passes over NaN. */
import type { TensorLike } from '../convert.js';
import { ALONE, ANY, FLAG, functionRow, inexact, isComplex, isInexact, operand, REAL, REDUCE, refused, reshaped, WHOLE } from '../extend.js';
import type { ReduceOption } from '../ops/reduction.js';
import {
  cast,
  clip,
  complex,
  concat,
  conj,
  cumprod,
  cumsum,
  diagPart,
  div,
  imag,
  isNaN as isNoNumber,
  matmul,
  maximum,
  mul,
  real,
  type ScanOptions,
  ShapeError,
  sqrt,
  sub,
  sum,
  transpose,
  where,
} from '../public.js';
import type { Tensor } from '../tensor.js';
import { linesOf, placesOf } from './order.js';

export interface CorrelationOptions {
  /** More variables, beside those of x: of as many observations. */
  readonly y?: TensorLike;
  /** Whether rows are variables and columns observations, as by default, or the other way round. */
  readonly rowvar?: boolean;
}

export interface CovarianceOptions extends CorrelationOptions {
  /** What is subtracted from the number of observations: 1 by default, for the unbiased estimate; 0 for the mean of products. */
  readonly correction?: number;
  /** How often each observation counts. */
  readonly fweights?: TensorLike;
  /** How much each observation counts. */
  readonly aweights?: TensorLike;
}

const VARIABLES = { y: [ANY], rowvar: [FLAG, true] } as const;

/** Rows of variables: those of x, then those of y. */
function variables(x: Tensor, { y, rowvar }: { readonly y: TensorLike | undefined; readonly rowvar: boolean }): Tensor {
  const rows = (t: Tensor, name: string): Tensor => {
    if (t.rank > 2) throw refused(ShapeError, '', `${name} has at most two dimensions`, { x });
    return t.rank < 2 ? reshaped(t, [1, t.size]) : rowvar ? t : transpose(t);
  };
  const all = rows(inexact(x), 'x');
  return y === undefined ? all : concat([all, rows(inexact(operand(y, x, 'y')), 'y')]);
}

/** The covariances of rows, as a matrix, whose observations weigh `weights`. */
function covariances(t: Tensor, correction: number, fweights?: Tensor, aweights?: Tensor): Tensor {
  const n = t.shape[1] as number;
  for (const w of [fweights, aweights]) if (w && (w.rank !== 1 || w.size !== n)) throw refused(ShapeError, '', `weights are one for each of ${n} observations`);
  const weights = fweights && aweights ? mul(fweights, aweights) : (fweights ?? aweights);
  const total = weights ? sum(weights) : undefined;
  const mean = weights && total ? div(sum(mul(t, weights), { axis: 1, keepDims: true }), total) : div(sum(t, { axis: 1, keepDims: true }), n);
  const d = sub(t, mean);
  const products = matmul(weights ? mul(d, weights) : d, transpose(conj(d)));
  if (!weights || !total) return div(products, Math.max(n - correction, 0));
  const lost = aweights ? div(mul(sum(mul(weights, aweights)), correction), total) : correction;
  return div(products, maximum(sub(total, lost), 0));
}

const weightsOf = (given: TensorLike | undefined, t: Tensor, name: string): Tensor | undefined => {
  if (given === undefined) return undefined;
  const w = operand(given, isComplex(t.dtypeNumber) ? real(t) : t, name);
  return isInexact(w.dtypeNumber) ? w : cast(w, real(t).dtype);
};

/**
 * The covariances of variables, Σ (xᵢₖ − mean xᵢ)·conj(xⱼₖ − mean xⱼ)/(n − correction) over n observations: [variables, observations] → [variables, variables],
 * as NumPy's `cov`, of one variable [] . f32 f64 c64 c128; int32 and bool become float32. Weights as NumPy's: repetitions, and importance.
 * @throws ShapeError when x or y has more than two dimensions, or other observations.
 */
export const cov: (x: TensorLike, options?: CovarianceOptions) => Tensor = /* @__PURE__ */ functionRow(
  'cov',
  { x: ALONE },
  { ...VARIABLES, correction: [REAL, 1], fweights: [ANY], aweights: [ANY] },
  (x, { correction, fweights, aweights, ...options }) => {
    const t = variables(x, options);
    return alone(covariances(t, correction, weightsOf(fweights, t, 'fweights'), weightsOf(aweights, t, 'aweights')));
  },
);

/** A matrix of one variable as a scalar. */
const alone = (matrix: Tensor): Tensor => (matrix.size === 1 ? reshaped(matrix, []) : matrix);

/**
 * The correlations of variables, cov(xᵢ, xⱼ)/√(cov(xᵢ, xᵢ)·cov(xⱼ, xⱼ)), clipped to ±1: [variables, observations] → [variables, variables], as NumPy's
 * `corrcoef`. f32 f64 c64 c128; int32 and bool become float32. NaN where a variable is constant.
 * @throws ShapeError when x or y has more than two dimensions, or other observations.
 */
export const corrcoef: (x: TensorLike, options?: CorrelationOptions) => Tensor = /* @__PURE__ */ functionRow(
  'corrcoef',
  { x: ALONE },
  VARIABLES,
  (x, options) => {
    const c = covariances(variables(x, options), 1);
    const size = sqrt(real(diagPart(c)));
    const n = size.size;
    const r = div(div(c, reshaped(size, [n, 1])), reshaped(size, [1, n]));
    const within = (t: Tensor): Tensor => clip(t, -1, 1);
    return alone(isComplex(r.dtypeNumber) ? complex(within(real(r)), within(imag(r))) : within(r));
  },
);

/** x with another number for NaN. */
const without = (x: Tensor, value: number): Tensor => (isInexact(x.dtypeNumber) ? where(isNoNumber(x), value, x) : x);

const places = (name: string, descending: boolean): ((x: TensorLike, options?: ReduceOption) => Tensor) =>
  functionRow(name, { x: ALONE }, REDUCE, (x, { axis, keepDims }) => {
    const { lines, shape, kept } = linesOf(x, axis);
    if (lines.shape.at(-1) === 0) throw refused(ShapeError, '', 'there is no place in nothing', { x });
    return reshaped(placesOf(lines, descending, 1), keepDims ? kept : shape);
  });

/**
 * The place of the greatest of the x over `axis` that are no NaN, in row-major order when it is several axes or all, of the first such; 0 where all are
 * NaN. Any dtype → int32. No gradient. @throws ShapeError over nothing.
 */
export const nanArgmax = /* @__PURE__ */ places('nanArgmax', true);

/** The place of the smallest of them, likewise. */
export const nanArgmin = /* @__PURE__ */ places('nanArgmin', false);

const scan = (name: string, of: typeof cumsum, value: number): typeof cumsum =>
  functionRow(name, { x: ALONE }, { axis: [WHOLE], reverse: [FLAG], exclusive: [FLAG] }, (x, options) => of(without(x, value), options as ScanOptions));

/** `cumsum` with 0 for NaN. f32 f64 c64 c128 i32. Gradient as of `cumsum`, 0 for NaN. */
export const nanCumsum = /* @__PURE__ */ scan('nanCumsum', cumsum, 0);

/** `cumprod` with 1 for NaN. f32 f64 c64 c128 i32. Gradient as of `cumprod`, 0 for NaN. */
export const nanCumprod = /* @__PURE__ */ scan('nanCumprod', cumprod, 1);
