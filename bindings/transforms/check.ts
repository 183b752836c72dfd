/** checkGradients: compares the gradients of a function with differences of its values. Knows no op. */
import { tensor } from '../convert.js';
import type { DTypeName } from '../dtype.js';
import { ArgumentError, refused, refuseMore, shown, TapeError } from '../errors.js';
import { ready } from '../module.js';
import { nameOf } from '../names.js';
import { checkArity, checkOptions, resolveParams } from '../params.js';
import { scope } from '../scope.js';
import { flatten, unflatten } from '../structure.js';
import type { Tensor } from '../tensor.js';
import type { AnyFunction, Arguments, Params } from '../types.js';
import { Draw, differences, inner, isKinked, sizeOf, total } from './differences.js';
import { gradientsFunction } from './gradients.js';
import { isNarrow, Point, wide } from './probe.js';

export interface CheckOptions {
  /** The highest order of derivatives that is checked; 2 when left out. */
  readonly order?: number;
  /** The largest error, as a part of the size of the terms; 1e-6 when left out, and 1e-3 at least where `f` computes in float32. */
  readonly tolerance?: number;
  /** The arguments to differentiate by, as in gradientsFunction. */
  readonly params?: Params;
}

/** One comparison. */
export interface GradientCheck {
  /** The argument: its position, its name if that is known, and the path in it. */
  readonly argument: string;
  /** The order of the derivative. */
  readonly order: number;
  /** In which the gradient was computed. */
  readonly dtype: DTypeName;
  /** The direction in the argument: its elements, complex ones interleaved. */
  readonly direction: readonly number[];
  /** The derivative along the direction: by differences, and by the gradient. */
  readonly expected: number;
  readonly got: number;
  readonly error: number;
  /** The largest error that is allowed. */
  readonly allowed: number;
}

export interface GradientReport {
  readonly checks: readonly GradientCheck[];
  /** The comparison that comes nearest to what is allowed; null when nothing has a gradient. */
  readonly worst: GradientCheck | null;
}

const OP = 'checkGradients';
const OPTIONS = ['order', 'tolerance', 'params'];
const DIRECTIONS = 2;
/** What the checks share. */
interface Setting {
  readonly f: AnyFunction;
  readonly tolerance: number;
  readonly draw: Draw;
  readonly checks: GradientCheck[];
}

/** Whether `f` computes in double precision, given such arguments. */
function widens(point: Point): boolean {
  try {
    return !point.values(point.args(true)).dtypes.some(isNarrow);
  } catch {
    return false;
  }
}

/** Compares the gradients of the point's function, a derivative of order `order` − 1 of `f`, and those of these up to `most`. */
function climb(point: Point, order: number, most: number, setting: Setting): void {
  const { draw } = setting;
  const isWide = widens(point);
  const here = point.values(point.args(isWide));
  const again = point.values(point.args(isWide));
  if (here.data.some((list, i) => list.some((x, k) => !Object.is(x, again.data[i]?.[k]))))
    throw refused(TapeError, OP, `${nameOf(setting.f)} gives another value when it is called again, so no differences can be compared`);
  const weights = here.data.map((list) => draw.list(list.length));
  const gradientsOf = (inDouble: boolean, args: readonly unknown[]): unknown[] => {
    const { structure, shapes, dtypes } = inDouble === isWide ? here : point.values(args);
    let next = 0;
    const dy = shapes.map((shape) => {
      if (!shape) return null;
      const i = next++;
      return tensor(Float64Array.from(weights[i] as number[]), { dtype: dtypes[i] as DTypeName, shape });
    });
    const g = gradientsFunction(point.f as never, point.positions ?? undefined) as unknown as { withDy(dy: unknown): (...args: unknown[]) => unknown[] };
    return g.withDy(unflatten(structure, dy))(...args);
  };
  /** The gradients by the wanted leaves. */
  const listed = (inDouble: boolean): (ArrayLike<number> | null)[] => point.elements(() => gradientsOf(inDouble, point.args(inDouble)));
  const double = isWide ? listed(true) : null;
  const own = !isWide || point.leaves.some(({ isWanted, dtype }) => isWanted && isNarrow(dtype)) ? listed(false) : null;
  point.leaves.forEach(({ isWanted, data, dtype, name }, k) => {
    if (!isWanted || !data?.length) return;
    for (let i = 0; i < DIRECTIONS; i++) {
      const direction = draw.list(data.length);
      const size = Math.max(1e-2, ...Array.from(data, Math.abs).filter(Number.isFinite).slice(0, 1e4));
      const at = (h: number): number => total(point.values(point.args(isWide, k, direction, h)).data, weights);
      const step = Math.min(1, size);
      const limit = differences(at, step);
      for (const [gradients, inDouble] of [
        [double, true],
        [own, false],
      ] as const) {
        if (!gradients) continue;
        const gradient = gradients[k] ?? new Float64Array(data.length);
        const got = inner(gradient, direction);
        const terms = Math.max(Math.abs(limit.value), sizeOf(gradient, direction));
        const floor = (isWide ? 1e-9 : 1e-3) * total(here.data, weights, sizeOf);
        if (!(limit.error <= 1e-2 * terms + floor)) throw unsettled(setting.f, name, direction, order, limit);
        const bound = inDouble ? setting.tolerance : Math.max(setting.tolerance, isNarrow(dtype) ? (isWide ? 1e-3 : 2e-2) : 0);
        const check: GradientCheck = {
          argument: name,
          order,
          dtype: inDouble ? wide(dtype) : dtype,
          direction,
          expected: limit.value,
          got,
          error: Math.abs(got - limit.value),
          allowed: bound * terms + 4 * limit.error + (inDouble ? 0 : 1e-6 * floor),
        };
        if (!(check.error <= check.allowed) && isKinked(at, step, terms)) throw unsettled(setting.f, name, direction, order, limit);
        if (!(check.error <= check.allowed)) throw wrong(setting.f, check, gradient, gradients[k] === null);
        setting.checks.push(check);
      }
    }
  });
  if (order === most) return;
  const slope = (...args: unknown[]): unknown[] => {
    const found: unknown[] = [];
    flatten(gradientsOf(isWide, args), found, OP);
    return found.filter((t) => t !== null);
  };
  const args = point.args(isWide);
  const next = new Point(slope as never, args, point.positions, point);
  if (next.values(args).data.length) climb(next, order + 1, most, setting);
}

