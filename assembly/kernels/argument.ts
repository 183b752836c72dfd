/**
 * Argument reduction by π/2: x = n·π/2 + r, |r| ≤ π/4, with r in two doubles. Knows no trigonometric function.
 *
 * Two methods. Cody & Waite, "Software Manual for the Elementary Functions", 1980: π/2 in parts so short that n times a
 * part is exact, for |x| ≤ 2^20·π/2. Payne & Hanek, "Radian Reduction for Trigonometric Functions", SIGNUM Newsletter
 * 18 (1983): only those bits of 2/π that matter for x times 2/π modulo 4, for every double; one number at a time.
 */
import { madd } from '../simd/lanes';
import { at } from './polynomial';

/** The largest magnitude of `remainder`, 2^20·π/2. */
const LIMIT = memory.data<f64>([1647099.0], 8);

const TWO_OVER_PI = memory.data<f64>([0.6366197723675814], 8);
/** 1.5·2^52: adding it rounds a number to an integer, and leaves the integer in the low bits of the sum. */
const MAGIC = memory.data<f64>([6755399441055744.0], 8);
/** π/2 in two parts of 33 bits and a double. */
const HALF_PI = memory.data<f64>([1.5707963267341256, 6.077100506303966e-11, 2.0222662487959506e-21], 16);
/** 2^-32: where |r| < n·2^-32, the three parts of π/2 leave too few correct bits in r. */
const NEAR = memory.data<f64>([2.3283064365386963e-10], 8);

/** 1.5·2^52 + n, n the integer nearest to 2x/π; its low bits are those of n. */
@inline
export function quadrant(x: v128): v128 {
  return madd<f64>(x, at<f64>(TWO_OVER_PI), at<f64>(MAGIC));
}

/** n, from the result of `quadrant`. */
@inline
export function turns(t: v128): v128 {
  return f64x2.sub(t, at<f64>(MAGIC));
}

/** r, where r + tail = x − n·π/2 and the two are not yet normalised. n·p₁, for the first part p₁ of π/2, and the first difference are exact. */
@inline
export function remainder(x: v128, n: v128): v128 {
  const a = f64x2.sub(x, f64x2.mul(n, at<f64>(HALF_PI)));
  return f64x2.sub(a, f64x2.mul(n, at<f64>(HALF_PI + 8)));
}

/** The tail, which `remainder` leaves out. |error| ≤ n·2^-119. */
@inline
export function tail(x: v128, n: v128, r: v128): v128 {
  const a = f64x2.sub(x, f64x2.mul(n, at<f64>(HALF_PI)));
  const lost = f64x2.sub(f64x2.sub(a, r), f64x2.mul(n, at<f64>(HALF_PI + 8)));
  return f64x2.sub(lost, f64x2.mul(n, at<f64>(HALF_PI + 16)));
}

/** Mask of the lanes where `remainder` is right to the last bit: where x is neither too large nor infinite, NaN or too near n·π/2. */
@inline
export function isReduced(x: v128, n: v128, r: v128): v128 {
  return v128.and(f64x2.ge(f64x2.abs(r), f64x2.mul(f64x2.abs(n), at<f64>(NEAR))), f64x2.le(f64x2.abs(x), at<f64>(LIMIT)));
}

/** The 64 zero bits before the point and the first 1216 bits of 2/π after it. */
const BITS = memory.data<u64>([0,
  0xa2f9836e4e441529, 0xfc2757d1f534ddc0, 0xdb6295993c439041, 0xfe5163abdebbc561, 0xb7246e3a424dd2e0,
  0x06492eea09d1921c, 0xfe1deb1cb129a73e, 0xe88235f52ebb4484, 0xe99c7026b45f7e41, 0x3991d639835339f4,
  0x9c845f8bbdf9283b, 0x1ff897ffde05980f, 0xef2f118b5a0a6d1f, 0x6d367ecf27cb09b7, 0x4f463f669e5fea2d,
  0x7527bac7ebe5f17b, 0x3d0739f78a5292ea, 0x6bfb5fb11f8d5d08, 0x56033046fc7b6bab], 16);
