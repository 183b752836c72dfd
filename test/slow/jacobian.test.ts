/** The slow rungs: whole Jacobians where arrays are small, and forward mode where they take several blocks and tiles. */
import { describe, test } from 'vitest';
import { isInexact, isSingle } from '../cases.js';
import { LARGE } from '../golden.js';
import { climb, forwardMode, jacobian } from '../gradcheck.js';
import type { Sample } from '../opinfo/row.js';
import { rows } from '../opinfo.js';

const SMALL = 64; // elements of an operand

const elements = ({ inputs }: Sample): number => Math.max(...inputs.map((x) => ('shape' in x ? x.shape : x).reduce((n, dim) => n * dim, 1)));

describe.each(rows.filter(([, row]) => row.order > 0))('%s', (op, row) => {
  const dtypes = row.dtypes.filter((dtype) => isInexact(dtype) && !isSingle(dtype));
  const small = { ...row, samples: row.samples.filter((s) => elements(s) <= SMALL) };
  const large = { ...row, samples: LARGE[op] ?? [] };
  const lawful = !row.skip?.some((s) => s.test === 'forward mode');
  if (lawful) test.each(dtypes)('the Jacobian in %s', (dtype) => climb(op, small, dtype, jacobian));
  if (lawful && large.samples.length > 0) test.each(dtypes)('large in %s', (dtype) => climb(op, large, dtype, forwardMode));
});
