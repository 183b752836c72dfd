/** The laws of every op, checked from its row in each dtype it takes. Gradients have their own suite. */
import * as gradtape from 'gradtape';
import { memory, scope, Tensor } from 'gradtape';
import { describe, expect, test } from 'vitest';
import {
  bitsOf,
  type Case,
  callable,
  casesOf,
  expectClose,
  fromTensor,
  fromValue,
  isComplex,
  isSingle,
  label,
  layouts,
  listed,
  moduli,
  referenceOf,
  toTensor,
} from './cases.js';
import { ANY, acceptedBy, type DTypeName, type Law, type OpInfo, promoted, resultOf } from './opinfo/row.js';
import { opinfo, rows } from './opinfo.js';
import { publics } from './publics.js';
import { real0 } from './reference/dual.js';
import { map, type NdArray } from './reference/ndarray.js';

const tensorsOf = ({ inputs, dtypes }: Case, make = toTensor): Tensor[] => inputs.map((x, i) => make(x, dtypes[i] as DTypeName));

/** The error of the reference itself, which works in float64, with textbook formulas for complex functions. */
function slack({ dtype, row }: Case, bound: number): number {
  if (isSingle(promoted(row, dtype)) || bound <= 0.5) return 0;
  return row.referenceUlp ?? (isComplex(dtype) ? 8 : 1);
}

/** Compares results with the reference. */
function expectReference(c: Case, results: readonly Tensor[], what: string): void {
  const reference = referenceOf(c);
  const expected = reference(...c.inputs);
  const sizes = c.row.cancels ? reference(...c.inputs.map(moduli)) : expected.map(moduli);
  const scales = sizes.map((x) => map((v) => Math.max(real0(v), c.row.atLeast ?? 0), moduli(x)));
  const dtype = resultOf(c.row, c.dtype);
  const bound = c.row.ulp[promoted(c.row, c.dtype)] ?? 0;
  expect(results.length, what).toBe(expected.length);
  results.forEach((t, i) => {
    expect(t.dtype, what).toBe(dtype);
    const rounded = roundedTo(expected[i] as NdArray, dtype, bound);
    expectClose(fromTensor(t), rounded, dtype, bound + slack(c, bound), what, scales[i] as NdArray);
  });
}

/** Expected numbers rounded to the dtype's precision, for ops that may round only once; whole numbers in their range. */
function roundedTo(x: NdArray, dtype: DTypeName, bound: number): NdArray {
  if (dtype === 'int32') return map((v) => Math.min(Math.max(real0(v), -(2 ** 31)), 2 ** 31 - 1), x);
  return bound <= 0.5 && isSingle(dtype) ? scope(() => fromTensor(toTensor(x, dtype))) : x;
}

const lawful = (row: OpInfo, law: Law): boolean => !row.skip?.some((s) => s.test === law);

test('every method has a row', () => {
  const methods = Object.keys(gradtape).filter((name) => name in Tensor.prototype);
  expect(methods.filter((name) => (opinfo as Readonly<Record<string, OpInfo>>)[name]?.call !== undefined || !(name in opinfo))).toEqual([]);
  expect(methods.length).toBeGreaterThan(100);
});

