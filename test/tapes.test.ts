/** GradientTape and checkGradients for every op in every dtype it differentiates in. */
import { describe, test } from 'vitest';
import { isInexact, isSingle } from './cases.js';
import { checked, climb, taped } from './gradcheck.js';
import type { Law, OpInfo } from './opinfo/row.js';
import { rows } from './opinfo.js';

const isLawful = (row: OpInfo, law: Law): boolean => !row.skip?.some((s) => s.test === law);

describe.each(rows.filter(([, row]) => row.order > 0 && row.dtypes.some(isInexact)))('%s', (op, row) => {
  describe.each(row.dtypes.filter(isInexact))('%s', (dtype) => {
    test('on a tape', () => climb(op, row, dtype, taped));
    test.runIf(!isSingle(dtype) && isLawful(row, 'adjoint'))('by checkGradients', () => climb(op, row, dtype, checked));
  });
});
