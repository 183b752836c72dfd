/**
 * Functors from two blocks of 64 random bits to two float64 of a distribution, by the inverse of its cumulative function. Know no keys.
 *
 * They use plain multiplications and additions, in the order of Horner's rule: with relaxed ones, builds would draw different numbers.
 */
import { at } from './polynomial';

/** 2^-32, 2^-52, 2^-53, 2^-54; ½. */
const UNITS = memory.data<f64>([2.3283064365386963e-10, 2.220446049250313e-16, 1.1102230246251565e-16, 5.551115123125783e-17, 0.5], 16);

/** The upper words of two blocks, as numbers. */
// @ts-ignore: decorator
@inline
function high(bits: v128): v128 {
  return f64x2.convert_low_i32x4_u(v128.shuffle<i32>(bits, bits, 1, 3, 1, 3));
}

/** The lower words without their last `drop` bits, as numbers. */
// @ts-ignore: decorator
@inline
function low(bits: v128, drop: i32): v128 {
  return f64x2.convert_low_i32x4_u(i32x4.shr_u(v128.shuffle<i32>(bits, bits, 0, 2, 0, 2), drop));
}

/** (n + ½)·2^-52 for the upper 52 bits n of each block: in (0, 1), exact, and as far from 0 as from 1. */
// @ts-ignore: decorator
@inline
function inside(bits: v128): v128 {
  const fine = f64x2.add(f64x2.mul(low(bits, 12), at<f64>(UNITS + 8)), at<f64>(UNITS + 16));
  return f64x2.add(f64x2.mul(high(bits), at<f64>(UNITS)), fine);
}

/** n·2^-53 for the upper 53 bits n: in [0, 1), exact. */
@unmanaged @final export class Uniform {
  @inline f64x2(bits: v128): v128 {
    return f64x2.add(f64x2.mul(high(bits), at<f64>(UNITS)), f64x2.mul(low(bits, 11), at<f64>(UNITS + 16)));
  }
}

/** The bits of 1 minus those of √½, the bits of √½, the fraction's mask; 2^52 and 2^52 + 1023. */
const SPLIT = memory.data<u64>([0x00095f619980c433, 0x3fe6a09e667f3bcd, 0x000fffffffffffff], 16);
const EXPONENT = memory.data<f64>([4503599627370496, 4503599627371519], 16);
/** ln 2 in two parts, the first short enough that its products with exponents are exact. */
const LN2 = memory.data<f64>([0.6931471806019545, -4.2009150726810846e-11], 16);
/** 2/(2n + 1), for n = 10 down to 0: the series of log((1 + s)/(1 − s))/s in s² < 0.0295. */
const ATANH = memory.data<f64>([0.09523809523809523, 0.10526315789473684, 0.11764705882352941, 0.13333333333333333,
  0.15384615384615385, 0.18181818181818182, 0.2222222222222222, 0.2857142857142857, 0.4, 0.6666666666666666, 2], 16);

// @ts-ignore: decorator
@inline
function step(y: v128, x: v128, c: usize): v128 {
  return f64x2.add(f64x2.mul(y, x), at<f64>(c));
}

/** Four steps of Horner's rule. */
// @ts-ignore: decorator
@inline
function continued(y: v128, x: v128, c: usize): v128 {
  return step(step(step(step(y, x, c), x, c + 8), x, c + 16), x, c + 24);
}

/** c₀x⁷ + … + c₇ by Horner's rule. */
// @ts-ignore: decorator
@inline
function horner7(x: v128, c: usize): v128 {
  return continued(step(step(step(at<f64>(c), x, c + 8), x, c + 16), x, c + 24), x, c + 32);
}

/** Σ 2zⁿ/(2n + 1). */
// @ts-ignore: decorator
@inline
function series(z: v128): v128 {
  return step(step(continued(continued(at<f64>(ATANH), z, ATANH + 8), z, ATANH + 40), z, ATANH + 72), z, ATANH + 80);
}

/** log x of positive normal numbers, |err| ≤ 2 ulp. */
// @ts-ignore: decorator
@inline
function log(x: v128): v128 {
  const u = i64x2.add(x, at<f64>(SPLIT));
  const k = f64x2.sub(v128.or(i64x2.shr_u(u, 52), at<f64>(EXPONENT)), at<f64>(EXPONENT + 8));
  const m = i64x2.add(v128.and(u, at<f64>(SPLIT + 16)), at<f64>(SPLIT + 8));
  const s = f64x2.div(f64x2.sub(m, f64x2.splat(1)), f64x2.add(m, f64x2.splat(1)));
  const fine = f64x2.add(f64x2.mul(s, series(f64x2.mul(s, s))), f64x2.mul(k, at<f64>(LN2 + 8)));
  return f64x2.add(f64x2.mul(k, at<f64>(LN2)), fine);
}

