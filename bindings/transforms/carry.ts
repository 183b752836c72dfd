/** The values that a loop carries from step to step: their tree, shapes and dtypes stay the same. Knows trees, no tapes. */
import { Op } from '../../assembly/shared/opcode.js';
import { apply1 } from '../call.js';
import { operand, type TensorLike } from '../convert.js';
import { isWeak } from '../dtype.js';
import { ArgumentError, DTypeError, refused, ShapeError, shown } from '../errors.js';
import { isTraced } from '../kinds.js';
import { core } from '../module.js';
import { enter, isThenable, leave, lifted } from '../scope.js';
import { difference, pathsOf, unflatten } from '../structure.js';
import type { Tensor } from '../tensor.js';
import { type Packed, packed } from './custom.js';

/** What a step returns: the next carry, and tensors that outlive the step as well. */
export interface Stepped {
  readonly next: unknown;
  readonly others: readonly Tensor[];
}

export class Carry {
  private readonly pack: Packed;
  /** The leaves that a step made, and that end with the next. */
  private owned: readonly Tensor[] = [];

  constructor(
    init: unknown,
    private readonly op: string,
    /** The function whose results are wrong if they don't fit. */
    private readonly name: string,
  ) {
    this.pack = packed(init, op);
  }

  /** The carry with a handle of its own for each leaf. So a function may keep what it gets, or return it. */
  tree(): unknown {
    return unflatten(this.pack.structure, this.leaves());
  }

  /** The leaves of `tree`. */
  leaves(): Tensor[] {
    return this.pack.leaves.map((t) => apply1(Op.identity, t));
  }

  /** One step, in a scope of its own. The tensors of the carry before are released. */
  step(run: (carry: unknown) => Stepped): void {
    const sentinel = enter();
    try {
      const { next, others } = run(this.tree());
      const leaves = this.fitted(next);
      for (const t of others) this.lift(t, sentinel);
      const owned = leaves.filter((t) => this.lift(t, sentinel));
      this.pack.leaves.splice(0, leaves.length, ...leaves);
      for (const t of this.owned) t.dispose();
      this.owned = owned;
    } finally {
      leave(sentinel);
    }
  }

  /** Whether t is of the step, and outlives it now. */
  private lift(t: Tensor, sentinel: number): boolean {
    const moved = core.scopeLift(t.wake(), t.generation, sentinel);
    lifted(t, moved, this.op);
    return moved > 0;
  }

  /** The leaves of the next carry, which are like those of this. */
  private fitted(next: unknown): Tensor[] {
    const { structure, leaves } = this.pack;
    const given: unknown[] = [];
    if (isThenable(next)) throw refused(ArgumentError, this.op, `${this.name} returned a promise as carry; await what it needs before the loop`);
    const differs = difference(structure, next, given);
    if (differs) throw refused(ArgumentError, this.op, `the carry that ${this.name} returns is like the one it gets; carry${differs}`);
    const paths = pathsOf(structure);
    return given.map((v, i) => {
      const before = leaves[i] as Tensor;
      const t = operand(v as TensorLike, before, this.op);
      const what = `the carry${paths[i] && `.${paths[i]}`} that ${this.name} returns`;
      if (String(t.shape) !== String(before.shape))
        throw refused(ShapeError, this.op, `${what} has shape [${t.shape}], the one it gets [${before.shape}]; a carry keeps its shape`);
      // A number takes its precision from what it is first computed with.
      if (t.dtype !== before.dtype && !isWeak(before.dtypeFor(this.op)))
        throw refused(DTypeError, this.op, `${what} is ${t.dtype}, the one it gets ${before.dtype}; a carry keeps its dtype: cast one of them`);
      return t;
    });
  }
}

/** A truth value that a function gave for `op`; null for one that only a program knows. */
export function truthOf(v: unknown, op: string, what: string): boolean | null {
  if (typeof v === 'boolean') return v;
  if (v === undefined || v === null || isThenable(v))
    throw refused(ArgumentError, op, `${what} is a boolean or a tensor of one; got ${isThenable(v) ? 'a promise' : shown(v)}`);
  const t = operand(v as TensorLike, undefined, op);
  if (t.size !== 1 || t.rank !== 0) throw refused(ShapeError, op, `${what} is a scalar; got shape [${t.shape}]; use all(x) or any(x)`);
  if (isTraced(t)) return null;
  const item = t.item();
  if (typeof item === 'object') throw refused(DTypeError, op, `${what} is bool or real; got ${t.dtype}`);
  return Boolean(item);
}
