/** GradBench "kmeans": the Newton direction for cluster centres, by gradient and by the Hessian times ones, its diagonal. */
import { argmin, gradientsFunction, matmul, onesLike, scope, tensor } from 'gradtape';

/** Σᵢ |pᵢ − c|² for the nearest centre c of each point. Which centre that is has no derivative. */
const costOf = (points) => (centroids) => {
  const distances = centroids
    .square()
    .sum({ axis: 1 })
    .sub(matmul(points, centroids, { transposeB: true }).mul(2));
  const nearest = argmin(distances, { axis: 1 });
  return points
    .sub(centroids.take(nearest, { axis: 0 }))
    .square()
    .sum();
};

const matrix = (rows) => tensor(rows, { dtype: 'float64' });

export const cost = ({ points, centroids }) => costOf(matrix(points))(matrix(centroids)).item();

const slopeOf = (points) => {
  const g = gradientsFunction(costOf(points));
  return (centroids) => g(centroids)[0];
};

export const gradient = ({ points, centroids }) => slopeOf(matrix(points))(matrix(centroids)).array();

/** The Hessian is diagonal, so its product with ones is its diagonal. */
const curvatureOf = (points) => (centroids) => gradientsFunction(slopeOf(points)).withDy(onesLike(centroids))(centroids)[0];

export const hessian_diagonal = ({ points, centroids }) => curvatureOf(matrix(points))(matrix(centroids)).array();

export const dir = ({ points, centroids }) =>
  scope(() => {
    const [p, c] = [matrix(points), matrix(centroids)];
    return slopeOf(p)(c).div(curvatureOf(p)(c)).array();
  });
