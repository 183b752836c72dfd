/**
 * GradBench "det": a determinant by expansion along minors, row by row from the last. A minor of k rows belongs to a set of k columns, and
 * all minors of one size are one tensor. Nothing is divided, so the gradient, the cofactors, exists at singular matrices too.
 */
import { gradientsFunction, tensor } from 'gradtape';

const tables = new Map();

/** For k = 1 … n: each set of k columns, its columns, the signs of the expansion along its first row, and where its minors stand. Kept, for later calls too. */
function tablesOf(n) {
  if (tables.has(n)) return tables.get(n);
  let smaller = new Map([[0, 0]]);
  const levels = [];
  for (let k = 1; k <= n; k++) {
    const sets = Array.from({ length: 1 << n }, (_, set) => set).filter((set) => bits(set).length === k);
    const columns = sets.map(bits);
    levels.push({
      columns: tensor(columns, { dtype: 'int32' }).keep(),
      signs: tensor(
        columns[0].map((_, i) => (i % 2 ? -1 : 1)),
        { dtype: 'float64' },
      ).keep(),
      minors: tensor(
        sets.map((set, i) => columns[i].map((column) => smaller.get(set & ~(1 << column)))),
        { dtype: 'int32' },
      ).keep(),
    });
    smaller = new Map(sets.map((set, i) => [set, i]));
  }
  tables.set(n, levels);
  return levels;
}

function bits(set) {
  const list = [];
  for (let i = 0; set >> i; i++) if ((set >> i) & 1) list.push(i);
  return list;
}

const determinant = (n) => (a) =>
  tablesOf(n).reduce(
    (minors, { columns, signs, minors: smaller }, k) =>
      a
        .take(n - 1 - k)
        .take(columns)
        .mul(minors.take(smaller))
        .mul(signs)
        .sum({ axis: 1 }),
    tensor([1], { dtype: 'float64' }),
  );

const matrix = ({ A, ell }) => tensor(A, { dtype: 'float64' }).reshape([ell, ell]);

export const primal = (input) => determinant(input.ell)(matrix(input)).item();

export const gradient = (input) => gradientsFunction(determinant(input.ell))(matrix(input))[0].flatten().array();
