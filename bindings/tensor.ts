/** The Tensor: a handle on a record of the core, with what can be read from it. Its ops are installed by `methods.ts`. */
/// <reference lib="esnext.disposable" preserve="true" />
import { type DType, Record as Rec } from '../assembly/shared/abi.js';
import { Op } from '../assembly/shared/opcode.js';
import { arrayOf, calledDtype, type DTypeName, dtypeNames, isWeak, partsOf, shiftOf, type TypedArray } from './dtype.js';
import { copyAt, dtypeAt, elementsAt, type Item, isContiguous, itemAt, itemsOf, type NestedArray, nest, numbersAt, placeAt, shapeAt } from './elements.js';
import { ArgumentError, BRAND, DTypeError, refused, refuseMore, ShapeError } from './errors.js';
import { failure } from './fault.js';
import { itemToJSON, type TensorJSON } from './json.js';
import { core, heapOf, i32, views } from './module.js';
import { enqueue } from './ring.js';

/**
 * The value of `elements` while these are in linear memory. A structured clone would copy the handle without its elements; it throws at a
 * symbol, and the error quotes the symbol's description.
 */
const RESIDENT = Symbol('a gradtape Tensor; send x.toJSON(), which tensor(json) reads');

/** @internal Elements of a spilled tensor; few elements are plain numbers. See Note [Ring] in ring.ts */
export interface Spilled {
  readonly stop: typeof RESIDENT;
  readonly dtype: DType;
  readonly shape: readonly number[];
  data: TypedArray | readonly number[];
}

