/** grad and valueAndGrad: the gradient by the first argument, which is never null, as optimisers need it. */

import { ArgumentError, refused, refuseMore, shown, TapeError } from '../errors.js';
import { ready } from '../module.js';
import { nameOf, parameterNames } from '../names.js';
import { isPlainObject } from '../params.js';
import { strangerIn } from '../spelling.js';
import { flatten, pathsOf } from '../structure.js';
import type { AnyFunction, Grad, GradOptions, ValueAndGrad } from '../types.js';
import { specOf } from './gradients.js';
import { freeTape, liftOut, type Recorded, record, sweep, zerosOf } from './record.js';

const OPTIONS = ['unconnectedGradients'];

/** A function of the arguments of `f` that passes the recorded run and the gradient by the first argument to `result`. */
function byFirst<T>(
  f: AnyFunction,
  options: GradOptions | undefined,
  more: readonly unknown[],
  op: string,
  result: (recorded: Recorded, gradient: unknown) => T,
) {
  refuseMore(`${op}(f, { ${OPTIONS} })`, 0, more);
  const stranger = isPlainObject(options ?? {}) ? strangerIn(options ?? {}, OPTIONS) : `takes a function and options { ${OPTIONS} }; got ${shown(options)}`;
  if (stranger) throw refused(ArgumentError, op, stranger);
  const { zero } = specOf(f, { ...options, params: [0] }, op);
  return (...args: unknown[]): T => {
    ready();
    const first = args[0];
    const recorded = record(f, [0], args, true, op);
    try {
      const leaves = recorded.leaves as readonly unknown[];
      const zerosAt = zerosOf(recorded.leaves);
      let unreached = 0;
      const [gradient] = sweep(recorded, undefined, (k) => {
        if (++unreached === leaves.length && !zero) throw unconnected(f, first, op);
        return (zerosAt as (k: number) => never)(k);
      });
      if (leaves.length === 0 && !zero) throw unconnected(f, first, op);
      return result(recorded, gradient);
    } finally {
      freeTape(recorded.run);
    }
  };
}

/** The error for a result that does not depend on the first argument. */
function unconnected(f: AnyFunction, first: unknown, op: string): Error {
  const paths = pathsOf(flatten(first, [])).filter((path) => path !== '');
  const leaves = paths.length ? ` (${paths.slice(0, 4).join(', ')}${paths.length > 4 ? ', …' : ''})` : '';
  return refused(
    TapeError,
    op,
    `the result of ${nameOf(f)} does not depend on its first argument, ${firstName(f)}${leaves}: it is unused, was read as a number by item(), data() or array(), went through stopGradient or an op without gradient, or is of whole numbers; option unconnectedGradients: 'zero' gives zeros`,
  );
}

function firstName(f: AnyFunction): string {
  try {
    return parameterNames(f)[0]?.text ?? 'which it does not name';
  } catch {
    return 'whose name is not known';
  }
}

/**
 * A function of the arguments of `f` that gives the gradient by the first: a tensor, or the tree that it is, with tensors of the shapes and
 * dtypes of its leaves. Zeros where the result does not depend on a leaf, as long as it depends on another; null stands for leaves of whole
 * numbers and for what is no leaf. Outputs are summed. Differentiable again, to any order.
 * @throws TapeError when nothing of the first argument reaches the result, unless `unconnectedGradients` is 'zero'.
 */
export const grad = ((f: AnyFunction, options?: GradOptions, ...more: unknown[]) => byFirst(f, options, more, 'grad', (_, gradient) => gradient)) as Grad;

/** As `grad`; gives `{ value, gradient }`, the value in the structure that `f` returns. */
export const valueAndGrad = ((f: AnyFunction, options?: GradOptions, ...more: unknown[]) =>
  byFirst(f, options, more, 'valueAndGrad', ({ run, value, outputs }, gradient) => {
    liftOut(outputs, run);
    return { value, gradient };
  })) as ValueAndGrad;
