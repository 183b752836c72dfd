/**
 * Calls of the core: takes operands and returns a Tensor, or throws an error in words. No other file calls the apply exports, so each call site
 * has one target and V8 calls it directly. Knows opcodes, no op.
 */
import { CallArea, DType, Fault, Limit, Record as Rec, Status, Weak } from '../assembly/shared/abi.js';
import { Op } from '../assembly/shared/opcode.js';
import { wholeWords } from './attributes.js';
import { partsOf, shiftOf } from './dtype.js';
import { refused, ShapeError } from './errors.js';
import { failure, isOutOfMemory } from './fault.js';
import { callArea, core, f64, faultArea, heapOf, hooks, i32, poison, views } from './module.js';
import { opName } from './opnames.js';
import { enqueue, requeue, spillAll } from './ring.js';
import { Handle, type Tensor } from './tensor.js';

/** The next number is reserved for copies in tensor.ts. */
const LAST_SERIAL = 0x7ffffffe;

let serial = 0;

/** Reserves `count` consecutive generations and returns the first: never 0, and not the same again within 2³¹ tensors. */
export function nextSerial(count = 1): number {
  if (serial > LAST_SERIAL - count) serial = 0;
  const first = serial + 1;
  serial += count;
  return first;
}

/** Scopes around the running code; 0 at top level. */
export let scopeDepth = 0;

export function setScopeDepth(depth: number): void {
  scopeDepth = depth;
}

/** Makes the Tensor of a new record. */
export function made(at: number, generation: number, op: Op): Tensor {
  const t = new Handle(at, generation, op);
  if (scopeDepth === 0) enqueue(t);
  return t;
}

export function apply0(op: Op, words: number): Tensor {
  const generation = nextSerial();
  const call = (): number => core.apply0(op, words, generation);
  return made(attempt(call) || again(op, [], call), generation, op);
}

export function apply1(op: Op, x: Tensor, words = 0): Tensor {
  if (x.at === 0) revive(x);
  const generation = serial < LAST_SERIAL ? ++serial : nextSerial();
  let at = 0;
  try {
    at = core.apply1(op, x.at, x.generation, words, generation);
  } catch (error) {
    throw poison(error);
  }
  if (at === 0) at = again(op, [x], () => core.apply1(op, x.at, x.generation, words, generation));
  return made(at, generation, op);
}

export function apply2(op: Op, x: Tensor, y: Tensor, words = 0): Tensor {
  if (x.at === 0) revive(x);
  if (y.at === 0) revive(y, [x]);
  const generation = serial < LAST_SERIAL ? ++serial : nextSerial();
  let at = 0;
  try {
    at = core.apply2(op, x.at, x.generation, y.at, y.generation, words, generation);
  } catch (error) {
    throw poison(error);
  }
  if (at === 0) {
    const wholes = asWhole([x, y], words);
    if (wholes) return apply2(op, wholes[0] as Tensor, wholes[1] as Tensor, words);
    at = again(op, [x, y], () => core.apply2(op, x.at, x.generation, y.at, y.generation, words, generation));
  }
  return made(at, generation, op);
}

/** Applies an op with any number of operands and `results` results. Writes the attributes last, for reviving an operand may use the call area. */
export function applyMany(op: Op, operands: readonly Tensor[], attributes: readonly number[] = [], results = 1): Tensor[] {
  if (operands.length > Limit.operands) throw refused(ShapeError, opName(op), `takes at most ${Limit.operands} tensors at a time; got ${operands.length}`);
  for (const t of operands) if (t.at === 0) revive(t, operands);
  const words = writeAttributes(attributes);
  for (let i = 0; i < operands.length; i++) {
    const pair = ((callArea + CallArea.pairs) >>> 2) + 2 * i;
    i32[pair] = (operands[i] as Tensor).at;
    i32[pair + 1] = (operands[i] as Tensor).generation;
  }
  const generation = nextSerial(results);
  const call = (): number => core.applyMany(op, operands.length, words, generation);
  if (!attempt(call)) {
    const wholes = asWhole(operands, 0);
    if (wholes) return applyMany(op, wholes, attributes, results);
    again(op, operands, call);
  }
  return Array.from({ length: results }, (_, i) => core.result(i)).map((at, i) => made(at, (generation + i) | 0, op));
}

