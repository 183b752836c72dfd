/** Turns the core's fault record into an error. Knows only those properties of tensors that errors show. */
import { Fault, Status } from '../assembly/shared/abi.js';
import type { Op } from '../assembly/shared/opcode.js';
import { type Described, errorOf, type GradtapeError } from './errors.js';
import { core, faultArea, i32, poison, views } from './module.js';
import { opName } from './opnames.js';

/** The properties of an operand that a failure needs. */
export interface Operand extends Described {
  readonly op: Op;
  readonly generation: number;
  readonly spilled: unknown;
  wake(): number;
}

const isAlive = (t: Operand): boolean => t.spilled !== null || (core.isLive(t.wake(), t.generation) as unknown as number) !== 0;

/** Reads the core's failure and clears it. If the core has noted none, the failure is that an operand was released, or that memory is out. */
export function failure(op: string, operands: readonly Operand[]): Error & GradtapeError {
  views();
  const word = (i: Fault): number => i32[(faultArea >>> 2) + i] as number;
  const gone = operands.findIndex((t) => !isAlive(t));
  const status = word(Fault.status) || (gone >= 0 ? Status.released : Status.memory);
  const error = errorOf({
    status,
    op: opName(word(Fault.op)) || op,
    a: word(Fault.status) ? word(Fault.a) : Math.max(gone, 0),
    b: word(Fault.b),
    c: word(Fault.c),
    operands: operands.filter(isAlive),
    origins: operands.map((t) => opName(t.op)),
    held: core.memoryBytes(),
    refused: core.memoryRefused(),
  });
  core.faultClear();
  return error;
}

/** Whether the core has a failure that is not cleared yet. */
export function hasFault(): boolean {
  views();
  return i32[(faultArea >>> 2) + Fault.status] !== Status.ok;
}

/** Whether that failure is a lack of memory. */
export function isOutOfMemory(): boolean {
  views();
  return i32[(faultArea >>> 2) + Fault.status] === Status.memory;
}

/** Runs a call of the core; a trap poisons the instance. */
export function guarded<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw poison(error);
  }
}
