/** parameterNames against acorn's syntax tree: on random functions, and on those of node and of installed packages. */
import { builtinModules, createRequire } from 'node:module';
import { parse } from 'acorn';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ParamsError } from '../../bindings/errors.js';
import { parameterNames } from '../../bindings/names.js';
import type { AnyFunction } from '../../bindings/types.js';
import { functions } from './functions.js';
import { hold, runsOf } from './seeds.js';

const RUNS = runsOf(3000);
const PATIENCE = 20_000 + RUNS; // milliseconds, several times what it takes
const PACKAGES = ['acorn', 'esbuild', 'fast-check', 'typescript', 'vitest/package.json', 'assemblyscript/package.json'];

type Reading = readonly (readonly [form: string | undefined, name: unknown])[];

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

const FORMS: Readonly<Record<string, string>> = {
  Identifier: 'plain',
  AssignmentPattern: 'default',
  ObjectPattern: 'destructured',
  ArrayPattern: 'destructured',
  RestElement: 'rest',
};

/** What acorn sees in the first function of `text` that is not part of a key. */
function oracle(text: string): Reading {
  const program: unknown = parse(text, { ecmaVersion: 'latest', checkPrivateFields: false });
  const parameters = firstFunction(program)?.params as readonly Node[];
  return parameters.map((parameter) => {
    const bound = (parameter.left ?? parameter.argument ?? parameter) as Node;
    return [FORMS[parameter.type], bound.name ?? null];
  });
}

function firstFunction(tree: unknown): Node | undefined {
  if (Array.isArray(tree)) return tree.map(firstFunction).find(Boolean);
  if (typeof tree !== 'object' || tree === null) return undefined;
  const node = tree as Node;
  if (node.type.includes('Function')) return node;
  return ['body', 'expression', 'properties', 'value'].map((key) => firstFunction(node[key])).find(Boolean);
}

function read(f: AnyFunction): Reading {
  return parameterNames(f).map(({ form, name }) => [form, name]);
}

test(
  'reads random functions as acorn does',
  async () => {
    let compared = 0;
    const property = fc.property(functions, ({ text, find }) => {
      const valid = attempt(() => [find(new Function(`return ${text}`)()) as AnyFunction, oracle(text)] as const);
      if (!valid) return;
      compared += 1;
      expect(read(valid[0])).toEqual(valid[1]);
    });
    await hold('parameters', property, RUNS);
    expect(compared).toBeGreaterThan(RUNS / 2);
  },
  PATIENCE,
);

describe('functions found in the wild are read as acorn does, or refused', () => {
  const require = createRequire(import.meta.url);
  const quiet = builtinModules.filter((name) => !/^(_|punycode|sys$|trace_events|wasi)/.test(name)); // the others warn

  test.each([
    ['node', quiet, 1000],
    ['packages', PACKAGES, 1000],
  ])(
    '%s',
    (_, names, least) => {
      let compared = 0;
      for (const f of reachable(names.map((name) => require(name)))) {
        const source = Function.prototype.toString.call(f);
        if (source.length > 50_000 || /\[native code\] \}$|^class\b/.test(source)) continue;
        try {
          const found = read(f);
          const texts = [`(${source})`, `({${source}})`, `(class extends Object {${source}})`];
          expect(found, source).toEqual(texts.map((text) => attempt(() => oracle(text))).find(Boolean));
          compared += 1;
        } catch (error) {
          if (!(error instanceof ParamsError)) throw error;
          expect(error.message).toMatch(/its length is \d/); // node sets the length of wrappers
        }
      }
      expect(compared).toBeGreaterThan(least);
    },
    PATIENCE,
  );
});

function attempt<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch {
    return undefined;
  }
}

/** All functions among the properties, accessors and prototypes of what is given, four steps deep. */
function reachable(roots: readonly unknown[]): AnyFunction[] {
  const seen = new Set<object>();
  let frontier = roots;
  for (let depth = 0; depth < 4; depth++) {
    const objects = frontier.filter((value): value is object => Object(value) === value && !ArrayBuffer.isView(value));
    const fresh = objects.filter((value) => !seen.has(value));
    for (const value of fresh) seen.add(value);
    frontier = fresh.flatMap((value) => [
      Object.getPrototypeOf(value),
      ...Object.values(Object.getOwnPropertyDescriptors(value)).flatMap(({ value, get, set }) => [value, get, set]),
    ]);
  }
  return [...seen].filter((value): value is AnyFunction => typeof value === 'function');
}
