/**
 * Powers and roots: sqrt, rsqrt, cbrt. No gradients.
 *
 * Tables from scripts/coefficients.py.
 */
import { select } from '../simd/lanes';
import { one } from './constant';
import { at, poly4 } from './polynomial';

/** √x, correctly rounded; keeps −0, NaN below. */
@unmanaged @final export class Sqrt {
  @inline f32x4(x: v128): v128 { return f32x4.sqrt(x); }
  @inline f64x2(x: v128): v128 { return f64x2.sqrt(x); }
}

/** 1/√x. |err| ≤ 1.5 ulp; ±∞ at ±0, 0 at ∞, NaN below. */
@unmanaged @final export class Rsqrt {
  @inline f32x4(x: v128): v128 { return f32x4.div(one<f32>(), f32x4.sqrt(x)); }
  @inline f64x2(x: v128): v128 { return f64x2.div(one<f64>(), f64x2.sqrt(x)); }
}
