/** jvp and linearize for every op in every dtype it differentiates in: jvp is the transpose of vjp, and forward and reverse mode mix. */
import { describe, test } from 'vitest';
import { isInexact, isSingle } from './cases.js';
import { climb, pushed, pushedTwice } from './gradcheck.js';
import type { Law, OpInfo } from './opinfo/row.js';
import { rows } from './opinfo.js';

const isLawful = (row: OpInfo, law: Law): boolean => !row.skip?.some((s) => s.test === law);

describe.each(rows.filter(([, row]) => row.order > 0 && row.dtypes.some(isInexact)))('%s', (op, row) => {
  describe.each(row.dtypes.filter(isInexact))('%s', (dtype) => {
    test.runIf(isLawful(row, 'jvp'))('jvp', () => climb(op, row, dtype, pushed));
    test.runIf(row.order > 1 && !isSingle(dtype) && isLawful(row, 'second order'))('jvp twice', () => climb(op, row, dtype, pushedTwice));
  });
});
