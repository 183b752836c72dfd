/** Elementary functions against multiprecision: each stays within the bound of its row on grids made by scripts/multiprecision*.py. */
import { readdirSync, readFileSync } from 'node:fs';
import * as gradtape from 'gradtape';
import { scope, type Tensor, tensor } from 'gradtape';
import { describe, expect, test } from 'vitest';
import { opinfo } from './opinfo.js';

const folder = new URL('data/', import.meta.url);

/** Bit patterns in columns: the arguments, then the result. */
type Grid = Record<'float32' | 'float64', readonly string[]>;

interface Function_ { readonly f: (...xs: Tensor[]) => Tensor; readonly bound: Record<'float32' | 'float64', number> }

/** A grid is called after its op; `geluTanh` is an option of one. */
function functionOf(name: string): Function_ {
  const op = name === 'geluTanh' ? 'gelu' : name;
  const f = (gradtape as unknown as Record<string, (...args: unknown[]) => Tensor>)[op] as (...args: unknown[]) => Tensor;
  const bound = (opinfo as unknown as Record<string, { ulp: Function_['bound'] }>)[op]?.ulp as Function_['bound'];
  return { f: name === 'geluTanh' ? (x) => f(x, { approximate: true }) : f, bound };
}

/** Patterns in a column, as whole numbers in order of the numbers they stand for: neighbours differ by 1, −0 and 0 by 0. */
const ordered = (bits: bigint, width: number): bigint => {
  const sign = 1n << BigInt(width - 1);
  return bits & sign ? sign - bits : bits;
};

const columnOf = (text: string, digits: number): bigint[] => Array.from({ length: text.length / digits }, (_, i) => BigInt(`0x${text.slice(i * digits, (i + 1) * digits)}`));

function tensorOf(column: readonly bigint[], dtype: 'float32' | 'float64'): Tensor {
  if (dtype === 'float64') return tensor(new Float64Array(BigUint64Array.from(column).buffer));
  return tensor(new Float32Array(Uint32Array.from(column, Number).buffer));
}

const bitsOf = (t: Tensor): bigint[] => {
  const data = t.data();
  return data instanceof Float64Array ? [...new BigUint64Array(data.buffer)] : [...new Uint32Array(data.buffer)].map(BigInt);
};

const isNaNPattern = (bits: bigint, dtype: 'float32' | 'float64'): boolean =>
  dtype === 'float64' ? (bits & 0x7fffffffffffffffn) > 0x7ff0000000000000n : (bits & 0x7fffffffn) > 0x7f800000n;

const grids = readdirSync(folder).flatMap((file) => /^(?:elementary|trig)-(\w+)\.json$/.exec(file)?.[1] ?? []);

describe.each(grids)('%s', (name) => {
  const file = readdirSync(folder).find((f) => f.endsWith(`-${name}.json`)) as string;
  const grid = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Grid;
  const { f, bound } = functionOf(name);

  test.each(['float32', 'float64'] as const)('%s', (dtype) => {
    const digits = dtype === 'float32' ? 8 : 16;
    const columns = grid[dtype].map((text) => columnOf(text, digits));
    const expected = columns.at(-1) as bigint[];
    const got = scope(() => bitsOf(f(...columns.slice(0, -1).map((column) => tensorOf(column, dtype)))));
    expected.forEach((e, i) => {
      const g = got[i] as bigint;
      const nan = isNaNPattern(e, dtype);
      const ulps = nan === isNaNPattern(g, dtype) ? (nan ? 0n : ordered(g, digits * 4) - ordered(e, digits * 4)) : 1n << 62n;
      const at = columns.slice(0, -1).map((column) => `0x${(column[i] as bigint).toString(16)}`);
      const size = ulps < 0n ? -ulps : ulps;
      if (size > Math.max(0.5, bound[dtype])) expect.fail(`${name}(${at.join(', ')}) in ${dtype}: expected 0x${e.toString(16)}, got 0x${g.toString(16)}: ${size} ulps, at most ${bound[dtype]} are allowed`);
      if (e === 0n || e === 1n << BigInt(digits * 4 - 1)) expect(g === e || size > 0n, `${name}(${at.join(', ')}) in ${dtype}: the sign of 0`).toBe(true);
    });
  });
});
