/** Seeds of a reverse sweep: checks `dy` against the value that it weights, and converts it. Knows no tapes. */
import type { DType } from '../../assembly/shared/abi.js';
import { Op } from '../../assembly/shared/opcode.js';
import { create } from '../call.js';
import { fromScalar, isScalar, type TensorLike, tensor } from '../convert.js';
import { arrayOf, type DTypeName, isComplex, isInexact, isWeak, partsOf, shiftOf } from '../dtype.js';
import { DTypeError, refused, ShapeError } from '../errors.js';
import { withAttributes } from '../ops/define.js';
import { difference, type Structure } from '../structure.js';
import { Tensor } from '../tensor.js';

/** Dtype and shape of an output that may be released. */
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

/** Words for errors: the name of the seed, and the value whose structure, dtype and shape it must have. */
export interface Naming {
  readonly op: string;
  readonly of: string;
  /** The origin of that structure. */
  readonly as: string;
}

const DY: Naming = { op: 'dy', of: 'the output', as: 'as the function returned' };

/** A seed for each leaf of a value of this structure, a tensor or its geometry; null stands for ones, and for a leaf that is no tensor. */
export function seedsOf(structure: Structure, outputs: readonly unknown[], dy: unknown, naming = DY): (Tensor | null)[] {
  const weights: unknown[] = [];
  const differs = difference(structure, dy, weights, true);
  if (differs) throw new ShapeError(`${naming.op}${differs}, ${naming.as}`, naming.op);
  return outputs.map((y, i) =>
    (y instanceof Tensor || y instanceof Geometry) && weights[i] !== null && weights[i] !== undefined ? fitted(y, weights[i], naming) : null,
  );
}

/** `dy` as a tensor in exactly the shape of y and in its dtype; a weak y accepts both precisions. */
export function fitted(y: Tensor | Geometry, dy: unknown, { op, of }: Pick<Naming, 'op' | 'of'>): Tensor {
  const dtype = y instanceof Tensor ? y.dtypeFor(op) : y.dtypeNumber;
  const given = dy instanceof Tensor ? dy : isScalar(dy) ? fromScalar(dy, dtype, op) : tensor(dy as TensorLike, { dtype: y.dtype });
  const held = given.dtypeFor(op);
  const isTaken = isWeak(dtype) && isInexact(held) && isComplex(held) === isComplex(dtype);
  const t = isTaken && shiftOf(held) === 2 ? withAttributes(Op.cast, given, [dtype]) : given;
  if (!isTaken && held !== dtype) throw refused(DTypeError, op, `${of} is ${y.dtype}; got ${t.dtype}; convert it with cast`);
  const expected = y.shape;
  const got = t.shape;
  if (got.length !== expected.length || got.some((d, i) => d !== expected[i]))
    throw refused(ShapeError, op, `${of} has shape [${expected.join(', ')}]; got [${got.join(', ')}]`);
  return t;
}
