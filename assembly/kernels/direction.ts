/** Which end an array is read from that leaves the cache while it is read. Knows no array. */

/** Elements of the arrays of which a second-level cache keeps a good part, but not all. */
const LEAST = 1 << 18;
export const MOST = 1 << 21;

let backwards = false;

/** Whether to read an array of m·n elements from its end: every other time, for what was read last is still in the cache. */
export function fromEnd(m: i32, n: i32): bool {
  const elements = <f64>m * n;
  if (elements < LEAST || elements > MOST) return false;
  backwards = !backwards;
  return backwards;
}