const list = (v: readonly number[]): string =>
  `[${v
    .slice(0, 6)
    .map((x) => Number(x.toPrecision(4)))
    .join(', ')}${v.length > 6 ? ', …' : ''}]`;
const ordinal = (order: number): string => ['first', 'second', 'third'][order - 1] ?? `${order}th`;

function unsettled(f: AnyFunction, name: string, direction: readonly number[], order: number, limit: { value: number; error: number }): Error {
  return refused(
    TapeError,
    OP,
    `the differences of ${nameOf(f)} by argument ${name} along ${list(direction)} do not settle (order ${order}: ${limit.value} ± ${limit.error}): it is not smooth there, not finite, or its value depends on more than its arguments, such as the phase of an eigenvector. Choose another point`,
  );
}

function wrong(
  f: AnyFunction,
  { argument, order, dtype, direction, expected, got, allowed }: GradientCheck,
  gradient: ArrayLike<number>,
  isNull: boolean,
): Error {
  const parts = dtype.startsWith('complex') ? 2 : 1;
  const near = (v: number): boolean => Math.abs(v - expected) <= Math.max(1e-3 * Math.abs(expected), allowed);
  const conj = Array.from(gradient, (x, i) => (i % parts ? -x : x));
  const ratio = expected / got;
  const hint = isNull
    ? '; it is null, not connected'
    : near(-got)
      ? '; the sign is wrong'
      : parts === 2 && near(inner(conj, direction))
        ? '; the conjugate would fit'
        : Number.isFinite(ratio) && ratio !== 0
          ? `; ${Number(ratio.toPrecision(6))} times as much would fit here`
          : '';
  return refused(
    TapeError,
    OP,
    `the ${ordinal(order)} derivative of ${nameOf(f)} by argument ${argument} is wrong in ${dtype}: along the direction ${list(direction)} expected ${expected} (by differences), got ${got}, where ${allowed.toExponential(1)} is allowed${hint}`,
  );
}

/**
 * Checks the gradients of `f` at `args` against differences of its values: of rules of customGradient, and of all else that `f` is made of. Each
 * argument that is differentiated is moved along random directions, complex ones in both parts; the results are weighted at random. Orders above the
 * first compare gradients with differences of gradients. `f` runs in double precision for this, and its gradients in its own precision are checked
 * as well. Directions and weights are the same at each call.
 *
 * Gives a report, `{ checks, worst }`, when all gradients are right.
 * @throws TapeError when one is wrong, with argument, direction, expected and got; or when the differences don't settle, for then nothing is known.
 */
export function checkGradients<F extends (...args: Tensor[]) => unknown>(
  f: F,
  args: Readonly<Arguments<Parameters<F>>>,
  options?: CheckOptions,
): GradientReport;
export function checkGradients<F extends AnyFunction>(f: F, args: Readonly<Arguments<Parameters<F>>>, options?: CheckOptions): GradientReport;
export function checkGradients(f: AnyFunction, args: readonly unknown[], options: CheckOptions = {}, ...more: unknown[]): GradientReport {
  refuseMore('checkGradients(f, args, { order, tolerance, params })', 0, more);
  if (typeof f !== 'function') throw refused(ArgumentError, OP, `takes a function; got ${shown(f)}`);
  if (!Array.isArray(args)) throw refused(ArgumentError, OP, `args is a list of the arguments of ${nameOf(f)}; got ${shown(args)}`);
  checkOptions(options, OPTIONS, OP);
  const { order = 2, tolerance = 1e-6, params } = options;
  if (!Number.isInteger(order) || order < 1) throw refused(ArgumentError, OP, `order is a whole number from 1; got ${shown(order)}`);
  if (typeof tolerance !== 'number' || !(tolerance > 0)) throw refused(ArgumentError, OP, `tolerance is a number above 0; got ${shown(tolerance)}`);
  ready();
  const positions = resolveParams(f, params);
  if (positions !== null) checkArity(positions, args.length, nameOf(f));
  const checks: GradientCheck[] = [];
  scope(() => {
    climb(new Point(f, args, positions), 1, order, { f, tolerance, draw: new Draw(), checks });
    return null;
  });
  const closeness = (c: GradientCheck): number => (c.allowed ? c.error / c.allowed : 0);
  return { checks, worst: checks.reduce<GradientCheck | null>((a, b) => (a && closeness(a) >= closeness(b) ? a : b), null) };
}