/** Exponential of mean 1: −log of a number inside (0, 1). */
@unmanaged @final export class Exponential {
  @inline f64x2(bits: v128): v128 {
    return f64x2.neg(log(inside(bits)));
  }
}

/*
 * The normal distribution's inverse, relative error below 1e-15: Wichura, "Algorithm AS 241: The Percentage Points of the Normal
 * Distribution", Applied Statistics 37 (1988), routine PPND16. Coefficients of its rational functions, highest first.
 */
const CENTER = memory.data<f64>([2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
  1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080,
  5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
  5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1], 16);
const TAIL = memory.data<f64>([7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258,
  3.64784832476320460504, 5.76949722146069140550, 4.63033784615654529590, 1.42343711074968357734,
  1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
  6.89767334985100004550e-1, 1.67638483018380384940, 2.05319162663775882187, 1], 16);
const FAR = memory.data<f64>([2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
  2.96560571828504891230e-1, 1.78482653991729133580, 5.46378491116411436990, 6.65790464350110377720,
  2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
  1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1], 16);

// @ts-ignore: decorator
@inline
function ratio(x: v128, c: usize): v128 {
  return f64x2.div(horner7(x, c), horner7(x, c + 64));
}

/** The number below which a normal variable lies with probability p, for 0 < p ≤ ½; it is at most 0. */
function quantile(p: v128): v128 {
  const q = f64x2.sub(p, f64x2.splat(0.5));
  const isCentral = f64x2.ge(q, f64x2.splat(-0.425));
  const z = f64x2.mul(q, ratio(f64x2.sub(f64x2.splat(0.180625), f64x2.mul(q, q)), CENTER));
  if (i64x2.all_true(isCentral)) return z;
  const r = f64x2.sqrt(f64x2.neg(log(p)));
  let tail = ratio(f64x2.sub(r, f64x2.splat(1.6)), TAIL);
  const isFar = f64x2.gt(r, f64x2.splat(5));
  if (v128.any_true(isFar)) tail = v128.bitselect(ratio(f64x2.sub(r, f64x2.splat(5)), FAR), tail, isFar);
  return v128.bitselect(z, f64x2.neg(tail), isCentral);
}

/** Normal of mean 0 and deviation 1, |z| ≤ 8.2: the lowest bit is the sign, the upper 52 bits give the probability of a larger |z|. */
@unmanaged @final export class Normal {
  @inline f64x2(bits: v128): v128 {
    const z = quantile(f64x2.mul(inside(bits), at<f64>(UNITS + 32)));
    return v128.xor(z, i64x2.shl(bits, 63));
  }
}

/** Normal of variance ½: a part of a complex number of variance 1. */
@unmanaged @final export class Part {
  @inline f64x2(bits: v128): v128 {
    return f64x2.mul(changetype<Normal>(0).f64x2(bits), f64x2.splat(0.7071067811865476));
  }
}

/** The interval of the truncated normal, mirrored if it lies above 0; the probability below it; its own probability. */
let from: f64 = 0;
let to: f64 = 0;
let fromP: f64 = 0;
let spanP: f64 = 0;
let isMirrored = false;

/** Truncates to [low, high], low ≤ high. */
export function truncate(lowest: f64, highest: f64): void {
  isMirrored = lowest > 0;
  from = isMirrored ? -highest : lowest;
  to = isMirrored ? -lowest : highest;
  fromP = probability(from);
  spanP = probability(to) - fromP;
}

/** The probability that a normal variable lies below z: the p at which `quantile` reaches z, found by bisection on the bits of p. */
function probability(z: f64): f64 {
  if (z > 0) return 1 - probability(-z);
  let low = reinterpret<u64>(1e-300);
  let high = reinterpret<u64>(0.5);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (f64x2.extract_lane(quantile(f64x2.splat(reinterpret<f64>(middle))), 0) < z) low = middle;
    else high = middle;
  }
  return z == 0 ? 0.5 : reinterpret<f64>(high);
}

/** Normal inside the interval of `truncate`. */
@unmanaged @final export class Truncated {
  @inline f64x2(bits: v128): v128 {
    const p = f64x2.add(f64x2.splat(fromP), f64x2.mul(inside(bits), f64x2.splat(spanP)));
    const isUpper = f64x2.gt(p, f64x2.splat(0.5));
    const beyond = f64x2.max(f64x2.sub(f64x2.splat(1), p), at<f64>(UNITS + 24));
    let z = quantile(v128.bitselect(beyond, p, isUpper));
    z = f64x2.min(f64x2.max(v128.bitselect(f64x2.neg(z), z, isUpper), f64x2.splat(from)), f64x2.splat(to));
    return isMirrored ? f64x2.neg(z) : z;
  }
}
