/** The op table's test rows, one for each public op: forgetting one is a type error. */
import { arithmetic } from './opinfo/arithmetic.js';
import type { OpInfo } from './opinfo/row.js';

export type OpName = keyof typeof import('../bindings/ops/all.js') | 'concat' | 'stack';

export const opinfo = {
  ...arithmetic,
} satisfies Partial<Record<OpName, OpInfo>>;

/** Rows with their names. */
export const rows = Object.entries(opinfo) as readonly (readonly [string, OpInfo])[];
