/** checkGradients: right rules pass, wrong ones are caught and named, in every dtype and at second order. */
import {
  abs,
  add,
  cast,
  checkGradients,
  conj,
  cos,
  customGradient,
  exp,
  imag,
  matmul,
  mul,
  neg,
  random,
  real,
  recomputeGradient,
  relu,
  sin,
  stopGradient,
  sum,
  TapeError,
  type Tensor,
  tensor,
  transpose,
} from 'gradtape';
import { describe, expect, test } from 'vitest';

const dtypes = ['float32', 'float64', 'complex64', 'complex128'] as const;
const at = (dtype: (typeof dtypes)[number], shape: number[], seed = 1): Tensor => {
  const [a, b] = [0, 1].map((k) => random.normal(random.key(2 * seed + k), shape, { dtype: 'float64' })) as [Tensor, Tensor];
  return cast(dtype.startsWith('complex') ? add(a, mul(b, { re: 0, im: 1 })) : a, dtype);
};

type Rule = (x: Tensor, dy: Tensor) => Tensor;
const cube = (rule: Rule) => customGradient((x: Tensor) => [mul(mul(x, x), x), (dy: Tensor) => rule(x, dy)]);
const right: Rule = (x, dy) => mul(dy, conj(mul(mul(x, x), 3)));

describe('right rules pass', () => {
  test.each(dtypes)('in %s, to the third order', (dtype) => {
    const report = checkGradients(cube(right), [at(dtype, [3])], { order: 3 });
    expect(report.checks.length).toBeGreaterThanOrEqual(6);
    expect(new Set(report.checks.map(({ order }) => order))).toEqual(new Set([1, 2, 3]));
    expect(report.worst?.error).toBeLessThanOrEqual(report.worst?.allowed as number);
    expect(new Set(report.checks.map((c) => c.dtype))).toEqual(new Set([dtype, dtype.startsWith('c') ? 'complex128' : 'float64']));
  });

  test.each(dtypes)('of functions of the library, in %s', (dtype) => {
    checkGradients((x: Tensor, w: Tensor) => sum(mul(sin(x), exp(matmul(w, x)))), [at(dtype, [3, 2]), at(dtype, [3, 3], 2)]);
    if (dtype.startsWith('c')) checkGradients((z: Tensor) => [abs(z), real(mul(z, z)), imag(z), conj(z)], [at(dtype, [3])]);
    checkGradients(
      recomputeGradient((x: Tensor) => mul(cos(x), x)),
      [at(dtype, [3])],
    );
  });

  test('of trees, numbers, arrays and what has no gradient', () => {
    const f = (p: { w: Tensor; b: Tensor; n: Tensor; mode: string }, x: Tensor, [a, b]: [Tensor, Tensor]) => ({
      y: mul(add(matmul(x, p.w), p.b), a),
      z: [sin(b), 3, true, p.n],
    });
    const args = [
      { w: at('float32', [2, 3]), b: at('float32', [3], 3), n: tensor([1, 2], { dtype: 'int32' }), mode: 'text' },
      [
        [1, 2],
        [3, 4],
      ],
      [2, at('float32', [2], 4)],
    ];
    const { checks } = checkGradients(f as never, args as never);
    expect(new Set(checks.map(({ argument }) => argument))).toEqual(new Set(['0 (p).w', '0 (p).b', '1 (x)', '2 ([a, b]).0', '2 ([a, b]).1']));
    expect(new Set(checkGradients(f as never, args as never, { params: [1] }).checks.map(({ argument }) => argument))).toEqual(new Set(['1 (x)']));
    expect(new Set(checkGradients((x: Tensor, y: Tensor) => mul(x, y), [2, 3], { params: ['y'] }).checks.map(({ argument }) => argument))).toEqual(
      new Set(['1 (y)']),
    );
  });

  test('of what does not depend on an argument, of constants and of empty tensors', () => {
    expect(checkGradients((x: Tensor, _y: Tensor) => mul(x, x), [tensor([1, 2]), tensor([3])]).checks.some(({ argument }) => argument === '1 (_y)')).toBe(true);
    expect(checkGradients((_x: Tensor) => tensor(1, { dtype: 'float64' }), [2]).worst?.error).toBe(0);
    expect(checkGradients((x: Tensor) => mul(x, 2), [tensor([])])).toEqual({ checks: [], worst: null });
  });

  test('of a function that takes float32 only, within the bounds of float32', () => {
    const w = tensor([1, 2, 3]);
    const { checks } = checkGradients((x: Tensor) => mul(mul(x, x), w), [tensor([1, 2, 3])]);
    expect(new Set(checks.map(({ dtype }) => dtype))).toEqual(new Set(['float32']));
  });

  test('directions and numbers are the same at each call', () => {
    const run = () => checkGradients(cube(right), [at('float64', [3])]);
    expect(run()).toEqual(run());
  });
});

