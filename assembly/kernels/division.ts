/**
 * Functors of floored division, as NumPy's. Know lanes only.
 *
 * t is x/y, rounded and then truncated. While t has few bits x − t·y is exact, and its sign says whether t is ⌊x/y⌋ or one more. Vectors with
 * a lane in which t has more bits, or the divisor is 0 or infinite, are computed number by number. float32 is computed in two pairs of f64
 * lanes.
 */
import { one, pick, sign, zero } from './constant';
import { upperHalf } from './exact';
import { at } from './polynomial';
import { lower, narrow, upper } from './widen';

/** |t| must be less than this; for f32, the quotient in f32 lanes must be. */
const SHORT32 = memory.data<f32>([268435456], 4), SHORT64 = memory.data<f64>([16777216], 8);

/** x − t·y. */
@inline
function left(x: v128, y: v128, t: v128, isBrief: bool): v128 {
  if (isBrief) return f64x2.sub(x, f64x2.mul(t, y));
  const head = upperHalf<f64>(y);
  return f64x2.sub(f64x2.sub(x, f64x2.mul(t, head)), f64x2.mul(t, f64x2.sub(y, head)));
}

/** Whether a lane's quotient is too large, or its result NaN. */
@inline
function isAnyLost<T>(quotient: v128, r: v128): bool {
  const isLong = v128.ge<T>(v128.andnot(quotient, sign<T>()), at<T>(pick<T>(SHORT32, SHORT64)));
  return i8x16.bitmask(v128.or(isLong, v128.ne<T>(r, r))) != 0;
}

/** Mask of lanes whose r is not 0 and has another sign than y. */
@inline
function isBeyond(r: v128, y: v128): v128 {
  return v128.and(i64x2.shr_s(v128.xor(r, y), 63), f64x2.ne(r, zero<f64>()));
}

/** x − y·⌊x/y⌋, of the divisor's sign; one rounding, where the signs of x and y differ. Of x and ±∞ it is x, or ±∞ where the signs differ. */
@unmanaged @final export class Remainder {
  @inline of(x: v128, y: v128, q: v128, isBrief: bool): v128 {
    const r = left(x, y, f64x2.trunc(q), isBrief);
    return f64x2.add(r, v128.and(y, isBeyond(r, y)));
  }
  @inline brief(x: v128, y: v128): v128 { return this.of(x, y, f64x2.div(x, y), true); }
  @inline f32x4(x: v128, y: v128): v128 {
    const z = narrow(this.brief(lower(x), lower(y)), this.brief(upper(x), upper(y)));
    return isAnyLost<f32>(f32x4.div(x, y), z) ? eachModulo(x, y) : v128.bitselect(y, z, sign<f32>());
  }
  @inline f64x2(x: v128, y: v128): v128 {
    const q = f64x2.div(x, y), z = this.of(x, y, q, false);
    return isAnyLost<f64>(q, z) ? moduloOfTwo(x, y) : v128.bitselect(y, z, sign<f64>());
  }
  i32x4(x: v128, y: v128): v128 {
    return i32x4(
      moduloInt(i32x4.extract_lane(x, 0), i32x4.extract_lane(y, 0)),
      moduloInt(i32x4.extract_lane(x, 1), i32x4.extract_lane(y, 1)),
      moduloInt(i32x4.extract_lane(x, 2), i32x4.extract_lane(y, 2)),
      moduloInt(i32x4.extract_lane(x, 3), i32x4.extract_lane(y, 3)),
    );
  }
}

/** ⌊x/y⌋. */
@unmanaged @final export class FloorDiv {
  @inline of(x: v128, y: v128, q: v128, isBrief: bool): v128 {
    const t = f64x2.trunc(q), r = left(x, y, t, isBrief);
    return v128.or(f64x2.sub(t, v128.and(one<f64>(), isBeyond(r, y))), f64x2.ne(r, r));
  }
  @inline brief(x: v128, y: v128): v128 { return this.of(x, y, f64x2.div(x, y), true); }
  @inline f32x4(x: v128, y: v128): v128 {
    const z = narrow(this.brief(lower(x), lower(y)), this.brief(upper(x), upper(y)));
    return isAnyLost<f32>(f32x4.div(x, y), z) ? eachFloor(x, y) : z;
  }
  @inline f64x2(x: v128, y: v128): v128 {
    const q = f64x2.div(x, y), z = this.of(x, y, q, false);
    return isAnyLost<f64>(q, z) ? floorOfTwo(x, y) : z;
  }
  i32x4(x: v128, y: v128): v128 {
    return i32x4(
      floorDivideInt(i32x4.extract_lane(x, 0), i32x4.extract_lane(y, 0)),
      floorDivideInt(i32x4.extract_lane(x, 1), i32x4.extract_lane(y, 1)),
      floorDivideInt(i32x4.extract_lane(x, 2), i32x4.extract_lane(y, 2)),
      floorDivideInt(i32x4.extract_lane(x, 3), i32x4.extract_lane(y, 3)),
    );
  }
}

/** C's fmod, exact, with the sign of x: subtracts |y|·2^k from |x| for falling k. Each difference is exact, as |y|·2^k ≤ |x| < 2·|y|·2^k. */
function rest(x: f64, y: f64): f64 {
  let r = abs(x);
  const least = abs(y);
  if (!(r < Infinity) || !(least > 0)) return NaN;
  if (r < least) return x;
  let step = least;
  while (step <= r * 0.5) step *= 2;
  for (; step >= least; step *= 0.5) if (r >= step) r -= step;
  return copysign<f64>(r, x);
}

// For vectors with a lane that the vectors' formula doesn't serve.

function eachModulo(x: v128, y: v128): v128 { return narrow(moduloOfTwo(lower(x), lower(y)), moduloOfTwo(upper(x), upper(y))); }
function eachFloor(x: v128, y: v128): v128 { return narrow(floorOfTwo(lower(x), lower(y)), floorOfTwo(upper(x), upper(y))); }

function moduloOfTwo(x: v128, y: v128): v128 {
  return f64x2(modulo(f64x2.extract_lane(x, 0), f64x2.extract_lane(y, 0)), modulo(f64x2.extract_lane(x, 1), f64x2.extract_lane(y, 1)));
}

function floorOfTwo(x: v128, y: v128): v128 {
  return f64x2(floorDivide(f64x2.extract_lane(x, 0), f64x2.extract_lane(y, 0)), floorDivide(f64x2.extract_lane(x, 1), f64x2.extract_lane(y, 1)));
}

function modulo(x: f64, y: f64): f64 {
  const r = rest(x, y);
  if (r == 0) return copysign<f64>(0, y);
  return r < 0 != y < 0 ? r + y : r;
}

function floorDivide(x: f64, y: f64): f64 {
  if (y == 0) return x / y;
  if (abs(x) < abs(y)) return x != 0 && x < 0 != y < 0 ? -1 : copysign<f64>(0, x) * copysign<f64>(1, y);
  const quotient = (x - modulo(x, y)) / y; // a whole number up to rounding
  const whole = Math.floor(quotient);
  return quotient - whole > 0.5 ? whole + 1 : whole;
}

// A divisor of 0 is either past the end of the tile, or the op has refused it already. See Note [Slack]

function moduloInt(x: i32, y: i32): i32 {
  if (y == 0 || y == -1) return 0;
  const r = x % y;
  return r != 0 && (r ^ y) < 0 ? r + y : r;
}

function floorDivideInt(x: i32, y: i32): i32 {
  if (y == 0) return 0;
  if (y == -1) return 0 - x;
  const q = x / y;
  return x % y != 0 && (x ^ y) < 0 ? q - 1 : q;
}
