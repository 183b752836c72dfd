/**
 * Applies one op: checks the operands, infers the result, allocates, computes and records. Knows opcodes, not operations.
 *
 * Note [Slopes]. The slope of an elementwise function is its derivative at the operand. Some functions share work with it, above all an
 * exponential. They have a second op, which computes value and slope in one pass, and runs instead of the first one where a tape watches the
 * operand. The sweep then computes only a product. The slope is a value of the tape like any other, so gradients computed from it can be
 * differentiated again. No scope owns the slope: the node frees it. It needs as much memory as the result.
 */
import { setTiled, setTileDtype, setTileSlope, wholeTile } from '../kernels/tile';
import { DType, Flag, Status, Weak } from '../shared/abi';
import { CastWord } from '../shared/attributes';
import { Op } from '../shared/opcode';
import { complexOf, INTEGER, isComplex, isInexact, isWide } from '../tensor/dtype';
import { clear, disown, mark, own } from '../tensor/scope';
import { allocateElements, countElements, NONE, release, Tensor } from '../tensor/tensor';
import { haveSameShape, newLike } from '../tensor/view';
import { isWeak, weaknessOf } from '../tensor/weak';
import { append, appendMap } from './append';
import { begin, Call, CALL_AREA } from './call';
import { compute, isLarge } from './compute';
import { fail, hasFailed } from './fault';
import { dtypesOf, indexOf, inferOf, kernelOf, resultOf, slopedOf, vjpOf } from './registry';
import { watching } from './tape';
import { note, tracing } from './trace';

/** `op` of x; NONE if x is absent, and after a failure. */
export function call1(op: i32, x: Tensor): Tensor {
  if (!x) return NONE;
  const kernel = isPlain(x) ? kernelOf(op, x.dtype) : 0;
  return kernel ? mapPlain(op, kernel, 1, x, x, x) : applyTo(op, 1, x, x, 0);
}

/** `op` of x and y, likewise. */
export function call2(op: i32, x: Tensor, y: Tensor): Tensor {
  if (!x || !y) return NONE;
  const kernel = x.dtype == y.dtype && isPlain(x) && isPlain(y) && haveSameShape(x, y) ? kernelOf(op, x.dtype) : 0;
  return kernel ? mapPlain(op, kernel, 2, x, y, y) : applyTo(op, 2, x, y, 0);
}

/** `op` of x, y and z, likewise. */
export function call3(op: i32, x: Tensor, y: Tensor, z: Tensor): Tensor {
  if (!x || !y || !z) return NONE;
  const areAlike = x.dtype == y.dtype && x.dtype == z.dtype && haveSameShape(x, y) && haveSameShape(x, z);
  const kernel = areAlike && isPlain(x) && isPlain(y) && isPlain(z) ? kernelOf(op, x.dtype) : 0;
  if (kernel) return mapPlain(op, kernel, 3, x, y, z);
  const c = begin(op, 3);
  c.setInput(0, x);
  c.setInput(1, y);
  c.setInput(2, z);
  return apply();
}

/** Whether an elementwise kernel can read all of x in place, on this thread, outside traces. */
// @ts-ignore: decorator
@inline
function isPlain(x: Tensor): bool {
  return !tracing && (!x.rank || (x.isContiguous && !isLarge(x.size)));
}

/** `op` of x, or of x and y when it has two inputs, with the `words` words of attributes in the call area. */
export function applyTo(op: i32, inputs: i32, x: Tensor, y: Tensor, words: i32): Tensor {
  const c = begin(op, inputs);
  c.setInput(0, x);
  c.setInput(1, y);
  c.words = words;
  return apply();
}

