/** Arrays larger than the cache are read from either end in turns. The bits are those of their parts, which are read from the front. */
import { concat, matmul, random, scope, type Tensor } from 'gradtape';
import { expect, test } from 'vitest';
import { bytesOf } from './golden.js';

const ROWS = 1033;
const COLUMNS = 517;
const BLOCK = 256; // rows of a part, and terms of a block

const ofParts = (x: Tensor, f: (part: Tensor, first: number) => Tensor): Tensor[] =>
  Array.from({ length: Math.ceil(ROWS / BLOCK) }, (_, i) => {
    const first = i * BLOCK;
    return f(x.slice([first, 0], [Math.min(BLOCK, ROWS - first), COLUMNS]), first);
  });

const sum = (x: Tensor): Tensor => x.sum(1);
const largest = (x: Tensor): Tensor => x.max(1);

test.each(['float32', 'float64'] as const)('%s', (dtype) =>
  scope(() => {
    const x = random.normal(random.key(1), [ROWS, COLUMNS], { dtype });
    const v = random.normal(random.key(2), [COLUMNS, 1], { dtype });
    const u = random.normal(random.key(3), [1, ROWS], { dtype });
    const dots = (x: Tensor): Tensor => matmul(x, v);
    const rows = (x: Tensor, first = 0): Tensor => matmul(u.slice([0, first], [1, x.shape[0] as number]), x);
    const expected = [...[sum, largest, dots].map((f) => concat(ofParts(x, f), 0)), ofParts(x, rows).reduce((total, part) => total.add(part))].map(bytesOf);
    [sum, largest, dots, rows].forEach((f, i) => {
      for (const result of [f(x), f(x)]) expect(Buffer.compare(bytesOf(result), expected[i] as Uint8Array)).toBe(0); // one from each end
    });
  }),
);
