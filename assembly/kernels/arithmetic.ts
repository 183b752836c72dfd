/** Functors of exact arithmetic: one rounding per real result. Knows lanes only. */
import { select, swap128, swap64 } from '../simd/lanes';
import { CDiv } from './complexmath';
import { sign } from './constant';
import { Log } from './logarithm';

@unmanaged
@final
export class Add {
  // @ts-ignore: decorator
  @inline f32x4(x: v128, y: v128): v128 { return f32x4.add(x, y); }
  // @ts-ignore: decorator
  @inline f64x2(x: v128, y: v128): v128 { return f64x2.add(x, y); }
  // @ts-ignore: decorator
  @inline i32x4(x: v128, y: v128): v128 { return i32x4.add(x, y); }
}

@unmanaged
@final
export class Sub {
  // @ts-ignore: decorator
  @inline f32x4(x: v128, y: v128): v128 { return f32x4.sub(x, y); }
  // @ts-ignore: decorator
  @inline f64x2(x: v128, y: v128): v128 { return f64x2.sub(x, y); }
  // @ts-ignore: decorator
  @inline i32x4(x: v128, y: v128): v128 { return i32x4.sub(x, y); }
}

@unmanaged
@final
export class Mul {
  // @ts-ignore: decorator
  @inline f32x4(x: v128, y: v128): v128 { return f32x4.mul(x, y); }
  // @ts-ignore: decorator
  @inline f64x2(x: v128, y: v128): v128 { return f64x2.mul(x, y); }
  // @ts-ignore: decorator
  @inline i32x4(x: v128, y: v128): v128 { return i32x4.mul(x, y); }
  /** (a + bi)(c + di) = (ac − bd) + (ad + bc)i. */
  // @ts-ignore: decorator
  @inline c64(x: v128, y: v128): v128 {
    const re = v128.shuffle<f32>(x, x, 0, 0, 2, 2);
    const im = v128.shuffle<f32>(x, x, 1, 1, 3, 3);
    const sign = i64x2.splat(0x80000000);
    return f32x4.add(f32x4.mul(re, y), v128.xor(f32x4.mul(im, swap64(y)), sign));
  }
  // @ts-ignore: decorator
  @inline c128(x: v128, y: v128): v128 {
    const re = v128.shuffle<f64>(x, x, 0, 0);
    const im = v128.shuffle<f64>(x, x, 1, 1);
    const sign = i64x2(i64.MIN_VALUE, 0);
    return f64x2.add(f64x2.mul(re, y), v128.xor(f64x2.mul(im, swap128(y)), sign));
  }
}

@unmanaged
@final
export class Div {
  // @ts-ignore: decorator
  @inline f32x4(x: v128, y: v128): v128 { return f32x4.div(x, y); }
  // @ts-ignore: decorator
  @inline f64x2(x: v128, y: v128): v128 { return f64x2.div(x, y); }
}

@unmanaged
@final
export class Neg {
  // @ts-ignore: decorator
  @inline f32x4(x: v128): v128 { return f32x4.neg(x); }
  // @ts-ignore: decorator
  @inline f64x2(x: v128): v128 { return f64x2.neg(x); }
  // @ts-ignore: decorator
  @inline i32x4(x: v128): v128 { return i32x4.neg(x); }
}

@unmanaged
@final
export class Conj {
  // @ts-ignore: decorator
  @inline c64(x: v128): v128 { return v128.xor(x, i64x2.splat(i64.MIN_VALUE)); }
  // @ts-ignore: decorator
  @inline c128(x: v128): v128 { return v128.xor(x, i64x2(0, i64.MIN_VALUE)); }
}

@unmanaged
@final
export class Reciprocal {
  // @ts-ignore: decorator
  @inline f32x4(x: v128): v128 { return f32x4.div(f32x4.splat(1), x); }
  // @ts-ignore: decorator
  @inline f64x2(x: v128): v128 { return f64x2.div(f64x2.splat(1), x); }
}

@unmanaged
@final
export class Square {
  // @ts-ignore: decorator
  @inline f32x4(x: v128): v128 { return f32x4.mul(x, x); }
  // @ts-ignore: decorator
  @inline f64x2(x: v128): v128 { return f64x2.mul(x, x); }
  // @ts-ignore: decorator
  @inline i32x4(x: v128): v128 { return i32x4.mul(x, x); }
  // @ts-ignore: decorator
  @inline c64(x: v128): v128 { return changetype<Mul>(0).c64(x, x); }
  // @ts-ignore: decorator
  @inline c128(x: v128): v128 { return changetype<Mul>(0).c128(x, x); }
}

/** x·y, and 0 where y is 0 whatever x is. */
@unmanaged
@final
export class MulNoNan {
  // @ts-ignore: decorator
  @inline f32x4(x: v128, y: v128): v128 { return v128.and(f32x4.mul(x, y), f32x4.ne(y, f32x4.splat(0))); }
  // @ts-ignore: decorator
  @inline f64x2(x: v128, y: v128): v128 { return v128.and(f64x2.mul(x, y), f64x2.ne(y, f64x2.splat(0))); }
  // @ts-ignore: decorator
  @inline c64(x: v128, y: v128): v128 {
    const some = f32x4.ne(y, f32x4.splat(0));
    return v128.and(changetype<Mul>(0).c64(x, y), v128.or(some, swap64(some)));
  }
  // @ts-ignore: decorator
  @inline c128(x: v128, y: v128): v128 {
    const some = f64x2.ne(y, f64x2.splat(0));
    return v128.and(changetype<Mul>(0).c128(x, y), v128.or(some, swap128(some)));
  }
}

