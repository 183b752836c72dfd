/** Exports that only the sanitizer build adds to the module's own, for tests. */
import { vjpOf } from './tape/registry';

export { damagedAt, heapCheck, heapFailAfter, heapNext, heapSerial, heapSize } from './memory/guard';
export { alloc as heapAlloc, free as heapFree } from './memory/heap';
export { mutate } from './tape/registry';

/** Whether the op has a gradient rule. */
export function hasRule(op: i32): bool {
  return vjpOf(op) != 0;
}
