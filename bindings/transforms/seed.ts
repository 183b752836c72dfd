/** Seeds of a reverse sweep: `dy`, checked against the value it weighs. Knows no tapes. */
import type { DType } from '../../assembly/shared/abi.js';
import { create } from '../call.js';
import { fromScalar, isScalar, type TensorLike, tensor } from '../convert.js';
import { arrayOf, type DTypeName, dtypeNames, partsOf } from '../dtype.js';
import { DTypeError, refused, ShapeError } from '../errors.js';
import { isPlainObject } from '../params.js';
import { Tensor } from '../tensor.js';

/** Dtype and shape of an output, for when the output itself may be gone. */
export class Geometry {
  readonly dtypeNumber: DType;
  readonly dtype: DTypeName;
  readonly shape: readonly number[];
  constructor(t: Tensor) {
    this.dtypeNumber = t.dtypeNumber;
    this.dtype = t.dtype;
    this.shape = t.shape;
  }

  ones(): Tensor {
    const n = this.shape.reduce((a, b) => a * b, partsOf(this.dtypeNumber));
    const data = new (arrayOf(this.dtypeNumber))(n);
    for (let i = 0; i < n; i += partsOf(this.dtypeNumber)) data[i] = 1;
    return create(this.dtypeNumber, this.shape, data);
  }
}

/** The structure of a value, each tensor in it replaced by its geometry. */
export function geometryOf(value: unknown): unknown {
  if (value instanceof Tensor) return new Geometry(value);
  if (Array.isArray(value)) return value.map(geometryOf);
  if (isPlainObject(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, geometryOf(item)]));
  return value;
}

/** One seed for each tensor of `value`, in order of its leaves; null for ones. */
export function seedsOf(value: unknown, dy: unknown): (Tensor | null)[] {
  const seeds: (Tensor | null)[] = [];
  align(value, dy, Tensor, (y, weight) => seeds.push(weight === null || weight === undefined ? null : seedOf(y, weight)));
  return seeds;
}

/** One seed for each tensor that a value of this geometry has: `dy`'s, or ones. */
export function seedsFor(geometry: unknown, dy: unknown): Tensor[] {
  const seeds: Tensor[] = [];
  align(geometry, dy ?? null, Geometry, (y, weight) => seeds.push(weight === null || weight === undefined ? y.ones() : seedOf(y, weight)));
  return seeds;
}

/** Calls `visit` with each leaf of a value, and what stands for it in `dy`. */
function align<T extends Tensor | Geometry>(value: unknown, dy: unknown, Leaf: new (...args: never[]) => T, visit: (leaf: T, dy: unknown) => void): void {
  if (value instanceof Leaf) visit(value, dy);
  else if (Array.isArray(value)) {
    if (dy !== null && (!Array.isArray(dy) || dy.length !== value.length))
      throw refused(ShapeError, 'dy', `the function returned a list of ${value.length}; expected as many, got ${Array.isArray(dy) ? dy.length : typeof dy}`);
    for (let i = 0; i < value.length; i++) align(value[i], dy === null ? null : (dy as unknown[])[i], Leaf, visit);
  } else if (isPlainObject(value) && !isScalar(value)) {
    const keys = Object.keys(value);
    if (dy !== null && (!isPlainObject(dy) || Object.keys(dy).length !== keys.length || !keys.every((key) => key in dy)))
      throw refused(
        ShapeError,
        'dy',
        `the function returned an object with keys ${keys.join(', ')}; expected the same keys, got ${isPlainObject(dy) ? Object.keys(dy).join(', ') : typeof dy}`,
      );
    for (const key of keys) align(value[key], dy === null ? null : (dy as Record<string, unknown>)[key], Leaf, visit);
  }
}

/** `dy` in the output's dtype and exactly its shape. */
function seedOf(y: Tensor | Geometry, dy: unknown): Tensor {
  const dtype = y.dtypeNumber;
  const t = dy instanceof Tensor ? dy : isScalar(dy) ? fromScalar(dy, dtype, 'dy') : tensor(dy as TensorLike, { dtype: y.dtype });
  if (t.dtypeNumber !== dtype) throw refused(DTypeError, 'dy', `the output is ${y.dtype}; got ${dtypeNames[t.dtypeNumber]}; convert it with cast`);
  const expected = y.shape;
  const got = t.shape;
  if (got.length !== expected.length || got.some((d, i) => d !== expected[i]))
    throw refused(ShapeError, 'dy', `the output has shape [${expected.join(', ')}]; got [${got.join(', ')}]`);
  return t;
}
