/** The fields of a test row of the op table, and functions that make rows of common forms. Contains no row. */
import type { Tensor } from 'gradtape';
import type { Publics } from '../publics.js';
import type { Complex } from '../reference/complex.js';
import type { Num } from '../reference/dual.js';
import { map, type NdArray } from '../reference/ndarray.js';

export type DTypeName = Tensor['dtype'];
export type Interval = readonly [low: number, high: number];
/** Shape of an input drawn from its domain, or more about it. */
export type Input = readonly number[] | { readonly shape: readonly number[]; readonly dtype?: DTypeName; readonly data?: readonly number[] };

/** Inputs, and the arguments that follow them in a call. */
export interface Sample {
  readonly inputs: readonly Input[];
  readonly args?: readonly unknown[];
  /** Whether the row's `analytic` holds here; it does when absent. */
  readonly analytic?: false;
}

export type Value = number | boolean | Complex | readonly Value[];

export type Reference = (...args: never[]) => NdArray | readonly NdArray[];
export type AnyOp = (...args: readonly unknown[]) => unknown;

/** A point of interest: inputs, the value there, and the gradient by each input for a cotangent of ones. */
export interface Special {
  readonly at: readonly Value[];
  readonly args?: readonly unknown[];
  readonly value: Value;
  readonly gradient?: readonly (Value | null)[];
  /** In both precisions unless said otherwise. */
  readonly dtypes?: readonly DTypeName[];
}

interface ErrorRow {
  readonly call: (g: Publics) => unknown;
  readonly error: string;
  readonly message: RegExp;
}

export type Law =
  | 'reference'
  | 'dtypes'
  | 'layout'
  | 'position'
  | 'leak'
  | 'structure'
  | 'adjoint'
  | 'complex step'
  | 'forward mode'
  | 'jvp'
  | 'second order'
  | 'third order'
  | 'precision';

export interface OpInfo {
  /** The op in plain JavaScript: an NdArray for each tensor, then the sample's arguments. */
  readonly ref: Reference;
  readonly samples: readonly Sample[];
  /** Where inputs are drawn from, away from kinks and poles; the last serves the rest. The real part's, for complex inputs. */
  readonly domain: readonly Interval[];
  readonly imaginary?: Interval;
  /** Where whole numbers are drawn from, where `domain` won't do. */
  readonly whole?: readonly Interval[];
  readonly dtypes: readonly DTypeName[];
  /** Whether it refuses int32 and bool if `dtypes` lacks them, where other ops promote them, see `promoted`. */
  readonly isStrict?: boolean;
  /** The dtype of the result. */
  readonly result?: (dtype: DTypeName) => DTypeName;
  /** The error's bound in units in the last place; of a complex number, of its modulus. */
  readonly ulp: Partial<Record<DTypeName, number>>;
  /** Errors are relative to results of at least this size, for terms of that size cancel. */
  readonly atLeast?: number;
  /** Likewise of the first and the second derivative, which the multiprecision grids hold. */
  readonly slopeUlp?: Partial<Record<DTypeName, readonly [first: number, second: number]>>;
  /** Errors of a derivative are relative to at least this size at x. */
  readonly slopeSize?: (order: 1 | 2, ...x: number[]) => number;
  /** The error of the reference itself, in the same units, if it is larger than usual. */
  readonly referenceUlp?: number;
  /** Errors are relative to the result for absolute values, for sums may cancel. */
  readonly cancels?: boolean;
  /** The order up to which the tests differentiate it; 0: its gradient is null. */
  readonly order: 0 | 1 | 2 | 3;
  /** Linear in each input, so that differences are exact. */
  readonly linear?: boolean;
  /** The complex form has the derivative to full precision in its imaginary part. */
  readonly analytic?: boolean;
  /** Elementwise: results do not depend on an element's position. */
  readonly elementwise?: boolean;
  /** Inputs without a gradient, although their dtype has one. */
  readonly constant?: readonly number[];
  /** The op, when it is not the public function that the row is named after. */
  readonly f?: AnyOp;
  /** How the op, and the reference, is called when tensors do not simply come before the sample's arguments; such an op is no method. */
  readonly call?: (f: AnyOp, tensors: readonly unknown[], args: readonly unknown[]) => unknown;
  readonly special?: readonly Special[];
  readonly errors?: readonly ErrorRow[];
  readonly skip?: readonly { readonly test: Law; readonly reason: string }[];
}

export const REAL: readonly DTypeName[] = ['float32', 'float64'];
export const REAL_OR_INT: readonly DTypeName[] = [...REAL, 'int32'];
/** The dtypes whose elements are ordered. */
export const ORDERED: readonly DTypeName[] = [...REAL_OR_INT, 'bool'];
export const COMPLEX: readonly DTypeName[] = ['complex64', 'complex128'];
export const INEXACT: readonly DTypeName[] = [...REAL, ...COMPLEX];
export const NUMERIC: readonly DTypeName[] = [...INEXACT, 'int32'];
export const ANY: readonly DTypeName[] = [...NUMERIC, 'bool'];

