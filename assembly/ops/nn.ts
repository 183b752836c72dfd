/** Softmax, its logarithm and normaliser, and cross entropy. In comments x is the input, ȳ the cotangent; sums run over the axes. */
import { liesAcross, softmaxAcross } from '../kernels/across';
import { crossEntropyLines, differenceLines, logSoftmaxLines, logsumexpLines, softmaxLines } from '../kernels/softmax';
import { OWN } from '../memory/scratch';
import { DType, Limit, Status } from '../shared/abi';
import { AxesWord } from '../shared/attributes';
import { Op } from '../shared/opcode';
import { apply } from '../tape/apply';
import { View } from '../tape/backward';
import { begin, Call } from '../tape/call';
import { define, IN1, IN2, X, X0, X1, X2, Y } from '../tape/define';
import { fail } from '../tape/fault';
import { FLOATS, REAL } from '../tensor/dtype';
import { Tensor } from '../tensor/tensor';
import { axesOf, expanded, expandedCotangent, inferReduced, layLines, over, reducedAxes, setAxes, sumOver } from './axes';
import { copied, dense, freeDense } from './dense';
import { axesMask, giveLike, inferSame, sameDtype } from './infer';
import { add, call3, chain, mul, neg, onesLike, pull, reshape, sub } from './prim';

/** Saves the second output of a cross entropy, the softmax. */
const Y1: u32 = Y << 1;

export function defineSoftmax(): void {
  /** y = log Σ eˣ.  x̄ = ȳ·softmax x. */
  define(Op.logsumexp, FLOATS, (c) => inferReduced(c, c.input(0).dtype), (c) => { logsumexp(c); }, X,
    (v) => { v.give(0, chain(over(Op.softmax, v.input(0), axesOf(v), LIMIT), expandedCotangent(v))); });

  /** y = eˣ/Σ eˣ.  x̄ = y·ȳ − y·Σ y·ȳ. */
  define(Op.softmax, FLOATS, inferAlong, (c) => { softmax(c, c.attribute(AxesWord.option)); }, Y,
    (v) => { v.give(0, softmaxCotangent(v.output(0), v.cotangent, axesOf(v))); });

  /** y = x − log Σ eˣ.  x̄ = ȳ − softmax x·Σ ȳ. */
  define(Op.logSoftmax, FLOATS, inferAlong, (c) => { softmax(c, LOG); }, X,
    (v) => {
      const mask = axesOf(v);
      v.give(0, remainder(over(Op.softmax, v.input(0), mask, 0), v.cotangent, mask));
    });

  /**
   * y = −Σ z·log p, p = softmax x, along the last axis, without terms whose z is 0; inputs are labels z and x, outputs y and p.
   * x̄ = (p·Σ z − z)·ȳ, plus what softmax's rule makes of p's cotangent; z̄ = −ȳ·log p. One op instead of four forward, and of eight for the
   * gradient, takes 0.4 of their time.
   */
  define(Op.softmaxCrossEntropy, FLOATS, inferCrossEntropy, (c) => { crossEntropy(c); }, X0 | X1 | Y1,
    (v) => {
      const x = v.input(1);
      const last = 1 << (x.rank - 1);
      if (v.needs(0)) v.give(0, chain(over(Op.logSoftmax, x, last, 0), expanded(neg(v.cotangent), x, last)));
      giveDifference(v);
    });

  /** The same for labels that are indices of classes: −log p at the label.  x̄ = (p − [label])·ȳ. */
  define(Op.sparseSoftmaxCrossEntropy, REAL, inferCrossEntropy, (c) => { crossEntropy(c); }, X0 | Y1, (v) => { giveDifference(v); });

  /**
   * y = (p·Σ z − z)·k in one pass, where separate ops take three; inputs are p, labels z or indices, and a factor k for each line; without it
   * k is −1. Lines run along the axes in the attributes; without attributes, along the last axis.
   * p̄ = ȳ·k·Σ z, z̄ = k·(Σ ȳ·p − ȳ), k̄ = Σ ȳ·(p·Σ z − z).
   */
  define(Op.crossEntropyGrad, REAL, inferSame, (c) => { difference(c); }, X0 | X1 | X2,
    (v) => {
      const p = v.input(0);
      const z = v.input(1);
      if (v.inputs == 2) {
        const mask = axesOf(v);
        if (v.needs(0)) v.give(0, neg(chain(sumOver(z, mask), v.cotangent)));
        if (v.needs(1)) v.give(1, sub(v.cotangent, sumOver(chain(p, v.cotangent), mask)));
        return;
      }
      const k = v.input(2);
      const last = 1 << (p.rank - 1);
      const factor = expanded(k, p, last);
      if (v.needs(0)) pull(v, 0, z.dtype == DType.int32 ? factor : mul(factor, sumOver(z, last)));
      if (v.needs(1)) v.give(1, chain(factor, sub(sumOver(chain(p, v.cotangent), last), v.cotangent)));
      if (v.needs(2)) v.give(2, reshape(sumOver(chain(call3(Op.crossEntropyGrad, p, z, onesLike(k)), v.cotangent), last), k));
    }, IN1 | IN2);
}

/** Gives a cross entropy's x its cotangent. */
function giveDifference(v: View): void {
  if (!v.needs(1)) return;
  const p = v.output(1);
  let dx = call3(Op.crossEntropyGrad, p, v.input(0), v.cotangent);
  if (v.reaches(1)) dx = add(dx, softmaxCotangent(p, v.cotangentAt(1), 1 << (p.rank - 1)));
  v.give(1, dx);
}

