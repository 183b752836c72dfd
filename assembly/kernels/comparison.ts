/** Functors of comparison and logic. The result is a mask for each lane; of bool operands, a byte of 0 or 1. Knows lanes only. */
import { infinity } from './constant';

@unmanaged @final export class Equal {
  @inline f32x4(x: v128, y: v128): v128 { return f32x4.eq(x, y); }
  @inline f64x2(x: v128, y: v128): v128 { return f64x2.eq(x, y); }
  @inline i32x4(x: v128, y: v128): v128 { return i32x4.eq(x, y); }
  @inline i8x16(x: v128, y: v128): v128 { return flag(i8x16.eq(x, y)); }
}

@unmanaged @final export class NotEqual {
  @inline f32x4(x: v128, y: v128): v128 { return f32x4.ne(x, y); }
  @inline f64x2(x: v128, y: v128): v128 { return f64x2.ne(x, y); }
  @inline i32x4(x: v128, y: v128): v128 { return i32x4.ne(x, y); }
  @inline i8x16(x: v128, y: v128): v128 { return flag(i8x16.ne(x, y)); }
}

@unmanaged @final export class Less {
  @inline f32x4(x: v128, y: v128): v128 { return f32x4.lt(x, y); }
  @inline f64x2(x: v128, y: v128): v128 { return f64x2.lt(x, y); }
  @inline i32x4(x: v128, y: v128): v128 { return i32x4.lt_s(x, y); }
  @inline i8x16(x: v128, y: v128): v128 { return flag(i8x16.lt_u(x, y)); }
}

@unmanaged @final export class LessEqual {
  @inline f32x4(x: v128, y: v128): v128 { return f32x4.le(x, y); }
  @inline f64x2(x: v128, y: v128): v128 { return f64x2.le(x, y); }
  @inline i32x4(x: v128, y: v128): v128 { return i32x4.le_s(x, y); }
  @inline i8x16(x: v128, y: v128): v128 { return flag(i8x16.le_u(x, y)); }
}

@unmanaged @final export class Greater {
  @inline f32x4(x: v128, y: v128): v128 { return f32x4.gt(x, y); }
  @inline f64x2(x: v128, y: v128): v128 { return f64x2.gt(x, y); }
  @inline i32x4(x: v128, y: v128): v128 { return i32x4.gt_s(x, y); }
  @inline i8x16(x: v128, y: v128): v128 { return flag(i8x16.gt_u(x, y)); }
}

@unmanaged @final export class GreaterEqual {
  @inline f32x4(x: v128, y: v128): v128 { return f32x4.ge(x, y); }
  @inline f64x2(x: v128, y: v128): v128 { return f64x2.ge(x, y); }
  @inline i32x4(x: v128, y: v128): v128 { return i32x4.ge_s(x, y); }
  @inline i8x16(x: v128, y: v128): v128 { return flag(i8x16.ge_u(x, y)); }
}

@unmanaged @final export class And {
  @inline i8x16(x: v128, y: v128): v128 { return v128.and(x, y); }
}

@unmanaged @final export class Or {
  @inline i8x16(x: v128, y: v128): v128 { return v128.or(x, y); }
}

@unmanaged @final export class Xor {
  @inline i8x16(x: v128, y: v128): v128 { return v128.xor(x, y); }
}

@unmanaged @final export class Not {
  @inline i8x16(x: v128): v128 { return v128.xor(x, i8x16.splat(1)); }
}

@unmanaged @final export class IsNaN {
  @inline f32x4(x: v128): v128 { return f32x4.ne(x, x); }
  @inline f64x2(x: v128): v128 { return f64x2.ne(x, x); }
}

@unmanaged @final export class IsFinite {
  @inline f32x4(x: v128): v128 { return f32x4.lt(f32x4.abs(x), infinity<f32>()); }
  @inline f64x2(x: v128): v128 { return f64x2.lt(f64x2.abs(x), infinity<f64>()); }
}

@unmanaged @final export class IsInf {
  @inline f32x4(x: v128): v128 { return f32x4.eq(f32x4.abs(x), infinity<f32>()); }
  @inline f64x2(x: v128): v128 { return f64x2.eq(f64x2.abs(x), infinity<f64>()); }
}

@inline
function flag(mask: v128): v128 {
  return v128.and(mask, i8x16.splat(1));
}
