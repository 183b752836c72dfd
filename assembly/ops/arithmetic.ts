/** Arithmetic: shape rule, kernel and gradient of each op on facing lines. In comments x y are inputs, ȳ is the cotangent. */
import * as k from '../kernels/arithmetic';
import { Op } from '../shared/opcode';
import { define, NOTHING, X, X0, X1 } from '../tape/define';
import { INEXACT, NUMERIC } from '../tensor/dtype';
import { linear1, linear2, pairs1, pairs2, real1, real2, int1, int2 } from './elementwise';
import { inferBroadcast, inferSame, isComplexCall, isIntCall } from './infer';
import { chain, conj, neg, scale } from './prim';

export function defineArithmetic(): void {
  /** y = x₀ + x₁.  x̄₀ = ȳ, x̄₁ = ȳ. */
  define(Op.add, NUMERIC, inferBroadcast, (c) => { linear2<k.Add>(c); }, NOTHING,
    (v) => { v.give(0, v.cotangent); v.give(1, v.cotangent); });

  /** y = x₀ − x₁.  x̄₀ = ȳ, x̄₁ = −ȳ. */
  define(Op.sub, NUMERIC, inferBroadcast, (c) => { linear2<k.Sub>(c); }, NOTHING,
    (v) => { v.give(0, v.cotangent); if (v.needs(1)) v.give(1, neg(v.cotangent)); });

  /** y = x₀·x₁.  x̄₀ = ȳ·conj x₁, x̄₁ = ȳ·conj x₀. */
  define(Op.mul, NUMERIC, inferBroadcast,
    (c) => { if (isComplexCall(c)) pairs2<k.Mul>(c); else if (isIntCall(c)) int2<k.Mul>(c); else real2<k.Mul>(c); }, X0 | X1,
    (v) => {
      if (v.needs(0)) v.give(0, chain(conj(v.input(1)), v.cotangent));
      if (v.needs(1)) v.give(1, chain(conj(v.input(0)), v.cotangent));
    });

  /** y = x·z, 0 where z is 0: the chain rule's product, in which z is the cotangent.  x̄ = ȳ·conj z, z̄ = ȳ·conj x. */
  define(Op.mulNoNan, INEXACT, inferBroadcast, (c) => { if (isComplexCall(c)) pairs2<k.MulNoNan>(c); else real2<k.MulNoNan>(c); }, X0 | X1,
    (v) => {
      if (v.needs(0)) v.give(0, chain(conj(v.input(1)), v.cotangent));
      if (v.needs(1)) v.give(1, chain(conj(v.input(0)), v.cotangent));
    });

  /** y = −x.  x̄ = −ȳ. */
  define(Op.neg, NUMERIC, inferSame, (c) => { linear1<k.Neg>(c); }, NOTHING, (v) => { v.give(0, neg(v.cotangent)); });

  /** y = x².  x̄ = 2ȳ·conj x. */
  define(Op.square, NUMERIC, inferSame,
    (c) => { if (isComplexCall(c)) pairs1<k.Square>(c); else if (isIntCall(c)) int1<k.Square>(c); else real1<k.Square>(c); }, X,
    (v) => { v.give(0, chain(scale(conj(v.input(0)), 2), v.cotangent)); });
}
