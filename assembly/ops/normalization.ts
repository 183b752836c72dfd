/**
 * Variances and normalised lines. They are primitives because their passes over a line in the first-level cache cost little more than one
 * pass over memory; docs/KERNELS.md has the times. In comments x is the input, ȳ the cotangent, means run over the axes.
 */
import { gather } from '../kernels/strided';
import { normalizeGradLines, normalizeLines, varianceLines } from '../kernels/normalize';
import { DType, Status } from '../shared/abi';
import { AxesWord, DeviationWord, NormalizeWord, VarianceWord } from '../shared/attributes';
import { Op } from '../shared/opcode';
import { apply } from '../tape/apply';
import { View } from '../tape/backward';
import { begin, Call } from '../tape/call';
import { define, IN1, X, X0, X1, Y } from '../tape/define';
import { fail } from '../tape/fault';
import { FLOATS, sizeShift } from '../tensor/dtype';
import { Tensor } from '../tensor/tensor';
import { axesOf, expanded, expandedCotangent, inferReduced, layFold, layLines, over, reducedAxes, setAxes, sumOver } from './axes';
import { axesMask, inferSame, sameDtype } from './infer';
import { add, chain, divNoNan, mul, neg, scale, sub } from './prim';
import { dense, freeDense } from './dense';
import { failUnless } from './nn';

export function defineNormalization(): void {
  /** y = Σ (x − mean x)²/(n − correction).  x̄ = 2ȳ(x − mean x)/(n − correction). */
  define(Op.variance, FLOATS, (c) => inferReduced(c, c.input(0).dtype), (c) => { variance(c); }, X,
    (v) => {
      const x = v.input(0);
      const mask = axesOf(v);
      const slope = 2 / divisor(terms(x, mask), load<f64>(v.attributes + ((v.words - VarianceWord.count) << 2)));
      v.give(0, chain(scale(centred(x, mask), slope), expandedCotangent(v)));
    });

  /**
   * y = √(Σ (x − m)²/d + ε), m = mean x or 0: with d = 1 and no mean, a norm.
   * x̄ = ȳ·(x − m)/(d·y) = ȳ·x̂/√(nd) for x̂ = (x − m)/√(Σ (x − m)²/n + εd/n); 0 where y is 0.
   */
  define(Op.deviation, FLOATS, (c) => inferReduced(c, c.input(0).dtype), (c) => { deviation(c); }, X,
    (v) => {
      const x = v.input(0);
      const mask = axesOf(v);
      const n = <f64>terms(x, mask);
      const at = v.attributes + ((v.words - DeviationWord.count) << 2);
      const d = load<f64>(at);
      const unit = normalized(x, mask, load<f64>(at, DeviationWord.epsilon << 2) * d / n, load<i32>(at, DeviationWord.isCentred << 2));
      v.give(0, chain(scale(unit, 1 / sqrt(n * d)), expandedCotangent(v)));
    });

  /**
   * y = x̂ = (x − mean x)·r with r = 1/√(mean (x − mean x)² + ε), or without the means, 0 where that root is 0; with inputs x, γ, β it is
   * x̂·γ + β.
   * x̄ = normalizeGrad(x, ȳ·γ), γ̄ = Σ ȳ·x̂ and β̄ = Σ ȳ over the other axes.
   */
  define(Op.normalize, FLOATS, inferNormalize, (c) => { normalize(c); }, X0 | X1,
    (v) => {
      const x = v.input(0);
      const others = ~maskIn(v.attributes, x.rank) & ((1 << x.rank) - 1);
      const affine = v.inputs == 3;
      if (affine && v.needs(1)) v.give(1, over(Op.sum, chain(like(Op.normalize, v, x), v.cotangent), others, 0));
      if (affine && v.needs(2)) v.give(2, over(Op.sum, v.cotangent, others, 0));
      if (v.needs(0)) v.give(0, like(Op.normalizeGrad, v, x, affine ? chain(expanded(v.input(1), x, others), v.cotangent) : v.cotangent));
    });

  /**
   * y = (x₁ − mean x₁ − x̂·mean x₁x̂)·r for x̂ and r of x₀: symmetric and linear in x₁.
   * x̄₁ = normalizeGrad(x₀, ȳ) = e,  x̄₀ = −r·(x̂·mean ȳy + y·mean ȳx̂ + e·mean x₁x̂); 0 where r is infinite.
   */
  define(Op.normalizeGrad, FLOATS, inferNormalizeGrad, (c) => { normalizeGrad(c); }, X0 | X1 | Y,
    (v) => {
      const x = v.input(0);
      const e = like(Op.normalizeGrad, v, x, v.cotangent);
      if (v.needs(1)) v.give(1, e);
      if (!v.needs(0)) return;
      const mask = maskIn(v.attributes, x.rank);
      const unit = like(Op.normalize, v, x);
      const y = v.output(0);
      const along = mul(unit, mean(chain(y, v.cotangent), mask));
      const aside = add(mul(y, mean(chain(unit, v.cotangent), mask)), mul(e, mean(mul(v.input(1), unit), mask)));
      v.give(0, neg(divNoNan(add(along, aside), size(v, x, mask))));
    }, IN1);
}

/** Elements of a line. */
function terms(x: Tensor, mask: i32): i32 {
  let n = 1;
  for (let i = 0; i < x.rank; i++) if ((mask >> i) & 1) n *= x.dim(i);
  return n;
}

function divisor(n: i32, correction: f64): f64 {
  return max(0, <f64>n - correction);
}

function mean(x: Tensor, mask: i32): Tensor {
  return x ? scale(sumOver(x, mask), 1 / <f64>terms(x, mask)) : x;
}

