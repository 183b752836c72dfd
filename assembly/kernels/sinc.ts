/**
 * sinc x = sin πx/(πx) and its derivatives, lane by lane, real and complex. No gradients.
 *
 * x = n + r with |r| ≤ ½ is exact, so zeros at whole numbers are too. The k-th derivative s_k follows from
 * x·s_k + k·s_(k−1) = π^(k−1)·sin(πx + kπ/2), and near 0, where that cancels, from the series
 * π^k·Σ i^(j+k)·(πx)^j/((j + k + 1)·j!), j + k even. Tables: scripts/coefficients_trig.py.
 */
import { madd, select } from '../simd/lanes';
import { CCos, CSin, divide, times } from './complexmath';
import { half, infinity, one, sign, zero } from './constant';
import { productTail } from './exact';
import { at, poly3, poly4, poly7, poly8 } from './polynomial';
import { lower, narrow, upper } from './widen';

/** (sin(πr)/(πr) − 1)/r² in r², |r| ≤ ½: 2^-26.7 and 2^-61.7, and for f64 lanes that will be rounded to f32, 2^-35. */
const SINE32 = memory.data<f32>([-1.64493334, 0.811715841, -0.190443456, 0.0247175023], 4);
const SINE64 = memory.data<f64>([-1.6449340668482264, 0.8117424252833401, -0.19075182412150135, 0.02614784780546264,
  -0.0023460808937947803, 0.0001484278305587712, -6.972067621376844e-06, 2.4499338031257194e-07], 8);
const SINE_BRIEF = memory.data<f64>([-1.644934062849798, 0.8117422085885924, -0.19074796300501407, 0.026117546779222397,
  -0.002237150105624526], 8);
/** sinc′(r)/r in r², 2^-65 and 2^-30. */
const SLOPE64 = memory.data<f64>([-3.289868133696453, 3.2469697011334144, -1.144510944732498, 0.20918278254094425,
  -0.023460810348588997, 0.0017811454481635137, -9.76617724178704e-05, 4.048144711333561e-06, -1.276503189348366e-07], 8);
const SLOPE_BRIEF = memory.data<f64>([-3.2898681299970463, 3.2469689923139082, -1.1444888714490444, 0.20893979645289917,
  -0.022359108926557545], 8);
/** π in two doubles. */
const PI_PARTS = memory.data<f64>([3.141592653589793, 1.2246467991473532e-16], 8);
const PI: f64 = 3.141592653589793;

/** The sign's bit where the whole number n is odd. */
@inline
function oddSign<T>(n: v128): v128 {
  const h = v128.mul<T>(n, half<T>());
  return v128.and(v128.ne<T>(v128.trunc<T>(h), h), sign<T>());
}

/** y, but `atZero` at 0 and 0 at ±∞. */
@inline
function ended<T>(x: v128, y: v128, atZero: v128): v128 {
  const a = v128.andnot(x, sign<T>()), isNone = v128.eq<T>(x, zero<T>()), isInfinite = v128.eq<T>(a, infinity<T>());
  return i8x16.bitmask(v128.or(isNone, isInfinite)) ? select(isNone, atZero, v128.andnot(y, isInfinite)) : y;
}

/** sinc x. |err| ≤ 2 ulp; exactly 0 at whole numbers, 1 at 0, 0 at ±∞. */
@unmanaged @final export class Sinc {
  @inline of<T>(x: v128): v128 {
    const n = v128.nearest<T>(x), r = v128.sub<T>(x, n), z = v128.mul<T>(r, r);
    const s = sizeof<T>() == 4 ? madd<f32>(f32x4.mul(r, z), poly3<f32>(z, SINE32), r) : sine(r, z, false);
    return ended<T>(x, v128.add<T>(v128.div<T>(v128.xor(s, oddSign<T>(n)), x), zero<T>()), one<T>()); // zeros are +0
  }
  @inline f32x4(x: v128): v128 { return this.of<f32>(x); }
  @inline f64x2(x: v128): v128 { return this.of<f64>(x); }
}

/** sin(πr)/π in f64 lanes, |r| ≤ ½. */
@inline
function sine(r: v128, z: v128, isBrief: bool): v128 {
  return madd<f64>(f64x2.mul(r, z), isBrief ? poly4<f64>(z, SINE_BRIEF) : poly7<f64>(z, SINE64), r);
}

