/** Golden hashes on the build that is shipped; `npm run golden` records them. A changed hash is a bug, or a line of the changelog. */
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { expectGolden, FILE, hashesOf } from './golden.js';
import { digest as expected } from './hosts/expected.js';
import { digest } from './hosts/product.js';
import { rows } from './opinfo.js';

if (process.env.GOLDEN === 'write') {
  const lines = rows.map(([op, row]) => `${JSON.stringify(op)}: ${JSON.stringify(hashesOf(op, row))}`);
  writeFileSync(FILE, `{\n${lines.join(',\n')}\n}\n`);
}

expectGolden();

test('every host’s digest, of test/hosts/expected.js', () => {
  expect(digest()).toBe(expected);
});
