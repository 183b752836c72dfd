/** vmap of every op in every dtype is the op of each example, whichever of its inputs are batched; and the list of what runs in a loop. */
import { readdirSync, readFileSync } from 'node:fs';
import { CompileError, scope, stack, type Tensor, vmap } from 'gradtape';
import { describe, expect, test } from 'vitest';
import { Op } from '../assembly/shared/opcode.js';
import { rules } from '../bindings/transforms/batching.js';
import { type Case, callable, casesOf, distance, fromTensor, isSingle, label, listed, moduli, toTensor } from './cases.js';
import { rows } from './opinfo.js';
import { primal } from './reference/dual.js';
import type { NdArray } from './reference/ndarray.js';
import * as nd from './reference/ndarray.js';

/** Functions whose results have shapes that depend on values. */
const REFUSED = ['segmentSum', 'segmentMean', 'segmentProd', 'segmentMin', 'segmentMax', 'nonzero', 'booleanMask', 'unique', 'bincount'];

/** Opcodes without operands, refused in an example, or of nodes only. */
const WITHOUT_EXAMPLES = ['fill', 'arange', 'positionsSet', 'custom'];

/** Ops without a batching rule. */
const ALWAYS = [
  'whole',
  'lastWriters',
  'convFilter',
  'randomBits',
  'randomUniform',
  'randomNormal',
  'randomTruncatedNormal',
  'randomExponential',
  'randomIntegers',
  'randomPermutation',
];

/** Ops that run in a loop: those, and some where an operand is batched for which the rule has no way, as a filter, a key or a number. */
const LOOPS = [...ALWAYS, 'conv', 'convInput', 'sincGrad', 'polygamma', 'threefry'];

const N = 3;

/** Example k of an input: the same lines, or where they are drawn, elements, from another place on. */
function rolled(c: Case, i: number, k: number): NdArray {
  const x = c.inputs[i] as NdArray;
  const given = c.sample.inputs[i] as object;
  const from = k * ('data' in given ? (x.shape.at(-1) ?? 1) : 1);
  return nd.array(
    x.shape,
    x.data.map((_, at) => x.data[(at + from) % x.data.length] as never),
  );
}

/** Which inputs are batched: all, and where there are several each alone. */
const choices = (count: number): boolean[][] => {
  const all = new Array<boolean>(count).fill(true);
  return count < 2 ? [all] : [all, ...all.map((_, i) => all.map((_, k) => k === i))];
};

function agrees(c: Case, which: readonly boolean[], loops: Set<string>): void {
  const f = callable(c);
  const at = (k: number): Tensor[] => c.inputs.map((x, i) => toTensor(which[i] ? rolled(c, i, k) : x, c.dtypes[i] as never));
  const each = Array.from({ length: N }, (_, k) => at(k));
  const args = c.inputs.map((_, i) => (which[i] ? stack(each.map((xs) => xs[i] as Tensor)) : (each[0] as Tensor[])[i]));
  const mapped = vmap(f as never, { axes: which.map((is) => (is ? 0 : null)) }) as unknown as {
    (...args: unknown[]): Tensor | Tensor[];
    describe(): string;
  };
  const expected = each.map((xs) => listed(f(...xs)));
  const got = listed(mapped(...args));
  for (const line of mapped.describe().matchAll(/: (\w+) runs/g)) loops.add(line[1] as string);
  const tolerance = isSingle(c.dtype) ? 2e-6 : 1e-14;
  (expected[0] as Tensor[]).forEach((_, r) => {
    const y = got[r] as Tensor;
    const stacked = stack(expected.map((ys) => ys[r] as Tensor));
    expect([y.shape, y.dtype], label(c)).toEqual([stacked.shape, stacked.dtype]);
    const [a, b] = [fromTensor(y), fromTensor(stacked)];
    const largest = Math.max(
      0,
      ...moduli(b)
        .data.map((v) => primal(v) as number)
        .filter(Number.isFinite),
    );
    b.data.forEach((e, i) => {
      const v = a.data[i] as never;
      if (!(distance(v, e) <= tolerance * largest || Object.is(primal(v), primal(e)) || primal(v) === primal(e)))
        throw new Error(`${label(c)} batched ${which}: element ${i}: ${JSON.stringify(primal(v))} against ${JSON.stringify(primal(e))}`);
    });
  });
}

describe.each(rows)('%s', (op, row) => {
  test.each(row.dtypes)('%s', (dtype) => {
    const loops = new Set<string>();
    for (const c of casesOf(op, row, dtype)) {
      if (c.inputs.length === 0 || c.inputs.some(({ shape }) => shape.length > 7)) continue; // the batch has one dimension more
      for (const which of choices(c.inputs.length))
        try {
          scope(() => agrees(c, which, loops));
        } catch (error) {
          if (!(error instanceof CompileError)) throw error;
          expect(REFUSED).toContain(op);
        }
    }
    for (const loop of loops) expect(LOOPS).toContain(loop);
  });
});

test('every opcode is elementwise, has a rule, or is known to run in a loop', () => {
  const sources = readdirSync('assembly/ops').map((file) => readFileSync(`assembly/ops/${file}`, 'utf8'));
  const elementwise = sources.flatMap((text) =>
    [...text.matchAll(/(?:defineMap|zeroGradientMap|defineSloped)\(Op\.(\w+)(?:, Op\.(\w+AndSlope))?/g)].flatMap(([, ...names]) => names as string[]),
  );
  const names = Object.keys(Op).filter((name) => Number.isNaN(Number(name)) && !['none', 'count', ...WITHOUT_EXAMPLES].includes(name));
  const ruled = [...rules.keys()].map((op) => Op[op] as string);
  expect(names.filter((name) => !elementwise.includes(name) && !ruled.includes(name) && name !== 'where').sort()).toEqual([...ALWAYS].sort());
});
