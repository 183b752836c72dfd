/** The matrix product. In comments x y are inputs, z is the result, z̄ its cotangent. Knows no loops over elements. */
import { addBatchAxis, BATCH, multiplyBatch } from '../kernels/batch';
import { Status } from '../shared/abi';
import { Product, ProductField, ProductWord } from '../shared/attributes';
import { Op } from '../shared/opcode';
import { apply } from '../tape/apply';
import { begin, Call } from '../tape/call';
import { define, IN0, IN1, X0, X1 } from '../tape/define';
import { fail } from '../tape/fault';
import { NUMERIC } from '../tensor/dtype';
import { Tensor } from '../tensor/tensor';
import { sameDtype } from './infer';

export function defineContraction(): void {
  /**
   * z = X·Y over the last two axes, X = x, xᵀ, conj x or xᴴ and Y likewise; leading axes broadcast, and those that the
   * attribute names are summed over.  (…, m, k) × (…, k, n) → (…, m, n).
   * X̄ = z̄·Yᴴ, Ȳ = Xᴴ·z̄. The product itself sums each of them over the axes along which its operand was broadcast.
   */
  define(Op.matmul, NUMERIC, inferMatmul, (c) => { multiply(c); }, X0 | X1, (v) => {
    const x = v.input(0);
    const y = v.input(1);
    const z = v.cotangent;
    const word = v.words ? v.attribute(ProductWord.flags) : 0;
    const tx = (word & Product.transposeX) != 0;
    const ty = (word & Product.transposeY) != 0;
    const cx = (word & Product.conjX) != 0;
    const cy = (word & Product.conjY) != 0;
    const mixed = cx == cy; // x̄ = z̄·conj Yᵀ for X = x, conj z̄·Yᵀ for X = conj x: so y is conjugated if both were or neither was
    if (v.needs(0)) v.give(0, tx ? matmulTo(x, y, ty, mixed, z, true, cx) : matmulTo(x, z, false, cx, y, !ty, mixed));
    if (v.needs(1)) v.give(1, ty ? matmulTo(y, z, true, cy, x, tx, mixed) : matmulTo(y, x, !tx, mixed, z, false, cy));
  }, IN0 | IN1);
}

// A matrix product's word has flags, the number of leading batch axes that are dropped, and a bit for each batch axis that is summed over, bit 0
// for the innermost. Dropped axes are summed over too; other summed axes stay, with size 1. Both factors have a summed axis in full size: a gradient
// is summed over the axes that its operand lacks, and the two factors of the gradient are the cotangent and the other operand.

// @ts-ignore: decorator
@inline
function wordOf(c: Call): i32 {
  return c.words ? c.attribute(ProductWord.flags) : 0;
}

// @ts-ignore: decorator
@inline
function isSummed(word: i32, axis: i32): bool {
  return ((word >> (ProductField.summed + axis)) & 1) != 0;
}

/** Size of batch axis i, counted from the innermost; 1 where there is none. */
// @ts-ignore: decorator
@inline
function batchDim(t: Tensor, i: i32): i32 {
  return i < t.rank - 2 ? t.dim(t.rank - 3 - i) : 1;
}

/** Stride of batch axis i; 0 where t is broadcast along it. */
// @ts-ignore: decorator
@inline
function batchStride(t: Tensor, i: i32): i32 {
  return batchDim(t, i) == 1 ? 0 : t.stride(t.rank - 3 - i);
}

function inferMatmul(c: Call): bool {
  if (!sameDtype(c, 0, 1)) return false;
  const x = c.input(0);
  const y = c.input(1);
  const rank = min(x.rank, y.rank);
  if (rank < 2) return fail(Status.rank, c.op, rank, 2, 1);
  const word = wordOf(c);
  const tx = word & Product.transposeX ? 1 : 0;
  const ty = word & Product.transposeY ? 1 : 0;
  const k = x.dim(x.rank - 1 - tx);
  const terms = y.dim(y.rank - 2 + ty);
  if (k != terms) return fail(Status.inner, c.op, k, terms);
  const batch = max(x.rank, y.rank) - 2;
  const kept = batch - ((word >> ProductField.dropped) & 15);
  const z = c.give(x.dtype, kept + 2);
  if (!z) return false;
  for (let i = 0; i < batch; i++) {
    const a = batchDim(x, i);
    const b = batchDim(y, i);
    if (a != b && a != 1 && b != 1) return fail(Status.shape, c.op, a, b);
    if (i < kept) z.setDim(kept - 1 - i, isSummed(word, i) ? 1 : a == 1 ? b : a);
  }
  z.setDim(kept, x.dim(x.rank - 2 + tx));
  z.setDim(kept + 1, y.dim(y.rank - 1 - ty));
  return true;
}

function multiply(c: Call): void {
  const x = c.input(0);
  const y = c.input(1);
  const z = c.output(0);
  const word = wordOf(c);
  const tx = word & Product.transposeX ? 1 : 0;
  const ty = word & Product.transposeY ? 1 : 0;
  const g = BATCH;
  g.dtype = x.dtype;
  g.m = z.dim(z.rank - 2);
  g.n = z.dim(z.rank - 1);
  g.k = x.dim(x.rank - 1 - tx);
  g.a = x.data;
  g.rsa = x.stride(x.rank - 2 + tx);
  g.csa = x.stride(x.rank - 1 - tx);
  g.conjA = (word & Product.conjX) != 0;
  g.b = y.data;
  g.rsb = y.stride(y.rank - 2 + ty);
  g.csb = y.stride(y.rank - 1 - ty);
  g.conjB = (word & Product.conjY) != 0;
  g.c = z.data;
  g.ldc = g.n;
  g.axes = 0;
  let terms = g.k;
  let stride = g.m * g.n;
  for (let i = 0, batch = max(x.rank, y.rank) - 2; i < batch; i++) {
    const size = batchDim(x, i) == 1 ? batchDim(y, i) : batchDim(x, i);
    const summed = isSummed(word, i);
    addBatchAxis(g, size, batchStride(x, i), batchStride(y, i), summed ? 0 : stride);
    if (summed) terms *= size;
    else stride *= size;
  }
  if (!terms) {
    memory.fill(z.data, 0, z.bytes);
    return;
  }
  const refused = multiplyBatch(g);
  if (refused) fail(Status.memory, c.op, <i32>refused);
}

/** X·Y summed to the batch axes of `like`. */
function matmulTo(like: Tensor, x: Tensor, tx: bool, cx: bool, y: Tensor, ty: bool, cy: bool): Tensor {
  if (!x || !y) return changetype<Tensor>(0);
  const batch = max(x.rank, y.rank) - 2;
  const kept = like.rank - 2;
  let word = (batch - kept) << ProductField.dropped;
  for (let i = 0; i < batch; i++) {
    const broadcast = batchDim(x, i) != 1 || batchDim(y, i) != 1;
    if (i >= kept || (broadcast && batchDim(like, i) == 1)) word |= 1 << (ProductField.summed + i);
  }
  if (tx) word |= Product.transposeX;
  if (ty) word |= Product.transposeY;
  if (cx) word |= Product.conjX;
  if (cy) word |= Product.conjY;
  const c = begin(Op.matmul, 2);
  c.setInput(0, x);
  c.setInput(1, y);
  c.words = 1;
  c.setAttribute(ProductWord.flags, word);
  return apply();
}
