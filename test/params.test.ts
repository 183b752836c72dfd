/** The `params` of gradientsFunction: names from source text, their positions, and the words of every refusal. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: JavaScript as text
import { runInNewContext } from 'node:vm';
import { describe, expect, test, vi } from 'vitest';
import { ParamsError } from '../bindings/errors.js';
import { parameterNames } from '../bindings/names.js';
import { checkArity, resolveParams } from '../bindings/params.js';
import type { AnyFunction } from '../bindings/types.js';

/** A function from text, so that no transpiler rewrites it. */
const make = (text: string): AnyFunction => new Function(`return (${text})`)();
/** The first member of an object literal or class, accessor or not. */
const member = (text: string): AnyFunction => {
  const value = make(text);
  const statics = ['length', 'name', 'prototype'];
  const key = Reflect.ownKeys(value).find((key) => typeof value !== 'function' || !statics.includes(String(key)));
  const { value: method, get, set } = Object.getOwnPropertyDescriptor(value, key as PropertyKey) as PropertyDescriptor;
  return method ?? get ?? set;
};
/** `x y=… [] ...z`: the names, and the forms of those that are not plain. */
const read = (f: AnyFunction): string =>
  parameterNames(f)
    .map(({ form, name }) => ({ plain: name, default: `${name}=`, destructured: '{}', rest: `...${name}` })[form])
    .join(' ');

describe('forms', () => {
  test.each([
    ['function () {}', ''],
    ['function f(x, y) {}', 'x y'],
    ['function* f(x) {}', 'x'],
    ['async function f(x, y,) {}', 'x y'],
    ['async function* (x) {}', 'x'],
    ['() => 1', ''],
    ['x => x', 'x'],
    ['(x) => x', 'x'],
    ['async x => x', 'x'],
    ['async (x, y) => x', 'x y'],
    ['async => async', 'async'],
    ['async async => 1', 'async'],
    ['(async, get, of) => 1', 'async get of'],
    ['$ => $', '$'],
    ['_ => _', '_'],
    ['function get(x) {}', 'x'],
    ['function async(x) {}', 'x'],
  ])('%s', (text, names) => expect(read(make(text))).toBe(names));

  test.each([
    ['{ m(x, y) {} }', 'x y'],
    ['{ *m(x) {} }', 'x'],
    ['{ async m(x) {} }', 'x'],
    ['{ async *m(x) {} }', 'x'],
    ['{ get m() {} }', ''],
    ['{ set m(value) {} }', 'value'],
    ['{ get(x) {} }', 'x'],
    ['{ set(x) {} }', 'x'],
    ['{ async(x) {} }', 'x'],
    ['{ static(x) {} }', 'x'],
    ['{ async get(x) {} }', 'x'],
    ['{ get async() {} }', ''],
    ['{ class(x) {} }', 'x'],
    ['{ function(x) {} }', 'x'],
    ['{ async function(x) {} }', 'x'],
    ["{ ['c' + 'd'](x) {} }", 'x'],
    ['{ [/[)(]/.source](x) {} }', 'x'],
    ['{ [`${`)`}(`](x) {} }', 'x'],
    ['{ async *[((a) => a)(1)](x) {} }', 'x'],
    ["{ 'q(n'(x) {} }", 'x'],
    ['{ "\\")"(x) {} }', 'x'],
    ['{ 1.5(x) {} }', 'x'],
    ['{ 0x1F(x) {} }', 'x'],
    ['{ été(x) {} }', 'x'],
    ['class { static m(x) {} }', 'x'],
    ['class { static async *m(x) {} }', 'x'],
    ['class { static static(x) {} }', 'x'],
    ['class { static set m(x) {} }', 'x'],
    ['class { static #m(x) {} static get = () => this.#m }', ''],
    ['class { static f = (x, y) => x }', 'x y'],
  ])('%s', (text, names) => expect(read(member(text))).toBe(names));

  test('a private method', () => {
    const f = make('class { static #m(x, y) {} static take() { return this.#m } }') as unknown as { take(): AnyFunction };
    expect(read(f.take())).toBe('x y');
  });
});