/** As `apply`, without the call area, for an elementwise op of plain tensors of one shape and dtype. The last one is repeated for missing operands. */
function mapPlain(op: i32, kernel: u32, inputs: i32, x: Tensor, y: Tensor, z: Tensor): Tensor {
  const watchers = (x.watchers | y.watchers | z.watchers) & watching;
  const sloped = watchers ? slopedOf(op, x.dtype) : 0;
  if (sloped) return mapSloped(op, sloped, x, watchers);
  const t = newLike(x, resultOf(kernel));
  if (!t) {
    fail(Status.memory, op);
    return NONE;
  }
  changetype<Call>(CALL_AREA).op = op; // a kernel that fails names it
  pass(kernel, x.dtype, x.data, y.data, z.data, t.data, x.size);
  t.flags |= x.flags & y.flags & z.flags & Flag.weak;
  own(t);
  if (watchers && vjpOf(op) && isInexact(t.dtype) && !appendMap(op, inputs, x, y, z, t, watchers)) fail(Status.memory, op);
  if (!hasFailed()) return t;
  disown(t);
  return NONE;
}

/** The same for `sloped`, which runs instead of `op`. See Note [Slopes] */
function mapSloped(op: i32, sloped: i32, x: Tensor, watchers: u32): Tensor {
  const t = newLike(x, x.dtype);
  const slope = t ? newLike(x, x.dtype) : NONE;
  if (!slope) {
    if (t) release(t);
    fail(Status.memory, op);
    return NONE;
  }
  const c = begin(sloped, 1);
  c.setInput(0, x);
  c.setOutput(0, t);
  c.setOutput(1, slope);
  c.outputs = 2;
  setTileSlope(slope.data);
  pass(kernelOf(sloped, x.dtype), x.dtype, x.data, x.data, x.data, t.data, x.size);
  t.flags |= x.flags & Flag.weak;
  slope.flags |= x.flags & Flag.weak;
  own(t);
  const isDone = append(c, watchers);
  release(slope); // the tape has it
  if (isDone) return t;
  fail(Status.memory, op);
  disown(t);
  return NONE;
}

/** Runs an elementwise kernel on n elements of `dtype` at x, y and z; the results go to `to`. */
// @ts-ignore: decorator
@inline
export function pass(kernel: u32, dtype: i32, x: usize, y: usize, z: usize, to: usize, n: i32): void {
  wholeTile(x, y, z, to);
  setTileDtype(dtype);
  call_indirect<void>(indexOf(kernel), n);
}

/** Applies the call in progress. Returns its first result, which the innermost scope owns; NONE after a failure. */
export function apply(): Tensor {
  const c = changetype<Call>(CALL_AREA);
  c.outputs = 0;
  let watchers: u32 = 0;
  let lent = NONE;
  let weak = 0;
  let decided = 0;
  const dtypes = dtypesOf(c.op);
  for (let i = 0, n = c.inputs; i < n; i++) {
    const t = c.input(i);
    if (!t) {
      if (lent) clear(lent);
      return NONE;
    }
    watchers |= t.watchers;
    if (isInexact(t.dtype)) {
      weak |= t.flags;
      if (!(t.flags & Flag.weak)) decided |= 1 << t.dtype;
    }
    if ((dtypes >> t.dtype) & 1) continue;
    if (!lent) lent = mark();
    if (promote(c, i, dtypes)) {
      if (isInexact(c.input(i).dtype)) decided |= 1 << c.input(i).dtype;
      continue;
    }
    clear(lent);
    return abandon(c, Status.dtype, i, t.dtype);
  }
  weak &= Flag.weak;
  if ((weak && decided) || mixes(c)) {
    if (!lent) lent = mark();
    if (!agree(c, weak ? decided : 0)) {
      clear(lent);
      return NONE;
    }
    if (decided) weak = 0;
  }
  if (c.op == Op.cast) weak = weaknessOf(c.attribute(CastWord.dtype));
  if (tracing) setTiled(false);
  watchers &= watching;
  const asked = c.op;
  let sloped = c.inputs ? slopedOf(asked, c.input(0).dtype) : 0;
  if (!watchers && sloped != asked) sloped = 0;
  let isDone = inferAndCompute(c, weak, sloped) && !hasFailed() && (!tracing || note(c));
  if (isDone && watchers && vjpOf(c.op) && isInexact(c.output(0).dtype)) isDone = append(c, watchers);
  if (lent) clear(lent);
  if (!isDone) return abandon(c, Status.memory, 0, 0);
  if (sloped && sloped != asked) {
    release(c.output(1)); // the tape's node holds it
    c.outputs = 1;
  }
  for (let i = 0, n = c.outputs; i < n; i++) own(c.output(i));
  return c.output(0);
}

