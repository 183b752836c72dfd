/** A telling as decisions, in the order in which `assembly/unpack.ts` asks for them. Knows no probability and no price. */

/** Of a number n ≥ 1. */
export function numberBits(n) {
  const bits = 31 - Math.clz32(n);
  const rest = Array.from({ length: bits }, (_, k) => (n >>> (bits - 1 - k)) & 1);
  return [...new Array(bits).fill(1), 0, ...rest];
}

export const literalBits = (byte) => Array.from({ length: 8 }, (_, k) => (byte >> (7 - k)) & 1);

/** Which of four recent distances: 0, 10, 110, 111. */
export const recentBits = (r) => [...new Array(r).fill(1), ...(r < 3 ? [0] : [])];

/** The recent distances after one more, which was the r-th of them, or new. */
export const recentAfter = (recent, distance, r = 3) => [distance, recent[r > 0 ? 0 : 1], recent[r > 1 ? 1 : 2], recent[r > 2 ? 2 : 3]];

/**
 * All decisions of a telling: of steps [length, distance, byte], where distance 0 is a literal, of which `byte` is the value.
 * From an opcode a distance counts opcodes.
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
