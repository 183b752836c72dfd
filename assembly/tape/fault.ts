/** The last failure, as numbers, from which the facade makes a sentence. Knows no words. */
import { OWN } from '../memory/scratch';
import { Fault, Status } from '../shared/abi';

export const FAULT = memory.data(32, 16) + OWN;

/** Notes a failure of `op`, unless an earlier one is noted. Returns false, so that a shape rule can return this call. */
export function fail(status: Status, op: i32, a: i32 = 0, b: i32 = 0, c: i32 = 0): bool {
  if (hasFailed()) return false;
  store<i32>(FAULT, status, Fault.status << 2);
  store<i32>(FAULT, op, Fault.op << 2);
  store<i32>(FAULT, a, Fault.a << 2);
  store<i32>(FAULT, b, Fault.b << 2);
  store<i32>(FAULT, c, Fault.c << 2);
  return false;
}

export function hasFailed(): bool {
  return load<i32>(FAULT) != Status.ok;
}

/** Clears the failure. */
export function clearFault(): void {
  store<i32>(FAULT, Status.ok);
}
