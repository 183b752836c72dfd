/**
 * A transform of the compiler: makes a function's value its index in the table, which `call_indirect` takes. By default the value is the address
 * of an object that holds the index, in two segments of data: 11 KB for the functions that ops register.
 */
import { Compiler } from 'assemblyscript';
import { Transform } from 'assemblyscript/transform';

const placed = Symbol('index in the table');

Compiler.prototype.ensureRuntimeFunction = function (instance) {
  this.module.ensureFunctionTable('0');
  if (instance[placed] === undefined) instance[placed] = (this.options.tableBase || 1) + this.functionTable.push(instance) - 1;
  return globalThis.i64_new(instance[placed]);
};

/** Refuses calls of a function's value other than by `call_indirect`, which would take the index for an address. */
Compiler.prototype.makeCallIndirect = (_signature, _value, node) => {
  throw new Error(`functions: call_indirect calls a function's value: ${node.range.source.normalizedPath}: ${node.range}`);
};

export default class extends Transform {}
