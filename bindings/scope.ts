/** Scopes: tensors made in a scope are released at its end, except those that it returns. Knows no ops. */
import { scopeDepth, setScopeDepth } from './call.js';
import { ArgumentError, refused, refuseMore, shown } from './errors.js';
import { failure } from './fault.js';
import { core, ready } from './module.js';
import { enqueue } from './ring.js';
import { flatten } from './structure.js';
import { Tensor } from './tensor.js';

/** Opens a scope; the caller must call `leave`, also after an error. */
export function enter(): number {
  const sentinel = ready().scopeEnter();
  if (sentinel === 0) throw failure('scope', []);
  setScopeDepth(scopeDepth + 1);
  return sentinel;
}

/** Lets `t` outlive the scope; a tensor from outside it stays where it is. */
export function lift(t: Tensor, sentinel: number): void {
  lifted(t, core.scopeLift(t.wake(), t.generation, sentinel), 'scope');
}

/** Completes a lift: `moved` is 0 for a tensor from outside, negative for one that is not in linear memory. */
export function lifted(t: Tensor, moved: number, op: string): void {
  if (moved < 0) {
    if (t.spilled === null) throw failure(op, [t]);
    core.faultClear();
  } else if (moved > 0 && scopeDepth === 1) enqueue(t);
}

/** Ends a scope. The depth is lowered first, for the core throws after a trap. */
export function leave(sentinel: number): void {
  setScopeDepth(scopeDepth - 1);
  core.scopeLeave(sentinel);
}

export const isThenable = (v: unknown): boolean =>
  (typeof v === 'function' || (typeof v === 'object' && v !== null && !ArrayBuffer.isView(v))) &&
  !(v instanceof Tensor) &&
  !Array.isArray(v) &&
  typeof (v as PromiseLike<unknown>).then === 'function';

/** The tensors in a tree, for `op`. */
export function tensorsIn(v: unknown, op: string): Tensor[] {
  if (v instanceof Tensor) return [v];
  const leaves: unknown[] = [];
  flatten(v, leaves, op);
  return leaves.filter((leaf) => leaf instanceof Tensor);
}

/**
 * Runs `f` and releases every tensor made in it, except those it returns (in any nesting of arrays and objects) and those kept.
 * @throws TypeError when `f` returns a promise, for a scope ends in the tick it began in, or an object in which no tensors are found.
 */
export function scope<T>(f: () => T): T {
  if (arguments.length > 1) refuseMore('scope(f)', 1, arguments);
  if (typeof f !== 'function') throw refused(ArgumentError, 'scope', `takes a function; got ${shown(f)}`);
  const sentinel = enter();
  try {
    const result = f();
    if (isThenable(result))
      throw refused(ArgumentError, 'scope', 'the function returned a promise, and a scope ends in the tick it began in; make the tensors after awaiting');
    for (const t of tensorsIn(result, 'scope')) lift(t, sentinel);
    return result;
  } finally {
    leave(sentinel);
  }
}