/** The cotangent of x for y = softmax x. */
function softmaxCotangent(y: Tensor, dy: Tensor, mask: i32): Tensor {
  return remainder(y, mul(y, dy), mask);
}

/** z − p·Σ z over the axes in `mask`. */
function remainder(p: Tensor, z: Tensor, mask: i32): Tensor {
  if (!p || !z) return changetype<Tensor>(0);
  const c = begin(Op.crossEntropyGrad, 2);
  c.setInput(0, p);
  c.setInput(1, z);
  setAxes(c, p.rank, mask, 0);
  return apply();
}

function inferAlong(c: Call): bool {
  return axesMask(c, AxesWord.count, c.input(0).rank) >= 0 && inferSame(c);
}

export function failUnless(c: Call, done: bool): void {
  if (!done) fail(Status.memory, c.op);
}

function lay(x: Tensor, y: Tensor, c: Call): void {
  layLines(x, y, reducedAxes(c.attributes, x.rank));
}

function logsumexp(c: Call): void {
  const x = c.input(0);
  const out = c.output(0).data;
  lay(x, x, c);
  failUnless(c, x.dtype == DType.float32 ? logsumexpLines<f32>(out) : logsumexpLines<f64>(out));
}

/** Forms of softmax. LIMIT is its option: lines with infinite elements have the limit as result. LOG is its logarithm. */
const LIMIT = 1;
const LOG = 2;

function softmax(c: Call, form: i32): void {
  const x = c.input(0);
  lay(x, c.output(0), c);
  if (x.dtype == DType.float32) computeSoftmax<f32>(c, form);
  else computeSoftmax<f64>(c, form);
}

function computeSoftmax<T>(c: Call, form: i32): void {
  if (form == LOG) failUnless(c, logSoftmaxLines<T>());
  else if (!form && liesAcross(sizeof<T>())) softmaxAcross<T>();
  else failUnless(c, softmaxLines<T>(form == LIMIT));
}

/** The shape rule of both cross entropies: labels have the shape of x, or, where they are indices, that shape without its last axis. */
function inferCrossEntropy(c: Call): bool {
  const labels = c.input(0);
  const x = c.input(1);
  const sparse = c.op == Op.sparseSoftmaxCrossEntropy;
  if (sparse && labels.dtype != DType.int32) return fail(Status.dtype, c.op, 0, labels.dtype);
  if (x.dtype > DType.float64) return fail(Status.dtype, c.op, 1, x.dtype);
  if (!sparse && !sameDtype(c, 0, 1)) return false;
  const rank = labels.rank + i32(sparse);
  if (x.rank != rank || !rank) return fail(Status.rank, c.op, x.rank, max(rank, 1), 2);
  for (let i = 0; i < labels.rank; i++) {
    if (x.dim(i) != labels.dim(i)) return fail(Status.dimension, c.op, i, x.dim(i), labels.dim(i));
  }
  const loss = c.give(x.dtype, rank - 1);
  if (!loss) return false;
  for (let i = 0; i < rank - 1; i++) loss.setDim(i, x.dim(i));
  return giveLike(c, x, x.dtype);
}

function crossEntropy(c: Call): void {
  const labels = c.input(0);
  const x = c.input(1);
  const classes = x.dim(x.rank - 1);
  const chosen = dense(c, labels);
  if (!chosen) return;
  layLines(x, c.output(1), 1 << (x.rank - 1));
  const sparse = labels.dtype == DType.int32;
  if (!sparse || areInRange(c, chosen, labels.size, classes)) {
    const loss = c.output(0).data;
    failUnless(c, x.dtype == DType.float32 ? crossEntropyLines<f32>(chosen, loss, sparse) : crossEntropyLines<f64>(chosen, loss, sparse));
  }
  freeDense(labels, chosen);
}

function areInRange(c: Call, labels: usize, count: i32, classes: i32): bool {
  for (let i = 0; i < count; i++) {
    const label = load<i32>(labels + (i << 2));
    if (<u32>label >= <u32>classes) return fail(Status.index, c.op, label, c.input(1).rank - 1, classes);
  }
  return true;
}

function difference(c: Call): void {
  const p = c.input(0);
  const labels = c.input(1);
  const sparse = labels.dtype == DType.int32;
  const mask = c.words ? reducedAxes(c.attributes, p.rank) : 1 << (p.rank - 1);
  const chosen = sparse ? dense(c, labels) : denseLines(c, labels, mask);
  const factors = c.inputs == 3 ? dense(c, c.input(2)) : 0;
  if (chosen && (factors || c.inputs == 2)) {
    layLines(p, c.output(0), mask);
    failUnless(c, p.dtype == DType.float32 ? differenceLines<f32>(chosen, factors, sparse) : differenceLines<f64>(chosen, factors, sparse));
  }
  freeDense(labels, chosen);
  if (factors) freeDense(c.input(2), factors);
}

const DIMS = memory.data(Limit.innerRank << 2, 16) + OWN;
const STRIDES = memory.data(Limit.innerRank << 2, 16) + OWN;

/** As `dense`, but line after line, with lines along the axes in `mask`. */
function denseLines(c: Call, x: Tensor, mask: i32): usize {
  const rank = x.rank;
  const inner = popcnt(mask);
  if (mask >> (rank - inner) == (1 << inner) - 1) return dense(c, x);
  let at = 0;
  for (let side = 0; side < 2; side++) {
    for (let i = 0; i < rank; i++) {
      if (((mask >> i) & 1) != side) continue;
      store<i32>(DIMS + at, x.dim(i));
      store<i32>(STRIDES + at, x.stride(i));
      at += 4;
    }
  }
  return copied(c, x, DIMS, STRIDES);
}