/** z + x·y, both rounded; the product is that of MulNoNan. */
@unmanaged
@final
export class AddProduct {
  // @ts-ignore: decorator
  @inline f32x4(z: v128, x: v128, y: v128): v128 { return f32x4.add(z, changetype<MulNoNan>(0).f32x4(x, y)); }
  // @ts-ignore: decorator
  @inline f64x2(z: v128, x: v128, y: v128): v128 { return f64x2.add(z, changetype<MulNoNan>(0).f64x2(x, y)); }
}

/** x / y, and 0 where x is 0 whatever y is. */
@unmanaged
@final
export class Xdivy {
  // @ts-ignore: decorator
  @inline f32x4(x: v128, y: v128): v128 { return v128.and(f32x4.div(x, y), f32x4.ne(x, f32x4.splat(0))); }
  // @ts-ignore: decorator
  @inline f64x2(x: v128, y: v128): v128 { return v128.and(f64x2.div(x, y), f64x2.ne(x, f64x2.splat(0))); }
  c128(x: v128, y: v128): v128 {
    return v128.any_true(f64x2.ne(x, f64x2.splat(0))) ? changetype<CDiv>(0).c128(x, y) : f64x2.splat(0);
  }
}

/** x / y, and 0 where y is 0. */
@unmanaged
@final
export class DivNoNan {
  // @ts-ignore: decorator
  @inline f32x4(x: v128, y: v128): v128 { return v128.and(f32x4.div(x, y), f32x4.ne(y, f32x4.splat(0))); }
  // @ts-ignore: decorator
  @inline f64x2(x: v128, y: v128): v128 { return v128.and(f64x2.div(x, y), f64x2.ne(y, f64x2.splat(0))); }
  c128(x: v128, y: v128): v128 {
    return v128.any_true(f64x2.ne(y, f64x2.splat(0))) ? changetype<CDiv>(0).c128(x, y) : f64x2.splat(0);
  }
}

/** x·log y, and 0 where x is 0. */
@unmanaged
@final
export class Xlogy {
  // @ts-ignore: decorator
  @inline f32x4(x: v128, y: v128): v128 { return changetype<MulNoNan>(0).f32x4(changetype<Log>(0).f32x4(y), x); }
  // @ts-ignore: decorator
  @inline f64x2(x: v128, y: v128): v128 { return changetype<MulNoNan>(0).f64x2(changetype<Log>(0).f64x2(y), x); }
}

/** |x| with the sign bit of y. */
@unmanaged
@final
export class Copysign {
  // @ts-ignore: decorator
  @inline f32x4(x: v128, y: v128): v128 { return v128.bitselect(y, x, sign<f32>()); }
  // @ts-ignore: decorator
  @inline f64x2(x: v128, y: v128): v128 { return v128.bitselect(y, x, sign<f64>()); }
}

// Maximum and minimum: NaN if either operand is, and +0 above −0, as IEEE 754-2019 `maximum`.

@unmanaged
@final
export class Maximum {
  // @ts-ignore: decorator
  @inline f32x4(x: v128, y: v128): v128 { return f32x4.max(x, y); }
  // @ts-ignore: decorator
  @inline f64x2(x: v128, y: v128): v128 { return f64x2.max(x, y); }
  // @ts-ignore: decorator
  @inline i32x4(x: v128, y: v128): v128 { return i32x4.max_s(x, y); }
}

@unmanaged
@final
export class Minimum {
  // @ts-ignore: decorator
  @inline f32x4(x: v128, y: v128): v128 { return f32x4.min(x, y); }
  // @ts-ignore: decorator
  @inline f64x2(x: v128, y: v128): v128 { return f64x2.min(x, y); }
  // @ts-ignore: decorator
  @inline i32x4(x: v128, y: v128): v128 { return i32x4.min_s(x, y); }
}

@unmanaged
@final
export class Abs {
  // @ts-ignore: decorator
  @inline f32x4(x: v128): v128 { return f32x4.abs(x); }
  // @ts-ignore: decorator
  @inline f64x2(x: v128): v128 { return f64x2.abs(x); }
  // @ts-ignore: decorator
  @inline i32x4(x: v128): v128 { return i32x4.abs(x); }
}

/** −1, 0 or 1; ±0 and NaN are themselves. */
@unmanaged
@final
export class Sign {
  // @ts-ignore: decorator
  @inline f32x4(x: v128): v128 {
    const one = v128.or(f32x4.splat(1), v128.and(x, i32x4.splat(i32.MIN_VALUE)));
    return select(f32x4.gt(f32x4.abs(x), f32x4.splat(0)), one, x);
  }
  // @ts-ignore: decorator
  @inline f64x2(x: v128): v128 {
    const one = v128.or(f64x2.splat(1), v128.and(x, i64x2.splat(i64.MIN_VALUE)));
    return select(f64x2.gt(f64x2.abs(x), f64x2.splat(0)), one, x);
  }
  // @ts-ignore: decorator
  @inline i32x4(x: v128): v128 { return i32x4.max_s(i32x4.min_s(x, i32x4.splat(1)), i32x4.splat(-1)); }
}
