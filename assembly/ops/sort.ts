/** Lines of the last axis in order, and places in them. In comments x is the input, ȳ the cotangent. Knows no loops. */
import { orderLines, placeInOrder, sortLines } from '../kernels/sort';
import { DType, Status } from '../shared/abi';
import { SearchWord, SortWord, TakeWord } from '../shared/attributes';
import { Op } from '../shared/opcode';
import { apply } from '../tape/apply';
import { View } from '../tape/backward';
import { begin, Call } from '../tape/call';
import { define, X, zeroGradient } from '../tape/define';
import { fail } from '../tape/fault';
import { REAL } from '../tensor/dtype';
import { Tensor } from '../tensor/tensor';
import { dense, freeDense } from './dense';
import { giveLike, inferSame, sameDtype } from './infer';

export function defineSort(): void {
  /** y = the numbers of each line in order, NaN last.  x̄ = ȳ at the places that they come from. */
  define(Op.sort, REAL, inferSame, (c) => { sort(c); }, X,
    (v) => { if (v.needs(0)) v.give(0, unsorted(v.cotangent, orderOf(v.input(0), v.attribute(SortWord.descending)))); });

  /** The places of the first numbers of each line in order, NaN last; equal ones as they stand. */
  zeroGradient(Op.argsort, REAL, inferOrder, (c) => { order(c); });

  /** Where in a line in order, of all or of each line, numbers would stand. */
  zeroGradient(Op.searchsorted, REAL, inferPlaces, (c) => { places(c); });
}

/** Elements of a line. */
// @ts-ignore: decorator
@inline
function lengthOf(x: Tensor): i32 { return x.dim(x.rank - 1); }

function failUnless(c: Call, done: bool): void {
  if (!done) fail(Status.memory, c.op);
}

function sort(c: Call): void {
  const x = c.input(0);
  const from = dense(c, x);
  if (!from) return;
  const to = c.output(0).data, n = lengthOf(x), descending = c.attribute(SortWord.descending) != 0;
  if (x.dtype == DType.float32) failUnless(c, sortLines<f32>(to, from, x.size / n, n, descending));
  else if (x.dtype == DType.float64) failUnless(c, sortLines<f64>(to, from, x.size / n, n, descending));
  else failUnless(c, sortLines<i32>(to, from, x.size / n, n, descending));
  freeDense(x, from);
}

function inferOrder(c: Call): bool {
  const x = c.input(0);
  if (!giveLike(c, x, DType.int32)) return false;
  c.output(0).setDim(x.rank - 1, c.attribute(SortWord.count));
  return true;
}

function order(c: Call): void {
  const x = c.input(0);
  const from = dense(c, x);
  if (!from) return;
  const to = c.output(0).data, n = lengthOf(x), k = c.attribute(SortWord.count), descending = c.attribute(SortWord.descending) != 0;
  if (x.dtype == DType.float32) failUnless(c, orderLines<f32>(to, from, x.size / n, n, k, descending));
  else if (x.dtype == DType.float64) failUnless(c, orderLines<f64>(to, from, x.size / n, n, k, descending));
  else failUnless(c, orderLines<i32>(to, from, x.size / n, n, k, descending));
  freeDense(x, from);
}

/** Operand 0 is the lines in order, one for all or one for each of operand 1's. */
function inferPlaces(c: Call): bool {
  const lines = c.input(0);
  const v = c.input(1);
  if (!sameDtype(c, 0, 1)) return false;
  if (lines.rank != 1) {
    if (lines.rank != v.rank) return fail(Status.rank, c.op, v.rank, lines.rank, 2);
    for (let i = 0; i < v.rank - 1; i++) if (lines.dim(i) != v.dim(i)) return fail(Status.shape, c.op, lines.dim(i), v.dim(i));
  }
  return giveLike(c, v, DType.int32);
}

function places(c: Call): void {
  const lines = c.input(0);
  const v = c.input(1);
  const sorted = dense(c, lines);
  const values = sorted ? dense(c, v) : 0;
  const to = c.output(0).data, n = lengthOf(lines), right = c.attribute(SearchWord.right) != 0;
  const each = lines.rank == 1 ? v.size : lengthOf(v), count = v.size / each;
  if (values) {
    if (v.dtype == DType.float32) placeInOrder<f32>(to, values, count, each, sorted, n, right);
    else if (v.dtype == DType.float64) placeInOrder<f64>(to, values, count, each, sorted, n, right);
    else placeInOrder<i32>(to, values, count, each, sorted, n, right);
    freeDense(v, values);
  }
  freeDense(lines, sorted);
}

/** The recorded argsort of all of x. */
function orderOf(x: Tensor, descending: i32): Tensor {
  if (!x) return x;
  const c = begin(Op.argsort, 1);
  c.setInput(0, x);
  c.setAttribute(SortWord.descending, descending);
  c.setAttribute(SortWord.count, lengthOf(x));
  c.words = 2;
  return apply();
}

/** Each line of t with its elements back at `places`. */
function unsorted(t: Tensor, places: Tensor): Tensor {
  if (!t || !places) return changetype<Tensor>(0);
  const axis = t.rank - 1;
  const c = begin(Op.scatterAdd, 2);
  c.setInput(0, t);
  c.setInput(1, places);
  c.setAttribute(TakeWord.axis, axis);
  c.setAttribute(TakeWord.batch, axis);
  c.setAttribute(TakeWord.drop, 0);
  c.setAttribute(TakeWord.size, lengthOf(t));
  c.words = 4;
  return apply();
}
