/**
 * Hashes of every op's values and gradients for fixed inputs, in each dtype. Any change of bits changes a hash. The bits of a NaN do not count.
 * Contains no expected hash.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gradientsFunction, scope, type Tensor } from 'gradtape';
import { describe, expect, test } from 'vitest';
import { type Case, callable, casesOf, domainOf, isComplex, isInexact, listed, toTensor } from './cases.js';
import { type DTypeName, type Interval, type OpInfo, type Sample, sample, samples } from './opinfo/row.js';
import { rows } from './opinfo.js';
import type { Num } from './reference/dual.js';
import { array } from './reference/ndarray.js';

export const FILE = new URL('./data/golden.json', import.meta.url);

/** The hashes of an op: for each dtype that of its values, and that of its gradients if it has any. */
export type Hashes = Readonly<Record<string, string>>;

/** Long enough for several blocks and tiles, with tails. */
export const LARGE: Readonly<Record<string, readonly Sample[]>> = {
  matmul: samples('70,90 · 90,50', '1,300 · 300,40', '3,17,33 · 33,9', '129,5 · 5,257'),
  sum: [sample('1021'), sample('37,53', 0), sample('37,53', 1), sample('9,11,13', [0, 2])],
  prod: [sample('1021')],
  mean: [sample('37,53', 0)],
  max: [sample('1021'), sample('37,53', 0)],
  argmax: [sample('37,53', 1)],
  cumsum: [sample('1021')],
  softmax: [sample('5,259')],
  transpose: [sample('37,53')],
};

const powers = Array.from({ length: 61 }, (_, i) => 2 ** (2 * i - 60) * (1 + ((i * 5) % 16) / 16));
const steps = Array.from({ length: 64 }, (_, i) => (i + 1) * 0.21875);
const both = (x: readonly number[]): number[] => x.flatMap((v) => [v, -v]);
const edges = (least: number, normal: number, most: number): number[] => both([0, least, normal, most, Number.POSITIVE_INFINITY, 0.5, 1, Math.PI, 709]);
const GRIDS = {
  single: [...edges(2 ** -149, 2 ** -126, (2 - 2 ** -23) * 2 ** 127), ...both(powers), ...both(steps), Number.NaN],
  double: [...edges(2 ** -1074, 2 ** -1022, Number.MAX_VALUE), ...both(powers), ...both(steps), Number.NaN],
};

/** The grid for input k: the same numbers in an order of its own, so that there are all kinds of pairs; within the domain for whole numbers. */
function gridOf(dtype: DTypeName, k: number, [low, high]: Interval): Num[] {
  const real = GRIDS[dtype === 'float32' || dtype === 'complex64' ? 'single' : 'double'];
  const at = (i: number, stride: number): number => real[(i * stride) % real.length] as number;
  return real.map((_, i) => {
    if (dtype === 'bool') return (i >> k) & 1;
    if (dtype === 'int32') return Math.ceil(low) + ((i * (2 * k + 1)) % (Math.floor(high) - Math.ceil(low) + 1));
    return isComplex(dtype) ? { re: at(i, 2 * k + 1), im: at(i, 2 * k + 29) } : at(i, 2 * k + 1);
  });
}

/** The op on the grid, once for each list of arguments that its samples have. */
export function gridCases(op: string, row: OpInfo, dtype: DTypeName): Case[] {
  if (!row.elementwise) return [];
  const distinct = new Map(row.samples.filter(({ inputs }) => inputs.every(isDrawn)).map((s) => [JSON.stringify(s.args), s]));
  return [...distinct.values()].map((s) => {
    const dtypes = s.inputs.map((input) => ('shape' in input ? input.dtype : undefined) ?? dtype);
    const inputs = dtypes.map((d, k) => gridOf(d, k, domainOf(row, d, k))).map((x) => array([x.length], x));
    return { op, row, dtype, sample: s, inputs, dtypes, seed: 0 };
  });
}

const isDrawn = (input: Sample['inputs'][number]): boolean => !('shape' in input && input.data);

/** The bytes of a tensor, with one NaN for all. */
export function bytesOf(t: Tensor): Uint8Array {
  const data = t.data();
  return new Uint8Array((isInexact(t.dtype) ? data.map((v) => (Number.isNaN(v) ? Number.NaN : v)) : data).buffer);
}

function hashOf(cases: readonly Case[], results: (c: Case) => readonly (Tensor | null)[]): string {
  const hash = createHash('sha256');
  for (const c of cases)
    scope(() => {
      for (const t of results(c)) hash.update(t ? `${t.dtype}[${t.shape}]` : 'null').update(t ? bytesOf(t) : '');
    });
  return hash.digest('hex').slice(0, 10);
}

const tensorsOf = (c: Case): Tensor[] => c.inputs.map((x, i) => toTensor(x, c.dtypes[i] as DTypeName));

/** The hashes of one op in this instance of the library. */
export function hashesOf(op: string, row: OpInfo): Hashes {
  const hashes: Record<string, string> = {};
  for (const dtype of row.dtypes) {
    const large = { ...row, samples: LARGE[op] ?? [] };
    const cases = [...gridCases(op, row, dtype), ...casesOf(op, row, dtype), ...casesOf(op, large, dtype)];
    hashes[dtype] = hashOf(cases, (c) => listed(callable(c)(...tensorsOf(c))));
    if (row.order === 0 || !isInexact(dtype)) continue;
    hashes[`${dtype} gradient`] = hashOf(cases, (c) => {
      const wanted = c.inputs.flatMap((_, i) => (isInexact(c.dtypes[i] as DTypeName) && !row.constant?.includes(i) ? [i] : []));
      return (gradientsFunction(callable(c) as never, wanted) as unknown as (...x: Tensor[]) => (Tensor | null)[])(...tensorsOf(c));
    });
  }
  return hashes;
}

/** Checks that every op computes the recorded bits, on this build. */
export function expectGolden(): void {
  const golden = JSON.parse(readFileSync(FILE, 'utf8')) as Readonly<Record<string, Hashes>>;
  test('every op is on record', () => expect(Object.keys(golden)).toEqual(rows.map(([op]) => op)));
  describe('gives the bits on record', () => {
    test.each(rows)('%s', (op, row) => expect(hashesOf(op, row)).toEqual(golden[op]));
  });
}
