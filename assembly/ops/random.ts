/** Random tensors, which depend on a key of two int32 only. None has a gradient; the facade composes distributions with parameters from them. */
import * as q from '../kernels/quantile';
import * as k from '../kernels/random';
import { DType, Status } from '../shared/abi';
import { FillWord } from '../shared/attributes';
import { Op } from '../shared/opcode';
import { Call } from '../tape/call';
import { zeroGradient } from '../tape/define';
import { fail } from '../tape/fault';
import { INTEGER, isComplex, realOf } from '../tensor/dtype';
import { Tensor } from '../tensor/tensor';
import { inferSame } from './infer';
import { dense, freeDense } from './dense';
import { inferFill } from './identity';

export function defineRandom(): void {
  /** y = Threefry-2x32-20 of the counters x, pairs (…, 2) of words, low word first, under a key. */
  zeroGradient(Op.threefry, INTEGER, (c) => inferSame(c) && isPairs(c, c.input(0)) && isKey(c, c.input(1)), (c) => { threefry(c); });

  /** Random words. */
  zeroGradient(Op.randomBits, INTEGER, inferDraw, (c) => { k.bits(c.output(0).data, c.output(0).size, word(c, 0), word(c, 1)); });

  /** Uniform in [0, 1), with all the bits of the fraction; complex: in the unit square. */
  zeroGradient(Op.randomUniform, INTEGER, inferDraw, (c) => {
    if (realOf(c.output(0).dtype) == DType.float32) k.uniform32(c.output(0).data, numbers(c), word(c, 0), word(c, 1));
    else draw<q.Uniform>(c);
  });

  /** Normal of mean 0 and variance 1; complex: of circular symmetry. */
  zeroGradient(Op.randomNormal, INTEGER, inferDraw, (c) => { if (isComplex(c.output(0).dtype)) draw<q.Part>(c); else draw<q.Normal>(c); });

  /** Normal of mean 0 and deviation 1 between its two parameters. */
  zeroGradient(Op.randomTruncatedNormal, INTEGER, inferDraw, (c) => {
    q.truncate(c.attributeF64(FillWord.first), c.attributeF64(FillWord.second));
    draw<q.Truncated>(c);
  });

  /** Exponential of mean 1. */
  zeroGradient(Op.randomExponential, INTEGER, inferDraw, (c) => { draw<q.Exponential>(c); });

  /** Integers in [first, first + second), for the two parameters. */
  zeroGradient(Op.randomIntegers, INTEGER, inferDraw, (c) => {
    k.integers(c.output(0).data, c.output(0).size, word(c, 0), word(c, 1), <i32>c.attributeF64(FillWord.first), <u64>c.attributeF64(FillWord.second));
  });

  /** 0, 1, … in random order. */
  zeroGradient(Op.randomPermutation, INTEGER, inferDraw, (c) => { k.permutation(c.output(0).data, c.output(0).size, word(c, 0), word(c, 1)); });
}

function inferDraw(c: Call): bool {
  return isKey(c, c.input(0)) && inferFill(c);
}

function isPairs(c: Call, x: Tensor): bool {
  if (!x.rank) return fail(Status.rank, c.op, 0, 1, 1);
  return x.dim(x.rank - 1) == 2 || fail(Status.dimension, c.op, x.rank - 1, x.dim(x.rank - 1), 2);
}

function isKey(c: Call, x: Tensor): bool {
  if (x.rank != 1) return fail(Status.rank, c.op, x.rank, 1, 2);
  return x.dim(0) == 2 || fail(Status.dimension, c.op, 0, x.dim(0), 2);
}

/** A word of the key, which is the last operand. */
function word(c: Call, i: i32): u32 {
  const key = c.input(c.inputs - 1);
  return load<u32>(key.data + (<isize>(i * key.stride(0)) << 2));
}

/** The number of reals in the result. */
function numbers(c: Call): i32 {
  const y = c.output(0);
  return isComplex(y.dtype) ? y.size << 1 : y.size;
}

function draw<F>(c: Call): void {
  const y = c.output(0);
  if (realOf(y.dtype) == DType.float32) k.draw<F, f32>(y.data, numbers(c), word(c, 0), word(c, 1));
  else k.draw<F, f64>(y.data, numbers(c), word(c, 0), word(c, 1));
}

function threefry(c: Call): void {
  const x = c.input(0);
  const counters = dense(c, x);
  if (!counters) return;
  k.blocksOf(c.output(0).data, counters, x.size >> 1, word(c, 0), word(c, 1));
  freeDense(x, counters);
}
