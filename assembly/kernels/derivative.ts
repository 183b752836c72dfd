/**
 * Derivatives times cotangents g in one pass, for the functions that training spends its time on: a pass over memory each, where
 * the formula in separate ops takes three or more. All are 0 where g is 0. Knows lanes only.
 */
import { half, one, pick, zero } from './constant';
import { Exp } from './exponential';
import { Erfc } from './gaussian';
import { at } from './polynomial';

/** −1/√2, 1/√(2π), and where the normal density is 0 already. */
const NORMAL32 = memory.data<f32>([-0.7071067811865476, 0.3989422804014327, -40, 40], 4);
const NORMAL64 = memory.data<f64>([-0.7071067811865476, 0.3989422804014327, -40, 40], 8);

@inline
function normal<T>(i: usize): v128 {
  return at<T>(pick<T>(NORMAL32, NORMAL64) + i * sizeof<T>());
}

/** g where y > 0, else 0. */
@unmanaged @final export class ReluGrad {
  @inline of<T>(y: v128, g: v128): v128 { return v128.and(g, v128.gt<T>(y, zero<T>())); }
  @inline f32x4(y: v128, g: v128): v128 { return this.of<f32>(y, g); }
  @inline f64x2(y: v128, g: v128): v128 { return this.of<f64>(y, g); }
}

/** g·(1 − y)(1 + y), of which one factor is exact where the other is near 0. */
@unmanaged @final export class TanhGrad {
  @inline of<T>(y: v128, g: v128): v128 {
    const d = v128.mul<T>(v128.sub<T>(one<T>(), y), v128.add<T>(one<T>(), y));
    return v128.and(v128.mul<T>(g, d), v128.ne<T>(g, zero<T>()));
  }
  @inline f32x4(y: v128, g: v128): v128 { return this.of<f32>(y, g); }
  @inline f64x2(y: v128, g: v128): v128 { return this.of<f64>(y, g); }
}

/** g·y(1 − y). */
@unmanaged @final export class SigmoidGrad {
  @inline of<T>(y: v128, g: v128): v128 {
    const d = v128.mul<T>(y, v128.sub<T>(one<T>(), y));
    return v128.and(v128.mul<T>(g, d), v128.ne<T>(g, zero<T>()));
  }
  @inline f32x4(y: v128, g: v128): v128 { return this.of<f32>(y, g); }
  @inline f64x2(y: v128, g: v128): v128 { return this.of<f64>(y, g); }
}

/** g·(Φ(x) + x·φ(x)), the normal distribution and its density. */
@unmanaged @final export class GeluGrad {
  @inline inner<T>(x: v128): v128 { return v128.mul<T>(x, normal<T>(0)); }
  @inline clamped<T>(x: v128): v128 { return v128.pmin<T>(v128.pmax<T>(x, normal<T>(2)), normal<T>(3)); }
  @inline of<T>(c: v128, g: v128, tail: v128, bell: v128): v128 {
    const d = v128.add<T>(v128.mul<T>(half<T>(), tail), v128.mul<T>(v128.mul<T>(c, normal<T>(1)), bell));
    return v128.and(v128.mul<T>(g, d), v128.ne<T>(g, zero<T>()));
  }
  @inline exponent<T>(c: v128): v128 { return v128.neg<T>(v128.mul<T>(half<T>(), v128.mul<T>(c, c))); }
  @inline f32x4(x: v128, g: v128): v128 {
    const c = this.clamped<f32>(x);
    return this.of<f32>(c, g, changetype<Erfc>(0).f32x4(this.inner<f32>(c)), changetype<Exp>(0).f32x4(this.exponent<f32>(c)));
  }
  @inline f64x2(x: v128, g: v128): v128 {
    const c = this.clamped<f64>(x);
    return this.of<f64>(c, g, changetype<Erfc>(0).f64x2(this.inner<f64>(c)), changetype<Exp>(0).f64x2(this.exponent<f64>(c)));
  }
}