describe('a wrong rule is caught', () => {
  const wrong: Record<string, [Rule, RegExp]> = {
    'a factor': [(x, dy) => mul(dy, conj(mul(x, x))), /3 times as much would fit/],
    'a factor that is nearly right': [(x, dy) => mul(right(x, dy), 1.01), /0.990099 times as much/],
    'the sign': [(x, dy) => neg(right(x, dy)), /the sign is wrong/],
    'no dependence on dy': [(x) => conj(mul(mul(x, x), 3)), /first derivative/],
    zeros: [(x, dy) => mul(right(x, dy), 0), /got -?0,/],
  };
  for (const [name, [rule, says]] of Object.entries(wrong)) {
    test.each(dtypes)(`${name}, in %s`, (dtype) => {
      const call = () => checkGradients(cube(rule), [at(dtype, [3])]);
      expect(call).toThrow(TapeError);
      expect(call).toThrow(says);
      expect(call).toThrow(/by argument 0.* along the direction \[.*\] expected -?[\d.e-]+ \(by differences\), got -?[\d.e-]+/);
    });
  }

  test.each(['complex64', 'complex128'] as const)('a missing conjugate, in %s', (dtype) => {
    expect(() =>
      checkGradients(
        cube((x, dy) => mul(dy, mul(mul(x, x), 3))),
        [at(dtype, [3])],
      ),
    ).toThrow(TapeError);
    expect(() =>
      checkGradients(
        customGradient((z: Tensor) => [abs(z).mul(abs(z)), (dy: Tensor) => mul(dy, mul(conj(z), 2))]),
        [at(dtype, [3])],
      ),
    ).toThrow(/the conjugate would fit/);
  });

  test.each(dtypes)('a matrix that is not transposed, in %s', (dtype) => {
    const product = (transposes: boolean) =>
      customGradient((a: Tensor, b: Tensor) => [
        matmul(a, b),
        (dy: Tensor) => [matmul(dy, conj(transposes ? transpose(b) : b)), matmul(conj(transpose(a)), dy)],
      ]);
    const args = [at(dtype, [3, 3]), at(dtype, [3, 3], 2)] as [Tensor, Tensor];
    checkGradients(product(true), args);
    expect(() => checkGradients(product(false), args)).toThrow(/the first derivative of .* by argument 0/);
  });

  test.each(dtypes)('a second derivative that is wrong, missing or cut off, in %s', (dtype) => {
    const square = customGradient((x: Tensor) => [mul(x, x), (dy: Tensor) => mul(dy, conj(mul(x, 3)))]); // wrong inside of the rule
    const inner = (rule: (x: Tensor) => Tensor) => cube((x, dy) => mul(dy, mul(conj(rule(x)), 3)));
    checkGradients(
      inner((x) => mul(x, x)),
      [at(dtype, [3])],
    );
    for (const f of [inner(square), inner((x) => stopGradient(mul(x, x)))]) {
      expect(() => checkGradients(f, [at(dtype, [3])])).toThrow(/the second derivative of .* by argument 0/);
      expect(checkGradients(f, [at(dtype, [3])], { order: 1 }).checks.length).toBeGreaterThan(0);
    }
  });

  test('a rule that gives null where there is a derivative', () => {
    const f = customGradient((x: Tensor, y: Tensor) => [mul(x, y), (dy: Tensor) => [mul(dy, y), null]]);
    expect(() => checkGradients(f, [2, 3])).toThrow(/by argument 1.*it is null, not connected/);
  });

  test('a rule that is right in double precision and wrong in float32', () => {
    const f = cube((x, dy) => mul(right(x, dy), x.dtype === 'float32' ? 1.1 : 1));
    expect(() => checkGradients(f, [at('float32', [3])])).toThrow(/wrong in float32/);
    checkGradients(f, [at('float64', [3])]);
  });
});

describe('what can not be compared is refused', () => {
  test('a function that is not smooth, or depends on the phase of a result', () => {
    expect(() => checkGradients((x: Tensor) => relu(x), [tensor([0, 1])])).toThrow(/do not settle.*not smooth there/);
    checkGradients((x: Tensor) => relu(x), [tensor([-1, 1])]);
    // the phase is chosen by the first element, and a rule that knows nothing of that
    const phase = customGradient((z: Tensor) => [mul(z, conj(z.sign())), (dy: Tensor) => mul(dy, z.sign())]);
    expect(() => checkGradients(phase, [at('complex128', [3])])).toThrow(TapeError);
  });

  test('a function whose value changes from call to call', () => {
    let n = 0;
    expect(() => checkGradients((x: Tensor) => mul(x, ++n), [2])).toThrow(/gives another value when it is called again/);
  });

  test('values that are not finite', () => {
    expect(() => checkGradients((x: Tensor) => mul(x, Number.NaN), [2])).toThrow(/do not settle/);
  });

  test('nonsense arguments', () => {
    const f = (x: Tensor) => mul(x, x);
    for (const v of [null, 3, 'x', {}]) expect(() => checkGradients(v as never, [1] as never)).toThrow(/checkGradients: takes a function/);
    for (const v of [null, 3, 'x', {}, undefined]) expect(() => checkGradients(f, v as never)).toThrow(/checkGradients: args is a list/);
    expect(() => checkGradients(f, [1], { order: 0 })).toThrow(/order is a whole number from 1; got 0/);
    expect(() => checkGradients(f, [1], { tolerance: -1 })).toThrow(/tolerance is a number above 0; got -1/);
    expect(() => checkGradients(f, [1], { orders: 1 } as never)).toThrow(/no option is called "orders", did you mean order\?/);
    expect(() => checkGradients(f, [1], { params: [3] })).toThrow(RangeError);
    expect(() => checkGradients(() => undefined as never, [])).toThrow(/returns tensors/);
    expect(() => checkGradients(f, [new Map()] as never)).toThrow(/no tensors are found/);
  });

  test('what the function or a rule throws passes, and the next call is right', () => {
    const own = new Error('own');
    const f = customGradient((x: Tensor) => [
      mul(x, x),
      () => {
        throw own;
      },
    ]);
    expect(() => checkGradients(f as never, [2] as never)).toThrow(own);
    expect(checkGradients(cube(right), [2]).checks.length).toBeGreaterThan(0);
  });
});