/** Writes an op's attributes to the call area and returns the number of words. The next call of the core must be that of the op. */
export function writeAttributes(values: readonly number[]): number {
  if (values.length > Limit.attributes) throw new ShapeError(`at most ${Limit.attributes} attributes fit a call; got ${values.length}`);
  views();
  const from = (callArea + CallArea.attributes) >>> 2;
  for (let i = 0; i < values.length; i++) i32[from + i] = values[i] as number;
  return values.length;
}

/**
 * A scalar as int32, if it is a whole number from `least` to `most`, modulo 2³²; `wrap` is added where it is negative. Where the number is known
 * only when a program runs, so is whether it is one.
 */
export const whole = (t: Tensor, least = -(2 ** 31), most = 2 ** 31 - 1, wrap = 0): Tensor =>
  apply1(Op.whole, t, writeAttributes(wholeWords(least, most, wrap)));

/**
 * The operands of a call that failed because weak numbers stand beside whole ones: with these as int32, and `words` attributes as they were.
 * See Note [Weak numbers] in `assembly/tensor/weak.ts`
 */
function asWhole(operands: readonly Tensor[], words: number): readonly Tensor[] | null {
  views();
  if (i32[(faultArea >>> 2) + Fault.status] !== Status.dtypes || !operands.some((t) => t.dtypeNumber === DType.int32)) return null;
  const areWeak = operands.map((t) => (t.dtypeFor('') as number) === Weak.real && !core.isWatched(t.at, t.generation));
  const isHeld = (t: Tensor): boolean => {
    const v = f64[(i32[(t.at + Rec.data) >>> 2] as number) >>> 3] as number;
    return t.rank === 0 && v === (v | 0);
  };
  if (!areWeak.includes(true) || !operands.every((t, i) => !areWeak[i] || isHeld(t))) return null;
  core.faultClear();
  const from = (callArea + CallArea.attributes) >>> 2;
  const attributes = [...i32.subarray(from, from + words)];
  const wholes = operands.map((t, i) => (areWeak[i] ? whole(t) : t));
  writeAttributes(attributes);
  return wholes;
}

function attempt(call: () => number): number {
  try {
    return call();
  } catch (error) {
    throw poison(error);
  }
}

/** Repeats a failed call after it has opened the op's wing, or spilled tensors, if the lack of these was the reason. Throws the failure otherwise. */
function again(op: Op, operands: readonly Tensor[], call: () => number): number {
  if (hooks.open?.(op)) {
    const at = attempt(call);
    if (at !== 0) return at;
  }
  if (isOutOfMemory() && spillAll(operands)) {
    core.faultClear();
    const at = attempt(call);
    if (at !== 0) return at;
  }
  throw failure(opName(op) || 'tensor', operands);
}

/** Makes a tensor with a copy of the elements in `data`; with zeros if that is null. */
export function create(dtype: number, shape: readonly number[], data: ArrayLike<number> | null, op: Op = Op.none): Tensor {
  const generation = nextSerial();
  return made(allocate(dtype, shape, data, generation), generation, op);
}

function allocate(dtype: number, shape: readonly number[], data: ArrayLike<number> | null, generation: number, needed: readonly Tensor[] = []): number {
  const call = (): number => {
    writeAttributes(shape);
    return core.create(dtype, shape.length, generation);
  };
  const at = attempt(call) || again(Op.none, needed, call);
  views();
  const heap = heapOf(dtype);
  const from = (i32[(at + Rec.data) >>> 2] as number) >>> shiftOf(dtype);
  if (data) heap.set(data, from);
  else heap.fill(0, from, from + (i32[(at + Rec.size) >>> 2] as number) * partsOf(dtype));
  return at;
}

/** A scalar of `dtype`. */
export function scalar(dtype: number, re: number, im = 0): Tensor {
  const generation = serial < LAST_SERIAL ? ++serial : nextSerial();
  let at = core.scalar(dtype, re, im, generation);
  if (at === 0) at = again(Op.fill, [], () => core.scalar(dtype, re, im, generation));
  return made(at, generation, Op.none);
}

/** Restores the address of a resting or spilled tensor, without spilling the `needed` ones. A disposed tensor stays as it is, and the call refuses it. */
export function revive(t: Tensor, needed: readonly Tensor[] = []): void {
  const { spilled } = t;
  if (t.wake() !== 0 || !spilled) return;
  t.returned(allocate(spilled.dtype, spilled.shape, spilled.data, t.generation, needed));
  core.keep(t.at, t.generation);
  requeue(t, spilled.data.length << shiftOf(spilled.dtype));
}
