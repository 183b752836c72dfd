/** Rows of gradtape/sort: curves through points, and polynomials. */
import type { TensorLike } from '../convert.js';
import { counted, cut, END, functionRow, inexact, inexactBeside, isInexact, oneOf, POSITIVE, refused, reshaped, TENSOR, wholeFrom } from '../extend.js';
import { add, clip, concat, div, equal, greater, less, mul, mulNoNan, neg, pad, remainder, roll, ShapeError, sub, take, where } from '../public.js';
import type { Tensor } from '../tensor.js';
import { ordered, placesIn } from './order.js';

/** Refuses points that are no line of at least `least`, or not as many as the values along the first axis. */
function checkPoints(xp: Tensor, fp: Tensor, least: number): void {
  if (xp.rank !== 1 || fp.rank < 1 || fp.shape[0] !== xp.size || xp.size < least)
    throw refused(ShapeError, '', `xp is a line of at least ${least} points, and fp has a value for each`, { xp, fp });
}

/** All but the first, and all but the last along the first axis. */
const tail = (t: Tensor, from = 1): Tensor => cut(t, 0, from, 1, (t.shape[0] as number) - from);
const head = (t: Tensor, less = 1): Tensor => cut(t, 0, 0, 1, (t.shape[0] as number) - less);

/** The piece between two points that each x belongs to, the first and the last one beyond the ends. */
const piecesOf = (x: Tensor, xp: Tensor): Tensor => clip(sub(placesIn(xp, x, true), 1), 0, xp.size - 2);

export interface InterpOptions {
  /** The value below the first point: its value by default. */
  readonly left?: number | Tensor;
  /** The value above the last point: its value by default. */
  readonly right?: number | Tensor;
  /** A period of xp and x: points need no order then. */
  readonly period?: number;
}

/**
 * The line through the points (xp, fp), xp in ascending order, at x: as NumPy's `interp`. x any shape, xp and fp [n] → the shape of x.
 * f32 f64, fp also c64 c128; int32 and bool become float32. Gradients for x, xp, fp; 0 for x beyond the ends.
 * @throws ShapeError when xp and fp are not as many.
 */
export const interp: (x: TensorLike, xp: TensorLike, fp: TensorLike, options?: InterpOptions) => Tensor = /* @__PURE__ */ functionRow(
  'interp',
  { x: TENSOR, xp: TENSOR, fp: TENSOR },
  { left: [END], right: [END], period: [POSITIVE] },
  (given, points, values, { left, right, period }) => {
    let [x, xp, fp] = [inexactBeside(given, points), inexactBeside(points, given), inexact(values)];
    checkPoints(xp, fp, 1);
    if (fp.rank !== 1) throw refused(ShapeError, '', 'fp is a line', { fp });
    if (period !== undefined) {
      [x, xp] = [remainder(x, period), remainder(xp, period)];
      const order = ordered(xp);
      [xp, fp] = [take(xp, order), take(fp, order)];
      const last = xp.size - 1;
      xp = concat([sub(tail(xp, last), period), xp, add(head(xp, last), period)]);
      fp = concat([tail(fp, last), fp, head(fp, last)]);
    }
    const [first, end] = [take(fp, 0), take(fp, -1)];
    const below = less(x, take(xp, 0));
    const above = greater(x, take(xp, -1));
    if (xp.size === 1) return where(below, left ?? first, where(above, right ?? end, add(first, mul(x, 0))));
    const i = piecesOf(x, xp);
    const slope = take(div(sub(tail(fp), head(fp)), sub(tail(xp), head(xp))), i);
    const y = add(take(fp, i), mul(slope, sub(x, take(xp, i))));
    return where(below, left ?? first, where(above, right ?? end, where(equal(x, take(xp, -1)), end, y)));
  },
);

/**
 * p₀·xⁿ⁻¹ + p₁·xⁿ⁻² + … + pₙ₋₁ by Horner's rule: as NumPy's `polyval`; 0 without coefficients. p [n], x any shape → the shape of x. f32 f64 c64 c128 i32.
 * |err| ≤ 2n·u·Σ |pₖ|·|x|ⁿ⁻¹⁻ᵏ. Gradients for both.
 * @throws ShapeError when p is no line.
 */
export const polyval: (p: TensorLike, x: TensorLike) => Tensor = /* @__PURE__ */ functionRow('polyval', { p: TENSOR, x: TENSOR }, (coefficients, points) => {
  const [p, x] = [counted(coefficients), counted(points)];
  if (p.rank !== 1) throw refused(ShapeError, '', 'p is a line of coefficients', { p });
  let y = isInexact(x.dtypeNumber) ? mulNoNan(x, 0) : mul(x, 0); // 0 also at ∞
  for (let k = 0; k < p.size; k++) y = add(k ? mul(y, x) : y, take(p, k));
  return y;
});

