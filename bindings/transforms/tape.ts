/** GradientTape: what runs is recorded, and gradients by any tensors of it are asked for later. Knows trees and variables, no op. */
import { create } from '../call.js';
import { isInexact } from '../dtype.js';
import { ArgumentError, refused, refuseMore, ShapeError, shown, TapeError } from '../errors.js';
import { core, ready } from '../module.js';
import { zerosLike } from '../ops/creation.js';
import { reshape, transpose } from '../ops/shape.js';
import { checkOptions } from '../params.js';
import { isThenable, scope } from '../scope.js';
import { unflatten } from '../structure.js';
import type { Tensor } from '../tensor.js';
import type { SourceGradients, TapeGradientOptions, TapeOptions, Unconnected, UnconnectedOptions } from '../types.js';
import { freeWith, Runs, seedsAt, tensorOf, tensorsOf } from './runs.js';
import { seedsOf } from './seed.js';
import { isVariable, listen, restAll, unlisten, type Variable } from './variable.js';

const OPTIONS = ['persistent', 'watchAccessedVariables'];
const UNCONNECTED = ['unconnectedGradients'];
const OP = 'GradientTape';

/**
 * Records what runs in `record(f)`, and differentiates tensors that were computed there by tensors that the tape watches, or that it computed:
 *
 *     const tape = new GradientTape();
 *     const y = tape.record(() => { tape.watch(x); return mul(x, x); });
 *     const dx = tape.gradient(y, x);
 *
 * It watches trainable variables when they are read, unless `watchAccessedVariables` is false, and other tensors from `watch` on. `gradient` can be
 * asked once, which releases what was recorded; of a `persistent` tape any number of times, also while it records, until `reset` or `dispose`, or
 * until the scope ends in which the tape was made. Tapes nest to any order, with gradient functions too, and inside `compile` and `vmap`. A tape
 * that was left and records again continues.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: some hosts lack the symbol of the interface below
export class GradientTape {
  private readonly persistent: boolean;
  private readonly watchesVariables: boolean;
  private readonly listener = {
    read: (v: Variable): void => {
      if (v.trainable && this.runs.isOpen()) this.runs.watch(v);
    },
  };
  private runs: Runs;
  private isEntered = false;
  private isUsedUp = false;
  private isBusy = false;

  constructor(options: TapeOptions = {}) {
    checkOptions(options, OPTIONS, OP);
    const { persistent = false, watchAccessedVariables = true } = options;
    for (const [name, v] of Object.entries({ persistent, watchAccessedVariables }))
      if (typeof v !== 'boolean') throw refused(ArgumentError, OP, `${name} is true or false; got ${shown(v)}`);
    this.persistent = persistent;
    this.watchesVariables = watchAccessedVariables;
    ready();
    this.runs = new Runs();
    freeWith(this, this.runs);
    if (Symbol.dispose) this[Symbol.dispose] = () => this.dispose(); // a statement outside of the class would keep it in every bundle
  }

  /** Records what `f` runs, and returns what it returns. What `f` throws passes unchanged. @throws TapeError when the tape records already. */
  record<T>(f: () => T): T {
    if (typeof f !== 'function' || arguments.length > 1) throw refused(ArgumentError, 'record', `takes a function; got ${shown(f)}`);
    this.start();
    try {
      const result = f();
      if (isThenable(result))
        throw refused(ArgumentError, 'record', 'the function returned a promise, and a tape records within one tick; await what it needs before');
      return result;
    } finally {
      this.stop();
    }
  }

  /** Begins to record, for `using tape = new GradientTape().start()`; `stop`, or the end of the block, ends it. */
  start(): this {
    this.update();
    if (this.isEntered) throw refused(TapeError, OP, 'the tape is still recording');
    if (this.isUsedUp || this.runs.loss()) this.forget();
    this.runs.enter(this.persistent);
    this.isEntered = true;
    if (this.watchesVariables) listen(this.listener);
    return this;
  }

  /** Ends recording. */
  stop(): void {
    this.update();
    if (!this.isEntered) return;
    this.refuseAside('stop');
    core.tapeLeave(this.runs.last);
    this.left();
  }

  private left(): void {
    this.isEntered = false;
    unlisten(this.listener);
    if (this.isUsedUp) this.runs.free();
  }

  /** Notes that a function around has ended, and the recording with it. */
  private update(): void {
    if (this.isEntered && !this.runs.isOpen()) this.left();
  }

  private forget(): void {
    this.runs.free();
    this.isUsedUp = false;
    this.runs = new Runs();
    freeWith(this, this.runs);
  }

  /** Watches a tensor, or the tensors of a tree, from now on. Those of int32 and bool have no gradients. @throws TapeError when the tape is not recording. */
  watch(tensors: unknown): void {
    if (arguments.length > 1) refuseMore('watch(tensors)', 1, arguments);
    this.update();
    if (!this.isEntered) throw refused(TapeError, 'watch', 'the tape is not recording; call watch in tape.record(() => …)');
    for (const t of tensorsOf(tensors, 'watch').leaves) {
      t.record('watch');
      this.runs.watch(t);
    }
  }

  /** Runs `f` without recording it. @throws TapeError when the tape is not recording. */
  stopRecording<T>(f: () => T): T {
    if (typeof f !== 'function') throw refused(ArgumentError, 'stopRecording', `takes a function; got ${shown(f)}`);
    this.update();
    if (!this.isEntered) throw refused(TapeError, 'stopRecording', 'the tape is not recording');
    this.refuseAside('stopRecording');
    const { runs } = this;
    const hasRecorded = runs.pause(true);
    if (hasRecorded) unlisten(this.listener);
    try {
      return f();
    } finally {
      if (hasRecorded && this.isEntered && runs === this.runs && runs.isOpen()) {
        runs.pause(false);
        if (this.watchesVariables) listen(this.listener);
        else restAll();
      }
    }
  }

  /** Forgets all that was recorded, and what is watched. A tape that records goes on. */
  reset(): void {
    this.update();
    this.refuseBusy('reset');
    this.refuseAside('reset');
    if (this.isEntered) this.runs.empty();
    else this.forget();
    this.isUsedUp = false;
    restAll();
  }

  /** The variables that the tape watches, in the order in which they were made. */
  watchedVariables(): Variable[] {
    return [...this.runs.watched.keys()].filter(isVariable).sort((a, b) => a.id - b.id);
  }

  /**
   * The gradients of the target, a tensor or a tree of tensors, which are summed, by the sources: a tree of tensors that are watched or were
   * computed while the tape recorded. The result has the structure of `sources`, with null where there is no gradient.
   * @throws TapeError when it is asked again of a tape that is not persistent, or of one that has recorded nothing.
   */
  gradient<S, const O extends TapeGradientOptions = object>(target: unknown, sources: S, options?: O): SourceGradients<S, Unconnected<O>> {
    if (arguments.length > 3) refuseMore('gradient(target, sources, { outputGradients, unconnectedGradients })', 3, arguments);
    const zero = isZero(options, ['outputGradients', ...UNCONNECTED], 'gradient');
    const targets = tensorsOf(target, 'gradient', 'target');
    const from = tensorsOf(sources, 'gradient', 'sources');
    const dy = (options as TapeGradientOptions | undefined)?.outputGradients;
    return this.used('gradient', () =>
      scope(() => {
        const seeds = seedsOf(targets.structure, targets.leaves, dy ?? null, {
          op: 'outputGradients',
          of: 'the target',
          as: 'as the target has',
        });
        const gradients = this.runs.swept(targets.leaves, seeds, this.runs.placesOf(from.leaves), !this.persistent);
        const filled = gradients.map((g, i) => g ?? (zero && hasGradients(from.leaves[i] as Tensor) ? zerosLike(from.leaves[i] as Tensor) : null));
        return unflatten(from.structure, filled, true) as SourceGradients<S, Unconnected<O>>;
      }),
    );
  }

  /**
   * The derivative of each element of the target by each element of the sources: of shape target.shape + source.shape, in the structure of `sources`.
   * One sweep, on a batch of weights. Complex: the row of an element is its gradient, the conjugate of the derivative of a holomorphic function.
   */
  jacobian<S, const O extends UnconnectedOptions = object>(target: Tensor, sources: S, options?: O): SourceGradients<S, Unconnected<O>> {
    const zero = isZero(options, UNCONNECTED, 'jacobian');
    const from = tensorsOf(sources, 'jacobian', 'sources');
    const y = tensorOf(target, 'jacobian', 'target');
    const { shape, size } = y;
    return this.used('jacobian', () =>
      scope(() => {
        const rows = this.runs.rows(
          y,
          seedsAt(y, size, (k) => [k]),
          from.leaves,
        );
        const blocks = rows.map((rows, i) => {
          const x = from.leaves[i] as Tensor;
          const whole = [...shape, ...x.shape];
          if (rows) return reshape(rows, whole);
          return zero && hasGradients(x) ? create(x.dtypeFor('jacobian'), whole, null) : null;
        });
        return unflatten(from.structure, blocks, true) as SourceGradients<S, Unconnected<O>>;
      }),
    );
  }

  /**
   * The Jacobian of each example: of shape [b, …target, …source], where target and source have b examples along their first axis, and an example of
   * the target depends on the same example of the source only.
   * @throws ShapeError when one has a rank below 2, or the numbers of examples differ.
   */
  batchJacobian<const O extends UnconnectedOptions = object>(target: Tensor, source: Tensor, options?: O): Tensor | Unconnected<O> {
    const zero = isZero(options, UNCONNECTED, 'batchJacobian');
    const y = tensorOf(target, 'batchJacobian', 'target');
    const x = tensorOf(source, 'batchJacobian', 'source');
    for (const [name, t] of Object.entries({ target: y, source: x }))
      if (t.rank < 2) throw refused(ShapeError, 'batchJacobian', `the ${name} must have rank at least 2; got ${t.rank}`);
    const [b, ...inner] = y.shape as [number, ...number[]];
    if (x.shape[0] !== b) throw refused(ShapeError, 'batchJacobian', `the first dimension of the target is ${b}, of the source ${x.shape[0]}; they must match`);
    const m = inner.reduce((p, d) => p * d, 1);
    const whole = [...y.shape, ...x.shape.slice(1)];
    return this.used('batchJacobian', () =>
      scope(() => {
        const seeds = seedsAt(y, m, (k) => Array.from({ length: b }, (_, i) => i * m + k));
        const [rows] = this.runs.rows(y, seeds, [x]);
        if (!rows) return (zero ? create(x.dtypeFor('batchJacobian'), whole, null) : null) as Tensor | Unconnected<O>;
        const axes = rows.shape.map((_, i) => (i < 2 ? 1 - i : i));
        return reshape(transpose(rows, axes), whole);
      }),
    );
  }

  /** Releases what was recorded; a tape that records ends. */
  dispose(): void {
    this.refuseBusy('dispose');
    this.stop();
    this.forget();
  }

  private refuseAside(op: string): void {
    if (this.runs.isAside())
      throw refused(TapeError, op, 'the tape began to record outside of the function that vmap runs, and does nothing in it; call this outside');
  }

  private refuseBusy(op: string): void {
    if (this.isBusy) throw refused(TapeError, op, 'a rule of customGradient uses the tape whose sweep has called it');
  }

  /** Runs `f`, which sweeps, if the tape can be asked. */
  private used<T>(op: string, f: () => T): T {
    this.update();
    this.refuseBusy(op);
    const loss = this.runs.loss();
    if (loss) throw refused(TapeError, op, loss);
    if (this.isUsedUp)
      throw refused(
        TapeError,
        op,
        'can only be called once on a non-persistent tape; new GradientTape({ persistent: true }) makes one that can be asked again',
      );
    if (this.runs.isEmpty) throw refused(TapeError, op, 'the tape has recorded nothing; call tape.record(() => …) first');
    const { persistent } = this;
    if (!persistent && this.isEntered) {
      this.runs.pause(true);
      unlisten(this.listener);
    }
    this.isBusy = true;
    try {
      return f();
    } finally {
      this.isBusy = false;
      if (!persistent) {
        this.isUsedUp = true;
        if (!this.isEntered) this.runs.free();
      }
    }
  }
}

export interface GradientTape {
  /** As `dispose`, for `using`. */
  [Symbol.dispose](): void;
}

const hasGradients = (t: Tensor): boolean => isInexact(t.dtypeNumber);

function isZero(options: unknown, names: readonly string[], op: string): boolean {
  if (options === undefined) return false;
  checkOptions(options, names, op);
  const { unconnectedGradients: v = 'none' } = options as UnconnectedOptions;
  if (v !== 'none' && v !== 'zero') throw refused(ArgumentError, op, `Unknown value for unconnectedGradients: ${shown(v)}; expected 'none' or 'zero'`);
  return v === 'zero';
}
