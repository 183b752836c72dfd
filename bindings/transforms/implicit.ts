/** implicitGradients and implicitValueAndGradients: gradients by the variables that a function reads. Knows tapes and variables, no op. */
import { ArgumentError, refused, refuseMore, shown, TapeError } from '../errors.js';
import { ready } from '../module.js';
import { nameOf } from '../names.js';
import { scope } from '../scope.js';
import { Tensor } from '../tensor.js';
import type { AnyFunction, Arguments } from '../types.js';
import { structureOf, withScalars } from './record.js';
import { GradientTape } from './tape.js';
import type { Variable } from './variable.js';

/** The gradient by a variable, null if the result does not depend on it, and the variable. */
export type VariableGradient = [gradient: Tensor | null, variable: Variable];

function implicitly(f: AnyFunction, args: readonly unknown[], op: string): { value: unknown; gradients: VariableGradient[] } {
  ready();
  return scope(() => {
    const tape = new GradientTape();
    const value = tape.record(() => (f as (...args: unknown[]) => unknown)(...args.map(withScalars)));
    const outputs: unknown[] = [];
    structureOf(value, outputs, f, op);
    const variables = tape.watchedVariables();
    if (variables.length === 0)
      throw refused(
        TapeError,
        op,
        `no trainable variable is read by ${nameOf(f)}; variable(value) makes one, and gradientsFunction differentiates by arguments`,
      );
    const gradients = tape.gradient(
      outputs.filter((y) => y instanceof Tensor),
      variables,
    );
    return { value, gradients: variables.map((v, i): VariableGradient => [gradients[i] ?? null, v]) };
  });
}

function checked(f: AnyFunction, more: readonly unknown[], op: string): void {
  refuseMore(`${op}(f)`, 0, more);
  if (typeof f !== 'function') throw refused(ArgumentError, op, `takes a function; got ${shown(f)}`);
}

/**
 * A function of the arguments of `f` that gives `[gradient, variable]` for each trainable variable that `f` reads, in the order in which the variables
 * were made; null is the gradient by one that is read but that the result doesn't depend on. Outputs are summed. Differentiable again.
 * @throws TapeError when `f` reads no trainable variable; TypeError when it returns nothing, or a promise.
 */
export const implicitGradients = <F extends AnyFunction>(f: F, ...more: never[]): ((...args: Arguments<Parameters<F>>) => VariableGradient[]) => {
  checked(f, more, 'implicitGradients');
  return (...args) => implicitly(f, args, 'implicitGradients').gradients;
};

/** As `implicitGradients`; gives `{ value, gradients }`, the value in the structure that `f` returns. */
export const implicitValueAndGradients = <F extends AnyFunction>(
  f: F,
  ...more: never[]
): ((...args: Arguments<Parameters<F>>) => { value: ReturnType<F>; gradients: VariableGradient[] }) => {
  checked(f, more, 'implicitValueAndGradients');
  return (...args) => implicitly(f, args, 'implicitValueAndGradients') as { value: ReturnType<F>; gradients: VariableGradient[] };
};
