/** Collects the largest errors that a test file has measured, with their bounds; writes them to test/data if ACCURACY=write, for docs/accuracy-sums.md. */
import { writeFileSync } from 'node:fs';
import { afterAll } from 'vitest';

interface Row {
  readonly op: string;
  readonly dtype: string;
  /** value, gradient or Hessian by a vector. */
  readonly order: string;
  readonly bound: string;
  /** As a fraction of the bound. */
  readonly part: number;
  readonly where: string;
}

/** Collects rows, each with its largest error. */
export function collect(name: string): (row: Row) => void {
  const rows = new Map<string, Row>();
  afterAll(() => {
    if (process.env.ACCURACY !== 'write') return;
    const list = [...rows.values()].map((row) => ({ ...row, part: Number(row.part.toPrecision(3)) }));
    writeFileSync(new URL(`data/found-${name}.json`, import.meta.url), `[\n${list.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`);
  });
  return (row) => {
    const key = [row.op, row.dtype, row.order].join();
    if (row.part >= (rows.get(key)?.part ?? 0)) rows.set(key, row);
  };
}
