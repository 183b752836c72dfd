/** Types of the gradient functions, inferred from `f` and `params`. Holds no values. */
import type { Scalar, TensorLike } from './convert.js';
import type { ComplexNumber, TypedArray } from './dtype.js';
import type { Tensor } from './tensor.js';

export type AnyFunction = (...args: never[]) => unknown;

/** The result of `f`: tensors in any nesting; not undefined, not a promise. */
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

/** `f`'s arguments as the gradient function takes them. */
export type Arguments<A extends readonly unknown[]> = { [I in keyof A]: Like<A[I]> };

/** A tree of tensors as an argument: in place of a tensor, any value that can be converted to one. */
export type Like<T> = Tensor extends T ? T | TensorLike : T extends AnyFunction | ArrayBufferView ? T : T extends object ? { [K in keyof T]: Like<T[K]> } : T;

/** `f` receives a Tensor where a number is passed. With this type a parameter typed as number is a type error that says so. */
export type Receives<F extends AnyFunction> = true extends AreNumbers<Parameters<F>>[number] ? (...args: Received<Parameters<F>>) => unknown : unknown;

type AreNumbers<A extends readonly unknown[]> = { [I in keyof A]: IsNumber<A[I]> };
type Received<A extends readonly unknown[]> = { [I in keyof A]: true extends IsNumber<A[I]> ? Tensor : A[I] };

/** Whether T is a number and can't be a tensor. */
type IsNumber<T> = unknown extends T ? false : [Extract<T, number>] extends [never] ? false : [Extract<T, Tensor>] extends [never] ? true : false;

/** Weights of the outputs: in the structure of `f`'s result, with values that can be converted to tensors; null stands for ones. */
export type Cotangent<R> = unknown extends R
  ? unknown
  : R extends TensorLike
    ? TensorLike | null
    : R extends object
      ? { readonly [K in keyof R]: Cotangent<R[K]> } | null
      : null;

/**
 * The gradient by an argument: a tensor for a value that can be converted to one, for a tree the same tree, null for other values.
 * U is the type of a gradient that is not connected.
 */
export type Gradient<T, U = null> = Tensor extends T
  ? Tensor | U
  : T extends boolean
    ? null
    : T extends TensorLike
      ? Tensor | U
      : HasLeaf<T> extends true
        ? { -readonly [K in keyof T]: Gradient<T[K], U> }
        : null;

/**
 * Whether T has a leaf. D counts levels: a type may refer to itself, and eight levels are enough to find a leaf.
 */
export type HasLeaf<T, D extends readonly unknown[] = []> = T extends Tensor | number | ComplexNumber | TypedArray
  ? true
  : T extends AnyFunction | ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>
    ? false
    : D['length'] extends 8
      ? false
      : T extends readonly (infer Item)[]
        ? HasLeaf<Item, [...D, 0]>
        : T extends object
          ? true extends { [K in keyof T]: HasLeaf<T[K], [...D, 0]> }[keyof T]
            ? true
            : false
          : false;

/** One gradient per entry of `params`; without `params`, one per argument. */
export type Gradients<A extends readonly unknown[], C extends Choice> =
  ParamsOf<C> extends infer P extends Params
    ? { -readonly [I in keyof P]: Gradient<At<A, P[I]>, UnconnectedOf<C>> }
    : { [I in keyof A]: Gradient<A[I], UnconnectedOf<C>> };

export type ParamsOf<C> = C extends Params ? C : C extends { readonly params: infer P } ? P : undefined;
type UnconnectedOf<C> = C extends { readonly unconnectedGradients: 'zero' } ? never : null;

/** The argument at a literal index; any of them for a name, or for an index that only the run time knows. */
type At<A extends readonly unknown[], I> = I extends keyof A & number ? A[I] : A[number];

/** A function of `f`'s arguments, and optionally of a cotangent `dy`, that returns G. */
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
  <F extends (...args: never[]) => Output, const C extends Choice = undefined>(f: F & Receives<F>, params?: C): GradientsOf<F, C>;
}

