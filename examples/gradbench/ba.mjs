/**
 * GradBench "ba": bundle adjustment. Each observation sees one camera and one point, so its two residuals depend on 15 unknowns: with an
 * observation's own copy of them, one sweep gives a row of the sparse Jacobian for every observation.
 */
import { concat, makeVjp, ones, stack, tensor, unstack, where, zeros } from 'gradtape';

const float64 = { dtype: 'float64' };

const dot = (a, b) => a.mul(b).sum({ axis: 1, keepDims: true });

function cross(a, b) {
  const [a0, a1, a2] = unstack(a, { axis: 1 });
  const [b0, b1, b2] = unstack(b, { axis: 1 });
  return stack([a1.mul(b2).sub(a2.mul(b1)), a2.mul(b0).sub(a0.mul(b2)), a0.mul(b1).sub(a1.mul(b0))], 1);
}

/** d turned by the rotation vector r: Rodrigues' formula, and its limit where r is 0. */
function rotated(r, d) {
  const square = dot(r, r);
  const isNone = square.equal(0);
  const angle = where(isNone, 1, square).sqrt();
  const axis = r.div(angle);
  const [cosine, sine] = [angle.cos(), angle.sin()];
  const turned = d
    .mul(cosine)
    .add(cross(axis, d).mul(sine))
    .add(axis.mul(dot(axis, d)).mul(cosine.neg().add(1)));
  return where(isNone, d.add(cross(r, d)), turned);
}

/** The weighted reprojection errors [p, 2] of p observations with cameras [p, 11], points [p, 3], weights [p]. */
const reprojection = (features) => (cameras, points, weights) => {
  const part = (from, to) => cameras.slice([0, from], [cameras.shape[0], to - from]);
  const [r, c, focal, centre, radial] = [part(0, 3), part(3, 6), part(6, 7), part(7, 9), part(9, 11)];
  const seen = rotated(r, points.sub(c));
  const n = points.shape[0];
  const image = seen.slice([0, 0], [n, 2]).div(seen.slice([0, 2], [n, 1]));
  const [k1, k2] = [radial.slice([0, 0], [n, 1]), radial.slice([0, 1], [n, 1])];
  const square = dot(image, image);
  const distorted = image.mul(square.mul(k1).add(square.square().mul(k2)).add(1));
  return distorted.mul(focal).add(centre).sub(features).mul(weights.expandDims(1));
};

/** Cameras, points, weights, features, and which camera and point each observation sees. */
function unrolled(input) {
  if (input.obs) return input;
  const { n, m, p, cam, x, w, feat } = input;
  const repeated = (item, count) => Array.from({ length: count }, () => item);
  const obs = Array.from({ length: p }, (_, i) => [i % n, i % m]);
  return { n, m, p, cams: repeated(cam, n), points: repeated(x, m), weights: repeated(w, p), feats: repeated(feat, p), obs };
}

/** An observation's own copies of its unknowns. */
function copies({ cams, points, weights, obs }) {
  const at = (k) =>
    tensor(
      obs.map((pair) => pair[k]),
      { dtype: 'int32' },
    );
  return [tensor(cams, float64).take(at(0), { axis: 0 }), tensor(points, float64).take(at(1), { axis: 0 }), tensor(weights, float64)];
}

const weightError = (w) => w.square().neg().add(1);

export function objective(input) {
  const problem = unrolled(input);
  const unknowns = copies(problem);
  const errors = reprojection(tensor(problem.feats, float64))(...unknowns).flatten();
  const ofWeights = weightError(unknowns[2]);
  if (input.obs) return { reproj_error: errors.array(), w_err: ofWeights.array() };
  return {
    reproj_error: { elements: [...errors.data().subarray(0, 2)], repeated: input.p },
    w_err: { element: ofWeights.data()[0], repeated: input.p },
  };
}

/** The Jacobian in compressed sparse rows: two of 15 entries for each observation, then one entry for each weight. */
export function jacobian(input) {
  const problem = unrolled(input);
  const { n, m, p, obs } = problem;
  const unknowns = copies(problem);
  const { vjp, dispose } = makeVjp(reprojection(tensor(problem.feats, float64)))(...unknowns);
  const [one, none] = [ones([p, 1], float64), zeros([p, 1], float64)];
  const blocks = [concat([one, none], 1), concat([none, one], 1)].map((dy) => {
    const [ofCamera, ofPoint, ofWeight] = vjp(dy);
    return concat([ofCamera, ofPoint, ofWeight.expandDims(1)], 1);
  });
  dispose();
  const vals = [...stack(blocks, 1).data(), ...unknowns[2].mul(-2).data()];
  const rows = Array.from({ length: 3 * p + 1 }, (_, i) => (i <= 2 * p ? 15 * i : 30 * p + (i - 2 * p)));
  const cols = [];
  const range = (from, count) => Array.from({ length: count }, (_, i) => from + i);
  obs.forEach(([camera, point], i) => {
    const row = [...range(11 * camera, 11), ...range(11 * n + 3 * point, 3), 11 * n + 3 * m + i];
    cols.push(...row, ...row);
  });
  cols.push(...range(11 * n + 3 * m, p));
  const cut = (list) => (input.obs ? list : [...list.slice(0, 30), list.at(-1)]);
  return { rows: cut(rows), cols: cut(cols), vals: cut(vals) };
}
