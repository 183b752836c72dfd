/** The declarations that users' editors and compilers see are documented and have no internals. Needs the output of `tsc -p tsconfig.build.json`. */
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import * as library from '../dist/bindings/library.js';
import { wings } from '../scripts/wings.mjs';

const file = `${process.cwd()}/test/consumer.ts`;
let text = '';
const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  types: [],
};
let version = 0;
const service = ts.createLanguageService({
  getCompilationSettings: () => options,
  getScriptFileNames: () => [file],
  getScriptVersion: (name) => (name === file ? String(version) : '1'),
  getScriptSnapshot: (name) => {
    const content = name === file ? text : ts.sys.readFile(name);
    return content === undefined ? content : ts.ScriptSnapshot.fromString(content);
  },
  getCurrentDirectory: () => process.cwd(),
  getDefaultLibFileName: (given) => ts.getDefaultLibFilePath(given),
  fileExists: (name) => name === file || ts.sys.fileExists(name),
  readFile: (name) => (name === file ? text : ts.sys.readFile(name)),
  directoryExists: ts.sys.directoryExists,
  getDirectories: ts.sys.getDirectories,
});

/** The completions that an editor offers behind `before`. */
function offered(before: string): string[] {
  text = before;
  version++;
  return (service.getCompletionsAtPosition(file, text.length, {})?.entries ?? []).filter(({ kind }) => kind !== 'warning').map(({ name }) => name);
}

/** Those of `names` for which an editor shows no documentation behind `before`. */
function undocumented(before: string, names: readonly string[]): string[] {
  const lines = names.map((name) => `${before}${name};`);
  text = [
    "import * as gradtape from 'gradtape';",
    ...wings().map((name) => `import * as ${name} from 'gradtape/${name}';`),
    'declare const x: gradtape.Tensor;',
    ...lines,
  ].join('\n');
  version++;
  return names.filter((_, i) => {
    const at = text.indexOf(lines[i] as string) + before.length;
    return !ts.displayPartsToString(service.getQuickInfoAtPosition(file, at)?.documentation).trim();
  });
}

const head = "import * as gradtape from 'gradtape'; declare const x: gradtape.Tensor; ";
/** The names for wings that the library's file exports besides the public ones. */
const forWings = offered("import * as extend from '../dist/bindings/extend.js'; extend.");
const publicNames = Object.keys(library).filter((name) => name !== 'default' && !forWings.includes(name));
const functions = publicNames.filter((name) => typeof (library as Record<string, unknown>)[name] === 'function');

describe('an editor', () => {
  test('shows a text for every function and class', () => {
    expect(functions.length).toBeGreaterThan(150);
    expect(undocumented('gradtape.', functions)).toEqual([]);
    for (const [name, value] of Object.entries({ random: library.random, tree: library.tree }))
      expect(undocumented(`gradtape.${name}.`, Object.keys(value))).toEqual([]);
  });

  test.each(wings())('shows a text for every function of gradtape/%s', (wing) => {
    const rows = offered(`import * as ${wing} from 'gradtape/${wing}'; ${wing}.`);
    expect(rows.length).toBeGreaterThan(5);
    expect(undocumented(`${wing}.`, rows)).toEqual([]);
  });

  test('shows a text for every method and property', () => {
    const names = offered(`${head}x.`);
    expect(names.length).toBeGreaterThan(150);
    expect(undocumented('x.', names)).toEqual([]);
  });

  test('offers the methods that there are, and nothing else', () => {
    const rows = Object.keys(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(library.Tensor.prototype)));
    const own = ['shape', 'dtype', 'rank', 'size', 'data', 'view', 'array', 'item', 'number', 'toJSON', 'valueOf', 'keep', 'dispose'];
    expect(offered(`${head}x.`).sort()).toEqual([...rows, ...own].sort());
  });

  test('offers the exports that there are', () => {
    expect(offered("import * as gradtape from 'gradtape'; gradtape.").sort()).toEqual(publicNames.sort());
  });
});

describe('a compiler with the library of the language alone', () => {
  const modes = {
    node16: { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 },
    nodenext: { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
    bundler: { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
  };

  test.each(Object.entries(modes))('reads every declaration: %s', (_, mode) => {
    const checked = { ...options, ...mode, skipLibCheck: false, noEmit: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };
    const host = ts.createCompilerHost(checked);
    const read = host.getSourceFile;
    const consumer = `import * as gradtape from 'gradtape';
      declare const core: object;
      export const ready: Promise<void> = gradtape.init({ module: core, worker: 'worker.js' });
      export const rows: number[] = [...gradtape.tensor([1, 2])].map((row) => row.number());
      export const json: gradtape.TensorJSON = gradtape.ones([2]).toJSON();
      export const copy: gradtape.Tensor = gradtape.tensor(json);
      export const [first, second]: [gradtape.Tensor, gradtape.Tensor] = gradtape.random.split(gradtape.random.key(0));
      export const [a, b, c]: [gradtape.Tensor, gradtape.Tensor, gradtape.Tensor] = copy.split(3);
      export const [left, right]: [gradtape.Tensor, gradtape.Tensor] = gradtape.split(copy, [1, -1], { axis: 1 });
      export const keys: gradtape.Tensor[] = gradtape.random.split(gradtape.random.key(0), json.data.length);
      export const many: gradtape.Tensor[] = copy.split(1000);
      // @ts-expect-error there is no third
      export const [, , third] = copy.split(2);
      // @ts-expect-error users make no handles
      export const wrong = new gradtape.Tensor();`;
    host.getSourceFile = (name, ...rest) => (name === file ? ts.createSourceFile(name, consumer, ts.ScriptTarget.ES2022) : read.call(host, name, ...rest));
    const fileExists = host.fileExists;
    host.fileExists = (name) => name === file || fileExists(name);
    const program = ts.createProgram([file], checked, host);
    const messages = ts
      .getPreEmitDiagnostics(program)
      .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
    expect(messages).toEqual([]);
  });
});