export interface ValueAndGradientsFunction {
  <F extends (...args: Tensor[]) => Output, const C extends Choice = undefined>(f: F, params?: C): ValueAndGradientsOf<F, C>;
  <F extends (...args: never[]) => Output, const C extends Choice = undefined>(f: F & Receives<F>, params?: C): ValueAndGradientsOf<F, C>;
}

export interface MakeVjp {
  <F extends (...args: Tensor[]) => Output, const C extends Choice = undefined>(f: F, params?: C): VjpOf<F, C>;
  <F extends (...args: never[]) => Output, const C extends Choice = undefined>(f: F & Receives<F>, params?: C): VjpOf<F, C>;
}

/** A recorded run of `f`, which can be swept any number of times. */
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

export interface GradOptions {
  /** Where nothing of the first argument reaches the result: an error, which is the default, or zeros. */
  readonly unconnectedGradients?: 'zero';
}

/** The gradient by the first argument of F. */
type FirstGradient<F extends AnyFunction> = Gradient<Parameters<F>[0], never>;

export interface Grad {
  <F extends (...args: Tensor[]) => Output>(f: F, options?: GradOptions): (...args: Arguments<Parameters<F>>) => FirstGradient<F>;
  <F extends (...args: never[]) => Output>(f: F & Receives<F>, options?: GradOptions): (...args: Arguments<Parameters<F>>) => FirstGradient<F>;
}

export interface ValueAndGrad {
  <F extends (...args: Tensor[]) => Output>(
    f: F,
    options?: GradOptions,
  ): (...args: Arguments<Parameters<F>>) => { readonly value: ReturnType<F>; readonly gradient: FirstGradient<F> };
  <F extends (...args: never[]) => Output>(
    f: F & Receives<F>,
    options?: GradOptions,
  ): (...args: Arguments<Parameters<F>>) => { readonly value: ReturnType<F>; readonly gradient: FirstGradient<F> };
}

/** The tangent of an argument: of the same structure, each leaf a tensor or what can be converted to one; null stands for zeros. */
export type Tangent<T> = Cotangent<T>;

/** The tangent of a result: of the same structure, null for leaves that are no tensors. */
export type TangentOf<R> = Gradient<R, never>;

type Tangents<A extends readonly unknown[]> = { readonly [I in keyof A]: Tangent<A[I]> };

/** Parameters of `f` that carry no type are tensors: the first signature of each pair. */
export interface Jvp {
  <F extends (...args: Tensor[]) => Output>(f: F): JvpOf<F>;
  <F extends (...args: never[]) => Output>(f: F & Receives<F>): JvpOf<F>;
}

export interface Linearize {
  <F extends (...args: Tensor[]) => Output>(f: F): LinearizeOf<F>;
  <F extends (...args: never[]) => Output>(f: F & Receives<F>): LinearizeOf<F>;
}

type JvpOf<F extends AnyFunction> = (
  primals: Readonly<Arguments<Parameters<F>>>,
  tangents: Tangents<Parameters<F>>,
) => { readonly value: ReturnType<F>; readonly tangent: TangentOf<ReturnType<F>> };

/** A recorded run of `f`, which `jvp` differentiates along tangents any number of times. */
export interface Linearized<A extends readonly unknown[] = unknown[], R = unknown> {
  readonly value: R;
  readonly jvp: (...tangents: Tangents<A>) => TangentOf<R>;
  /** Releases what the run holds. Optional: old runs make room for new ones by themselves, and record themselves anew when used. */
  readonly dispose: () => void;
}

type LinearizeOf<F extends AnyFunction> = (...args: Arguments<Parameters<F>>) => Linearized<Parameters<F>, ReturnType<F>>;

/** What a rule of customGradient returns: one gradient for each argument with tensors, or the gradient of the only one. */
export type RuleGradients = TensorLike | null | readonly unknown[] | { readonly [key: string]: unknown };

