/**
 * Derivatives, computed from the function's argument and multiplied by cotangents g in the same pass over memory, where separate ops would
 * take three passes or more. All are 0 where g is 0. They are products and quotients of e^−|x| and of sums near 1, which don't cancel except
 * near a zero of the derivative. A lane outside ±64 gets the derivative's limit form, as in activation.ts. Knows lanes only.
 */
import { madd, nmadd, select } from '../simd/lanes';
import { bounded, negative } from './activation';
import { half, infinity, one, pick, two, zero } from './constant';
import { sumTail } from './exact';
import { areInside, brief, Exp, faded, grown, inner, inside, raised, turned } from './exponential';
import { cubic, cubicTail, gateRange, halfBell, steepness } from './gaussian';
import { at } from './polynomial';

const HARD32 = memory.data<f32>([3, 0.16666667], 4), HARD64 = memory.data<f64>([3, 0.16666666666666666], 8);

/** The chain rule's product. */
@inline
function pulled<T>(d: v128, g: v128): v128 {
  return v128.and(v128.mul<T>(g, d), v128.ne<T>(g, zero<T>()));
}

/** g where y > 0, else 0. */
@unmanaged @final export class ReluGrad {
  @inline of<T>(y: v128, g: v128): v128 { return v128.and(g, v128.gt<T>(y, zero<T>())); }
  @inline f32x4(y: v128, g: v128): v128 { return this.of<f32>(y, g); }
  @inline f64x2(y: v128, g: v128): v128 { return this.of<f64>(y, g); }
}

/** u′²·σ(u)σ(−u) as u′²·e^−|u|/(1 + e^−|u|)², a factor in the second derivative of GeluTanh. */
@unmanaged @final export class GeluTanhBump {
  @inline of(z: v128, square: v128): v128 {
    const q = f64x2.add(one<f64>(), z);
    return f64x2.div(f64x2.mul(z, square), f64x2.mul(q, q));
  }
  @inline square(c: v128): v128 {
    const slope = steepness(c);
    return f64x2.mul(slope, slope);
  }
  @inline f32x2(x: v128): v128 {
    const c = gateRange(x);
    return this.of(brief(negative<f64>(cubic(c))), this.square(c));
  }
  @inline f64x2(x: v128): v128 {
    const c = negative<f64>(gateRange(x)), u = cubic(c), ul = cubicTail(c, u), z = inner<f64>(u), m = this.square(c);
    const d = this.of(madd<f64>(z, ul, z), m);
    return areInside<f64>(u) ? d : select(inside<f64>(u), d, faded<f64>(madd<f64>(m, ul, m), u));
  }
}

/** σ(x − y), the derivative of logaddexp by x. The rounding error of x − y is added to it; ½ where x = y, 0 where both are −∞. */
@unmanaged @final export class LogaddexpGrad {
  @inline of<T>(x: v128, y: v128): v128 {
    const isEqual = v128.eq<T>(x, y), d = v128.andnot(v128.sub<T>(x, y), isEqual), back = v128.sub<T>(d, x);
    let lost = v128.sub<T>(v128.sub<T>(x, v128.sub<T>(d, back)), v128.add<T>(y, back));
    lost = v128.and(lost, v128.lt<T>(v128.abs<T>(lost), one<T>()));
    const e = inner<T>(v128.neg<T>(d));
    let p = v128.div<T>(one<T>(), v128.add<T>(one<T>(), nmadd<T>(e, lost, e)));
    if (!areInside<T>(d)) {
      const c = bounded<T>(v128.pmin<T>(d, zero<T>())), m = v128.add<T>(one<T>(), v128.and(lost, v128.lt<T>(d, zero<T>())));
      p = select(inside<T>(d), p, faded<T>(m, c));
    }
    return v128.andnot(p, v128.and(isEqual, v128.eq<T>(x, v128.neg<T>(infinity<T>()))));
  }
  @inline f32x4(x: v128, y: v128): v128 { return this.of<f32>(x, y); }
  @inline f64x2(x: v128, y: v128): v128 { return this.of<f64>(x, y); }
}

/** g·(2x + 3)/6 where |x| < 3, g from 3 on, else 0. */
@unmanaged @final export class HardSwishGrad {
  @inline of<T>(x: v128, g: v128): v128 {
    const hard = pick<T>(HARD32, HARD64), three = at<T>(hard), isInside = v128.lt<T>(v128.abs<T>(x), three);
    const d = v128.mul<T>(v128.add<T>(v128.add<T>(x, x), three), at<T>(hard + sizeof<T>()));
    return pulled<T>(select(isInside, d, v128.and(one<T>(), v128.ge<T>(x, three))), g);
  }
  @inline f32x4(x: v128, g: v128): v128 { return this.of<f32>(x, g); }
  @inline f64x2(x: v128, g: v128): v128 { return this.of<f64>(x, g); }
}

/** g where x > 0, g·s where x < 0; at 0 g times the number of least magnitude between alpha and 1. */
@inline
function kinked<T>(x: v128, alpha: v128, s: v128, g: v128): v128 {
  const least = v128.pmin<T>(v128.pmax<T>(alpha, zero<T>()), one<T>());
  const d = select(v128.eq<T>(x, zero<T>()), least, select(v128.gt<T>(x, zero<T>()), one<T>(), s));
  return pulled<T>(d, g);
}

/** g where x > 0, else g·alpha. */
@unmanaged @final export class PreluGrad {
  @inline f32x4(x: v128, alpha: v128, g: v128): v128 { return kinked<f32>(x, alpha, alpha, g); }
  @inline f64x2(x: v128, alpha: v128, g: v128): v128 { return kinked<f64>(x, alpha, alpha, g); }
}

/** g where x > 0, else g·alpha·e^x. */
@unmanaged @final export class EluGrad {
  @inline of<T>(x: v128, alpha: v128, g: v128, e: v128): v128 { return kinked<T>(x, alpha, v128.mul<T>(alpha, e), g); }
  @inline f32x4(x: v128, alpha: v128, g: v128): v128 { return this.of<f32>(x, alpha, g, changetype<Exp>(0).f32x4(f32x4.pmin(x, zero<f32>()))); }
  @inline f64x2(x: v128, alpha: v128, g: v128): v128 { return this.of<f64>(x, alpha, g, changetype<Exp>(0).f64x2(f64x2.pmin(x, zero<f64>()))); }
}
