/**
 * Variables: tensors whose value can be assigned. Knows no tapes, only who listens to reads.
 *
 * Note [Reads]. An op asks a tensor that rests for its address (`wake`), and a variable tells listeners then. So a variable that was read is made
 * to rest again when somebody begins to listen, and other tensors pay nothing.
 */
import { Op } from '../../assembly/shared/opcode.js';
import { apply1 } from '../call.js';
import { type TensorLike, tensor } from '../convert.js';
import type { DTypeName } from '../dtype.js';
import { ArgumentError, CompileError, refused, refuseMore, shown } from '../errors.js';
import { core, hooks } from '../module.js';
import { add, sub } from '../ops/arithmetic.js';
import { checkOptions } from '../params.js';
import { enqueue } from '../ring.js';
import { enter, leave } from '../scope.js';
import { Handle, type Tensor } from '../tensor.js';
import { fitted, Geometry } from './seed.js';

export interface VariableOptions {
  /** Named in errors. */
  readonly name?: string;
  /** Whether tapes watch it when it is read; true when left out. */
  readonly trainable?: boolean;
  readonly dtype?: DTypeName;
}

/** Is told of variables that are read. */
export interface Listener {
  read(v: Variable): void;
}

const listeners: Listener[] = [];
/** Variables that were read since somebody began or ceased to listen. */
let awake: Variable[] = [];
let isCompiling = false;
/** Whether the ring looks at a variable, which is no read. */
let isLookedAt = false;
let count = 0;

/** From now on the listener is told of reads; the listeners before it are told first. */
export function listen(listener: Listener): void {
  listeners.push(listener);
  restAll();
}

export function unlisten(listener: Listener): void {
  const i = listeners.lastIndexOf(listener);
  if (i >= 0) listeners.splice(i, 1);
}

/** Lets the next read of each variable be told again. */
export function restAll(): void {
  const all = awake;
  awake = [];
  for (const v of all) v.rest();
}

/** A tensor whose value can be assigned. `variable` makes it. */
export interface Variable extends Tensor {
  /** Variables have numbers in the order in which they were made. */
  readonly id: number;
  readonly name: string;
  readonly trainable: boolean;
  /** Makes the value of the variable that of `value`, which has its shape and dtype; later reads see it. Not recorded: what was read before keeps its gradient. */
  assign(value: TensorLike): this;
  /** As `assign`, of the value plus x. */
  assignAdd(x: TensorLike): this;
  /** As `assign`, of the value minus x. */
  assignSub(x: TensorLike): this;
}

class Assigned extends Handle implements Variable {
  readonly id: number;
  readonly name: string;
  readonly trainable: boolean;
  private readonly geometry: Geometry;

  constructor(t: Tensor, name: string, trainable: boolean) {
    super(0, 0, Op.none);
    hooks.compiling = compiling;
    this.id = ++count;
    this.name = name || `variable${this.id}`;
    this.trainable = trainable;
    this.geometry = new Geometry(t);
    this.hold(t);
  }

  assign(value: TensorLike): this {
    if (arguments.length > 1) refuseMore('assign(value)', 1, arguments);
    const sentinel = enter();
    try {
      this.hold(fitted(this.geometry, value, { op: 'assign', of: `the variable ${this.name}` }));
    } finally {
      leave(sentinel);
    }
    return this;
  }

  assignAdd(x: TensorLike): this {
    return this.changed(x, add);
  }

  assignSub(x: TensorLike): this {
    return this.changed(x, sub);
  }

  private changed(x: TensorLike, op: (x: Tensor, y: TensorLike) => Tensor): this {
    const sentinel = enter();
    try {
      return this.assign(
        op(
          this.quietly(() => apply1(Op.stopGradient, this)),
          x,
        ),
      );
    } finally {
      leave(sentinel);
    }
  }

  /** Runs `f`, which reads the variable without being a read. */
  private quietly<T>(f: () => T): T {
    const before = isLookedAt;
    isLookedAt = !isCompiling;
    try {
      return f();
    } finally {
      isLookedAt = before;
      this.rest();
    }
  }

  /** Takes over the elements of t, in a record outside of all scopes. */
  private hold(t: Tensor): void {
    if (isCompiling) throw this.refusal('assigned');
    const sentinel = enter();
    try {
      const own = apply1(Op.stopGradient, t);
      own.outlive('assign');
      const isQueued = this.quietly(() => super.wake()) !== 0;
      if (isQueued) core.dispose(super.wake(), this.generation);
      super.returned(own.at);
      (this as { generation: number }).generation = own.generation;
      this.rest();
      if (!isQueued) enqueue(this);
    } finally {
      leave(sentinel);
    }
  }

  override wake(): number {
    const isRead = this.at === 0 && super.wake() !== 0;
    if (isRead) this.noticed();
    return this.at;
  }

  override returned(at: number): void {
    super.returned(at);
    if (at !== 0) this.noticed();
  }

  override spill(): number {
    return this.quietly(() => super.spill());
  }

  private noticed(): void {
    if (isLookedAt) return;
    if (isCompiling) {
      this.rest();
      throw this.refusal('read');
    }
    awake.push(this);
    for (const listener of listeners) listener.read(this);
  }

  private refusal(what: string): Error {
    return refused(
      CompileError,
      'compile',
      `the variable ${this.name} is ${what} in a function that is being compiled, and its program would not do so again; pass it as an argument, whose value is then an input, and assign what the function returns`,
    );
  }
}

/** Whether t is a variable. */
export const isVariable = (t: Tensor): t is Variable => t instanceof Assigned;

/** Around the run of a function that is being compiled. */
function compiling(begins: boolean): void {
  isCompiling = begins;
  restAll();
}

const OPTIONS = ['name', 'trainable', 'dtype'];

/**
 * A tensor whose value can be assigned: `assign(value)`, `assignAdd(x)`, `assignSub(x)`. It can stand wherever a tensor can, and an op reads the
 * value of the time. Tapes and `implicitGradients` watch it when it is read, unless `trainable` is false. No scope releases it.
 *
 * Shape and dtype stay. A value that an op read before is not changed, and assignment is not recorded: the gradient by a variable counts all reads.
 * In a function that is being compiled a variable is neither read nor assigned: pass it as an argument.
 *
 * @param value a tensor, number, nested or typed array, which is copied
 * @throws ShapeError, DTypeError from `assign`, when a value has another shape or dtype.
 */
export function variable(value: TensorLike, options: VariableOptions = {}): Variable {
  if (arguments.length > 2) refuseMore('variable(value, { name, trainable, dtype })', 2, arguments);
  checkOptions(options, OPTIONS, 'variable', 'a value and options');
  const { name = '', trainable = true, dtype } = options;
  if (typeof name !== 'string') throw refused(ArgumentError, 'variable', `name is a text; got ${shown(name)}`);
  if (typeof trainable !== 'boolean') throw refused(ArgumentError, 'variable', `trainable is true or false; got ${shown(trainable)}`);
  const sentinel = enter();
  try {
    return new Assigned(tensor(value, { dtype }), name, trainable);
  } finally {
    leave(sentinel);
  }
}
