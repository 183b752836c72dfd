/** What a row of the op table says about an op, and the forms that many rows take. Holds no row. */
import type * as gradtape from 'gradtape';
import type { Complex } from '../reference/complex.js';
import type { Num } from '../reference/dual.js';
import { map, type NdArray } from '../reference/ndarray.js';

export type DTypeName = gradtape.Tensor['dtype'];
export type Interval = readonly [low: number, high: number];
/** Shape of an input drawn from its domain, or more about it. */
export type Input = readonly number[] | { readonly shape: readonly number[]; readonly dtype?: DTypeName; readonly data?: readonly number[] };

/** Inputs and what follows them in a call. */
export interface Sample {
  readonly inputs: readonly Input[];
  readonly args?: readonly unknown[];
}

export type Value = number | boolean | Complex | readonly Value[];

/** A point of interest: inputs, the value there, and the gradient by each input for a cotangent of ones. */
export interface Special {
  readonly at: readonly Value[];
  readonly args?: readonly unknown[];
  readonly value: Value;
  readonly gradient?: readonly (Value | null)[];
  /** In both precisions unless said otherwise. */
  readonly dtypes?: readonly DTypeName[];
}

export interface ErrorRow {
  readonly call: (g: typeof gradtape) => unknown;
  readonly error: string;
  readonly message: RegExp;
}

export type Law = 'reference' | 'dtypes' | 'layout' | 'position' | 'leak' | 'structure' | 'adjoint' | 'complex step' | 'forward mode' | 'second order' | 'precision';

export interface OpInfo {
  /** The op in plain JavaScript: an NdArray for each tensor, then the sample's arguments. */
  readonly ref: (...args: never[]) => NdArray | readonly NdArray[];
  readonly samples: readonly Sample[];
  /** Where inputs are drawn from, away from kinks and poles; the last serves the rest. The real part's, for complex inputs. */
  readonly domain: readonly Interval[];
  readonly imaginary?: Interval;
  readonly dtypes: readonly DTypeName[];
  /** The dtype of the result. */
  readonly result?: (dtype: DTypeName) => DTypeName;
  /** The error's bound in units in the last place; of a complex number, of its modulus. */
  readonly ulp: Partial<Record<DTypeName, number>>;
  /** Errors are relative to the result for absolute values, for sums may cancel. */
  readonly cancels?: boolean;
  /** How often the tests differentiate it; 0: not at all, its gradient is null. */
  readonly order: 0 | 1 | 2 | 3;
  /** Linear in each input, so that differences are exact. */
  readonly linear?: boolean;
  /** The complex form has the derivative to full precision in its imaginary part. */
  readonly analytic?: boolean;
  /** Element by element: results do not depend on where an element stands. */
  readonly elementwise?: boolean;
  /** Takes its tensors as one list. */
  readonly list?: boolean;
  readonly special?: readonly Special[];
  readonly errors?: readonly ErrorRow[];
  readonly skip?: readonly { readonly test: Law; readonly reason: string }[];
}

export const REAL: readonly DTypeName[] = ['float32', 'float64'];
export const COMPLEX: readonly DTypeName[] = ['complex64', 'complex128'];
export const INEXACT: readonly DTypeName[] = [...REAL, ...COMPLEX];
export const NUMERIC: readonly DTypeName[] = [...INEXACT, 'int32'];
export const ANY: readonly DTypeName[] = [...NUMERIC, 'bool'];

/** Moves elements, or rounds the exact result once. */
export const EXACT = { float32: 0.5, float64: 0.5, complex64: 0.5, complex128: 0.5, int32: 0, bool: 0 };
/** The accuracy that elementary functions state. */
export const ELEMENTARY = { float32: 2, float64: 1, complex64: 8, complex128: 8 };
export const TWO_ULPS = { ...ELEMENTARY, float64: 2 };
export const FOUR_ULPS = { ...ELEMENTARY, float32: 2, float64: 4 };

export const samples = (...inputs: readonly (readonly Input[])[]): Sample[] => inputs.map((input) => ({ inputs: input }));

/** Scalars, tails of vectors, nothing, and the highest rank. */
export const UNARY = samples([[]], [[7]], [[2, 3]], [[0]], [[2, 0, 3]], [[33]], [[1, 2, 1, 2, 1, 2, 1, 2]]);
/** The same, and broadcasts along every side. */
export const BINARY = samples([[], []], [[7], [7]], [[2, 3], [3]], [[2, 1], [1, 3]], [[], [5]], [[0], [1]], [[4, 1, 3], [2, 1]], [[33], [33]], [[2, 1, 1, 1, 1, 1, 1, 2], [3, 1, 2]]);

type Rest = Partial<OpInfo>;

/** y = f(x) element by element; all real and complex dtypes, unless the rest says otherwise. */
export function unary(f: (x: Num) => Num, domain: Interval, rest: Rest = {}): OpInfo {
  return { ref: (x: NdArray) => map(f, x), samples: UNARY, domain: [domain], dtypes: INEXACT, ulp: ELEMENTARY, order: 2, elementwise: true, ...rest };
}

/** z = f(x, y) element by element, broadcast. */
export function binary(f: (x: Num, y: Num) => Num, domain: readonly Interval[], rest: Rest = {}): OpInfo {
  return { ref: (x: NdArray, y: NdArray) => map(f, x, y), samples: BINARY, domain, dtypes: INEXACT, ulp: ELEMENTARY, order: 2, elementwise: true, ...rest };
}

/** A derivative of 0 wherever there is one: the gradient is null. */
export const flat = (rest: Rest = {}): Rest => ({ order: 0, ulp: EXACT, ...rest });

/** The error of operands that do not broadcast. */
export const broadcastError = (name: 'add'): ErrorRow => ({
  call: (g) => g[name]([1, 2], [1, 2, 3]),
  error: 'ShapeError',
  message: new RegExp(`^${name}: shapes do not broadcast \\(2 against 3\\); x is \\[2\\] float32, y is \\[3\\] float32$`),
});

/** The error of operands whose dtypes do not mix. */
export const mixError = (name: 'add'): ErrorRow => ({
  call: (g) => g[name](g.tensor([1, 2]), g.tensor([1, 2], { dtype: 'float64' })),
  error: 'DTypeError',
  message: new RegExp(`^${name}: float32 and float64 do not mix; convert one with cast\\(x, 'float64'\\); x is \\[2\\] float32, y is \\[2\\] float64$`),
});
