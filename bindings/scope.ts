/** Scopes: what is made inside is released at the end, except what is returned. Knows no ops. */
import { scopeDepth, setScopeDepth } from './call.js';
import { ArgumentError, refused } from './errors.js';
import { failure } from './fault.js';
import { core, ready } from './module.js';
import { isPlainObject } from './params.js';
import { enqueue } from './ring.js';
import { Tensor } from './tensor.js';

/** Opens a scope; every way out must call `leave`. */
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

/** What follows a lift: `moved` is 0 for a tensor from outside, negative for one that is not in linear memory. */
export function lifted(t: Tensor, moved: number, op: string): void {
  if (moved < 0) {
    if (t.spilled === null) throw failure(op, [t]);
    core.faultClear();
  } else if (moved > 0 && scopeDepth === 1) enqueue(t);
}

/** Ends a scope: for JavaScript even when a trap has taken the core away. */
export function leave(sentinel: number): void {
  setScopeDepth(scopeDepth - 1);
  core.scopeLeave(sentinel);
}

/** Whether v holds no tensors, as is seen without a look at its properties: that costs more where results have been of many kinds. */
const isData = (v: unknown): boolean => typeof v !== 'object' || v === null || ArrayBuffer.isView(v);

export const isThenable = (v: unknown): boolean =>
  (typeof v === 'function' || !isData(v)) && !(v instanceof Tensor) && !Array.isArray(v) && typeof (v as PromiseLike<unknown>).then === 'function';

/** Calls `visit` with every tensor in a nesting of arrays and plain objects. */
export function eachTensor(tree: unknown, visit: (t: Tensor) => void): void {
  if (isData(tree)) return;
  if (tree instanceof Tensor) visit(tree);
  else if (Array.isArray(tree)) {
    for (let i = 0; i < tree.length; i++) if (!isData(tree[i])) eachTensor(tree[i], visit);
  } else if (isPlainObject(tree)) for (const key of Object.keys(tree)) eachTensor(tree[key], visit);
}

/**
 * Runs `f` and releases every tensor made in it, except those it returns (in any nesting of arrays and objects) and those kept.
 * @throws TypeError when `f` returns a promise: a scope ends in the tick it began in.
 */
export function scope<T>(f: () => T): T {
  const sentinel = enter();
  try {
    const result = f();
    if (isThenable(result))
      throw refused(ArgumentError, 'scope', 'the function returned a promise, and a scope ends in the tick it began in; make the tensors after awaiting');
    eachTensor(result, (t) => lift(t, sentinel));
    return result;
  } finally {
    leave(sentinel);
  }
}
