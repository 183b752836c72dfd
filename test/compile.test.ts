/** compile: the numbers of the function itself, bit for bit, from every op of the table and from whole programs. */
import { compile, gradientsFunction, scope, type Tensor } from 'gradtape';
import { describe, expect, test } from 'vitest';
import { bitsOf, type Case, callable, casesOf, label, layouts, listed, toTensor } from './cases.js';
import { acceptedBy, type DTypeName } from './opinfo/row.js';
import { rows } from './opinfo.js';
import type { NdArray } from './reference/ndarray.js';

type F = (...tensors: Tensor[]) => unknown;

const tensorsOf = ({ inputs, dtypes }: Case, make = toTensor): Tensor[] => inputs.map((x, i) => make(x, dtypes[i] as DTypeName));

/** Bits of a result, each tensor with its shape and dtype. */
const bits = (result: unknown): unknown[] =>
  (Array.isArray(result) ? result : [result]).flat().map((t: Tensor | null) => t && `${t.dtype} [${t.shape.join()}] ${bitsOf(t)}`);

/** The result of a call, or the message of its error. */
function outcome(f: () => unknown): unknown {
  try {
    return bits(f());
  } catch (error) {
    return (error as Error).name;
  }
}

/** Compares f compiled with f itself, traced and replayed. */
function expectSame(f: F, inputs: readonly Tensor[], what: string): void {
  const compiled = compile(f);
  const expected = outcome(() => f(...inputs));
  expect(
    outcome(() => compiled(...inputs)),
    what,
  ).toEqual(expected);
  expect(
    outcome(() => compiled(...inputs)),
    `${what}, again`,
  ).toEqual(expected);
  compiled.dispose();
}

/** Ops whose result's shape depends on values. */
const REFUSED: readonly string[] = ['booleanMask', 'segmentSum', 'segmentMax', 'segmentMin', 'segmentMean', 'segmentProd', 'nonzero', 'unique', 'bincount'];

describe.each(rows.filter(([op]) => !REFUSED.includes(op)))('%s', (op, row) => {
  test.each([...acceptedBy(row)])('%s', (dtype) => {
    for (const c of casesOf(op, row, dtype)) {
      const f = callable(c) as F;
      const squared: F = (...xs) => listed(f(...xs) as Tensor).map((y) => y.add(y));
      const gradient: F = (...xs) => gradientsFunction(f as (...xs: Tensor[]) => Tensor)(...xs);
      scope(() => {
        const inputs = tensorsOf(c);
        expectSame(f, inputs, label(c));
        if (row.order > 0) expectSame(gradient, inputs, label(c, 'gradient'));
        if (dtype !== 'bool') expectSame(squared, inputs, label(c, 'doubled'));
      });
      for (const [name, { make, fit = (x: NdArray) => x }] of Object.entries(layouts))
        scope(() => expectSame(f, tensorsOf({ ...c, inputs: c.inputs.map(fit) }, make), label(c, name)));
    }
  });
});
