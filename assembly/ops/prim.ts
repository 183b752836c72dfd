/**
 * Recorded calls of the primitives, for gradient rules: `mul(x, y)` here is the op that users call, so every rule is itself
 * differentiable. An absent operand gives an absent result, so a failure passes through to the end of a rule. Knows no kernel.
 */
import { CastWord } from '../shared/attributes';
import { Op } from '../shared/opcode';
import { apply, call1, call2, call3 } from '../tape/apply';
import { fillLike, scalar, shaped, View } from '../tape/backward';
import { isNeutral } from '../tape/cotangent';
import { begin } from '../tape/call';
import { isComplex, isWide } from '../tensor/dtype';
import { Tensor } from '../tensor/tensor';
import { decidesDtype, storedDtype, weakDtype } from '../tensor/weak';

export { call1, call2, call3 };

/** x converted to `dtype`. A result of float64 or complex128 is weak unless x has an inexact dtype that is not weak. */
export function cast(x: Tensor, dtype: i32): Tensor {
  if (!x || x.dtype == storedDtype(dtype)) return x;
  const c = begin(Op.cast, 1);
  c.setInput(0, x);
  c.words = 1;
  c.setAttribute(CastWord.dtype, isWide(dtype) && !decidesDtype(x) ? weakDtype(dtype) : dtype);
  return apply();
}

/** x times a number. */
export function scale(x: Tensor, k: f64): Tensor {
  return x ? mul(x, constant(k, x)) : x;
}

/** x plus a number. The number's imaginary part is −0, so a zero imaginary part of x keeps its sign. */
export function shift(x: Tensor, k: f64): Tensor {
  return x ? add(x, scalar(x.dtype, k, -0.0)) : x;
}

/** A number minus x, likewise. */
export function minus(k: f64, x: Tensor): Tensor {
  return x ? sub(scalar(x.dtype, k, -0.0), x) : x;
}

/** A scalar of the dtype of `like`. */
export function constant(value: f64, like: Tensor): Tensor {
  return like ? scalar(like.dtype, value, 0) : like;
}

/** i·x for complex x. */
export function timesI(x: Tensor): Tensor {
  return x ? mul(scalar(x.dtype, 0, 1), x) : x;
}

export function zerosLike(x: Tensor): Tensor { return x ? fillLike(x, 0) : x; }
export function onesLike(x: Tensor): Tensor { return x ? fillLike(x, 1) : x; }

export function broadcastTo(x: Tensor, like: Tensor): Tensor { return shaped(Op.broadcastTo, x, like); }
export function sumTo(x: Tensor, like: Tensor): Tensor { return shaped(Op.sumTo, x, like); }
export function reshape(x: Tensor, like: Tensor): Tensor { return shaped(Op.reshape, x, like); }

/** The conjugate of x, which is x itself if x is real. */
export function conj(x: Tensor): Tensor { return x && isComplex(x.dtype) ? call1(Op.conj, x) : x; }
export function complex(re: Tensor, im: Tensor): Tensor { return call2(Op.complex, re, im); }
export function viewAsReal(x: Tensor): Tensor { return call1(Op.viewAsReal, x); }
export function viewAsComplex(x: Tensor): Tensor { return call1(Op.viewAsComplex, x); }
export function imag(x: Tensor): Tensor { return call1(Op.imag, x); }
/** The real part of x, which is x itself if x is real. */
export function real(x: Tensor): Tensor { return x && isComplex(x.dtype) ? call1(Op.real, x) : x; }

export function add(x: Tensor, y: Tensor): Tensor { return call2(Op.add, x, y); }
export function sub(x: Tensor, y: Tensor): Tensor { return call2(Op.sub, x, y); }
export function mul(x: Tensor, y: Tensor): Tensor { return call2(Op.mul, x, y); }
export function div(x: Tensor, y: Tensor): Tensor { return call2(Op.div, x, y); }
/** The chain rule's product: derivative times cotangent, 0 where the cotangent is 0 whatever the derivative. */
export function chain(derivative: Tensor, cotangent: Tensor): Tensor {
  return isNeutral(cotangent, derivative) ? derivative : call2(Op.mulNoNan, derivative, cotangent);
}
/** The chain rule for input i: gives it ȳ·conj d, where d is the derivative. */
export function pull(v: View, i: i32, d: Tensor): void {
  if (!d || !v.needs(i)) return;
  const derivative = conj(d);
  const cotangent = v.cotangent;
  if (v.giveProduct(i, derivative, cotangent)) return;
  const product = chain(derivative, cotangent);
  if (product == derivative) v.give(i, product);
  else v.giveAway(i, product);
}
/** Gives ȳ·d for an op whose output 1 is its slope d. Returns whether d has a cotangent too: then the rule calls `pullBend`. */
export function pullSlope(v: View): bool {
  if (v.reaches(0)) pull(v, 0, v.output(1));
  return v.reaches(1) && v.needs(0);
}
/** Gives d̄·d′ for such an op, where `bend` is d′. */
export function pullBend(v: View, bend: Tensor): void {
  if (bend) v.give(0, chain(bend, v.cotangentAt(1)));
}
/** As `pull`, for inputs 0 and 1 that are the same tensor: the product is computed once. */
export function pullTwice(v: View, d: Tensor): void {
  if (!d || !v.needs(0)) return;
  const derivative = conj(d);
  const cotangent = v.cotangent;
  let product = changetype<Tensor>(0);
  for (let i = 0; i < 2; i++) {
    if (v.giveProduct(i, derivative, cotangent)) continue;
    if (!product) product = chain(derivative, cotangent);
    v.give(i, product);
  }
}
/** The chain rule's quotient: cotangent / x, 0 where the cotangent is 0 whatever x. */
export function chainDiv(cotangent: Tensor, x: Tensor): Tensor { return call2(Op.xdivy, cotangent, x); }

