/** Decides from which end a kernel reads an array that is larger than the cache. Knows no array. */

/** The range of elements in which a second-level cache keeps a good part of an array, but not all. */
const LEAST = 1 << 18;
export const MOST = 1 << 21;

let backwards = false;

/** Whether to read an array of m·n elements from its end: true every other time, for the part that was read last is still in the cache. */
export function fromEnd(m: i32, n: i32): bool {
  const elements = <f64>m * n;
  if (elements < LEAST || elements > MOST) return false;
  backwards = !backwards;
  return backwards;
}
