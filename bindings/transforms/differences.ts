/**
 * Derivatives by differences, for checkGradients: random numbers, sums, and limits. Knows numbers only.
 *
 * Note [Differences]. With x̄ the gradient of L = Re Σ conj(ȳ)·f(x), Re Σ conj(x̄)·t is the derivative of L along t, for real and complex arguments
 * alike. So two numbers are compared for a random direction t of one argument and random weights ȳ. The derivative is that of central differences
 * of L, extrapolated to step 0 from a falling sequence of steps (Ridders); the smallest difference between neighbours in that table measures
 * how far it can be relied on. `f` is evaluated in double precision, unless it refuses float64 arguments.
 */

const STEPS = 14;

/** Numbers with a modulus from ½ to 1, the same at each call of the library. */
export class Draw {
  private state = 0x9e3779b9;
  next(): number {
    this.state = (Math.imul(this.state ^ (this.state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) | 0;
    const u = (this.state >>> 1) / 2 ** 31;
    return (this.state & 1 ? 1 : -1) * (0.5 + u / 2);
  }
  list(n: number): number[] {
    return Array.from({ length: n }, () => this.next());
  }
}

export const inner = (a: ArrayLike<number>, b: ArrayLike<number>): number => Array.from(a).reduce((sum, x, i) => sum + x * (b[i] as number), 0);
export const sizeOf = (a: ArrayLike<number>, b: ArrayLike<number>): number => Array.from(a).reduce((sum, x, i) => sum + Math.abs(x * (b[i] as number)), 0);
export const total = (lists: readonly ArrayLike<number>[], weights: readonly ArrayLike<number>[], of = inner): number =>
  lists.reduce((sum, list, i) => sum + of(list, weights[i] as ArrayLike<number>), 0);

/** The limit of central differences at step 0, and how far it can be relied on. */
export function differences(at: (h: number) => number, size: number): { value: number; error: number } {
  let best = { value: Number.NaN, error: Number.POSITIVE_INFINITY };
  let before: number[] = [];
  for (let k = 0, h = size / 8; k < STEPS; k++, h /= 2) {
    const row = [(at(h) - at(-h)) / (2 * h)];
    if (!Number.isFinite(row[0] as number)) {
      before = [];
      continue;
    }
    for (let j = 0, power = 4; j < before.length; j++, power *= 4) {
      const [a, b] = [row[j] as number, before[j] as number];
      const value = a + (a - b) / (power - 1);
      const error = Math.max(Math.abs(value - a), Math.abs(value - b));
      row.push(value);
      if (error < best.error) best = { value, error };
    }
    before = row;
  }
  return best;
}

/** Whether the differences to both sides disagree by more than a part of the terms' size. */
export function isKinked(at: (h: number) => number, size: number, terms: number): boolean {
  const h = size / 2 ** 14;
  return Math.abs(at(h) - 2 * at(0) + at(-h)) / h > 1e-2 * terms;
}
