/** A sequence of steps as decisions, in the order in which `assembly/unpack.ts` decodes them. Knows no probability and no price. */

/** The decisions of a number n ≥ 1. */
export function numberBits(n) {
  const bits = 31 - Math.clz32(n);
  const rest = Array.from({ length: bits }, (_, k) => (n >>> (bits - 1 - k)) & 1);
  return [...new Array(bits).fill(1), 0, ...rest];
}

export const literalBits = (byte) => Array.from({ length: 8 }, (_, k) => (byte >> (7 - k)) & 1);

/** The decisions of the r-th of four recent distances: 0, 10, 110, 111. */
export const recentBits = (r) => [...new Array(r).fill(1), ...(r < 3 ? [0] : [])];

/** The recent distances after a match at `distance`, which was the r-th of them; r is 3 for a new one too. */
export const recentAfter = (recent, distance, r = 3) => [distance, recent[r > 0 ? 0 : 1], recent[r > 1 ? 1 : 2], recent[r > 2 ? 2 : 3]];

/**
 * The decisions of a sequence of steps [length, distance, byte]; a step with distance 0 is a literal with the value `byte`.
 * The distance of a match that begins at an opcode counts opcodes.
 */
export function decisions({ sizes, left, sum }, told, ordinals) {
  const bits = [];
  const add = (list) => {
    for (const bit of list) bits.push(bit);
  };
  let recent = [0, 0, 0, 0];
  let at = 0;
  let step = 0;
  for (const n of left) add(numberBits(n));
  for (const size of sizes) {
    add(numberBits(size + 1));
    for (const end = at + size; at < end; step++) {
      const [length, distance, byte] = told[step];
      if (distance === 0) add([0, ...literalBits(byte)]);
      else {
        const r = recent.indexOf(distance);
        const far = ordinals[at] ? ordinals[at] - ordinals[at - distance] : distance;
        add(r < 0 ? [1, 0, ...numberBits(length - 1), ...numberBits(far)] : [1, 1, ...recentBits(r), ...numberBits(length)]);
        recent = recentAfter(recent, distance, r < 0 ? 3 : r);
      }
      at += length;
    }
  }
  add(numberBits(sum));
  return bits;
}