describe.each(rows)('%s', (op, row) => {
  describe.each([...acceptedBy(row)])('%s', (dtype) => {
    const cases = casesOf(op, row, dtype);

    if (lawful(row, 'reference'))
      test('equals the reference', () => {
        for (const c of cases) scope(() => expectReference(c, listed(callable(c)(...tensorsOf(c))), label(c)));
      });

    if (lawful(row, 'layout'))
      test('whatever the layout of its inputs, which stay as they are', () => {
        for (const given of cases)
          for (const [name, { make, fit = (x: NdArray) => x }] of Object.entries(layouts))
            scope(() => {
              const c = { ...given, inputs: given.inputs.map(fit) };
              const tensors = tensorsOf(c, make);
              const before = tensors.map(bitsOf);
              const results = listed(callable(c)(...tensors));
              expectReference(c, results, label(c, name));
              expect(tensors.map(bitsOf), label(c, name)).toEqual(before);
              if (row.elementwise) expect(results.map(bitsOf), label(c, name)).toEqual(listed(callable(c)(...tensorsOf(c))).map(bitsOf));
            });
      });

    test('leaks nothing', () => {
      const run = (): void => {
        for (const c of cases) scope(() => void callable(c)(...tensorsOf(c)));
      };
      run();
      const before = memory();
      run();
      expect([memory().tensors, memory().held]).toEqual([before.tensors, before.held]);
    });

    if (row.elementwise && lawful(row, 'position'))
      test('wherever an element stands', () => {
        const c = cases.reduce((a, b) => ((b.inputs[0]?.data.length ?? 0) > (a.inputs[0]?.data.length ?? 0) ? b : a));
        scope(() => {
          const whole = fromTensor(listed(callable(c)(...tensorsOf(c)))[0] as Tensor).data;
          for (let start = 0; start < 6; start++) {
            const parts = c.inputs.map((x) => (x.data.length > 1 ? { shape: [x.data.length - start], data: x.data.slice(start) } : x));
            const part = fromTensor(listed(callable(c)(...tensorsOf({ ...c, inputs: parts })))[0] as Tensor).data;
            expect(part, label(c, `from element ${start}`)).toEqual(whole.slice(start));
          }
        });
      });
  });

  test('refuses all other dtypes', () => {
    for (const dtype of ANY.filter((name) => !acceptedBy(row).includes(name)))
      scope(() => {
        const c = casesOf(op, { ...row, domain: [[1, 1]] }, dtype)[1] as Case;
        expect(() => callable(c)(...tensorsOf(c)), label(c)).toThrow(expect.objectContaining({ name: 'DTypeError', message: expect.stringContaining(dtype) }));
      });
  });

  if (op in Tensor.prototype)
    test('is a method too', () => {
      const c = casesOf(op, row, row.dtypes[0] as DTypeName)[1] as Case;
      scope(() => {
        const [first, ...rest] = tensorsOf(c) as [Tensor, ...Tensor[]];
        const method = (first as unknown as Record<string, (...args: unknown[]) => Tensor | Tensor[]>)[op] as (...args: unknown[]) => Tensor | Tensor[];
        expect(listed(method.call(first, ...rest, ...(c.sample.args ?? []))).map(bitsOf)).toEqual(listed(callable(c)(first, ...rest)).map(bitsOf));
      });
    });

  test.each(row.errors ?? [])('says $message', ({ call, error, message }) => {
    expect(() => call(publics)).toThrow(expect.objectContaining({ name: error, message: expect.stringMatching(message) }));
  });

  for (const { at, args = [], value, dtypes = row.dtypes.filter((d) => d.startsWith('float')) } of row.special ?? []) {
    test.each([...dtypes])(`at ${JSON.stringify(at)} in %s`, (dtype) => {
      const inputs = at.map(fromValue);
      const c: Case = { op, row, dtype, sample: { inputs: [], args }, inputs, dtypes: inputs.map(() => dtype), seed: 0 };
      scope(() => {
        const result = listed(callable(c)(...tensorsOf(c)))[0] as Tensor;
        const expected = fromValue(value);
        const resultType = row.result?.(dtype) ?? dtype;
        expectClose(fromTensor(result), expected, resultType, row.ulp[dtype] ?? 0, label(c));
        expect(signsOf(fromTensor(result)), label(c, 'signs of zeros')).toEqual(signsOf(expected));
      });
    });
  }
});

/** Which of the zeros are negative. */
const signsOf = (x: NdArray): boolean[] =>
  x.data.flatMap((v) => (typeof v === 'number' ? [v] : [(v as { re: number }).re, (v as { im: number }).im])).map((v) => Object.is(v, -0));
