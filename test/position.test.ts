/** Elementwise results do not depend on an element's position: bits are the same in every length, at every address, in every tile. */
import { gradientsFunction, scope, type Tensor, tile } from 'gradtape';
import { describe, expect, test } from 'vitest';
import { type Case, callable, isInexact, label, listed, toTensor } from './cases.js';
import { bytesOf, gridCases } from './golden.js';
import type { DTypeName } from './opinfo/row.js';
import { rows } from './opinfo.js';

/** Bytes of each element of the op's results and gradients, for these operands. */
function elements(c: Case, operands: readonly Tensor[]): string[][] {
  const wanted = operands.flatMap((t, i) => (isInexact(t.dtype) && !c.row.constant?.includes(i) ? [i] : []));
  const results = listed(callable(c)(...operands));
  if (c.row.order > 0 && wanted.length > 0)
    results.push(
      ...(gradientsFunction(callable(c) as never, wanted) as unknown as (...x: Tensor[]) => (Tensor | null)[])(...operands).filter((g) => g !== null),
    );
  return results.map((t) => {
    const bytes = Buffer.from(bytesOf(t));
    const each = bytes.length / t.size;
    return Array.from({ length: t.size }, (_, i) => bytes.toString('hex', i * each, (i + 1) * each));
  });
}

const elementwise = rows.filter(([, row]) => row.elementwise && !row.skip?.some(({ test }) => test === 'position'));

describe.each(elementwise)('%s', (op, row) => {
  test.each([...row.dtypes])('%s', (dtype) => {
    for (const c of gridCases(op, row, dtype))
      scope(() => {
        const whole = c.inputs.map((x, i) => toTensor(x, c.dtypes[i] as DTypeName));
        const expected = elements(c, whole);
        const n = expected[0]?.length as number;
        // Views that begin at every place of a vector and end at every place of one.
        for (const [from, count] of [0, 1, 2, 3, 5, 16, 17].flatMap((from) => [1, 2, 3, 4, 5, 8, 15, 33, n - 20].map((count) => [from, count] as const)))
          scope(() => {
            const part = elements(
              c,
              whole.map((x) => x.slice([from], [count])),
            );
            expect(part, label(c, `${count} from ${from}`)).toEqual(expected.map((list) => list.slice(from, from + count)));
          });
        // Three times over: more than a tile.
        const thrice = elements(
          c,
          whole.map((x) => tile(x, [3])),
        );
        expect(thrice, label(c, 'thrice')).toEqual(expected.map((list) => [...list, ...list, ...list]));
      });
  });
});
