/**
 * One op, whole: check, infer, allocate, compute, record. Knows opcodes, not operations.
 */
import { setTiled, setTileDtype, wholeTile } from '../kernels/tile';
import { Status } from '../shared/abi';
import { isInexact } from '../tensor/dtype';
import { own } from '../tensor/scope';
import { allocateElements, countElements, newScalarRecord, NONE, release, Tensor } from '../tensor/tensor';
import { Call, CALL_AREA } from './call';
import { compute } from './compute';
import { fail, hasFailed } from './fault';
import { dtypesOf, indexOf, inferOf, kernelOf, resultOf, vjpOf } from './registry';
import { append, watching } from './tape';
import { note, tracing } from './trace';

/** Runs the call in progress and returns its first result, owned by the innermost scope; NONE after a failure. */
export function apply(): Tensor {
  const c = changetype<Call>(CALL_AREA);
  c.outputs = 0;
  let watchers: u32 = 0;
  let rank = 0;
  const dtypes = dtypesOf(c.op);
  for (let i = 0, n = c.inputs; i < n; i++) {
    const t = c.input(i);
    if (!t) return NONE;
    if (!((dtypes >> t.dtype) & 1)) return abandon(c, Status.dtype, i, t.dtype);
    watchers |= t.watchers;
    rank |= t.rank;
  }
  if (tracing) setTiled(false);
  if ((rank || !mapScalars(c)) && !inferAndCompute(c)) return abandon(c, Status.memory, 0, 0);
  if (hasFailed()) return abandon(c, Status.memory, 0, 0);
  if (tracing && !note(c)) return abandon(c, Status.memory, 0, 0);
  watchers &= watching;
  if (watchers && vjpOf(c.op) && isInexact(c.output(0).dtype)) {
    if (!append(c, watchers)) return abandon(c, Status.memory, 0, 0);
  }
  for (let i = 0, n = c.outputs; i < n; i++) own(c.output(i));
  return c.output(0);
}

/** An elementwise op of scalars of one dtype, whose result needs no shape rule; false when the call is something else. */
// @ts-ignore: decorator
@inline
function mapScalars(c: Call): bool {
  const n = c.inputs;
  if (n == 0 || n > 2) return false;
  const x = c.input(0);
  const last = c.input(n - 1);
  const kernel = kernelOf(c.op, x.dtype);
  if (!kernel || x.dtype != last.dtype) return false;
  const y = newScalarRecord(resultOf(kernel));
  if (!y) return false;
  c.outputs = 1;
  c.setOutput(0, y);
  wholeTile(x.data, last.data, 0, y.data);
  setTileDtype(x.dtype);
  call_indirect<void>(indexOf(kernel), 1);
  return true;
}

/** The general case: shape rule, elements, kernel. */
function inferAndCompute(c: Call): bool {
  if (!call_indirect<bool>(inferOf(c.op), c)) return false;
  let computes = false;
  for (let i = 0, n = c.outputs; i < n; i++) {
    const t = c.output(i);
    if (t.storage) continue;
    const size = countElements(t);
    if (size < 0) return fail(Status.tooLarge, c.op);
    t.size = size;
    if (!allocateElements(t)) return fail(Status.memory, c.op, <i32>(t.bytes >> 10), 1);
    if (size) computes = true;
  }
  if (computes) compute(c);
  return true;
}

/** Undoes what the call has made so far. */
function abandon(c: Call, status: Status, a: i32, b: i32): Tensor {
  fail(status, c.op, a, b);
  for (let i = 0, n = c.outputs; i < n; i++) release(c.output(i));
  return NONE;
}
