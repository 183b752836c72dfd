/** The exports of a threaded build that tests use besides the public functions. */
// Not by way of root.ts: the bundle of `bits.ts` leaves this path outside, and would have a second library of its own there.
import * as library from '../../dist/bindings/library.js';

/** The exports of builds with threads. */
export interface ThreadedCore {
  poolThreshold(nanoseconds: number, elements: number): void;
  poolIsOff(): number;
  poolSet(helpers: number, looks: number): number;
}

export const threaded = (): ThreadedCore => (library as unknown as { readonly default: { readonly core: ThreadedCore } }).default.core;

/** Sets the thresholds such that every call with two steps is divided. */
export const divideAll = (): void => threaded().poolThreshold(0, 0);

/** The result of f while the suite's pool, if there is one, has no helpers. */
export function alone<T>(f: () => T): T {
  const { GRADTAPE_THREADS: threads } = process.env;
  if (!threads) return f();
  threaded().poolSet(0, 0);
  try {
    return f();
  } finally {
    threaded().poolSet(Number(threads) - 1, 0);
  }
}
