/**
 * Tests the tests: with the gradient rule of one op dropped, or replaced by another's, the gradient ladder must fail. Runs on the
 * sanitizer build, whose `mutate` breaks rules; the rest of the suite runs on the one that is shipped.
 */
import { readFileSync } from 'node:fs';
import { init } from 'gradtape';
import { afterAll, describe, expect, test } from 'vitest';
import { Op } from '../assembly/shared/opcode.js';
import * as module from '../dist/bindings/module.js';
import { isInexact } from './cases.js';
import { climb, forwardMode, secondOrder, structure } from './gradcheck.js';
import { rows } from './opinfo.js';

init({ module: new WebAssembly.Module(readFileSync(new URL('../build/gradtape.sanitize.wasm', import.meta.url))) });
module.ready();

/** What the sanitizer build exports besides. */
const core = module.core as unknown as { mutate(op: Op, as: Op): void; hasRule(op: Op): number };

const differentiable = Object.values(Op).filter((op): op is Op => typeof op === 'number' && op > Op.none && op < Op.count && core.hasRule(op) !== 0);

/** Rows with a gradient; those whose names begin as the op's come first, for they are the likeliest to notice. */
function rowsFor(op: Op): typeof rows {
  const name = Op[op] as string;
  const likely = ([row]: (typeof rows)[number]): number => (row === name ? 0 : name.startsWith(row) || row.startsWith(name) ? 1 : 2);
  return rows.filter(([, row]) => row.order > 0).sort((a, b) => likely(a) - likely(b));
}

/** The first row that notices that something is wrong. */
function noticedBy(op: Op): string | undefined {
  for (const rungs of [[structure, forwardMode], [secondOrder]]) {
    for (const [name, row] of rowsFor(op)) {
      for (const dtype of ['complex128', 'float64'] as const) {
        if (!row.dtypes.includes(dtype) || !isInexact(dtype)) continue;
        try {
          for (const rung of rungs) climb(name, row, dtype, rung);
        } catch {
          return name;
        }
      }
    }
  }
  return undefined;
}

/** Runs with the rule of `op` exchanged for that of another, none for an op without; Op.none, which has none, keeps the right one meanwhile. */
function withRule<T>(op: Op, as: Op, f: () => T): T {
  core.mutate(Op.none, op);
  core.mutate(op, as);
  try {
    return f();
  } finally {
    core.mutate(op, Op.none);
    core.mutate(Op.none, Op.floor);
  }
}

test('no row complains of the right rules', () => expect(noticedBy(Op.none)).toBeUndefined());

/** Ops whose broken rule nothing noticed. */
const missed: string[] = [];

function expectNoticed(op: Op, as: Op): void {
  const name = withRule(op, as, () => noticedBy(op));
  if (name === undefined) missed.push(Op[op] as string);
  expect(name).toBeDefined();
}

describe.each(differentiable.map((op) => [Op[op] as string, op] as const))('%s', (_, op) => {
  test('dropped', () => expectNoticed(op, Op.floor));
  test('exchanged', () => expectNoticed(op, op === Op.neg ? Op.identity : Op.neg));
});

afterAll(() => console.log(`${2 * differentiable.length} broken rules of ${differentiable.length} ops: ${2 * differentiable.length - missed.length} noticed; missed: ${missed.join(', ') || 'none'}`));
