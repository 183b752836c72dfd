/** Functors from the real and imaginary lanes of complex numbers to real ones. Knows lanes only. */
import { Atan2 } from './arc';

@unmanaged @final export class Real {
  @inline f32x4(re: v128, im: v128): v128 { return re; }
  @inline f64x2(re: v128, im: v128): v128 { return re; }
}

@unmanaged @final export class Imag {
  @inline f32x4(re: v128, im: v128): v128 { return im; }
  @inline f64x2(re: v128, im: v128): v128 { return im; }
}

/** arg z in [−π, π]. */
@unmanaged @final export class Angle {
  @inline f32x4(re: v128, im: v128): v128 { return changetype<Atan2>(0).f32x4(im, re); }
  @inline f64x2(re: v128, im: v128): v128 { return changetype<Atan2>(0).f64x2(im, re); }
}
