/** Seeds of a reverse sweep: `dy`, checked against the value it weighs. Knows no tapes. */
import type { DType } from '../../assembly/shared/abi.js';
import { Op } from '../../assembly/shared/opcode.js';
import { create } from '../call.js';
import { fromScalar, isScalar, type TensorLike, tensor } from '../convert.js';
import { arrayOf, type DTypeName, isComplex, isInexact, isWeak, partsOf, shiftOf } from '../dtype.js';
import { DTypeError, refused, ShapeError } from '../errors.js';
import { withAttributes } from '../ops/define.js';
import { difference, type Structure } from '../structure.js';
import { Tensor } from '../tensor.js';

/** Dtype and shape of an output, for when the output itself may be gone. */
export class Geometry {
  readonly dtypeNumber: DType;
  readonly dtype: DTypeName;
  readonly shape: readonly number[];
  constructor(t: Tensor) {
    this.dtypeNumber = t.dtypeFor('dy');
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

/** One seed for each leaf of a value of this structure, a tensor or what is known of one; null for ones, and for what is no tensor. */
export function seedsOf(structure: Structure, outputs: readonly unknown[], dy: unknown): (Tensor | null)[] {
  const weights: unknown[] = [];
  const differs = difference(structure, dy, weights, true);
  if (differs) throw new ShapeError(`dy${differs}, as the function returned`, 'dy');
  return outputs.map((y, i) =>
    (y instanceof Tensor || y instanceof Geometry) && weights[i] !== null && weights[i] !== undefined ? seedOf(y, weights[i]) : null,
  );
}

/** `dy` in the output's dtype, which a weak output takes from it, and exactly its shape. */
function seedOf(y: Tensor | Geometry, dy: unknown): Tensor {
  const dtype = y instanceof Tensor ? y.dtypeFor('dy') : y.dtypeNumber;
  const given = dy instanceof Tensor ? dy : isScalar(dy) ? fromScalar(dy, dtype, 'dy') : tensor(dy as TensorLike, { dtype: y.dtype });
  const held = given.dtypeFor('dy');
  const isTaken = isWeak(dtype) && isInexact(held) && isComplex(held) === isComplex(dtype);
  const t = isTaken && shiftOf(held) === 2 ? withAttributes(Op.cast, given, [dtype]) : given;
  if (!isTaken && held !== dtype) throw refused(DTypeError, 'dy', `the output is ${y.dtype}; got ${t.dtype}; convert it with cast`);
  const expected = y.shape;
  const got = t.shape;
  if (got.length !== expected.length || got.some((d, i) => d !== expected[i]))
    throw refused(ShapeError, 'dy', `the output has shape [${expected.join(', ')}]; got [${got.join(', ')}]`);
  return t;
}
