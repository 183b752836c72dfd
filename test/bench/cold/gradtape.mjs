/** What an edge function does, in gradtape: `{ gradient, regression }`, each a function that makes one call's work, which gives a number. */
import { gradientsFunction, tensor } from '../../../dist/bindings/node.js';

export function gradient() {
  const f = (x, y) => x.mul(x).mul(x).mul(y).sub(x.mul(y).mul(y));
  const g = gradientsFunction(f);
  return () => {
    const [dx, dy] = g(2, 3);
    return dx.item() + dy.item();
  };
}

/** A step of logistic regression, four points of two features: the loss's gradients by weights and bias, and the weights after it. */
export function regression({ x, y, rate }) {
  const [points, labels] = [tensor(x), tensor(y)];
  const loss = (w, b) => {
    const p = points.matmul(w).add(b).sigmoid();
    return p
      .log()
      .mul(labels)
      .add(p.mul(-1).add(1).log().mul(labels.mul(-1).add(1)))
      .mean()
      .mul(-1);
  };
  const gradients = gradientsFunction(loss);
  let w = tensor([[0], [0]]);
  let b = tensor([0]);
  return () => {
    const [dw, db] = gradients(w, b);
    w = w.sub(dw.mul(rate));
    b = b.sub(db.mul(rate));
    return w.data()[0];
  };
}