export interface SplineOptions {
  /**
   * What holds at the ends. 'notAKnot', the default: the first two pieces are one cubic, and the last two; 'natural': second derivatives are 0;
   * 'clamped': first ones are; 'periodic': all of them are those of the other end, and the last value is the first, whatever fp says.
   */
  readonly bcType?: 'notAKnot' | 'natural' | 'clamped' | 'periodic';
  /** Which derivative is wanted, 0 by default: the spline itself. */
  readonly nu?: number;
}

/**
 * The cubic spline through the points (xp, fp), xp in ascending order, at x, or a derivative of it: as SciPy's `CubicSpline(xp, fp, bcType)(x, nu)`.
 * Beyond the ends the outer pieces go on, a periodic spline repeats itself. x any shape, xp [n], fp [n, …] → the shape of x, then that of fp[0].
 * f32 f64, fp also c64 c128; int32 and bool become float32. Gradients for x, xp, fp. The slopes' system is solved by cyclic reduction, which
 * converges in a few steps.
 * @throws ShapeError when there are fewer than two points, or xp and fp are not as many.
 */
export const cubicSpline: (x: TensorLike, xp: TensorLike, fp: TensorLike, options?: SplineOptions) => Tensor = /* @__PURE__ */ functionRow(
  'cubicSpline',
  { x: TENSOR, xp: TENSOR, fp: TENSOR },
  { bcType: [/* @__PURE__ */ oneOf('notAKnot', 'natural', 'clamped', 'periodic'), 'notAKnot'], nu: [/* @__PURE__ */ wholeFrom(0), 0] },
  (given, points, values, { bcType, nu }) => {
    const xp = inexactBeside(points, given);
    const wide = inexact(values);
    checkPoints(xp, wide, 2);
    const isPeriodic = bcType === 'periodic';
    const n = xp.size;
    const inner = wide.shape.slice(1);
    const flat = reshaped(wide, [n, wide.size / n]);
    const f = isPeriodic ? concat([head(flat), cut(flat, 0, 0, 1, 1)]) : flat;
    const column = reshaped(xp, [n, 1]);
    const h = sub(tail(column), head(column));
    const d = div(sub(tail(f), head(f)), h);
    const s = isPeriodic ? periodic(h, d) : slopes(h, d, bcType);
    const all = inexactBeside(given, points);
    const start = take(xp, 0);
    const x = isPeriodic ? add(start, remainder(sub(all, start), sub(take(xp, -1), start))) : all;
    const line = reshaped(x, [x.size]);
    const i = piecesOf(line, xp);
    const at = (t: Tensor): Tensor => take(t, i);
    const [s0, s1] = [head(s), tail(s)];
    const t = sub(reshaped(line, [x.size, 1]), at(column));
    const cubic = at(div(sub(add(s0, s1), mul(d, 2)), mul(h, h)));
    const square = at(div(sub(mul(d, 3), add(mul(s0, 2), s1)), h));
    return reshaped(polynomial([at(head(f)), at(s0), square, cubic], t, nu), [...x.shape, ...inner]);
  },
);

/** The derivative of order nu of c₀ + c₁t + c₂t² + … */
function polynomial(c: readonly Tensor[], t: Tensor, nu: number): Tensor {
  let y: Tensor | undefined;
  for (let k = c.length - 1; k >= nu; k--) {
    let factor = 1;
    for (let j = k; j > k - nu; j--) factor *= j;
    const term = factor === 1 ? (c[k] as Tensor) : mul(c[k] as Tensor, factor);
    y = y ? add(mul(y, t), term) : term;
  }
  return y ?? mul(c[0] as Tensor, 0);
}

/** One element of each band and the right sides along the first axis: a·sᵢ₋₁ + b·sᵢ + c·sᵢ₊₁ = r. */
type Bands = readonly [a: Tensor, b: Tensor, c: Tensor, r: Tensor];

/** Slopes at the points between the first and the last: h·sᵢ₋₁ + 2(h₋ + h)·sᵢ + h₋·sᵢ₊₁ = 3(h·d₋ + h₋·d), for distances and slopes of the pieces at either side. */
const between = (h0: Tensor, h1: Tensor, d0: Tensor, d1: Tensor): Bands => [h1, mul(add(h0, h1), 2), h0, mul(add(mul(h1, d0), mul(h0, d1)), 3)];

