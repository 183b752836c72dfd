/** scan: a loop over slices that carries values from step to step. Knows trees, no tapes. */
import { create } from '../call.js';
import { ArgumentError, refused, refuseMore, ShapeError, shown } from '../errors.js';
import { ready } from '../module.js';
import { nameOf } from '../names.js';
import { concat, stack } from '../ops/concat.js';
import { slice, unstack } from '../ops/slices.js';
import { checkOptions } from '../params.js';
import { scope } from '../scope.js';
import { difference, type Structure, unflatten } from '../structure.js';
import type { Tensor } from '../tensor.js';
import type { AnyFunction, Scan, ScanOptions } from '../types.js';
import { Carry } from './carry.js';
import { type Packed, packed } from './custom.js';
import { checkFunction } from './jvp.js';
import { recomputeGradient } from './recompute.js';

const OP = 'scan';
const OPTIONS = ['reverse', 'recompute'];

/** The slices that the steps get: those of `xs`, or null `length` times. */
class Slices {
  readonly length: number;

  constructor(
    private readonly pack: Packed | null,
    length?: number,
  ) {
    const { leaves } = pack ?? { leaves: [] };
    const first = leaves[0];
    const scalar = leaves.find((t) => t.rank === 0);
    if (scalar) throw refused(ShapeError, OP, 'goes along the first axis of xs, and a scalar has none');
    this.length = length ?? (first?.shape[0] as number);
    const other = leaves.find((t) => t.shape[0] !== this.length);
    if (other) throw refused(ShapeError, OP, `goes along the first axis of all leaves of xs; got ${this.length} and ${other.shape[0]} of them`);
  }

  static of(xs: unknown): Slices {
    if (typeof xs === 'number') {
      if (!Number.isSafeInteger(xs) || xs < 0) throw refused(ArgumentError, OP, `the length is a whole number from 0; got ${shown(xs)}`);
      return new Slices(null, xs);
    }
    const pack = packed(xs, OP);
    if (pack.leaves.length === 0) throw refused(ArgumentError, OP, `has no tensor in xs to go along; got ${shown(xs)}; give the number of steps in its place`);
    return new Slices(pack);
  }

  leaves(from: number, count: number): Tensor[] {
    return this.pack?.leaves.map((t) => (count === this.length ? t : slice(t, [from], [count]))) ?? [];
  }

  /** The slices of these leaves, one tree for each step. */
  parted(leaves: readonly Tensor[], count: number): unknown[] {
    const { pack } = this;
    if (pack === null) return new Array(count).fill(null);
    const parts = leaves.map((t) => unstack(t));
    return Array.from({ length: count }, (_, k) =>
      unflatten(
        pack.structure,
        parts.map((part) => part[k]),
      ),
    );
  }

  /** Zeros like one slice, for a loop of no steps. */
  zeros(): unknown {
    return (
      this.pack &&
      unflatten(
        this.pack.structure,
        this.pack.leaves.map((t) => create(t.dtypeFor(OP), t.shape.slice(1), null)),
      )
    );
  }
}

function optionsOf(options: ScanOptions): { reverse: boolean; recompute: boolean | number } {
  checkOptions(options, OPTIONS, OP);
  const { reverse = false, recompute = false } = options;
  if (typeof reverse !== 'boolean') throw refused(ArgumentError, OP, `reverse is true or false; got ${shown(reverse)}`);
  if (typeof recompute !== 'boolean' && !(Number.isSafeInteger(recompute) && recompute > 0))
    throw refused(ArgumentError, OP, `recompute is true, false or the number of steps that run again together; got ${shown(recompute)}`);
  return { reverse, recompute };
}

