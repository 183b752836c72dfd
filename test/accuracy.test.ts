/** Elementwise functions against multiprecision: values and both derivatives stay within the bounds of their rows, over the whole range. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { accuracyFiles } from './accuracyPage.js';
import { gaps } from './gaps.js';
import { boundOf, grids, ORDERS, worstOf } from './grids.js';

const ORDER_NAMES = ['value', 'first derivative', 'second derivative'];

describe.each(grids)('$name', (grid) => {
  const cases = grid.dtypes.flatMap((dtype) => ORDERS.map((order) => [dtype, ORDER_NAMES[order] as string, order] as const));
  test.each(cases)('%s: %s', (dtype, _, order) => {
    const gap = `${grid.name} ${dtype} ${order}`;
    const bound = boundOf(grid, dtype, order);
    const { at, error, got, right } = worstOf(grid, dtype, order);
    const isKept = Math.abs(error) <= bound;
    if (gaps.includes(gap)) expect(isKept, `${gap} is within ${bound} ulps: take its line out of test/gaps.ts`).toBe(false);
    else if (!isKept) expect.fail(`${gap} at ${at}: ${got} instead of ${right}: ${error} ulps, at most ${bound} are allowed`);
  });
});

test('every gap is one of a grid', () => {
  const all = new Set(grids.flatMap((g) => g.dtypes.flatMap((dtype) => ORDERS.map((order) => `${g.name} ${dtype} ${order}`))));
  expect(gaps.filter((gap) => !all.has(gap))).toEqual([]);
});

// The page describes builds whose bits differ from this build's.
describe.skipIf(process.env.GRADTAPE_BUILD === 'relaxed')('docs', () => {
  test.each(Object.entries(accuracyFiles))('%s is what the library does', (name, text) => {
    const file = new URL(`../docs/${name}`, import.meta.url);
    if (process.env.ACCURACY === 'write') writeFileSync(file, text());
    expect(readFileSync(file, 'utf8')).toBe(text());
  });
});
