/** Sums and products of float64 in twice the precision, the reference for sums of rounded terms. Knows no tensors. */

/** An unevaluated sum of two numbers, the second at most half a unit in the last place of the first. */
export type Twofold = readonly [head: number, tail: number];

/** a + b exactly (Knuth, TAOCP 2, 4.2.2, theorem B). */
function twoSum(a: number, b: number): Twofold {
  const sum = a + b;
  const added = sum - a;
  return [sum, a - (sum - added) + (b - added)];
}

const SPLITTER = 2 ** 27 + 1;

/** a·b exactly, where neither overflows nor underflows (Dekker, 1971). */
function twoProduct(a: number, b: number): Twofold {
  const product = a * b;
  const [ah, bh] = [a * SPLITTER - (a * SPLITTER - a), b * SPLITTER - (b * SPLITTER - b)];
  const [al, bl] = [a - ah, b - bh];
  return [product, al * bl - (product - ah * bh - al * bh - ah * bl)];
}

const add = ([head, tail]: Twofold, [a, b]: Twofold): Twofold => {
  const [sum, lost] = twoSum(head, a);
  return twoSum(sum, lost + tail + b);
};

/** Σ f(i) for i < n. */
export function sumOf(n: number, f: (i: number) => Twofold | number): Twofold {
  let total: Twofold = [0, 0];
  for (let i = 0; i < n; i++) {
    const term = f(i);
    total = add(total, typeof term === 'number' ? [term, 0] : term);
  }
  return total;
}

export const product = twoProduct;

export function times([head, tail]: Twofold, x: number): Twofold {
  const [product, lost] = twoProduct(head, x);
  return twoSum(product, lost + tail * x);
}

/** |x − y| for a number x. */
export const distance = (x: number, [head, tail]: Twofold): number => Math.abs(x - head - tail);