/** Slopes at all points, of pieces of lengths h and slopes d. */
function slopes(h: Tensor, d: Tensor, bcType: 'notAKnot' | 'natural' | 'clamped'): Tensor {
  const pieces = h.shape[0] as number;
  const first = (t: Tensor, k: number): Tensor => cut(t, 0, k, 1, 1);
  const last = (t: Tensor, k: number): Tensor => cut(t, 0, pieces - 1 - k, 1, 1);
  if (bcType === 'notAKnot' && pieces === 1) return concat([d, d]);
  if (bcType === 'notAKnot' && pieces === 2) {
    // The parabola through three points.
    const [h0, h1, d0, d1] = [first(h, 0), last(h, 0), first(d, 0), last(d, 0)];
    const middle = div(add(mul(h1, d0), mul(h0, d1)), add(h0, h1));
    return concat([sub(mul(d0, 2), middle), middle, sub(mul(d1, 2), middle)]);
  }
  /** The slope at an end, k − g·(its neighbour's), where `at` counts pieces from that end. */
  const end = (at: (t: Tensor, k: number) => Tensor): readonly [g: Tensor, k: Tensor] => {
    const [h0, d0] = [at(h, 0), at(d, 0)];
    if (bcType === 'clamped') return [mul(h0, 0), mul(d0, 0)];
    if (bcType === 'natural') return [add(mul(h0, 0), 0.5), mul(d0, 1.5)];
    const [h1, d1] = [at(h, 1), at(d, 1)];
    const both = add(h0, h1);
    const r = div(add(mul(mul(add(h0, mul(both, 2)), h1), d0), mul(mul(h0, h0), d1)), both);
    return [div(both, h1), div(r, h1)];
  };
  const [g0, k0] = end(first);
  const [g1, k1] = end(last);
  if (pieces === 1) {
    // Two points: s₀ + g₀·s₁ = k₀ and g₁·s₀ + s₁ = k₁.
    const s0 = div(sub(k0, mul(g0, k1)), sub(1, mul(g0, g1)));
    return concat([s0, sub(k1, mul(g1, s0))]);
  }
  const [a, b, c, r] = between(head(h), tail(h), head(d), tail(d));
  const m = pieces - 1;
  const only = (t: Tensor, k: number): Tensor =>
    pad(t, [
      [k, m - 1 - k],
      [0, 0],
    ]);
  const [a0, c1] = [first(a, 0), cut(c, 0, m - 1, 1, 1)];
  const s = reduced(
    [
      pad(tail(a), [
        [1, 0],
        [0, 0],
      ]),
      sub(b, add(only(mul(a0, g0), 0), only(mul(c1, g1), m - 1))),
      pad(head(c), [
        [0, 1],
        [0, 0],
      ]),
      sub(r, add(only(mul(a0, k0), 0), only(mul(c1, k1), m - 1))),
    ],
    m,
    (t, k, fill) =>
      pad(
        t,
        [
          [k, -k],
          [0, 0],
        ],
        { value: fill },
      ),
  );
  const s0 = sub(k0, mul(g0, first(s, 0)));
  const sn = sub(k1, mul(g1, cut(s, 0, m - 1, 1, 1)));
  return concat([s0, s, sn]);
}

/** Slopes at all points of a curve that repeats itself. */
function periodic(h: Tensor, d: Tensor): Tensor {
  const s = reduced(between(roll(h, 1, 0), h, roll(d, 1, 0), d), Number.POSITIVE_INFINITY, (t, k) => roll(t, k, 0));
  return concat([s, cut(s, 0, 0, 1, 1)]);
}

/**
 * The solution by cyclic reduction: each step puts for the unknowns at distance k what their equations say, so that those at distance 2k appear. Off the
 * diagonal stands at most half of what is on it, after the first step, and each step more than squares that: eight are more than float64 has digits.
 * `shifted` moves elements along by k, with `fill` where none come from; from the distance `end` on there are none.
 */
function reduced(bands: Bands, end: number, shifted: (t: Tensor, k: number, fill: number) => Tensor): Tensor {
  let [a, b, c, r] = bands;
  for (let k = 1; k < Math.min(end, 256); k *= 2) {
    const p = neg(div(a, shifted(b, k, 1)));
    const q = neg(div(c, shifted(b, -k, 1)));
    b = add(b, add(mul(p, shifted(c, k, 0)), mul(q, shifted(a, -k, 0))));
    r = add(r, add(mul(p, shifted(r, k, 0)), mul(q, shifted(r, -k, 0))));
    [a, c] = [mul(p, shifted(a, k, 0)), mul(q, shifted(c, -k, 0))];
  }
  return div(r, b);
}
