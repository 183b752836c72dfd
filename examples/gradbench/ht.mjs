/** GradBench "ht": a hand of bones and skin, posed by 26 numbers: how far its vertices are from points that were seen, and the dense Jacobian, by tangents. */
import { concat, cos, einsum, eye, linearize, matmul, scope, sin, stack, tensor, vmap, zeros } from 'gradtape';

const values = (x) => tensor(x, { dtype: 'float64' });

/** The weights of the bones as a matrix [V, B]. */
function weightsOf({ weights: { vertex, bone, value }, base_positions, bone_count }) {
  const dense = base_positions.map(() => new Array(bone_count).fill(0));
  vertex.forEach((v, i) => {
    dense[v][bone[i]] = value[i];
  });
  return values(dense);
}

/** What sums the 20 angles of the fingers to one angle of each bone: each finger has x and z of its first bone, and x of the next two. */
function chosen(bones, places) {
  const rows = Array.from({ length: bones }, () => new Array(20).fill(0));
  for (let finger = 0; finger < 5; finger++) for (const [bone, angle] of places) rows[bone + 4 * finger][angle + 4 * finger] = 1;
  return values(rows);
}

/** Rz·Rx for each angle about z and about x, as matrices [B, 4, 4]. */
function turned(z, x) {
  const [zero, one] = [z.mul(0), z.mul(0).add(1)];
  const [cz, sz, cx, sx] = [cos(z), sin(z), cos(x), sin(x)];
  const rows = [
    [cz, sz.neg().mul(cx), sz.mul(sx), zero],
    [sz, cz.mul(cx), cz.neg().mul(sx), zero],
    [zero, sx, cx, zero],
    [zero, zero, zero, one],
  ];
  return stack(
    rows.map((row) => stack(row, { axis: 1 })),
    { axis: 1 },
  );
}

/** The rotation about r by |r|; its derivative is that of the identity below 1e-4. */
function rotation(r) {
  const angle = r.square().sum().sqrt();
  if (angle.item() < 1e-4) return eye(3, { dtype: 'float64' });
  const [x, y, z] = r.div(angle).unstack();
  const zero = values(0);
  const cross = stack([zero, z.neg(), y, z, zero, x.neg(), y.neg(), x, zero]).reshape([3, 3]);
  return eye(3, { dtype: 'float64' })
    .add(cross.mul(sin(angle)))
    .add(matmul(cross, cross).mul(cos(angle).neg().add(1)));
}

/** A function from the 26 numbers to the vertices [V, 3]. */
function posedBy(model) {
  const { bone_count: bones, parents, is_mirrored: isMirrored } = model;
  const [relatives, inverses, positions] = [model.base_relatives, model.inverse_base_absolutes, model.base_positions].map(values);
  const weights = weightsOf(model);
  const [aboutX, aboutZ] = [
    chosen(bones, [
      [2, 0],
      [3, 2],
      [4, 3],
    ]),
    chosen(bones, [[2, 1]]),
  ];
  return (theta) => {
    const angles = theta.slice([6], [20]);
    const locals = matmul(relatives, turned(matmul(aboutZ, angles), matmul(aboutX, angles))).unstack();
    const absolutes = [];
    for (const [b, parent] of parents.entries()) absolutes.push(parent < 0 ? locals[b] : matmul(absolutes[parent], locals[b]));
    const transforms = matmul(stack(absolutes), inverses).slice([0, 0, 0], [bones, 3, 4]);
    const skin = einsum('vb,bij,vj->vi', weights, transforms, positions);
    const hand = isMirrored ? skin.mul(values([-1, 1, 1])) : skin;
    return matmul(hand, rotation(theta.slice([0], [3])), { transposeB: true }).add(theta.slice([3], [3]));
  };
}

/** A function from the 26 numbers, and from two weights of each point's triangle, to 3 errors a point. */
function errorsOf({ model, correspondences, points }) {
  const posed = posedBy(model);
  const seen = values(points);
  const triangles = () => correspondences.map((i) => model.triangles[i]);
  return (theta, us) => {
    const vertices = posed(theta);
    if (us === null) return seen.sub(vertices.take(correspondences, { axis: 0 })).reshape([-1]);
    const shares = concat([us, us.sum({ axis: 1, keepDims: true }).neg().add(1)], 1);
    const corners = vertices.take(triangles(), { axis: 0 });
    return seen.sub(einsum('pc,pci->pi', shares, corners)).reshape([-1]);
  };
}

export const objective = (input) => scope(() => errorsOf(input)(values(input.theta), input.us.length ? values(input.us) : null).array());

/** One tangent for each of the 26 numbers. The weights of one point move its own errors only: one tangent moves the first weights of all points. */
export const jacobian = (input) =>
  scope(() => {
    const theta = values(input.theta);
    const n = theta.size;
    if (!input.us.length)
      return vmap(linearize((t) => errorsOf(input)(t, null))(theta).jvp)(eye(n, { dtype: 'float64' }))
        .transpose()
        .array();
    const us = values(input.us);
    const along = linearize(errorsOf(input))(theta, us).jvp;
    const still = zeros([2, n], { dtype: 'float64' });
    const directions = values([0, 1].map((k) => input.us.map(() => [1 - k, k])));
    const moved = concat([directions, zeros([n, ...us.shape], { dtype: 'float64' })], 0);
    return vmap(along)(concat([still, eye(n, { dtype: 'float64' })], 0), moved)
      .transpose()
      .array();
  });
