/**
 * Derivatives times cotangents g in one pass, for the functions that training spends its time on: a pass over memory each, where
 * the formula in separate ops takes three or more. All are 0 where g is 0. Knows lanes only.
 */
import { one, zero } from './constant';

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