/**
 * Converts operand i, an int32 or bool that the op doesn't accept: to the dtype of an inexact operand beside it, float32 where that is weak; without one to int32, or, if
 * the op doesn't accept that either, to float32. This is the only rule of promotion; such operands have no gradient. Returns false if the op
 * doesn't accept the result either.
 */
function promote(c: Call, i: i32, dtypes: u32): bool {
  const x = c.input(i);
  if (isInexact(x.dtype)) return false;
  let to = dtypes & INTEGER ? DType.int32 : DType.float32;
  for (let j = c.inputs - 1; j >= 0; j--) {
    const t = c.input(j);
    if (!t || !isInexact(t.dtype) || !((dtypes >> t.dtype) & 1)) continue;
    if (!isWeak(t)) to = t.dtype;
    else if (!isInexact(to)) to = DType.float32;
  }
  return ((dtypes >> to) & 1) != 0 && convert(c, i, to);
}

/** Whether one of the two operands is real and the other complex; ops accept no other mixture of dtypes. */
// @ts-ignore: decorator
@inline
function mixes(c: Call): bool {
  return c.inputs == 2 && !c.words && isComplex(c.input(0).dtype) != isComplex(c.input(1).dtype);
}

/**
 * Converts weak operands to the precision of the others, whose dtypes are the set `decided`; and a real operand beside a complex one of its
 * precision to complex. False when memory is out. See Note [Weak numbers]
 */
function agree(c: Call, decided: i32): bool {
  const isNarrow = decided && !(decided & ((1 << DType.float64) | (1 << DType.complex128)));
  for (let i = 0, n = c.inputs; isNarrow && i < n; i++) {
    const t = c.input(i);
    if (isWeak(t) && !convert(c, i, isComplex(t.dtype) ? DType.complex64 : DType.float32)) return false;
  }
  if (!mixes(c)) return true;
  const i = <i32>isComplex(c.input(0).dtype);
  const x = c.input(i);
  if (complexOf(x.dtype) != c.input(1 - i).dtype || !isInexact(x.dtype)) return true;
  return convert(c, i, isWeak(x) ? Weak.complex : complexOf(x.dtype));
}

/** Replaces operand i by a cast of it; false when memory is out. */
function convert(c: Call, i: i32, to: i32): bool {
  const x = c.input(i);
  const op = c.op, inputs = c.inputs, words = c.words, first = c.input(0), attribute = c.attribute(0);
  c.op = Op.cast;
  c.inputs = 1;
  c.words = 1;
  c.setInput(0, x);
  c.setAttribute(CastWord.dtype, to);
  const converted = apply();
  c.op = op;
  c.inputs = inputs;
  c.outputs = 0;
  c.words = words;
  c.setInput(0, first);
  c.setAttribute(0, attribute);
  c.setInput(i, converted);
  return converted != NONE;
}

/** Calls the shape rule, allocates the results' elements, and calls the kernel: that of `sloped`, unless it is 0. See Note [Slopes] */
function inferAndCompute(c: Call, weak: i32, sloped: i32): bool {
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
  if (sloped) {
    const slope = newLike(c.output(0), c.output(0).dtype);
    if (!slope) return fail(Status.memory, c.op);
    c.setOutput(c.outputs++, slope);
    c.op = sloped;
  }
  if (weak) for (let i = 0, n = c.outputs; i < n; i++) if (isWide(c.output(i).dtype)) c.output(i).flags |= weak;
  if (computes) compute(c);
  return true;
}

/** Notes a failure and releases the results that the call has made so far. */
function abandon(c: Call, status: Status, a: i32, b: i32): Tensor {
  fail(status, c.op, a, b);
  for (let i = 0, n = c.outputs; i < n; i++) release(c.output(i));
  return NONE;
}
