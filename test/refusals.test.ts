/** The calls that gradientsFunction refuses, the words of its errors, and that a failed call leaves no memory behind. */
import { gradientsFunction, square, type Tensor } from 'gradtape';
import { describe, expect, test } from 'vitest';
import { expectNothingLeft, plain } from './values.js';

const product = (x: Tensor, y: Tensor): Tensor => x.mul(y);

describe('refusals', () => {
  test.each([
    ['nothing', (_: Tensor) => undefined, 'Cannot differentiate a function that returns nothing; did you forget to return a value from f?'],
    ['null', (_: Tensor) => null, 'Cannot differentiate a function that returns nothing; did you forget to return a value from f?'],
    [
      'a promise',
      async (x: Tensor) => x,
      'Cannot differentiate f: it returned a promise, and a tape ends in the tick it began in; await what it needs before, and pass it as an argument',
    ],
    ['a string', (_: Tensor) => 'x', 'Cannot differentiate f: its result contains "x"; expected tensors, numbers, and arrays or objects of them'],
    [
      'a function',
      (_: Tensor) => [() => 1],
      'Cannot differentiate f: its result contains a function; expected tensors, numbers, and arrays or objects of them',
    ],
    [
      'a gradient that is not there',
      (_: Tensor) => [null],
      "Cannot differentiate f: its result contains null (an inner gradient is null where it is not connected; option unconnectedGradients: 'zero' gives zeros); expected tensors, numbers, and arrays or objects of them",
    ],
  ])('of an f that returns %s', (_, f, message) => {
    Object.defineProperty(f, 'name', { value: 'f' });
    const call = (): unknown => gradientsFunction(f as unknown as (x: Tensor) => Tensor)(1);
    expectNothingLeft(() => expect(call).toThrow(TypeError));
    expect(call).toThrow(message);
  });

  test.each([
    ['mixed', [0, 'x'], 'params must be all strings or all integers; got [0, "x"]'],
    ['fractional', [0.5], 'params must be all strings or all integers; got [0.5]'],
    ['boolean', [true], 'params must be all strings or all integers; got [true]'],
    ['negative', [-1], 'params must be all strings or all integers; got [-1] (indices count from 0)'],
    ['a bare number', 1, 'params must be a list; got 1, write [1]'],
    ['a bare name', 'x', 'params must be a list; got "x", write ["x"]'],
  ])('of params that are %s', (_, params, message) => {
    expect(() => gradientsFunction(product, params as never)).toThrow(expect.objectContaining({ name: 'ParamsError', message }));
    expect(() => gradientsFunction(product, params as never)).toThrow(RangeError);
  });

  test('of an index beyond the arguments', () =>
    expect(() => gradientsFunction(product, [2])(1, 2)).toThrow('params: index 2 is out of range, product was called with 2 arguments'));
  test('of a name that is no parameter', () => expect(() => gradientsFunction(product, ['w'])).toThrow(/^product has no parameter "w", it takes \(x, y\)\./));
  test('of what is no function', () => expect(() => gradientsFunction(3 as never)).toThrow('gradientsFunction: takes a function; got number'));
  test('of an unknown option', () =>
    expect(() => gradientsFunction(product, { unconnectedGradients: 'nonsense' } as never)).toThrow(
      "Unknown value for unconnectedGradients: \"nonsense\"; expected 'none' or 'zero'",
    ));

  test('of nesting beyond 31', () => {
    const nested = (depth: number): ((x: Tensor) => Tensor) =>
      depth === 0 ? (x) => x.mul(x) : (x) => gradientsFunction(nested(depth - 1), { unconnectedGradients: 'zero' })(x)[0] as Tensor;
    expectNothingLeft(() => expect(() => gradientsFunction(nested(40))(1)).toThrow('gradient functions nest at most 31 deep'));
    expect(plain(gradientsFunction(square)(3))).toEqual([6]);
  });
});

describe('an f that throws', () => {
  const mine = new Error('mine');
  const bad = (x: Tensor): Tensor => {
    x.mul(x);
    throw mine;
  };
  test('passes its error through, leaves nothing, and the next call is right', () => {
    expectNothingLeft(() => expect(() => gradientsFunction(bad)(1)).toThrow(mine));
    expect(plain(gradientsFunction(square)(3))).toEqual([6]);
  });
  test('inside another', () => {
    const survivor = (x: Tensor): Tensor => {
      try {
        gradientsFunction(bad)(x);
      } catch {}
      return x.mul(x);
    };
    expectNothingLeft(() => expect(plain(gradientsFunction(survivor)(3))).toEqual([6]));
  });
  test('in an op', () => {
    expectNothingLeft(() => expect(() => gradientsFunction((x: Tensor) => x.add([1, 2, 3]))([1, 2])).toThrow(/^add: shapes do not broadcast/));
    expect(plain(gradientsFunction(square)(3))).toEqual([6]);
  });
});
