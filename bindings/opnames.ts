/** The opcodes' names, for messages. The build makes one text of them; nothing else asks the enum for a name. */
import { Op } from '../assembly/shared/opcode.js';

export const opNames: readonly string[] = Object.values(Op).filter((name) => typeof name === 'string');

/** The op's name; nothing for no op. */
export const opName = (op: Op): string => (op && opNames[op]) || '';
