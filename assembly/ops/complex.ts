/** Complex numbers from their parts and back. In comments z is a complex input, ȳ the cotangent, which is ∂L/∂Re + i·∂L/∂Im. */
import { Conj } from '../kernels/arithmetic';
import { Angle, Imag, Real } from '../kernels/parts';
import { Status } from '../shared/abi';
import { Op } from '../shared/opcode';
import { Call } from '../tape/call';
import { define, defineView, IN0, JOINT, NOTHING, X } from '../tape/define';
import { fail } from '../tape/fault';
import { COMPLEX, complexOf, FLOATS, realOf } from '../tensor/dtype';
import { Tensor } from '../tensor/tensor';
import { shareElements } from '../tensor/view';
import { defineMap, join, pairs1, parts } from './elementwise';
import { fitsRank } from './infer';
import { abs, cast, chain, chainDiv, conj, imag, real, sign, timesI, viewAsComplex, viewAsReal } from './prim';
import { copyStrided } from './identity';

export function defineComplex(): void {
  /** y = x₀ + i·x₁.  x̄₀ = Re ȳ, x̄₁ = Im ȳ. */
  defineMap(Op.complex, (op) => { join(op); }, NOTHING,
    (v) => {
      if (v.needs(0)) v.give(0, real(v.cotangent));
      if (v.needs(1)) v.give(1, imag(v.cotangent));
    }, JOINT);

  /** y = Re z.  z̄ = ȳ. */
  defineMap(Op.real, (op) => { parts<Real>(op); }, NOTHING,
    (v) => { v.give(0, cast(v.cotangent, v.input(0).dtype)); }, IN0);

  /** y = Im z.  z̄ = iȳ. */
  defineMap(Op.imag, (op) => { parts<Imag>(op); }, NOTHING,
    (v) => { v.give(0, timesI(cast(v.cotangent, v.input(0).dtype))); }, IN0);

  /** y = conj z.  z̄ = conj ȳ. */
  defineMap(Op.conj, (op) => { pairs1<Conj>(op); }, NOTHING, (v) => { v.give(0, conj(v.cotangent)); }, IN0);

  /** y = arg z, cut along the negative reals, 0 at 0.  z̄ = iȳ·z/|z|², 0 at 0. */
  defineMap(Op.angle, (op) => { parts<Angle>(op); }, X,
    (v) => {
      const z = v.input(0);
      v.give(0, chainDiv(chain(timesI(sign(z)), v.cotangent), abs(z)));
    });

  /** y = (Re z, Im z) along a new last axis, a view.  z̄ = ȳ as complex numbers. */
  defineView(Op.viewAsReal, COMPLEX, inferViewAsReal, (v) => { v.give(0, viewAsComplex(v.cotangent)); });

  /** y = x₀ + i·x₁ along the last axis, of size 2, a view where the strides allow it.  x̄ = ȳ as pairs. */
  define(Op.viewAsComplex, FLOATS, inferViewAsComplex, (c) => { copyStrided(c); }, NOTHING, (v) => { v.give(0, viewAsReal(v.cotangent)); }, IN0);
}

function inferViewAsReal(c: Call): bool {
  const z = c.input(0);
  const rank = z.rank;
  if (!fitsRank(c, rank + 1)) return false;
  const y = c.give(realOf(z.dtype), rank + 1);
  if (!y) return false;
  for (let i = 0; i < rank; i++) {
    y.setDim(i, z.dim(i));
    y.setStride(i, z.stride(i) << 1);
  }
  y.setDim(rank, 2);
  y.setStride(rank, 1);
  y.size = z.size << 1;
  shareElements(y, z, 0);
  return true;
}

function inferViewAsComplex(c: Call): bool {
  const x = c.input(0);
  const last = x.rank - 1;
  if (last < 0) return fail(Status.rank, c.op, 0, 1, 1);
  if (x.dim(last) != 2) return fail(Status.dimension, c.op, last, x.dim(last), 2);
  const y = c.give(complexOf(x.dtype), last);
  if (!y) return false;
  for (let i = 0; i < last; i++) {
    y.setDim(i, x.dim(i));
    y.setStride(i, x.stride(i) >> 1);
  }
  y.size = x.size >> 1;
  if (isPaired(x)) shareElements(y, x, 0);
  return true;
}

/** Whether x is an array of pairs in memory: stride 1 along the last axis, even strides along the others. */
function isPaired(x: Tensor): bool {
  const last = x.rank - 1;
  for (let i = 0; i < last; i++) if (x.stride(i) & 1) return false;
  return x.stride(last) == 1;
}
