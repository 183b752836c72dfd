/** Types of the gradient functions: what they take and give, inferred from `f` and `params`. Holds no values. */
import type { Scalar, TensorLike } from './convert.js';
import type { Tensor } from './tensor.js';

export type AnyFunction = (...args: never[]) => unknown;

/** What `f` returns: tensors in any nesting. Not nothing, not a promise. */
export type Output = Scalar | null | (object & { readonly then?: never });

/** The arguments to differentiate by, all by index or all by name. */
export type Params = readonly number[] | readonly string[];

export interface GradientOptions {
  readonly params?: Params;
  /** What `f`'s parameters are called, in order: safe behind a minifier. */
  readonly names?: readonly string[];
  /** The gradient by a tensor that `f` does not depend on: null, which is the default, or zeros. */
  readonly unconnectedGradients?: 'none' | 'zero';
}

/** The second argument of gradientsFunction. */
export type Choice = Params | GradientOptions | undefined;

/** `f`'s arguments as the gradient function takes them: for a tensor, all that becomes one. Trees stay as they are. */
export type Arguments<A extends readonly unknown[]> = {
  [I in keyof A]: Tensor extends A[I] ? A[I] | TensorLike : A[I];
};

/** What weighs the outputs: as `f`'s result, with whatever becomes a tensor; null stands for ones. */
export type Cotangent<R> = unknown extends R
  ? unknown
  : R extends TensorLike
    ? TensorLike | null
    : R extends object
      ? { readonly [K in keyof R]: Cotangent<R[K]> } | null
      : null;

/**
 * The gradient by an argument: a tensor for what becomes one, for a tree the same tree, null for all else.
 * U is the type of what is not connected.
 */
export type Gradient<T, U = null> = unknown extends T
  ? Tensor | U
  : T extends TensorLike
    ? Tensor | U
    : HasTensor<T> extends true
      ? { -readonly [K in keyof T]: Gradient<T[K], U> }
      : null;

/**
 * Whether a tensor is among the leaves, which makes a tree. Numbers alone do not: `{ axis: 0 }` holds options.
 * D counts levels: types may refer to themselves, and eight are enough to meet a leaf.
 */
type HasTensor<T, D extends readonly unknown[] = []> = T extends Tensor
  ? true
  : T extends AnyFunction
    ? false
    : D['length'] extends 8
      ? false
      : T extends object
        ? true extends { [K in keyof T]: HasTensor<T[K], [...D, 0]> }[keyof T]
          ? true
          : false
        : false;

/** One gradient per entry of `params`; without `params`, one per argument. */
export type Gradients<A extends readonly unknown[], C extends Choice> =
  ParamsOf<C> extends infer P extends Params
    ? { -readonly [I in keyof P]: Gradient<At<A, P[I]>, UnconnectedOf<C>> }
    : { [I in keyof A]: Gradient<A[I], UnconnectedOf<C>> };

type ParamsOf<C> = C extends Params ? C : C extends { readonly params: infer P } ? P : undefined;
type UnconnectedOf<C> = C extends { readonly unconnectedGradients: 'zero' } ? never : null;

/** The argument at a literal index; any of them for a name, or for an index that only the run time knows. */
type At<A extends readonly unknown[], I> = I extends keyof A & number ? A[I] : A[number];

/** A function of `f`'s arguments and perhaps a cotangent `dy`, which gives G. */
export interface Differentiated<A extends readonly unknown[], R, G> {
  (...args: WithSeed<Arguments<A>, { readonly dy: Cotangent<R> }>): G;
  /** The same with `dy` given beforehand, where a trailing `{ dy }` might be taken for an argument. */
  withDy(dy: Cotangent<R>): (...args: Arguments<A>) => G;
}

/** A rest parameter admits no optional element behind it. */
type WithSeed<A extends readonly unknown[], S> = number extends A['length'] ? A | [...A, S] : [...A, seed?: S];

/** Parameters of `f` that carry no type are tensors: the first signature of each pair. */
export interface GradientsFunction {
  <F extends (...args: Tensor[]) => Output, const C extends Choice = undefined>(f: F, params?: C): GradientsOf<F, C>;
  <F extends (...args: never[]) => Output, const C extends Choice = undefined>(f: F, params?: C): GradientsOf<F, C>;
}

export interface ValueAndGradientsFunction {
  <F extends (...args: Tensor[]) => Output, const C extends Choice = undefined>(f: F, params?: C): ValueAndGradientsOf<F, C>;
  <F extends (...args: never[]) => Output, const C extends Choice = undefined>(f: F, params?: C): ValueAndGradientsOf<F, C>;
}

export interface MakeVjp {
  <F extends (...args: Tensor[]) => Output, const C extends Choice = undefined>(f: F, params?: C): VjpOf<F, C>;
  <F extends (...args: never[]) => Output, const C extends Choice = undefined>(f: F, params?: C): VjpOf<F, C>;
}

/** A recorded run of `f`, to be swept as often as wanted. */
export interface VjpResult<R = unknown, G = unknown[]> {
  readonly value: R;
  /** The gradients weighted by `dy`; by ones when it is left out. */
  readonly vjp: (dy?: Cotangent<R>) => G;
  /** Releases what the run holds. Optional: old runs make room for new ones by themselves, and record themselves anew when used. */
  readonly dispose: () => void;
}

type GradientsOf<F extends AnyFunction, C extends Choice> = Differentiated<Parameters<F>, ReturnType<F>, Gradients<Parameters<F>, C>>;

type ValueAndGradientsOf<F extends AnyFunction, C extends Choice> = Differentiated<
  Parameters<F>,
  ReturnType<F>,
  { readonly value: ReturnType<F>; readonly gradients: Gradients<Parameters<F>, C> }
>;

type VjpOf<F extends AnyFunction, C extends Choice> = (...args: Arguments<Parameters<F>>) => VjpResult<ReturnType<F>, Gradients<Parameters<F>, C>>;
