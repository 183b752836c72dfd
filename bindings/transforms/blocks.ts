/** Types of jacobian, hessian and hvp, inferred from `f` and `params`. Holds no values. */
import type { TensorLike } from '../convert.js';
import type { Tensor } from '../tensor.js';
import type { AnyFunction, Arguments, Gradient, GradientOptions, Gradients, HasLeaf, Like, Output, Params, ParamsOf, Receives, Tangent } from '../types.js';

/** The arguments to differentiate by: a list, or with the names of the parameters. */
export type JacobianChoice = Params | Pick<GradientOptions, 'params' | 'names'> | undefined;

export interface JacobianOptions {
  /** Along the elements of the parameters, by those of the result, or whichever are fewer, which is the default. */
  readonly mode?: 'forward' | 'reverse' | 'auto';
}

/** T, with G in place of each leaf. */
type Blocks<T, G> = Tensor extends T
  ? G
  : T extends boolean
    ? null
    : T extends TensorLike
      ? G
      : HasLeaf<T> extends true
        ? { -readonly [K in keyof T]: Blocks<T[K], G> }
        : null;

/** An entry for each of the gradients G: the result R with it in place of each leaf. */
type JacobiansOf<R, G> = G extends readonly unknown[] ? { -readonly [I in keyof G]: Blocks<R, G[I]> } : never;

/** The gradients by the parameters, none of them null where it is not connected. */
type Slopes<F extends AnyFunction, C extends JacobianChoice> = Gradients<
  Parameters<F>,
  { readonly unconnectedGradients: 'zero' } & (ParamsOf<C> extends infer P extends Params ? { readonly params: P } : object)
>;

type JacobianOf<F extends AnyFunction, C extends JacobianChoice> = (...args: Arguments<Parameters<F>>) => JacobiansOf<ReturnType<F>, Slopes<F, C>>;

/** Parameters of `f` that carry no type are tensors: the first signature of each pair. */
export interface Jacobian {
  <F extends (...args: Tensor[]) => Output, const C extends JacobianChoice = undefined>(f: F, params?: C, options?: JacobianOptions): JacobianOf<F, C>;
  <F extends (...args: never[]) => Output, const C extends JacobianChoice = undefined>(
    f: F & Receives<F>,
    params?: C,
    options?: JacobianOptions,
  ): JacobianOf<F, C>;
}

type HessianOf<F extends AnyFunction, C extends JacobianChoice> = (
  ...args: Arguments<Parameters<F>>
) => Slopes<F, C> extends infer G extends readonly unknown[] ? { -readonly [I in keyof G]: JacobiansOf<G[I], G> } : never;

export interface Hessian {
  <F extends (...args: Tensor[]) => Output, const C extends JacobianChoice = undefined>(f: F, params?: C): HessianOf<F, C>;
  <F extends (...args: never[]) => Output, const C extends JacobianChoice = undefined>(f: F & Receives<F>, params?: C): HessianOf<F, C>;
}

type HvpOf<X, R> = (x: Like<X>, v: Tangent<X>) => { readonly value: R; readonly gradient: Gradient<X, never>; readonly hvp: Gradient<X, never> };

export interface Hvp {
  <R extends Output>(f: (x: Tensor) => R): HvpOf<Tensor, R>;
  <X, R extends Output>(f: (x: X) => R): HvpOf<X, R>;
}
