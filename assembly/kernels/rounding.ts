/** Functors that round to whole numbers, without error. Knows lanes only. */
import { select } from '../simd/lanes';
import { one, zero } from './constant';

/** Towards −∞. */
@unmanaged @final export class Floor {
  @inline f32x4(x: v128): v128 { return f32x4.floor(x); }
  @inline f64x2(x: v128): v128 { return f64x2.floor(x); }
  @inline i32x4(x: v128): v128 { return x; }
}

/** Towards ∞. */
@unmanaged @final export class Ceil {
  @inline f32x4(x: v128): v128 { return f32x4.ceil(x); }
  @inline f64x2(x: v128): v128 { return f64x2.ceil(x); }
  @inline i32x4(x: v128): v128 { return x; }
}

/** To the nearest, halves to the even one. */
@unmanaged @final export class Round {
  @inline f32x4(x: v128): v128 { return f32x4.nearest(x); }
  @inline f64x2(x: v128): v128 { return f64x2.nearest(x); }
  @inline i32x4(x: v128): v128 { return x; }
}

/** Towards 0. */
@unmanaged @final export class Trunc {
  @inline f32x4(x: v128): v128 { return f32x4.trunc(x); }
  @inline f64x2(x: v128): v128 { return f64x2.trunc(x); }
  @inline i32x4(x: v128): v128 { return x; }
}

/** 1 above 0, 0 elsewhere; NaN stays. */
@unmanaged @final export class Step {
  @inline of<T>(x: v128): v128 {
    const y = v128.and(v128.gt<T>(x, zero<T>()), one<T>());
    return select(v128.eq<T>(x, x), y, x);
  }
  @inline f32x4(x: v128): v128 { return this.of<f32>(x); }
  @inline f64x2(x: v128): v128 { return this.of<f64>(x); }
  @inline i32x4(x: v128): v128 { return v128.and(i32x4.gt_s(x, i32x4.splat(0)), i32x4.splat(1)); }
}