/**
 * Numbers in a shape, of one dtype: made by `tensor`, by functions like `zeros`, or by an op, and never changed. Each op is a function and a
 * method: `add(x, y)` is `x.add(y)`.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: ops are installed by methods.ts, and below what some hosts lack a symbol for
export class Tensor {
  /** @internal Its elements if it is spilled, else RESIDENT. */
  elements: Spilled | typeof RESIDENT;
  /** @internal Address of the record; 0 when it rests, is spilled or disposed. */
  at: number;
  /** @internal */
  readonly generation: number;
  /** @internal The op that made it. */
  readonly op: Op;
  /** @internal Address of the record while it rests. */
  private away: number;

  /** Not for users: `tensor` and its like make tensors. */
  private constructor(at: number, generation: number, op: Op) {
    if (typeof op !== 'number') throw refused(ArgumentError, 'Tensor', 'new Tensor(…) makes no tensors; use tensor(value, { dtype, shape })');
    this.elements = RESIDENT;
    this.at = at;
    this.generation = generation;
    this.op = op;
    this.away = 0;
  }

  /** @internal */
  get spilled(): Spilled | null {
    const { elements } = this;
    return elements === RESIDENT ? null : (elements as Spilled);
  }

  /** Sizes of the dimensions. */
  get shape(): readonly number[] {
    return this.spilled ? this.spilled.shape : shapeAt(this.record());
  }

  /** The dtype of the elements, by name. */
  get dtype(): DTypeName {
    return dtypeNames[this.dtypeNumber] as DTypeName;
  }

  /** @internal */
  get dtypeNumber(): DType {
    return calledDtype(this.dtypeFor('tensor'));
  }

  /** Number of dimensions. */
  get rank(): number {
    return this.spilled ? this.spilled.shape.length : this.word(Rec.rank);
  }

  /** Number of elements. */
  get size(): number {
    return this.spilled ? this.spilled.data.length / partsOf(this.spilled.dtype) : this.word(Rec.size);
  }

  /** @internal Address of the live record, for `op`. Renews the views. */
  record(op = 'tensor'): number {
    views();
    const at = this.wake();
    if (at === 0 || i32[(at + Rec.generation) >>> 2] !== this.generation) throw failure(op, [this]);
    return at;
  }

  /** @internal As `record`, for an `op` that reads or keeps the elements, which the guard may refuse. */
  private look(op: string): number {
    const at = this.record(op);
    guard?.(at, op);
    return at;
  }

  /** @internal The dtype, which may be weak, for `op`. */
  dtypeFor(op: string): DType {
    views();
    const { at } = this;
    if (at !== 0 && i32[(at + Rec.generation) >>> 2] === this.generation) return dtypeAt(at);
    return this.spilled ? this.spilled.dtype : dtypeAt(this.record(op));
  }

  /** @internal A field of the live record. `record` renews the views, so i32 is read after it. */
  private word(field: Rec): number {
    const at = this.record();
    return i32[(at + field) >>> 2] as number;
  }

  /** A copy of the elements in row-major order; complex ones interleaved (re, im). */
  data(): TypedArray {
    if (arguments.length) refuseMore('data()', 0, arguments);
    const data = this.stored('data');
    const Elements = arrayOf(this.dtypeNumber);
    return data instanceof Elements ? data : new Elements(data);
  }

  /** As `data`, but a weak tensor's elements are doubles. */
  private stored(op: string): TypedArray {
    if (this.spilled) return new (arrayOf(this.spilled.dtype))(this.spilled.data);
    const at = this.look(op);
    if (isContiguous(at)) return copyAt(at);
    const copy = core.apply1(Op.contiguous, at, this.generation, 0, COPY);
    if (copy === 0) throw failure(op, [this]);
    views();
    const data = copyAt(copy);
    core.dispose(copy, COPY);
    return data;
  }

  /**
   * The elements without a copy. Invalid once the tensor is released or memory grows: read it at once.
   * @throws ShapeError when the tensor is not contiguous: use `data()`.
   */
  view(): TypedArray {
    if (arguments.length) refuseMore('view()', 0, arguments);
    if (isWeak(this.dtypeFor('view'))) return this.data();
    if (this.spilled) {
      if (!ArrayBuffer.isView(this.spilled.data)) this.spilled.data = this.data();
      return this.spilled.data;
    }
    const at = this.look('view');
    if (!isContiguous(at))
      throw refused(
        ShapeError,
        'view',
        `the elements of a ${this.dtype} tensor of shape [${this.shape.join(', ')}] are not contiguous; use data(), which copies`,
      );
    return elementsAt(at);
  }

  /** The elements as nested arrays; the element itself for rank 0. */
  array(): NestedArray<Item> {
    if (arguments.length) refuseMore('array()', 0, arguments);
    return nest(this.stored('array'), this.shape, this.dtypeFor('array'));
  }

  /** The only element. @throws ShapeError when there are more, or none. */
  item(): Item {
    if (arguments.length) refuseMore('item()', 0, arguments);
    return this.only('item');
  }

  /** The only element of a real tensor, of a bool one 0 or 1. @throws ShapeError when there are more, or none; DTypeError when it is complex. */
  number(): number {
    if (arguments.length) refuseMore('number()', 0, arguments);
    const item = this.only('number');
    if (typeof item === 'object') throw refused(DTypeError, 'number', `${this.dtype} elements are no numbers; use item(), or real(x).number()`);
    return Number(item);
  }

  /** @internal The only element, for `op`. */
  private only(op: string): Item {
    const { spilled } = this;
    const at = spilled ? 0 : this.look(op);
    if ((spilled ? this.size : i32[(at + Rec.size) >>> 2]) !== 1)
      throw refused(ShapeError, op, `takes a tensor of one element; got shape [${this.shape.join(', ')}]`);
    if (spilled) return itemAt(spilled.data, 0, spilled.dtype);
    const dtype = dtypeAt(at);
    return itemAt(heapOf(dtype), placeAt(at, dtype), dtype);
  }

  /** The tensor as JSON has it, exact, which `tensor` takes: `tensor(JSON.parse(JSON.stringify(x)))` is a copy of x. */
  toJSON(): TensorJSON {
    if (!this.spilled) this.look('toJSON');
    return { dtype: this.dtype, shape: this.shape, data: itemsOf(this.data(), this.dtypeNumber).map(itemToJSON) };
  }

  /** The number of a tensor of rank 0 that nothing differentiates, so that `i < n` works. @throws TypeError while a tape watches it. */
  valueOf(): number | boolean | this {
    if (this.rank !== 0) return this;
    if (!this.spilled) this.look('valueOf');
    if (this.at !== 0 && core.isWatched(this.at, this.generation))
      throw refused(
        ArgumentError,
        'valueOf',
        'JavaScript operators on a tensor that is being differentiated lose its gradient; use add(x, y), mul(x, y), …, scan, whileLoop or cond for loops and branches, or x.item()',
      );
    const item = this.item();
    return typeof item === 'object' ? this : item;
  }

  /** Lets the tensor outlive all scopes around it. */
  keep(): this {
    if (arguments.length) refuseMore('keep()', 0, arguments);
    if (this.spilled) return this; // it is outside already
    this.outlive('keep');
    enqueue(this);
    return this;
  }

  /** @internal As `keep`, for `op`, which gives the record to another handle. */
  outlive(op: string): void {
    this.look(op);
    core.keep(this.at, this.generation);
  }

  /** @internal Hides the address until the next use. See Note [Ring] in ring.ts */
  rest(): void {
    if (this.at !== 0) this.away = this.at;
    this.at = 0;
  }

  /** @internal */
  isUsed(): boolean {
    return this.at !== 0;
  }

  /** @internal Restores the record's address for a use; 0 when spilled or disposed. */
  wake(): number {
    if (this.away !== 0) this.at = this.away;
    this.away = 0;
    return this.at;
  }

  /** @internal Moves the elements to JavaScript and returns their bytes; negative while a tape or a program has the record. */
  spill(): number {
    const at = this.wake();
    views();
    if (at === 0 || i32[(at + Rec.generation) >>> 2] !== this.generation) return 0;
    if (core.isHeld(at, this.generation)) return -1;
    const dtype = dtypeAt(at);
    const isSmall = (i32[(at + Rec.size) >>> 2] as number) <= FEW_SPILLED && isContiguous(at);
    const data = isSmall ? numbersAt(at, dtype) : this.stored('data');
    this.elements = { stop: RESIDENT, dtype, shape: shapeAt(at), data };
    this.at = 0;
    core.dispose(at, this.generation);
    return data.length << shiftOf(dtype);
  }

  /** @internal Notes that its elements are in linear memory again, in the record at `at`. */
  returned(at: number): void {
    this.elements = RESIDENT;
    this.at = at;
  }

  /** Releases the tensor now. Disposing twice is harmless. */
  dispose(): void {
    if (this.wake() !== 0) core.dispose(this.at, this.generation);
    this.returned(0);
  }
}

export interface Tensor {
  /** The elements in NumPy's layout, with shape and dtype. */
  toString(): string;
  /** As `dispose`, for `using`. */
  [Symbol.dispose](): void;
}

/** @internal The class with a constructor that this library may call. */
export const Handle = Tensor as unknown as new (at: number, generation: number, op: Op) => Tensor;

// Hosts without explicit resource management lack the symbol.
if (Symbol.dispose) Object.defineProperty(Tensor.prototype, Symbol.dispose, { value: Tensor.prototype.dispose, writable: true, configurable: true });

Object.defineProperty(Tensor.prototype, BRAND, { value: true });

/** Called before `op` reads the elements of a record or keeps it. While compile traces, it throws for values that depend on arguments. */
type Guard = (at: number, op: string) => void;

let guard: Guard | null = null;

/** Sets the guard; returns the one before. */
export function setGuard(value: Guard | null): Guard | null {
  const before = guard;
  guard = value;
  return before;
}

/** The generation of a copy that never leaves this file. */
const COPY = 0x7fffffff;

/** Up to so many elements an array of numbers is faster to make than a typed array, whose buffer V8 allocates outside its heap. */
const FEW_SPILLED = 256;
