/** The gradient ladder for every op in every dtype it differentiates in. The ladder itself is in gradcheck.ts, and tested in mutation.test.ts. */
import { describe, test } from 'vitest';
import { isInexact, isSingle } from './cases.js';
import { adjoint, climb, complexStep, forwardMode, precision, type Rung, secondOrder, structure, thirdOrder, unconnected } from './gradcheck.js';
import type { DTypeName, Law, OpInfo } from './opinfo/row.js';
import { rows } from './opinfo.js';

const lawful = (row: OpInfo, law: Law): boolean => !row.skip?.some((s) => s.test === law);

/** The rungs for a dtype, the cheap ones first. A gradient in 32 bits is compared with the one in 64 bits instead. */
function rungsOf(row: OpInfo, dtype: DTypeName): [Law, Rung][] {
  const rungs: [Law, Rung][] = [['structure', structure]];
  if (isSingle(dtype)) rungs.push(['precision', precision]);
  else {
    rungs.push(['adjoint', adjoint], ['forward mode', forwardMode]);
    if (row.analytic && dtype === 'float64') rungs.push(['complex step', complexStep]);
    if (row.order > 1) rungs.push(['second order', secondOrder]);
    if (row.order > 2) rungs.push(['third order', thirdOrder]);
  }
  return rungs.filter(([law]) => lawful(row, law));
}

describe.each(rows.filter(([, row]) => row.dtypes.some(isInexact)))('%s', (op, row) => {
  describe.each(row.dtypes.filter(isInexact))('%s', (dtype) => {
    if (row.order === 0) test('is not connected to its inputs', () => climb(op, row, dtype, unconnected));
    else test.each(rungsOf(row, dtype))('%s', (_law, rung) => climb(op, row, dtype, rung));
  });
});