export function neg(x: Tensor): Tensor { return call1(Op.neg, x); }
export function reciprocal(x: Tensor): Tensor { return call1(Op.reciprocal, x); }
export function square(x: Tensor): Tensor { return call1(Op.square, x); }
export function sqrt(x: Tensor): Tensor { return call1(Op.sqrt, x); }
export function rsqrt(x: Tensor): Tensor { return call1(Op.rsqrt, x); }
export function hypot(x: Tensor, y: Tensor): Tensor { return call2(Op.hypot, x, y); }
export function xdivy(x: Tensor, y: Tensor): Tensor { return call2(Op.xdivy, x, y); }
export function divNoNan(x: Tensor, y: Tensor): Tensor { return call2(Op.divNoNan, x, y); }
export function floorDiv(x: Tensor, y: Tensor): Tensor { return call2(Op.floorDiv, x, y); }
export function copysign(x: Tensor, y: Tensor): Tensor { return call2(Op.copysign, x, y); }
export function exp(x: Tensor): Tensor { return call1(Op.exp, x); }
export function log(x: Tensor): Tensor { return call1(Op.log, x); }
export function sin(x: Tensor): Tensor { return call1(Op.sin, x); }
export function sincGrad(x: Tensor, n: Tensor): Tensor { return call2(Op.sincGrad, x, n); }
export function cos(x: Tensor): Tensor { return call1(Op.cos, x); }
export function sinh(x: Tensor): Tensor { return call1(Op.sinh, x); }
export function cosh(x: Tensor): Tensor { return call1(Op.cosh, x); }
export function tanh(x: Tensor): Tensor { return call1(Op.tanh, x); }
export function expm1(x: Tensor): Tensor { return call1(Op.expm1, x); }
export function erfc(x: Tensor): Tensor { return call1(Op.erfc, x); }
export function sigmoid(x: Tensor): Tensor { return call1(Op.sigmoid, x); }
export function softplus(x: Tensor): Tensor { return call1(Op.softplus, x); }
export function silu(x: Tensor): Tensor { return call1(Op.silu, x); }
export function sign(x: Tensor): Tensor { return call1(Op.sign, x); }
export function abs(x: Tensor): Tensor { return call1(Op.abs, x); }
export function pow(x: Tensor, y: Tensor): Tensor { return call2(Op.pow, x, y); }
export function powMinus(x: Tensor, y: Tensor, m: Tensor): Tensor { return call3(Op.powMinus, x, y, m); }
export function hypotGrad(x: Tensor, y: Tensor): Tensor { return call2(Op.hypotGrad, x, y); }
export function atan2Grad(x: Tensor, y: Tensor): Tensor { return call2(Op.atan2Grad, x, y); }
export function reluGrad(y: Tensor, g: Tensor): Tensor { return call2(Op.reluGrad, y, g); }
export function preluGrad(x: Tensor, alpha: Tensor, g: Tensor): Tensor { return call3(Op.preluGrad, x, alpha, g); }
export function eluGrad(x: Tensor, alpha: Tensor, g: Tensor): Tensor { return call3(Op.eluGrad, x, alpha, g); }
export function hardSwishGrad(x: Tensor, g: Tensor): Tensor { return call2(Op.hardSwishGrad, x, g); }
export function geluTanhBump(x: Tensor): Tensor { return call1(Op.geluTanhBump, x); }
export function logaddexpGrad(x: Tensor, y: Tensor): Tensor { return call2(Op.logaddexpGrad, x, y); }
export function halfBell(x: Tensor): Tensor { return call1(Op.halfBell, x); }
export function asinGrad(x: Tensor, g: Tensor): Tensor { return call2(Op.asinGrad, x, g); }
export function atanGrad(x: Tensor, g: Tensor): Tensor { return call2(Op.atanGrad, x, g); }
export function atanhGrad(x: Tensor, g: Tensor): Tensor { return call2(Op.atanhGrad, x, g); }
export function maximum(x: Tensor, y: Tensor): Tensor { return call2(Op.maximum, x, y); }
export function minimum(x: Tensor, y: Tensor): Tensor { return call2(Op.minimum, x, y); }
export function equal(x: Tensor, y: Tensor): Tensor { return call2(Op.equal, x, y); }
export function notEqual(x: Tensor, y: Tensor): Tensor { return call2(Op.notEqual, x, y); }
export function less(x: Tensor, y: Tensor): Tensor { return call2(Op.less, x, y); }
export function lessEqual(x: Tensor, y: Tensor): Tensor { return call2(Op.lessEqual, x, y); }
export function greater(x: Tensor, y: Tensor): Tensor { return call2(Op.greater, x, y); }
export function greaterEqual(x: Tensor, y: Tensor): Tensor { return call2(Op.greaterEqual, x, y); }
export function logicalAnd(x: Tensor, y: Tensor): Tensor { return call2(Op.logicalAnd, x, y); }
export function logicalNot(x: Tensor): Tensor { return call1(Op.logicalNot, x); }
export function where(condition: Tensor, x: Tensor, y: Tensor): Tensor { return call3(Op.where, condition, x, y); }
/** x where the condition holds, else 0. */
export function whereElse0(condition: Tensor, x: Tensor): Tensor { return where(condition, x, constant(0, x)); }
/** 0 where the condition holds, else x. */
export function where0(condition: Tensor, x: Tensor): Tensor { return where(condition, constant(0, x), x); }
