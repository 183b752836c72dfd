/** Counts a compiled function's traces and their reasons, and refuses a function that is traced again at every call. Knows no programs. */
import { CompileError, refused } from '../errors.js';
import { nameOf } from '../names.js';
import { ANOTHER } from '../structure.js';
import type { AnyFunction } from '../types.js';

/** How often a function was traced, and why. */
export class Log {
  traces = 0;
  /** Programs released because younger ones took their room. */
  dropped = 0;
  /** Consecutive traces because an argument was another function, without a call in between that a program fitted. */
  others = 0;
  private reason = '';

  constructor(
    private readonly f: AnyFunction,
    private readonly most: number,
  ) {}

  /** Notes that no program fits a call, and how the youngest `differs`; undefined if in a tensor only. @throws CompileError after too many other functions. */
  misfit(differs: string | undefined): void {
    this.traces++;
    this.reason = differs === undefined ? '' : `; the last time for argument${differs || 's whose tensors have another shape, dtype or layout'}`;
    this.others = differs?.endsWith(ANOTHER) ? this.others + 1 : 0;
    if (this.others > this.most)
      throw refused(
        CompileError,
        'compile',
        `argument${differs} for the ${this.others}th call in a row, and ${nameOf(this.f)} was traced anew for each; make that function once, outside of the loop, and pass what changes in it as an argument; or raise { programs: ${this.most} }`,
      );
  }

  /** Lines for `describe`, about the traces. */
  lines(programs: number): string[] {
    const name = nameOf(this.f);
    if (programs === 0) return [`${name} has no program yet: its first call makes one`];
    const lost = this.dropped ? `; ${this.dropped} programs made room for others, { programs: ${this.most} } are kept` : '';
    return this.traces === 1 ? [] : [`${name} was traced ${this.traces} times${this.reason}${lost}`];
  }
}
