/** The Jacobian of every op in every dtype, in both modes: its columns are the derivatives along units, as the definition puts them together. */
import { jacobian, jvp, scope, type Tensor } from 'gradtape';
import { describe, test } from 'vitest';
import { type Case, callable, casesOf, distance, fromTensor, isComplex, isInexact, isSingle, label, listed, toTensor } from './cases.js';
import type { DTypeName } from './opinfo/row.js';
import { rows } from './opinfo.js';
import { add, modulus, mul, type Num, primal } from './reference/dual.js';
import * as nd from './reference/ndarray.js';

/** Elements of all operands. */
const MOST = 24;

/** Of a tensor, and so of a Jacobian. */
const MOST_DIMENSIONS = 8;

type Results = Tensor | null | readonly (Tensor | null)[];
const jvpOf = jvp as unknown as (f: unknown) => (primals: readonly Tensor[], tangents: readonly unknown[]) => { tangent: Results };
const jacobianOf = jacobian as unknown as (f: unknown, params: readonly number[], options: object) => (...xs: Tensor[]) => Results[];
const resultsIn = (v: Results): (Tensor | null)[] => [v].flat() as (Tensor | null)[];

/** The column of each result from the derivatives a along 1 and b along i, where the input is complex. */
function columnOf(a: readonly Num[], b: readonly Num[] | undefined, isComplexResult: boolean): Num[] {
  return a.map((v, i) => {
    if (!b) return v;
    const w = b[i] as Num;
    return isComplexResult ? mul(0.5, add(v, mul({ re: 0, im: -1 }, w))) : add(v, mul({ re: 0, im: 1 }, w));
  });
}

function check(c: Case): void {
  const f = callable(c);
  const inputs = c.inputs.map((x, i) => toTensor(x, c.dtypes[i] as DTypeName));
  const params = inputs.flatMap((x, i) => (isInexact(x.dtype) && !c.row.constant?.includes(i) ? [i] : []));
  const along = (k: number, at: number, one: Num): (Num[] | null)[] => {
    const x = c.inputs[k] as nd.NdArray;
    const unit = nd.array(
      x.shape,
      x.data.map((_, i) => (i === at ? one : 0)),
    );
    const tangents = inputs.map((y, i) => (i === k ? toTensor(unit, y.dtype) : null));
    return resultsIn(jvpOf(f)(inputs, tangents).tangent).map((t) => t && [...fromTensor(t).data]);
  };
  const results = listed(f(...inputs));
  if (Math.max(...results.map((y) => y.rank)) + Math.max(...params.map((k) => (inputs[k] as Tensor).rank)) > MOST_DIMENSIONS) return;
  const expected = params.map((k) => {
    const isTwo = isComplex(c.dtypes[k] as DTypeName);
    const columns = (c.inputs[k] as nd.NdArray).data.map((_, at) => {
      const second = isTwo ? along(k, at, { re: 0, im: 1 }) : undefined;
      return along(k, at, 1).map((a, o) => a && columnOf(a, second?.[o] as Num[] | undefined, isComplex((results[o] as Tensor).dtype)));
    });
    return results.map((_, o) => columns.map((column) => column[o] as Num[] | null));
  });
  const bound = isSingle(c.dtype) ? 64 * 2 ** -23 : 1e-12;
  for (const mode of ['forward', 'reverse']) {
    const what = label(c, `, ${mode}`);
    jacobianOf(f, params, { mode })(...inputs).forEach((J, p) => {
      const x = inputs[params[p] as number] as Tensor;
      resultsIn(J).forEach((block, o) => {
        const y = results[o] as Tensor;
        const columns = expected[p]?.[o] ?? [];
        if (block === null) {
          if (isInexact(y.dtype)) throw new Error(`${what}: null for result ${o}`);
          return;
        }
        if (block.shape.join() !== [...y.shape, ...x.shape].join()) throw new Error(`${what}: the shape is [${block.shape}]`);
        const got = fromTensor(block).data;
        const largest = Math.max(0, ...columns.flatMap((column) => (column as Num[]).map(modulus)));
        columns.forEach((column, j) => {
          (column as Num[]).forEach((e, i) => {
            const g = got[i * x.size + j] as Num;
            if (!(distance(g, e) <= bound * largest || primal(g) === primal(e)))
              throw new Error(`${what}: result ${o} at ${i} by input ${params[p]} at ${j}: ${JSON.stringify(g)} against ${JSON.stringify(e)}`);
          });
        });
      });
    });
  }
}

describe.each(rows.filter(([, row]) => row.order > 0 && row.dtypes.some(isInexact) && !row.skip?.some((s) => s.test === 'jvp')))('%s', (op, row) => {
  test.each(row.dtypes.filter(isInexact))('%s', (dtype) => {
    for (const c of casesOf(op, row, dtype)) if (c.inputs.reduce((n, x) => n + x.data.length, 0) <= MOST) scope(() => check(c));
  });
});
