/** What a GradientTape has recorded: tapes of the core, the tensors that they watch, and sweeps over them. Knows no trees of results and no op. */
import { Sweep } from '../../assembly/shared/abi.js';
import { create, scopeDepth } from '../call.js';
import { partsOf } from '../dtype.js';
import { ArgumentError, refused, shown } from '../errors.js';
import { failure, guarded, hasFault } from '../fault.js';
import { core } from '../module.js';
import { add } from '../ops/arithmetic.js';
import { flatten, isLeaf, type Structure } from '../structure.js';
import { Tensor } from '../tensor.js';
import { seedAndSweep, takeGradient } from './record.js';
import { vmap } from './vmap.js';

/** A value on the i-th of a tape's runs. */
export interface Place {
  readonly i: number;
  readonly value: number;
}

const OP = 'GradientTape';

/** The runs that tapes have, which hold memory. */
const kept = new Set<Runs>();

/** Frees the runs of owners that are collected, where the host can tell. */
let collected: FinalizationRegistry<Runs> | undefined;

/** Frees the runs when their owner is collected. */
export function freeWith(owner: object, runs: Runs): void {
  if (typeof FinalizationRegistry !== 'function') return;
  collected ??= new FinalizationRegistry((lost) => lost.free());
  collected.register(owner, runs);
}

/** A run for each time that the tape recorded; see Note [Continued tapes] in assembly/tape/watch.ts */
export class Runs {
  private readonly all: number[] = [];
  private readonly instance = core;
  /** A tensor of the scope in which the tape was made. */
  private readonly token: Tensor | null;
  /** Where watched tensors stand: each of their values by its generation, for a variable may have had several. */
  watched = new Map<Tensor, Map<number, Place>>();

  constructor() {
    for (const runs of kept) if (runs.loss() && !runs.isOpen()) runs.free();
    this.token = scopeDepth > 0 ? create(0, [], null) : null;
  }

  /** Why the runs are gone; '' while they are not. */
  loss(): string {
    if (this.instance !== core) return 'its recording was lost with the core, which has a new instance';
    const { token } = this;
    return token && !core.isLive(token.at, token.generation) ? 'its recording ended with the scope in which the tape was made' : '';
  }

  get last(): number {
    return this.all.at(-1) as number;
  }

  get isEmpty(): boolean {
    return this.all.length === 0;
  }

  /** Whether the last run records, or pauses. */
  isOpen(): boolean {
    return !this.isEmpty && this.instance === core && (core.tapeIsOpen(this.last) as unknown as number) !== 0;
  }

  /** Whether the last run goes on around the function that vmap runs now. */
  isAside(): boolean {
    return this.isOpen() && (core.tapeIsAside(this.last) as unknown as number) !== 0;
  }

  /** Begins a run. */
  enter(persistent: boolean): void {
    const run = guarded(() => core.tapeEnter(this.isEmpty ? 0 : this.last, persistent as never)) >>> 0;
    if (run === 0) throw failure(OP, []);
    this.all.push(run);
    kept.add(this);
  }

  /** Has the last run pause, or record again; returns whether it recorded. */
  pause(pauses: boolean): boolean {
    return (core.tapePause(this.last, pauses as never) as unknown as number) !== 0;
  }

  /** Forgets all that the open run and those before it have recorded. */
  empty(): void {
    core.tapeEmpty(this.last);
    for (const run of this.all.splice(0, this.all.length - 1)) core.tapeFree(run);
    this.watched = new Map();
  }

  free(): void {
    kept.delete(this);
    if (this.instance === core) for (const run of this.all) core.tapeFree(run);
    this.all.length = 0;
  }

  /** Watches t from now on. */
  watch(t: Tensor): void {
    const places = this.watched.get(t) ?? new Map<number, Place>();
    this.watched.set(t, places);
    if (places.has(t.generation)) return;
    const value = core.tapeWatch(this.last, t.at, t.generation);
    if (value === 0 && hasFault()) throw failure('watch', [t]);
    if (value !== 0) places.set(t.generation, { i: this.all.length - 1, value });
  }

  /** Where the sources stand on the tape. */
  placesOf(sources: readonly Tensor[]): Place[][] {
    return sources.map((t) => {
      const places = this.watched.get(t);
      if (places?.size) return [...places.values()];
      const place = this.placeOf(t);
      return place ? [place] : [];
    });
  }