/** π/2 to 106 bits, and the first double cut after 26 bits. */
const HALF_PI_HIGH: f64 = 1.5707963267948966, HALF_PI_LOW: f64 = 6.123233995736766e-17;
const CUT: u64 = 0xfffffffff8000000;

/** r = exactHigh + exactLow of the last `reduceExactly`; |error| ≤ 2^-74·|r|. */
export let exactHigh: f64 = 0;
export let exactLow: f64 = 0;

/** High 64 bits of a·b. */
function mulHigh(a: u64, b: u64): u64 {
  const a0 = a & 0xffffffff, a1 = a >> 32, b0 = b & 0xffffffff, b1 = b >> 32;
  const middle = a1 * b0 + (a0 * b0 >> 32), cross = a0 * b1 + (middle & 0xffffffff);
  return a1 * b1 + (middle >> 32) + (cross >> 32);
}

/** 64 bits of 2/π from bit `position` of BITS on. */
@inline
function window(position: i32): u64 {
  const word = BITS + (<usize>(position >> 6) << 3), shift = <u64>(position & 63);
  return (load<u64>(word) << shift) | (load<u64>(word, 8) >> 1 >> (63 - shift));
}

/**
 * n modulo 4 for a finite x ≥ 1; leaves r in exactHigh and exactLow.  x = m·2^e; the 192 bits of 2/π whose weight in
 * x·2/π is 2 or less give m·2/π·2^e modulo 4 as an integer p of 192 bits, of which the top two are n and the rest,
 * taken with sign, is r·2/π·2^190.  No double comes nearer than 2^-62 to a multiple of π/2, so 64 bits remain.
 */
export function reduceExactly(x: f64): u32 {
  const bits = reinterpret<u64>(x), m = bits & 0xfffffffffffff | 0x10000000000000;
  const position = <i32>(bits >> 52) - 1075 + 62;
  const w1 = window(position + 64), w2 = window(position + 128);
  let p2 = m * w2;
  const carry = mulHigh(m, w2);
  let p1 = m * w1 + carry;
  let p0 = m * window(position) + mulHigh(m, w1) + u64(p1 < carry);
  const n = (p0 + (1 << 61)) >> 62;
  p0 -= n << 62;
  const isNegative = <i64>p0 < 0;
  if (isNegative) {
    p2 = ~p2;
    p1 = ~p1;
    p0 = ~p0;
  }
  setRemainder(p0, p1, p2);
  if (isNegative) {
    exactHigh = -exactHigh;
    exactLow = -exactLow;
  }
  return <u32>n & 3;
}

/** (p0·2^128 + p1·2^64 + p2)·2^-190·π/2 as exactHigh + exactLow, by Dekker's product. */
function setRemainder(p0: u64, p1: u64, p2: u64): void {
  let scale: f64 = 2.168404344971009e-19; // 2^-62, the weight of p0's last bit
  if (p0 == 0) {
    p0 = p1;
    p1 = p2;
    p2 = 0;
    scale = 1.1754943508222875e-38; // 2^-126
  }
  const zeros = clz(p0);
  scale *= reinterpret<f64>((1023 - zeros) << 52);
  const a = (p0 << zeros) | (p1 >> 1 >> (63 - zeros)), b = (p1 << zeros) | (p2 >> 1 >> (63 - zeros));
  const high = <f64>(a >> 11) * scale * 2048, low = <f64>((a << 53) | (b >> 11)) * scale * 1.1102230246251565e-16;
  const h = reinterpret<f64>(reinterpret<u64>(high) & CUT), q = reinterpret<f64>(reinterpret<u64>(HALF_PI_HIGH) & CUT);
  const l = high - h, s = HALF_PI_HIGH - q;
  const product = high * HALF_PI_HIGH;
  const error = ((h * q - product) + h * s + l * q) + l * s + (high * HALF_PI_LOW + low * HALF_PI_HIGH);
  exactHigh = product + error;
  exactLow = (product - exactHigh) + error;
}
