/**
 * Makes docs/functions.md from the facade's types and docstrings: every public function by family, one line each. `node scripts/reference.mjs`
 * writes the file; `test/reference.test.ts` fails if it is stale.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { wings } from './wings.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const FILE = join(root, 'docs/functions.md');

/** The package's roots, whose exports are public. */
const ROOTS = {
  gradtape: 'bindings/public.ts',
  ...Object.fromEntries(
    wings()
      .sort()
      .map((name) => [`gradtape/${name}`, `bindings/${name}.ts`]),
  ),
};

/** The first sentence of a text, on one line: up to a full stop before a capital, or the end of a paragraph. */
function firstSentence(text) {
  const [paragraph] = text.split(/\n\s*\n/);
  const line = paragraph.replace(/\s+/g, ' ').trim();
  const end = /[.:](?= [A-Z]|$)(?<! e\.g\.)/.exec(line);
  return end ? line.slice(0, end.index + 1).replace(/:$/, '.') : line;
}

const escaped = (text) => text.replace(/\|/g, '\\|').replace(/</g, '&lt;');

/** The family of a file's functions, from the file's first sentence; the file's name if it is no part of the op table. */
function familyOf(source) {
  const head = firstSentence(/^\/\*\*([\s\S]*?)\*\//.exec(source.text)[1].replace(/^\s*\* ?/gm, ''));
  const [, family] = /^Rows of (?:the op table|gradtape\/\w+): ([^.]*)/.exec(head) ?? [];
  const name = family ?? basename(source.fileName, '.ts');
  return name[0].toUpperCase() + name.slice(1);
}

/** The call of a function: its parameters' names, with a question mark behind optional ones. */
function callOf(name, signature) {
  const names = signature.getParameters().map((parameter) => {
    const at = parameter.valueDeclaration;
    if (!at || !ts.isParameter(at)) return parameter.name;
    const isOptional = at.questionToken !== undefined || at.initializer !== undefined;
    return `${at.dotDotDotToken ? '...' : ''}${ts.isIdentifier(at.name) ? at.name.text : 'options'}${isOptional ? '?' : ''}`;
  });
  return `${name}(${names.join(', ')})`;
}

/** Every public function: `{ name, call, text, family, module }`; members of a public object stand under its name. */
export function functions() {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const paths = Object.values(ROOTS).map((path) => join(root, path));
  const program = ts.createProgram(paths, options);
  const checker = program.getTypeChecker();
  const documentation = (...symbols) => symbols.map((symbol) => ts.displayPartsToString(symbol.getDocumentationComment(checker))).find(Boolean) ?? '';

  /** The definition of a re-exported name. */
  const definitionOf = (exported) => (exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported);

  function entries(module, name, exported) {
    const symbol = definitionOf(exported);
    const declaration = symbol.valueDeclaration;
    if (!declaration || ts.isClassDeclaration(declaration) || name === 'default') return [];
    const type = checker.getTypeOfSymbolAtLocation(symbol, declaration);
    const [signature] = type.getCallSignatures();
    if (signature === undefined) {
      const isNamespace = ts.isVariableDeclaration(declaration) && declaration.initializer && ts.isObjectLiteralExpression(declaration.initializer);
      const members = isNamespace ? declaration.initializer.properties.filter(ts.isShorthandPropertyAssignment) : [];
      return members.flatMap((member) => entries(module, `${name}.${member.name.text}`, checker.getShorthandAssignmentValueSymbol(member)));
    }
    const text = firstSentence(documentation(exported, symbol));
    return [{ name, module, call: callOf(name, signature), text, family: familyOf(declaration.getSourceFile()) }];
  }
  return Object.keys(ROOTS).flatMap((module, i) => {
    const exports = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(paths[i])));
    return exports.flatMap((exported) => entries(module, exported.name, exported));
  });
}

/** The page. */
export function page(list) {
  const families = new Map();
  for (const entry of list) families.set(entry.family, [...(families.get(entry.family) ?? []), entry]);
  const sections = [...families].map(([family, members]) => {
    const rows = members.map(({ call, text }) => `| \`${call}\` | ${escaped(text)} |`);
    return `## ${family}\n\n| | |\n| --- | --- |\n${rows.join('\n')}`;
  });
  return `# Functions\n\n${list.length} public functions, from their docstrings by \`node scripts/reference.mjs\`.\n\n${sections.join('\n\n')}\n`;
}

export const written = () => readFileSync(FILE, 'utf8');

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(FILE, page(functions()));