/** The dtype to which an operand is promoted: the core's rule for int32 and bool. */
export function promoted({ dtypes }: OpInfo, dtype: DTypeName): DTypeName {
  if (dtypes.includes(dtype)) return dtype;
  return dtype === 'bool' && dtypes.includes('int32') ? 'int32' : 'float32';
}

/** The dtypes that a row's op works with, as they are or promoted. */
export const acceptedBy = (row: OpInfo): readonly DTypeName[] =>
  ANY.filter((dtype) => row.dtypes.includes(dtype) || (!row.isStrict && inexact(dtype) !== dtype && row.dtypes.includes(promoted(row, dtype))));

/** The dtype of a row's result. */
export function resultOf(row: OpInfo, dtype: DTypeName): DTypeName {
  const taken = promoted(row, dtype);
  return row.result?.(taken) ?? taken;
}

/** Moves elements, or rounds the exact result once. */
export const EXACT = { float32: 0.5, float64: 0.5, complex64: 0.5, complex128: 0.5, int32: 0, bool: 0 };
/** The accuracy that elementary functions state. */
export const ELEMENTARY = { float32: 2, float64: 1, complex64: 8, complex128: 8 };
export const TWO_ULPS = { ...ELEMENTARY, float64: 2 };
export const FOUR_ULPS = { ...ELEMENTARY, float32: 2, float64: 4 };
/** The accuracy of their first and second derivatives. */
const SLOPES = { float32: [4, 8], float64: [4, 8], complex64: [8, 16], complex128: [8, 16] } as const;

/** Inputs as a list, or shapes as text: '2,3 · 3 · ' is a matrix, a vector and a scalar. */
type Inputs = readonly Input[] | string;

export const shapes = (text: string): number[][] => text.split('·').map((shape) => (shape.trim() ? shape.split(',').map(Number) : []));

/** A sample of some inputs and arguments. */
export const sample = (inputs: Inputs, ...args: readonly unknown[]): Sample => ({ inputs: typeof inputs === 'string' ? shapes(inputs) : inputs, args });
export const samples = (...inputs: readonly Inputs[]): Sample[] => inputs.map((input) => sample(input));

/** Scalars, tails of vectors, empty tensors, and the highest rank. */
export const UNARY = samples('', '7', '2,3', '0', '2,0,3', '33', '1,2,1,2,1,2,1,2');
/** The same, and broadcasts along every side. */
const BINARY = samples(' · ', '7 · 7', '2,3 · 3', '2,1 · 1,3', ' · 5', '0 · 1', '4,1,3 · 2,1', '33 · 33', '2,1,1,1,1,1,1,2 · 3,1,2');

type Rest = Partial<OpInfo>;

/** y = f(x) element by element; all real and complex dtypes, unless the rest says otherwise. */
export function unary(f: (x: Num) => Num, domain: Interval, rest: Rest = {}): OpInfo {
  return {
    ref: (x: NdArray) => map(f, x),
    samples: UNARY,
    domain: [domain],
    dtypes: INEXACT,
    ulp: ELEMENTARY,
    slopeUlp: SLOPES,
    order: 2,
    elementwise: true,
    ...rest,
  };
}

/** z = f(x, y) element by element, broadcast. */
export function binary(f: (x: Num, y: Num) => Num, domain: readonly Interval[], rest: Rest = {}): OpInfo {
  return {
    ref: (x: NdArray, y: NdArray) => map(f, x, y),
    samples: BINARY,
    domain,
    dtypes: INEXACT,
    ulp: ELEMENTARY,
    slopeUlp: SLOPES,
    order: 2,
    elementwise: true,
    ...rest,
  };
}

/** An op that moves or sums elements, and so is linear in all its inputs. */
export function linear(ref: Reference, samples: readonly Sample[], rest: Rest = {}): OpInfo {
  return { ref, samples, domain: [[-3, 3]], dtypes: ANY, ulp: EXACT, order: 2, linear: true, analytic: true, ...rest };
}

/** A fixed int32 or bool input. */
export const whole = (shape: readonly number[], ...data: readonly number[]): Input => ({ shape, data, dtype: 'int32' });
export const truths = (shape: readonly number[], ...data: readonly number[]): Input => ({ shape, data, dtype: 'bool' });

/** For ops whose results are float32 if operands are int32 or bool. */
export const inexact = (dtype: DTypeName): DTypeName => (dtype === 'int32' || dtype === 'bool' ? 'float32' : dtype);
export const bool = (): DTypeName => 'bool';
export const real = (dtype: DTypeName): DTypeName => (dtype === 'complex64' ? 'float32' : dtype === 'complex128' ? 'float64' : dtype);

/** The error of operands that do not broadcast. */
export const broadcastError = (name: 'add' | 'where'): ErrorRow => ({
  call: (g) => (name === 'add' ? g.add([1, 2], [1, 2, 3]) : g.where([true, false], 1, [1, 2, 3])),
  error: 'ShapeError',
  message: new RegExp(`^${name}: shapes do not broadcast \\(2 against 3\\)`),
});

/** A call, the class of its error, and words of the message. */
export const error = (call: ErrorRow['call'], name: string, message: RegExp): ErrorRow => ({ call, error: name, message });
