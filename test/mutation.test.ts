/**
 * Tests the tests: if the gradient rule of one op is removed, or replaced by another op's, the gradient ladder must fail. Runs on the
 * sanitizer build, whose `mutate` breaks rules.
 */
import { init } from 'gradtape';
import { afterAll, describe, expect, test } from 'vitest';
import { Op } from '../assembly/shared/opcode.js';
import { Wing } from '../assembly/shared/wings.js';
import { openWing } from '../dist/bindings/library.js';
import { climb, forwardMode, type Rung, secondOrder, structure, thirdOrder, transposed } from './gradcheck.js';
import type { OpInfo } from './opinfo/row.js';
import { rows } from './opinfo.js';
import { internals as module } from './root.js';
import { compiled, type Sanitized, wingsOf } from './sanitizer.js';

init({ module: compiled(), wings: wingsOf('sanitize') });
module.ready();
for (const wing of Object.values(Wing)) if (typeof wing === 'number') openWing(wing);

const core = module.core as unknown as Sanitized;

/** Ops that stand in no row, because only recomputeGradient makes them, in a trace. */
const elsewhere: readonly Op[] = [Op.barrier];

const differentiable = Object.values(Op).filter(
  (op): op is Op => typeof op === 'number' && op > Op.none && op < Op.count && core.hasRule(op) !== 0 && !elsewhere.includes(op),
);

/** The rows that use ops which no row is named after. */
const users: Partial<Record<keyof typeof Op, string>> = {
  addProduct: 'mul',
  contiguous: 'transpose',
  conv: 'conv1d',
  convFilter: 'conv1d',
  convInput: 'conv1d',
  crossEntropyGrad: 'softmaxCrossEntropy',
  deviation: 'std',
  geluTanhBump: 'gelu',
  halfBell: 'gelu',
  logNdtrBend: 'logNdtr',
  maxPool: 'maxPool1d',
  maxPoolAdd: 'maxPool1d',
  maxPoolTake: 'maxPool1d',
  mulNoNan: 'mul',
  polygamma: 'digamma',
  recurrence: 'cumprod',
  sumTo: 'add',
};

type Rows = typeof rows;

/** Rows with a gradient: first those of the op and of its users, which are likely to notice, then the others. */
function rowsFor(op: Op): [likely: Rows, others: Rows] {
  const name = Op[op] as keyof typeof Op;
  const isLikely = (row: string): boolean => name === row || users[name] === row || name.startsWith(row);
  const all = rows.filter(([, row]) => row.order > 0);
  return [all.filter(([row]) => isLikely(row)), all.filter(([row]) => !isLikely(row))];
}

/** The first row that notices the broken rule. Third derivatives are checked in the likely rows only. */
function noticedBy(op: Op): string | undefined {
  const [likely, others] = rowsFor(op);
  for (const [group, ladder] of [
    [likely, [[structure, forwardMode], [secondOrder], [transposed], [thirdOrder]]],
    [others, [[structure, forwardMode], [secondOrder], [transposed]]],
  ] as const) {
    for (const rungs of ladder) {
      for (const [name, row] of group) if (notices(name, row, rungs)) return name;
    }
  }
  return undefined;
}

function notices(name: string, row: OpInfo, rungs: readonly Rung[]): boolean {
  try {
    for (const dtype of ['complex128', 'float64'] as const) if (row.dtypes.includes(dtype)) for (const rung of rungs) climb(name, row, dtype, rung);
    return false;
  } catch {
    return true;
  }
}

/** Runs with the rule of `op` replaced by another op's; an op without rule removes it. Op.none keeps the right rule meanwhile. */
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

/** Ops whose broken rule no row noticed. */
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

afterAll(() =>
  console.log(
    `${2 * differentiable.length} broken rules of ${differentiable.length} ops: ${2 * differentiable.length - missed.length} noticed; missed: ${missed.join(', ') || 'none'}`,
  ),
);
