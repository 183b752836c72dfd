/** Each block of JavaScript in the README and in the pages of transforms runs, and computes the numbers in its comments. */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { blocksOf, runBlock } from './blocks.js';

const PAGES = readdirSync('docs/transforms').filter((name) => name !== 'README.md');

describe.each(['README.md', ...PAGES.map((name) => `docs/transforms/${name}`)])('%s', (path) => {
  const blocks = blocksOf(path);
  test.each(blocks.map((code, i) => [i + 1, code] as const))('block %i', (_, code) => runBlock(code));
  test('there is something to run', () => expect(blocks.length).toBeGreaterThan(0));
});
