/** Special functions. In comments x is the input, ȳ the cotangent, w the function's value. Knows no loops. */
import { Digamma, LogGamma, Polygamma } from '../kernels/gamma';
import {
  ErfcInv, ErfcInvSlope, ErfInv, ErfInvSlope, LogNdtr, LogNdtrBend, LogNdtrSlope, Ndtr, Ndtri, NdtriSlope, NdtrSlope,
} from '../kernels/normal';
import { Op } from '../shared/opcode';
import { View } from '../tape/backward';
import { X, X0, X1, Y } from '../tape/define';
import { Tensor } from '../tensor/tensor';
import { defineMap, widened1, widened2 } from './elementwise';
import { call1, call2, chain, constant, mul, neg, pull, scale, shift, square, sub, xdivy } from './prim';

export function defineSpecial(): void {
  defineQuantiles();
  defineNormal();
  defineGamma();
}

/** x̄ = ȳ·d. The derivative d is an op of its own, computed from x, as a formula in the rounded w would lose digits. */
function pullSlope(v: View, slope: i32): void {
  if (v.needs(0)) pull(v, 0, call1(slope, v.input(0)));
}

/** For the derivative d of an inverse w with w″ = k·w·w′²: x̄ = ȳ·k·w·d². */
function pullBend(v: View, inverse: i32, k: f64): void {
  if (v.needs(0)) pull(v, 0, scale(mul(call1(inverse, v.input(0)), square(v.output(0))), k));
}

function defineQuantiles(): void {
  /** w = the inverse of erf.  x̄ = ȳ·√π/2·e^(w²). */
  defineMap(Op.erfinv, (op) => { widened1<ErfInv>(op); }, X, (v) => { pullSlope(v, Op.erfinvSlope); });
  defineMap(Op.erfinvSlope, (op) => { widened1<ErfInvSlope>(op); }, X | Y, (v) => { pullBend(v, Op.erfinv, 2); });

  /** w = the inverse of erfc.  x̄ = −ȳ·√π/2·e^(w²). */
  defineMap(Op.erfcinv, (op) => { widened1<ErfcInv>(op); }, X, (v) => { pullSlope(v, Op.erfcinvSlope); });
  defineMap(Op.erfcinvSlope, (op) => { widened1<ErfcInvSlope>(op); }, X | Y, (v) => { pullBend(v, Op.erfcinv, 2); });

  /** w = the inverse of Φ.  x̄ = ȳ·√(2π)·e^(w²/2). */
  defineMap(Op.ndtri, (op) => { widened1<Ndtri>(op); }, X, (v) => { pullSlope(v, Op.ndtriSlope); });
  defineMap(Op.ndtriSlope, (op) => { widened1<NdtriSlope>(op); }, X | Y, (v) => { pullBend(v, Op.ndtri, 1); });
}

function defineNormal(): void {
  /** w = Φ(x).  x̄ = ȳ·e^(−x²/2)/√(2π). */
  defineMap(Op.ndtr, (op) => { widened1<Ndtr>(op); }, X, (v) => { pullSlope(v, Op.ndtrSlope); });
  /** d′ = −x·d, 0 where d is 0. */
  defineMap(Op.ndtrSlope, (op) => { widened1<NdtrSlope>(op); }, X | Y, (v) => { pull(v, 0, neg(chain(v.input(0), v.output(0)))); });

  /** w = log Φ(x).  x̄ = ȳ·Φ′(x)/Φ(x). */
  defineMap(Op.logNdtr, (op) => { widened1<LogNdtr>(op); }, X, (v) => { pullSlope(v, Op.logNdtrSlope); });
  /** d′ = −d·(x + d), an op of its own, as x + d cancels. */
  defineMap(Op.logNdtrSlope, (op) => { widened1<LogNdtrSlope>(op); }, X, (v) => { pullSlope(v, Op.logNdtrBend); });
  /** b′ = b²/d − d·(1 + b), for b = d′. */
  defineMap(Op.logNdtrBend, (op) => { widened1<LogNdtrBend>(op); }, X | Y,
    (v) => {
      if (!v.needs(0)) return;
      const b = v.output(0);
      const d = call1(Op.logNdtrSlope, v.input(0));
      pull(v, 0, sub(xdivy(square(b), d), mul(d, shift(b, 1))));
    });
}

function defineGamma(): void {
  /** w = log |Γ(x)|.  x̄ = ȳ·digamma(x). */
  defineMap(Op.lgamma, (op) => { widened1<LogGamma>(op); }, X, (v) => { pullSlope(v, Op.digamma); });

  /** w = Γ′(x)/Γ(x).  x̄ = ȳ·polygamma(1, x). */
  defineMap(Op.digamma, (op) => { widened1<Digamma>(op); }, X,
    (v) => { if (v.needs(0)) pull(v, 0, polygamma(constant(1, v.input(0)), v.input(0))); });

  /** w = the derivative of order n of digamma; inputs are n, one number, and x.  x̄ = ȳ·polygamma(n + 1, x). */
  defineMap(Op.polygamma, (op) => { widened2<Polygamma>(op); }, X0 | X1,
    (v) => { if (v.needs(1)) pull(v, 1, polygamma(shift(v.input(0), 1), v.input(1))); });
}

function polygamma(n: Tensor, x: Tensor): Tensor { return call2(Op.polygamma, n, x); }
