/** The budget of the package: what a page downloads, what npm does. Raising a figure in budget.json needs a line in the changelog. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { source } from '#wasm';
import { budget, sizes } from '../scripts/size.mjs';

let found: Awaited<ReturnType<typeof sizes>>;
beforeAll(async () => {
  found = await sizes();
});

describe('size', () => {
  test.each(['bundle', 'text', 'tarball'] as const)('%s', (name) => {
    expect(found[name]).toBeGreaterThan(0);
    expect(found[name]).toBeLessThanOrEqual(budget[name]);
  });

  test('the facade alone holds no core', () => {
    expect(found.facade + found.wasm).toBeLessThan(found.bundle);
    expect(found.facade).toBeLessThan(found.bundle / 2);
  });
});

test('the text is read back as the bytes', () => {
  expect(Buffer.compare(source() as Uint8Array, readFileSync('dist/build/core.wasm'))).toBe(0);
});