export interface CustomGradient {
  <A extends Tensor[], V extends Output>(f: (...args: A) => readonly [value: V, rule: (dy: V) => RuleGradients]): (...args: Arguments<A>) => V;
  <A extends readonly unknown[], V extends Output>(f: (...args: A) => readonly [value: V, rule: (dy: V) => RuleGradients]): (...args: Arguments<A>) => V;
}

/** Where examples lie: along an axis of every leaf, nowhere (null), or as a tree says. */
export type Axes = number | null | readonly Axes[] | { readonly [key: string]: Axes };

export interface VmapOptions {
  /** Of the arguments: one for all, or a list with one for each. */
  readonly axes?: Axes;
  /** Of the results. */
  readonly outAxes?: Axes;
}

/** A function of batches. */
export interface Vmapped<F extends AnyFunction> {
  (...args: Arguments<Parameters<F>>): ReturnType<F>;
  /** The ops of the last call that ran once for each example. */
  describe(): string;
}

/** Parameters of `f` that carry no type are tensors: the first signature. */
export interface Vmap {
  <F extends (...args: Tensor[]) => Output>(f: F, options?: VmapOptions): Vmapped<F>;
  <F extends (...args: never[]) => Output>(f: F & Receives<F>, options?: VmapOptions): Vmapped<F>;
}

export interface TapeOptions {
  /** Whether gradients can be asked for more than once. */
  readonly persistent?: boolean;
  /** Whether the tape watches trainable variables when they are read; true when left out. */
  readonly watchAccessedVariables?: boolean;
}

export interface UnconnectedOptions {
  /** The gradient by a source that the target does not depend on: null, which is the default, or zeros. */
  readonly unconnectedGradients?: 'none' | 'zero';
}

export interface TapeGradientOptions extends UnconnectedOptions {
  /** Weights of the target: of its structure; null stands for ones. */
  readonly outputGradients?: unknown;
}

/** The gradients by a tree of sources; null beside what is no tensor. */
export type SourceGradients<S, U> = S extends Tensor
  ? Tensor | U
  : S extends AnyFunction
    ? null
    : S extends object
      ? { -readonly [K in keyof S]: SourceGradients<S[K], U> }
      : null;

export type Unconnected<O> = O extends { readonly unconnectedGradients: 'zero' } ? never : null;

export interface ScanOptions {
  /** Whether to go from the last slice to the first. */
  readonly reverse?: boolean;
  /** Whether tapes keep carries only, between segments of this many steps, of √n for true, and run each segment again in the sweep. */
  readonly recompute?: boolean | number;
}

export interface Scan {
  <Y>(f: (carry: Tensor, x: null) => readonly [TensorLike, Y], init: TensorLike, length: number, options?: ScanOptions): [Tensor, Stacked<Y>];
  <Y>(
    f: (carry: Tensor, x: Tensor) => readonly [TensorLike, Y],
    init: TensorLike,
    xs: Exclude<TensorLike, number>,
    options?: ScanOptions,
  ): [Tensor, Stacked<Y>];
  <C, Y>(f: (carry: C, x: null) => readonly [Like<C>, Y], init: Like<C>, length: number, options?: ScanOptions): [C, Stacked<Y>];
  <C, X, Y>(f: (carry: C, x: X) => readonly [Like<C>, Y], init: Like<C>, xs: Like<X>, options?: ScanOptions): [C, Stacked<Y>];
}

/** The values of all steps, stacked. */
export type Stacked<Y> = Y extends TensorLike ? Tensor : Y extends object ? { -readonly [K in keyof Y]: Stacked<Y[K]> } : Y;

export interface WhileLoop {
  (condition: (carry: Tensor) => TensorLike | boolean, body: (carry: Tensor) => TensorLike, init: TensorLike): Tensor;
  <C>(condition: (carry: C) => TensorLike | boolean, body: (carry: C) => Like<C>, init: Like<C>): C;
}

export type Cond = <A extends readonly unknown[], R extends Output>(
  predicate: TensorLike | boolean,
  onTrue: (...operands: A) => R,
  onFalse: (...operands: A) => R,
  ...operands: A
) => R;
