/**
 * Convolution and its gradients. In comments x is the input, w the filter, y the result, and T = Σ x·w·y over every place of y, every tap of
 * its window and the cell under that tap. Each of the three ops is the derivative of T by the operand that it lacks. Knows no loops over
 * elements.
 */
import { CONV, convolve, convolveInput } from '../kernels/conv';
import { Status } from '../shared/abi';
import { WindowWord } from '../shared/attributes';
import { Op } from '../shared/opcode';
import { Call } from '../tape/call';
import { define, IN0, IN1, X0, X1 } from '../tape/define';
import { fail } from '../tape/fault';
import { INEXACT } from '../tensor/dtype';
import { Tensor } from '../tensor/tensor';
import { dense, freeDense } from './dense';
import { sameDtype } from './infer';
import { conj } from './prim';
import { fit, fitCells, fitPlaces, fitTaps, hasWindows, layWindows, windowed } from './window';

export function defineConv(): void {
  /**
   * y[o, j] = Σ x[o·stride + t·dilation − low, c]·w[t, c, j] over taps t and channels c of the group of j.
   * (images, cells…, channels) × (taps…, channels/groups, j) → (images, places…, j).  x̄ = convInput(ȳ, w*), w̄ = convFilter(x*, ȳ).
   */
  define(Op.conv, INEXACT, inferConv, (c) => { compute(c); }, X0 | X1, (v) => {
    if (v.needs(0)) v.give(0, windowed(v, Op.convInput, v.cotangent, conj(v.input(1))));
    if (v.needs(1)) v.give(1, windowed(v, Op.convFilter, conj(v.input(0)), v.cotangent));
  }, IN0 | IN1);

  /** x = ∂T/∂x of y and w.  ȳ = conv(x̄, w*), w̄ = convFilter(x̄, y*). */
  define(Op.convInput, INEXACT, inferConv, (c) => { compute(c); }, X0 | X1, (v) => {
    if (v.needs(0)) v.give(0, windowed(v, Op.conv, v.cotangent, conj(v.input(1))));
    if (v.needs(1)) v.give(1, windowed(v, Op.convFilter, v.cotangent, conj(v.input(0))));
  }, IN0 | IN1);

  /** w = ∂T/∂w of x and y.  x̄ = convInput(y*, w̄), ȳ = conv(x*, w̄). */
  define(Op.convFilter, INEXACT, inferConv, (c) => { compute(c); }, X0 | X1, (v) => {
    if (v.needs(0)) v.give(0, windowed(v, Op.convInput, conj(v.input(1)), v.cotangent));
    if (v.needs(1)) v.give(1, windowed(v, Op.conv, conj(v.input(0)), v.cotangent));
  }, IN0 | IN1);
}

// Which of the call's tensors is x, w or y.

function xOf(c: Call): Tensor { return c.op == Op.convInput ? c.output(0) : c.input(0); }
function wOf(c: Call): Tensor { return c.op == Op.convFilter ? c.output(0) : c.input(1); }
function yOf(c: Call): Tensor { return c.op == Op.conv ? c.output(0) : c.input(c.op == Op.convInput ? 0 : 1); }

/** Gives the result its sizes, and checks that those of the operands agree. */
function inferConv(c: Call): bool {
  if (!sameDtype(c, 0, 1) || !hasWindows(c)) return false;
  const rank = c.input(0).rank;
  if (!c.give(c.input(0).dtype, rank)) return false;
  const x = xOf(c), w = wOf(c), y = yOf(c);
  const last = rank - 1;
  const groups = c.attribute(WindowWord.groups);
  const images = c.input(0).dim(0);
  const inputs = c.op == Op.convInput ? w.dim(last - 1) * groups : x.dim(last);
  const outputs = c.op == Op.convFilter ? y.dim(last) : w.dim(last);
  if (inputs % groups) return fail(Status.dimension, c.op, last, inputs, groups);
  if (outputs % groups) return fail(Status.dimension, c.op, last, outputs, groups);
  return fit(c, x, 0, images) && fitCells(c, x) && fit(c, x, last, inputs)
    && fitTaps(c, w) && fit(c, w, last - 1, inputs / groups) && fit(c, w, last, outputs)
    && fit(c, y, 0, images) && fitPlaces(c, y) && fit(c, y, last, outputs);
}

/** Computes the result, which is x, w or y by the opcode. */
function compute(c: Call): void {
  const x = xOf(c), w = wOf(c), y = yOf(c);
  const result = c.output(0);
  if (!c.input(0).size || !c.input(1).size) {
    memory.fill(result.data, 0, result.bytes);
    return;
  }
  const most = max(w.bytes, max(x.bytes, y.bytes) / x.dim(0)); // kernels count the bytes of an image in 31 bits
  if (most > <usize>i32.MAX_VALUE) {
    fail(Status.memory, c.op, <i32>(most >> 10), 1);
    return;
  }
  const v = CONV;
  v.dtype = x.dtype;
  v.images = x.dim(0);
  v.groups = c.attribute(WindowWord.groups);
  v.ci = w.dim(x.rank - 2);
  v.co = w.dim(x.rank - 1) / v.groups;
  v.x = dense(c, x);
  v.w = dense(c, w);
  v.y = dense(c, y);
  layWindows(c);
  if (v.x && v.w && v.y) {
    const op = c.op;
    const refused = op == Op.convInput ? convolveInput(v) : convolve(v, op == Op.convFilter);
    if (refused) fail(Status.memory, op, <i32>(refused >> 10), 1);
  }
  freeDense(x, v.x);
  freeDense(w, v.w);
  freeDense(y, v.y);
}
