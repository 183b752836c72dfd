/** Seeds of a reverse sweep: `dy`, checked against the value it weighs. Knows no tapes. */
import { type TensorLike, fromScalar, isScalar, tensor } from '../convert.js';
import { dtypeNames } from '../dtype.js';
import { DTypeError, ShapeError } from '../errors.js';
import { isPlainObject } from '../scope.js';
import { Tensor } from '../tensor.js';

/** One seed for each tensor of `value`, in order of its leaves; null for ones. */
export function seedsOf(value: unknown, dy: unknown): (Tensor | null)[] {
  const seeds: (Tensor | null)[] = [];
  align(value, dy, seeds);
  return seeds;
}

function align(value: unknown, dy: unknown, seeds: (Tensor | null)[]): void {
  if (value instanceof Tensor) seeds.push(dy === null || dy === undefined ? null : seedOf(value, dy));
  else if (Array.isArray(value)) {
    if (dy !== null && (!Array.isArray(dy) || dy.length !== value.length))
      throw new ShapeError(`dy: the function returned a list of ${value.length}; expected as many, got ${Array.isArray(dy) ? dy.length : typeof dy}`, 'dy');
    value.forEach((item, i) => align(item, dy === null ? null : (dy as unknown[])[i], seeds));
  } else if (isPlainObject(value) && !isScalar(value)) {
    const keys = Object.keys(value);
    if (dy !== null && (!isPlainObject(dy) || Object.keys(dy).length !== keys.length || !keys.every((key) => key in dy)))
      throw new ShapeError(`dy: the function returned an object with keys ${keys.join(', ')}; expected the same keys, got ${isPlainObject(dy) ? Object.keys(dy).join(', ') : typeof dy}`, 'dy');
    for (const key of keys) align(value[key], dy === null ? null : (dy as Record<string, unknown>)[key], seeds);
  }
}

/** `dy` in the output's dtype and exactly its shape. */
function seedOf(y: Tensor, dy: unknown): Tensor {
  const dtype = y.dtypeNumber;
  const t = dy instanceof Tensor ? dy : isScalar(dy) ? fromScalar(dy, dtype, 'dy') : tensor(dy as TensorLike, { dtype: y.dtype });
  if (t.dtypeNumber !== dtype) throw new DTypeError(`dy: the output is ${y.dtype}; got ${dtypeNames[t.dtypeNumber]}; convert it with cast`, 'dy');
  const expected = y.shape;
  const got = t.shape;
  if (got.length !== expected.length || got.some((d, i) => d !== expected[i])) throw new ShapeError(`dy: the output has shape [${expected.join(', ')}]; got [${got.join(', ')}]`, 'dy');
  return t;
}
