/** What compile tells of its traces: how many there were and why, and when one was made for every call. Knows no programs. */
import { CompileError, refused } from '../errors.js';
import { nameOf } from '../names.js';
import { ANOTHER } from '../structure.js';
import type { AnyFunction } from '../types.js';

/** How often a function was traced, and why. */
export class Log {
  traces = 0;
  /** Programs given up to make room for younger ones. */
  dropped = 0;
  /** Traces in a row, without a program that fitted in between, for a function that was another one. */
  others = 0;
  private reason = '';

  constructor(
    private readonly f: AnyFunction,
    private readonly most: number,
  ) {}

  /** No program fits; the youngest, if there is one, differs like this, or in a tensor. @throws CompileError when that goes on for ever. */
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

  /** What there is to say besides the programs. */
  lines(programs: number): string[] {
    const name = nameOf(this.f);
    if (programs === 0) return [`${name} has no program yet: its first call makes one`];
    const lost = this.dropped ? `; ${this.dropped} programs made room for others, { programs: ${this.most} } are kept` : '';
    return this.traces === 1 ? [] : [`${name} was traced ${this.traces} times${this.reason}${lost}`];
  }
}
