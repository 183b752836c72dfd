/**
 * A transform of the compiler, for the core: gives the exports of `assembly/extend.ts` short names, and writes the contract's fingerprint. An export
 * takes all arguments: the compiler would otherwise count them by a global, which a wing does not set.
 */
import { Compiler, Node, RuntimeFeatures } from 'assemblyscript';
import { Transform } from 'assemblyscript/transform';
import { DOOR, fingerprint, names, noting } from './contract.mjs';

let exporting = false;
const { compileModuleExport } = Compiler.prototype;
Compiler.prototype.compileModuleExport = function (name, element, prefix) {
  const outer = exporting;
  exporting = true;
  compileModuleExport.call(this, name, element, prefix);
  exporting = outer;
  this.desiresExportRuntime = false; // wings pass records as addresses, and no memory is managed
  this.runtimeFeatures &= ~RuntimeFeatures.setArgumentsLength;
};

Compiler.prototype.ensureVarargsStub = (original) => {
  if (!exporting) throw new Error(`door: a default argument of ${original.internalName} is no literal`);
  return original;
};

const note = noting(Compiler);

export default class extends Transform {
  afterParse(parser) {
    this.sources = parser.sources;
    const door = parser.sources.find(({ normalizedPath }) => normalizedPath === DOOR);
    if (!door) return;
    const shorts = new Map(names().map(({ name, short }) => [name, short]));
    for (const statement of door.statements) {
      for (const member of statement.members ?? []) {
        if (member.exportedName) member.exportedName = Node.createIdentifierExpression(shorts.get(member.localName.text), member.range);
      }
      if (statement.name?.text === 'contract') statement.body.statements[0].value.value = globalThis.i64_new(fingerprint() | 0, 0);
    }
  }

  afterCompile() {
    note(this.sources);
  }
}