/** x − mean x, twice: the first mean is rounded, and equal elements shall leave 0. */
function centred(x: Tensor, mask: i32): Tensor {
  const near = sub(x, mean(x, mask));
  return sub(near, mean(near, mask));
}

function variance(c: Call): void {
  const x = c.input(0);
  const mask = reducedAxes(c.attributes, x.rank);
  spread(c, divisor(terms(x, mask), c.attributeF64(c.words - VarianceWord.count)), 0, true, false);
}

function deviation(c: Call): void {
  const at = c.words - DeviationWord.count;
  spread(c, c.attributeF64(at), c.attributeF64(at + DeviationWord.epsilon), c.attribute(at + DeviationWord.isCentred) != 0, true);
}

function spread(c: Call, d: f64, epsilon: f64, isCentred: bool, root: bool): void {
  const x = c.input(0);
  const out = c.output(0).data;
  layFold(x, reducedAxes(c.attributes, x.rank), out);
  failUnless(c, x.dtype == DType.float32 ? varianceLines<f32>(out, d, epsilon, isCentred, root) : varianceLines<f64>(out, d, epsilon, isCentred, root));
}

function maskIn(attributes: usize, rank: i32): i32 {
  return reducedAxes(attributes + (NormalizeWord.axes << 2), rank);
}

function inferNormalize(c: Call): bool {
  const x = c.input(0);
  const mask = axesMask(c, NormalizeWord.axes + AxesWord.count, x.rank);
  if (mask < 0) return false;
  for (let k = 1, n = c.inputs; k < n; k++) if (!sameDtype(c, 0, k) || !fitsLine(c, c.input(k), mask)) return false;
  return inferSame(c);
}

/** Whether t has the shape of a line of the first operand. */
function fitsLine(c: Call, t: Tensor, mask: i32): bool {
  const x = c.input(0);
  if (t.rank != popcnt(mask)) return fail(Status.rank, c.op, t.rank, popcnt(mask), 2);
  for (let i = 0, at = 0; i < x.rank; i++) {
    if (!((mask >> i) & 1)) continue;
    if (t.dim(at) != x.dim(i)) return fail(Status.dimension, c.op, at, t.dim(at), x.dim(i));
    at++;
  }
  return true;
}

function inferNormalizeGrad(c: Call): bool {
  const x = c.input(0);
  const g = c.input(1);
  if (!sameDtype(c, 0, 1) || axesMask(c, NormalizeWord.axes + AxesWord.count, x.rank) < 0) return false;
  if (g.rank != x.rank) return fail(Status.rank, c.op, g.rank, x.rank, 2);
  for (let i = 0; i < x.rank; i++) if (g.dim(i) != x.dim(i)) return fail(Status.dimension, c.op, i, g.dim(i), x.dim(i));
  return inferSame(c);
}

function normalize(c: Call): void {
  const x = c.input(0);
  const affine = c.inputs == 3;
  const gamma = affine ? dense(c, c.input(1)) : 0;
  const beta = affine ? dense(c, c.input(2)) : 0;
  const epsilon = c.attributeF64(NormalizeWord.epsilon);
  const isCentred = c.attribute(NormalizeWord.axes + AxesWord.option) != 0;
  if (!affine || (gamma && beta)) {
    layLines(x, c.output(0), maskIn(c.attributes, x.rank));
    failUnless(c, x.dtype == DType.float32 ? normalizeLines<f32>(gamma, beta, epsilon, isCentred) : normalizeLines<f64>(gamma, beta, epsilon, isCentred));
  }
  if (!affine) return;
  freeDense(c.input(1), gamma);
  freeDense(c.input(2), beta);
}

function normalizeGrad(c: Call): void {
  const x = c.input(0);
  const g = c.input(1);
  const y = c.output(0);
  const epsilon = c.attributeF64(NormalizeWord.epsilon);
  const isCentred = c.attribute(NormalizeWord.axes + AxesWord.option) != 0;
  if (g.isContiguous) memory.copy(y.data, g.data, g.bytes);
  else gather(sizeShift(g.dtype), y.data, g.data, 0, g.size, g.rank, g.shapeAt, g.stridesAt);
  layLines(x, y, maskIn(c.attributes, x.rank));
  failUnless(c, x.dtype == DType.float32 ? normalizeGradLines<f32>(epsilon, isCentred) : normalizeGradLines<f64>(epsilon, isCentred));
}

/** `op` of x, and of g unless that is absent, with a node's attributes. */
function like(op: i32, v: View, x: Tensor, g: Tensor = changetype<Tensor>(0)): Tensor {
  const c = begin(op, op == Op.normalize ? 1 : 2);
  c.setInput(0, x);
  c.setInput(1, g);
  c.words = v.words;
  memory.copy(c.attributes, v.attributes, c.words << 2);
  return apply();
}

/** x̂ over the axes in `mask`. */
function normalized(x: Tensor, mask: i32, epsilon: f64, isCentred: i32): Tensor {
  const c = begin(Op.normalize, 1);
  c.setInput(0, x);
  setAxes(c, x.rank, mask, isCentred, NormalizeWord.axes);
  c.setAttributeF64(NormalizeWord.epsilon, epsilon);
  return apply();
}

/** 1/r, which is √(v + ε). */
function size(v: View, x: Tensor, mask: i32): Tensor {
  const c = begin(Op.deviation, 1);
  c.setInput(0, x);
  setAxes(c, x.rank, mask, 1);
  const at = c.words;
  c.words += DeviationWord.count;
  c.setAttributeF64(at, terms(x, mask));
  c.setAttributeF64(at + DeviationWord.epsilon, load<f64>(v.attributes, NormalizeWord.epsilon << 2));
  c.setAttribute(at + DeviationWord.isCentred, load<i32>(v.attributes, (NormalizeWord.axes + AxesWord.option) << 2));
  return apply();
}
