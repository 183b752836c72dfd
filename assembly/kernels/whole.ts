/** Functors of whole numbers: powers, bits, shifts. Know lanes only. */
import { select } from '../simd/lanes';

/** x^y modulo 2³², for y ≥ 0; a lane of y < 0 is either past the end of the tile or already refused by the op. See Note [Slack] */
@unmanaged @final export class WholePower {
  i32x4(x: v128, y: v128): v128 {
    let power = i32x4.splat(1);
    for (let n = i32x4.max_s(y, i32x4.splat(0)); v128.any_true(n); n = i32x4.shr_u(n, 1)) {
      const isOdd = i32x4.ne(v128.and(n, i32x4.splat(1)), i32x4.splat(0));
      power = select(isOdd, i32x4.mul(power, x), power);
      x = i32x4.mul(x, x);
    }
    return power;
  }
}

@unmanaged @final export class BitAnd { @inline i32x4(x: v128, y: v128): v128 { return v128.and(x, y); } }
@unmanaged @final export class BitOr { @inline i32x4(x: v128, y: v128): v128 { return v128.or(x, y); } }
@unmanaged @final export class BitXor { @inline i32x4(x: v128, y: v128): v128 { return v128.xor(x, y); } }

/** x·2^y modulo 2³²; 0 where y, as an unsigned number, is not below 32. The factor 2^y is built as an f32 with the exponent y. */
@unmanaged @final export class LeftShift {
  @inline i32x4(x: v128, y: v128): v128 {
    const factor = i32x4.trunc_sat_f32x4_u(i32x4.shl(i32x4.add(y, i32x4.splat(127)), 23));
    return v128.and(i32x4.mul(x, factor), i32x4.lt_u(y, i32x4.splat(32)));
  }
}

/** ⌊x/2^y⌋; 0 or −1 where y, as an unsigned number, is not below 32. */
@unmanaged @final export class RightShift {
  i32x4(x: v128, y: v128): v128 {
    const n = i32x4.min_u(y, i32x4.splat(31));
    return i32x4(
      i32x4.extract_lane(x, 0) >> i32x4.extract_lane(n, 0),
      i32x4.extract_lane(x, 1) >> i32x4.extract_lane(n, 1),
      i32x4.extract_lane(x, 2) >> i32x4.extract_lane(n, 2),
      i32x4.extract_lane(x, 3) >> i32x4.extract_lane(n, 3),
    );
  }
}
