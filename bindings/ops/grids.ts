/** Grids of coordinates, positions of elements, and block-diagonal matrices. No methods. */
import { DType } from '../../assembly/shared/abi.js';
import { Op } from '../../assembly/shared/opcode.js';
import type { TensorLike } from '../convert.js';
import { refused, ShapeError } from '../errors.js';
import { ALONE, oneOf, TENSOR, TENSORS } from '../kinds.js';
import type { Tensor } from '../tensor.js';
import { floorDiv, remainder } from './arithmetic.js';
import { sizeOf, upTo } from './axes.js';
import { equal } from './comparison.js';
import { concat, stack } from './concat.js';
import { zeros } from './creation.js';
import { placed } from './cuts.js';
import { broadcast, converted, functionRow, inexactBeside, reshaped, withAttributes } from './define.js';
import { any } from './reduction.js';
import { expandDims } from './shape.js';

export interface MeshgridOptions {
  /** 'xy', the default: the first tensor runs along the second axis, the second along the first; 'ij': each along its own. */
  readonly indexing?: 'xy' | 'ij';
}

/**
 * Each tensor, of one dimension or none, repeated along the axes of the others: [a], [b], … → [b, a, …] or, for 'ij', [a, b, …]. Any dtype;
 * views. Gradient ȳ summed over the copies.
 * @throws ShapeError when a tensor has more dimensions.
 */
export const meshgrid: (tensors: readonly TensorLike[], options?: MeshgridOptions) => Tensor[] = /* @__PURE__ */ functionRow(
  'meshgrid',
  { tensors: TENSORS },
  { indexing: [/* @__PURE__ */ oneOf('xy', 'ij'), 'xy'] },
  (given, { indexing }) => {
    const tensors = given as readonly Tensor[];
    const long = tensors.findIndex((t) => t.rank > 1);
    if (long >= 0) throw refused(ShapeError, 'meshgrid', `takes tensors of one dimension; that at ${long} is [${(tensors[long] as Tensor).shape.join(', ')}]`);
    const place = (i: number): number => (indexing === 'xy' && tensors.length > 1 && i < 2 ? 1 - i : i);
    const shape = upTo(tensors.length);
    tensors.forEach((t, i) => {
      shape[place(i)] = t.size;
    });
    return tensors.map((t, i) => {
      const axis = place(i);
      return broadcast(
        reshaped(
          t,
          shape.map((dim, k) => (k === axis ? dim : 1)),
        ),
        shape,
      );
    });
  },
);

/** The coordinates of the elements of x that differ from 0, in row-major order: → [count, rank], int32. Their number depends on the data. No gradient. */
export const nonzero: (x: TensorLike) => Tensor = /* @__PURE__ */ functionRow('nonzero', { x: ALONE }, (x) => {
  const { shape, rank } = x;
  const at = withAttributes(Op.positionsSet, reshaped(converted(x, DType.bool), [x.size]), []);
  if (rank === 0 || x.size === 0) return zeros([at.size, rank], { dtype: 'int32' });
  const along = (dim: number, i: number): Tensor => remainder(floorDiv(at, sizeOf(shape.slice(i + 1))), dim);
  return stack(shape.map(along), 1);
});

/** Whether each element of x is one of `values`. Any dtype → bool, of x's shape. No gradient. Compares each element with each value. */
export const isIn: (x: TensorLike, values: TensorLike) => Tensor = /* @__PURE__ */ functionRow('isIn', { x: TENSOR, values: TENSOR }, (x, values) =>
  any(equal(expandDims(inexactOf(x, values), -1), reshaped(inexactOf(values, x), [values.size])), -1),
);

/** As `inexactBeside`, but x itself if both have one dtype. */
const inexactOf = (x: Tensor, y: Tensor): Tensor => (x.dtypeNumber === y.dtypeNumber ? x : inexactBeside(x, y));

/**
 * The matrices along the diagonal of one, 0 elsewhere: [m, n], [p, q], … → [m + p + …, n + q + …]; a vector is a row. Any dtype, one for all.
 * Gradient for each: its block of ȳ.
 * @throws ShapeError when a tensor has more than two dimensions.
 */
export const blockDiag: (tensors: readonly TensorLike[]) => Tensor = /* @__PURE__ */ functionRow('blockDiag', { tensors: TENSORS }, (given) => {
  const tensors = given as readonly Tensor[];
  const wide = tensors.findIndex((t) => t.rank > 2);
  if (wide >= 0) throw refused(ShapeError, 'blockDiag', `takes matrices; that at ${wide} is [${(tensors[wide] as Tensor).shape.join(', ')}]`);
  const blocks = tensors.map((t) => (t.rank === 2 ? t : reshaped(t, [1, t.size])));
  const columns = blocks.reduce((n, t) => n + (t.shape[1] as number), 0);
  let column = 0;
  const rows = blocks.map((t) => {
    const [m, n] = t.shape as [number, number];
    column += n;
    return placed(t, [0, column - n], [1, 1], [m, columns]);
  });
  return concat(rows, 0);
});