/**
 * `[carry, ys]` after `[carry, y] = f(carry, x)` for each slice x of `xs` along its first axis, from `init` on; `ys` are the y, stacked.
 *
 * `init`, `xs` and y are tensors or trees of them. A number in place of `xs` is the number of steps, of which each gets null for x. A carry keeps its
 * tree, shapes and dtypes; a number in `init` takes the dtype of the first carry that `f` returns. y may be null, and then so is `ys`. `reverse`
 * goes from the last slice to the first, and leaves each y in its slice's place. Of no steps, `init` is the result, and `f` runs once on zeros to
 * learn what y is like.
 *
 * Bits, gradients and errors are those of the loop in JavaScript, which it is, also in `compile`, `vmap` and forward mode: a compiled program has the
 * steps one after another. What a step makes is released at its end, unless a tape needs it. With `recompute`, tapes keep carries between segments,
 * of √n steps for true, and run each segment again in the sweep: memory of about 2√n steps for one more forward pass. The gradient of what `f` uses
 * from outside is then summed segment by segment, and may differ in its last bits.
 *
 * @throws ShapeError, DTypeError, TypeError when a carry changes its shape, dtype or tree. What `f` throws passes unchanged.
 */
export const scan = ((f: AnyFunction, init: unknown, xs: unknown, options: ScanOptions = {}, ...more: unknown[]): unknown => {
  refuseMore('scan(f, init, xs, { reverse, recompute })', 0, more);
  checkFunction(f, OP);
  const { reverse, recompute } = optionsOf(options);
  const isRecording = ready().isRecording();
  return scope(() => {
    const slices = Slices.of(xs);
    const { length } = slices;
    const carry = new Carry(init, OP, nameOf(f));
    /** The tree of y, which the first step tells. */
    let structure: Structure | undefined;
    const inspect = (answer: unknown): { next: unknown; y: Packed } => {
      if (!Array.isArray(answer) || answer.length !== 2 || answer[1] === undefined)
        throw refused(
          ArgumentError,
          OP,
          `${nameOf(f)} returns [carry, y], y null for none; got ${Array.isArray(answer) ? `a list of ${answer.length}` : shown(answer)}`,
        );
      if (structure === undefined) structure = packed(answer[1], OP).structure;
      const leaves: unknown[] = [];
      const differs = difference(structure, answer[1], leaves);
      if (differs) throw refused(ArgumentError, OP, `each y that ${nameOf(f)} returns has the tree of the first; y${differs}`);
      return { next: answer[0], y: packed(unflatten(structure, leaves), OP) };
    };
    const call = (c: unknown, x: unknown) => inspect((f as (carry: unknown, x: unknown) => unknown)(c, x));
    /** The steps on these leaves: the leaves of ys. */
    const run = (state: Carry, leaves: readonly Tensor[], count: number): Tensor[] => {
      const parts = slices.parted(leaves, count);
      if (reverse) parts.reverse();
      const ys: Tensor[][] = [];
      for (const x of parts)
        state.step((c) => {
          const { next, y } = call(c, x);
          ys.push(y.leaves);
          return { next, others: y.leaves };
        });
      if (reverse) ys.reverse();
      return (ys[0] ?? []).map((_, i) => stack(ys.map((y) => y[i] as Tensor)));
    };
    if (length === 0) {
      const { y } = call(carry.tree(), slices.zeros());
      const ys = y.leaves.map((t) => create(t.dtypeFor(OP), [0, ...t.shape], null));
      return [carry.tree(), unflatten(structure as Structure, ys)];
    }
    if (!isRecording || recompute === false) {
      const ys = run(carry, slices.leaves(0, length), length);
      return [carry.tree(), unflatten(structure as Structure, ys)];
    }
    const size = recompute === true ? Math.ceil(Math.sqrt(length)) : recompute;
    const segments: Tensor[][] = [];
    const starts = Array.from({ length: Math.ceil(length / size) }, (_, k) => k * size);
    if (reverse) starts.reverse();
    for (const from of starts) {
      const count = Math.min(size, length - from);
      const segment = recomputeGradient((c: unknown, leaves: Tensor[]) => {
        const inner = new Carry(c, OP, nameOf(f));
        const ys = run(inner, leaves, count);
        return [inner.tree(), ys];
      }) as (c: unknown, leaves: Tensor[]) => [unknown, Tensor[]];
      carry.step((c) => {
        const [next, ys] = segment(c, slices.leaves(from, count));
        segments.push(ys);
        return { next, others: ys };
      });
    }
    if (reverse) segments.reverse();
    const ys = (segments[0] ?? []).map((_, i) => concat(segments.map((segment) => segment[i] as Tensor)));
    return [carry.tree(), unflatten(structure as Structure, ys)];
  });
}) as Scan;
