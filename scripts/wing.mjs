/**
 * A transform of the compiler, for wings: makes the declarations that `assembly/extend.ts` names imports from the core; the imported module is named
 * by the contract's fingerprint. Other variables of the core's files become imports from a module `state`, and the build refuses these by name: a
 * copy of such a variable would silently differ from the core's. Only declarations that are used are compiled.
 */
import { CommonFlags, Compiler, Node, NodeKind } from 'assemblyscript';
import { Transform } from 'assemblyscript/transform';
import { fingerprint, holdsState, names, noting } from './contract.mjs';

const SOURCE = 'assembly/';
const core = fingerprint().toString(36);

const text = (value, range) => Node.createStringLiteralExpression(value, range);
const decorator = (name, args, range) => Node.createDecorator(Node.createIdentifierExpression(name, range), args, range);

/** Makes a declaration an import. */
function imported(declaration, module, name) {
  const { range } = declaration.name;
  declaration.flags |= CommonFlags.Ambient | CommonFlags.DefinitelyAssigned;
  declaration.decorators = [decorator('external', [text(module, range), text(name, range)], range)];
}

/** Refuses default arguments of an imported function that are not literals: only literals does the compiler insert where a call lacks the argument. */
function checkDefaults({ name, signature }) {
  const other = signature.parameters.find(({ initializer }) => initializer && !/^-?[\d.]+$|^(true|false)$/.test(initializer.range.toString()));
  if (other) throw new Error(`wing: ${name.text} has a default argument that is no literal: ${other.range}`);
}

/** Whether a declaration is state: a variable, or a constant that is an address. */
const isState = (declaration) => !(declaration.flags & CommonFlags.Const) || /memory\.data|\bOWN\b/.test(declaration.initializer.range.toString());

const note = noting(Compiler);

export default class extends Transform {
  afterParse(parser) {
    const door = names();
    for (const source of parser.sources) {
      if (!source.normalizedPath.startsWith(SOURCE)) continue;
      const path = source.normalizedPath.replace(/\.ts$/, '');
      const listed = new Map(door.filter((entry) => entry.path === path).map(({ name, short }) => [name, short]));
      const isCore = holdsState(path, door);
      for (const statement of source.statements) {
        if (statement.kind === NodeKind.FunctionDeclaration && listed.has(statement.name.text)) {
          checkDefaults(statement);
          statement.body = null;
          imported(statement, core, listed.get(statement.name.text));
        } else if (statement.kind === NodeKind.Variable) {
          for (const declaration of statement.declarations) this.place(declaration, path, listed, isCore);
        }
      }
    }
    this.sources = parser.sources;
  }

  place(declaration, path, listed, isCore) {
    const name = declaration.name.text;
    const { range } = declaration.name;
    if (declaration.flags & CommonFlags.Ambient) return;
    if (listed.has(name)) {
      declaration.initializer = null;
      imported(declaration, core, listed.get(name));
    } else if (isCore && isState(declaration) && path !== 'assembly/memory/scratch') {
      if (declaration.type) declaration.initializer = null;
      imported(declaration, 'state', `${path}/${name}`);
    } else {
      declaration.decorators = [...(declaration.decorators ?? []), decorator('lazy', null, range)];
    }
  }

  afterCompile() {
    note(this.sources);
  }
}