describe('comments, escapes, blanks', () => {
  test.each([
    ['function /* ( */ f /* a, */ ( /* b */ x /* = 1 */, // y)\n z ) {}', 'x z'],
    ['(/*x*/) => 1', ''],
    ['(x /* , y */) /* => */ => 1', 'x'],
    ['async/**/x/**/=> 1', 'x'],
    ['(x\u2028,\ufeffy\u00a0)\t=> 1', 'x y'],
    ['(\\u0061, \\u{62}c) => 1', 'a bc'],
    ['\\u0061sync => 1', 'async'],
    ['(été, ℵ, 𝒜, a\u200db) => 1', 'été ℵ 𝒜 a\u200db'],
  ])('%s', (text, names) => expect(read(make(text))).toBe(names));

  test('new Function spreads a comment over two arguments', () => expect(read(new Function('a /*', '*/, b', 'return a') as AnyFunction)).toBe('a b'));
});

describe('defaults, patterns, rest', () => {
  test.each([
    ['(x, y = 1, z) => 1', 'x y= z'],
    ['({ a, b }, x) => 1', '{} x'],
    ['([a, b] = [1, 2], x) => 1', 'null= x'],
    ['(x, ...rest) => 1', 'x ...rest'],
    ['(...[a, b]) => 1', '...null'],
    ['({ a = ")", b: { c = [1, 2] } }, x) => 1', '{} x'],
    ['({ [`)${"}"}`]: a }, x) => 1', '{} x'],
    ['(s = \')\\\'\', t = "(\\"", x) => 1', 's= t= x'],
    ['(s = `)${ `,${ ")" }` }$`, x) => 1', 's= x'],
    ['(r = /[)/]\\/,/, x) => 1', 'r= x'],
    ['(r = /[[)]/g, x) => 1', 'r= x'],
    ['(q = 1 / 2 / 3, x) => 1', 'q= x'],
    ['(q = (1) / 2, r = [1] / 2, x = /,/) => 1', 'q= r= x='],
    ['(f = (a, b) => a, x) => 1', 'f= x'],
    ['(f = a => ({ b: a, c: [a] }), x) => 1', 'f= x'],
    ['(f = async (a, b) => { await /,/ }, x) => 1', 'f= x'],
    ['(f = function (a, b) { return a, b }, x) => 1', 'f= x'],
    ['(f = function* () { yield /[,]/; yield\n/,/ }, x) => 1', 'f= x'],
    ['(C = class A extends B { m(a, b) {} static { if (a) /,/.x } f = /,/; g }, x) => 1', 'C= x'],
    ['(o = { get a() { return 1 }, if: /,/, b(c, d) {}, ...e }, x) => 1', 'o= x'],
    ['(a = b ? { } / 1 : /:/, x) => 1', 'a= x'],
    ['(a = b++ / 2, c = b-- / 2 / 1, x) => 1', 'a= c= x'],
    ['(a = 017.x / 1, b = 1..x / 1, c = .5 / 1, x) => 1', 'a= b= c= x'],
    ['(a = b?.if / 1, c = b?.5:/,/, x) => 1', 'a= c= x'],
    ['(a = await / 2, b = yield / 2, x) => 1', 'a= b= x'],
    ['(f = function* () { () => yield / ",/" }, x) => 1', 'f= x'],
    ['(o = { async() { await / ",/" } }, x) => 1', 'o= x'],
    ['(f = async () => class { a = await / ",/" }, x) => 1', 'f= x'],
    ['(a = typeof /,/, b = void /,/, c = new /,/.constructor, x) => 1', 'a= b= c= x'],
    ['(a = function () { return new.target / 2 }, x) => 1', 'a= x'],
    ['(a = `${1}<!-- text -->`, b = "<!--", x) => 1', 'a= b= x'],
  ])('%s', (text, names) => expect(read(make(text))).toBe(names));

  test.each([
    ['if (a) /[,)}]/.x'],
    ['if (a) b; else /[,)}]/.x'],
    ['while (a) /[,)}]/.x'],
    ['do a(); while (b) /[,)}]/.x'],
    ['for (const a of /[,)}]/) b'],
    ['for (var of of /[,)}]/) b'],
    ['for (of / 2; a; b) /[,)}]/.x'],
    ['for (let in /[,)}]/.x) a'],
    ['l: { break l\n/[,)}]/.x }'],
    ['switch (a) { case /[,)}]/: case b ? c : /[,)}]/: default: /[,)}]/.x }'],
    ['try { } catch ({ a = /[,)}]/ }) { } /[,)}]/.x'],
    ['{ } /[,)}]/.x'],
    ['a = { } / 2'],
    ['function g() { } /[,)}]/.x'],
    ['a = function () { } / 2'],
    ['class A { } /[,)}]/.x'],
    ['a = class { } / 2'],
    ['a = () => { }\n/[,)}]/.x'],
    ['return\n{ } /[,)}]/.x'],
    ['return { } / 2'],
    ['a\n++\nb; /[,)}]/.x'],
    ['let { a = /[,)}]/ } = { } / 2'],
    ['var let, async, of; let / 2; async\nfunction g() { } /[,)}]/.x'],
    ['throw /[,)}]/'],
    ['a.return / 2'],
    ['with (a) /[,)}]/.x'],
    ['a\n++/[,)}]/.x'],
    ['return\u2028{ } /[,)}]/.x'],
  ])('a slash after %s', (body) => expect(read(make(`(f = function () { ${body} }, x) => 1`))).toBe('f= x'));

  test('a string of a million characters', () => expect(read(make(`(s = '${'\\)'.repeat(500_000)}', x) => 1`))).toBe('s= x'));
  test('an own toString is not asked', () => {
    const f = Object.assign(make('x => x'), { toString: () => '(y) => y' });
    expect(read(f)).toBe('x');
  });
  test('a function of another realm', () => expect(read(runInNewContext('(x, y) => x'))).toBe('x y'));
});

