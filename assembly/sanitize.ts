/** What the sanitizer build exports besides the module's own: switches for the tests. No other build has them. */
import { vjpOf } from './tape/registry';

export { damagedAt, heapCheck, heapFailAfter, heapNext, heapSerial, heapSize } from './memory/guard';
export { alloc as heapAlloc, free as heapFree } from './memory/heap';
export { mutate } from './tape/registry';

/** Whether the op has a gradient rule. */
export function hasRule(op: i32): bool {
  return vjpOf(op) != 0;
}