  /** The first place of t. */
  private placeOf(t: Tensor): Place | null {
    t.record('gradient');
    for (let i = 0; i < this.all.length; i++) {
      const value = core.tapeFind(this.all[i] as number, t.at, t.generation);
      if (value !== 0) return { i, value };
    }
    return null;
  }

  /** The gradients of the targets, weighted by seeds or ones, by the values at the places; null where there is none. With `once` the runs are used up. */
  swept(targets: readonly Tensor[], seeds: readonly (Tensor | null)[], places: readonly (readonly Place[])[], once: boolean): (Tensor | null)[] {
    const at = targets.map((t) => this.placeOf(t));
    const wanted = places.flat();
    try {
      for (let i = this.all.length - 1; i >= 0; i--) {
        const run = this.all[i] as number;
        seedAndSweep(run, null, 0, null, Sweep.first | (core.tapeIsOpen(run) ? Sweep.open : 0));
        if (i < this.all.length - 1) core.tapeHandOver(this.all[i + 1] as number, run);
        const values = wanted.filter((place) => place.i === i).map(({ value }) => value);
        values.sort((a, b) => b - a).forEach((value, k) => void check(core.tapeKeep(run, value, k, values.length)));
        at.forEach((place, j) => {
          if (place?.i !== i) return;
          const t = seeds[j] ?? (targets[j] as Tensor);
          check(core.tapeSeed(run, place.value, t.record('gradient'), t.generation, (seeds[j] ? 0 : 1) as never), [t]);
        });
        seedAndSweep(run, null, 0, null, Sweep.last | (once ? Sweep.once : 0));
      }
      return places.map((list) => {
        const parts = list.map(({ i, value }) => takeGradient(this.all[i] as number, value - 1, false)).filter((t) => t !== null);
        return parts.length ? parts.reduce((a, b) => add(a, b)) : null;
      });
    } finally {
      for (const run of this.all) core.tapeEndSweep(run);
    }
  }

  /** The gradients by the sources for a batch of weights of y, in front of them the axis of the batch; null where there are none. */
  rows(y: Tensor, seeds: Tensor, sources: readonly Tensor[]): (Tensor | null)[] {
    const places = this.placesOf(sources);
    let isReached: boolean[] = [];
    const rows = vmap((dy: Tensor) => {
      const gradients = this.swept([y], [dy], places, false);
      isReached = gradients.map((g) => g !== null);
      return gradients.filter((g) => g !== null);
    })(seeds) as Tensor[];
    let next = 0;
    return isReached.map((is) => (is ? (rows[next++] as Tensor) : null));
  }
}

function check(done: unknown, operands: readonly Tensor[] = []): void {
  if (!done) throw failure('gradient', operands);
}

/** n weights of y: the k-th is 1 at the places `ones(k)`. */
export function seedsAt(y: Tensor, n: number, ones: (k: number) => number[]): Tensor {
  const dtype = y.dtypeFor('jacobian');
  const parts = partsOf(y.dtypeNumber);
  const data = new Float64Array(n * y.size * parts);
  for (let k = 0; k < n; k++) for (const i of ones(k)) data[(k * y.size + i) * parts] = 1;
  return create(dtype, [n, ...y.shape], data);
}

/** The tensors of a tree. */
export function tensorsOf(v: unknown, op: string, what = 'takes'): { structure: Structure; leaves: Tensor[] } {
  const leaves: unknown[] = [];
  const structure = flatten(v, leaves, op, (leaf) => leaf instanceof Tensor || typeof leaf === 'number' || (isLeaf(leaf) && !Array.isArray(leaf)));
  const stranger = leaves.find((leaf) => !(leaf instanceof Tensor));
  if (stranger !== undefined || v === undefined || v === null || (leaves.length === 0 && typeof v !== 'object'))
    throw refused(
      ArgumentError,
      op,
      `${what === 'takes' ? 'takes' : `the ${what} ${what === 'sources' ? 'are' : 'is'}`} a tensor, or lists and objects of tensors; got ${shown(stranger ?? v)}`,
    );
  return { structure, leaves: leaves as Tensor[] };
}

export function tensorOf(v: unknown, op: string, what: string): Tensor {
  if (!(v instanceof Tensor)) throw refused(ArgumentError, op, `the ${what} is a tensor; got ${shown(v)}`);
  v.record(op);
  return v;
}
