/** Functors of floored division, as NumPy's. Know lanes only. */

/** x − y·⌊x/y⌋, of the divisor's sign; one rounding, where the signs of x and y differ. */
@unmanaged @final export class Remainder {
  f32x2(x: v128, y: v128): v128 { return this.f64x2(x, y); }
  f64x2(x: v128, y: v128): v128 {
    return f64x2(modulo(f64x2.extract_lane(x, 0), f64x2.extract_lane(y, 0)), modulo(f64x2.extract_lane(x, 1), f64x2.extract_lane(y, 1)));
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
  f32x2(x: v128, y: v128): v128 { return this.f64x2(x, y); }
  f64x2(x: v128, y: v128): v128 {
    return f64x2(floorDivide(f64x2.extract_lane(x, 0), f64x2.extract_lane(y, 0)), floorDivide(f64x2.extract_lane(x, 1), f64x2.extract_lane(y, 1)));
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

/** C's fmod, exact and of the sign of x: |y|·2^k off |x| from the largest k on, differences of numbers less than twice apart. */
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

function modulo(x: f64, y: f64): f64 {
  const r = rest(x, y);
  if (r == 0) return copysign<f64>(0, y);
  return r < 0 != y < 0 ? r + y : r;
}

function floorDivide(x: f64, y: f64): f64 {
  if (y == 0) return x / y;
  const quotient = (x - modulo(x, y)) / y; // a whole number up to rounding
  const whole = Math.floor(quotient);
  return quotient - whole > 0.5 ? whole + 1 : whole;
}

// A lane of 0 is either past the end of the tile or already refused by the op. See Note [Slack]

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