/** The error that `call` throws, as `Name: message`. */
const thrown = (call: () => unknown): string => {
  try {
    return `nothing, but returned ${String(call())}`;
  } catch (error) {
    if (!(error instanceof ParamsError && error instanceof RangeError)) throw error;
    expect(error.op).toBe('params');
    return String(error);
  }
};
const HINT = 'Ask by index, gradientsFunction(f, [0]), or give names, gradientsFunction(f, { params: ["x"], names: ["x", "y"] }).';
const unknown = (f: string, reason: string): string => `ParamsError: The parameter names of ${f} are not known: ${reason}. ${HINT}`;

describe('functions that keep their names to themselves', () => {
  const hidden = 'it is native, bound or a Proxy, or its source is withheld';
  const two = make('function two(x, y) {}');
  test.each<[string, AnyFunction, string, string]>([
    ['native', Math.max, 'max', hidden],
    ['a native accessor', Object.getOwnPropertyDescriptor(Map.prototype, 'size')?.get as AnyFunction, 'get size', hidden],
    ['bound', two.bind(null), 'bound two', hidden],
    ['a Proxy', new Proxy(two, {}), 'two', hidden],
    ['bytecode', make('function f(a0, a1) { [bytecode] }'), 'f', hidden],
    ['a class', make('class A { constructor(x) {} }'), 'A', 'it is a class, which is not called'],
    ['a class without a name', make('class extends (Object) {}'), 'the function', 'it is a class, which is not called'],
    ['a repeated name', make('function f(x, y, x) {}'), 'f', '"x" occurs twice in (x, y, x)'],
    ['a name repeated in escapes', make('function f(a, \\u0061) {}'), 'f', '"a" occurs twice in (a, \\u0061)'],
    [
      'a false length',
      Object.defineProperty(make('function f(x, { y }, z = 1) {}'), 'length', { value: 3 }),
      'f',
      'its source reads (x, { y }, z = 1), its length is 3',
    ],
    [
      'an HTML-like comment',
      new Function('a <!--\n, b', '') as AnyFunction,
      'anonymous',
      'it has an HTML-like comment, which scripts and modules read differently',
    ],
    ['its closing half', new Function('a\n--> b', '') as AnyFunction, 'anonymous', 'it has an HTML-like comment, which scripts and modules read differently'],
    ['await in a key', make('((await) => ({ [await / 2](x) {} }))(4)[2]'), '2', '"await" in its computed key may be a name or an operator'],
  ])('%s', (_, f, name, reason) => expect(thrown(() => parameterNames(f))).toBe(unknown(name, reason)));
});

