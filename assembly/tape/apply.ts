/**
 * One op, whole: check, infer, allocate, compute, record. Knows opcodes, not operations.
 */
import { setTiled } from '../kernels/tile';
import { Status } from '../shared/abi';
import { isInexact } from '../tensor/dtype';
import { own } from '../tensor/scope';
import { allocateElements, countElements, NONE, placeScalar, release, Tensor } from '../tensor/tensor';
import { Call, CALL_AREA } from './call';
import { fail, hasFailed } from './fault';
import { dtypesOf, forwardOf, inferOf, vjpOf } from './registry';
import { append, watching } from './tape';
import { note, tracing } from './trace';

/** Computes the elements of the call's results: the one place that runs an op's kernel. */
// @ts-ignore: decorator
@inline
export function compute(c: Call): void {
  setTiled(false);
  call_indirect<void>(forwardOf(c.op), c);
}

/** Runs the call in progress and returns its first result, owned by the innermost scope; NONE after a failure. */
export function apply(): Tensor {
  const c = changetype<Call>(CALL_AREA);
  c.outputs = 0;
  let watchers: u32 = 0;
  const dtypes = dtypesOf(c.op);
  for (let i = 0, n = c.inputs; i < n; i++) {
    const t = c.input(i);
    if (!t) return NONE;
    if (!((dtypes >> t.dtype) & 1)) return abandon(c, Status.dtype, i, t.dtype);
    watchers |= t.watchers;
  }
  if (!call_indirect<bool>(inferOf(c.op), c)) return abandon(c, Status.memory, 0, 0);
  let computes = false;
  for (let i = 0, n = c.outputs; i < n; i++) {
    const t = c.output(i);
    if (t.storage) continue;
    if (t.rank == 0) {
      placeScalar(t);
      computes = true;
      continue;
    }
    const size = countElements(t);
    if (size < 0) return abandon(c, Status.tooLarge, 0, 0);
    t.size = size;
    if (!allocateElements(t)) return abandon(c, Status.memory, <i32>(t.bytes >> 10), 1);
    if (size) computes = true;
  }
  if (computes) {
    compute(c);
    if (hasFailed()) return abandon(c, Status.memory, 0, 0);
  }
  if (tracing && !note(c, computes)) return abandon(c, Status.memory, 0, 0);
  watchers &= watching;
  if (watchers && vjpOf(c.op) && isInexact(c.output(0).dtype)) {
    if (!append(c, watchers)) return abandon(c, Status.memory, 0, 0);
  }
  for (let i = 0, n = c.outputs; i < n; i++) own(c.output(i));
  return c.output(0);
}

/** Undoes what the call has made so far. */
function abandon(c: Call, status: Status, a: i32, b: i32): Tensor {
  fail(status, c.op, a, b);
  for (let i = 0, n = c.outputs; i < n; i++) release(c.output(i));
  return NONE;
}
