/** The opcodes' names, for messages. The build replaces them by one text, so no other file may ask the enum for a name. */
import { Op } from '../assembly/shared/opcode.js';

export const opNames: string[] = Object.values(Op).filter((name) => typeof name === 'string');

/** The op's name; '' for none. */
export const opName = (op: Op): string => (op && opNames[op]) || '';

/** Names a wing's opcodes, from `first` on. */
export function nameOps(first: Op, names: readonly string[]): void {
  names.forEach((name, i) => {
    opNames[first + i] = name;
  });
}

/** The names of a wing's opcodes, from the first to the last. */
export const namesOf = (first: Op, last: Op): readonly string[] => opNames.slice(first, last + 1);