/** sinc′ x; cos πr is sin π(½ − |r|), which is right also near its zeros. */
@inline
function slope(x: v128, isBrief: bool): v128 {
  const n = f64x2.nearest(x), r = f64x2.sub(x, n), z = f64x2.mul(r, r), flip = oddSign<f64>(n), t = f64x2.sub(half<f64>(), f64x2.abs(r));
  const s = sine(r, z, isBrief), c = f64x2.mul(sine(t, f64x2.mul(t, t), isBrief), at<f64>(PI_PARTS));
  const far = f64x2.div(v128.xor(f64x2.sub(c, f64x2.div(s, x)), flip), x);
  const near = f64x2.mul(x, isBrief ? poly4<f64>(z, SLOPE_BRIEF) : poly8<f64>(z, SLOPE64));
  return select(f64x2.eq(n, zero<f64>()), near, far);
}

/** The n-th derivative of sinc at x, for a whole n ≥ 1 that is the same in all lanes. */
@unmanaged @final export class SincGrad {
  @inline f32x4(x: v128, n: v128): v128 {
    if (f32x4.extract_lane(n, 0) == 1) return ended<f32>(x, narrow(slope(lower(x), true), slope(upper(x), true)), zero<f32>());
    return narrow(each(lower(x), f32x4.extract_lane(n, 0)), each(upper(x), f32x4.extract_lane(n, 0)));
  }
  @inline f64x2(x: v128, n: v128): v128 {
    return f64x2.extract_lane(n, 0) == 1 ? ended<f64>(x, slope(x, false), zero<f64>()) : each(x, f64x2.extract_lane(n, 0));
  }
}

function each(x: v128, n: f64): v128 {
  const a = derivative(f64x2.replace_lane(x, 1, 0), <i32>n), b = derivative(f64x2(f64x2.extract_lane(x, 1), 0), <i32>n);
  return v128.shuffle<f64>(a, b, 0, 2);
}

/** sinc z, and its n-th derivative. */
@unmanaged @final export class CSinc { c128(z: v128): v128 { return derivative(z, 0); } }
@unmanaged @final export class CSincGrad { c128(z: v128, n: v128): v128 { return derivative(z, <i32>f64x2.extract_lane(n, 0)); } }

/** The n-th derivative of sinc at z. */
function derivative(z: v128, n: i32): v128 {
  const x = f64x2.extract_lane(z, 0), y = f64x2.extract_lane(z, 1);
  if (abs(x) + abs(y) < 0.5 + 0.25 * n) return series(z, n);
  if (abs(x) == Infinity && y == 0) return f64x2(0, 0);
  const whole = nearest(x), r = f64x2(x - whole, y), pi = at<f64>(PI_PARTS), w = f64x2.mul(r, pi);
  // The rounding error of πr matters where e^(πy) is large.
  const lost = abs(y) < 225 ? f64x2.add(productTail<f64>(r, pi, w), f64x2.mul(r, at<f64>(PI_PARTS + 8))) : f64x2.splat(0);
  const s0 = changetype<CSin>(0).c128(w), c0 = changetype<CCos>(0).c128(w), h = whole * 0.5;
  const sine = f64x2.add(s0, times(lost, c0)), cosine = f64x2.sub(c0, times(lost, s0));
  let factor: f64 = trunc(h) == h ? 1 / PI : -1 / PI, s = f64x2.splat(0);
  for (let k = 0; k <= n; k++) {
    const turned = f64x2.mul(k & 1 ? cosine : sine, f64x2.splat(k & 2 ? -factor : factor));
    const rest = f64x2.sub(turned, f64x2.mul(s, f64x2.splat(k)));
    s = divide(f64x2.extract_lane(rest, 0), f64x2.extract_lane(rest, 1), x, y);
    factor *= PI;
  }
  return s;
}

/** The n-th derivative near 0, by its series. */
function series(z: v128, n: i32): v128 {
  const w = f64x2.mul(z, f64x2.splat(PI)), square = times(w, w);
  let scale: f64 = 1;
  for (let k = 0; k < n; k++) scale *= PI;
  let term = n & 1 ? w : f64x2(1, 0), j = n & 1, sum = f64x2.splat(0);
  if ((n + 1) & 2) scale = -scale;
  for (; j < 48; j += 2) {
    sum = f64x2.add(sum, f64x2.mul(term, f64x2.splat(1.0 / (n + 1 + j))));
    term = f64x2.mul(times(term, square), f64x2.splat(-1.0 / ((j + 1) * (j + 2))));
  }
  return f64x2.mul(sum, f64x2.splat(scale));
}
