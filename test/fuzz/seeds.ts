/**
 * Runs fuzz tests: first with the seeds that once found a failure, then with those of this run. `npm run fuzz` is a long run with a new seed;
 * FUZZ_SEED=… repeats one, FUZZ_RUNS=… sets the number of programs. Knows no property.
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';

interface Found {
  readonly seed: number;
  /** fast-check's way to the counterexample; absent: as many runs as ever. */
  readonly path?: string;
}

const found = JSON.parse(readFileSync(new URL('../data/seeds.json', import.meta.url), 'utf8')) as Readonly<Record<string, readonly Found[]>>;
const { FUZZ_RUNS, FUZZ_SEED } = process.env;

/** The number of programs of this run, where a short run tries `few`. */
export const runsOf = (few: number): number => Number(FUZZ_RUNS ?? few);

/** A short run has the same seed each time, a long one a new seed. */
const seed = FUZZ_SEED !== undefined ? Number(FUZZ_SEED) : FUZZ_RUNS === undefined ? 1 : Date.now() % 2 ** 31;

/** Asserts the property called `name` in seeds.json; a failure's message says how to repeat it. */
export async function hold<T>(name: string, property: fc.IRawProperty<T>, numRuns: number): Promise<void> {
  for (const run of [...(found[name] ?? []), { seed } as Found]) {
    const details = await fc.check(property, { numRuns: run.path === undefined ? numRuns : 1, ...run });
    if (!details.failed) continue;
    const again = JSON.stringify({ seed: details.seed, path: details.counterexamplePath });
    throw new Error(
      `${fc.defaultReportMessage(details)}\n\nFUZZ_SEED=${details.seed} repeats it; once it is mended, add ${again} to "${name}" in test/data/seeds.json.`,
      {
        cause: details.errorInstance,
      },
    );
  }
}