test.each([
  ['{ withheld }', 'its source is not that of a function'],
  ['function f(x = , y) {}', 'an expression was expected before ", y) {}"'],
  ['function f(x = { ; . }) {}', 'a name was expected before ". }) {}"'],
  ['function f(x = (a', 'an expression was expected before ""'],
  ['function f(x = `a', '"${" was expected before ""'],
  ['function f(x = a ? b) {}', '":" was expected before ") {}"'],
])('an engine that gives %s for a source', (source, reason) => {
  const engine = vi.spyOn(Function.prototype, 'toString').mockReturnValue(source);
  const words = thrown(() => parameterNames(function f() {}));
  engine.mockRestore();
  expect(words).toBe(unknown('f', reason));
});

describe('resolveParams', () => {
  const f = make('function f(x, y) {}');
  const odd = make('function odd(x, { w, b }, n = 1, ...rest) {}');

  test.each<[unknown, readonly number[] | null]>([
    [undefined, null],
    [[], []],
    [[1], [1]],
    [
      [1, 0, 1],
      [1, 0, 1],
    ],
    [[7], [7]],
    [['y'], [1]],
    [
      ['y', 'x', 'y'],
      [1, 0, 1],
    ],
    [{}, null],
    [{ unconnectedGradients: 'zero' }, null],
    [{ params: [1] }, [1]],
    [{ params: ['y'] }, [1]],
    [{ params: [], names: ['a'] }, []],
    [{ names: ['a', 'b'] }, null],
    [{ params: ['b', 'b'], names: ['a', 'b'] }, [1, 1]],
    [{ params: [2], names: ['a'] }, [2]],
    [Object.assign(Object.create(null), { params: [1] }), [1]],
  ])('%j', (params, positions) => expect(resolveParams(f, params)).toEqual(positions));

  test('names beside the list', () => expect(resolveParams(Math.max, ['b'], ['a', 'b'])).toEqual([1]));
  test('a plain parameter between others', () => expect(resolveParams(make('({ a }, b = 1, c) => 1'), ['c'])).toEqual([2]));
  test('an unescaped name', () => expect(resolveParams(make('(\\u0061) => 1'), ['a'])).toEqual([0]));
  test('the list is copied', () => {
    const params = [0];
    const positions = resolveParams(f, params);
    params[0] = 5;
    expect(positions).toEqual([0]);
  });
  test('indices and every argument need no source', () => {
    for (const params of [undefined, [], [0, 1]]) expect(() => resolveParams(Math.max, params)).not.toThrow();
  });

  test.each<[string, unknown, string]>([
    ['mixed', [0, 'x'], '[0, "x"]'],
    ['mixed', ['x', 0], '["x", 0]'],
    ['a fraction', [0.5], '[0.5]'],
    ['NaN', [Number.NaN, 1], '[NaN, 1]'],
    ['infinite', [Number.POSITIVE_INFINITY], '[Infinity]'],
    ['unsafe', [2 ** 53], '[9007199254740992]'],
    ['null', [null], '[null]'],
    ['undefined', [undefined], '[undefined]'],
    ['holes', new Array(2), '[undefined, undefined]'],
    ['boolean', [true], '[true]'],
    ['bigint', [1n], '[1n]'],
    ['a symbol', [Symbol('x')], '[Symbol(x)]'],
    ['a list', [[0]], '[[…]]'],
    ['an object', [{}], '[an object of class Object]'],
    ['a function', [() => 1], '[a function]'],
    ['negative', [-1], '[-1] (indices count from 0)'],
    ['negative and a name', [-1, 'x'], '[-1, "x"]'],
  ])('refuses entries: %s', (_, params, got) => {
    const words = `ParamsError: params must be all strings or all integers; got ${got}`;
    expect(thrown(() => resolveParams(f, params))).toBe(words);
    expect(thrown(() => resolveParams(f, { params }))).toBe(words);
  });

  test.each<[unknown, string]>([
    [1, 'params must be a list; got 1, write [1]'],
    ['x', 'params must be a list; got "x", write ["x"]'],
    [{ params: 'x' }, 'params must be a list; got "x", write ["x"]'],
    [null, 'params must be a list of indices or of names; got null'],
    [true, 'params must be a list of indices or of names; got true'],
    [Int32Array.of(0), 'params must be a list of indices or of names; got an object of class Int32Array'],
    [new Set([0]), 'params must be a list of indices or of names; got an object of class Set'],
    [{ params: { params: [0] } }, 'params must be a list of indices or of names; got an object of class Object'],
    [{ param: ['x'] }, 'no option is called "param", did you mean params? There are params, names, unconnectedGradients'],
    [{ params: ['x'], names: 'x' }, 'names must be a list of strings; got "x"'],
    [{ names: ['x', 1] }, 'names must be a list of strings; got ["x", 1]'],
    [{ names: ['x', 'x'] }, 'names must differ; got ["x", "x"]'],
    [{ params: ['z'], names: ['x', 'y'] }, '"z" is not among the names ["x", "y"]'],
    [['z'], `f has no parameter "z", it takes (x, y). ${HINT}`],
    [['x', ''], `f has no parameter "", it takes (x, y). ${HINT}`],
  ])('refuses %j', (params, words) => expect(thrown(() => resolveParams(f, params))).toBe(`ParamsError: ${words}`));

  test.each([
    ['rest', '"rest" is a rest parameter of odd (x, { w, b }, n = 1, ...rest).'],
    ['w', 'odd has no parameter "w", it takes (x, { w, b }, n = 1, ...rest).'],
  ])('refuses %s by name', (name, words) => {
    expect(thrown(() => resolveParams(odd, [name]))).toBe(`ParamsError: ${words} ${HINT}`);
    expect(resolveParams(odd, ['x', 'n'])).toEqual([0, 2]);
  });

  test('a long pattern is cut short', () =>
    expect(thrown(() => resolveParams(make('({ alpha, beta,\n gamma, delta }) => 1'), ['x']))).toContain('({ alpha, beta, gamma, d…)'));
  test('a function without a name', () =>
    expect(thrown(() => resolveParams(make('() => 1'), ['x']))).toContain('the function has no parameter "x", it takes ().'));
});

describe('checkArity', () => {
  test.each([
    [null, 0],
    [[], 0],
    [[0, 1], 2],
    [[0], 5],
  ])('%j of %i arguments', (positions, count) => expect(checkArity(positions, count, 'f')).toBeUndefined());

  test.each<[number[], number, string, string]>([
    [[0, 2], 2, 'f', 'params: index 2 is out of range, f was called with 2 arguments'],
    [[1], 1, 'f', 'params: index 1 is out of range, f was called with 1 argument'],
    [[0], 0, '', 'params: index 0 is out of range, the function was called with 0 arguments'],
  ])('refuses %j of %i arguments', (positions, count, name, words) => expect(thrown(() => checkArity(positions, count, name))).toBe(`ParamsError: ${words}`));
});
