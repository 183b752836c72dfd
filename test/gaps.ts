/**
 * The functions that do not keep their bounds: for each its dtypes and, behind them, orders: 0 the value, 1 and 2 the derivatives. An entry that keeps
 * its bound fails test/accuracy.test.ts, as does a function without an entry that doesn't.
 */
const functions = {
  pow: 'float32 12, float64 12',
};

/** `function dtype order`. */
export const gaps: readonly string[] = Object.entries(functions).flatMap(([name, text]) =>
  text.split(', ').flatMap((part) => {
    const [dtype, orders] = part.split(' ') as [string, string];
    return [...orders].map((order) => `${name} ${dtype} ${order}`);
  }),
);
