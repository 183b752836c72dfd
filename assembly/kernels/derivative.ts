/**
 * Derivatives times cotangents g in one pass, for the functions that training spends its time on: a pass over memory each, where
 * the formula in separate ops takes three or more. All are 0 where g is 0. Knows lanes only.
 */
import { madd, select } from '../simd/lanes';
import { Sigmoid } from './activation';
import { half, one, pick, zero } from './constant';
import { clamped, Exp } from './exponential';
import { at } from './polynomial';

/** 1/√(2π), and where the normal density is 0 already. */
const NORMAL32 = memory.data<f32>([0.3989422804014327, -40, 40], 4), NORMAL64 = memory.data<f64>([0.3989422804014327, -40, 40], 8);

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

/** Beyond which σ is 0 or 1, and infinities would meet zeros. */
const SATURATED32 = memory.data<f32>([-112, 112], 4), SATURATED64 = memory.data<f64>([-760, 760], 8);

/** g·s(1 + x(1 − s)) with s = σ(x). */
@unmanaged @final export class SiluGrad {
  @inline of<T>(x: v128, g: v128, s: v128): v128 {
    const c = clamped<T>(x, pick<T>(SATURATED32, SATURATED64));
    const d = madd<T>(v128.mul<T>(s, c), v128.sub<T>(one<T>(), s), s);
    return v128.and(v128.mul<T>(g, d), v128.ne<T>(g, zero<T>()));
  }
  @inline f32x4(x: v128, g: v128): v128 { return this.of<f32>(x, g, changetype<Sigmoid>(0).f32x4(x)); }
  @inline f64x2(x: v128, g: v128): v128 { return this.of<f64>(x, g, changetype<Sigmoid>(0).f64x2(x)); }
}

/** g·(Φ(x) + x·φ(x)), the normal distribution, which is y/x, and its density. */
@unmanaged @final export class GeluGrad {
  @inline clamped<T>(x: v128): v128 {
    const normal = pick<T>(NORMAL32, NORMAL64);
    return v128.pmin<T>(v128.pmax<T>(x, at<T>(normal + sizeof<T>())), at<T>(normal + 2 * sizeof<T>()));
  }
  @inline exponent<T>(c: v128): v128 { return v128.neg<T>(v128.mul<T>(half<T>(), v128.mul<T>(c, c))); }
  @inline of<T>(x: v128, y: v128, g: v128, bell: v128): v128 {
    const below = select(v128.eq<T>(x, zero<T>()), half<T>(), v128.div<T>(y, x));
    const d = madd<T>(v128.mul<T>(this.clamped<T>(x), at<T>(pick<T>(NORMAL32, NORMAL64))), bell, below);
    return v128.and(v128.mul<T>(g, d), v128.ne<T>(g, zero<T>()));
  }
  @inline f32x4(x: v128, y: v128, g: v128): v128 {
    return this.of<f32>(x, y, g, changetype<Exp>(0).f32x4(this.exponent<f32>(this.clamped<f32>(x))));
  }
  @inline f64x2(x: v128, y: v128, g: v128): v128 {
    return this.of<f64>(x, y, g, changetype<Exp>(0).f64x2(this.exponent<f64>(this.clamped<f64>(x))));
  }
}
