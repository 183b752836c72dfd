/** Each block of JavaScript in the README and in the pages of transforms runs, and computes the numbers in its comments. */
import { describe, expect, test } from 'vitest';
import { blocksOf, runBlock } from './blocks.js';

const PAGES = ['checkGradients', 'customGradient', 'gradientTape', 'recomputeGradient', 'variable'].map((name) => `docs/transforms/${name}.md`);

describe.each(['README.md', ...PAGES])('%s', (path) => {
  const blocks = blocksOf(path);
  test.each(blocks.map((code, i) => [i + 1, code] as const))('block %i', (_, code) => runBlock(code));
  test('there is something to run', () => expect(blocks.length).toBeGreaterThan(0));
});
